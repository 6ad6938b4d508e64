"""Background work in independent queues; results are delivered on the GUI thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Queue(Enum):
    """Queues of the background; each has its own thread, started when first needed.

    PICTURES : short work that the user is waiting to see: shading, hover texts, traces.
    STUDIES : work that may take seconds: surfaces, optima, curvature, checks, evaluations.
    READS : data and models, prepared for a run. TABLES : files that are previewed first.
    COPIES : of unsaved work, of which each replaces the one before.
    """

    PICTURES = "pictures"
    STUDIES = "studies"
    READS = "reads"
    TABLES = "tables"
    COPIES = "copies"


@dataclass
class _Request:
    work: Callable[[], Any]
    answer: Callable[[Any], None]
    failed: Callable[[BaseException], None]

    def tell(self, future: Future[Any]) -> None:
        """Deliver the result or the exception."""
        error = future.exception()
        if error is None:
            self.answer(future.result())
        else:
            self.failed(error)


class _Newest:
    """One thread; of the waiting requests under one key, only the newest is executed."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"background {name}")
        self._waiting: dict[str, _Request] = {}
        self._running: tuple[str, _Request, Future[Any]] | None = None

    @property
    def is_idle(self) -> bool:
        return self._running is None and not self._waiting

    def ask(self, key: str, request: _Request) -> None:
        self._waiting[key] = request
        self._start_next()

    def forget(self, key: str) -> None:
        self._waiting.pop(key, None)
        if self._running and self._running[0] == key:
            _, request, future = self._running
            request.answer = request.failed = lambda _: None
            self._running = "", request, future  # the thread is still busy, but not for this key

    def forget_all(self) -> None:
        self._waiting.clear()
        if self._running:
            self.forget(self._running[0])

    def is_busy(self, key: str) -> bool:
        return key in self._waiting or bool(self._running and self._running[0] == key)

    def poll(self) -> None:
        if self._running is None or not self._running[2].done():
            return
        _, request, future = self._running
        self._running = None
        self._start_next()
        request.tell(future)

    def close(self, *, wait: bool) -> None:
        self._waiting.clear()
        self._executor.shutdown(wait=wait, cancel_futures=True)

    def _start_next(self) -> None:
        if self._running is None and self._waiting:
            key = next(iter(self._waiting))
            request = self._waiting.pop(key)
            self._running = key, request, self._executor.submit(request.work)


class _All:
    """One thread; every request is executed, in order."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"background {name}")
        self._asked: deque[tuple[_Request, Future[Any]]] = deque()

    @property
    def is_idle(self) -> bool:
        return not self._asked

    def ask(self, request: _Request) -> None:
        self._asked.append((request, self._executor.submit(request.work)))

    def poll(self) -> None:
        if self._asked and self._asked[0][1].done():
            request, future = self._asked.popleft()
            request.tell(future)

    def close(self, *, wait: bool) -> None:
        self._executor.shutdown(wait=wait, cancel_futures=not wait)


def raise_error(error: BaseException) -> None:
    raise error


class Background:
    """Threads for work that would make the window stutter: reading, writing, shading planes.

    Of the requests waiting under one key, only the newest is executed: a picture that nobody will
    see is not computed. All writes are executed, in order. `poll` delivers the results, on the
    thread that calls it.
    """

    def __init__(self) -> None:
        self._queues = {queue: _Newest(queue.value) for queue in Queue}
        self._writes = _All("writes")
        self._is_closed = False

    @property
    def is_idle(self) -> bool:
        """Whether no request is unanswered."""
        return self._writes.is_idle and all(queue.is_idle for queue in self._queues.values())

    def ask(
        self,
        key: str,
        work: Callable[[], Any],
        answer: Callable[[Any], None],
        failed: Callable[[BaseException], None] = raise_error,
        queue: Queue = Queue.PICTURES,
    ) -> None:
        """Run `work` on the queue's thread; `poll` calls `answer` with its result, or `failed`.

        Without `failed`, an exception is a bug of the program, and `poll` raises it. A key belongs
        to one queue. After `close` this does nothing, so that a view whose timer fires late need
        not check.
        """
        if not self._is_closed:
            self._queues[queue].ask(key, _Request(work, answer, failed))

    def write(
        self,
        work: Callable[[], Any],
        answer: Callable[[Any], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Run `work`, which writes files, after all earlier writes; results as in `ask`."""
        if not self._is_closed:
            self._writes.ask(_Request(work, answer, failed))

    def forget(self, key: str) -> None:
        """Drop the waiting request under the key, and the result of the running one."""
        for queue in self._queues.values():
            queue.forget(key)

    def forget_run(self) -> None:
        """Drop all pictures and studies, including results of running ones: they belong to a run.

        Called before another run is shown, so that no view receives a result of the previous one.
        """
        for queue in (Queue.PICTURES, Queue.STUDIES):
            self._queues[queue].forget_all()

    def is_busy(self, key: str) -> bool:
        return any(queue.is_busy(key) for queue in self._queues.values())

    def poll(self) -> None:
        """Deliver finished results, at most one per queue, and start waiting requests."""
        self._writes.poll()
        for queue in self._queues.values():
            queue.poll()

    def close(self, *, wait: bool = True, finish_writing: bool = True) -> None:
        """Drop waiting requests and end the threads.

        wait : wait for running requests. finish_writing : execute pending writes and wait for them.
        """
        self._is_closed = True
        for queue in self._queues.values():
            queue.close(wait=wait)
        self._writes.close(wait=finish_writing)
