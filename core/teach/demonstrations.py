"""The numbers of small demonstrations: each compares two computations of one fact."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from core.train.losses import HEADS, sigmoid_cross_entropy, softmax, softmax_cross_entropy
from core.train.models import gradients, logits

Floats = NDArray[np.float32]
Reals = NDArray[np.float64]

# Iris, sepal and petal width, after 50 epochs at η = 0.1: used if the run has no softmax model.
EXAMPLE_W = np.array([[0.5585, -1.0257], [-0.5483, 0.0316], [-0.0102, 0.9941]], dtype=np.float32)
EXAMPLE_B = np.array([-0.0553, 0.0340, 0.0213], dtype=np.float32)
EXAMPLE_X = np.array([1.03, -1.31], dtype=np.float32)  # the first setosa, standardised


@dataclass(frozen=True, eq=False)
class Shift:
    """A softmax model before and after one vector is added to every row of W, one number to b.

    z, a : (2, h) logits and probabilities of one example, before and after.
    norms : ‖W‖² before and after, which determine the weight decay penalty.
    change : the largest change of a probability over all examples given.
    changed_decisions : number of examples whose predicted class changed.
    examples : number of examples given.
    """

    z: Floats
    a: Floats
    norms: tuple[float, float]
    change: float
    changed_decisions: int
    examples: int


def shift(W: Floats, b: Floats, X: Floats, v: Floats, c: float) -> Shift:
    """Add v (m,) to every row of W (h, m) and c to every bias (h,); compare on X (n, m).

    Row 0 of X is the example of `Shift`. Computed in float32, like the model.
    """
    before = logits(*(torch.from_numpy(part) for part in (X, W, b)))
    moved_W, moved_b = W + v.astype(np.float32), b + np.float32(c)
    after = logits(*(torch.from_numpy(part) for part in (X, moved_W, moved_b)))
    A, moved_A = softmax(before), softmax(after)
    return Shift(
        z=np.stack([before[0].numpy(), after[0].numpy()]),
        a=np.stack([A[0].numpy(), moved_A[0].numpy()]),
        norms=(
            float((W.astype(np.float64) ** 2).sum()),
            float((moved_W.astype(np.float64) ** 2).sum()),
        ),
        change=float((moved_A - A).abs().max()),
        changed_decisions=int((before.argmax(dim=1) != after.argmax(dim=1)).sum()),
        examples=len(X),
    )


@dataclass(frozen=True)
class TwoClasses:
    """Softmax with two classes and the equivalent binary neuron, w = w₁ − w₀ and b = b₁ − b₀.

    z : logits of both classes; a : their probabilities; loss : cross-entropy in nats.
    neuron_z, neuron_a, neuron_loss : those of the neuron; its a is the probability of class 1.
    """

    z: tuple[float, float]
    a: tuple[float, float]
    loss: float
    neuron_z: float
    neuron_a: float
    neuron_loss: float


def two_classes(w: tuple[float, float], b: tuple[float, float], x: float, y: int) -> TwoClasses:
    """Compute both models for one feature x and the true class y, 0 or 1, in float64."""
    X = torch.tensor([[x]], dtype=torch.float64)
    W, biases = (torch.tensor(part, dtype=torch.float64) for part in (w, b))
    Z = logits(X, W[:, None], biases)
    Y = functional.one_hot(torch.tensor([y]), 2)
    A = softmax(Z)
    neuron_Z = logits(X, (W[1] - W[0])[None, None], (biases[1] - biases[0])[None])
    return TwoClasses(
        z=(float(Z[0, 0]), float(Z[0, 1])),
        a=(float(A[0, 0]), float(A[0, 1])),
        loss=float(softmax_cross_entropy(Z, Y)[0]),
        neuron_z=float(neuron_Z[0, 0]),
        neuron_a=float(torch.sigmoid(neuron_Z)[0, 0]),
        neuron_loss=float(sigmoid_cross_entropy(neuron_Z, torch.tensor([[y]]))[0]),
    )


def curves_of_class_one(
    w: tuple[float, float], b: tuple[float, float], x: Reals
) -> tuple[Reals, Reals]:
    """Return the probability of class 1 over x (n,), by softmax and by the neuron, (n,) each."""
    X = torch.from_numpy(x)[:, None]
    W, biases = (torch.tensor(part, dtype=torch.float64) for part in (w, b))
    by_softmax = softmax(logits(X, W[:, None], biases))[:, 1]
    by_neuron = torch.sigmoid(logits(X, (W[1] - W[0])[None, None], (biases[1] - biases[0])[None]))
    return by_softmax.numpy(), by_neuron[:, 0].numpy()


def at_temperature(z: Reals, T: float) -> tuple[Reals, float]:
    """Return softmax(z / T), (h,), and its entropy −Σ a log a in nats."""
    scaled = torch.from_numpy(np.asarray(z, dtype=np.float64))[None] / T
    a = softmax(scaled)[0].numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(a > 0, a * np.log(a), 0.0)
    return a, float(-parts.sum())


@dataclass(frozen=True, eq=False)
class Exponentials:
    """Softmax and cross-entropy of one example in float32, (h,) or a number; may be inf or nan.

    powers : the exponentials; total : their sum.
    a, log_a : probabilities and their logarithms; loss : −log a of the true class.
    """

    powers: Floats
    total: float
    a: Floats
    log_a: Floats
    loss: float


def naive_exponentials(z: Floats, y: int) -> Exponentials:
    """Evaluate the formula literally: exp, sum, divide, log."""
    powers = torch.exp(torch.from_numpy(z))
    total = powers.sum()
    a = powers / total
    log_a = torch.log(a)
    return Exponentials(powers.numpy(), float(total), a.numpy(), log_a.numpy(), float(-log_a[y]))


def safe_exponentials(z: Floats, y: int) -> Exponentials:
    """Subtract the largest logit before exponentiating, and take no log of a probability."""
    Z = torch.from_numpy(z)
    shifted = Z - Z.max()
    powers = torch.exp(shifted)
    total = powers.sum()
    log_a = shifted - torch.log(total)
    return Exponentials(
        powers.numpy(), float(total), (powers / total).numpy(), log_a.numpy(), float(-log_a[y])
    )


def breaking_scale(z: Floats, y: int) -> tuple[float, float]:
    """Return the smallest factors s at which the naive computation fails for s z, by bisection.

    At the first, the loss −log a_y is not finite; at the second, the sum of exponentials is not.
    Each is inf if it does not happen up to 1e6.
    """

    def smallest(holds: Callable[[float], bool]) -> float:
        low, high = 0.0, 1e6
        if holds(high):
            return float("inf")
        while high - low > 1e-4:
            middle = (low + high) / 2
            low, high = (middle, high) if holds(middle) else (low, middle)
        return high

    def at(s: float) -> Exponentials:
        return naive_exponentials((z * np.float32(s)).astype(np.float32), y)

    return smallest(lambda s: math.isfinite(at(s).loss)), smallest(
        lambda s: math.isfinite(at(s).total)
    )


BINARY, BINARY_LOGITS, NLL, CROSS = (
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "nll_loss",
    "cross_entropy",
)
LOSSES = (BINARY, BINARY_LOGITS, NLL, CROSS)
INPUTS = ("probabilities", "logits", "log-probabilities")
TAKES = {BINARY: "probabilities", BINARY_LOGITS: "logits", NLL: INPUTS[2], CROSS: "logits"}


def four_losses(z: tuple[float, float], y: int) -> dict[tuple[str, str], float | None]:
    """Evaluate each loss of PyTorch on each kind of input; None if PyTorch raises an error.

    z : logits of two classes; the binary losses get class 1, with the logit z₁ − z₀.
    """
    Z = torch.tensor([z], dtype=torch.float64)
    one = Z[:, 1] - Z[:, 0]
    fed = {
        "probabilities": (torch.sigmoid(one), torch.softmax(Z, dim=1)),
        "logits": (one, Z),
        "log-probabilities": (functional.logsigmoid(one), torch.log_softmax(Z, dim=1)),
    }
    targets, classes = torch.tensor([float(y)], dtype=torch.float64), torch.tensor([y])
    found: dict[tuple[str, str], float | None] = {}
    for loss in LOSSES:
        function = getattr(functional, loss)
        for kind, (single, both) in fed.items():
            given = (single, targets) if loss in (BINARY, BINARY_LOGITS) else (both, classes)
            try:
                found[loss, kind] = float(function(*given))
            except RuntimeError:  # a probability outside 0 … 1
                found[loss, kind] = None
    return found


@dataclass(frozen=True, eq=False)
class Mistake:
    """cross_entropy of logits and, wrongly, of probabilities, for n examples, (n,) each.

    a : the probability of the true class. loss, wrong_loss : nats.
    gradient, wrong_gradient : ‖∂L/∂z‖, by autograd.
    floor : lower bound of the wrong loss, log(e + h − 1) − 1.
    """

    a: Reals
    loss: Reals
    wrong_loss: Reals
    gradient: Reals
    wrong_gradient: Reals
    floor: float


def probabilities_as_logits(true_logits: Reals, h: int) -> Mistake:
    """Compute both for n examples whose true class has these logits (n,), the others 0."""

    def ask(*, wrongly: bool) -> tuple[Reals, Reals]:
        Z = torch.zeros(len(true_logits), h, dtype=torch.float64)
        Z[:, 0] = torch.as_tensor(true_logits)
        Z.requires_grad_()
        fed = torch.softmax(Z, dim=1) if wrongly else Z
        classes = torch.zeros(len(Z), dtype=torch.int64)
        loss = functional.cross_entropy(fed, classes, reduction="none")
        (dZ,) = torch.autograd.grad(loss.sum(), Z)
        return loss.detach().numpy(), dZ.norm(dim=1).numpy()

    loss, gradient = ask(wrongly=False)
    wrong_loss, wrong_gradient = ask(wrongly=True)
    floor = float(np.log(np.e + h - 1) - 1)
    return Mistake(np.exp(-loss), loss, wrong_loss, gradient, wrong_gradient, floor)


MOST_EXAMPLES = 1000


@dataclass(frozen=True, eq=False)
class Descent:
    """Full-batch descent of a binary neuron from zero: after 0, 1, 2, … steps.

    losses : (steps + 1,) MEAN cross-entropies in nats, whichever loss was minimised.
    W : (steps + 1, 3) weights and bias.
    """

    losses: Reals
    W: Reals


def overlapping_points(n: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return the first n of 1,000 points in two overlapping classes, X (n, 2) and y (n,)."""
    rng = np.random.default_rng(11)
    y = np.arange(MOST_EXAMPLES) % 2
    X = rng.normal(0.0, 1.0, (MOST_EXAMPLES, 2)) + np.where(y[:, None] == 1, 0.6, -0.6)
    return X[:n].astype(np.float32), y[:n].astype(np.int64)


def descend(X: Floats, y: NDArray[np.int64], rate: float, steps: int, *, summed: bool) -> Descent:
    """Minimise the summed or the mean cross-entropy with this learning rate, in float64."""
    head = HEADS["binary"]
    inputs = torch.from_numpy(X).double()
    Y = head.encode(torch.from_numpy(y), 1)
    W, b = torch.zeros(1, inputs.shape[1]).double(), torch.zeros(1).double()
    dW, db = torch.empty_like(W), torch.empty_like(b)
    losses, path = [], []
    for step in range(steps + 1):
        Z = logits(inputs, W, b)
        losses.append(float(head.loss(Z, Y).mean()))
        path.append([*W[0].tolist(), float(b[0])])
        if step == steps:
            break
        gradients(head.gradient(Z, Y), inputs, dW, db)
        share = rate if summed else rate / len(X)
        W -= share * dW
        b -= share * db
    return Descent(np.array(losses), np.array(path))
