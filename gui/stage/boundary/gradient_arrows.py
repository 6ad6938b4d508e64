"""Arrows on a plane: how each example of the next batch pulls at the weights, and the mean.

Through a hidden layer no weight lies in the plane: there arrows say where an example would go.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QCheckBox

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain.example_gradients import descent_of_inputs, pulls
from core.language import mark, tr
from core.model_family import FAMILY
from core.train.snapshot import Snapshot, Status
from gui.kit import plots, zoom
from gui.kit.plain_text import as_tip
from gui.kit.theme import Theme
from gui.state.background_tasks import Background

Floats = NDArray[np.float64]

MOST_ARROWS = 300
SECONDS = 1 / 15
LENGTH, SUM_LENGTH = 0.5, 2.0  # of an arrow, in lengths of the pull
SUM_Z = 33
HEAD_PX, SUM_HEAD_PX = 5.0, 11.0
SHORTEST_PX = 1.5  # of an arrow: a shorter one is not drawn

TOOLTIP = mark(
    "Arrows for the examples that the next step learns from.\n"
    "Thin: (1 − a)·x, what an example adds to the weights of its own class. It pulls them towards "
    "itself,\nthe harder the less the model believes in its class; where the model is sure, "
    "nothing is left of it.\n"
    "Thick: −∇w of each class, the mean over the batch, in which other classes push away."
)
PAIRS_TOOLTIP = mark(
    "Arrows for the examples that the next step learns from.\n"
    "Thin: |a − t|·x, the mean over the pairs with its class: how it pulls their weights towards "
    "its class.\n"
    "Thick: −∇w of the pairs with each class, turned towards the class, the mean over the batch."
)
NEURON_TOOLTIP = mark(
    "Arrows for the examples that the next step learns from.\n"
    "Thin: {pull}·x, what an example adds to the weights w. One of class {yes} pulls them "
    "towards itself,\none of class {no} pushes them away, {how}.\n"
    "Thick: −∇w, the mean over the batch: the direction of the next step."
)
HIDDEN_TOOLTIP = mark(
    "Arrows for the examples that the next step learns from.\n"
    "−∂ℓ/∂x, back through the hidden layer: where an example would have to go for its loss to "
    "fall,\nthe longer the more it would. Where the model is sure and right, nothing is left of it."
)


def tooltip(task: Task) -> str:
    """Return the explanation of the arrows for this task's model."""
    kind = FAMILY[task.config.model.kind]
    if task.config.model.hidden:
        return tr(HIDDEN_TOOLTIP)
    if kind.is_pairwise:
        return tr(PAIRS_TOOLTIP)
    if not task.is_neuron:
        return tr(TOOLTIP)
    no, yes = shown_classes(task.dataset)
    how = tr(kind.pull_words)
    return tr(NEURON_TOOLTIP, pull=kind.pull, how=how, no=no, yes=yes)


class Arrows(NamedTuple):
    """The result of one request to the background thread, in the plane's units.

    tails, tips : (n, 2) of the arrows drawn; y : (n,) their classes.
    sums : (outputs, 2), or for pairs (classes, 2): the thick arrows, from `centre`, (2,); none
        with a hidden layer.
    rows : number of examples that the sums include.
    """

    run: int
    plane: tuple[int, int]
    tails: Floats
    tips: Floats
    y: NDArray[np.int64]
    centre: Floats
    sums: Floats
    rows: int


