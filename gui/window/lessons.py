"""Lessons: their menu, and the strip that shows what to watch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
)

from gui.control.data_loader import DataLoader
from gui.control.recent_end import OVER
from gui.control.run_controller import FLAT_OUT, RunController
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.theme import Theme
from gui.window.rail import Rail
from gui.window.run_bar import DEFAULT_SPEED, SPEEDS, RunBar
from gui.window.stage.stage import Stage

if TYPE_CHECKING:
    from core.teach.headings import Heading
    from core.teach.lesson import Lesson, Place, Step

LINES = 2


class LessonStrip(QFrame):
    """Shows the lesson's title and what to watch, in two lines; after the run, what it showed."""

    again = Signal()
    next_wanted = Signal()
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("lesson")
        zoom.set_type(self.words, look.LARGE)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.again_button = QPushButton("&Again")
        self.again_button.setToolTip("Set the lesson up again as it was given")
        self.again_button.clicked.connect(self.again)
        self.next_button = QPushButton("&Next")
        self.next_button.setToolTip("Set the next lesson up")
        self.next_button.clicked.connect(self.next_wanted)
        self.close_button = QPushButton("×")
        self.close_button.setProperty("quiet", True)
        self.close_button.setFont(self.words.font())
        self.close_button.setToolTip("Close this strip; data and model stay")
        self.close_button.setAccessibleName("Close the lesson")
        self.close_button.clicked.connect(self.closed)
        self.position = QLabel()
        self.position.setProperty("muted", True)
        self.position.setAccessibleName("number of the lesson")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        row.addWidget(self.position)
        for button in (self.again_button, self.next_button, self.close_button):
            row.addWidget(button)
        self.set_theme(theme)
        self._fit()
        self.hide()

    def present(self, is_on: bool) -> None:
        """Hide the buttons, as keys turn the page in presenter mode, or show them again."""
        for button in (self.again_button, self.next_button, self.close_button):
            button.setVisible(not is_on)

    def _fit(self) -> None:
        """Fix the height at two lines, so that a new text does not trigger a layout."""
        metrics = QFontMetrics(zoom.font(look.LARGE))
        self.words.setFixedHeight(LINES * metrics.lineSpacing() + 2)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        if (theme := look.new_theme(self, event)) and theme is not self._theme:
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setStyleSheet(
            f"LessonStrip {{ background: {theme.selected}; border: none;"
            f" border-left: 4px solid {theme.accent}; border-radius: 6px; }}"
        )

    def show_lesson(self, lesson: Lesson, *, is_over: bool, is_modified: bool) -> None:
        """Show the lesson: what it shows if it is over and unchanged, else what to watch."""
        title = f"{lesson.title}, changed" if is_modified else lesson.title
        is_seen = is_over and not is_modified
        step = lesson.first
        sentence = f"Seen: {step.reveal}" if is_seen else f"Watch: {step.text}"
        text = f"<b>{escape(title)}.</b>&nbsp; {escape(sentence)}"
        if text != self.words.text():
            self.words.setText(text)
            told = (step.text, step.reveal) if is_seen else (step.text,)
            self.setToolTip("".join(f"<p>{escape(sentence)}</p>" for sentence in told))
        self.show()

    def show_position(self, position: int, headings: Sequence[Heading]) -> None:
        """Show which of all lessons this is, by its index, and which one is next."""
        self.position.setText(f"{position + 1} / {len(headings)}")
        follower = headings[position + 1 : position + 2]
        self.next_button.setEnabled(bool(follower))
        self.next_button.setToolTip(
            f"The next lesson: {follower[0].title}" if follower else "This is the last lesson"
        )


