"""Read MNIST, or any data set in its four-file IDX format: Fashion-MNIST, EMNIST, custom ones.

The format (yann.lecun.com/exdb/mnist): two zero bytes, a type byte (8: unsigned byte), the number
of dimensions, each dimension as a big-endian 32-bit integer, then the bytes in row-major order.

Everything is checked before use: the header must match the file's role before the contents are
unpacked, and no more is unpacked than it declares, so that a damaged or malicious file is rejected
with a message and does not expand in memory.
"""

from __future__ import annotations

import hashlib
import math
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError
from core.files import contents
from core.staging import tidy

FOLDER_VARIABLE = "LOGITLAB_DATA"
GZIP_MAGIC = b"\x1f\x8b"
NAMELESS = ("raw", "data", "gzip", "files", "idx")
MAX_BYTES = 2**30  # the largest data set in this format, EMNIST, has 0.6 GiB
UNSIGNED_BYTE = 8
MAX_HEAD = 16  # bytes of the longest header


class Original(NamedTuple):
    """A file of MNIST itself: `length` and `sha256` are of its unpacked bytes.

    packed : bytes of the .gz that the mirrors serve; other compressions of it are accepted, too.
    """

    name: str
    length: int
    sha256: str
    packed: int

    @property
    def dimensions(self) -> int:
        return 3 if "images" in self.name else 1


ORIGINALS = (
    Original(
        "train-images-idx3-ubyte.gz",
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        9_912_422,
    ),
    Original(
        "train-labels-idx1-ubyte.gz",
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        28_881,
    ),
    Original(
        "t10k-images-idx3-ubyte.gz",
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        1_648_877,
    ),
    Original(
        "t10k-labels-idx1-ubyte.gz",
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        4_542,
    ),
)
_FILES = (
    ("train-images", "idx3-ubyte"),
    ("train-labels", "idx1-ubyte"),
    ("t10k-images", "idx3-ubyte"),
    ("t10k-labels", "idx1-ubyte"),
)

# X (n, rows·columns) uint8, y (n,) int64, the number of test rows, the shape of an image; the
# training rows come first.
Contents = tuple[NDArray[np.uint8], NDArray[np.int64], int, tuple[int, int]]


def chosen_folder(chosen: str | None) -> str | None:
    """Return the name of the folder to read: the chosen one, or else $LOGITLAB_DATA."""
    return chosen or os.environ.get(FOLDER_VARIABLE) or None


def find_folder(chosen: str | None) -> Path | None:
    """Return the folder with the four files, or None if none is chosen.

    The files may also be in the subfolder `mnist` of the chosen folder. Raises DataError if none
    of them is in either.
    """
    name = chosen_folder(chosen)
    if name is None:
        return None
    try:
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise DataError(
                f"{folder} is not a folder; choose the one that holds MNIST's four files."
            )
        for candidate in (folder, folder / "mnist"):
            if any(_candidates(candidate, *part) for part in _FILES):
                return candidate
    except (OSError, RuntimeError) as error:  # no permission, too long a name, ~nobody
        raise DataError(
            f"{name} cannot be looked into ({error}); choose another folder."
        ) from error
    raise DataError(
        f"{folder} holds none of MNIST's four files (such as train-images-idx3-ubyte.gz); "
        "choose the folder that does."
    )


def load(folder: Path) -> Contents:
    """Return the contents of the folder's four files.

    Raises DataError where a file is missing, damaged, of another kind, or does not fit the others;
    headers and labels are checked before the images are unpacked.
    """
    tidy(folder)
    paths = [_find(folder, *part) for part in _FILES]
    files = []
    for path in paths:
        content = contents(path, "a file of images or labels", MAX_BYTES + MAX_HEAD)
        files.append((path.name, content, 3 if "images" in path.name else 1))
    names = [path.name for path in paths]
    _check_heads(names, [_head(*file)[1] for file in files])
    train_labels, test_labels = unpack(*files[1]), unpack(*files[3])
    _check_labels(names, train_labels, test_labels)
    return join(names, [unpack(*files[0]), train_labels, unpack(*files[2]), test_labels])