class GradientArrows(QObject):
    """The arrows and the check box that switches them on; switched off, they cost nothing."""

    switched = Signal()

    def __init__(self, plot: plots.Plot, theme: Theme, background: Background) -> None:
        super().__init__(plot)
        self._plot, self._theme, self._background = plot, theme, background
        self.box = QCheckBox(tr("gradients"))
        self.box.setAccessibleName(tr("gradients: show how examples pull at the weights"))
        self.box.toggled.connect(self._switch)
        self._task: Task | None = None
        self._snapshot: Snapshot | None = None
        self._plane: tuple[int, int] = (0, 1)
        self._centre: Floats = np.zeros(2)
        self.shown: Arrows | None = None
        self._halo = self._line(30)
        self.lines: list[plots.Line] = []  # of each class
        self.sums: list[plots.Line] = []  # of each output
        self._asked_at = 0.0
        self._is_temporary = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._ask)

    def _line(self, z: float) -> plots.Line:
        line = plots.Line(self._plot)
        line.setZValue(z)
        return line

    @staticmethod
    def apply_to(task: Task) -> bool:
        """Return whether arrows can be shown: they need inputs that are the features themselves."""
        return task.feature_map.is_identity

    # What is shown ------------------------------------------------------------------------------

    def show_task(self, task: Task, theme: Theme) -> None:
        """Forget the arrows of another task."""
        self._task, self._theme, self._snapshot = task, theme, None
        self.box.setVisible(self.apply_to(task))
        self.box.setToolTip(as_tip(tooltip(task)))
        sums = 1 if task.is_neuron else task.dataset.h
        for have, wanted, z in ((self.lines, task.dataset.h, 31), (self.sums, sums, SUM_Z)):
            while len(have) < wanted:
                have.append(self._line(z))
        self._apply_style(task)
        self.clear()

    def _apply_style(self, task: Task) -> None:
        theme, marks = self._theme, task.dataset.class_marks
        self._halo.setPen(plots.pen(self._plot, theme.panel, 3.2))
        for line, k in zip(self.lines, marks, strict=False):
            line.setPen(plots.pen(self._plot, theme.class_colour(k), 1.4))
        for line, k in zip(self.sums, marks[1:] if task.is_neuron else marks, strict=False):
            line.setPen(plots.pen(self._plot, theme.class_colour(k), 4))

    def clear(self) -> None:
        """Remove the arrows and drop a pending request."""
        self._background.forget("gradient arrows")
        self._later.stop()
        self.shown = None
        for line in (self._halo, *self.lines, *self.sums):
            line.setData([], [])

    @property
    def is_on(self) -> bool:
        return self.box.isChecked() and self._task is not None and self.apply_to(self._task)

    def text(self) -> str:
        """Return the description of the arrows, "" if they are off."""
        if not self.is_on or self._task is None:
            return ""
        kind = FAMILY[self._task.config.model.kind]
        if kind.is_neuron:
            what = tr("{pull}·x, what an example of the next batch adds to w", pull=kind.pull)
        elif kind.is_pairwise:
            what = tr("|a − t|·x, how an example of the next batch pulls its pairs to its class")
        else:
            what = tr("(1 − a)·x, what an example of the next batch adds to its class’s w")
        is_large = len(self._task.train_rows) > MOST_ARROWS
        if self._task.config.model.hidden:
            what = tr("−∂ℓ/∂x, where an example of the next batch would go for its loss to fall")
        if is_large:
            what = tr("{arrows} (at most {n} are drawn)", arrows=what, n=MOST_ARROWS)
        if self._task.config.model.hidden:
            return tr("Arrows, half as long as they are: {arrows}.", arrows=what)
        return tr(
            "Thin arrows, half as long as they are: {arrows}. Thick arrows, twice as long: −∇w, "
            "the mean over the batch.",
            arrows=what,
        )

    def request(
        self, task: Task, snapshot: Snapshot | None, plane: tuple[int, int], centre: Floats
    ) -> None:
        """Request the pulls of this snapshot's batch, to be shown in the plane of two features.

        centre : (m,) the training means of the features, through which the plane goes.
        """
        self._task, self._snapshot = task, snapshot
        self._plane, self._centre = plane, np.asarray(centre, dtype=np.float64)[list(plane)]
        if not self.is_on or snapshot is None:
            return
        wait = self._asked_at + SECONDS - time.monotonic()
        if snapshot.status is not Status.TRAINING or wait <= 0:
            self._ask()
        elif not self._later.isActive():
            self._later.start(max(int(wait * 1000), 1))

    def show_temporarily(self, is_on: bool) -> None:
        """Show the arrows temporarily, or end that, unless the user has switched them."""
        if is_on and not self.box.isChecked():
            self.box.setChecked(True)
            self._is_temporary = True
        elif not is_on and self._is_temporary:
            self.box.setChecked(False)

    def _switch(self) -> None:
        self._is_temporary = False
        self.clear()
        if self.is_on:
            self._ask()
        self.switched.emit()

    def _ask(self) -> None:
        self._later.stop()
        task, snapshot = self._task, self._snapshot
        if task is None or snapshot is None or not self.is_on:
            return
        self._asked_at = time.monotonic()
        plane, centre = self._plane, self._centre

        def work() -> Arrows | None:
            return arrows(task, snapshot, plane, centre)

        self._background.ask("gradient arrows", work, self._show)

    def _show(self, found: Arrows | None) -> None:
        task, snapshot = self._task, self._snapshot
        if task is None or snapshot is None or not self.is_on:
            return
        if found is None or found.run != snapshot.run or found.plane != self._plane:
            return
        pixel = np.array(self._plot.getPlotItem().getViewBox().viewPixelSize())
        if not pixel.all():
            return  # the plot has no area: nothing is visible
        self.shown = found
        head_px, sum_head_px = HEAD_PX * zoom.factor(), SUM_HEAD_PX * zoom.factor()
        outlines = []
        for k, line in enumerate(self.lines):
            mine = found.y == k
            outlines.append(_outline(found.tails[mine], found.tips[mine], pixel, head_px))
            line.setData(*outlines[-1].T)
        order = np.argsort(-np.hypot(*(found.sums / pixel).T))  # shorter ones are on top
        for z, k in enumerate(order.tolist()):
            line = self.sums[k]
            line.setZValue(SUM_Z + z)
            tip = found.centre + found.sums[k]
            outlines.append(_outline(found.centre[None], tip[None], pixel, sum_head_px))
            line.setData(*outlines[-1].T)
        self._halo.setData(*np.concatenate(outlines).T)


