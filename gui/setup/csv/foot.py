"""The foot of the dialog: a summary or an error, and the buttons Load and Cancel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from core.language import mark, tr
from gui.kit.plain_text import Plain, as_tip
from gui.kit.theme import Theme

STEPS = 1000
LOAD, LOAD_ANYWAY = mark("Load"), mark("Load all the same")


class Foot(QWidget):
    """The message, progress of reading the file again, and two buttons."""

    load_wanted = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_trouble = self._is_busy = self._is_possible = False
        self.summary = Plain()
        self.summary.setWordWrap(True)
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.busy = QProgressBar()
        self.busy.setRange(0, STEPS)
        self.busy.setFixedSize(96, 6)
        self.busy.setTextVisible(False)
        self.busy.hide()
        self.load_button, self.cancel_button = QPushButton(tr(LOAD)), QPushButton(tr("Cancel"))
        self.load_button.setProperty("primary", True)
        self.load_button.setDefault(True)
        self.load_button.setToolTip(tr("Train on this table; Undo brings the old data back"))
        self.load_button.clicked.connect(self.load_wanted)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.setToolTip(tr("Close; data and model stay as they are"))
        self.cancel_button.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.summary, 1)
        row.addWidget(self.busy)
        row.addWidget(self.cancel_button)
        row.addWidget(self.load_button)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._paint()

    def show_message(self, text: str, *, is_trouble: bool) -> None:
        """Show what would be loaded, or what is wrong."""
        self.summary.setText(text)
        self._is_trouble = is_trouble
        self._paint()

    def set_possible(self, is_possible: bool, *, is_doubtful: bool = False) -> None:
        """Set whether there is something to load; is_doubtful : and whether it is in question."""
        self._is_possible = is_possible
        self.load_button.setText(tr(LOAD_ANYWAY if is_doubtful else LOAD))
        self._enable()

    def set_busy(self, is_busy: bool) -> None:
        """Set whether the file is being read again; if so, it cannot be loaded."""
        self._is_busy = is_busy
        self.busy.setValue(0)
        self.busy.setVisible(is_busy)
        self._enable()

    def show_progress(self, text: str, share: float) -> None:
        """Show the progress of reading the file again; share : 0 … 1."""
        self.busy.setToolTip(as_tip(text))
        self.busy.setValue(round(STEPS * share))

    def _enable(self) -> None:
        self.load_button.setEnabled(self._is_possible and not self._is_busy)

    def _paint(self) -> None:
        colour = self._theme.counter_accent if self._is_trouble else self._theme.ink
        self.summary.setStyleSheet(f"color: {colour};")
