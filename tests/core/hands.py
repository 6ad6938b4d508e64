"""Digits in several handwritings, as generated pen strokes.

A stroke is an array (k, 2) of points (x, y), y down; a digit is about 1 high and 0.6 wide.
"""

from __future__ import annotations

import math

import numpy as np


def arc(x, y, rx, ry, begin, end, k=24):
    """Return k points (k, 2) of an elliptical arc around (x, y).

    begin, end : in degrees, 0 to the right and 90 up.
    """
    angle = np.radians(np.linspace(begin, end, k))
    return np.column_stack([x + rx * np.cos(angle), y - ry * np.sin(angle)])


def path(*parts):
    """Join points and arcs into one stroke."""
    return np.concatenate([np.atleast_2d(np.asarray(part, dtype=float)) for part in parts])


STYLES = {
    0: (
        [arc(0.3, 0.5, 0.3, 0.5, 90, 450)],
        [arc(0.3, 0.5, 0.24, 0.5, 60, -310)],  # clockwise, not quite closed
        [arc(0.4, 0.5, 0.4, 0.45, 110, 480)],
    ),
    1: (
        [path((0.3, 0.0), (0.3, 1.0))],
        [path((0.42, 0.0), (0.2, 1.0))],
        [path((0.12, 0.18), (0.3, 0.0), (0.3, 1.0))],
        [path((0.15, 0.2), (0.32, 0.0), (0.32, 1.0)), path((0.15, 1.0), (0.5, 1.0))],
        [path((0.18, 0.15), (0.3, 0.0), (0.26, 1.0))],
    ),
    2: (
        [path(arc(0.3, 0.27, 0.27, 0.27, 160, -30), (0.03, 1.0), (0.6, 1.0))],
        [
            path(
                arc(0.3, 0.27, 0.26, 0.27, 150, -40),
                (0.15, 0.85),
                arc(0.12, 0.9, 0.08, 0.08, 90, 330, 12),
                (0.6, 1.0),
            )
        ],
        [path(arc(0.28, 0.3, 0.28, 0.3, 140, -45), (0.1, 0.95), (0.35, 0.9), (0.62, 0.98))],
        [path((0.05, 0.1), (0.3, 0.0), (0.52, 0.15), (0.45, 0.45), (0.0, 1.0), (0.55, 1.0))],
    ),
    3: (
        [path(arc(0.27, 0.25, 0.26, 0.25, 150, -80), arc(0.27, 0.73, 0.3, 0.27, 85, -150))],
        [path((0.05, 0.0), (0.55, 0.0), (0.28, 0.4), arc(0.27, 0.69, 0.29, 0.31, 80, -150))],
        [path(arc(0.25, 0.22, 0.23, 0.22, 140, -70), arc(0.25, 0.71, 0.27, 0.29, 80, -160))],
        [path(arc(0.3, 0.26, 0.25, 0.24, 130, -100), arc(0.3, 0.74, 0.3, 0.24, 100, -140))],
    ),
    4: (
        [path((0.05, 0.0), (0.05, 0.5), (0.55, 0.5)), path((0.5, 0.0), (0.5, 1.0))],
        [path((0.12, 0.0), (0.0, 0.52), (0.6, 0.48)), path((0.5, 0.05), (0.4, 1.0))],
        [path((0.45, 0.0), (0.0, 0.65), (0.62, 0.65)), path((0.45, 0.0), (0.45, 1.0))],
        [path((0.45, 1.0), (0.45, 0.0), (0.0, 0.62), (0.62, 0.62))],  # without lifting the pen
        [path((0.1, 0.02), (0.02, 0.45), (0.25, 0.55), (0.5, 0.45)), path((0.52, 0), (0.45, 1))],
    ),
    5: (
        [path((0.55, 0.0), (0.1, 0.0), (0.07, 0.43), arc(0.27, 0.68, 0.3, 0.31, 120, -150))],
        [
            path((0.1, 0.0), (0.07, 0.42), arc(0.27, 0.68, 0.3, 0.31, 120, -150)),
            path((0.1, 0.0), (0.58, 0.0)),
        ],
        [path((0.55, 0.05), (0.18, 0.03), (0.1, 0.45), arc(0.25, 0.72, 0.25, 0.28, 110, -140))],
        [path((0.6, 0.0), (0.2, 0.05), (0.12, 0.4), arc(0.22, 0.68, 0.28, 0.3, 100, -120))],
    ),
    6: (
        [path((0.45, 0.0), (0.18, 0.3), (0.03, 0.65), arc(0.28, 0.72, 0.26, 0.28, 180, 520))],
        [path((0.4, 0.0), (0.12, 0.35), (0.04, 0.7), arc(0.25, 0.76, 0.21, 0.24, 180, 500))],
        [path(arc(0.5, 0.65, 0.48, 0.65, 105, 180), arc(0.27, 0.72, 0.25, 0.28, 180, 530))],
        [path((0.35, 0.0), (0.1, 0.4), (0.05, 0.75), arc(0.27, 0.78, 0.22, 0.22, 180, 480))],
    ),
    7: (
        [path((0.0, 0.0), (0.58, 0.0), (0.22, 1.0))],
        [path((0.0, 0.02), (0.58, 0.0), (0.25, 1.0)), path((0.18, 0.5), (0.58, 0.48))],  # barred
        [path((0.0, 0.12), (0.02, 0.0), (0.55, 0.02), (0.35, 0.45), (0.25, 1.0))],
        [path((0.0, 0.08), (0.25, 0.02), (0.55, 0.06), (0.45, 0.4), (0.38, 1.0))],
    ),
    8: (
        [
            path(
                arc(0.3, 0.24, 0.23, 0.24, 40, 270),
                arc(0.3, 0.74, 0.28, 0.26, 90, -270),
                arc(0.3, 0.24, 0.23, 0.24, -90, 40),
            )
        ],
        [arc(0.3, 0.24, 0.24, 0.24, 90, 450), arc(0.3, 0.74, 0.28, 0.26, 90, 450)],
        [
            path(
                (0.52, 0.12),
                arc(0.3, 0.24, 0.22, 0.22, 60, 210, 16),
                (0.45, 0.6),
                arc(0.28, 0.78, 0.24, 0.22, 30, -200, 20),
                (0.5, 0.2),
            )
        ],
    ),
    9: (
        [path(arc(0.3, 0.27, 0.26, 0.27, 10, 365), (0.55, 0.3), (0.5, 1.0))],
        [path(arc(0.28, 0.28, 0.25, 0.27, 20, 370), (0.5, 0.6), (0.35, 1.0))],
        [path(arc(0.28, 0.25, 0.24, 0.25, 0, 360), (0.52, 0.7), arc(0.3, 0.8, 0.2, 0.2, 0, -120))],
        [arc(0.27, 0.27, 0.25, 0.27, 30, 390), path((0.52, 0.05), (0.5, 0.5), (0.45, 1.0))],
    ),
}


