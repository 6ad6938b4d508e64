"""Divergence and what follows: the curves, the weights that are restored, a rate that works."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.explain import convergence
from core.explain.optimum import optimum
from core.model_family import FAMILY, guessing
from core.runs.rescue import epilogue_of, recover
from core.train.history import Mark
from core.train.snapshot import Params, Status
from core.train.trainer import Trainer
from core.train.warm_start import start_from
from tests.core.training import go, train


def fall_of(subject):
    fall = subject.history.curves().fall
    assert fall is not None
    return fall


def press(subject):
    """Do what one press does: go on with the rate that is offered."""
    subject.epilogue = epilogue_of(subject)
    recover(subject)
    go(subject)


def test_the_loss_that_divergence_is_said_to_have_started_at_is_that_of_the_start(make_task, iris):
    subject = train(make_task(iris, model={"kind": "adaline"}, learning_rate=1.0))
    start = subject.task.dataset.y[subject.task.train_rows].mean()  # at W = 0 it is the mean of y²
    assert f"started at {start:.3g})" in str(subject.message)


@pytest.mark.parametrize("kind", ["adaline", "perceptron", "svm", "binary", "ovr", "ovo"])
def test_weights_that_are_restored_are_the_start_or_better_than_guessing(kind, iris, make_task):
    raw = {"standardise": False}
    task = make_task(iris, raw, {"kind": kind}, learning_rate=0.05, batch_size=None)
    subject = train(task, steps=20)
    subject.set_hyperparameters(learning_rate=1e38)
    go(subject, 400)
    assert subject.outcome is Status.DIVERGED
    metrics = subject.measure()
    if FAMILY[kind].margin is not None:  # judged by mistakes
        guess, cost = 1 / 2, 1 - metrics.train_accuracy
    else:
        (guess, _), cost = guessing(kind, task.dataset.h) or (1.0, ""), metrics.train_loss
    assert subject.step_count == 0 or cost < guess


def test_a_point_a_little_below_a_bad_start_is_not_returned_to(make_task, iris):
    """ADALINE's loss at zero is that of saying no; just below it nearly all can be wrong."""
    task = make_task(iris, model={"kind": "adaline"}, learning_rate=0.05, batch_size=None)
    subject = Trainer(task)
    wrong = Params(np.array([[-0.25, -0.25]], np.float32), np.array([0.4], np.float32))
    start_from(subject, wrong)
    start = subject.metrics
    assert start.train_loss > 0.25 and start.train_accuracy < 0.5
    subject.set_hyperparameters(learning_rate=1e-6)
    go(subject, 3)
    subject.set_hyperparameters(learning_rate=1e6)
    go(subject)
    assert subject.outcome is Status.DIVERGED and subject.step_count == 0


def test_after_divergence_the_curves_keep_each_point_up_to_the_failing_step(make_task, iris):
    task = make_task(iris, model={"kind": "adaline"}, learning_rate=1.0)
    subject, losses = Trainer(task), []
    while subject.outcome is None:
        losses.append(subject.measure().train_loss)
        subject.step()
    fall = fall_of(subject)
    assert fall.rescued == subject.step_count
    assert list(fall.steps) == list(range(fall.rescued, fall.failed + 1))
    assert list(fall.series["train_loss"][:-1]) == losses[fall.rescued :]
    assert f"rose to {fall.series['train_loss'][-1]:,.3g} " in str(subject.message)
    assert Mark(fall.rescued, "rescued") in subject.history.curves().marks


def test_what_is_no_number_at_the_failing_step_is_infinite(iris, make_task):
    model, settings = {"kind": "adaline"}, {"learning_rate": 1e38}
    fall = train(make_task(iris, model=model, **settings), steps=5).history.curves().fall
    assert fall.series["train_loss"][-1] == fall.series["test_loss"][-1] == np.inf
    none = train(make_task(iris, {"test_fraction": 0.0}, model, **settings), steps=5)
    assert np.isnan(none.history.curves().fall.series["test_loss"]).all()


# A rate that works ----------------------------------------------------------------------------

OFFERS = [
    ("iris", {}, {"learning_rate": 1e5}),
    ("iris", {}, {"learning_rate": 1e30}),
    ("iris", {"hidden": 256}, {"learning_rate": 1e6, "epochs": 30}),
    ("digits", {"hidden": 32}, {"learning_rate": 100.0, "epochs": 5}),
    ("iris", {"kind": "adaline"}, {"learning_rate": 1.0}),
    # Behind a hidden layer its loss explodes; without one it only grows with the rate.
    ("iris", {"kind": "svm", "hidden": 16}, {"learning_rate": 1000.0, "epochs": 30}),
    ("iris", {}, {"learning_rate": 1e6, "optimiser": "adam"}),
    ("iris", {}, {"learning_rate": 1e4, "optimiser": "nesterov"}),
]


