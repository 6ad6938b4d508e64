"""Pen strokes made into a picture like those that a model of digits was trained on.

MNIST's recipe, step by step: crop to the ink, scale it to fit a box of 20 × 20 pixels with its
aspect kept, with grey edges, and move its centre of mass to the middle of 28 × 28 (LeCun, Cortes
and Burges, “The MNIST database of handwritten digits”). Here the strokes are scaled and moved, and
drawn once, at the end: where, how large and how densely somebody draws makes no difference.

Places are (x, y), y down. In a picture, pixel j of a row covers x from j to j + 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import ConfigError, DataError

Picture = NDArray[np.float32]
Places = NDArray[np.float64]
Pixels = TypeVar("Pixels", bound=NDArray[np.float32] | NDArray[np.uint8])

FARTHEST = 1e100  # no screen is that large, and nothing overflows yet
NEAREST = 1e-12  # of a length: what float64 can hardly tell from nothing
PIECE = 1.0  # longest straight piece of a curve, in pixels
DENSE = 400  # points: of more, those that follow closely are passed over
CLOSE = 0.25  # pixels
LARGEST = 10  # times the pad's side: what is drawn beyond its edge is not seen, and costs
CHUNK = 1024  # pictures that are deskewed at once
STEEPEST = 1.0  # shear: beyond 45° it is no slant


@dataclass(frozen=True)
class Form:
    """How the pictures of one data set lie in their frame, in pixels.

    box : width and height that the ink fits, from edge to edge of the strokes.
    stretch : 0 keeps the aspect, 1 fills the box both ways; between them the geometric mean.
    pen_width : mean width of the strokes.
    middle : index (counted from 0, as fractions) at which the centre of mass lies, along x and y;
        None where it is not moved along that axis.
    """

    box: tuple[float, float]
    stretch: float
    pen_width: float
    middle: tuple[float | None, float | None]


# The 20 pixels of MNIST's box hold the grey edges, too, half a pixel on each side. Its strokes are
# 2.4 pixels wide on average (twice the distance of their skeletons from the edge). Its centres of
# mass lie about index 14.0 and not about the frame's exact middle, 13.5; drawings at 13.9 are read
# as well as at 14.0, and 1.4 percentage points better than at 13.5.
MNIST_SIZE = 28
MNIST = Form(box=(19.0, 19.0), stretch=0.0, pen_width=2.4, middle=(13.9, 13.9))
# The bundled digits fill their eight rows and six columns of them, wide or narrow.
DIGITS_SIZE = 8
DIGITS = Form(box=(6.5, 8.0), stretch=0.5, pen_width=1.2, middle=(3.5, None))


def form_of(size: int) -> Form:
    """Return the form of pictures with `size` rows: the digits', or MNIST's in proportion."""
    if size == DIGITS_SIZE:
        return DIGITS
    ratio = size / MNIST_SIZE
    width, x = MNIST.box[0] * ratio, MNIST.middle[0]
    assert x is not None
    return Form((width, width), 0.0, MNIST.pen_width * ratio, (x * ratio, x * ratio))


@dataclass(frozen=True)
class Recipe:
    """Which steps a drawing goes through; each can be left out to see what it is for.

    crop : the drawing is taken out of the pad and put in the middle of the frame.
    scale_to_box : its longer side is made to fit the box.
    antialias : the edges of strokes are grey, by the share of a pixel that is covered.
    centre : the centre of mass moves to the middle.
    deskew : the picture is sheared until it stands upright.
    pen_width : in pixels of the frame, however large the drawing was; None for the data's own.
    size : rows and columns of the frame.
    """

    crop: bool = True
    scale_to_box: bool = True
    antialias: bool = True
    centre: bool = True
    deskew: bool = False
    pen_width: float | None = None
    size: int = MNIST_SIZE

    def __post_init__(self) -> None:
        if not 4 <= self.size <= 256:
            raise ConfigError(f"size is {self.size}; it must be from 4 to 256 pixels.")
        widest = self.size / 4
        if not 0 < self.pen < widest:
            raise ConfigError(
                f"pen_width is {self.pen:g}; it must be greater than 0 and less than {widest:g}, "
                "a quarter of the frame."
            )

    @property
    def form(self) -> Form:
        return form_of(self.size)

    @property
    def pen(self) -> float:
        """The width of strokes in pixels."""
        return self.form.pen_width if self.pen_width is None else self.pen_width


class Stage(NamedTuple):
    """The picture after a step: “pad”, then the name of a switch of the recipe."""

    name: str
    image: Picture


@dataclass(frozen=True, eq=False)
class _Ink:
    """Curves cut into s straight pieces from `start` to `end`, (s, 2) each."""

    start: Places
    end: Places

    def moved(self, scale: ArrayLike, shift: ArrayLike) -> _Ink:
        """Scale first, then shift; of both one number, or one for x and one for y."""
        factor, by = np.asarray(scale), np.asarray(shift)
        return _Ink(self.start * factor + by, self.end * factor + by)

    @property
    def span(self) -> tuple[Places, Places]:
        """The least and the greatest x and y."""
        return (
            np.minimum(self.start.min(axis=0), self.end.min(axis=0)),
            np.maximum(self.start.max(axis=0), self.end.max(axis=0)),
        )


def strokes_to_image(
    strokes: Sequence[ArrayLike],
    pen_width: float | None = None,
    deskew: bool = False,
    size: int = MNIST_SIZE,
) -> Picture:
    """Return the picture of a drawing as MNIST would hold it, (size, size) float32 in 0 … 1.

    strokes : arrays (k, 2) of points (x, y) in any unit, y down; the pen is lifted between them.
        One point is a dot; without any point the picture is empty.
    pen_width : in pixels of the picture; None for the data's own.
    deskew : as `deskew_images` does with training data.
    size : 8 gives pictures like the bundled digits.
    Raises DataError where a point is not a pair of finite numbers.
    """
    return draw(strokes, Recipe(deskew=deskew, pen_width=pen_width, size=size))


def draw(
    strokes: Sequence[ArrayLike], recipe: Recipe, frame: tuple[float, float] | None = None
) -> Picture:
    """Return the picture that the recipe makes of a drawing, (size, size) float32 in 0 … 1.

    frame : width and height of the pad, from its corner (0, 0), in the unit of the strokes; only a
        recipe without crop or scale asks for it. None for a pad that the drawing just fills.
    """
    image = np.zeros((recipe.size, recipe.size), dtype=np.float32)
    for *_, ink, is_soft in [*_placements(strokes, recipe, frame)][-1:]:
        image = _render(ink, recipe, is_soft)
    return _upright(image) if recipe.deskew else image


def stages(
    strokes: Sequence[ArrayLike], recipe: Recipe, frame: tuple[float, float] | None = None
) -> list[Stage]:
    """Return the picture on the pad and after each step of the recipe; the last is `draw`'s.

    Without strokes there is nothing to show, and the list is empty.
    """
    shown = [
        Stage(name, _render(ink, recipe, is_soft))
        for name, ink, is_soft in _placements(strokes, recipe, frame)
    ]
    if shown and recipe.deskew:
        shown.append(Stage("deskew", _upright(shown[-1].image)))
    return shown


def deskew_images(X: Pixels) -> Pixels:
    """Shear pictures until they stand upright, with their centre of mass in the middle.

    X : (n, m) square pictures in rows, float32 or uint8; the result is of the same kind.
    Upright is where x and y of the ink do not covary: x moves by μ₁₁/μ₀₂ for each row from the
    centre of mass. Between pixels it is interpolated, linearly in both directions.
    """
    size = math.isqrt(X.shape[1])
    if size * size != X.shape[1]:
        raise DataError(
            f"Each picture has {X.shape[1]:,} pixels; only square ones, such as 28 × 28 = 784, "
            "can be deskewed."
        )
    upright = np.empty_like(X)
    for first in range(0, len(X), CHUNK):
        rows = slice(first, first + CHUNK)
        images = X[rows].reshape(-1, size, size).astype(np.float32)
        sheared = _sheared(images, form_of(size).middle).reshape(-1, size * size)
        upright[rows] = np.rint(sheared) if X.dtype == np.uint8 else sheared
    return upright


def _upright(image: Picture) -> Picture:
    return deskew_images(image.reshape(1, -1)).reshape(image.shape)


def _sheared(images: Picture, middle: tuple[float | None, float | None]) -> Picture:
    """Return pictures (n, size, size) upright and in the middle."""
    index = np.arange(images.shape[1], dtype=np.float32)
    by_row, by_column = images.sum(axis=2), images.sum(axis=1)
    mass = by_row.sum(axis=1)
    mass[mass == 0] = 1.0  # an empty picture stays as it is
    x, y = by_column @ index / mass, by_row @ index / mass
    away = index - y[:, None]  # rows from the centre of mass
    mu11 = ((images @ index - by_row * x[:, None]) * away).sum(axis=1)
    mu02 = (by_row * away**2).sum(axis=1)
    slant = np.divide(mu11, mu02, out=np.zeros_like(mass), where=mu02 > 1e-3 * mass)
    slant = slant.clip(-STEEPEST, STEEPEST)
    to_x, to_y = (
        place if goal is None else np.full_like(place, goal)
        for place, goal in zip((x, y), middle, strict=True)
    )
    rows = index + (y - to_y)[:, None]
    straight = _sampled(images, np.broadcast_to(rows[:, :, None], images.shape), axis=1)
    columns = index[None, :] + (x - to_x)[:, None]
    lean = slant[:, None] * (index - to_y[:, None])
    return _sampled(straight, columns[:, None, :] + lean[:, :, None], axis=2)


def _sampled(images: Picture, places: Picture, axis: int) -> Picture:
    """Interpolate pictures (n, size, size) along one axis at `places`; outside there is nothing."""
    size = images.shape[axis]
    padded = np.pad(images, [(0, 0) if k != axis else (1, 1) for k in range(3)])
    below = np.floor(places)
    share = places - below
    near = below.astype(np.intp) + 1
    low = np.take_along_axis(padded, near.clip(0, size + 1), axis)
    high = np.take_along_axis(padded, (near + 1).clip(0, size + 1), axis)
    return low + share * (high - low)


def _placements(
    strokes: Sequence[ArrayLike], recipe: Recipe, frame: tuple[float, float] | None
) -> Iterator[tuple[str, _Ink, bool]]:
    """Yield, after each step, its name, the ink in pixels of the frame, and if edges are grey."""
    curves = _checked(strokes)
    if not curves:
        return
    form, half = recipe.form, recipe.size / 2
    ink, unit = _smooth(curves, max(form.box))
    low, high = ink.span
    extent = high - low
    # Where the drawing lies on its pad, in pixels of the frame.
    if frame is None:
        pad, origin = float(extent.max()), (low + high) / 2
    else:
        pad, origin = max(frame) / unit.length, (np.array(frame) / 2 - unit.origin) / unit.length
        if not (min(frame) > 0 and extent.max() / LARGEST < pad < math.inf):
            raise DataError(
                f"The pad is {frame[0]:g} × {frame[1]:g}; its sides must be greater than 0, and "
                f"the drawing at most {LARGEST} times as large. Give its size in the strokes' unit."
            )
    zoom = recipe.size / pad if pad > 0 else 1.0
    centre = ((low + high) / 2 - origin) * zoom + half
    scale: NDArray[np.float64] = np.full(2, zoom)

    def placed() -> _Ink:
        return ink.moved(scale, centre - (low + high) / 2 * scale)

    yield "pad", placed(), False
    if recipe.crop:
        centre = np.full(2, half)
        yield "crop", placed(), False
    if recipe.scale_to_box:
        scale = fitting(extent, form, recipe.pen)
        yield "scale_to_box", placed(), False
    if recipe.antialias:
        yield "antialias", placed(), True
    if recipe.centre:
        image = _render(placed(), recipe, recipe.antialias)
        centre = centre + _to_middle(image, form)
        yield "centre", placed(), recipe.antialias


def fitting(extent: Places, form: Form, pen: float) -> Places:
    """Return the factors that make an extent (2,), with the pen's width, fit the form's box."""
    room = np.array(form.box) - pen
    factors = np.divide(room, extent, out=np.full(2, np.inf), where=extent > NEAREST)
    least = factors.min()
    if not np.isfinite(least):
        return np.ones(2)  # a dot
    factors[np.isinf(factors)] = least
    return np.asarray(least * (factors / least) ** form.stretch)


def _to_middle(image: Picture, form: Form) -> Places:
    """Return how far, along x and y, the centre of mass is from the middle."""
    mass = float(image.sum())
    if not mass:
        return np.zeros(2)  # all the ink is beside the frame
    index = np.arange(len(image))
    at = float(image.sum(axis=0) @ index) / mass, float(image.sum(axis=1) @ index) / mass
    return np.array(
        [0.0 if goal is None else goal - x for goal, x in zip(form.middle, at, strict=True)]
    )


def _checked(strokes: Sequence[ArrayLike]) -> list[Places]:
    """Return the strokes that have points, as (k, 2) float64."""
    curves = []
    for number, stroke in enumerate(strokes, start=1):
        points = np.asarray(stroke, dtype=np.float64)
        if not points.size:
            continue
        if points.ndim != 2 or points.shape[1] != 2:
            raise DataError(
                f"Stroke {number} has the shape {points.shape}; a stroke must be (k, 2), a row "
                "of x and y for each point."
            )
        bad = np.flatnonzero(~(np.abs(points) < FARTHEST).all(axis=1))
        if len(bad):
            x, y = points[bad[0]]
            raise DataError(
                f"Stroke {number}, point {bad[0] + 1}: found ({x:g}, {y:g}); both must be finite "
                "numbers. Draw the stroke again."
            )
        curves.append(points)
    return curves


class _Unit(NamedTuple):
    """What the unit of `_smooth` is in the drawing's own: its origin there and its length."""

    origin: Places
    length: float


