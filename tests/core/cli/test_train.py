"""The command line: figures, JSON, exit codes, and one line for each thing that goes wrong."""

import gzip
import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.cli import train as cli
from core.cli import training
from core.config import RunConfig
from core.data import sources
from core.data.task import prepare
from core.runs import model_file
from tests import warm
from tests.core.cli.calling import assert_one_line, caller
from tests.core.cli.strict_json import strict

ROOT = Path(__file__).parents[3]
QUICK = ["--epochs", "3"]
FIGURES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


@pytest.fixture
def run(capsys):
    return caller(cli.main, capsys)


def command(*words, first="train", python=(sys.executable,), **variables):
    """Run the command in a process of its own."""
    return subprocess.run(
        [*python, "app.py", first, *words],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        timeout=100,
    )


# What it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "ddof", "said"),
    [((), 1, "of a sample (n − 1)"), (("--std", "population"), 0, "of a population (n)")],
)
def test_it_says_which_standard_deviation_it_divides_by(words, ddof, said, run, tmp_path):
    code, out, _ = run("iris", *QUICK, *words, "--json", tmp_path / "j")
    told = json.loads((tmp_path / "j").read_text())
    assert code == 0 and said in out and said in told["std_is"]
    assert told["config"]["data"]["std"] == ("sample" if ddof else "population")
    config = RunConfig.from_dict(told["config"])
    task = prepare(sources.load(config.data), config)
    X = task.dataset.X[task.train_rows].astype(np.float64)
    np.testing.assert_allclose(told["std"], X.std(axis=0, ddof=ddof))


@pytest.fixture
def rare(tmp_path):
    """A table in which one row of ten is of the class “rare”."""
    path = tmp_path / "rare.csv"
    rows = [f"{k % 7 + (k % 10 == 0)},{'rare' if k % 10 == 0 else 'often'}" for k in range(100)]
    path.write_text("x,class\n" + "\n".join(rows) + "\n")
    return path


def test_of_imbalanced_classes_the_baseline_is_said(run, rare):
    code, out, err = run(rare, *QUICK, "--json", "-")
    assert code == 0 and "always “often”: accuracy train 90.00%, test 90.00%" in err
    assert strict(out)["baseline"] == {"class": "often", "accuracy": {"train": 0.9, "test": 0.9}}
    assert "baseline" not in run("iris", *QUICK)[1]


def test_classes_can_be_weighted(run, rare):
    plain = strict(run(rare, *QUICK, "--json", "-")[1])
    code, out, _ = run(rare, *QUICK, "--class-weight", "balanced", "--json", "-")
    told = strict(out)
    assert code == 0 and told["config"]["training"]["class_weight"] == "balanced"
    assert plain["class_weights"] is None
    np.testing.assert_allclose(told["class_weights"], [80 / (2 * 72), 80 / (2 * 8)])
    assert told["class_names"] == ["often", "rare"] and told["W"] != plain["W"]


def test_it_says_what_it_trains_and_how_it_ended(run):
    code, out, _ = run("iris", *QUICK)
    assert code == 0
    assert "Iris: 120 training and 30 test rows; inputs petal length, petal width; standard" in out
    assert "Softmax, 3 classes; η 0.1, batch 32, λ 0, 3 epochs, seed 123, cpu" in out
    assert "Finished 3 epochs. 12 steps in" in out
    assert "training  loss 0." in out and "test      loss 0." in out


def test_what_is_counted_says_how_and_has_no_rate(run):
    code, out, _ = run("digits", "--model", "bayes", "--smoothing", "0.5")
    assert code == 0 and "Naive Bayes, 10 classes; α 0.5, batch 32, seed 123, cpu" in out
    assert "Counted all 1,438 training rows" in out and "η" not in out


def test_the_model_of_two_classes_names_both(run):
    _, out, _ = run("--model", "binary", "--classes", "setosa,2", "--batch-size", "full", *QUICK)
    assert "Logistic, “virginica” (1) against “setosa” (0)" in out
    assert "batch full" in out


def test_images_are_counted_in_pixels(run):
    _, out, _ = run("digits", "--epochs", "1")
    assert "inputs 64 pixels; not standardised" in out


def test_constant_features_are_named(run, monkeypatch, iris):
    X = iris.X.copy()
    X[:, 2] = 1
    monkeypatch.setattr(sources, "load", lambda _: replace(iris, X=X))
    _, out, _ = run(*QUICK)
    assert "constant in training, of no use: petal length" in out


def test_mnist_comes_from_its_folder(run, small_mnist):
    code, out, _ = run("mnist", "--data-dir", small_mnist, *QUICK)
    assert code == 0 and "30 training and 20 test rows; inputs 12 pixels" in out


