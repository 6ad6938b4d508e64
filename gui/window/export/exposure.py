"""Drawing of a view once it is at rest, in the colours of the window or in light ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMainWindow, QWidget

from gui.control.run_controller import RunController
from gui.export.drawing import Drawing
from gui.export.widget_drawing import draw
from gui.kit import theme as look
from gui.kit.view import View
from gui.window.look.theming import Appearance

LOOK_MS = 20
PATIENCE_SECONDS = 5.0  # for a view that does not come to rest,
LIVE_SECONDS = 0.3  # and for one that cannot, as the run trains
CURTAIN = "curtain"
COVERED = (QMainWindow, QDialog)


@dataclass(frozen=True, eq=False)
class Request:
    """A view to be drawn.

    is_light : in light colours, for paper. title : returns what is above it, "" for nothing.
    controls : whether its fields and buttons are drawn, too.
    """

    view: View
    is_light: bool
    title: Callable[[], str]
    answer: Callable[[Drawing], None]
    controls: bool = False


class Exposure(QObject):
    """Draws one view at a time; a new request replaces one that is pending.

    While a dark window shows light colours, its picture stands still.
    """

    def __init__(self, controller: RunController, appearance: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._appearance = controller, appearance
        self._request: Request | None = None
        self._until = 0.0
        self._is_held = False
        self._curtains: list[QLabel] = []
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._take_if_ready)

    @property
    def is_busy(self) -> bool:
        return self._request is not None

    def take(self, request: Request) -> None:
        """Draw the view; `answer` of the request follows, from the event loop."""
        self._request = request
        _forget_pointer(request.view)
        patience = LIVE_SECONDS if self._controller.is_training else PATIENCE_SECONDS
        self._until = time.perf_counter() + patience
        if self._needs_light(request):
            self._freeze()  # the colours change in the next turn of the event loop
        elif not request.is_light:
            self._return()
        self._look.start()

    def hold(self) -> None:
        """Freeze the picture of the window until `release`, while several views are drawn."""
        self._is_held = True
        self._freeze()

    def release(self) -> None:
        """Show the window in its own colours again."""
        self._is_held = False
        self._return()

    def cancel(self) -> None:
        """Forget the pending request; the window has its own colours again."""
        self._look.stop()
        self._request = None
        self._return()

    def _take_if_ready(self) -> None:
        request = self._request
        if request is not None and self._needs_light(request):
            self._appearance.lend(look.LIGHT)
            return
        if request is None or not (_is_ready(request.view, self._controller) or self._is_late):
            return
        self._look.stop()
        self._request = None
        theme = request.view.theme
        try:
            title, controls = request.title(), request.controls
            drawing = draw(request.view, theme.panel, theme.ink, title, controls=controls)
        finally:
            self._return()
        request.answer(drawing)

    def _needs_light(self, request: Request) -> bool:
        return request.is_light and self._appearance.theme.is_dark

    @property
    def _is_late(self) -> bool:
        return time.perf_counter() > self._until

    def _freeze(self) -> None:
        """Cover all windows with what they show."""
        if not self._curtains:
            windows = (w for w in QApplication.topLevelWidgets() if w.isVisible())
            self._curtains = [_curtain(w) for w in windows if isinstance(w, COVERED)]

    def _return(self) -> None:
        if self._is_held:
            return
        self._appearance.lend(None)
        for curtain in self._curtains:
            if shiboken6.isValid(curtain):  # else its window is gone
                curtain.hide()
                curtain.deleteLater()
        self._curtains = []


def _curtain(window: QWidget) -> QLabel:
    """Return a picture of a window that covers it.

    Its updates are not disabled instead: on X11 Qt does not paint it again when they are enabled.
    """
    curtain = QLabel(window)
    curtain.setObjectName(CURTAIN)
    curtain.setPixmap(window.grab())
    curtain.setGeometry(window.rect())
    curtain.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    curtain.show()
    curtain.raise_()
    return curtain


def _forget_pointer(view: View) -> None:
    """Take away what is shown where the pointer is, until it moves again."""
    for widget in (view, *view.findChildren(QWidget)):
        if widget.isVisible():
            widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
            QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def _is_ready(view: View, controller: RunController) -> bool:
    is_newest = view.snapshot is controller.snapshot
    return view.is_at_rest and is_newest and controller.is_at_rest
