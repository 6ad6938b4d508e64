"""λ_max against the eigenvalues of autograd's Hessian, and the noise of a batch's gradient."""

import numpy as np
import pytest
import scipy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.sources import load
from core.data.task import prepare
from core.explain import curvature, lanczos
from core.model_family import MODEL_KINDS
from core.train import batches, models
from core.train.losses import HEADS
from core.train.snapshot import Status
from core.train.trainer import Trainer

KINDS = [kind for kind in MODEL_KINDS if HEADS[kind].hessian is not None]


def trained(kind="softmax", steps=20, model=None, **training):
    config = RunConfig(
        DataConfig(features=("all",)),
        ModelConfig(kind, **(model or {})),
        TrainingConfig(**training),
    )
    trainer = Trainer(prepare(load(config.data), config))
    for _ in range(steps):
        trainer.step()
    return trainer


def noise_of(trainer, batch):
    found = curvature.noise(trainer.task, trainer.params(), batch)
    assert found is not None
    return found


def hessian_of(trainer, decay=0.0):
    """Autograd's Hessian of the mean loss, parameters in the order W, b."""
    task, params = trainer.task, trainer.params()
    X = torch.from_numpy(task.inputs(task.dataset.values(task.train_rows))).double()
    head = HEADS[task.config.model.kind]
    Y = head.encode(torch.from_numpy(task.dataset.y[task.train_rows]), task.outputs).double()
    outputs, m = params.W.shape

    def loss(theta):
        W, b = theta[: outputs * m].view(outputs, m), theta[outputs * m :]
        return head.loss(X @ W.T + b, Y).mean() + decay / 2 * (W * W).sum()

    theta = torch.from_numpy(np.concatenate([params.W.ravel(), params.b])).double()
    return torch.autograd.functional.hessian(loss, theta).numpy()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_the_largest_curvature_is_the_largest_eigenvalue(kind, decay):
    trainer = trained(kind)
    expected = np.linalg.eigvalsh(hessian_of(trainer, decay))[-1]
    found = curvature.largest(trainer.task, trainer.params(), decay)
    assert found == pytest.approx(expected, rel=1e-5)


def scipys_largest(task, params):
    """λ_max of softmax over all training rows, in float64, by ARPACK."""
    X = np.hstack(
        [task.inputs(task.dataset.values(task.train_rows)), np.ones((len(task.train_rows), 1))]
    )
    X = X.astype(np.float64)
    Z = X @ np.hstack([params.W, params.b[:, None]]).T.astype(np.float64)
    A = scipy.special.softmax(Z, axis=1)

    def times(v):
        P = X @ v.reshape(task.outputs, -1).T
        return ((A * (P - (A * P).sum(axis=1, keepdims=True))).T @ X / len(X)).ravel()

    p = task.outputs * X.shape[1]
    H = scipy.sparse.linalg.LinearOperator((p, p), matvec=times, dtype=np.float64)
    return float(scipy.sparse.linalg.eigsh(H, k=1, which="LA", tol=1e-7, ncv=10)[0][0])


def of_data(data, steps):
    trainer = Trainer(prepare(load(data), RunConfig(data, training=TrainingConfig(batch_size=256))))
    for _ in range(steps):
        trainer.step()
    return trainer.task, trainer.params()


def test_it_is_that_of_all_rows_of_pictures(monkeypatch):
    monkeypatch.setattr(batches, "SLICE", 64 * 100)  # fifteen slices of a hundred rows
    for standardise in (None, True):
        task, params = of_data(DataConfig("digits", standardise=standardise), steps=30)
        expected = scipys_largest(task, params)
        assert curvature.largest(task, params, 0.0) == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_it_is_that_of_all_rows_of_mnist(mnist_folder):
    task, params = of_data(DataConfig("mnist", folder=str(mnist_folder)), steps=100)
    expected = scipys_largest(task, params)
    assert curvature.largest(task, params, 0.0) == pytest.approx(expected, rel=1e-5)


def test_it_is_looked_for_slice_by_slice(monkeypatch):
    monkeypatch.setattr(batches, "SLICE", 64 * 100)
    task, params = of_data(DataConfig("digits"), steps=30)
    slices = list(curvature.search(task, params, 0.0, task.train_rows))
    assert len(slices) >= 5 * 15


@given(
    p=st.integers(1, 40),
    power=st.integers(-6, 6),
    shift=st.floats(-2, 2),
    seed=st.integers(0, 2**16),
)
@settings(deadline=None)
def test_lanczos_finds_the_largest_eigenvalue(p, power, shift, seed):
    rng = np.random.default_rng(seed)
    H = rng.standard_normal((p, p))
    H = 10.0**power * (H + H.T + shift * np.eye(p))

    def multiply(v):
        yield
        return H @ v

    found = None

    def keep():
        nonlocal found
        found = yield from lanczos.largest_eigenvalue(multiply, rng.standard_normal(p))

    list(keep())
    size = float(np.abs(np.linalg.eigvalsh(H)).max())
    assert found == pytest.approx(np.linalg.eigvalsh(H)[-1], abs=1e-5 * size)


def test_a_rate_above_two_over_it_overshoots_and_one_below_does_not():
    """ADALINE's loss is a parabola, on which the bound is exact."""
    first = trained("adaline", steps=0, batch_size=None)
    limit = 2 / curvature.largest(first.task, first.params(), 0.0)
    outcomes = []
    for factor in (0.95, 1.05):
        trainer = trained("adaline", 0, batch_size=None, learning_rate=factor * limit, epochs=2_000)
        while trainer.outcome is None:
            trainer.step()
        outcomes.append(trainer.outcome)
    assert outcomes == [Status.FINISHED, Status.DIVERGED]


