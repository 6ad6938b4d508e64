"""The loss surface: the loss over two parameters, the way down it, and the lowest point."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.data.task import Task
from core.explain import loss_surface
from core.explain.loss_surface import (
    Cost,
    Direction,
    Range,
    Reals,
    Sample,
    Surface,
    own_cost,
)
from core.train.snapshot import Params, Snapshot, Status
from gui.kit import plots
from gui.kit import theme as look
from gui.kit.fields.choices import Choice, Segments
from gui.kit.flow_layout import FlowLayout
from gui.kit.labels import Elided
from gui.kit.plain_text import Plain
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.surface.directions import pair_of, say_absence
from gui.stage.surface.losses import choices_of, title_of
from gui.stage.surface.panel import SurfacePanel
from gui.state.background_tasks import Background, Queue
from gui.state.trajectory import Way

if TYPE_CHECKING:  # it imports PyTorch
    from core.explain.optimum import Optimum

LIVE_MS, STILL_MS = 120, 20  # between two surfaces
LIVE_NODES, STILL_NODES = (40, 32), (96, 72)
LIVE_ROWS = 300
DRAG_MS = 30
NAME_PX = 178
LISTED = 60  # weights that are offered one by one


@dataclass(frozen=True, eq=False)
class _Found:
    """What the background thread has found out."""

    surface: Surface
    pair: tuple[Direction, Direction]
    best: Optimum
    ranges: tuple[Range, Range]
    sample: Sample
    few: Sample
    boundary: list[Reals]


class LandscapeView(View):
    """Contours of the loss; drag the point to move the model, click to set another start."""

    moved = Signal(object)  # Params to put in place of the model's
    start_chosen = Signal(object)  # Params to start from

    def __init__(self, theme: Theme, background: Background, way: Way) -> None:
        super().__init__(theme)
        self._way = way
        self._background = background
        self._sample: Sample | None = None
        self._few: Sample | None = None
        self._optimum: Optimum | None = None
        self._optimum_of: tuple[Task, float, float] | None = None
        self._directions: tuple[Direction, Direction] | None = None
        self._is_fitted = False
        self._asked_at = 0.0
        self._wanted: tuple[float, float] | None = None
        self._later, self._send = QTimer(self), QTimer(self)
        for timer, slot in ((self._later, self._ask), (self._send, self._send_point)):
            timer.setSingleShot(True)
            timer.timeout.connect(slot)
        self.panels: dict[Cost, SurfacePanel] = {}
        self._kind = ""  # of the model that the choices are for
        self._build()
        self.show_theme()

    def _build(self) -> None:
        self.x_choice, self.y_choice = Choice(), Choice()
        for choice, side in ((self.x_choice, "across"), (self.y_choice, "up")):
            choice.setAccessibleName(f"parameter {side}")
            choice.setMinimumWidth(NAME_PX)
            choice.setToolTip(f"The parameter, or direction of all parameters, that goes {side}")
            choice.chosen.connect(lambda _: self._choose())
        self._costs: tuple[Cost, ...] = ()
        self.costs = Segments(())
        self._costs_room = QHBoxLayout()
        head = QWidget()
        row = FlowLayout(head, 10, 6)
        for parts in (
            (_small("across"), self.x_choice),
            (_small("up"), self.y_choice),
            (self._costs_room,),
        ):
            group = QWidget()
            inner = QHBoxLayout(group)
            inner.setContentsMargins(0, 0, 0, 0)
            for part in parts:
                if isinstance(part, QWidget):
                    inner.addWidget(part)
                else:
                    inner.addLayout(part)
            row.addWidget(group)
        self._plane = plots.make_plot(self.theme, moves_below=False)
        self._plane.setAccessibleName("Decision boundary of the point on the surface")
        self._plane.getPlotItem().getViewBox().setMouseEnabled(False, False)
        self._lines = plots.Line(self._plane)
        self._scatters: list[Any] = []
        beside = QWidget(self)
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(_small("the boundary there"))
        column.addWidget(self._plane, 1)
        self._beside = beside
        pictures = QGridLayout()
        pictures.setSpacing(8)
        self._pictures = pictures
        self._readout = Elided(Qt.TextElideMode.ElideRight)
        self._readout.setProperty("small", True)
        self._caption = Plain()
        self._caption.setProperty("small", True)
        self._caption.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(head)
        layout.addLayout(pictures, 1)
        layout.addWidget(self._readout)
        layout.addWidget(self._caption)
        self._head = head
        self._offer_costs("softmax")

    def _offer_costs(self, kind: str) -> None:
        """Offer the loss of this model, another one to compare, and both."""
        if kind == self._kind:
            return
        self._kind = kind
        choices = choices_of(kind)
        known = self.costs
        self.costs = Segments(choices)
        self._costs_room.addWidget(self.costs)
        self._costs_room.removeWidget(known)
        known.hide()
        known.deleteLater()
        self._costs = choices[0][1]
        self.costs.choose(self._costs)
        self.costs.chosen.connect(self._choose_costs)
        for cost, panel in self.panels.items():
            panel.title.setText(title_of(kind, cost))
        self._arrange()

    def _panel(self, cost: Cost) -> SurfacePanel:
        """Return the surface of this loss; it is made when it is first seen."""
        if cost not in self.panels:
            panel = SurfacePanel(self.theme, cost, title_of(self._kind, cost))
            panel.setParent(self)  # shown without a parent it would be a window
            panel.dragged.connect(self._drag)
            panel.clicked.connect(self._set_start)
            panel.hovered.connect(self._read)
            panel.ranged.connect(self._set_range)
            panel.fit_wanted.connect(self._fit)
            self.panels[cost] = panel
        return self.panels[cost]

    def _arrange(self) -> None:
        """Put the surfaces side by side, and the plane in what is left."""
        has_any = self.task is None or not say_absence(self.task)
        shown = self.shown_costs
        for cost in shown:
            self._panel(cost)
        for cost, panel in self.panels.items():
            self._pictures.removeWidget(panel)
            panel.setVisible(has_any and cost in shown)
        self._pictures.removeWidget(self._beside)
        has_plane = self._has_plane
        for column, cost in enumerate(shown):
            self._pictures.addWidget(self.panels[cost], 0, column)
            self._pictures.setColumnStretch(column, 3)
        self._pictures.setColumnStretch(2, 2 if has_plane and len(shown) == 1 else 0)
        self._pictures.setColumnStretch(1, 3 if len(shown) == 2 else 0)
        self._beside.setVisible(has_plane and len(shown) == 1)
        if has_plane and len(shown) == 1:
            self._pictures.addWidget(self._beside, 0, 2)

    @property
    def shown_costs(self) -> tuple[Cost, ...]:
        return self._costs

    @property
    def _has_plane(self) -> bool:
        task = self.task
        if task is None or say_absence(task):
            return False
        return task.dataset.m == 2 and task.source.image_shape is None

    # The run --------------------------------------------------------------------------------------

    def show_theme(self) -> None:
        for panel in self.panels.values():
            panel.set_theme(self.theme)
        plots.paint(self._plane, self.theme)
        self._lines.setPen(plots.pen(self._plane, self.theme.ink, 2))

    def show_task(self, task: Task) -> None:
        if self.snapshot is None:
            self._sample = self._few = self._optimum = self._optimum_of = None
            self._is_fitted = False
            self._wanted = None
            self._offer(task)
            self._offer_costs(task.config.model.kind)
            for panel in self.panels.values():
                panel.clear()
            self._lines.setData([], [])
            self._caption.setText("")
        self._head.setVisible(not say_absence(task))
        self._readout.setText("")
        if absence := say_absence(task):
            self._caption.setText(absence)
        self._arrange()
        if self._has_plane:
            self._show_plane(task)

    def show_points(self, task: Task) -> None:
        self._sample = self._few = self._optimum_of = None
        if self._has_plane:
            self._show_plane(task)
        self._refresh()

    def _offer(self, task: Task) -> None:
        """Offer parameters one by one where they are few, and directions of all of them."""
        options: list[tuple[str, object]] = []
        if task.outputs * task.m <= LISTED:
            options += [
                (loss_surface.of_parameter(task, k, j).name, ("w", k, j))
                for k in range(task.outputs)
                for j in range(task.m)
            ]
        if task.config.model.has_bias and task.outputs <= LISTED:
            options += [
                (loss_surface.of_parameter(task, k, None).name, ("b", k))
                for k in range(task.outputs)
            ]
        options += [
            ("downhill from here", ("downhill",)),
            ("random direction 1", ("random", 1)),
            ("random direction 2", ("random", 2)),
        ]
        k = task.outputs - 1
        first: object = ("downhill",)
        second: object = ("random", 1)
        if task.outputs * task.m <= LISTED:
            first = ("w", k, 0)
            if task.m > 1:
                second = ("w", k, 1)
            elif task.config.model.has_bias:
                second = ("b", k)
        self.x_choice.offer(options, first)
        self.y_choice.offer(options, second)
        self._directions = None

    def offer_snapshot(self, snapshot: Snapshot) -> None:
        """Leave out a moment of a run that diverges: it lies nowhere."""
        if all(np.isfinite(part).all() for part in snapshot.params.arrays):
            super().offer_snapshot(snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.task is None or say_absence(self.task):
            return
        is_dragging = any(panel.is_dragging for panel in self.panels.values())
        if not is_dragging and not self._send.isActive():  # the last move has been sent
            self._wanted = None
        self._show_point()
        self._refresh()

    # Directions -----------------------------------------------------------------------------------

    def _choose(self) -> None:
        self._directions = None
        self._is_fitted = False
        self._refresh()

    def _choose_costs(self, costs: tuple[Cost, ...]) -> None:
        self._costs = costs
        self._arrange()
        self._refresh()

    # Asking ---------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Ask for a new surface soon: the other parameters have changed."""
        if self.isVisible() and not self._later.isActive():
            is_live = self.snapshot is not None and self.snapshot.status is Status.TRAINING
            wait = LIVE_MS if is_live else STILL_MS
            self._later.start(max(0, int(wait - 1000 * (time.monotonic() - self._asked_at))))

    def _ask(self) -> None:
        task, snapshot = self.task, self.snapshot
        if task is None or snapshot is None or task.obstacle or not self.isVisible():
            return
        if say_absence(task):
            return
        if self._background.is_busy("surface"):
            self._later.start(LIVE_MS)
            return
        self._asked_at = time.monotonic()
        is_live = snapshot.status is Status.TRAINING or any(
            p.is_dragging for p in self.panels.values()
        )
        params = snapshot.params
        known, costs = (self._sample, self._few), self.shown_costs
        directions = self._directions
        wanted = self.x_choice.value(), self.y_choice.value()
        decay, l1 = snapshot.settings.weight_decay, snapshot.settings.l1
        is_new = (
            self._optimum_of is None
            or self._optimum_of[0] is not task
            or self._optimum_of[1:] != (decay, l1)
        )
        ranges = self._panel(costs[0]).ranges() if self._is_fitted else None
        path, old = self._way.to(params), self._optimum
        plane: tuple[Range, Range] | None = None
        if self._has_plane:
            (x0, x1), (y0, y1) = self._plane.getPlotItem().getViewBox().viewRange()
            plane = (x0, x1), (y0, y1)

        def work() -> _Found:
            from core.explain.optimum import optimum  # which imports PyTorch

            sample = known[0] or Sample.of(task)
            few = known[1] or Sample.of(task, LIVE_ROWS)
            best = optimum(task, decay, l1) if is_new or old is None else old
            pair = directions or pair_of(task, wanted, sample, params)
            if ranges is None:
                seen = fitted(pair, path, best.params)
            else:
                seen = widened(ranges, pair, params)
            chosen, size = (few, LIVE_NODES) if is_live else (sample, STILL_NODES)
            found = loss_surface.surface(chosen, params, pair, *seen, size, costs, decay, l1)
            lines = [] if plane is None else loss_surface.boundary(task, params, *plane)
            return _Found(found, pair, best, seen, sample, few, lines)

        def answer(found: _Found) -> None:
            if self.task is not task or (self.x_choice.value(), self.y_choice.value()) != wanted:
                return
            self._sample, self._few = found.sample, found.few
            self._optimum, self._optimum_of = found.best, (task, decay, l1)
            self._show(task, found)
            newest = self.snapshot.params if self.snapshot is not None else params
            if newest is not params or is_live:
                self._refresh()

        self._background.ask("surface", work, answer, queue=Queue.STUDIES)

    def _show(self, task: Task, found: _Found) -> None:
        """Show what was found out on all surfaces that are seen."""
        pair, best = found.pair, found.best
        is_other = self._directions is None
        self._directions, self._is_fitted = pair, True
        for cost, panel in self.panels.items():
            if cost not in found.surface.losses:
                continue
            if is_other or not panel.is_named:
                panel.name_axes(pair[0].name, pair[1].name)
            panel.set_range(*found.ranges)
            panel.show_surface(found.surface)
            is_its_own = best.params is not None and cost == own_cost(self._kind)
            panel.show_lowest(
                (pair[0].along(best.params), pair[1].along(best.params))
                if is_its_own and best.params is not None
                else None
            )
        if self._has_plane:
            gap = np.full((1, 2), np.nan)
            parts = [part for line in found.boundary for part in (line, gap)]
            joined = np.concatenate([gap, *parts])
            self._lines.setData(joined[:, 0], joined[:, 1])
        self._show_point()
        self._say(task, found.sample, best)

    def _show_point(self) -> None:
        """Show where the model is, and the way that it came."""
        pair, snapshot = self._directions, self.snapshot
        if pair is None or snapshot is None:
            return
        path = self._way.to(snapshot.params)
        xs, ys = pair[0].along_way(path), pair[1].along_way(path)
        for cost in self.shown_costs:
            panel = self.panels[cost]
            panel.show_path(xs, ys)
            if self._wanted is None:
                panel.show_point(float(xs[-1]), float(ys[-1]))

    def _say(self, task: Task, sample: Sample, best: Optimum) -> None:
        if self.snapshot is None:
            return
        settings = self.snapshot.settings
        decay, l1 = settings.weight_decay, settings.l1
        words = []
        if len(sample.X) < sample.total:
            words.append(f"Measured on {len(sample.X):,} of {sample.total:,} training rows.")
        if task.outputs * (task.m + task.config.model.has_bias) > 2:
            words.append("All other parameters are as they are now.")
        if decay:
            words.append(f"With the penalty λ/2 ‖W‖², λ = {decay:g}.")
        if l1:
            words.append(f"With the penalty λ₁ Σ|w|, λ₁ = {l1:g}.")
        words.append(best.words + (" ★ marks it." if best.params is not None else ""))
        words.append("☆ is the lowest point of this picture, where it has one.")
        words.append("Drag the point to move the model; click elsewhere to start there.")
        self._caption.setText(" ".join(words))

    # What the person does -------------------------------------------------------------------------

    def _drag(self, x: float, y: float) -> None:
        self._wanted = x, y
        for cost in self.shown_costs:
            self.panels[cost].show_point(x, y)
        if not self._send.isActive():
            self._send.start(DRAG_MS)

    def _send_point(self) -> None:
        if self._wanted is not None and self._directions is not None and self.snapshot is not None:
            self.moved.emit(
                loss_surface.moved(self.snapshot.params, self._directions, *self._wanted)
            )

    def _set_start(self, x: float, y: float) -> None:
        if self._directions is not None and self.snapshot is not None:
            params = loss_surface.moved(self.snapshot.params, self._directions, x, y)
            self.start_chosen.emit(params)

    def _read(self, place: tuple[float, float] | None) -> None:
        """Read the loss and the two parameters under the pointer."""
        pair, snapshot, sample = self._directions, self.snapshot, self._sample
        if place is None or pair is None or snapshot is None or sample is None:
            self._readout.setText("")
            return
        there = loss_surface.moved(snapshot.params, pair, *place)
        penalties = snapshot.settings.weight_decay, snapshot.settings.l1
        losses = ", ".join(
            f"{title_of(self._kind, cost)} "
            f"{loss_surface.value(sample, there, cost, *penalties):.4f}"
            for cost in self.shown_costs
        )
        x, y = place
        self._readout.setText(f"across {x:.3f}, up {y:.3f}: {losses}")

    def _set_range(self, x_range: Range, y_range: Range) -> None:
        for cost in self.shown_costs:
            self.panels[cost].set_range(x_range, y_range)
        self._refresh()

    def _fit(self) -> None:
        self._is_fitted = False
        self._refresh()

    # The plane beside it --------------------------------------------------------------------------

    def _show_plane(self, task: Task) -> None:
        """Show the training points of two features; the boundary moves with the point."""
        for scatter in self._scatters:
            self._plane.removeItem(scatter)
        self._scatters = []
        values, dataset = task.dataset.values(), task.dataset
        for k, mark in enumerate(dataset.class_marks):
            mine = task.train_rows[dataset.y[task.train_rows] == k][:1000]
            scatter = pg.ScatterPlotItem(
                x=values[mine, 0],
                y=values[mine, 1],
                symbol=look.symbol(mark),
                size=7 * look.symbol_scale(mark),
                pen=None,
                brush=pg.mkBrush(self.theme.class_colour(mark)),
            )
            self._plane.addItem(scatter)
            self._scatters.append(scatter)
        item = self._plane.getPlotItem()
        for side, index in (("bottom", 0), ("left", 1)):
            item.setLabel(side, dataset.feature_names[index])
        plots.paint(self._plane, self.theme)
        if len(values):
            low, high = (end(axis=0).astype(np.float64) for end in (values.min, values.max))
            margin = 0.08 * np.maximum(high - low, 1e-6)
            self._plane.setRange(
                xRange=(low[0] - margin[0], high[0] + margin[0]),
                yRange=(low[1] - margin[1], high[1] + margin[1]),
                padding=0,
            )


def fitted(
    pair: tuple[Direction, Direction], path: Params, best: Params | None
) -> tuple[Range, Range]:
    """Return ranges that hold the way, and the optimum unless it is far off."""
    found = []
    for direction in pair:
        along = direction.along_way(path)
        low, high = float(along.min()), float(along.max())
        if best is not None:
            at = direction.along(best)
            reach = 10 * max(high - low, 1.0)
            if low - reach < at < high + reach:
                low, high = min(low, at), max(high, at)
        half = max((high - low) * 0.75, 1.0)
        middle = (low + high) / 2
        found.append((middle - half, middle + half))
    return found[0], found[1]


def widened(
    ranges: tuple[Range, Range], pair: tuple[Direction, Direction], params: Params
) -> tuple[Range, Range]:
    """Return the ranges, doubled until they hold the parameters."""
    found = []
    for (low, high), direction in zip(ranges, pair, strict=True):
        at = direction.along(params)
        if not np.isfinite(at):
            at = (low + high) / 2
        for _ in range(60):
            if low <= at <= high:
                break
            width = high - low
            low, high = (low - width, high) if at < low else (low, high + width)
        found.append((low, high))
    return found[0], found[1]


def _small(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("small", True)
    return label
