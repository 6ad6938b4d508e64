"""The losses that a surface can show for each model, and their names."""

from __future__ import annotations

from core.explain.surface.loss_surface import other_loss, own_loss
from core.language import mark, tr
from core.model_family import FAMILY
from core.model_kind import LossName

COMPARED: dict[LossName, tuple[str, str]] = {  # loss of another model: name, short name
    "cross-entropy": (mark("cross-entropy (nats)"), mark("cross-entropy")),
    "squared error": (mark("MSE, (y − a)²"), mark("MSE")),
}


def losses_of(kind: str) -> tuple[LossName, LossName]:
    """Return the losses shown for this model: its own, and one for comparison."""
    return own_loss(kind), other_loss(kind)


def title_of(kind: str, loss_name: LossName) -> str:
    """Return the title of a loss for this kind of model."""
    model = FAMILY[kind]
    if loss_name == own_loss(kind):
        in_nats = model.is_log_likelihood
        if in_nats:
            return f"{tr(model.loss)} ({tr(model.unit)})"
        return f"{tr(model.loss_short)}, {tr(model.formula)}"
    name = tr(COMPARED[loss_name][0])
    return name if model.has_probabilities else tr("{loss} of σ(z)", loss=name)


def choices_of(kind: str) -> tuple[tuple[str, tuple[LossName, ...], str], ...]:
    """Return the choices of losses: label, losses, tool tip."""
    own, other = losses_of(kind)
    loss = title_of(kind, other)
    compared = tr("{loss}, of the same weights, to compare", loss=loss)
    if not FAMILY[kind].has_probabilities:
        compared = tr(
            "{loss}, of the same weights, if these were the weights of a sigmoid neuron", loss=loss
        )
    trained = tr("The loss that it is trained on: {loss}", loss=title_of(kind, own))
    return (
        (tr(FAMILY[kind].loss_short), (own,), trained),
        (tr(COMPARED[other][1]), (other,), compared),
        (tr("both"), (own, other), tr("Side by side")),
    )
