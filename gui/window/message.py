"""The line at the bottom: what is going on, what went wrong, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton

from gui.kit import theme as look
from gui.kit.plain_text import Plain, as_tip
from gui.kit.theme import Theme

HEIGHT = 44


class Notice(QFrame):
    """One or two lines of words, with a button where one press helps."""

    acted = Signal()
    told = Signal()  # other words, or none that are trouble any more

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_trouble = False
        self._shown = "", "", False
        self.setFixedHeight(HEIGHT)
        self._words = Plain()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words.setAccessibleName("status")
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setFixedSize(120, 6)
        self._busy.setTextVisible(False)
        self._busy.hide()
        self.button = QPushButton()
        self.button.setProperty("primary", True)
        self.button.clicked.connect(self.acted)
        self.button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 2, 0)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self._busy)
        row.addWidget(self.button)
        self._paint()

    @property
    def text(self) -> str:
        return self._words.text()

    @property
    def is_trouble(self) -> bool:
        return self._is_trouble

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if (theme := look.new_theme(self, event)) and theme is not self._theme:
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._paint()

    def say(self, words: str) -> None:
        """Say what is going on."""
        self._show(words, "", is_trouble=False)

    def warn(self, words: str, action: str = "") -> None:
        """Say what went wrong, and offer the action that helps."""
        self._show(words, action, is_trouble=True)

    def show_busy(self, is_busy: bool) -> None:
        self._busy.setVisible(is_busy)

    def _show(self, words: str, action: str, *, is_trouble: bool) -> None:
        if self._shown == (shown := (words, action, is_trouble)):
            return  # it is told so at display rate
        self._shown = shown
        self._words.setText(words)
        self._words.setToolTip(as_tip(words))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        if is_trouble != self._is_trouble:
            self._is_trouble = is_trouble
            self._paint()
        self.told.emit()

    def _paint(self) -> None:
        colour = self._theme.counter_accent if self._is_trouble else "transparent"
        ink = self._theme.ink if self._is_trouble else self._theme.muted
        self.setStyleSheet(
            f"Notice {{ border: none; border-left: 4px solid {colour}; }}"
            f"Notice QLabel {{ color: {ink}; }}"
        )
