"""A derivation as a value: lines with their reasons, about the terms of one example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from core.config import HiddenActivation
from core.teach.derivations.expression import Expression


class About(Enum):
    """What output a derivation is about."""

    ANY = auto()
    NEURON = auto()  # a neuron's sigmoid
    CLASSES = auto()  # softmax
    HIDDEN = auto()  # any, behind a hidden layer


@dataclass(frozen=True, eq=False)
class Line:
    """One line: `left` = `right`. Without a left side it goes on with “= right”.

    reason : why, in a few words.
    """

    right: Expression
    reason: str
    left: Expression | None = None


@dataclass(frozen=True)
class HiddenLayer:
    """The unit whose weight is followed, the activation, and whether its outputs are a softmax."""

    unit: int
    activation: HiddenActivation
    is_softmax: bool


@dataclass(frozen=True)
class Case:
    """What a derivation is written about: which classes, inputs and weights of a run.

    h : classes of the softmax. label : the example's class; rival : another class.
    output : the row of W, of a softmax the class, whose weight is followed; feature : its column.
    m : inputs. features : those that are written out in z, all or only `feature`.
    hidden : of a derivation behind a hidden layer, whose h outputs need be no classes.
    """

    h: int
    label: int
    rival: int
    output: int
    feature: int
    m: int
    features: tuple[int, ...]
    hidden: HiddenLayer | None = None


@dataclass(frozen=True)
class Derivation:
    """A derivation by its key, which a lesson can name.

    watch : one sentence on what it shows. lines : its lines for a case.
    needs_batch : whether it is about the rows of a batch. classes : how many a softmax has; None
        for any number. has_code : whether its result is what the code of a batch's gradient gives.
    """

    key: str
    title: str
    about: About
    watch: str
    lines: Callable[[Case], tuple[Line, ...]]
    needs_batch: bool = False
    classes: int | None = None
    has_code: bool = False

    def fits(self, hidden: int) -> bool:
        """Return whether it is about models with so many hidden units, 0 without a hidden layer."""
        return (self.about is About.HIDDEN) == (hidden > 0)
