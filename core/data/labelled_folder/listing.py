"""List what lies in a folder and below it: files of one kind, and how many others there are."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.data.labelled_folder.file_kinds import PICTURES, FileKind
from core.data.understood_folder import LeftOutFiles
from core.errors import Cancelled, DataError
from core.language import mark, tr
from core.number_format import format_integer

MAX_ENTRIES = 500_000
MAX_DEPTH = 32  # of folders below the chosen one
TOLD_EVERY = 1_000  # entries
MOST_NAMED = 5  # of the files that are left out for one reason
# What systems leave in folders, beside all names that begin with a point.
LEFT_BY_SYSTEMS = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"))
FOLDERS_OF_SYSTEMS = frozenset(("__macosx", "@eadir", "$recycle.bin"))
READ_ALREADY = mark("a link to a folder that is read already")
TOO_DEEP = mark("too deep below the chosen folder")
UNREADABLE = mark("cannot be read")

_NUMBER = re.compile(r"(\d+)")


class LeftOut:
    """Counts the files that are left out, by reason, with the names of the first ones."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._names: dict[str, list[str]] = {}

    def add(self, why: str, name: str, count: int = 1) -> None:
        """Note a file, or a folder of `count` files."""
        self._counts[why] += count
        names = self._names.setdefault(why, [])
        if len(names) < MOST_NAMED:
            names.append(printable(name))

    def copy(self) -> LeftOut:
        """Return the same counts, to be added to."""
        other = LeftOut()
        other._counts = self._counts.copy()
        other._names = {why: list(names) for why, names in self._names.items()}
        return other

    @property
    def files(self) -> tuple[LeftOutFiles, ...]:
        return tuple(
            LeftOutFiles(why, count, tuple(self._names[why])) for why, count in self._counts.items()
        )


@dataclass
class Place:
    """A folder: its files, by their paths below the chosen folder, and the folders in it."""

    name: str
    below: str  # its own path, likewise
    files: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of the files in it and in the folders below it."""
        return len(self.files) + sum(place.count for place in self.places)

    def all_files(self) -> list[str]:
        """Return the paths of all files in it and below it, in order."""
        found = list(self.files)
        for place in self.places:
            found.extend(place.all_files())
        return found


class Listing:
    """The tree of a folder, without hidden files and without folders that hold none of the kind.

    watch : called with the number of entries so far, about every thousand.
    is_cancelled : polled as often; Cancelled is raised when it returns true.
    Raises DataError where the folder cannot be read or holds too many files.
    """

    def __init__(
        self,
        path: Path,
        watch: Callable[[int], None] = lambda _: None,
        is_cancelled: Callable[[], bool] = lambda: False,
        kind: FileKind = PICTURES,
    ) -> None:
        self._path, self._watch, self._is_cancelled = path, watch, is_cancelled
        self._kind = kind
        self.left_out = LeftOut()
        self.empty: list[str] = []  # folders without a file of the kind
        self._seen: set[tuple[int, int]] = set()
        self._entries = 0
        try:
            if not path.is_dir():
                raise DataError(
                    tr("{path} is no folder; choose one with a folder for each class.", path=path)
                )
            self._is_new(path)
            self.root = self._place(path.name, "", 0)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise DataError(
                tr(
                    "{path} cannot be read: {reason}. Choose another folder.",
                    path=path,
                    reason=reason,
                )
            ) from error

    def _place(self, name: str, below: str, depth: int) -> Place:
        place = Place(printable(name), below)
        folders: list[str] = []
        with os.scandir(self._path / below) as entries:
            for entry in entries:
                self._count()
                inner = f"{below}/{entry.name}" if below else entry.name
                if entry.name.startswith(".") or entry.name.casefold() in LEFT_BY_SYSTEMS:
                    continue
                if _is_folder(entry):
                    if entry.name.casefold() not in FOLDERS_OF_SYSTEMS:
                        folders.append(entry.name)
                elif self._is_of_kind(entry, inner):
                    place.files.append(inner)
        place.files.sort(key=natural)
        for folder in sorted(folders, key=natural):
            inner = f"{below}/{folder}" if below else folder
            if (found := self._inner(folder, inner, depth + 1)) is not None:
                place.places.append(found)
        return place

    def _inner(self, name: str, below: str, depth: int) -> Place | None:
        """Return a folder within another, None if nothing comes of it."""
        if depth > MAX_DEPTH:
            self.left_out.add(TOO_DEEP, below)
            return None
        try:
            if not self._is_new(self._path / below):
                self.left_out.add(READ_ALREADY, below)
                return None
            place = self._place(name, below, depth)
        except OSError:
            self.left_out.add(UNREADABLE, below)
            return None
        if not place.count:
            self.empty.append(printable(below))
            return None
        return place

    def _is_new(self, path: Path) -> bool:
        """Return whether a folder was not read yet: links may lead back."""
        about = path.stat()
        known = about.st_dev, about.st_ino
        is_new = known not in self._seen
        self._seen.add(known)
        return is_new

    def _is_of_kind(self, entry: os.DirEntry[str], below: str) -> bool:
        try:
            is_file = entry.is_file()
        except OSError:
            is_file = False
        if not is_file:  # a pipe, a device, a link to nothing
            self.left_out.add(mark("no ordinary file"), below)
            return False
        if why := self._kind.why_not(Path(entry.path)):
            self.left_out.add(why, below)
        return not why

    def _count(self) -> None:
        self._entries += 1
        if self._entries > MAX_ENTRIES:
            raise DataError(
                tr(
                    "{path} holds more than {max_entries} files; choose a folder with a part of "
                    "them.",
                    path=self._path,
                    max_entries=format_integer(MAX_ENTRIES),
                )
            )
        if self._entries % TOLD_EVERY == 0:
            self._watch(self._entries)
            if self._is_cancelled():
                raise Cancelled(tr("Opening {name} was cancelled.", name=self._path.name))


def natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Return the key by which names are sorted: numbers in them by their size, as 2 before 10."""
    parts = _NUMBER.split(name.casefold())
    return [
        (0, int(part), part) if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in parts
        if part
    ], name


def printable(name: str) -> str:
    """Return the name of a file as text, whatever bytes it is made of."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False
