"""The corner of the menu bar: the size of everything and presenter mode, at one press."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QToolButton, QWidget

from core.language import tr
from gui.kit import zoom
from gui.window.look.theming import Appearance

GAP = 4
LEAST_PX = 600  # width of the window at a zoom of 100 %; the menus need that of a narrower one


class Corner(QWidget):
    """Buttons for a smaller and a larger zoom and for presenter mode, beside keys and menus."""

    def __init__(self, menus: QMenuBar, look: Appearance, present: Callable[[], None]) -> None:
        super().__init__()
        self._menus = menus
        menus.setCornerWidget(self)
        look.dressed.connect(self.fit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for sign, name, tip, do in (
            ("A−", tr("A−, zoom out"), tr("Smaller type and pictures (Ctrl+−)"), look.zoom_out),
            ("A+", tr("A+, zoom in"), tr("Larger type and pictures (Ctrl++)"), look.zoom_in),
            (
                tr("Present") + "  F5",
                tr("Present, F5"),
                tr("Turn the window into a slide for a hall (F5), and back (Esc)"),
                present,
            ),
        ):
            button = QToolButton()
            button.setText(sign)
            button.setProperty("quiet", True)
            button.setAccessibleName(name)
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the menus are what keys go to
            button.clicked.connect(lambda _=False, do=do: do())
            row.addWidget(button)

    def event(self, event: QEvent) -> bool:
        """Ask for the room again when the buttons take their type: the menu bar gives it once."""
        is_done = super().event(event)
        is_asked = event.type() is QEvent.Type.LayoutRequest
        if is_asked and self.width() != self.sizeHint().width():
            self._menus.setCornerWidget(self)
        return is_done

    def fit(self) -> None:
        """Leave the room to the menus in a narrow window."""
        self.setVisible(self.window().width() >= zoom.px(LEAST_PX))
