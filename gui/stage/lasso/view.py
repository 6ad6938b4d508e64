"""Weights at the lowest loss against λ₁, with a slider of λ₁ and the weights that are left."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.data.shown_names import shown_classes, shown_inputs
from core.data.task import Task
from core.language import mark, tr
from core.model_family import output_names
from core.number_format import format_integer, format_plain, format_signed, format_superscript
from core.train.snapshot import Snapshot
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.axes import Axis, ValueAxis
from gui.kit.described import tell
from gui.kit.fields import kept
from gui.kit.fields.unscrolled import Slider
from gui.kit.labels import Readout
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.lasso.lines import LineKey, PathLines
from gui.state.background_tasks import Background, Queue

if TYPE_CHECKING:  # it imports PyTorch
    from core.explain.lasso_path import LassoPath, PathSolver

KEY = "lasso path"
STEPS = 39  # of the slider: one for each λ₁ of the path after the first
MOST_LISTED = 12
LETTERS = 48  # average characters: in less width the words need two lines
NARROW_PX = 480  # width at 100 % below which picture and list are not beside each other
WAIT = mark("Finding the weights for each λ₁ …")
TIP = mark("The penalty λ₁ for which the weights are shown; the run keeps its own")


class PowerAxis(Axis):
    """Horizontal axis of logarithms to base 10, labelled by the powers themselves."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        return [(1.0, 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"10{format_superscript(round(value))}" for value in values]


