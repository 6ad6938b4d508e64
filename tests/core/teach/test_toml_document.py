"""TOML with its lines: each key is found where it stands, and any fault is a sentence."""

from __future__ import annotations

import tomllib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.teach.toml_document import MOST_BYTES, FaultyTextError, parse

TEXT = '''# a comment
title = "with # and = and \\" in it"

[[steps]]
text = """
two lines, [[steps]]
x = 1 """
"quoted key".part = 'literal # \\'

[steps.setup] # behind it
points = { list = [
  [1, 2, "a"],
  # between
  [3, 4, "b"],
], seed = 1 }
a.b.c = 1979-05-27 07:32:00

[[steps]]
[steps.setup]
rate = 1e-3
'''
WHERE = {
    ("title",): 2,
    ("steps",): 4,
    ("steps", 0): 4,
    ("steps", 0, "text"): 5,
    ("steps", 0, "quoted key", "part"): 8,
    ("steps", 0, "setup"): 10,
    ("steps", 0, "setup", "points", "list", 0): 12,
    ("steps", 0, "setup", "points", "list", 1): 14,
    ("steps", 0, "setup", "points", "list", 1, 2): 14,
    ("steps", 0, "setup", "points", "seed"): 15,
    ("steps", 0, "setup", "a", "b", "c"): 16,
    ("steps", 1): 18,
    ("steps", 1, "setup"): 19,
    ("steps", 1, "setup", "rate"): 20,
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_key_is_found_in_its_line(end):
    document = parse(TEXT.replace("\n", end).encode())
    assert {path: document.line(path) for path in WHERE} == WHERE


def test_the_values_are_those_of_the_standard_library():
    assert parse(TEXT.encode()).values == tomllib.loads(TEXT)


def test_what_is_missing_is_in_the_line_of_its_table():
    assert parse(TEXT.encode()).line(("steps", 1, "setup", "kind", 3)) == 19


def test_a_mark_of_the_order_of_bytes_is_no_part_of_the_text():
    assert parse(b"\xef\xbb\xbfa = 1").values == {"a": 1}


def fault_of(data):
    with pytest.raises(FaultyTextError) as caught:
        parse(data)
    (fault,) = caught.value.faults
    assert str(caught.value) == f"Line {fault.line}: {fault.sentence}"
    assert len(fault.sentence) < 200 and fault.sentence.endswith(".")
    return fault


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"a = 1\nb = \nc = 3", 2, "no TOML"),
        (b"a = 1\na = 2", 2, "no TOML"),
        (b"a = 1\n[b", 2, "no TOML"),
        (b'a = """\nb\nc', 1, "no TOML"),
        (b"a = 1\nb = [1,\n2", 3, "no TOML"),
        (b'a = 1\nb = "\\ud800"', 2, "no TOML"),
        (b"a = 1\nb = '\xff'", 2, "UTF-8"),
        (b"a = 1\nb = '\xed\xa0\x80'", 2, "UTF-8"),
        (b"a = 1\nb = " + b"9" * 5000, 2, "60 characters"),
        (b"a = 1\nb = " + b"[" * 10 + b"]" * 10, 2, "levels deep"),
        (b"a = 1\nb = " + b"[" * 100_000, 2, "levels deep"),
        (b"a = 1\nb = " + b"{a=" * 50_000, 2, "levels deep"),
        (b"a = 1\n" + b"a." * 50_000 + b"a = 1", 2, "8 parts"),
        (b"a = 1\n[" + b"a." * 50_000 + b"a]", 2, "8 parts"),
        (b"#" * (MOST_BYTES + 1), 1, "256 KiB"),
        (bytes(range(256)) * 40_000, 1, "256 KiB"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_with_its_line(data, line, words):
    fault = fault_of(data)
    assert fault.line == line
    assert words in fault.sentence


WORDS = "a b.c = [ ] [[ ]] { } , # \" ' \"\"\" ''' \\ \\n 1 1.5 nan true 1979-05-27 \x00 é".split()
PIECES = st.lists(st.sampled_from([*WORDS, "\n"]), max_size=40).map(" ".join)
KEYS = st.text("abc-_é .\"'#", min_size=1, max_size=6)
VALUES = st.recursive(
    st.one_of(st.integers(-9, 9), st.booleans(), st.text(st.characters(codec="utf-8"), max_size=8)),
    lambda each: st.one_of(st.lists(each, max_size=3), st.dictionaries(KEYS, each, max_size=3)),
    max_leaves=8,
)


def read_or_fault(data):
    """Return the document, or the line of the first fault."""
    try:
        return parse(data)
    except FaultyTextError as error:
        return error.faults[0].line


@given(PIECES)
def test_any_text_is_read_as_the_standard_library_reads_it_or_is_a_sentence(text):
    found = read_or_fault(text.encode())
    if isinstance(found, int):
        assert 1 <= found <= text.count("\n") + 1
    else:
        assert repr(found.values) == repr(tomllib.loads(text))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_are_a_sentence(data):
    read_or_fault(data)


def as_toml(value):
    """Write a value in one line, with strings that need no escapes but quotes and backslashes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{as_toml(key)} = {as_toml(each)}' for key, each in value.items())}}}"
        )
    return '"' + "".join(f"\\U{ord(letter):08x}" for letter in value) + '"'


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_keys_that_are_written_in_lines_are_found_there(values):
    pairs = [f"{as_toml(key)} = {as_toml(value)}" for key, value in values.items()]
    text = " # = [\n".join(pairs)
    document = parse(text.encode())
    assert document.values == values
    lines = [document.line((key,)) for key in values]
    assert all(b - a == 1 for a, b in pairwise(lines))
