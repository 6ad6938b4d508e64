"""The losses that a surface can show for each model, and their names."""

from __future__ import annotations

from core.explain.surface.loss_surface import other_loss, own_loss
from core.language import tr
from core.model_family import FAMILY
from core.model_kind import LossName

COMPARED: dict[LossName, tuple[str, str]] = {  # loss of another model: name, short name
    "cross-entropy": ("cross-entropy (nats)", "cross-entropy"),
    "squared error": ("MSE, (y − a)²", "MSE"),
}


def losses_of(kind: str) -> tuple[LossName, LossName]:
    """Return the losses shown for this model: its own, and one for comparison."""
    return own_loss(kind), other_loss(kind)


def title_of(kind: str, loss_name: LossName) -> str:
    """Return the title of a loss for this kind of model."""
    model = FAMILY[kind]
    if loss_name == own_loss(kind):
        if model.is_log_likelihood:
            return f"{tr(model.loss)} ({tr(model.unit)})"
        return f"{tr(model.loss_short)}, {tr(model.formula)}"
    return (
        COMPARED[loss_name][0] if model.has_probabilities else f"{COMPARED[loss_name][0]} of σ(z)"
    )


def choices_of(kind: str) -> tuple[tuple[str, tuple[LossName, ...], str], ...]:
    """Return the choices of losses: label, losses, tool tip."""
    own, other = losses_of(kind)
    as_what = (
        "to compare"
        if FAMILY[kind].has_probabilities
        else "if these were the weights of a sigmoid neuron"
    )
    return (
        (
            tr(FAMILY[kind].loss_short),
            (own,),
            f"The loss that it is trained on: {title_of(kind, own)}",
        ),
        (COMPARED[other][1], (other,), f"{title_of(kind, other)}, of the same weights, {as_what}"),
        ("both", (own, other), "Side by side"),
    )
