"""The JSON of `train`: what it holds, and where it goes."""

import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from core.cli import train as cli
from core.cli import training
from core.train import metrics as measure
from tests.core.cli.calling import assert_one_line, caller
from tests.core.cli.strict_json import strict

ROOT = Path(__file__).parents[3]
QUICK = ["--epochs", "3"]
FIGURES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


@pytest.fixture
def run(capsys):
    return caller(cli.main, capsys)


def test_json_on_standard_output_is_all_there_is(run):
    code, out, err = run("iris", *QUICK, "--json", "-")
    assert code == 0
    assert strict(out)["status"] == "finished"
    assert "Iris: 120 training" in err


def test_json_holds_the_run(run):
    told = strict(run("iris", *QUICK, "--json", "-")[1])
    assert {"config", "history", *FIGURES, "W", "b"} < set(told)
    assert told["class_names"] == ["setosa", "versicolor", "virginica"]
    assert told["feature_names"] == ["petal length", "petal width"]
    assert np.shape(told["W"]) == (3, 2) and np.shape(told["b"]) == (3,)
    assert len(told["mean"]) == len(told["std"]) == 2
    assert told["seconds"] > 0 and (told["steps"], told["epochs"]) == (12, 3)
    assert all(0 <= told[name] <= 1 for name in FIGURES if "accuracy" in name)


@pytest.mark.parametrize(
    "words",
    [
        ("iris", "--epochs", "7"),
        ("iris", "--epochs", "1", "--batch-size", "full"),
        ("digits", "--epochs", "4", "--batch-size", "100"),
        ("iris", "--model", "binary", "--epochs", "5", "--batch-size", "1"),
    ],
)
def test_history_has_one_value_an_epoch_and_ends_with_the_final_figures(words, run):
    told = strict(run(*words, "--json", "-")[1])
    epochs = int(words[words.index("--epochs") + 1])
    assert set(told["history"]) == set(FIGURES)
    for name, values in told["history"].items():
        assert len(values) == epochs
        assert values[-1] == told[name]


def test_epochs_are_measured_also_where_steps_seldom_are(run, monkeypatch):
    words = ("iris", "--epochs", "9", "--batch-size", "7", "--json", "-")
    often = strict(run(*words)[1])
    monkeypatch.setattr(measure, "CHEAP", 0)
    assert strict(run(*words)[1])["history"] == often["history"]


def test_the_final_figures_follow_from_weights_and_data(run, iris):
    told = strict(run("iris", *QUICK, "--json", "-")[1])
    X = (iris.X[:, 2:] - told["mean"]) / told["std"]
    Z = X @ np.transpose(told["W"]) + told["b"]
    log_sums = np.log(np.exp(Z).sum(axis=1))
    train, test = iris.split(0.2, 123)
    for part, rows in (("train", train), ("test", test)):
        losses = log_sums[rows] - Z[rows, iris.y[rows]]
        assert told[f"{part}_loss"] == pytest.approx(losses.mean(), rel=1e-5)
        right = (Z[rows].argmax(axis=1) == iris.y[rows]).mean()
        assert told[f"{part}_accuracy"] == pytest.approx(right)


def test_weights_of_a_feature_map_have_a_name_for_each_column(run):
    told = strict(run("iris", "--degree", "3", *QUICK, "--json", "-")[1])
    assert told["config"]["data"]["degree"] == 3 and told["config"]["data"]["sine"] is False
    assert np.shape(told["W"]) == (3, len(told["feature_names"])) == (3, 9)
    assert told["feature_names"][:3] == ["petal length", "petal width", "petal length²"]
    assert len(told["mean"]) == len(told["std"]) == 9


def test_sines_are_named_where_they_go_in(run):
    out = run("iris", "--sine", *QUICK)[1]
    assert "inputs petal length, petal width, sin(petal length), sin(petal width)" in out


def test_without_test_rows_the_test_figures_are_null(run):
    code, out, err = run(*QUICK, "--test-fraction", "0", "--json", "-")
    told = strict(out)
    assert code == 0
    assert told["test_loss"] is None and told["test_accuracy"] is None
    assert told["history"]["test_loss"] == [None] * 3
    assert "no test rows" in err


