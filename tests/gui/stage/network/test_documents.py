"""A document as the network sees it: its words in a list, and what each adds."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.data.text.words import words_of
from gui.kit import theme as look
from gui.stage.network.view import NetworkView
from gui.state.selected_example import Chosen, Example


@pytest.fixture
def view(show_view, trained):
    """The network of a model of the genres after some steps, which follows their 20th document."""
    source = sources.load(DataConfig("genres"))
    task = prepare(source, RunConfig(data=DataConfig("genres")))
    chosen = Chosen()
    chosen.receive_task(task)
    chosen.choose_row(20)
    view = NetworkView(look.LIGHT, chosen)
    show_view(view, 640, 560)
    view.receive_task(task)
    view.receive_snapshot(trained(task, 30))
    QApplication.processEvents()
    return view


def test_its_words_are_listed_and_all_of_them_counted(view):
    vocabulary = view.task.dataset.vocabulary
    there = {w for w in words_of(view.chosen.example.text) if w in vocabulary.index}
    listed = view.bundles.word_list.texts
    assert 10 < len(listed) <= len(there) and set(listed) <= there
    assert view.bundles.block_words.text() == f"{len(there):,} of {view.task.m:,} words"


def test_a_word_under_the_pointer_tells_what_it_adds_to_each_class(view, move):
    sketch, task = view.bundles, view.task
    rect = sketch.word_list.rect
    move(sketch, QPoint(round(rect.left() + 20), round(rect.top() + 8)))
    word = sketch.word_list.texts[0]
    j = task.dataset.vocabulary.index[word]
    x = Counter(words_of(view.chosen.example.text))[word]
    said = sketch.words()
    assert said.startswith(f"{word}: x = {x}; adds ")
    added = [float(n.replace("−", "-")) for n in re.findall(r"([+−]\d+\.\d+) to", said)]
    np.testing.assert_allclose(added, view.snapshot.params.W[:, j] * x, atol=6e-4)
    assert all(f" to {name}" in said for name in task.dataset.class_names)


def test_a_text_without_a_known_word_has_an_empty_list_and_the_biases_as_logits(view):
    view.chosen.choose(Example(view.task, np.zeros(view.task.m), None, None, "the text", "zzz"))
    assert view.bundles.word_list.texts == []
    logits = [float(node.text.replace("−", "-")) for node in view.bundles.logits]
    np.testing.assert_allclose(logits, view.snapshot.params.b, atol=6e-3)
