"""The confusion matrix: how often each class is predicted as each other class."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import tr
from core.number_format import format_integer
from core.train.snapshot import Metrics, Snapshot
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.confusion_matrix import ConfusionMatrix
from gui.kit.labels import Elided, small_label
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme
from gui.kit.view import CardView

HEIGHT, CLASS_HEIGHT = 58, 15  # px at 100 % zoom; counts are unreadable below this height


class ConfusionView(CardView):
    """Counts of true class (row) against predicted class (column), once there are any weights.

    A model whose weights are all zero decides by the order of the classes: that is no confusion.
    """

    cell_chosen = Signal(int, int)  # true and predicted class of a cell that is not empty

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Confusion"))
        self._metrics: Metrics | None = None
        self._is_known = True  # whether the model has weights, so that its counts say something
        self._key = Elided(Qt.TextElideMode.ElideRight)
        zoom.set_type(self._key, look.SMALL)
        self._key.setProperty("small", True)
        self._which = small_label()
        self.header.addWidget(self._which)
        self.header.addWidget(self._key, 1)
        self.matrix = ConfusionMatrix(theme)
        self.matrix.hovered.connect(self._show_key)
        self.matrix.pressed.connect(self.cell_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(4)
        add_layout(layout, self.header)
        layout.addWidget(self.matrix, 1)
        self._show_key("")

    def show_theme(self) -> None:
        self.matrix.show_theme(self.theme)

    def show_task(self, task: Task) -> None:
        self._metrics, self._is_known = None, True
        self._show_which(None)
        self._show_key("")
        self.matrix.show_names(shown_classes(task.dataset))
        self.rescale()

    def rescale(self) -> None:
        h = self.task.dataset.h if self.task else 0
        self.setMinimumHeight(zoom.px(HEIGHT + CLASS_HEIGHT * min(h, 10)))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self._metrics is not snapshot.metrics:
            self._metrics = snapshot.metrics
            is_known = snapshot.step > 0 or any(array.any() for array in snapshot.params.arrays)
            if is_known:
                self.matrix.show_counts(snapshot.metrics.confusion)
            elif self.matrix.counts is not None:  # it was trained, and returns to its beginning
                self.matrix.show_names(self.matrix.names)
            if is_known != self._is_known:
                self._is_known = is_known
                self._show_key("")
            self._show_which(snapshot.metrics)

    def _show_which(self, metrics: Metrics | None) -> None:
        """Show which rows are counted."""
        which = tr("test rows")
        if self.task is not None and not len(self.task.test_rows):
            sampled = metrics.sampled if metrics else 0
            which = tr("training rows")
            if sampled:
                which = tr("≈ {n} training rows", n=format_integer(sampled))
        if which != self._which.text():
            self._which.setText(which)

    def _show_key(self, words: str) -> None:
        usual = tr("rows true · columns predicted")
        self._key.setText(words or (usual if self._is_known else tr("none yet: train first")))
