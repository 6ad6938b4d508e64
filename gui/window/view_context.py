"""Shared context of the views: the selected example, and signals by which views interact."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton

from core.data.task import Task
from core.train.snapshot import Snapshot
from gui.control.data_editor import DataEditor
from gui.control.data_loader import DataLoader
from gui.control.run_controller import RunController
from gui.derivation.tracer import Tracer
from gui.kit.maths.sheet import Sheet
from gui.kit.theme import Theme
from gui.state.covers import Covers
from gui.state.kept_runs import KeptRuns
from gui.state.selected_example import Chosen
from gui.window.look.theming import Appearance
from gui.window.run_keeper import RunKeeper


class ViewContext(QObject):
    """Passed to each view on creation. Its signals connect views that do not know each other.

    chosen : the selected example; tracer : its trace; kept : the kept runs;
    covers : whether numbers are covered;
    log_button : button of the loss axis, set when the loss view is created.
    """

    point_wanted = Signal(int)  # row of the data set to mark on the plane
    listed_row_wanted = Signal(int)  # row of the data set to select in the table of rows
    pad_row_wanted = Signal(int)  # row of the data set to put on the pad
    pad_mistake_wanted = Signal(int, int)  # true and predicted class of an example for it
    pad_picture_wanted = Signal(object, str)  # QMimeData that holds a picture; how it came
    threshold_changed = Signal(float)  # threshold on a neuron's probability
    tab_wanted = Signal(str)  # name of a view
    demo_wanted = Signal(str)  # title of a demonstration
    derivation_wanted = Signal(str)  # key of a derivation
    lit = Signal(object)  # key of the term that is pointed at, as of a trace, or None
    kind_wanted = Signal(str)  # kind of model to train
    one_map_wanted = Signal()  # the model without its hidden layer
    gallery_wanted = Signal()
    points_wanted = Signal(object)  # Task whose drawn points the board should show
    log_toggled = Signal()  # logarithmic or linear loss axis
    task_shown = Signal(object)  # Task, once all views show it
    remarked = Signal(str)  # message for the user
    failed = Signal(str)  # message for the user

    def __init__(
        self,
        controller: RunController,
        editor: DataEditor,
        loader: DataLoader,
        appearance: Appearance,
        covers: Covers,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.covers = covers
        self.controller, self.editor = controller, editor
        self._appearance = appearance
        self.chosen = Chosen(self)
        self.tracer = Tracer(controller.background, self.chosen)
        self.tracer.step_wanted.connect(controller.step)
        self.tracer.pause_wanted.connect(controller.play_or_pause)
        self.kept = KeptRuns(controller.undo_stack, self)
        self.kept.refused.connect(self.failed)
        self.run_keeper = RunKeeper(controller, loader, self.kept)
        self.log_button: QAbstractButton
        self._sheets: list[Sheet] = []

    @property
    def theme(self) -> Theme:
        return self._appearance.theme

    def join(self, *sheets: Sheet) -> None:
        """Link sheets to the others: highlighted and covered numbers are so on all of them."""
        for sheet in sheets:
            for other in self._sheets:
                for source, target in ((sheet, other), (other, sheet)):
                    source.pointed.connect(target.highlight)
                    source.covered_changed.connect(target.cover)
            self._sheets.append(sheet)
            self.covers.changed.connect(partial(_cover, sheet))
            if self.covers.is_on:
                _cover(sheet, True)

    @property
    def _pad(self) -> str:
        """The view with the pad for examples of the shown data."""
        run = self.controller.run
        return "Read" if run is not None and run.task.dataset.is_text else "Draw"

    def show_on_pad(self, row: int) -> None:
        """Put a row of the data set on the pad for drawings or for texts, if its view applies."""
        self.tab_wanted.emit(self._pad)  # first: it creates the view that hears the next signal
        self.pad_row_wanted.emit(row)

    def show_mistake_on_pad(self, true: int, predicted: int) -> None:
        """Put a picture or text of a class that is taken for another one on the pad."""
        self.tab_wanted.emit(self._pad)
        self.pad_mistake_wanted.emit(true, predicted)

    def show_picture_on_pad(self, mime: QMimeData, name: str) -> None:
        """Put a picture from outside on the drawing pad."""
        self.tab_wanted.emit("Draw")
        self.pad_picture_wanted.emit(mime, name)

    def want_one_map(self, name: str) -> None:
        """Ask for the model without its hidden layer, and for this view of it.

        The stage, which hears of the task before, turns to another where more views apply.
        """
        once = Qt.ConnectionType.SingleShotConnection
        self.controller.task_changed.connect(lambda _: self.tab_wanted.emit(name), once)
        self.one_map_wanted.emit()

    def receive_task(self, task: Task) -> None:
        """Drop the old run, and select an example of the new task."""
        self.tracer.receive_task(task)
        self.chosen.receive_task(task)

    def receive_points(self, task: Task) -> None:
        """Take a task in which only a few points differ."""
        self.tracer.receive_points(task)
        self.chosen.receive_task(task)

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        self.tracer.receive_snapshot(snapshot)
        self.run_keeper.see_replay(snapshot)


def _cover(sheet: Sheet, is_on: bool) -> None:
    """Cover all numbers of a sheet that are no inputs, also of lines to come; or reveal all."""
    sheet.numbers.covers_new = is_on
    if is_on:
        sheet.cover(sheet.numbers.computed, True)
    else:
        sheet.reveal_all()
