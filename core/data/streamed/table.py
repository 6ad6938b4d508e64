"""Tables of text on disk: converted once to arrays, block by block, and streamed from these.

What each column is for is decided by the first block, as in memory; words that come later are
learnt by another pass.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import DataConfig
from core.data.csv import packed, roles, text_file
from core.data.csv.blocks import TableBlocks
from core.data.csv.column_parser import Cells
from core.data.csv.dialect import MISSING, TableFormat
from core.data.csv.reader import Pass
from core.data.csv.roles import Roles
from core.data.csv.table import MAX_CLASSES, MOST_CATEGORIES, Column, Table
from core.data.csv.text_file import UndecodableError
from core.data.dataset import pixel_names
from core.data.from_table import MISSING_WORD, understood
from core.data.indicators import Indicator
from core.data.streamed import store
from core.data.streamed.dataset import StreamedDataset, usual_test_fraction
from core.data.streamed.disk import scratch
from core.data.streamed.drawing import PIECE, Rows
from core.data.streamed.matrix import StoredMatrix
from core.data.streamed.notes import notes_of
from core.data.streamed.scan import Progress
from core.data.streamed.store import Manifest, Writer
from core.errors import DataError, DoubtfulLabelError
from core.language import mark, tr
from core.name_lookup import natural_order
from core.note import Note
from core.number_format import format_bytes, format_integer, format_shortest

MOST_PASSES = 4


def open_table(
    config: DataConfig,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> StreamedDataset:
    """Return the data set of a table, whose rows are converted if that was not done before.

    Raises DataError, and Cancelled.
    """
    path = Path(config.path or "")
    if path == packed.STDIN:
        raise DataError("What comes from standard input cannot be streamed; save it as a file.")
    if config.merge_case:
        raise DataError(
            tr("Spellings of classes are not merged in streamed tables; leave that off.")
        )
    with packed.source(path, is_streamed=True) as source:
        blocks = TableBlocks(source, config.reading)
        while True:
            chosen = _roles(blocks.beginning(), config)
            place = store.place_of(path, config)
            try:
                dropped = 0
                if (found := store.find(place)) is None:
                    conversion = _Conversion(chosen, config)
                    found = conversion.convert(source, blocks.form, place, progress, is_cancelled)
                    dropped = store.drop_others(place, found.path)
                table = _dataset(path, chosen, config, place, found)
                store.use(place, table.matrix.stored)
                return table.with_note(_said(dropped)) if dropped else table
            except UndecodableError as error:
                try:
                    blocks.guess_encoding()
                except IndexError:
                    raise text_file.wrong_encoding(
                        source.name, blocks.form.encoding, error.line
                    ) from None


def _said(dropped: int) -> Note:
    return Note(
        mark(
            "of the tables converted before, those unused for longest were dropped from the cache "
            "({size}): it keeps {most} at most"
        ),
        {"size": format_bytes(dropped), "most": format_bytes(store.KEPT)},
    )


def _roles(beginning: Table, config: DataConfig) -> Roles:
    chosen = roles.decide(beginning, config)
    if chosen.text is not None:
        raise DataError(
            tr(
                "{name} holds texts, whose words are counted in memory; they cannot be streamed.",
                name=beginning.path.name,
            )
        )
    label, name = chosen.label, beginning.path.name
    if label.trouble and not (config.any_label and label.why):
        raise DoubtfulLabelError(
            f"{name}: {label.trouble}", tuple(beginning.names[j] for j in label.rivals)
        )
    try:
        _ = beginning.columns[label.column].classes
    except DataError as error:
        raise DataError(f"{name}: {error}") from None
    return chosen


class _Learnt(Exception):  # noqa: N818 - no error: a pass has found what the next one needs
    """The first block has misled: another pass is needed."""


@dataclass(eq=False)
class _Words:
    """The different values of a column, by their codes in the order in which they came."""

    codes: dict[str | float, int] = field(default_factory=dict)

    def of(self, column: Column) -> NDArray[np.int32]:
        """Return the code of each cell of a block, −1 for missing ones."""
        found = np.full(len(column.values), -1, dtype=np.int32)
        if column.codes is not None:
            own = np.array([self._code(word) for word in column.words] or [-1], dtype=np.int32)
            is_word = column.codes >= 0
            found[is_word] = own[column.codes[is_word]]
        is_number = np.isfinite(column.values) & (found < 0)
        numbers, places = np.unique(column.values[is_number], return_inverse=True)
        if len(self.codes) + len(numbers) <= 2 * MAX_CLASSES:
            own = np.array([self._code(float(x)) for x in numbers] or [-1], dtype=np.int32)
            found[is_number] = own[places]
        else:
            raise DataError(
                tr(
                    "Column “{name}” would make {n} classes or more (at most {most} "
                    "are taken): is this the label column? Choose another one.",
                    name=column.name,
                    n=format_integer(len(numbers)),
                    most=MAX_CLASSES,
                )
            )
        return found

    def _code(self, value: str | float) -> int:
        return self.codes.setdefault(value, len(self.codes))

    def names(self, unit: str) -> list[str]:
        """Return the names of the values, by their codes."""
        beside = f" {unit}" if unit else ""
        return [
            value if isinstance(value, str) else f"{format_shortest(value)}{beside}"
            for value in self.codes
        ]

    def ranked(self, unit: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Return the names in natural order, numbers by their value, and the rank of each code."""
        names, values = self.names(unit), list(self.codes)
        numbers = [value for value in values if isinstance(value, float)]
        order = sorted(range(len(names)), key=lambda k: natural_order(names[k]))
        if len(numbers) == len(names):
            order = np.argsort(numbers).tolist()
        ranks = np.argsort(order).tolist()
        return tuple(names[k] for k in order), tuple(ranks)


