"""Edits of the training data: drawn points and taught pictures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from core.data import sources
from core.data.dataset import Dataset
from core.data.points import Points
from core.data.task import Task, prepare
from core.data.text.documents import Documents
from core.language import tr
from core.train.snapshot import Status
from gui.control.next_config import has_same_rows, origin, with_points
from gui.control.next_task import NextTask
from gui.control.run_controller import RunController
from gui.control.undo import Change, Run, describe_reset


class Taught(NamedTuple):
    """Pictures X (k, m), or texts, with classes y (k,) to be added to the rows of a data set."""

    source: Dataset
    X: NDArray[np.uint8] | NDArray[np.float32]
    y: NDArray[np.int64]
    documents: Documents | None = None

    def added(self) -> Dataset:
        """Return the data set with these rows added."""
        return self.source.with_examples(self.X, self.y, self.documents)

    def after(self, others: Taught) -> Taught:
        """Return these rows after others, which were taught before them."""
        documents = self.documents
        if documents is not None and others.documents is not None:
            documents = others.documents.before(documents)
        X, y = np.concatenate([others.X, self.X]), np.concatenate([others.y, self.y])
        return Taught(others.source, X, y, documents)


class DataEditor(QObject):
    """Begins a run on edited data that continues from the weights of the previous run.

    points : as the user sees them; the shown run may not have the newest ones yet.
    taught : pictures of a run that is still being prepared. goes_on_while_drawing : whether a run
    on edited points keeps the weights.
    """

    def __init__(self, controller: RunController, next_task: NextTask, parent: QObject) -> None:
        super().__init__(parent)
        self.points = Points()
        self.taught: Taught | None = None
        self.goes_on_while_drawing = True
        self._controller, self._next = controller, next_task
        self._before_gesture: tuple[Run, int] | None = None  # the run and its number of steps
        next_task.settled.connect(self._settle)

    def set_going_on(self, is_on: bool) -> None:
        """Set whether a run on edited points keeps the weights or starts again."""
        self.goes_on_while_drawing = is_on

    def draw(self, points: Points, text: str, is_last: bool) -> None:
        """Begin a run on edited points; is_last : this edit ends its gesture.

        A gesture, such as a drag, is one undo step. A model that was trained is trained again:
        from its current weights if `goes_on_while_drawing`, else from the start.
        """
        controller = self._controller
        self.points = points
        begun = self._before_gesture or (
            (controller.run, controller.steps) if controller.run else None
        )
        self._before_gesture = None if is_last else begun
        if controller.config.data.source != "drawn":
            controller.plays_next = False
        elif controller.status in (Status.FINISHED, Status.CONVERGED):
            controller.plays_next = True
        config = with_points(points, self._next.config or controller.config, controller.run)

        def show(task: Task) -> None:
            before, steps = begun or (None, 0)
            is_first = controller.run is before
            after = self._begin(task, points, is_first=is_first)
            if before is None:
                return
            if is_last:
                controller.undo_stack.note(Change(controller.show_run, text, before, after))
            if is_first and origin(before.task.config) != origin(task.config) and steps:
                controller.remarked.emit(describe_reset(tr("change to drawn points"), steps))

        self._next.replace(lambda: prepare(sources.drawn(points), config), show, config)

    def teach(
        self,
        X: NDArray[np.uint8] | NDArray[np.float32],
        y: NDArray[np.int64],
        text: str,
        documents: Documents | None = None,
    ) -> None:
        """Add pictures X (k, m) with classes y (k,) to the training rows and continue the run.

        documents : texts in the place of pictures; X then has no columns. The classes are those of
        the data set as it was loaded. One call is one undo step.
        """
        controller, taught = self._controller, self.taught
        if controller.run is None:
            return
        config, coming = controller.config, self._next.config
        if coming is not None and has_same_rows(coming.data, config.data):
            config = coming  # include a change that is being prepared
        controller.plays_next = controller.is_training
        both = Taught(controller.run.task.source, X, y, documents)
        if taught is not None:  # earlier ones are still being prepared
            both = both.after(taught)
        self.taught = both

        def show(task: Task) -> None:
            before = controller.run
            assert before is not None
            after = Run(
                controller.next_number(), task, before.points, before.place, is_modified=True
            )
            controller.begin(after, warm_start_from=before.number)
            controller.undo_stack.note(Change(controller.show_run, text, before, after))

        self._next.replace(lambda: prepare(both.added(), config), show, config)

    def _begin(self, task: Task, points: Points, *, is_first: bool) -> Run:
        """Show a run on edited points; if only points changed, the views keep their contents.

        is_first : the first run of its gesture; the session forgets the intermediate ones.
        """
        controller, old = self._controller, self._controller.run
        if old is None:
            run = Run(controller.next_number(), task, points, is_modified=True)
            controller.begin(run)
            return run
        is_same_place = origin(old.task.config) == origin(task.config)
        was_trained = is_same_place and not old.task.obstacle and controller.status is not None
        has_same_classes = task.dataset.class_names == old.task.dataset.class_names
        place = old.place if is_same_place else None
        run = Run(controller.next_number(), task, points, place, is_modified=True)
        controller.begin(
            run,
            warm_start_from=old.number if was_trained and self.goes_on_while_drawing else None,
            replaces=None if is_first else old.number,
            is_edit=was_trained and not task.obstacle and has_same_classes,
        )
        return run

    def _settle(self) -> None:
        self.taught = None
        if self._controller.run is not None:
            self.points = self._controller.run.points
