"""A sheet of exercises to compute by hand, checked as they are answered."""

from __future__ import annotations

import secrets
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.errors import LogitLabError
from core.language import mark, tr
from core.teach.practice import results
from core.teach.practice.exercise import Exercise
from core.teach.practice.exercise import Field as Asked
from core.teach.practice.results import Result
from core.teach.practice.sheet import KINDS, MOST, MOST_SEED, sheet
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.areas.scrolling import Scrolled
from gui.kit.buttons import text_button
from gui.kit.fields.choices import Choice
from gui.kit.fields.numbers import CountField
from gui.kit.labels import small_label
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain
from gui.state.background_tasks import Background
from gui.window.lesson import markdown

SIZE_PX = 720, 520  # at a zoom of 100 %, unless the window is smaller
LETTERS = 12  # of a field for a number
NAME_LETTERS = 60
UNCHOSEN = mark("choose")
NAMES = mark("exercise"), mark("feedback"), mark("worked solution")
CSV = mark("CSV table (*.csv)")


class _State:
    """What has come of one exercise so far."""

    def __init__(self) -> None:
        self.given: tuple[str, ...] = ()
        self.attempts, self.seconds = 0, 0.0
        self.is_right = self.is_unfolded = False
        self.said = ""


class PracticeDialog(QDialog):
    """Shows one exercise of a sheet at a time; the sheet's number gives the same one again."""

    def __init__(self, background: Background, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(tr("Practice"))
        self._background = background
        self.seed = CountField(0, MOST_SEED)
        self.seed.setAccessibleName(tr("number of the sheet"))
        self.seed.setToolTip(tr("The same number gives the same exercises"))
        self.count = CountField(1, MOST)
        self.count.setValue(len(KINDS))
        self.count.setAccessibleName(tr("exercises of the sheet"))
        self.new_button = text_button(tr("Ne&w sheet"), tr("Other numbers"))
        self.name = QLineEdit()
        self.name.setMaxLength(NAME_LETTERS)
        self.name.setPlaceholderText(tr("optional"))
        self.name.setAccessibleName(tr("your name, for the results"))
        self.position = Plain()
        self.position.setAccessibleName(tr("place in the sheet"))
        self.task, self.feedback, self.solution = (_rich(tr(words)) for words in NAMES)
        zoom.set_type(self.task, look.LARGE)
        self.fields: list[QLineEdit | Choice] = []
        self._grid_box = QWidget()
        self.check_button = text_button(tr("&Check"), tr("Say whether the answer is right"))
        self.check_button.setProperty("primary", True)
        self.check_button.setDefault(True)
        self.solution_button = text_button(
            tr("Wor&ked solution"), tr("Show the way; the exercise then counts as not answered")
        )
        self.back_button = text_button(tr("&Back"), tr("The exercise before"))
        self.next_button = text_button(tr("&Next"), tr("The exercise that follows"))
        self.save_button = text_button(
            tr("&Save results…"), tr("Write a table for the teacher, as CSV")
        )
        self._timer = QElapsedTimer()
        self._arrange()
        self._connect()
        width, height = (zoom.px(length) for length in SIZE_PX)
        self.resize(QSize(width, height).boundedTo(parent.size()))
        self.begin(secrets.randbelow(MOST_SEED + 1))

    # Building -------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        head, keys, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for label, field in ((tr("Sheet"), self.seed), (tr("Exercises"), self.count)):
            head.addWidget(small_label(label))
            head.addWidget(field)
        head.addWidget(self.new_button)
        head.addStretch(1)
        head.addWidget(small_label(tr("Name")))
        head.addWidget(self.name)
        for button in (self.check_button, self.solution_button):
            keys.addWidget(button)
        keys.addStretch(1)
        foot.addWidget(self.position, 1)
        for button in (self.back_button, self.next_button, self.save_button):
            foot.addWidget(button)
        page = QWidget()
        self._column = QVBoxLayout(page)
        for widget in (self.task, self._grid_box):
            self._column.addWidget(widget)
        add_layout(self._column, keys)
        for widget in (self.feedback, self.solution):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        scroll = Scrolled()
        scroll.setProperty("reached", True)  # arrow keys scroll
        scroll.setAccessibleName(tr("exercise and solution"))
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        add_layout(column, head)
        column.addWidget(scroll, 1)
        add_layout(column, foot)

    def _connect(self) -> None:
        for field in (self.seed, self.count):
            field.editingFinished.connect(self._renew)
        self.new_button.clicked.connect(lambda: self.begin(secrets.randbelow(MOST_SEED + 1)))
        self.check_button.clicked.connect(self._check)
        self.solution_button.clicked.connect(self._unfold)
        self.back_button.clicked.connect(lambda: self._go(-1))
        self.next_button.clicked.connect(lambda: self._go(+1))
        self.save_button.clicked.connect(self._save)

    # The sheet ------------------------------------------------------------------------------------

    @property
    def exercise(self) -> Exercise:
        """The exercise that is shown."""
        return self._sheet[self._place]

    @property
    def results(self) -> tuple[Result, ...]:
        """What has come of each exercise."""
        self._count_time()
        pairs = enumerate(zip(self._sheet, self._states, strict=True), start=1)
        return tuple(
            Result(
                number,
                exercise.kind,
                exercise.answer,
                "; ".join(state.given),
                state.is_right,
                state.attempts,
                state.seconds,
            )
            for number, (exercise, state) in pairs
        )

    def begin(self, seed: int) -> None:
        """Show the first exercise of this sheet."""
        self.seed.setValue(seed)
        self._renew()

    def _renew(self) -> None:
        wanted = self.seed.value(), self.count.value()
        if wanted == getattr(self, "_wanted", None):
            return
        self._wanted = wanted
        self._sheet, self._place = sheet(*wanted), 0
        self._states = [_State() for _ in self._sheet]
        self._timer.invalidate()
        self._show()

    def _go(self, by: int) -> None:
        self._count_time()
        self._keep()
        self._place += by
        self._show()

    def _count_time(self) -> None:
        """Add the time that the shown exercise was on the screen, while it was open."""
        if self._timer.isValid():
            state = self._states[self._place]
            if not (state.is_right or state.is_unfolded):
                state.seconds += self._timer.elapsed() / 1000
        self._timer.start()

    def _keep(self) -> None:
        self._states[self._place].given = self._given

    @property
    def _given(self) -> tuple[str, ...]:
        return tuple(
            field.text() if isinstance(field, QLineEdit) else str(field.value() or "")
            for field in self.fields
        )

    def _show(self) -> None:
        """Show the exercise at this place, as it was left."""
        exercise, state = self.exercise, self._states[self._place]
        self._timer.start()
        self.task.setText(markdown.rich(exercise.text, title=tr("{words}.", words=exercise.title)))
        self._make_fields(state.given)
        self.solution.setText(markdown.rich(exercise.solution, title=tr("Worked solution.")))
        self.back_button.setEnabled(self._place > 0)
        self.next_button.setEnabled(self._place < len(self._sheet) - 1)
        self._tell()
        if self.fields:
            self.fields[0].setFocus()

    def _make_fields(self, given: tuple[str, ...]) -> None:
        old = self._grid_box
        self._grid_box = QWidget()
        grid = QGridLayout(self._grid_box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(2, 1)
        self.fields = []
        for row, asked in enumerate(self.exercise.fields):
            field = self._field(asked, given[row] if given else "")
            grid.addWidget(Plain(asked.name if asked.choices else f"{asked.name} ="), row, 0)
            grid.addWidget(field, row, 1)
            self.fields.append(field)
        self._column.replaceWidget(old, self._grid_box)
        old.deleteLater()
        chain: list[QWidget] = [self.name, *self.fields, self.check_button]
        for before, after in pairwise(chain):
            self.setTabOrder(before, after)

    def _field(self, asked: Asked, given: str) -> QLineEdit | Choice:
        if asked.choices:
            choice = Choice()
            options = [(tr(UNCHOSEN), ""), *((each, each) for each in asked.choices)]
            choice.set_options(options, given)
            choice.setAccessibleName(asked.name)
            return choice
        line = QLineEdit(given)
        line.setFixedWidth(LETTERS * line.fontMetrics().averageCharWidth())
        line.setAccessibleName(asked.name)
        line.setPlaceholderText(tr("a number"))
        return line

    def _tell(self) -> None:
        """Show what has come of the exercise and of the sheet."""
        state = self._states[self._place]
        is_open = not (state.is_right or state.is_unfolded)
        for field in self.fields:
            field.setEnabled(is_open)
        self.check_button.setEnabled(is_open)
        self.solution_button.setEnabled(not state.is_unfolded)
        self.solution.setVisible(state.is_unfolded)
        self.feedback.setText(markdown.rich(state.said) if state.said else "")
        count = sum(each.is_right for each in self._states)
        at, all_of_them = self._place + 1, len(self._sheet)
        place = tr("exercise {number} of {count}", number=at, count=all_of_them)
        self.position.setText(f"{place} · {tr('{count} right', count=count)}")

    # Answers --------------------------------------------------------------------------------------

    def _check(self) -> None:
        state = self._states[self._place]
        verdict = self.exercise.check(self._given)
        self._count_time()
        self._keep()
        state.attempts += verdict.is_right is not None
        state.is_right = bool(verdict.is_right)
        sign = {True: "✓ ", False: "✗ ", None: ""}[verdict.is_right]
        state.said = f"{sign}{verdict.words}"
        self._tell()

    def _unfold(self) -> None:
        self._count_time()
        self._states[self._place].is_unfolded = True
        self._tell()

    def _save(self) -> None:
        self._keep()
        proposed = f"practice-{self._wanted[0]}.csv"
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the results"), proposed, tr(CSV))
        if chosen:
            self._write(Path(chosen))

    def _write(self, path: Path) -> None:
        name, seed, found = self.name.text().strip(), self._wanted[0], self.results

        def work() -> str:
            results.write(path, name, seed, found)
            return tr("{file} is written.", file=path.name)

        self._background.write(work, self.position.setText, self._fail)

    def _fail(self, error: BaseException) -> None:
        if not isinstance(error, LogitLabError):
            raise error
        self.position.setText(str(error))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._count_time()
        super().closeEvent(event)


def _rich(name: str) -> QLabel:
    """Return an empty label for Markdown."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setAccessibleName(name)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
