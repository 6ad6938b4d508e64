"""The losses that a surface can show for each model, and their names."""

from __future__ import annotations

from core.explain.loss_surface import other_cost, own_cost
from core.model_family import FAMILY, Cost

COMPARED: dict[Cost, tuple[str, str]] = {  # loss of another model: name, short name
    "cross-entropy": ("cross-entropy (nats)", "cross-entropy"),
    "squared error": ("MSE, (y − a)²", "MSE"),
}


def costs_of(kind: str) -> tuple[Cost, Cost]:
    """Return the losses shown for this model: its own, and one for comparison."""
    return own_cost(kind), other_cost(kind)


def title_of(kind: str, cost: Cost) -> str:
    """Return the title of a loss for this kind of model."""
    model = FAMILY[kind]
    if cost == own_cost(kind):
        in_nats = model.is_log_likelihood
        return f"{model.loss} ({model.unit})" if in_nats else f"{model.loss_short}, {model.formula}"
    return COMPARED[cost][0] if model.has_probabilities else f"{COMPARED[cost][0]} of σ(z)"


def choices_of(kind: str) -> tuple[tuple[str, tuple[Cost, ...], str], ...]:
    """Return the choices of losses: label, costs, tool tip."""
    own, other = costs_of(kind)
    as_what = (
        "to compare"
        if FAMILY[kind].has_probabilities
        else "if these were the weights of a sigmoid neuron"
    )
    return (
        (
            FAMILY[kind].loss_short,
            (own,),
            f"The loss that it is trained on: {title_of(kind, own)}",
        ),
        (COMPARED[other][1], (other,), f"{title_of(kind, other)}, of the same weights, {as_what}"),
        ("both", (own, other), "Side by side"),
    )
