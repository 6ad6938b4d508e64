"""A shape as a person writes it: in a slant and proportions of their own, never twice alike."""

from __future__ import annotations

import math

import numpy as np

from core.data.digits.layout import Coordinates
from core.data.pens.shapes import Shape

HEIGHT = 100.0
# How far hands differ: limits between which all is equally likely.
SLANT = (math.radians(-14), math.radians(32))  # to the right
TURN = math.radians(7)
WIDTH = 0.36  # of the logarithm of width / height
BOWLS = (0.75, 1.35)  # exponent that gives the upper or the lower half more room
TAPER = 0.25  # of the width: wider above or below
WAVE, WAVES = 2.5, (0.4, 1.1)  # height of a slow wave, and how many of them
TREMBLE = 2.2  # of each point
APART, SIZE = 3.5, 0.12  # of one stroke beside the others: its place and its size
OVERSHOOT = (-4.0, 9.0)  # of the ends of strokes
SHORTEST = 0.4  # share of its first or last piece that is left of a stroke that ends early


class _Chance:
    """Numbers by chance, the same for the same seed on every machine."""

    def __init__(self, seed: tuple[int, ...]) -> None:
        self._generator = np.random.Generator(np.random.PCG64(list(seed)))

    def between(self, limits: tuple[float, float]) -> float:
        return limits[0] + (limits[1] - limits[0]) * self._generator.random()

    def up_to(self, limit: float) -> float:
        return self.between((-limit, limit))

    def points(self, count: int, limit: float) -> Coordinates:
        return (2 * self._generator.random((count, 2)) - 1) * limit


def write(shape: Shape, seed: tuple[int, ...]) -> tuple[Coordinates, ...]:
    """Return the strokes of a shape in one handwriting, (k, 2) each, about 100 high."""
    chance = _Chance(seed)
    strokes = list(shape.strokes)
    if len(strokes) > 1:
        strokes = [_apart(stroke, chance) for stroke in strokes]
    strokes = [stroke + chance.points(len(stroke), TREMBLE) for stroke in strokes]
    strokes = [_overshot(_overshot(stroke, chance)[::-1], chance)[::-1] for stroke in strokes]
    bowls, taper = chance.between(BOWLS), chance.up_to(TAPER)
    width, lean = math.exp(chance.up_to(WIDTH)), math.tan(chance.between(SLANT))
    turn = chance.up_to(TURN)
    waves = [
        (chance.up_to(WAVE), chance.between(WAVES), chance.between((0.0, 2 * math.pi)))
        for _ in range(2)
    ]

    def bent(stroke: Coordinates) -> Coordinates:
        x, y = stroke.T / HEIGHT
        y = np.sign(y) * np.abs(y) ** bowls
        x = x * width * (1 + taper * (y - 0.5)) - lean * y
        (a, often_a, begin_a), (b, often_b, begin_b) = waves
        u = math.cos(turn) * x - math.sin(turn) * y
        v = math.sin(turn) * x + math.cos(turn) * y
        u, v = (
            HEIGHT * u + a * np.sin(2 * math.pi * often_a * v + begin_a),
            HEIGHT * v + b * np.sin(2 * math.pi * often_b * u + begin_b),
        )
        return np.column_stack([u, v])

    return tuple(bent(stroke) for stroke in strokes)


def _apart(stroke: Coordinates, chance: _Chance) -> Coordinates:
    """Return a stroke a little beside its place among the others, and of another size."""
    middle = stroke.mean(axis=0)
    moved = middle + chance.points(1, APART) + (stroke - middle) * (1 + chance.up_to(SIZE))
    return np.asarray(moved, dtype=np.float64)


def _overshot(stroke: Coordinates, chance: _Chance) -> Coordinates:
    """Return a stroke whose last point comes later or earlier on its way."""
    way = stroke[-1] - stroke[-2]
    length = float(np.hypot(*way))
    further = max(chance.between(OVERSHOOT), (SHORTEST - 1) * length)
    return np.concatenate([stroke[:-1], [stroke[-1] + way / length * further]])
