"""Naive Bayes, against scikit-learn's."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.naive_bayes import MultinomialNB

from core.config import BagOptions, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.sources import load
from core.data.task import prepare
from core.errors import ConfigError, DataError
from core.evaluate import model_outputs
from core.model_kind import ModelKind
from core.runs.rescue import epilogue_of
from core.train.snapshot import Status
from core.train.trainer import Trainer
from core.train.warm_start import warm_start_from
from tests.core.texts import both_tasks
from tests.core.training import go, train

KIND: ModelKind = "bayes"


@pytest.fixture(scope="module")
def genres():
    return load(DataConfig(source="genres"))


def task_of(dataset, data=None, smoothing=1.0, has_bias=True, **training):
    model = ModelConfig(kind=KIND, smoothing=smoothing, has_bias=has_bias)
    return prepare(dataset, RunConfig(data or DataConfig(), model, TrainingConfig(**training)))


def scikit_learns(task, sample_weight=None, **settings):
    """Return its model of the training rows."""
    bag, rows = task.dataset.bag, task.train_rows
    X = bag[rows] if bag is not None else task.inputs(task.dataset.values(rows))
    theirs = MultinomialNB(**settings)
    return theirs.fit(X.astype(np.float64), task.dataset.y[rows], sample_weight)


def check(task, theirs, atol=1e-6):
    """Compare weights, but for what all classes have in common, and probabilities."""
    params = train(task).params()
    expected = theirs.feature_log_prob_
    np.testing.assert_allclose(params.W, expected - expected.mean(axis=0), atol=atol)
    bag, rows = task.dataset.bag, task.test_rows
    X = bag[rows] if bag is not None else task.dataset.values(rows)
    found = model_outputs.ask(task, params, rows)
    np.testing.assert_allclose(
        found.probabilities, theirs.predict_proba(X.astype(np.float64)), atol=20 * atol
    )


@pytest.mark.parametrize("weighting", ["counts", "presence", "tfidf"])
@pytest.mark.parametrize("smoothing", [1.0, 0.01])
def test_it_is_scikit_learns(genres, weighting, smoothing):
    data = DataConfig(source="genres", bag=BagOptions(weighting=weighting))
    task = task_of(genres, data, smoothing)
    check(task, scikit_learns(task, alpha=smoothing))


def test_without_biases_all_classes_are_equally_frequent(genres):
    task = task_of(genres, DataConfig(source="genres", split_seed=3), has_bias=False)
    check(task, scikit_learns(task, fit_prior=False))


def test_weights_of_classes_are_weights_of_rows(genres):
    task = task_of(genres, DataConfig(source="genres"), class_weight="balanced")
    weights = task.class_weights[task.dataset.y[task.train_rows]]
    check(task, scikit_learns(task, weights))


def test_pictures_are_counted_as_ink(digits):
    task = task_of(digits)
    assert not task.config.data.standardise
    check(task, scikit_learns(task), atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 50, None])
@pytest.mark.parametrize("optimiser", ["sgd", "adam", "newton"])
def test_batches_and_rules_make_no_difference(genres, batch_size, optimiser):
    data = DataConfig(source="genres")
    task = task_of(genres, data, batch_size=batch_size, optimiser=optimiser)
    theirs = scikit_learns(task).feature_log_prob_
    W = train(task).params().W
    np.testing.assert_allclose(W, theirs - theirs.mean(axis=0), atol=1e-6)


def test_it_is_over_when_all_rows_are_counted(genres):
    trainer = train(task_of(genres, DataConfig(source="genres"), epochs=50))
    assert (trainer.epoch, trainer.outcome) == (1, Status.CONVERGED)
    assert str(trainer.message) == "Counted all 768 training rows: no more to learn."
    before = trainer.params().W
    trainer.go_on()
    go(trainer)
    np.testing.assert_array_equal(trainer.params().W, before)


def test_what_is_said_of_its_end(genres):
    found = epilogue_of(train(task_of(genres, DataConfig(source="genres"))))
    assert found.converged and "counted" in found.words and found.rate is None


def test_it_goes_back_and_on_again_to_the_same_weights(genres):
    trainer = Trainer(task_of(genres, DataConfig(source="genres")))
    go(trainer, 7)
    there, early = trainer.checkpoint(), trainer.params().W
    go(trainer)
    last = trainer.params().W
    trainer.return_to(there)
    np.testing.assert_array_equal(trainer.params().W, early)
    trainer.go_on()
    go(trainer)
    np.testing.assert_array_equal(trainer.params().W, last)


def test_with_other_rows_it_counts_anew(genres):
    old = train(task_of(genres, DataConfig(source="genres")))
    new = Trainer(task_of(genres, DataConfig(source="genres")))
    warm_start_from(new, old)
    assert new.step_count == 0 and not new.params().W.any()


def test_documents_are_counted_as_their_table_is(genres):
    sparse, table = both_tasks(genres, ModelConfig(kind=KIND))
    np.testing.assert_allclose(train(sparse).params().W, train(table).params().W, atol=1e-6)


def test_features_below_0_are_refused(iris):
    with pytest.raises(DataError, match=r"standardised features are\. Switch them off"):
        task_of(iris, DataConfig(standardise=True))
    below = iris.X.copy()
    below[3, 1] = -1
    with pytest.raises(DataError, match="sepal width"):
        task_of(replace(iris, X=below), DataConfig(features=("all",)))


def test_a_hidden_layer_is_refused():
    with pytest.raises(ConfigError, match="has no hidden layer"):
        ModelConfig(kind=KIND, hidden=3)
