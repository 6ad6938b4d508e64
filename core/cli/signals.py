"""What ends a command before its time: Ctrl+C, a system that ends, a terminal that is closed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # a system has some of them
NUMBERS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
ON_STDERR = 2
HINT = b"\nStopping after this step. Once more stops at once, and nothing is written.\n"


class Stopped(KeyboardInterrupt):
    """A command is to end at once. number : of the signal that says so."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Wish:
    """Whether a command is to end, where it does so by itself when it can.

    number : of the signal that said so first, 0 for none.
    is_saving : no second signal ends it at once any more, which saves what there is.
    """

    def __init__(self) -> None:
        self.number = 0
        self.is_saving = False

    def take(self, number: int) -> None:
        if self.number and not self.is_saving:
            raise Stopped(number)
        if not self.number and not self.is_saving and os.isatty(ON_STDERR):
            with suppress(OSError):
                os.write(ON_STDERR, HINT)
        self.number = self.number or number


def exit_code(number: int) -> int:
    """Return what shells give a process that this signal ended: 130 for Ctrl+C, 143 for SIGTERM."""
    return 128 + number


@contextmanager
def at_once() -> Iterator[None]:
    """Raise Stopped wherever the command is when a signal comes."""

    def stop(number: int) -> None:
        raise Stopped(number)

    with listening(stop):
        yield


@contextmanager
def when_it_suits() -> Iterator[Wish]:
    """Take note of a signal; a second one raises Stopped."""
    wish = Wish()
    with listening(wish.take):
        yield wish


@contextmanager
def listening(take: Callable[[int], None]) -> Iterator[None]:
    """Call `take` with the number of each signal that comes.

    What the process was started to ignore, as by nohup, it goes on to ignore.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():  # no other may
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
