"""A matrix on disk gives the rows that the array in its file has, whichever are asked for."""

import os

import numpy as np
import pytest

from core.data.streamed import matrix as matrices
from core.data.streamed.matrix import ColumnFile, Joined, RowFile, StoredMatrix
from core.errors import DataError

N, M = 500, 7
KEYS = [
    slice(None),
    slice(3, 90),
    slice(-5, None),
    slice(0, 100, 9),
    np.array([4, 2, 499, 2, 250]),
    np.array([-1, 0]),
    np.arange(0, 500, 3),
    np.arange(500) % 11 == 0,
    7,
    -1,
    (slice(5, 50), 2),
    (np.array([9, 1]), 6),
    (slice(None), np.array([3, 1])),
    np.array([], dtype=np.int64),
    slice(7, 7),
]


@pytest.fixture(params=["rows", "columns", "joined"])
def pair(request, tmp_path, rng):
    """A matrix in files, and the same one as an array."""
    X = rng.normal(size=(N, M)).astype(np.float32)
    path = tmp_path / "x"
    path.write_bytes(b"head" + X.tobytes(order="F" if request.param == "columns" else "C"))
    whole = (path, 4, N, M, X.dtype)
    if request.param == "joined":
        more = RowFile(path, 4 + 200 * M * 4, N - 200, M, X.dtype)
        return StoredMatrix(Joined([RowFile(path, 4, 200, M, X.dtype), more]), X.dtype), X
    return StoredMatrix((ColumnFile if request.param == "columns" else RowFile)(*whole), X.dtype), X


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_rows_are_those_of_the_array(pair, key):
    matrix, X = pair
    found = matrix[key]
    assert found.dtype == X.dtype and matrix.shape == X.shape
    np.testing.assert_array_equal(found, X[key])


def test_rows_that_lie_far_apart_or_take_much_are_read_in_several_parts(pair, monkeypatch):
    matrix, X = pair
    monkeypatch.setattr(matrices, "NEAR", 3 * M * 4)
    monkeypatch.setattr(matrices, "READ", 10 * M * 4)
    numbers = np.array([0, 1, 2, 9, 10, 40, 300, 301, 305, *range(310, 400)])
    np.testing.assert_array_equal(matrix[numbers], X[numbers])


def test_chosen_rows_and_columns_are_those_of_the_array(pair):
    matrix, X = pair
    rows, columns = np.arange(490, 10, -7), np.array([5, 0, 2])
    chosen = matrix.with_rows(rows).take(columns)
    assert chosen.shape == (len(rows), 3)
    np.testing.assert_array_equal(chosen[:], X[rows][:, columns])
    np.testing.assert_array_equal(chosen.take([2, 1])[5:9], X[rows][5:9][:, [2, 0]])


def test_a_file_that_changes_meanwhile_is_an_error_with_words(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(bytes(800))
    matrix = StoredMatrix(RowFile(path, 0, 100, 1, np.dtype(np.float64)), np.dtype(np.float64))
    os.truncate(path, 400)
    with pytest.raises(DataError, match="x has changed since it was opened"):
        matrix[:10]
