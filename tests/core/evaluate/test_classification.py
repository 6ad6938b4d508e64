"""Confusion, precision and recall, intervals, curves, calibration: scikit-learn is the oracle."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.dummy import DummyClassifier

from core.evaluate import model_outputs
from core.evaluate.calibration import BINS, reliability
from core.evaluate.classification import (
    NORMAL_95,
    Baseline,
    confusion,
    has_threshold,
    report,
    threshold_shift,
    wilson,
)
from core.evaluate.roc_curves import rank, thinned
from core.model_family import FAMILY
from core.train.losses import HEADS
from core.train.trainer import Trainer

KINDS = tuple(FAMILY)


@pytest.fixture
def guesses(rng):
    """400 true classes of four, and as many guesses; class 3 is never guessed."""
    return rng.integers(0, 4, 400), rng.integers(0, 3, 400)


@pytest.fixture
def scores(rng):
    """Scores with ties, and which rows are of the class."""
    is_positive = rng.random(500) < 0.3
    return np.round(rng.normal(size=500) + is_positive, 1), is_positive


@pytest.fixture
def answered(make_task):
    """Return a function that gives a task, trained for so many steps, and its answers."""

    def answered(dataset, kind="softmax", steps=200, rows=None):
        task = make_task(dataset, model={"kind": kind}, learning_rate=0.05)
        trainer = Trainer(task)
        for _ in range(steps):
            trainer.step()
        rows = task.test_rows if rows is None else rows(task)
        return task, trainer, model_outputs.ask(task, trainer.params(), rows)

    return answered


def test_the_confusion_is_scikit_learns(guesses):
    y, predicted = guesses
    np.testing.assert_array_equal(
        confusion(y, predicted, 4), metrics.confusion_matrix(y, predicted)
    )


def test_precision_recall_and_f1_are_scikit_learns(guesses):
    y, predicted = guesses
    expected = metrics.precision_recall_fscore_support(y, predicted, zero_division=np.nan)
    found = report(confusion(y, predicted, 4))
    for mine, theirs in zip((found.precision, found.recall), expected[:2], strict=True):
        np.testing.assert_allclose(mine, theirs)
    np.testing.assert_allclose(found.f1, np.nan_to_num(expected[2]))
    np.testing.assert_array_equal(found.support, expected[3])


def test_macro_means_are_scikit_learns(guesses):
    y, predicted = guesses
    expected = metrics.precision_recall_fscore_support(
        y, predicted, average="macro", zero_division=0
    )
    assert report(confusion(y, predicted, 4)).macro() == pytest.approx(expected[:3])


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (28, 30), (30, 30), (9_213, 10_000)])
def test_the_interval_ends_where_the_share_is_1_96_standard_errors_off(hits, n):
    def distance(p):
        return (hits / n - p) ** 2 - NORMAL_95**2 * p * (1 - p) / n

    low, high = wilson(hits, n)
    for end in (low, high):
        assert distance(end) == pytest.approx(0, abs=1e-12)
    assert 0 <= low <= hits / n <= high <= 1 and low < high


def test_of_no_rows_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_roc_curve_is_scikit_learns(scores):
    across, up = rank(*scores).roc()
    expected = metrics.roc_curve(scores[1], scores[0], drop_intermediate=False)
    np.testing.assert_allclose(across, expected[0])
    np.testing.assert_allclose(up, expected[1])


def test_the_area_under_it_is_scikit_learns(scores):
    assert rank(*scores).auc == pytest.approx(metrics.roc_auc_score(scores[1], scores[0]))


def test_the_precision_recall_curve_is_scikit_learns(scores):
    recall, precision = rank(*scores).precision_recall()
    expected = metrics.precision_recall_curve(scores[1], scores[0])
    # Theirs falls in recall, and ends at a point (0, 1) that no threshold gives.
    np.testing.assert_allclose(precision, expected[0][:-1][::-1])
    np.testing.assert_allclose(recall, expected[1][:-1][::-1])


def test_the_average_precision_is_scikit_learns(scores):
    expected = metrics.average_precision_score(scores[1], scores[0])
    assert rank(*scores).average_precision == pytest.approx(expected)


def test_there_is_nothing_to_rank_where_all_rows_are_of_one_class():
    assert not rank(np.array([0.2, 0.4]), np.array([True, True])).has_both
    assert not rank(np.empty(0), np.empty(0, dtype=bool)).has_both


def test_a_thinned_curve_has_its_corners_and_its_area(scores):
    across, up = rank(*scores).roc()
    x, y = thinned(across, up, 10**6)
    assert len(x) < len(across)
    assert np.trapezoid(y, x) == pytest.approx(np.trapezoid(up, across))
    few, _ = thinned(across, up, 20)
    assert len(few) <= 20 and few[0] == 0 and few[-1] == 1


def test_the_reliability_diagram_is_scikit_learns(rng):
    said = rng.random(1000) ** 2
    is_so = rng.random(1000) < said
    share, mean = calibration_curve(is_so, said, n_bins=BINS)
    found = reliability(said, is_so)
    np.testing.assert_allclose(found.accuracy[found.is_filled], share)
    np.testing.assert_allclose(found.confidence[found.is_filled], mean)
    assert found.counts.sum() == 1000


def test_the_calibration_error_is_the_mean_gap_over_the_answers():
    said = np.array([0.05, 0.95, 0.95, 0.85])
    is_so = np.array([False, True, False, True])
    assert reliability(said, is_so).error == pytest.approx((0.05 + 2 * 0.45 + 0.15) / 4)
    assert reliability(np.array([1.0, 0.0]), np.array([True, False])).error == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_the_answers_are_the_trainers_own(iris, answered, kind):
    _, trainer, answers = answered(iris, kind)
    metrics_now = trainer.measure()
    assert answers.is_right.mean() == pytest.approx(metrics_now.test_accuracy)
    assert answers.loss.mean() == pytest.approx(metrics_now.test_loss, rel=1e-5)
    counts = confusion(answers.y, answers.predicted, answers.h)
    np.testing.assert_array_equal(counts, metrics_now.confusion)


def test_a_cell_has_its_examples_the_largest_loss_first(digits, answered):
    _, _, answers = answered(digits, steps=30)
    places = answers.cell(8, 1)
    assert len(places) and (answers.y[places] == 8).all() and (answers.predicted[places] == 1).all()
    assert (np.diff(answers.loss[places]) <= 0).all()


def test_the_surest_mistakes_come_first(digits, answered):
    _, _, answers = answered(digits, steps=30)
    places = answers.mistakes()
    wrong = np.flatnonzero(answers.predicted != answers.y)
    assert set(places) == set(wrong)
    assert (np.diff(answers.probabilities.max(axis=1)[places]) <= 0).all()


@pytest.mark.parametrize("kind", ["binary", "mse", "adaline"])
@pytest.mark.parametrize("threshold", [0.01, 0.3, 0.5, 0.8, 0.99])
def test_a_threshold_says_yes_where_the_logit_is_beyond_its_shift(iris, answered, kind, threshold):
    _, _, answers = answered(iris, kind, rows=lambda task: task.train_rows)
    own = 0.5 if kind == "adaline" else 0.0  # where the neuron itself decides
    beyond = answers.logits[:, 0] > own + threshold_shift(kind, threshold)
    np.testing.assert_array_equal(answers.at(threshold).predicted, beyond)


def test_a_threshold_of_a_half_is_the_models_own(iris, answered):
    for kind in ("binary", "mse", "adaline"):
        _, _, answers = answered(iris, kind)
        assert answers.at(0.5) is answers and threshold_shift(kind, 0.5) == 0


def test_only_a_neuron_with_a_probability_has_a_threshold():
    assert [kind for kind in KINDS if has_threshold(kind)] == ["adaline", "mse", "binary"]


@pytest.mark.parametrize("kind", ["mse", "binary", "softmax", "ovr", "ovo"])
def test_no_other_temperature_has_a_smaller_cross_entropy(iris, answered, kind):
    task, _, answers = answered(iris, kind, rows=lambda task: task.train_rows)
    T = model_outputs.fit_temperature(task, answers)
    assert model_outputs.COLDEST < T < model_outputs.HOTTEST
    best = model_outputs.cross_entropy(task, answers, T)
    for other in np.geomspace(0.02, 50, 200):
        assert best <= model_outputs.cross_entropy(task, answers, other) + 1e-9


def test_of_too_large_weights_the_temperature_takes_the_factor_back(rng, iris, answered):
    """Labels drawn with the model's own probabilities; then its logits are tripled."""
    task, _, answers = answered(iris, "binary", steps=30, rows=lambda task: np.arange(150))
    many = answers.part(rng.integers(0, 150, 100_000))
    y = (rng.random(len(many)) < many.probabilities[:, 1]).astype(np.int64)
    tripled = replace(many, y=y, logits=3 * many.logits)
    assert model_outputs.fit_temperature(task, tripled) == pytest.approx(3, rel=0.03)


