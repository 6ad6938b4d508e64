"""A sweep's file is checked whole; what is wrong with it is said by line."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataError, LogitLabError
from core.library.sweeps.plan import load, read
from core.library.sweeps.space import Range
from core.teach.toml_document import FaultyTextError


def faults(text):
    with pytest.raises(FaultyTextError) as caught:
        read(text.encode())
    return [(line, sentence) for line, sentence in caught.value.faults]


def test_an_empty_file_is_one_run_with_the_defaults():
    plan = read(b"")
    assert [run.config.training.seed for run in plan.runs] == [123]
    assert plan.names == ()


def test_settings_hold_for_all_and_the_seed_is_that_of_the_split_too():
    text = "seeds=[4, 5]\n[settings]\nbatch_size='full'\nfeatures=['all']\n[grid]\nl1=[0, 1]"
    plan = read(text.encode())
    assert [(run.varied["l1"], run.seed) for run in plan.runs] == [(0, 4), (0, 5), (1, 4), (1, 5)]
    for run in plan.runs:
        assert run.config.training.batch_size is None
        assert run.config.data.split_seed == run.config.training.seed == run.seed


def test_a_split_seed_of_its_own_stays():
    plan = read(b"seeds=[4, 5]\n[settings]\nsplit_seed=9")
    assert {run.config.data.split_seed for run in plan.runs} == {9}


def test_a_path_counts_from_the_file(tmp_path):
    (tmp_path / "rows.csv").write_text("a,label\n1,x\n2,y\n")
    (tmp_path / "sweep.toml").write_text("data = 'rows.csv'")
    assert load(tmp_path / "sweep.toml").runs[0].config.data.path == str(tmp_path / "rows.csv")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("data = 3", 1, "data is 3; text was expected"),
        ("data = 'nowhere'", 1, "“nowhere” is neither a data set"),
        ("\nseeds = [1, 1]", 2, "one or more different"),
        ("seeds = 5", 1, "seeds is 5; a list was expected"),
        ("seeds = [-1]", 1, "a seed is a whole number from 0"),
        ("[settings]\nepoch = 3", 2, "'epoch' is no setting"),
        ("[settings]\nepochs = 'x'", 2, "epochs is 'x'; it must be a whole number"),
        ("[settings]\nseed = 3", 2, "write seeds = […]"),
        ("[settings]\npath = '/etc'", 2, "path is not given here; write data"),
        ("[grid]\n\nl1 = [0, -1]", 3, "l1 is -1"),
        ("[grid]\nl1 = []", 2, "l1 has no values"),
        ("[grid]\nl1 = [0, 0]", 2, "a value twice"),
        ("[grid]\nl1 = 3", 2, "l1 is 3; a list was expected"),
        ("[grid]\nl1 = [nan]", 2, "l1 is nan"),
        ("[settings]\nl1 = 0\n[grid]\nl1 = [0, 1]", 4, "l1 is in settings already"),
        ("[random]\nl1 = [0]", 1, "runs is missing"),
        ("[random]\nruns = 3", 1, "no setting to draw"),
        ("[random]\nruns = 3\nl1 = {from = 0}", 3, "needs both from and to"),
        ("[random]\nruns = 3\nl1 = {from = 2, to = 1}", 3, "from must be at most to"),
        ("[random]\nruns = 3\nl1 = {from = 0, to = 1, log = true}", 3, "above 0"),
        ("[random]\nruns = 3\nhidden = {from = 0, to = 999}", 3, "hidden is 999"),
        ("[random]\nruns = 3\nhidden = {from = 0, to = 9, by = 2}", 3, "known: from, to, log"),
        ("[random]\nruns = 99999\nl1 = [0]", 2, "from 1 to 10,000"),
        ("seeds = [1, 2]\n[random]\nruns = 9999\nl1 = [0]", 1, "19,998 runs; 10,000 are the most"),
        ("[search]\nhidden = [1]", 1, "trials is missing"),
        ("[search]\ntrials = 2", 1, "no setting to draw"),
        ("[search]\ntrials = 2\nhidden = [1]\nminimise = 'loss'", 4, "one of validation_loss"),
        ("[search]\ntrials = 2\nhidden = [1]\nminimise = 'validation_loss'", 4, "no validation"),
        ("[search]\ntrials = 2\nhidden = [1]\n[grid]\nl1 = [0]", 1, "stands alone"),
        ("[grid]\nl1 = [0]\n[search]\ntrials = 2\nl1 = [1]", 5, "l1 is in grid already"),
        ("seeds = [1, 2]\n[search]\ntrials = 9999\nhidden = [1]", 1, "19,998 runs"),
        ("what = 1", 1, "the sweep has 'what'; known: data, seeds"),
        ("[grid", 1, "no TOML"),
        ("grid = 3", 1, "grid is 3; a table was expected"),
        ("[settings]\noptimiser = 'newton'\nhidden = 4", 1, "Newton is for losses"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, line, words):
    found = faults(text)
    assert any(at == line and words in sentence for at, sentence in found), found


def test_all_faults_are_said_at_once():
    assert [line for line, _ in faults("a = 1\n[grid]\nb = [1]\nl1 = [-1, -2]\n")] == [1, 3, 4, 4]


def test_combinations_that_cannot_be_are_left_out_and_named():
    plan = read(b"[grid]\noptimiser = ['newton', 'sgd']\nhidden = [0, 4]")
    assert len(plan.runs) == 3
    ((varied, why),) = plan.faults
    assert varied == {"optimiser": "newton", "hidden": 4}
    assert "one smooth valley" in why


def test_a_file_that_is_none_costs_a_sentence(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        load(tmp_path / "none.toml")
    with pytest.raises(DataError, match="is a folder"):
        load(tmp_path)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_plan_or_a_sentence(data):
    with suppress(LogitLabError):
        assert read(data).runs


def test_draws_are_even_in_the_logarithm_or_in_the_value():
    rng = np.random.default_rng(3)
    logs = [Range(0.001, 1, is_log=True, is_whole=False).draw(rng) for _ in range(3000)]
    assert np.mean(np.array(logs) < 0.1) == pytest.approx(2 / 3, abs=0.03)
    wholes = [Range(0, 3, is_log=False, is_whole=True).draw(rng) for _ in range(4000)]
    assert np.bincount(wholes) / 4000 == pytest.approx([0.25] * 4, abs=0.03)
