"""Many runs in the terminal: what is said, and how it ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import app
from core.cli import signals

ROOT = Path(__file__).parents[3]
GRID = "seeds = [1, 2]\n[settings]\nepochs = 2\n[grid]\nlearning_rate = [0.1, 1.0]\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rates.toml"
    path.write_text(GRID)
    return path


def test_it_says_the_best_first_and_where_the_rest_is(file, capsys):
    assert app.main(["sweep", str(file)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "4 runs of 2 combinations."
    assert [line.split()[0] for line in said[2:4]] == ["1.0", "0.1"]
    assert "runs.logitlab" in said[-1]
    told = json.loads((file.parent / "rates.sweep" / "table.json").read_text())
    assert len(told["runs"]) == 4


def test_one_run_is_no_runs(file, capsys):
    file.write_text("[settings]\nepochs = 1\n")
    assert app.main(["sweep", str(file)]) == 0
    assert capsys.readouterr().out.startswith("1 run of 1 combination.\n")


def test_faults_are_said_by_line(file, capsys):
    file.write_text("[grid]\nepochz = [1]\n")
    assert app.main(["sweep", str(file)]) == 2
    assert capsys.readouterr().err == f"{file}:2: 'epochz' is no setting of this version.\n"


@pytest.mark.parametrize("jobs", ["0", "many", "1000"])
def test_a_number_of_jobs_that_cannot_be_is_refused(file, jobs):
    assert app.main(["sweep", str(file), "--jobs", jobs]) == 2


def test_a_failed_run_is_named_and_counts_in_the_exit_code(file, capsys):
    file.write_text("[settings]\nepochs = 1\n[grid]\ncopies = [0, 1]\n")
    assert app.main(["sweep", str(file)]) == 1
    assert "copies 1 seed 123: Iris has no pictures" in capsys.readouterr().err


def test_a_signal_ends_it_with_the_table_of_what_is_whole(file, monkeypatch, capsys):
    from core.library.sweeps import worker

    true = worker.make

    def make(job, *more):
        if job.number == 1:
            os.kill(os.getpid(), signal.SIGINT)
        return true(job, *more)

    monkeypatch.setattr(worker, "make", make)
    assert app.main(["sweep", str(file)]) == signals.exit_code(signal.SIGINT)
    assert "3 runs are left. Start again to go on." in capsys.readouterr().err
    told = json.loads((file.parent / "rates.sweep" / "table.json").read_text())
    assert [run["seed"] for run in told["runs"]] == [1]


@pytest.mark.skipif(os.name == "nt", reason="a console sends Ctrl+C to a group of processes")
def test_ctrl_c_reaches_all_its_processes_and_none_complains(tmp_path):
    path = tmp_path / "long.toml"
    path.write_text("seeds = [1, 2, 3, 4]\n[grid]\nepochs = [1, 1000000]\n")
    with subprocess.Popen(
        [sys.executable, "app.py", "sweep", str(path), "--jobs", "2"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "4 of 8 runs" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=100)
    assert process.returncode == 130
    assert "Traceback" not in error
    assert "4 runs are left" in error
