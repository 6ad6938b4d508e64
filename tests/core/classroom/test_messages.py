"""What a phone sends is a value of bounded size, or refused in words."""

import json
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classroom.messages import (
    LONGEST,
    MOST_BYTES,
    MOST_LETTERS,
    MOST_POINTS,
    Choice,
    Drawing,
    Hello,
    Number,
    Place,
    Spot,
    read,
)
from core.errors import DataError
from core.invisible_characters import UNSEEN
from tests.core.hands import written

KEY = "a1b2c3d4e5f6"


NO_NUMBERS: tuple[object, ...] = (
    *(None, 1, [], "", "x", "0" * 41),
    *("nan", "inf", "-1e999", "1e10"),
)


def said(**message):
    return read(json.dumps(message), classes=3, answers=2)


def test_a_drawing_a_place_a_choice_and_a_greeting():
    assert said(kind="digit", strokes=[[[0, 0.5], [1, 1]]], label=2) == Drawing(
        (((0.0, 0.5), (1.0, 1.0)),), 2
    )
    assert said(kind="point", x=0, y=1, label=0) == Place(0.0, 1.0, 0)
    assert said(kind="answer", answer=1) == Choice(1)
    assert said(kind="number", value=" 0,693 ") == Number(0.693)
    assert said(kind="number", value="86.67 %") == Number(86.67 / 100)
    assert said(kind="spot", x=0.25, y=1) == Spot(0.25, 1.0)
    assert said(kind="hello", phone=KEY, name=" Ada \n L ") == Hello(KEY, "Ada L")


@pytest.mark.parametrize(
    "message",
    [
        {},
        *({"kind": "number", "value": value} for value in NO_NUMBERS),
        {"kind": "digit"},
        {"kind": "digit", "strokes": [], "label": 0},
        {"kind": "digit", "strokes": [[]], "label": 0},
        {"kind": "digit", "strokes": [[[1, 2, 3]]], "label": 0},
        {"kind": "digit", "strokes": [[["1", "2"]]], "label": 0},
        {"kind": "digit", "strokes": [[[1e300, 0]]], "label": 0},
        {"kind": "digit", "strokes": [[[0, 0]]], "label": 3},
        {"kind": "digit", "strokes": [[[0, 0]]], "label": True},
        {"kind": "digit", "strokes": [[[0, 0]]] * 41, "label": 0},
        {"kind": "digit", "strokes": [[[0, 0]] * (MOST_POINTS + 1)], "label": 0},
        {"kind": "point", "x": 1.5, "y": 0, "label": 0},
        {"kind": "point", "x": None, "y": 0, "label": 0},
        {"kind": "answer", "answer": 2},
        {"kind": "answer", "answer": -1},
        {"kind": "point", "x": 10**400, "y": 0, "label": 0},
        {"kind": "spot"},
        {"kind": "spot", "x": "0.5", "y": 0.5},
        {"kind": "spot", "x": 1.001, "y": 0.5},
        {"kind": "spot", "x": 0.5, "y": -1e-9},
        {"kind": "hello", "phone": "../x", "name": ""},
        {"kind": "hello", "phone": "", "name": ""},
        {"kind": "run", "code": "1"},
    ],
)
def test_what_is_none_of_them_is_refused(message):
    with pytest.raises(DataError):
        said(**message)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "null", "1", "{", '{"kind": NaN}', '{"kind": "spot", "x": 1e999, "y": 0}'),
        *("[" * 20_000, " " * (MOST_BYTES + 1), "\x00", "1" * 20_000),
    ],
)
def test_what_is_no_object_is_refused(text):
    with pytest.raises(DataError):
        read(text, 3, 2)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
fields = st.sampled_from(["kind", "strokes", "label", "x", "y", "answer", "phone", "name", "value"])
kinds = st.sampled_from(["digit", "point", "answer", "number", "spot", "hello"])


@given(st.dictionaries(fields, json_values), kinds)
def test_any_object_is_read_or_refused(message, kind):
    try:
        found = read(json.dumps(message | {"kind": kind}), 3, 2)
    except DataError:
        return
    assert isinstance(found, Drawing | Place | Choice | Number | Spot | Hello)


@given(
    st.lists(
        st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(list), min_size=1, max_size=MOST_POINTS
    )
)
def test_the_way_of_the_pen_is_bounded_by_the_size_of_the_drawing(places):
    """What is cut into pieces of a pixel costs time by the length of its curve."""
    points = np.array(places)
    way = np.hypot(*np.diff(points, axis=0).T).sum()
    longer = np.ptp(points, axis=0).max()
    if way <= 0.999 * LONGEST * longer:
        assert isinstance(said(kind="digit", strokes=[places], label=0), Drawing)
    elif way > 1.001 * LONGEST * longer:
        with pytest.raises(DataError, match="too long"):
            said(kind="digit", strokes=[places], label=0)


def test_a_scribble_to_and_fro_is_refused_and_every_digit_is_taken():
    scribble = [[k % 2, k / 100] for k in range(100)]
    with pytest.raises(DataError, match="too long"):
        said(kind="digit", strokes=[scribble], label=0)
    for digit in range(10):
        sent = [np.asarray(stroke).tolist() for stroke in written(digit)]
        assert isinstance(said(kind="digit", strokes=sent, label=0), Drawing)


@given(st.text())
def test_a_name_is_one_short_line_of_what_can_be_seen(name):
    found = said(kind="hello", phone=KEY, name=name)
    assert isinstance(found, Hello)
    assert len(found.name) <= MOST_LETTERS
    assert not {unicodedata.category(letter) for letter in found.name} & set(UNSEEN)


def test_a_name_has_no_tower_of_marks():
    found = said(kind="hello", phone=KEY, name="Z" + "\u0301\u0302\u0303\u0304" * 3)
    assert isinstance(found, Hello) and len(found.name) <= 3
