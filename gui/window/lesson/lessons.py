"""Sets lessons up step by step, and shows the current step on the strip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.language import tr
from core.train.snapshot import Status
from gui.control.data_loader import DataLoader
from gui.control.run_controller import RunController
from gui.kit.fields import kept
from gui.kit.theme import Theme
from gui.state.throttle import Reading
from gui.window.lesson.dress import Dress
from gui.window.lesson.position import goal, position
from gui.window.lesson.progress import Progress
from gui.window.lesson.shelf import Shelf
from gui.window.lesson.strip import LessonStrip
from gui.window.lesson.waiting import Waiting
from gui.window.run_bar import RunBar
from gui.window.stage.stage import Stage

if TYPE_CHECKING:
    from core.teach.lesson import Lesson, Place

STEP = "lesson_step"  # as projects keep it


class Lessons(QObject):
    """Sets steps of lessons up, and shows the current one on the strip.

    mnist_folder : returns the folder that MNIST was last found in, if it still exists.
    """

    pointed = Signal(str)  # the view or card that the step is about, "" for none
    step_shown = Signal(object)  # Step, in the view that it names
    changed = Signal()  # which lesson is shown, or which are done

    def __init__(
        self,
        controller: RunController,
        loader: DataLoader,
        shelf: Shelf,
        progress: Progress,
        stage: Stage,
        run_bar: RunBar,
        mnist_folder: Callable[[], str | None],
        theme: Theme,
    ) -> None:
        super().__init__(stage)
        self._controller, self._loader, self._stage = controller, loader, stage
        self.dress = Dress(stage, run_bar)
        self.shelf, self.progress = shelf, progress
        self._mnist_folder = mnist_folder
        self._wanted: Place | None = None  # step whose data are being loaded
        self._shown: Place | None = None
        self._is_closed = False
        self.waiting: Waiting | None = None  # for what the shown step asks
        self._reached: dict[int, Place] = {}  # the step that was shown last, by run number
        self._told: tuple[object, ...] = ()  # state that the strip last showed
        self._reading = Reading()
        self.strip = LessonStrip(theme)
        self.strip.again.connect(self._again)
        self.strip.next_wanted.connect(lambda: self.go(+1))
        self.strip.back_wanted.connect(lambda: self.go(-1))
        self.strip.closed.connect(self._close)
        self.strip.question.settled.connect(self._tell)
        shelf.renewed.connect(self._renew)
        shown = controller.points_changed, controller.snapshot_changed
        for changed in (*shown, controller.settings_changed):
            changed.connect(lambda _: self._tell())

    @property
    def shown(self) -> Place | None:
        """The step that is shown, also while the strip is closed."""
        return self._shown

    @property
    def is_on(self) -> bool:
        """Whether the strip shows a step."""
        return self._shown is not None and not self._is_closed

    def give_up_waiting(self) -> bool:
        """Show what the step was to show, as if it had happened; return whether that is new."""
        waiting, shot = self.waiting, self._controller.snapshot
        if waiting is None or waiting.is_met or shot is None:
            return False
        waiting.give_up(shot)
        self._tell()
        return not _is_modified(self._controller)

    # Setting up -----------------------------------------------------------------------------------

    def begin(self, lesson: Lesson) -> None:
        """Go on with a lesson where it was left; one undo step restores the previous run."""
        from core.teach.lesson import Place

        position = self.progress.step(lesson.key)
        place = Place(lesson, position if position < len(lesson.steps) else 0)
        self._go_to(place, is_begun=True)

    def choose(self, key: str) -> None:
        """Begin the lesson of this key."""
        self.begin(self.shelf.lesson(key))

    def take_folder(self, folder: str) -> bool:
        """Begin a step that waits for MNIST with this folder; return whether there is one."""
        base = self._wanted.base if self._wanted else None
        setup = base.step.setup if base else None
        if self._wanted is None or setup is None or setup.config.data.source != "mnist":
            return False
        self._set_up(self._wanted, folder)
        return True

    def go(self, by: int) -> None:
        """Show the next (+1) or the previous (−1) step, of the next lesson after the last one.

        The first lesson if none is shown. A question is answered first.
        """
        if by > 0 and self.answer():
            return
        place = self._beside(by)
        if place is not None:
            self._go_to(place)

    def answer(self) -> bool:
        """Answer the question of the shown step; return whether there was one."""
        is_asking = self.is_on and not self.strip.question.is_settled
        if is_asking:
            self.strip.question.reveal()
            self._tell()
        return is_asking

    def _beside(self, by: int) -> Place | None:
        """Return the step after the shown one (+1) or before it (−1), if there is one."""
        from core.teach.lesson import Place

        shown = self._wanted or self._shown  # data that cannot be had hold nobody up
        if shown is not None and 0 <= shown.position + by < len(shown.lesson.steps):
            return Place(shown.lesson, shown.position + by)
        key = self.shelf.beside(shown.lesson.key if shown else None, by)
        if key is None:
            return None
        lesson = self.shelf.lesson(key)
        return Place(lesson, 0 if by > 0 or shown is None else len(lesson.steps) - 1)

    def _go_to(self, place: Place, *, is_begun: bool = False) -> None:
        """Show a step: on the run that is there if that is its own, else set its run up.

        is_begun : the lesson is begun, so that a run of the step's own is set up in any case.
        """
        base, run = place.base, self._controller.run
        begun = run.place if run is not None else None
        is_own = base is not None and begun is not None and begun.key == base.key
        if run is not None and (base is None or (is_own and not (is_begun and base == place))):
            self._remember()
            self._show(place)
            self._tell()
            if place.step.plays and not self._controller.is_training:
                self._controller.play_or_pause()
        else:
            self._set_up(place)

    def _set_up(self, place: Place, folder: str | None = None) -> None:
        """Set the run of a step up, ready to train."""
        controller, base = self._controller, place.base
        if base is None or base.step.setup is None:
            return
        self._is_closed = False
        self._wanted = place
        self._remember()
        config = base.step.setup.on(controller.settings.device, folder or self._mnist_folder())
        plays = place.step.plays and place == base
        words = tr("lesson “{title}”", title=place.lesson.title)
        self._loader.load(config, words, play=plays, place=base)

    def _remember(self) -> None:
        """Keep the speed, the axis and the view from before the lesson."""
        run = self._controller.run
        is_own = run is not None and run.place is None
        step = self._shown.step if self._shown else None
        self.dress.remember(step, run.number if run is not None and is_own else None)

    def follow(self) -> None:
        """Follow the shown run: show its lesson, if any. Called after the stage has its tabs."""
        run = self._controller.run
        assert run is not None
        wanted, is_begun = self._wanted, False
        if wanted is not None and run.place is not None and not run.is_modified:
            is_begun = wanted.base == run.place
        if is_begun or not self._loader.fetcher.is_busy:
            self._wanted = None
        place = wanted if is_begun else self._reached.get(run.number, self._kept(run.place))
        if is_begun or place != self._shown:
            speed = self.own_speed
            self._shown = place
            if place is not None:
                self._is_closed = False
                self._show(place)
            else:
                self.dress.take_off(run.number, speed)
        if place is not None:
            self._reached[run.number] = place
        self._tell()

    def _kept(self, begun: Place | None) -> Place | None:
        """Return the step to show for a run that was begun by this one: the shown one if it is on.

        A step that needs no run of its own stays, whatever the run.
        """
        if self._shown is None:
            return begun
        base = self._shown.base
        is_on = base is None or (begun is not None and begun.key == base.key)
        return self._shown if is_on else begun

    def _show(self, place: Place) -> None:
        """Show a step on the run that is there, from its beginning, in the view that it names."""
        self._turn_to(place)
        self.dress.put_on(place.step)
        self.step_shown.emit(place.step)

    def _turn_to(self, place: Place) -> None:
        run = self._controller.run
        self._shown, self._is_closed = place, False
        if run is not None:
            self._reached[run.number] = place
        self.waiting = Waiting(place.step.until, run.points if run else None)
        self.strip.question.ask(place.step.question)
        self.strip.show_wait(self.waiting.describe(self._controller.snapshot))
        self._told = ()

    # The shown step -------------------------------------------------------------------------------

    def describe(self, _has_sizes: bool) -> dict[str, str]:
        """Return which step is shown, as a project keeps it."""
        return {} if self._shown is None else {STEP: str(self._shown.position)}

    def restore(self, look: Mapping[str, str]) -> None:
        """Return to the step that a project has kept, if it goes on with the shown run."""
        from core.teach.lesson import Place

        shown, position = self._shown, kept.whole(look.get(STEP, ""))
        if shown is None or position is None or position >= len(shown.lesson.steps):
            return
        place = Place(shown.lesson, position)
        if place.base == shown.base and place != shown:
            self._turn_to(place)  # how the window looked is shown by others
            self._tell()

    @property
    def own_speed(self) -> int:
        """Slider position of the speed chosen by the user, even if a lesson has changed it."""
        return self.dress.own_speed(self._shown.step if self._shown else None)

    def _again(self) -> None:
        """Return the step to its start; set it up again if something was changed."""
        if self._shown is None:
            return
        run = self._controller.run
        if _is_modified(self._controller) or (run is not None and run.place != self._shown.base):
            self._set_up(self._shown)
        else:
            self._controller.reset()
            self._show(self._shown)

    def _close(self) -> None:
        self._is_closed = True
        self._tell()
        self._stage.setFocus()

    def _renew(self, lesson: Lesson) -> None:
        """Show the shown step as it is in a newer version of its file."""
        from core.teach.lesson import Place

        shown = self._shown
        if shown is None or shown.lesson.key != lesson.key:
            return
        self._shown = now = Place(lesson, min(shown.position, len(lesson.steps) - 1))
        run = self._controller.run
        if run is not None:
            self._reached[run.number] = now
        if now.step.until != shown.step.until:
            self.waiting = Waiting(now.step.until, run.points if run else None)
        if now.step.question != shown.step.question:
            self.strip.question.ask(now.step.question)
        self._told = ()
        self._tell()

    def _tell(self) -> None:
        """Show what has changed, on the strip and for those who list lessons."""
        shown, controller, waiting = self._shown, self._controller, self.waiting
        shot, run = controller.snapshot, controller.run
        if shown is not None and waiting is not None and shot is not None and run is not None:
            waiting.note(shot, run.points)
            if self._reading.is_due(is_live=shot.status is Status.TRAINING) or waiting.is_met:
                self.strip.show_wait(waiting.describe(shot))
        is_settled = self.strip.question.is_settled
        is_met = is_settled and waiting is not None and waiting.is_met
        told = run, controller.settings, is_met, shown, self._is_closed, self.shelf.keys
        is_same = len(told) == len(self._told) and all(
            a is b for a, b in zip(told, self._told, strict=True)
        )
        if is_same:
            return  # snapshots come at display rate
        self._told = told
        is_changed = shown is not None and shown.step.setup is not None and _is_modified(controller)
        is_revealed = is_met and not (is_changed and shown is not None and shown.step.until.is_end)
        if shown is None or self._is_closed:
            self.strip.leave()
            self.pointed.emit("")
        else:
            self.strip.show_step(shown, is_revealed=is_revealed, is_changed=is_changed)
            goals = (goal(shown, self.shelf, by) for by in (-1, +1))
            self.strip.show_position(position(shown, self.shelf), *goals)
            self.pointed.emit(shown.step.highlight)
        if shown is not None:
            is_last = shown.position == len(shown.lesson.steps) - 1
            is_done = is_last and (is_revealed or not shown.step.reveal)
            self.progress.note(shown.lesson.key, shown.position, is_done=is_done)
        self.changed.emit()


def _is_modified(controller: RunController) -> bool:
    """Return whether data, model or settings are no longer those of the lesson."""
    run = controller.run
    setup = run.place.step.setup if run and run.place else None
    if run is None or setup is None:
        return False
    given = replace(setup.config.training, device=controller.settings.device)
    return run.is_modified or controller.settings != given
