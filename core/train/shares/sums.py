"""The gradient of a batch as a sum over its shares, each computed on its own, in a fixed order.

Of n rows in the order of the batch, share k of K holds those from k n // K up to (k + 1) n // K:
sizes differ by one row at most, and with fewer rows than shares some shares are empty. Gradients
are sums over rows, so that a larger share weighs more; the division by n, the penalties and the
rule of the update come after the sum, once. The shares' sums are added in the order of k, one after
the other, which makes the result the same wherever each of them was computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor


def bounds(n: int, count: int) -> tuple[tuple[int, int], ...]:
    """Return the first row of each share of n rows, and the row after its last."""
    ends = [k * n // count for k in range(count + 1)]
    return tuple(pairwise(ends))


class Sum(Protocol):
    """The sum of one vector of each share."""

    def room(self, place: int) -> Tensor:
        """Return the vector (size,) to be filled for the own share at this place."""
        ...

    def put(self, place: int) -> None:
        """Take what is in its room; the places come in order."""
        ...

    def total(self) -> Tensor:
        """Return the sum (size,) over all shares, in their order; overwritten by the next one."""
        ...


class Shares(Protocol):
    """Who computes which shares.

    count : number of shares. own : those that are computed here.
    """

    count: int
    own: range

    def sum_of(self, size: int, like: Tensor) -> Sum:
        """Return a sum of vectors (size,) of the type and on the device of `like`."""
        ...


class OneProcess:
    """All shares are computed here, one after the other."""

    def __init__(self, count: int) -> None:
        self.count, self.own = count, range(count)

    def sum_of(self, size: int, like: Tensor) -> Sum:
        return _Running(size, like, self.count)


class _Running:
    """A sum that grows share by share: two vectors, however many shares there are."""

    def __init__(self, size: int, like: Tensor, count: int) -> None:
        self._total, self._next = like.new_empty(size), like.new_empty(size if count > 1 else 0)

    def room(self, place: int) -> Tensor:
        return self._next if place else self._total

    def put(self, place: int) -> None:
        if place:
            self._total.add_(self._next)

    def total(self) -> Tensor:
        return self._total


def parts(shares: Shares, order: Tensor) -> Iterator[tuple[int, Tensor]]:
    """Yield the place in the sum, and the row numbers, of each share to be computed here."""
    limits = bounds(order.numel(), shares.count)
    for place, k in enumerate(shares.own):
        first, end = limits[k]
        yield place, order[first:end]


class GradientSum:
    """The gradients of a batch's shares, each as one vector.

    gradients : of the model, whose numbers are those of the share that was computed last, and in
    the end of the whole batch.
    """

    def __init__(self, shares: Shares, gradients: Sequence[Tensor]) -> None:
        self._shares, self._gradients = shares, gradients
        self._sum = shares.sum_of(sum(g.numel() for g in gradients), gradients[0])

    def own_parts(self, order: Tensor) -> Iterator[tuple[int, Tensor]]:
        return parts(self._shares, order)

    def put(self, place: int, *, is_empty: bool) -> None:
        """Take the model's gradients as those of a share; zeros for one without rows."""
        room = self._sum.room(place)
        if is_empty:
            room.zero_()
        else:
            for part, g in zip(self._views(room), self._gradients, strict=True):
                part.copy_(g)
        self._sum.put(place)

    def add_up(self) -> None:
        """Set the model's gradients to the sum over all shares."""
        for g, part in zip(self._gradients, self._views(self._sum.total()), strict=True):
            g.copy_(part)

    def _views(self, vector: Tensor) -> Iterator[Tensor]:
        """Yield the vector's parts as the gradients lie in memory: nothing is transposed."""
        at = vector.storage_offset()
        for g in self._gradients:
            yield torch.as_strided(vector, g.shape, g.stride(), at)
            at += g.numel()
