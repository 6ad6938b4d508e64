"""Actions of the File menu: models, rows, taught digits, screenshots, and tables to predict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QMainWindow

from core.errors import SaveError
from core.exports.kinds import KINDS, Kind, with_ending
from core.language import mark, tr
from gui.control.data_loader import DataLoader
from gui.control.run_controller import RunController
from gui.control.table_predictions import TablePredictions
from gui.kit.png import write_png
from gui.window.opening.csv_reading import OpeningBar
from gui.window.settings import Settings

if TYPE_CHECKING:
    from core.runs.run_state import RunState

MODELS = "Models (*.safetensors)"
TABLES = mark("Tables (*.csv *.tsv *.txt);;All files (*)")
DIGITS = mark("CSV table (*.csv);;Files like MNIST's (*.idx);;One PNG picture each (*.png)")
FOLDER = "folder"  # setting: the folder used last


def _filter(kind: Kind) -> str:
    what = kind.file.partition(" ")[2]
    return f"{what[:1].upper()}{what[1:]} (*{kind.ending})"


class FileActions(QObject):
    """Asks for a file and passes it to the controller.

    bar : progress of a table that is predicted, with a button that calls it off.
    """

    remarked = Signal(str)

    def __init__(
        self, window: QMainWindow, controller: RunController, loader: DataLoader, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._loader = window, controller, loader
        self._settings = settings
        self._predictions = TablePredictions(controller.writes, self)
        self.bar = OpeningBar(tr("predicting"), tr("Stop predicting; nothing is written"))
        self._predictions.progressed.connect(self.bar.show_progress)
        self.bar.cancelled.connect(self._predictions.cancel)

    def save_picture(self) -> None:
        """Save a screenshot of the window."""
        places = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        path, _ = QFileDialog.getSaveFileName(
            self._window,
            tr("Save what the window shows"),
            f"{places}/logitlab.png",
            tr("PNG picture (*.png)"),
        )
        if not path:
            return
        image, place = self._window.grab().toImage(), Path(path)

        def work() -> str:
            write_png(image, place)
            return tr("Saved {path}.", path=place)

        self._controller.writes.write(place.name, work)

    def open_model(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window, tr("Open a model"), self._folder(), f"{tr(MODELS)};;{tr('All files (*)')}"
        )
        if path:
            self._loader.open_model(self._remember(path))

    def save_model(self) -> None:
        if path := self._ask(tr("Save the model"), "model.safetensors", tr(MODELS)):
            self._controller.files.save_model(self._controller.snapshot, path)

    def export_digits(self) -> None:
        """Write the taught pictures with their classes."""
        source = self._controller.run.task.source if self._controller.run else None
        if source is None or not source.added or source.image_shape is None:
            self.remarked.emit(tr("Nothing has been taught yet: draw a digit and say what it is."))
        elif path := self._ask(tr("Export the taught digits"), "my-digits.csv", tr(DIGITS)):
            self._controller.files.export_digits(source, path)

    def export_data(self) -> None:
        """Write the rows with their class and split."""
        if self._controller.run is None:
            return
        task = self._controller.run.task
        name = f"{task.dataset.name.lower().replace(' ', '-')}.csv"
        title = tr("Export the rows with class and split")
        if path := self._ask(title, name, tr("CSV table (*.csv)")):
            self._controller.files.export(task, path)

    def export_run(self, name: str) -> None:
        """Write the shown run, at its step, as one of KINDS."""
        run, kind = self._controller.run, KINDS[name]
        if run is None or run.task.obstacle:
            self.remarked.emit(tr("There is no run to export yet."))
            return
        try:
            kind.check()
            title = tr("Export {what}", what=tr(kind.file))
            path = self._ask(title, kind.default_name, _filter(kind))
            if path is None:
                return
            target = with_ending(path, kind)
        except SaveError as error:
            self.remarked.emit(str(error))
            return
        if target != path and target.exists():  # nobody was asked about this name
            self.remarked.emit(
                tr(
                    "{file} is there already. To replace it, give its whole name.",
                    file=target.name,
                )
            )
            return

        def export(state: RunState | None) -> None:
            if state is not None:  # else another run is shown by now
                self._controller.files.export_run(run.task, state, name, target)

        self._controller.captures.ask(run.number, export)

    def predict_table(self) -> None:
        """Write a table with the class and the probabilities that the shown model gives each row.

        A file is read in the form that it is found to have.
        """
        snapshot = self._controller.snapshot
        if snapshot is None:
            self.remarked.emit(tr("There is no model to ask yet."))
            return
        path, _ = QFileDialog.getOpenFileName(
            self._window, tr("A table whose rows the model predicts"), self._folder(), tr(TABLES)
        )
        if not path:
            return
        table = self._remember(path)
        title = tr("Write the table with its predictions")
        if place := self._ask(title, f"{table.stem}-predicted.csv", tr("CSV table (*.csv)")):
            self._predictions.predict(snapshot, table, place)

    def close(self) -> None:
        """Call off what is predicted: the user leaves without it."""
        self._predictions.cancel()

    def _ask(self, title: str, name: str, kinds: str) -> Path | None:
        """Ask where to save; None if the user cancels."""
        path, _ = QFileDialog.getSaveFileName(
            self._window, title, str(Path(self._folder()) / name), kinds
        )
        return self._remember(path) if path else None

    def _folder(self) -> str:
        """Return the folder used last, "" if there is none."""
        return self._settings.text(FOLDER)

    def _remember(self, path: str) -> Path:
        self._settings.set(FOLDER, str(Path(path).parent))
        return Path(path)
