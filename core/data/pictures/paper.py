"""The paper of a picture, estimated where it is: light falls off, and shadows have edges.

Strokes are narrow: the paper is what remains when everything is filled that is narrower than a
window (a morphological closing, for dark ink). The contrast of the ink to it no longer depends on
the light.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Picture = NDArray[np.float32]
Mask = NDArray[np.bool_]

SIDE = 200  # pixels of the longer side of the smaller copy on which the paper is estimated
WINDOWS = (0.06, 0.1, 0.18, 0.32)  # of the longer side
MORE = 1.04  # times as much ink beside edges in the next window: the window is not wide enough
LEAST = 0.05  # of what is dark beside edges: less is not the ink
SUREST = 0.75  # of the level: contrast that is ink and no shadow
EDGE = 0.6  # of the level: difference to a pixel nearby that makes an edge
SHARP = 2  # pixels of the smaller copy that are nearby
LEVEL = 99.8  # per cent of the pixels have less contrast than the level
AROUND = (0.03, 0.06)  # of the longer side, on each side
CLEAR = 0.3  # skewness, from −1 to 1, that tells the ink from the paper
LIGHT_INK = 0.3  # of the level: what has more contrast is no noise of the paper
UNIFORM = 0.85  # lightness of a border that is a frame if what is inside is unlike it
GRAIN = 5  # pixels of the smaller copy: the median of so many has no noise
DARKEST = 0.04  # paper below this grey has no contrast to dark ink …
LIGHTEST = 0.7  # … and above this one hardly any to light ink
MAD = 1.4826  # the standard deviation of normal noise in median absolute deviations


class Contrast(NamedTuple):
    """The contrast of ink to its paper.

    ink : (rows, columns) in 0 … 1. noise : its standard deviation where there is only paper.
    is_dark : whether the ink is darker than the paper.
    """

    ink: Picture
    noise: float
    is_dark: bool


def global_contrast(grey: Picture) -> Contrast:
    """Return the contrast to one paper for all of the picture: the median grey of its border."""
    paper = np.float32(np.median(_border(grey)))
    is_dark = bool(paper > 0.5)
    ink = (paper - grey) / paper if is_dark else (grey - paper) / (1 - paper)
    return Contrast(np.asarray(ink.clip(0, 1), dtype=np.float32), 0.0, is_dark)


def local_contrasts(grey: Picture) -> tuple[Contrast, ...]:
    """Return the contrast to the paper around each pixel, of dark or of light ink.

    Where it is not clear which of the two is the ink, both are returned, the likelier one first.
    """
    small = _resized(grey, _smaller(grey.shape), Image.Resampling.BOX)
    skewness = _skewness(small)
    if abs(skewness) >= CLEAR:
        return (_local_contrast(grey, small, is_dark=skewness < 0),)
    # Digits that fill the picture leave as little paper; then most of the border is paper.
    is_dark = _light_border(small) - skewness / CLEAR > 0
    return tuple(_local_contrast(grey, small, is_dark=each) for each in (is_dark, not is_dark))


def _local_contrast(grey: Picture, small: Picture, *, is_dark: bool) -> Contrast:
    if not is_dark:  # light ink on dark paper: the negative is filled
        grey, small = -grey, -small
    paper = _resized(_paper(small, is_dark=is_dark), grey.shape, Image.Resampling.BILINEAR)
    signed = _contrast(grey, paper, is_dark=is_dark)
    only_paper = signed[signed <= LIGHT_INK * np.percentile(signed, LEVEL)]
    noise = MAD * float(np.median(np.abs(only_paper - np.median(only_paper))))
    return Contrast(signed.clip(0, 1), noise, is_dark)


def _contrast(grey: Picture, paper: Picture, *, is_dark: bool) -> Picture:
    """Return the contrast of what is darker than the paper; both are negated for light ink."""
    contrast_limit = paper if is_dark else 1 + paper
    return np.asarray(
        (paper - grey) / np.maximum(contrast_limit, DARKEST if is_dark else 1 - LIGHTEST)
    )


def _paper(small: Picture, *, is_dark: bool) -> Picture:
    """Return the paper by the narrowest window that is wider than the strokes.

    Strokes have sharp edges, light that falls off has none: a window is wide enough if the next one
    makes hardly more stand out of what is dark beside a sharp edge.
    """
    calm = np.asarray(Image.fromarray(small).filter(ImageFilter.MedianFilter(GRAIN)))
    papers = [_filled(calm, max(1, round(share * max(small.shape) / 2))) for share in WINDOWS]
    wide = np.pad(small, SHARP, mode="edge")
    sharp = _contrast(small, _extreme(wide, SHARP, np.maximum), is_dark=is_dark)
    level = float(np.percentile(sharp, LEVEL))
    is_beside = sharp >= EDGE * level
    counts = [
        int((_contrast(small, paper, is_dark=is_dark)[is_beside] >= SUREST * level).sum())
        for paper in papers
    ]
    for k, paper in enumerate(papers[:-1]):
        if counts[k] >= LEAST * is_beside.sum() and counts[k + 1] <= MORE * counts[k]:
            return paper
    return papers[-1]


def _skewness(small: Picture) -> float:
    """Return how rare dark (below 0) or light (above 0) is around each pixel, from −1 to 1.

    Where dark is rare, as ink is, differences from the mean around are skewed to the dark. Edges of
    shadows and gradients of the light are not skewed.
    """
    skew = size = 0.0
    rows, columns = (slice(length // 10, length - length // 10) for length in small.shape)
    for share in AROUND:
        around = _blurred(small, max(1, round(share * max(small.shape))))
        cubes = (small - around)[rows, columns] ** 3  # a frame may be as dark as ink
        skew, size = skew + float(cubes.sum()), size + float(np.abs(cubes).sum())
    return skew / size if size else 0.0


def _light_border(small: Picture) -> float:
    """Return how light the border is, from −1 to 1; of a frame, what is inside it."""
    low, high = np.percentile(small, (0.5, 99.5))  # a small digit has few of the pixels
    inset = max(small.shape) // 12

    def share(image: Picture) -> float:
        return float(2 * np.mean(_border(image) >= (low + high) / 2) - 1)

    outer = share(small)
    if min(small.shape) > 4 * inset > 0 and abs(outer) >= UNIFORM:
        inner = share(small[inset:-inset, inset:-inset])
        if inner * outer < 0:
            return inner
    return outer


def _blurred(image: Picture, reach: int) -> Picture:
    """Return the mean of the window of 2 · reach + 1 pixels a side around each pixel."""
    size = 2 * reach + 1
    for axis in (0, 1):
        image = np.moveaxis(image, axis, 0)
        wide = np.pad(image, ((reach + 1, reach), (0, 0)), mode="symmetric")
        total = wide.cumsum(axis=0, dtype=np.float64)
        image = np.moveaxis(((total[size:] - total[:-size]) / size).astype(np.float32), 0, axis)
    return image


def _filled(image: Picture, reach: int) -> Picture:
    """Return the closing of an image: what is darker and narrower than the window is filled."""
    wide = np.pad(image, 2 * reach, mode="symmetric")
    most = _extreme(wide, reach, np.maximum)
    return np.asarray(_extreme(most, reach, np.minimum))


def _extreme(image: Picture, reach: int, extreme: np.ufunc) -> Picture:
    """Return the extreme of each window of 2 · reach + 1 pixels a side that lies in the image."""
    size = 2 * reach + 1
    for axis in (0, 1):
        image = np.moveaxis(image, axis, 0)
        width = 1  # of the windows so far; doubled until one more step makes `size`
        while width < size:
            step = min(width, size - width)
            image = extreme(image[: len(image) - step], image[step:])
            width += step
        image = np.moveaxis(image, 0, axis)
    return image


def _border(image: Picture) -> Picture:
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def _resized(image: Picture, shape: tuple[int, int], how: Image.Resampling) -> Picture:
    rows, columns = shape
    return np.asarray(Image.fromarray(image).resize((columns, rows), how))


def _smaller(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the shape (rows, columns) of the smaller copy."""
    factor = min(1.0, SIDE / max(shape))
    return max(1, round(shape[0] * factor)), max(1, round(shape[1] * factor))


def grown(mask: Mask, reach: int) -> Mask:
    """Return a mask with the pixels up to `reach` beside it."""
    image = Image.fromarray(mask.astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * reach + 1))).astype(bool)
