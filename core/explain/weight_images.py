"""Summary figures of the weights of picture models, one set per output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.csv.spreadsheet import to_text
from core.data.shown_names import shown_classes
from core.data.task import Task
from core.model_family import output_names
from core.train.snapshot import Params

Reals = NDArray[np.float64]
Pixel = tuple[int, int]


@dataclass(frozen=True)
class PictureWeights:
    """The norm and the two extremes of the weights w (m,) of one output.

    most, least : the largest and the smallest weight, which may have the same sign; most_at,
        least_at : their pixels, row and column from 0. norm, most, least and bias refer to the
        model's inputs, standardised if the task is.
    white : the change of the logit when the pixel at `most` turns from black to white.
    """

    name: str
    norm: float
    most: float
    most_at: Pixel
    least: float
    least_at: Pixel
    bias: float
    white: float


def picture_weights(task: Task, params: Params) -> list[PictureWeights]:
    """Return the figures for each row of W of a model without a hidden layer."""
    assert task.dataset.image_shape is not None
    columns = task.dataset.image_shape[1]
    W = params.W.astype(np.float64)
    own: Reals = task.standardiser.unscale(params.W, params.b)[0]
    most, least = W.argmax(axis=1), W.argmin(axis=1)
    names = output_names(task.config.model.kind, shown_classes(task.dataset))
    return [
        PictureWeights(
            name=name,
            norm=float(np.linalg.norm(W[k])),
            most=float(W[k, most[k]]),
            most_at=(int(most[k]) // columns, int(most[k]) % columns),
            least=float(W[k, least[k]]),
            least_at=(int(least[k]) // columns, int(least[k]) % columns),
            bias=float(params.b[k]),
            white=float(own[k, most[k]]),
        )
        for k, name in enumerate(names)
    ]


def as_csv(found: list[PictureWeights]) -> str:
    """Return the figures as CSV, one row per output."""
    titles = ("norm", "largest w", "row", "column", "smallest w", "row", "column", "bias")
    rows = [["output", *titles]]
    for one in found:
        numbers = (one.norm, one.most, *one.most_at, one.least, *one.least_at, one.bias)
        rows.append([one.name, *map(repr, numbers)])
    return to_text(rows)
