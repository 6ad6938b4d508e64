"""Which data are streamed, and how they are opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core import memory
from core.config import DataConfig
from core.data.dataset import Dataset
from core.data.streamed import arrays
from core.data.streamed.scan import Progress
from core.errors import DataError
from core.number_format import format_bytes

SHARE = 2  # of the free memory: data that take more than one part in so many are streamed


def is_opened_here(config: DataConfig) -> bool:
    """Return whether these data are streamed, or are arrays, which are opened likewise."""
    return bool(config.stream or config.labels)


def open_streamed(
    config: DataConfig,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Return the data set of a config of which `is_opened_here` is true.

    progress : called with the bytes done, and all. Raises DataError, and Cancelled.
    """
    if config.source == "mnist":
        from core.data.streamed.idx import open_idx

        return open_idx(config, progress, is_cancelled)
    if config.source != "csv":
        raise DataError(
            f"{config.source.capitalize()} cannot be streamed: files of arrays (.npy), tables and "
            "MNIST's four plain files can."
        )
    path = Path(config.path or "")
    is_streamed, said = True, ""
    if config.stream is None:
        size, free = arrays.size_of(path), memory.free()
        is_streamed = free is not None and size > free / SHARE
        if is_streamed and free is not None:
            said = (
                f"read from disk while it trains: its {format_bytes(size)} are more than half of "
                f"the {format_bytes(free)} of memory that are free"
            )
    elif not config.stream:
        is_streamed = False
    found = arrays.open_arrays(config, progress, is_cancelled)
    if said:
        found = found.with_note(said)
    return found if is_streamed else arrays.in_memory(found)