def test_tempering_changes_no_decision_and_is_shown_on_rows_it_was_not_fitted_on(digits, answered):
    task, _, answers = answered(digits, steps=400)
    found = model_outputs.temper(task, answers)
    assert found.fitted + len(found.before) == len(answers)
    np.testing.assert_array_equal(found.before.rows, found.after.rows)
    after = found.after.probabilities
    np.testing.assert_array_equal(after.argmax(axis=1), found.before.predicted)
    own = after[np.arange(len(after)), found.after.y]
    assert found.loss_after == pytest.approx(-np.log(own).mean(), rel=1e-4)


def test_a_model_that_knows_nothing_keeps_its_temperature(iris, answered):
    task, _, answers = answered(iris, steps=0)
    assert model_outputs.fit_temperature(task, answers) == 1.0
    assert not math.isnan(model_outputs.cross_entropy(task, answers, 1.0))


def test_kinds_without_probabilities_have_no_temperature():
    assert [kind for kind in HEADS if not model_outputs.has_temperature(kind)] == [
        "perceptron",
        "adaline",
        "svm",
    ]


def test_the_baseline_is_scikit_learns_most_frequent_class(rng):
    y, others = rng.choice(3, 200, p=[0.2, 0.7, 0.1]), rng.choice(3, 50)
    baseline = Baseline.of(np.bincount(y, minlength=3))
    dummy = DummyClassifier(strategy="most_frequent").fit(y[:, None], y)
    assert baseline.label == dummy.predict([[0]])[0]
    assert baseline.accuracy(np.bincount(others, minlength=3)) == dummy.score(
        others[:, None], others
    )
    assert np.isnan(baseline.accuracy(np.zeros(3, int)))


@pytest.mark.parametrize(
    ("counts", "said"), [((60, 60), False), ((60, 10), True), ((9, 8, 7), False)]
)
def test_only_a_class_that_is_far_ahead_makes_imbalance(counts, said):
    assert Baseline.of(np.array(counts)).is_imbalanced is said