@pytest.mark.parametrize(("data", "model", "settings"), OFFERS)
def test_one_press_after_divergence_leads_to_a_run_that_learns(
    data, model, settings, make_task, request
):
    dataset = request.getfixturevalue(data)
    subject = train(make_task(dataset, model=model, **settings))
    outcomes = [subject.outcome]
    start = subject.history.first_loss
    press(subject)
    metrics = subject.measure()
    assert [*outcomes, subject.outcome] == [Status.DIVERGED, Status.FINISHED]
    most = np.bincount(dataset.y).max() / dataset.n
    assert metrics.train_loss < start / 2 and metrics.train_accuracy > most


@pytest.mark.parametrize(
    ("blamed", "settings", "outcome"),
    [
        ("λ₁ = 1000", {"l1": 1000.0}, Status.FINISHED),  # the threshold leaves no weight
        ("λ = 300", {"weight_decay": 300.0, "batch_size": None}, Status.DIVERGED),
    ],
)
def test_where_no_rate_learns_the_setting_that_keeps_it_from_that_is_named(
    blamed, settings, outcome, make_task, iris
):
    subject = train(make_task(iris, **settings))
    assert subject.outcome is outcome
    epilogue = epilogue_of(subject)
    assert epilogue.rate is None and blamed in epilogue.words
    assert "λ" in epilogue.words and "Try" not in epilogue.words


def test_a_search_leaves_the_run_as_it_was(make_task, iris):
    subject, twin = (train(make_task(iris, learning_rate=1e5)) for _ in range(2))
    epilogue_of(subject)
    for each in (subject, twin):
        each.set_hyperparameters(learning_rate=0.5)
        each.go_on()
        go(each, 10)
    assert np.array_equal(subject.params().W, twin.params().W)
    assert np.array_equal(
        subject.history.curves().table, twin.history.curves().table, equal_nan=True
    )


def test_where_hidden_units_are_dead_the_offer_is_from_the_start(make_task, digits):
    """With η = 10 the units die at once: the loss is that of guessing, and no rate helps there."""
    subject = train(make_task(digits, model={"hidden": 32}, learning_rate=10.0, epochs=3))
    assert subject.outcome is Status.FINISHED
    assert subject.metrics.train_accuracy < 0.2
    epilogue = epilogue_of(subject)
    assert epilogue.is_from_start and "Nothing is learnt" in epilogue.words
    press(subject)
    assert subject.metrics.train_accuracy > 0.8


def test_from_the_start_the_whole_way_there_is_kept_as_the_fall(make_task, iris):
    subject = train(make_task(iris), steps=30)
    subject.set_hyperparameters(learning_rate=1e30)
    go(subject)
    losses = subject.history.curves().train_loss
    assert subject.step_count == 30
    subject.history.return_further(10)
    fall = fall_of(subject)
    assert list(fall.steps) == list(range(10, 32))
    assert list(fall.series["train_loss"][:21]) == list(losses[10:])
    assert subject.history.curves().last_step == 10


def test_a_fall_is_forgotten_where_its_beginning_is(make_task, iris):
    subject = train(make_task(iris), steps=30)
    subject.set_hyperparameters(learning_rate=1e30)
    go(subject)
    subject.timeline.go_to(29)
    subject.step()
    assert subject.history.curves().fall is None


# Whether it came to rest ----------------------------------------------------------------------


@pytest.mark.parametrize("optimiser", ["newton", "lbfgs"])
def test_second_order_with_a_rate_beyond_all_bounds_finds_the_optimum(optimiser, make_task, iris):
    task = make_task(iris, optimiser=optimiser, learning_rate=1e30, weight_decay=0.01, epochs=60)
    subject = train(task)
    W = subject.params().W.astype(np.float64)
    lowest = optimum(task, 0.01).loss
    assert subject.measure().train_loss + 0.005 * (W**2).sum() == pytest.approx(lowest, abs=1e-5)
    assert epilogue_of(subject).converged is True


@pytest.mark.parametrize("kind", ["adaline", "binary", "softmax", "ovr", "ovo"])
def test_converged_means_that_the_slope_of_the_loss_is_gone(kind, make_task, iris):
    task = make_task(iris, model={"kind": kind}, weight_decay=0.05, optimiser="newton", epochs=30)
    subject = train(task, steps=1)
    W = subject.params().W
    for wanted in (False, True):
        if wanted:
            subject.set_hyperparameters(learning_rate=1.0)
            go(subject)
        found = convergence.judge(
            task, subject.params(), subject.settings, Status.FINISHED, subject.measure(exact=True)
        )
        assert found.converged is wanted
        assert ("Not converged" in found.words) is not wanted
    assert not np.array_equal(W, subject.params().W)


