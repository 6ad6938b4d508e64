"""Read MNIST, or any data set in its four-file IDX form, from a folder.

The format (yann.lecun.com/exdb/mnist): two zero bytes, a type byte (8: unsigned byte), the number
of dimensions, each dimension as a big-endian 32-bit integer, then the bytes in row-major order.

Nothing is believed before it is checked: the header must agree with the file's role and length
before anything is allocated, so that a damaged or hostile file costs a sentence and no memory.
"""

from __future__ import annotations

import math
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError

CLASSES = 10
FOLDER_VARIABLE = "LOGITLAB_DATA"
GZIP_MAGIC = b"\x1f\x8b"
MAX_BYTES = 4 * 2**30
UNSIGNED_BYTE = 8

_FILES = (
    ("train-images", "idx3-ubyte"),
    ("train-labels", "idx1-ubyte"),
    ("t10k-images", "idx3-ubyte"),
    ("t10k-labels", "idx1-ubyte"),
)


def find_folder(chosen: str | None) -> Path:
    """Return the folder with the four files: the chosen one, or else $LOGITLAB_DATA.

    Either may also be the folder above it, with the files in its `mnist` folder.
    """
    name = chosen or os.environ.get(FOLDER_VARIABLE)
    if not name:
        raise DataError(
            "MNIST needs a folder with its four files, train-images-idx3-ubyte.gz and so on; choose "
            f"that folder (in the terminal: --data-dir FOLDER, or set {FOLDER_VARIABLE})."
        )
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; choose the one that holds MNIST's four files.")
    for candidate in (folder, folder / "mnist"):
        if any(_candidates(candidate, *part) for part in _FILES):
            return candidate
    raise DataError(
        f"{folder} holds none of MNIST's four files (such as train-images-idx3-ubyte.gz); "
        "choose the folder that does."
    )


def load(
    folder: Path,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], int, tuple[int, int]]:
    """Return X (n, rows·columns) uint8, y (n,) int64, the number of test rows, the image shape.

    The training rows come first. Raises DataError where a file is missing, damaged, of another
    kind, or does not fit the others.
    """
    paths = [_find(folder, *part) for part in _FILES]
    train_images, train_labels, test_images, test_labels = (
        _read(path, dimensions=3 if "images" in path.name else 1) for path in paths
    )
    for images, labels, image_path, label_path in (
        (train_images, train_labels, paths[0], paths[1]),
        (test_images, test_labels, paths[2], paths[3]),
    ):
        if len(images) != len(labels):
            raise DataError(
                f"{image_path.name} holds {len(images):,} images and {label_path.name} "
                f"{len(labels):,} labels; the two files do not belong together. Get both again."
            )
        if labels.max() >= CLASSES:
            (row,) = np.nonzero(labels >= CLASSES)
            raise DataError(
                f"{label_path.name}, label {row[0]:,}: found {labels[row[0]]}; labels go from 0 "
                f"to {CLASSES - 1}. Get the file again."
            )
    shape, test_shape = train_images.shape[1:], test_images.shape[1:]
    if shape != test_shape:
        raise DataError(
            f"{paths[0].name} holds {_size(shape)} images and {paths[2].name} {_size(test_shape)} "
            "ones; the files do not belong together. Get all four again."
        )
    X = np.concatenate([train_images, test_images]).reshape(-1, math.prod(shape))
    y = np.concatenate([train_labels, test_labels]).astype(np.int64)
    return X, y, len(test_labels), (int(shape[0]), int(shape[1]))


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape)


def _candidates(folder: Path, stem: str, suffix: str) -> list[Path]:
    names = [f"{stem}{joint}{suffix}{end}" for joint in "-." for end in ("", ".gz")]
    return [folder / name for name in names if (folder / name).is_file()]


def _find(folder: Path, stem: str, suffix: str) -> Path:
    found = _candidates(folder, stem, suffix)
    if not found:
        raise DataError(
            f"{folder} holds no {stem}-{suffix} or {stem}-{suffix}.gz; put all four MNIST files there."
        )
    return found[0]


def _read(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Read one IDX file, plain or gzipped, that must have so many dimensions."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    if not content:
        raise DataError(f"{path.name} is empty (0 bytes). Get the file again.")
    head_length = 4 + 4 * dimensions
    if content.startswith(GZIP_MAGIC):
        unzip = zlib.decompressobj(wbits=31)  # 31: with the gzip header and its checksum
        try:
            head = unzip.decompress(content, head_length)
            shape = _shape(path, head, dimensions)
            # One byte more than promised is enough to see that there is more.
            body = unzip.decompress(unzip.unconsumed_tail, math.prod(shape) + 1)
            if not unzip.eof and len(body) == math.prod(shape):
                body += unzip.decompress(unzip.unconsumed_tail, 1)  # reads on to the checksum
        except zlib.error as error:
            raise DataError(
                f"{path.name} is damaged and cannot be unpacked ({error}). Get the file again."
            ) from error
        if len(body) == math.prod(shape) and not unzip.eof:
            raise DataError(f"{path.name} breaks off before its checksum. Get the file again.")
        extra = len(unzip.unused_data.strip(b"\0"))
    else:
        shape = _shape(path, content[:head_length], dimensions)
        body, extra = content[head_length:], 0
    if len(body) < math.prod(shape):
        raise DataError(
            f"{path.name} breaks off: its header promises {math.prod(shape):,} bytes "
            f"({_size(shape)}) and {len(body):,} are there. Get the file again."
        )
    if len(body) > math.prod(shape) or extra:
        raise DataError(
            f"{path.name} holds more than the {math.prod(shape):,} bytes ({_size(shape)}) that "
            "its header promises. Get the file again."
        )
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)


def _shape(path: Path, head: bytes, dimensions: int) -> tuple[int, ...]:
    """Return the dimensions that the header declares, if they can be true."""
    wanted = bytes((0, 0, UNSIGNED_BYTE, dimensions))
    kind = "images" if dimensions == 3 else "labels"
    if head.lstrip()[:1] == b"<":
        raise DataError(
            f"{path.name} is a web page, not data: the network answered with a page of its own. "
            "Get the file again."
        )
    if head[:4] != wanted:
        raise DataError(
            f"{path.name} starts with {head[:4].hex(' ') or 'nothing'}; IDX {kind} start with "
            f"{wanted.hex(' ')}. It is another kind of file, or two files are swapped."
        )
    if len(head) < 4 + 4 * dimensions:
        raise DataError(f"{path.name} breaks off inside its header. Get the file again.")
    shape = struct.unpack(f">{dimensions}I", head[4:])
    if math.prod(shape) == 0:
        raise DataError(f"{path.name} holds no {kind} ({_size(shape)}). Get the file again.")
    if math.prod(shape) > MAX_BYTES:
        raise DataError(
            f"{path.name} claims {_size(shape)} = {math.prod(shape) / 2**30:,.0f} GiB; "
            f"at most {MAX_BYTES // 2**30} GiB are read. Its header is damaged."
        )
    return shape
