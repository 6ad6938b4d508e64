"""A sweep's runs are those of the command line; they are kept one by one, and found again."""

import json

import logitlab as ll
import numpy as np
import pandas as pd
import pytest

from core.cli import train as cli
from core.errors import SaveError
from core.library.sweeps.kept import RUNS
from core.projects import project

GRID = """
seeds = [1, 2]
[settings]
features = ["all"]
epochs = 3
[grid]
learning_rate = [0.1, 1.0]
"""


@pytest.fixture
def file(written):
    return written(GRID)


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_run_has_the_weights_of_the_command_line_in_any_number_of_processes(
    file, jobs, tmp_path
):
    found = ll.sweep(file, jobs=jobs)
    found.write()
    records = project.load(file.parent / "rates.sweep" / "runs.logitlab").records
    assert [record.name for record in records] == [
        "η 0.1, seed 1",
        "η 0.1, seed 2",
        "η 1, seed 1",
        "η 1, seed 2",
    ]
    for record, (planned, outcome) in zip(records, found.outcomes, strict=True):
        words = f"iris --features all --epochs 3 --seed {planned.seed}"
        rate = f"--learning-rate {planned.varied['learning_rate']}"
        path = tmp_path / "alone.json"
        assert cli.main([*words.split(), *rate.split(), "--json", str(path)]) == 0
        alone = json.loads(path.read_text())
        assert record.params.W.tolist() == alone["W"]
        assert (outcome.figures or {})["test_loss"] == alone["test_loss"]
    assert found.is_whole


def test_runs_are_found_again_and_only_new_ones_are_made(file, made):
    first = ll.sweep(file)
    assert made == [0, 1, 2, 3]
    file.write_text(GRID.replace("[0.1, 1.0]", "[0.1, 0.5, 1.0]"))
    made.clear()
    again = ll.sweep(file)
    assert made == [2, 3]
    assert [each for _, each in again.outcomes[:2]] == [each for _, each in first.outcomes[:2]]


def test_other_rows_are_other_runs_wherever_they_lie(tmp_path, made):
    rows = [f"{k},{'xy'[k % 2]}" for k in range(20)]
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rows.csv").write_text("\n".join(["size,label", *rows]))
        (tmp_path / folder / "s.toml").write_text("data='rows.csv'\n[settings]\nepochs=1")
    out = tmp_path / "out"
    ll.sweep(tmp_path / "a" / "s.toml", folder=out)
    ll.sweep(tmp_path / "b" / "s.toml", folder=out)
    assert made == [0]
    (tmp_path / "b" / "rows.csv").write_text("\n".join(["size,label", *rows[2:]]))
    ll.sweep(tmp_path / "b" / "s.toml", folder=out)
    assert made == [0, 0]


@pytest.mark.parametrize("damage", ["{", "{}", '{"key": "other"}', "[]"])
def test_a_damaged_run_is_made_again(file, made, damage):
    ll.sweep(file)
    figures = next((file.parent / "rates.sweep" / RUNS).glob("*.json"))
    figures.write_text(damage)
    made.clear()
    assert ll.sweep(file).is_whole
    assert len(made) == 1


def test_a_run_that_is_stopped_leaves_what_is_whole(file, made):
    seen = []
    found = ll.sweep(file, on_run=lambda *_: seen.append(1), is_stopped=lambda: len(seen) == 2)
    assert (len(found.outcomes), found.is_whole) == (2, False)
    table = found.write()[0]
    assert len(pd.read_csv(table)) == 1
    made.clear()
    assert ll.sweep(file).is_whole
    assert made == [2, 3]


def test_a_run_that_fails_does_not_end_the_others(file):
    file.write_text(GRID.replace("learning_rate = [0.1, 1.0]", "copies = [0, 1]"))
    found = ll.sweep(file)
    assert [bool(each.error) for _, each in found.outcomes] == [False, False, True, True]
    assert "no pictures to deskew" in found.errors[0][1]
    assert found.frame()["failed"].tolist() == [0, 2]


def test_more_runs_than_a_project_has_are_the_best_with_their_first_seeds(file):
    rates = np.linspace(0.01, 1, 12).round(3).tolist()
    file.write_text(GRID.replace("[0.1, 1.0]", str(rates)).replace("epochs = 3", "epochs = 1"))
    found = ll.sweep(file)
    found.write()
    records = project.load(file.parent / "rates.sweep" / "runs.logitlab").records
    assert len(records) == 20
    assert sum(record.config.training.seed == 1 for record in records) == 12
    best = [row.varied["learning_rate"] for row in found.ranked()[:8]]
    second = {r.config.training.learning_rate for r in records if r.config.training.seed == 2}
    assert second == set(best)


def test_the_best_are_judged_by_validation_rows_where_there_are_any(file):
    assert ll.sweep(file).judged_by == "test_loss"
    file.write_text(GRID.replace("epochs = 3", "epochs = 3\nvalidation_fraction = 0.2"))
    assert ll.sweep(file).judged_by == "validation_loss"


def test_a_folder_that_cannot_be_is_said(file, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(SaveError, match="cannot be made"):
        ll.sweep(file, folder=tmp_path / "taken")
