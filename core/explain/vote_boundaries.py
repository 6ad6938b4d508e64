"""The boundaries of one-vs-one on a plane, from the lines of its pairs; and where votes tie.

A vote is a step, so that contours of votes would follow the grid. The logits are smooth: the
decision changes only where the logit of a pair is 0, or, in a tie, where two sums of logits are
equal. These lines are drawn, as far as the decision differs on their two sides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.model_family import pairs

Reals = NDArray[np.float64]

EVEN = 1e-9  # sums of logits that differ by at most this share of the largest are equal


def count(Z: NDArray[np.floating], h: int) -> NDArray[np.int64]:
    """Return the votes (…, h) of the logits of all pairs, Z (…, pairs)."""
    first, second = _sides(h)
    yes = Z > 0
    votes: NDArray[np.int64] = np.rint(yes @ second + ~yes @ first).astype(np.int64)
    return votes


def _sides(h: int) -> tuple[Reals, Reals]:
    """Return which class is the first of each pair, and which the second, (pairs, h) each."""
    known = np.array(pairs(h))
    return np.eye(h)[known[:, 0]], np.eye(h)[known[:, 1]]


def _sums(Z: Reals, h: int) -> Reals:
    """Return the sum of the logits that speak for each class, (…, h)."""
    first, second = _sides(h)
    total: Reals = Z @ (second - first)
    return total


def tied(Z: NDArray[np.floating], h: int) -> NDArray[np.bool_]:
    """Return where more than one class has the most votes, (…,), for logits Z (…, pairs)."""
    votes = count(Z, h)
    several: NDArray[np.bool_] = (votes == votes.max(axis=-1, keepdims=True)).sum(axis=-1) > 1
    return several


def lines(xs: Reals, ys: Reals, Z: NDArray[np.floating], h: int) -> list[Reals]:
    """Return the boundaries between the decisions, each (points, 2).

    xs : (columns,), ys : (rows,) of a grid. Z : (rows, columns, pairs) logits at its nodes.
    """
    from contourpy import contour_generator  # imported only when a plane is viewed

    logits = Z.astype(np.float64)
    known = pairs(h)
    sums = _sums(logits, h)
    fields = [*(logits[..., p] for p in range(len(known)))]
    if h > 2:
        fields += [sums[..., i] - sums[..., j] for i, j in known]
    stacked = np.stack(fields, axis=-1)
    parts: list[tuple[Reals, Reals, int]] = []  # corners of pieces, fields in their middles, which
    for number, field in enumerate(fields):
        if field.min() <= 0 <= field.max():
            for line in contour_generator(xs, ys, field).lines(0.0):
                points = np.asarray(line, dtype=np.float64)
                parts.append((*_cut(points, _at(xs, ys, stacked, points), number), number))
    if not parts:
        return []
    middles = np.concatenate([middle for _, middle, _ in parts])
    numbers = np.concatenate([np.full(len(middle), number) for _, middle, number in parts])
    is_kept = _changes(middles, numbers, h)
    found: list[Reals] = []
    start = 0
    for corners, middle, _ in parts:
        runs = _runs(is_kept[start : start + len(middle)])
        found += [corners[first : last + 1] for first, last in runs]
        start += len(middle)
    return found


def _at(xs: Reals, ys: Reals, fields: Reals, points: Reals) -> Reals:
    """Return the fields (points, fields), interpolated between the nodes; exact for linear ones."""
    columns = np.clip(np.searchsorted(xs, points[:, 0]) - 1, 0, len(xs) - 2)
    rows = np.clip(np.searchsorted(ys, points[:, 1]) - 1, 0, len(ys) - 2)
    u = ((points[:, 0] - xs[columns]) / (xs[columns + 1] - xs[columns]))[:, None]
    v = ((points[:, 1] - ys[rows]) / (ys[rows + 1] - ys[rows]))[:, None]
    low = fields[rows, columns] * (1 - u) + fields[rows, columns + 1] * u
    high = fields[rows + 1, columns] * (1 - u) + fields[rows + 1, columns + 1] * u
    found: Reals = low * (1 - v) + high * v
    return found


def _cut(points: Reals, values: Reals, number: int) -> tuple[Reals, Reals]:
    """Cut a line, on which one field is 0, wherever another field changes its sign.

    values : (points, fields) all fields there. Return the corners (pieces + 1, 2), and the fields
    in the middle of each piece (pieces, fields).
    """
    starts, ends = values[:-1], values[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        cuts = np.where(starts * ends < 0, starts / (starts - ends), np.nan)
    cuts[:, number] = np.nan
    segment, field = np.nonzero(np.isfinite(cuts))
    # All pieces' ends, as places along the line: segment number plus the share of it.
    places = np.unique(np.concatenate([np.arange(len(points)), segment + cuts[segment, field]]))
    return _along(points, places), _along(values, (places[:-1] + places[1:]) / 2)


def _along(values: Reals, places: Reals) -> Reals:
    """Return the values at places along a line, interpolated."""
    at = np.minimum(places.astype(np.int64), len(values) - 2)
    share = (places - at)[:, None]
    found: Reals = values[at] * (1 - share) + values[at + 1] * share
    return found


def _runs(is_kept: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first and the one after the last of each run of kept pieces."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_kept, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _changes(values: Reals, numbers: NDArray[np.int64], h: int) -> NDArray[np.bool_]:
    """Return whether the decision differs across a line on which a field is 0, (points,).

    values : (points, fields) all fields there. numbers : (points,) the field that is 0.
    """
    known, rows = pairs(h), np.arange(len(values))
    Z = values[:, : len(known)].copy()
    sums = _sums(Z, h)
    is_vote = numbers < len(known)
    first, second = (np.array(part)[numbers % len(known)] for part in zip(*known, strict=True))
    middle = (sums[rows, first] + sums[rows, second]) / 2
    step = EVEN * (1 + np.abs(sums).max(axis=1))
    sides = []
    for sign in (-1.0, 1.0):
        Z[is_vote, numbers[is_vote]] = sign
        there = sums.copy()
        for k, side in ((first, sign), (second, -sign)):
            there[rows, k] = np.where(is_vote, sums[rows, k], middle + side * step)
        votes = count(Z, h)
        leads = votes == votes.max(axis=1, keepdims=True)
        sides.append(np.where(leads, there, -np.inf).argmax(axis=1))
    changed: NDArray[np.bool_] = sides[0] != sides[1]
    return changed
