"""The card of training alone: what it shows of settings and rows, what it says is wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from gui.setup import training_settings
from gui.setup.training_card import TrainingCard
from gui.setup.wishes import Wishes


@pytest.fixture
def wishes():
    return Wishes()


@pytest.fixture
def card(qtbot, dressed, wishes):
    made = TrainingCard(wishes)
    qtbot.addWidget(made)
    made.show_task(task())
    made.show_settings(TrainingConfig())
    return made


def task(test_fraction: float = 0.2):
    config = RunConfig(DataConfig(test_fraction=test_fraction))
    return prepare(sources.load(config.data), config)


def test_showing_settings_asks_for_nothing(qtbot, wishes, card):
    shown = TrainingConfig(
        learning_rate=0.5, batch_size=7, l1=0.1, seed=5, optimiser="momentum", momentum=0.7
    )
    with qtbot.assertNotEmitted(wishes.tuned), qtbot.assertNotEmitted(wishes.run_changed):
        card.show_settings(shown)
    assert card.learning_rate.value() == 0.5
    assert (card.batch_size.value(), card.seed.value()) == (7, 5)
    assert (card.optimiser.value(), card.momentum.value()) == ("momentum", 0.7)


def test_a_live_setting_is_tuned_and_another_one_begins_a_run(qtbot, wishes, card):
    with qtbot.waitSignal(wishes.tuned) as tuned:
        card.weight_decay.setValue(0.01)
    assert tuned.args == ["weight_decay", 0.01]
    with qtbot.waitSignal(wishes.run_changed) as changed:
        card.seed.setValue(7)
    assert changed.args == [replace(TrainingConfig(), seed=7), "change of seed"]


def test_a_field_in_another_place_asks_likewise(qtbot, wishes, card):
    field = training_settings.LEARNING_RATE.make()
    qtbot.addWidget(field)
    field.chosen.connect(lambda rate: wishes.change_training(training_settings.LEARNING_RATE, rate))
    with qtbot.waitSignal(wishes.tuned) as tuned:
        field.setValue(0.25)
    assert tuned.args == ["learning_rate", 0.25]


def test_an_optimiser_of_second_order_begins_at_its_full_step(qtbot, wishes, card):
    setting = training_settings.OPTIMISER
    for name, rate in (("newton", 1.0), ("adam", 0.1)):
        with qtbot.waitSignal(wishes.run_changed) as changed:
            wishes.change_training(setting, name)
        assert (changed.args[0].optimiser, changed.args[0].learning_rate) == (name, rate)


def test_a_full_batch_stays_full_where_there_are_more_rows(card):
    card.show_settings(TrainingConfig(batch_size=None))
    card.show_task(task(test_fraction=0.1))
    assert card.batch_size.text() == "full"
    assert card.batch_size.value() == len(task(test_fraction=0.1).train_rows) == 135


def test_a_batch_of_more_than_all_rows_is_full_and_comes_back_with_them(card):
    card.show_settings(TrainingConfig(batch_size=64))
    card.show_task(task(test_fraction=0.8))
    assert card.batch_size.text() == "full"
    card.show_task(task())
    assert card.batch_size.text() == "64"
