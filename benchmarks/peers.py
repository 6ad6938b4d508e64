"""Logistic regression by others on the same rows in memory: our time against theirs.

A solver is run with its defaults (SGDClassifier with a number of passes). Ours is made anew and
trained to the loss that the solver has reached on all training rows, penalty included, with the
least number of updates, which is found beforehand: by L-BFGS; against SGDClassifier on MNIST by
batches. Loops make as many updates as ours: an epoch of MNIST, thousands on small data. Ours
measures along the run, as a user gets it. Each is in one thread, whose processor time is taken.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.timing import (
    Conditions,
    MeasurementError,
    Result,
    SkipError,
    Target,
    mnist_epochs,
    race,
)
from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import Task, prepare
from core.train.losses import HEADS
from core.train.trainer import Trainer

SETS = ("iris", "digits", "mnist")
PEERS = {
    "logistic_regression": "LogisticRegression of scikit-learn",
    "sgd_classifier": "SGDClassifier of scikit-learn",
    "scipy_lbfgs": "L-BFGS-B of SciPy, in NumPy",
    "torch_loop": "nn.Linear, autograd, SGD of PyTorch",
}
# How far behind the others ours is, where it is: docs/peers.md says why.
BEHIND = {
    "iris_vs_logistic_regression": 4.1,
    "iris_vs_sgd_classifier": 2.0,
    "iris_vs_scipy_lbfgs": 8.7,
    "digits_vs_logistic_regression": 3.9,
    "digits_vs_scipy_lbfgs": 4.1,
    "digits_vs_torch_loop": 1.7,
    "mnist_vs_logistic_regression": 1.6,
    "mnist_vs_scipy_lbfgs": 1.5,
}
FIGURES = {
    **{
        f"{data}_vs_{peer}": Target("at most", 1, words, reached=BEHIND.get(f"{data}_vs_{peer}"))
        for data in SETS
        for peer, words in PEERS.items()
    },
    "mnist_epoch_vs_dataloader": Target("at most", 0.25, "DataLoader, nn.Linear, autograd, SGD"),
}
SHORT_ROWS = 6_000  # of MNIST, in a short run
PENALTY = 1e-3  # λ
SGD_PENALTY = 1e-4  # of SGDClassifier by default
BY_LBFGS: dict[str, Any] = {"optimiser": "lbfgs", "learning_rate": 1.0, "batch_size": None}
BY_BATCHES: dict[str, Any] = {"learning_rate": 0.5, "batch_size": 64}
SAME = 1 + 1e-5  # losses in float32 agree to five digits
MOST_UPDATES = 20_000
LOADED = 256  # rows of a batch of the DataLoader


@dataclass(frozen=True)
class Case:
    """A data set, and how it is trained on.

    X (n, m), y (n,): its training rows, as the model takes them.
    batch_size, updates : of the loops. passes : of SGDClassifier over the rows.
    by_batches : ours trains by batches against SGDClassifier.
    """

    task: Task
    X: NDArray[np.float32]
    y: NDArray[np.int64]
    batch_size: int
    updates: int
    passes: int
    by_batches: bool
    repeats: int

    def trained(self, kind: str, updates: int = 0, **settings: Any) -> Trainer:
        """Return a trainer of the model after this many updates."""
        config = replace(
            self.task.config,
            model=replace(self.task.config.model, kind=kind),
            training=TrainingConfig(epochs=10**6, **settings),
        )
        trainer = Trainer(replace(self.task, config=config))
        for _ in range(updates):
            trainer.step()
        return trainer

    def loss(self, kind: str, W: NDArray[Any], b: NDArray[Any], penalty: float) -> float:
        """Return the mean loss of the training rows, computed in float64, with its penalty."""
        Z = torch.from_numpy(self.X @ W.T.astype(np.float32) + b.astype(np.float32)).double()
        head = HEADS[kind]
        Y = head.encode(torch.from_numpy(self.y), len(b)).double()
        return float(head.loss(Z, Y).mean()) + penalty / 2 * float((W.astype(float) ** 2).sum())

    def until(self, loss: float, kind: str, **settings: Any) -> Callable[[], object]:
        """Return what trains until this loss, in as few updates as that takes."""
        trainer, penalty = self.trained(kind, **settings), settings["weight_decay"]
        stride = max(1, -(-len(self.y) // trainer.batch_size) // 10)
        for updates in range(stride, MOST_UPDATES, stride):
            for _ in range(stride):
                trainer.step()
            W, b = trainer.params().arrays[:2]
            if self.loss(kind, W, b, penalty) <= loss * SAME:
                return lambda: self.trained(kind, updates, **settings)
        raise MeasurementError(f"Ours has not reached a loss of {loss:.6g}.")


def measure(conditions: Conditions) -> dict[str, Result]:
    try:
        # Before their threads are limited: a library that is loaded later would not be.
        for name in ("scipy.optimize", "sklearn.linear_model"):
            import_module(name)
    except ImportError:  # scikit-learn is of the group “test”
        raise SkipError("no scikit-learn") from None
    found = {}
    with _one_thread():
        for name, case in _cases(conditions):
            found[f"{name}_vs_logistic_regression"] = _against_logistic_regression(case)
            found[f"{name}_vs_sgd_classifier"] = _against_sgd_classifier(case)
            found[f"{name}_vs_scipy_lbfgs"] = _against_scipy(case)
            found[f"{name}_vs_torch_loop"] = _against_loop(case)
    found["mnist_epoch_vs_dataloader"] = _against_dataloader(conditions)
    return found


@contextmanager
def _one_thread() -> Iterator[None]:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that iterations are used up
        yield


def _cases(conditions: Conditions) -> Iterator[tuple[str, Case]]:
    """Yield name and case of each data set."""
    for name, batch, updates, passes, repeats in (
        ("iris", 32, 5_000, 100, 20),
        ("digits", 32, 5_000, 20, 5),
        ("mnist", 256, 235, 5, 3),
    ):
        data = conditions.mnist() if name == "mnist" else DataConfig(name)  # type: ignore[arg-type]
        task = prepare(sources.load(data), RunConfig(data))
        if conditions.is_short and name == "mnist":
            task = replace(task, train_rows=task.train_rows[:SHORT_ROWS])
        X = task.inputs_of(task.train_rows)
        assert isinstance(X, np.ndarray)
        y = task.dataset.y[task.train_rows].astype(np.int64)
        many = conditions.choose(updates, updates // 5), passes, name == "mnist"
        yield name, Case(task, X, y, batch, *many, conditions.choose(repeats, 1))


def _against_logistic_regression(case: Case) -> Result:
    from sklearn.linear_model import LogisticRegression

    def theirs() -> Any:
        return LogisticRegression(C=1 / (PENALTY * len(case.y))).fit(case.X, case.y)

    fitted = theirs()
    return _to_optimum(case, fitted.coef_, fitted.intercept_, theirs)


def _against_scipy(case: Case) -> Result:
    from scipy.optimize import minimize

    X, (n, m) = case.X, case.X.shape
    Y = np.eye(int(case.y.max()) + 1, dtype=np.float32)[case.y]
    h = Y.shape[1]

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        parameters = theta.reshape(h, m + 1)
        W, b = parameters[:, :-1], parameters[:, -1]
        Z = X @ W.T.astype(np.float32) + b.astype(np.float32)
        Z -= Z.max(axis=1, keepdims=True)
        picked = (Z * Y).sum(axis=1)
        A = np.exp(Z, out=Z)
        sums = A.sum(axis=1, keepdims=True)
        A /= sums
        A -= Y
        mean = float((np.log(sums[:, 0]) - picked).mean(dtype=np.float64))
        g = np.concatenate([A.T @ X / n + PENALTY * W, A.mean(axis=0)[:, None]], axis=1)
        return mean + PENALTY / 2 * float((W**2).sum()), g.astype(np.float64).ravel()

    def theirs() -> Any:
        start = np.zeros(h * (m + 1))
        return minimize(loss, start, method="L-BFGS-B", jac=True, options={"maxiter": 100})

    theta = theirs().x.reshape(h, m + 1)
    return _to_optimum(case, theta[:, :-1], theta[:, -1], theirs)


def _to_optimum(
    case: Case, W: NDArray[Any], b: NDArray[Any], theirs: Callable[[], object]
) -> Result:
    """Race L-BFGS against a solver that ends with W and b."""
    loss = case.loss("softmax", W, b, PENALTY)
    ours = case.until(loss, "softmax", weight_decay=PENALTY, **BY_LBFGS)
    return race(ours, theirs, case.repeats, time.thread_time)


def _against_sgd_classifier(case: Case) -> Result:
    """Race one-vs-rest against the same by single examples."""
    from sklearn.linear_model import SGDClassifier

    def theirs() -> Any:
        passes = {"max_iter": case.passes, "tol": None}
        return SGDClassifier(loss="log_loss", random_state=0, **passes).fit(case.X, case.y)

    fitted = theirs()
    loss = case.loss("ovr", fitted.coef_, fitted.intercept_, SGD_PENALTY)
    if case.by_batches:
        ours = case.until(loss, "ovr", weight_decay=SGD_PENALTY, **BY_BATCHES)
    else:
        ours = case.until(loss, "ovr", weight_decay=SGD_PENALTY, **BY_LBFGS)
    return race(ours, theirs, case.repeats, time.thread_time)


def _batches(case: Case) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield shuffled batches for ever, without a DataLoader."""
    X, y = torch.from_numpy(case.X), torch.from_numpy(case.y)
    while True:
        for rows in torch.split(torch.randperm(len(y)), case.batch_size):
            yield X[rows], y[rows]


