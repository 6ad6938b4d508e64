"""Fetch one file over https on its own thread, so that it can be cancelled at any moment.

urllib3 does the transfer; truststore verifies certificates with the system's own store, where a
school installs its own. pooch is not used: it follows a redirect to plain http, cannot resume a
file, checks the digest of the compressed file rather than of its contents, and cannot be cancelled
while it connects.

A thread that waits for the network cannot be stopped, so nothing waits for it: it is a daemon,
holds only its socket, and ends when it notices the cancellation or by its own timeouts.
"""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import truststore
import urllib3
from urllib3.exceptions import HTTPError

from core.data.mnist.failure import Cause, TransferError, explain, host_of, refused
from core.language import localised, tr

CHUNK_BYTES = 1 << 16
MAX_REDIRECTS = 5
LOOPBACK = ("127.0.0.1", "localhost", "::1")  # this computer: without proxy or encryption
HEADERS = {"User-Agent": "logitlab", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Timeouts:
    """How long to wait for a silent network, in seconds.

    stalled : without a byte for this long, the download is reported as stalled.
    give_up : without a byte for this long, the next mirror is tried.
    look : interval of the checks for cancellation and of the progress reports.
    """

    stalled: float = 5.0
    give_up: float = 15.0
    look: float = 0.1


class Transfer:
    """The transfer of one file from an allowed address.

    limit : in bytes; a transfer that exceeds it fails.
    begun : an earlier transfer, which is resumed if the server supports that.
    context : for verifying certificates; None uses the system's store.

    data : the bytes received so far.
    size : bytes of the whole file, None as long as the server has not stated it.
    version : the server's ETag of the content; "" if the transfer cannot be resumed.
    """

    def __init__(
        self,
        address: str,
        limit: int,
        timeouts: Timeouts,
        context: ssl.SSLContext | None = None,
        begun: Transfer | None = None,
    ) -> None:
        self.address, self._limit = address, limit
        self._timeouts, self._context = timeouts, context
        self.data, self.version = bytearray(), ""
        if begun is not None and begun.version:  # a copy: its thread may still append to it
            self.data, self.version = begun.data[:], begun.version
        self._start = len(self.data)
        self.size: int | None = None
        self._cancelled = threading.Event()
        self._error: Exception | None = None
        self._is_done = threading.Event()
        self._last_byte = time.monotonic()
        threading.Thread(target=self._work, name="transfer", daemon=True).start()

    @property
    def silent_seconds(self) -> float:
        return time.monotonic() - self._last_byte

    def cancel(self) -> None:
        """Cancel the transfer without waiting for the network."""
        self._cancelled.set()

    def wait(self) -> bool:
        """Wait for `Timeouts.look`; return whether the file is complete. Raises TransferError."""
        is_done, give_up = self._is_done.wait(self._timeouts.look), self._timeouts.give_up
        if self._error is not None:
            raise self._error
        if not is_done and self.silent_seconds >= give_up:
            silence = tr("{n} seconds", n=localised(f"{give_up:g}"))
            raise TransferError(Cause.STALLED, self.address, silence)
        return is_done

    # On the thread ----------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            self._follow_redirects()
        except Exception as error:  # raised again by `wait`
            self._error = error
        self._is_done.set()

    def _follow_redirects(self) -> None:
        """Request the file, following allowed redirects."""
        address = self.address
        for _ in range(MAX_REDIRECTS + 1):
            try:
                target = self._ask(address)
            except (HTTPError, OSError) as error:
                raise explain(error, address) from error
            if not target:
                return
            target = urljoin(address, target)
            if not is_allowed(target):
                detail = tr("on to {host} without encryption", host=host_of(target))
                raise TransferError(Cause.REDIRECT, address, detail)
            address = target
        raise TransferError(Cause.REDIRECT, address, tr("round in a circle"))

    def _ask(self, address: str) -> str | None:
        """Receive the file, or return the address that it redirects to."""
        headers = dict(HEADERS)
        if self._start:
            headers |= {"Range": f"bytes={self._start}-", "If-Range": self.version}
        # An unreachable address of a host, such as its IPv6 one, must leave time for the next one;
        # the read timeout, longer than `wait` waits, only ends threads that were abandoned.
        give_up = self._timeouts.give_up
        timeout = urllib3.Timeout(connect=give_up / 2, read=2 * give_up)
        with (
            _manager(address, self._context) as manager,
            manager.request(
                "GET",
                address,
                headers=headers,
                timeout=timeout,
                redirect=False,
                retries=False,
                preload_content=False,
            ) as response,
        ):
            if target := response.get_redirect_location():
                return target
            self._receive(response, address)
            return None

    def _receive(self, response: urllib3.BaseHTTPResponse, address: str) -> None:
        status, reply = response.status, response.headers
        is_rest = reply.get("Content-Range", "").startswith(f"bytes {self._start}-")
        if status == HTTPStatus.OK:  # the whole file, even if a range was requested
            self.data.clear()
        elif status != HTTPStatus.PARTIAL_CONTENT or not is_rest:
            raise refused(status, response.reason or "", address)
        self.version = reply.get("ETag", "")
        if self.version.startswith("W/"):  # a weak ETag does not guarantee identical bytes
            self.version = ""
        length = reply.get("Content-Length", "")
        self.size = len(self.data) + int(length) if length.isdecimal() else None
        chunk = b""
        while not self._cancelled.is_set():
            self.data += chunk
            self._last_byte = time.monotonic()
            if max(self.size or 0, len(self.data)) > self._limit:
                name = self.address.rpartition("/")[2]
                raise TransferError(
                    Cause.WRONG_FILE, address, tr("more than {name} can hold", name=name)
                )
            # read1 returns what has arrived; read would wait for the whole chunk.
            if not (chunk := response.read1(CHUNK_BYTES, decode_content=False)):
                break


def is_allowed(address: str) -> bool:
    """Return whether an address is allowed: https, or http on this computer."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _manager(address: str, context: ssl.SSLContext | None) -> urllib3.PoolManager:
    """Return a connection pool for the address, by way of the system's proxy if there is one."""
    # One per transfer: a thread that was abandoned during a handshake holds its lock.
    context = context or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    scheme, host = urlsplit(address).scheme, urlsplit(address).hostname or ""
    proxy = getproxies().get(scheme) or getproxies().get("all")
    if not proxy or host in LOOPBACK or proxy_bypass(host):
        return urllib3.PoolManager(ssl_context=context)
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    login = urllib3.util.parse_url(proxy).auth
    headers = urllib3.make_headers(proxy_basic_auth=unquote(login)) if login else None
    return urllib3.ProxyManager(proxy, proxy_headers=headers, ssl_context=context)
