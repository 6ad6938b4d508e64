"""Training on sparse rows against training on the same rows as a dense table."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from core.config import BagOptions, DataConfig, ModelConfig
from core.data.sources import load
from core.errors import DeviceError
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS
from core.train.metrics import Measurement
from core.train.trainer import Trainer
from core.train.warm_start import warm_start_from
from tests.core.texts import both_tasks


@pytest.fixture(scope="module")
def genres():
    return load(DataConfig(source="genres"))


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
    both = both_tasks(genres, optimiser=optimiser, learning_rate=rate, weight_decay=decay)
    sparse, dense = (after(task, steps) for task in both)
    agree(sparse, dense, atol=1e-3 if is_second else 2e-5)


@pytest.mark.parametrize("kind", FAMILY)
def test_each_model_takes_the_steps_that_it_takes_on_a_table(genres, kind):
    # At rounder rates examples lie on a kink of a loss, where rounding decides.
    model = ModelConfig(kind=kind)
    sparse, dense = both_tasks(genres, model, batch_size=100, learning_rate=0.0732)
    agree(after(sparse, 20), after(dense, 20))


@pytest.mark.parametrize("batch_size", [1, None])
def test_batches_of_any_size(genres, batch_size):
    sparse, dense = both_tasks(genres, batch_size=batch_size, l1=0.001)
    agree(after(sparse, 30), after(dense, 30))


def test_a_hidden_layer(genres):
    sparse, dense = both_tasks(genres, ModelConfig(hidden=8))
    agree(after(sparse, 40), after(dense, 40))


def test_what_is_measured_is_what_is_measured_on_a_table(genres):
    found, expected = (Trainer(task).measure(exact=True) for task in both_tasks(genres))
    assert found.train_loss == pytest.approx(expected.train_loss, rel=1e-6)
    np.testing.assert_array_equal(found.confusion, expected.confusion)


def test_the_optimum_is_scikit_learns(genres):
    """Half the sum of squares, against C for the sum of the losses: λ n C = 1."""
    sparse, _ = both_tasks(genres, optimiser="lbfgs", learning_rate=1.0, weight_decay=0.01)
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


def test_measuring_is_as_cheap_as_the_numbers_that_are_not_0(genres):
    """960 documents by 2,000 words are many numbers, of which 4 % are there."""
    sparse, table = both_tasks(genres, bag=BagOptions(max_words=2_000))
    strides = [Measurement(task, torch.device("cpu")).stride(100, 32) for task in (sparse, table)]
    assert strides[0] == 1 < strides[1]


def test_a_device_that_is_not_the_cpu_is_refused(genres):
    sparse, _ = both_tasks(genres, device="cuda")
    with pytest.raises(DeviceError, match=r"Genres holds texts.*Choose the device cpu"):
        Trainer(sparse)


@pytest.mark.parametrize("hidden", [0, 8])
def test_a_run_goes_on_with_other_words(genres, hidden):
    """Words that are known have the weights that they had, new ones have none."""
    before, _ = both_tasks(genres, ModelConfig(hidden=hidden), bag=BagOptions(max_words=100))
    after, _ = both_tasks(genres, ModelConfig(hidden=hidden), bag=BagOptions(max_words=100))
    words = [*before.dataset.vocabulary.words[50:], *(f"new {k}" for k in range(50))]
    other = replace(after.dataset.vocabulary, words=tuple(words))
    after = replace(after, dataset=replace(after.dataset, vocabulary=other))
    trainer, old = Trainer(after), Trainer(before)
    for _ in range(20):
        old.step()
    warm_start_from(trainer, old)
    assert trainer.step_count == 20
    layer = 2 if hidden else 0
    W, of_old = (t.params().arrays[layer] for t in (trainer, old))
    np.testing.assert_array_equal(W[:, :50], of_old[:, 50:])
    assert not W[:, 50:].any()


def test_a_run_does_not_go_on_with_other_weights_of_words(genres):
    before, _ = both_tasks(genres)
    after, _ = both_tasks(genres, bag=BagOptions(max_words=100, weighting="tfidf"))
    trainer, old = Trainer(after), Trainer(before)
    old.step()
    warm_start_from(trainer, old)
    assert trainer.step_count == 0