def _smooth(curves: list[Places], box: float) -> tuple[_Ink, _Unit]:
    """Join the points of each stroke by a smooth curve, in a unit of the drawing's longer side.

    box : pixels that this side will have; by it the curves are cut finely enough.
    The curve is Catmull and Rom's, in its centripetal form, which makes neither loops nor cusps
    (Yuksel et al. 2011): eight points of a digit are read almost as well as a hundred.
    """
    points = np.concatenate(curves)
    low, high = points.min(axis=0), points.max(axis=0)
    length = float((high - low).max())
    if length <= max(NEAREST * float(np.abs(points).max()), 1 / FARTHEST):
        length = 1.0
        points = np.broadcast_to(low, points.shape)
    unit = _Unit((low + high) / 2, length)
    points = (points - unit.origin) / length
    of_stroke = np.repeat(np.arange(len(curves)), [len(curve) for curve in curves])
    is_new = np.diff(of_stroke, prepend=-1) > 0
    keep = is_new | (np.abs(np.diff(points, axis=0, prepend=points[:1])).max(axis=1) > NEAREST)
    points, is_new = points[keep], is_new[keep]
    is_last = np.append(is_new[1:], True)
    if len(points) > DENSE:
        along = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T).cumsum()
        keep = is_new | is_last | (np.diff(np.floor(along * (box / CLOSE)), prepend=-1) > 0)
        points, is_new, is_last = points[keep], is_new[keep], is_last[keep]
    dots = points[is_new & is_last]
    (at,) = np.nonzero(~is_last)
    p1, p2 = points[at], points[at + 1]
    chord = p2 - p1
    # Past both ends of a stroke its first and last chord go on.
    before = np.where(is_new[at, None], chord, p1 - points[at - 1])
    after = np.where(is_last[at + 1, None], chord, points[(at + 2) % len(points)] - p2)
    d0, d1, d2 = (np.sqrt(np.hypot(v[:, :1], v[:, 1:])) for v in (before, chord, after))
    tangent1 = d1 * (before / d0 - (before + chord) / (d0 + d1)) + chord
    tangent2 = d1 * (after / d2 - (chord + after) / (d1 + d2)) + chord
    pieces = np.ceil(d1[:, 0] ** 2 * (box / PIECE)).astype(np.intp).clip(1)
    of_chord = np.repeat(np.arange(len(at)), pieces)
    step = np.arange(len(of_chord)) - np.repeat(np.cumsum(pieces) - pieces, pieces)

    def curve(step: NDArray[np.intp]) -> Places:
        """Hermite's cubic through p1 and p2 with these tangents."""
        t = (step / pieces[of_chord])[:, None]
        bent = (1 - t) * tangent1[of_chord] - t * tangent2[of_chord]
        bent += (2 * t - 1) * chord[of_chord]
        return np.asarray(p1[of_chord] + t * chord[of_chord] + t * (1 - t) * bent)

    start, end = curve(step), curve(step + 1)
    return _Ink(np.concatenate([start, dots]), np.concatenate([end, dots])), unit


