"""What the views have in common: the example that is followed, and what they ask of each other."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QAbstractButton

from core.data.task import Task
from core.train.snapshot import Snapshot
from gui.control.data_editor import DataEditor
from gui.control.data_loader import DataLoader
from gui.control.run_controller import RunController
from gui.derivation.tracer import Tracer
from gui.kit.maths.sheet import Sheet
from gui.kit.theme import Theme
from gui.state.kept_runs import KeptRuns
from gui.state.selected_example import Chosen
from gui.window.look.theming import Appearance
from gui.window.run_keeper import RunKeeper


class ViewContext(QObject):
    """What a view is made with. By its signals views speak to others that they do not know.

    chosen : the example that is followed; tracer : its trace; kept : the runs that were kept;
    log_button : of the loss's axis, as soon as that is made.
    """

    point_wanted = Signal(int)  # row of the data set, to be marked on the plane
    listed_row_wanted = Signal(int)  # row of the data set, to be chosen in their list
    pad_row_wanted = Signal(int)  # row of the data set, to be put on the pad
    pad_mistake_wanted = Signal(int, int)  # true and predicted class of a picture for the pad
    threshold_changed = Signal(float)  # on a neuron's probability, to look at
    tab_wanted = Signal(str)  # name of a view
    gallery_wanted = Signal()
    points_wanted = Signal(object)  # Task whose drawn points are to be on the board
    log_toggled = Signal()  # the axis of the loss
    task_shown = Signal(object)  # Task, once all views show it
    remarked = Signal(str)  # words for the person
    failed = Signal(str)  # words for the person

    def __init__(
        self,
        controller: RunController,
        editor: DataEditor,
        loader: DataLoader,
        appearance: Appearance,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
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

    def join(self, sheet: Sheet) -> None:
        """Let numbers that are pointed at or covered on one sheet be so on all of them."""
        for other in self._sheets:
            for source, target in ((sheet, other), (other, sheet)):
                source.pointed.connect(target.highlight)
                source.covered_changed.connect(target.cover)
        self._sheets.append(sheet)

    def offer_task(self, task: Task) -> None:
        """Let go of the old run, and let the example that is followed be one of the task."""
        self.tracer.offer_task(task)
        self.chosen.offer_task(task)

    def offer_points(self, task: Task) -> None:
        """Follow on in a task with a few other points."""
        self.tracer.offer_points(task)
        self.chosen.offer_task(task)

    def offer_snapshot(self, snapshot: Snapshot) -> None:
        self.tracer.offer_snapshot(snapshot)
        self.run_keeper.see_replay(snapshot)
