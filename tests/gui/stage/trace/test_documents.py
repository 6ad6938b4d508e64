"""One document through one update: its text, the words that are there, and their numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from core.config import BagOptions, DataConfig, RunConfig
from core.data.text.words import words_of
from gui.derivation.shape import PRODUCTS, WORDS
from gui.kit.maths.notation import to_text
from gui.state.selected_example import Example
from tests.gui.alone import opened

PATIENCE_MS = 30_000


@pytest.fixture
def traced(qtbot):
    """Return a function that shows Trace on a document of the genres, and returns what it shows."""
    opening = opened(qtbot)
    open_alone = next(opening)

    def traced(bag=None, example=None):
        alone: Any = open_alone()
        alone.start(RunConfig(data=DataConfig("genres", bag=bag or BagOptions())))
        alone.walk(1)
        alone.show("Trace", 800, 640)
        task, context = alone.controller.run.task, alone.context
        context.chosen.choose(example(task) if example else Example.of_row(task, 20))

        def is_there() -> bool:
            newest = context.tracer.newest
            is_new = newest is not None and newest.example is context.chosen.example
            return is_new and newest.is_whole and newest.trace.step == 1

        qtbot.waitUntil(is_there, timeout=PATIENCE_MS)
        return alone, context.tracer.newest

    yield traced
    next(opening, None)


def said(followed, place):
    return to_text(followed.lines[place].node, lambda key: str(followed.values[key]))


def test_the_first_line_is_the_text_and_each_of_its_words_with_its_number(traced):
    alone, followed = traced()
    task = followed.task
    text = task.dataset.documents.texts[20]
    counts = Counter(w for w in words_of(text) if w in task.dataset.vocabulary.index)
    line = said(followed, 0)
    assert line.startswith(f"“{text[:40]}")
    found = line.partition("f(x) = ")[2]
    assert all(f"{word} {n} " in found for word, n in list(counts.items())[:WORDS])
    assert found.endswith(f"of {task.m:,} words; all others are 0")
    assert alone.views["Trace"].sheet.numbers.text().count(text[:12]) == 1


def test_words_that_are_rare_come_first_and_are_those_of_the_matrices(traced):
    _, followed = traced()
    vocabulary, x = followed.task.dataset.vocabulary, followed.trace.x
    size = x * vocabulary.idf
    first = followed.shape.document.words[0].rpartition(" ")[0]
    assert size[vocabulary.index[first]] == size.max()
    assert set(followed.shape.features) <= set(np.flatnonzero(x))
    assert size[list(followed.shape.features)].min() >= np.sort(size)[-PRODUCTS]


def test_a_text_without_a_known_word_has_no_words_and_the_logits_of_the_biases(traced):
    def unknown(task):
        return Example(task, np.zeros(task.m), None, None, "the text", "zzz <b>qqq</b>")

    _, followed = traced(example=unknown)
    assert followed.shape.document.total == 0 and followed.shape.features == ()
    assert said(followed, 0).startswith("“zzz <b>qqq</b>”")
    np.testing.assert_array_equal(followed.trace.z, followed.trace.layer.b)


def test_shares_of_words_are_shown_with_three_digits(traced):
    _, followed = traced(BagOptions("tfidf"))
    word, _, number = followed.shape.document.words[0].rpartition(" ")
    j = followed.task.dataset.vocabulary.index[word]
    assert float(number) == pytest.approx(followed.trace.x[j], abs=6e-4) and 0 < float(number) < 1
