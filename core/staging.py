"""Where new content waits until it is complete: a folder of its own beside its final place.

The folder, a stage, is locked as long as its process lives. What a process that was killed has left
is put right the next time something is written there.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

STAGE = ".logitlab-"  # how the names of stages begin
LOCK, JOURNAL = "lock", "journal"
REPLACE_TRIES = 3  # on Windows, where who reads a file keeps it from being replaced
TRY_SECONDS = 0.1


@dataclass(frozen=True)
class _Change:
    """What happens to a file, by name: `new`, in the stage, takes the place `name` beside it.

    old : the stage's name for what was there; "" for nothing.
    number : of the new content, by which the file system knows it wherever it is; 0 where nothing
        is kept and nothing can be undone.
    """

    name: str
    new: str
    old: str = ""
    number: int = 0


class Stage:
    """A folder in another, for content on its way; locked as long as its process lives."""

    def __init__(self, folder: Path) -> None:
        tidy(folder)
        self.changes: list[_Change] = []
        self.has_journal = False
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=STAGE, dir=folder))
            try:
                self._lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            except FileNotFoundError:  # another process took it for a left-over
                continue
            except OSError:
                self.path.rmdir()
                raise
            if _lock(self._lock):  # else another one is about to clear it away
                with suppress(FileNotFoundError):
                    if os.path.samestat((self.path / LOCK).stat(), os.fstat(self._lock)):
                        return
            os.close(self._lock)

    def add(self, name: str, new: str) -> None:
        """Take note that `new`, in the stage, is complete and is to take the place `name`."""
        self.changes.append(_Change(name, new))

    def write_journal(self) -> None:
        """Keep what is in the places, and write down for others what is about to happen."""
        self.changes = [self._kept(change) for change in self.changes]
        draft = self.path / f"{JOURNAL}.new"
        with draft.open("x", encoding="ascii") as file:
            json.dump([asdict(change) for change in self.changes], file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / JOURNAL)
        _sync(self.path)
        self.has_journal = True

    def drop_journal(self) -> None:
        if self.has_journal:
            (self.path / JOURNAL).unlink()
            _sync(self.path)

    def replace(self, name: str) -> None:
        """Let the new content take its place."""
        (change,) = (change for change in self.changes if change.name == name)
        _replace(self.path / change.new, self.path.parent / name)

    def sync(self) -> None:
        """Have the places' names on disk."""
        _sync(self.path.parent)

    def undo(self) -> None:
        """Bring back what was kept, where the new content has taken its place."""
        for change in self.changes:
            with suppress(OSError):
                place = self.path.parent / change.name
                if (self.path / change.new).exists() or place.stat().st_ino != change.number:
                    continue
                if change.old:
                    (self.path / change.old).replace(place)
                else:
                    place.unlink()
                _sync(place.parent)

    def close(self) -> None:
        """Remove it, and let go of it."""
        _clear(self.path, self._lock)

    def _kept(self, change: _Change) -> _Change:
        place, old = self.path.parent / change.name, self.path / f"{change.new}.old"
        number = (self.path / change.new).stat().st_ino
        if not place.exists():
            return replace(change, number=number)
        try:
            os.link(place, old)
        except OSError:  # a file system without links
            shutil.copy2(place, old)
            with old.open("rb+") as file:
                os.fsync(file.fileno())
        return replace(change, old=old.name, number=number)


class _Left(Stage):
    """The stage of a process that may have ended. Raises OSError where it has not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        about = path.lstat()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != getattr(os, "geteuid", int)():
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))  # who knows whose it is
        try:
            self._lock = os.open(path / LOCK, os.O_RDWR)
        except FileNotFoundError:
            path.rmdir()  # which it refuses if there is something in it
            raise
        if not _lock(self._lock):
            os.close(self._lock)
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        self.changes = []
        with suppress(OSError, ValueError, TypeError):
            told = [_Change(**change) for change in json.loads((path / JOURNAL).read_bytes())]
            if all(_is_name(each) for change in told for each in (change.name, change.new)):
                self.changes = [c for c in told if not c.old or _is_name(c.old)]


def tidy(folder: Path) -> None:
    """Put right what processes that were killed have left in a folder.

    Files that were to take their places together, and of which only some have, go back to what
    they were. Of processes that live nothing is touched.
    """
    with suppress(OSError):
        for path in list(folder.glob(f"{STAGE}*/")):
            with suppress(OSError):
                left = _Left(path)
                left.undo()
                left.close()


def _is_name(text: str) -> bool:
    return Path(text).name == text != ".."


def _clear(stage: Path, lock: int) -> None:
    """Remove a stage, its lock last, and let go of the lock."""
    if sys.platform == "win32":  # where what is open cannot be removed
        os.close(lock)
    with suppress(OSError):
        for path in sorted(stage.iterdir(), key=lambda path: path.name == LOCK):
            path.unlink()
        stage.rmdir()
    if sys.platform != "win32":
        os.close(lock)


def _lock(descriptor: int) -> bool:
    """Lock a file until it is closed or its process ends; say whether it was free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _replace(new: Path, place: Path) -> None:
    for tries_left in reversed(range(REPLACE_TRIES)):
        try:
            new.replace(place)
            return
        except PermissionError:
            if os.name != "nt" or not tries_left:
                raise
            time.sleep(TRY_SECONDS)


def _sync(folder: Path) -> None:
    """Have the names in a folder on disk, where a system can do that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that has nothing of the kind
            raise
    finally:
        os.close(descriptor)
