"""Writing files so that nothing is lost: whole or not at all, and a sentence when it fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from core.errors import SaveError


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
    """Open a text file for writing that takes its place only when it is complete on disk.

    A link stays a link; a pipe or a device is written into, not replaced. Raises SaveError.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as file:
                yield file
            return
        place = path.resolve()
        temporary = place.with_name(f".logitlab-{os.getpid()}")
        try:
            with temporary.open("w", encoding="utf-8", newline="") as file:
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
