"""What a file is that the program can open, told by what it holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

Kind = Literal["folder", "project", "model", "lesson", "sweep", "set-up", "picture", "table"]

# What a file is, its contents say; these names are those that a table may have.
TABLE_ENDINGS = (
    *(".csv", ".tsv", ".tab", ".txt", ".data", ".dat", ".arff", ".libsvm", ".svm", ".jsonl"),
    *(".ndjson", ".xlsx", ".parquet", ".npz", ".npy"),
    *(".csv.gz", ".tsv.gz", ".txt.gz", ".data.gz", ".arff.gz", ".jsonl.gz", ".zip"),
)
HEAD = 2**16  # bytes that are looked at
STEPS = re.compile(r"^\s*\[\[\s*steps\s*\]\]", re.MULTILINE)
TITLE = re.compile(r"^\s*title\s*=", re.MULTILINE)
PLAN = re.compile(r"^\s*(?:\[\s*(?:grid|random|settings)\b|seeds\s*=)", re.MULTILINE)


def kind_of(path: Path) -> Kind:
    """Return what a file or folder is; what is nothing else is taken for a table.

    A damaged project or lesson is told by its name, so that whoever reads it says what is wrong.
    """
    from core.data.pictures.kinds import looks_like_picture
    from core.projects import archive
    from core.projects.setup_text import is_setup
    from core.runs.model_file import is_model
    from core.teach.headings import ENDING

    if path.is_dir():
        return "folder"
    ending = path.suffix.lower()
    if (ending == archive.ENDING and path.is_file()) or archive.is_project(path):
        return "project"
    if is_model(path):
        return "model"
    if not is_named_as_table(path) and path.is_file() and looks_like_picture(path):
        return "picture"
    text = _head(path)
    is_lesson = bool(STEPS.search(text) and TITLE.search(text))
    if ending == ENDING or is_lesson:
        return "sweep" if PLAN.search(text) and not is_lesson else "lesson"
    return "set-up" if is_setup(text) else "table"


def is_named_as_table(path: Path) -> bool:
    """Return whether a file has the name of a table, however it begins."""
    return path.name.lower().endswith(TABLE_ENDINGS)


def _head(path: Path) -> str:
    """Return the first letters of a file, none of what cannot be read."""
    if not path.is_file():  # opening a pipe would wait for somebody to write
        return ""
    try:
        with path.open("rb") as file:
            return file.read(HEAD).decode("utf-8-sig", "replace")
    except (OSError, ValueError):
        return ""
