"""Read and write user files: all or nothing, with a readable message on failure.

All files that Logit Lab writes go through this module: a new file replaces the old one only when
it is complete on disk; see `core.staging`.
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
from core.language import tr
from core.number_format import format_integer
from core.staging import Stage

LONGEST_NAMED = 120  # characters of a path in a message
DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def contents(path: Path, what: str, limit: int) -> bytes:
    """Return the bytes of a regular file; raise DataError if it cannot be read.

    what : the expected content, as in “a model”. limit : in bytes; a larger file is not opened.
    """
    what = tr(what)
    try:
        if path.is_dir():
            raise DataError(tr("{path} is a folder; choose {what} in it.", path=path, what=what))
        if path.exists() and not path.is_file():
            raise DataError(tr("{path} is no ordinary file; choose {what}.", path=path, what=what))
        size = path.stat().st_size
        if size > limit:
            raise DataError(
                tr(
                    "{path} has {size} MiB, and {what} has at most {limit}. Choose another file.",
                    path=path,
                    size=format_integer(size / 2**20),
                    what=what,
                    limit=format_integer(limit / 2**20),
                )
            )
        with path.open("rb") as file:
            return file.read()  # with a size, Python would allocate that many bytes at once
    except FileNotFoundError:
        raise DataError(tr("There is no file {path}; choose another one.", path=path)) from None
    except (OSError, ValueError, RuntimeError) as error:  # invalid name, symlink loop
        raise DataError(
            tr("{path} cannot be read: {why}. Choose another file.", path=path, why=reason(error))
        ) from error


def check_writable(path: Path) -> None:
    """Raise SaveError for an unwritable path, before the work rather than after it."""
    try:
        if _is_special(path):
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        else:
            _real_path(path)
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
            file.detach()  # flushes the buffer first


@contextmanager
def writing_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing; it replaces the old file only when it is complete on disk.

    A symlink stays a symlink; a pipe or a device is written to, not replaced. Raises SaveError.
    """
    with writing_together() as together, together.open(path) as file:
        yield file


@contextmanager
def writing_together() -> Iterator[Together]:
    """Write several files, opened by `Together.open`, that replace the old ones all or none.

    Raises SaveError.
    """
    together = Together()
    try:
        yield together
        together.finish()
    finally:
        together.close()


class Together:
    """Files that replace the old ones all or none; created by `writing_together`."""

    def __init__(self) -> None:
        self._stages: dict[Path, Stage] = {}  # by folder
        self._new: list[tuple[Path, Stage, str]] = []  # path as given, stage, target name

    @contextmanager
    def open(self, path: Path) -> Iterator[BinaryIO]:
        """Open one of the files for writing."""
        try:
            if _is_special(path):
                with path.open("wb") as file:
                    yield file
                return
            target = _real_path(path)
            if target.parent not in self._stages:
                self._stages[target.parent] = Stage(target.parent)
            stage = self._stages[target.parent]
            new = stage.path / str(len(self._new))
            with new.open("xb") as file:
                with suppress(OSError):  # no old file, or no permission bits
                    new.chmod(target.stat().st_mode & 0o777)
                yield file
                file.flush()
                os.fsync(file.fileno())
            stage.add(target.name, new.name)
            self._new.append((path, stage, target.name))
        except (OSError, UnicodeError) as error:
            raise _complaint(path, error) from error

    def finish(self) -> None:
        """Replace the old files by the new ones. Raises SaveError; then none is replaced."""
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
            for stage in stages:  # commits the change
                stage.drop_journal()
        except BaseException as error:
            for stage in stages:
                stage.undo()
            if isinstance(error, OSError):
                raise _complaint(path, error) from error
            raise

    def close(self) -> None:
        """Remove the stages."""
        for stage in self._stages.values():
            stage.close()


def _is_special(path: Path) -> bool:
    """Return whether a path exists but cannot be replaced, such as a pipe or a device."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _real_path(path: Path) -> Path:
    """Return the target path with symlinks resolved; raise OSError if it is not writable."""
    if "\0" in str(path):
        raise OSError(errno.EINVAL, tr("its name has a character that names cannot have"))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    target = Path(os.path.realpath(path)) if path.is_symlink() else path.absolute()
    if path.is_symlink() and target.is_symlink():  # realpath's result for a loop
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    needed = [target.parent, target] if target.exists() else [target.parent]
    if not all(os.access(each, os.W_OK) for each in needed):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return target


def _complaint(path: Path, error: Exception) -> SaveError:
    """Return an error that states why a file could not be written and what to do."""
    number = error.errno if isinstance(error, OSError) else None
    named = str(path)
    if len(named) > LONGEST_NAMED:
        named = f"{named[:LONGEST_NAMED]}…"
    if number in DISK_FULL:
        why = tr("no space left on device. Make room there, or choose another place")
    elif number in FORBIDDEN:
        why = tr("you may not write there. Choose another place")
    elif number == errno.EISDIR:
        why = tr("it is a folder. Choose a file’s name in it")
    elif number == errno.ENAMETOOLONG:
        why = tr("its name is too long. Choose a shorter one")
    elif number == errno.ELOOP:
        why = tr("it is a link that leads back to itself. Choose another name")
    elif number in (errno.ENOENT, errno.ENOTDIR):
        folder = path.absolute().parent
        why = tr("there is no folder {folder}. Choose another place", folder=folder)
    else:
        why = tr("{why}. Choose another place", why=reason(error))
    return SaveError(tr("{name} cannot be written: {why}.", name=named, why=why))


def reason(error: BaseException) -> str:
    """Return the system's description of an error."""
    return getattr(error, "strerror", None) or str(error)
