"""Small pictures of the glossary: curves of known functions, in at most three colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.language import localised, tr

Reals = NDArray[np.float64]
N = 161  # points of a curve
STEPS = 24  # of a descent


@dataclass(frozen=True, eq=False)
class Curve:
    """A named curve."""

    name: str
    x: Reals
    y: Reals


@dataclass(frozen=True)
class Sketch:
    """Curves in one frame.

    across, up : what the axes show. x, y : their ranges. said : the picture in a sentence.
    """

    curves: tuple[Curve, ...]
    across: str
    up: str
    x: tuple[float, float]
    y: tuple[float, float]
    said: str


def sigmoid(z: Reals) -> Reals:
    return 1 / (1 + np.exp(-z))


def _over(low: float, high: float) -> Reals:
    return np.linspace(low, high, N)


def _sigmoid() -> Sketch:
    z = _over(-6, 6)
    curve = Curve("σ(z)", z, sigmoid(z))
    return Sketch(
        (curve,), "z", "a", (-6, 6), (0, 1), tr("From 0 to 1, through one half at z = 0.")
    )


def _logit() -> Sketch:
    a = _over(0.003, 0.997)
    curve = Curve("ln(a / (1 − a))", a, np.log(a / (1 - a)))
    return Sketch(
        (curve,), "a", "z", (0, 1), (-6, 6), tr("Rises without end at both sides; 0 at ½.")
    )


def _softmax() -> Sketch:
    z = _over(-5, 5)
    powers = np.exp(np.stack([z, np.zeros(N), np.full(N, -1.0)]))
    shares = powers / powers.sum(axis=0)
    curves = tuple(Curve(f"a{'₁₂₃'[k]}", z, shares[k]) for k in range(3))
    said = tr("As z₁ rises its share grows to 1; those of logits 0 and −1 shrink alike.")
    return Sketch(curves, tr("z₁, beside z₂ = 0 and z₃ = −1"), "a", (-5, 5), (0, 1), said)


def _temperature() -> Sketch:
    T = _over(0.2, 6)
    powers = np.exp(np.outer([2.0, 1.0, 0.0], 1 / T))
    shares = powers / powers.sum(axis=0)
    curves = tuple(Curve(f"z = {z}", T, shares[k]) for k, z in enumerate((2, 1, 0)))
    return Sketch(curves, "T", "a", (0, 6), (0, 1), tr("The shares approach one third as T rises."))


def _activations() -> Sketch:
    z = _over(-4, 4)
    curves = (
        Curve("tanh", z, np.tanh(z)),
        Curve("sigmoid", z, sigmoid(z)),
        Curve("relu", z, np.maximum(z, 0)),
    )
    said = tr("tanh from −1 to 1, sigmoid from 0 to 1, relu 0 and then z.")
    return Sketch(curves, "z", "a", (-4, 4), (-1.2, 2.2), said)


def _log_loss() -> Sketch:
    a = _over(0.005, 0.995)
    curves = (Curve("y = 1: −ln a", a, -np.log(a)), Curve("y = 0: −ln(1 − a)", a, -np.log(1 - a)))
    said = tr("0 where the answer is right and sure; without end where it is sure and wrong.")
    return Sketch(curves, "a", tr("loss"), (0, 1), (0, 5), said)


def _square() -> Sketch:
    a = _over(0, 1)
    curves = (Curve("y = 1: (1 − a)²", a, (1 - a) ** 2), Curve("y = 0: a²", a, a**2))
    return Sketch(
        curves, "a", tr("loss"), (0, 1), (0, 1), tr("A parabola: at most 1, however sure.")
    )


def _neuron_losses() -> Sketch:
    z = _over(-4, 4)
    curves = (
        Curve(tr("cross-entropy"), z, np.log1p(np.exp(-z))),
        Curve(tr("squared, of σ"), z, (1 - sigmoid(z)) ** 2),
        Curve(tr("hinge"), z, np.maximum(0, 1 - z)),
        Curve(tr("perceptron criterion"), z, np.maximum(0, -z)),
        Curve("ADALINE", z, (1 - z) ** 2),
    )
    said = tr("Of a yes: only the squared error of the straight line rises again for large z.")
    return Sketch(curves, tr("z, for y = 1"), tr("loss"), (-4, 4), (0, 5), said)


def _entropy() -> Sketch:
    p = _over(0.001, 0.999)
    curve = Curve("H(p)", p, -p * np.log(p) - (1 - p) * np.log(1 - p))
    said = tr("0 at both ends, ln 2 = 0.693 in the middle.")
    return Sketch((curve,), tr("p of two classes"), tr("nats"), (0, 1), (0, 0.8), said)


def _penalties() -> Sketch:
    w = _over(-2, 2)
    curves = (Curve("½ w²", w, w**2 / 2), Curve("|w|", w, np.abs(w)))
    said = tr("A bowl, flat at 0, and a wedge whose slope does not fade.")
    return Sketch(curves, "w", tr("penalty"), (-2, 2), (0, 2), said)


def descent(rate: float, *, momentum: float = 0.0, start: float = 1.0) -> Reals:
    """Return the positions of a descent on L = w²/2, whose stable rates end at 2."""
    w, v = start, 0.0
    path = [w]
    for _ in range(STEPS):
        v = momentum * v + w
        w -= rate * v
        path.append(w)
    return np.array(path)


def _rates() -> Sketch:
    t = np.arange(STEPS + 1, dtype=np.float64)
    curves = tuple(
        Curve(localised(f"η = {rate:g}"), t, descent(rate) ** 2 / 2) for rate in (0.05, 0.5, 2.05)
    )
    said = tr("Where the curvature is 1: slow, quick, and beyond η = 2 rising.")
    return Sketch(curves, tr("step"), tr("loss w²/2"), (0, STEPS), (0, 1.5), said)


def _momentum() -> Sketch:
    t = np.arange(STEPS + 1, dtype=np.float64)
    curves = tuple(
        Curve(localised(f"μ = {mu:g}"), t, descent(0.05, momentum=mu)) for mu in (0.0, 0.5, 0.9)
    )
    said = tr("At η = 0.05: with momentum sooner at 0, with much of it beyond and back.")
    return Sketch(curves, tr("step"), "w", (0, STEPS), (-0.8, 1), said)


def _schedules() -> Sketch:
    t = _over(0, 1)
    curves = (
        Curve(tr("halved"), t, 0.5 ** np.floor(4 * np.minimum(t, 0.999))),
        Curve(tr("cosine"), t, (1 + np.cos(np.pi * t)) / 2),
        Curve("1/t", t, 1 / (1 + 10 * t)),
    )
    said = tr("Halved in steps, a cosine down to 0, and 1/t: quick at first, then slow.")
    return Sketch(curves, tr("share of the epochs"), "η", (0, 1), (0, 1), said)


def _roc() -> Sketch:
    x = _over(0, 1)
    curves = (Curve(tr("a good model"), x, x**0.2), Curve(tr("guessing"), x, x))
    said = tr("A good model rises steeply towards 1; guessing is the diagonal.")
    return Sketch(curves, tr("false alarms"), tr("found"), (0, 1), (0, 1), said)


def _calibration() -> Sketch:
    p = _over(0.5, 1)
    curves = (
        Curve(tr("as sure as right"), p, p),
        Curve(
            tr("too sure"),
            p,
            sigmoid(np.log(np.minimum(p, 0.9999) / (1 - np.minimum(p, 0.9999))) / 2),
        ),
    )
    said = tr(
        "On the diagonal answers are as often right as they say; below it the model is too sure."
    )
    return Sketch(curves, tr("probability said"), tr("share right"), (0.5, 1), (0.5, 1), said)


SKETCHES: dict[str, Callable[[], Sketch]] = {
    "sigmoid": _sigmoid,
    "logit": _logit,
    "shares": _softmax,
    "temperature": _temperature,
    "activations": _activations,
    "log loss": _log_loss,
    "square": _square,
    "neuron losses": _neuron_losses,
    "entropy": _entropy,
    "penalties": _penalties,
    "rates": _rates,
    "momentum": _momentum,
    "schedules": _schedules,
    "roc": _roc,
    "calibration": _calibration,
}
