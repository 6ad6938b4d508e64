"""Loading of new data or a new config for the next run: files, network, saved models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.defaults import default_config
from core.data.points import Points
from core.data.shown_names import shown_name
from core.data.shown_task import shown
from core.data.task import Task, prepare
from core.errors import ConfigError
from core.language import tr
from core.optimiser_family import PLAIN
from core.train.snapshot import Params
from gui.control.data_editor import DataEditor, Taught
from gui.control.files import read_model
from gui.control.mnist_fetch import Fetcher
from gui.control.next_config import has_same_rows, origin, with_both, with_changes
from gui.control.next_task import NextTask
from gui.control.run_controller import RunController
from gui.control.undo import Change, Run

if TYPE_CHECKING:
    from core.data.csv.table import Table
    from core.data.mnist.progress import Progress
    from core.teach.lesson import Place, Setup


@dataclass(frozen=True, eq=False)
class Wish:
    """A requested run.

    words : description of the change for the undo menu. play : whether to train it at once.
    place : the step of a lesson that provides the config, the points and the initial weights.
    field : the setting that the user changes; see `Change`.
    remark : message shown with the new run; complaint : error message of an earlier failure.
    """

    config: RunConfig
    words: str = ""
    play: bool = False
    place: Place | None = None
    field: str = ""
    remark: str = ""
    complaint: str = ""

    @property
    def setup(self) -> Setup | None:
        """The set-up of a lesson's step, if it is one."""
        return self.place.step.setup if self.place else None


