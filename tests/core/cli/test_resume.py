"""Runs kept as projects in the terminal go on to the bit, whatever ended them."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import app
from core.errors import SaveError
from core.projects import project
from core.runs.run_state import state_of
from core.train.snapshot import Status
from tests import warm
from tests.core.training import trained

ROOT = Path(__file__).parents[3]
TIMED = ("seconds",)


def state_in(path):
    """The state of the run that a project holds."""
    state = project.load(path).state
    assert state is not None
    return state


@pytest.fixture
def run(capsys):
    """Return run(words): exit code, standard output and standard error of the command."""

    def call(*words):
        return app.main(["train", *map(str, words)]), *capsys.readouterr()

    return call


@pytest.fixture
def figures(run, tmp_path):
    """Return figures(words): the JSON of a command, without what took time."""

    def call(*words):
        code, _, said = run(*words, "--json", tmp_path / "figures")
        assert code == 0, said
        told = json.loads((tmp_path / "figures").read_text())
        return {name: value for name, value in told.items() if name not in TIMED}

    return call


@pytest.mark.parametrize(
    "words",
    [
        ("iris",),
        ("iris", "--optimiser", "adam", "--batch-size", "7", "--hidden", "4"),
        ("iris", "--optimiser", "lbfgs"),
        ("digits", "--momentum", "0.5", "--optimiser", "momentum", "--l1", "0.001"),
    ],
)
def test_two_parts_are_one_whole(words, figures, tmp_path):
    place = tmp_path / "p"
    whole = figures(*words, "--epochs", 6)
    figures(*words, "--epochs", 2, "--project", place)
    assert figures("--resume", f"{place}.logitlab", "--epochs", 6) == whole


def test_a_schedule_goes_on_where_it_was_killed(figures, tmp_path):
    """SIGKILL leaves the last checkpoint, from which the same run comes out."""
    place, words = tmp_path / "p.logitlab", ("--schedule", "cosine", "--epochs", "2000")
    command = [sys.executable, "app.py", "train", "iris", *words, "--project", place]
    with subprocess.Popen(
        [*command, "--every", "0.01"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        while not place.exists() and process.poll() is None:
            time.sleep(0.01)
        process.kill()
    assert 0 < state_in(place).checkpoint.step < 2000 * 4
    assert figures("--resume", place) == figures("iris", *words)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_with_a_saved_project(number, code, tmp_path):
    place = tmp_path / "p.logitlab"
    command = [*warm.python(), "app.py", "train", "iris", "--epochs", "1000000"]
    with subprocess.Popen(
        [*command, "--project", place, "--every", "0.01"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not place.exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == code
    step = state_in(place).checkpoint.step
    assert said.decode().splitlines()[-1] == f"logitlab: stopped at step {step:,}; saved {place}."


def test_a_finished_run_asks_for_more_epochs(run, tmp_path):
    place = tmp_path / "p.logitlab"
    run("iris", "--epochs", 3, "--project", place)
    code, _, said = run("--resume", place)
    assert code == 2 and "Choose --epochs above 3 to go on" in said
    code, _, said = run("--resume", place, "--epochs", 2)
    assert code == 2 and "has made 3 epochs already" in said


def test_settings_come_from_the_project(run, tmp_path):
    code, _, said = run("--resume", tmp_path / "p", "--learning-rate", "1")
    assert code == 2 and "there is no option --learning-rate" in said


def test_another_file_leaves_the_first_as_it_is(run, tmp_path):
    first, second = tmp_path / "a.logitlab", tmp_path / "b.logitlab"
    run("iris", "--epochs", 3, "--project", first)
    before = first.read_bytes()
    code, out, _ = run("--resume", first, "--epochs", 5, "--project", second)
    assert code == 0 and f"project   {second}" in out
    assert first.read_bytes() == before
    assert state_in(second).checkpoint.epoch == 5


def test_a_project_of_the_window_goes_on_in_the_terminal(figures, iris, make_task, tmp_path):
    """The window measures at other steps, which changes no weight."""
    place = tmp_path / "p.logitlab"
    one = trained(make_task(iris, epochs=12), 14)
    project.save(project.Project(one.task, state_of(one)), place)
    told = figures("--resume", place)
    assert told["epochs"] == 12 and len(told["history"]["train_loss"]) == 12 - one.epoch
    assert told["W"] == trained(one.task, 12 * 4).params().W.tolist()


def test_what_is_no_project_costs_a_sentence(run, tmp_path):
    (tmp_path / "x").write_text("hello")
    code, _, said = run("--resume", tmp_path / "x")
    assert code == 2 and said.count("\n") == 1 and "x cannot be unpacked" in said


def test_a_checkpoint_that_cannot_be_written_does_not_end_the_run(run, tmp_path, monkeypatch):
    true, calls = project.save, []

    def full_at_first(kept, path):
        calls.append(path)
        if len(calls) == 1:
            raise SaveError("no room.")
        true(kept, path)

    monkeypatch.setattr(project, "save", full_at_first)
    place = tmp_path / "p.logitlab"
    code, _, said = run("iris", "--epochs", 3, "--project", place, "--every", 0)
    assert code == 0 and "no room. Training goes on." in said
    assert state_in(place).outcome is Status.FINISHED
