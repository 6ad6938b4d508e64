"""Work on a thread of its own that can be called off; the one way in which that is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Job(Generic[T]):
    """One piece of work on a thread of its own.

    work : is given an event; soon after that is set it returns, or raises Cancelled. The thread is
    no daemon: whoever started it closes it.
    """

    def __init__(self, name: str, work: Callable[[threading.Event], T]) -> None:
        self._work = work
        self._cancelled = threading.Event()
        self._found: list[T] = []
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether it was started and has ended."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def cancel(self) -> None:
        """Call it off; the thread ends soon after."""
        self._cancelled.set()

    def close(self) -> None:
        """Call it off and wait for the thread."""
        self.cancel()
        if self._thread.ident is not None:
            self._thread.join()

    def result(self) -> T:
        """Wait for it, and return what has come of it, or raise what went wrong."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._found[0]

    def _run(self) -> None:
        try:
            self._found.append(self._work(self._cancelled))
        except Exception as error:  # it is raised again where the user can be told
            self._error = error
