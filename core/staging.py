"""Staging folders: new files are written completely before they replace old ones.

A stage is a temporary folder beside the target files, locked as long as its process runs. What a
killed process has left behind is cleaned up at the next write to the same folder.
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

STAGE = ".logitlab-"  # prefix of the names of stages
LOCK, JOURNAL = "lock", "journal"
REPLACE_TRIES = 3  # on Windows, where a file that is open elsewhere cannot be replaced
TRY_SECONDS = 0.1


@dataclass(frozen=True)
class _Change:
    """A replacement of one file: `new`, in the stage, replaces `name` beside the stage.

    old : name in the stage of the backup of the old file; "" if there was none.
    number : inode number of the new file, which identifies it after it was moved; 0 if no backup
        was made, so that nothing can be undone.
    """

    name: str
    new: str
    old: str = ""
    number: int = 0


class Stage:
    """A staging folder within `folder`, locked as long as its process runs."""

    def __init__(self, folder: Path) -> None:
        tidy(folder)
        self.changes: list[_Change] = []
        self.has_journal = False
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=STAGE, dir=folder))
            try:
                self._lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            except FileNotFoundError:  # another process removed it as a leftover
                continue
            except OSError:
                self.path.rmdir()
                raise
            if try_lock(self._lock):  # else another process is about to remove it
                with suppress(FileNotFoundError):
                    if os.path.samestat((self.path / LOCK).stat(), os.fstat(self._lock)):
                        return
            os.close(self._lock)

    def add(self, name: str, new: str) -> None:
        """Register that `new`, in the stage, is complete and is to replace `name`."""
        self.changes.append(_Change(name, new))

    def write_journal(self) -> None:
        """Back up the old files, and record the replacements so that others can undo them."""
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
        """Move the new file to its final path."""
        (change,) = (change for change in self.changes if change.name == name)
        _replace(self.path / change.new, self.path.parent / name)

    def sync(self) -> None:
        """Flush the entries of the target folder to disk."""
        _sync(self.path.parent)

    def undo(self) -> None:
        """Restore the old files where new ones have replaced them."""
        for change in self.changes:
            with suppress(OSError):
                target = self.path.parent / change.name
                if (self.path / change.new).exists() or target.stat().st_ino != change.number:
                    continue
                if change.old:
                    (self.path / change.old).replace(target)
                else:
                    target.unlink()
                _sync(target.parent)

    def close(self) -> None:
        """Remove the stage and release its lock."""
        _clear(self.path, self._lock)

    def _kept(self, change: _Change) -> _Change:
        target, old = self.path.parent / change.name, self.path / f"{change.new}.old"
        number = (self.path / change.new).stat().st_ino
        if not target.exists():
            return replace(change, number=number)
        try:
            os.link(target, old)
        except OSError:  # a file system without links
            shutil.copy2(target, old)
            with old.open("rb+") as file:
                os.fsync(file.fileno())
        return replace(change, old=old.name, number=number)


class _Left(Stage):
    """The stage of a process that may have ended. Raises OSError if it has not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        about = path.lstat()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != getattr(os, "geteuid", int)():
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))  # not this user's folder
        try:
            self._lock = os.open(path / LOCK, os.O_RDWR)
        except FileNotFoundError:
            path.rmdir()  # fails unless the folder is empty
            raise
        if not try_lock(self._lock):
            os.close(self._lock)
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        self.changes = []
        with suppress(OSError, ValueError, TypeError):
            told = [_Change(**change) for change in json.loads((path / JOURNAL).read_bytes())]
            if all(_is_name(each) for change in told for each in (change.name, change.new)):
                self.changes = [c for c in told if not c.old or _is_name(c.old)]


def tidy(folder: Path) -> None:
    """Clean up what killed processes have left in a folder.

    If only some of the files that were to be replaced together have been, the old ones are
    restored. Stages of running processes are left alone.
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
    """Remove a stage, its lock file last, and release the lock."""
    if sys.platform == "win32":  # where open files cannot be removed
        os.close(lock)
    with suppress(OSError):
        for path in sorted(stage.iterdir(), key=lambda path: path.name == LOCK):
            path.unlink()
        stage.rmdir()
    if sys.platform != "win32":
        os.close(lock)


def try_lock(descriptor: int) -> bool:
    """Lock a file until it is closed or its process ends; return whether it was free."""
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


def _replace(new: Path, target: Path) -> None:
    for tries_left in reversed(range(REPLACE_TRIES)):
        try:
            new.replace(target)
            return
        except PermissionError:
            if os.name != "nt" or not tries_left:
                raise
            time.sleep(TRY_SECONDS)


def _sync(folder: Path) -> None:
    """Flush the entries of a folder to disk, where the system supports it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # the file system does not support it
            raise
    finally:
        os.close(descriptor)
