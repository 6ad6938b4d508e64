"""A few pictures of a folder as they would be read."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.config import DataConfig
from core.data.dataset import Looks
from core.data.labelled_folder.layout import Layout
from core.data.picture_folder.reading import form_of, looks_of, scaled_file
from core.data.pictures.scaled import Form, Pixels
from core.errors import DataError

MOST_CLASSES = 8
OF_A_CLASS = 3
TRIED = 6  # files of a class


class Samples(NamedTuple):
    """Some pictures in one form.

    classes : of each, its number. pixels : (n, rows · columns).
    """

    form: Form
    looks: Looks
    classes: list[int]
    pixels: NDArray[np.uint8]


def samples(found: Layout, config: DataConfig) -> Samples:
    """Return the first pictures of the first classes as a config scales them."""
    form = form_of(found, config)
    classes: list[int] = []
    pictures: list[Pixels] = []
    for k in range(min(len(found.classes), MOST_CLASSES)):
        wanted = len(classes) + OF_A_CLASS
        for j in np.flatnonzero(found.y == k)[:TRIED].tolist():
            if len(classes) == wanted:
                break
            with suppress(DataError):  # those that cannot be read are said when all are
                pixels, _ = scaled_file(found, found.files[j], form)
                pictures.append(pixels.ravel())
                classes.append(k)
    rows, columns = form.shape
    X = np.array(pictures, dtype=np.uint8).reshape(-1, rows * columns)
    return Samples(form, looks_of(X, form), classes, X)
