"""Names of classes and features as the window says them: the program's own in its language.

Files, exports, settings and what else programs read keep the names of the data set.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from core.data.dataset import REST_MARK
from core.data.preprocessing import FeatureMap
from core.language import ENGLISH, current, mark, tr

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.data.task import Task

IRIS = (
    *(mark("sepal length"), mark("sepal width"), mark("petal length"), mark("petal width")),
    *(mark("setosa"), mark("versicolor"), mark("virginica")),
)
GENRES = mark("fairy tale"), mark("mystery"), mark("romance"), mark("science fiction")
FASHION = (
    *(mark("T-shirt/top"), mark("Trouser"), mark("Pullover"), mark("Dress"), mark("Coat")),
    *(mark("Sandal"), mark("Shirt"), mark("Sneaker"), mark("Bag"), mark("Ankle boot")),
)
DATA = mark("Iris"), mark("Digits 8×8"), mark("Drawn points"), mark("Genres")
OWN = frozenset((*IRIS, *GENRES, *FASHION, *DATA))
PIXEL = re.compile(r"pixel (\d+),(\d+)")


def shown_classes(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of the classes, (h,), in the language of the window."""
    if current() is ENGLISH:
        return dataset.class_names
    said = _said(dataset.class_names, dataset)
    if REST_MARK not in dataset.class_marks:
        return said
    k = dataset.class_marks.index(REST_MARK)  # all classes but one, as “not setosa”
    own = dataset.class_names[k].removeprefix("not ")
    return (*said[:k], tr("not {name}", name=_said((own,), dataset)[0]), *said[k + 1 :])


def shown_features(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of the features, (m,), in the language of the window."""
    if current() is ENGLISH or dataset.is_text:
        return dataset.feature_names
    return _said(dataset.feature_names, dataset)


def shown_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of the columns behind the features in the language of the window."""
    return _said(tuple(column.name for column in dataset.columns), dataset)


def shown_inputs(task: Task) -> tuple[str, ...]:
    """Return the names of the inputs of the model, such as x₁²x₂, in the window's language."""
    if current() is ENGLISH or task.dataset.is_text:
        return task.input_names
    own = task.feature_map
    return FeatureMap(shown_features(task.dataset), own.degree, own.sine).input_names


def shown_name(dataset: Dataset) -> str:
    """Return the name of the data set in the language of the window."""
    return _said((dataset.name,), dataset)[0]


def _said(names: tuple[str, ...], dataset: Dataset) -> tuple[str, ...]:
    is_picture = dataset.image_shape is not None
    if not (dataset.has_own_names or is_picture):
        return names
    return _translated(names, current().code, dataset.has_own_names, is_picture)


@lru_cache(maxsize=32)
def _translated(
    names: tuple[str, ...], _code: str, has_own_names: bool, is_picture: bool
) -> tuple[str, ...]:
    said = (tr(name) if has_own_names and name in OWN else name for name in names)
    return tuple(_pixel(name) if is_picture else name for name in said)


def _pixel(name: str) -> str:
    found = PIXEL.fullmatch(name)
    return name if found is None else tr("pixel {row},{column}", row=found[1], column=found[2])
