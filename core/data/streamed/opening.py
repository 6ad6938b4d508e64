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
from core.language import mark, tr
from core.note import Note
from core.number_format import format_bytes

CONVERTED = (".csv", ".tsv", ".tab", ".txt", ".data", ".parquet")  # of tables
GROWTH = 1.5  # times its bytes on disk that a table takes in memory, roughly
SMALL = 2**26  # bytes of a table that always fits
SHARE = 2  # of the free memory: data that take more than one part in so many are streamed


def is_opened_here(config: DataConfig) -> bool:
    """Return whether these data are streamed, or are arrays, which are opened likewise."""
    return bool(config.stream or config.labels or _is_too_large(config))


def found_at(path: Path) -> DataConfig | None:
    """Return the config of a file that is streamed without a look at its table before.

    An array beside its labels (X.npy and y.npy, …), or a table that is too large for the memory;
    None for any other file.
    """
    if path.suffix.lower() == arrays.ENDING:
        labels = arrays.labels_beside(path)
        return DataConfig("csv", path=str(path), labels=str(labels)) if labels else None
    config = DataConfig("csv", path=str(path))
    return config if _is_too_large(config) else None


def _is_too_large(config: DataConfig) -> bool:
    """Return whether a table would take too much of the free memory, as far as its size says."""
    if config.source != "csv" or config.stream is not None or not config.path:
        return False
    path = Path(config.path)
    try:
        size = path.stat().st_size if path.suffix.lower() in CONVERTED else 0
    except OSError:
        return False
    return size > SMALL and _share(int(size * GROWTH)) is not None


def _share(size: int) -> Note | None:
    """Return why so many bytes are too much for the free memory, or None."""
    free = memory.free()
    if free is None or size <= free / SHARE:
        return None
    return Note(
        mark(
            "read from disk while it trains: its {size} are more than half of the {free} of memory "
            "that are free"
        ),
        {"size": format_bytes(size), "free": format_bytes(free)},
    )


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
            tr(
                "{name} cannot be streamed: files of arrays (.npy), tables and MNIST's "
                "four plain files can.",
                name=config.source.capitalize(),
            )
        )
    path = Path(config.path or "")
    if not config.labels and path.suffix.lower() != arrays.ENDING:
        from core.data.streamed.table import open_table

        said = None if config.stream else _share(int(path.stat().st_size * GROWTH))
        table = open_table(config, progress, is_cancelled)
        return table.with_note(said) if said else table
    said = _share(arrays.size_of(path)) if config.stream is None else None
    found = arrays.open_arrays(config, progress, is_cancelled)
    if said:
        return found.with_note(said)
    return found if config.stream else arrays.in_memory(found)
