"""Names that are the same word, however it is written."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.data.csv.spelling import folded, merged, spellings


def test_case_blanks_and_unicode_forms_make_no_other_word():
    names = ("Café", "CAFÉ", "Cafe\u0301", "New  York", "new york", "tea")
    assert spellings(names) == (names[:3], names[3:5])


def test_the_most_frequent_spelling_names_the_class():
    names, y = merged(("ALPHA", "alpha", "beta"), np.array([0, 1, 1, 2, -1]))
    assert names == ("alpha", "beta")
    assert y.tolist() == [0, 0, 0, 1, -1]


@given(st.lists(st.text("aAbBß ", min_size=1, max_size=3), unique=True, min_size=1))
def test_each_row_keeps_its_word(names):
    y = np.arange(len(names))
    kept, number = merged(tuple(names), y)
    assert [folded(kept[k]) for k in number] == [folded(name) for name in names]
    assert len({folded(name) for name in kept}) == len(kept)
