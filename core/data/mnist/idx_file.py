"""Read one IDX file: unsigned bytes in one or three dimensions, plain or gzipped.

The format (yann.lecun.com/exdb/mnist): two zero bytes, a type byte (8: unsigned byte), the number
of dimensions, each dimension as a big-endian 32-bit integer, then the bytes in row-major order.

Everything is checked before use: the header must match the file's role before the contents are
unpacked, and no more is unpacked than it declares, so that a damaged or malicious file is rejected
with a message and does not expand in memory.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from core.data.mnist.originals import UNSIGNED_BYTE, Original
from core.errors import DataError
from core.language import localised, tr
from core.number_format import format_integer

Labels = NDArray[np.uint8] | NDArray[np.int64]

GZIP_MAGIC = b"\x1f\x8b"
POINTER = b"version https://git-lfs"
MAX_BYTES = 2**30  # the largest data set in this format, EMNIST, has 0.6 GiB
MAX_HEAD = 16  # bytes of the longest header
TWICE = 2**20  # bytes that zipping a zipped file adds at most, beyond what it has


def describe_shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape)


def without_second_zip(name: str, content: bytes) -> bytes:
    """Return a file's content; if it was zipped twice, as downloads can be, it is zipped once.

    Raises DataError where it cannot be unpacked.
    """
    if not content.startswith(GZIP_MAGIC):
        return content
    unzip = zlib.decompressobj(wbits=31)
    try:
        start = unzip.decompress(content, len(GZIP_MAGIC))
        if start != GZIP_MAGIC:
            return content
        limit = 2 * len(content) + TWICE
        inner = start + unzip.decompress(unzip.unconsumed_tail, limit)
    except zlib.error as error:
        raise _damaged(name, error) from error
    if len(inner) >= limit:
        raise DataError(
            tr("{name} is zipped twice and much larger inside. Get the file again.", name=name)
        )
    if not unzip.eof:
        raise DataError(tr("{name} breaks off before its checksum. Get the file again.", name=name))
    return inner


def unpack(
    name: str, content: bytes, dimensions: int, original: Original | None = None
) -> NDArray[np.uint8]:
    """Read one IDX file, plain or gzipped, that must have `dimensions` dimensions.

    name : of the file, for error messages.
    original : the file of MNIST itself that it must equal, byte by byte; None for any data.
    Raises DataError where the file is damaged or differs from these.
    """
    head, shape, unzip = read_head(name, content, dimensions, original)
    if unzip is not None:
        try:
            # One byte more than the header declares is enough to detect a surplus.
            body = unzip.decompress(unzip.unconsumed_tail, math.prod(shape) + 1)
            if not unzip.eof and len(body) == math.prod(shape):
                body += unzip.decompress(unzip.unconsumed_tail, 1)  # reads up to the checksum
        except zlib.error as error:
            raise _damaged(name, error) from error
        if len(body) == math.prod(shape) and not unzip.eof:
            raise DataError(
                tr("{name} breaks off before its checksum. Get the file again.", name=name)
            )
        extra = len(unzip.unused_data)
    else:
        body, extra = content[len(head) :], 0
    if len(body) < math.prod(shape):
        raise DataError(
            tr(
                "{name} breaks off: its header promises {size} bytes ({shape}) and "
                "{count} are there. Get the file again.",
                name=name,
                size=format_integer(math.prod(shape)),
                shape=describe_shape(shape),
                count=format_integer(len(body)),
            )
        )
    if len(body) > math.prod(shape) or extra:
        raise DataError(
            tr(
                "{name} holds more than the {size} bytes ({shape}) that its header "
                "promises. Get the file again.",
                name=name,
                size=format_integer(math.prod(shape)),
                shape=describe_shape(shape),
            )
        )
    if original is not None:
        digest = hashlib.sha256(head)
        digest.update(body)
        if digest.hexdigest() != original.sha256:
            raise DataError(
                tr(
                    "{name} is not MNIST's own file: its SHA-256 is {found}…, expected "
                    "{expected}…. Get the file again.",
                    name=name,
                    found=digest.hexdigest()[:12],
                    expected=original.sha256[:12],
                )
            )
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)


def read_head(
    name: str,
    content: bytes,
    dimensions: int,
    original: Original | None = None,
    most: int = MAX_BYTES,
) -> tuple[bytes, tuple[int, ...], zlib._Decompress | None]:
    """Return the header, the dimensions it declares, and a decompressor for the rest if gzipped.

    most : bytes of the contents that are believed.
    Raises DataError where they are not those of such a file.
    """
    if not content:
        raise DataError(tr("{name} is empty (0 bytes). Get the file again.", name=name))
    length = 4 + 4 * dimensions
    if not content.startswith(GZIP_MAGIC):
        head = content[:length]
        return head, _shape(name, head, dimensions, original, most), None
    unzip = zlib.decompressobj(wbits=31)  # 31: with the gzip header and its checksum
    try:
        head = unzip.decompress(content, length)
    except zlib.error as error:
        raise _damaged(name, error) from error
    return head, _shape(name, head, dimensions, original, most), unzip


def _damaged(name: str, error: zlib.error) -> DataError:
    return DataError(
        tr(
            "{name} is damaged and cannot be unpacked ({error}). Get the file again.",
            name=name,
            error=error,
        )
    )


def _check_text(name: str, head: bytes) -> None:
    """Raise DataError for a file that is a text in place of the data."""
    if head.startswith(POINTER[: len(head)]) and head:
        raise DataError(
            tr(
                "{name} is a pointer of Git LFS, not the data. Run “git lfs pull” in its folder, "
                "or download the file itself.",
                name=name,
            )
        )
    if head.lstrip()[:1] == b"<":
        raise DataError(
            tr(
                "{name} is a web page, not data: the network answered with a page of its own. "
                "Get the file again.",
                name=name,
            )
        )


def _shape(
    name: str, head: bytes, dimensions: int, original: Original | None, most: int
) -> tuple[int, ...]:
    """Return the dimensions that the header declares; raise DataError if they are invalid."""
    wanted = bytes((0, 0, UNSIGNED_BYTE, dimensions))
    kind = tr("images") if dimensions == 3 else tr("labels")
    _check_text(name, head)
    if head[:4] != wanted:
        raise DataError(
            tr(
                "{name} starts with {found}; IDX {kind} start with {magic}. It is another kind of "
                "file, or two files are swapped.",
                name=name,
                found=head[:4].hex(" ") or tr("nothing"),
                kind=kind,
                magic=wanted.hex(" "),
            )
        )
    if len(head) < 4 + 4 * dimensions:
        raise DataError(tr("{name} breaks off inside its header. Get the file again.", name=name))
    shape = struct.unpack(f">{dimensions}I", head[4:])
    if math.prod(shape) == 0:
        raise DataError(
            tr(
                "{name} holds no {kind} ({shape}). Get the file again.",
                name=name,
                kind=kind,
                shape=describe_shape(shape),
            )
        )
    if math.prod(shape) > most:
        raise DataError(
            tr(
                "{name} claims {shape} = {size} GiB; at most {most} GiB are read. "
                "Its header is damaged.",
                name=name,
                shape=describe_shape(shape),
                size=localised(f"{math.prod(shape) / 2**30:,.0f}"),
                most=most // 2**30,
            )
        )
    if original is not None and len(head) + math.prod(shape) != original.length:
        raise DataError(
            tr(
                "{name} claims {shape} {kind}; MNIST's own file has {length} bytes. Get "
                "the file again.",
                name=name,
                shape=describe_shape(shape),
                kind=kind,
                length=format_integer(original.length),
            )
        )
    return shape
