"""Kinds of picture files, told by their first bytes, without loading a decoder."""

from __future__ import annotations

from pathlib import Path

from core.language import mark, tr

HEAD = 64  # bytes that tell the kind

# Place and first bytes of the kinds that are decoded.
PICTURES = (
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"\xff\xd8\xff"),
    (0, b"GIF8"),
    (0, b"BM"),
    (8, b"WEBP"),
    (0, b"II*\x00"),
    (0, b"MM\x00*"),
    (4, b"ftypavif"),
    (4, b"ftypavis"),
    (0, b"\x00\x00\x00\x0cjP  "),
    (0, b"\xff\x4f\xff\x51"),
    (0, b"\x00\x00\x01\x00"),
    (0, b"qoif"),
    *((0, f"P{k}".encode()) for k in range(1, 7)),
)
# What else people take for a picture: place, bytes, what it is and what to do.
OTHERS = (
    (4, b"ftyphei", mark("a HEIC photo; save it as JPEG")),
    (4, b"ftyphev", mark("a HEIC photo; save it as JPEG")),
    (4, b"ftypmif1", mark("a HEIC photo; save it as JPEG")),
    (0, b"%pdf", mark("a PDF document; save its page as a PNG picture, or take a screenshot")),
    (0, b"%!ps", mark("a PostScript document; save its page as a PNG picture")),
    (0, b"<svg", mark("an SVG drawing; save it as a PNG picture")),
    (0, b"<?xml", mark("an XML file, perhaps an SVG drawing; save it as a PNG picture")),
    (0, b"<!doctype", mark("a web page; save the picture itself")),
    (0, b"<html", mark("a web page; save the picture itself")),
    (0, b"pk\x03\x04", mark("a ZIP archive or a document; take the picture out of it")),
    (
        0,
        b"version https://git-lfs",
        mark("a pointer of Git LFS, not the picture; run “git lfs pull”"),
    ),
)


def looks_like_picture(path: Path) -> bool:
    """Return whether a file begins as one of the kinds of pictures that are decoded."""
    return begins_as_picture(first_bytes(path))


def first_bytes(path: Path) -> bytes:
    """Return the bytes that tell a file's kind, none if it cannot be read."""
    try:
        if not path.is_file():  # opening a pipe would wait for somebody to write
            return b""
        with path.open("rb") as file:
            return file.read(HEAD)
    except (OSError, ValueError):
        return b""


def begins_as_picture(head: bytes) -> bool:
    """Return whether these first bytes are those of a kind that is decoded."""
    return any(head[offset:].startswith(begin) for offset, begin in PICTURES)


def describe_kind(data: bytes) -> str:
    """Return what data that are no picture are, and what to do."""
    if not data:
        return tr("empty (0 bytes); choose another picture")
    nothing = tr("no picture that can be read; choose a PNG, JPEG, WebP, GIF, BMP or TIFF file")
    return known_other(data) or nothing


def first_part(words: str) -> str:
    """Return what data are, of words on this and on what to do."""
    return words.replace("；", ";").partition(";")[0]


def known_other(data: bytes) -> str:
    """Return what data are that people take for a picture, and what to do; "" for all else."""
    head = data[:HEAD].lower()
    text = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    for offset, begin, said in OTHERS:
        if (text if offset == 0 else head[offset:]).startswith(begin):
            return tr(said)
    return ""
