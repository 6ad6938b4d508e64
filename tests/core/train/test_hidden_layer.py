"""One hidden layer: its gradients, its start, and what it can that a line cannot."""

import numpy as np
import pytest
import torch
from torch import Generator

from core.config import ACTIVATIONS, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.generators import GeneratorConfig, generate
from core.data.sources import drawn, load
from core.data.task import prepare
from core.explain import probe
from core.train import models
from core.train.losses import HEADS
from core.train.trainer import Trainer

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)


def config_with(activation="tanh", hidden=6, kind="softmax", **training):
    return RunConfig(
        DataConfig(features=("all",)),
        ModelConfig(kind, hidden=hidden, activation=activation),
        TrainingConfig(**training),
    )


def trainer_with(*args, **changes):
    config = config_with(*args, **changes)
    return Trainer(prepare(load(config.data), config))


@every_activation
@pytest.mark.parametrize("kind", ["softmax", "ovr", "binary", "mse"])
@pytest.mark.parametrize("unit", [1.0, 1 / 255])
def test_the_gradients_equal_autograd(activation, kind, unit, rng):
    n, m, u, outputs = 9, 4, 5, 1 if kind in ("binary", "mse") else 3
    shapes = (outputs, u), (outputs,), (u, m), (u,)
    parameters = tuple(torch.from_numpy(rng.normal(size=shape)) for shape in shapes)
    stored = torch.from_numpy(rng.normal(size=(n, m))) / unit
    head = HEADS[kind]
    y = torch.from_numpy(rng.integers(0, max(outputs, 2), n))
    Y = head.encode(y, outputs).double()

    model = models.model_of(ModelConfig(kind, hidden=u, activation=activation), parameters, unit)
    model.backward(head.gradient(model.forward(stored), Y), stored, add=False)

    W, b, V, c = leaves = [p.clone().requires_grad_() for p in parameters]
    H = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[activation](
        (stored * unit) @ V.T + c
    )
    expected = torch.autograd.grad(head.loss(H @ W.T + b, Y).sum(), leaves)
    for found, scale, right in zip(model.gradients, model.scales, expected, strict=True):
        torch.testing.assert_close(found * scale, right)


def test_slices_add_up_to_the_whole_gradient(rng):
    parameters = tuple(
        torch.from_numpy(rng.normal(size=shape)) for shape in ((3, 5), (3,), (5, 4), (5,))
    )
    config = ModelConfig(hidden=5, activation="relu")
    X, dZ = torch.from_numpy(rng.normal(size=(8, 4))), torch.from_numpy(rng.normal(size=(8, 3)))
    whole, parts = (models.model_of(config, parameters) for _ in range(2))
    whole.forward(X)
    whole.backward(dZ, X, add=False)
    for part in (slice(0, 3), slice(3, 8)):
        parts.forward(X[part])
        parts.backward(dZ[part], X[part], add=part.start > 0)
    for a, b in zip(whole.gradients, parts.gradients, strict=True):
        torch.testing.assert_close(a, b)


@every_activation
def test_the_trainer_goes_the_way_of_pytorch(activation):
    trainer = trainer_with(activation, batch_size=None, learning_rate=0.3)
    task, start = trainer.task, trainer.params()
    X = torch.from_numpy(task.inputs(task.dataset.values(task.train_rows)))
    y = torch.from_numpy(task.dataset.y[task.train_rows])
    squash = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}
    first, last = torch.nn.Linear(4, 6), torch.nn.Linear(6, 3)
    net = torch.nn.Sequential(first, squash[activation](), last)
    with torch.no_grad():
        for mine, theirs in zip(
            start.arrays, (last.weight, last.bias, first.weight, first.bias), strict=True
        ):
            theirs.copy_(torch.from_numpy(mine))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.3)
    for _ in range(30):
        trainer.step()
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(net(X), y).backward()
        optimiser.step()
    found = trainer.params()
    for mine, theirs in zip(
        found.arrays, (last.weight, last.bias, first.weight, first.bias), strict=True
    ):
        np.testing.assert_allclose(mine, theirs.detach().numpy(), atol=2e-5)


@pytest.mark.parametrize("init", ["zeros", "random"])
def test_it_starts_at_random_whatever_is_asked_for(init):
    config = ModelConfig(hidden=7, init=init)
    W, b, V, c = models.start_of(config, 3, 4, Generator().manual_seed(5))
    again = models.start_of(config, 3, 4, Generator().manual_seed(5))
    assert W.unique().numel() == W.numel() and V.unique().numel() == V.numel()
    assert not b.any() and not c.any()
    assert all(torch.equal(x, z) for x, z in zip((W, b, V, c), again, strict=True))


@every_activation
def test_the_spread_at_the_start_is_glorots_or_hes(activation):
    config = ModelConfig(hidden=256, activation=activation)
    _, _, V, _ = models.start_of(config, 10, 784, Generator().manual_seed(1))
    gain = 2 if activation == "relu" else 1
    assert float(V.std()) == pytest.approx((gain / 784) ** 0.5, rel=0.02)


def test_it_learns_what_no_line_can_separate():
    points = generate(GeneratorConfig(kind="xor"))
    found = {}
    for hidden in (0, 8):
        config = RunConfig(
            DataConfig("drawn"),
            ModelConfig(hidden=hidden, activation="tanh"),
            TrainingConfig(optimiser="adam", learning_rate=0.05, epochs=150),
        )
        trainer = Trainer(prepare(drawn(points), config))
        while trainer.outcome is None:
            trainer.step()
        found[hidden] = trainer.measure(exact=True).train_accuracy
    assert found[0] < 0.75 and found[8] > 0.9


def test_the_grid_answers_as_the_measurement_does():
    trainer = trainer_with()
    for _ in range(40):
        trainer.step()
    task = trainer.task
    wrong = probe.mistakes(task, trainer.params(), task.train_rows)
    exact = trainer.measure(exact=True).train_accuracy
    assert 1 - wrong.mean() == pytest.approx(exact)