class Lessons(QObject):
    """Sets lessons up, and shows the current one on the strip.

    mnist_folder : returns the folder that MNIST was last found in, if it still exists.
    """

    demo_wanted = Signal(str)  # title of a demonstration

    def __init__(
        self,
        controller: RunController,
        loader: DataLoader,
        stage: Stage,
        run_bar: RunBar,
        mnist_folder: Callable[[], str | None],
        theme: Theme,
    ) -> None:
        super().__init__(stage)
        self._controller, self._loader, self._stage, self._run_bar = (
            controller,
            loader,
            stage,
            run_bar,
        )
        self.log_button: QAbstractButton  # of the loss axis; set by the window's `start`
        self._mnist_folder = mnist_folder
        self._wanted: Place | None = None  # lesson whose data are being loaded
        self._shown: Place | None = None
        self._is_closed = False
        self._seen: set[int] = set()  # indices of lessons whose end was seen
        self._rail: Rail | None = None
        self._headings: tuple[Heading, ...] = ()
        self._told: tuple[object, ...] = (None,) * 5  # state that the strip last showed
        self._left: dict[int, tuple[str, int, bool]] = {}  # tab, speed and axis by run number
        self._speed = run_bar.speed.value()
        self._is_log = False  # whether the loss axis was logarithmic before the lesson
        self.strip = LessonStrip(theme)
        self.strip.again.connect(self._again)
        self.strip.next_wanted.connect(lambda: self.go(+1))
        self.strip.closed.connect(self._close)
        for changed in (
            controller.points_changed,
            controller.snapshot_changed,
            controller.settings_changed,
        ):
            changed.connect(lambda _: self._tell())

    def fill(self, menu: QMenu, rail: Rail) -> None:
        """Add a menu for each group, and an action for each lesson; list them on the rail."""
        from core.teach import headings  # titles only: a lesson is read when it is wanted

        self._rail, self._headings = rail, headings.bundled()
        rail.fill([heading.title for heading in self._headings])
        names = list(dict.fromkeys(heading.group for heading in self._headings))
        marked = dict(zip(names, with_mnemonics(names), strict=True))
        for group, found in groupby(self._headings, key=lambda heading: heading.group):
            self._fill_group(menu.addMenu(marked[group]), list(found))

    def _fill_group(self, menu: QMenu, headings: list[Heading]) -> None:
        menu.setToolTipsVisible(True)
        titles = with_mnemonics(heading.title for heading in headings)
        for heading, title in zip(headings, titles, strict=True):
            action = QAction(title, self)
            action.triggered.connect(lambda _=False, key=heading.key: self.begin(_lesson(key)))
            menu.addAction(action)

        def tell() -> None:
            """Say what to watch in each, which does not give the result away."""
            for action, heading in zip(menu.actions(), headings, strict=True):
                action.setToolTip(f"<p>{escape(_lesson(heading.key).first.text)}</p>")

        menu.aboutToShow.connect(tell)

    def begin(self, lesson: Lesson, folder: str | None = None) -> None:
        """Set the lesson up, ready to train; one undo step restores the previous run."""
        from core.teach.lesson import Place

        controller = self._controller
        place = Place(lesson)
        assert place.step.setup is not None
        self._is_closed = False
        self._wanted = place
        self._speed = self.own_speed
        if self._shown is None:
            self._is_log = self.log_button.isChecked()
        if controller.run is not None and controller.run.place is None:
            self._left[controller.run.number] = self._looks()
        config = place.step.setup.on(controller.settings.device, folder or self._mnist_folder())
        self._loader.load(config, f"lesson “{lesson.title}”", place=place)

    def choose(self, position: int) -> None:
        """Set up the lesson with this index among all."""
        self._begin_at(position)

    def take_folder(self, folder: str) -> bool:
        """Begin a lesson that waits for MNIST with this folder; return whether there is one."""
        setup = self._wanted.step.setup if self._wanted else None
        if self._wanted is None or setup is None or setup.config.data.source != "mnist":
            return False
        self.begin(self._wanted.lesson, folder)
        return True

    def follow(self) -> None:
        """Follow the shown run: show its lesson, if any. Called after the stage has its tabs."""
        run = self._controller.run
        assert run is not None
        is_begun = run.place is not None and run.place == self._wanted and not run.is_modified
        if is_begun or not self._loader.fetcher.is_busy:
            self._wanted = None
        if is_begun or run.place != self._shown:
            speed = self.own_speed
            self._shown = run.place
            if run.place is not None:
                self._is_closed = False
                self._dress(run.place.step)
            elif run.number in self._left:
                self._undress(*self._left[run.number])
            else:  # after a lesson, return to the speed and axis from before
                self._run_bar.set_speed(speed)
                self.log_button.setChecked(self._is_log)
        self._tell()

    @property
    def own_speed(self) -> int:
        """Slider position of the speed chosen by the user, even if a lesson has changed it."""
        now = self._run_bar.speed.value()
        if self._shown is None or now != _notch(self._shown.step.speed):
            return now
        return self._speed

    # ------------------------------------------------------------------------------------------

    def _again(self) -> None:
        """Return the lesson to its start; set it up again if something was changed."""
        if self._shown is None:
            return
        if self._is_modified():
            self.begin(self._shown.lesson)
        else:
            self._controller.reset()
            self._dress(self._shown.step)

    def go(self, by: int) -> None:
        """Set up the next (+1) or the previous (−1) lesson; the first if none is shown."""
        position = self._position
        self._begin_at(0 if position is None else position + by)

    def _begin_at(self, position: int) -> None:
        if 0 <= position < len(self._headings):
            self.begin(_lesson(self._headings[position].key))

    @property
    def _position(self) -> int | None:
        """The index of the shown lesson among all."""
        if self._shown is None:
            return None
        keys = [heading.key for heading in self._headings]
        return keys.index(self._shown.lesson.key)

    def _close(self) -> None:
        self._is_closed = True
        self._tell()
        self._stage.setFocus()

    def _mark(self, *, is_over: bool) -> None:
        """Mark on the rail the shown lesson and those that were seen to their end."""
        if self._rail is None:
            return
        position = self._position
        if position is not None and is_over:
            self._seen.add(position)
        self._rail.show_lessons(position, self._seen)

    def _tell(self) -> None:
        shown, controller = self._shown, self._controller
        status = controller.snapshot.status if controller.snapshot is not None else None
        told = controller.run, controller.settings, status, shown, self._is_closed
        if all(a is b for a, b in zip(told, self._told, strict=True)):
            return  # snapshots come at display rate
        self._told = told
        is_over, is_modified = status in OVER, self._is_modified()
        if shown is None or self._is_closed:
            self.strip.hide()
        else:
            position = self._position
            assert position is not None
            self.strip.show_lesson(shown.lesson, is_over=is_over, is_modified=is_modified)
            self.strip.show_position(position, self._headings)
        self._mark(is_over=is_over and not is_modified)

    def _is_modified(self) -> bool:
        """Return whether data, model or settings are no longer those of the lesson."""
        run = self._controller.run
        setup = run.place.step.setup if run and run.place else None
        if run is None or setup is None:
            return False
        given = replace(setup.config.training, device=self._controller.settings.device)
        return run.is_modified or self._controller.settings != given

    def _looks(self) -> tuple[str, int, bool]:
        return self._stage.current, self._run_bar.speed.value(), self.log_button.isChecked()

    def _dress(self, step: Step) -> None:
        """Set the view, the speed and the loss axis that suit the step."""
        self._undress(step.view or self._stage.current, _notch(step.speed), bool(step.has_log_loss))
        if step.demo:
            self.demo_wanted.emit(step.demo)

    def _undress(self, tab: str, speed: int, is_log: bool) -> None:
        self._stage.show_name(tab)
        self._run_bar.set_speed(speed)
        self.log_button.setChecked(is_log)


def _lesson(key: str) -> Lesson:
    from core.teach.lessons import lesson_of  # it reads and checks a file, so only when wanted

    return lesson_of(key)


def _notch(speed: float | None) -> int:
    """Return the position of the speed slider that comes closest to these steps a second."""
    wanted = DEFAULT_SPEED if speed is None else speed
    if wanted == FLAT_OUT:
        return SPEEDS.index(FLAT_OUT)
    notches = (each for each in SPEEDS if 0 < each < FLAT_OUT)
    return SPEEDS.index(min(notches, key=lambda each: abs(math.log(each / wanted))))


def with_mnemonics(titles: Iterable[str]) -> list[str]:
    """Put & before a letter or digit of each title that no earlier title uses, if there is one."""
    taken: set[str] = set()
    marked = []
    for title in titles:
        starts = [i for i in range(len(title)) if i == 0 or title[i - 1] == " "]
        places = [*starts, *range(len(title))]
        position = next(
            (
                i
                for i in places
                if title[i].isascii() and title[i].isalnum() and title[i].lower() not in taken
            ),
            None,
        )
        if position is None:
            marked.append(title)
            continue
        taken.add(title[position].lower())
        marked.append(f"{title[:position]}&{title[position:]}")
    return marked
