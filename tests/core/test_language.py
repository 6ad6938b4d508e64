"""Texts in a language: found, filled in, in the right form; numbers with the language's marks."""

from __future__ import annotations

import re
import threading

import pytest

from core import language
from core.language import said_alike, spoken, tr, tr_n
from core.number_format import format_fixed, format_integer, format_percent, listed
from core.teach.practice.numbers import vector


def forms(words):
    return [words] if isinstance(words, str) else words


@pytest.fixture
def german(monkeypatch):
    texts = {
        "Train {n} of {name}": "{name}: {n} lernen",
        "Train [button]": "Start",
        "{n} rows": ["{n} Zeile", "{n} Zeilen"],
    }
    monkeypatch.setattr(language, "catalogue", lambda code: texts if code == "de" else {})
    with spoken("de"):
        yield


@pytest.mark.usefixtures("german")
def test_values_go_where_the_language_wants_them():
    assert tr("Train {n} of {name}", n=3, name="Iris") == "Iris: 3 lernen"


@pytest.mark.usefixtures("german")
def test_what_no_catalogue_has_stays_english():
    assert tr("Sets {1, 2} and {name}") == "Sets {1, 2} and {name}"


@pytest.mark.usefixtures("german")
def test_a_word_in_another_sense_is_another_text():
    assert (tr("Train", "button"), tr("Train")) == ("Start", "Train")


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 Zeile"), (0, "0 Zeilen"), (1200, "1.200 Zeilen")]
)
def test_a_number_decides_the_form(number, said):
    assert tr_n("{n} row", "{n} rows", number) == said


@pytest.mark.usefixtures("german")
def test_numbers_have_the_marks_of_the_language():
    assert format_fixed(-0.25, 2) == "−0,25"
    assert format_integer(12_000) == "12.000"
    assert format_percent(0.9375) == "93,8\xa0%"


@pytest.mark.parametrize("code", [code for code in language.LANGUAGES if code != "en"])
def test_no_translation_lets_a_line_end_between_a_number_and_its_unit(code):
    said = (form for words in language.catalogue(code).values() for form in forms(words))
    apart = re.compile(r"[\d}] (?:[%‰]|(?:[kMG]i?B|ms|s|min|cm)\b)")
    plain = (part for text in said for part in text.split("$")[::2])  # formulae do not wrap
    assert [text for text in plain if apart.search(text)] == []
    assert any(
        "80\xa0%" in form for words in language.catalogue(code).values() for form in forms(words)
    )


@pytest.mark.usefixtures("german")
def test_numbers_of_a_list_are_not_parted_by_their_decimal_mark():
    assert listed(format_fixed(value, 1) for value in (0.5, -2)) == "0,5; −2,0"
    assert vector((0.5, -2)) == "(0,5; −2)"
    with spoken("en"):
        assert vector((0.5, -2)) == "(0.5, −2)"


def test_sentences_are_parted_by_a_space_but_not_in_chinese():
    assert language.in_a_row("Done.", "", "Go on.") == "Done. Go on."
    with spoken("zh_CN"):
        assert language.in_a_row("已完成。", "继续。") == "已完成。继续。"


@pytest.mark.usefixtures("german")
def test_another_thread_speaks_as_before():
    said = []
    thread = threading.Thread(target=lambda: said.append(format_fixed(0.5, 1)))
    thread.start()
    thread.join()
    assert said == ["0.5"]


def test_english_is_spoken_again_afterwards():
    with spoken("de"):
        pass
    assert format_fixed(0.5, 1) == "0.5"


def test_the_pseudo_language_leaves_values_and_formulae_alone():
    with spoken("pseudo"):
        said = tr("Move {name} along $a$", name="one")
    assert said.startswith("[")
    assert "one" in said
    assert "$a$" in said
    assert "Move" not in said


def test_a_button_and_a_term_of_one_english_word_are_two_words():
    with spoken("de"):
        assert (tr("Start"), tr("Start", "button")) == ("Start", "Starten")
        assert (tr("Replay"), tr("Replay", "of a run")) == ("Abspielen", "Wiederholen")
    with spoken("zh_CN"):
        assert tr("Start") != tr("Start", "button")
        assert tr("points") != tr("points", "number of")


def test_english_texts_are_alike_where_a_language_says_them_in_the_same_words():
    assert said_alike("Update", "update")
    assert not said_alike("update", "loss")
    assert not said_alike("no text of the program", "no text of the program")
