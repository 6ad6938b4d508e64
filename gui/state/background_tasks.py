"""Work for other threads, in queues that do not wait for each other; answers on the GUI thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Queue(Enum):
    """What may wait for what: each has a thread of its own, made when it is first needed.

    PICTURES : what the eye waits for, a moment's work each: shading, hover texts, traces.
    STUDIES : what may take seconds: surfaces, optima, curvature, checks, evaluations.
    READS : data and models, made ready for a run. TABLES : files that are looked at first.
    """

    PICTURES = "pictures"
    STUDIES = "studies"
    READS = "reads"
    TABLES = "tables"


@dataclass
class _Request:
    work: Callable[[], Any]
    answer: Callable[[Any], None]
    failed: Callable[[BaseException], None]

    def tell(self, future: Future[Any]) -> None:
        """Hand on what has come of it."""
        error = future.exception()
        if error is None:
            self.answer(future.result())
        else:
            self.failed(error)


class _Newest:
    """One thread; of the requests under one key, only the newest waiting one is carried out."""

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
            self._running = "", request, future  # the thread is not free yet, but not for this key

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
    """One thread; every request is carried out, in order."""

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
    """Threads for what would make the window stutter: reading files, writing them, shading planes.

    Of what is asked under one key, only the newest waiting request is carried out: a picture that
    nobody will see is not made. What is to be written is written, each of it, in order. Answers
    are given by `poll`, on the thread that calls it.
    """

    def __init__(self) -> None:
        self._queues = {queue: _Newest(queue.value) for queue in Queue}
        self._writes = _All("writes")
        self._is_closed = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked that is not answered."""
        return self._writes.is_idle and all(queue.is_idle for queue in self._queues.values())

    def ask(
        self,
        key: str,
        work: Callable[[], Any],
        answer: Callable[[Any], None],
        failed: Callable[[BaseException], None] = raise_error,
        queue: Queue = Queue.PICTURES,
    ) -> None:
        """Do `work` on the queue's thread; then `poll` calls `answer` with its result, or `failed`.

        Where nothing is said for a failure it is a fault of the program, and `poll` raises it.
        A key belongs to one queue. Once it is closed, nothing is done: a view whose timer rings
        late need not know.
        """
        if not self._is_closed:
            self._queues[queue].ask(key, _Request(work, answer, failed))

    def write(
        self,
        work: Callable[[], Any],
        answer: Callable[[Any], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Do `work`, which writes files, after what was to be written before; answers as `ask`."""
        if not self._is_closed:
            self._writes.ask(_Request(work, answer, failed))

    def forget(self, key: str) -> None:
        """Drop what waits under the key, and the answer that is under way."""
        for queue in self._queues.values():
            queue.forget(key)

    def forget_run(self) -> None:
        """Drop pictures and studies, answers that are under way among them: they are of a run.

        Called before another run is shown, so that no view can be answered about the one before.
        """
        for queue in (Queue.PICTURES, Queue.STUDIES):
            self._queues[queue].forget_all()

    def is_busy(self, key: str) -> bool:
        return any(queue.is_busy(key) for queue in self._queues.values())

    def poll(self) -> None:
        """Give the answers that have come, one of each queue at most, and start what waits."""
        self._writes.poll()
        for queue in self._queues.values():
            queue.poll()

    def close(self, *, wait: bool = True, finish_writing: bool = True) -> None:
        """Drop what waits and end the threads; what is to be written is written first.

        wait : for what they are at, too.
        """
        self._is_closed = True
        for queue in self._queues.values():
            queue.close(wait=wait)
        self._writes.close(wait=finish_writing)
