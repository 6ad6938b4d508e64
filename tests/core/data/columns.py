"""The columns of a table, as values to be compared."""

import math

import numpy as np


def cells(table, name):
    """Return the column as a list of numbers and words, None where a cell is missing."""
    column = table.columns[table.column(name)]
    codes = column.codes if column.codes is not None else np.full(table.n, -1)
    return [
        column.words[code] if code >= 0 else None if math.isnan(value) else float(value)
        for value, code in zip(column.values, codes, strict=True)
    ]
