"""A lesson as a value: steps with their text, the run that each sets up, and what it waits for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from core.config import RunConfig
from core.data.generators import LETTERS, GeneratorConfig, generate
from core.data.points import Points
from core.teach.plot_question import PlotQuestion
from core.teach.question import Question
from core.teach.until import Until
from core.train.snapshot import Params

FLAT_OUT = math.inf
BAND_SEED = 5
# The names that a lesson can point at: views of the stage, and cards beside it.
VIEWS = (
    *("Boundary", "Words", "Weights", "Read", "Draw", "Data", "Curves", "Trace", "Network"),
    *("Surface", "Demos", "Evaluation", "Runs", "Lasso", "Derivation"),
)
CARDS = ("Loss", "Accuracy", "Example", "Confusion")
DEMOS = (  # the titles of the demonstrations that the view Demos can show
    *("Worked example", "Shift invariance", "Two classes, one neuron", "Temperature"),
    *("Simplex of probabilities", "Overflow of exp", "The normaliser z(x; θ)"),
    *("Sigmoid and log-odds", "One-hot rows", "Product or log-sum", "Pure guessing"),
    *("PyTorch’s four losses", "Softmax taken twice", "Sum or mean", "Push and pull"),
    *("Entropy and KL", "Pictures as numbers"),
)


class Band(NamedTuple):
    """Points of one class, uniform in a rectangle: its middle and half the lengths of its sides."""

    label: int
    size: int
    middle: tuple[float, float]
    half: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Setup:
    """A run that is set up for a step.

    data : the points, if the config's data are drawn.
    start : rows of W and the biases to start training from; None for the model's own.
    """

    config: RunConfig
    data: GeneratorConfig | tuple[Band, ...] | Points | None = None
    start: tuple[tuple[tuple[float, ...], ...], tuple[float, ...]] | None = None

    @property
    def points(self) -> Points | None:
        """The drawn points; None if the data are not drawn."""
        if isinstance(self.data, GeneratorConfig):
            return generate(self.data)
        return banded(self.data) if isinstance(self.data, tuple) else self.data

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


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a lesson.

    text : what to watch or to do, in Markdown; reveal : what it has shown, once `until` holds.
    setup : the run to set up; None goes on with the one that is there.
    view : one of VIEWS to show, highlight : one of VIEWS or CARDS to point at; "" for none.
    demo : one of DEMOS, for the view Demos to show; "" leaves the one that is there.
    derivation : key of one, for the view Derivation to unfold from its first line; "" leaves it.
    speed : steps per second, `FLAT_OUT` for no limit; None leaves it.
    has_log_loss : whether the loss curve has a logarithmic axis; None leaves it.
    is_covered : whether numbers are covered, so that a class can say them; None leaves it.
    question : one that the text asks, if any.
    plays : whether training begins by itself as the step is shown.
    """

    text: str
    reveal: str = ""
    setup: Setup | None = None
    view: str = ""
    demo: str = ""
    derivation: str = ""
    highlight: str = ""
    speed: float | None = None
    has_log_loss: bool | None = None
    is_covered: bool | None = None
    until: Until = field(default_factory=Until)
    question: Question | PlotQuestion | None = None
    plays: bool = False

    @property
    def is_watched(self) -> bool:
        """Whether there is something to wait for: else the step is a text to read."""
        return bool(self.reveal) or not self.until.is_end


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson.

    key : the name of its file, without number and ending; two lessons of one key are one lesson.
    title : short title for a menu; group : title of the group of lessons it belongs to.
    """

    key: str
    title: str
    group: str
    steps: tuple[Step, ...]

    @property
    def first(self) -> Step:
        """The first step; there is at least one."""
        return self.steps[0]


class Place(NamedTuple):
    """A step of a lesson, by its position, from 0."""

    lesson: Lesson
    position: int = 0

    @property
    def step(self) -> Step:
        return self.lesson.steps[self.position]

    @property
    def base(self) -> Place | None:
        """The step that has set up the run of this one; None if that is any run."""
        for position in range(self.position, -1, -1):
            if self.lesson.steps[position].setup is not None:
                return Place(self.lesson, position)
        return None

    @property
    def key(self) -> tuple[str, int]:
        """What stays the same when the file is read again."""
        return self.lesson.key, self.position


def banded(bands: tuple[Band, ...]) -> Points:
    """Return the points of the bands, the same ones each time."""
    rng = np.random.Generator(np.random.PCG64(BAND_SEED))
    positions = [
        band.middle + rng.uniform(-1, 1, (band.size, 2)) * np.array(band.half) for band in bands
    ]
    labels = np.repeat([band.label for band in bands], [band.size for band in bands])
    h = int(labels.max()) + 1
    return Points(np.concatenate(positions), labels.astype(np.int64), tuple(LETTERS[:h]))
