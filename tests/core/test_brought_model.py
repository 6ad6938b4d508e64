"""Models that other packages bring by entry points."""

from pathlib import Path

import logitlab as ll
import numpy as np
import pytest
import torch

from core.cli import train as cli
from core.cli.export import main as export
from core.config import ModelConfig, RunConfig, TrainingConfig
from core.errors import ConfigError, DataError
from core.exports.kinds import KINDS
from core.model_family import FAMILY, guessing
from core.plugins import MODELS
from core.train.losses import HEADS
from tests.brought import install

PROGRAMS = ("script", "numpy", "notebook")
EXAMPLE = Path(__file__).parents[2] / "docs" / "example_plugin" / "logitlab_example" / "focal.py"
GOOD = EXAMPLE.read_text(encoding="utf-8")


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """Install a package with this text, which brings the model “focal”."""

    def bring(text=GOOD, what="NEURON"):
        install(tmp_path, monkeypatch, text, MODELS, focal=what)

    yield bring
    for table in (FAMILY, HEADS):
        table.pop("focal", None)


def test_the_example_is_trained_by_its_name_in_the_terminal_and_in_the_library(bring, capsys):
    bring()
    assert cli.main(["iris", "--model", "focal", "--epochs", "3"]) == 0
    assert "focal" in capsys.readouterr().out.lower()
    run = ll.Run("iris", kind="focal", features=["all"], epochs=60)
    before = run.metrics.train_loss
    run.train()
    assert run.metrics.train_loss < before / 2
    assert ll.evaluate(run).accuracy > 0.9


def test_its_updates_are_those_of_autograd(bring):
    bring()
    run = ll.Run("iris", kind="focal", features=["all"], batch_size="full", epochs=5)
    run.train()
    task = run.task
    X = torch.from_numpy(task.inputs_of(task.train_rows))
    Y = torch.from_numpy(task.dataset.y[task.train_rows])[:, None].float()
    W = torch.zeros(1, X.shape[1], requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.SGD([W, b], lr=run.config.training.learning_rate)
    for _ in range(5):
        p = torch.sigmoid((2 * Y - 1) * (X @ W.T + b))
        optimiser.zero_grad()
        (-((1 - p) ** 2) * torch.log(p)).mean().backward()
        optimiser.step()
    np.testing.assert_allclose(run.params.W, W.detach().numpy(), atol=1e-6)


def test_nothing_of_it_is_imported_before_its_name_is_asked_for(bring):
    bring("raise RuntimeError('imported')")
    ll.Run("iris", epochs=1).train()
    with pytest.raises(ConfigError, match=r"“focal” of the package .* failed: .*imported"):
        ModelConfig("focal")


def test_a_name_that_nobody_brings_is_refused_with_the_names_there_are():
    with pytest.raises(ConfigError, match="kind is 'focal'; it must be one of perceptron, "):
        ModelConfig("focal")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('title="Focal"', 'title=""', "its title is no text of one line"),
        ('title="Focal"', 'title="F" * 121', "its title has 121 characters; 120 are room for"),
        ("loss=loss,", "loss=3,", "its loss is no function"),
        ("bound=0.5", "bound=-1", "its curvature_bound is no number above 0"),
        ("NEURON = Neuron", "NEURON = dict", "it brings dict; a Neuron was expected"),
    ],
)
def test_a_row_that_is_none_costs_a_sentence_when_it_is_asked_for(bring, before, after, words):
    assert before in GOOD
    bring(GOOD.replace(before, after))
    with pytest.raises(ConfigError, match=words):
        ModelConfig("focal")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("return sign * wrong", "return 2 * sign * wrong", "its gradient at z = .* derivative"),
        ("bound=0.5", "bound=0.1", "its curvature reaches 0.4.*; its bound is 0.1"),
        (".sum(dim=1)", "", r"its loss of Z \(126, 1\) has the shape \(126, 1\)"),
        (".sum(dim=1)", ".sum(dim=1).double()", "float64; .* of torch.float32 was expected"),
        ("* logsigmoid(right)).sum", "* torch.sigmoid(right).log()).sum", "is not finite"),
        ("(-torch.sigmoid", "(torch.sigmoid", "its loss is below 0"),
        (".sum(dim=1)", ".sum(dim=1).detach()", "must be made of operations of PyTorch"),
        ("right = sign * Z", "right = Z.mul_(sign)", "it changes the logits or the targets"),
        ("right = sign * Z", "right = sign * Q", "NameError: name 'Q' is not defined"),
    ],
)
def test_mathematics_that_is_not_as_it_says_costs_a_sentence_before_training(
    bring, before, after, words
):
    assert before in GOOD
    bring(GOOD.replace(before, after))
    with pytest.raises(DataError, match=words):
        ll.Run("iris", kind="focal", epochs=1).train()


def test_what_follows_from_the_row_holds_for_it(bring):
    bring()
    assert guessing("focal", 2) is None
    with pytest.raises(ConfigError, match="one smooth valley, which Focal has not"):
        RunConfig(model=ModelConfig("focal"), training=TrainingConfig(optimiser="newton"))


def test_a_project_opens_where_the_package_is_and_says_so_where_it_is_not(
    bring, tmp_path, monkeypatch
):
    bring()
    run = ll.Run("iris", kind="focal", epochs=2)
    run.train()
    path = run.save(tmp_path / "kept")
    assert np.array_equal(ll.open_project(path).params.W, run.params.W)
    monkeypatch.setattr("core.plugins.entry_points", lambda group: ())
    with pytest.raises(ll.LogitLabError, match="kind is 'focal'"):
        ll.open_project(path)


def test_it_is_exported_but_for_programs_and_its_kept_model_predicts(bring, tmp_path, capsys):
    bring()
    run = ll.Run("iris", kind="focal", epochs=2)
    run.train()
    path = run.save(tmp_path / "kept")
    for name in KINDS:
        code = export([str(path), str(tmp_path / name), "--as", name])
        said = capsys.readouterr().err
        assert code == (2 if name in PROGRAMS else 0), said
        assert ("Focal is of another package" in said) == (name in PROGRAMS)
    model = ll.open_model(run.save_model(tmp_path / "model"))
    rows = run.task.dataset.X[:5]
    assert np.array_equal(ll.predict(model, rows).classes, ll.predict(run, rows).classes)
