"""Progress of a download: bytes, share, time left, stalls."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.data.mnist.failure import host_of
from core.data.mnist.http_transfer import Transfer
from core.language import localised, tr
from core.number_format import format_fixed

MB = 1e6
FIRST_SECONDS = 0.5  # the time left is not estimated before
SAMPLES = 40  # latest reports over which the speed is measured, about 4 s


@dataclass(frozen=True)
class Progress:
    """State of a download: bytes, seconds, and the host of the current mirror.

    seconds_left : None as long as it cannot be estimated.
    silent_seconds : time since the last byte, if long enough to count as stalled; else 0.
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
        """The state as text, as in “4.3 of 11.6 MB · 37 % · 12 s left”."""
        done, size = (format_fixed(each / MB, 1) for each in (self.received, self.total))
        amount = f"{tr('{done} of {size} MB', done=done, size=size)} · {self._percent}"
        if self.silent_seconds:
            return tr(
                "{amount} · stalled for {silent_seconds} s",
                amount=amount,
                silent_seconds=format_fixed(self.silent_seconds, 0),
            )
        if self.seconds_left is None:
            return amount if self.received else tr("{amount} · connecting", amount=amount)
        return tr("{amount} · {time} left", amount=amount, time=_duration(self.seconds_left))

    @property
    def _percent(self) -> str:
        return localised(f"{100 * self.share:.0f} %")


Watch = Callable[[Progress], None]


class Meter:
    """Counts the bytes of all files and estimates the time left.

    sizes : expected bytes of each file, by name, until its mirror states the size.
    watch : called with each Progress. stalled : seconds of silence that count as stalled.
    """

    def __init__(self, sizes: Mapping[str, int], watch: Watch, stalled: float) -> None:
        self._watch, self._stalled = watch, stalled
        self._sizes, self._here = dict(sizes), dict.fromkeys(sizes, 0)
        self._samples: deque[tuple[float, int]] = deque(maxlen=SAMPLES)  # times and bytes

    def tell(self, name: str, transfer: Transfer) -> None:
        """Report the progress of a file to `watch`."""
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
    """Format an estimated time, rounded to its likely accuracy."""
    if seconds < 10:
        return tr("{n} s", n=max(round(seconds), 1))
    if seconds < 90:
        return tr("{n} s", n=5 * round(seconds / 5))
    return tr("{n} min", n=round(seconds / 60))
