"""MNIST on its way, on a thread of its own: nothing else waits for the network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.config import DataConfig
from core.data import sources
from core.data.dataset import Dataset

if TYPE_CHECKING:
    from core.data.mnist.download import Download
    from core.data.mnist.progress import Progress


class Fetch:
    """One load of the data that `config` names; the hub looks at it once a frame.

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
        except Exception as error:  # it is raised again where the person can be told
            self._error = error

    def _watch(self, progress: Progress) -> None:
        self.progress = progress
