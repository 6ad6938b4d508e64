"""The ink of one digit in a picture: its connected parts within reach, without frames and dust."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.data.pictures.labelling import Mask, Parts, connected
from core.data.pictures.lines import line_removal, stroke_width
from core.data.pictures.paper import Contrast, Picture, grown
from core.language import mark, tr

FAINTEST = 0.06  # contrast; less counts as paper …
PLAIN = 0.1  # … where all ink counts
NOISE = 5.0  # standard deviations of the paper's noise that count as ink
LEVEL_SHARE = 85  # per cent of a digit's pixels that are lighter than its level
THRESHOLD = 0.4  # of the level: what is darker is ink
FAINTER = 0.6  # of the threshold, for lines
ROUNDS = 4  # of finding the level and the threshold by turns
SMOOTHED = 150  # pixels a side from which a picture is smoothed before it is cut into parts
REACH = 0.18  # of the digit's size: farther parts are not of it
AS_DARK = 0.6  # of the darkness of the digit or the frame: a paler part is what a shadow has left
LEAST_PART = 0.02  # of the digit's ink: a smaller part is dust, unless it touches
HOLLOW = 0.35  # a frame covers at most so much of its box …
LEAST_INSIDE = 0.12  # … and what it encloses is at least so high
IN_RING = (0.25, 0.65)  # height of what a ring encloses, of its own
ALONG_SIDES = 0.7  # of the ink of a box
SOLID = 0.6  # of its bounding box: a part that covers so much is a sheet …
BROAD = 0.15  # … if it is so broad, in its longer side
OTHER_FIGURE = 0.5  # of the digit's ink: so much elsewhere is another figure
BORDER = 0.25  # weight of what touches the border
FADE = 0.2  # of the level at which ink begins

SEVERAL = mark("There is more than one figure; the one with most ink is read.")
FAINT = mark("The ink is hardly darker than its paper.")
FAINT_LIGHT = mark("The ink is hardly lighter than its paper.")
CUT = mark("The ink reaches the picture’s edge; a part may be missing.")
SMALL = mark("The digit is only {height} pixels high.")
LINES_LEFT = mark("A line may belong to the digit; it was left.")
LINES_GONE = mark("{count} straight lines were taken for ruling or a frame, and left out.")
LINE_GONE = mark("A straight line was taken for ruling or a frame, and left out.")
LOW_CONTRAST = 0.15
FEW_PIXELS = 16


@dataclass(frozen=True, eq=False)
class Found:
    """The digit in a picture.

    ink : (rows, columns) in 0 … 1, 0 outside of its parts; without any it is empty.
    unruled : the contrast after lines and frames were taken out, (rows, columns).
    doubts : sentences on what is ambiguous. notes : sentences on what was left out.
    sheet : rows and columns of a sheet of paper, if the digit seems to be one.
    """

    ink: Picture
    unruled: Picture
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sheet: tuple[slice, slice] | None = None


@dataclass
class _Round:
    """What was found with one threshold."""

    parts: Parts
    gone: Mask  # lines and frames
    lines_gone: int = 0
    lines_left: int = 0
    chosen: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    is_several: bool = False
    level: float = 0.0


def find_digit(contrast: Contrast, *, without_lines: bool, without_dust: bool) -> Found:
    """Return the digit in a contrast of ink to paper.

    without_lines : take out ruled lines, grids, frames. without_dust : keep only the parts of the
        digit; otherwise all ink counts.
    """
    ink = contrast.ink
    smooth = _smoothed(ink)
    noise = contrast.noise if smooth is ink else contrast.noise / 2
    least = max(FAINTEST, NOISE * noise)
    found = _search(smooth, least, without_lines=without_lines)
    unruled = ink
    if without_lines and found.level:
        unruled = _unruled(ink, found)
    if not without_dust:
        return Found(np.where(unruled < PLAIN, np.float32(0), unruled), unruled)
    if not found.level:
        return Found(np.zeros_like(ink), unruled)
    own = grown(found.parts.mask(found.chosen), 2)
    fade = FADE * found.level
    clean = ((unruled - fade) / (found.level - fade)).clip(0, 1)
    clean = np.where(own, clean, np.float32(0)).astype(np.float32)
    return Found(clean, unruled, *_remarks(found, contrast, least), _sheet(found))


def _sheet(found: _Round) -> tuple[slice, slice] | None:
    """Return rows and columns within the largest part chosen, if it is as solid as a sheet."""
    parts = found.parts
    k = int(np.argmax(np.where(found.chosen, parts.area, 0)))
    height, width = int(parts.height[k]), int(parts.width[k])
    if min(height, width) < FEW_PIXELS or parts.area[k] < SOLID * height * width:
        return None
    if stroke_width(parts, k) < BROAD * max(height, width):
        return None
    y, x = height // 25 + 2, width // 25 + 2
    rows = slice(int(parts.top[k]) + y, int(parts.bottom[k]) - y)
    return rows, slice(int(parts.left[k]) + x, int(parts.right[k]) - x)


def _search(smooth: Picture, least: float, *, without_lines: bool) -> _Round:
    """Return the digit with the threshold that its own level asks for."""
    nothing = np.zeros_like(smooth, dtype=bool)
    threshold, found = least, _Round(connected(nothing), nothing)
    for _ in range(ROUNDS):
        found = _one_round(smooth, threshold, least, without_lines=without_lines)
        before, threshold = threshold, max(least, THRESHOLD * found.level)
        if abs(threshold - before) < 0.02:
            break
    return found


def _one_round(smooth: Picture, threshold: float, least: float, *, without_lines: bool) -> _Round:
    mask = smooth >= threshold
    gone, lines_gone, lines_left = np.zeros_like(mask), 0, 0
    if without_lines:
        whole = connected(mask)
        frames = _frames(whole, whole.sums(smooth))
        gone = whole.mask(frames)
        # A line that is nearly as dark as the threshold would be found in pieces.
        removal = line_removal((smooth >= max(least, FAINTER * threshold)) & ~gone)
        gone |= removal.removed
        lines_gone, lines_left = removal.count + int(frames.sum()), removal.kept
    found = _Round(connected(mask & ~gone), gone, lines_gone, lines_left)
    parts = found.parts
    if not len(parts):
        return found
    mass = parts.sums(smooth)
    plausible = parts.sums(smooth**2) * _weights(parts, smooth.shape)  # a shadow is large and pale
    main = int(np.argmax(plausible))
    found.chosen, found.is_several = _within_reach(parts, mass, main)
    found.level = float(np.percentile(smooth[parts.labels == main + 1], LEVEL_SHARE))
    return found


def _weights(parts: Parts, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return how plausible each part is as a digit by its place: the middle is best."""
    rows, columns = shape
    touches = (
        (parts.top == 0).astype(int)
        + (parts.left == 0)
        + (parts.bottom == rows)
        + (parts.right == columns)
    )
    y, x = (parts.top + parts.bottom) / (2 * rows), (parts.left + parts.right) / (2 * columns)
    away = np.maximum(np.abs(y - 0.5), np.abs(x - 0.5))
    long = np.maximum(parts.height, parts.width) / np.maximum(
        np.minimum(parts.height, parts.width), 1
    )
    slender = np.where(long > 15, 0.3, 1.0)
    return (1 - 0.8 * away) * np.where(touches > 0, BORDER, 1.0) * slender


