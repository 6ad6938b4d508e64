"""Rows drawn by class and seed, in bounded memory: the same as `Dataset.split` draws.

Each row has a priority, the next number of its class's generator; those with the least are drawn.
Instead of being sorted they are counted in bins, until the bin of the last one that is drawn can
be looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.streamed.disk import scratch

PIECE = 2**18  # rows looked at at once
BINS = 2**12

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Keys = Callable[[int], list[int]]  # from a class to what its generator begins with


class _Piece(NamedTuple):
    """Some rows of one class: their numbers, priorities, and which of them can be drawn."""

    k: int
    rows: Rows
    priority: NDArray[np.float64]
    is_free: Mask


def drawn(y: Rows, h: int, fraction: float, keys: Keys, free: Mask | None = None) -> Mask:
    """Return which rows are drawn, (n,): the fraction of each class, and not all of a class.

    y : (n,) classes. free : (n,) which rows can be drawn; None for all.
    """
    counts = np.zeros((h, BINS), dtype=np.int64)
    for piece in _pieces(y, h, keys, free):
        counts[piece.k] += np.bincount(_bins(piece.priority[piece.is_free]), minlength=BINS)
    totals = counts.sum(axis=1).tolist()
    wanted = [min(int(n * fraction + 0.5), max(n - 1, 0)) for n in totals]
    bounds, ties = _bounds(_pieces(y, h, keys, free), counts, wanted)
    found = scratch(len(y), np.bool_)
    for k, rows, priority, is_free in _pieces(y, h, keys, free):
        is_drawn = is_free & (priority < bounds[k])
        if ties[k]:  # of equal priorities the first rows are drawn
            equal = np.flatnonzero(is_free & (priority == bounds[k]))[: ties[k]]
            is_drawn[equal] = True
            ties[k] -= len(equal)
        found[rows] = is_drawn
    return found


def numbers_of(mask: Mask, *, value: bool = True) -> Rows:
    """Return the numbers of the rows where the mask has this value, ascending."""
    pieces = range(0, len(mask), PIECE)
    count = sum(int((mask[start : start + PIECE] == value).sum()) for start in pieces)
    found, have = scratch(count), 0
    for start in pieces:
        own = start + np.flatnonzero(mask[start : start + PIECE] == value)
        found[have : have + len(own)] = own
        have += len(own)
    return found


def fixed_sample(rows: Rows, most: int) -> Rows:
    """Return these rows, or, of more than `most`, always the same ones, in their order."""
    if len(rows) <= most:
        return rows
    chosen = np.random.Generator(np.random.PCG64(0)).choice(len(rows), most, replace=False)
    return rows[np.sort(chosen)]


def numbers_between(start: int, stop: int) -> Rows:
    """Return the numbers from `start` up to `stop`."""
    found = scratch(stop - start)
    for begin in range(0, stop - start, PIECE):
        end = min(begin + PIECE, stop - start)
        found[begin:end] = np.arange(start + begin, start + end)
    return found


def _pieces(y: Rows, h: int, keys: Keys, free: Mask | None) -> Iterator[_Piece]:
    """Yield the rows piece by piece and class by class."""
    generators = [np.random.Generator(np.random.PCG64(keys(k))) for k in range(h)]
    for start in range(0, len(y), PIECE):
        part = slice(start, start + PIECE)
        own = y[part]
        order = np.argsort(own, kind="stable")
        ends = np.cumsum(np.bincount(own, minlength=h))
        for k in np.unique(own).tolist():
            rows = start + order[ends[k - 1] if k else 0 : ends[k]]
            is_free = np.ones(len(rows), dtype=bool) if free is None else free[rows]
            yield _Piece(k, rows, generators[k].random(len(rows)), is_free)


def _bins(priority: NDArray[np.float64]) -> Rows:
    return (priority * BINS).astype(np.int64)


def _bounds(
    pieces: Iterator[_Piece], counts: NDArray[np.int64], wanted: list[int]
) -> tuple[list[float], list[int]]:
    """Return the priority of the last row that is drawn of each class, and how many have it.

    counts : (h, bins) of the rows that can be drawn. wanted : how many of each class.
    """
    ends = np.cumsum(counts, axis=1)
    places = [int(np.searchsorted(end, n)) for end, n in zip(ends, wanted, strict=True)]
    within: list[list[NDArray[np.float64]]] = [[] for _ in wanted]
    for k, _, priority, is_free in pieces:
        if wanted[k]:
            own = priority[is_free]
            within[k].append(own[_bins(own) == places[k]])
    bounds, ties = [], []
    for k, n in enumerate(wanted):
        if not n:
            bounds.append(0.0)
            ties.append(0)
            continue
        left = n - (int(ends[k, places[k] - 1]) if places[k] else 0)
        values = np.sort(np.concatenate(within[k]))
        bounds.append(float(values[left - 1]))
        ties.append(left - int((values < bounds[k]).sum()))
    return bounds, ties
