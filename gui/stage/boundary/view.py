"""The plane of two features: the model's answer everywhere, and the points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from core.data import points as drawing
from core.data.task import Task
from core.evaluate.classification import HALF, has_threshold
from core.explain.plane import Plane
from core.train.snapshot import Snapshot, Status
from gui.kit import plots
from gui.kit import theme as look
from gui.kit.fields.choices import Choice
from gui.kit.fields.unscrolled import Combo
from gui.kit.labels import Readout, small_label
from gui.kit.legend import Legend
from gui.kit.plain_text import Plain, short
from gui.kit.plane_shading import HAIR, STILL_PX, NodeSize, Rest, Shader, Shading
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.boundary.drawing_board import Board
from gui.stage.boundary.drawing_tools import BoardTools
from gui.stage.boundary.gradient_arrows import PullArrows
from gui.stage.boundary.hidden_unit_lines import HiddenLines
from gui.stage.boundary.point_mark import PointMark
from gui.state.background_tasks import Background
from gui.state.throttle import Reading

MARGIN = 0.08  # of the data's range, on each side
RING_PX = 19
NEAR_PX = 10
LINE = 80  # average characters: with less room what is pointed at takes two lines to say
MAX_POINTS = 10_000  # drawn in all; training uses all. 100,000 took 170 ms a frame
HAIR_PX = 0.1


class BoundaryView(View):
    """Probability-shaded regions, boundary lines, training and test points, mistakes ringed.

    Drawn points are edited here, on `board`.
    """

    row_chosen = Signal(int)  # a point was clicked

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self._background = background
        self._node_size, self._rest = NodeSize(), Rest()
        self._shader: Shader | None = None
        self._train = self._test = np.empty(0, dtype=np.int64)
        self._x, self._y = 0, 1
        self._at: NDArray[np.float64] = np.empty(0)
        self._threshold = HALF
        self._is_shown = np.empty(0, dtype=np.bool_)  # rows of the data set with a point on screen

        self.legend = Legend(theme)
        self.x_choice, self.y_choice = _feature_choice("x", "across"), _feature_choice("y", "up")
        self.x_choice.activated.connect(lambda _: self._choose_plane())
        self.y_choice.activated.connect(lambda _: self._choose_plane())
        self._plane_row = QWidget()
        row = QHBoxLayout(self._plane_row)
        row.setContentsMargins(0, 0, 0, 0)
        for word, choice in (("across", self.x_choice), ("up", self.y_choice)):
            row.addWidget(small_label(word))
            row.addWidget(choice)
        self.shown_points = Choice()
        self.shown_points.setAccessibleName("points shown")
        self.shown_points.setToolTip("Which points are shown; all training points train")
        self.shown_points.offer([(word, word) for word in ("all", "training", "test")], "all")
        self.shown_points.chosen.connect(lambda _: self._show_other_points())
        self._points_row = QWidget()
        row = QHBoxLayout(self._points_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(small_label("points"))
        row.addWidget(self.shown_points)

        self.plot = plots.make_plot(theme, moves_below=True)
        self.plot.setAccessibleName("Decision regions")
        self.plot.viewport().installEventFilter(self)
        self.plot.setMouseTracking(True)
        box = self.plot.getPlotItem().getViewBox()
        box.sigRangeChanged.connect(lambda *_: self._ask())
        box.setMouseEnabled(False, False)
        self._image = plots.Picture(self.plot)
        self._image.setZValue(-10)
        self._lines = plots.Line(self.plot)
        self._lines.setZValue(5)
        self._rings = pg.ScatterPlotItem(symbol="o", size=RING_PX, pxMode=True)
        self._rings.setZValue(20)
        self._scatters: list[pg.ScatterPlotItem] = []
        self.plot.addItem(self._rings)
        self.mark = PointMark(self.plot, RING_PX + 8)
        self._is_thinned = False

        self.pulls = PullArrows(self.plot, theme, background)
        self.pulls.switched.connect(self._show_other_points)
        self.hidden_lines = HiddenLines(self.plot, theme, background)
        self.board = Board(self.plot, theme)
        self.board_tools = BoardTools(self.board.radius_px, self.board.density)
        self._connect_board()

        self._pointer: QPointF | None = None  # where it is, over the plot
        self._reading = Reading()
        self._readout = Readout(1)
        self._readout.setProperty("small", True)
        self._caption = Plain()
        self._caption.setProperty("small", True)
        self._caption.setWordWrap(True)

        layout = QGridLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setVerticalSpacing(6)
        layout.addWidget(self.legend, 0, 0)
        choices = QHBoxLayout()
        choices.addWidget(self._plane_row)
        choices.addWidget(self._points_row)
        layout.addLayout(choices, 0, 1, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.board_tools, 1, 0, 1, 2)
        layout.addWidget(self.plot, 2, 0, 1, 2)
        layout.addWidget(self._readout, 3, 0, 1, 2)
        foot = QHBoxLayout()
        foot.addWidget(self._caption, 1)
        foot.addWidget(
            self.hidden_lines.box, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        )
        foot.addWidget(self.pulls.box, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        layout.addLayout(foot, 4, 0, 1, 2)
        layout.setRowStretch(2, 1)
        layout.setColumnStretch(0, 1)
        rows = self._plane_row, self._points_row, self.board_tools
        for part in (*rows, self.plot, self.hidden_lines.box, self.pulls.box):
            part.hide()  # until there is a task, which says what of it is needed
        self.show_theme()

    def _connect_board(self) -> None:
        board, tools, legend = self.board, self.board_tools, self.legend
        legend.class_chosen.connect(board.choose_class)
        legend.class_added.connect(board.add_class)
        legend.class_removed.connect(board.remove_class)
        legend.class_renamed.connect(board.rename_class)
        board.class_wanted.connect(legend.choose)
        tools.tool_chosen.connect(board.set_tool)
        tools.radius_changed.connect(board.set_radius)
        tools.density_changed.connect(board.set_density)
        tools.jittered.connect(board.jitter)
        tools.cleared.connect(board.clear)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < LINE * self._readout.fontMetrics().averageCharWidth()
        self._readout.set_lines(2 if is_narrow else 1)

    # What is shown --------------------------------------------------------------------------

    @staticmethod
    def applies_to(task: Task) -> bool:
        """A plane needs two measured features."""
        return task.source.image_shape is None and task.dataset.m >= 2

    def show_theme(self) -> None:
        plots.paint(self.plot, self.theme)
        self._lines.setPen(plots.pen(self.plot, self.theme.ink, 2))
        self._rings.setPen(plots.pen(self.plot, self.theme.ink, 1.5))
        self._rings.setBrush(None)
        self.mark.set_theme(self.theme)
        self.legend.set_theme(self.theme)
        self.board.set_theme(self.theme)

    def show_task(self, task: Task) -> None:
        if not self.applies_to(task):
            return
        self.plot.show()
        is_drawn = task.config.data.source == "drawn"
        names = list(task.dataset.feature_names)
        shown = [self.x_choice.itemText(i) for i in range(self.x_choice.count())]
        if names != shown:
            self._x, self._y = _default_plane(task)
            for choice, index in ((self.x_choice, self._x), (self.y_choice, self._y)):
                choice.clear()
                choice.addItems(names)
                choice.setCurrentIndex(index)
        self._plane_row.setVisible(len(names) > 2)
        self._points_row.setVisible(len(task.held_out_rows) > 0)
        hollow = "held out" if len(task.validation_rows) else "test"
        words = (("all", "all"), ("training", "training"), (hollow, "test"))
        self.shown_points.offer(words, self.shown_points.value())
        self.legend.show_task(task, drawing=is_drawn)
        self.board_tools.setVisible(is_drawn)
        self.plot.setCursor(Qt.CursorShape.CrossCursor if is_drawn else Qt.CursorShape.ArrowCursor)
        if self.snapshot is None:
            self._clear_picture()
            self._fall_silent()
            self.mark.forget()
        self.pulls.show_task(task, self.theme)
        self.hidden_lines.show_task(task, self.theme)
        self.show_points(task)

    def _clear_picture(self) -> None:
        self._image.clear()
        self._lines.setData([], [])
        self._rings.setData([], [])

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.status is not Status.TRAINING:
            self._rest.end()
        if self._rest.is_over():
            self._ask()
        elif self.task is not None:
            self.pulls.offer(self.task, snapshot, (self._x, self._y), self._at)
        is_live = snapshot.status is Status.TRAINING
        if self._pointer is not None and self._reading.is_due(is_live=is_live):
            self._read_out(self._pointer)

    def show_points(self, task: Task) -> None:
        self._shader = Shader(task, self.theme)
        dataset = task.dataset
        values = dataset.values()
        rows = task.train_rows if len(task.train_rows) else task.held_out_rows
        self._at = values[rows].mean(axis=0, dtype=np.float64) if len(rows) else np.zeros(dataset.m)
        self._train, self._test = task.train_rows, task.held_out_rows
        self._is_thinned = self._show_scatters(task, values)
        self.mark.keep(dataset.X, (self._x, self._y))
        self._show_axes(task, values)
        self._show_caption(task, self._is_thinned)

    def _show_scatters(self, task: Task, values: NDArray[np.float32]) -> bool:
        """Show the points of each class, in one item for training and one for test."""
        dataset = task.dataset
        every = max(1, -(-dataset.n // MAX_POINTS))
        self._is_shown = np.zeros(dataset.n, dtype=np.bool_)
        sets = ((task.train_rows, False), (task.held_out_rows, True))
        while len(self._scatters) < 2 * dataset.h:
            scatter = pg.ScatterPlotItem()
            scatter.setZValue(10)
            self.plot.addItem(scatter)
            self._scatters.append(scatter)
        for scatter in self._scatters[2 * dataset.h :]:
            scatter.clear()
        for k, mark in enumerate(dataset.class_marks):
            colour = self.theme.class_colour(mark)
            size = plots.POINT_PX * look.symbol_scale(mark)
            for i, (rows, is_test) in enumerate(sets):
                mine = rows[dataset.y[rows] == k]
                mine = mine[::every]
                is_shown = self.shown_points.value() in ("all", "test" if is_test else "training")
                mine = mine if is_shown else mine[:0]
                self._is_shown[mine] = True
                self._scatters[2 * k + i].setData(
                    x=values[mine, self._x],
                    y=values[mine, self._y],
                    symbol=look.symbol(mark),
                    size=size - 1 if is_test else size,
                    pen=plots.pen(self.plot, colour, 1.6)
                    if is_test
                    else plots.pen(self.plot, self.theme.panel, 1),
                    brush=pg.mkBrush(self.theme.panel if is_test else colour),
                )
        return every > 1

    def _show_axes(self, task: Task, values: NDArray[np.float32]) -> None:
        unit = f" ({task.dataset.unit})" if task.dataset.unit else ""
        for side, index in (("bottom", self._x), ("left", self._y)):
            plots.name_axis(self.plot, side, task.dataset.feature_names[index] + unit)
        plots.paint(self.plot, self.theme)
        if task.config.data.source == "drawn":
            x_range = y_range = drawing.RANGE
        else:
            x_range, y_range = _padded(values[:, self._x]), _padded(values[:, self._y])
        self.plot.setRange(xRange=x_range, yRange=y_range, padding=0)
        self._ask()

    def _show_caption(self, task: Task, thinned: bool) -> None:
        dataset, words = task.dataset, []
        if dataset.m > 2:
            held = [
                f"{short(name)} {self._at[j]:.3g}"
                for j, name in enumerate(dataset.feature_names)
                if j not in (self._x, self._y)
            ]
            shown = ", ".join(held[:6]) + (f" and {len(held) - 6} more" if len(held) > 6 else "")
            unit = f" {dataset.unit}" if dataset.unit else ""
            words.append(
                f"A plane through {dataset.m} features, the others held at their training means: "
                f"{shown}{unit}. A ring marks a point that the model gets wrong with all features."
            )
        if self._threshold != HALF and has_threshold(task.config.model.kind):
            words.append(
                f"The line is where p({short(dataset.class_names[1])}) = {self._threshold:.2f}, "
                "the threshold chosen under Evaluation; the colours show p itself."
            )
        if self.pulls.is_on:
            words.append(self.pulls.words())
        if task.constant_features:
            words.append(f"Constant, of no use: {', '.join(map(short, task.constant_features))}.")
        if thinned:
            words.append(
                f"Showing one in {-(-dataset.n // MAX_POINTS)} of {dataset.n:,} points; "
                "training uses all."
            )
        if task.config.data.source == "drawn":
            words.append("Right-click erases a point. Keys 1 to 9 choose a class on the board.")
        self._caption.setText("  ".join(words))
        self._caption.setVisible(bool(words))

    def _choose_plane(self) -> None:
        x, y = self.x_choice.currentIndex(), self.y_choice.currentIndex()
        if x == y:  # the one just chosen stays, the other takes its former place
            x, y = (self._y, y) if y != self._y else (x, self._x)
            self.x_choice.setCurrentIndex(x)
            self.y_choice.setCurrentIndex(y)
        self._x, self._y = x, y
        if self.task:
            self.show_points(self.task)

    def _show_other_points(self) -> None:
        if self.task:
            self.show_points(self.task)

    def point_out(self, row: int) -> None:
        """Mark the point of this row of the data set."""
        if self.task is not None and row < self.task.dataset.n:
            self.mark.mark(self.task.dataset.X, row, (self._x, self._y))

    def set_threshold(self, threshold: float) -> None:
        """Draw the line where a neuron's probability is this; the neuron's own is ½."""
        self._threshold = threshold
        if self.task is not None and self.applies_to(self.task):
            self._show_caption(self.task, self._is_thinned)
            self._is_stale = not self.isVisible()  # it is asked for when it is seen
            self._ask()

    # Shading, on the background thread --------------------------------------------------------

    def _ask(self) -> None:
        """Ask for the picture of the newest snapshot, in the visible range."""
        task, snapshot = self.task, self.snapshot
        if task is None or snapshot is None or self._shader is None or not self.isVisible():
            return
        self.pulls.offer(task, snapshot, (self._x, self._y), self._at)
        if not snapshot.params.W.any() and not snapshot.params.b.any():
            self._background.forget("boundary")
            self._clear_picture()  # with zero weights all classes tie: there is nothing to show
            return
        (x0, x1), (y0, y1) = self.plot.getPlotItem().getViewBox().viewRange()
        plane = Plane(self._x, self._y, (x0, x1), (y0, y1), tuple(self._at))
        size = self.plot.getPlotItem().getViewBox().size()
        node_px = STILL_PX
        if snapshot.status is Status.TRAINING:
            node_px = self._node_size.px
        self.hidden_lines.offer(task, snapshot, plane)
        columns = max(2, int(size.width() / node_px))
        rows = max(2, int(size.height() / node_px))
        work = self._shader.work(snapshot, plane, columns, rows, self._threshold)
        self._background.ask("boundary", work, self._show_shading)

    def _show_shading(self, picture: Shading) -> None:
        """Show the picture; what looks as before is not painted again."""
        if self.task is None or self.snapshot is None or picture.run != self.snapshot.run:
            return
        if self.snapshot.status is Status.TRAINING:
            self._node_size.learn(picture.seconds)
        plane = picture.plane
        if (plane.x, plane.y) != (self._x, self._y):
            return
        rows, columns = picture.image.shape[:2]
        (x0, x1), (y0, y1) = plane.x_range, plane.y_range
        half_x, half_y = (x1 - x0) / (columns - 1) / 2, (y1 - y0) / (rows - 1) / 2
        is_live = self.snapshot.status is Status.TRAINING
        looks_different = self._image.show_image(  # nodes are the centres of the image's pixels
            picture.image,
            QRectF(x0 - half_x, y0 - half_y, x1 - x0 + 2 * half_x, y1 - y0 + 2 * half_y),
            HAIR if is_live else 0,
        )
        gap = np.full((1, 2), np.nan)
        joined = np.concatenate([gap, *(part for line in picture.lines for part in (line, gap))])
        if not self._is_in_sight_already(joined):
            self._lines.setData(joined[:, 0], joined[:, 1])
            looks_different = True
        values = self.task.dataset.X
        if len(picture.wrong_train) != len(self._train) or len(picture.wrong_test) != len(
            self._test
        ):
            return  # of points that have changed since; a newer picture is under way
        wrong = np.concatenate([self._train[picture.wrong_train], self._test[picture.wrong_test]])
        wrong = wrong[self._is_shown[wrong]]
        x, y = values[wrong, self._x], values[wrong, self._y]
        ringed = self._rings.getData()
        if not (np.array_equal(x, ringed[0]) and np.array_equal(y, ringed[1])):
            self._rings.setData(x=x, y=y)
            looks_different = True
        self._rest.learn(looks_different)

    def _is_in_sight_already(self, joined: NDArray[np.float64]) -> bool:
        """Return whether these points (n, 2) are those of the lines shown, but for a hair."""
        shown = np.stack(self._lines.getData(), axis=1)
        if shown.shape != joined.shape:
            return False
        hair = HAIR_PX * np.array(self.plot.getPlotItem().getViewBox().viewPixelSize())
        return bool((np.isnan(joined) | (np.abs(joined - shown) < hair)).all())

    # Mouse ----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.plot.viewport() and isinstance(event, QMouseEvent):
            kind = event.type()
            if kind == QEvent.Type.MouseMove:
                self._pointer = event.position()
                self._read_out(self._pointer)
            elif kind == QEvent.Type.MouseButtonPress and not self.board.is_active:
                self._pick(event.position())
        elif watched is self.plot.viewport() and event.type() == QEvent.Type.Leave:
            self._pointer = None
            self._fall_silent()
        return super().eventFilter(watched, event)

    def _place(self, position: QPointF) -> tuple[float, float] | None:
        """Return the place in the plane under this position of the plot's viewport, if any."""
        box = self.plot.getPlotItem().getViewBox()
        scene = self.plot.mapToScene(position.toPoint())
        if not box.sceneBoundingRect().contains(scene):
            return None
        point = box.mapSceneToView(scene)
        return point.x(), point.y()

    def _nearest(self, place: tuple[float, float]) -> int | None:
        """Return the row of the point that is drawn within reach of the place, if any."""
        if self.task is None or self.task.dataset.n == 0:
            return None
        px, py = self.plot.getPlotItem().getViewBox().viewPixelSize()
        values = self.task.dataset.X
        distance = np.hypot(
            (values[:, self._x] - place[0]) / px, (values[:, self._y] - place[1]) / py
        )
        row = int(distance.argmin())
        return row if distance[row] <= NEAR_PX else None

    def _pick(self, position: QPointF) -> None:
        """Choose the point under the pointer, for the other views too."""
        place = self._place(position)
        row = self._nearest(place) if place is not None else None
        if row is not None:
            self.point_out(row)
            self.row_chosen.emit(row)

    def _fall_silent(self) -> None:
        """Take the words about the pointer's place away, and those that are under way."""
        self._background.forget("hover")
        self._readout.setText("")

    def _read_out(self, position: QPointF) -> None:
        """Say what is under the pointer: the place, the model's answer, the point."""
        place = self._place(position)
        task, snapshot = self.task, self.snapshot
        if place is None or task is None:
            self._fall_silent()
            return
        names, unit = task.dataset.feature_names, task.dataset.unit
        classes = task.dataset.class_names
        words = [
            f"{short(names[self._x])} {place[0]:.2f} {unit}",
            f"{short(names[self._y])} {place[1]:.2f} {unit}",
        ]
        row = self._nearest(place)
        if row is not None:
            words.append(f"{task.say_row(row)}, {short(classes[task.dataset.y[row]])}")
        text = " · ".join(word.strip() for word in words)
        if snapshot is None:
            self._readout.setText(text)
            return
        at = self._at.copy()
        at[[self._x, self._y]] = place
        params = snapshot.params

        def work() -> Any:
            from core.explain import probe  # brings PyTorch

            return probe.probabilities(task, params, at[None])[0]

        def answer(shares: NDArray[np.float32]) -> None:
            order = np.argsort(-shares)[: 3 if row is None else 2]
            best = ", ".join(f"{short(classes[k])} {shares[k]:.1%}" for k in order)
            self._readout.setText(f"{text}  →  {best}")

        self._background.ask("hover", work, answer)


def _default_plane(task: Task) -> tuple[int, int]:
    """The features that the data set likes best, else the first two."""
    names = task.dataset.feature_names
    liked = [names.index(name) for name in task.source.preferred_features if name in names]
    x, y = (liked + [j for j in range(len(names)) if j not in liked])[:2]
    return x, y


def _padded(values: NDArray[np.float32]) -> tuple[float, float]:
    if len(values) == 0:
        return drawing.RANGE
    low, high = float(values.min()), float(values.max())
    margin = (high - low) * MARGIN or max(abs(low), 1.0)
    return low - margin, high + margin


def _feature_choice(axis: str, where: str) -> Combo:
    choice = Combo()
    choice.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
    choice.setAccessibleName(f"feature {where}")
    choice.setToolTip(f"The feature that goes {where} ({axis} axis)")
    return choice
