"""The labels of rows on disk: words or numbers in a file become classes, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.csv.table import MAX_CLASSES
from core.data.streamed.disk import scratch
from core.data.streamed.drawing import PIECE, Rows
from core.data.streamed.matrix import Stored
from core.errors import DataError
from core.language import tr
from core.name_lookup import natural_order
from core.number_format import format_shortest

Watch = Callable[[int], None]


def classes_of(name: str, stored: Stored) -> tuple[tuple[str, ...], Rows]:
    """Return the names of the classes in natural order, and the class of each row, (n,).

    name : of the file. Raises DataError where its values can hardly be labels.
    """
    known: NDArray[Any] = np.empty(0, dtype=stored.dtype)
    for part in _pieces(stored):
        known = np.union1d(known, part)
        if len(known) > MAX_CLASSES:
            raise DataError(
                tr(
                    "{name} holds more than {max_classes} different labels; one for each of at "
                    "most {max_classes} classes was expected.",
                    name=name,
                    max_classes=MAX_CLASSES,
                )
            )
    _check(name, known)
    names = [_name(value) for value in known]
    order = range(len(known))
    if known.dtype.kind in "US":
        order = sorted(order, key=lambda k: natural_order(names[k]))  # type: ignore[assignment]
    rank = np.empty(len(known), dtype=np.int64)
    rank[list(order)] = np.arange(len(known))
    y, start = scratch(stored.n), 0
    for part in _pieces(stored):
        y[start : start + len(part)] = rank[np.searchsorted(known, part)]
        start += len(part)
    return tuple(names[k] for k in order), y


def _pieces(stored: Stored) -> Iterator[NDArray[Any]]:
    for start in range(0, stored.n, PIECE):
        found = stored.read(start, min(start + PIECE, stored.n))[:, 0]
        yield found.astype(found.dtype.newbyteorder("="), copy=False)


def _check(name: str, known: NDArray[Any]) -> None:
    if known.dtype.kind not in "iufbUS":
        raise DataError(tr("{name} holds no labels: numbers or words were expected.", name=name))
    if known.dtype.kind != "f":
        return
    if not np.isfinite(known).all():
        raise DataError(
            tr("{name} has rows without a label; leave them out of both files.", name=name)
        )
    broken = known[known != np.rint(known)]
    if len(broken):
        raise DataError(
            tr(
                "{name} holds numbers with fractions, such as {broken}: quantities, not classes; "
                "whole numbers or words were expected.",
                name=name,
                broken=format_shortest(float(broken[0])),
            )
        )


def _name(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, str) else format_shortest(float(value))
