"""How the chunks of a column are gathered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.csv.column_parser import GrowingArray

NAN = np.float64(np.nan)


@given(
    st.lists(
        st.one_of(
            st.integers(0, 5),
            st.lists(st.integers(0, 255), min_size=1, max_size=5).map(
                lambda cells: np.array(cells, dtype=np.uint8)
            ),
            st.lists(st.floats(width=32), min_size=1, max_size=5).map(
                lambda cells: np.array(cells, dtype=np.float64)
            ),
        )
    ),
    st.integers(0, 40),
)
def test_parts_and_fillers_are_what_joining_them_gives(parts, expected):
    array = GrowingArray(NAN)
    for part in parts:
        if isinstance(part, int):
            array.pad(part)
        else:
            array.extend(part, expected)
    joined = [np.full(part, NAN) if isinstance(part, int) else part for part in parts]
    np.testing.assert_array_equal(array.finish(), np.concatenate([*joined, []]))


def test_bytes_stay_bytes():
    array = GrowingArray(NAN)
    for _ in range(3):
        array.extend(np.array([1, 2], dtype=np.uint8), 0)
    assert array.finish().dtype == np.uint8


@pytest.mark.parametrize("expected", [0, 2, 6, 1000])
def test_fillers_at_the_ends_take_no_memory(expected):
    array = GrowingArray(NAN)
    array.pad(10**9)
    assert array.nbytes == 0
    assert array.finish().strides == (0,)
    array = GrowingArray(np.int32(-1))
    array.extend(np.arange(3, dtype=np.int32), expected)
    array.pad(10**9)
    assert array.nbytes == 12
