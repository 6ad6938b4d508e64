"""Copies of unsaved projects, from which work comes back after a crash.

Each running program has a slot of its own: a folder that is locked as long as its process runs, so
that no other takes its copy. What a process that ended has left is found by the next start.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from core import staging
from core.errors import DataError
from core.language import tr, tr_n
from core.projects import archive

STATE_VARIABLE = "LOGITLAB_STATE"
COPY, LOCK = "project.logitlab", "lock"
SUMMARY, ORIGINAL = "summary", "path"  # what a copy says of itself, among how the window looked
MOST = 10  # copies of ended processes that are kept
YOUNG = 60.0  # seconds in which a folder without a lock may just be being made


def folder() -> Path:
    """Return where the slots are: in $LOGITLAB_STATE, or in this system's folder for state."""
    chosen = os.environ.get(STATE_VARIABLE)
    if chosen:
        return Path(chosen) / "recovery"
    import platformdirs

    return platformdirs.user_state_path("logitlab", appauthor=False) / "recovery"


class Slot:
    """The slot of this process, or one that it has taken over. Raises OSError if it cannot be."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path, self._lock = path, lock

    @classmethod
    def create(cls, where: Path) -> Slot:
        """Make a slot in this folder."""
        where.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = Path(tempfile.mkdtemp(dir=where))
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        if not staging.try_lock(lock):
            os.close(lock)
            raise BlockingIOError
        return cls(path, lock)

    @property
    def copy(self) -> Path:
        """The copy of the project; it exists once one was written."""
        return self.path / COPY

    def clear(self) -> None:
        """Remove the copy: nothing is unsaved any more."""
        with suppress(OSError):
            self.copy.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the slot with its copy."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Leave the slot to the next start."""
        with suppress(OSError):
            os.close(self._lock)


class Leftover(Slot):
    """The slot of a process that ended, with a copy; held until it is removed or released.

    summary : what the copy holds, in a few words. saved : when, in seconds since 1970; original :
    the project that it is an unsaved state of, if that has a name.
    """

    def __init__(self, path: Path, lock: int) -> None:
        super().__init__(path, lock)
        contents = archive.read_contents(self.copy)
        window, saved = contents.get("window"), contents.get("saved")
        about = window if isinstance(window, dict) else {}
        self.summary = _text(about.get(SUMMARY)) or tr("a project")
        original = _text(about.get(ORIGINAL))
        self.original = Path(original) if original else None
        try:
            self.saved = datetime.fromisoformat(_text(saved)).timestamp()
        except (ValueError, OverflowError):
            self.saved = self.copy.stat().st_mtime

    def age(self) -> str:
        """Return how long ago it was written, in words."""
        minutes = int(max(time.time() - self.saved, 0) / 60)
        if minutes >= 1440:
            return tr_n("{n} day ago", "{n} days ago", minutes // 1440)
        if minutes >= 60:
            return tr_n("{n} hour ago", "{n} hours ago", minutes // 60)
        if minutes >= 1:
            return tr_n("{n} minute ago", "{n} minutes ago", minutes)
        return tr("less than a minute ago")


def leftovers(where: Path) -> list[Leftover]:
    """Return what ended processes have left, the newest first; the oldest beyond MOST are removed.

    Slots of running processes are left alone, and empty ones of others removed.
    """
    found = []
    with suppress(OSError):
        for path in list(where.iterdir()):
            with suppress(OSError, DataError):
                found.extend(_taken(path))
    found.sort(key=lambda left: left.saved, reverse=True)
    for left in found[MOST:]:
        left.remove()
    return found[:MOST]


def _taken(path: Path) -> list[Leftover]:
    """Take the slot of a process that ended; none if it runs, or has left nothing."""
    try:
        lock = os.open(path / LOCK, os.O_RDWR)
    except FileNotFoundError:
        if path.is_dir() and time.time() - path.stat().st_mtime > YOUNG:
            shutil.rmtree(path, ignore_errors=True)
        return []
    if not staging.try_lock(lock):
        os.close(lock)
        return []
    slot = Slot(path, lock)
    if not slot.copy.exists():
        slot.remove()
        return []
    try:
        return [Leftover(path, lock)]
    except (OSError, DataError):
        slot.release()
        raise


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
