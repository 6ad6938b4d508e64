"""Several processes train one model: the numbers of their shares in one, and how they end."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

import app
from core.projects import project
from tests.core.cli.calling import assert_one_line
from tests.core.processes import PATIENCE, ended, processes, torchrun

ROOT = Path(__file__).parents[4]
MARK = "TEST_OF_A_TEAM"  # in the environment of all processes of one agent


def training(*words_of_each, python=None):
    return processes(*[("app.py", "train", *words) for words in words_of_each], python=python)


def figures(path):
    told = json.loads(path.read_text())
    return {name: value for name, value in told.items() if name != "seconds"}


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (2, ("iris", "--optimiser", "adam", "--batch-size", 7, "--hidden", 4, "--shares", 4)),
        (3, ("digits", "--eta", 2, "--validation-share", 0.2, "--patience", 2, "--epochs", 9)),
        (2, ("iris", "--optimiser", "newton", "--eta", 1, "--weight-decay", 0.01)),
        (2, ("genres", "--batch-size", "full", "--class-weight", "balanced", "--l1", 0.001)),
    ],
    ids=("shares of each", "best epoch", "newton", "documents"),
)
def test_processes_give_the_numbers_of_shares_in_one(size, words, tmp_path, capfd):
    words = ("--epochs", 4, *words)
    alone, together = tmp_path / "alone", tmp_path / "together"
    with training(*[(*words, "--json", together)] * size) as started:
        (first, *others) = ended(started)
    assert [code for code, *_ in (first, *others)] == [0] * size, first
    assert f"{size} processes: communication" in first[1]
    assert all(out == err == "" for _, out, err in others)
    shares = () if "--shares" in words else ("--shares", size)
    assert app.main(["train", *map(str, (*words, *shares, "--json", alone))]) == 0
    assert figures(together) == figures(alone)


def test_a_project_of_two_processes_goes_on_in_two_and_in_one(tmp_path, capfd):
    words, place = ("iris", "--optimiser", "adam", "--shares", 4), tmp_path / "p.logitlab"
    alone, together, whole = (tmp_path / name for name in ("alone", "together", "whole"))
    app.main(["train", *map(str, words), "--epochs", "2", "--project", str(place)])
    on = ("--resume", place, "--epochs", 5, "--project", tmp_path / "q.logitlab")
    with training(*[(*on, "--json", together)] * 2) as started:
        assert [code for code, *_ in ended(started)] == [0, 0]
    assert app.main(["train", *map(str, (*on, "--json", alone))]) == 0
    assert app.main(["train", *map(str, (*words, "--epochs", 5, "--json", whole))]) == 0
    assert figures(together) == figures(alone) == figures(whole)


@pytest.mark.slow
def test_a_killed_process_is_started_again_and_the_run_goes_on_to_the_bit(tmp_path, capfd):
    """As torchrun does it: all processes begin again, and read the checkpoint of the first."""
    place, kept = tmp_path / "p.logitlab", tmp_path / "json"
    words = ("train", "iris", "--epochs", "400", "--schedule", "cosine", "--optimiser", "momentum")
    agent = torchrun("--standalone", "--nproc-per-node", "2", "--max-restarts", "1")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", MARK: str(tmp_path)}
    with subprocess.Popen(
        [*agent, "app.py", *words, "--project", place, "--every", "0.05", "--json", kept],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as agent:
        try:
            second = worker_of(agent, tmp_path, rank=1)
            while steps_in(place) < 1 and agent.poll() is None:
                time.sleep(0.01)
            os.kill(second, signal.SIGKILL)
            said, _ = agent.communicate(timeout=PATIENCE)
        finally:
            agent.terminate()
    assert agent.returncode == 0, said.decode()
    assert b"Another process of the run has ended." in said and b"exitcode: -9" in said
    assert app.main([*words, "--shares", "2", "--json", str(tmp_path / "alone")]) == 0
    assert figures(kept) == figures(tmp_path / "alone")


def steps_in(place):
    """Return how many steps the run in a project has made; 0 where there is none."""
    state = project.load(place).state if place.exists() else None
    return 0 if state is None else state.checkpoint.step


def worker_of(agent, mark, rank):
    """Return the number of the process of this rank among the agent's, once there is one."""
    wanted = {f"{MARK}={mark}".encode(), b"RANK=%d" % rank}
    while agent.poll() is None:
        for each in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if wanted <= {*(each / "environ").read_bytes().split(b"\0")}:
                    return int(each.name)
        time.sleep(0.01)
    raise AssertionError("torchrun has ended.")


ENDLESS = ("iris", "--epochs", 10**6, "--every", 0.01)


@pytest.mark.parametrize(
    ("number", "words", "sentence"),
    [
        (signal.SIGKILL, (), "Another process of the run has ended."),
        (signal.SIGSTOP, ("--peer-timeout", 3), "has not answered for 3 s."),
    ],
    ids=("gone", "silent"),
)
def test_without_the_other_the_first_keeps_the_run_and_ends(number, words, sentence, tmp_path):
    place = tmp_path / "p.logitlab"
    words = (*ENDLESS, *words)
    python = (sys.executable,) if number == signal.SIGSTOP else None  # no client passes it on
    with training((*words, "--project", place), words, python=python) as (first, second):
        while steps_in(place) < 40 and first.poll() is None:
            time.sleep(0.01)
        second.send_signal(number)
        code, _, said = ended([first])[0]
    assert code == 1
    assert said.splitlines()[-1].startswith("logitlab: ") and said.endswith(f"{sentence}\n")
    assert steps_in(place) >= 40


def test_a_signal_to_one_stops_all_after_the_same_update(tmp_path):
    place = tmp_path / "p.logitlab"
    with training((*ENDLESS, "--project", place), ENDLESS) as started:
        while steps_in(place) < 40 and started[0].poll() is None:
            time.sleep(0.01)
        started[1].send_signal(signal.SIGTERM)
        (first, second) = ended(started)
    assert first[0] == second[0] == 143
    assert first[2].endswith(f"stopped at step {steps_in(place):,}; saved {place}.\n")


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (("nowhere.csv",), "Process 1 of the run has ended: There is no file nowhere.csv"),
        (("iris", "--seed", 4), "The processes of the run do not have the same data or settings"),
    ],
    ids=("missing", "other"),
)
def test_a_machine_without_the_same_files_is_named(second, sentence):
    with training(("iris",), second) as started:
        (code, _, said), (other, out, err) = ended(started)
    assert code in (1, 2) and other == 2 and out == err == ""
    assert_one_line(said, sentence)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("iris", "--shares", 3), "3 shares cannot be divided evenly among 2 processes"),
        (("-",), "cannot share standard input"),
    ],
)
def test_what_several_processes_cannot_do_costs_a_sentence(words, sentence):
    with training(words, words) as started:
        (code, _, said), (other, *_) = ended(started)
    assert code == other == 2 and sentence in said
