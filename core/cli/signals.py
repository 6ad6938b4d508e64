"""Signals that end a command early: Ctrl+C, a system shutdown, a closed terminal."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # each system has some of them
NUMBERS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
ON_STDERR = 2
HINT = b"\nStopping after this step. Once more stops at once, and nothing is written.\n"


class Stopped(KeyboardInterrupt):
    """A command must end at once. number : of the signal that requests it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Wish:
    """Request to end a command that stops by itself as soon as it can.

    number : of the first signal, 0 for none.
    is_saving : results are being saved; a second signal no longer ends the command at once.
    """

    def __init__(self) -> None:
        self.number = 0
        self.is_saving = False

    def poll(self) -> int:
        """Return the number of the signal to stop at, 0 for none."""
        return self.number

    def take(self, number: int) -> None:
        if self.number and not self.is_saving:
            raise Stopped(number)
        if not self.number and not self.is_saving and os.isatty(ON_STDERR):
            with suppress(OSError):
                os.write(ON_STDERR, HINT)
        self.number = self.number or number


def exit_code(number: int) -> int:
    """Return the shell's exit code for a process ended by a signal: Ctrl+C 130, SIGTERM 143."""
    return 128 + number


@contextmanager
def at_once() -> Iterator[None]:
    """Raise Stopped at once when a signal arrives."""

    def stop(number: int) -> None:
        raise Stopped(number)

    with listening(stop):
        yield


@contextmanager
def when_it_suits() -> Iterator[Wish]:
    """Record a signal in the Wish that is yielded; a second signal raises Stopped."""
    wish = Wish()
    with listening(wish.take):
        yield wish


@contextmanager
def listening(take: Callable[[int], None]) -> Iterator[None]:
    """Call `take` with the number of each signal that arrives.

    Signals that the process was started to ignore, as by nohup, stay ignored.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():  # no other may set handlers
        for number in NUMBERS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, _handler(take))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handler(take: Callable[[int], None]) -> Callable[[int, FrameType | None], None]:
    return lambda number, _: take(number)
