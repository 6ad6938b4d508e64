"""The strip of a lesson: the shown step, what it waits for, its question, and the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from core.language import mark, tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.areas.scrolling import Scrolled
from gui.kit.layouts import add_layout
from gui.kit.maths.inline import typeset_in
from gui.kit.maths.words import Words
from gui.kit.plain_text import as_tip
from gui.kit.theme import Theme
from gui.window.lesson import markdown
from gui.window.lesson.question_row import QuestionRow

if TYPE_CHECKING:
    from core.teach.lesson import Place, Step

LEAST_LINES, MOST_LINES = 2, 7
CHANGED = mark("{title}, changed")  # of a lesson whose run is another one


class LessonStrip(QFrame):
    """Shows a step of a lesson in as many lines as it needs, then what it has shown."""

    again = Signal()
    next_wanted = Signal()
    back_wanted = Signal()
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._place: Place | None = None
        self._said = "", ""  # title and text
        self.words = Words()
        self.words.setAccessibleName(tr("lesson"))
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        zoom.set_type(self.words, look.LARGE)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.page = Scrolled()
        self.page.setWidget(self.words)
        self.page.setWidgetResizable(True)
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.page.installEventFilter(self)
        self.question = QuestionRow()
        self.back_button = QPushButton(tr("&Back"))
        self.back_button.setToolTip(tr("The step or the lesson before"))
        self.again_button = QPushButton(tr("&Again"))
        self.again_button.setToolTip(tr("Set the step up again as it was given"))
        self.next_button = QPushButton(tr("&Next"))
        self.next_button.setToolTip(tr("The step or the lesson that follows"))
        self.close_button = QPushButton("×")
        self.close_button.setProperty("quiet", True)
        self.close_button.setFont(self.words.font())
        self.close_button.setToolTip(tr("Close this strip; data and model stay"))
        self.close_button.setAccessibleName(tr("Close the lesson"))
        self.position = QLabel()
        self.position.setAccessibleName(tr("number of the lesson"))
        self.wait = QLabel()
        self.wait.setTextFormat(Qt.TextFormat.PlainText)
        self.wait.setAccessibleName(tr("what the lesson waits for"))
        for label in (self.position, self.wait):
            label.setProperty("muted", True)
        for button, signal in (
            (self.back_button, self.back_wanted),
            (self.again_button, self.again),
            (self.next_button, self.next_wanted),
            (self.close_button, self.closed),
        ):
            button.clicked.connect(signal)
        self._lay_out()
        self.set_theme(theme)
        self._fit()
        self.hide()

    def _lay_out(self) -> None:
        text = QVBoxLayout()
        text.setSpacing(4)
        for widget in (self.page, self.wait, self.question):
            text.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.setSpacing(6)
        add_layout(row, text, 1)
        row.addWidget(self.position)
        for button in self._buttons:
            row.addWidget(button)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.back_button, self.again_button, self.next_button, self.close_button

    def present(self, is_on: bool) -> None:
        """Hide the buttons, as keys turn the page in presenter mode, or show them again."""
        for button in self._buttons:
            button.setVisible(not is_on)

    # Room -----------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Give the text the lines that the step may need, two at least; beyond a limit it scrolls.

        What the step is going to say has the same room: nothing moves when it is revealed.
        """
        line = QFontMetrics(zoom.font(look.LARGE)).lineSpacing()
        # The page's width: that of its viewport is behind while the strip is being shown.
        needed = self.words.heightForWidth(max(self.page.width(), 1))
        height = min(max(needed, LEAST_LINES * line + 2), MOST_LINES * line)
        if height != self.page.height():
            self.page.setFixedHeight(height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the text to the page, which also becomes wider as the buttons beside it go."""
        if isinstance(event, QResizeEvent) and event.size().width() != event.oldSize().width():
            self._fit()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._say()
            self._fit()
        if (theme := look.new_theme(self, event)) and theme is not self._theme:
            self.set_theme(theme)
            self._say()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setStyleSheet(
            f"LessonStrip {{ background: {theme.selected}; border: none;"
            f" border-left: 4px solid {theme.accent}; border-radius: 6px; }}"
            " QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"
        )

    # What is shown --------------------------------------------------------------------------------

    def show_step(self, place: Place, *, is_revealed: bool, is_changed: bool) -> None:
        """Show a step: what it has shown once that is revealed, else what to watch.

        is_changed : whether the run is no longer the one that was set up.
        """
        step, title = place.step, place.lesson.title
        texts = _texts(step)
        said = tr(CHANGED, title=title) if is_changed else title, texts[-1 if is_revealed else 0]
        if (place, said) != (self._place, self._said):
            self._place, self._said = place, said
            self._say()
            told = (step.text, step.reveal) if is_revealed and step.reveal else (step.text,)
            self.setToolTip("".join(f"<div>{markdown.rich(each)}</div>" for each in told))
            self._fit()
            self.page.begin()
        self.show()

    def _say(self) -> None:
        """Write the words, with their formulae in the present size and colour."""
        formula = typeset_in(zoom.font(look.LARGE), self._theme.ink, self.devicePixelRatioF())

        def written(title: str, text: str) -> str:
            return markdown.rich(text, title=tr("{words}.", words=title), formula=formula)

        title, text = self._said
        if self._place is not None:
            longest, step = tr(CHANGED, title=self._place.lesson.title), self._place.step
            self.words.reserve(written(longest, each) for each in _texts(step))
        self.words.setText(written(title, text))
        self.words.setAccessibleDescription(markdown.plain(f"{tr('{words}.', words=title)} {text}"))

    def leave(self) -> None:
        """Show nothing, and ask nothing."""
        self.question.ask(None)
        self.hide()

    def show_wait(self, words: str) -> None:
        """Show what the step waits for, "" if for nothing."""
        if words != self.wait.text():
            self.wait.setText(words)
        self.wait.setVisible(bool(words))

    def show_position(self, words: str, back: str, following: str) -> None:
        """Show which step of which lesson this is; back, following : what the buttons lead to."""
        self.position.setText(words)
        for button, goal in ((self.back_button, back), (self.next_button, following)):
            button.setEnabled(bool(goal))
            button.setToolTip(as_tip(goal or tr("There is none")))


def _texts(step: Step) -> tuple[str, ...]:
    """Return what is said of a step before and, if that differs, after it has shown something."""
    if not step.reveal:
        return (step.text,)
    return tr("Watch: {text}", text=step.text), tr("Seen: {text}", text=step.reveal)
