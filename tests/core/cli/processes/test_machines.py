"""Several machines train one model: agents of torchrun, and a network that fails."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

import app
from core.projects import project
from tests.core.processes import begun, ended, free_port, torchrun

ONE_THREAD = {"OMP_NUM_THREADS": "1"}
MACHINES = ("logitlab-a", "logitlab-b")  # network namespaces, each with an end of a cable
ADDRESS = "10.78.0.{}"


def figures(path):
    told = json.loads(path.read_text())
    return {name: value for name, value in told.items() if name != "seconds"}


def each_alone(*commands):
    """Begin to run commands of which each stands for a machine, with one thread each."""
    # An agent of torchrun that is asked to end takes its own processes with it.
    return begun(*((words, {**ONE_THREAD, **own}) for words, own in commands), last=signal.SIGTERM)


@pytest.mark.slow
def test_an_agent_on_each_machine_gives_the_numbers_of_shares_in_one_process(tmp_path, capfd):
    words = ("train", "iris", "--epochs", "5", "--optimiser", "momentum")
    where = ("--rdzv-backend", "c10d", "--rdzv-endpoint", f"localhost:{free_port()}")
    agent = torchrun("--nnodes", 2, "--nproc-per-node", 1, *where)
    paths = tmp_path / "first", tmp_path / "second"
    agents = [(*agent, "app.py", *words, "--json", path) for path in paths]
    with each_alone(*[(command, dict[str, str]()) for command in agents]) as started:
        said = ended(started)
    assert [code for code, *_ in said] == [0, 0], said
    (path,) = (path for path in paths if path.exists())  # only the first process writes
    assert app.main([*words, "--shares", "2", "--json", str(tmp_path / "alone")]) == 0
    assert figures(path) == figures(tmp_path / "alone")


def ip(*words, check=True):
    return subprocess.run(["ip", *words], check=check, capture_output=True).returncode


@pytest.fixture
def machines():
    """Two network namespaces that a cable joins; skipped where none can be made."""
    if shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("only root makes network namespaces, on Linux")
    ends = ["cable0", "cable1"]
    try:
        for name in MACHINES:
            ip("netns", "add", name)
        first, second = ([end, "netns", name] for end, name in zip(ends, MACHINES, strict=True))
        ip("link", "add", *first, "type", "veth", "peer", "name", *second)
        for k, name in enumerate(MACHINES):
            ip("-n", name, "addr", "add", f"{ADDRESS.format(k + 1)}/24", "dev", ends[k])
            for end in ("lo", ends[k]):
                ip("-n", name, "link", "set", end, "up")
        yield ends
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"network namespaces cannot be made: {error}")
    finally:
        for name in MACHINES:
            ip("netns", "del", name, check=False)


def steps_in(place):
    state = project.load(place).state if place.exists() else None
    return 0 if state is None else state.checkpoint.step


@pytest.mark.slow
def test_a_machine_that_is_cut_off_ends_the_run_in_a_sentence_and_the_checkpoint_stays(
    machines, tmp_path
):
    """Each machine has its own loopback: they find each other by the address of the first."""
    place = tmp_path / "p.logitlab"
    words = ("train", "iris", "--epochs", 10**6, "--every", 0.01, "--peer-timeout", 5)
    where = {"MASTER_ADDR": ADDRESS.format(1), "MASTER_PORT": "29533", "WORLD_SIZE": "2"}
    commands = [
        (
            ("ip", "netns", "exec", name, sys.executable, "app.py", *words, *kept),
            {**where, "RANK": str(k), "LOCAL_RANK": "0"},
        )
        for k, (name, kept) in enumerate(zip(MACHINES, (("--project", place), ()), strict=True))
    ]
    with each_alone(*commands) as (first, second):
        while steps_in(place) < 40 and first.poll() is None:
            time.sleep(0.01)
        ip("-n", MACHINES[1], "link", "set", machines[1], "down")
        (code, _, said), (other, out, err) = ended([first, second])
    assert code == other == 1 and out == err == ""
    assert said.splitlines()[-1] == (
        "logitlab: Another process of the run has not answered for 5 s."
    )
    assert steps_in(place) >= 40