def _frames(parts: Parts, mass: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which parts are frames: hollow, with another part inside that could be the digit.

    The ink of a box lies along its sides; a ring must have more room around what it encloses, or a
    zero with a stroke inside would be one.
    """
    is_frame = np.zeros(len(parts), dtype=bool)
    box = parts.height * parts.width
    large = np.maximum(parts.height, parts.width) >= FEW_PIXELS
    for k in np.flatnonzero(large & (parts.area <= HOLLOW * box)):
        is_inside = (
            (parts.top > parts.top[k])
            & (parts.bottom < parts.bottom[k])
            & (parts.left > parts.left[k])
            & (parts.right < parts.right[k])
            & (mass > LEAST_INSIDE**2 * mass[k])
            & _is_as_dark(parts, mass, int(k))
        )
        share = parts.height[is_inside].max(initial=0) / parts.height[k]
        if share < LEAST_INSIDE:
            continue
        is_frame[k] = IN_RING[0] <= share <= IN_RING[1] or _is_box(parts, int(k))
    return is_frame


def _is_as_dark(parts: Parts, mass: NDArray[np.float64], k: int) -> NDArray[np.bool_]:
    """Return which parts are about as dark as part k, or darker."""
    darkness = mass / parts.area
    return np.asarray(darkness >= AS_DARK * darkness[k])


def _is_box(parts: Parts, k: int) -> bool:
    """Return whether the pixels of a part lie along the sides of its bounding box."""
    top, bottom, left, right = (
        int(sides[k]) for sides in (parts.top, parts.bottom, parts.left, parts.right)
    )
    own = parts.labels[top:bottom, left:right] == k + 1
    height, width = own.shape
    thickness = parts.area[k] / (2 * (height + width))
    band = round(1.3 * thickness + 0.04 * min(height, width)) + 1
    inner = own[band : height - band, band : width - band]
    return bool(inner.sum() <= (1 - ALONG_SIDES) * parts.area[k])


def _within_reach(
    parts: Parts, mass: NDArray[np.float64], main: int
) -> tuple[NDArray[np.bool_], bool]:
    """Return which parts make the digit with the main one, and whether there is another figure."""
    chosen = np.zeros(len(parts), dtype=bool)
    chosen[main] = True
    top, bottom = int(parts.top[main]), int(parts.bottom[main])
    left, right = int(parts.left[main]), int(parts.right[main])
    size = max(bottom - top, right - left)
    reach = max(REACH * size, 2.0)
    is_ink = _is_as_dark(parts, mass, main)
    while True:
        down = np.maximum(np.maximum(parts.top - bottom, top - parts.bottom), 0)
        along = np.maximum(np.maximum(parts.left - right, left - parts.right), 0)
        near = ~chosen & is_ink & (np.hypot(down, along) <= reach)
        near &= (mass >= LEAST_PART * mass[main]) | (np.hypot(down, along) <= 0.02 * size)
        is_beside = (along > 0.04 * size) & (parts.height >= 0.7 * (bottom - top))
        near &= ~is_beside & (np.maximum(parts.height, parts.width) <= 1.5 * size)
        if not near.any():
            break
        chosen |= near
        top, bottom = int(parts.top[chosen].min()), int(parts.bottom[chosen].max())
        left, right = int(parts.left[chosen].min()), int(parts.right[chosen].max())
    others = ~chosen & (mass >= OTHER_FIGURE * mass[main])
    return chosen, bool(others.any())


def _unruled(ink: Picture, found: _Round) -> Picture:
    """Return the contrast without the lines and frames of a round."""
    if not found.gone.any():
        return ink
    return np.where(grown(found.gone, 2) & (found.parts.labels == 0), np.float32(0), ink)


def _remarks(
    found: _Round, contrast: Contrast, least: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return doubts and notes."""
    parts, chosen = found.parts, found.chosen
    rows, columns = parts.labels.shape
    height = int(parts.bottom[chosen].max() - parts.top[chosen].min())
    width = int(parts.right[chosen].max() - parts.left[chosen].min())
    doubts = []
    if found.is_several:
        doubts.append(tr(SEVERAL))
    if found.level < max(LOW_CONTRAST, 1.6 * least):
        doubts.append(tr(FAINT if contrast.is_dark else FAINT_LIGHT))
    touches = (
        parts.top[chosen].min() == 0
        or parts.left[chosen].min() == 0
        or parts.bottom[chosen].max() == rows
        or parts.right[chosen].max() == columns
    )
    if touches:
        doubts.append(tr(CUT))
    if max(height, width) < FEW_PIXELS:
        doubts.append(tr(SMALL, height=height))
    count = found.lines_gone
    if found.lines_left and count:
        doubts.append(tr(LINES_LEFT))
    gone = tr(LINE_GONE) if count == 1 else tr(LINES_GONE, count=count)
    notes = (gone,) if count else ()
    return tuple(doubts), notes


def _smoothed(ink: Picture) -> Picture:
    """Return a large picture smoothed by (1, 2, 1) / 4 along both axes; a small one as it is."""
    if max(ink.shape) < SMOOTHED:
        return ink
    wide = np.pad(ink, 1, mode="edge")
    down = (wide[:-2] + 2 * wide[1:-1] + wide[2:]) / 4
    return np.asarray((down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]) / 4, dtype=np.float32)
