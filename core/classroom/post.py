"""Texts that are sent to phones from any thread: to a few phones at a time.

What goes to all phones would keep the window waiting for Python's lock until the last one had it.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress

from aiohttp import web

MOST_WAITING = 50  # texts for a phone that does not take them; with more, the oldest go
AT_ONCE = 8  # phones that are sent to without a pause
PAUSE_SECONDS = 0.004


class Rounds:
    """Goes round the phones that something waits for, on the thread of a loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._lock = loop, threading.Lock()
        self._due: deque[Post] = deque()
        self._is_going = False

    def add(self, post: Post) -> None:
        """Send to this phone in its turn; called from any thread."""
        with self._lock:
            self._due.append(post)
            is_first, self._is_going = not self._is_going, True
        if is_first:
            with suppress(RuntimeError):  # the loop has ended, and so have all connections
                self._loop.call_soon_threadsafe(self._go)

    def _go(self) -> None:
        with self._lock:
            count = min(AT_ONCE, len(self._due))
            posts = [self._due.popleft() for _ in range(count)]
            self._is_going = bool(posts)
        for post in posts:
            post.send_what_waits()
        if posts:
            self._loop.call_later(PAUSE_SECONDS, self._go)


class Post:
    """Sends texts to one phone, in order; called from any thread, it never waits."""

    def __init__(self, socket: web.WebSocketResponse, rounds: Rounds) -> None:
        self._socket, self._rounds = socket, rounds
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._sending: asyncio.Task[None] | None = None
        self._has_ended = False

    def __call__(self, text: str) -> None:
        self._waiting.append(text)
        self._rounds.add(self)

    def send_what_waits(self) -> None:
        """Begin to send what waits, unless that is under way; on the thread of the loop."""
        if self._sending is None and self._waiting and not self._has_ended:
            self._sending = asyncio.ensure_future(self._send_all())

    def end(self) -> None:
        """Send nothing more: the phone has gone."""
        self._has_ended = True
        if self._sending is not None:
            self._sending.cancel()

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                await self._socket.send_str(self._waiting.popleft())
        except (ConnectionError, RuntimeError):
            self._waiting.clear()
        finally:
            self._sending = None
