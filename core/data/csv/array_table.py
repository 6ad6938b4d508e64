"""A table of arrays, whose columns need no reading."""

from __future__ import annotations

import numpy as np

from core.data.csv import arrays
from core.data.csv.column_parser import cells_of
from core.data.csv.packed import Source
from core.data.csv.table import Table
from core.errors import DataError


def table_of(source: Source, columns: arrays.Columns, na: tuple[str, ...] | None) -> Table:
    """Return the table of these columns; na : words that mean a missing value, None to find out."""
    import pandas as pd

    form = arrays.format_of(source.name, columns)
    built = []
    for cells, values in zip(cells_of(form, na), columns.values(), strict=True):
        try:
            cells.take(pd.Series(arrays.as_cells(values)), len(values))
        except DataError as error:
            raise DataError(f"{source.name}, column “{cells.name}”: {error}") from None
        built.append(cells.finish())
    lines = np.arange(1, len(next(iter(columns.values()))) + 1, dtype=np.int32)
    return Table(source.shown_path, form, tuple(built), lines)
