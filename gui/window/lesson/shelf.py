"""The lessons that there are: those of the program, of a teacher's own folder, and opened ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from core.errors import DataError
from core.language import tr
from gui.state.background_tasks import Background, Queue

if TYPE_CHECKING:
    from core.teach.headings import Heading
    from core.teach.lesson import Lesson
    from core.teach.own_lessons import Stamp

LOOK = "lessons"  # the background's key
SETTLE_MS = 300  # from a change of a file until it is read: editors write in several goes


class Found(NamedTuple):
    """A file that was read anew: its lesson, or what is wrong with it."""

    path: Path
    stamp: Stamp | None
    lesson: Lesson | None
    fault: str


class Shelf(QObject):
    """Lists the lessons in order, reads each when it is wanted, and follows files that change.

    A file with a fault says so and leaves the version before, if there is one.
    """

    listed = Signal()  # the lessons, anew
    renewed = Signal(object)  # Lesson: a newer version of one that was read
    opened = Signal(object)  # Lesson of a file that was to be opened
    failed = Signal(str)
    remarked = Signal(str)

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self.headings: tuple[Heading, ...] = ()
        self.keys: tuple[str, ...] = ()
        self._background = background
        self._own: dict[Path, Lesson] = {}
        self._stamps: dict[Path, Stamp | None] = {}  # of all files that were read
        self._opened: list[Path] = []
        self._wanted: Path | None = None  # file to be opened
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self._look)
        for changed in (self._watcher.fileChanged, self._watcher.directoryChanged):
            changed.connect(lambda _: self._timer.start())

    def start(self) -> None:
        """List the lessons: of the program's only the titles are read, a teacher's come later."""
        self._list()
        self._look()

    def open(self, path: Path) -> None:
        """Read a lesson's file, list it, and follow its changes."""
        self._wanted = path = path.absolute()
        if path not in self._opened:
            self._opened.append(path)
        self._stamps.pop(path, None)
        self._look()

    # The list -------------------------------------------------------------------------------------

    def lesson(self, key: str) -> Lesson:
        """Return the lesson of this key, which is read now if it was not before.

        Raises KeyError if there is none.
        """
        from core.teach.lessons import lesson_of

        own = next((lesson for lesson in self._own.values() if lesson.key == key), None)
        return own or lesson_of(key)

    def title(self, key: str) -> str:
        """Return the title of the lesson of this key."""
        return self.headings[self.keys.index(key)].title

    def beside(self, key: str | None, by: int) -> str | None:
        """Return the key of the next lesson (+1) or of the one before (−1), None if there is none.

        key : of the lesson to count from; the first lesson follows one that is none of these.
        """
        position = self.keys.index(key) + by if key in self.keys else 0
        return self.keys[position] if 0 <= position < len(self.keys) else None

    def _list(self) -> None:
        from core.teach import headings

        own = {
            lesson.key: headings.Heading(lesson.key, lesson.title, lesson.group, path)
            for path, lesson in sorted(self._own.items(), key=lambda each: each[0].name)
        }
        groups = list(dict.fromkeys(heading.group for heading in own.values()))
        ordered = sorted(own.values(), key=lambda heading: groups.index(heading.group))
        self.headings = (*headings.bundled(), *ordered)
        self.keys = tuple(heading.key for heading in self.headings)
        self.listed.emit()

    # Files ----------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Read on the background what has changed since the last time."""
        work = partial(_read_changed, tuple(self._opened), dict(self._stamps))
        self._background.ask(LOOK, work, self._take, queue=Queue.TABLES)

    def _take(self, result: tuple[list[Path], list[Found]]) -> None:
        there, found = result
        before = dict(self._own)
        for path in set(self._stamps) - set(there):
            self._stamps.pop(path)
            self._own.pop(path, None)
        for each in found:
            self._stamps[each.path] = each.stamp
            if each.lesson is not None:
                self._own[each.path] = each.lesson
            else:
                kept = tr("The version before stays.") if each.path in self._own else ""
                self.failed.emit(f"{each.fault} {kept}".strip())
        self._watch(there)
        if self._own != before:
            self._list()
        for each in found:
            if each.lesson is not None and each.path in before:
                self.renewed.emit(each.lesson)
                self.remarked.emit(tr("{file} was read again.", file=each.path.name))
            if each.path == self._wanted:  # else it is asked for since this was looked for
                self._wanted = None
                if each.lesson is not None:
                    self.opened.emit(each.lesson)

    def _watch(self, there: list[Path]) -> None:
        """Watch the files and their folders: a file that is replaced is watched no more."""
        from core.teach.own_lessons import folder

        places = {str(path.parent) for path in there} | {str(path) for path in there}
        if folder().is_dir():
            places.add(str(folder()))
        missing = places - set(self._watcher.files()) - set(self._watcher.directories())
        if missing:
            self._watcher.addPaths(sorted(missing))


def _read_changed(
    opened: tuple[Path, ...], stamps: Mapping[Path, Stamp | None]
) -> tuple[list[Path], list[Found]]:
    """Return all files of lessons, and what those hold that changed since they had these stamps."""
    from core.teach import own_lessons

    there = list(dict.fromkeys([*own_lessons.files_of(own_lessons.folder()), *opened]))
    found = []
    for path in there:
        stamp = own_lessons.stamp(path)
        if path in stamps and stamps[path] == stamp:
            continue
        try:
            found.append(Found(path, stamp, own_lessons.read(path), ""))
        except DataError as error:
            found.append(Found(path, stamp, None, str(error)))
    return there, found
