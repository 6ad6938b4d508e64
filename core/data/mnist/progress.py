"""How a download gets on: bytes, time left, silence; and how long silence is borne."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.data.mnist.failure import Cause, TransferError, host_of

MB = 1e6
RATE_SECONDS = 4.0  # the speed is measured over so long
FIRST_SECONDS = 0.5  # and not told before


@dataclass(frozen=True)
class Patience:
    """How long is waited for a silent network, in seconds.

    stalled : after so long without a byte it is said.
    give_up : after so long the next mirror is tried.
    connect : for each address of a host.
    look : how often it is looked whether the person still wants it, and told how far it is.
    """

    stalled: float = 5.0
    give_up: float = 15.0
    connect: float = 5.0
    look: float = 0.1


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
        amount = f"{self.received / MB:.1f} of {self.total / MB:.1f} MB · {self.share:.0%}"
        amount = amount.replace("%", " %")
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

    def __init__(self, sizes: Mapping[str, int], watch: Watch, patience: Patience) -> None:
        self._watch, self._patience = watch, patience
        self._sizes = dict(sizes)
        self._here = dict.fromkeys(self._sizes, 0)
        self._file, self._host = "", ""
        self._last_byte = self._last_told = time.monotonic()
        self._trace: deque[tuple[float, int]] = deque()  # times and bytes of late

    def start(self, name: str, address: str, here: int) -> None:
        """Begin to ask an address for a file of which so many bytes are here."""
        self._file, self._host = name, host_of(address)
        self._here[self._file] = here
        self._trace.clear()
        self._last_byte = time.monotonic()
        self._tell()

    def expect(self, length: int | None, here: int) -> None:
        """The mirror has said how long the file is, and from where on it sends."""
        if length is not None:
            self._sizes[self._file] = length
        self._here[self._file] = here
        self._last_byte = time.monotonic()

    def add(self, here: int) -> None:
        self._here[self._file] = here
        self._last_byte = time.monotonic()
        if self._last_byte - self._last_told >= self._patience.look:
            self._tell()

    def wait(self) -> None:
        """Nothing has come for a moment; raise TransferError when that has lasted too long."""
        if time.monotonic() - self._last_byte >= self._patience.give_up:
            raise TransferError(
                Cause.STALLED,
                f"{self._host} has sent nothing for {self._patience.give_up:g} seconds",
            )
        self._tell()

    def finish(self, name: str, length: int) -> None:
        self._sizes[name] = self._here[name] = length
        self._tell()

    def _tell(self) -> None:
        now = self._last_told = time.monotonic()
        received, total = sum(self._here.values()), sum(self._sizes.values())
        self._trace.append((now, received))
        while self._trace[0][0] < now - RATE_SECONDS and len(self._trace) > 2:
            self._trace.popleft()
        silent = now - self._last_byte
        then, before = self._trace[0]
        gained, spent = received - before, now - then
        if silent >= self._patience.stalled:
            progress = Progress(received, total, self._host, silent_seconds=silent)
        elif gained > 0 and spent >= FIRST_SECONDS:
            left = (total - received) * spent / gained
            progress = Progress(received, total, self._host, seconds_left=left)
        else:
            progress = Progress(received, total, self._host)
        self._watch(progress)


def _duration(seconds: float) -> str:
    """Name a time that is only an estimate no more exactly than it is known."""
    if seconds < 10:
        return f"{max(round(seconds), 1)} s"
    if seconds < 90:
        return f"{5 * round(seconds / 5)} s"
    return f"{round(seconds / 60)} min"
