"""The encoding of a text: by its mark, by its zero bytes, or by the words that it gives.

UTF-8 can be proved, code pages can only be guessed: any bytes are words in most of them. Only the
words of a table that are not ASCII say anything, so these are gathered and each taken once.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable

from core.data.csv.packed import Source
from core.errors import DataError
from core.language import mark, tr

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
    "cp1252": "Latin-1 (Windows-1252)",
    "cp1250": mark("Central European (Windows-1250)"),
    "iso8859-2": mark("Central European (Latin-2)"),
    "cp1251": mark("Cyrillic (Windows-1251)"),
    "koi8-r": mark("Cyrillic (KOI8-R)"),
    "cp866": mark("Cyrillic (DOS 866)"),
    "cp1253": mark("Greek (Windows-1253)"),
    "cp1254": mark("Turkish (Windows-1254)"),
    "cp1255": mark("Hebrew (Windows-1255)"),
    "cp1256": mark("Arabic (Windows-1256)"),
    "cp1257": mark("Baltic (Windows-1257)"),
    "cp1258": mark("Vietnamese (Windows-1258)"),
    "cp874": mark("Thai (Windows-874)"),
    "gb18030": mark("Chinese (GB 18030, GBK)"),
    "big5": mark("Chinese (Big5)"),
    "cp932": mark("Japanese (Shift-JIS)"),
    "euc-jp": mark("Japanese (EUC-JP)"),
    "cp949": mark("Korean (EUC-KR, 949)"),
    "mac-roman": mark("Western (Mac OS Roman)"),
    "cp437": mark("Western (DOS 437)"),
    "cp850": mark("Western (DOS 850)"),
}
EXAMINED = 4_096  # bytes that are searched for zeros
SAMPLE_BYTES = 60  # of words to check by eye
FALLBACK = "cp1252"  # it can decode any bytes
PRIOR = 1.1  # how much likelier it is than others, all else equal
MAX_WORDS_BYTES = 2**12  # more words hardly change a guess

_PROVED = ("utf-8", "utf-16-le", "utf-16-be")  # found without a guess
_MANY_BYTES = (*_PROVED, "gb18030", "big5", "cp932", "euc-jp", "cp949")
Guess = Callable[[Source, str], str]  # of a file and the encoding that was tried
GUESSED = tuple(name for name in ENCODINGS if name not in _PROVED)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = {*range(1, 9), *range(14, 32)}  # bytes that hardly occur in text
_BETWEEN = re.compile(rb"[\s,;\"']+")


def is_code_page(encoding: str) -> bool:
    """Return whether each byte is a character, or nothing."""
    return encoding not in _MANY_BYTES


def find(name: str, head: bytes) -> str:
    """Return the encoding of a text by its beginning; raise DataError if it is no text.

    name : of the file, for messages.
    """
    if encoding := marked(head):
        return encoding
    if b"\0" in head[:EXAMINED] and _CONTROLS & set(head[:EXAMINED]):
        raise DataError(
            tr(
                "{name} is no text (it holds zero bytes); a table was expected. Export the table "
                "as CSV.",
                name=name,
            )
        )
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return guess(_gathered([head]))
    return "utf-8"


def marked(head: bytes) -> str | None:
    """Return the encoding that a mark at the beginning or zero bytes tell, None without these."""
    for begin, encoding in _MARKS:
        if head.startswith(begin):
            return encoding
    pairs = head[:EXAMINED]
    zeros = [pairs[start::2].count(0) for start in (0, 1)]
    for few, many, encoding in ((0, 1, "utf-16-le"), (1, 0, "utf-16-be")):
        if zeros[many] > len(pairs) // 5 and zeros[few] <= zeros[many] // 10:
            return encoding
    return None


def next_guesses(named: str | None, first: str) -> list[Guess]:
    """Return how to guess again, and again, where bytes of a file are invalid in its encoding.

    The beginning of the file happened to be valid; what comes below says more.
    named : by the user; there is nothing to guess then, nor if the first one is told by the file.
    """
    if named is not None or first.startswith("utf-16"):
        return []
    return [find_in_all, lambda *_: FALLBACK]


def find_in_all(source: Source, tried: str) -> str:
    """Return the encoding of a whole file of which some bytes are invalid in the one tried."""
    with source.open() as file:
        words = _gathered(iter(lambda: file.read(2**20), b""))
    return guess(words, [tried])


def sample(head: bytes) -> bytes:
    """Return a few words of a text that are not ASCII, as bytes."""
    head = head[: 2**18]
    words = b"" if head.isascii() else _gathered([head])
    end = words.find(b"\n", SAMPLE_BYTES)
    return words if end < 0 else words[:end]


def show(unusual: bytes, encoding: str) -> str:
    """Return the words of a `sample` as this encoding reads them, "" if it cannot."""
    try:
        text = unusual.decode(encoding, "replace" if is_code_page(encoding) else "strict")
    except UnicodeDecodeError:
        return ""
    return " ".join(text.split())


def guess(words: bytes, excluded: Iterable[str] = ()) -> str:
    """Return the encoding in which these words, one a line, are the likeliest.

    excluded : encodings that it is not.
    """
    import chardet  # 40 ms, only for a text that is not UTF-8

    possible = {name: 0.0 for name in GUESSED if name not in excluded}
    for found in chardet.detect_all(words, ignore_threshold=True, include_encodings=possible):
        encoding = codecs.lookup(found["encoding"] or FALLBACK).name
        for known in possible:
            if codecs.lookup(known).name == encoding and _is_valid(words, known):
                possible[known] = found["confidence"] * (PRIOR if known == FALLBACK else 1)
    best = max(possible, key=lambda encoding: possible[encoding])
    is_same = words.decode(best, "replace") == words.decode(FALLBACK, "replace")
    return FALLBACK if is_same or not possible[best] else best


def _is_valid(words: bytes, encoding: str) -> bool:
    try:
        words.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _gathered(blocks: Iterable[bytes]) -> bytes:
    """Return the different words that are not ASCII, one a line."""
    words: dict[bytes, None] = {}
    size = 0
    rest = b""
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        for word in _words(rest + block[:cut]):
            if word not in words and len(word) < MAX_WORDS_BYTES:
                words[word] = None
                size += len(word) + 1
            if size > MAX_WORDS_BYTES:
                return b"\n".join(words)
        rest = block[cut:]
    if not words:
        words.update(dict.fromkeys(_words(rest)))
    return b"\n".join(words)[:MAX_WORDS_BYTES]


def _words(text: bytes) -> list[bytes]:
    """Return the words that are not ASCII."""
    return [word for word in _BETWEEN.split(text) if not word.isascii()]
