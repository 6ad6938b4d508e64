"""Exercises about one neuron: its decision, the gradient of its loss, one update."""

from __future__ import annotations

import math

from numpy.random import Generator

from core.language import mark, tr
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
    names = (tr("yes"), tr("no"))
    said = names[z <= 0]
    mistakes = [Mistake((z, names[z > 0]), tr("The sign of z decides: yes if z > 0."))]
    for value, words in (
        (total, tr("The bias was forgotten: z = w·x + b.")),
        (total - b, tr(SIGN)),
    ):
        mistakes += [Mistake((value, each), words) for each in names]
    return Exercise(
        "decision",
        tr("The decision of a neuron"),
        tr(
            "A neuron has the weights w = {w} and the bias b = {b}. For the example x = "
            "{x}: what is z, and does it say yes (a > ½)?",
            w=vector(w),
            b=short(b),
            x=vector(x),
        ),
        (Field("z", z), Field(tr("it says"), said, choices=names)),
        tr(
            "z = {x} + {b} = {z}.\n\nσ(z) > ½ exactly if z > 0, so it says {said}.",
            x=product(x, w),
            b=factor(b),
            z=short(z),
            said=said,
        ),
        tuple(mistakes),
    )


SIGN = mark("The bias has the wrong sign: z = w·x + b.")


def gradient(rng: Generator) -> Exercise:
    """Activation, target and inputs, whose gradient in w is asked for."""
    a = from_(rng, (0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9))
    y = int(rng.integers(2))
    x = several(rng, (-2, -1, 0.5, 1, 2, 3), 2)
    delta = a - y
    g = tuple(delta * each for each in x)
    return Exercise(
        "gradient",
        tr("The gradient (a − y)x"),
        tr(
            "A logistic neuron has the activation a = {a} for x = {x} with y = {y}. What "
            "is the gradient of its loss in the two weights?",
            a=short(a),
            x=vector(x),
            y=y,
        ),
        (Field("∂L/∂w₁", g[0]), Field("∂L/∂w₂", g[1])),
        f"a − y = {short(a)} − {y} = {short(delta)}.\n\n"
        f"(a − y)x = ({product(x[:1], (delta,))}, {product(x[1:], (delta,))}) = {vector(g)}.",
        (
            Mistake(tuple(-each for each in g), tr("That is (y − a)x: it is a − y.")),
            Mistake(
                (delta, delta), tr("That is a − y, the gradient in b: multiply by each input.")
            ),
            Mistake(tuple(a * each for each in x), tr("You took a·x: subtract y from a first.")),
            Mistake(
                tuple(a * (1 - a) * delta * each for each in x),
                tr("With cross-entropy σ′ cancels: no factor a(1 − a) is left."),
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
        tr("One update of one weight"),
        tr(
            "A logistic neuron has w = {w} and b = {b}. With the example x = {x}, y = {y} "
            "and the learning rate η = {eta}: what is w after one step of gradient descent?",
            w=short(w),
            b=short(b),
            x=short(x),
            y=y,
            eta=short(eta),
        ),
        (Field("w", after, FINE),),
        tr(
            "z = {product} + {b} = {z}, a = σ({z}) = {a}.\n\nThe gradient is (a − y)x = ({a} "
            "− {y}) · ({x}) = {g}.\n\nw − η · gradient = {w} − {eta} · ({g}) = {after}.",
            product=product((x,), (w,)),
            b=factor(b),
            z=short(z),
            a=rounded(a),
            y=y,
            x=short(x),
            g=rounded(g),
            w=short(w),
            eta=short(eta),
            after=rounded(after),
        ),
        (
            Mistake(
                (w + eta * g,), tr("You went up: the step is against the gradient, w − η · g.")
            ),
            Mistake((w - g,), tr("The learning rate was forgotten: w − η · g.")),
            Mistake((w - eta * (a - y),), tr("The input was forgotten: the gradient is (a − y)x.")),
            Mistake((g,), tr("That is the gradient: w − η · g.")),
            Mistake((-eta * g,), tr("That is the step alone: add it to w.")),
        ),
    )
