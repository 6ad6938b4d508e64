"""Turn a table into a data set: choose its label and features, report what was left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import DataConfig
from core.data.csv import oddities, roles, texts
from core.data.csv.header import TEST
from core.data.csv.oddities import ExcludedRows
from core.data.csv.roles import Roles
from core.data.csv.table import Column, Table
from core.data.csv.understood import LeftOut, Remark, Understood
from core.data.dataset import (
    Dataset,
    Numbers,
    pixel_names,
    skipped_note,
)
from core.data.gaps import without_empty_classes
from core.data.indicators import Indicator
from core.data.text.documents import Documents, no_features
from core.errors import DataError, DoubtfulLabelError
from core.language import mark, tr
from core.note import Note

MISSING_WORD = "(missing)"  # the category of missing cells
RAGGED = mark("without {count} values")
NO_LABEL, NO_TEXT = mark("without a label"), mark("without a text")

Categories = tuple[tuple[str, ...], NDArray[np.int64]]


def dataset_of_table(table: Table, config: DataConfig) -> Dataset:
    """Return the data set with the label and the features that the config names.

    Rows without a label are dropped; other missing cells stay gaps, which `prepare` handles.
    Raises DataError where the label or a feature cannot be used.
    """
    name = table.path.name
    if not table.n:
        raise DataError(tr("{name} has no rows below its header; choose another file.", name=name))
    chosen = roles.decide(table, config)
    class_names, y = _classes(table, chosen, config)
    is_kept = y >= 0
    excluded_rows = () if config.keep_totals else oddities.excluded_rows(table)
    excluded_rows += _without_text(chosen)
    left_out = _left_out(table, ~is_kept, excluded_rows)
    for group in excluded_rows:
        is_kept[group.rows] = False
    X, feature_names, indicators, units, scale = _features(chosen, config, is_kept)
    documents = _documents(chosen, is_kept)
    lines, tested = table.lines, 0
    if not is_kept.all():
        y, lines = y[is_kept], lines[is_kept]
    if (is_test := _published_test(table)) is not None:
        is_test = is_test[is_kept]
        order = np.argsort(is_test, kind="stable")  # a published test set goes to the end
        X, y, lines, tested = X[order], y[order], lines[order], int(is_test.sum())
        documents = None if documents is None else documents[order]
    shape = None if documents is not None else table.image_shape(chosen.label.column)
    doubts = chosen.doubts
    trusted = tuple(n for n in feature_names if n not in doubts)
    dataset = Dataset(
        name=name,
        X=X,
        y=y,
        feature_names=feature_names,
        class_names=class_names,
        scale=scale,
        image_shape=shape,
        preferred_features=() if shape or len(trusted) in (0, len(feature_names)) else trusted,
        published_test=tested,
        units=units,
        lines=lines,
        notes=_notes(table, left_out),
        indicators=indicators,
        left_out=left_out,
        understood=understood(chosen, config),
        documents=documents,
    )
    return without_empty_classes(dataset)


def understood(chosen: Roles, config: DataConfig) -> Understood:
    """Return what is to be told of a table whose columns are used like this."""
    table, label = chosen.table, chosen.label
    remarks: tuple[Remark, ...] = ()
    try:
        names, y = _labels(table.columns[label.column], is_merged=config.merge_case)
    except DataError:
        pass
    else:
        remarks = oddities.remarks(table, label.column, names, y, is_merged=config.merge_case)
        if not config.keep_totals and any(
            (y[g.rows] >= 0).any() for g in oddities.excluded_rows(table)
        ):
            remarks += (
                Remark(
                    Note(mark("rows that seem to be no data are left out")),
                    "--keep-totals keeps them",
                ),
            )
    return Understood(
        format=table.format,
        label=table.names[label.column],
        label_why=label.why,
        rivals=tuple(table.names[j] for j in label.rivals),
        unused=chosen.unused,
        doubts=chosen.doubts,
        remarks=remarks,
        could_be_words=tuple(
            table.names[j]
            for j in range(len(table.columns))
            if j in chosen.categorical
            or (table.columns[j].kind == "text" and j in table.usable(label.column))
        ),
        text="" if chosen.text is None else table.names[chosen.text],
        text_why=chosen.text_why,
        could_be_text=tuple(table.names[j] for j in texts.possible(table, label.column)),
    )


def _labels(column: Column, *, is_merged: bool) -> Categories:
    return column.merged_classes if is_merged else column.classes


def _classes(table: Table, chosen: Roles, config: DataConfig) -> Categories:
    """Return the names of the classes and the class of each row, −1 for none.

    Raises DataError where the label column can hardly be meant.
    """
    name, label = table.path.name, chosen.label
    is_accepted = config.any_label and label.why
    if label.trouble and not is_accepted:
        others = tuple(table.names[j] for j in label.rivals)
        said = f"{name}: {label.trouble}"
        if label.why:
            said = tr("{said} Choose another label column.", said=said)
        raise DoubtfulLabelError(said, others, can_accept=bool(label.why))
    try:
        return _labels(table.columns[label.column], is_merged=config.merge_case)
    except DataError as error:
        others = tuple(table.names[j] for j in label.rivals)
        raise DoubtfulLabelError(f"{name}: {error}", others, can_accept=False) from None


def _features(
    chosen: Roles, config: DataConfig, is_kept: NDArray[np.bool_]
) -> tuple[Numbers, tuple[str, ...], tuple[Indicator | None, ...], tuple[str, ...], float]:
    """Return X of the kept rows; names, indicators and units of its columns; and its scale."""
    table = chosen.table
    if chosen.text is not None:
        return no_features(int(is_kept.sum())), (), (), (), 1.0
    pictures = table.pictures(chosen.label.column)
    if pictures:
        pixels = np.empty((int(is_kept.sum()), len(pictures.columns)), dtype=np.uint8)
        for pixel, j in enumerate(pictures.columns):
            values = _kept(table.columns[j].values, is_kept)
            pixels[:, pixel] = values if pictures.factor == 1 else np.rint(values * pictures.factor)
        scale = 16.0 if pixels.max(initial=0) <= 16 and pictures.shape == (8, 8) else 255.0
        return pixels, pixel_names(*pictures.shape), (), (), scale
    words = {j: _indicators(table.columns[j], config) for j in sorted(chosen.categorical)}
    numbers = [table.columns[j] for j in chosen.columns if j not in words]
    size = int(is_kept.sum()), sum(len(words[j][0]) if j in words else 1 for j in chosen.columns)
    X: Numbers
    if any(column.needs_float64 for column in numbers):
        X = np.empty(size, dtype=np.float64)
    else:
        X = np.empty(size, dtype=np.float32)
    about: list[tuple[str, Indicator | None, str]] = []
    for j in chosen.columns:
        column = table.columns[j]
        if j in words:
            y = _kept(words[j][1], is_kept)
            for indicator, k in words[j][0]:
                X[:, len(about)] = np.where(y < 0, np.nan, y == k)
                about.append((indicator.name, indicator, ""))
            continue
        values = _kept(column.values, is_kept)
        X[:, len(about)] = np.where(np.isfinite(values), values, np.nan) if column.gaps else values
        about.append((column.name, None, column.unit))
    if not about:  # a column of words, of which none is left
        raise roles.without_features(table, chosen.label.column)
    names, indicators, units = (tuple(each) for each in zip(*about, strict=True))
    return X, names, indicators if words else (), units, 1.0


def _documents(chosen: Roles, is_kept: NDArray[np.bool_]) -> Documents | None:
    """Return the texts of the kept rows, None without a column of texts."""
    if chosen.text is None:
        return None
    found = texts.texts_of(chosen.table.columns[chosen.text])
    return Documents(tuple(found))[is_kept]


def _without_text(chosen: Roles) -> tuple[ExcludedRows, ...]:
    if chosen.text is None:
        return ()
    return (ExcludedRows(np.flatnonzero(chosen.table.columns[chosen.text].is_gap), NO_TEXT),)


def _kept(values: NDArray[Any], is_kept: NDArray[np.bool_]) -> NDArray[Any]:
    return values if is_kept.all() else values[is_kept]


def _indicators(
    column: Column, config: DataConfig
) -> tuple[list[tuple[Indicator, int]], NDArray[np.int64]]:
    """Return the indicators of a column, each with its category, and the category of each row.

    Two words make one indicator, of the second one; more make one each.
    """
    names, y = column.categories(is_merged=config.merge_case)
    if config.missing_category and (y < 0).any():
        names, y = (*names, MISSING_WORD), np.where(y < 0, len(names), y)
    if len(names) == 2:
        return [(Indicator(column.name, names[1], names[0]), 1)], y
    return [(Indicator(column.name, word), k) for k, word in enumerate(names)], y


def _left_out(
    table: Table, has_no_label: NDArray[np.bool_], excluded_rows: tuple[ExcludedRows, ...]
) -> tuple[LeftOut, ...]:
    """Return which lines and rows are left out."""
    found = []
    if table.ragged_count:
        lines = np.array([line for line, _ in table.ragged], dtype=np.int32)
        found.append(LeftOut(_ragged(table), lines, table.ragged_count))
    unlabelled = np.flatnonzero(has_no_label)
    for rows, why in (
        ExcludedRows(unlabelled, NO_LABEL),
        *(
            ExcludedRows(group.rows[~has_no_label[group.rows]], group.why)
            for group in excluded_rows
        ),
    ):
        if len(rows):
            found.append(LeftOut(why, np.asarray(table.lines[rows]), len(rows)))
    return tuple(found)


def _notes(table: Table, left_out: tuple[LeftOut, ...]) -> tuple[str | Note, ...]:
    """Return notes on the file's format and on the lines and rows that were left out."""
    notes: list[str | Note] = [table.format.note, *table.format.notes]
    for why, lines, count in left_out:
        is_ragged = why == _ragged(table)
        reason = Note(RAGGED, {"count": len(table.columns)}) if is_ragged else Note(why)
        notes.append(skipped_note("line" if is_ragged else "row", count, reason, lines))
    return tuple(notes)


def _ragged(table: Table) -> str:
    """Return why lines are left out that have more or fewer values than the table has columns."""
    return RAGGED.format(count=len(table.columns))


def _published_test(table: Table) -> NDArray[np.bool_] | None:
    """Return for each row whether the split column marks it as a test row; None without one."""
    if table.split is None:
        return None
    column = table.columns[table.split]
    assert column.codes is not None
    is_test: NDArray[np.bool_] = np.array([word.casefold() == TEST for word in column.words])
    return is_test[column.codes]
