"""The loss surface: the loss over two parameters, the trajectory and the lowest point."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from core.data.task import Task
from core.explain.surface import direction, loss_surface
from core.explain.surface.direction import Direction
from core.explain.surface.loss_surface import Range, own_loss
from core.language import tr
from core.model_kind import LossName
from core.number_format import format_fixed
from core.train.snapshot import Params, Snapshot, Status
from gui.kit import described, zoom
from gui.kit import theme as look
from gui.kit.covers.covering import cover_new
from gui.kit.described import point_out
from gui.kit.fields import kept
from gui.kit.labels import Elided
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.surface.boundary_panel import BoundaryPanel
from gui.stage.surface.choices import SurfaceChoices
from gui.stage.surface.directions import describe_absence
from gui.stage.surface.losses import losses_of, title_of
from gui.stage.surface.panel import SurfacePanel
from gui.stage.surface.request import SurfaceAnswer, SurfaceRequest
from gui.state.background_tasks import Background, Queue

LIVE_MS, STILL_MS = 120, 20  # between two requests
DRAG_MS = 30
KEY = "surface"


class SurfaceView(View):
    """Contours of the loss; drag the point to move the model, click to set another start.

    answer : the answer shown; None until the first arrives.
    """

    moved = Signal(object)  # Params that replace the model's
    start_chosen = Signal(object)  # Params to start from

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self._background = background
        self.answer: SurfaceAnswer | None = None
        self._directions: tuple[Direction, Direction] | None = None
        self._keeps_ranges = False  # the user has chosen the visible ranges
        self._is_presenting = False
        self._asked_at = 0.0
        self._wanted: tuple[float, float] | None = None
        self._later, self._send = QTimer(self), QTimer(self)
        for timer, slot in ((self._later, self._ask), (self._send, self._send_point)):
            timer.setSingleShot(True)
            timer.timeout.connect(slot)
        self.choices = SurfaceChoices()
        self.choices.directions_chosen.connect(self._choose_directions)
        self.choices.losses_chosen.connect(self._choose_losses)
        self.panels: dict[LossName, SurfacePanel] = {}
        self.boundary = BoundaryPanel(theme)
        self._readout = Elided(Qt.TextElideMode.ElideRight)
        self._caption = Plain()
        self._build()
        self.show_theme()

    def _build(self) -> None:
        self._pictures = QGridLayout()
        self._pictures.setSpacing(8)
        self.boundary.setParent(self)
        for label in (self._readout, self._caption):
            zoom.set_type(label, look.SMALL)
            label.setProperty("small", True)
        self._caption.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(self.secondary(self.choices))
        add_layout(layout, self._pictures, 1)
        layout.addWidget(self.secondary(self._readout))
        layout.addWidget(self.secondary(self._caption))
        self._arrange()

    def _panel(self, loss_name: LossName) -> SurfacePanel:
        """Return the panel of this loss, created on first use."""
        if loss_name not in self.panels:
            panel = SurfacePanel(self.theme, loss_name, title_of(self.choices.kind, loss_name))
            panel.setParent(self)  # without a parent it would be shown as a window
            cover_new(panel)
            panel.dragged.connect(self._drag)
            panel.clicked.connect(self._set_start)
            panel.hovered.connect(self._read)
            panel.ranged.connect(self._set_range)
            panel.fit_wanted.connect(self._fit)
            self.panels[loss_name] = panel
        return self.panels[loss_name]

    def _arrange(self) -> None:
        """Place the surfaces side by side, and the plane of features beside a single one."""
        has_any = self.task is None or not describe_absence(self.task)
        shown = self.choices.shown
        for loss_name in shown:
            self._panel(loss_name)
        for loss_name, panel in self.panels.items():
            self._pictures.removeWidget(panel)
            panel.setVisible(has_any and loss_name in shown)
        self._pictures.removeWidget(self.boundary)
        has_plane = self._has_plane and len(shown) == 1
        for column, loss_name in enumerate(shown):
            self._pictures.addWidget(self.panels[loss_name], 0, column)
            self._pictures.setColumnStretch(column, 3)
        self._pictures.setColumnStretch(2, 2 if has_plane else 0)
        self._pictures.setColumnStretch(1, 3 if len(shown) == 2 else 0)
        self.boundary.setVisible(has_plane)
        if has_plane:
            self._pictures.addWidget(self.boundary, 0, 2)
            self.boundary.raise_()  # Tab comes to it last, too

    @property
    def may_fold(self) -> bool:
        """Whether there is a picture: the sentence that says why not is not secondary."""
        return self.task is None or not describe_absence(self.task)

    @property
    def _has_plane(self) -> bool:
        task = self.task
        if task is None or describe_absence(task):
            return False
        return task.dataset.m == 2 and task.source.is_measured

    # The run --------------------------------------------------------------------------------------

    def present(self, is_on: bool) -> None:
        """Hide choices and texts on a slide, or show them again."""
        self._is_presenting = is_on
        self.receive_theme(self.theme)

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        ranges = kept.Kept(self._describe_range, self._show_range)
        return {**self.choices.kept_choices, "range": ranges}

    def show_theme(self) -> None:
        for panel in self.panels.values():
            panel.set_theme(self.theme)
        self.boundary.set_theme(self.theme)

    def show_task(self, task: Task) -> None:
        absence = describe_absence(task)
        if self.snapshot is None:
            self.answer = self._directions = self._wanted = None
            self._keeps_ranges = False
            self.choices.show_task(task)
            for loss_name, panel in self.panels.items():
                if loss_name in losses_of(self.choices.kind):  # another model may have another loss
                    panel.title.setText(title_of(self.choices.kind, loss_name))
                panel.clear(*self.choices.names)
            self.boundary.clear()
            self._caption.setText("")
        self.choices.setVisible(not absence and not self._is_presenting)
        self._caption.setVisible(bool(absence) or not self._is_presenting)
        self._readout.setVisible(not self._is_presenting)
        self._readout.setText("")
        if absence:
            self._caption.setText(absence)
        self.fold()
        self._arrange()
        if self._has_plane:
            self.boundary.show_points(task)

    def show_points(self, task: Task) -> None:
        if self._has_plane:
            self.boundary.show_points(task)
        self._refresh()

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        """Ignore snapshots with non-finite parameters, which have no position on the surface."""
        if all(np.isfinite(part).all() for part in snapshot.params.arrays):
            super().receive_snapshot(snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.task is None or describe_absence(self.task):
            return
        if not self._is_dragging and not self._send.isActive():  # the last move has been sent
            self._wanted = None
        self._show_point()
        self._refresh()

    @property
    def _is_dragging(self) -> bool:
        return any(panel.is_dragging for panel in self.panels.values())

    # Asking ---------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Schedule a request for a new surface, since the other parameters have changed."""
        if self.isVisible() and not self._later.isActive():
            is_live = self.snapshot is not None and self.snapshot.status is Status.TRAINING
            wait = LIVE_MS if is_live else STILL_MS
            self._later.start(max(0, int(wait - 1000 * (time.monotonic() - self._asked_at))))

    def _ask(self) -> None:
        snapshot, request = self.snapshot, self._request()
        if request is None:
            return
        if self._background.is_busy(KEY):
            self._later.start(LIVE_MS)
            return
        self._asked_at = time.monotonic()

        def answer(found: SurfaceAnswer) -> None:
            if self.task is not request.task or self.choices.directions != request.chosen:
                return
            self._show(found)
            if self.snapshot is not snapshot or request.is_live:
                self._refresh()

        self._background.ask(KEY, request.answer, answer, queue=Queue.STUDIES)

    def _request(self) -> SurfaceRequest | None:
        """Return the next request; None where there is nothing to show."""
        task, snapshot = self.task, self.snapshot
        if task is None or snapshot is None or task.obstacle or not self.isVisible():
            return None
        if describe_absence(task):
            return None
        losses, settings = self.choices.shown, snapshot.settings
        return SurfaceRequest(
            task=task,
            path=snapshot.path,
            penalties=(settings.l2, settings.l1),
            chosen=self.choices.directions,
            directions=self._directions,
            ranges=self._panel(losses[0]).ranges() if self._keeps_ranges else None,
            losses=losses,
            is_live=snapshot.status is Status.TRAINING or self._is_dragging,
            plane=self.boundary.ranges() if self._has_plane else None,
            known=self.answer,
        )

    def _show(self, found: SurfaceAnswer) -> None:
        """Show an answer on the panel of each loss that it contains."""
        self.answer, self._directions = found, found.directions
        across, up = found.directions
        for loss_name, panel in self.panels.items():
            if loss_name not in found.surface.losses:
                continue
            panel.name_axes(across.name, up.name)
            panel.set_range(*found.ranges)
            panel.show_surface(found.surface)
            panel.show_lowest(found.optimum if loss_name == own_loss(self.choices.kind) else None)
        if self._has_plane:
            self.boundary.show_boundary(found.boundary)
        self._show_point()
        self._caption.setText(found.caption())

    def _show_point(self) -> None:
        """Show the position of the model and its trajectory."""
        pair, snapshot = self._directions, self.snapshot
        if pair is None or snapshot is None:
            return
        before = snapshot.trajectory  # of large models it is not to be copied at this rate
        before = before[: int(np.searchsorted(before.steps, snapshot.step))]
        xs, ys = (np.append(d.along_path(before), d.along(snapshot.params)) for d in pair)
        for loss_name in self.choices.shown:
            panel = self.panels[loss_name]
            panel.show_path(xs, ys)
            if self._wanted is None:
                panel.show_point(float(xs[-1]), float(ys[-1]))

    # What the user does ---------------------------------------------------------------------------

    def _choose_directions(self) -> None:
        self._directions = None
        self._keeps_ranges = False
        self._refresh()

    def _choose_losses(self) -> None:
        self._arrange()
        self._refresh()

    def _drag(self, x: float, y: float) -> None:
        self._wanted, self._keeps_ranges = (x, y), True
        for loss_name in self.choices.shown:
            self.panels[loss_name].show_point(x, y)
        if not self._send.isActive():
            self._send.start(DRAG_MS)

    def _send_point(self) -> None:
        if self._wanted is not None and self._directions is not None and self.snapshot is not None:
            self.moved.emit(direction.moved(self.snapshot.params, self._directions, *self._wanted))

    def _set_start(self, x: float, y: float) -> None:
        if self._directions is not None and self.snapshot is not None:
            self._keeps_ranges = True
            params = direction.moved(self.snapshot.params, self._directions, x, y)
            self.start_chosen.emit(params)

    def _read(self, position: tuple[float, float] | None) -> None:
        """Show the losses and the two coordinates under the pointer."""
        pair, snapshot, known = self._directions, self.snapshot, self.answer
        is_known = known is not None and known.task is self.task
        if position is None or pair is None or snapshot is None or known is None or not is_known:
            self._tell("")
            return
        there = direction.moved(snapshot.params, pair, *position)
        said = _losses_at(there, known, snapshot, self.choices)
        x, y = (format_fixed(each, 3) for each in position)
        self._tell(tr("across {x}, up {y}: {losses}", x=x, y=y, losses=said))

    def _tell(self, words: str) -> None:
        self._readout.setText(described.said(self, words))
        for loss_name in self.choices.shown:
            point_out(self.panels[loss_name].plot, words)

    def _set_range(self, x_range: Range, y_range: Range) -> None:
        for loss_name in self.choices.shown:
            self.panels[loss_name].set_range(x_range, y_range)
        self._keeps_ranges = True
        self._refresh()

    def _describe_range(self) -> str:
        """Return what the user has zoomed to, in the form of `kept.ends`; "" for all of it."""
        panel = self._panel(self.choices.shown[0])
        return kept.written(*panel.ranges()) if self._keeps_ranges else ""

    def _show_range(self, words: str) -> None:
        if found := kept.ends(words, 2):
            self._set_range(*found)

    def _fit(self) -> None:
        self._keeps_ranges = False
        self._refresh()


def _losses_at(
    params: Params, known: SurfaceAnswer, snapshot: Snapshot, choices: SurfaceChoices
) -> str:
    """Return the shown losses of these parameters, each with its name."""
    penalties = snapshot.settings.l2, snapshot.settings.l1
    return ", ".join(
        f"{title_of(choices.kind, name)} "
        f"{format_fixed(loss_surface.value(known.whole, params, name, *penalties), 4)}"
        for name in choices.shown
    )