class SignedAxis(ValueAxis):
    """Vertical axis of values of both signs."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        return super().tickSpacing(min(low, 0.0) - low, high - low, size)

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        digits = max(0, math.ceil(-math.log10(spacing or 1.0) - 1e-9))
        return [format_signed(value, digits) if value else "0" for value in values]


class LassoView(View):
    """The path of a task, found step by step in the background while the view is visible."""

    l1_wanted = Signal(float)  # λ₁ that the run should have

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self._background = background
        self._asked: tuple[Task, float] | None = None  # task and λ whose path is shown
        self._solver: PathSolver | None = None  # used by the background's thread alone
        self.path: LassoPath | None = None
        axes = {"bottom": PowerAxis(), "left": SignedAxis()}
        self.plot = plots.make_plot(theme, moves_below=False, axes=axes)
        self.plot.setAccessibleName(tr("Weights against λ₁"))
        tell(self.plot, tr(WAIT))
        self.plot.getPlotItem().showGrid(y=True, alpha=0.35)
        self.plot.setMouseEnabled(x=False, y=False)
        self._lines, self.key = PathLines(self.plot), LineKey()
        self._here = plots.Line(self.plot)
        plots.name_axis(self.plot, "bottom", "λ₁")
        plots.name_axis(self.plot, "left", tr("weight"))
        self.slider = Slider()
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(6)
        self.slider.setValue(STEPS // 2)
        self.slider.setAccessibleName(tr("λ₁ of the weights shown"))
        self.slider.setToolTip(tr(TIP))
        self.slider.valueChanged.connect(self._show_here)
        self.words = Readout(1)
        self.words.setAccessibleName(tr("weights that are left"))
        self.list = Plain()
        self.list.setAccessibleName(tr("the largest weights that are left"))
        self.list.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.button = QPushButton(tr("Train with this λ₁"))
        self.button.setToolTip(tr("Give the run this λ₁; Space trains on with it"))
        self.button.clicked.connect(self._want)
        self.absence = Plain()
        self.absence.setWordWrap(True)
        self.absence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.show_theme()

    def _lay_out(self) -> None:
        self._shown = QWidget()
        picture = QVBoxLayout()
        picture.addWidget(self.secondary(self.key))
        picture.addWidget(self.plot, 1)
        picture.addWidget(self.words)
        row = QHBoxLayout()
        row.addWidget(QLabel("λ₁"))
        row.addWidget(self.slider, 1)
        row.addWidget(self.button)
        add_layout(picture, row)
        self._both = both = QHBoxLayout(self._shown)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(2 * look.GRID)
        add_layout(both, picture, 3)
        both.addWidget(self.secondary(self.list), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.addWidget(self._shown, 1)
        layout.addWidget(self.absence, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the list under the picture where both have no room beside each other."""
        super().resizeEvent(event)
        is_narrow = self.width() < zoom.px(NARROW_PX)
        ways = QBoxLayout.Direction
        self._both.setDirection(ways.TopToBottom if is_narrow else ways.LeftToRight)
        self._both.setStretch(1, int(not is_narrow))
        letter = self.words.fontMetrics().averageCharWidth()
        self.words.set_lines(2 if self.width() < LETTERS * letter else 1)

    # What is shown ------------------------------------------------------------------------------

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        return {"λ₁": kept.slider(self.slider)}

    def show_theme(self) -> None:
        plots.paint(self.plot, self.theme)
        self._here.setPen(plots.pen(self.plot, self.theme.ink, 1, Qt.PenStyle.DashLine))
        self._lines.set_theme(self.theme)

    def show_task(self, task: Task) -> None:
        self.key.show_task(task, self.theme)
        if self.snapshot is None:  # else the same run in other colours or sizes
            self._begin(None)
        self.show_points(task)

    def show_points(self, task: Task) -> None:
        """Show why there is no path, where the points allow none."""
        if task.obstacle:
            self._begin(None)
            self._show_absence(task.obstacle)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        wanted = snapshot.task, snapshot.settings.l2
        self.button.setEnabled(self.path is not None and not snapshot.settings.rule.is_second_order)
        if self._asked is None or self._asked[0] is not wanted[0] or self._asked[1] != wanted[1]:
            self._begin(wanted)

    def _begin(self, wanted: tuple[Task, float] | None) -> None:
        self._background.forget(KEY)
        self._asked, self._solver, self.path = wanted, None, None
        self._clear()
        self._show_absence(tr(WAIT))
        if wanted is not None:
            self._ask()

    def _clear(self) -> None:
        """Forget what is shown: it is of another run."""
        self._lines.clear()
        self._here.setData([], [])
        self.words.setText("")
        self.list.setText("")
        tell(self.plot, tr(WAIT))

    def _show_absence(self, text: str) -> None:
        self.absence.setText(text)
        self.absence.setVisible(bool(text))
        self._shown.setVisible(not text)

    def _ask(self) -> None:
        asked, solver = self._asked, self._solver
        if asked is None:
            return

        def work() -> tuple[PathSolver, LassoPath] | str:
            from core.explain import lasso_path

            task, decay = asked
            if words := lasso_path.obstacle(task):
                return words
            going_on = solver or lasso_path.PathSolver(task, decay)
            return going_on, going_on.go_on()

        def answer(found: tuple[PathSolver, LassoPath] | str) -> None:
            if self._asked is not asked:
                return
            if isinstance(found, str):
                self._show_absence(found)
                return
            self._solver, path = found
            self._show_path(path)
            if not path.is_whole and self.isVisible():
                self._ask()

        def failed(error: BaseException) -> None:
            self._show_absence(tr("The path could not be found: {error}", error=error))

        self._background.ask(KEY, work, answer, failed, Queue.STUDIES)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self.path is not None and not self.path.is_whole:
            self._ask()

    def _show_path(self, path: LassoPath) -> None:
        is_first, self.path = self.path is None, path
        if is_first and self.task is not None:
            self._lines.make(self.task, self.theme)
            self._show_absence("")
            if self.snapshot is not None:
                self.button.setEnabled(not self.snapshot.settings.rule.is_second_order)
        x = np.log10(path.l1)
        self._lines.show(x, path.W)
        box = self.plot.getPlotItem().getViewBox()
        low, high = float(path.W.min()), float(path.W.max())
        margin = 0.05 * max(high - low, 1e-9)
        box.setRange(
            xRange=(x[0] - 3, x[0]), yRange=(low - margin, high + margin), padding=0, update=True
        )
        self._show_here()

    @property
    def index(self) -> int:
        """The index of the λ₁ that is shown, in the path."""
        assert self.path is not None
        return min(STEPS - self.slider.value(), len(self.path.l1) - 1)

    def _show_here(self) -> None:
        path, task = self.path, self.task
        if path is None or task is None:
            return
        at = self.index
        W, l1 = path.W[at], path.l1[at]
        (low, high) = self.plot.getPlotItem().getViewBox().viewRange()[1]
        self._here.setData([math.log10(l1)] * 2, [low, high])
        left = int(np.count_nonzero(W))
        said = tr(
            "λ₁ = {l1}: {left} of {all} weights are left",
            l1=format_plain(l1, 3),
            left=format_integer(left),
            all=format_integer(W.size),
        )
        self.words.setText(said if path.is_whole else f"{said} …")
        largest = _describe_largest(task, W)
        self.list.setText(largest)
        said = f"{self.words.text()}. {largest}" if largest else self.words.text()
        tell(self.plot, said.replace("\n", "; "))

    def _want(self) -> None:
        if self.path is not None:
            self.l1_wanted.emit(float(f"{self.path.l1[self.index]:.3g}"))


def _describe_largest(task: Task, W: np.ndarray) -> str:
    """Return a line for each of the largest weights that are not 0."""
    names = output_names(task.config.model.kind, shown_classes(task.dataset))
    inputs, lines = shown_inputs(task), []
    order = np.argsort(-np.abs(W), axis=None, kind="stable")
    for index in order[:MOST_LISTED].tolist():
        k, j = divmod(index, W.shape[1])
        if not W[k, j]:
            break
        to = f" → {names[k]}" if len(W) > 1 else ""
        lines.append(f"{format_signed(W[k, j], 3)}  {inputs[j]}{to}")
    more = int(np.count_nonzero(W)) - len(lines)
    return "\n".join(
        [*lines, *([tr("… and {more} more", more=format_integer(more))] if more else [])]
    )
