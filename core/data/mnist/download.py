"""Download of MNIST on first use: from a list of mirrors, verified, stored in a cache folder.

Each file is held in memory until its unpacked SHA-256 is verified, and only then written to the
cache, whole or not at all, so that several instances of the program cannot interfere. Every load
repeats the check; a file that has been damaged since is fetched again and the others are kept.
"""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from core.cache_folder import CACHE_VARIABLE, cache_folder
from core.data.mnist.failure import Cause, TransferError
from core.data.mnist.http_transfer import Timeouts, Transfer, is_allowed
from core.data.mnist.idx import Contents, join
from core.data.mnist.idx_file import unpack
from core.data.mnist.originals import ORIGINALS, Original
from core.data.mnist.progress import MB, Meter, Watch
from core.errors import Cancelled, DataError, SaveError
from core.files import reason, writing_bytes
from core.language import tr
from core.number_format import format_fixed

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
MIRRORS_VARIABLE = "LOGITLAB_MIRRORS"
RETRIES = 3  # after a mirror has broken off a transfer
SLACK_BYTES = 1 << 16  # what compression may add to an incompressible file
MAY_GO_ON = (Cause.BROKEN_OFF, Cause.STALLED)  # the received bytes can be resumed from


class Download:
    """Loads MNIST's four files: from the cache if they are intact, else from a mirror.

    What a cancelled load has received is kept in memory, and the next load resumes from it.

    notice : what the user should know after a successful load, or "".
    """

    def __init__(
        self,
        files: Sequence[Original] | None = None,
        mirrors: Sequence[str] | None = None,
        cache: Path | None = None,
        timeouts: Timeouts | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.notice = ""
        self._files = ORIGINALS if files is None else tuple(files)
        self._mirrors = mirrors
        self._folder = cache or cache_folder("mnist")
        self._timeouts = timeouts or Timeouts()
        self._context = context
        self._begun: dict[str, Transfer] = {}  # by address
        self._last_mirror = ""
        self._unkept: dict[str, bytes] = {}  # what could not be written to the cache
        self._turn = threading.Lock()  # a second load waits until the cancelled one has ended

    def load(
        self, watch: Watch | None = None, cancelled: threading.Event | None = None
    ) -> Contents:
        """Return the data; call `watch` with the progress of the download, if one is needed.

        Raises Cancelled soon after `cancelled` is set, DataError if no mirror delivers the files.
        """
        with self._turn:
            self.notice = ""
            arrays = {file.name: self._kept(file) for file in self._files}
            missing = [file for file in self._files if arrays[file.name] is None]
            sizes = {file.name: file.packed for file in missing}
            meter = Meter(sizes, watch or (lambda _: None), self._timeouts.stalled)
            for file in missing:
                arrays[file.name] = self._fetch(file, meter, cancelled or threading.Event())
            return join(list(arrays), [each for each in arrays.values() if each is not None])

    def _fetch(self, file: Original, meter: Meter, cancelled: threading.Event) -> NDArray[np.uint8]:
        """Return a file's contents from the first mirror with a valid copy, and cache the file.

        The last used mirror is tried first: it has just delivered a file or holds a partial one.
        A transfer that breaks off is resumed.
        """
        failures: list[TransferError] = []
        tries_left = RETRIES
        mirrors = sorted(self._mirrors or chosen_mirrors(), key=lambda m: m != self._last_mirror)
        while mirrors:
            _check(cancelled)
            self._last_mirror, address = mirrors[0], mirrors[0] + file.name
            limit, begun = file.length + SLACK_BYTES, self._begun.get(address)
            transfer = Transfer(address, limit, self._timeouts, self._context, begun)
            self._begun[address] = transfer
            try:
                meter.tell(file.name, transfer)
                while not transfer.wait():
                    _check(cancelled)
                    meter.tell(file.name, transfer)
                meter.tell(file.name, transfer)
                array = _unpack(file, content := bytes(transfer.data), address)
            except TransferError as error:
                failures.append(error)
                if error.cause not in MAY_GO_ON:
                    del self._begun[address]
                if error.cause is Cause.BROKEN_OFF and tries_left:
                    tries_left -= 1
                else:
                    mirrors.pop(0)
            else:
                self._begun.clear()
                self._keep(file.name, content)
                return array
            finally:
                transfer.cancel()
        raise _complaint(failures)

    # The cache --------------------------------------------------------------------------------

    def _kept(self, file: Original) -> NDArray[np.uint8] | None:
        """Return the contents of a cached file, or None without one; remove a damaged one."""
        path = self._folder / file.name
        try:
            content = self._unkept.get(file.name) or path.read_bytes()
            return unpack(file.name, content, file.dimensions, file)
        except OSError:
            return None
        except DataError:
            with suppress(OSError):  # if it cannot be removed, it is fetched for this run
                path.unlink()
            return None

    def _keep(self, name: str, content: bytes) -> None:
        """Write a file to the cache; if that fails, keep it in memory and set `notice` once."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with writing_bytes(self._folder / name) as file:
                file.write(content)
        except (OSError, SaveError) as error:
            if not self._unkept:
                self.notice = tr(
                    "MNIST is here until you close Logit Lab: {folder} cannot be written "
                    "({reason}). Make room there, or set {variable} to another folder.",
                    folder=self._folder,
                    reason=reason(error.__cause__ or error).lower(),
                    variable=CACHE_VARIABLE,
                )
            self._unkept[name] = content


def chosen_mirrors() -> tuple[str, ...]:
    """Return the mirrors that $LOGITLAB_MIRRORS names, or else MIRRORS.

    Raises DataError for an address that is not allowed.
    """
    names = os.environ.get(MIRRORS_VARIABLE, "").replace(",", " ").split()
    for name in names:
        if not urlsplit(name).hostname or not is_allowed(name):
            raise DataError(
                tr(
                    "{variable} names {name}; addresses that start with https:// were "
                    "expected (http:// only for this very machine).",
                    variable=MIRRORS_VARIABLE,
                    name=name,
                )
            )
    return tuple(name if name.endswith("/") else f"{name}/" for name in names) or MIRRORS


def _unpack(file: Original, content: bytes, address: str) -> NDArray[np.uint8]:
    if content.lstrip().startswith(b"<"):
        raise TransferError(Cause.WEB_PAGE, address)
    try:
        return unpack(file.name, content, file.dimensions, file)
    except DataError as error:
        reason = str(error).removesuffix(tr(" Get the file again.")).removesuffix(".")
        raise TransferError(Cause.WRONG_FILE, address, reason) from error


def _complaint(failures: list[TransferError]) -> DataError:
    """Return an error with the cause of failure: of several, the one that got furthest."""
    order = list(Cause)
    worst = max(failures, key=lambda failure: order.index(failure.cause))
    total = sum(original.packed for original in ORIGINALS)
    remedy = tr(worst.cause.remedy)
    return DataError(
        tr(
            "MNIST ({size} MB, needed once) could not be downloaded: {cause}. {remedy}, or "
            "choose a folder that has the files.",
            size=format_fixed(total / MB, 1),
            cause=worst,
            remedy=f"{remedy[0].upper()}{remedy[1:]}",
        )
    )


def _check(cancelled: threading.Event) -> None:
    if cancelled.is_set():
        raise Cancelled(tr("MNIST was not loaded: the download was called off."))
