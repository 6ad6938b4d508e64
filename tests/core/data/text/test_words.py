"""What a word is, in any script, and where it stands in its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.text.words import MAX_LETTERS, STOP_WORDS, spans_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop; it’s 3.5 km!", ["don't", "stop", "it's", "3", "5", "km"]),
        ("“Quoted,” 'she' said", ["quoted", "she", "said"]),
        ("snake_case and <b>tags</b>", ["snake", "case", "and", "b", "tags", "b"]),
        ("我爱你 means love", ["我", "爱", "你", "means", "love"]),
        ("good👍🏽ok", ["good", "👍", "🏽", "ok"]),
        ("naïve e\u0301te\u0301 ΣΟΦΟΣ мир", ["naïve", "e\u0301te\u0301", "σοφος", "мир"]),
        ("שָׁלוֹם हिन्दी", ["שָׁלוֹם", "हिन्दी"]),
        ("a\x00b\ud800c", ["a", "b", "c"]),
        ("", []),
        (" … !?", []),
    ],
)
def test_words_of_any_script(text, words):
    assert words_of(text) == words


def test_case_is_kept_on_request():
    assert words_of("Mars mars", keep_case=True) == ["Mars", "mars"]


def test_a_run_without_an_end_is_cut():
    assert [len(word) for word in words_of("x" * 150)] == [MAX_LETTERS, MAX_LETTERS, 30]


@given(st.text())
def test_each_word_stands_where_it_is_said_to(text):
    found = [text[start:end].replace("’", "'") for start, end in spans_of(text)]
    assert found == words_of(text, keep_case=True)


def test_stop_words_are_words():
    assert all(words_of(word) == [word] for word in STOP_WORDS)
