"""Rows in other layouts than a plain table: ARFF, libsvm, JSON lines."""

import io
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sklearn.datasets import dump_svmlight_file

from core.data.csv import layout, reader, text_file

ARFF = """% 1. Title
%
@RELATION iris

@ATTRIBUTE 'sepal length' REAL
@attribute petalwidth\tnumeric
@ATTRIBUTE class {alpha, 'beta two', gamma}

@DATA
1.6,0.37,alpha
% a comment
0.39, ?, 'beta two'
4.74,1.61,gamma
"""

quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


# ARFF ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["t.arff", "t.csv", "t"])
def test_attributes_name_the_columns_of_an_arff_file(read, cells, name):
    table = read(ARFF, name)
    assert table.names == ("sepal length", "petalwidth", "class")
    assert cells(table, "sepal length") == [1.6, 0.39, 4.74]
    assert cells(table, "petalwidth") == [0.37, None, 1.61]
    assert cells(table, "class") == ["alpha", "beta two", "gamma"]
    assert list(table.lines) == [10, 12, 13]
    assert "ARFF" in str(table.format)


def test_sparse_arff_rows_have_their_zeros(read, cells):
    head = "@relation r\n@attribute a real\n@attribute b real\n@attribute c {no,yes}\n@data\n"
    table = read(head + "{0 1.5, 2 yes}\n{1 2}\n{}\n{0 3,1 4,2 no}\n")
    assert cells(table, "a") == [1.5, 0, 0, 3]
    assert cells(table, "b") == [0, 2, 0, 4]
    assert cells(table, "c") == ["yes", "no", "no", "no"]


def test_arff_rows_may_be_parted_by_blanks(read, cells):
    table = read("@relation r\n@attribute a real\n@attribute c {x,y}\n@data\n1.5 x\n2.5\ty\n")
    assert cells(table, "c") == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@relation r\n@attribute a real\n1,2\n", "line 3: found “1,2”"),
        ("@relation r\n@data\n1,2\n", "names no attributes"),
        ("@relation r\n@attribute a real\n", "no line “@data”"),
        ("@relation r\n@attribute a relational\n@data\n", "line 2: an attribute that holds tables"),
    ],
)
def test_a_broken_arff_file_is_refused_by_line(refusal, text, words):
    assert words in refusal(text)


# libsvm ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("zero_based", [True, False])
def test_libsvm_rows_are_what_scikit_learn_wrote(read, cells, rng, zero_based):
    X = rng.normal(size=(40, 6)) * (rng.random((40, 6)) < 0.6)
    X[0] = 1
    y = rng.integers(1, 4, 40)
    file = io.BytesIO()
    dump_svmlight_file(X, y, file, zero_based=zero_based, comment="made here")
    table = read(file.getvalue(), "t.txt")
    first = 0 if zero_based else 1
    assert table.names == ("label", *(f"feature {k}" for k in range(first, first + 6)))
    assert cells(table, "label") == y.tolist()
    found = np.stack([column.values for column in table.columns[1:]], axis=1)
    np.testing.assert_allclose(found, X, rtol=1e-6)


def test_libsvm_signs_comments_and_empty_rows_are_understood(read, cells):
    table = read("+1 1:0.5 3:2 # seen\n-1\n+1 2:1e-3\n-1 qid:4 1:7\n")
    assert cells(table, "label") == [1, -1, 1, -1]
    assert cells(table, "feature 1") == [0.5, 0, 0, 7]
    assert cells(table, "feature 2") == [0, 0, 0.001, 0]
    assert cells(table, "feature 3") == [2, 0, 0, 0]


def test_a_libsvm_index_beyond_all_bounds_is_refused(refusal):
    assert "999,999,999" in refusal("1 1:2 999999999:3\n-1 1:3\n")


def test_libsvm_rows_that_would_fill_the_memory_are_refused(refusal, monkeypatch):
    monkeypatch.setattr(layout, "MAX_CELLS", 1000)
    assert "written out" in refusal("1 1:2\n-1 100:3\n" + "1 1:1\n" * 20)


def test_sparse_rows_are_written_out_in_parts(read, cells, monkeypatch):
    text = "".join(f"{k % 2} {k % 50 + 1}:{k + 1}\n" for k in range(500)) + "1 50:1\n"
    whole = read(text)
    monkeypatch.setattr(reader, "MAX_REWRITTEN", 200)
    parts = read(text)
    assert list(parts.lines) == list(range(1, 502))
    assert cells(parts, "feature 7") == cells(whole, "feature 7")


# JSON lines ------------------------------------------------------------------------------------


def test_members_of_json_lines_are_columns(read, cells):
    rows = [
        {"length": 1.5, "kind": 'a, "b"'},
        {"length": None, "kind": "c\nd", "ok": True},
        {"kind": "c\nd", "length": 2, "in": {"side": "left"}},
    ]
    table = read("\n".join(map(json.dumps, rows)) + "\n\n", "t.jsonl")
    assert table.names == ("length", "kind", "ok", "in.side")
    assert cells(table, "length") == [1.5, None, 2]
    assert cells(table, "kind") == ['a, "b"', "c d", "c d"]
    assert cells(table, "ok") == [None, "True", None]
    assert cells(table, "in.side") == [None, None, "left"]


def test_a_line_that_is_no_object_is_left_out_and_named(read):
    table = read('{"a": 1, "b": "x"}\n' * 6 + '[1, 2]\n{"a": 2, "b"\n{"a": 2, "b": "y"}\n')
    assert [line for line, _ in table.ragged] == [7, 8]
    assert list(table.lines) == [1, 2, 3, 4, 5, 6, 9]


def test_too_many_members_are_refused(refusal):
    text = "".join(json.dumps({"a": 1, f"k{k}": k}) + "\n" for k in range(10_001))
    assert "10,000" in refusal(text)


# Whatever comes --------------------------------------------------------------------------------

STARTS = (
    "@relation r\n@attribute a real\n@attribute 'b c' {x,'y z'}\n@data\n",
    "1 1:2 3:4\n",
    '{"a": 1, "b": "x"}\n',
)
parts = st.lists(
    st.sampled_from(
        [*"1:,.\n \t'\"{}%#@[]", "2:5", "a", "@data\n", '{"a":2}\n', "\\ud83d", "é", "99999999999"]
    ),
    max_size=60,
).map("".join)


@quick
@given(st.sampled_from(STARTS), parts, st.sampled_from([64, text_file.BLOCK_BYTES]))
def test_any_scraps_in_a_layout_are_read_or_refused(read_or_refuse, start, text, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_file, "BLOCK_BYTES", size)
        read_or_refuse(start + text)


@quick
@given(st.sampled_from(STARTS), st.binary(max_size=80))
def test_any_bytes_in_a_layout_are_read_or_refused(read_or_refuse, start, content):
    read_or_refuse(start.encode() + content)


@quick
@example([{"": []}, {"": False, "0": False}])
@given(
    st.lists(
        st.dictionaries(
            st.text(max_size=3),
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text(max_size=4)
            | st.lists(st.integers(), max_size=2),
            max_size=3,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_objects_are_read_or_refused(read_or_refuse, rows):
    read_or_refuse("\n".join(map(json.dumps, rows)))
