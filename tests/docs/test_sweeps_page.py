"""The files in the page on sweeps are read, and do what it says of them."""

import re
from pathlib import Path

import pytest

from core.library.sweeps.plan import read

PAGE = (Path(__file__).parents[2] / "docs" / "sweeps.md").read_text(encoding="utf-8")
FILES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_grid_has_each_with_each_for_each_seed():
    plan = read(FILES[0].encode())
    assert (len(plan.runs), plan.combinations) == (3 * 2 * 3, 6)
    assert plan.names == ("learning_rate", "optimiser")


def test_the_same_file_draws_the_same_within_its_ranges():
    plan, again = read(FILES[1].encode()), read(FILES[1].encode())
    assert [run.config for run in plan.runs] == [run.config for run in again.runs]
    assert len(plan.runs) == 4
    for run in plan.runs:
        assert 0.001 <= run.config.training.learning_rate <= 1
        assert run.config.model.hidden in range(17)
        assert run.config.model.activation in ("relu", "tanh")


def test_the_search_tries_what_it_says_for_each_seed():
    plan = read(FILES[2].encode())
    assert plan.search is not None
    assert (plan.size, plan.names) == (40 * 2, ("learning_rate", "hidden", "optimiser"))
    assert (plan.search.at_once, plan.search.minimise) == (4, "validation_loss")


@pytest.mark.parametrize("name", ["table.csv", "table.json", "runs.logitlab", "runs/"])
def test_it_names_what_a_sweep_leaves(name):
    assert f"`{name}`" in PAGE
