"""Lines on a plane where hidden units switch; outputs add up such units to a boundary."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QCheckBox

from core.data.task import Task
from core.explain.hidden_units import MOST_LINES, Reals, strongest, switching_lines
from core.explain.plane import Plane
from core.language import mark, tr
from core.train.snapshot import Snapshot
from gui.kit import plots
from gui.kit.theme import Theme
from gui.state.background_tasks import Background

TOOLTIP = mark(
    "Dashed: where each hidden unit's net input z⁽¹⁾ = W⁽¹⁾x + b⁽¹⁾ is zero. There ReLU "
    "begins, and tanh and the sigmoid are steepest.\nThe output neurons "
    "draw their boundary by adding up such units."
)


class HiddenLines(QObject):
    """The lines and the check box that switches them; hidden without a hidden layer."""

    def __init__(self, plot: plots.Plot, theme: Theme, background: Background) -> None:
        super().__init__(plot)
        self._plot, self._theme, self._background = plot, theme, background
        self.box = QCheckBox(tr("hidden units"))
        self.box.setAccessibleName(tr("show where hidden units switch"))
        self.box.setToolTip(tr(TOOLTIP))
        self.box.setChecked(True)
        self.box.toggled.connect(self._switch)
        self._line = plots.Line(plot)
        self._line.setZValue(6)
        self._asked: tuple[Task, Snapshot, Plane] | None = None
        self.shown: list[Reals] = []

    def show_task(self, task: Task, theme: Theme) -> None:
        """Forget the lines of another task."""
        self._theme = theme
        self.box.setVisible(task.config.model.hidden > 0)
        pen = plots.pen(self._plot, theme.muted, 1)
        pen.setStyle(Qt.PenStyle.DashLine)
        self._line.setPen(pen)
        self.clear()

    def clear(self) -> None:
        """Remove the lines and drop a pending request."""
        self._background.forget("hidden lines")
        self._asked, self.shown = None, []
        self._line.setData([], [])

    def request(self, task: Task, snapshot: Snapshot, plane: Plane) -> None:
        """Request the lines of this snapshot, to be shown when they are ready."""
        self._asked = task, snapshot, plane
        hidden = snapshot.params.hidden
        if hidden is None or not self.box.isChecked():
            return
        params = snapshot.params

        def work() -> list[Reals]:
            return switching_lines(task, hidden, plane, strongest(params.W, MOST_LINES))

        self._background.ask("hidden lines", work, self._show)

    def _show(self, lines: list[Reals]) -> None:
        if not self.box.isChecked() or self._asked is None:
            return
        self.shown = lines
        gap = np.full((1, 2), np.nan)
        joined = np.concatenate([gap, *(part for line in lines for part in (line, gap))])
        self._line.setData(*joined.T)

    def _switch(self, is_on: bool) -> None:
        asked = self._asked
        self.clear()
        if is_on and asked is not None:
            self.request(*asked)
