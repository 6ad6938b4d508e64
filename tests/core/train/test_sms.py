"""Real messages, where they are on this machine, against scikit-learn on the same rows."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB

from core.config import BagOptions, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.sources import load
from core.data.task import prepare
from core.evaluate import model_outputs
from tests.core.training import train

PLACES = os.environ.get("LOGITLAB_SMS"), Path(__file__).parents[4] / "shared" / "data" / "sms"
DECAY = 1e-3


@pytest.fixture(scope="module")
def messages():
    """The SMS Spam Collection; skips the test where it is not."""
    for place in PLACES:
        if place and (path := Path(place) / "SMSSpamCollection").is_file():
            return load(DataConfig("csv", path=str(path), text="SMS"))
    pytest.skip("the SMS Spam Collection is not here (set LOGITLAB_SMS to its folder)")


def task_of(messages, weighting, kind="softmax", **training):
    data = DataConfig(
        "csv", path="SMSSpamCollection", text="SMS", bag=BagOptions(weighting=weighting)
    )
    return prepare(messages, RunConfig(data, ModelConfig(kind), TrainingConfig(**training)))


def parts(task):
    bag = task.dataset.bag.astype(np.float64)
    return (bag[task.train_rows], task.dataset.y[task.train_rows]), (
        bag[task.test_rows],
        task.dataset.y[task.test_rows],
    )


def objective(X, y, W, b):
    """Return the mean cross-entropy and half the sum of squares times λ."""
    Z = X @ W.T + b
    own = Z[np.arange(len(y)), y]
    return (logsumexp(Z, axis=1) - own).mean() + DECAY / 2 * (W**2).sum()


@pytest.mark.parametrize("weighting", ["counts", "tfidf"])
def test_the_lowest_loss_and_the_accuracy_are_scikit_learns(messages, weighting):
    task = task_of(
        messages, weighting, optimiser="lbfgs", learning_rate=1.0, weight_decay=DECAY, epochs=60
    )
    params = train(task).params()
    (X, y), (X_test, y_test) = parts(task)
    # Two rows of weights that are each other's negative have half of one row's sum of squares.
    theirs = LogisticRegression(C=2 / (DECAY * len(y)), tol=1e-10, max_iter=10_000).fit(X, y)
    w, b = theirs.coef_[0] / 2, theirs.intercept_[0] / 2
    best = objective(X, y, np.stack([-w, w]), np.array([-b, b]))
    mine = objective(X, y, params.W.astype(np.float64), params.b.astype(np.float64))
    assert mine == pytest.approx(best, abs=1e-4)
    right = model_outputs.ask(task, params, task.test_rows).is_right.mean()
    assert right == pytest.approx(theirs.score(X_test, y_test), abs=0.01) and right > 0.95


def test_gradient_descent_comes_within_a_point_of_it(messages):
    task = task_of(
        messages,
        "tfidf",
        learning_rate=1.0,
        batch_size=32,
        weight_decay=DECAY,
        epochs=30,
        schedule="cosine",
    )
    (X, y), (X_test, y_test) = parts(task)
    theirs = LogisticRegression(C=2 / (DECAY * len(y)), max_iter=10_000).fit(X, y)
    right = model_outputs.ask(task, train(task).params(), task.test_rows).is_right.mean()
    assert right == pytest.approx(theirs.score(X_test, y_test), abs=0.01)


def test_naive_bayes_is_scikit_learns(messages):
    task = task_of(messages, "counts", kind="bayes")
    (X, y), (X_test, _) = parts(task)
    found = model_outputs.ask(task, train(task).params(), task.test_rows)
    theirs = MultinomialNB().fit(X, y)
    np.testing.assert_array_equal(found.predicted, theirs.predict(X_test))
