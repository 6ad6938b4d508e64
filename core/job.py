"""The single implementation of a cancellable job on its own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Job(Generic[T]):
    """One cancellable job on its own thread.

    work : receives an event; soon after the event is set, it returns or raises Cancelled.
    The thread is not a daemon: the owner must call `close`.
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
        """Whether the job was started and has ended."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def cancel(self) -> None:
        """Request cancellation; the thread ends soon after."""
        self._cancelled.set()

    def close(self) -> None:
        """Cancel the job and wait for its thread."""
        self.cancel()
        if self._thread.ident is not None:
            self._thread.join()

    def result(self) -> T:
        """Wait for the job; return its result or raise its error."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._found[0]

    def _run(self) -> None:
        try:
            self._found.append(self._work(self._cancelled))
        except Exception as error:  # raised again by `result`
            self._error = error
