"""A search goes the same way each time, is judged as it says, and goes on where it was."""

import math
import sys

import logitlab as ll
import pytest

from core.errors import ConfigError, DataError
from core.library.sweeps.search import Study
from core.library.sweeps.space import Range
from core.projects import project

optuna = pytest.importorskip("optuna")

SEARCH = """
seeds = [1, 2]
[settings]
epochs = 2
[search]
trials = 6
at_once = 2
draw = 3
learning_rate = { from = 0.001, to = 3.0, log = true }
optimiser = ["sgd", "adam"]
"""
RATE = Range(0.001, 3.0, is_log=True, is_whole=False)


@pytest.fixture
def file(written):
    return written(SEARCH)


def tried(found):
    return [(run.varied, run.seed) for run in found.plan.runs]


def test_the_choice_is_that_of_optuna_for_the_mean_loss_over_the_seeds(file):
    found = ll.sweep(file)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=3))
    space = {
        "learning_rate": optuna.distributions.FloatDistribution(0.001, 3.0, log=True),
        "optimiser": optuna.distributions.CategoricalDistribution((0, 1)),
    }
    losses = [row.figures["test_loss"].mean for row in found.rows]
    for first in range(0, 6, 2):
        trials = [study.ask(space) for _ in range(2)]
        for trial, row in zip(trials, found.rows[first : first + 2], strict=True):
            rate = trial.params["learning_rate"]
            assert row.varied["learning_rate"] == pytest.approx(rate, rel=5e-4)
            assert len(f"{row.varied['learning_rate']:e}".partition("e")[0].rstrip("0")) <= 5
            assert row.varied["optimiser"] == ["sgd", "adam"][trial.params["optimiser"]]
        for k, trial in enumerate(trials, first):
            study.tell(trial, losses[k])


def test_its_runs_are_kept_the_best_first(file):
    found = ll.sweep(file)
    found.write()
    records = project.load(found.folder / "runs.logitlab").records
    rates = list(dict.fromkeys(r.config.training.learning_rate for r in records))
    assert rates == [row.varied["learning_rate"] for row in found.ranked()]


def test_one_that_was_stopped_goes_on_and_goes_the_same_way(file, made, tmp_path):
    seen = []
    first = ll.sweep(file, on_run=lambda *_: seen.append(1), is_stopped=lambda: len(seen) == 5)
    assert (first.is_whole, first.left, len(first.outcomes)) == (False, 7, 5)
    made.clear()
    again = ll.sweep(file)
    assert (again.is_whole, made) == (True, list(range(5, 12)))
    assert tried(again) == tried(ll.sweep(file, folder=tmp_path / "other"))
    file.write_text(SEARCH.replace("trials = 6", "trials = 8"))
    made.clear()
    assert tried(ll.sweep(file))[:12] == tried(again)
    assert made == list(range(12, 16))


def test_it_is_judged_by_the_figure_that_is_named(file):
    assert ll.sweep(file).judged_by == "test_loss"
    file.write_text(SEARCH.replace("draw = 3", 'draw = 3\nminimise = "train_loss"'))
    found = ll.sweep(file)
    assert found.judged_by == "train_loss"
    means = [row.figures["train_loss"].mean for row in found.ranked()]
    assert means == sorted(means)


def test_settings_that_do_not_go_together_are_left_out_and_the_search_goes_on(file):
    text = "[search]\ntrials = 12\noptimiser = ['newton', 'sgd']\nhidden = [0, 3]\n"
    file.write_text(f"[settings]\nepochs = 1\n{text}")
    found = ll.sweep(file)
    assert found.is_whole
    assert found.plan.faults[0][0] == {"optimiser": "newton", "hidden": 3}
    varied = [tuple(run.varied.values()) for run in found.plan.runs]
    assert set(varied) == {("newton", 0), ("sgd", 0), ("sgd", 3)}
    assert len(varied) == 3  # settings that are chosen again are not made again


def test_a_search_in_which_nothing_can_be_says_why(file):
    text = "[search]\ntrials = 2\noptimiser = ['newton']\nhidden = [3]\n"
    file.write_text(text)
    with pytest.raises(DataError, match=r"None of the settings can be: Newton"):
        ll.sweep(file)


def test_what_diverges_is_seldom_chosen_again():
    study, low = Study({"rate": RATE, "hidden": Range(0, 9, False, True)}, 1), []
    for _ in range(40):
        trial = study.ask()
        rate = trial.varied["rate"]
        low.append(rate < 0.1)
        study.tell(trial, rate if rate < 0.1 else math.inf)
    assert sum(low[20:]) >= 16  # of a choice without memory it would be 11 or 12


def test_without_optuna_it_is_said_what_to_install(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match=r"logitlab\[search\]"):
        ll.sweep(file)
