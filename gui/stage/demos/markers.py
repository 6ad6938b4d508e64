"""Many markers of one class as a single path, which Qt fills without a Python loop."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath

from core.teach.illustrations import Reals
from gui.kit import theme as look

CIRCLE = np.linspace(0, 2 * np.pi, 14, endpoint=False)
HOLE = 0.66  # width of the hole relative to a hollow marker
ARM, RIM = 0.17, 0.11  # of a cross: half the arm width; width of the rim around its hole


def markers(at: Reals, mark: int, px: float, *, is_hollow: bool = False) -> QPainterPath:
    """Return one path with a marker at each position.

    at : positions in pixels, (n, 2).
    mark, px : number of the marker and its width in pixels.

    A hollow marker is filled between two outlines of opposite direction: strokes take four times
    as long to paint.
    """
    width = px * look.symbol_scale(mark)
    outer, inner = _outlines(look.symbol(mark))
    outlines = [outer * width, inner[::-1] * width] if is_hollow else [outer * width]
    closed = [np.vstack([line, line[:1]]) for line in outlines]
    joins = np.concatenate([np.arange(len(line)) < len(line) - 1 for line in closed])
    corners = (at[:, None] + np.concatenate(closed)[None]).reshape(-1, 2)
    path: QPainterPath = pg.arrayToQPath(
        corners[:, 0], corners[:, 1], connect=np.tile(joins, len(at)).astype(np.int32)
    )
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


@lru_cache
def _outlines(symbol: str) -> tuple[Reals, Reals]:
    """Return the corners of a marker of width 1 at the origin and of its hole, each (k, 2)."""
    if symbol in "+x":  # pyqtgraph's crosses are too thin for a hole
        outer, inner = _cross(0.5, ARM), _cross(0.5 - RIM, ARM - RIM)
        turn = np.sqrt(0.5) * np.array([[1, 1], [-1, 1]]) if symbol == "x" else np.eye(2)
        return outer @ turn, inner @ turn
    if symbol == "o":
        outer = np.stack([np.cos(CIRCLE), np.sin(CIRCLE)], axis=1) / 2
    else:
        polygon = Symbols[symbol].toSubpathPolygons()[0]
        outer = np.array([(p.x(), p.y()) for p in polygon])[:-1]  # the last repeats the first
    return outer, outer * HOLE


def _cross(reach: float, arm: float) -> Reals:
    """Return the corners, (12, 2), of an upright cross of half-width reach and half-arm arm."""
    r, a = reach, arm
    quarter = np.array([[r, -a], [r, a], [a, a]])
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    return np.concatenate([quarter @ np.linalg.matrix_power(turn, k) for k in range(4)])
