"""The command line on data that stay on disk: what it says, what it keeps, how much it takes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import memory
from core.cli import resume as resuming
from core.cli import train as cli
from core.cli.command import command_for
from core.data.streamed import opening
from core.errors import DataError
from core.projects import project
from core.runs import model_file
from core.train.streamed import rows as streamed
from tests.core.cli.calling import assert_one_line, caller

QUICK = ["--epochs", "2", "--batch-size", "100"]


@pytest.fixture
def run(capsys):
    return caller(cli.main, capsys)


@pytest.fixture
def arrays(tmp_path, rng, monkeypatch):
    """Options that name features and labels in two files; a few rows of them fill a window."""
    monkeypatch.setattr(streamed, "HELD", 0)
    monkeypatch.setattr(streamed, "WINDOW", 2**14)
    y = rng.integers(0, 3, 1000)
    np.save(tmp_path / "X.npy", (rng.normal(size=(1000, 6)) + y[:, None]).astype(np.float32))
    np.save(tmp_path / "y.npy", y)
    return [str(tmp_path / "X.npy"), "--labels", str(tmp_path / "y.npy")]


def test_a_run_from_disk_learns_and_is_kept_with_a_link_to_its_data(run, arrays, tmp_path):
    kept, saved = tmp_path / "p.logitlab", tmp_path / "m"
    outputs = ["--json", tmp_path / "j", "--project", kept, "--save", saved]
    code, out, _ = run(*arrays, "--stream", *QUICK, *outputs)
    told = json.loads((tmp_path / "j").read_text())
    assert code == 0 and "X.npy: 800 training and 200 test rows" in out
    assert told["test_accuracy"] > 0.6 and told["config"]["data"]["stream"] is True
    found = project.load(kept)
    assert found.is_linked and found.task.dataset.is_streamed
    np.testing.assert_array_equal(found.task.dataset.X[:], np.load(arrays[0]))
    model = model_file.load(model_file.with_ending(saved))
    np.testing.assert_array_equal(model.params.W, np.array(told["W"], dtype=np.float32))
    command = command_for(found.task, found.task.config.training)
    assert command is not None and "--stream" in command and "--labels=" in command


def test_a_kept_run_goes_on_to_the_bit(run, arrays, tmp_path, capsys):
    kept = tmp_path / "p.logitlab"
    run(*arrays, "--stream", *QUICK, "--project", kept)
    resume = caller(resuming.main, capsys)
    code, _, _ = resume("--resume", kept, "--epochs", "4", "--json", tmp_path / "a")
    run(*arrays, "--stream", *QUICK, "--epochs", "4", "--json", tmp_path / "b")
    ours, theirs = (json.loads((tmp_path / name).read_text()) for name in "ab")
    assert code == 0 and ours["steps"] == 32
    assert (ours["W"], ours["b"]) == (theirs["W"], theirs["b"])


@pytest.mark.skipif(not hasattr(os, "pwrite"), reason="nothing is kept on Windows")
def test_what_is_kept_on_disk_is_said_with_its_size(run, arrays):
    _, out, _ = run(*arrays, "--stream", "--dry-run", "--epochs", "4")
    assert "kept on disk as it trains, until it ends: 32" in out
    _, out, _ = run(*arrays, "--stream", "--dry-run", "--epochs", "2")
    assert "kept on disk" not in out


def test_data_that_have_changed_are_not_those_of_the_project(run, arrays, tmp_path):
    kept = tmp_path / "p.logitlab"
    run(*arrays, "--stream", *QUICK, "--project", kept)
    np.save(arrays[0], np.load(arrays[0]) + 1)
    with pytest.raises(DataError, match="other rows than when the project was saved"):
        project.load(kept)


def test_data_above_half_of_the_free_memory_are_streamed_and_that_is_said(run, arrays, monkeypatch):
    _, out, _ = run(*arrays, "--dry-run")
    assert "from disk" not in out
    monkeypatch.setattr(opening, "SHARE", 2**40)
    monkeypatch.setattr(memory, "free", lambda: 2**30)
    _, out, _ = run(*arrays, "--dry-run")
    assert "read from disk while it trains: its 23 KiB are more than half of the 1.0 GiB" in out
    _, out, _ = run(*arrays, "--no-stream", "--dry-run")
    assert "from disk" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["iris", "--stream"], "Iris cannot be streamed"),
        (["mnist", "--stream"], "name the folder with its four files: --data-dir FOLDER"),
        (["X.npy", "--stream"], "name the file with the labels of its rows too"),
        (["X.npy", "--labels", "none.npy"], "none.npy cannot be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_streamed_costs_one_sentence(words, said, run, arrays, monkeypatch):
    monkeypatch.chdir(Path(arrays[0]).parent)
    code, _, errors = run(*words)
    assert code
    assert_one_line(errors, said)


LIMITED = """
import resource, sys
from core.cli import train
from core.runs import rescue  # with PyTorch: what the program itself takes is no matter here
from core.data.streamed import dataset
from core.train.streamed import rows
rows.WINDOW, dataset.HELD_BYTES, dataset.PART = 2**20, 2**21, 2**21  # as small as the data
data = [line for line in open("/proc/self/status") if line.startswith("VmData")]
limit = int(data[0].split()[1]) * 1024 + {spare}
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
sys.exit(train.main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA holds on Linux only")
def test_data_three_times_a_limit_of_memory_are_trained_on(tmp_path, rng):
    n, m = 400_000, 256  # 410 MB
    X = np.lib.format.open_memmap(tmp_path / "X.npy", "w+", np.float32, (n, m))
    y = np.arange(n) % 2
    for start in range(0, n, 10_000):
        part = slice(start, start + 10_000)
        X[part] = rng.random((1, m), dtype=np.float32) + y[part, None]
    np.save(tmp_path / "y.npy", y)
    del X
    words = [str(tmp_path / "X.npy"), "--labels", str(tmp_path / "y.npy"), "--epochs", "1"]
    program = LIMITED.format(spare=130 * 2**20)
    done = subprocess.run(
        [sys.executable, "-c", program, *words, "--batch-size", "1000", "--json", "-"],
        cwd=Path(__file__).parents[3],
        env=os.environ,
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["config"]["data"]["stream"] is True and told["test_accuracy"] > 0.9
