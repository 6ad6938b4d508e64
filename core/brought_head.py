"""The mathematics of models that other packages bring, checked before they train."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from core import brought_model
from core.brought_model import Neuron

LARGE = 1_000.0  # a logit that must not overflow
NEAR = 1e-6  # of two gradients, relative to the larger of them and 1
STEP = 1e-4  # between two logits whose gradients give the curvature
SLACK = 1e-3  # of the curvature, which is estimated


def checked(name: str) -> Neuron:
    """Return the model of this name. Raises DataError if its mathematics is not as it says.

    Loss and gradient are tried on logits from −8 to 8 and of ±1,000, for both targets.
    """
    neuron = brought_model.neuron_of(name)
    try:
        fault = _fault(neuron)
    except Exception as error:  # it is another's code
        fault = f"{type(error).__name__}: {error}"
    if fault:
        raise brought_model.failure(name, fault)
    return neuron


def written_to_out(gradient: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    """Return the gradient as the trainer asks for it, which gives a tensor for the result."""

    def written(Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor:
        found = gradient(Z, Y)
        return found if out is None else out.copy_(found)

    return written


def _fault(neuron: Neuron) -> str:
    logits = torch.linspace(-8, 8, 61, dtype=torch.float64) + 0.0123  # not where losses have kinks
    for dtype in (torch.float32, torch.float64):
        Z, Y = _examples(torch.cat([logits, torch.tensor([-LARGE, LARGE])]).to(dtype))
        given = Z.clone(), Y.clone()
        losses, slopes = neuron.loss(Z, Y), neuron.gradient(Z, Y)
        if not (torch.equal(Z, given[0]) and torch.equal(Y, given[1])):
            return "it changes the logits or the targets"
        for what, values, shape in (("loss", losses, (len(Z),)), ("gradient", slopes, Z.shape)):
            if values.shape != shape or values.dtype != dtype:
                return (
                    f"its {what} of Z {tuple(Z.shape)} has the shape {tuple(values.shape)} of "
                    f"{values.dtype}; {tuple(shape)} of {dtype} was expected"
                )
            if not values.isfinite().all():
                return f"its {what} is not finite for each logit from −1,000 to 1,000"
        if losses.min() < 0:
            return "its loss is below 0"
    return _fault_of_slope(neuron, *_examples(logits))


def _examples(z: Tensor) -> tuple[Tensor, Tensor]:
    """Return each logit (k,) with both targets: Z and Y, (2k, 1)."""
    y = torch.arange(2, dtype=z.dtype).repeat_interleave(len(z))
    return z.repeat(2)[:, None], y[:, None]


def _fault_of_slope(neuron: Neuron, Z: Tensor, Y: Tensor) -> str:
    """Return how the gradient differs from the derivative of the loss, or exceeds its bound."""
    Z = Z.clone().requires_grad_()
    losses = neuron.loss(Z, Y)
    if not losses.requires_grad:
        return "its loss must be made of operations of PyTorch"
    (expected,) = torch.autograd.grad(losses.sum(), Z)
    Z = Z.detach()
    slopes = neuron.gradient(Z, Y)
    scale = expected.abs().clamp(min=1)
    worst = int(((slopes - expected).abs() / scale).argmax())
    found, true = float(slopes[worst]), float(expected[worst])
    if abs(found - true) > NEAR * max(1.0, abs(true)):
        return (
            f"its gradient at z = {float(Z[worst]):.4g}, y = {float(Y[worst]):g} is {found:.6g}, "
            f"and the derivative of its loss {true:.6g}"
        )
    bend = float(((neuron.gradient(Z + STEP, Y) - slopes) / STEP).abs().max())
    if bend > neuron.curvature_bound * (1 + SLACK):
        return f"its curvature reaches {bend:.4g}; its bound is {neuron.curvature_bound:g}"
    return ""
