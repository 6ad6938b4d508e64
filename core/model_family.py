"""The family of models as one table: what each is called, asks, and costs.

All are one linear map Z = X Wᵀ + b, and differ in how the logits are read. The mathematics of
each row is the row of the same name in `core.train.losses.HEADS`, which needs PyTorch;
this does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

ModelKind = Literal["perceptron", "adaline", "mse", "binary", "softmax", "ovr", "ovo"]
Classes = Literal["two classes", "all classes"]


@dataclass(frozen=True)
class Kind:
    """One model of the family.

    title : its name in a list. words : what it is, in a sentence. takes : which classes.
    outputs : from the number of classes to rows of W.
    loss : what its loss is called; unit : what that is measured in.
    gradient : dL/dz of one example. decides : when it says yes, or which class it chooses.
    is_convex : its loss has one valley, so that second-order methods find its foot.
    has_odds : its activation is a probability whose odds the weights multiply.
    """

    name: ModelKind
    title: str
    words: str
    takes: Classes
    outputs: Callable[[int], int]
    activation: str
    loss: str
    unit: str
    formula: str
    gradient: str
    decides: str
    is_convex: bool = True
    has_odds: bool = False

    @property
    def is_neuron(self) -> bool:
        """Whether it is one neuron that says yes or no."""
        return self.takes == "two classes"


FAMILY: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="perceptron",
            title="Perceptron",
            words="One neuron with a step: only mistakes move it",
            takes="two classes",
            outputs=lambda _: 1,
            activation="step(z)",
            loss="perceptron criterion",
            unit="logits",
            formula="max(0, −(2y − 1) z)",
            gradient="ŷ − y",
            decides="z > 0",
            is_convex=False,  # convex, but with kinks: it has no second derivative
        ),
        Kind(
            name="adaline",
            title="ADALINE",
            words="One neuron that fits a straight line to 0 and 1",
            takes="two classes",
            outputs=lambda _: 1,
            activation="z",
            loss="squared error",
            unit="squared units",
            formula="(y − z)²",
            gradient="−2(y − z)",
            decides="z > ½",
        ),
        Kind(
            name="mse",
            title="Sigmoid + MSE",
            words="One sigmoid neuron with the squared error, which starves confident mistakes",
            takes="two classes",
            outputs=lambda _: 1,
            activation="σ(z)",
            loss="squared error",
            unit="squared units",
            formula="(y − a)²",
            gradient="−2(y − a)·a(1 − a)",
            decides="z > 0",
            is_convex=False,
        ),
        Kind(
            name="binary",
            title="Logistic",
            words="One sigmoid neuron with cross-entropy: yes or no",
            takes="two classes",
            outputs=lambda _: 1,
            activation="σ(z)",
            loss="cross-entropy",
            unit="nats",
            formula="−y log a − (1 − y) log(1 − a)",
            gradient="a − y",
            decides="z > 0",
            has_odds=True,
        ),
        Kind(
            name="softmax",
            title="Softmax",
            words="One neuron for each class, probabilities that sum to 1",
            takes="all classes",
            outputs=lambda h: h,
            activation="softmax(z)",
            loss="cross-entropy",
            unit="nats",
            formula="−log a_y",
            gradient="a − y",
            decides="argmax z",
            has_odds=True,
        ),
        Kind(
            name="ovr",
            title="One vs rest",
            words="One sigmoid for each class against the others; they need not sum to 1",
            takes="all classes",
            outputs=lambda h: h,
            activation="σ(zⱼ) each",
            loss="binary cross-entropies",
            unit="nats",
            formula="Σⱼ −yⱼ log aⱼ − (1 − yⱼ) log(1 − aⱼ)",
            gradient="a − y",
            decides="argmax a",
            has_odds=True,
        ),
        Kind(
            name="ovo",
            title="One vs one",
            words="One sigmoid for each pair of classes, which sees these two only; they vote",
            takes="all classes",
            outputs=lambda h: h * (h - 1) // 2,
            activation="σ(z) of each pair",
            loss="binary cross-entropies",
            unit="nats",
            formula="Σ of the pairs with y: −t log a − (1 − t) log(1 − a)",
            gradient="a − t, or 0 where y is not of the pair",
            decides="most votes, ties by confidence",
        ),
    )
}


def pairs(h: int) -> list[tuple[int, int]]:
    """Return the pairs of h classes in the order of one-vs-one's neurons: i against j > i."""
    return [(i, j) for i in range(h) for j in range(i + 1, h)]


def output_names(kind: str, classes: Sequence[str]) -> tuple[str, ...]:
    """Return what each row of W speaks for: a neuron's yes, a class, or j of a pair “i|j”."""
    if FAMILY[kind].is_neuron:
        return (classes[1],)
    if kind == "ovo":
        return tuple(f"{classes[i]}|{classes[j]}" for i, j in pairs(len(classes)))
    return tuple(classes)


def guessing(kind: str, h: int) -> tuple[float, str] | None:
    """Return the loss of who knows nothing of an example, and how it is written; None for none.

    He says 1/h of each class, or ½ of each yes or no.
    """
    if h < 2:
        return None  # there is nothing to guess
    match kind:
        case "perceptron":
            return None  # to guess is to be on the boundary, which costs nothing
        case "adaline" | "mse":
            return 0.25, "¼"
        case "ovr" | "ovo":
            neurons = h if kind == "ovr" else h - 1  # that see an example
            return neurons * math.log(2), f"{neurons} ln 2" if neurons > 1 else "ln 2"
        case _:
            return math.log(h), f"ln {h}"
