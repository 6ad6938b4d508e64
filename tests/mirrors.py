"""Mirrors on 127.0.0.1 that serve files correctly or faultily; nothing outside is contacted."""

from __future__ import annotations

import gzip
import hashlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import numpy as np

from core.data.mnist.originals import Original

CERTIFICATES = Path(__file__).parent / "certificates"
STEMS = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


def small_files() -> tuple[dict[str, bytes], tuple[Original, ...]]:
    """Return four small gzipped IDX files and their expected contents.

    40 training and 20 test images of 40 × 3 pixels, ten classes.
    """
    rng = np.random.default_rng(3)
    contents, originals = {}, []
    for stem, shape in zip(STEMS, [(40, 40, 3), (40,), (20, 40, 3), (20,)], strict=True):
        values = rng.integers(0, 256 if len(shape) == 3 else 10, shape, dtype=np.uint8)
        if len(shape) == 1:
            values[:10] = np.arange(10)
        head = bytes((0, 0, 8, len(shape))) + struct.pack(f">{len(shape)}I", *shape)
        inside = head + values.tobytes()
        name, packed = f"{stem}-ubyte.gz", gzip.compress(inside, mtime=0)
        digest = hashlib.sha256(inside).hexdigest()
        contents[name] = packed
        originals.append(Original(name, len(inside), digest, len(packed)))
    return contents, tuple(originals)


class Request(BaseHTTPRequestHandler):
    """One request, with helpers to answer it correctly or faultily."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        mirror = self.server.mirror
        mirror.requests.append((self.path, self.headers))
        mirror.was_asked.set()
        content = mirror.files.get(self.path.rpartition("/")[2], b"")
        self.close_connection = True
        mirror.manner(self, content)

    do_CONNECT = do_GET

    def start(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.send_header("Connection", "close")
        self.end_headers()

    def answer(self, status: int, content: bytes = b"", **headers: object) -> None:
        self.start(status, Content_Length=len(content), **headers)
        self.wfile.write(content)

    def hold(self) -> None:
        """Send nothing until the test ends or sets `let_go`."""
        self.server.mirror.let_go.wait()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base
        pass


Manner = Callable[[Request, bytes], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for them
    mirror: Mirror

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that hang up, as some tests make them do."""


class Mirror:
    """A web server that answers all requests in one manner.

    certificate : name of a file in CERTIFICATES, for https.
    """

    def __init__(
        self, files: Mapping[str, bytes], manner: Manner, certificate: str | None = None
    ) -> None:
        self.files, self.manner = files, manner
        self.requests: list[tuple[str, Message]] = []
        self.was_asked, self.let_go = threading.Event(), threading.Event()
        self._server = _Server(("127.0.0.1", 0), Request)
        self._server.mirror = self
        scheme = "http"
        if certificate:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATES / certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        self.address = f"{scheme}://127.0.0.1:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def names(self) -> list[str]:
        """The names of the requested files, in order."""
        return [path.rpartition("/")[2] for path, _ in self.requests]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


# Manners --------------------------------------------------------------------------------------


def good(request: Request, content: bytes) -> None:
    request.answer(200, content)


def ranged(request: Request, content: bytes) -> None:
    """Answer a range request with the rest of the file, as real mirrors do."""
    version = '"1"'
    asked = request.headers.get("Range", "")
    if asked and request.headers.get("If-Range") == version:
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        place = f"bytes {start}-{len(content) - 1}/{len(content)}"
        request.answer(206, content[start:], ETag=version, Content_Range=place)
    else:
        request.answer(200, content, ETag=version)


def broken_off(request: Request, content: bytes) -> None:
    request.start(200, Content_Length=len(content))
    request.wfile.write(content[: len(content) // 2])


def shortened(request: Request, content: bytes) -> None:
    request.answer(200, content[: len(content) // 2])


def tampered(request: Request, content: bytes) -> None:
    inside = bytearray(gzip.decompress(content))
    inside[-1] ^= 1
    request.answer(200, gzip.compress(bytes(inside)))


def empty(request: Request, content: bytes) -> None:
    request.answer(200)


def not_found(request: Request, content: bytes) -> None:
    request.answer(404, b"<html>Not here</html>", Content_Type="text/html")


def forbidden(request: Request, content: bytes) -> None:
    request.answer(403)


def web_page(request: Request, content: bytes) -> None:
    request.answer(200, b"<html>Sign in</html>", Content_Type="text/html; charset=utf-8")


def disguised_page(request: Request, content: bytes) -> None:
    request.answer(200, b"\r\n <html>Sign in</html>", Content_Type="application/gzip")


def portal(request: Request, content: bytes) -> None:
    request.answer(511, b"Sign in")


def password(request: Request, content: bytes) -> None:
    request.answer(407, Proxy_Authenticate='Basic realm="school"')


def to_plain_http(request: Request, content: bytes) -> None:
    request.answer(302, Location="http://portal.example/login")


def in_a_circle(request: Request, content: bytes) -> None:
    request.answer(302, Location=request.path)


def too_long(request: Request, content: bytes) -> None:
    request.start(200, Content_Length=10**12)
    request.hold()


def endless(request: Request, content: bytes) -> None:
    request.start(200)
    request.connection.settimeout(0.5)  # the client has stopped reading
    while not request.server.mirror.let_go.is_set():
        request.wfile.write(content + bytes(1 << 16))


def silent(request: Request, content: bytes) -> None:
    request.hold()


def stalled(request: Request, content: bytes) -> None:
    """Send half of the file, then nothing."""
    request.start(200, Content_Length=len(content), ETag='"1"')
    request.wfile.write(content[: len(content) // 2])
    request.hold()


def refusing_address() -> str:
    """Return the address of a port on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}/"