def _against_loop(case: Case) -> Result:
    """Race so many further updates against the usual loop."""
    trainer = case.trained("softmax", batch_size=case.batch_size)
    usual = _usual_loop(case.X.shape[1], len(trainer.params().arrays[1]))
    feed = _batches(case)

    def ours() -> None:
        for _ in range(case.updates):
            trainer.step()

    return race(ours, lambda: usual(islice(feed, case.updates)), case.repeats, time.thread_time)


def _against_dataloader(conditions: Conditions) -> Result:
    """Race a whole epoch of MNIST, also in a short run, by the clock: as users wait for it."""
    task, epoch = mnist_epochs(conditions, LOADED)
    X = torch.from_numpy(task.dataset.values(task.train_rows))
    y = torch.from_numpy(task.dataset.y[task.train_rows])
    loader = DataLoader(TensorDataset(X, y), batch_size=LOADED, shuffle=True)
    usual = _usual_loop(X.shape[1], task.outputs)
    return race(epoch, lambda: usual(loader), conditions.choose(4, 1))


def _usual_loop(m: int, h: int) -> Callable[[Iterable[Any]], None]:
    """Return what trains a layer of its own on batches of rows and labels."""
    layer = torch.nn.Linear(m, h)
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.1)

    def train(batches: Iterable[Any]) -> None:
        for rows, labels in batches:
            loss = functional.cross_entropy(layer(rows), labels)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()

    return train
