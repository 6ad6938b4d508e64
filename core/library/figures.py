"""Figures of runs: curves, confusion, weights, decision regions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.class_colours import CLASS_COLOURS
from core.errors import DataError
from core.library.figure import (
    GRID,
    INK,
    MUTED,
    Box,
    Dot,
    Figure,
    Line,
    Picture,
    Point,
    Shape,
    Words,
)
from core.library.prediction import Part, evaluate
from core.library.run import Run
from core.model_family import output_names
from core.number_format import format_plain
from core.runs.run_record import short_names

FRAME = (56.0, 34.0, 280.0, 190.0)  # left, top, width, height of a plot
STRIDE = 376.0  # from one plot to the next
POINTS = 600  # most entries of a curve that are drawn
POSITIVE, NEGATIVE = (23, 99, 166), (186, 65, 13)  # the accent and the counter-accent
MOST_SHOWN = 20  # outputs or inputs
GRID_SIDE = 180  # nodes of decision regions, across and up
LONGEST = 18  # letters of a name


@dataclass(frozen=True)
class Axes:
    """A plot's frame, and the ranges of its values."""

    left: float
    top: float
    width: float
    height: float
    x_range: Point
    y_range: Point

    def place(self, x: float, y: float) -> Point:
        """Return where a value lies on the page."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        across = (x - x0) / (x1 - x0) * self.width
        return self.left + across, self.top + self.height - (y - y0) / (y1 - y0) * self.height

    def shapes(self, title: str, x_name: str, y_name: str = "") -> list[Shape]:
        """Return title, ticks and their lines."""
        bottom = self.top + self.height
        made: list[Shape] = [Words(self.left, self.top - 16, title, 12)]
        for value in ticks(*self.y_range):
            _, y = self.place(self.x_range[0], value)
            made.append(Line(((self.left, y), (self.left + self.width, y)), GRID, 0.8))
            text = format_plain(value, 6)
            made.append(Words(self.left - 6, y, text, 10, MUTED, "end"))
        for value in ticks(*self.x_range):
            x, _ = self.place(value, self.y_range[0])
            text = f"{value:,.0f}" if float(value).is_integer() else format_plain(value, 6)
            made.append(Words(x, bottom + 12, text, 10, MUTED, "middle"))
        middle = self.left + self.width / 2
        made.append(Words(middle, bottom + 30, x_name, 10, MUTED, "middle"))
        if y_name:
            made.append(Words(self.left + self.width, self.top - 16, y_name, 10, MUTED, "end"))
        return made


def ticks(low: float, high: float) -> list[float]:
    """Return four to eight round numbers from `low` to `high`, which is larger."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * f for f in (1, 2, 5, 10) if power * f >= rough)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def curves(*runs: Run) -> Figure:
    """Return loss and accuracy against the step; of test rows dashed. Several runs are compared.

    Raises DataError without a run.
    """
    if not runs:
        raise DataError("curves needs a run.")
    names = short_names([run.name for run in runs])
    shapes: list[Shape] = []
    for k, what in enumerate(("loss", "accuracy")):
        series = [
            (each, part, run.trainer.history.curves())
            for each, run in enumerate(runs)
            for part in ("train", "test")
        ]
        drawn = [
            (each, part, found.step, getattr(found, f"{part}_{what}"))
            for each, part, found in series
        ]
        left, top, width, height = FRAME
        last = max(1, *(int(step[-1]) for _, _, step, _ in drawn if len(step)))
        values = np.concatenate([y[np.isfinite(y)] for *_, y in drawn])
        high = 1.0 if what == "accuracy" else max(float(values.max(initial=0)), 1e-9)
        axes = Axes(left + k * STRIDE, top, width, height, (0, last), (0, high))
        shapes += axes.shapes(what, "step")
        for each, part, step, y in drawn:
            shapes += _curve(axes, step, y, CLASS_COLOURS[each % 10], is_dashed=part == "test")
    y = FRAME[1] + FRAME[3] + 58
    for each, name in enumerate(names):
        colour = CLASS_COLOURS[each % 10]
        shapes += [
            Line(((FRAME[0], y), (FRAME[0] + 24, y)), colour),
            Words(FRAME[0] + 32, y, f"{name}; training, and test dashed", 10, MUTED),
        ]
        y += 16
    return Figure("Loss and accuracy: " + "; ".join(names), 2 * STRIDE, y + 4, tuple(shapes))


