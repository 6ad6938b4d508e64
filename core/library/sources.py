"""What a word names: a data set, a file with a table, or a folder."""

from __future__ import annotations

import os
from pathlib import Path

from core.config import SOURCES, WITH_PATH, Source
from core.data import sources

NAMED_SOURCES = tuple(source for source in SOURCES if source not in ("drawn", *WITH_PATH))
NO_SOURCE = f"“{{}}” is neither a data set ({', '.join(NAMED_SOURCES)}) nor a file"
STDIN = "-"


def source_of(text: str) -> tuple[Source, str | None] | None:
    """Return the source that the text names, and its path if it has one; None if it names none."""
    for source in NAMED_SOURCES:
        if text == source:
            return source, None
    found = _folder_source(text)
    if found is not None:
        return found, text
    if text == STDIN or Path(text).suffix or os.sep in text or _exists(text):
        return "csv", text
    from core.data import installed  # nothing else asks what packages there are

    return ("installed", text) if text in installed.names() else None


def _folder_source(name: str) -> Source | None:
    try:
        path = Path(name).expanduser()
        if not path.is_dir():
            return None
    except (OSError, ValueError, RuntimeError):
        return None
    return sources.folder_source(path)


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # no name of a file, as one too long or with a zero
        return False
