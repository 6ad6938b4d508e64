"""Lessons: their menu, and the strip that shows what to watch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
from gui.control.run_controller import RunController
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.theme import Theme
from gui.window.rail import Rail
from gui.window.run_bar import SPEEDS, RunBar
from gui.window.stage.stage import Stage

if TYPE_CHECKING:
    from core.teach.lesson import Preset

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

    def show_preset(self, preset: Preset, *, is_over: bool, is_modified: bool) -> None:
        """Show the lesson: what it shows if it is over and unchanged, else what to watch."""
        title = f"{preset.title}, changed" if is_modified else preset.title
        is_seen = is_over and not is_modified
        sentence = f"Seen: {preset.shows}" if is_seen else f"Watch: {preset.watch}"
        text = f"<b>{escape(title)}.</b>&nbsp; {escape(sentence)}"
        if text != self.words.text():
            self.words.setText(text)
            told = (preset.watch, preset.shows) if is_seen else (preset.watch,)
            self.setToolTip("".join(f"<p>{escape(sentence)}</p>" for sentence in told))
        from core.teach.lessons import PRESETS, after  # imported only when a lesson is shown

        follower = after(preset)
        self.position.setText(f"{PRESETS.index(preset) + 1} / {len(PRESETS)}")
        self.next_button.setEnabled(follower is not None)
        self.next_button.setToolTip(
            f"The next lesson: {follower.title}" if follower else "This is the last lesson"
        )
        self.show()


class Lessons(QObject):
    """Sets lessons up, and shows the current one on the strip.

    mnist_folder : returns the folder that MNIST was last found in, if it still exists.
    """

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
        self._wanted: Preset | None = None  # lesson whose data are being loaded
        self._shown: Preset | None = None
        self._is_closed = False
        self._seen: set[int] = set()  # indices of lessons whose end was seen
        self._rail: Rail | None = None
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
        from core.teach.lessons import PRESETS

        self._rail = rail
        rail.fill([preset.title for preset in PRESETS])

        names = list(dict.fromkeys(preset.group for preset in PRESETS))
        marked = dict(zip(names, with_mnemonics(names), strict=True))
        for group, presets in groupby(PRESETS, key=lambda preset: preset.group):
            members = list(presets)
            sub = menu.addMenu(marked[group])
            sub.setToolTipsVisible(True)
            titles = with_mnemonics(preset.title for preset in members)
            for preset, title in zip(members, titles, strict=True):
                action = QAction(title, self)
                action.setToolTip(f"<p>{escape(preset.watch)}</p>")  # does not give the result away
                action.triggered.connect(lambda _=False, p=preset: self.begin(p))
                sub.addAction(action)

    def begin(self, preset: Preset, folder: str | None = None) -> None:
        """Set the lesson up, ready to train; one undo step restores the previous run."""
        controller = self._controller
        self._is_closed = False
        self._wanted = preset
        self._speed = self.own_speed
        if self._shown is None:
            self._is_log = self.log_button.isChecked()
        if controller.run is not None and controller.run.preset is None:
            self._left[controller.run.number] = self._looks()
        config = preset.on(controller.settings.device, folder or self._mnist_folder())
        self._loader.load(config, f"lesson “{preset.title}”", preset=preset)

    def choose(self, position: int) -> None:
        """Set up the lesson with this index among all."""
        from core.teach.lessons import PRESETS

        self.begin(PRESETS[position])

    def take_folder(self, folder: str) -> bool:
        """Begin a lesson that waits for MNIST with this folder; return whether there is one."""
        if self._wanted is None or self._wanted.config.data.source != "mnist":
            return False
        self.begin(self._wanted, folder)
        return True

    def follow(self) -> None:
        """Follow the shown run: show its lesson, if any. Called after the stage has its tabs."""
        run = self._controller.run
        assert run is not None
        is_begun = run.preset is not None and run.preset is self._wanted and not run.is_modified
        if is_begun or not self._loader.fetcher.is_busy:
            self._wanted = None
        if is_begun or run.preset is not self._shown:
            speed = self.own_speed
            self._shown = run.preset
            if run.preset is not None:
                self._is_closed = False
                self._dress(run.preset)
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
        if self._shown is None or now != SPEEDS.index(self._shown.speed):
            return now
        return self._speed

    # ------------------------------------------------------------------------------------------

    def _again(self) -> None:
        """Return the lesson to its start; set it up again if something was changed."""
        if self._shown is None:
            return
        if self._is_modified():
            self.begin(self._shown)
        else:
            self._controller.reset()
            self._dress(self._shown)

    def go(self, by: int) -> None:
        """Set up the next (+1) or the previous (−1) lesson; the first if none is shown."""
        from core.teach.lessons import PRESETS

        position = PRESETS.index(self._shown) + by if self._shown else 0
        if 0 <= position < len(PRESETS):
            self.begin(PRESETS[position])

    def _close(self) -> None:
        self._is_closed = True
        self._tell()
        self._stage.setFocus()

    def _mark(self, *, is_over: bool) -> None:
        """Mark on the rail the shown lesson and those that were seen to their end."""
        if self._rail is None:
            return
        from core.teach.lessons import PRESETS

        position = PRESETS.index(self._shown) if self._shown is not None else None
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
            self.strip.show_preset(shown, is_over=is_over, is_modified=is_modified)
        self._mark(is_over=is_over and not is_modified)

    def _is_modified(self) -> bool:
        """Return whether data, model or settings are no longer those of the lesson."""
        run = self._controller.run
        if run is None or run.preset is None:
            return False
        given = replace(run.preset.config.training, device=self._controller.settings.device)
        return run.is_modified or self._controller.settings != given

    def _looks(self) -> tuple[str, int, bool]:
        return self._stage.current, self._run_bar.speed.value(), self.log_button.isChecked()

    def _dress(self, preset: Preset) -> None:
        """Set the tab, the speed and the loss axis that suit the lesson."""
        self._undress(preset.tab, SPEEDS.index(preset.speed), preset.has_log_loss)

    def _undress(self, tab: str, speed: int, is_log: bool) -> None:
        self._stage.show_name(tab)
        self._run_bar.set_speed(speed)
        self.log_button.setChecked(is_log)


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