def written(digit, style=0, seed=None):
    """Return the strokes of a digit, in one of its `len(STYLES[digit])` styles.

    With a seed, as if written by hand: with random slant, aspect, wobble, size, position and
    density of points.
    """
    strokes = [stroke.copy() for stroke in STYLES[digit][style]]
    if seed is None:
        return strokes
    random = np.random.default_rng([seed, digit, style])
    slant = math.tan(math.radians(random.normal(8, 10)))
    aspect = math.exp(random.normal(0, 0.2))
    waves = random.normal(0, 0.025, (3, 2)), random.uniform(1, 3, 3), random.uniform(0, 6, 3)
    size, place = 10 ** random.uniform(0, 3), random.uniform(-500, 500, 2)
    gap = random.uniform(0.02, 0.2)
    hand = []
    for stroke in strokes:
        x, y = _evenly(stroke, gap).T
        wobble = sum(
            wave * np.sin(2 * rate * (x + 2 * y)[:, None] + phase)
            for wave, rate, phase in zip(*waves, strict=True)
        )
        points = np.column_stack([aspect * x - slant * y, y]) + wobble
        hand.append(points * size + place)
    return hand


def _evenly(stroke, gap):
    """Return the stroke resampled at equal distances of about `gap` along its length."""
    along = np.concatenate([[0.0], np.hypot(*np.diff(stroke, axis=0).T).cumsum()])
    at = np.linspace(0, along[-1], max(2, round(along[-1] / gap)))
    return np.column_stack([np.interp(at, along, stroke[:, k]) for k in (0, 1)])


def everybody(seeds):
    """Return (strokes, digit) for each style of each digit and each seed (None: as in STYLES)."""
    return [
        (written(digit, style, seed), digit)
        for digit, styles in STYLES.items()
        for style in range(len(styles))
        for seed in seeds
    ]


def bar(degrees, length=100.0, k=30):
    """Return a straight stroke (k, 2), tilted to the right by degrees from upright."""
    angle = math.radians(degrees)
    return np.linspace(0, length, k)[:, None] * [math.sin(angle), -math.cos(angle)]


def centre_of(image):
    """Return the centre of mass (x, y) of an image, in pixel indices."""
    index = np.arange(len(image))
    return image.sum(axis=0) @ index / image.sum(), image.sum(axis=1) @ index / image.sum()


SOME = [written(digit, style) for digit in STYLES for style in (0, 1)]