def _curve(
    axes: Axes, step: NDArray[np.int64], y: NDArray[np.float64], colour: str, *, is_dashed: bool
) -> list[Shape]:
    """Return a curve in at most POINTS entries, its first and last among them; none if unknown."""
    known = np.flatnonzero(np.isfinite(y))
    if not len(known):
        return []
    chosen = known[np.unique(np.linspace(0, len(known) - 1, POINTS).round().astype(int))]
    points = tuple(axes.place(float(step[i]), float(y[i])) for i in chosen)
    return [Line(points, colour, 1.6, is_dashed)]


def confusion(run: Run, part: Part = "test") -> Figure:
    """Return how many rows of each class, by line, were taken for each, by column.

    Raises DataError where there are no such rows.
    """
    found = evaluate(run, part)
    h = len(found.class_names)
    side = max(22.0, min(56.0, 420.0 / h))
    left, top = 130.0, 60.0
    most = max(int(found.counts.max()), 1)
    shapes: list[Shape] = [Words(12, 16, f"{part} rows: true class by line, answer by column", 11)]
    for i, name in enumerate(found.class_names):
        y = top + (i + 0.5) * side
        shapes.append(Words(left - 8, y, _short(name), 10, INK, "end"))
        column = str(i) if h > 6 else _short(name, 10)
        shapes.append(Words(left + (i + 0.5) * side, top - 12, column, 10, MUTED, "middle"))
        for j, count in enumerate(found.counts[i].tolist()):
            tint = POSITIVE if i == j else NEGATIVE
            shade = _mix(tint, math.sqrt(count / most) * (0.75 if i == j else 0.6))
            shapes.append(Box(left + j * side, top + i * side, side - 1, side - 1, _hex(shade)))
            if count:
                dark = "#FFFFFF" if sum(shade) < 380 else INK
                size = min(11.0, side / 2.4)
                place = left + (j + 0.5) * side, y
                shapes.append(Words(*place, f"{count:,}", size, dark, "middle"))
    title = f"Confusion on {found.rows:,} {part} rows, accuracy {found.accuracy:.1%}"
    shapes.append(Words(12, top + h * side + 18, title, 10, MUTED))
    return Figure(title, max(left + h * side + 20, 360), top + h * side + 34, tuple(shapes))


def weights(run: Run) -> Figure:
    """Return the weights: a signed picture for each output of pictures, else bars by input.

    Blue speaks for, red against; with a hidden layer they are those of its units.
    """
    task, params = run.task, run.params
    W = params.W if params.hidden is None else params.hidden.V
    names = output_names(task.config.model.kind, task.dataset.class_names)
    if params.hidden is not None:
        names = tuple(f"unit {k + 1}" for k in range(len(W)))
    shape = task.dataset.image_shape
    if shape is not None and W.shape[1] == math.prod(shape):
        return _pictures(W[:MOST_SHOWN], names, shape)
    return _bars(W[:MOST_SHOWN], names, task.input_names)


