"""A sheet of exercises from a seed, and as a page to hand out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

from core.language import tr
from core.teach.practice import counting, learning, outputs
from core.teach.practice.exercise import Exercise

KINDS: tuple[Callable[[Generator], Exercise], ...] = (
    outputs.softmax,
    outputs.sigmoid,
    outputs.cross_entropy,
    learning.decision,
    learning.gradient,
    learning.update,
    counting.accuracy,
    counting.one_vs_rest,
    counting.tfidf,
)
MOST = 100  # exercises of a sheet
MOST_SEED = 999_999
GAP = "\\_\\_\\_\\_\\_\\_"  # to write on


def sheet(seed: int, count: int) -> tuple[Exercise, ...]:
    """Return so many exercises: each kind once, in an order of its own, before any comes again.

    The same seed gives the same exercises, and a longer sheet begins like a shorter one.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    order: list[int] = []
    while len(order) < count:
        order += rng.permutation(len(KINDS)).tolist()
    return tuple(
        KINDS[kind](np.random.Generator(np.random.PCG64([seed, place])))
        for place, kind in enumerate(order[:count])
    )


def as_markdown(exercises: Sequence[Exercise], seed: int, *, has_solutions: bool) -> str:
    """Return the sheet as Markdown, with gaps to write into; solutions follow on their own."""
    parts = [tr("# Practice sheet {seed}", seed=seed), tr("Numbers to two decimals at least.")]
    for number, exercise in enumerate(exercises, start=1):
        gaps = (
            f"{field.name}: {' / '.join(field.choices)}"
            if field.choices
            else f"{field.name} = {GAP}"
            for field in exercise.fields
        )
        parts += [f"## {number}. {exercise.title}", exercise.text, " · ".join(gaps)]
    if has_solutions:
        parts.append(tr("# Solutions of sheet {seed}", seed=seed))
        for number, exercise in enumerate(exercises, start=1):
            parts += [f"## {number}. {exercise.title}", exercise.solution]
    return "\n\n".join(parts) + "\n"