def test_convergence_is_told(run):
    _, out, _ = run("--tolerance", "0.001", "--epochs", "10000", "--batch-size", "full")
    assert "Converged after" in out


# The model is kept ----------------------------------------------------------------------------


def test_the_model_that_was_told_of_is_kept(run, tmp_path):
    code, out, err = run(*QUICK, "--save", tmp_path / "iris", "--json", "-")
    told, kept = strict(out), model_file.load(tmp_path / "iris.safetensors")
    assert code == 0 and f"model     {tmp_path / 'iris.safetensors'}\n" in err
    assert kept.params.W.tolist() == told["W"] and kept.params.b.tolist() == told["b"]
    assert kept.standardiser.std.tolist() == told["std"]
    assert kept.config == RunConfig.from_dict(told["config"])
    assert (kept.step, kept.epoch) == (told["steps"], told["epochs"])
    assert kept.figures == {name: told[name] for name in FIGURES}


def test_a_model_that_diverged_is_kept_as_it_was_before(run, tmp_path):
    code, _, _ = run("--learning-rate", "1e30", *QUICK, "--save", tmp_path / "m")
    assert code == 1
    assert not model_file.load(tmp_path / "m.safetensors").params.W.any()


@pytest.mark.parametrize(
    ("name", "words"), [("nowhere/m", "there is no folder"), (".", "it is a folder")]
)
def test_a_hopeless_place_for_the_model_is_refused_before_training(
    name, words, run, tmp_path, monkeypatch
):
    monkeypatch.setattr(training.Run, "train", lambda *_: pytest.fail("it trained"))
    code, out, err = run("--save", tmp_path / name)
    assert (code, out) == (2, "")
    assert_one_line(err, words)


# Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["wine"], "“wine” is neither a data set"),
        (["iris", "--cunning", "1"], "there is no option --cunning"),
        (["iris", "--epochs"], "--epochs needs a value"),
        (["iris", "--epochs", "many"], "“many” is no whole number"),
        (["iris", "--epochs", "2.5"], "“2.5” is no whole number"),
        (["iris", "--epochs", "0"], "epochs is 0"),
        (["iris", "--batch-size", "half"], "“half” is neither a whole number nor “full”"),
        (["iris", "--batch-size", "0"], "batch_size is 0"),
        (["iris", "--learning-rate", "fast"], "“fast” is no number"),
        (["iris", "--learning-rate", "0"], "learning_rate is 0"),
        (["iris", "--learning-rate", "nan"], "learning_rate is nan"),
        (["iris", "--learning-rate", "1e400"], "learning_rate is inf"),
        (["iris", "--weight-decay", "-1"], "weight_decay is -1"),
        (["iris", "--test-fraction", "1"], "test_fraction is 1"),
        (["iris", "--seed", "-1"], "seed is -1"),
        (["iris", "--device", "tpu"], "no device “tpu” here; choose from cpu"),
        (["iris", "--features", "colour"], "no feature “colour”"),
        (["iris", "--degree", "0"], "degree is 0; it must be from 1 to 5"),
        (["iris", "--features", "all", "--degree", "cubic"], "“cubic” is no whole number"),
        (["digits", "--degree", "2"], "choose degree 1 and no sine for images"),
        (["iris", "--features", ","], "No feature of Iris is chosen"),
        (["iris", "--model", "binary", "--positive", "rose"], "no class “rose”"),
        (["iris", "--model", "binary", "--classes", "setosa"], "--classes takes two classes"),
        (["iris", "--model", "binary", "--classes", "0,1", "--positive", "2"], "no --positive"),
        (["iris", "--model", "binary", "--classes", "0,setosa"], "Both classes are “setosa”"),
        (["iris", "--classes", "0,1"], "choose classes only for the models of one neuron"),
        (["mnist", "--data-dir", "/nowhere/at/all"], "is not a folder"),
        (["mnist", "--data-dir", "~nobody-of-this-name"], "cannot be looked into"),
    ],
)
def test_a_mistake_is_one_line_on_standard_error_and_exit_code_2(words, message, run):
    code, _, err = run(*words)
    assert code == 2
    assert_one_line(err, message)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t10k-labels-idx1-ubyte.gz", None),
        ("t10k-labels-idx1-ubyte.gz", b""),
        ("train-images-idx3-ubyte.gz", b"<html>"),
        ("train-images-idx3-ubyte.gz", gzip.compress(b"\0\0\x08\x03" + b"\xff" * 12)),
    ],
    ids=["missing", "empty", "a web page", "impossible sizes"],
)
def test_a_damaged_mnist_is_one_line_that_names_the_file(name, content, run, small_mnist):
    (small_mnist / name).unlink()
    if content is not None:
        (small_mnist / name).write_bytes(content)
    code, out, err = run("mnist", "--data-dir", small_mnist)
    assert (code, out) == (2, "")
    assert_one_line(err, name.removesuffix(".gz"))