def _pictures(W: NDArray[np.float32], names: Sequence[str], shape: tuple[int, int]) -> Figure:
    side, gap, columns = 96.0, 14.0, min(len(W), 5)
    most = float(np.abs(W).max()) or 1.0
    shapes: list[Shape] = []
    for k, row in enumerate(W):
        x = gap + (k % columns) * (side + gap)
        y = 26 + (k // columns) * (side + 32)
        shares = (row / most).reshape(shape)
        shapes.append(Words(x, y - 10, _short(names[k]), 10))
        shapes.append(Picture(x, y, side, side * shape[0] / shape[1], _signed(shares)))
    rows = -(-len(W) // columns)
    size = gap + columns * (side + gap), 26 + rows * (side + 32)
    return Figure(f"Weights of {len(W)} outputs; blue for, red against", *size, tuple(shapes))


def _bars(W: NDArray[np.float32], names: Sequence[str], inputs: Sequence[str]) -> Figure:
    order = np.argsort(-np.abs(W).max(axis=0), kind="stable")[:MOST_SHOWN]
    order.sort()
    most, width, line = float(np.abs(W).max()) or 1.0, 130.0, 16.0
    columns, left = min(len(W), 4), 120.0
    height = len(order) * line + 38
    shapes: list[Shape] = []
    for k, row in enumerate(W):
        x0 = left + (k % columns) * (width + 24)
        y0 = 30 + (k // columns) * height
        middle = x0 + width / 2
        shapes.append(Words(middle, y0 - 12, _short(names[k]), 11, INK, "middle"))
        for i, j in enumerate(order.tolist()):
            y, length = y0 + i * line, float(row[j]) / most * width / 2
            colour = _hex(POSITIVE if length > 0 else NEGATIVE)
            shapes.append(Box(min(middle, middle + length), y, abs(length), line - 4, colour))
            if k % columns == 0:
                shapes.append(Words(left - 8, y + 6, _short(inputs[j]), 10, INK, "end"))
        bottom = y0 + len(order) * line
        shapes.append(Line(((middle, y0 - 3), (middle, bottom)), MUTED, 0.8))
    size = left + columns * (width + 24), 30 + -(-len(W) // columns) * height
    return Figure(f"Weights of {len(W)} outputs, largest {most:.3g}", *size, tuple(shapes))


def boundary(run: Run) -> Figure:
    """Return the decision regions of a model of two features, with its rows.

    Raises DataError for a model of more or fewer features.
    """
    task = run.task
    if task.dataset.m != 2 or not task.dataset.is_measured:
        raise DataError(
            f"{task.source.name} is trained on {task.dataset.m:,} features; regions are drawn of "
            "two. Choose them by features=[…]."
        )
    from core.explain import plane, probe

    values = task.dataset.values().astype(np.float64)
    low, high = values.min(axis=0), values.max(axis=0)
    pad = np.where(high > low, (high - low) * 0.06, 1.0)
    x_range, y_range = ((float(low[j] - pad[j]), float(high[j] + pad[j])) for j in (0, 1))
    view = plane.Plane(0, 1, x_range, y_range, (0.0, 0.0))
    grid = probe.decision_grid(task, run.params, view, GRID_SIDE, GRID_SIDE)
    axes = Axes(56, 34, 360, 300, x_range, y_range)
    marks = task.dataset.class_marks
    palette = np.array([_mix(_rgb(CLASS_COLOURS[mark % 10]), 0.28) for mark in marks], np.uint8)
    pixels = np.ascontiguousarray(palette[grid.margins.argmax(axis=2)][::-1])
    shapes: list[Shape] = [Picture(axes.left, axes.top, axes.width, axes.height, pixels)]
    shapes += axes.shapes(task.source.name, *task.dataset.feature_names)
    for points in plane.boundary_lines(grid):
        path = tuple(axes.place(float(x), float(y)) for x, y in points)
        shapes.append(Line(path, INK, 1.4))
    for label, row in zip(task.dataset.y.tolist(), values.tolist(), strict=True):
        x, y = axes.place(row[0], row[1])
        shapes.append(Dot(x, y, 3.2, CLASS_COLOURS[marks[label] % 10]))
    y = axes.top + axes.height + 52
    for k, name in enumerate(task.dataset.class_names):
        shapes += [
            Dot(axes.left + 4, y, 4, CLASS_COLOURS[marks[k] % 10]),
            Words(axes.left + 14, y, _short(name, 40), 10, MUTED),
        ]
        y += 16
    title = f"Decision regions of {run.name} on {task.source.name}"
    return Figure(title, axes.left + axes.width + 20, y, tuple(shapes))


def _short(name: str, most: int = LONGEST) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _mix(colour: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    """Return so much of a colour on white."""
    blend: Callable[[int], int] = lambda c: round(255 + (c - 255) * share)  # noqa: E731
    return blend(colour[0]), blend(colour[1]), blend(colour[2])


def _signed(shares: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return signed shares −1 … 1, (rows, columns), as pixels: blue above 0, red below."""
    tint = np.where((shares > 0)[..., None], POSITIVE, NEGATIVE)
    mixed: NDArray[np.uint8] = (255 + (tint - 255) * np.abs(shares)[..., None]).astype(np.uint8)
    return mixed


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)
