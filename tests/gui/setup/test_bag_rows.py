"""The settings of a bag of words: what is chosen there are the features."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox

from core.config import BagOptions, DataConfig, RunConfig
from gui.control.next_config import with_changes

GENRES = RunConfig(data=DataConfig("genres"))


@pytest.fixture
def window(open_window):
    return open_window(GENRES)


def words_of(window) -> tuple[str, ...]:
    words: tuple[str, ...] = window.controller.run.task.dataset.vocabulary.words
    return words


def test_they_are_offered_for_documents_only_and_scaling_is_not(window, new_run):
    card = window.setup.data
    every = [*card.bag.fields.values(), card.bag.words]
    assert all(widget.isVisible() for widget in every)
    assert not card.standardise.isVisible() and not card.feature_map.isVisible()
    with new_run(window):
        window.data_choice.choose("iris")
    assert not any(widget.isVisible() for widget in every)
    assert card.standardise.isVisible() and card.feature_map.isVisible()


HOLDS = {
    "stop_words": lambda words: "the" not in words,
    "bigrams": lambda words: "of the" in words,
    "keep_case": lambda words: "The" in words,
    "min_documents": lambda words: "cricket" in words,
    "max_words": lambda words: len(words) == 2_000,
}


def test_a_key_changes_which_words_are_features_and_undo_takes_it_back(qtbot, window, new_run):
    rows, before = window.setup.data.bag, words_of(window)
    for name, has in HOLDS.items():
        field, dot = rows.fields[name], rows.dots[name]
        assert not has(before) and not dot.isVisible(), name
        with new_run(window):
            field.setFocus()
            qtbot.keyClick(field, Qt.Key.Key_Down)
        assert has(words_of(window)) and dot.isVisible(), name
        assert rows.words.text().startswith(f"{len(words_of(window)):,} words")
        assert name in window.knobs.changed
        with new_run(window):
            window.controller.undo_stack.undo()
        assert words_of(window) == before and not dot.isVisible(), name


def test_weights_of_words_by_their_rarity_are_one_key_away(qtbot, window, new_run):
    field = window.setup.data.bag.fields["weighting"]
    with new_run(window):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_End)
    bag = window.controller.run.task.dataset.bag
    assert field.currentText() == "tf–idf"
    assert (bag**2).sum(axis=1) == pytest.approx(1)
    assert window.controller.undo_stack.undoText() == "change of weighting"
    assert window.setup.data.bag.dots["weighting"].toolTip() == "Default: counts"


def test_numbers_of_documents_and_words_can_be_typed(enter, window, new_run):
    field = window.setup.data.bag.fields["max_words"]
    assert isinstance(field, QAbstractSpinBox)
    with new_run(window):
        enter(field, "300")
    assert len(words_of(window)) == 300


def test_of_two_changes_of_the_bag_in_a_row_neither_is_lost():
    old, new = DataConfig("genres"), DataConfig("genres", bag=BagOptions(bigrams=True))
    coming = DataConfig("genres", split_seed=5, bag=BagOptions(weighting="tfidf"))
    assert with_changes(old, new, coming) == DataConfig(
        "genres", split_seed=5, bag=BagOptions(weighting="tfidf", bigrams=True)
    )
