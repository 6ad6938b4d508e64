"""Lessons and pages of the glossary in other languages: all of them, with their numbers."""

from __future__ import annotations

import re

import pytest

from core.language import ENGLISH, LANGUAGES, parts, spoken
from core.teach import glossary, lessons
from core.teach.question import Question

CODES = tuple(code for code in LANGUAGES if code != ENGLISH.code)
FORMULA = re.compile(r"\$[^$]*\$")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def of_lessons():
    for lesson in lessons.bundled():
        yield from (lesson.title, lesson.group)
        for step in lesson.steps:
            yield from (step.text, step.reveal)
            if step.question is not None:
                yield from (step.question.right, step.question.wrong)
            if isinstance(step.question, Question):
                yield from step.question.choices


def of_glossary():
    for entry in glossary.entries():
        yield from (entry.group, entry.title, entry.text)


TEXTS = {"lessons.json": of_lessons, "glossary.json": of_glossary}


def part(code, file):
    return dict(parts(code))[file]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("file", TEXTS)
def test_every_text_is_translated_and_none_beside(file, code):
    assert part(code, file).keys() == {text for text in TEXTS[file]() if text}
    assert "" not in part(code, file).values()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("file", TEXTS)
def test_formulae_and_numbers_are_those_of_the_text(file, code):
    for text, words in part(code, file).items():
        said = words
        if LANGUAGES[code].decimal == ",":
            said = re.sub(r"(?<=\d)(?:,|\{,\})(?=\d)", ".", words)
        assert sorted(FORMULA.findall(said)) == sorted(FORMULA.findall(text)), text
        assert sorted(NUMBER.findall(said)) == sorted(NUMBER.findall(text)), text


def test_a_lesson_is_read_in_the_language():
    with spoken("de"):
        lesson = lessons.lesson_of("toy")
        assert lesson.title == "Übungsdaten, ein Neuron"
        assert lesson.first.text.startswith("Der Verlust beginnt bei")
    assert lessons.lesson_of("toy").title == "Toy data, one neuron"


def test_a_page_is_found_by_what_the_window_calls_it():
    with spoken("de"):
        found = glossary.named("Verborgene Schicht:")
        assert found is not None
        assert found.title == "Hidden layer"
        assert glossary.within("eine verborgene Schicht mehr") is found
        assert found in glossary.matching("verborgene")
    assert glossary.named("Verborgene Schicht") is None
