"""What a lesson is: a run worth showing, with what to watch and what it shows."""

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
    """Points of one class, spread evenly over a rectangle: its middle and half its sides."""

    label: int
    size: int
    middle: tuple[float, float]
    half: tuple[float, float]


@dataclass(frozen=True)
class Preset:
    """One lesson.

    title : a few words for a menu; group : of the lessons that stand together.
    watch : what to look at while it trains, a sentence; shows : what it has shown then.
    data : what is drawn, where the config's data are drawn.
    start : rows of W and the biases that training starts from, where they are not the model's.
    speed : steps a second, `FLAT_OUT` for as many as can be.
    tab : of the stage, which shows it best.
    has_log_loss : the curve of the loss is read on a logarithmic axis.
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
        """What is drawn; None where the data are others."""
        if isinstance(self.data, GeneratorConfig):
            return generate(self.data)
        return None if self.data is None else banded(self.data)

    @property
    def params(self) -> Params | None:
        """The weights that it starts from; None for the model's own."""
        if self.start is None:
            return None
        W, b = self.start
        return Params(np.array(W, dtype=np.float32), np.array(b, dtype=np.float32))

    def on(self, device: str, folder: str | None = None) -> RunConfig:
        """Return the config for this device, with MNIST from a folder where there is one."""
        training = replace(self.config.training, device=device)
        data = self.config.data
        if data.source == "mnist":
            data = replace(data, folder=folder)
        return replace(self.config, data=data, training=training)


def banded(bands: tuple[Band, ...]) -> Points:
    rng = np.random.Generator(np.random.PCG64(BAND_SEED))
    places = [
        band.middle + rng.uniform(-1, 1, (band.size, 2)) * np.array(band.half) for band in bands
    ]
    labels = np.repeat([band.label for band in bands], [band.size for band in bands])
    h = int(labels.max()) + 1
    return Points(np.concatenate(places), labels.astype(np.int64), tuple(LETTERS[:h]))
