"""First steps for a new user, in place of the side panel's second and later cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from core.train.snapshot import Snapshot, Status
from gui.control.run_controller import RunController
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.buttons import RowButton
from gui.kit.layouts import add_layout
from gui.window.settings import Settings
from gui.window.side.panel import SidePanel

HAS_STARTED = "has_started"  # setting: 1 once a run was trained or the list was closed


class Hint(NamedTuple):
    """One first step: its title, what comes of it, and the action of a press."""

    title: str
    words: str
    do: Callable[[], object]


class StartHere(QFrame):
    """A numbered list of first steps as buttons."""

    closed = Signal()

    def __init__(self, hints: Sequence[Hint]) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setAccessibleName(tr("Start here"))
        title = QLabel(tr("Start here"))
        zoom.set_type(title, look.LARGE, bold=True)
        close_button = QToolButton()
        close_button.setText("×")
        close_button.setProperty("quiet", True)
        close_button.setToolTip(tr("Close this list"))
        close_button.setAccessibleName(tr("Close “Start here”"))
        close_button.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 8, 10)
        column.setSpacing(4)
        add_layout(column, head)
        self.buttons = [self._button(number, hint) for number, hint in enumerate(hints, 1)]
        for button in self.buttons:
            column.addWidget(button)
        column.addStretch(1)

    def _button(self, number: int, hint: Hint) -> RowButton:
        button = RowButton()
        button.setProperty("row", True)
        button.setAccessibleName(hint.title)
        button.setAccessibleDescription(hint.words)
        button.clicked.connect(lambda _=False: hint.do())
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        digit, title, words = QLabel(str(number)), QLabel(hint.title), QLabel(hint.words)
        for label in (title, words):
            label.setWordWrap(True)
        digit.setProperty("muted", True)
        words.setProperty("small", True)
        zoom.set_type(digit, 1.4, bold=True)
        zoom.set_type(title, 1.0, bold=True)
        zoom.set_type(words, look.SMALL)
        texts = QWidget()
        column = QVBoxLayout(texts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(title)
        column.addWidget(words)
        button.row.setContentsMargins(8, 4, 8, 4)
        button.row.setSpacing(12)
        button.add(digit, texts)
        button.row.setStretch(1, 1)
        return button


class FirstSteps(QObject):
    """Shows the list beside the stage until a run with steps is not training, or it is closed."""

    def __init__(
        self,
        hints: Sequence[Hint],
        side_panel: SidePanel,
        controller: RunController,
        settings: Settings,
    ) -> None:
        super().__init__(side_panel)
        self._side_panel, self._settings = side_panel, settings
        self._guide = StartHere(hints)
        self._guide.closed.connect(self._close)
        side_panel.show_guide(self._guide)
        controller.snapshot_changed.connect(self._watch)

    def _watch(self, snapshot: Snapshot) -> None:
        is_over = snapshot.step > 0 and snapshot.status is not Status.TRAINING
        if is_over or snapshot.status is Status.DIVERGED:  # which may lead back to step 0
            self._close()

    def _close(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self._guide.isAncestorOf(focused):
            focused.clearFocus()  # else hiding it would pass the focus to the next widget
        self._side_panel.close_guide()
        self._settings.set(HAS_STARTED, 1)
        self.deleteLater()
