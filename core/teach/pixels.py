"""A picture as a matrix of numbers, as one long vector, and as one of a batch (N, C, H, W)."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.data.task import Task

Reals = NDArray[np.float64]
FLOAT_BYTES = 4  # of a float32
STORED_DECIMALS = 3  # of pixels, more than float32 errors of 255 reach


@dataclass(frozen=True)
class PixelOrder:
    """The order in one vector of the pixels of C channels with H rows and W columns each.

    It is that of a contiguous array of shape (C, H, W): column by column, row by row, channel by
    channel.
    """

    C: int
    H: int
    W: int

    @classmethod
    def of(cls, dataset: Dataset) -> PixelOrder:
        """Return the order of the columns of X of a data set of pictures."""
        assert dataset.picture_size is not None
        return cls(3 if dataset.looks == "colour" else 1, *dataset.picture_size)

    @property
    def m(self) -> int:
        """How many numbers a picture has."""
        return self.C * self.H * self.W

    def index(self, c: int, i: int, j: int) -> int:
        """Return the place k in the vector of channel c, row i and column j, all from 0."""
        return (c * self.H + i) * self.W + j

    def place(self, k: int) -> tuple[int, int, int]:
        """Return channel, row and column of place k in the vector."""
        line, j = divmod(k, self.W)
        return line // self.H, line % self.H, j


def strides(shape: tuple[int, ...], itemsize: int = FLOAT_BYTES) -> tuple[int, ...]:
    """Return by how many bytes each index of a contiguous array steps on."""
    return tuple(itemsize * prod(shape[axis + 1 :]) for axis in range(len(shape)))


@dataclass(frozen=True, eq=False)
class PictureNumbers:
    """The numbers of one picture, (m,) each.

    stored : as its file has them, 0 … `scale`. shares : divided by it, in 0 … 1.
    inputs : what the model reads, (shares − mean) / std, float32; without standardising the shares.
    is_read : whether there is a model that reads it.
    """

    order: PixelOrder
    scale: float
    stored: Reals
    shares: Reals
    inputs: NDArray[np.float32]
    mean: Reals
    std: Reals
    is_standardised: bool
    is_read: bool = True


def picture_numbers(task: Task, values: NDArray[np.floating]) -> PictureNumbers:
    """Return the numbers of a picture (m,) in 0 … 1 as a task of pictures prepares it."""
    shares = np.asarray(values, dtype=np.float64)
    return PictureNumbers(
        order=PixelOrder.of(task.dataset),
        scale=task.dataset.scale,
        stored=_stored(shares, task.dataset),
        shares=shares,
        inputs=task.inputs(values[None])[0],
        mean=task.standardiser.mean,
        std=task.standardiser.std,
        is_standardised=not task.standardiser.is_identity,
    )


def plain_numbers(dataset: Dataset, row: int) -> PictureNumbers:
    """Return the numbers of a row of a data set of pictures that no model reads."""
    shares = np.asarray(dataset.values(slice(row, row + 1))[0], dtype=np.float64)
    return PictureNumbers(
        order=PixelOrder.of(dataset),
        scale=dataset.scale,
        stored=_stored(shares, dataset),
        shares=shares,
        inputs=shares.astype(np.float32),
        mean=np.zeros(len(shares)),
        std=np.ones(len(shares)),
        is_standardised=False,
        is_read=False,
    )


def _stored(shares: Reals, dataset: Dataset) -> Reals:
    """Return the numbers of which shares (m,) are the quotients, rounded in float32."""
    return np.round(shares * dataset.scale, STORED_DECIMALS)