def test_where_the_optimiser_decays_the_weights_the_slope_of_the_loss_is_no_verdict(
    make_task, iris
):
    for decay in (0.0, 0.5):
        subject = train(make_task(iris, optimiser="adamw", weight_decay=decay, epochs=5))
        found = convergence.judge(
            task := subject.task,
            subject.params(),
            task.config.training,
            Status.FINISHED,
            subject.measure(exact=True),
        )
        assert found.converged is (None if decay else False)
        assert ("AdamW shrinks the weights besides" in found.words) is (decay > 0)


def test_the_slope_that_is_told_is_that_of_autograd(make_task, digits):
    task = make_task(digits, model={"hidden": 8}, weight_decay=0.3, l1=0.01)
    subject = train(task, steps=25)
    found = convergence.judge(
        task, subject.params(), subject.settings, Status.FINISHED, subject.measure(exact=True)
    )
    W, b, V, c = (torch.tensor(a, dtype=torch.float64) for a in subject.params().arrays)
    for theta in (W, b, V, c):
        theta.requires_grad_()
    X = torch.from_numpy(task.inputs(task.dataset.values(task.train_rows))).double()
    y = torch.from_numpy(task.dataset.y[task.train_rows])
    Z = torch.relu(X @ V.T + c) @ W.T + b
    penalty = sum(0.15 * w.square().sum() + 0.01 * w.abs().sum() for w in (W, V))
    loss = functional.cross_entropy(Z, y) + penalty
    slope = max(float(g.abs().max()) for g in torch.autograd.grad(loss, (W, b, V, c)))
    assert f"slopes, by {slope:.2g} " in found.words


@pytest.mark.parametrize("kind", ["binary", "softmax", "ovr", "ovo", "mse"])
def test_separable_data_without_a_penalty_are_said_to_have_no_lowest_point(
    kind, make_task, two_blobs
):
    data = {"source": "drawn", "test_fraction": 0.0}
    for decay in (0.0, 0.1):
        subject = train(make_task(two_blobs, data, {"kind": kind}, weight_decay=decay, epochs=200))
        epilogue = epilogue_of(subject)
        assert ("grow without end" in epilogue.words) is (decay == 0)
        assert epilogue.converged is not True or decay > 0


def test_one_class_that_can_be_separated_is_enough(make_task, iris):
    assert "a class can be separated" in epilogue_of(train(make_task(iris, epochs=3))).words


def test_adaline_has_a_lowest_point_on_separable_data(make_task, two_blobs):
    task = make_task(
        two_blobs,
        {"source": "drawn"},
        {"kind": "adaline"},
        optimiser="newton",
        epochs=5,
        learning_rate=1.0,
    )
    epilogue = epilogue_of(train(task))
    assert epilogue.converged is True and not epilogue.notes


def test_a_perceptron_converges_where_it_makes_no_mistake(make_task, two_blobs, iris):
    apart = epilogue_of(train(make_task(two_blobs, model={"kind": "perceptron"})))
    mingled = epilogue_of(train(make_task(iris, model={"kind": "perceptron"}, epochs=5)))
    assert (apart.converged, mingled.converged) == (True, False)


def test_a_support_vector_machine_converges_where_all_are_beyond_its_margin(
    make_task, two_blobs, iris
):
    apart = epilogue_of(train(make_task(two_blobs, model={"kind": "svm"}, epochs=500)))
    mingled = epilogue_of(train(make_task(iris, model={"kind": "svm"}, epochs=5)))
    assert (apart.converged, mingled.converged) == (True, False)
    assert "a linear SVM moves on for as long as examples lie within its margin" in mingled.words


def test_with_a_penalty_nobody_claims_that_a_support_vector_machine_is_at_rest(make_task, iris):
    """Even at its optimum its slope jumps between the sides of a kink."""
    task = make_task(iris, model={"kind": "svm"}, epochs=5, weight_decay=0.1)
    epilogue = epilogue_of(train(task))
    assert epilogue.converged is None and "lowest at kinks" in epilogue.words


def test_a_run_that_its_own_tolerance_ended_has_converged(make_task, iris):
    subject = train(make_task(iris, batch_size=None, epochs=100_000, tolerance=1e-3))
    assert subject.outcome is Status.CONVERGED
    assert epilogue_of(subject).converged is True
