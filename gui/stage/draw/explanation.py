"""The reasons for a model's answer to a drawing: a picture of evidence and its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.explain.prediction import Answer, has_odds
from core.language import tr
from core.model_family import FAMILY, pairs
from core.number_format import format_fixed, format_odds, format_sum

Floats = NDArray[np.float32]


class Why(NamedTuple):
    """A picture of evidence (m,), None if there is none, and the sentences about it."""

    part: Floats | None
    texts: tuple[str, ...]


def name_of_base(found: Answer) -> str:
    """Return the name of the part of a logit that no pixel has: the bias, or the logit of x = 0."""
    return "z(0)" if found.by_units.size else "b"


def of_neuron(kind: str, found: Answer, names: Sequence[str]) -> Why:
    """Return the reason why one neuron says yes or no."""
    z, b = float(found.logits[0]), float(found.base[0])
    no, yes = names
    parts = "{} {} = {}".format(*format_sum(z, b))
    if has_odds(kind):
        likelier, other = (yes, no) if z >= 0 else (no, yes)
        verdict = _likelier(likelier, other, z)
    elif not FAMILY[kind].has_probabilities:
        threshold = FAMILY[kind].threshold_text
        verdict = tr(
            "z {sign} {threshold}: it says {name}",
            sign=">" if found.decided else "≤",
            threshold=threshold,
            name=names[found.decided],
        )
    else:
        a = format_fixed(float(found.probabilities[1]), 3)
        verdict = tr("a = σ(z) = {a} for {name}", a=a, name=yes)
    return Why(
        found.evidence[0],
        (
            tr("blue speaks for {yes}, orange for {no}", yes=yes, no=no),
            f"Σ + {name_of_base(found)} = z: {parts}",
            verdict,
        ),
    )


def _likelier(first: str, second: str, z: float) -> str:
    """Return how many times as likely the first class is; z : the difference of their logits."""
    times = format_odds(abs(z))
    if times:
        return tr(
            "{first} is {times}as likely as {second}", first=first, times=times, second=second
        )
    return tr("{first} is as likely as {second}", first=first, second=second)


def of_classes(kind: str, found: Answer, names: Sequence[str], i: int, j: int) -> Why:
    """Return the reason for class i rather than j, or the other way round."""
    if i == j:  # the user may choose this
        return Why(
            np.zeros_like(found.evidence[0]),
            (tr("{name} is compared with itself.", name=names[i]),),
        )
    if FAMILY[kind].is_pairwise:
        return _of_pair(found, names, i, j)
    b, z = found.base, found.logits
    away = float(z[i]) - float(z[j])
    lines = [
        "{}: {} {} = {}".format(names[k], *format_sum(float(z[k]), float(b[k]))) for k in (i, j)
    ]
    total = format_sum(away, float(b[i]) - float(b[j]))
    first, second = (names[i], names[j]) if away >= 0 else (names[j], names[i])
    if FAMILY[kind].outputs_sum_to_one:
        verdict = _likelier(first, second, away)
    elif times := format_odds(abs(away)):  # each output has its own denominator
        verdict = tr(
            "odds of {first} are {times}those of {second}", first=first, times=times, second=second
        )
    else:
        verdict = tr(
            "odds of {first} are as large as those of {second}", first=first, second=second
        )
    return Why(
        found.evidence[i] - found.evidence[j],
        ("   ".join(lines), tr("Difference: {sum}", sum="{} {} = {}".format(*total)), verdict),
    )


def _of_pair(found: Answer, names: Sequence[str], i: int, j: int) -> Why:
    """Return the reason by the neuron of the pair, signed so that blue speaks for class i."""
    p, side = _neuron(len(names), i, j)
    z, b = side * float(found.logits[p]), side * float(found.base[p])
    voted = max(i, j) if found.logits[p] > 0 else min(i, j)
    votes = found.votes
    return Why(
        side * found.evidence[p],
        (
            tr(
                "the neuron of {name} against {other}: blue speaks for {name}",
                name=names[i],
                other=names[j],
            ),
            f"Σ + {name_of_base(found)}: " + "{} {} = {}".format(*format_sum(z, b)),
            tr(
                "its vote goes to {voted}; in all {votes} for {name}, {others} for {other}",
                voted=names[voted],
                votes=f"{votes[i]:.0f}",
                name=names[i],
                others=f"{votes[j]:.0f}",
                other=names[j],
            ),
        ),
    )


def _neuron(h: int, i: int, j: int) -> tuple[int, int]:
    """Return the index of the neuron of two classes, and 1 if it speaks for i, −1 for j."""
    p = pairs(h).index((min(i, j), max(i, j)))
    return p, 1 if i > j else -1


def of_winner(found: Answer, k: int) -> tuple[Answer, list[int]]:
    """Return evidence, base and logits of the pairs with class k, and the other classes.

    All are signed so that a positive value speaks for k; there is one other class for each pair.
    """
    h = len(found.votes)
    others = [j for j in range(h) if j != k]
    chosen = [_neuron(h, k, j) for j in others]
    rows = [p for p, _ in chosen]
    sides = np.array([side for _, side in chosen], np.float32)
    turned = replace(
        found,
        evidence=sides[:, None] * found.evidence[rows],
        base=sides * found.base[rows],
        logits=sides * found.logits[rows],
    )
    return turned, others
