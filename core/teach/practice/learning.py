"""Exercises about one neuron: its decision, the gradient of its loss, one update."""

from __future__ import annotations

import math

from numpy.random import Generator

from core.teach.practice.exercise import Exercise, Field, Mistake
from core.teach.practice.numbers import (
    factor,
    from_,
    halves,
    product,
    rounded,
    several,
    short,
    vector,
)

RATES = (0.1, 0.2, 0.5, 1.0)
FINE = 0.003  # tolerance on an update, which is small itself


def decision(rng: Generator) -> Exercise:
    """Weights, bias and an example, whose logit and class are asked for."""
    w, x = several(rng, halves(-2, 2), 2), several(rng, (-3, -2, -1, 1, 2, 3), 2)
    total = sum(a * b for a, b in zip(w, x, strict=True))
    b = from_(rng, [each for each in halves(-2, 2) if total + each])
    z = total + b
    names = ("yes", "no")
    said = names[z <= 0]
    mistakes = [Mistake((z, names[z > 0]), "The sign of z decides: yes if z > 0.")]
    for value, words in ((total, "The bias was forgotten: z = w·x + b."), (total - b, SIGN)):
        mistakes += [Mistake((value, each), words) for each in names]
    return Exercise(
        "decision",
        "The decision of a neuron",
        f"A neuron has the weights w = {vector(w)} and the bias b = {short(b)}. For the example "
        f"x = {vector(x)}: what is z, and does it say yes (a > ½)?",
        (Field("z", z), Field("it says", said, choices=names)),
        f"z = {product(x, w)} + {factor(b)} = {short(z)}.\n\n"
        f"σ(z) > ½ exactly if z > 0, so it says {said}.",
        tuple(mistakes),
    )


SIGN = "The bias has the wrong sign: z = w·x + b."


def gradient(rng: Generator) -> Exercise:
    """Activation, target and inputs, whose gradient in w is asked for."""
    a = from_(rng, (0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9))
    y = int(rng.integers(2))
    x = several(rng, (-2, -1, 0.5, 1, 2, 3), 2)
    delta = a - y
    g = tuple(delta * each for each in x)
    return Exercise(
        "gradient",
        "The gradient (a − y)x",
        f"A logistic neuron has the activation a = {short(a)} for x = {vector(x)} with y = {y}. "
        "What is the gradient of its loss in the two weights?",
        (Field("∂L/∂w₁", g[0]), Field("∂L/∂w₂", g[1])),
        f"a − y = {short(a)} − {y} = {short(delta)}.\n\n"
        f"(a − y)x = ({product(x[:1], (delta,))}, {product(x[1:], (delta,))}) = {vector(g)}.",
        (
            Mistake(tuple(-each for each in g), "That is (y − a)x: it is a − y."),
            Mistake((delta, delta), "That is a − y, the gradient in b: multiply by each input."),
            Mistake(tuple(a * each for each in x), "You took a·x: subtract y from a first."),
            Mistake(
                tuple(a * (1 - a) * delta * each for each in x),
                "With cross-entropy σ′ cancels: no factor a(1 − a) is left.",
            ),
        ),
    )


def update(rng: Generator) -> Exercise:
    """A weight, an example and a rate, whose next weight is asked for."""
    w, x = from_(rng, halves(-1.5, 1.5)), from_(rng, (-2, -1, 1, 2))
    b, y, eta = from_(rng, (-1, 0, 1)), int(rng.integers(2)), from_(rng, RATES)
    z = w * x + b
    a = 1 / (1 + math.exp(-z))
    g = (a - y) * x
    after = w - eta * g
    return Exercise(
        "update",
        "One update of one weight",
        f"A logistic neuron has w = {short(w)} and b = {short(b)}. With the example "
        f"x = {short(x)}, y = {y} and the learning rate η = {short(eta)}: what is w after one "
        "step of gradient descent?",
        (Field("w", after, FINE),),
        f"z = {product((x,), (w,))} + {factor(b)} = {short(z)}, a = σ({short(z)}) = {rounded(a)}."
        f"\n\nThe gradient is (a − y)x = ({rounded(a)} − {y}) · ({short(x)}) = {rounded(g)}.\n\n"
        f"w − η · gradient = {short(w)} − {short(eta)} · ({rounded(g)}) = {rounded(after)}.",
        (
            Mistake((w + eta * g,), "You went up: the step is against the gradient, w − η · g."),
            Mistake((w - g,), "The learning rate was forgotten: w − η · g."),
            Mistake((w - eta * (a - y),), "The input was forgotten: the gradient is (a − y)x."),
            Mistake((g,), "That is the gradient: w − η · g."),
            Mistake((-eta * g,), "That is the step alone: add it to w."),
        ),
    )
