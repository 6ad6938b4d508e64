"""Folds, their tasks, and the thread that trains them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import StratifiedKFold

from core.config import BagOptions, DataConfig
from core.data import sources
from core.data.points import Points
from core.data.preprocessing import Standardiser
from core.data.text.words import words_of
from core.evaluate import side_by_side
from core.evaluate.cross_validation import CrossValidation, deal, fold_tasks
from core.train.snapshot import Status
from core.train.trainer import Trainer


@pytest.mark.parametrize("k", [3, 5, 10])
def test_folds_are_as_balanced_as_scikit_learns(rng, k):
    y = rng.choice(4, 237, p=[0.5, 0.3, 0.15, 0.05])
    mine = [np.bincount(y[fold], minlength=4) for fold in deal(y, k, 1)]
    theirs = [
        np.bincount(y[fold], minlength=4)
        for _, fold in StratifiedKFold(k, shuffle=True, random_state=1).split(y, y)
    ]
    for counts in (mine, theirs):
        assert (np.ptp(counts, axis=0) <= 1).all()
        assert np.ptp(np.sum(counts, axis=1)) <= 1


def test_each_row_is_in_one_fold(rng):
    folds = deal(rng.integers(0, 3, 100), 7, 0)
    np.testing.assert_array_equal(np.sort(np.concatenate(folds)), np.arange(100))


def test_the_seed_decides_the_folds(rng):
    y = rng.integers(0, 3, 100)
    first, again, other = (np.concatenate(deal(y, 5, seed)) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_the_test_rows_stay_out_of_it(iris, make_task):
    task = make_task(iris)
    folds = list(fold_tasks(task, 5))
    assert len(folds) == 5
    for fold in folds:
        assert not np.isin(task.test_rows, np.r_[fold.train_rows, fold.test_rows]).any()
        both = np.sort(np.r_[fold.train_rows, fold.test_rows])
        np.testing.assert_array_equal(both, task.train_rows)


def test_each_fold_is_standardised_by_the_rows_that_train(iris, make_task):
    task = make_task(iris, data={"degree": 2})
    for fold in fold_tasks(task, 3):
        X = task.feature_map.apply(task.dataset.values(fold.train_rows))
        expected = Standardiser.fit(X)
        np.testing.assert_allclose(fold.standardiser.mean, expected.mean)
        np.testing.assert_allclose(fold.standardiser.std, expected.std)


def test_variations_of_a_tested_picture_do_not_train(digits, make_task):
    task = make_task(digits, data={"copies": 2})
    n = len(task.train_rows) // 3
    picture = np.tile(np.arange(n), 3)  # of each training row the picture that it varies
    of_row = dict(zip(task.train_rows, picture, strict=True))
    for fold in fold_tasks(task, 4):
        tested = {of_row[row] for row in fold.test_rows}
        trained = [of_row[row] for row in fold.train_rows]
        assert tested.isdisjoint(trained)
        assert len(trained) == 3 * len(set(trained)) == 3 * (n - len(tested))


def run(task, k, threads=None):
    validation = CrossValidation(task, k, threads)
    validation.job.start()
    validation.job.result()
    return validation.progress


def test_the_figures_are_those_of_training_each_fold_by_hand(iris, make_task):
    task = make_task(iris, epochs=5)
    found = run(task, 4)
    for fold, fold_task in zip(found.done, fold_tasks(task, 4), strict=True):
        trainer = Trainer(fold_task)
        while trainer.outcome is None:
            trainer.step()
        params, rows = trainer.params(), fold_task.test_rows
        Z = fold_task.inputs(iris.values(rows)[:, 2:]).astype(float) @ params.W.T + params.b
        assert fold.accuracy == (Z.argmax(axis=1) == iris.y[rows]).mean()
        losses = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), iris.y[rows]]
        assert fold.loss == pytest.approx(losses.mean(), rel=1e-5)
        assert fold.rows == len(fold_task.test_rows) and fold.status is Status.FINISHED
    accuracies = [fold.accuracy for fold in found.done]
    assert found.accuracy == pytest.approx((np.mean(accuracies), np.std(accuracies, ddof=1)))
    assert found.share == 1.0


def test_two_threads_have_the_figures_of_one(digits, make_task, monkeypatch):
    monkeypatch.setattr(side_by_side, "SPAN", 0)  # nothing is measured: two are taken
    task = make_task(digits, epochs=2)
    assert run(task, 5, threads=2).done == run(task, 5, threads=1).done


def test_a_fold_that_diverges_says_so(iris, make_task):
    found = run(make_task(iris, data={"standardise": False}, learning_rate=1e6, epochs=20), 3)
    assert {fold.status for fold in found.done} == {Status.DIVERGED}


def test_too_few_rows_are_refused_in_words(make_task):
    points = Points().with_point(0, 0, 0).with_point(1, 1, 1)
    found = run(make_task(sources.drawn(points)), 3)
    assert "choose fewer" in found.failure and math.isnan(found.accuracy[0])


def test_cancelled_it_ends_long_before_its_epochs(iris, make_task):
    validation = CrossValidation(make_task(iris, epochs=10**9), 5)
    validation.job.start()
    validation.job.close()
    assert validation.job.is_done
    assert validation.progress.done == () and validation.progress.failure == ""


def test_the_words_of_a_fold_are_those_of_the_documents_that_it_trains_on(make_task):
    task = make_task(sources.load(DataConfig("genres")), {"bag": BagOptions(min_documents=3)})
    for fold in fold_tasks(task, 3):
        theirs = CountVectorizer(analyzer=words_of, min_df=3)
        documents = fold.dataset.documents
        assert documents is not None
        theirs.fit(documents[fold.train_rows].texts)
        assert fold.input_names == tuple(sorted(theirs.vocabulary_))
        assert fold.m == len(fold.standardiser.mean)
        assert not np.intersect1d(fold.train_rows, fold.test_rows).size


def test_folds_of_documents_are_trained(make_task):
    task = make_task(sources.load(DataConfig("genres")), epochs=30)
    validation = CrossValidation(task, 3)
    validation.job.start()
    validation.job.result()
    assert not validation.progress.failure
    assert validation.progress.accuracy[0] > 0.7
