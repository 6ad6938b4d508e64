"""Files that are no text tables: what they are, by their beginning, and what to do."""

from __future__ import annotations

import re

from core.errors import DataError
from core.language import mark, tr

_MARKS = (
    (b"PK\x03\x04", mark("a zip archive; unpack it first")),
    (b"\xd0\xcf\x11\xe0", mark("an old Excel workbook; open it and save the table as CSV")),
    (b"\x1f\x8b", mark("packed with gzip; unpack it first")),
    (b"BZh", mark("packed with bzip2; unpack it first")),
    (b"\xfd7zXZ", mark("packed with xz; unpack it first")),
    (b"(\xb5/\xfd", mark("packed with Zstandard; unpack it first")),
    (b"7z\xbc\xaf", mark("a 7-Zip archive; unpack it first")),
    (b"Rar!", mark("a RAR archive; unpack it first")),
    (b"%PDF", mark("a PDF; export the table as CSV")),
    (b"\x89PNG", mark("a picture; a table of text was expected")),
    (b"\xff\xd8\xff", mark("a picture; a table of text was expected")),
    (b"GIF8", mark("a picture; a table of text was expected")),
    (b"ARROW1", mark("an Arrow file; save the table as CSV")),
    (b"\x89HDF", mark("an HDF5 file; save the table as CSV")),
    (b"MATLAB 5.0", mark("a MATLAB file; save the table as CSV")),
    (b"SQLite format 3", mark("a database; export the table as CSV")),
    (b"{\\rtf", mark("a document of a word processor; save the table as CSV")),
    (
        b"\x80\x04",
        mark("a pickle, which can run programs on loading and is not opened; save it as CSV"),
    ),
    (
        b"\x80\x05",
        mark("a pickle, which can run programs on loading and is not opened; save it as CSV"),
    ),
    (
        b"version https://git-lfs.github.com/spec/",
        mark(
            "a pointer of Git LFS, which stands for the table: get the table itself by “git lfs "
            "pull”"
        ),
    ),
    (b"\x00\x00\x08", mark("an IDX file; choose its folder under MNIST instead")),
)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?P<tag>!doctype\s+html|[a-z][\w:-]*(?=[\s>/]))",
    re.IGNORECASE | re.DOTALL,
)
_OBJECT = re.compile(r'\s*(?:\[\s*)*(?:\{\s*(?:"|\}|$)|\[\s*(?:\]|"|-?\d+[\d.]*\s*[,\]]))')


def check_bytes(name: str, head: bytes) -> None:
    """Raise DataError if the first bytes of a file are those of another format."""
    for begin, what in _MARKS:
        if head.startswith(begin):
            raise DataError(tr("{name} is {other}.", name=name, other=tr(what)))


def check_words(name: str, text: str) -> None:
    """Raise DataError if the text is a web page, XML or JSON."""
    text = text[: 2**16]
    if page := _PAGE.match(text):
        tag = page["tag"].casefold()
        if tag.startswith("!doctype") or tag in ("html", "head", "body", "table"):
            raise DataError(
                tr(
                    "{name} is a web page, not a table: use the page's download button (on "
                    "GitHub “Raw”), and open what it gives.",
                    name=name,
                )
            )
        if _is_xml(text):
            raise DataError(tr("{name} is XML, not a table; export it as CSV.", name=name))
    if _OBJECT.match(text):
        raise DataError(
            tr(
                "{name} is JSON, not a table of lines; save it as CSV, or as JSON lines: an "
                "object a line.",
                name=name,
            )
        )


def _is_xml(text: str) -> bool:
    """Return whether text that begins with a tag is XML, and no table whose names hold tags."""
    first = [line.strip() for line in text.lstrip().splitlines()[:2]]
    is_markup = all(line.startswith("<") and line.endswith(">") for line in first)
    return is_markup or first[0].casefold().startswith("<?xml")
