"""Pieces of work on one thread or on two, whichever a short measurement finds quicker.

The work itself is what is measured: first on one thread, then on two. Nothing of it is lost, and
what comes of a piece does not depend on the thread or on what is made beside it.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

SPAN = 0.3  # seconds of each measurement
# Of two cores, two threads beside one that is busy all the time get 4/3 of what one got: then
# the other one would pay for it.
GAIN = 1.4


class Piece(Protocol):
    """A piece of work."""

    def advance(self) -> int:
        """Work for a few milliseconds; return how many updates that were."""
        ...

    @property
    def is_over(self) -> bool: ...


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class SideBySide:
    """Makes pieces of work, in their order, until all are over or it is stopped.

    pieces : made when their turn has come. threads : most of them, 1 or 2; gain : how many times as
    quick two have to be. clock : in seconds.
    """

    def __init__(
        self,
        pieces: Iterator[Piece],
        is_stopped: Callable[[], bool],
        *,
        threads: int,
        gain: float = GAIN,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._pieces, self._is_stopped, self._clock = pieces, is_stopped, clock
        self._threads, self._gain = threads, gain
        self._taking = threading.Lock()
        self._begun: deque[Piece] = deque()  # by the second thread, which was sent away
        self._made = [0, 0]  # updates of each thread, which writes its own
        self._has_begun, self._is_dismissed = threading.Event(), threading.Event()
        self._error: Exception | None = None

    def run(self) -> None:
        """Make all pieces. Raises what one of them raises, on whichever thread."""
        mine = self._take()
        if self._threads < 2:
            self._finish(mine)
            return
        mine, _ = self._measured(mine)  # what is first done takes longer
        mine, alone = self._measured(mine)
        if mine is None:
            return
        second = threading.Thread(target=self._help, name="beside")
        second.start()
        try:
            while mine is not None and second.is_alive() and not self._has_begun.is_set():
                mine = self._go_on(mine, 0)
            mine, together = self._measured(mine)
            if together < self._gain * alone:
                self._is_dismissed.set()
                second.join()
            self._finish(mine)
        except BaseException:
            self._is_dismissed.set()
            raise
        finally:
            second.join()
        if self._error is not None:
            raise self._error
        self._finish(self._take())

    def _measured(self, piece: Piece | None) -> tuple[Piece | None, float]:
        """Work for a span; return what is in progress, and the updates a second of all threads."""
        began, before = self._clock(), sum(self._made)
        now = began
        while piece is not None and now - began < SPAN:
            piece, now = self._go_on(piece, 0), self._clock()
        return piece, (sum(self._made) - before) / max(now - began, 1e-9)

    def _finish(self, piece: Piece | None) -> None:
        while piece is not None:
            piece = self._go_on(piece, 0)

    def _help(self) -> None:
        try:
            piece, began = self._take(), self._clock()
            while piece is not None and not self._is_dismissed.is_set():
                piece = self._go_on(piece, 1)
                if self._clock() - began >= SPAN:
                    self._has_begun.set()
            if piece is not None:
                self._begun.append(piece)
        except Exception as error:  # raised again by `run`
            self._error = error

    def _go_on(self, piece: Piece, thread: int) -> Piece | None:
        """Work a little; return the same piece or the next one, None at the end of all."""
        if self._is_stopped() or self._error is not None:
            return None
        self._made[thread] += piece.advance()
        return self._take() if piece.is_over else piece

    def _take(self) -> Piece | None:
        with self._taking:
            return self._begun.popleft() if self._begun else next(self._pieces, None)
