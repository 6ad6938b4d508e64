"""Download of MNIST on a thread of its own, so that nothing else waits for the network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.config import DataConfig
from core.data import sources
from core.data.dataset import Dataset
from core.job import Job

if TYPE_CHECKING:
    from core.data.mnist.download import Download
    from core.data.mnist.progress import Progress

LOOK_MS = 16  # once a frame


class Fetcher(QObject):
    """Runs at most one current fetch and polls it once a frame.

    must_wait : returns whether to delay the delivery of data that have arrived.
    download : the downloader, created when first needed.
    """

    progressed = Signal(object)  # Progress while data come from the network, then None
    arrived = Signal(object)  # Dataset
    failed = Signal(object)  # Exception

    def __init__(self, must_wait: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self.download: Download | None = None
        self._must_wait = must_wait
        self._fetch: Job[Dataset] | None = None
        self._progress: Progress | None = None  # None while the cache holds all that is needed
        self._told: Progress | None = None
        self._called_off: list[Job[Dataset]] = []
        self._look = QTimer(self)
        self._look.timeout.connect(self._follow)

    @property
    def is_busy(self) -> bool:
        """Whether a fetch is running."""
        return self._fetch is not None

    @property
    def notice(self) -> str:
        """Message for the user after a successful download, or ""."""
        return self.download.notice if self.download is not None else ""

    def start(self, config: DataConfig) -> None:
        """Start fetching the data; `arrived` or `failed` follows, unless `stop` is called."""

        def watch(progress: Progress) -> None:
            if self._fetch is job:  # ignore cancelled fetches
                self._progress = progress

        def load(cancelled: threading.Event) -> Dataset:
            return sources.load(config, lambda: self._make_download().load(watch, cancelled))

        self._fetch = job = Job("fetch", load)
        job.start()
        self._look.start(LOOK_MS)

    def stop(self) -> bool:
        """Cancel the fetch; return whether there was one."""
        if self._fetch is None:
            return False
        self._fetch.cancel()
        self._called_off = [fetch for fetch in self._called_off if not fetch.is_done]
        self._called_off.append(self._fetch)
        self._end()
        return True

    def close(self) -> None:
        """Cancel the fetch and wait for the threads of all cancelled fetches."""
        self.stop()
        for fetch in self._called_off:
            fetch.close()

    def _make_download(self) -> Download:
        """Return the downloader; on the fetching thread, so that only it waits for the import."""
        if self.download is None:
            from core.data.mnist.download import Download

            self.download = Download()
        return self.download

    def _follow(self) -> None:
        """Emit the progress of the fetch and, when it is done, its result."""
        fetch = self._fetch
        if fetch is None:
            return
        is_done = fetch.is_done  # read before the progress, so that the last one is not missed
        if self._progress is not self._told:
            self._told = self._progress
            self.progressed.emit(self._told)
        if not is_done or self._must_wait():
            return
        self._end()
        try:
            dataset = fetch.result()
        except Exception as error:
            self.failed.emit(error)
        else:
            self.arrived.emit(dataset)

    def _end(self) -> None:
        self._look.stop()
        self._fetch = self._progress = self._told = None
        self.progressed.emit(None)
