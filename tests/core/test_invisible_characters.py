"""Names without unseen characters, and still told apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.invisible_characters import visible, visible_names

UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def unseen(text: str) -> list[str]:
    return [c for c in text if unicodedata.category(c) in UNSEEN]


@given(st.text(st.characters()))
def test_what_is_made_visible_has_nothing_unseen_and_stays_so(text):
    seen = visible(text)
    assert unseen(seen) == []
    assert visible(seen) == seen
    assert all(c in seen for c in text if unicodedata.category(c) not in UNSEEN)


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\n", "\u200b", "\u200f", "\u202e", "\ud800"]
)
def test_an_unseen_character_is_named_by_its_number(character):
    assert visible(f"a{character}b") == f"a‹U+{ord(character):04X}›b"


@pytest.mark.parametrize("text", ["ä & <b>", "naïve 名前", "a\u00a0b", "x₁²", ""])
def test_other_text_stays_as_it_is(text):
    assert visible(text) == text


@given(st.lists(st.text(st.sampled_from("ab\u200b\x07‹›U+07 "), max_size=4), unique=True))
def test_names_that_differ_still_do(names):
    seen = visible_names(names)
    assert len(seen) == len(names) == len(set(seen))
    for name, shown in zip(names, seen, strict=True):
        assert shown == name if visible(name) == name else shown.startswith(visible(name))


def test_a_table_with_such_names_is_read_and_its_columns_are_found(tmp_path):
    path = tmp_path / "turned.csv"
    rows = [f"{x},{x * x % 7},{name}" for x, name in enumerate(("a\u202e", "b", "a", "b") * 3)]
    path.write_text("\n".join(("x\u200b,y,label", *rows)) + "\n", "utf-8")
    data = DataConfig(source="csv", path=str(path), features=("x\u200b", "y"))
    task = prepare(sources.load(data), RunConfig(data=data))
    assert task.dataset.feature_names == ("x‹U+200B›", "y")
    assert task.dataset.class_names == ("a", "a‹U+202E›", "b")
