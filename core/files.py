"""Files that people name: read whole, written whole or not at all, a sentence when it fails."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from core.errors import DataError, SaveError


def contents(path: Path, what: str, limit: int) -> bytes:
    """Return the bytes of an ordinary file; raise DataError where there is none that can be read.

    what : was expected, as in “a model”. limit : bytes; a larger file is not even opened.
    """
    try:
        if path.is_dir():
            raise DataError(f"{path} is a folder; choose {what} in it.")
        if path.exists() and not path.is_file():
            raise DataError(f"{path} is no ordinary file; choose {what}.")
        size = path.stat().st_size
        if size > limit:
            raise DataError(
                f"{path} has {size / 2**20:,.0f} MiB, and {what} has at most "
                f"{limit / 2**20:,.0f}. Choose another file."
            )
        with path.open("rb") as file:
            return file.read(limit)
    except FileNotFoundError:
        raise DataError(f"There is no file {path}; choose another one.") from None
    except (OSError, ValueError, RuntimeError) as error:  # no name, links in a ring
        raise DataError(f"{path} cannot be read: {reason(error)}. Choose another file.") from error


def check_writable(path: Path) -> None:
    """Complain about a hopeless path before the work, not after it."""
    try:
        if path.is_file() or not path.exists():
            folder = path.resolve().parent
            if not folder.is_dir():
                raise SaveError(f"{path} cannot be written: there is no folder {folder}.")
            needed = [folder, path] if path.exists() else [folder]
        else:
            needed = [path]
        if path.is_dir() or not all(os.access(place, os.W_OK) for place in needed):
            raise SaveError(f"{path} cannot be written: choose another place.")
    except (OSError, RuntimeError) as error:  # too long a name, links in a ring
        raise SaveError(f"{path} cannot be written: {reason(error)}.") from error


@contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """Open a text file for writing, as `writing_bytes` does."""
    with writing_bytes(path) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        try:
            yield file
        finally:
            file.detach()  # what it still holds goes out first


@contextmanager
def writing_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its place only when it is complete on disk.

    A link stays a link; a pipe or a device is written into, not replaced. Raises SaveError.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        place = path.resolve()
        temporary = place.with_name(f".logitlab-{os.getpid()}")
        try:
            with temporary.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle of links
        raise SaveError(f"{path} cannot be written: {reason(error)}.") from error


def reason(error: Exception) -> str:
    """Return the system's own word for what went wrong."""
    return getattr(error, "strerror", None) or str(error)
