"""Whether several processes pay: what an update's exchange takes, against its gradient."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from core.train.shares.group import Group, Way
from core.train.shares.sums import GradientSum

WAYS: tuple[Way, ...] = ("gather", "scatter")
WARM_UP, FEWEST, MOST = 3, 5, 50  # times that each is measured
SECONDS = 0.3  # that measuring one of them should take


class Gradients(Protocol):
    """What is asked of `core.train.update.Update`."""

    parameters: tuple[Tensor, ...]
    shared: GradientSum | None

    def differentiating(self, order: Tensor) -> Iterator[None]: ...


@dataclass(frozen=True)
class Pace:
    """Seconds of an update: of the whole gradient in one process, or of one process's shares, all
    of them at work, and of the exchange.
    """

    processes: int
    whole: float
    own: float
    exchange: float

    @property
    def gain(self) -> float:
        """How many times as quick the processes are as one alone."""
        return self.whole / (self.own + self.exchange)

    @property
    def words(self) -> str:
        verdict = f"{self.gain:.1f} times as quick" if self.gain > 1 else "one process is quicker"
        return (
            f"{self.processes} processes: communication {_ms(self.exchange)}, computation "
            f"{_ms(self.own)} an update, in one process {_ms(self.whole)}: {verdict}"
        )


def measure(update: Gradients, group: Group, n: int) -> Pace:
    """Return the pace of updates with n rows, and choose the quicker way of exchange.

    No weight changes. All processes measure at once and learn the times of the slowest, so that
    they choose alike; only the whole gradient is measured by one, while the others wait.
    """
    assert update.shared is not None
    exchange = {}
    for group.way in WAYS:
        exchange[group.way] = _median(update.shared.add_up, group)
    group.way = min(WAYS, key=lambda way: exchange[way])
    rows = torch.arange(n, device=update.parameters[0].device)
    part = rows[: -(-n * len(group.own) // group.count)]
    own = _median(lambda: _exhaust(update.differentiating(part)), group)
    whole = 0.0
    if group.rank == 0:
        whole = _median(lambda: _exhaust(update.differentiating(rows)))
    (whole,) = group.largest(whole)
    return Pace(group.size, whole, own, exchange[group.way])


def _median(work: Callable[[], object], group: Group | None = None) -> float:
    """Return the median of its seconds, in the slowest process of the group."""

    def once() -> float:
        begun = time.perf_counter()
        work()
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.synchronize()
        return time.perf_counter() - begun

    def slowest(seconds: float) -> float:
        return seconds if group is None else group.largest(seconds)[0]

    about = slowest(min(once() for _ in range(WARM_UP)))
    times = max(FEWEST, min(MOST, int(SECONDS / max(about, 1e-9))))
    return slowest(statistics.median(once() for _ in range(times)))


def _exhaust(slices: Iterator[None]) -> None:
    deque(slices, maxlen=0)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.2g} ms"
