"""MNIST by download, on first use only: from a list of mirrors, checked, kept in a cache folder.

Each file waits in memory until its unpacked SHA-256 is right, and only then goes into the cache,
whole or not at all, so that several copies of the program cannot get in each other's way. The same
check is made at every load; a file that has been damaged since is fetched again and the others are
kept.
"""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from core.data.mnist import idx as mnist
from core.data.mnist.failure import Cause, TransferError, host_of, web_page
from core.data.mnist.http_transfer import Head, Transfer, is_allowed
from core.data.mnist.idx import Contents, Original
from core.data.mnist.progress import MB, Meter, Patience, Watch
from core.errors import Cancelled, DataError, SaveError
from core.files import reason, writing_bytes

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
MIRRORS_VARIABLE = "LOGITLAB_MIRRORS"
CACHE_VARIABLE = "LOGITLAB_CACHE"
RETRIES = 3  # of a mirror that breaks off, as long as something came each time
GLANCE_BYTES = 64  # enough to tell a web page
SLACK_BYTES = 1 << 16  # what packing may add to a file that cannot be packed


@dataclass
class _Part:
    """What has come of a file, from one mirror, in one version."""

    data: bytearray = field(default_factory=bytearray)
    version: str = ""


class Download:
    """Gets MNIST's four files: from the cache where they are good, else from a mirror.

    What had come when it was called off is kept in memory and gone on from the next time.

    notice : what the person should know after a load that went well, or "".
    """

    def __init__(
        self,
        files: Sequence[Original] | None = None,
        mirrors: Sequence[str] | None = None,
        cache: Path | None = None,
        patience: Patience | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.notice = ""
        self._files = mnist.ORIGINALS if files is None else tuple(files)
        self._mirrors = mirrors
        self._cache = cache
        self._patience = patience or Patience()
        self._context = context
        self._parts: dict[tuple[str, str], _Part] = {}
        self._good_mirror = ""
        self._unkept: dict[str, bytes] = {}  # what the cache folder would not take
        self._turn = threading.Lock()  # a second load waits until the one called off has ended

    def load(
        self, watch: Watch | None = None, cancelled: threading.Event | None = None
    ) -> Contents:
        """Return the data; `watch` is told how the download goes, if there has to be one.

        Raises Cancelled soon after `cancelled` is set, DataError where no mirror has the files.
        """
        cancelled = cancelled or threading.Event()
        while not self._turn.acquire(timeout=self._patience.look):
            _check(cancelled)
        try:
            return self._load(watch or (lambda _: None), cancelled)
        finally:
            self._turn.release()

    def _load(self, watch: Watch, cancelled: threading.Event) -> Contents:
        self.notice = ""
        folder = self._cache or cache_folder()
        arrays: dict[str, NDArray[np.uint8]] = {}
        for file in self._files:
            _check(cancelled)
            array = _from_cache(folder, file)
            if array is None and file.name in self._unkept:
                content = self._unkept[file.name]
                array = mnist.unpack(file.name, content, file.dimensions, file)
            if array is not None:
                arrays[file.name] = array
        missing = [file for file in self._files if file.name not in arrays]
        if missing:
            mirrors = list(self._mirrors or chosen_mirrors())
            meter = Meter({file.name: file.packed for file in missing}, watch, self._patience)
            for file in missing:
                content, arrays[file.name] = self._fetch(file, mirrors, meter, cancelled)
                self._keep(folder, file.name, content)
        names = [file.name for file in self._files]
        return mnist.join(names, [arrays[name] for name in names])

    # The network ------------------------------------------------------------------------------

    def _fetch(
        self, file: Original, mirrors: list[str], meter: Meter, cancelled: threading.Event
    ) -> tuple[bytes, NDArray[np.uint8]]:
        """Return a file and what is in it, from the first mirror that has it as it should be."""
        failures = []
        # A mirror that was called off half-way comes first, and then the one that has just served.
        begun = {mirror for name, mirror in self._parts if name == file.name}
        for mirror in sorted(mirrors, key=lambda m: (m not in begun, m != self._good_mirror)):
            try:
                content = self._fetch_from(mirror, file, meter, cancelled)
                array = _unpack(file, content, mirror)
            except TransferError as error:
                failures.append(error)
            else:
                self._good_mirror = mirror
                self._parts = {key: p for key, p in self._parts.items() if key[0] != file.name}
                meter.finish(file.name, len(content))
                return content, array
        raise _complaint(failures)

    def _fetch_from(
        self, mirror: str, file: Original, meter: Meter, cancelled: threading.Event
    ) -> bytes:
        """Return what one mirror sends, going on where it broke off, if it can do that."""
        key = file.name, mirror
        part = self._parts.pop(key, _Part())
        tries_left = RETRIES
        while True:
            before = len(part.data)
            try:
                self._receive(mirror + file.name, file, part, meter, cancelled)
                return bytes(part.data)
            except (TransferError, Cancelled) as error:
                has_gained = len(part.data) > before
                if not part.version:  # without it no rest can be asked for
                    part = _Part()
                is_broken = isinstance(error, TransferError) and error.cause is Cause.BROKEN_OFF
                if not (is_broken and has_gained and tries_left):
                    if part.data:
                        self._parts[key] = part
                    raise
                tries_left -= 1

    def _receive(
        self,
        address: str,
        file: Original,
        part: _Part,
        meter: Meter,
        cancelled: threading.Event,
    ) -> None:
        """Add to the part what comes from the address until its end."""
        transfer = Transfer(
            address,
            start=len(part.data),
            version=part.version,
            connect_seconds=self._patience.connect,
            silence_seconds=2 * self._patience.give_up,
            context=self._context,
        )
        meter.start(file.name, address, len(part.data))
        limit = file.length + SLACK_BYTES
        try:
            while True:
                _check(cancelled)
                try:
                    item = transfer.take(self._patience.look)
                except Empty:
                    meter.wait()
                    continue
                if item is None:
                    return
                if isinstance(item, Head):
                    del part.data[item.start :]
                    part.version = item.version
                    meter.expect(item.length, len(part.data))
                    promised = item.length or 0
                else:
                    part.data += item
                    promised = len(part.data)
                    meter.add(promised)
                if promised > limit:
                    raise TransferError(
                        Cause.WRONG_FILE, f"{host_of(address)} sends more than {file.name} can hold"
                    )
                if part.data[:GLANCE_BYTES].lstrip()[:1] == b"<":
                    raise web_page(address)
        finally:
            transfer.close()

    # The cache --------------------------------------------------------------------------------

    def _keep(self, folder: Path, name: str, content: bytes) -> None:
        """Put a file into the cache whole, or say once that it cannot be kept."""
        try:
            _store(folder, name, content)
        except (OSError, SaveError) as error:
            if not self._unkept:
                why = error.__cause__ if isinstance(error, SaveError) else error
                self.notice = (
                    f"MNIST is here until you close Logit Lab: {folder} cannot be written "
                    f"({reason(why or error).lower()}). Make room there, or set "
                    f"{CACHE_VARIABLE} to another folder."
                )
            self._unkept[name] = content


def cache_folder() -> Path:
    """Return where the files are kept: in $LOGITLAB_CACHE, or where this system has its caches."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen) / "mnist"
    import platformdirs

    return platformdirs.user_cache_path("logitlab", appauthor=False) / "mnist"


def chosen_mirrors() -> tuple[str, ...]:
    """Return the mirrors that $LOGITLAB_MIRRORS names, or else those that come with the program."""
    names = os.environ.get(MIRRORS_VARIABLE, "").replace(",", " ").split()
    for name in names:
        if not urlsplit(name).hostname or not is_allowed(name, near=True):
            raise DataError(
                f"{MIRRORS_VARIABLE} names {name}; addresses that start with https:// were "
                "expected (http:// only for this very machine)."
            )
    return tuple(name if name.endswith("/") else f"{name}/" for name in names) or MIRRORS


def _from_cache(folder: Path, file: Original) -> NDArray[np.uint8] | None:
    """Return what a kept file holds, or None where there is none; a damaged one is removed."""
    path = folder / file.name
    try:
        content = path.read_bytes()
    except OSError:
        return None
    try:
        return mnist.unpack(file.name, content, file.dimensions, file)
    except DataError:
        with suppress(OSError):  # where it may not be removed, it is fetched for this run
            path.unlink()
        return None


def _store(folder: Path, name: str, content: bytes) -> None:
    """Write a file that other copies of the program may be reading or writing just now."""
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with writing_bytes(path) as file:
            file.write(content)
    except SaveError:  # on Windows, while another copy reads what it has just stored itself
        if not (path.is_file() and path.read_bytes() == content):
            raise


def _unpack(file: Original, content: bytes, mirror: str) -> NDArray[np.uint8]:
    try:
        return mnist.unpack(file.name, content, file.dimensions, file)
    except DataError as error:
        reason = str(error).removesuffix(" Get the file again.").removesuffix(".")
        raise TransferError(
            Cause.WRONG_FILE, f"what {host_of(mirror)} sends is not MNIST: {reason}"
        ) from error


def _complaint(failures: list[TransferError]) -> DataError:
    """Say what stood in the way: of several causes, that of the mirror that got furthest."""
    worst = max(failures, key=lambda failure: failure.cause.rank)
    total = sum(original.packed for original in mnist.ORIGINALS)
    what = f"MNIST ({total / MB:.1f} MB, needed once)"
    return DataError(
        f"{what} could not be downloaded: {worst}. "
        f"{worst.cause.remedy[0].upper()}{worst.cause.remedy[1:]}, "
        "or choose a folder that has the files."
    )


def _check(cancelled: threading.Event) -> None:
    if cancelled.is_set():
        raise Cancelled("MNIST was not loaded: the download was called off.")
