"""Generators of points in the plane; the same settings give the same points everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.config import MAX_SEED
from core.data.points import MAX_CLASSES, MAX_POINTS, MIN_CLASSES, Points
from core.errors import ConfigError
from core.language import mark, tr
from core.number_format import format_integer

if TYPE_CHECKING:  # to import it takes milliseconds
    from numpy.random import Generator

Positions = NDArray[np.float64]
LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True)
class GeneratorConfig:
    """Settings of a generated set of points.

    size : total number of points.
    noise : from 0 for the clean figure to 1 for one that is hardly recognisable.
    classes : 2 to 10, where the kind allows a choice.
    imbalance : 0 for classes of equal size; at 0.9 each class has a tenth of the one before it.
    flipped : probability that a point gets another, random class.
    margin : half the width of the empty strip between the classes of “separable”, in axis units.
    """

    kind: str = "blobs"
    size: int = 200
    noise: float = 0.3
    classes: int = 3
    imbalance: float = 0.0
    flipped: float = 0.0
    margin: float = 0.5
    seed: int = 1

    def __post_init__(self) -> None:
        for name, low, high in (
            ("size", 2, MAX_POINTS),
            ("noise", 0.0, 1.0),
            ("classes", MIN_CLASSES, MAX_CLASSES),
            ("imbalance", 0.0, 0.9),
            ("flipped", 0.0, 0.5),
            ("margin", 0.0, 3.0),
            ("seed", 0, MAX_SEED),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ConfigError(
                    tr(
                        "{name} is {value}; it must be from {low} to {high}.",
                        name=name,
                        value=format_integer(value),
                        low=format_integer(low),
                        high=format_integer(high),
                    )
                )
        if self.kind not in KINDS:
            raise ConfigError(
                tr(
                    "There is no “{kind}”; choose from {kinds}.",
                    kind=self.kind,
                    kinds=", ".join(KINDS),
                )
            )


class Kind(NamedTuple):
    """A row of KINDS: its title, its generator, and its number of classes (0: any)."""

    title: str
    make: Callable[[NDArray[np.int64], GeneratorConfig, Generator], Positions]
    classes: int


def generate(recipe: GeneratorConfig) -> Points:
    """Return the points of the recipe, class by class."""
    kind = KINDS[recipe.kind]
    h = kind.classes or recipe.classes
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    labels = np.repeat(np.arange(h), _counts(recipe.size, h, recipe.imbalance))
    xy = kind.make(labels, recipe, rng)
    flipped = rng.random(len(labels)) < recipe.flipped
    shifts = rng.integers(1, h, len(labels))  # drawn for all: more flips keep the earlier ones
    labels = np.where(flipped, (labels + shifts) % h, labels)
    return Points(xy, labels.astype(np.int64), tuple(LETTERS[:h]))


def _counts(size: int, h: int, imbalance: float) -> NDArray[np.int64]:
    """Return the number of points of each class, at least 1; they add up to `size`."""
    shares = (1 - imbalance) ** np.arange(h)
    ends = np.rint(np.cumsum(shares) / shares.sum() * max(size - h, 0)).astype(np.int64)
    counts: NDArray[np.int64] = np.diff(ends, prepend=0) + 1
    return counts


def _positions_along(labels: NDArray[np.int64], *, closed: bool = False) -> Positions:
    """Return each point's position along the curve of its class, 0 … 1 in even steps.

    On a closed curve the end coincides with the start, so that 1 is left out.
    """
    along = np.zeros(len(labels))
    for k in np.unique(labels):
        rows = labels == k
        along[rows] = np.linspace(0, 1, rows.sum(), endpoint=not closed)
    return along


def _jitter(xy: Positions, spread: float, rng: Generator) -> Positions:
    return xy + rng.normal(scale=spread, size=xy.shape) if spread else xy


def _blobs(labels: NDArray[np.int64], recipe: GeneratorConfig, rng: Generator) -> Positions:
    """Gaussian clusters with centres on a circle."""
    angle = 2 * np.pi * labels / recipe.classes + np.pi / 2
    centres = 3.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return centres + rng.normal(size=centres.shape) * (0.2 + 1.6 * recipe.noise)


def _moons(labels: NDArray[np.int64], recipe: GeneratorConfig, rng: Generator) -> Positions:
    angle = np.pi * _positions_along(labels)
    upper = np.stack([2.4 * np.cos(angle) - 1.2, 2.6 * np.sin(angle) - 0.6], axis=1)
    lower = np.stack([1.2 - 2.4 * np.cos(angle), 0.6 - 2.6 * np.sin(angle)], axis=1)
    return _jitter(np.where(labels[:, None] == 0, upper, lower), recipe.noise, rng)


def _circles(labels: NDArray[np.int64], recipe: GeneratorConfig, rng: Generator) -> Positions:
    radius = 4.2 * (labels + 1) / recipe.classes
    angle = 2 * np.pi * _positions_along(labels, closed=True)
    ring = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return _jitter(ring, recipe.noise, rng)


def _xor(labels: NDArray[np.int64], recipe: GeneratorConfig, rng: Generator) -> Positions:
    """Two opposite quadrants per class: not linearly separable."""
    x = rng.uniform(-4, 4, len(labels))
    y = rng.uniform(0, 4, len(labels)) * np.where((x > 0) == (labels == 0), 1, -1)
    return _jitter(np.stack([x, y], axis=1), recipe.noise, rng)


def _spirals(labels: NDArray[np.int64], recipe: GeneratorConfig, rng: Generator) -> Positions:
    along = _positions_along(labels)
    angle = 1.5 * 2 * np.pi * along * 0.75 + 2 * np.pi * labels / recipe.classes
    radius = 0.4 + 4 * along
    arm = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return _jitter(arm, 0.6 * recipe.noise, rng)


def _checkerboard(labels: NDArray[np.int64], recipe: GeneratorConfig, rng: Generator) -> Positions:
    """Four by four squares of side 2."""
    column = rng.integers(0, 4, len(labels))
    row = 2 * rng.integers(0, 2, len(labels)) + (column + labels) % 2
    field = np.stack([column, row], axis=1) * 2.0 - 4
    return _jitter(field + rng.uniform(0, 2, size=field.shape), 0.6 * recipe.noise, rng)


def _separable(labels: NDArray[np.int64], recipe: GeneratorConfig, rng: Generator) -> Positions:
    """Two classes on both sides of an empty strip, twice the margin wide whatever the noise."""
    angle = rng.uniform(0, np.pi)
    normal = np.array([math.cos(angle), math.sin(angle)])
    along = np.array([-normal[1], normal[0]])
    side = np.where(labels == 0, -1, 1)
    depth = recipe.margin + np.abs(rng.normal(size=len(labels))) * (0.4 + recipe.noise)
    across = rng.uniform(-3.2, 3.2, len(labels))
    positions: Positions = (side * depth)[:, None] * normal + across[:, None] * along
    return positions


def _lecture_toy(labels: NDArray[np.int64], recipe: GeneratorConfig, rng: Generator) -> Positions:
    """Two slightly overlapping clusters: the first data set of the lecture."""
    centres = np.where(labels[:, None] == 0, (-1.5, -1.5), (1.5, 1.5))
    return centres + rng.normal(size=centres.shape) * (0.5 + 1.5 * recipe.noise)


KINDS = {
    "blobs": Kind(mark("Blobs"), _blobs, 0),
    "toy": Kind(mark("Lecture toy"), _lecture_toy, 2),
    "separable": Kind(mark("Separable"), _separable, 2),
    "moons": Kind(mark("Moons"), _moons, 2),
    "circles": Kind(mark("Circles"), _circles, 0),
    "xor": Kind("XOR", _xor, 2),
    "checkerboard": Kind(mark("Checkerboard"), _checkerboard, 2),
    "spirals": Kind(mark("Spirals"), _spirals, 0),
}
