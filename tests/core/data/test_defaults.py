"""Settings that nobody has chosen are the defaults, those that somebody has are not."""

from dataclasses import fields, replace

import pytest

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.defaults import OF_ROWS, changed_settings, default_config
from core.data.task import prepare


def task_of(config: RunConfig):
    return prepare(sources.load(config.data), config)


@pytest.mark.parametrize("source", ["iris", "digits"])
@pytest.mark.parametrize("kind", ["softmax", "binary"])
def test_a_run_that_nobody_has_set_up_has_changed_nothing(source, kind):
    config = RunConfig(data=DataConfig(source=source), model=ModelConfig(kind=kind))
    assert changed_settings(task_of(config), config.training) == {}


@pytest.mark.parametrize(
    ("part", "name", "value", "default"),
    [
        ("data", "split_seed", 7, 123),
        ("data", "features", ("all",), ("petal length", "petal width")),
        ("data", "test_fraction", 0.5, 0.2),
        ("data", "standardise", False, True),
        ("model", "hidden", 8, 0),
        ("training", "learning_rate", 0.5, 0.1),
        ("training", "batch_size", None, 32),
    ],
)
def test_a_setting_that_was_chosen_is_named_with_its_default(part, name, value, default):
    config = RunConfig()
    config = replace(config, **{part: replace(getattr(config, part), **{name: value})})
    assert changed_settings(task_of(config), config.training) == {name: default}


def test_the_defaults_lead_back_to_a_run_without_changes():
    config = RunConfig(
        data=DataConfig(features=("all",), degree=2),
        model=ModelConfig(kind="binary"),
        training=TrainingConfig(optimiser="adam", l1=0.1),
    )
    back = default_config(task_of(config))
    assert back.model.kind == "binary"
    assert changed_settings(task_of(back), back.training) == {}


WORK_ON_ROWS = {  # settings that `prepare` applies to rows which are there already
    *("features", "test_fraction", "split_seed", "validation_fraction", "standardise", "std"),
    *("degree", "sine", "deskew", "copies", "pens", "missing", "bag"),
}


def test_each_setting_of_the_data_decides_which_rows_there_are_or_works_on_them():
    """One that were forgotten would change without the rows being read again."""
    names = {each.name for each in fields(DataConfig)}
    assert names == set(OF_ROWS) | WORK_ON_ROWS and not set(OF_ROWS) & WORK_ON_ROWS
