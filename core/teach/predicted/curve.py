"""A loss curve that a person has drawn before training, beside the one that was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.language import in_a_row, tr
from core.number_format import format_fixed, format_integer
from core.train.history import Curves

Floats = NDArray[np.float64]

COLUMNS = 200  # of a drawn curve, over the steps that are seen
RATIO = 1.5  # between the steps of half the fall: from here on one is called faster
NOTICED = 0.1  # of the first loss: ends that differ by more do so in words
LATE = 0.2  # of the steps: how late a drawn curve may set in and still be one from the first step
FLAT = 0.05  # of the first loss: a curve that falls by less does not fall


@dataclass(frozen=True)
class Comparison:
    """How far a drawn curve is from the measured one.

    distance : mean of |drawn − measured| over the steps that both have, in the unit of the loss.
    words : what differs, as sentences.
    """

    distance: float
    words: str


def steps_of_run(rows: int, batch_size: int | None, epochs: int) -> int:
    """Return the number of updates of a run to its last epoch."""
    return epochs * math.ceil(rows / min(batch_size or rows, rows)) if rows else 0


def as_function(stroke: Floats, first: float, last: float) -> Floats:
    """Return a stroke (k, 2) as a curve (n, 2) with one value for each step, n ≤ COLUMNS.

    Where the pen passed a step again, its last passage counts. first, last : steps that are seen.
    """
    columns = np.linspace(first, last, COLUMNS)
    width = (last - first) / (COLUMNS - 1)
    values = np.full(COLUMNS, np.nan)
    for (x0, y0), (x1, y1) in pairwise(stroke):
        low, high = min(x0, x1) - width / 2, max(x0, x1) + width / 2
        here = (low <= columns) & (columns <= high)
        share = (columns[here] - x0) / (x1 - x0) if x1 != x0 else np.ones(here.sum())
        values[here] = y0 + share.clip(0, 1) * (y1 - y0)
    is_drawn = np.isfinite(values)
    return np.stack([columns[is_drawn], values[is_drawn]], axis=1)


def compare(drawn: Floats, curves: Curves, unit: str) -> Comparison | None:
    """Compare a drawn curve (n, 2) of rising steps with the measured training loss.

    Returns None if they have no steps in common, or if the run has diverged.
    """
    loss = np.asarray(curves.train_loss, dtype=np.float64)
    step = curves.step.astype(np.float64)
    if curves.fall is not None or not len(drawn) or not np.isfinite(loss).all():
        return None
    low, high = max(drawn[0, 0], step[0]), min(drawn[-1, 0], step[-1])
    if low >= high:
        return None
    at = np.linspace(low, high, COLUMNS)
    expected, measured = np.interp(at, *drawn.T), np.interp(at, step, loss)
    distance = float(np.abs(expected - measured).mean())
    apart = format_fixed(distance, 3)
    told = [tr("On average {apart} {unit} apart.", apart=apart, unit=unit)]
    if low - step[0] <= LATE * (high - step[0]):  # a pen that sets in late means the first step
        at = np.linspace(step[0], high, COLUMNS)
        expected, measured = np.interp(at, *drawn.T), np.interp(at, step, loss)
    told += [_pace(at, expected, measured), _end(expected, measured)]
    return Comparison(distance, in_a_row(*told))


def half_fall(step: Floats, loss: Floats) -> float:
    """Return the step after which half of the way from the first loss to the last is done."""
    middle = (loss[0] + loss[-1]) / 2
    beyond = loss <= middle if loss[0] > loss[-1] else loss >= middle
    k = int(beyond.argmax())
    if not k:
        return float(step[0])
    share = (middle - loss[k - 1]) / (loss[k] - loss[k - 1])
    return float(step[k - 1] + share * (step[k] - step[k - 1]))


def _pace(at: Floats, expected: Floats, measured: Floats) -> str:
    falls = [float(loss[0] - loss[-1]) > FLAT * abs(measured[0]) for loss in (expected, measured)]
    if not falls[1]:
        return tr("You expected it to fall; it does not.") if falls[0] else ""
    if not falls[0]:
        return tr("You expected it not to fall; it does.")
    drawn, true = (half_fall(at, loss) - at[0] for loss in (expected, measured))
    if max(drawn, true) < RATIO * max(min(drawn, true), at[1] - at[0]):
        return ""
    steps = format_integer(true + at[0])
    if drawn < true:
        return tr(
            "You expected it to fall faster: half of the way is done after {steps} steps.",
            steps=steps,
        )
    return tr(
        "You expected it to fall slower: half of the way is done after {steps} steps.", steps=steps
    )


def _end(expected: Floats, measured: Floats) -> str:
    too_much = float(expected[-1] - measured[-1])
    if abs(too_much) <= NOTICED * abs(measured[0]):
        return ""
    drawn, true = (format_fixed(float(loss[-1]), 3) for loss in (expected, measured))
    if too_much > 0:
        return tr("You expected too high an end, {drawn}: it is {true}.", drawn=drawn, true=true)
    return tr("You expected too low an end, {drawn}: it is {true}.", drawn=drawn, true=true)