def arrows(task: Task, snapshot: Snapshot, plane: tuple[int, int], centre: Floats) -> Arrows | None:
    """Return the arrows of a batch; None if rows were removed or weights are not finite."""
    rows, params = snapshot.batch, snapshot.params
    if not len(rows) or rows.max() >= task.dataset.n:
        return None
    if not all(np.isfinite(array).all() for array in params.arrays):
        return None
    drawn = slice(None, None, -(-len(rows) // MOST_ARROWS))
    columns = list(plane)
    spread = task.standardiser.std[columns]  # feature units per unit of the input
    if params.hidden is None:
        batch = pulls(task, params, rows)
        pulled, sums = batch.on_own_class()[drawn], batch.of_classes[:, columns] * spread
    else:
        pulled, sums = descent_of_inputs(task, params, rows[drawn]), np.empty((0, 2))
    tails = task.dataset.values(rows[drawn])[:, columns].astype(np.float64)
    return Arrows(
        run=snapshot.run,
        plane=plane,
        tails=tails,
        tips=tails + LENGTH * pulled[:, columns] * spread,
        y=task.dataset.y[rows[drawn]],
        centre=centre,
        sums=SUM_LENGTH * sums,
        rows=len(rows),
    )


def _outline(tails: Floats, tips: Floats, pixel: Floats, head_px: float) -> Floats:
    """Return shafts and heads as one line with gaps, (points, 2).

    pixel : (2,) size of a pixel in the plane's units; heads have a fixed size on the screen.
    """
    along = (tips - tails) / pixel
    length = np.hypot(*along.T)
    is_seen = length >= SHORTEST_PX
    tails, tips, along, length = tails[is_seen], tips[is_seen], along[is_seen], length[is_seen]
    unit = along / length[:, None]
    across = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    head = np.minimum(head_px, length)[:, None]
    left, right = (
        tips + (-unit * head + side * 0.5 * across * head) * pixel for side in (1.0, -1.0)
    )
    gap = np.full_like(tips, np.nan)
    return np.stack([tails, tips, gap, left, tips, right, gap], axis=1).reshape(-1, 2)
