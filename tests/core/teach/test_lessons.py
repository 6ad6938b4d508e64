"""What a lesson says is what its training does."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
import pytest
from scipy import special

from core.config import RunConfig
from core.data import sources
from core.data.mnist.originals import is_original
from core.data.task import Task, prepare
from core.teach import formulae, headings
from core.teach.lesson import Lesson, Setup, banded
from core.teach.lessons import bundled
from core.train.snapshot import Metrics, Status
from core.train.trainer import Trainer
from core.train.warm_start import start_from
from tests.lessons import points_of, setup_of, text_of

MANY = 10_000
LESSONS = bundled()


def prepared(setup: Setup) -> Task:
    points = setup.points
    data = sources.load(setup.config.data) if points is None else sources.drawn(points)
    return prepare(data, setup.config)


def begun(key: str) -> Trainer:
    setup = setup_of(key)
    trainer = Trainer(prepared(setup))
    if setup.params is not None:
        start_from(trainer, setup.params)
    return trainer


def until(trainer: Trainer, steps: int = MANY) -> Metrics:
    """Train for so many steps in all, or to the end; return all figures there."""
    while trainer.outcome is None and trainer.step_count < steps:
        trainer.step()
    return trainer.measure(exact=True)


def share(metrics: Metrics, label: int) -> float:
    """Return which share of this class is found."""
    row = metrics.confusion[label]
    return float(row[label] / row.sum())


def has_moved(trainer: Trainer, before: np.ndarray) -> bool:
    return bool((before != trainer.params().W).any())


def norm(trainer: Trainer) -> float:
    return float(np.linalg.norm(trainer.params().W))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_every_lesson_can_be_kept_and_read_again(lesson: Lesson) -> None:
    setup = setup_of(lesson.key)
    assert RunConfig.from_dict(setup.config.to_dict()) == setup.config


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_every_lesson_says_its_piece_in_a_few_words(lesson: Lesson) -> None:
    assert len(lesson.title) <= 30
    for step in lesson.steps:
        assert step.text[-1] in ".?" and step.reveal[-1] in ".?"
        shown = (formulae.FORMULA.sub(in_words, says) for says in (step.text, step.reveal))
        assert max(len(lesson.title + says) for says in shown) <= 150


def in_words(formula: re.Match[str]) -> str:
    return formulae.in_words(formula["math"])


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_every_formula_of_a_lesson_is_typeset(lesson: Lesson) -> None:
    for latex in formulae.formulae_of(text_of(lesson.key)):
        assert formulae.typesetting_fault(latex) == ""


def test_no_two_lessons_have_one_name() -> None:
    keys, titles = ({getattr(each, name) for each in LESSONS} for name in ("key", "title"))
    assert len(keys) == len(titles) == len(LESSONS)


def test_what_is_listed_of_a_lesson_is_what_its_file_says() -> None:
    listed = [(each.key, each.title, each.group) for each in headings.bundled()]
    assert listed == [(each.key, each.title, each.group) for each in LESSONS]


def test_lessons_of_one_group_follow_each_other() -> None:
    groups = [lesson.group for lesson in LESSONS]
    assert len([group for group, _ in groupby(groups)]) == len(set(groups))


def test_the_toy_neuron_is_right_after_one_epoch_and_grows_surer() -> None:
    trainer = begun("toy")
    assert trainer.metrics.train_loss == pytest.approx(np.log(2), abs=1e-6)
    first = until(trainer, 1)
    last = until(trainer)
    assert first.train_accuracy == last.train_accuracy == pytest.approx(69 / 70)
    assert "69 of 70" in text_of("toy") and "0.693" in text_of("toy")
    assert last.train_loss < first.train_loss / 2


def test_iris_ends_near_the_figures_of_the_lecture() -> None:
    trainer = begun("iris")
    metrics = until(trainer)
    assert (len(trainer.task.train_rows), trainer.epoch) == (120, 50)
    assert metrics.train_loss == pytest.approx(0.4795, abs=0.015)
    loss = metrics.train_loss
    assert f"After {trainer.epoch} epochs the loss is about {loss:.2f}" in text_of("iris")
    assert metrics.train_accuracy == pytest.approx(0.8667, abs=5e-5)
    assert "86.67 % are right" in text_of("iris")
    published = np.array([[0.5585, -1.0257], [-0.5483, 0.0316], [-0.0102, 0.9941]])
    np.testing.assert_allclose(trainer.params().W, published, atol=0.05)


def test_on_the_rows_of_the_lecture_the_iris_lesson_gives_its_figures(lecture_iris) -> None:
    config = setup_of("iris").config
    config = replace(config, data=replace(config.data, test_fraction=None))
    trainer = Trainer(prepare(lecture_iris, config))
    metrics = until(trainer)
    published = np.array([[0.5585, -1.0257], [-0.5483, 0.0316], [-0.0102, 0.9941]])
    np.testing.assert_allclose(trainer.params().W, published, atol=6e-5)
    assert metrics.train_loss == pytest.approx(0.4795, abs=6e-5)
    assert (metrics.train_accuracy, metrics.test_accuracy) == pytest.approx((0.8583, 0.8), abs=1e-4)
    loss, accuracy = metrics.train_loss, 100 * metrics.train_accuracy
    assert f"{loss:.2f} and {accuracy:.1f} %" in text_of("iris")


def test_mnist_is_trained_as_in_the_lecture() -> None:
    config = setup_of("mnist").config
    training = config.training
    assert (config.data.source, config.model.kind, config.model.init) == (
        "mnist",
        "softmax",
        "zeros",
    )
    assert (training.batch_size, training.learning_rate, training.epochs) == (256, 0.1, 25)


@pytest.mark.slow
def test_mnist_ends_at_92_percent_of_both_sets(mnist_folder) -> None:
    config = setup_of("mnist").on("cpu", str(mnist_folder))
    source = sources.load(config.data)
    assert is_original(source.y, source.published_test)
    metrics = until(Trainer(prepare(source, config)), 235 * 25)
    assert metrics.train_accuracy == pytest.approx(0.922, abs=0.01)
    assert metrics.test_accuracy == pytest.approx(0.922, abs=0.01)
    assert f"About {100 * metrics.train_accuracy:.0f} %" in text_of("mnist")


def test_squared_error_and_cross_entropy_start_at_the_same_wrong_place() -> None:
    squared, entropy = begun("squared"), begun("entropy")
    assert squared.metrics.train_accuracy == entropy.metrics.train_accuracy < 0.05
    for a, b in zip(squared.params().arrays, entropy.params().arrays, strict=True):
        np.testing.assert_array_equal(a, b)
    rate, other = (t.settings.learning_rate for t in (squared, entropy))
    assert rate == other


def test_squared_error_leaves_most_points_wrong_after_400_epochs() -> None:
    trainer = begun("squared")
    metrics = until(trainer)
    assert trainer.epoch == 400
    assert 60 * (1 - metrics.train_accuracy) == pytest.approx(36)
    assert f"after {trainer.epoch} epochs 36 of 60 are left" in text_of("squared")


def test_cross_entropy_has_all_points_right_within_40_epochs() -> None:
    trainer = begun("entropy")
    assert until(trainer, 40).train_accuracy == 1
    assert f"within {trainer.epoch} epochs" in text_of("entropy")
    assert until(trainer).train_accuracy == 1


def test_the_perceptron_stands_still_once_all_points_are_right() -> None:
    trainer = begun("perceptron-apart")
    n, last_move = 60, 0
    while trainer.outcome is None:
        before = trainer.params().W
        trainer.step()
        if has_moved(trainer, before):
            last_move = trainer.step_count
    assert n < last_move < 10 * n  # it takes some epochs, and then many follow
    assert trainer.measure().train_accuracy == 1
    assert trainer.measure().train_loss == 0


def test_the_perceptron_never_settles_where_no_line_is_right() -> None:
    trainer = begun("perceptron-mingled")
    n = 100
    accuracies = []
    while trainer.outcome is None:
        before = trainer.params().W
        until(trainer, trainer.step_count + n)
        accuracies.append(trainer.measure().train_accuracy)
        assert has_moved(trainer, before)
    late = accuracies[-20:]
    assert max(late) < 1
    assert max(late) - min(late) > 0.05


def test_each_mistake_moves_the_perceptron_by_the_rate_times_the_example() -> None:
    trainer, rate = begun("perceptron-mingled"), setup_of("perceptron-mingled").config.training
    X = trainer.task.inputs(trainer.task.dataset.X)[trainer.task.train_rows]
    until(trainer, 4000)
    moves = []
    for _ in range(200):
        before = trainer.params().W[0]
        trainer.step()
        moves.append(trainer.params().W[0] - before)
    moved = np.array([move for move in moves if move.any()])
    gaps = np.abs(np.abs(moved)[:, None] - rate.learning_rate * np.abs(X)).max(axis=2)
    assert len(moved) and gaps.min(axis=1).max() < 1e-5


def test_far_points_that_are_right_pull_adaline_over_near_ones() -> None:
    trainer = begun("adaline-far")
    metrics = until(trainer)
    rows = trainer.task.dataset
    near = (rows.y == 1) & (rows.X[:, 0] < 0)
    z = trainer.task.inputs(rows.X) @ trainer.params().W[0] + trainer.params().b[0]
    assert (z[near] < 0.5).mean() > 0.25
    assert (z[(rows.y == 1) & ~near] > 0.5).all()
    assert share(metrics, 0) == 1


def test_without_the_far_points_adaline_is_right() -> None:
    setup = setup_of("adaline-far")
    assert isinstance(setup.data, tuple)
    *near, _ = setup.data
    trainer = Trainer(prepare(sources.drawn(banded(tuple(near))), setup.config))
    assert until(trainer).train_accuracy == 1


def test_logistic_regression_does_not_mind_the_far_points() -> None:
    assert until(begun("logistic-far")).train_accuracy == 1


def test_one_vs_rest_finds_nothing_of_the_middle_class() -> None:
    trainer = begun("rest")
    metrics, rows, params = until(trainer), trainer.task.dataset, trainer.params()
    a = special.expit(trainer.task.inputs(rows.X) @ params.W[1] + params.b[1])
    assert (a.min(), a.max()) == pytest.approx((0.09, 0.14), abs=0.005)
    assert "0.09 to 0.14" in text_of("rest")
    assert share(metrics, 1) == 0
    assert share(metrics, 0) == share(metrics, 2) == 1


def test_one_vs_rest_does_not_find_it_with_more_training_either() -> None:
    trainer = begun("rest")
    trainer.set_hyperparameters(epochs=5000)
    assert share(until(trainer), 1) == 0


@pytest.mark.parametrize("key", ["softmax-row", "pairs"])
def test_softmax_and_one_vs_one_find_all_of_the_middle_class(key: str) -> None:
    metrics = until(begun(key))
    assert [share(metrics, k) for k in range(3)] == [1, 1, 1]


def test_no_line_helps_with_xor() -> None:
    metrics = until(begun("xor"))
    assert metrics.train_loss == pytest.approx(np.log(2), abs=0.005)
    assert rf"guessing, $\ln 2 = {np.log(2):.3f}$" in text_of("xor")
    assert metrics.train_accuracy == pytest.approx(0.5, abs=0.05)


def test_another_line_gets_two_of_three_points_of_xor_right_at_a_higher_loss() -> None:
    points = points_of("xor")
    angles, offsets = np.linspace(0, 2 * np.pi, 73), np.linspace(-4, 4, 81)
    z = points.xy @ np.array([np.cos(angles), np.sin(angles)])
    right = ((z[:, :, None] > offsets) == (points.labels == 1)[:, None, None]).mean(axis=0)
    assert right.max() == pytest.approx(2 / 3, abs=0.02)
    k, j = np.unravel_index(right.argmax(), right.shape)
    signed = np.where(points.labels == 1, 1, -1) * (z[:, k] - offsets[j])
    assert -special.log_expit(signed).mean() > np.log(2)
    assert "two of three" in text_of("xor")


def test_the_product_of_the_features_solves_xor() -> None:
    trainer = begun("xor-degree")
    assert until(trainer).train_accuracy > 0.95
    W = trainer.params().W
    gap = np.abs(W[1] - W[0])
    assert trainer.task.input_names[int(gap.argmax())] == "x₁x₂"
    assert gap.max() > 5 * np.sort(gap)[-2]


def test_a_hidden_layer_solves_xor() -> None:
    trainer = begun("xor-hidden")
    hidden = trainer.params().hidden
    assert hidden is not None and (len(hidden.c), hidden.activation) == (8, "tanh")
    assert "Eight tanh units" in text_of("xor-hidden")
    assert until(trainer).train_accuracy > 0.95


def test_twenty_epochs_with_standardised_features_do_more_than_200_without() -> None:
    unscaled, scaled = begun("unscaled"), begun("scaled")
    np.testing.assert_array_equal(unscaled.task.train_rows, scaled.task.train_rows)
    means = unscaled.task.dataset.X[unscaled.task.train_rows].mean(axis=0)
    assert means == pytest.approx([6.2, 1.7], abs=0.05)
    assert "6.2 cm long, petals 1.7 cm wide" in text_of("unscaled")
    after_200 = until(unscaled)
    assert until(scaled, 20).train_loss < after_200.train_loss
    scaled.set_hyperparameters(epochs=20_000)
    foot = until(scaled, 20_000).train_loss
    assert f"far above the {foot:.2f}" in text_of("unscaled")
    assert "20 epochs do more than 200 did" in text_of("scaled")
    assert after_200.train_loss > 2 * foot


def test_too_large_a_rate_goes_from_side_to_side_and_diverges() -> None:
    trainer = begun("too-fast")
    assert trainer.metrics.train_loss == 0.5  # at W = 0 it is the mean of y²
    first = until(trainer, 1).train_loss
    assert first == pytest.approx(0.34, abs=0.005)
    assert "Only the first step lowers the loss, from 0.50 to 0.34" in text_of("too-fast")
    target = np.linalg.solve(*normal_equations(trainer))[:2]
    sides, losses = [], [first]
    while trainer.outcome is None:
        sides.append(np.sign((trainer.params().W[0] - target) @ [1, 1]))
        trainer.step()
        if trainer.outcome is None:
            losses.append(trainer.measure().train_loss)
    assert trainer.outcome is Status.DIVERGED
    assert all(a == -b for a, b in pairwise(sides))
    assert all(a < b for a, b in pairwise(losses))


def normal_equations(trainer: Trainer) -> tuple[np.ndarray, np.ndarray]:
    """Return XᵀX and Xᵀy of least squares, with a column of ones for the bias."""
    dataset = trainer.task.dataset
    X = np.column_stack([trainer.task.inputs(dataset.X), np.ones(dataset.n)]).astype(np.float64)
    return X.T @ X, X.T @ dataset.y


def test_the_rate_that_is_offered_after_divergence_leads_to_the_foot() -> None:
    trainer = begun("too-fast")
    until(trainer)
    trainer.set_hyperparameters(
        learning_rate=trainer.stopping.suggested_learning_rate(trainer.settings)
    )
    trainer.go_on()
    metrics = until(trainer)
    assert trainer.outcome is Status.FINISHED
    theta = np.linalg.solve(*normal_equations(trainer))
    np.testing.assert_allclose(trainer.params().W[0], theta[:2], atol=1e-3)
    assert metrics.train_accuracy > 0.95


def test_single_examples_make_the_loss_tremble_and_all_together_do_not() -> None:
    def rises(batch: int | None) -> float:
        trainer = begun("one-example")
        trainer.set_hyperparameters(batch_size=batch, epochs=10 if batch else 1000)
        until(trainer, 500)
        losses = []
        while trainer.outcome is None:
            trainer.step()
            losses.append(trainer.measure().train_loss)
        return float((np.diff(losses) > 1e-6).mean())

    assert rises(1) > 0.25
    assert rises(None) == 0


def test_weights_grow_without_end_on_separable_points() -> None:
    trainer = begun("growing")
    assert until(trainer, 1).train_accuracy < until(trainer, 2).train_accuracy == 1
    assert "right after two steps" in text_of("growing")
    seen = [(until(trainer, steps).train_loss, norm(trainer)) for steps in (50, 500, 5000)]
    losses, norms = zip(*seen, strict=True)
    assert losses[0] > 5 * losses[1] > 25 * losses[2]
    assert np.diff(norms).min() > 1


def test_weight_decay_brings_them_to_rest() -> None:
    trainer = begun("held")
    assert rf"$\lambda = {trainer.settings.weight_decay}$" in text_of("held")
    until(trainer, 1000)
    before = norm(trainer)
    metrics = until(trainer)
    assert norm(trainer) == pytest.approx(before, rel=1e-3)
    assert metrics.train_accuracy == 1
    assert metrics.train_loss > 0.05
