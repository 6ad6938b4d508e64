"""L1, momentum, schedules and models without a bias, in the trainer."""

import math

import numpy as np
import pytest
import torch

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.sources import load
from core.data.task import prepare
from core.train.losses import HEADS
from core.train.optimisers import RULES, scheduled
from core.train.snapshot import Status
from core.train.trainer import Trainer
from core.train.warm_start import start_from
from tests.core.train.torch_optimisers import THEIRS


def make(kind="softmax", *, model=None, **training):
    config = RunConfig(
        DataConfig(features=("all",)),
        ModelConfig(kind, **(model or {})),
        TrainingConfig(**training),
    )
    return Trainer(prepare(load(config.data), config))


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_the_trainer_goes_the_way_of_pytorch(name, decay):
    """Minibatches, with the penalty λ: autograd has the gradient, torch.optim the rule.

    Where the rule decouples λ from the loss, torch.optim has it, for the weights alone.
    """
    trainer = make(optimiser=name, learning_rate=0.02, weight_decay=decay, momentum=0.8)
    task, head = trainer.task, HEADS["softmax"]
    W = torch.zeros(3, 4, requires_grad=True)
    b = torch.zeros(3, requires_grad=True)
    is_apart = trainer.settings.rule.decouples_decay
    groups = [
        {"params": [W], "weight_decay": decay if is_apart else 0.0},
        {"params": [b], "weight_decay": 0.0},
    ]
    theirs = THEIRS[name](groups, 0.02, 0.8)
    for _ in range(100):
        rows = trainer.next_rows()
        X = torch.from_numpy(task.inputs(task.dataset.values(rows)))
        Y = head.encode(torch.from_numpy(task.dataset.y[rows]), 3).float()
        loss = head.loss(X @ W.T + b, Y).mean()
        if not is_apart:
            loss = loss + decay / 2 * (W * W).sum()
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        trainer.step()
    np.testing.assert_allclose(trainer.params().W, W.detach().numpy(), atol=2e-5)
    np.testing.assert_allclose(trainer.params().b, b.detach().numpy(), atol=2e-5)


def test_adamw_shrinks_the_weights_by_themselves_and_spares_the_biases():
    """A perceptron that is right about all rows has no gradient: λ alone moves its weights."""
    model = {"positive": "setosa"}
    before = make("perceptron", model=model, epochs=50)
    while before.metrics.train_accuracy < 1:
        before.step()
    settings = {"learning_rate": 0.01, "weight_decay": 0.1}
    trainer = make("perceptron", model=model, optimiser="adamw", **settings)
    start_from(trainer, before.params())
    start = before.params()
    for steps in range(1, 6):
        trainer.step()
        np.testing.assert_allclose(trainer.params().W, start.W * 0.999**steps, rtol=1e-6)
        assert np.array_equal(trainer.params().b, start.b)
    adam = make("perceptron", model=model, optimiser="adam", **settings)
    start_from(adam, before.params())
    adam.step()
    # Adam takes λ for a part of the gradient, whose size it scales away.
    np.testing.assert_allclose(adam.params().W, start.W - 0.01 * np.sign(start.W), rtol=1e-4)


@pytest.mark.parametrize("name", RULES)
def test_a_model_without_a_bias_has_none(name):
    trainer = make(model={"has_bias": False}, optimiser=name)
    for _ in range(10):
        trainer.step()
    assert not trainer.params().b.any() and trainer.params().W.any()


def test_a_schedule_lowers_the_rate_at_each_epoch():
    trainer = make(schedule="cosine", learning_rate=0.4, epochs=8)
    seen = {}
    while trainer.outcome is None:
        seen[trainer.epoch] = trainer.update.eta
        trainer.step()
    assert seen == {e: scheduled("cosine", 0.4, e, 8) for e in range(8)}


def test_a_rate_that_is_tuned_is_scheduled_from_there():
    trainer = make(schedule="step", learning_rate=0.4, epochs=4)
    while trainer.epoch < 2:
        trainer.step()
    trainer.set_hyperparameters(learning_rate=0.8)
    assert trainer.update.eta == scheduled("step", 0.8, 2, 4)


@pytest.mark.parametrize("kind", ["perceptron", "svm"])
def test_a_loss_that_slopes_alike_has_large_weights_and_no_divergence_at_a_large_rate(kind):
    trainer = make(kind, learning_rate=1000.0, epochs=20)
    while trainer.outcome is None:
        trainer.step()
    assert trainer.outcome is Status.FINISHED
    assert np.abs(trainer.params().W).max() > 100


@pytest.mark.parametrize("kind", ["adaline", "ovr", "ovo", "binary", "mse"])
@pytest.mark.parametrize("optimiser", ["sgd", "adam", "nesterov"])
def test_a_rate_beyond_all_bounds_ends_in_words(kind, optimiser):
    trainer = make(kind, learning_rate=1e30, optimiser=optimiser, epochs=50)
    while trainer.outcome is None:
        trainer.step()
    assert all(np.isfinite(array).all() for array in trainer.params().arrays)
    if trainer.outcome is Status.DIVERGED:
        assert (
            "with η = 1e+30" in str(trainer.message)
            and 0 < trainer.stopping.suggested_learning_rate(trainer.settings) < 1e30
        )
        assert math.isfinite(trainer.metrics.train_loss)


def test_reset_forgets_what_the_rule_remembers():
    trainer = make(optimiser="adam")
    for _ in range(7):
        trainer.step()
    first = trainer.params().W
    trainer.reset()
    for _ in range(7):
        trainer.step()
    np.testing.assert_array_equal(trainer.params().W, first)
