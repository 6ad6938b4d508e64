"""What determines the lines of a derivation: the model, the class, and what is shown of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.config import HiddenActivation
from core.data.shown_names import shown_classes, shown_inputs
from core.data.task import Task
from core.model_family import FAMILY, output_names, pairs
from core.number_format import format_plain
from core.optimiser_family import OPTIMISERS, Optimiser, OptimiserName
from gui.kit.plain_text import beginning, short

if TYPE_CHECKING:  # it imports PyTorch
    from core.explain.example_trace import Trace

# Limits:
PRODUCTS = 6  # features, or hidden units, that are multiplied out, and that matrices show
PAIRS = 6  # pairs of classes that are all shown; of more, only those with one class
MOST_PAIRS = 9  # pairs with that class that are shown
WORD_LETTERS = 20  # of a word
WORDS = 40  # words of a document that are listed
TEXT_LETTERS = 240  # characters of a document's beginning


class Document(NamedTuple):
    """A document as the first line shows it.

    beginning : of its text, "" if it is not known. words : with their numbers, as in “airlock 2”;
    the first tell most. total : of all of its words that are inputs.
    """

    beginning: str
    words: tuple[str, ...]
    total: int


@dataclass(frozen=True)
class Shape:
    """Everything that determines the lines: while it is unchanged, only the numbers change.

    outputs : the rows of W that are shown; W has `rows` of them. tied : the classes that lead the
    vote of pairs. has_moves : whether there are new weights to show. has_decay : whether λ ≠ 0.
    features : the inputs that matrices show. document : of an example that is one.
    hidden : number of hidden units, 0 without such a layer; units : those that are shown.
    """

    kind: str
    outputs: tuple[int, ...]
    rows: int
    m: int
    is_image: bool
    label: int | None
    decided: int
    tied: tuple[int, ...]
    is_shifted: bool
    has_batch: bool
    has_moves: bool
    has_decay: bool
    has_l1: bool
    has_bias: bool
    has_class_weights: bool
    rule: OptimiserName
    is_scaled: bool
    features: tuple[int, ...]
    names: tuple[str, ...]
    marks: tuple[int, ...]
    titles: tuple[str, ...]
    inputs: tuple[str, ...]
    document: Document | None
    hidden: int
    activation: HiddenActivation
    units: tuple[int, ...]

    @property
    def is_neuron(self) -> bool:
        """Whether the model is one neuron that says yes or no."""
        return self.rows == 1 and not FAMILY[self.kind].is_pairwise

    @property
    def optimiser(self) -> Optimiser:
        return OPTIMISERS[self.rule]

    @property
    def has_penalty(self) -> bool:
        """Whether the optimiser's gradient includes a penalty."""
        return self.has_decay and not self.optimiser.decouples_decay

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The classes of each row of W, for the neurons of pairs."""
        return pairs(len(self.names))


def shape_of(
    task: Task, trace: Trace, text: str = "", units: tuple[int, ...] | None = None
) -> Shape:
    """Return what decides the lines of a trace.

    text : the example itself, if it is a document. units : the hidden units to show, if they are
    not to be chosen anew: the strongest change from step to step.
    """
    is_image, vocabulary = task.dataset.image_shape is not None, task.dataset.vocabulary
    m, found = len(trace.x), trace.response
    if vocabulary is not None:
        order = vocabulary.telling(trace.x)
    else:
        order = np.argsort(-np.abs(trace.x), kind="stable")
    shown = np.sort(order[:PRODUCTS])
    return Shape(
        kind=trace.kind,
        outputs=_outputs(trace, task.dataset.h),
        rows=len(trace.z),
        m=m,
        is_image=is_image,
        label=trace.label,
        decided=found.decided,
        tied=found.tied,
        is_shifted=found.shift != 0,
        has_batch=trace.batch is not None,
        has_moves=trace.layer.W_moves is not None,
        has_decay=trace.decay != 0,
        has_l1=trace.l1 != 0,
        has_bias=task.config.model.has_bias,
        has_class_weights=task.class_weights is not None,
        rule=trace.rule,
        is_scaled=not task.standardiser.is_identity and task.feature_map.is_identity,
        features=() if is_image else tuple(int(j) for j in shown),
        names=shown_classes(task.dataset),
        marks=task.dataset.class_marks,
        titles=output_names(trace.kind, shown_classes(task.dataset)),
        inputs=() if is_image else tuple(shown_inputs(task)),
        document=_document(task, text, trace.x, order) if vocabulary else None,
        hidden=task.config.model.hidden,
        activation=task.config.model.activation,
        units=strongest_units(trace) if units is None else units,
    )


def strongest_units(trace: Trace) -> tuple[int, ...]:
    """Return the hidden units that add most to the logits of this example, in their order."""
    if trace.hidden is None:
        return ()
    size = np.linalg.norm(trace.layer.products, axis=0)
    return tuple(sorted(np.argsort(-size, kind="stable")[:PRODUCTS].tolist()))


def _outputs(trace: Trace, h: int) -> tuple[int, ...]:
    """Return the rows of W to show: all, or of many pairs those with one class."""
    outputs = len(trace.z)
    if not FAMILY[trace.kind].is_pairwise or outputs <= PAIRS:
        return tuple(range(outputs))
    about = trace.response.decided if trace.label is None else trace.label
    having = [k for k, pair in enumerate(pairs(h)) if about in pair]
    return tuple(having[:MOST_PAIRS])


def _document(task: Task, text: str, x: NDArray[np.float64], order: NDArray[np.int64]) -> Document:
    """Return a document with inputs x, of which those in `order` are its words."""
    names = shown_inputs(task)
    words = (f"{short(names[j], WORD_LETTERS)} {format_plain(x[j], 3)}" for j in order[:WORDS])
    return Document(beginning(text, TEXT_LETTERS), tuple(words), len(order))
