"""The catalogues of all languages: whole, without what is no longer asked for, values in place."""

from __future__ import annotations

import re
from collections import Counter
from string import Formatter

import pytest

from core.language import ENGLISH, LANGUAGES, Texts, parts
from tests.texts_in_code import keys, known, modules, untranslated

CODES = tuple(code for code in LANGUAGES if code != ENGLISH.code)
OF_FILES = ("lessons.json", "glossary.json")  # their keys stand in assets
MENU = re.compile(r"&(?=\w)")


def catalogue(code, *, with_files=False):
    found: Texts = {}
    for name, part in parts(code):
        if with_files or name not in OF_FILES:
            found |= part
    return found


@pytest.fixture(scope="module")
def in_code():
    """All keys that the code asks for, and what reads like words there and is not translated."""
    asked, left = set[str](), set[str]()
    for name, tree in modules():  # each is parsed once
        asked.update(keys(tree))
        left.update(f"{name} {text!r}" for _, text in untranslated(tree))
    return asked, left


@pytest.fixture
def asked(in_code):
    return in_code[0]


def test_what_a_user_reads_is_translated_or_known_as_a_key_and_no_key_is_listed_that_has_gone(
    in_code,
):
    left = in_code[1]
    assert sorted(left - known()) == []
    assert sorted(known() - left) == []


@pytest.mark.parametrize("code", CODES)
def test_every_text_has_a_translation(code, asked):
    assert sorted(asked - catalogue(code).keys() - {""}) == []


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_translated_that_nobody_asks_for(code, asked):
    assert sorted(catalogue(code).keys() - asked) == []


@pytest.mark.parametrize("code", CODES)
def test_two_parts_say_the_same_of_one_text(code):
    said: Texts = {}
    for _, part in parts(code):
        for text, words in part.items():
            assert said.setdefault(text, words) == words


@pytest.mark.parametrize("code", CODES)
def test_values_formulae_and_spaces_are_those_of_the_text(code):
    forms = (
        (text, form)
        for text, words in catalogue(code).items()
        for form in ([words] if isinstance(words, str) else words)
    )
    assert [pair for pair in forms if kept(pair[0]) != kept(pair[1])] == []


@pytest.mark.parametrize("code", CODES)
def test_a_plural_has_the_forms_of_its_language(code):
    language = LANGUAGES[code]
    forms = {language.form(n) for n in range(200)}
    counts = {len(words) for words in catalogue(code).values() if isinstance(words, list)}
    assert counts <= {len(forms)}


def kept(text):
    """Return what a translation takes over as it is."""
    text = re.sub(r" \[[^\[\]]*\]$", "", text) if text.count("[") == 1 else text
    fields = Counter(field for _, field, _, _ in fields_of(text) if field is not None)
    ends = text[:1].isspace(), text[-1:].isspace(), text.endswith("…")
    return fields, ends, bool(MENU.search(text)), text.count("\n")


def fields_of(text):
    if text.startswith("$"):  # a formula with words: its braces are those of LaTeX
        return []
    try:
        return list(Formatter().parse(text))
    except ValueError:  # braces that stand for themselves
        return []
