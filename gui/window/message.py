"""Messages: a status line at the foot, and a banner below the stage's view for what matters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
)

from core.language import tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.labels import Elided
from gui.kit.plain_text import Plain, as_tip, first_sentence
from gui.kit.theme import Theme

LOW_PX = 540  # at 100 %: in a lower window, a message is short
LINES = 2  # of a banner at least: the reason that comes later must not move the picture above it


class Notice(QFrame):
    """One line of text with a busy indicator."""

    told = Signal()  # the text or its `is_trouble` changed

    def __init__(self) -> None:
        super().__init__()
        self._is_trouble = False
        self._text = ""
        self._words = Elided(Qt.TextElideMode.ElideRight)
        self._words.setProperty("muted", True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words.setAccessibleName(tr("status"))
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._fit()
        self._busy.setTextVisible(False)
        self._busy.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 2, 0)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self._busy)

    def _fit(self) -> None:
        self._busy.setFixedSize(zoom.px(120), zoom.px(6))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
            self._show_words()

    @property
    def text(self) -> str:
        """The full text; the tool tip shows what the line elides."""
        return self._text

    @property
    def is_trouble(self) -> bool:
        return self._is_trouble

    def show_message(self, words: str, *, is_trouble: bool = False) -> None:
        """Show a message; is_trouble : it reports an error."""
        if (words, is_trouble) == (self.text, self._is_trouble):
            return  # called at display rate
        self._text, self._is_trouble = words, is_trouble
        self._show_words()
        self.setToolTip(as_tip(words))
        self.told.emit()

    def _show_words(self) -> None:
        """Show the whole message, or its first sentence where there is no room for more."""
        needed = self._words.fontMetrics().horizontalAdvance(self._text)
        is_whole = needed <= self._words.width()
        self._words.setText(self._text if is_whole else first_sentence(self._text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()

    @property
    def is_busy(self) -> bool:
        return not self._busy.isHidden()

    def show_busy(self, is_busy: bool) -> None:
        self._busy.setVisible(is_busy)


class Banner(QFrame):
    """Message about how a run ended or what went wrong, with a button if an action can help.

    On a slide, and in a low window, it is the first sentence only, and its tip has the rest.
    """

    acted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_trouble = self._is_presenting = False
        self._shown = "", "", False
        self._words = Plain()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words.setAccessibleName(tr("message"))
        self.button = QPushButton()
        self.button.setProperty("primary", True)
        self.button.setAccessibleName(tr("no action"))
        self.button.setToolTip(tr("Do what the message offers"))
        self.button.clicked.connect(self.acted)
        self.close_button = QToolButton()
        self.close_button.setText("×")
        self.close_button.setProperty("quiet", True)
        self.close_button.setToolTip(tr("Close this message"))
        self.close_button.setAccessibleName(tr("Close this message"))
        self.close_button.clicked.connect(self.hide)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self.button)
        row.addWidget(self.close_button)
        self._fit()
        self._paint()
        self.hide()

    @property
    def text(self) -> str:
        """The shown text; "" if the banner is hidden."""
        return "" if self.isHidden() else self._words.text()

    def present(self, is_on: bool) -> None:
        """Shorten the message for a slide, or show all of it."""
        self._is_presenting = is_on
        self._show_words()
        self._fit()

    @property
    def _is_short(self) -> bool:
        return self._is_presenting or self.window().height() < zoom.px(LOW_PX)

    def _show_words(self) -> None:
        words, is_short = self._shown[0], self._is_short
        self._words.setText(first_sentence(words) if is_short else words)
        self._words.setToolTip(as_tip(words) if is_short else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if (theme := look.new_theme(self, event)) and theme is not self._theme:
            self._theme = theme
            self._paint()
        elif event.type() == QEvent.Type.FontChange:
            self._show_words()
            self._fit()
            self._paint()

    def _fit(self) -> None:
        lines = 1 if self._is_short else LINES
        self._words.setMinimumHeight(lines * self.fontMetrics().lineSpacing())

    def show_message(self, words: str, action: str = "", *, is_trouble: bool = False) -> None:
        """Show a message, with a button labelled `action` unless that is ""."""
        if self._shown == (shown := (words, action, is_trouble)):
            return  # the same message again; the user may have closed it
        self._shown = shown
        self._show_words()
        self._fit()  # before it is shown: it was made outside the window, whose height counts
        self.button.setText(action)
        self.button.setAccessibleName(action or tr("no action"))
        self.button.setVisible(bool(action))
        if is_trouble != self._is_trouble:
            self._is_trouble = is_trouble
            self._paint()
        self.show()
        self.raise_()

    def withdraw(self) -> None:
        """Hide the banner and forget its message."""
        self._shown = "", "", False
        self.hide()

    def _paint(self) -> None:
        colour = self._theme.counter_accent if self._is_trouble else self._theme.accent
        sheet = (
            f"Banner {{ background: {self._theme.selected}; border: 1px solid {colour};"
            f" border-left: {zoom.px(5)}px solid {colour}; border-radius: {zoom.px(6)}px; }}"
        )
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)
