"""The algorithm: known figures, autograd and scikit-learn as oracles, tuning, outcomes."""

import gc
import math
import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from torch.nn import functional

from core.config import DataConfig
from core.data import sources
from core.data.dataset import Dataset
from core.errors import ConfigError, DataError, DeviceError
from core.train import batches, health, warm_start
from core.train.device import devices, find_device
from core.train.history import MOVED, SAMPLE, Mark
from core.train.losses import HEADS
from core.train.models import HIDDEN
from core.train.optimisers import RULES
from core.train.second_order import METHODS
from core.train.snapshot import Params, Status
from core.train.trainer import Trainer
from core.train.warm_start import move_to, start_from
from tests.core.training import go, train

ALL_FEATURES = {"features": ("all",)}
NO_TEST = {"test_fraction": 0.0}


def same(a, b):
    return np.array_equal(a.params().W, b.params().W) and np.array_equal(a.params().b, b.params().b)


def inputs(task, rows):
    X = task.standardiser.apply(task.dataset.values(rows))
    return torch.from_numpy(X), torch.from_numpy(task.dataset.y[rows])


class Reference:
    """The same run by torch.nn, autograd and torch.optim, from zeros, in float64."""

    def __init__(self, task):
        X, self.y = inputs(task, task.train_rows)
        self.X = X.double()
        self.settings = task.config.training
        self.generator = torch.Generator().manual_seed(self.settings.seed)
        self.order = torch.arange(0)
        self.binary = task.outputs == 1
        self.layer = torch.nn.Linear(task.dataset.m, task.outputs, dtype=torch.float64)
        for parameter in self.layer.parameters():
            torch.nn.init.zeros_(parameter)
        self.optimiser = torch.optim.SGD([self.layer.weight])
        self.optimiser.add_param_group({"params": [self.layer.bias]})

    def step(self):
        size = min(self.settings.batch_size or len(self.y), len(self.y))
        if len(self.order) == 0 and size < len(self.y):
            self.order = torch.randperm(len(self.y), generator=self.generator)
        rows = self.order[:size] if len(self.order) else torch.arange(len(self.y))
        self.order = self.order[size:]
        Z, y = self.layer(self.X[rows]), self.y[rows]
        if self.binary:
            loss = functional.binary_cross_entropy_with_logits(Z[:, 0], y.double())
        else:
            loss = functional.cross_entropy(Z, y)
        self.optimiser.zero_grad()
        loss.backward()
        for group in self.optimiser.param_groups:
            group["lr"] = self.settings.learning_rate
        self.optimiser.param_groups[0]["weight_decay"] = self.settings.weight_decay
        self.optimiser.step()

    def assert_equals(self, subject):
        W, b = (parameter.detach().numpy() for parameter in self.layer.parameters())
        np.testing.assert_allclose(subject.params().W, W, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(subject.params().b, b, rtol=1e-4, atol=1e-5)


# The lecture's figures ------------------------------------------------------------------------


@pytest.fixture
def lecture_run(lecture_iris, make_task):
    task = make_task(
        lecture_iris,
        data={"features": ("sepal width", "petal width")},
        learning_rate=0.1,
        batch_size=None,
        epochs=50,
    )
    return train(task)


def test_the_lectures_iris_run_gives_its_weights(lecture_run):
    W = [[0.5585, -1.0257], [-0.5483, 0.0316], [-0.0102, 0.9941]]
    np.testing.assert_allclose(lecture_run.params().W, W, atol=5.1e-5)
    np.testing.assert_allclose(lecture_run.params().b, [-0.0553, 0.0340, 0.0213], atol=5.1e-5)


def test_the_lectures_iris_run_gives_its_loss_and_accuracies(lecture_run):
    metrics = lecture_run.metrics
    assert metrics.step == metrics.epoch == 50
    assert metrics.train_loss == pytest.approx(0.4795, abs=5.1e-5)  # after the 50th update
    assert metrics.train_accuracy == pytest.approx(0.8583, abs=5.1e-5)
    assert metrics.test_accuracy == pytest.approx(0.8, abs=1e-9)


@pytest.mark.slow
def test_mnist_reaches_the_accuracy_that_is_known_for_it(mnist_folder, make_task):
    mnist = sources.load(DataConfig("mnist", folder=str(mnist_folder)))
    task = make_task(mnist, learning_rate=0.1, batch_size=256, epochs=25)
    subject = train(task)
    metrics = subject.measure(exact=True)
    assert metrics.epoch == 25 and metrics.confusion.sum() == 10_000
    assert metrics.test_accuracy == pytest.approx(0.922, abs=0.002)
    assert metrics.train_accuracy == pytest.approx(0.922, abs=0.003)


# One update -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize("init", ["zeros", "random"])
def test_a_step_follows_the_gradient_of_the_penalised_loss_and_spares_the_biases(
    kind, init, iris, make_task
):
    task = make_task(
        iris,
        data=ALL_FEATURES,
        model={"kind": kind, "init": init},
        batch_size=None,
        learning_rate=0.3,
        weight_decay=0.7,
    )
    subject = Trainer(task)
    subject.step()  # away from the start, where the biases are zero
    before = subject.params()
    subject.step()
    X, y = inputs(task, task.train_rows)
    W, b = (
        torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in (before.W, before.b)
    )
    Z = X.double() @ W.mT + b
    loss = (
        functional.cross_entropy(Z, y)
        if kind == "softmax"
        else functional.binary_cross_entropy_with_logits(Z[:, 0], y.double())
    )
    dW, db = torch.autograd.grad(loss + 0.7 / 2 * (W**2).sum(), (W, b))
    assert before.b.any()
    np.testing.assert_allclose(subject.params().W, (W - 0.3 * dW).detach(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(subject.params().b, (b - 0.3 * db).detach(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize("batch_size", [1, 7, 119, 120, 1000, None])
def test_a_run_with_any_batch_size_equals_torchs_own_sgd(kind, batch_size, iris, make_task):
    task = make_task(
        iris, model={"kind": kind}, batch_size=batch_size, learning_rate=0.2, weight_decay=0.01
    )
    assert len(task.train_rows) == 120
    subject, reference = Trainer(task), Reference(task)
    for _ in range(3 * math.ceil(120 / (batch_size or 120))):
        subject.step()
        reference.step()
    reference.assert_equals(subject)
    assert subject.epoch == 3


def test_a_batch_in_slices_has_the_gradient_of_the_batch_in_one_piece(
    digits, make_task, monkeypatch
):
    task = make_task(digits, batch_size=None, learning_rate=0.1)
    whole = train(task, steps=5)
    monkeypatch.setattr(batches, "SLICE_ROWS", 1000)
    assert len(task.train_rows) > batches.SLICE_ROWS
    sliced = train(task, steps=5)
    np.testing.assert_allclose(sliced.params().W, whole.params().W, rtol=1e-4, atol=1e-6)
    reference = Reference(task)
    for _ in range(5):
        reference.step()
    reference.assert_equals(sliced)


def test_a_large_batch_pauses_between_its_slices(digits, make_task, monkeypatch):
    monkeypatch.setattr(batches, "SLICE_ROWS", 500)
    task = make_task(digits, batch_size=None)
    subject = Trainer(task)
    pauses = 0
    while not subject.advance():
        pauses += 1
        assert subject.step_count == 0 and not subject.params().W.any()
    assert subject.step_count == 1
    assert pauses == math.ceil(len(task.train_rows) / 500) - 1


def test_a_batch_size_that_is_tuned_within_an_update_holds_for_that_update(
    digits, make_task, monkeypatch
):
    monkeypatch.setattr(batches, "SLICE_ROWS", 100)
    subject, twin = Trainer(make_task(digits, batch_size=400)), Trainer(make_task(digits))
    subject.advance()
    subject.set_hyperparameters(batch_size=64)
    twin.set_hyperparameters(batch_size=64)
    for trainer_ in (subject, twin):
        for _ in range(50):
            trainer_.step()
    assert np.array_equal(subject.params().W, twin.params().W)


# The same again -------------------------------------------------------------------------------


@pytest.mark.parametrize("init", ["zeros", "random"])
@pytest.mark.parametrize("name", ["iris", "digits"])
def test_the_same_config_gives_the_same_weights_bit_for_bit(name, init, request, make_task):
    dataset = request.getfixturevalue(name)
    runs = [train(make_task(dataset, model={"init": init}, epochs=3)) for _ in range(2)]
    other = train(make_task(dataset, model={"init": init}, epochs=3, seed=124))
    assert same(*runs)
    assert not same(runs[0], other)


@pytest.mark.parametrize("init", ["zeros", "random"])
def test_reset_returns_to_the_same_start_and_the_same_run(init, iris, make_task):
    subject = Trainer(make_task(iris, model={"init": init}, epochs=4))
    start = subject.params()
    go(subject)
    end = subject.params()
    subject.reset()
    assert subject.step_count == subject.epoch == 0 and subject.outcome is None
    assert np.array_equal(subject.params().W, start.W)
    assert np.array_equal(subject.params().b, start.b)
    assert list(subject.history.curves().step) == [0]
    go(subject)
    assert np.array_equal(subject.params().W, end.W)


def test_measuring_changes_no_weights(iris, make_task):
    task = make_task(iris, epochs=4)
    watched = Trainer(task)
    while watched.outcome is None:
        watched.step()
        watched.measure(exact=True)
    assert same(watched, train(task))


# Tuning while it runs -------------------------------------------------------------------------


def test_tuning_equals_a_run_with_those_settings_from_that_step(iris, make_task):
    task = make_task(iris, batch_size=16, learning_rate=0.1)
    subject, reference = Trainer(task), Reference(task)
    for changes in (
        {},
        {"learning_rate": 0.5},
        {"weight_decay": 0.05},
        {"batch_size": 7},
        {"batch_size": None},
        {"batch_size": 50, "learning_rate": 0.02},
    ):
        subject.set_hyperparameters(**changes)
        reference.settings = replace(reference.settings, **changes)
        for _ in range(5):
            subject.step()
            reference.step()
    reference.assert_equals(subject)


def test_each_tuning_leaves_a_mark_at_its_step(iris, make_task):
    subject = train(make_task(iris, learning_rate=0.1, batch_size=32), steps=3)
    subject.set_hyperparameters(learning_rate=0.5, batch_size=None)
    subject.step()
    subject.set_hyperparameters(weight_decay=0.01, learning_rate=0.5)
    assert subject.history.curves().marks == (
        Mark(3, "η 0.1 → 0.5"),
        Mark(3, "batch 32 → full"),
        Mark(4, "λ 0 → 0.01"),
    )


def test_what_cannot_be_tuned_is_refused_by_name(iris, make_task):
    subject = Trainer(make_task(iris))
    with pytest.raises(ConfigError, match="seed cannot change while a model trains"):
        subject.set_hyperparameters(seed=4)


def test_a_setting_that_the_optimiser_cannot_take_is_refused_during_a_run_too(iris, make_task):
    subject = Trainer(make_task(iris, optimiser="lbfgs"))
    with pytest.raises(ConfigError, match="needs a smooth loss"):
        subject.set_hyperparameters(l1=0.1)
    assert subject.settings == subject.task.config.training


def test_a_refused_value_leaves_the_settings_as_they_were(iris, make_task):
    subject = Trainer(make_task(iris))
    with pytest.raises(ConfigError, match="learning_rate is -1"):
        subject.set_hyperparameters(learning_rate=-1.0)
    assert subject.settings == subject.task.config.training
    assert subject.history.curves().marks == ()


# How it ends ----------------------------------------------------------------------------------


def test_it_finishes_after_its_epochs(iris, make_task):
    subject = train(make_task(iris, epochs=3, batch_size=32))
    assert subject.outcome is Status.FINISHED
    assert (subject.epoch, subject.step_count) == (3, 3 * math.ceil(120 / 32))
    assert str(subject.message) == "Finished 3 epochs."


def test_after_its_end_it_goes_on_for_as_many_epochs_again(iris, make_task):
    subject = train(make_task(iris, epochs=3))
    subject.go_on()
    go(subject)
    assert subject.outcome is Status.FINISHED and subject.epoch == 6
    assert same(subject, train(make_task(iris, epochs=6)))


def test_more_epochs_make_a_finished_run_trainable_again(iris, make_task):
    subject = train(make_task(iris, epochs=3))
    subject.set_hyperparameters(epochs=5)
    assert subject.outcome is None
    go(subject)
    assert subject.epoch == 5


def test_it_stops_as_converged_when_the_loss_hardly_changes(iris, make_task):
    subject = train(make_task(iris, batch_size=None, epochs=100_000, tolerance=1e-3))
    losses = subject.history.curves().train_loss[-6:]
    assert subject.outcome is Status.CONVERGED
    assert f"Converged after {subject.epoch} epochs" in str(subject.message)
    assert 0 <= losses[0] - losses[-1] < 5e-3
    assert (
        subject.history.curves().train_loss[-7] - losses[-2] >= 5e-3
    )  # not a moment sooner would do


def test_a_loss_that_leaps_about_is_not_converged(iris, make_task):
    subject = train(make_task(iris, learning_rate=100.0, tolerance=1e-4, epochs=30))
    assert subject.outcome is Status.FINISHED


@pytest.fixture(params=[1000.0, 1e30, 1e38])
def diverged(request, iris, make_task):
    task = make_task(iris, learning_rate=request.param, batch_size=None, epochs=400)
    return train(task, steps=100)


def test_divergence_is_an_outcome_that_names_step_and_remedy(diverged):
    assert diverged.outcome is Status.DIVERGED
    assert f"Diverged at step {diverged.step_count + 1} with η" in str(diverged.message)
    assert f"η = {diverged.settings.learning_rate:g}:" in str(diverged.message)
    assert (
        0
        < diverged.stopping.suggested_learning_rate(diverged.settings)
        < diverged.settings.learning_rate
    )


def test_divergence_leaves_the_last_healthy_weights(diverged):
    healthy = train(diverged.task, steps=diverged.step_count)
    assert same(diverged, healthy)
    assert np.isfinite(diverged.params().W).all()
    assert diverged.metrics.step == diverged.step_count
    assert math.isfinite(diverged.metrics.train_loss)
    assert np.isfinite(diverged.history.curves().train_loss).all()


def test_after_divergence_the_remedy_reaches_a_low_loss(diverged):
    diverged.set_hyperparameters(
        learning_rate=diverged.stopping.suggested_learning_rate(diverged.settings)
    )
    diverged.go_on()
    go(diverged)
    assert diverged.outcome is Status.FINISHED
    assert diverged.metrics.train_loss < 0.2


def test_divergence_after_a_tuning_returns_to_the_step_before_it(iris, make_task):
    task = make_task(iris)
    subject = train(task, steps=30)
    subject.set_hyperparameters(learning_rate=1e30)
    go(subject)
    assert subject.outcome is Status.DIVERGED and subject.step_count == 30
    assert same(subject, train(task, steps=30))
    assert list(subject.history.curves().step) == list(range(31))


def test_a_huge_weight_decay_diverges_and_is_remedied_too(iris, make_task):
    subject = train(make_task(iris, weight_decay=300.0, batch_size=None), steps=100)
    outcomes = [subject.outcome]
    subject.set_hyperparameters(
        learning_rate=subject.stopping.suggested_learning_rate(subject.settings)
    )
    subject.go_on()
    go(subject)
    assert [*outcomes, subject.outcome] == [Status.DIVERGED, Status.FINISHED]
    assert subject.metrics.train_loss < math.log(3) + 0.01  # so strong a pull leaves no weights


def test_a_diverged_step_between_two_measurements_is_found_at_the_next(make_task, digits):
    task = make_task(digits, learning_rate=1e30, batch_size=8)
    subject = train(task, steps=500)
    assert subject.outcome is Status.DIVERGED and np.isfinite(subject.params().W).all()


def test_one_class_is_refused_with_what_to_do(make_task, two_blobs):
    alone = replace(two_blobs, y=np.zeros_like(two_blobs.y))
    with pytest.raises(DataError, match=r"one class, “A”.*Draw points of another class"):
        Trainer(make_task(alone, data={"source": "drawn"}))


@pytest.mark.parametrize(("init", "value"), [("zeros", np.inf), ("random", 3e38)])
def test_numbers_that_are_too_large_are_refused_with_what_to_do(init, value, make_task, two_blobs):
    X, y = np.full((400, 2), value, dtype=np.float32), np.arange(400) % 2
    huge = replace(two_blobs, X=X, y=y)
    task = make_task(huge, data={"standardise": False}, model={"init": init})
    with pytest.raises(DataError, match=r"too large.*switch standardisation on"):
        Trainer(task)


# Measuring ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["softmax", "binary"])
def test_measured_figures_equal_those_of_the_definitions(kind, iris, make_task):
    task = make_task(iris, data={"test_fraction": 0.3}, model={"kind": kind})
    subject = train(task, steps=40)
    metrics, params = subject.measure(), subject.params()

    def by_definition(rows):
        X, y = inputs(task, rows)
        Z = X @ torch.from_numpy(params.W).mT + torch.from_numpy(params.b)
        if kind == "binary":
            Z = torch.cat([torch.zeros_like(Z), Z], dim=1)
        confusion = confusion_matrix(y, Z.argmax(dim=1))
        return float(functional.cross_entropy(Z, y)), confusion.trace() / len(y), confusion

    loss, accuracy, _ = by_definition(task.train_rows)
    assert (metrics.train_loss, metrics.train_accuracy) == pytest.approx((loss, accuracy), rel=1e-5)
    loss, accuracy, confusion = by_definition(task.test_rows)
    assert (metrics.test_loss, metrics.test_accuracy) == pytest.approx((loss, accuracy), rel=1e-5)
    assert np.array_equal(metrics.confusion, confusion)


def test_without_test_rows_the_test_figures_are_not_numbers(iris, make_task):
    metrics = Trainer(make_task(iris, data=NO_TEST)).metrics
    assert math.isnan(metrics.test_loss) and math.isnan(metrics.test_accuracy)
    assert metrics.confusion.sum() == 150


def test_a_new_model_starts_at_the_logarithm_of_the_number_of_classes(digits, make_task):
    assert Trainer(make_task(digits)).metrics.train_loss == pytest.approx(math.log(10), rel=1e-6)


def many_rows(rng, n=12_000):
    X = rng.normal(size=(n, 20)).astype(np.float32)
    y = (X[:, 0] + rng.normal(size=n) > 0).astype(np.int64)
    return Dataset("Many", X, y, tuple(f"f{j}" for j in range(20)), ("no", "yes"))


def test_large_data_are_measured_ever_more_rarely_until_that_is_cheap(rng, make_task):
    subject = train(make_task(many_rows(rng), batch_size=500, epochs=10), steps=150)
    steps = subject.history.curves().step
    assert list(steps[:9]) == [0, 1, 2, 3, 4, 6, 8, 12, 16]
    gaps = np.diff(steps)
    assert (np.diff(gaps) >= 0).all() and gaps[-1] < 150


def test_of_many_rows_a_sample_is_measured_and_all_of_them_when_it_counts(rng, make_task):
    subject = Trainer(make_task(many_rows(rng), data=NO_TEST))
    assert subject.measure().confusion.sum() == SAMPLE
    assert subject.measure(exact=True).confusion.sum() == 12_000


# Oracles for the converged fit ----------------------------------------------------------------


def penalised(subject, decay):
    return subject.measure(exact=True).train_loss + decay / 2 * float(
        (subject.params().W ** 2).sum()
    )


@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize(
    ("name", "eta", "decay", "epochs"), [("iris", 0.4, 0.01, 3000), ("digits", 0.3, 0.05, 900)]
)
def test_the_converged_fit_equals_scikit_learns(name, eta, decay, epochs, kind, request, make_task):
    dataset = request.getfixturevalue(name)
    task = make_task(
        dataset,
        data={"features": ("all",), "standardise": True},
        model={"kind": kind},
        learning_rate=eta,
        weight_decay=decay,
        batch_size=None,
        epochs=epochs,
    )
    subject = train(task)
    X, y = inputs(task, task.train_rows)
    # scikit-learn minimises C Σ loss + ½‖W‖²; divided by C n, that is the mean with λ = 1 / (C n).
    model = LogisticRegression(C=1 / (len(y) * decay), tol=1e-6, max_iter=10_000)
    model.fit(X.double().numpy(), y.numpy())
    Z = torch.from_numpy(model.decision_function(X.double().numpy()))
    loss = (
        functional.cross_entropy(Z, y)
        if kind == "softmax"
        else functional.binary_cross_entropy_with_logits(Z, y.double())
    )
    assert subject.metrics.train_loss == pytest.approx(float(loss), abs=1e-4)
    expected = float(loss) + decay / 2 * float((model.coef_**2).sum())
    assert penalised(subject, decay) == pytest.approx(expected, abs=1e-4)
    np.testing.assert_allclose(subject.params().W, model.coef_, atol=2e-3)


def test_softmax_with_two_classes_is_the_binary_neuron_with_w1_minus_w0(iris, make_task):
    # Let d = w₁ − w₀ and g the binary gradient at d. Softmax moves w₁ by −η (g + λ w₁) and w₀ by
    # −η (−g + λ w₀), hence d by −η (2 g + λ d): a binary neuron with 2 η and λ / 2.
    pair = iris.with_two_classes("virginica", "versicolor")
    softmax = train(make_task(pair, learning_rate=0.1, weight_decay=0.02, batch_size=16, epochs=20))
    binary = train(
        make_task(
            pair,
            model={"kind": "binary"},
            learning_rate=0.2,
            weight_decay=0.01,
            batch_size=16,
            epochs=20,
        )
    )
    W, b = softmax.params().W, softmax.params().b
    np.testing.assert_allclose(W[1] - W[0], binary.params().W[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(b[1] - b[0], binary.params().b[0], rtol=1e-4, atol=1e-6)
    assert softmax.metrics.test_loss == pytest.approx(binary.metrics.test_loss, rel=1e-5)
    assert np.array_equal(softmax.metrics.confusion, binary.metrics.confusion)


# Devices --------------------------------------------------------------------------------------


def test_a_device_that_is_not_there_is_refused_with_those_that_are(iris, make_task, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="no device “cuda” here; choose from cpu"):
        Trainer(make_task(iris, device="cuda"))


@pytest.mark.parametrize("name", ["", "cpu:0", "tpu", "cuda:99", "Cpu"])
def test_only_the_devices_that_are_listed_are_taken(name):
    with pytest.raises(DeviceError, match="choose from cpu"):
        find_device(name)


@pytest.mark.parametrize(
    ("count", "names"), [(0, ("cpu",)), (1, ("cpu", "cuda")), (2, ("cpu", "cuda:0", "cuda:1"))]
)
def test_each_cuda_device_has_a_name(count, names, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    assert devices() == names


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {"model": {"init": "random"}}) for name in ("iris", "digits")),
        *(("iris", {"optimiser": name}) for name in (*RULES, *METHODS)),
        *(("iris", {"model": {"kind": name, "init": "random"}}) for name in HEADS),
        *(("digits", {"model": {"hidden": 8, "activation": name}}) for name in HIDDEN),
    ],
    ids=str,
)
def test_cpu_and_cuda_agree(name, options, request, make_task):
    dataset = request.getfixturevalue(name)
    cpu, cuda = (
        train(make_task(dataset, epochs=3, device=device, **options))
        for device in ("cpu", devices()[-1])
    )
    np.testing.assert_allclose(cuda.params().W, cpu.params().W, rtol=1e-3, atol=1e-4)
    assert cuda.metrics.train_loss == pytest.approx(cpu.metrics.train_loss, rel=1e-3)


# Elsewhere ------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(rng):
    """Weights of a person's choice, for Iris with its two default features."""
    W, b = rng.normal(size=(3, 2)).astype(np.float32), rng.normal(size=3).astype(np.float32)
    return Params(W, b)


def loss_at(task, params):
    X, y = inputs(task, task.train_rows)
    Z = X @ torch.from_numpy(params.W).mT + torch.from_numpy(params.b)
    return float(functional.cross_entropy(Z, y))


def put(reference, params):
    """Put the reference's weights there."""
    with torch.no_grad():
        reference.layer.weight.copy_(torch.from_numpy(params.W))
        reference.layer.bias.copy_(torch.from_numpy(params.b))


@pytest.mark.parametrize("batch_size", [32, None])
def test_a_moved_model_goes_on_from_the_given_weights(batch_size, iris, make_task, elsewhere):
    task = make_task(iris, batch_size=batch_size, weight_decay=0.01)
    subject, reference = Trainer(task), Reference(task)
    for _ in range(6):
        subject.step()
        reference.step()
    move_to(subject, elsewhere)
    put(reference, elsewhere)
    assert np.array_equal(subject.params().W, elsewhere.W)
    assert np.array_equal(subject.params().b, elsewhere.b)
    assert subject.step_count == 6
    for _ in range(6):
        subject.step()
        reference.step()
    reference.assert_equals(subject)


def test_a_move_is_marked_and_measured_anew_at_its_step(iris, make_task, elsewhere):
    subject = train(make_task(iris), steps=6)
    before = subject.history.curves()
    move_to(subject, elsewhere)
    curves = subject.history.curves()
    assert curves.marks == (Mark(6, MOVED),)
    assert list(curves.step) == list(before.step) == list(range(7))
    assert np.array_equal(curves.train_loss[:6], before.train_loss[:6])
    expected = pytest.approx(loss_at(subject.task, elsewhere), rel=1e-5)
    assert curves.train_loss[6] == subject.metrics.train_loss == expected
    assert subject.metrics.step == 6


def test_a_move_within_an_update_begins_that_update_again(digits, make_task, monkeypatch, rng):
    monkeypatch.setattr(batches, "SLICE_ROWS", 100)
    task = make_task(digits, batch_size=400)
    subject, twin = Trainer(task), Trainer(task)
    params = Params(rng.normal(size=(10, 64)).astype(np.float32), np.zeros(10, dtype=np.float32))
    subject.advance()
    for each in (subject, twin):
        move_to(each, params)
        go(each, 20)
    assert same(subject, twin)


def test_a_finished_run_that_is_moved_can_go_on(iris, make_task, elsewhere):
    subject = train(make_task(iris, epochs=2))
    move_to(subject, elsewhere)
    assert subject.outcome is None
    go(subject)
    assert subject.epoch == 4


def test_to_be_moved_far_off_is_no_divergence(iris, make_task):
    far = Params(np.full((3, 2), 500, dtype=np.float32), np.array([900, 0, -900], dtype=np.float32))
    subject = train(make_task(iris), steps=6)
    move_to(subject, far)
    assert subject.metrics.train_loss > health.DIVERGED_FACTOR * math.log(3)
    go(subject, 3)
    assert subject.outcome is None and subject.step_count == 9


def test_a_move_to_where_the_loss_has_no_value_is_refused_and_changes_nothing(iris, make_task):
    subject, twin = (train(make_task(iris), steps=6) for _ in range(2))
    nowhere = Params(np.full((3, 2), np.nan, dtype=np.float32), np.zeros(3, dtype=np.float32))
    with pytest.raises(DataError, match="no value at these weights"):
        move_to(subject, nowhere)
    assert subject.history.curves().marks == ()
    go(subject, 6)
    go(twin, 6)
    assert same(subject, twin)


def test_a_chosen_start_is_where_it_begins_and_what_reset_returns_to(iris, make_task, elsewhere):
    task = make_task(iris, epochs=3)
    subject, reference = train(task, steps=6), Reference(task)
    start_from(subject, elsewhere)
    put(reference, elsewhere)
    ends = []
    for _ in range(2):
        assert (subject.step_count, subject.epoch, list(subject.history.curves().step)) == (
            0,
            0,
            [0],
        )
        assert np.array_equal(subject.params().W, elsewhere.W)
        assert np.array_equal(subject.params().b, elsewhere.b)
        loss = pytest.approx(loss_at(task, elsewhere), rel=1e-5)
        assert subject.metrics.train_loss == loss
        go(subject)
        ends.append(subject.params())
        subject.reset()
    for _ in range(3 * math.ceil(120 / subject.batch_size)):
        reference.step()
    go(subject)
    reference.assert_equals(subject)
    assert np.array_equal(ends[0].W, ends[1].W) and np.array_equal(ends[0].b, ends[1].b)


def test_a_start_that_the_data_cannot_bear_leaves_the_start_before(iris, make_task, elsewhere):
    subject = Trainer(make_task(iris))
    start_from(subject, elsewhere)
    huge = Params(np.full((3, 2), 3e38, dtype=np.float32), np.zeros(3, dtype=np.float32))
    with pytest.raises(DataError, match="too large for the model"):
        start_from(subject, huge)
    for _ in range(2):
        assert np.array_equal(subject.params().W, elsewhere.W)
        go(subject, 3)
        subject.reset()


# The rows that come next ----------------------------------------------------------------------


@pytest.fixture
def used(monkeypatch):
    """The rows of the training set that updates are made with, in the order they are taken."""
    taken = []
    next_ = batches.BatchSampler.next

    def spy(self, batch_size):
        rows, n, ends_epoch = next_(self, batch_size)
        taken.append(np.arange(n) if rows is None else rows.numpy().copy())
        return rows, n, ends_epoch

    monkeypatch.setattr(batches.BatchSampler, "next", spy)
    return taken


def assert_foretold(subject, used, steps):
    """Before each step its rows are asked for; then it is seen which they were."""
    for _ in range(steps):
        told = subject.next_rows()
        subject.step()
        assert np.array_equal(told, subject.task.train_rows[used[-1]])


@pytest.mark.parametrize("batch_size", [1, 7, 32, 120, 1000, None])
def test_the_rows_that_are_told_are_those_of_the_next_update(batch_size, iris, make_task, used):
    subject = Trainer(make_task(iris, batch_size=batch_size, epochs=10**6))
    assert_foretold(subject, used, steps=2 * math.ceil(120 / (batch_size or 120)) + 3)
    assert subject.epoch >= 2


def test_a_full_batch_is_all_the_training_rows(iris, make_task):
    subject = Trainer(make_task(iris, batch_size=None))
    assert np.array_equal(subject.next_rows(), subject.task.train_rows)


def test_the_rows_that_are_told_follow_a_batch_size_that_is_tuned(iris, make_task, used):
    subject = Trainer(make_task(iris, batch_size=50, epochs=10**6))
    for batch_size in (20, None, 7, 120, 32):
        assert_foretold(subject, used, steps=4)
        subject.set_hyperparameters(batch_size=batch_size)
    assert_foretold(subject, used, steps=20)


def test_the_rows_of_an_update_that_begins_again_are_told(digits, make_task, used, monkeypatch):
    monkeypatch.setattr(batches, "SLICE_ROWS", 100)
    subject = Trainer(make_task(digits, batch_size=400))
    subject.step()
    first = subject.next_rows()
    assert not subject.advance()  # its rows are taken, but it is not complete
    subject.set_hyperparameters(batch_size=300)
    assert np.array_equal(subject.next_rows(), first[:300])
    assert_foretold(subject, used, steps=6)


def test_to_ask_for_the_next_rows_changes_nothing(iris, make_task):
    task = make_task(iris, batch_size=16, epochs=10**6)
    asked, twin = Trainer(task), Trainer(task)
    for batch_size in (16, 7, None, 50):
        for _ in range(30):
            for subject in (asked, twin):
                subject.step()
            asked.next_rows()
        assert same(asked, twin)
        for subject in (asked, twin):
            subject.set_hyperparameters(batch_size=batch_size)
            if subject is asked:
                asked.next_rows()
    asked.next_rows()
    for subject in (asked, twin):
        subject.reset()
        go(subject, 30)
    assert same(asked, twin)


# Taking over ----------------------------------------------------------------------------------


def test_taking_over_keeps_what_is_said_of_every_raw_input(two_blobs, make_task):
    old = train(make_task(two_blobs), steps=30)
    moved = replace(two_blobs, X=two_blobs.X * 3 + 1)
    new = Trainer(make_task(moved))
    warm_start.warm_start_from(new, old)
    before, after = (
        subject.task.standardiser.apply(two_blobs.X) @ subject.params().W.T + subject.params().b
        for subject in (old, new)
    )
    assert not np.array_equal(old.task.standardiser.mean, new.task.standardiser.mean)
    np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-5)
    assert (new.step_count, new.epoch) == (old.step_count, old.epoch)
    assert list(new.history.curves().step[:31]) == list(old.history.curves().step)


def test_a_class_that_is_new_starts_from_zero(two_blobs, make_task):
    old = train(make_task(two_blobs), steps=30)
    three = replace(two_blobs, class_names=("A", "B", "C"), class_marks=(0, 1, 2))
    new = Trainer(make_task(three))
    warm_start.warm_start_from(new, old)
    np.testing.assert_allclose(new.params().W[:2], old.params().W, rtol=1e-6)
    assert not new.params().W[2].any() and new.params().b[2] == 0


def test_other_inputs_take_nothing_over(two_blobs, iris, make_task):
    old = train(make_task(iris, data=ALL_FEATURES), steps=30)
    new = Trainer(make_task(two_blobs))
    warm_start.warm_start_from(new, old)
    assert new.step_count == 0 and not new.params().W.any()


@pytest.mark.parametrize("learning_rate", [100.0, 1e6])
def test_points_that_change_classes_under_large_weights_are_no_divergence(
    learning_rate, two_blobs, make_task
):
    old = train(make_task(two_blobs, learning_rate=learning_rate), steps=2)
    swapped = replace(two_blobs, y=1 - two_blobs.y)
    new = Trainer(make_task(swapped, learning_rate=learning_rate))
    warm_start.warm_start_from(new, old)
    taken_over = new.metrics.train_loss
    assert taken_over > health.DIVERGED_FACTOR * math.log(2)
    assert new.outcome is None and new.step_count == 2
    go(new, 1)
    assert (new.step_count, new.outcome) == (3, None)
    assert new.metrics.train_loss < taken_over


def test_weights_that_say_no_number_of_the_new_points_are_not_taken_over(two_blobs, make_task):
    raw = {"standardise": False}
    old = train(make_task(two_blobs, data=raw, learning_rate=1e25), steps=2)
    far = replace(two_blobs, X=two_blobs.X * np.float32(1e15))
    new = Trainer(make_task(far, data=raw))
    warm_start.warm_start_from(new, old)
    assert new.step_count == 0 and not new.params().W.any()
    assert new.outcome is None


def test_a_trainer_that_is_dropped_is_freed_at_once(iris, make_task):
    subject = train(make_task(iris), 5)
    subject.timeline.go_to(2)
    reference = weakref.ref(subject)
    gc.disable()  # a device may have no room for two until it comes by
    try:
        del subject
        assert reference() is None
    finally:
        gc.enable()
