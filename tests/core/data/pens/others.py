"""Digits as others write them: set here from arcs, apart from the bundled shapes.

Nothing that makes the bundled drawings is imported here, so that these hands can judge a model
that has trained on them.
"""

from __future__ import annotations

import math

import numpy as np

from tests.core.hands import arc, path

HANDS = {
    "slashed zero": (0, [arc(0.3, 0.5, 0.3, 0.5, 80, 440), path((0.52, 0.08), (0.06, 0.94))]),
    "one with a foot": (
        1,
        [path((0.05, 0.2), (0.28, 0.0), (0.28, 1.0)), path((0.0, 1.0), (0.56, 1.0))],
    ),
    "open four": (4, [path((0.1, 0), (0.02, 0.55), (0.6, 0.5)), path((0.46, 0.2), (0.4, 1.0))]),
    "upright open four": (
        4,
        [path((0, 0), (0, 0.5), (0.5, 0.5)), path((0.5, 0), (0.5, 1.0))],
    ),
    "crossed seven": (
        7,
        [path((0.0, 0.03), (0.56, 0.0), (0.24, 1.0)), path((0.1, 0.52), (0.58, 0.48))],
    ),
    "hooked and crossed seven": (
        7,
        [
            path((0.02, 0.2), (0.02, 0.02), (0.55, 0.03), (0.34, 0.5), (0.26, 1.0)),
            path((0.08, 0.56), (0.6, 0.5)),
        ],
    ),
    "curled nine": (
        9,
        [
            path(
                arc(0.28, 0.26, 0.25, 0.26, 20, 370),
                (0.54, 0.6),
                arc(0.3, 0.72, 0.24, 0.27, 0, -160),
            )
        ],
    ),
}


def others(rng, each):
    """Return (name, digit, strokes) for each hand, `each` times: slanted, narrow, trembling."""
    found = []
    for name, (digit, strokes) in HANDS.items():
        for _ in range(each):
            slant, aspect = math.tan(rng.normal(0.12, 0.12)), math.exp(rng.normal(0, 0.15))
            shear = np.array([[aspect, 0.0], [-slant, 1.0]])
            wave, pace = rng.normal(0, 0.012, 2), rng.uniform(2, 5)
            drawn = [
                stroke @ shear + np.sin(pace * np.arange(len(stroke)))[:, None] * wave
                for stroke in strokes
            ]
            found.append((name, digit, drawn))
    return found
