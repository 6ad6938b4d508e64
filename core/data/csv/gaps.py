"""Gaps of a table: what the rows lack that are to be trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.csv.table import Table
from core.errors import DataError
from core.language import localised, tr, tr_n


@dataclass(frozen=True, eq=False)
class Gaps:
    """Gaps of a choice of columns: rows without a label, and labelled ones lacking a number."""

    table: Table
    label: int
    features: tuple[int, ...]
    no_label: NDArray[np.bool_]
    incomplete: NDArray[np.bool_]

    @property
    def cells(self) -> dict[str, int]:
        """The number of gaps of each feature that has any, in rows with a label."""
        counted = {
            self.table.columns[j].name: int((self.table.columns[j].is_gap & ~self.no_label).sum())
            for j in self.features
            if self.table.columns[j].gaps
        }
        return {name: count for name, count in counted.items() if count}

    def listed(self, limit: int) -> list[tuple[int, str]]:
        """Return line number and description of the first `limit` problems, ordered by line."""
        (rows,) = np.nonzero(self.no_label | self.incomplete)
        found = []
        for row in rows[:limit]:
            columns = [self.label] if self.no_label[row] else self.features
            words = [
                f"{column.name}: {self._found(j, row)}"
                for j in columns
                if (column := self.table.columns[j]).is_gap[row] or j == self.label
            ]
            is_number = all(self.table.columns[j].is_number for j in columns)
            what = (
                tr("no label")
                if self.no_label[row]
                else tr("no number")
                if is_number
                else tr("no value")
            )
            found.append((int(self.table.lines[row]), f"{what} ({'; '.join(words)})"))
        width = len(self.table.columns)
        found += [
            (
                line,
                tr_n(
                    "{n} value, not {width}; left out",
                    "{n} values, not {width}; left out",
                    count,
                    width=width,
                ),
            )
            for line, count in self.table.ragged
        ]
        return sorted(found)[:limit]

    def _found(self, j: int, row: int) -> str:
        column = self.table.columns[j]
        if column.codes is not None and column.codes[row] >= 0:
            return tr("“{name}”", name=column.words[column.codes[row]])
        value = column.values[row]
        return (
            tr("empty")
            if np.isnan(value)
            else tr("{value}, no finite number", value=localised(f"{value:g}"))
        )


def find_gaps(table: Table, label: int, features: Sequence[int]) -> Gaps:
    """Return which rows have no label, and which lack a number in one of the features."""
    try:
        no_label = table.columns[label].classes[1] < 0
    except DataError:
        no_label = np.zeros(table.n, dtype=bool)
    incomplete = np.zeros(table.n, dtype=bool)
    for j in features:
        if table.columns[j].gaps:
            incomplete |= table.columns[j].is_gap
    return Gaps(table, label, tuple(features), no_label, incomplete & ~no_label)
