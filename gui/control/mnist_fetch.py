"""MNIST on its way, on a thread of its own: nothing else waits for the network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.config import DataConfig
from core.data import sources
from core.data.dataset import Dataset

if TYPE_CHECKING:
    from core.data.mnist.download import Download
    from core.data.mnist.progress import Progress

LOOK_MS = 16  # once a frame


class Fetch:
    """One load of the data that `config` names.

    progress : how the download goes; None as long as the cache has all that is needed.
    """

    def __init__(self, config: DataConfig, download: Callable[[], Download]) -> None:
        self.progress: Progress | None = None
        self._config, self._download = config, download
        self._dataset: Dataset | None = None
        self._error: Exception | None = None
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._work, name="fetch")
        self._thread.start()

    @property
    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def result(self) -> Dataset:
        """Return the data, or raise what went wrong; only once it is done."""
        if self._error is not None:
            raise self._error
        assert self._dataset is not None
        return self._dataset

    def cancel(self) -> None:
        """Call it off; the thread ends soon after."""
        self._cancelled.set()

    def close(self) -> None:
        """Call it off and wait for the thread."""
        self.cancel()
        self._thread.join()

    def _work(self) -> None:
        try:
            download = self._download()
            self._dataset = sources.load(
                self._config, lambda: download.load(self._watch, self._cancelled)
            )
        except Exception as error:  # it is raised again where the user can be told
            self._error = error

    def _watch(self, progress: Progress) -> None:
        self.progress = progress


class Fetcher(QObject):
    """The fetch that is under way, if there is one, looked at once a frame.

    must_wait : whether the data, which are there, are to come later.
    download : what downloads; made when it is first needed.
    """

    progressed = Signal(object)  # Progress while data come from the network, then None
    arrived = Signal(object)  # Dataset
    failed = Signal(object)  # Exception

    def __init__(self, must_wait: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self.download: Download | None = None
        self._must_wait = must_wait
        self._fetch: Fetch | None = None
        self._progress: Progress | None = None
        self._called_off: list[Fetch] = []
        self._look = QTimer(self)
        self._look.timeout.connect(self._follow)

    @property
    def is_busy(self) -> bool:
        """Whether data are on their way."""
        return self._fetch is not None

    @property
    def notice(self) -> str:
        """What the user should know after a download that went well, or ""."""
        return self.download.notice if self.download is not None else ""

    def start(self, config: DataConfig) -> None:
        """Get data that come from the network; `arrived` or `failed` follows, or `stop`."""
        self._fetch = Fetch(config, self._make_download)
        self._look.start(LOOK_MS)

    def stop(self) -> bool:
        """Call the fetch off; say whether there was one."""
        if self._fetch is None:
            return False
        self._fetch.cancel()
        self._called_off = [fetch for fetch in self._called_off if not fetch.is_done]
        self._called_off.append(self._fetch)
        self._end()
        return True

    def close(self) -> None:
        """Call the fetch off, and wait for the threads of all that were."""
        self.stop()
        for fetch in self._called_off:
            fetch.close()

    def _make_download(self) -> Download:
        """Return what downloads; on the fetching thread, which alone waits for the import."""
        if self.download is None:
            from core.data.mnist.download import Download

            self.download = Download()
        return self.download

    def _follow(self) -> None:
        """Tell how the download goes, and what has come of it."""
        fetch = self._fetch
        if fetch is None:
            return
        is_done = fetch.is_done  # before its progress: what comes last is not missed
        if fetch.progress is not self._progress:
            self._progress = fetch.progress
            self.progressed.emit(self._progress)
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
        self._fetch = self._progress = None
        self.progressed.emit(None)
