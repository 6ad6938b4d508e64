"""Saving and loading of a run's files: models, rows, taught digits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.config import DataConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.shown_task import describe
from core.data.task import Task
from core.errors import DataError
from core.language import tr
from core.number_format import format_count, format_integer
from core.train.snapshot import Params, Snapshot
from gui.control.file_writes import Writes
from gui.control.next_config import has_same_rows
from gui.kit.png import write_pngs

if TYPE_CHECKING:
    from core.runs.run_state import RunState


class Files(QObject):
    """Writes models, rows and taught digits, each in its format, in the order of `writes`."""

    failed = Signal(str)  # message for the user when there is nothing to write

    def __init__(self, writes: Writes, parent: QObject) -> None:
        super().__init__(parent)
        self._writes = writes

    def save_model(self, snapshot: Snapshot | None, path: Path) -> None:
        """Write the snapshot's model, with everything that prediction needs."""
        if snapshot is None:
            self.failed.emit(tr("There is no model to save yet."))
            return
        shot, task = snapshot, snapshot.task

        def work() -> str:
            from core.evaluate import model_outputs
            from core.exports import card
            from core.runs import model_file
            from core.runs.model import Model
            from core.runs.run_record import Record

            place = model_file.with_ending(path)
            metrics = shot.metrics
            if not describe(task):  # of a sample, what the run has measured is of more rows
                metrics = model_outputs.measured(task, shot.params, shot.step, shot.epoch)
            model = Model.of(task, shot.params, shot.step, shot.epoch, metrics)
            model_file.save(model, place, card.card(Record.of(task, shot, 0)))
            return tr(
                "Saved the model of step {step} to {path}.",
                step=format_integer(shot.step),
                path=place,
            )

        self._writes.write(path.name, work)

    def export_run(self, task: Task, state: RunState, kind: str, path: Path) -> None:
        """Write a run as one of `core.exports.kinds.KINDS`."""

        def work() -> str:
            from core.exports import kinds
            from core.exports.exported_run import ExportedRun

            run = ExportedRun.of_state(task, state)
            return kinds.describe_written(kinds.export(run, kind, path))

        self._writes.write(path.name, work)

    def export_digits(self, source: Dataset, path: Path) -> None:
        """Write the taught pictures; the suffix decides: .png one file each, .idx, else CSV."""
        X, y, shape = source.X[: source.added], source.y[: source.added], source.image_shape
        labels = [source.class_names[label] for label in y]
        assert shape is not None

        def work() -> str:
            from core.data.export import write_pictures_csv, write_pictures_idx

            pixels = X.astype(np.uint8)
            where = str(path)
            if path.suffix == ".idx":
                first, second = write_pictures_idx(pixels, y, shape, path)
                where = tr("{first} and {second}", first=first, second=second)
            elif path.suffix == ".png":
                write_pngs(pixels, labels, shape, source.scale, path)
                where = tr("{folder}, one picture each", folder=path.parent)
            else:
                write_pictures_csv(pixels, labels, shape, path)
            return tr("Saved {n} taught digits to {path}.", n=format_integer(len(y)), path=where)

        self._writes.write(path.name, work)

    def export(self, task: Task, path: Path) -> None:
        """Write the rows of the task as CSV."""

        def work() -> str:
            from core.data.export import write_csv

            write_csv(task, path)
            rows = format_count(task.dataset.n, "row")
            return tr("Saved {rows} to {path}.", rows=rows, path=path)

        self._writes.write(path.name, work)


def read_model(path: Path, loaded: tuple[DataConfig, Dataset] | None) -> tuple[Params, Task]:
    """Return the weights of a saved model and its task; runs on the background thread.

    loaded : the config and rows of the data set in memory, which is not read again.
    Raises DataError if the model's data are neither in memory nor in a file.
    """
    from core.runs import model_file

    model = model_file.load(path)
    wanted = model.config.data
    if wanted.source == "drawn":
        raise DataError(
            tr(
                "{name} was trained on drawn points, which a model file does not hold. "
                "Ask it in the terminal: predict --model FILE --values X,Y.",
                name=path.name,
            )
        )
    is_mnist = sources.is_fetched(wanted)
    if loaded and (has_same_rows(loaded[0], wanted) or (is_mnist and loaded[0].source == "mnist")):
        source = loaded[1]
    elif is_mnist:
        raise DataError(
            tr("{name} was trained on MNIST. Load MNIST first, then open it again.", name=path.name)
        )
    else:
        source = sources.load(wanted)
    return model.params, model.task(source)
