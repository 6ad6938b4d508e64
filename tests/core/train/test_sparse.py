"""Training on sparse rows against training on the same rows as a dense table."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from core.config import BagOptions, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.sources import load
from core.data.task import prepare
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS
from core.train.trainer import Trainer

BAG = BagOptions(max_words=100)


@pytest.fixture(scope="module")
def genres():
    return load(DataConfig(source="genres"))


def tasks(genres, model=None, **settings):
    """Return a task on documents, and one on the same numbers as a table."""
    data = DataConfig(source="genres", bag=BAG)
    config = RunConfig(data, model or ModelConfig(), TrainingConfig(**settings))
    sparse = prepare(genres, config)
    features = sparse.dataset.values(np.arange(genres.n))
    table = replace(
        genres,
        X=features,
        feature_names=sparse.dataset.feature_names,
        documents=None,
        indicators=(),
    )
    as_they_are = replace(data, standardise=False, features=("all",))
    return sparse, prepare(table, replace(config, data=as_they_are))


def after(task, steps):
    """Return the weights after so many steps."""
    trainer = Trainer(task)
    for _ in range(steps):
        trainer.step()
    return trainer.params().arrays


def agree(found, expected, atol=2e-5):
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=atol)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_each_optimiser_takes_the_steps_that_it_takes_on_a_table(genres, optimiser):
    is_second = OPTIMISERS[optimiser].is_second_order
    rate, decay, steps = (1.0, 0.01, 3) if is_second else (0.01, 0.0, 40)
    both = tasks(genres, optimiser=optimiser, learning_rate=rate, weight_decay=decay)
    sparse, dense = (after(task, steps) for task in both)
    agree(sparse, dense, atol=1e-3 if is_second else 2e-5)


@pytest.mark.parametrize("kind", FAMILY)
def test_each_model_takes_the_steps_that_it_takes_on_a_table(genres, kind):
    sparse, dense = tasks(genres, ModelConfig(kind=kind), batch_size=100)
    agree(after(sparse, 20), after(dense, 20))


@pytest.mark.parametrize("batch_size", [1, None])
def test_batches_of_any_size(genres, batch_size):
    sparse, dense = tasks(genres, batch_size=batch_size, l1=0.001)
    agree(after(sparse, 30), after(dense, 30))


def test_a_hidden_layer(genres):
    sparse, dense = tasks(genres, ModelConfig(hidden=8))
    agree(after(sparse, 40), after(dense, 40))


def test_what_is_measured_is_what_is_measured_on_a_table(genres):
    found, expected = (Trainer(task).measure(exact=True) for task in tasks(genres))
    assert found.train_loss == pytest.approx(expected.train_loss, rel=1e-6)
    np.testing.assert_array_equal(found.confusion, expected.confusion)


def test_the_optimum_is_scikit_learns(genres):
    """Half the sum of squares, against C for the sum of the losses: λ n C = 1."""
    sparse, _ = tasks(genres, optimiser="lbfgs", learning_rate=1.0, weight_decay=0.01)
    W, b = after(sparse, 200)
    bag, rows, y = sparse.dataset.bag, sparse.train_rows, sparse.dataset.y
    theirs = LogisticRegression(C=1 / (0.01 * len(rows)), tol=1e-8, max_iter=10_000)
    theirs.fit(bag[rows], y[rows])
    X, Y = bag[rows].astype(np.float64), np.eye(4)[y[rows]]

    def objective(W, b):
        Z = X @ W.T + b
        return (logsumexp(Z, axis=1) - (Z * Y).sum(axis=1)).mean() + 0.005 * (W**2).sum()

    best = objective(theirs.coef_, theirs.intercept_)
    assert objective(W.astype(np.float64), b) == pytest.approx(best, abs=1e-6)