def test_models_without_a_second_derivative_have_none():
    assert not curvature.has_curvature(trained("perceptron", 0).task)
    assert not curvature.has_curvature(trained(model={"hidden": 3}, steps=0).task)


def test_a_full_batch_has_no_noise():
    trainer = trained()
    found = noise_of(trainer, trainer.task.train_rows)
    assert found.degrees == pytest.approx(0, abs=0.05) and found.ratio == pytest.approx(1)


def test_the_angle_is_that_between_autograds_gradients():
    trainer = trained()
    task, params, rows = trainer.task, trainer.params(), trainer.next_rows()

    def gradient(chosen):
        X = torch.from_numpy(task.inputs(task.dataset.values(chosen))).double()
        W, b = (torch.from_numpy(a).double().requires_grad_() for a in (params.W, params.b))
        y = torch.from_numpy(task.dataset.y[chosen])
        loss = torch.nn.functional.cross_entropy(X @ W.T + b, y)
        return torch.cat([g.flatten() for g in torch.autograd.grad(loss, (W, b))]).numpy()

    mine, full = gradient(rows), gradient(task.train_rows)
    cosine = mine @ full / np.linalg.norm(mine) / np.linalg.norm(full)
    found = noise_of(trainer, rows)
    assert found.degrees == pytest.approx(np.degrees(np.arccos(cosine)), abs=0.01)


def test_a_gradient_of_zero_has_no_angle():
    trainer = trained("perceptron", 0)
    task = trainer.task
    rows = task.train_rows[task.dataset.y[task.train_rows] == 0]  # all are right: z = 0 says no
    assert curvature.noise(task, trainer.params(), rows) is None


def gradients_of_each(trainer):
    """The gradient of each training row by autograd, (n, parameters)."""
    task, params = trainer.task, trainer.params()
    X = torch.from_numpy(task.inputs(task.dataset.values(task.train_rows))).double()
    head = HEADS[task.config.model.kind]
    Y = head.encode(torch.from_numpy(task.dataset.y[task.train_rows]), task.outputs).double()
    found = []
    for x, y in zip(X, Y, strict=True):
        theta = [torch.from_numpy(a).double().requires_grad_() for a in params.arrays]
        model = models.model_of(task.config.model, tuple(theta))
        head.loss(model.forward(x[None]), y[None]).sum().backward()
        grads = [t.grad for t in theta if t.ndim == 2 or task.config.model.has_bias]
        found.append(torch.cat([g.flatten() for g in grads if g is not None]).numpy())
    return np.stack(found)


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("softmax", {}),
        ("softmax", {"has_bias": False}),
        ("softmax", {"hidden": 3, "activation": "tanh"}),
        ("ovo", {}),
    ],
)
def test_signal_to_noise_is_that_over_all_batches_of_two(kind, model):
    trainer = trained(kind, steps=10, model=model)
    each = gradients_of_each(trainer)
    full = each.mean(axis=0)
    pairs = [(each[i] + each[j]) / 2 for i in range(len(each)) for j in range(i)]
    distance = np.sqrt(((np.stack(pairs) - full) ** 2).sum(axis=1).mean())
    found = noise_of(trainer, trainer.task.train_rows[:2])
    assert found.signal == pytest.approx(np.linalg.norm(full) / distance, rel=1e-4)


def test_a_full_batch_has_infinite_signal_to_noise():
    trainer = trained()
    assert np.isinf(noise_of(trainer, trainer.task.train_rows).signal)


def test_a_sample_of_the_rows_does_not_lengthen_the_full_gradient(monkeypatch):
    """Uncorrected, a quarter of the rows would give a gradient whose square is a half larger."""
    trainer = trained(steps=100)
    task, params, rng = trainer.task, trainer.params(), np.random.default_rng(1)
    batch = task.train_rows[:8]
    mine = noise_of(trainer, batch)
    squares = []
    for _ in range(400):
        rows = np.sort(rng.choice(task.train_rows, 30, replace=False))
        monkeypatch.setattr(curvature, "sample", lambda _, rows=rows: rows)
        found = curvature.noise(task, params, batch)
        squares.append(0.0 if found is None else (mine.ratio / found.ratio) ** 2)
    assert np.mean(squares) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "nesterov"])
def test_the_stable_rate_of_each_rule_parts_falling_from_growing(optimiser):
    """On ADALINE's parabola, with the rules of the trainer."""
    first = trained("adaline", steps=0)
    bend = np.linalg.eigvalsh(hessian_of(first))[-1]
    limit = curvature.stable_rate(bend, optimiser, 0.6)
    assert limit is not None
    outcomes = []
    for factor in (0.97, 1.03):
        settings = {"batch_size": None, "optimiser": optimiser, "momentum": 0.6, "epochs": 2_000}
        trainer = trained("adaline", 0, learning_rate=factor * limit, **settings)
        while trainer.outcome is None:
            trainer.step()
        outcomes.append(trainer.outcome)
    assert outcomes == [Status.FINISHED, Status.DIVERGED]


def test_rules_that_scale_each_parameter_have_no_stable_rate():
    assert [curvature.stable_rate(2.0, name, 0.9) for name in ("rmsprop", "adam")] == [None, None]
    assert curvature.stable_rate(0.0, "sgd", 0.9) is None
