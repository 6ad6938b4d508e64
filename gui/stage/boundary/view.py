"""The plane of two features: the model's answer at every position, and the points."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.data.task import Task
from core.evaluate.classification import HALF
from core.explain.plane import Plane
from core.language import tr
from core.train.snapshot import Snapshot, Status
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.answer.plot_layer import AnswerLayer, layer_over
from gui.kit.described import point_out
from gui.kit.fields import kept
from gui.kit.fields.choices import Choice
from gui.kit.flow_layout import FlowLayout, side_by_side
from gui.kit.legend import Legend
from gui.kit.plain_text import Plain
from gui.kit.plane_shading import HAIR, STILL_PX, NodeSize, Rest, Shader, Shading
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.boundary.caption import caption
from gui.stage.boundary.drawing_board import Board
from gui.stage.boundary.drawing_gestures import Gestures
from gui.stage.boundary.drawing_tools import BoardTools
from gui.stage.boundary.geometry import PlotGeometry
from gui.stage.boundary.gradient_arrows import GradientArrows
from gui.stage.boundary.hidden_unit_lines import HiddenLines
from gui.stage.boundary.mistake_rings import RING_PX, MistakeRings
from gui.stage.boundary.plane_choice import PlaneChoice
from gui.stage.boundary.point_mark import PointMark
from gui.stage.boundary.pointer import Pointer
from gui.stage.boundary.points import TEST, TRAINING, PointItems
from gui.stage.boundary.readout import PlaneReadout
from gui.stage.boundary.regions import Regions
from gui.stage.boundary.section import Section
from gui.state.background_tasks import Background
from gui.state.throttle import Reading

RINGING_SECONDS = 0.2  # between two pictures of the rings: all points are painted with them
LINE = 80  # average characters: in less width the readout needs two lines


class BoundaryView(View):
    """Probability-shaded regions, boundary lines, training and test points, rings at mistakes.

    Drawn points are edited here, on `board` by `gestures`.
    """

    row_chosen = Signal(int)  # a point was clicked

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self._background = background
        self._node_size, self._rest = NodeSize(), Rest()
        self._shader: Shader | None = None
        self._section: Section | None = None
        self._is_presenting = False
        self.threshold = HALF
        self.legend = Legend(theme)
        self.plane_choice = PlaneChoice()
        self.shown_points = Choice()
        self.shown_points.setAccessibleName(tr("points shown"))
        self.shown_points.setToolTip(tr("Which points are shown; all training points train"))
        self.shown_points.set_options(
            [(tr("all points"), "all"), (tr(TRAINING), TRAINING), (tr(TEST), TEST)], "all"
        )
        self.plot = plots.make_plot(theme, moves_below=True)
        self.plot.setAccessibleName(tr("Decision regions"))
        self._box = self.plot.getPlotItem().getViewBox()
        self._box.setMouseEnabled(False, False)
        self._geometry = PlotGeometry(self.plot)
        self.regions = Regions(self.plot)
        self.points = PointItems(self.plot)
        self.rings = MistakeRings(self.plot)
        self.mark = PointMark(self.plot, RING_PX + 8)
        self.gradient_arrows = GradientArrows(self.plot, theme, background)
        self.hidden_lines = HiddenLines(self.plot, theme, background)
        self._pointer, self._reading = Pointer(self.plot, self._geometry), Reading()
        self._ringing = Reading(RINGING_SECONDS)
        self.board = Board(self._geometry)
        cursor = self._pointer.cursor
        self.gestures = Gestures(self.plot, self._geometry, self.board, theme, cursor)
        self.board_tools = BoardTools(self.gestures.radius_px, self.gestures.density)
        self.readout = PlaneReadout(background)
        self._answer_layer: AnswerLayer | None = None
        self._caption = Plain()
        zoom.set_type(self._caption, look.SMALL)
        self._caption.setProperty("small", True)
        self._caption.setWordWrap(True)
        self._lay_out()
        self._connect_parts()
        self._connect_board()
        self.show_theme()

    def _lay_out(self) -> None:
        boxes = self.hidden_lines.box, self.gradient_arrows.box
        self._choices = self.plane_choice, *boxes, self.shown_points
        self._tools = self.board_tools.for_all, self.board_tools
        head = QWidget()
        flow = FlowLayout(head, 8, 4)
        flow.addWidget(self.legend)
        flow.addWidget(self.board_tools.for_all)
        for choice in (self.plane_choice, side_by_side(*boxes, self.shown_points)):
            flow.addWidget(self.secondary(choice))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(head)
        layout.addWidget(self.board_tools)
        layout.addWidget(self.plot, 1)
        for text in (self.readout, self._caption):
            layout.addWidget(self.secondary(text))
        self.fold_changed.connect(lambda: self.legend.set_brief(self.is_folded))
        for late in (*self._choices, *self._tools, self.plot):
            late.hide()  # until a task determines which are needed

    def _connect_parts(self) -> None:
        self.plane_choice.changed.connect(self._show_section)
        self.shown_points.chosen.connect(lambda _: self._show_section())
        self.gradient_arrows.switched.connect(self._show_section)
        for changed in (self._box.sigRangeChanged, self._box.sigResized):
            changed.connect(lambda *_: self._ask())
        self._pointer.moved.connect(self._describe)
        self._pointer.pressed.connect(self._pick)
        self.readout.said.connect(partial(point_out, self.plot))

    def _connect_board(self) -> None:
        board, gestures, tools, legend = self.board, self.gestures, self.board_tools, self.legend
        legend.class_chosen.connect(board.choose_class)
        legend.class_added.connect(board.add_class)
        legend.class_removed.connect(board.remove_class)
        legend.class_renamed.connect(board.rename_class)
        gestures.class_wanted.connect(legend.choose)
        tools.tool_chosen.connect(gestures.set_tool)
        tools.radius_changed.connect(gestures.set_radius)
        tools.density_changed.connect(gestures.set_density)
        tools.jittered.connect(board.jitter)
        tools.cleared.connect(board.clear)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < LINE * self.readout.fontMetrics().averageCharWidth()
        self.readout.set_lines(2 if is_narrow else 1)

    # What is shown --------------------------------------------------------------------------

    @property
    def answer_layer(self) -> AnswerLayer:
        """The layer on which a person answers; made when it is first asked for."""
        if self._answer_layer is None:
            self._answer_layer = layer_over(self.plot, self.theme, self.layout())
            self._answer_layer.present(self._is_presenting)
        return self._answer_layer

    @property
    def plane(self) -> Plane | None:
        """What is seen of the plane; None without one."""
        return self._section.plane(*self._box.viewRange()) if self._section else None

    @staticmethod
    def applies_to(task: Task) -> bool:
        """Return whether the task has at least two measured features, as a plane needs."""
        return task.source.is_measured and task.dataset.m >= 2

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        return {
            "across": kept.combo(self.plane_choice.across),
            "up": kept.combo(self.plane_choice.up),
            "points": kept.combo(self.shown_points),
            "gradients": kept.switch(self.gradient_arrows.box),
            "hidden units": kept.switch(self.hidden_lines.box),
            "class": kept.Kept(lambda: str(self.legend.chosen_class), self._choose_class),
            **self.board_tools.kept_choices,
        }

    def _choose_class(self, words: str) -> None:
        if (k := kept.whole(words)) is not None and self.task and k < self.task.source.h:
            self.legend.choose(k)

    def show_theme(self) -> None:
        plots.paint(self.plot, self.theme)
        cursor = self._pointer.cursor
        for part in (self.regions, self.rings, self.mark, self.legend, self.gestures, cursor):
            part.set_theme(self.theme)
        if self._answer_layer is not None:
            self._answer_layer.set_theme(self.theme)

    def show_task(self, task: Task) -> None:
        if not self.applies_to(task):
            self._section = None
            return
        self.plot.show()
        is_drawn = task.config.data.source == "drawn"
        self.plane_choice.show_task(task)
        self.shown_points.setVisible(len(task.held_out_rows) > 0)
        held_out = tr("held out") if len(task.validation_rows) else tr(TEST)
        options = ((tr("all points"), "all"), (tr(TRAINING), TRAINING), (held_out, TEST))
        self.shown_points.set_options(options, self.shown_points.value())
        self.legend.show_task(task, drawing=is_drawn)
        for tools in self._tools:
            tools.setVisible(is_drawn)
        self.plot.setCursor(Qt.CursorShape.CrossCursor if is_drawn else Qt.CursorShape.ArrowCursor)
        menus = Qt.ContextMenuPolicy  # of what is around: here a right click takes a point away
        self.plot.setContextMenuPolicy(
            menus.PreventContextMenu if is_drawn else menus.DefaultContextMenu
        )
        if self.snapshot is None:
            self._clear_picture()
            self.readout.clear()
            self.mark.forget()
        self.gradient_arrows.show_task(task, self.theme)
        self.hidden_lines.show_task(task, self.theme)
        self.show_points(task)
        self.readout.setVisible(not self._is_presenting)
        for tool in (*self._choices, *self._tools) if self._is_presenting else ():
            tool.hide()

    def present(self, is_on: bool) -> None:
        """Show only legend and picture, or also the choices, tools and texts."""
        self._is_presenting = is_on
        if self._answer_layer is not None:
            self._answer_layer.present(is_on)
        self.receive_theme(self.theme)

    def _clear_picture(self) -> None:
        self.regions.clear()
        self.rings.setData([], [])

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.status is not Status.TRAINING:
            self._rest.end()
        if self._rest.is_over():
            self._ask()
        elif self._section is not None:
            self._request_arrows(self._section, snapshot)
        is_live = snapshot.status is Status.TRAINING
        if self._pointer.is_over and self._reading.is_due(is_live=is_live):
            self._describe()

    def show_points(self, task: Task) -> None:
        self._shader = Shader(task, self.theme)
        section = Section.through_means(task, *self.plane_choice.features)
        self._section = section
        self.points.show(section, self.theme, self.shown_points.value())
        self.mark.keep(task.dataset.X, section.features)
        self._show_axes(section)
        self._show_caption(section)

    def _show_section(self) -> None:
        """Show the points again, after a change of a choice; texts, for instance, have none."""
        if self.task and self.applies_to(self.task):
            self.show_points(self.task)

    def _show_axes(self, section: Section) -> None:
        plots.name_plane(self.plot, self.theme, section.task.dataset, section.features)
        x_range, y_range = section.ranges()
        self.plot.setRange(xRange=x_range, yRange=y_range, padding=0)
        self._ask()

    def _show_caption(self, section: Section) -> None:
        arrows = self.gradient_arrows.text()
        text = caption(section, self.threshold, arrows, self.points.thinning)
        self._caption.setText(text)
        self._caption.setVisible(bool(text) and not self._is_presenting)

    def highlight(self, row: int) -> None:
        """Mark the point of this row of the data set."""
        if self._section is not None and row < self._section.task.dataset.n:
            self.mark.mark(self._section.task.dataset.X, row, self._section.features)

    def set_threshold(self, threshold: float) -> None:
        """Draw the boundary where a neuron's probability is this; the default is ½."""
        self.threshold = threshold
        if self._section is not None:
            self._show_caption(self._section)
            self._is_stale = not self.isVisible()  # requested when it becomes visible
            self._ask()

    # Shading, on the background thread --------------------------------------------------------

    def _request_arrows(self, section: Section, snapshot: Snapshot) -> None:
        self.gradient_arrows.request(section.task, snapshot, section.features, section.centre)

    def _ask(self) -> None:
        """Request the picture of the newest snapshot, in the visible range."""
        section, snapshot, shader = self._section, self.snapshot, self._shader
        if section is None or snapshot is None or shader is None or not self.isVisible():
            return
        self._request_arrows(section, snapshot)
        if not snapshot.params.W.any() and not snapshot.params.b.any():
            self._background.forget("boundary")
            self._clear_picture()  # with zero weights all classes tie: there is nothing to show
            return
        plane = section.plane(*self._box.viewRange())
        self.hidden_lines.request(section.task, snapshot, plane)
        size = self._box.size()
        node_px = self._node_size.px if snapshot.status is Status.TRAINING else STILL_PX
        columns = max(2, int(size.width() / node_px))
        rows = max(2, int(size.height() / node_px))
        work = shader.work(snapshot, plane, columns, rows, self.threshold)
        self._background.ask("boundary", work, self._show_shading)

    def _show_shading(self, shading: Shading) -> None:
        """Show the picture; parts that look the same are not painted again."""
        section, snapshot = self._section, self.snapshot
        if section is None or snapshot is None or shading.run != snapshot.run:
            return
        is_live = snapshot.status is Status.TRAINING
        if is_live:
            self._node_size.learn(shading.seconds)
        if (shading.plane.x, shading.plane.y) != section.features:
            return
        looks_different = self.regions.show(shading, HAIR if is_live else 0)
        train, test = section.task.train_rows, section.task.held_out_rows
        if len(shading.wrong_train) != len(train) or len(shading.wrong_test) != len(test):
            return  # the points have changed since; a newer picture is pending
        wrong = np.concatenate([train[shading.wrong_train], test[shading.wrong_test]])
        wrong = wrong[self.points.is_shown[wrong]]
        if self._ringing.is_due(is_live=is_live):
            looks_different |= self.rings.show_rows(section, wrong)
        self._rest.learn(looks_different)

    # Mouse ----------------------------------------------------------------------------------

    def _describe(self) -> None:
        """Describe what is under the pointer."""
        section, coords = self._section, self._pointer.coords
        if section is None or coords is None:
            self.readout.clear()
            return
        row = self._geometry.nearest(*section.columns(), coords)
        self.readout.show_at(section, coords, row, self.snapshot)

    def _pick(self, x: float, y: float) -> None:
        """Choose the point under the pointer, for the other views too."""
        if self._section is None or self.board.is_active:
            return
        row = self._geometry.nearest(*self._section.columns(), (x, y))
        if row is not None:
            self.highlight(row)
            self.row_chosen.emit(row)
