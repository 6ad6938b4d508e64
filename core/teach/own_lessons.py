"""Lessons of a teacher's own folder, and others that were opened from a file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from core.errors import DataError
from core.language import mark, tr
from core.teach.headings import ENDING
from core.teach.lesson import Lesson
from core.teach.lesson_file import load
from core.teach.toml_document import FaultyTextError

FOLDER_VARIABLE = "LOGITLAB_LESSONS"
MOST = 200  # files of a folder
OWN = "own/"  # before the keys of these lessons, so that none is taken for a bundled one
OWN_GROUP = mark("My lessons")  # of those that name none

Stamp = tuple[int, int]  # when a file was written, and how long it is


def folder() -> Path:
    """Return the folder of a teacher's lessons: $LOGITLAB_LESSONS, or among this user's data."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    import platformdirs

    return platformdirs.user_data_path("logitlab", appauthor=False) / "lessons"


def files_of(place: Path) -> list[Path]:
    """Return the lessons' files of a folder by name, none if it is not there; MOST of them."""
    try:
        found = sorted(path for path in place.absolute().iterdir() if is_lesson(path))
    except OSError:
        return []
    return found[:MOST]


def is_lesson(path: Path) -> bool:
    """Return whether this is a file with the ending of lessons."""
    return path.suffix.lower() == ENDING and path.is_file()


def stamp(path: Path) -> Stamp | None:
    """Return what changes when a file is written; None if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def read(path: Path) -> Lesson:
    """Return the lesson of a file. Raises DataError with its name and the line of its fault."""
    try:
        lesson = load(path)
    except FaultyTextError as error:
        line, sentence = error.faults[0]
        more = len(error.faults) - 1
        rest = tr(" ({n} more)", n=more) if more else ""
        said = tr("{file}, line {line}: {sentence}", file=path.name, line=line, sentence=sentence)
        raise DataError(f"{said}{rest}") from error
    return replace(lesson, key=f"{OWN}{lesson.key}", group=lesson.group or tr(OWN_GROUP))