def name_of(folder: Path) -> str:
    """Return the name of a folder's data: the nearest folder name upwards that is not in NAMELESS.

    Many data sets unpack into a folder such as `raw`, within one that is named after them.
    """
    path = folder.resolve()
    while path.name.casefold() in NAMELESS:
        path = path.parent
    return path.name or "Images"


def join(names: Sequence[str], arrays: Sequence[NDArray[np.uint8]]) -> Contents:
    """Combine the four arrays, in the order of ORIGINALS; `names` are for error messages."""
    train_images, train_labels, test_images, test_labels = arrays
    _check_heads(names, [array.shape for array in arrays])
    _check_labels(names, train_labels, test_labels)
    shape = train_images.shape[1:]
    X = np.concatenate([train_images, test_images]).reshape(-1, math.prod(shape))
    y = np.concatenate([train_labels, test_labels]).astype(np.int64)
    return X, y, len(test_labels), (int(shape[0]), int(shape[1]))


def _check_heads(names: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> None:
    """Raise DataError unless images and labels match in number and all images have one size."""
    for i, j in ((0, 1), (2, 3)):
        if shapes[i][0] != shapes[j][0]:
            raise DataError(
                f"{names[i]} holds {shapes[i][0]:,} images and {names[j]} {shapes[j][0]:,} "
                "labels; the two files do not belong together. Get both again."
            )
    size, test_size = shapes[0][1:], shapes[2][1:]
    if size != test_size:
        raise DataError(
            f"{names[0]} holds {_size(size)} images and {names[2]} {_size(test_size)} "
            "ones; the files do not belong together. Get all four again."
        )


def _check_labels(
    names: Sequence[str], train_labels: NDArray[np.uint8], test_labels: NDArray[np.uint8]
) -> None:
    """Raise DataError where the labels cannot be class numbers."""
    classes = int(train_labels.max()) + 1
    found = len(np.unique(train_labels))
    if 2 * found < classes:
        raise DataError(
            f"{names[1]} has labels from 0 to {classes - 1}, and only {found} of these occur; "
            "it is damaged. Get the file again."
        )
    if test_labels.max() >= classes:
        (row,) = np.nonzero(test_labels >= classes)
        raise DataError(
            f"{names[3]}, label {row[0] + 1:,}: found {test_labels[row[0]]}; the training labels "
            f"go from 0 to {classes - 1}. Get both label files again."
        )


def is_original(y: NDArray[np.int64], n_test: int) -> bool:
    """Return whether these are MNIST's own labels: other data in its format have different ones."""
    n = len(y) - n_test
    return all(
        hashlib.sha256(
            bytes((0, 0, UNSIGNED_BYTE, 1))
            + struct.pack(">I", len(labels))
            + labels.astype(np.uint8).tobytes()
        ).hexdigest()
        == original.sha256
        for labels, original in ((y[:n], ORIGINALS[1]), (y[n:], ORIGINALS[3]))
    )


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape)


def _candidates(folder: Path, stem: str, suffix: str) -> list[Path]:
    names = [f"{stem}{joint}{suffix}{end}" for joint in "-." for end in ("", ".gz")]
    return [folder / name for name in names if (folder / name).is_file()]


def _find(folder: Path, stem: str, suffix: str) -> Path:
    found = _candidates(folder, stem, suffix)
    if not found:
        raise DataError(
            f"{folder} holds no {stem}-{suffix} or {stem}-{suffix}.gz; "
            "put all four MNIST files there."
        )
    return found[0]