def test_divergence_is_exit_code_1_with_healthy_figures(run):
    code, out, err = run("--learning-rate", "1e30", *QUICK, "--json", "-")
    told = strict(out)
    assert code == 1
    assert told["status"] == "diverged" and told["train_loss"] == pytest.approx(math.log(3))
    assert np.isfinite(told["W"]).all()
    assert "logitlab: Diverged at step 1 with η = 1e+30:" in err and " it learns: " in err


def test_json_says_of_a_divergence_what_the_terminal_says_and_each_measured_point(run):
    words = ("--model", "adaline", "--learning-rate", "1")
    code, out, err = run(*words, *QUICK, "--json", "-")
    told = strict(out)
    assert code == 1 and told["converged"] is False
    assert " ".join(told["notes"]) in err.replace("\n", " ")
    fall = told["divergence"]
    assert fall["restored_step"] == told["steps"] == fall["measured"]["step"][0]
    assert fall["step"] == fall["measured"]["step"][-1] > told["steps"]
    assert f"Diverged at step {fall['step']} " in err
    assert f"rose to {fall['measured']['train_loss'][-1]:,.3g} " in err
    assert len(fall["measured"]["step"]) == fall["step"] - told["steps"] + 1


def test_a_loss_that_is_no_number_is_null(run):
    words = ("--model", "adaline", "--learning-rate", "1e38")
    told = strict(run(*words, *QUICK, "--json", "-")[1])
    assert told["divergence"]["measured"]["train_loss"][-1] is None


def test_the_rate_that_is_suggested_works_in_the_terminal(run):
    told = strict(run("--learning-rate", "1e5", *QUICK, "--json", "-")[1])
    rate = told["suggested_learning_rate"]
    again = strict(run("--learning-rate", rate, *QUICK, "--json", "-")[1])
    assert again["status"] == "finished" and again["train_loss"] < 0.7


@pytest.mark.parametrize(
    ("words", "converged", "note"),
    [
        (("--epochs", "3", "--weight-decay", "0.01"), False, "Not converged"),
        (("--epochs", "3"), False, "grow without end"),
        (("--optimiser", "newton", "--learning-rate", "1e30"), False, "grow without end"),
        (("--optimiser", "newton", "--weight-decay", "0.01"), True, ""),
    ],
)
def test_whether_a_run_converged_is_said_in_words_and_in_json(words, converged, note, run):
    code, out, err = run(*words, "--json", "-")
    told = strict(out)
    assert (code, told["converged"], told["divergence"]) == (0, converged, None)
    assert note in " ".join(told["notes"]) and bool(note) == bool(told["notes"])
    assert all(sentence in err for sentence in told["notes"])


def test_ctrl_c_is_told_and_has_its_own_exit_code(run, monkeypatch, tmp_path):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(training.Run, "train", interrupt)
    code, _, err = run("--json", tmp_path / "run.json")
    assert code == 130 and err == "\nlogitlab: stopped; nothing was written.\n"
    assert list(tmp_path.iterdir()) == []


# A process of its own -------------------------------------------------------------------------


def test_as_a_process_it_prints_json_alone_and_ends_with_0():
    done = command("iris", *QUICK, "--json", "-")
    assert done.returncode == 0 and strict(done.stdout)["epochs"] == 3
    assert b"Traceback" not in done.stderr


def test_as_a_process_a_mistake_is_one_line_and_2():
    done = command("iris", "--epochs", "0")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"logitlab: epochs is 0; it must be from 1 to 1,000,000,000.\n"


def test_as_processes_one_keeps_a_model_and_another_asks_it(tmp_path):
    model = str(tmp_path / "iris.safetensors")
    assert command("iris", "--save", model).returncode == 0
    done = command("--model", model, "--values", "1.4,0.2", "--json", "-", first="predict")
    assert done.returncode == 0 and strict(done.stdout)["winner"] == "setosa"
    assert b"Sure: setosa." in done.stderr
    words = ("--model", model, "--values", "1.4")
    refused = command(*words, first="predict", python=warm.python())
    assert refused.returncode == 2 and refused.stderr.startswith(b"logitlab: --values has 1;")


@pytest.mark.parametrize("words", [[*QUICK], ["--help"]])
def test_a_terminal_without_greek_letters_is_no_obstacle(words):
    done = command(*words, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    assert b"\\u03b7" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
def test_a_reader_that_goes_away_causes_no_traceback():
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [*warm.python(), "app.py", "train", *QUICK, "--json", "-"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writing)
        _, err = process.communicate(timeout=100)
    assert process.returncode == 1 and b"Traceback" not in err and b"Exception" not in err
