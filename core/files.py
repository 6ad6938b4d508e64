"""Files that people name: read whole, written whole or not at all, a sentence when it fails.

All that Logit Lab writes goes through here: new content takes its place when it is complete on
disk, by way of `core.staging`.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from core.errors import DataError, SaveError
from core.staging import Stage

LONGEST_NAMED = 120  # letters of a path in a sentence
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


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
    """Complain about a hopeless path before the work, not after it. Raises SaveError."""
    try:
        if _is_special(path):
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        else:
            _place_of(path)
    except OSError as error:
        raise _complaint(path, error) from error


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
    with writing_together() as together, together.open(path) as file:
        yield file


@contextmanager
def writing_together() -> Iterator[Together]:
    """Open files, by `open` of what this gives, that take their places all or none.

    Raises SaveError.
    """
    together = Together()
    try:
        yield together
        together.finish()
    finally:
        together.close()


class Together:
    """Files that take their places all or none; made by `writing_together`."""

    def __init__(self) -> None:
        self._stages: dict[Path, Stage] = {}  # by their folders
        self._new: list[tuple[Path, Stage, str]] = []  # as it was named; its place by name

    @contextmanager
    def open(self, path: Path) -> Iterator[BinaryIO]:
        """Open one of them for writing."""
        try:
            if _is_special(path):
                with path.open("wb") as file:
                    yield file
                return
            place = _place_of(path)
            if place.parent not in self._stages:
                self._stages[place.parent] = Stage(place.parent)
            stage = self._stages[place.parent]
            new = stage.path / str(len(self._new))
            with new.open("xb") as file:
                with suppress(OSError):  # no old one, or a file system without such bits
                    new.chmod(place.stat().st_mode & 0o777)
                yield file
                file.flush()
                os.fsync(file.fileno())
            stage.add(place.name, new.name)
            self._new.append((path, stage, place.name))
        except (OSError, UnicodeError) as error:
            raise _complaint(path, error) from error

    def finish(self) -> None:
        """Let all that were written take their places. Raises SaveError; then none has."""
        stages = self._stages.values()
        path = Path()
        try:
            if len(self._new) > 1:
                path = self._new[0][0]
                for stage in stages:
                    stage.write_journal()
            for named, stage, name in self._new:
                path = named
                stage.replace(name)
            for stage in stages:
                stage.sync()
            for stage in stages:  # from here on the new ones are there to stay
                stage.drop_journal()
        except BaseException as error:
            for stage in stages:
                stage.undo()
            if isinstance(error, OSError):
                raise _complaint(path, error) from error
            raise

    def close(self) -> None:
        """Remove what the way has left."""
        for stage in self._stages.values():
            stage.close()


def _is_special(path: Path) -> bool:
    """Whether it is there and is no file to be replaced, such as a pipe or a device."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _place_of(path: Path) -> Path:
    """Return where the content belongs, all links followed; raise OSError where it cannot be."""
    if "\0" in str(path):
        raise OSError(errno.EINVAL, "its name has a character that names cannot have")
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    place = Path(os.path.realpath(path)) if path.is_symlink() else path.absolute()
    if path.is_symlink() and place.is_symlink():  # which is what realpath makes of a ring
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if not place.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    needed = [place.parent, place] if place.exists() else [place.parent]
    if not all(os.access(each, os.W_OK) for each in needed):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return place


def _complaint(path: Path, error: Exception) -> SaveError:
    """Say what kept a file from being written, and what to do."""
    number = error.errno if isinstance(error, OSError) else None
    named = str(path)
    if len(named) > LONGEST_NAMED:
        named = f"{named[:LONGEST_NAMED]}…"
    if number in NO_ROOM:
        why = "no space left on device. Make room there, or choose another place"
    elif number in FORBIDDEN:
        why = "you may not write there. Choose another place"
    elif number == errno.EISDIR:
        why = "it is a folder. Choose a file’s name in it"
    elif number == errno.ENAMETOOLONG:
        why = "its name is too long. Choose a shorter one"
    elif number == errno.ELOOP:
        why = "it is a link that leads back to itself. Choose another name"
    elif number in (errno.ENOENT, errno.ENOTDIR):
        why = f"there is no folder {path.absolute().parent}. Choose another place"
    else:
        why = f"{reason(error)}. Choose another place"
    return SaveError(f"{named} cannot be written: {why}.")


def reason(error: BaseException) -> str:
    """Return the system's own word for what went wrong."""
    return getattr(error, "strerror", None) or str(error)