class _Conversion:
    """The conversion of a table, in as many passes as it needs."""

    def __init__(self, chosen: Roles, config: DataConfig) -> None:
        self._chosen, self._config, table = chosen, config, chosen.table
        self._label = table.columns[chosen.label.column]
        self._columns = [table.columns[j] for j in chosen.columns]
        self._pictures = table.pictures(chosen.label.column)
        self._categories = {
            table.columns[j].name: list(table.columns[j].categories()[0])
            for j in sorted(chosen.categorical)
        }
        is_wide = any(c.needs_float64 for c in self._columns if c.name not in self._categories)
        self._dtype = np.dtype(np.float64 if is_wide else np.float32)
        if self._pictures:
            self._dtype = np.dtype(np.uint8)

    def convert(
        self,
        source: packed.Source,
        form: TableFormat,
        place: Path,
        progress: Progress | None,
        is_cancelled: Callable[[], bool],
    ) -> Manifest:
        wanted = [self._label, *self._columns]
        words = {j for j, c in enumerate(self._chosen.table.columns) if c.kind == "text"}
        form = replace(form, word_columns=tuple(sorted(words.union(form.word_columns))))
        for _ in range(MOST_PASSES):
            with suppress(_Learnt), store.unfinished(place) as folder:
                width = sum(len(self._columns_of(column)) for column in self._columns)
                with closing(Writer(folder, width, self._dtype)) as writer:
                    return self._pass(source, form, wanted, writer, progress, is_cancelled)
        raise DataError(
            tr(
                "{name}: its first rows say too little of its columns; put the rows into "
                "another order, or choose fewer columns.",
                name=source.name,
            )
        )

    def _pass(
        self,
        source: packed.Source,
        form: TableFormat,
        wanted: list[Column],
        writer: Writer,
        progress: Progress | None,
        is_cancelled: Callable[[], bool],
    ) -> Manifest:
        na, index = self._config.reading.na, {name: j for j, name in enumerate(form.names)}
        labels, unlabelled, has_learnt = _Words(), 0, False
        reading = Pass(source, form, na)
        for part in reading.parts(progress, is_cancelled):
            own, *features = (_column(form, na, part.frame[index[c.name]], c) for c in wanted)
            y = labels.of(own)
            X = np.empty((len(y), writer.m))
            place = 0
            for column in features:
                made = self._features(column)
                has_learnt |= made is None
                if made is not None:
                    X[:, place : place + made.shape[1]] = made
                    place += made.shape[1]
            unlabelled += int((y < 0).sum())
            if not has_learnt:
                writer.add(self._checked(source.name, X[y >= 0]), y[y >= 0], part.text)
        if has_learnt or self._is_too_coarse(writer):
            raise _Learnt
        if not writer.n:
            raise DataError(tr("{name} has no rows with a label.", name=source.name))
        classes, ranks = labels.ranked(self._label.unit)
        if len(classes) > MAX_CLASSES:
            raise DataError(
                tr(
                    "{file}: column “{name}” would make {n} classes (at most {most} "
                    "are taken). Choose another one.",
                    file=source.name,
                    name=self._label.name,
                    n=format_integer(len(classes)),
                    most=MAX_CLASSES,
                )
            )
        return writer.finish(
            path=str(Path(source.shown_path).resolve()),
            classes=classes,
            ranks=ranks,
            skipped=reading.ragged_count,
            unlabelled=unlabelled,
            categories=self._categories,
        )

    def _features(self, column: Column) -> NDArray[np.float64] | None:
        """Return the features of a block's column, (k, …); None if it holds a new word."""
        known = self._categories.get(column.name)
        if known is None:
            values = column.values.astype(np.float64)
            return np.where(np.isfinite(values), values, np.nan)[:, None]
        words = _Words()
        codes, names = words.of(column), words.names(column.unit)
        if self._config.missing_category and (codes < 0).any():
            codes, names = np.where(codes < 0, len(names), codes), [*names, MISSING_WORD]
        if new := [name for name in names if name not in known]:
            self._categories[column.name] = sorted([*known, *new], key=natural_order)
            if len(self._categories[column.name]) > MOST_CATEGORIES:
                raise DataError(
                    tr(
                        "Column “{name}” holds more than {most} different words, too many "
                        "for categories.",
                        name=column.name,
                        most=MOST_CATEGORIES,
                    )
                )
            return None
        own = np.array([known.index(name) for name in names] or [0])[codes]
        shown = range(1, 2) if len(known) == 2 else range(len(known))
        found = np.stack([(own == k).astype(np.float64) for k in shown], axis=1)
        found[codes < 0] = np.nan
        return found

    def _columns_of(self, column: Column) -> list[Indicator | None]:
        return _indicators(column.name, self._categories.get(column.name))

    def _checked(self, name: str, X: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._pictures is None:
            return X
        X = np.rint(X * self._pictures.factor)
        if not ((X >= 0) & (X <= 255)).all():
            raise DataError(
                tr(
                    "{name}: the first rows are pictures, and later ones hold other numbers.",
                    name=name,
                )
            )
        return X

    def _is_too_coarse(self, writer: Writer) -> bool:
        """Return whether float32 does not tell the numbers apart, and have float64 from now on."""
        if writer.dtype != np.float32:
            return False
        if not any(
            replace(column, low=low, high=high, kind="numbers").needs_float64
            for column, low, high in zip(
                self._numbers_of(writer.m), writer.low, writer.high, strict=True
            )
            if column is not None and low <= high
        ):
            return False
        self._dtype = np.dtype(np.float64)
        return True

    def _numbers_of(self, m: int) -> list[Column | None]:
        """Return for each feature its column, None for an indicator."""
        found: list[Column | None] = []
        for column in self._columns:
            made = self._columns_of(column)
            found.extend(column if each is None else None for each in made)
        return found


def _column(form: TableFormat, na: tuple[str, ...] | None, cells: Any, like: Column) -> Column:
    if na is None:  # what the first block has taken for words are words in all of them
        na = tuple(set(MISSING).difference(like.words))
    found = Cells(like.name, form.number_form, na, keeps_words=True)
    found.take(cells, 0)
    return found.finish()


def _indicators(name: str, words: list[str] | None) -> list[Indicator | None]:
    if words is None:
        return [None]
    if len(words) == 2:
        return [Indicator(name, words[1], words[0])]
    return [Indicator(name, word) for word in words]


def _dataset(
    path: Path, chosen: Roles, config: DataConfig, place: Path, found: Manifest
) -> StreamedDataset:
    table, pictures = chosen.table, chosen.table.pictures(chosen.label.column)
    about = [
        (indicator.name if indicator else column.name, indicator, "" if indicator else column.unit)
        for column in (table.columns[j] for j in chosen.columns)
        for indicator in _indicators(column.name, found.categories.get(column.name))
    ]
    names, indicators, units = zip(*about, strict=True)
    shape = pictures.shape if pictures else None
    scale = 1.0
    if pictures:
        scale = 16.0 if max(found.high) <= 16 and pictures.shape == (8, 8) else 255.0
    class_names, y = _classes(place, found)
    doubts = chosen.doubts
    trusted = tuple(name for name in names if name not in doubts)
    matrix = StoredMatrix(store.rows(place, found), np.dtype(found.dtype))
    return StreamedDataset(
        name=path.name,
        X=matrix.as_array(),
        y=y,
        feature_names=pixel_names(*shape) if shape else tuple(names),
        class_names=class_names,
        scale=scale,
        image_shape=shape,
        preferred_features=() if shape or len(trusted) in (0, len(names)) else trusted,
        test_fraction=usual_test_fraction(found.n, found.m * matrix.itemsize),
        units=() if shape else tuple(units),
        notes=notes_of(table, place, found),
        indicators=tuple(indicators) if found.categories else (),
        understood=understood(chosen, config),
        is_whole=found.is_whole,
        extent=None if shape else np.array([found.low, found.high]),
        digest=found.digest,
    )


def _classes(place: Path, found: Manifest) -> tuple[tuple[str, ...], Rows]:
    """Return the names of the classes in natural order, and the class of each row."""
    rank = np.array(found.ranks, dtype=np.int64)
    stored, y = store.labels(place, found), scratch(found.n)
    for start in range(0, found.n, PIECE):
        y[start : start + PIECE] = rank[stored.read(start, min(start + PIECE, found.n))[:, 0]]
    return found.classes, y
