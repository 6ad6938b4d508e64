"""Fetch one file over https on a thread of its own, so that it can be called off at any moment.

urllib3 carries it, truststore judges certificates by the system's own store, where a school puts
its own. pooch was tried and does not give what is needed: it follows a redirect to plain http,
knows one address for a file and no Range, checks the digest of what travels rather than of what
is packed inside, and cannot be cancelled while a connection hangs. What it would add, the
temporary file, is not needed, for a file waits in memory until it is known to be good.

A thread that waits for the network cannot be stopped, only woken: connecting looks up every few
milliseconds whether it is still wanted, and once connected `close` shuts the socket down. Only
the system's look-up of a name can be neither; that thread holds nothing, and nobody waits for it.
"""

from __future__ import annotations

import os
import re
import selectors
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from queue import SimpleQueue
from time import monotonic
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationValueError, URLSchemeUnknown

from core.data.mnist.failure import (
    Cause,
    TransferError,
    explain,
    host_of,
    password_wanted,
    web_page,
)

CHUNK_BYTES = 1 << 16
MAX_REDIRECTS = 5
LOOK_SECONDS = 0.05  # how often a connection that is being made looks whether it is wanted
JOIN_SECONDS = 0.2  # a woken thread ends in well under a millisecond
LOOPBACK = ("127.0.0.1", "localhost", "::1")
REDIRECTS = (301, 302, 303, 307, 308)
HEADERS = {"User-Agent": "logitlab", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Head:
    """What a server says before the bytes.

    start : the place of the first byte that comes, 0 unless the rest of a file was asked for.
    length : bytes of the whole file, None where the server does not say.
    version : the server's mark of this very content; "" where a rest cannot be asked for.
    """

    start: int
    length: int | None
    version: str


def is_loopback(address: str) -> bool:
    return urlsplit(address).hostname in LOOPBACK


def is_allowed(address: str, *, near: bool) -> bool:
    """Whether an address may be asked: https always; plain http only on this machine, if `near`."""
    scheme = urlsplit(address).scheme
    return scheme == "https" or (scheme == "http" and near and is_loopback(address))


class Transfer:
    """One file on its way; `take` gives the Head, then bytes, then None.

    address : https, or http on this very machine.
    start, version : ask for the rest of a file from this place on, if it is still that version.
    connect_seconds : for each of a host's addresses, so that a dead IPv6 leaves time for IPv4.
    silence_seconds : a thread that nobody waits for any more ends after so long, too.
    context : how certificates are judged; None is by the system's store.
    """

    def __init__(
        self,
        address: str,
        *,
        start: int = 0,
        version: str = "",
        connect_seconds: float = 5.0,
        silence_seconds: float = 30.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        assert is_allowed(address, near=True)
        self._address = address
        self._start, self._version = start, version
        self._connect_seconds, self._silence_seconds = connect_seconds, silence_seconds
        self._context = context
        self._inbox: SimpleQueue[Head | bytes | BaseException | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._is_closed = False
        self._handle: socket.socket | None = None
        self._thread = threading.Thread(target=self._work, name="transfer", daemon=True)
        self._thread.start()

    def take(self, seconds: float) -> Head | bytes | None:
        """Return what comes next; raise queue.Empty after `seconds`, TransferError on failure."""
        item = self._inbox.get(timeout=seconds)
        if isinstance(item, BaseException):
            raise item
        return item

    def close(self) -> None:
        """Call it off, or tidy up behind it; never waits for the network."""
        with self._lock:
            self._is_closed = True
            if self._handle is not None:
                _shut_down(self._handle)
        self._thread.join(JOIN_SECONDS)

    # On the thread ----------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            self._follow()
        except TransferError as error:
            self._inbox.put(error)
        except (HTTPError, OSError) as error:
            self._inbox.put(explain(error, self._address))
        except Exception as error:  # a mistake of ours: raised again where someone sees it
            self._inbox.put(error)
        else:
            self._inbox.put(None)
        finally:
            with self._lock:
                handle, self._handle = self._handle, None
            if handle is not None:
                handle.close()

    def _follow(self) -> None:
        """Follow redirects to the file; each address must be as safe as the first."""
        for _ in range(MAX_REDIRECTS + 1):
            manager = _manager(self._address, self._context or _system_context())
            try:
                response = self._ask(manager)
                with response:
                    location = response.headers.get("Location")
                    if response.status not in REDIRECTS or not location:
                        self._receive(response)
                        return
            finally:
                manager.clear()
            target = urljoin(self._address, location)
            if not is_allowed(target, near=not self._address.startswith("https:")):
                raise TransferError(
                    Cause.REDIRECT,
                    f"{host_of(self._address)} sends us on to {host_of(target)} without encryption",
                )
            self._address = target
        raise TransferError(Cause.REDIRECT, f"{host_of(self._address)} sends us round in a circle")

    def _ask(self, manager: urllib3.PoolManager) -> urllib3.BaseHTTPResponse:
        headers = dict(HEADERS)
        if self._start:
            headers |= {"Range": f"bytes={self._start}-", "If-Range": self._version}
        pool = manager.connection_from_url(self._address)
        pool.ConnectionCls = _WokenHTTPS if pool.scheme == "https" else _WokenHTTP
        pool.conn_kw["transfer"] = self
        return manager.request(
            "GET",
            self._address,
            headers=headers,
            redirect=False,
            retries=False,
            preload_content=False,
            timeout=self._silence_seconds,
        )

    def _receive(self, response: urllib3.BaseHTTPResponse) -> None:
        self._inbox.put(_head(response, self._address, asked=self._start))
        # read1 gives what has come; read would wait for all of it and a slow line would look dead.
        while chunk := response.read1(CHUNK_BYTES, decode_content=False):
            if self._is_closed:  # a server that does not stop sending is left alone
                return
            self._inbox.put(chunk)

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a socket that is connected to the host, by whichever of its addresses answers."""
        if self._is_closed:
            raise TransferError(Cause.BROKEN_OFF, "called off")
        try:
            places = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise TransferError(
                Cause.NO_NETWORK, f"this computer cannot find {host}, as if there were no network"
            ) from error
        reason = "no address"
        for family, kind, protocol, _, place in places:
            try:
                sock = socket.socket(family, kind, protocol)
            except OSError as error:  # an address of a kind that this system does not know
                reason = str(error.strerror)
                continue
            try:
                self._reach(sock, place)
                with self._lock:
                    if self._is_closed:
                        raise TimeoutError
                    # TLS takes the socket over; a second handle can still shut it down.
                    self._handle, old = sock.dup(), self._handle
                if old is not None:
                    old.close()
                return sock
            except OSError as error:
                sock.close()
                reason = (error.strerror or "no answer").lower()
        raise TransferError(Cause.UNREACHABLE, f"{host} cannot be reached ({reason})")

    def _reach(self, sock: socket.socket, place: Any) -> None:
        """Connect, looking all the time whether it is still wanted; raise OSError if it fails."""
        deadline = monotonic() + self._connect_seconds
        sock.setblocking(False)
        try:
            sock.connect(place)
        except BlockingIOError:
            with selectors.DefaultSelector() as selector:
                selector.register(sock, selectors.EVENT_WRITE)
                while not selector.select(LOOK_SECONDS):
                    if self._is_closed or monotonic() > deadline:
                        raise TimeoutError from None
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                raise OSError(error, os.strerror(error)) from None
        sock.settimeout(self._silence_seconds)


class _Woken:
    """A connection of urllib3 whose socket comes from the transfer, which can wake it."""

    _dns_host: str
    port: int

    def __init__(self, *arguments: Any, transfer: Transfer, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._transfer = transfer

    def _new_conn(self) -> socket.socket:
        return self._transfer.connect(self._dns_host, self.port)


class _WokenHTTP(_Woken, HTTPConnection):
    pass


class _WokenHTTPS(_Woken, HTTPSConnection):
    pass


@cache
def _system_context() -> ssl.SSLContext:
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _manager(address: str, context: ssl.SSLContext) -> urllib3.PoolManager:
    """Return what opens connections to the address, by the system's proxy where there is one."""
    parts = urlsplit(address)
    proxies: Mapping[str, str] = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or is_loopback(address) or proxy_bypass(parts.hostname or ""):
        return urllib3.PoolManager(ssl_context=context)
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    login = urlsplit(proxy)
    try:
        headers = (
            urllib3.make_headers(
                proxy_basic_auth=f"{unquote(login.username)}:{unquote(login.password or '')}"
            )
            if login.username
            else None
        )
        return urllib3.ProxyManager(proxy, proxy_headers=headers, ssl_context=context)
    except (LocationValueError, URLSchemeUnknown) as error:
        raise TransferError(
            Cause.PROXY, f"the system's proxy is of a kind that cannot be used ({login.scheme})"
        ) from error


def _head(response: urllib3.BaseHTTPResponse, address: str, *, asked: int) -> Head:
    """Read what the server says; raise TransferError where it is not going to send the file."""
    status, headers, host = response.status, response.headers, host_of(address)
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise password_wanted()
    is_page = headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml"))
    if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED or (
        status == HTTPStatus.OK and is_page
    ):
        raise web_page(address)
    if status == HTTPStatus.PARTIAL_CONTENT and asked:
        place = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", ""))
        if place and int(place[1]) == asked:
            length = None if place[2] == "*" else int(place[2])
            return Head(asked, length, headers.get("ETag", ""))
        raise TransferError(Cause.BROKEN_OFF, f"{host} sends another part than was asked for")
    if status != HTTPStatus.OK:
        reason = f" ({response.reason})" if response.reason else ""
        raise TransferError(Cause.STATUS, f"{host} says {status}{reason}")
    size = headers.get("Content-Length", "")
    version = headers.get("ETag", "")
    if version.startswith("W/"):  # a weak mark may stand for other bytes
        version = ""
    return Head(0, int(size) if size.isdecimal() else None, version)


def _shut_down(sock: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        sock.shutdown(socket.SHUT_RDWR)
