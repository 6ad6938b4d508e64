"""The definition of a lesson: a run worth showing, what to watch, and what it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from core.config import RunConfig
from core.data.generators import LETTERS, GeneratorConfig, generate
from core.data.points import Points
from core.train.snapshot import Params

FLAT_OUT = math.inf
BAND_SEED = 5


class Band(NamedTuple):
    """Points of one class, uniform in a rectangle: its middle and half the lengths of its sides."""

    label: int
    size: int
    middle: tuple[float, float]
    half: tuple[float, float]


@dataclass(frozen=True)
class Preset:
    """One lesson.

    title : short title for a menu; group : title of the group of lessons it belongs to.
    watch : a sentence on what to watch while it trains; shows : on what it has shown.
    data : the points, if the config's data are drawn.
    start : rows of W and the biases to start training from; None for the model's own.
    speed : steps per second, `FLAT_OUT` for no limit.
    tab : the tab of the stage that shows it best.
    has_log_loss : whether the loss curve has a logarithmic axis.
    """

    key: str
    group: str
    title: str
    config: RunConfig
    watch: str
    shows: str
    data: GeneratorConfig | tuple[Band, ...] | None = None
    start: tuple[tuple[tuple[float, ...], ...], tuple[float, ...]] | None = None
    speed: float = 50
    tab: str = "Boundary"
    has_log_loss: bool = False

    @property
    def points(self) -> Points | None:
        """The drawn points; None if the data are not drawn."""
        if isinstance(self.data, GeneratorConfig):
            return generate(self.data)
        return None if self.data is None else banded(self.data)

    @property
    def params(self) -> Params | None:
        """The initial weights; None for the model's own."""
        if self.start is None:
            return None
        W, b = self.start
        return Params(np.array(W, dtype=np.float32), np.array(b, dtype=np.float32))

    def on(self, device: str, folder: str | None = None) -> RunConfig:
        """Return the config for this device; folder : where to read MNIST, if used."""
        training = replace(self.config.training, device=device)
        data = self.config.data
        if data.source == "mnist":
            data = replace(data, folder=folder)
        return replace(self.config, data=data, training=training)


def banded(bands: tuple[Band, ...]) -> Points:
    rng = np.random.Generator(np.random.PCG64(BAND_SEED))
    positions = [
        band.middle + rng.uniform(-1, 1, (band.size, 2)) * np.array(band.half) for band in bands
    ]
    labels = np.repeat([band.label for band in bands], [band.size for band in bands])
    h = int(labels.max()) + 1
    return Points(np.concatenate(positions), labels.astype(np.int64), tuple(LETTERS[:h]))
