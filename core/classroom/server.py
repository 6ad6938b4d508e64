"""The page for phones and their connections, served on a thread of their own.

Nothing is served without the token of the address, and nothing but five files of the program.
Requests must name the address that the server is bound to, and connections must come from its own
page, so that no other web page, and no name that points here, can act for a phone. It is plain
HTTP: whoever shares the network can read it, which the window says.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from importlib.resources import files
from typing import Any

from aiohttp import WSMsgType, web

import assets
from core.classroom import page_texts
from core.classroom.messages import MOST_BYTES, Hello, read
from core.classroom.post import Post, Rounds
from core.classroom.room import MOST_FAULTS, MOST_PHONES, Phone, Room
from core.errors import DataError
from core.language import ENGLISH, mark, spoken, tr

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none is taken for another when it is typed
TOKEN_LENGTH = 8
PORTS = (8010, 8110, 8210, 0)  # the last is any that is free
HELLO_SECONDS = 10
SILENT_SECONDS = 1800  # after which a phone that sends nothing is let go
HEARTBEAT_SECONDS = 20
TURN_SECONDS = 0.004  # between two phones that come: a class that comes back comes all at once
MOST_STRANGERS = 60  # wrong addresses a minute from one machine, which is then not answered

PAGE = {
    "": ("page.html", "text/html"),
    "page.js": ("page.js", "text/javascript"),
    "pad.js": ("pad.js", "text/javascript"),
    "plane.js": ("plane.js", "text/javascript"),
    "page.css": ("page.css", "text/css"),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self' {ws}; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def new_token() -> str:
    """Return a word that nobody can guess, 39 bits, of letters that are easy to type."""
    return "".join(secrets.choice(LETTERS) for _ in range(TOKEN_LENGTH))


class Server:
    """Serves a room at one address of this machine, from `start` to `close`.

    host : an IP address of this machine. url : what phones open.
    """

    def __init__(self, room: Room, host: str) -> None:
        self._room, self._host = room, host
        self._token = new_token()
        self._loop = asyncio.new_event_loop()
        self._end: asyncio.Event
        self._is_up = threading.Event()
        self._error: OSError | None = None
        self._strangers: Counter[str] = Counter()  # wrong addresses of this minute, by machine
        self._coming: Counter[str] = Counter()  # phones that wait for their turn, by machine
        self._turn = 0.0  # of the next one, by the clock of the loop
        self._rounds = Rounds(self._loop)
        self._thread = threading.Thread(target=self._run, name="classroom")
        self.port = 0

    def start(self) -> None:
        """Begin to serve; raise DataError where the address cannot be used."""
        self._thread.start()
        self._is_up.wait()
        if self._error is not None:
            self._thread.join()
            raise DataError(
                tr(
                    "Nothing can be served at {host} ({reason}). Choose another network.",
                    host=self._host,
                    reason=self._error.strerror or self._error,
                )
            )

    @property
    def authority(self) -> str:
        """Host and port as they stand in addresses."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.authority}/{self._token}"

    def close(self) -> None:
        """Let all phones go and end the thread; may be called twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()

    # On the server's thread -----------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()
            self._is_up.set()

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        app = web.Application(middlewares=[self._guard], client_max_size=1024)
        app.router.add_get("/{token}", self._page)
        app.router.add_get("/{token}/ws", self._talk)
        app.router.add_get("/{token}/{name}", self._page)
        runner = web.AppRunner(
            app, access_log=None, handle_signals=False, keepalive_timeout=30, shutdown_timeout=1
        )
        await runner.setup()
        try:
            await self._bind(runner)
            if self._error is None:
                self._is_up.set()
                refill = asyncio.ensure_future(self._forgive())
                await self._end.wait()
                refill.cancel()
        finally:
            await runner.cleanup()

    async def _bind(self, runner: web.AppRunner) -> None:
        for port in PORTS:
            site = web.TCPSite(runner, self._host, port, backlog=512)
            try:
                await site.start()
            except OSError as error:
                self._error = error
                continue
            self._error = None
            self.port = runner.addresses[0][1]
            return

    async def _forgive(self) -> None:
        while True:
            await asyncio.sleep(60)
            self._strangers.clear()

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Any]
    ) -> web.StreamResponse:
        """Answer only who knows the token and names this address."""
        token = request.match_info.get("token", "")
        knows = hmac.compare_digest(token.encode("utf-8", "replace"), self._token.encode())
        who = request.remote or ""
        is_guessing = self._strangers[who] > MOST_STRANGERS
        if not knows or request.host != self.authority or is_guessing:
            self._strangers[who] += not knows
            return web.Response(status=404, text=mark("There is nothing here."))
        response: web.StreamResponse = await handler(request)
        return response

    async def _page(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "")
        if name not in PAGE:
            return web.Response(status=404, text=mark("There is nothing here."))
        file, kind = PAGE[name]
        text = _text(file)
        if not name:
            for field, value in page_texts.fields(self._token).items():
                text = text.replace(field, value)
        return web.Response(text=text, content_type=kind, charset="utf-8", headers=self._headers)

    @property
    def _headers(self) -> Mapping[str, str]:
        return {name: text.format(ws=f"ws://{self.authority}") for name, text in HEADERS.items()}

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        """Talk with one phone until it goes."""
        if request.headers.get("Origin") != f"http://{self.authority}":
            return web.Response(status=403, text=mark("Open the page itself."))
        if self._room.present >= MOST_PHONES:
            return web.Response(status=503, text=mark("The room is full."))
        async with self._turn_of(request.remote or "") as has_one:
            if not has_one:
                return web.Response(status=503, text=mark("The room is full."))
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_SECONDS, max_msg_size=MOST_BYTES, compress=False
        )
        await socket.prepare(request)
        post = Post(socket, self._rounds)
        try:
            hello = read(await socket.receive_str(timeout=HELLO_SECONDS), 0, 0)
            if not isinstance(hello, Hello):
                raise DataError(mark("Open the page again."))
            phone = self._room.enter(hello, post, request.remote or "")
        except (DataError, TypeError, TimeoutError) as error:
            await socket.close(message=_shortened(str(error)))
            return socket
        ending = asyncio.ensure_future(self._close_at_end(socket, hello))
        try:
            await socket.send_str(self._room.asked)
            while phone.faults < MOST_FAULTS:
                message = await socket.receive(timeout=SILENT_SECONDS)
                if message.type is not WSMsgType.TEXT:
                    break
                await socket.send_str(self._reply(phone, message.data, hello))
        except (TimeoutError, ConnectionError):
            pass
        finally:
            self._room.leave(phone, post)
            post.end()
            ending.cancel()
            await socket.close()
        return socket

    @asynccontextmanager
    async def _turn_of(self, who: str) -> AsyncIterator[bool]:
        """Wait for the turn of a phone that comes; False at once for too many of one machine."""
        if self._coming[who] >= self._room.most_from_one:
            yield False
            return
        self._coming[who] += 1
        try:
            now = self._loop.time()
            self._turn = max(now, self._turn + TURN_SECONDS)
            await asyncio.sleep(self._turn - now)
            yield True
        finally:
            self._coming[who] -= 1
            if not self._coming[who]:
                del self._coming[who]

    def _reply(self, phone: Phone, text: str, hello: Hello) -> str:
        """Return the answer to what a phone sends, in the language that it speaks."""
        with spoken(ENGLISH.code) if hello.is_english else nullcontext():
            try:
                said, is_taken = self._room.receive(phone, text), True
            except DataError as error:
                said, is_taken = str(error), False
        return json.dumps({"said": said, "is_taken": is_taken})

    async def _close_at_end(self, socket: web.WebSocketResponse, hello: Hello) -> None:
        await self._end.wait()
        with spoken(ENGLISH.code) if hello.is_english else nullcontext():
            words = tr("The lesson is over.")
        await socket.close(message=_shortened(words))


def _shortened(words: str) -> bytes:
    """Return as many whole letters as the reason of a closed connection may have."""
    return words.encode()[:120].decode(errors="ignore").encode()


@cache
def _text(file: str) -> str:
    return files(assets).joinpath("classroom").joinpath(file).read_text(encoding="utf-8")
