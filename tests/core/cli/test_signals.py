"""Commands that end before their time, and words that nobody takes: what can be kept is kept."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import signals, training
from core.cli import train as cli
from core.cli.progress import Progress
from core.errors import SaveError
from core.runs import model_file
from tests import warm

ROOT = Path(__file__).parents[3]
QUICK = ["iris", "--epochs", "3"]
ENDLESS = ["iris", "--epochs", "1000000000"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")


def start(*words, **more):
    return subprocess.Popen(
        [*warm.python(), "app.py", *map(str, words)],
        cwd=ROOT,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
    )


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_training_that_is_stopped_keeps_what_there_is(number, code, tmp_path):
    model, figures = tmp_path / "m.safetensors", tmp_path / "f.json"
    process = start("train", "iris", "--epochs", 15_000, "--save", model, "--json", figures)
    with process:
        assert process.stderr.readline().startswith(b"epoch ")  # a tenth of the way
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == code
    told, kept = json.loads(figures.read_text()), model_file.load(model)
    assert told["status"] == "paused" and told["steps"] == kept.step
    assert kept.params.W.tolist() == told["W"]
    assert len(told["history"]["train_loss"]) == told["epochs"]
    last = err.decode().splitlines()[-1]
    assert last == f"logitlab: stopped at step {kept.step:,}; saved {model} and {figures}."
    assert b"\nStopped in epoch " in out


def test_the_weights_are_those_of_that_many_whole_steps(digits, make_task):
    """The wish comes in the middle of an update: it is completed first."""
    from core.train.trainer import Trainer

    task = make_task(digits, batch_size=None, epochs=50)
    wish = signals.Wish()

    class Counting(Progress):
        calls = 0

        def show(self, epoch, step, metrics):
            self.calls += 1
            if self.calls == 20:
                wish.take(signal.SIGINT)

    result = training.train(task, Counting(50, sys.stderr), wish)
    trainer = Trainer(task)
    while trainer.step_count < result.metrics.step:
        trainer.advance()
    assert 0 < result.metrics.step < 50
    assert result.params.W.tolist() == trainer.params().W.tolist()


def test_without_a_place_it_says_that_nothing_was_saved(monkeypatch, capsys):
    true = training.Run.train

    def stopped(run, progress, wish):
        wish.take(signal.SIGTERM)
        return true(run, progress, wish)

    monkeypatch.setattr(training.Run, "train", stopped)
    assert cli.main(ENDLESS) == 143
    assert capsys.readouterr().err.endswith("; nothing was saved.\n")


def test_a_second_signal_ends_it_at_once_but_not_while_it_saves():
    wish = signals.Wish()
    wish.take(signal.SIGINT)
    with pytest.raises(signals.Stopped):
        wish.take(signal.SIGINT)
    wish.is_saving = True
    wish.take(signal.SIGINT)
    assert wish.number == signal.SIGINT


def test_a_model_that_cannot_be_written_does_not_cost_the_figures(monkeypatch, capsys, tmp_path):
    def full(model, path, card=""):
        raise SaveError("no room")

    monkeypatch.setattr(model_file, "save", full)
    code = cli.main([*QUICK, "--save", str(tmp_path / "m"), "--json", str(tmp_path / "f")])
    assert code == 2 and capsys.readouterr().err.endswith("logitlab: no room\n")
    assert json.loads((tmp_path / "f").read_text())["epochs"] == 3


def test_signals_are_as_before_when_a_command_has_ended(capsys):
    before = [signal.getsignal(number) for number in signals.NUMBERS]
    cli.main(["--help"])
    assert [signal.getsignal(number) for number in signals.NUMBERS] == before


def test_what_is_ignored_stays_ignored():
    """As nohup has it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals.at_once():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


# Words that nobody takes ----------------------------------------------------------------------


def in_shell(redirection, *words):
    """Run the command with its streams redirected by a shell."""
    line = '"$@" ' + redirection
    return subprocess.run(
        ["sh", "-c", line, "sh", *warm.python(), "app.py", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize(
    ("redirection", "code"),
    [("2>&-", 0), ("2>/dev/full", 0), (">&-", 0), (">/dev/full", 2), (">&- 2>&-", 0)],
)
def test_nothing_but_its_words_is_lost_where_they_cannot_be_written(redirection, code, tmp_path):
    model, figures = tmp_path / "m.safetensors", tmp_path / "f.json"
    done = in_shell(redirection, "train", *QUICK, "--save", model, "--json", figures)
    assert done.returncode == code
    assert json.loads(figures.read_text())["steps"] == model_file.load(model).step == 12
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    if code:
        assert done.stderr.splitlines()[-1] == (
            "logitlab: standard output cannot be written: no space left on device."
        )


@pytest.mark.parametrize(
    ("words", "redirection", "hint"),
    [
        (["train", *QUICK, "--json", "-"], ">/dev/full", "no space left on device"),
        (["train", *QUICK, "--json", "-"], ">&-", "There is no standard output for --json"),
        (["train", "--help"], ">/dev/full", "no space left on device"),
        (["--help"], ">/dev/full", "no space left on device"),
    ],
)
def test_output_that_is_all_that_was_wanted_is_missed_in_one_line(words, redirection, hint):
    done = in_shell(redirection, *words)
    assert done.returncode == 2 and hint in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
