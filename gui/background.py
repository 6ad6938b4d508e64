"""Work for a second thread, newest request first, answered on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any


@dataclass
class _Request:
    work: Callable[[], Any]
    answer: Callable[[Any], None]
    failed: Callable[[BaseException], None]


class Background:
    """One thread for what would make the window stutter: reading files, shading planes.

    Of the requests under one key, only the newest waiting one is carried out. Answers are
    given by `poll`, on the thread that calls it.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="background")
        self._waiting: dict[str, _Request] = {}
        self._running: tuple[str, _Request, Future[Any]] | None = None
        self._is_closed = False

    def ask(
        self,
        key: str,
        work: Callable[[], Any],
        answer: Callable[[Any], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Do `work` on the thread; then `poll` calls `answer` with its result, or `failed`.

        Once it is closed, nothing is done: a view whose timer rings late need not know.
        """
        if self._is_closed:
            return
        self._waiting[key] = _Request(work, answer, failed)
        self._start_next()

    def forget(self, key: str) -> None:
        """Drop what waits under the key, and the answer that is under way."""
        self._waiting.pop(key, None)
        if self._running and self._running[0] == key:
            self._running[1].answer = self._running[1].failed = lambda _: None

    def is_busy(self, key: str) -> bool:
        return key in self._waiting or bool(self._running and self._running[0] == key)

    def poll(self) -> None:
        """Give the answer that has come, if any, and start what waits."""
        if self._running is None or not self._running[2].done():
            return
        _, request, future = self._running
        self._running = None
        self._start_next()
        error = future.exception()
        if error is None:
            request.answer(future.result())
        else:
            request.failed(error)

    def close(self, *, wait: bool = True) -> None:
        """Drop what waits and end the thread, once it has done what it is at."""
        self._is_closed = True
        self._waiting.clear()
        self._executor.shutdown(wait=wait, cancel_futures=True)

    def _start_next(self) -> None:
        if self._running is None and self._waiting:
            key = next(iter(self._waiting))
            request = self._waiting.pop(key)
            self._running = key, request, self._executor.submit(request.work)
