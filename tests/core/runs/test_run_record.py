"""Runs as values: what they began with, what differs between them, what is alike."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.points import Points
from core.data.task import prepare
from core.runs.run_record import (
    default_name,
    describe_start,
    differing,
    same_data,
    same_features,
    same_rows,
    to_csv,
)
from core.train.settings_history import first_settings
from core.train.trainer import Trainer
from core.train.warm_start import start_from
from tests.core.kept_runs import record_of


@pytest.fixture
def run(make_task, iris):
    """Return a function that trains Iris for some steps with these settings, and its record."""

    def run(steps=3, data=None, model=None, **training):
        trainer = Trainer(make_task(iris, data, model, **training))
        for _ in range(steps):
            trainer.step()
        return record_of(trainer)

    return run


def test_the_settings_that_differ_are_exactly_those_that_were_chosen_otherwise(run):
    records = [run(learning_rate=0.1, batch_size=32), run(learning_rate=0.5, batch_size=None)]
    assert differing(records) == ["η", "batch"]


def test_runs_that_are_alike_differ_in_nothing(run):
    assert differing([run(), run(steps=9)]) == []


def test_a_model_with_a_hidden_layer_differs_in_layer_and_start(run):
    assert differing([run(), run(model={"hidden": 4})]) == ["start", "hidden"]


def test_edits_after_the_start_are_taken_back_to_what_the_run_began_with(make_task, iris):
    task = make_task(iris, learning_rate=0.1, batch_size=32)
    trainer = Trainer(task)
    for eta, size in ((0.3, 32), (0.3, 8), (2.0, None)):
        trainer.step()
        trainer.set_hyperparameters(learning_rate=eta, batch_size=size)
    assert trainer.settings != task.config.training
    assert first_settings(trainer.settings, trainer.history.curves()) == task.config.training


def test_an_edit_at_step_0_is_what_the_run_began_with(make_task, iris):
    trainer = Trainer(make_task(iris, learning_rate=0.1))
    trainer.set_hyperparameters(learning_rate=0.7)
    trainer.step()
    assert first_settings(trainer.settings, trainer.history.curves()).learning_rate == 0.7


def test_a_kept_run_does_not_change_when_training_goes_on(make_task, iris):
    trainer = Trainer(make_task(iris))
    trainer.step()
    kept = record_of(trainer).kept()
    before, weights = kept.curves.table.copy(), kept.params.W.copy()
    for _ in range(50):
        trainer.step()
        trainer.measure()
    np.testing.assert_array_equal(kept.curves.table, before)
    np.testing.assert_array_equal(kept.params.W, weights)
    assert kept.curves.table.base is None  # nor does it hold the memory of the run that goes on


def test_the_csv_holds_the_figures_unrounded(run):
    records = [run(learning_rate=0.1), run(learning_rate=0.2)]
    rows = list(csv.DictReader(io.StringIO(to_csv(records))))
    assert list(rows[0])[:2] == ["name", "η"]
    for record, row in zip(records, rows, strict=True):
        assert float(row["train loss"]) == record.metrics.train_loss
        assert float(row["η"]) == record.settings.learning_rate


def test_the_csv_has_figures_of_validation_rows_where_a_run_has_such_rows(run):
    without, watched = run(), run(data={"validation_fraction": 0.25})
    assert "validation loss" not in to_csv([without])
    rows = list(csv.DictReader(io.StringIO(to_csv([without, watched]))))
    assert [row["validation loss"] for row in rows] == ["", str(watched.metrics.validation_loss)]
    assert [row["validation acc."] for row in rows] == [
        "",
        str(watched.metrics.validation_accuracy),
    ]


def test_files_of_one_name_in_two_folders_are_other_data(tmp_path):
    tasks = []
    for folder, number in (("monday", 1), ("friday", 2)):
        path = tmp_path / folder / "class.csv"
        path.parent.mkdir()
        rows = [f"{k},{number * k % 7},{'ab'[k % 2]}" for k in range(30)]
        path.write_text("\n".join(["u,v,label", *rows]))
        config = RunConfig(DataConfig(source="csv", path=str(path)))
        tasks.append(prepare(sources.load(config.data), config))
    monday, friday = tasks
    assert monday.source.name == friday.source.name
    assert not same_data(monday, friday) and not same_features(monday, friday)
    again = replace(monday.config, model=ModelConfig(kind="ovr"))
    assert same_data(monday, prepare(monday.source, again))


def test_the_name_of_a_run_is_no_formula_in_a_spreadsheet(run):
    record = replace(run(), name='=HYPERLINK("http://x")')
    (row,) = csv.DictReader(io.StringIO(to_csv([record])))
    assert row["name"] == '\'=HYPERLINK("http://x")'


@pytest.mark.parametrize(
    "other",
    [
        {"learning_rate": 3.0},
        {"seed": 5},
        {"model": {"init": "random"}},
        {"model": {"kind": "ovr"}},
        {"model": {"kind": "ovr", "init": "random"}},
        {"model": {"kind": "ovo", "init": "random"}},
        {"model": {"hidden": 3}},
        {"data": {"split_seed": 9}},
        {"optimiser": "adam"},
    ],
)
def test_what_is_said_of_the_batches_is_what_trainers_do(run, make_task, iris, other):
    """The oracle: the rows that two trainers take, update by update."""
    model = other.get("model", {})
    first = {"model": {"init": model.get("init", "zeros")}} if model.get("kind") else {}
    said = describe_start([run(**first), run(**other)])
    one, two = (
        Trainer(make_task(iris, s.get("data"), s.get("model"), **_training(s)))
        for s in (first, other)
    )
    taken = []
    for trainer in (one, two):
        rows = []
        for _ in range(6):
            rows.append(trainer.next_rows())
            trainer.step()
        taken.append(rows)
    is_same = all(np.array_equal(a, b) for a, b in zip(*taken, strict=True))
    assert ("Same batches" in said) == is_same


def _training(settings):
    return {name: v for name, v in settings.items() if name not in ("data", "model")}


def test_other_seeds_and_initial_weights_are_named(run):
    said = describe_start([run(seed=1), run(seed=2, model={"init": "random"})])
    assert said.startswith("Different start: seed (1, 2) and initial weights.")


def test_a_start_that_was_chosen_by_hand_is_no_same_start(make_task, iris):
    here, there = (Trainer(make_task(iris)) for _ in range(2))
    params = there.params()
    params.W[:] = 0.5 * np.arange(params.W.size).reshape(params.W.shape)
    start_from(there, params)
    said = describe_start([record_of(here), record_of(there)])
    assert "chosen by hand" in said


def test_rows_are_the_same_only_where_the_points_are(make_task):
    points = Points().put(np.eye(2), 0).put(-np.eye(2), 1)
    moved = Points().put(np.eye(2) + 1, 0).put(-np.eye(2), 1)
    a, b, c = (make_task(sources.drawn(p), {"source": "drawn"}) for p in (points, points, moved))
    assert same_rows(a, b)
    assert not same_rows(a, c)


def test_a_name_tells_model_rate_and_batch(run):
    record = run(learning_rate=0.1, batch_size=32)
    assert default_name(record.config, record.settings) == "softmax, η 0.1, batch 32"
