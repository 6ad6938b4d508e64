"""Drawings of pens as training rows of a data set of digits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.dataset import Dataset
from core.data.digits.deskew import deskew_images
from core.data.pens.drawings import pictures
from core.errors import DataError
from core.language import tr

SIZES = (8, 64)  # rows of the pictures: drawings of a size between are digits, and soon made
MOST = 3  # rows of the data set for each drawing, at least


def takes_pens(dataset: Dataset) -> bool:
    """Return whether drawings of digits can be among the data set's rows."""
    shape = dataset.image_shape
    return (
        shape is not None
        and shape[0] == shape[1]
        and SIZES[0] <= shape[0] <= SIZES[1]
        and dataset.X.dtype == np.uint8
        and dataset.looks == "ink"
        and set("0123456789") <= set(dataset.class_names)
    )


def with_pens(dataset: Dataset, seed: int, *, deskew: bool) -> Dataset:
    """Prepend the bundled drawings, made pictures like those of the data set.

    A data set of few rows takes as many drawings as a third of its own rows, without its published
    test set, so that it remains the main thing.
    seed : draws the width of each pen. deskew : as the data set's pictures are.
    Raises DataError where `takes_pens` is false.
    """
    if not takes_pens(dataset):
        raise DataError(
            tr(
                "{name} takes no drawings of pens: these are of the classes 0 to 9, for rows "
                "that are square pictures, {least} to {most} pixels wide. Leave pens off.",
                name=dataset.name,
                least=SIZES[0],
                most=SIZES[1],
            )
        )
    assert dataset.image_shape is not None
    room = (dataset.n - dataset.added - dataset.published_test) // MOST // 10 * 10
    drawn, digits = pictures(dataset.image_shape[0], seed, room)
    X = np.rint(drawn * dataset.scale).astype(np.uint8)
    number = np.array([dataset.class_names.index(str(digit)) for digit in range(10)])
    more = dataset.with_examples(deskew_images(X) if deskew else X, number[digits])
    return replace(more, pens=len(X))
