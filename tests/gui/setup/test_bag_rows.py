"""The settings of a bag of words: what is chosen there are the features."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox

from core.config import BagOptions, DataConfig, RunConfig
from core.data.defaults import changed_settings
from gui.control.next_config import with_changes

GENRES = RunConfig(data=DataConfig("genres"))


@pytest.fixture
def panel(open_panel):
    return open_panel(GENRES)


def words_of(panel) -> tuple[str, ...]:
    words: tuple[str, ...] = panel.controller.run.task.dataset.vocabulary.words
    return words


def test_they_are_offered_for_documents_only_and_scaling_is_not(panel, new_run):
    card = panel.setup.data
    every = [*card.bag.fields.values(), card.bag.words]
    assert all(widget.isVisible() for widget in every)
    assert not card.standardise.isVisible() and not card.feature_map.isVisible()
    with new_run(panel):
        panel.loader.load(RunConfig())
    assert not any(widget.isVisible() for widget in every)
    assert card.standardise.isVisible() and card.feature_map.isVisible()


HOLDS = {
    "stop_words": lambda words: "the" not in words,
    "bigrams": lambda words: "of the" in words,
    "keep_case": lambda words: "The" in words,
    "min_documents": lambda words: "cricket" in words,
    "max_words": lambda words: len(words) == 2_000,
}


def test_a_key_changes_which_words_are_features_and_undo_takes_it_back(qtbot, panel, new_run):
    rows, before = panel.setup.data.bag, words_of(panel)
    for name, has in HOLDS.items():
        field, dot = rows.fields[name], rows.dots[name]
        assert not has(before) and not dot.isVisible(), name
        with new_run(panel):
            field.setFocus()
            qtbot.keyClick(field, Qt.Key.Key_Down)
        task = panel.controller.run.task
        assert has(words_of(panel)) and dot.isVisible(), name
        assert rows.words.text().startswith(f"{len(words_of(panel)):,} words")
        assert name in changed_settings(task, task.config.training)
        with new_run(panel):
            panel.controller.undo_stack.undo()
        assert words_of(panel) == before and not dot.isVisible(), name


def test_weights_of_words_by_their_rarity_are_one_key_away(qtbot, panel, new_run):
    field = panel.setup.data.bag.fields["weighting"]
    with new_run(panel):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_End)
    bag = panel.controller.run.task.dataset.bag
    assert field.currentText() == "tf–idf"
    assert (bag**2).sum(axis=1) == pytest.approx(1)
    assert panel.controller.undo_stack.undoText() == "change of weighting"
    assert panel.setup.data.bag.dots["weighting"].toolTip() == "Default: counts"


def test_numbers_of_documents_and_words_can_be_typed(enter, panel, new_run):
    field = panel.setup.data.bag.fields["max_words"]
    assert isinstance(field, QAbstractSpinBox)
    with new_run(panel):
        enter(field, "300")
    assert len(words_of(panel)) == 300


def test_of_two_changes_of_the_bag_in_a_row_neither_is_lost():
    old, new = DataConfig("genres"), DataConfig("genres", bag=BagOptions(bigrams=True))
    coming = DataConfig("genres", split_seed=5, bag=BagOptions(weighting="tfidf"))
    assert with_changes(old, new, coming) == DataConfig(
        "genres", split_seed=5, bag=BagOptions(weighting="tfidf", bigrams=True)
    )