def _render(ink: _Ink, recipe: Recipe, is_soft: bool) -> Picture:
    """Draw the pieces with a round pen, (size, size) float32.

    A pixel at distance d from the nearest piece is covered by clip(r + ½ − d, 0, 1), r half the
    pen's width: exact for a straight edge along the pixels. Hard edges: where d ≤ r.
    """
    size, radius = recipe.size, recipe.pen / 2
    span = ink.end - ink.start
    square = (span**2).sum(axis=1)
    # Only pixels near a piece are looked at: those at most `reach` from the one its middle is in.
    reach = math.ceil(radius + 0.5 + math.sqrt(float(square.max())) / 2 - 0.5)
    middle = np.floor((ink.start + ink.end) / 2)
    near = ((middle >= -reach) & (middle < size + reach)).all(axis=1)
    start, span, square, middle = ink.start[near], span[near], square[near], middle[near]
    away = np.arange(-reach, reach + 1)
    pixel = middle.astype(np.intp)[:, :, None] + away  # (s, 2, 2·reach + 1)
    offset = pixel + 0.5 - start[:, :, None]
    x, y = offset[:, 0, None, :], offset[:, 1, :, None]
    dx, dy = span[:, 0, None, None], span[:, 1, None, None]
    share = (x * dx + y * dy) / np.where(square > 0, square, 1.0)[:, None, None]
    share = share.clip(0.0, 1.0)
    found = (x - share * dx) ** 2 + (y - share * dy) ** 2
    wide = size + 4 * reach  # a margin takes what lies beside the frame
    places = (pixel[:, 1, :, None] + 2 * reach) * wide + pixel[:, 0, None, :] + 2 * reach
    nearest = np.full(wide * wide, np.inf)
    np.minimum.at(nearest, places.ravel(), found.ravel())
    inner = slice(2 * reach, 2 * reach + size)
    distance = np.sqrt(nearest.reshape(wide, wide)[inner, inner])
    covered: NDArray[np.float64] | NDArray[np.bool_]
    if is_soft:
        covered = np.clip(radius + 0.5 - distance, 0.0, min(1.0, recipe.pen))
    else:
        covered = distance <= max(radius, 0.5)
    return covered.astype(np.float32)
