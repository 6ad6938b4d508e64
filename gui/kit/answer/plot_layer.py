"""A layer over a plot on which a person answers: by a click, by a line or by a curve.

All is in the units of the plot's axes, (k, 2) arrays of x and y. While it takes an answer, the
mouse and the keys that it names belong to it; what the plot does otherwise rests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLayout, QVBoxLayout

from core.language import mark, tr
from gui.kit import plots
from gui.kit.plain_text import Plain, first_sentence
from gui.kit.theme import Theme

Floats = NDArray[np.float64]
Kind = Literal["click", "boundary", "curve"]

HINTS: dict[Kind, str] = {
    "click": mark(
        "Click where you expect it. By keys: arrows move the mark, Return takes it. Esc leaves."
    ),
    "boundary": mark(
        "Draw the boundary that you expect. By keys: 1 and 2 choose an end, arrows move "
        "it. Return checks it, Ctrl+Z undoes, Esc leaves."
    ),
    "curve": mark(
        "Draw the loss that you expect, from left to right. By keys: ← → choose a point, "
        "↑ ↓ move it. Return trains, Ctrl+Z undoes, Esc leaves."
    ),
}
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ENDS = {Qt.Key.Key_1: 0, Qt.Key.Key_2: 1}
MOVE, FINE = 0.025, 0.005  # of what is seen, for an arrow; with Shift
KNOTS = 6  # of a curve that is made by keys
LEAST = 0.004  # of what is seen: a pen that moves by less has not moved
MARK_PX, TRUTH_PX, LINE_PX = 14, 22, 3
Z = 40  # above all that a plot shows


class AnswerLayer(QObject):
    """Takes strokes, or a spot, and shows them beside the truth until it is cleared.

    hint : says how; who makes the layer places it above the plot.
    """

    given = Signal(object)  # (1, 2): the spot that was clicked
    changed = Signal()  # what is drawn
    taken = Signal()  # Return: what is drawn is the answer
    left = Signal()  # Esc

    def __init__(self, plot: plots.Plot, theme: Theme) -> None:
        super().__init__(plot)
        self._plot, self._viewport = plot, plot.viewport()
        self._box = plot.getPlotItem().getViewBox()
        self._kind: Kind | None = None
        self._is_slide = False
        self._strokes: list[Floats] = []
        self._pen: list[tuple[float, float]] | None = None  # while the button is down
        self._knots: Floats | None = None  # of a line that is made by keys
        self._knot = 0
        self._truth: tuple[Floats, ...] = ()
        self.hint = Plain()
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setAccessibleName(tr("how to answer on the plot"))
        self.hint.hide()
        self._line, self._true_line = pg.PlotCurveItem(), pg.PlotCurveItem(connect="finite")
        self._marks, self._true_marks = pg.ScatterPlotItem(), pg.ScatterPlotItem(symbol="o")
        for item in (self._true_line, self._true_marks, self._line, self._marks):
            item.setZValue(Z)
            plot.addItem(item, ignoreBounds=True)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        plot, dash = self._plot, Qt.PenStyle.DashLine
        self._line.setPen(plots.pen(plot, theme.ink, LINE_PX, dash))
        self._true_line.setPen(plots.pen(plot, theme.accent, LINE_PX))
        self._marks.setPen(plots.pen(plot, theme.ink, 2))
        self._marks.setBrush(pg.mkBrush(theme.panel))
        self._marks.setSize(plots.marker_px(MARK_PX))
        self._true_marks.setPen(plots.pen(plot, theme.accent, LINE_PX))
        self._true_marks.setBrush(None)
        self._true_marks.setSize(plots.marker_px(TRUTH_PX))
        self.hint.setStyleSheet(
            f"color: {theme.ink}; background: {theme.selected}; padding: 4px 8px;"
            f" border: 1px solid {theme.accent}; border-radius: 4px"
        )

    # What is asked --------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether it takes an answer."""
        return self._kind is not None

    @property
    def drawn(self) -> Floats | None:
        """The newest stroke, or the spot; None if there is none."""
        return self._strokes[-1] if self._strokes else None

    @property
    def truth(self) -> tuple[Floats, ...]:
        """The lines and spots that are shown beside it."""
        return self._truth

    def open(self, kind: Kind) -> None:
        """Take an answer of this kind; what was drawn before stays."""
        if not self.is_open:
            self._viewport.installEventFilter(self)
            self._plot.installEventFilter(self)
        self._kind = kind
        self._tell()
        self._plot.setFocus()

    def present(self, is_on: bool) -> None:
        """Say only what to do, and not by which keys, as on a slide; or all of it again."""
        self._is_slide = is_on
        if self.is_open:
            self._tell()

    def _tell(self) -> None:
        if self._kind is not None:
            words = tr(HINTS[self._kind])
            self._say(first_sentence(words) if self._is_slide else words)

    def close(self, words: str = "") -> None:
        """Take no more; what is drawn stays, with these words over the plot."""
        if self.is_open:
            self._viewport.removeEventFilter(self)
            self._plot.removeEventFilter(self)
        self._kind = self._pen = self._knots = None
        self._say(words)
        self._show()

    def clear(self) -> None:
        """Take no more, and show nothing."""
        self._strokes, self._truth = [], ()
        self.close()

    def undo(self) -> None:
        """Take the newest stroke away."""
        if self._strokes:
            self._strokes.pop()
            self._knots = None
            self._show()
            self.changed.emit()

    def show_truth(self, lines: Sequence[Floats]) -> None:
        """Show these lines, or spots of a single point each, beside what was drawn."""
        self._truth = tuple(lines)
        self._show()

    def _say(self, words: str) -> None:
        self.hint.setText(words)
        self.hint.setVisible(bool(words))

    def _show(self) -> None:
        drawn = np.empty((0, 2)) if self.drawn is None else self.drawn
        is_line = len(drawn) > 1
        self._line.setData(*(drawn.T if is_line else np.empty((2, 0))))
        knots = drawn if not is_line else np.empty((0, 2))
        if self._knots is not None and is_line:
            knots = self._knots
        symbols = [
            "x" if not is_line else "o" if k != self._knot else "s" for k in range(len(knots))
        ]
        self._marks.setData(x=knots[:, 0], y=knots[:, 1], symbol=symbols or "x")
        gap = np.full((1, 2), np.nan)
        lines = [part for line in self._truth if len(line) > 1 for part in (line, gap)]
        self._true_line.setData(*np.concatenate([gap, *lines]).T)
        spots = np.concatenate([np.empty((0, 2)), *(s for s in self._truth if len(s) == 1)])
        self._true_marks.setData(x=spots[:, 0], y=spots[:, 1])

    # Mouse ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and watched is self._plot:
            return self._key(event)
        if isinstance(event, QMouseEvent) and watched is self._viewport:
            self._mouse(event)
            return True
        return False

    def _mouse(self, event: QMouseEvent) -> None:
        kind, spot = event.type(), self._spot(event.position())
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._plot.setFocus()
            self._knots = None
            if self._kind == "click":
                self._put(np.array([spot]), is_new=not self._strokes)
                self.given.emit(np.array([spot]))
            else:
                self._pen = [spot]
        elif kind == QEvent.Type.MouseMove and self._pen is not None:
            if np.abs(np.subtract(spot, self._pen[-1]) / np.array(self.size)).max() < LEAST:
                return
            self._pen.append(spot)
            self._put(np.array(self._pen), is_new=len(self._pen) == 2)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._pen = None

    def _spot(self, position: QPointF) -> tuple[float, float]:
        point = self._box.mapSceneToView(self._plot.mapToScene(position.toPoint()))
        (x0, x1), (y0, y1) = self._box.viewRange()
        return min(max(point.x(), x0), x1), min(max(point.y(), y0), y1)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of what is seen."""
        (x0, x1), (y0, y1) = self._box.viewRange()
        return x1 - x0, y1 - y0

    def _put(self, stroke: Floats, *, is_new: bool) -> None:
        """Show a stroke: a new one, or the newest as it is now."""
        if not is_new and self._strokes:
            self._strokes.pop()
        self._strokes.append(stroke)
        self._show()
        self.changed.emit()

    # Keys -----------------------------------------------------------------------------------------

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        is_undo = event.matches(QKeySequence.StandardKey.Undo) or key == Qt.Key.Key_Backspace
        is_end = key in ENDS and self._kind == "boundary"
        if not (key in (*ARROWS, *TAKES, Qt.Key.Key_Escape) or is_undo or is_end):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # before it is a shortcut of the window
            return True
        if event.type() != QEvent.Type.KeyPress:
            return True
        if is_undo:
            self.undo()
        elif is_end:
            self._knot = ENDS[key]
            self._show()
        elif key in ARROWS:
            is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move(*ARROWS[key], FINE if is_fine else MOVE)
        elif key == Qt.Key.Key_Escape:
            self.close()
            self.left.emit()
        elif self.drawn is not None:
            if self._kind == "click":
                self.given.emit(self.drawn)
            else:
                self.taken.emit()
        return True

    def _move(self, across: int, up: int, share: float) -> None:
        """Move the mark or a knot by a share of what is seen; a curve's arrows choose its knot."""
        is_first = self._knots is None
        if is_first:
            self._knots, self._knot = self._knots_at_first(), 0
        assert self._knots is not None
        if self._kind == "curve" and across:
            self._knot = min(max(self._knot + across * (not is_first), 0), KNOTS - 1)
        else:
            (x0, x1), (y0, y1) = self._box.viewRange()
            moved = self._knots.copy()
            moved[self._knot] += np.array([across, up]) * share * np.array(self.size)
            self._knots = moved.clip([x0, y0], [x1, y1])
        self._put(self._knots, is_new=is_first and (self._kind != "click" or not self._strokes))

    def _knots_at_first(self) -> Floats:
        """Return the mark where it is, or a line across the middle of what is seen."""
        low, size = np.array(self._box.viewRange())[:, 0], np.array(self.size)
        if self._kind == "click":
            return low + size[None] / 2 if self.drawn is None else self.drawn
        if self._kind == "boundary":
            return np.asarray(low + np.array([[0.2, 0.5], [0.8, 0.5]]) * size)
        shares = np.linspace(0, 1, KNOTS)
        knots: Floats = low + np.stack([shares, np.full(KNOTS, 0.5)], axis=1) * size
        return knots


def layer_over(plot: plots.Plot, theme: Theme, rows: QLayout | None) -> AnswerLayer:
    """Return a new layer over a plot; its hint is put above the plot, in the rows that hold both.

    rows : the layout from top to bottom that holds the plot.
    """
    layer = AnswerLayer(plot, theme)
    assert isinstance(rows, QVBoxLayout)
    rows.insertWidget(rows.indexOf(plot), layer.hint)
    return layer
