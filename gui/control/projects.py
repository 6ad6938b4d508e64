"""The project of the window: saved, opened, and whether anything in it is unsaved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.points import Points
from core.data.task import Task, prepare
from core.language import tr
from core.number_format import format_bytes
from core.runs.run_record import Record
from gui.control.data_loader import DataLoader
from gui.control.held import Held
from gui.control.next_config import has_same_rows
from gui.control.next_task import NextTask
from gui.control.run_controller import RunController
from gui.control.undo import Run
from gui.state.kept_runs import KeptRuns

if TYPE_CHECKING:  # they import PyTorch
    from core.projects.project import Project
    from core.runs.run_state import RunState
    from core.teach.lesson import Lesson, Place

ENDING = ".logitlab"
LAYOUT = "layout"  # among how a window looked: its sizes are there too
BASE = "lesson_base"  # there too: the step of its lesson that has set the run up


@dataclass(frozen=True, eq=False)
class Mark:
    """What a project held at one moment; objects are compared by identity.

    settings : as they apply at the newest step; None while an earlier one is viewed.
    has_layout : whether sizes are kept with it.
    """

    run: Run | None
    steps: int
    settings: TrainingConfig | None
    records: tuple[Record, ...]
    has_layout: bool

    def is_like(self, other: Mark) -> bool:
        return (
            self.run is other.run
            and self.steps == other.steps
            and (None in (self.settings, other.settings) or self.settings == other.settings)
            and self.records is other.records
            and self.has_layout == other.has_layout
        )


class Projects(QObject):
    """Saves what the window holds as a project, and opens projects.

    path : of the project that is open; None before it was saved.
    is_linked : whether the project holds only where rows lie that are in a file.
    has_layout : whether the sizes of the window and of its parts are saved too.
    """

    changed = Signal()  # path or is_modified
    edited = Signal()  # kept runs
    opened = Signal(object)  # how the window looked, as it was saved

    def __init__(
        self, controller: RunController, next_task: NextTask, loader: DataLoader, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.is_linked = self.has_layout = False
        self.find_lesson: Callable[[str], Lesson] = _bundled  # raises KeyError
        self._described: list[Callable[[bool], Mapping[str, str]]] = []
        self._controller, self._next, self._loader = controller, next_task, loader
        self._kept: KeptRuns | None = None
        self._saved: Mark | None = None  # None: never
        self._is_opening: Run | None = None  # until its first snapshot
        self._has_begun_to_save = self._has_begun_to_open = False
        self._was_modified = False
        controller.task_changed.connect(self._note)
        controller.points_changed.connect(self._note)
        controller.snapshot_changed.connect(self._note)

    def keep_look(
        self,
        describe: Callable[[bool], Mapping[str, str]],
        show: Callable[[Mapping[str, str]], None],
    ) -> None:
        """Save how the window looks along with what it holds, and show it again.

        describe : is told whether sizes are wanted too.
        """
        self._described.append(describe)
        self.opened.connect(show)

    def start(self, kept: KeptRuns) -> None:
        """Take the kept runs, which are made after the window."""
        self._kept = kept
        kept.changed.connect(self._note)
        kept.changed.connect(self.edited)

    # What is unsaved ------------------------------------------------------------------------------

    @property
    def is_modified(self) -> bool:
        """Whether something would be lost if the window closed now."""
        if self._is_opening is not None and self._is_opening is self._controller.run:
            return False
        now = self._mark()
        return self._has_work if self._saved is None else not now.is_like(self._saved)

    @property
    def is_saving(self) -> bool:
        """Whether a project is being written, or the run that will be in it is awaited."""
        controller = self._controller
        return self._has_begun_to_save and (
            controller.writes.is_busy or not controller.captures.is_idle
        )

    @property
    def is_opening(self) -> bool:
        """Whether a project is being read, which will replace what is shown."""
        return self._has_begun_to_open and self._next.is_busy

    @property
    def title(self) -> str:
        """The name of the project; "" before it was saved."""
        return "" if self.path is None else self.path.name

    @property
    def kept_count(self) -> int:
        """How many runs are kept."""
        return len(self._records)

    @property
    def own_bytes(self) -> int:
        """Bytes of the rows that a project would hold, 0 if they come with the program."""
        from core.projects.stored_data import own_bytes

        run = self._controller.run
        if run is None or run.task.config.data.source == "drawn":
            return 0
        return own_bytes(run.task.source, run.task.config.data)

    @property
    def _records(self) -> tuple[Record, ...]:
        return () if self._kept is None else self._kept.records

    @property
    def _has_work(self) -> bool:
        controller = self._controller
        run = controller.run
        if run is None:
            return False
        has_own_rows = bool(run.task.source.added or (len(run.points) and run.place is None))
        return bool(controller.steps or self._records or has_own_rows)

    def _mark(self) -> Mark:
        """Return what the project holds now."""
        controller = self._controller
        shot = controller.snapshot
        is_past = shot is not None and shot.is_past
        settings = None if is_past else controller.settings
        return Mark(controller.run, controller.steps, settings, self._records, self.has_layout)

    def keep_layout(self, is_wanted: bool) -> None:
        """Save the sizes of the window and of its parts too, from the next time on, or not."""
        self.has_layout = is_wanted
        self._note()
        self.changed.emit()

    def _note(self, *_: object) -> None:
        """Take the first snapshot of an opened run as what is saved; tell of a change."""
        run, shot = self._controller.run, self._controller.snapshot
        if self._is_opening is not None and run is self._is_opening:
            is_there = run.task.obstacle or (shot is not None and shot.run == run.number)
            if not is_there:
                return
            self._is_opening, self._saved = None, self._mark()
        if self.is_modified != self._was_modified:
            self._was_modified = self.is_modified
            self.changed.emit()

    def _set(self, path: Path | None, saved: Mark | None) -> None:
        self.path, self._saved = path, saved
        self._was_modified = self.is_modified
        self.changed.emit()

    # Saving ---------------------------------------------------------------------------------------

    def capture(self, answer: Callable[[Project, Mark], None]) -> bool:
        """Pass on the project as it is at the next moment; return whether there is any."""
        controller = self._controller
        run = controller.run
        if run is None:
            return False
        look = dict[str, str]()
        for describe in self._described:
            look |= describe(self.has_layout)
        look |= {LAYOUT: "kept"} if self.has_layout else {}
        records = self._records

        def take(state: RunState | None) -> None:
            from core.projects.project import Project

            if state is None and not run.task.obstacle:
                controller.failed.emit(tr("The run could not be taken down: nothing is saved."))
                return
            if run.is_modified:
                look["lesson"] = "changed"
            if run.place is not None:
                look[BASE] = str(run.place.position)
            project = Project(
                run.task,
                state,
                run.points,
                run.place.lesson.key if run.place else "",
                records,
                window=look,
                is_linked=self.is_linked,
                saved=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            answer(project, _mark_of(run, state, records, has_layout=LAYOUT in look))

        if run.task.obstacle:  # the training thread holds another run
            take(None)
        else:
            controller.captures.ask(run.number, take)
        return True

    def save(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Write the project; it is then the window's one. then : called once it is written."""
        path = path if path.suffix.lower() == ENDING else path.with_name(path.name + ENDING)

        def write(project: Project, mark: Mark) -> None:
            def work() -> str:
                from core.projects.project import packed

                packed(project).write(path)
                return tr(
                    "Saved {path} ({size}).", path=path, size=format_bytes(path.stat().st_size)
                )

            def end() -> None:
                self._has_begun_to_save = False
                self._set(path, mark)
                if then is not None:
                    then()

            self._controller.writes.write(path.name, work, end)

        self._has_begun_to_save = self.capture(write)
        if not self._has_begun_to_save:
            self._controller.failed.emit(tr("There is nothing to save yet."))

    # Opening --------------------------------------------------------------------------------------

    def open(
        self,
        path: Path,
        *,
        recovered_from: Path | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Show what a project holds, as it was, paused; nothing that was undone comes back.

        recovered_from : the file is an unsaved state of this project, of none if it is empty.
        then : called once it is shown.
        """
        controller = self._controller
        run = controller.run
        at_hand = (run.task.config.data, run.task.source) if run else None
        controller.plays_next = False

        def read() -> Project:
            from core.projects import project

            return project.load(path, lambda data: _rows(data, at_hand))

        def show(found: Project) -> None:
            self._show(found)
            self.is_linked = found.is_linked
            if then is not None:
                then()
            if recovered_from is not None:
                self._is_opening = None
                self._set(recovered_from if recovered_from.name else None, None)
                controller.done.emit(tr("This is what was there when it ended. Ctrl+S saves it."))
            else:
                self._set(path, None)
                controller.done.emit(
                    tr("Opened {name}. Space trains on where it was.", name=path.name)
                )

        self._loader.fetcher.stop()
        self._has_begun_to_open = True

        def refuse(error: BaseException) -> None:
            self._has_begun_to_open = False
            self._next.refuse(error)
            if controller.run is None:  # the program was started with this file
                self._loader.load(RunConfig(), complaint=str(error))

        self._next.replace(
            read, show, busy_with=tr("Opening {name} …", name=path.name), refuse=refuse
        )

    def resume(self, held: Held) -> bool:
        """Show what another window held, and train on if it trained; return whether it held any."""
        found = held.project
        if found is None:
            return False
        self._controller.plays_next = held.plays
        self._show(found)
        self.is_linked = found.is_linked
        if held.is_modified:
            self._is_opening = None
        self._set(held.path, None)
        return True

    def _show(self, found: Project) -> None:
        self._has_begun_to_open = False
        controller = self._controller
        place = _place_of(found, self.find_lesson)
        is_changed = found.window.get("lesson") == "changed"
        after = Run(controller.next_number(), found.task, found.points, place, is_changed)
        self._is_opening = after
        controller.begin(after, state=found.state)
        controller.undo_stack.clear()
        if self._kept is not None:
            self._kept.set_records(found.records)
        self.has_layout = LAYOUT in found.window
        self.opened.emit(found.window)

    def begin_anew(self) -> None:
        """Show what a first start shows, with nothing kept."""
        config, controller = RunConfig(), self._controller

        def show(task: Task) -> None:
            controller.begin(Run(controller.next_number(), task, Points()))
            controller.undo_stack.clear()
            if self._kept is not None:
                self._kept.set_records(())
            self.is_linked = self.has_layout = False
            self._set(None, None)

        controller.plays_next = False
        self._loader.fetcher.stop()
        self._next.replace(lambda: prepare(sources.load(config.data), config), show, config)


def _place_of(found: Project, find_lesson: Callable[[str], Lesson]) -> Place | None:
    """Return the step that has set the run up; None if its lesson is not at hand."""
    from core.teach.lesson import Place

    if not found.lesson:
        return None
    try:
        lesson = find_lesson(found.lesson)
    except KeyError:
        return None
    kept = found.window.get(BASE, "0")
    known = {str(k): k for k, step in enumerate(lesson.steps) if step.setup is not None}
    return Place(lesson, known[kept]) if kept in known else None


def _bundled(key: str) -> Lesson:
    """Return a lesson of the program; raise KeyError if it has none of this key."""
    from core.teach.lessons import lesson_of

    return lesson_of(key)


def _mark_of(
    run: Run, state: RunState | None, records: tuple[Record, ...], *, has_layout: bool
) -> Mark:
    """Return what a project holds with this run in this state."""
    if state is None:
        return Mark(run, 0, None, records, has_layout)
    head = state.timeline.head
    if head is None:
        return Mark(run, state.checkpoint.step, state.settings, records, has_layout)
    return Mark(run, head.frame.step, None, records, has_layout)


def _rows(data: DataConfig, at_hand: tuple[DataConfig, Dataset] | None) -> Dataset:
    """Return the rows that a config names: those in memory if they are the same, else loaded."""
    if at_hand is not None and has_same_rows(at_hand[0], data):
        return at_hand[1]
    return sources.load(data)
