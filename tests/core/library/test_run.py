"""A run of the library is that of the command line."""

import doctest
import json

import logitlab as ll
import numpy as np
import pytest

import core.library.data
import core.library.prediction
import core.library.run
from core.cli import train as cli
from core.errors import ConfigError, DataError


@pytest.mark.parametrize(
    "module", [core.library.data, core.library.prediction, core.library.run, ll], ids=str
)
def test_the_examples_of_its_documentation_are_true(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("words", "data", "settings"),
    [
        ("iris --epochs 4 --seed 7 --features all", "iris", {"seed": 7, "features": ["all"]}),
        (
            "digits --epochs 4 --hidden 8 --optimiser adam --batch-size full",
            "digits",
            {"hidden": 8, "optimiser": "adam", "batch_size": "full"},
        ),
        ("genres --epochs 4 --bigrams", "genres", {"bigrams": True}),
    ],
    ids=["iris", "digits", "genres"],
)
def test_the_same_settings_give_the_weights_of_the_command_line(words, data, settings, tmp_path):
    path = tmp_path / "run.json"
    assert cli.main([*words.split(), "--json", str(path)]) == 0
    told = json.loads(path.read_text())
    result = ll.Run(data, epochs=4, **settings).train()
    assert result.params.W.tolist() == told["W"]
    assert result.params.b.tolist() == told["b"]
    assert result.history == told["history"]


def test_a_callback_is_called_after_each_epoch_and_may_stop_a_run_that_then_goes_on():
    whole = ll.Run("iris", epochs=6)
    whole.train()
    run, seen = ll.Run("iris", epochs=6), []

    def note(run):
        seen.append(run.epoch)
        return run.epoch == 3

    result = run.train(note)
    assert (seen, result.status.value, run.epoch) == ([1, 2, 3], "paused", 3)
    run.train([note])
    assert seen == [1, 2, 3, 4, 5, 6]
    assert np.array_equal(run.params.W, whole.params.W)
    assert run.history == whole.history


def test_steps_are_counted_and_end_with_the_run():
    run = ll.Run("iris", epochs=2)
    run.step(3)
    assert run.step_count == 3
    run.step(100)
    assert (run.step_count, run.epoch) == (8, 2)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"epoch": 3}, "is no setting"),
        ({"epochs": "many"}, "epochs is 'many'; it must be a whole number"),
        ({"learning_rate": -1}, "learning_rate is -1"),
        ({"kind": "tree"}, "kind is 'tree'; it must be one of"),
    ],
)
def test_a_setting_that_cannot_be_is_named(settings, words):
    with pytest.raises(ConfigError, match=words):
        ll.Run("iris", **settings)


def test_data_that_are_none_are_named(tmp_path):
    with pytest.raises(DataError, match="“nowhere” is neither a data set"):
        ll.load("nowhere")
    with pytest.raises(DataError, match=r"missing\.csv"):
        ll.load(tmp_path / "missing.csv")


def test_a_project_goes_on_to_the_bit(tmp_path):
    whole = ll.Run("digits", epochs=4, optimiser="adam", learning_rate=0.01)
    whole.train()
    half = ll.Run("digits", epochs=4, optimiser="adam", learning_rate=0.01)
    half.train(lambda run: run.epoch == 2)
    again = ll.open_project(half.save(tmp_path / "half"))
    assert again.epoch == 2
    again.train()
    assert np.array_equal(again.params.W, whole.params.W)
    assert again.history == whole.history


def test_names_that_it_has_not_are_no_attributes():
    with pytest.raises(AttributeError, match="“logitlab” has no “fit”"):
        getattr(ll, "fit")  # noqa: B009 - type checkers know it, too
    assert {"Run", "load"} < set(dir(ll))
