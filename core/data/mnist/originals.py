"""MNIST's own four files, and how its labels are recognised."""

from __future__ import annotations

import hashlib
import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

UNSIGNED_BYTE = 8  # IDX's code of this type of values


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
