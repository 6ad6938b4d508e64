"""Runs on the workers of a Dask cluster, here of one machine."""

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import logitlab as ll
import pytest

from core.cli import sweep as cli
from core.errors import ConfigError
from core.projects import project

ROOT = Path(__file__).parents[4]
GRID = "seeds = [1, 2]\n[settings]\nepochs = 2\n[grid]\nlearning_rate = [0.1, 1.0]\n"
ENDLESS = "[grid]\nepochs = [1, 1000000]\n"
with_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="Dask is not installed"
)


@pytest.fixture
def file(written):
    return written(GRID)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and one worker; the address and the process of the scheduler."""
    scheduler = _dask("scheduler", "--host", "127.0.0.1", "--port", "0")
    address = _until(scheduler, "Scheduler at:").rpartition(" ")[2].strip()
    worker = _dask("worker", address, "--nthreads", "1", "--no-nanny", cwd=tmp_path)
    try:
        yield address, scheduler
    finally:
        for process in (worker, scheduler):
            process.kill()
            process.communicate()


def _dask(*words, cwd=ROOT):
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *words, "--no-dashboard"],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        stderr=subprocess.PIPE,
        text=True,
    )


def _sweep(file, address, out):
    words = ["app.py", "sweep", str(file), "--dask", address, "--out", str(out)]
    return subprocess.Popen([sys.executable, *words], cwd=ROOT, stderr=subprocess.PIPE, text=True)


def _until(process, words):
    """Read what a program says, up to the line with these words, which is returned."""
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it never said {words}")


def _ends(process):
    _, error = process.communicate()
    return process.returncode, error


@with_dask
def test_its_runs_have_the_weights_of_those_made_here_also_after_one_that_was_stopped(
    file, cluster, tmp_path
):
    address, _ = cluster
    endless = tmp_path / "endless.toml"
    endless.write_text(ENDLESS)
    process = _sweep(endless, address, tmp_path / "endless")
    _until(process, "1 of 2 runs")
    process.send_signal(signal.SIGINT)
    code, error = _ends(process)
    assert (code, "1 run is left" in error) == (130, True)
    assert _ends(_sweep(file, address, tmp_path / "there"))[0] == 0
    ll.sweep(file, folder=tmp_path / "here").write()
    here, there = (
        [record.params.W.tolist() for record in project.load(path / "runs.logitlab").records]
        for path in (tmp_path / "here", tmp_path / "there")
    )
    assert here == there


@with_dask
def test_a_scheduler_that_is_gone_is_said_and_what_was_made_is_kept(file, cluster, tmp_path):
    address, scheduler = cluster
    file.write_text(ENDLESS)
    process = _sweep(file, address, tmp_path / "there")
    _until(process, "1 of 2 runs")
    scheduler.kill()
    code, error = _ends(process)
    assert code == 1
    assert error.strip() == (
        f"logitlab: The scheduler at {address} no longer answers. "
        "Runs that ended are kept; start again to go on."
    )
    assert len(list((tmp_path / "there").glob("runs/*.json"))) == 1


@with_dask
def test_an_address_that_is_none_is_said(file, capsys):
    assert cli.main([str(file), "--dask", "nonsense://here"]) == 1
    assert "No scheduler of Dask answers at nonsense://here." in capsys.readouterr().err


def test_without_dask_it_is_said_what_to_install(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"logitlab\[cluster\]"):
        ll.sweep(file, dask="tcp://127.0.0.1:8786")


def test_processes_of_this_machine_are_not_asked_for_beside_a_cluster(file, capsys):
    assert cli.main([str(file), "--dask", "tcp://127.0.0.1:8786", "--jobs", "2"]) == 2
    assert "--jobs is for this machine" in capsys.readouterr().err
