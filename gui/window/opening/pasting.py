"""A table on the clipboard: kept as a file, so that the run that it begins can name its data."""

from __future__ import annotations

import zlib
from pathlib import Path

from PySide6.QtCore import QMimeData

from core.cache_folder import cache_folder
from core.errors import LogitLabError
from core.files import writing
from core.language import tr
from core.number_format import format_integer

MAX_CHARACTERS = 2**26  # hardly anybody copies more


def pasted_file(content: QMimeData | None) -> Path:
    """Return the file that was copied, or one that holds the copied text.

    content : of the clipboard; None where the platform tells of none, as after it was cleared.
    The same text is kept once. Raises LogitLabError where there is no table to be pasted.
    """
    urls = content.urls() if content else []
    if len(urls) == 1 and urls[0].isLocalFile():
        return Path(urls[0].toLocalFile())
    text = content.text() if content else ""
    if len(text.strip().splitlines()) < 2:
        raise LogitLabError(
            tr(
                "There is no table on the clipboard: copy some rows, from a spreadsheet for "
                "instance."
            )
        )
    if len(text) > MAX_CHARACTERS:
        raise LogitLabError(
            tr(
                "The clipboard holds more than {count} characters; save them as a file, "
                "and open that.",
                count=format_integer(MAX_CHARACTERS),
            )
        )
    data = text.encode(errors="replace").decode()
    path = cache_folder("pasted") / f"pasted-{zlib.crc32(data.encode()):08x}.csv"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with writing(path) as file:
            file.write(data)
    return path
