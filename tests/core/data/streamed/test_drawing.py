"""Rows drawn in bounded memory are those that are drawn in memory."""

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.data.streamed import drawing
from core.data.streamed.drawing import drawn, numbers_between, numbers_of


@pytest.fixture
def y(rng, monkeypatch):
    """Classes of some rows, which are looked at in several pieces."""
    monkeypatch.setattr(drawing, "PIECE", 97)
    monkeypatch.setattr(drawing, "BINS", 8)
    return rng.choice(4, 1000, p=[0.6, 0.3, 0.099, 0.001])


@pytest.mark.parametrize("fraction", [0.0, 0.2, 0.5, 0.9])
def test_the_split_is_that_of_rows_in_memory(y, fraction):
    whole = Dataset("d", np.zeros((1000, 1)), y, ("x",), tuple("abcd"))
    train, test = whole.split(fraction, 5)
    found = drawn(y, 4, fraction, lambda k: [5, k])
    np.testing.assert_array_equal(numbers_of(found), test)
    np.testing.assert_array_equal(numbers_of(found, value=False), train)


def test_only_free_rows_are_drawn(y):
    free = np.arange(1000) % 3 > 0
    found = drawn(y, 4, 0.25, lambda k: [1, k], free)
    assert not (found & ~free).any()
    for k in range(4):
        assert found[y == k].sum() == min(
            int((free & (y == k)).sum() * 0.25 + 0.5), max((free & (y == k)).sum() - 1, 0)
        )


def test_of_equal_priorities_the_first_rows_are_drawn(y, monkeypatch):
    class Constant:
        def __init__(self, _):
            pass

        def random(self, n):
            return np.full(n, 0.5)

    monkeypatch.setattr(np.random, "Generator", Constant)
    found = drawn(y, 4, 0.1, lambda k: [k])
    first = np.flatnonzero(y == 0)
    np.testing.assert_array_equal(np.flatnonzero(found & (y == 0)), first[: found[y == 0].sum()])
    assert found[y == 0].sum() == int(len(first) * 0.1 + 0.5)


def test_numbers_between_two_bounds_are_all_of_them(y):
    np.testing.assert_array_equal(numbers_between(3, 500), np.arange(3, 500))