def unpack(
    name: str, content: bytes, dimensions: int, original: Original | None = None
) -> NDArray[np.uint8]:
    """Read one IDX file, plain or gzipped, that must have `dimensions` dimensions.

    name : of the file, for error messages.
    original : the file of MNIST itself that it must equal, byte by byte; None for any data.
    Raises DataError where the file is damaged or differs from these.
    """
    head, shape, unzip = _head(name, content, dimensions, original)
    if unzip is not None:
        try:
            # One byte more than the header declares is enough to detect a surplus.
            body = unzip.decompress(unzip.unconsumed_tail, math.prod(shape) + 1)
            if not unzip.eof and len(body) == math.prod(shape):
                body += unzip.decompress(unzip.unconsumed_tail, 1)  # reads up to the checksum
        except zlib.error as error:
            raise _damaged(name, error) from error
        if len(body) == math.prod(shape) and not unzip.eof:
            raise DataError(f"{name} breaks off before its checksum. Get the file again.")
        extra = len(unzip.unused_data)
    else:
        body, extra = content[len(head) :], 0
    if len(body) < math.prod(shape):
        raise DataError(
            f"{name} breaks off: its header promises {math.prod(shape):,} bytes "
            f"({_size(shape)}) and {len(body):,} are there. Get the file again."
        )
    if len(body) > math.prod(shape) or extra:
        raise DataError(
            f"{name} holds more than the {math.prod(shape):,} bytes ({_size(shape)}) that "
            "its header promises. Get the file again."
        )
    if original is not None:
        digest = hashlib.sha256(head)
        digest.update(body)
        if digest.hexdigest() != original.sha256:
            raise DataError(
                f"{name} is not MNIST's own file: its SHA-256 is {digest.hexdigest()[:12]}…, "
                f"expected {original.sha256[:12]}…. Get the file again."
            )
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)


def _head(
    name: str, content: bytes, dimensions: int, original: Original | None = None
) -> tuple[bytes, tuple[int, ...], zlib._Decompress | None]:
    """Return the header, the dimensions it declares, and a decompressor for the rest if gzipped."""
    if not content:
        raise DataError(f"{name} is empty (0 bytes). Get the file again.")
    length = 4 + 4 * dimensions
    if not content.startswith(GZIP_MAGIC):
        head = content[:length]
        return head, _shape(name, head, dimensions, original), None
    unzip = zlib.decompressobj(wbits=31)  # 31: with the gzip header and its checksum
    try:
        head = unzip.decompress(content, length)
    except zlib.error as error:
        raise _damaged(name, error) from error
    return head, _shape(name, head, dimensions, original), unzip


def _damaged(name: str, error: zlib.error) -> DataError:
    return DataError(f"{name} is damaged and cannot be unpacked ({error}). Get the file again.")


def _shape(name: str, head: bytes, dimensions: int, original: Original | None) -> tuple[int, ...]:
    """Return the dimensions that the header declares; raise DataError if they are invalid."""
    wanted = bytes((0, 0, UNSIGNED_BYTE, dimensions))
    kind = "images" if dimensions == 3 else "labels"
    if head.lstrip()[:1] == b"<":
        raise DataError(
            f"{name} is a web page, not data: the network answered with a page of its own. "
            "Get the file again."
        )
    if head[:4] != wanted:
        raise DataError(
            f"{name} starts with {head[:4].hex(' ') or 'nothing'}; IDX {kind} start with "
            f"{wanted.hex(' ')}. It is another kind of file, or two files are swapped."
        )
    if len(head) < 4 + 4 * dimensions:
        raise DataError(f"{name} breaks off inside its header. Get the file again.")
    shape = struct.unpack(f">{dimensions}I", head[4:])
    if math.prod(shape) == 0:
        raise DataError(f"{name} holds no {kind} ({_size(shape)}). Get the file again.")
    if math.prod(shape) > MAX_BYTES:
        raise DataError(
            f"{name} claims {_size(shape)} = {math.prod(shape) / 2**30:,.0f} GiB; "
            f"at most {MAX_BYTES // 2**30} GiB are read. Its header is damaged."
        )
    if original is not None and len(head) + math.prod(shape) != original.length:
        raise DataError(
            f"{name} claims {_size(shape)} {kind}; MNIST's own file has {original.length:,} bytes. "
            "Get the file again."
        )
    return shape
