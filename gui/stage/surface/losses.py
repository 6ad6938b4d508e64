"""The losses that a surface can show for each model, and what they are called."""

from __future__ import annotations

from core.explain.loss_surface import Cost, other_cost, own_cost
from core.model_family import FAMILY

TITLES: dict[Cost, str] = {
    "cross-entropy": "cross-entropy (nats)",
    "squared error": "MSE, (a − y)²",
    "of the line": "MSE, (y − z)²",
    "criterion": "perceptron criterion, max(0, −(2y − 1) z)",
}
WORDS: dict[Cost, str] = {
    "cross-entropy": "cross-entropy",
    "squared error": "MSE",
    "of the line": "MSE",
    "criterion": "criterion",
}
AS_SIGMOID = ("perceptron", "adaline")  # which have no probabilities of their own


def title_of(kind: str, cost: Cost) -> str:
    """Name a loss as it is of this model."""
    if cost == own_cost(kind) and kind in ("ovr", "ovo"):
        return f"{FAMILY[kind].loss} ({FAMILY[kind].unit})"
    return (
        f"{TITLES[cost]} of σ(z)" if kind in AS_SIGMOID and cost != own_cost(kind) else TITLES[cost]
    )


def choices_of(kind: str) -> tuple[tuple[str, tuple[Cost, ...], str], ...]:
    """Return the losses that can be looked at: words, costs, tip."""
    own, other = own_cost(kind), other_cost(kind)
    as_what = (
        "if these were the weights of a sigmoid neuron" if kind in AS_SIGMOID else "to compare"
    )
    return (
        (WORDS[own], (own,), f"The loss that it is trained on: {title_of(kind, own)}"),
        (WORDS[other], (other,), f"{title_of(kind, other)}, of the same weights, {as_what}"),
        ("both", (own, other), "Side by side"),
    )
