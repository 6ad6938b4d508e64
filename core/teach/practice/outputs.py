"""Exercises about outputs and losses: σ, softmax, cross-entropy."""

from __future__ import annotations

import math

from numpy.random import Generator

from core.language import tr
from core.number_format import listed
from core.teach.practice.exercise import Exercise, Field, Mistake
from core.teach.practice.numbers import from_, halves, rounded, several, short, vector

LN10 = math.log(10)


def softmax(rng: Generator) -> Exercise:
    """Three logits, whose shares are asked for."""
    z = several(rng, (-2, -1, 0, 1, 2, 3), 3)
    powers = [math.exp(value) for value in z]
    total = sum(powers)
    a = tuple(power / total for power in powers)
    others = [
        Mistake(tuple(powers), tr("These are exp(z): divide each by their sum.")),
        Mistake(
            tuple(10**value / sum(10**each for each in z) for value in z),
            tr("You took powers of 10; softmax takes powers of e."),
        ),
        Mistake(
            tuple(math.exp(-value) / sum(math.exp(-each) for each in z) for value in z),
            tr("You took exp(−z): the largest logit has the largest share."),
        ),
    ]
    if sum(z):
        plain = tuple(value / sum(z) for value in z)
        others.append(Mistake(plain, tr("You divided the logits by their sum: take exp(z) first.")))
    lines = [
        tr(
            "exp(z) = ({powers}), and the sum is {total}.",
            powers=listed(map(rounded, powers)),
            total=rounded(total),
        ),
        f"a = exp(z) / {rounded(total)} = ({listed(map(rounded, a))}).",
    ]
    return Exercise(
        "shares",
        tr("Softmax of three logits"),
        tr("The logits are z = {z}. What are the three activations a = softmax(z)?", z=vector(z)),
        tuple(Field(f"a{'₁₂₃'[k]}", share) for k, share in enumerate(a)),
        "\n\n".join(lines),
        tuple(others),
        sums_to_one=True,
    )


def sigmoid(rng: Generator) -> Exercise:
    """A logit, whose σ is asked for."""
    z = from_(rng, halves(-3, 3))
    a = 1 / (1 + math.exp(-z))
    return Exercise(
        "sigmoid",
        tr("σ of a logit"),
        tr("The logit is z = {z}. What is the activation a = σ(z)?", z=short(z)),
        (Field("a", a),),
        f"exp(−z) = exp({short(-z)}) = {rounded(math.exp(-z))}.\n\n"
        f"a = 1 / (1 + {rounded(math.exp(-z))}) = {rounded(a)}.",
        (
            Mistake((1 - a,), tr("That is σ(−z): the minus was forgotten, or is one too many.")),
            Mistake((1 / (1 + 10**-z),), tr("You took a power of 10; σ takes a power of e.")),
            Mistake((math.exp(-z),), tr("That is exp(−z): a = 1 / (1 + exp(−z)).")),
            Mistake(
                (1 / math.exp(-z),), tr("That is 1 / exp(−z): the 1 below the line is missing.")
            ),
        ),
    )


def cross_entropy(rng: Generator) -> Exercise:
    """Three activations and the class, whose loss is asked for."""
    tenths = several(rng, (1, 2, 3, 4, 5, 6), 2)
    while sum(tenths) >= 10:
        tenths = several(rng, (1, 2, 3, 4, 5, 6), 2)
    a = [tenth / 10 for tenth in (*tenths, 10 - sum(tenths))]
    k = int(rng.integers(3))
    loss = -math.log(a[k])
    name = "ABC"[k]
    return Exercise(
        "cross-entropy",
        tr("Cross-entropy of one example"),
        tr(
            "The activations for A, B and C are a = {a}, and the example is a {name}. What "
            "is its cross-entropy, in nats?",
            a=vector(a),
            name=name,
        ),
        (Field(tr("loss"), loss),),
        tr(
            "Only the activation of {name} counts: L = −ln {short} = {loss}.",
            name=name,
            short=short(a[k]),
            loss=rounded(loss),
        ),
        (
            Mistake(
                (-loss,), tr("The minus was forgotten: ln of a share is below 0, the loss above.")
            ),
            Mistake((loss / LN10,), tr("You took the logarithm to base 10; nats take ln.")),
            Mistake((loss / math.log(2),), tr("You took the logarithm to base 2: these are bits.")),
            Mistake(
                (-sum(math.log(each) for each in a),),
                tr("Only the activation of {name} counts.", name=name),
            ),
            *((Mistake((-math.log(1 - a[k]),), tr("That is −ln(1 − a): take −ln a.")),)),
        ),
    )
