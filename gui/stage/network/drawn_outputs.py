"""The classes and outputs of a model that are drawn, and their names."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.model_family import DEFAULT_KIND, FAMILY, output_names, pairs
from gui.kit import theme as look
from gui.stage.network.parts import Signals

MOST_CLASSES = 10


class DrawnOutputs:
    """The drawn outputs: of many classes the most probable ones and the example's own.

    classes : numbers of the drawn classes. pairs : numbers of the drawn pairs if the model is
    pairwise, else empty.
    """

    def __init__(self, task: Task | None) -> None:
        self._task = task
        self.classes = [] if task is None else list(range(min(task.dataset.h, MOST_CLASSES)))
        self.pairs = []
        if task is not None and FAMILY[self.kind].is_pairwise:
            self.pairs = _pairs_about(task.dataset.h, 0)

    @property
    def kind(self) -> str:
        return self._task.config.model.kind if self._task else DEFAULT_KIND

    @property
    def is_neuron(self) -> bool:
        """Whether the model is one neuron that says yes or no."""
        return self._task is not None and self._task.config.model.is_neuron

    @property
    def outputs(self) -> list[int]:
        """The drawn rows of W."""
        if FAMILY[self.kind].is_pairwise:
            return self.pairs
        return [0] if self.is_neuron else self.classes

    def choose(self, signals: Signals) -> bool:
        """Choose classes and pairs for these signals; return whether the choice has changed."""
        before = self.classes, self.pairs
        if self._task and self._task.dataset.h > MOST_CLASSES:
            answer = signals.answer
            a = (answer.votes if len(answer.votes) else answer.probabilities).tolist()
            order = sorted(range(len(a)), key=lambda k: (k != signals.label, -a[k]))
            self.classes = sorted(order[:MOST_CLASSES])
        if self._task and FAMILY[self.kind].is_pairwise:
            about = signals.answer.decided if signals.label is None else signals.label
            self.pairs = _pairs_about(self._task.dataset.h, about)
        return (self.classes, self.pairs) != before

    def name_of(self, output: int) -> str:
        """Return the name of an output, a row of W."""
        assert self._task
        return output_names(self.kind, shown_classes(self._task.dataset))[output]

    def pair_name(self, output: int, metrics: QFontMetricsF, available: float) -> str:
        """Return a pair's name: of class names if they fit into `available` px, else of markers."""
        assert self._task
        name = self.name_of(output)
        if metrics.horizontalAdvance(name) <= available:
            return name
        dataset = self._task.dataset
        marks = (dataset.class_marks[k] for k in pairs(dataset.h)[output])
        return "|".join(look.GLYPHS[mark % len(look.GLYPHS)] for mark in marks)

    def classes_of(self, output: int) -> tuple[int, ...]:
        """Return the classes of an output: its own, or both of a pair."""
        if not self.pairs or self._task is None:
            return (output,)
        return pairs(self._task.dataset.h)[output]


def _pairs_about(h: int, about: int) -> list[int]:
    """Return the numbers of all pairs of h classes, or if too many, of those with class `about`."""
    every = pairs(h)
    if len(every) <= MOST_CLASSES:
        return list(range(len(every)))
    return [p for p, pair in enumerate(every) if about in pair][: MOST_CLASSES - 1]
