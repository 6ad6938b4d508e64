"""The kinds of files that a folder is listed for: pictures, and texts."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.data.pictures.kinds import begins_as_picture, first_bytes, first_part, known_other
from core.language import mark

# Endings of pictures; a file with another one is judged by its first bytes.
PICTURE_ENDINGS = frozenset(
    ".png .jpg .jpeg .jpe .jfif .bmp .dib .gif .webp .tif .tiff .avif .jp2 .j2k .j2c .ppm .pgm "
    ".pbm .pnm .tga .pcx .ico .qoi .sgi".split()
)
TEXT_ENDINGS = frozenset((".txt", ".text", ".md"))
NO_PICTURE = mark("no picture")
NO_TEXT = mark("no text")
LOOKED_AT = 500  # files that tell which kind a folder holds
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class FileKind:
    """Files of one kind.

    one, more : what it is called, and several of them. examples : files of two classes.
    why_not : why a file is none of the kind, or "".
    """

    one: str
    more: str
    examples: tuple[str, str]
    why_not: Callable[[Path], str]


def _why_no_picture(path: Path) -> str:
    if path.suffix.casefold() in PICTURE_ENDINGS:
        return ""
    head = first_bytes(path)
    if begins_as_picture(head):
        return ""
    return first_part(known_other(head)) or NO_PICTURE


def _why_no_text(path: Path) -> str:
    """Return why a file is no text: one without an ending, as 51060, is judged by its beginning."""
    ending = path.suffix.casefold()
    if ending in TEXT_ENDINGS:
        return ""
    if ending and not ending[1:].isdecimal():
        return NO_TEXT
    head = first_bytes(path)
    is_binary = b"\0" in head and not head.startswith(_UTF_16)
    return NO_TEXT if is_binary or begins_as_picture(head) or known_other(head) else ""


def looked_at(path: Path, kind: FileKind) -> int:
    """Return how many of the first files below a folder are of a kind; 0 where none can be read."""
    files = (
        Path(folder) / name
        for folder, _, names in os.walk(path)
        for name in sorted(names)
        if not name.startswith(".")
    )
    return sum(not kind.why_not(file) for file in islice(files, LOOKED_AT) if file.is_file())


PICTURES = FileKind(
    mark("picture"), mark("pictures"), ("cats/1.jpg", "dogs/1.jpg"), _why_no_picture
)
TEXTS = FileKind(mark("text"), mark("texts"), ("poems/1.txt", "letters/1.txt"), _why_no_text)