class DataLoader(QObject):
    """Begins a run on new data or with a new config; the shown run stays until it is ready."""

    download_changed = Signal(object)  # Progress while data come from the network, then None

    def __init__(
        self, controller: RunController, next_task: NextTask, editor: DataEditor, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controller, self._next, self._editor = controller, next_task, editor
        self.fetcher = Fetcher(lambda: next_task.is_busy, self)
        self.fetcher.progressed.connect(self._show_progress)
        self.fetcher.arrived.connect(self._take_fetched)
        self.fetcher.failed.connect(lambda error: next_task.refuse(error, may_lie_elsewhere=True))
        self._fetched: Wish | None = None  # the run to begin once its data have arrived
        self._settings_before = controller.settings  # settings when that run was requested
        self._has_progress = False

    # Requests -------------------------------------------------------------------------------------

    def load(
        self,
        config: RunConfig,
        text: str = "",
        *,
        play: bool = False,
        opened: Table | Dataset | None = None,
        place: Place | None = None,
        remark: str = "",
        complaint: str = "",
    ) -> None:
        """Load the config's data and show a new run on it.

        opened : the contents of the config's file or folder if already read. Other parameters: see
        `Wish`.
        """
        self._load(Wish(config, text, play, place, remark=remark, complaint=complaint), opened)

    def return_to_defaults(self) -> None:
        """Reset all settings of the shown run to their defaults, as one undo step."""
        if self._controller.run is not None:
            default = default_config(self._controller.run.task)
            parts = {name: getattr(default, name) for name in ("data", "model", "training")}
            self.change(tr("return to the defaults"), **parts)

    def change(self, text: str, **parts: Any) -> None:
        """Begin a new run with parts of the config replaced, as in `data=…`, `model=…`.

        A change that is still being prepared is merged with this one, which would else replace it.
        If the optimiser does not support the new model, use gradient descent and say so.
        """
        config, remark = self._controller.config, ""
        is_rule_kept = "training" not in parts
        parts = with_both(config, self._next.config, parts)
        model, training = parts.get("model"), config.training
        if model is not None and training.rule.is_second_order and is_rule_kept:
            try:
                replace(config, **parts)
            except ConfigError as error:
                remark = tr("{error} It is gradient descent now.", error=error)
                parts["training"] = replace(training, optimiser=PLAIN)
        try:
            wish = Wish(replace(config, **parts), text, field=text, remark=remark)
        except ConfigError as error:
            self._controller.failed.emit(str(error))
            self._next.keep_shown()
        else:
            self._load(wish)

    def open_model(self, path: Path) -> None:
        """Show a saved model on the data it was trained on, ready to continue training."""
        controller, points = self._controller, self._editor.points
        shown = controller.run.task if controller.run else None
        at_hand = (shown.config.data, shown.source) if shown else None
        controller.plays_next = False

        def show(found: tuple[Params, Task]) -> None:
            params, task = found
            before, steps, told = controller.run, controller.steps, ""
            after = Run(controller.next_number(), task, points)
            controller.begin(after, start=params)
            if before is not None:
                text = tr("opening of {name}", name=path.name)
                told = controller.undo_stack.note(
                    Change(controller.show_run, text, before, after, steps=steps)
                )
            controller.done.emit(
                (
                    tr("Opened {name}. Space trains on from its weights.", name=path.name)
                    + f" {told}"
                ).strip()
            )

        self._next.replace(
            lambda: read_model(path, at_hand),
            show,
            busy_with=tr("Opening {name} …", name=path.name),
        )

    def train_again(self, task: Task, config: RunConfig, text: str, remark: str = "") -> None:
        """Begin a new run on this task's data with this config, and train it at once.

        text : description of the change for the undo menu. remark : message shown with the run.
        """
        self._next.forget()
        self.fetcher.stop()
        points = self._editor.points
        if config.data.source == "drawn":
            drawn = task.source
            points = Points(drawn.X.astype(np.float64), drawn.y, drawn.class_names)
        self._controller.plays_next = True
        self._begin(replace(task, config=config), points, Wish(config, text, remark=remark))

    # Loading --------------------------------------------------------------------------------------

    def _load(self, wish: Wish, opened: Table | Dataset | None = None) -> None:
        known = self._at_hand(wish) if opened is None else None  # a file read again may differ
        if known is None and sources.is_fetched(wish.config.data):
            self._fetch(wish)
            return
        run = self._controller.run
        if run and origin(wish.config) != origin(run.task.config):
            self.fetcher.stop()  # the user chose other data
        self._prepare(wish, known, opened)

    def _prepare(
        self, wish: Wish, known: Dataset | None, opened: Table | Dataset | None = None
    ) -> None:
        """Prepare the task from rows that are in memory or on this computer."""
        controller, editor, config = self._controller, self._editor, wish.config
        controller.plays_next = wish.play
        drawing = wish.setup.points if wish.setup else None
        points = editor.points if drawing is None else drawing
        # Pictures that are still being added are kept as long as the data set stays the same.
        taught = editor.taught if known is not None and wish.place is None else None
        editor.taught = taught

        def make() -> Task:
            task = prepare(_rows(config.data, points, known, opened, taught), config)
            shown(task)  # here, so that the window does not wait for it
            return task

        def show(task: Task) -> None:
            self._begin(task, points, wish)
            if wish.complaint:
                controller.failed.emit(wish.complaint)

        def refuse(error: BaseException) -> None:
            self._next.refuse(error, may_lie_elsewhere=config.data.source == "mnist")
            if controller.run is None and config.data.path:
                # The program was started with this file or folder.
                self._load(Wish(RunConfig(training=config.training), complaint=str(error)))

        self._next.replace(
            make,
            show,
            config if wish.place is None else None,
            busy_with="" if known else _loading(config.data),
            refuse=refuse,
        )

    def _at_hand(self, wish: Wish) -> Dataset | None:
        """Return the shown run's data set if the request needs the same rows, else None."""
        task = self._controller.run.task if self._controller.run else None
        if task is None or not has_same_rows(task.config.data, wish.config.data):
            return None
        return task.source

    def _begin(self, task: Task, points: Points, wish: Wish) -> None:
        """Show a run on a prepared task, note it for undo and show the remarks on it."""
        controller = self._controller
        before, steps, place, is_modified = controller.run, controller.steps, wish.place, False
        if place is None and before and origin(before.task.config) == origin(task.config):
            place, is_modified = before.place, True
        after = Run(controller.next_number(), task, points, place, is_modified)
        is_same = controller.undo_stack.is_continued(wish.field, before, steps)
        controller.begin(
            after,
            start=wish.setup.params if wish.setup else None,
            replaces=before.number if before and is_same else None,
        )
        remark = wish.remark
        if before is not None:
            text = wish.words or tr("change to {name}", name=shown_name(task.dataset))
            change = Change(controller.show_run, text, before, after, steps=steps, field=wish.field)
            remark = f"{controller.undo_stack.note(change)} {remark}".strip()
        if remark:
            controller.remarked.emit(remark)

    # Network --------------------------------------------------------------------------------------

    def _fetch(self, wish: Wish) -> None:
        """Fetch data from the network; the shown run stays and may train until they arrive."""
        self._fetched = wish
        self._settings_before = (
            self._controller.settings if self._controller.run else wish.config.training
        )
        if not self.fetcher.is_busy:
            self._next.forget()
            self.fetcher.start(wish.config.data)
            self._next.announce_loading(_loading(wish.config.data))

    def _show_progress(self, progress: Progress | None) -> None:
        has_begun = progress is not None and not self._has_progress
        self._has_progress = progress is not None
        if has_begun or progress is None:
            self._next.announce_loading("")
        if has_begun and self._controller.run is None:  # load local data to work with meanwhile
            assert self._fetched is not None
            self.load(RunConfig(training=self._fetched.config.training))
        self.download_changed.emit(progress)

    def _take_fetched(self, dataset: Dataset) -> None:
        """Begin the run for which the data were fetched."""
        wish, controller = self._fetched, self._controller
        assert wish is not None
        config = wish.config
        if controller.run and wish.place is None:  # settings may have been tuned meanwhile
            tuned = with_changes(self._settings_before, controller.settings, config.training)
            config = replace(config, training=tuned)
        remark = f"{wish.remark} {self.fetcher.notice}".strip()
        self._prepare(replace(wish, config=config, remark=remark), dataset)


def _rows(
    data: DataConfig,
    points: Points,
    known: Dataset | None,
    opened: Table | Dataset | None,
    taught: Taught | None,
) -> Dataset:
    """Return the data set: with taught pictures, drawn, opened, in memory, or loaded."""
    if taught is not None:
        return taught.added()
    if data.source == "drawn":
        return sources.drawn(points)
    if isinstance(opened, Dataset):
        return opened
    if opened is not None:
        from core.data.from_table import dataset_of_table

        return dataset_of_table(opened, data)
    return known or sources.load(data)


def _loading(data: DataConfig) -> str:
    name = data.source.upper() if data.source == "mnist" else data.source
    return tr("Loading {name} …", name=Path(data.path).name if data.path else name)
