"""Runs in processes of this machine: one that is killed, one that is stopped, a full disk."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import logitlab as ll
import pytest

from core.errors import ConfigError
from core.library.data import load
from core.library.sweeps import worker
from core.library.sweeps.kept import DataSets, key_of
from core.library.sweeps.processes import Processes
from core.library.sweeps.worker import Job
from tests.conftest import watched_threads

ROOT = Path(__file__).parents[4]
NEVER = lambda: False  # noqa: E731


class Killer:
    """Ends the process that it is sent to."""

    def __reduce__(self):
        return os.abort, ()


@pytest.fixture(scope="module")
def two():
    """Two processes, which come again where they are killed or stopped."""
    with watched_threads("two processes"):
        processes = Processes(2)
        yield processes
        processes.close()


def a_job(number, **settings):
    config = ll.Run("iris", **{"epochs": 1} | settings).config
    return Job(number, key_of(config, load("iris").dataset), config)


def test_a_process_that_is_killed_costs_its_own_run_alone(two):
    killer: Any = Killer()
    jobs, found = [a_job(0), replace(a_job(1), config=killer), a_job(2)], {}
    two.run_all(jobs, lambda job, made: found.update({job.number: made.outcome}), NEVER)
    assert sorted(found) == [0, 1, 2]
    assert "its process ended" in found[1].error
    assert {found[0].status, found[2].status} == {"finished"}


def test_runs_in_progress_are_given_up_where_it_is_stopped_or_nothing_can_be_kept(two):
    found, jobs = [], [a_job(0), a_job(1, epochs=10**6)]
    two.run_all(jobs, lambda job, _: found.append(job.number), lambda: bool(found))
    assert found == [0]

    def note(*_):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        two.run_all(jobs, note, NEVER)


def test_a_run_of_other_rows_than_were_asked_for_fails():
    made = worker.make(replace(a_job(0), key="of other rows"), DataSets(), NEVER)
    assert made is not None
    assert "other data, or another version" in made.outcome.error
    assert made.run is None


def test_a_packed_program_makes_one_run_at_a_time(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(ConfigError, match="leave out --jobs"):
        Processes(2)


@pytest.mark.skipif(sys.platform != "linux", reason="reads which children a process has")
def test_a_script_needs_no_guard_and_no_process_outlives_it(tmp_path):
    (tmp_path / "s.toml").write_text("seeds = [1, 2]\n[grid]\nepochs = [1, 1000000]")
    (tmp_path / "script.py").write_text(
        "import logitlab as ll\n"
        "ll.sweep('s.toml', jobs=2, on_run=lambda *_: print('made', flush=True))\n"
    )
    path = os.pathsep.join((str(ROOT), str(ROOT / "packaging")))
    with subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["made\n"] * 2
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) >= 2
        process.kill()
        process.stdout.read()  # to the end: nobody holds it any more
    assert process.wait() != 0
