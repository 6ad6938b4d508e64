"""A model is asked about all rows of a table, which is written again with the answers.

Block by block: the memory that it takes does not grow with the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import files
from core.config import CsvOptions
from core.data.csv import texts
from core.data.csv.blocks import Block, TableBlocks
from core.data.csv.dialect import NO_OPTIONS
from core.data.csv.packed import Source
from core.data.csv.reader import Progress
from core.data.csv.spreadsheet import Line, Writer
from core.data.csv.table import Column
from core.data.csv.text_file import UndecodableError
from core.data.digits.deskew import deskew_images
from core.data.indicators import Asked
from core.errors import DataError
from core.invisible_characters import visible, visible_names
from core.language import in_a_row, localised, tr
from core.model_family import FAMILY
from core.number_format import format_count, format_integer, format_shortest
from core.runs.asked_columns import columns_of, pixel_scale
from core.runs.model import Model

if TYPE_CHECKING:  # SciPy is imported with the first texts
    from scipy.sparse import csr_array

PREDICTED = "predicted"  # name of the column with the class
MAX_LISTED = 1000  # rows that are listed with the reason why they were not answered
MAX_REASONS = 3  # cells named of one row
ROWS_AT_ONCE = 4096  # whose answers are texts at the same time

Write = Callable[[str], object]
Values = NDArray[np.float32]


@dataclass
class Report:
    """What came of a table so far.

    rows : of the table. counts : of the answered rows, by class.
    unread, unread_count : line and reason of the first rows without an answer, and how many there
        are. notes : on how the table was read.
    """

    counts: dict[str, int]
    rows: int = 0
    unread: list[tuple[int, str]] = field(default_factory=list)
    unread_count: int = 0
    notes: tuple[str, ...] = ()

    @property
    def answered(self) -> int:
        return self.rows - self.unread_count

    def __str__(self) -> str:
        found = ", ".join(f"{name} {format_integer(n)}" for name, n in self.counts.items() if n)
        rows = format_count(self.rows, "row")
        said = tr("{rows}: {found}.", rows=rows, found=found or tr("no answer"))
        if self.unread_count:
            unread = format_count(self.unread_count, "row")
            said = in_a_row(said, tr("{rows} could not be read.", rows=unread))
        return said


class TablePrediction:
    """A table, and a model whose features are among its columns."""

    def __init__(self, model: Model, source: Source, reading: CsvOptions = NO_OPTIONS) -> None:
        """Find the model's features in the table; raise DataError where they are missing."""
        self._model, self._source = model, source
        self._blocks = TableBlocks(source, reading)
        self._find_columns()

    def save(
        self,
        path: Path,
        progress: Progress | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Report:
        """Write the table with its answers to a file, whole or not at all; see `run`.

        Raises SaveError too.
        """
        with files.writing(path) as file:

            def start_again() -> None:
                file.seek(0)
                file.truncate()

            begins_anew = start_again if file.seekable() else None
            return self.run(file.write, progress, is_cancelled, begins_anew)

    def run(
        self,
        write: Write,
        progress: Progress | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
        start_again: Callable[[], object] | None = None,
    ) -> Report:
        """Write the table with its answers, and return the report.

        A row that cannot be read keeps its cells, and its answer is empty.
        progress, is_cancelled : as of `core.data.csv.reader.read`.
        start_again : discard all that was written, where the encoding turns out to be another one;
            None: that is a DataError.
        Raises DataError and Cancelled.
        """
        while True:
            try:
                return self._run(write, progress, is_cancelled)
            except UndecodableError as error:
                if start_again is None:
                    raise self._wrong_encoding(error.line) from None
            start_again()
            self._blocks.guess_encoding()
            self._find_columns()

    def _wrong_encoding(self, line: int) -> DataError:
        return DataError(
            tr(
                "{name}, line {line}: found bytes that are not UTF-8, as the lines before them "
                "are; name the encoding, or save it again as UTF-8.",
                name=self._source.name,
                line=format_integer(line),
            )
        )

    def _find_columns(self) -> None:
        model, form = self._model, self._blocks.form
        self._wanted, self._notes = columns_of(model, self._blocks)
        self._scale = pixel_scale(model, self._blocks, self._wanted)
        mark = form.decimal
        self._quote = '"' if mark == form.delimiter else ""
        has_shares = FAMILY[model.config.model.kind].has_probabilities
        self._shown = len(model.class_names) if has_shares else 0
        names = list(form.names)
        for name in (PREDICTED, *(f"P({name})" for name in model.class_names[: self._shown])):
            while name in names:
                name += "_"
            names.append(name)
        self._names = names
        line = Line()
        writer = Writer(line, form.delimiter)
        self._classes = []
        for name in model.class_names:
            writer.row([name])
            self._classes.append(line.text)
        self._nothing = form.delimiter * (1 + self._shown)

    def _run(
        self, write: Write, progress: Progress | None, is_cancelled: Callable[[], bool]
    ) -> Report:
        form = self._blocks.form
        report = Report(dict.fromkeys(visible_names(self._model.class_names), 0))
        report.notes = (str(form), *map(str, form.notes), *self._notes)
        line = Line()
        Writer(line, form.delimiter).header(self._names)
        write(f"{line.text}\n")
        for block in self._blocks.read(self._wanted, progress, is_cancelled):
            for part in block.parts(ROWS_AT_ONCE):
                write(self._answered(part, report))
        return report

    def _answered(self, block: Block, report: Report) -> str:
        """Return the lines of a block with their answers."""
        n, width = len(block.texts), block.full_width
        is_row = block.widths == width
        is_readable = np.zeros(n, dtype=bool)
        reasons: dict[int, str] = {}
        left = MAX_LISTED - len(report.unread)
        values, is_good = self._features(block.columns)
        is_readable[is_row] = is_good
        endings = [self._nothing] * n
        if is_good.any():
            with np.errstate(all="ignore"):
                decided, shares = self._model.answers(values[is_good])
            is_finite = np.isfinite(shares).all(axis=1)
            indices = np.flatnonzero(is_readable)
            for index in indices[~is_finite][: max(left, 0)].tolist():
                reasons[index] = tr("the values are too large for this model")
            is_readable[indices[~is_finite]] = False
            self._end(endings, indices[is_finite], decided[is_finite], shares[is_finite])
            counted = np.bincount(decided[is_finite], minlength=len(report.counts))
            for name, count in zip(report.counts, counted.tolist(), strict=True):
                report.counts[name] += count
        report.rows += n
        report.unread_count += n - int(is_readable.sum())
        for index in np.flatnonzero(~is_readable)[: max(left, 0)].tolist():
            if index not in reasons:
                row = int(is_row[:index].sum())
                reasons[index] = (
                    self._reason(block.columns, row)
                    if is_row[index]
                    else tr(
                        "{values}, not {width}",
                        values=format_count(int(block.widths[index]), "value"),
                        width=width,
                    )
                )
            report.unread.append((int(block.lines[index]), reasons[index]))
        return "\n".join(map("".join, zip(block.texts, endings, strict=True))) + "\n"

    def _end(
        self,
        endings: list[str],
        indices: NDArray[np.int64],
        decided: NDArray[np.int64],
        shares: Values,
    ) -> None:
        """Write class and probabilities of rows to their places among the endings of lines."""
        form, quote = self._blocks.form, self._quote
        parts = [[self._classes[k] for k in decided.tolist()]]
        for j in range(self._shown):
            # Text directly from float32: as many digits as reading the same number back needs.
            texts = shares[:, j].astype(str).tolist()
            if form.decimal != ".":
                texts = [f"{quote}{text.replace('.', form.decimal)}{quote}" for text in texts]
            parts.append(texts)
        joined = map(form.delimiter.join, zip(*parts, strict=True))
        for index, text in zip(indices.tolist(), joined, strict=True):
            endings[index] = form.delimiter + text

    def _features(
        self, columns: tuple[Column, ...]
    ) -> tuple[NDArray[np.floating] | csr_array, NDArray[np.bool_]]:
        """Return the features (k, d) of a block's rows, and which rows (k,) have all of them."""
        if self._model.vocabulary is not None:
            said = texts.texts_of(columns[0])
            return self._model.bag_of(said), np.array([bool(text) for text in said])
        values = self._measured(columns)
        return values, np.isfinite(values).all(axis=1)

    def _measured(self, columns: tuple[Column, ...]) -> NDArray[np.floating]:
        """Return the features (k, d) of a block's rows in the units of the model; NaN in gaps."""
        model = self._model
        found = np.empty((len(columns[0].values), len(model.feature_names)))
        for asked, column in zip(model.columns, columns, strict=True):
            found[:, list(asked.indices)] = _encoded(asked, column)
        if self._scale is None:
            return model.stored(found)
        X = found.astype(np.float32)
        X[(X.min(axis=1) < 0) | (X.max(axis=1) > self._scale)] = np.nan  # False for NaN
        if self._scale != model.scale:  # the pixels are shares of ink
            X *= np.float32(model.scale)
        if model.config.data.deskew:
            is_whole = np.isfinite(X).all(axis=1)
            X[is_whole] = deskew_images(np.rint(X[is_whole]).astype(np.uint8))
        return X / np.float32(model.scale)

    def _reason(self, columns: tuple[Column, ...], row: int) -> str:
        """Return why a row of a block has no answer."""
        found = []
        if self._model.vocabulary is not None:
            return tr("{name} holds no text", name=columns[0].name)
        for asked, column in zip(self._model.columns, columns, strict=True):
            value, word = float(column.values[row]), _word(column, row)
            if asked.words:
                if asked.encode(word or format_shortest(value)) is None:
                    found.append(_unknown(column.name, visible(word)))
            elif np.isnan(value):
                found.append(_no_number(column.name, visible(word)))
            elif np.isinf(value):
                found.append(tr("{name} is no finite number", name=column.name))
            elif self._scale is not None and not 0 <= value <= self._scale:
                found.append(
                    tr(
                        "{name} is {value}, no pixel of 0 … {scale}",
                        name=column.name,
                        value=localised(f"{value:g}"),
                        scale=localised(f"{self._scale:g}"),
                    )
                )
        more = len(found) - MAX_REASONS
        listed = "; ".join(found[:MAX_REASONS])
        return tr("{listed}; and {more} more", listed=listed, more=more) if more > 0 else listed


def _unknown(name: str, word: str) -> str:
    if not word:
        return tr("{name} is no word", name=name)
    return tr("{name} is “{word}”, which the model does not know", name=name, word=word)


def _no_number(name: str, word: str) -> str:
    if not word:
        return tr("{name} is no number", name=name)
    return tr("{name} is “{word}”", name=name, word=word)


def _word(column: Column, row: int) -> str:
    """Return the word in a cell, or ""."""
    code = -1 if column.codes is None else int(column.codes[row])
    return column.words[code] if code >= 0 else ""


def _encoded(asked: Asked, column: Column) -> NDArray[np.float64]:
    """Return the features (k, places) that a column gives; NaN in gaps and for unknown words."""
    values = np.where(np.isfinite(column.values), column.values, np.nan)
    if not asked.words:
        return values[:, None]
    nothing = [np.nan] * len(asked.indices)
    found = np.full((len(values), len(nothing)), np.nan)
    for number in np.unique(values[np.isfinite(values)]).tolist():  # 0 and 1 may stand for words
        found[values == number] = asked.encode(format_shortest(number)) or nothing
    if column.codes is not None:
        of_word = np.array([asked.encode(word) or nothing for word in column.words])
        is_word = column.codes >= 0
        found[is_word] = of_word[column.codes[is_word]]
    return found
