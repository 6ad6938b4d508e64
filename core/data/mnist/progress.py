"""How a download gets on: bytes, share, time left, silence."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.data.mnist.failure import host_of
from core.data.mnist.http_transfer import Transfer

MB = 1e6
FIRST_SECONDS = 0.5  # the time left is not told before
SAMPLES = 40  # the speed is measured over so many of the latest reports, about 4 s


@dataclass(frozen=True)
class Progress:
    """How far a download is: bytes, seconds, and the mirror that is asked.

    seconds_left : None while it cannot be told.
    silent_seconds : since the last byte, once that is long enough to call it stalled; else 0.
    """

    received: int
    total: int
    host: str
    seconds_left: float | None = None
    silent_seconds: float = 0.0

    @property
    def share(self) -> float:
        return min(self.received / self.total, 1.0) if self.total else 0.0

    @property
    def words(self) -> str:
        """As in “4.3 of 11.6 MB · 37 % · 12 s left”."""
        share = f"{100 * self.share:.0f} %"
        amount = f"{self.received / MB:.1f} of {self.total / MB:.1f} MB · {share}"
        if self.silent_seconds:
            return f"{amount} · stalled for {self.silent_seconds:.0f} s"
        if self.seconds_left is None:
            return amount if self.received else f"{amount} · connecting"
        return f"{amount} · {_duration(self.seconds_left)} left"


Watch = Callable[[Progress], None]


class Meter:
    """Counts bytes over all files, and tells how long the rest will take.

    sizes : the expected bytes of each file, by name, until its mirror says better.
    """

    def __init__(self, sizes: Mapping[str, int], watch: Watch, stalled: float) -> None:
        self._watch, self._stalled = watch, stalled
        self._sizes, self._here = dict(sizes), dict.fromkeys(sizes, 0)
        self._samples: deque[tuple[float, int]] = deque(maxlen=SAMPLES)  # times and bytes

    def tell(self, name: str, transfer: Transfer) -> None:
        """Tell how far a file is."""
        self._here[name] = len(transfer.data)
        self._sizes[name] = transfer.size or self._sizes[name]
        now, silent, left = time.monotonic(), transfer.silent_seconds, None
        received, total = sum(self._here.values()), sum(self._sizes.values())
        self._samples.append((now, received))
        then, before = self._samples[0]
        if silent < self._stalled:
            silent = 0.0
            if received > before and now - then >= FIRST_SECONDS:
                left = (total - received) * (now - then) / (received - before)
        self._watch(Progress(received, total, host_of(transfer.address), left, silent))


def _duration(seconds: float) -> str:
    """Name a time that is only an estimate no more exactly than it is known."""
    if seconds < 10:
        return f"{max(round(seconds), 1)} s"
    if seconds < 90:
        return f"{5 * round(seconds / 5)} s"
    return f"{round(seconds / 60)} min"
