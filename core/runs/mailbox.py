"""A mailbox between two threads: the newest value wins, and taking one requests the next."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds only the newest value, replacing one not yet taken.

    One thread produces values on request: it calls `answer` before producing one, so that a request
    made meanwhile counts as new. All methods are thread-safe.
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
        """Whether a value has been requested since the last `answer`."""
        return self._asked.is_set()

    def take(self) -> T | None:
        """Return the newest value not yet taken, if any, and request the next one."""
        try:
            return self._slot.popleft()
        except IndexError:
            return None
        finally:
            if not self._asked.is_set():  # a pending request keeps its time
                self.asked_at = time.perf_counter()
                self._asked.set()

    def ask_again(self) -> None:
        """Reinstate the last request: it cannot be answered yet."""
        self._asked.set()

    def answer(self) -> None:
        """Accept the request; `put` must follow."""
        self._asked.clear()

    def put(self, value: T) -> None:
        self._slot.append(value)

    def clear(self) -> None:
        """Drop a value not yet taken."""
        self._slot.clear()
