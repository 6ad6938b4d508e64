"""Creation of the views, and passing on of the shown run to all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.data.task import Task
from core.train.snapshot import Snapshot
from gui.control.data_editor import DataEditor
from gui.control.data_loader import DataLoader
from gui.control.run_controller import RunController
from gui.kit.maths import formula
from gui.kit.view import View, tell_all
from gui.state.background_tasks import Queue
from gui.state.covers import Covers
from gui.window import view_registry
from gui.window.look.theming import Appearance
from gui.window.side.panel import SidePanel
from gui.window.stage.stage import Stage
from gui.window.view_registry import SIDE, TABS
from gui.window.view_spec import ViewSpec

if TYPE_CHECKING:  # imported in `start`, after the first paint
    from gui.window.view_context import ViewContext

SEPARATOR = "/"  # between the names of a view and of a field
LOAD_MS = 1000  # from the start until what other views need is loaded in the background


class ViewFactory(QObject):
    """Creates the views of the registry: at the start, or a lazy one when it is first needed."""

    keep_wanted = Signal()  # keep the shown run
    part_wanted = Signal()  # go to the next part of an update
    log_toggled = Signal()  # logarithmic or linear loss axis

    def __init__(
        self,
        controller: RunController,
        editor: DataEditor,
        loader: DataLoader,
        stage: Stage,
        side_panel: SidePanel,
        appearance: Appearance,
    ) -> None:
        super().__init__(stage)
        self.context: ViewContext  # set by `start`
        self.covers = Covers(self)
        self.covers.changed.connect(self._cover)
        self._controller, self._editor, self._loader = controller, editor, loader
        self._stage, self._appearance = stage, appearance
        self._made: dict[str, View] = {}
        self._at_first: dict[str, dict[str, str]] = {}  # what is chosen in views as they are made
        self._coming: dict[str, dict[str, str]] = {}  # what is to be chosen in them, of a project
        self._is_presenting = False
        self._specs: dict[str, tuple[ViewSpec, Callable[[str, View], None]]] = {
            **{spec.name: (spec, stage.replace) for spec in TABS},
            **{spec.name: (spec, side_panel.replace) for spec in SIDE},
        }

    @property
    def made(self) -> tuple[View, ...]:
        """The views that have been created."""
        return tuple(self._made.values())

    @property
    def named(self) -> tuple[tuple[str, View], ...]:
        """The views that have been created, as (name, view)."""
        return tuple(self._made.items())

    def __getitem__(self, name: str) -> View:
        """Return the view of this name, creating it if needed."""
        if name not in self._made:
            self._make(name)
        return self._made[name]

    def add(self, name: str, view: View) -> None:
        """Add a view that was created elsewhere, so that it follows the run too."""
        self._made[name] = view

    def start(self) -> None:
        """Create the context and the views that are not lazy; called after the first paint."""
        from gui.window.view_context import ViewContext

        self.context = context = ViewContext(
            self._controller, self._editor, self._loader, self._appearance, self.covers, self
        )
        self.keep_wanted.connect(context.run_keeper.keep)
        self.part_wanted.connect(context.tracer.next_part)
        self.log_toggled.connect(context.log_toggled)
        context.tab_wanted.connect(self._stage.show_name)
        for name, (spec, _) in self._specs.items():
            if not spec.is_lazy:
                self._make(name)
        self._stage.turned.connect(self.__getitem__)
        QTimer.singleShot(LOAD_MS, self, self._load)

    def _load(self) -> None:
        """Load what is not there yet in the background, so that no view is waited for."""
        for key, load in (("formulae", formula.load), ("views", view_registry.load)):
            self._controller.background.ask(key, load, lambda _: None, queue=Queue.STUDIES)

    def present(self, is_on: bool) -> None:
        """Turn presenter mode on or off in all views, including those created later."""
        self._is_presenting = is_on
        tell_all(self.made, lambda view: view.show_as_slide(is_on))

    def _cover(self, is_on: bool) -> None:
        tell_all(self.made, lambda view: view.cover_numbers(is_on))

    def end_threads(self) -> None:
        """End the threads of the views."""
        tell_all(self.made, lambda view: view.end_threads())

    def _make(self, name: str) -> None:
        """Create a view, give it the current run, and put it on the stage or the side panel."""
        spec, put = self._specs[name]
        view = self._made[name] = spec.make(self.context)
        if self._controller.run:
            view.receive_task(self._controller.run.shown)
        if self._controller.snapshot:
            view.receive_snapshot(self._controller.snapshot)
        if self._is_presenting:
            view.show_as_slide(True)
        if self.covers.is_on:
            view.cover_numbers(True)
        put(name, view)
        self._at_first[name] = _words_of(view)
        if not self._awaits_snapshot:
            self._choose(name)

    # What is chosen in the views ------------------------------------------------------------------

    @property
    def choices(self) -> dict[str, str]:
        """What is chosen in the views, by “view/field”; also in those that are still to be made."""
        found = self._coming | {name: _words_of(view) for name, view in self.named}
        return {
            f"{name}{SEPARATOR}{field}": words
            for name, fields in found.items()
            for field, words in fields.items()
        }

    def choose(self, choices: Mapping[str, str]) -> None:
        """Choose this in the views, in the form of `choices`, once they show the present run.

        In a view without any, choose what a new one has. What does not apply is ignored.
        """
        coming = {name: dict(fields) for name, fields in self._at_first.items()}
        are_any = False
        for key, words in choices.items():
            name, _, field = key.partition(SEPARATOR)
            if name in self._specs and field:
                coming.setdefault(name, {})[field] = words
                are_any = True
        self._coming = coming if are_any else {}  # earlier versions kept none
        if not self._awaits_snapshot:
            self._choose_all()

    @property
    def _awaits_snapshot(self) -> bool:
        run = self._controller.run
        return run is not None and self._controller.snapshot is None and not run.task.obstacle

    def _choose_all(self) -> None:
        for name in tuple(self._coming):
            if name in self._made or self._specs[name][0].is_heard:
                tell_all((self[name],), lambda _: self._choose(name))  # noqa: B023, called at once

    def _choose(self, name: str) -> None:
        self._made[name].choose_again(self._coming.pop(name, {}))

    # The run --------------------------------------------------------------------------------------

    def receive_task(self, task: Task) -> None:
        """Drop the old run and show the task of a new one."""
        self._coming = {}
        self.context.points_wanted.emit(task)
        self.context.receive_task(task)
        tell_all(self.made, lambda view: view.receive_task(task))
        self.context.task_shown.emit(task)

    def receive_points(self, task: Task) -> None:
        """Show a task in which only a few points differ."""
        self.context.points_wanted.emit(task)
        self.context.receive_points(task)
        tell_all(self.made, lambda view: view.receive_points(task))

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        """Pass a snapshot to all views."""
        self.context.receive_snapshot(snapshot)
        tell_all(self.made, lambda view: view.receive_snapshot(snapshot))
        if self._coming:
            self._choose_all()


def _words_of(view: View) -> dict[str, str]:
    return {name: kept.words() for name, kept in view.kept_choices.items()}
