"""A mailbox between two threads: the newest value wins, and taking one asks for the next."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds the newest value only: one that has not been taken is replaced.

    One thread makes the values, and makes them when they are asked for: before it makes one, it
    calls `answer`, so that a request that comes meanwhile counts again. Any thread may call all.
    """

    def __init__(self) -> None:
        self._slot: deque[T] = deque(maxlen=1)
        self._asked = threading.Event()
        self.asked_at = -math.inf  # in seconds of `time.perf_counter`

    @property
    def is_empty(self) -> bool:
        return not self._slot

    @property
    def is_asked(self) -> bool:
        """Whether a value has been asked for since the last answer."""
        return self._asked.is_set()

    def take(self) -> T | None:
        """Return the newest value not yet taken, if any, and ask for the next one."""
        try:
            return self._slot.popleft()
        except IndexError:
            return None
        finally:
            if not self._asked.is_set():  # who asks again and again gets the same value
                self.asked_at = time.perf_counter()
                self._asked.set()

    def ask_again(self) -> None:
        """Let the last request stand: it cannot be answered yet."""
        self._asked.set()

    def answer(self) -> None:
        """Take the request up; `put` is to follow."""
        self._asked.clear()

    def put(self, value: T) -> None:
        self._slot.append(value)

    def clear(self) -> None:
        """Drop what has not been taken."""
        self._slot.clear()