def test_options_arrive_in_the_config(run):
    options = {
        "--features": "sepal width,3",
        "--test-fraction": "0.3",
        "--split-seed": "9",
        "--model": "binary",
        "--positive": "versicolor",
        "--init": "random",
        "--epochs": "2",
        "--batch-size": "full",
        "--learning-rate": "0.25",
        "--weight-decay": "0.01",
        "--tolerance": "1e-9",
        "--seed": "4",
        "--device": "cpu",
    }
    words = [word for pair in options.items() for word in pair]
    config = strict(run("iris", *words, "--no-standardise", "--json", "-")[1])["config"]
    assert (
        config["data"].items()
        >= {
            "source": "iris",
            "folder": None,
            "features": ["sepal width", "petal width"],
            "test_fraction": 0.3,
            "split_seed": 9,
            "standardise": False,
        }.items()
    )
    assert (
        config["model"].items()
        >= {
            "kind": "binary",
            "positive": "versicolor",
            "negative": None,
            "init": "random",
        }.items()
    )
    assert (
        config["training"].items()
        >= {
            "learning_rate": 0.25,
            "batch_size": None,
            "weight_decay": 0.01,
            "epochs": 2,
            "tolerance": 1e-9,
            "seed": 4,
            "device": "cpu",
        }.items()
    )


def test_the_seed_decides_the_split_unless_that_has_its_own(run):
    config = strict(run("--seed", "5", *QUICK, "--json", "-")[1])["config"]
    assert config["data"]["split_seed"] == config["training"]["seed"] == 5


# Where the JSON goes --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["softmax", "ovr", "ovo", "adaline"])
def test_a_table_of_one_class_is_refused_in_words(kind, run, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("a,label\n1,x\n2,x\n3,x\n")
    code, _, err = run(str(path), "--model", kind)
    assert code == 2 and "one class" in err


def test_json_of_a_hidden_layer_has_both_layers(run):
    code, out, _ = run(
        "iris", "--hidden", "5", "--optimiser", "adam", "--epochs", "3", "--json", "-"
    )
    told = json.loads(out)
    assert code == 0
    assert [np.shape(told[name]) for name in "WbVc"] == [(3, 5), (3,), (5, 2), (5,)]
    assert told["config"]["training"]["optimiser"] == "adam"


def test_json_in_a_file_replaces_what_was_there(run, tmp_path):
    path = tmp_path / "run.json"
    path.write_text("old")
    code, out, _ = run(*QUICK, "--json", path)
    assert code == 0 and "Finished" in out
    assert strict(path.read_text(encoding="utf-8"))["epochs"] == 3
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(run, tmp_path):
    path, link = tmp_path / "run.json", tmp_path / "link.json"
    path.write_text("old")
    link.symlink_to(path)
    assert run(*QUICK, "--json", link)[0] == 0
    assert link.is_symlink() and strict(path.read_text(encoding="utf-8"))["epochs"] == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
def test_a_pipe_is_written_into_and_stays_a_pipe(run, tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert run(*QUICK, "--json", pipe)[0] == 0
    reader.join(30)
    assert pipe.is_fifo() and strict(got[0])["epochs"] == 3


def test_a_failing_disk_leaves_the_old_file_and_no_other(run, tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    path.write_text("old")

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    code, _, err = run(*QUICK, "--json", path)
    assert code == 2 and err.endswith(
        "cannot be written: no space left on device. Make room there, or choose another place.\n"
    )
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere/run.json", "there is no folder"),
        (".", "it is a folder"),
        ("file/run.json", "there is no folder|Not a directory"),
        ("a" * 300, "its name is too long"),
        ("ring", "leads back to itself"),
    ],
)
def test_a_hopeless_place_is_refused_before_training(name, words, run, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    monkeypatch.setattr(training.Run, "train", lambda *_: pytest.fail("it trained"))
    code, out, err = run("--json", tmp_path / name)
    assert (code, out) == (2, "")
    assert_one_line(err, words)


@pytest.mark.parametrize("refused", ["folder", "file"])
def test_an_unwritable_place_is_refused_before_training(refused, run, tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    path.write_text("old")
    place = {"folder": tmp_path, "file": path}[refused]
    # Root may write everywhere, so the system's answer is made up.
    monkeypatch.setattr(os, "access", lambda asked, _: Path(asked) != place)
    monkeypatch.setattr(training.Run, "train", lambda *_: pytest.fail("it trained"))
    code, _, err = run("--json", path)
    assert code == 2 and path.read_text() == "old"
    assert_one_line(
        err, "run.json cannot be written: you may not write there. Choose another place"
    )
