"""Turn a table into a data set: choose its label and features, report what was left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.config import DataConfig
from core.data.csv.dialect import TEST
from core.data.csv.table import Table
from core.data.dataset import Dataset, Numbers, format_count, format_lines, pixel_names
from core.errors import DataError
from core.name_lookup import plain


def dataset_of_table(table: Table, config: DataConfig) -> Dataset:
    """Return the data set with the label and the features that the config names.

    Rows without a label are dropped; other missing cells stay gaps, which `prepare` handles.
    Raises DataError where the label or a feature cannot be used.
    """
    name = table.path.name
    if not table.n:
        raise DataError(f"{name} has no rows below its header; choose another file.")
    label = table.default_label if config.label is None else table.column(config.label)
    try:
        class_names, y = table.columns[label].classes
    except DataError as error:
        raise DataError(f"{name}: {error}") from None
    usable = table.usable(label)
    _check_features(table, label, usable, config.features)
    labelled = y >= 0
    shape = table.image_shape(label)
    size = int(labelled.sum()), len(usable)
    X: Numbers
    if shape:
        X = np.empty(size, dtype=np.uint8)
    else:
        needs_double = any(table.columns[j].needs_float64 for j in usable)
        X = np.empty(size, dtype=np.float64) if needs_double else np.empty(size, dtype=np.float32)
    for place, j in enumerate(usable):
        column = table.columns[j]
        values = column.values if labelled.all() else column.values[labelled]
        X[:, place] = np.where(np.isfinite(values), values, np.nan) if column.gaps else values
    scale = 1.0
    if shape:
        scale = 16.0 if X.max() <= 16 and shape == (8, 8) else 255.0
    lines, tested = table.lines, 0
    if not labelled.all():
        y, lines = y[labelled], lines[labelled]
    if (is_test := _published_test(table)) is not None:
        is_test = is_test[labelled]
        order = np.argsort(is_test, kind="stable")  # a published test set goes to the end
        X, y, lines, tested = X[order], y[order], lines[order], int(is_test.sum())
    trusted = tuple(table.names[j] for j in usable if not table.columns[j].doubt)
    return Dataset(
        name=name,
        X=X,
        y=y,
        feature_names=pixel_names(*shape) if shape else tuple(table.names[j] for j in usable),
        class_names=class_names,
        scale=scale,
        image_shape=shape,
        preferred_features=() if shape or len(trusted) in (0, len(usable)) else trusted,
        published_test=tested,
        units=() if shape else tuple(table.columns[j].unit for j in usable),
        lines=lines,
        notes=_notes(table, labelled),
    )


def _notes(table: Table, labelled: NDArray[np.bool_]) -> tuple[str, ...]:
    """Return notes on the file's format and on the lines and rows that were left out."""
    notes = [str(table.format), *table.format.notes]
    if table.ragged_count:
        where = format_lines(np.array([line for line, _ in table.ragged]), table.ragged_count)
        lines = format_count(table.ragged_count, "line")
        notes.append(f"skipped {lines} without {len(table.columns)} values{where}")
    if not labelled.all():
        where = format_lines(table.lines[~labelled])
        rows = format_count(int((~labelled).sum()), "row")
        notes.append(f"skipped {rows} without a label{where}")
    return tuple(notes)


def _published_test(table: Table) -> NDArray[np.bool_] | None:
    """Return for each row whether the split column marks it as a test row; None without one."""
    if table.split is None:
        return None
    column = table.columns[table.split]
    assert column.codes is not None
    is_test: NDArray[np.bool_] = np.array([word.casefold() == TEST for word in column.words])
    return is_test[column.codes]


def _check_features(
    table: Table, label: int, usable: tuple[int, ...], wanted: Sequence[str] | None
) -> None:
    """Raise DataError if a wanted feature cannot be used, or if there are no usable ones."""
    for name in wanted or ():
        for j, column in enumerate(table.columns):
            if plain(column.name) == plain(name) and j not in usable:
                reason = "it is the label" if j == label else column.obstacle
                raise DataError(
                    f"{table.path.name}: column “{column.name}” cannot be a feature ({reason}); "
                    f"choose from {', '.join(table.names[k] for k in usable[:12]) or 'none'}."
                )
    if not usable:
        raise DataError(
            f"{table.path.name} has no column beside the label “{table.names[label]}” that holds "
            f"numbers which differ; a feature must. {table.say_words_beside(label)}"
        )
