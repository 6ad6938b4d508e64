"""Models that other packages bring: entry points of the group `logitlab.models`.

Each names a `Neuron`, which becomes a row of the family when its name is first asked for.
`core.brought_head` checks its mathematics, which needs PyTorch.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, cast

from core import plugins
from core.errors import DataError
from core.model_kind import Kind, LossName, ModelKind

if TYPE_CHECKING:
    from torch import Tensor

NAME = re.compile(r"[a-z][a-z0-9_-]{0,29}")
MOST_LETTERS = 120  # of a text


@dataclass(frozen=True)
class Neuron:
    """One neuron a = σ(z) with a loss of its own, for a package that brings a model.

    title : its name in a list. words : what it is, a sentence without its full stop.
    loss_name, unit : of the loss. formula : L of one example, in y (0 or 1), z and a.
    slope : ∂L/∂z of one example, likewise.
    loss : logits Z (n, 1) and targets Y (n, 1) of PyTorch → losses (n,), at least 0.
    gradient : the same → ∂L/∂z of each example, (n, 1). Neither may change Z or Y.
    curvature_bound : upper bound of |∂²L/∂z²| of one example, above 0.
    """

    title: str
    words: str
    loss_name: str
    unit: str
    formula: str
    slope: str
    loss: Callable[[Tensor, Tensor], Tensor]
    gradient: Callable[[Tensor, Tensor], Tensor]
    curvature_bound: float


def is_offered(name: object) -> bool:
    """Return whether an installed package brings a model of this name."""
    return name in plugins.offered(plugins.MODELS)


def neuron_of(name: str) -> Neuron:
    """Return the model of this name.

    Raises KeyError if no package brings it, DataError if what it brings is none.
    """
    entry = plugins.offered(plugins.MODELS)[name]
    found = plugins.load(entry)
    fault = _fault(name, found)
    if fault:
        raise plugins.failure(entry, TypeError(fault))
    return cast(Neuron, found)


def kind_of(name: str, like: Kind) -> Kind:
    """Return the model's row of the family; all that it does not say is as `like` has it."""
    neuron = neuron_of(name)
    return replace(
        like,
        name=cast(ModelKind, name),
        title=neuron.title,
        words=neuron.words,
        loss=neuron.loss_name,
        loss_short=neuron.loss_name,
        loss_name=cast(LossName, name),
        unit=neuron.unit,
        formula=neuron.formula,
        gradient=neuron.slope,
        pull=f"−({neuron.slope})",
        pull_words="as the slope of its loss says",
        is_brought=True,
        no_odds=f"{neuron.title} does not fit odds: its loss is one of its own.",
    )


def failure(name: str, fault: str) -> DataError:
    """Return an error that says whose model is at fault, and how."""
    return plugins.failure(plugins.offered(plugins.MODELS)[name], ValueError(fault))


def _fault(name: str, found: object) -> str:
    """Return why this can be no model of that name, "" if it can."""
    if not NAME.fullmatch(name):
        return f"the name “{name}” must be small letters, digits, - and _, 30 at most"
    if not isinstance(found, Neuron):
        return f"it brings {type(found).__name__}; a Neuron was expected"
    for field in fields(found):
        value = getattr(found, field.name)
        if field.name in ("loss", "gradient"):
            if not callable(value):
                return f"its {field.name} is no function"
        elif field.name == "curvature_bound":
            if not (isinstance(value, int | float) and 0 < value < float("inf")):
                return "its curvature_bound is no number above 0"
        elif not (isinstance(value, str) and value.isprintable() and value.strip()):
            return f"its {field.name} is no text of one line"
        elif len(value) > MOST_LETTERS:
            return f"its {field.name} has {len(value)} characters; {MOST_LETTERS} are room for"
    return ""
