"""Which settings held when, and what of them can be changed while a model trains."""

from dataclasses import replace

import pytest

from core.config import TrainingConfig
from core.errors import ConfigError
from core.language import spoken
from core.train.history import Mark
from core.train.settings_history import (
    NEVER,
    TUNABLE,
    ActiveSettings,
    SettingsHistory,
    changes_between,
    first_settings,
    mark_words,
    marks_between,
    with_changes,
)
from core.train.trainer import Trainer


def active(rate):
    return ActiveSettings(TrainingConfig(learning_rate=rate), 10, 1.0)


@pytest.fixture
def history():
    history = SettingsHistory(0, active(0.1))
    history.add(5, active(0.5))
    history.add(9, active(0.9))
    return history


def test_the_settings_of_a_step_are_those_of_the_last_change_before_it(history):
    found = [history.at(step).settings.learning_rate for step in (0, 4, 5, 8, 9, 100)]
    assert found == [0.1, 0.1, 0.5, 0.5, 0.9, 0.9]


def test_the_next_change_is_known(history):
    assert [history.after(step) for step in (0, 4, 5, 9)] == [5, 5, 9, NEVER]


def test_of_two_changes_at_a_step_the_newer_holds_and_a_new_beginning_stays_one(history):
    history.add(9, replace(active(0.2), begins_anew=True))
    history.add(9, active(0.3))
    assert history.at(9).settings.learning_rate == 0.3
    assert history.begins_anew(9) and not history.begins_anew(5) and not history.begins_anew(10)


def test_changes_after_a_step_can_be_forgotten(history):
    history.cut(5)
    assert history.at(100).settings.learning_rate == 0.5
    assert history.after(5) == NEVER


def test_what_was_changed_leads_from_one_to_the_other_and_is_marked_where_it_moves_the_weights():
    before = TrainingConfig()
    now = replace(before, learning_rate=0.3, batch_size=None, epochs=7)
    changes = changes_between(before, now)
    assert changes == {"learning_rate": 0.3, "batch_size": None, "epochs": 7}
    assert with_changes(before, **changes) == now
    assert list(marks_between(before, now, 5)) == [
        Mark(5, "η 0.1 → 0.3"),
        Mark(5, "batch 32 → full"),
    ]


@pytest.mark.parametrize(
    "first",
    [{"batch_size": 2_000_000}, {"batch_size": None}, {"learning_rate": 0.12345678, "l1": 1e-9}],
)
def test_the_first_settings_are_read_from_the_marks_to_the_bit(iris, make_task, first):
    before = TrainingConfig(**first)
    now = replace(before, batch_size=8, learning_rate=0.5, l1=0.25)
    curves = Trainer(make_task(iris)).history.curves()
    marked = replace(curves, marks=tuple(marks_between(before, now, 5)))
    assert first_settings(now, marked) == before


@pytest.mark.parametrize("name", sorted(set(vars(TrainingConfig())) - set(TUNABLE)))
def test_what_cannot_change_meanwhile_is_refused_by_name(name):
    with pytest.raises(ConfigError, match=f"{name} cannot change while a model trains"):
        with_changes(TrainingConfig(), **{name: getattr(TrainingConfig(), name)})


def test_a_change_is_told_in_the_language_of_the_window_and_stored_in_english():
    before = TrainingConfig(learning_rate=0.1, batch_size=None)
    after = with_changes(before, learning_rate=0.25, batch_size=32)
    with spoken("de"):
        texts = [mark.text for mark in marks_between(before, after, 7)]
        told = [mark_words(text) for text in texts]
    assert texts == ["η 0.1 → 0.25", "batch full → 32"]
    assert told == ["η 0,1 → 0,25", "Batch voll → 32"]
    assert [mark_words(text) for text in texts] == texts
