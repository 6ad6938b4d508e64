"""Intervals over the seeds, and the table of a sweep."""

import csv
import io
import math

import pytest
from scipy import stats

from core.library.sweeps.kept import Outcome
from core.library.sweeps.plan import read
from core.library.sweeps.table import as_csv, as_json, interval, rows

VALUES = [0.31, 0.28, 0.35, 0.30]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_an_interval_is_that_of_the_t_distribution(count):
    found = interval(VALUES[:count])
    test = stats.ttest_1samp(VALUES[:count], 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((test.low, test.high), rel=1e-12)


def test_one_value_has_a_mean_and_no_interval():
    found = interval([0.3])
    assert found.mean == 0.3
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def made(figures):
    plan = read(b"seeds=[1, 2]\n[grid]\nl1=[0.5, 1]")
    outcomes = [
        Outcome("finished", {"train_loss": value}, 4, 1, 0.1)
        if value is not None
        else Outcome(error="it failed")
        for value in figures
    ]
    return plan.names, list(zip(plan.runs, outcomes, strict=True))


def test_a_line_is_a_combination_with_its_seeds():
    names, runs = made([0.2, 0.4, 0.6, None])
    lines = list(csv.DictReader(io.StringIO(as_csv(names, rows(runs)))))
    assert [line["l1"] for line in lines] == ["0.5", "1"]
    assert [line["runs"] for line in lines] == ["2", "1"]
    assert [line["failed"] for line in lines] == ["0", "1"]
    assert float(lines[0]["train_loss"]) == pytest.approx(0.3)
    assert float(lines[0]["train_loss low"]) == pytest.approx(interval([0.2, 0.4]).low)
    assert lines[1]["train_loss low"] == ""


def test_the_json_has_each_run_too():
    names, runs = made([0.2, 0.4, 0.6, None])
    told = as_json(names, runs, rows(runs))
    assert [run["train_loss"] for run in told["runs"][:3]] == [0.2, 0.4, 0.6]
    assert told["runs"][3]["error"] == "it failed"
    assert told["combinations"][1]["figures"]["train_loss"]["low"] is None
