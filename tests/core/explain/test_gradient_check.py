"""The gradient three ways: that they agree where all is right, and who is told of where not."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.config import ACTIVATIONS
from core.errors import DataError
from core.explain import gradient_check
from core.explain.gradient_agreement import AUTOGRAD, DIFFERENCES, HAND, TRAINED
from core.explain.gradient_check import check
from core.model_family import FAMILY
from core.train import models
from core.train.losses import HEADS
from core.train.snapshot import Params
from core.train.trainer import Trainer


@pytest.fixture
def random_params(rng):
    """Return a function that draws weights for a task."""

    def draw(task, spread=0.5):
        W = rng.normal(0, spread, (task.outputs, task.m)).astype(np.float32)
        return Params(W, rng.normal(0, spread, task.outputs).astype(np.float32))

    return draw


def pytorchs_own(task, params, rows, weight_decay):
    """Return the gradient (p,) of PyTorch's own losses, in float64."""
    X = torch.from_numpy(task.inputs(task.dataset.values(rows))).double()
    y = torch.from_numpy(task.dataset.y[rows])
    W = torch.from_numpy(params.W).double().requires_grad_()
    b = torch.from_numpy(params.b).double().requires_grad_()
    Z = functional.linear(X, W, b)
    if task.outputs == 1:
        loss = functional.binary_cross_entropy_with_logits(Z[:, 0], y.double())
    else:
        loss = functional.cross_entropy(Z, y)
    dW, db = torch.autograd.grad(loss + weight_decay / 2 * (W * W).sum(), (W, b))
    return torch.cat([dW.flatten(), db]).numpy()


@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
def test_every_way_gives_the_gradient_of_pytorchs_own_loss(
    iris, make_task, random_params, kind, weight_decay
):
    task = make_task(iris, model={"kind": kind})
    params = random_params(task)
    found = check(task, params, task.train_rows, weight_decay)
    expected = pytorchs_own(task, params, task.train_rows, weight_decay)
    np.testing.assert_allclose(found.hand, expected, atol=1e-14)
    np.testing.assert_allclose(found.autograd, expected, atol=1e-14)
    np.testing.assert_allclose(found.differences, expected[found.checked], atol=1e-10)
    np.testing.assert_allclose(found.trained, expected, atol=1e-6)
    assert found.passed


@pytest.mark.parametrize("kind", FAMILY)
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("has_bias", [True, False])
def test_every_model_of_the_family_passes(iris, make_task, random_params, kind, decay, has_bias):
    task = make_task(iris, model={"kind": kind, "has_bias": has_bias})
    params = random_params(task)
    if not has_bias:
        params = Params(params.W, np.zeros_like(params.b))
    found = check(task, params, task.train_rows, decay)
    assert found.passed
    assert len(found.hand) == task.outputs * (task.m + has_bias)
    assert len(found.checked) == len(found.hand)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", ["softmax", "binary", "perceptron", "svm", "ovo"])
@pytest.mark.parametrize("has_bias", [True, False])
def test_every_way_agrees_through_a_hidden_layer(iris, make_task, kind, activation, has_bias):
    model = {"kind": kind, "hidden": 5, "activation": activation, "has_bias": has_bias}
    task = make_task(iris, model=model, learning_rate=0.3, weight_decay=0.1)
    trainer = Trainer(task)
    for _ in range(20):
        trainer.step()
    params, rows = trainer.params(), task.train_rows
    found = check(task, params, rows, 0.1)
    assert found.passed, found.summary
    assert len(found.hand) == (task.outputs + task.m) * 5 + (task.outputs + 5) * has_bias
    assert len(found.checked) == len(found.hand)
    assert found.name(len(found.hand) - 1) == (
        "b⁽¹⁾[unit 5]" if has_bias else "W⁽¹⁾[unit 5, petal width]"
    )
    assert (found.at_kinks > 0) <= (activation == "relu" or kind in ("perceptron", "svm"))


def test_a_hidden_layer_with_a_wrong_slope_is_found(iris, make_task, monkeypatch):
    squash, slope = models.HIDDEN["tanh"]
    monkeypatch.setitem(models.HIDDEN, "tanh", (squash, lambda H: 1.01 * slope(H)))
    task = make_task(iris, model={"hidden": 3, "activation": "tanh"})
    found = check(task, Trainer(task).params(), task.train_rows)
    assert not found.passed and "⁽¹⁾[unit" in found.summary


def test_of_the_weights_of_many_units_some_of_each_layer_are_differenced(digits, make_task):
    task = make_task(digits, model={"hidden": 40})
    found = check(task, Trainer(task).params(), task.train_rows[:20])
    assert found.passed and len(found.checked) == 200
    layers = {found.name(int(i)).partition("[")[0] for i in found.checked}
    assert layers == {"W⁽¹⁾", "b⁽¹⁾", "W⁽²⁾", "b⁽²⁾"}


def test_rows_at_a_kink_are_left_out_and_it_says_so(iris, make_task):
    task = make_task(iris, model={"kind": "perceptron"})
    W = np.array([[1.0, 2.0]], np.float32)
    X = task.inputs(task.dataset.values(task.train_rows))
    at = Params(W, -(X[7:8] @ W[0]))  # z = 0 there, and at its twins
    found = check(task, at, task.train_rows)
    twins = (X[7] == X).all(axis=1).sum()
    assert found.passed and found.at_kinks == twins and found.rows == 120 - twins
    assert f"on {found.rows} of the next batch’s 120 rows; at the kink z = 0" in found.summary
    zeros = Params(np.zeros_like(W), np.zeros(1, np.float32))
    with pytest.raises(DataError, match=r"every example of the batch .* perceptron criterion"):
        check(task, zeros, task.train_rows)


def test_rows_at_the_margin_are_left_out_of_a_support_vector_machine(iris, make_task):
    task = make_task(iris, model={"kind": "svm"})
    W = np.array([[1.0, 2.0]], np.float32)
    X = task.inputs(task.dataset.values(task.train_rows))
    sign = 2 * task.dataset.y[task.train_rows[7]] - 1
    at = Params(W, (sign - X[7:8] @ W[0]).astype(np.float32))  # (2y − 1) z = 1 there
    found = check(task, at, task.train_rows)
    assert found.passed and found.at_kinks >= 1
    assert (
        f"on {found.rows} of the next batch’s 120 rows; at the kink (2y − 1) z = 1" in found.summary
    )
    zeros = Params(np.zeros_like(W), np.zeros(1, np.float32))
    assert check(task, zeros, task.train_rows).at_kinks == 0


def test_the_float32_gradient_is_the_step_that_the_trainer_makes(iris, make_task):
    task = make_task(iris, batch_size=16, learning_rate=1.0, weight_decay=0.1)
    trainer = Trainer(task)
    for _ in range(5):
        trainer.step()
    before, rows = trainer.params(), trainer.next_rows()
    trainer.step()
    after = trainer.params()
    step = np.concatenate([(before.W - after.W).ravel(), before.b - after.b])
    np.testing.assert_allclose(check(task, before, rows, 0.1).trained, step, atol=2e-7)


def test_pictures_are_checked_as_they_are_trained_on(digits, make_task, random_params):
    task = make_task(digits)
    params = random_params(task)
    found = check(task, params, task.train_rows[:40])
    expected = pytorchs_own(task, params, task.train_rows[:40], 0.0)
    np.testing.assert_allclose(found.trained, expected, atol=1e-6)
    assert found.passed and len(found.checked) == len(found.hand) == 650


def test_the_order_of_the_rows_does_not_matter(iris, make_task, random_params, rng):
    task = make_task(iris)
    params, rows = random_params(task), np.array([50, 3, 52, 51])
    one, other = check(task, params, rows), check(task, params, rng.permutation(rows))
    np.testing.assert_array_equal(one.trained, other.trained)
    np.testing.assert_allclose(one.trained, pytorchs_own(task, params, rows, 0.0), atol=1e-6)


@pytest.mark.parametrize("spread", [0.0, 30.0, 1e6])
def test_extreme_weights_pass_too(iris, make_task, random_params, spread):
    task = make_task(iris)
    assert check(task, random_params(task, spread), task.train_rows).passed


def test_inputs_in_their_own_large_units_pass_too(iris, make_task, random_params):
    task = make_task(iris, data={"standardise": False, "degree": 5})
    assert np.abs(task.inputs(iris.values()[:, 2:])).max() > 10_000
    assert check(task, random_params(task, 1e-4), task.train_rows).passed


def test_a_converged_run_passes_although_its_gradient_is_nothing(two_blobs, make_task):
    task = make_task(two_blobs, learning_rate=1.0, weight_decay=0.1, batch_size=None)
    trainer = Trainer(task)
    for _ in range(300):
        trainer.step()
    found = check(task, trainer.params(), trainer.next_rows(), 0.1)
    assert np.abs(found.hand).max() < 1e-5 and found.passed


def test_the_summary_says_how_well_they_agree_and_on_what(iris, make_task, random_params):
    task = make_task(iris)
    summary = check(task, random_params(task), task.train_rows).summary
    assert summary.startswith("by hand = autograd to ")
    assert "= finite differences to " in summary
    assert summary.endswith("(on the 120 rows of the next batch)")


def test_a_huge_batch_is_checked_on_a_sample_and_says_so(
    iris, make_task, random_params, monkeypatch
):
    monkeypatch.setattr(gradient_check, "MAX_ROWS", 50)
    task = make_task(iris)
    params = random_params(task)
    found = check(task, params, task.train_rows)
    assert found.rows == 50 and found.passed
    assert "on a fixed sample of 50 of the next batch’s 120 rows" in found.summary
    again = check(task, params, task.train_rows)
    np.testing.assert_array_equal(found.hand, again.hand)


def test_of_many_parameters_some_weights_and_all_biases_are_differenced(
    digits, make_task, random_params, monkeypatch
):
    monkeypatch.setattr(gradient_check, "MAX_PARAMETERS", 300)
    task = make_task(digits)
    params = random_params(task)
    found = check(task, params, task.train_rows[:20])
    assert found.passed and len(np.unique(found.checked)) == len(found.checked) == 200
    assert set(range(640, 650)) <= set(found.checked.tolist())
    assert "a fixed random 200 of 650 parameters" in found.summary
    expected = pytorchs_own(task, params, task.train_rows[:20], 0.0)
    np.testing.assert_allclose(found.differences, expected[found.checked], atol=1e-10)


def test_a_bias_gradient_summed_over_the_classes_is_found_and_named(
    iris, make_task, random_params, monkeypatch
):
    right = models.gradients

    def wrong(dZ, X, dW, db, *, add=False):
        right(dZ, X, dW, db, add=add)
        db[:] = db.sum()

    task = make_task(iris)
    params = random_params(task)
    expected = pytorchs_own(task, params, task.train_rows, 0.0)[-3:]
    monkeypatch.setattr(models, "gradients", wrong)
    found = check(task, params, task.train_rows)
    name = iris.class_names[int(np.abs(expected).argmax())]
    assert not found.passed
    assert f"b[{name}]" in found.summary and found.verdict == "by hand ≠ autograd"
    assert not found.apart[HAND, AUTOGRAD].agrees and not found.apart[HAND, DIFFERENCES].agrees
    assert found.apart[AUTOGRAD, DIFFERENCES].agrees
    assert {row[0] for row in found.largest_rows(3)} == {f"b[{k}]" for k in iris.class_names}


def test_a_head_with_a_wrong_gradient_is_found(iris, make_task, random_params, monkeypatch):
    right = HEADS["softmax"]

    def wrong(Z, Y, out=None):
        dZ = right.gradient(Z, Y, out=out)
        dZ[:, 1] *= 1.001
        return dZ

    monkeypatch.setitem(HEADS, "softmax", replace(right, gradient=wrong))
    task = make_task(iris)
    found = check(task, random_params(task), task.train_rows)
    assert not found.passed and "versicolor" in found.summary


def test_a_slip_in_float32_alone_is_found(iris, make_task, random_params, monkeypatch):
    right = models.gradients

    def wrong(dZ, X, dW, db, *, add=False):
        right(dZ, X, dW, db, add=add)
        if db.dtype == torch.float32:
            db[2] += 1.0

    monkeypatch.setattr(models, "gradients", wrong)
    task = make_task(iris)
    found = check(task, random_params(task), task.train_rows)
    assert found.verdict == "by hand (float32) ≠ by hand" and "b[virginica]" in found.summary


@pytest.mark.filterwarnings("error")
def test_logits_beyond_float32_are_said_in_words(iris, make_task):
    task = make_task(iris)
    params = Params(np.full((3, 2), 3e38, np.float32), np.zeros(3, np.float32))
    found = check(task, params, task.train_rows)
    assert not found.passed
    assert found.summary.startswith("The gradient by hand (float32) is not a finite number")
    assert "W[setosa, petal length]" in found.summary and "logits reach 1·10³⁹" in found.summary


def test_the_place_of_the_largest_difference_is_where_it_is(iris, make_task, random_params):
    task = make_task(iris)
    found = check(task, random_params(task), task.train_rows)
    pair = found.apart[TRAINED, HAND]
    apart = np.abs(found.trained - found.hand)
    assert pair.absolute == apart.max() == apart[pair.where]
    assert pair.relative == pytest.approx(pair.absolute / np.abs(found.hand).max(), rel=1e-3)


def test_the_rows_shown_are_those_of_the_largest_derivatives(iris, make_task, random_params):
    task = make_task(iris, data={"features": ("all",)})
    found = check(task, random_params(task), task.train_rows)
    order = np.argsort(-np.abs(found.hand))[:8]
    assert [row[0] for row in found.largest_rows(8)] == [found.name(int(i)) for i in order]


def test_parameters_are_named_by_class_and_input(iris, make_task, random_params):
    task = make_task(iris)
    found = check(task, random_params(task), task.train_rows)
    assert [found.name(i) for i in (0, 3, 8)] == [
        "W[setosa, petal length]",
        "W[versicolor, petal width]",
        "b[virginica]",
    ]


def test_a_binary_neuron_has_one_row_of_weights_and_one_bias(iris, make_task, random_params):
    task = make_task(iris, model={"kind": "binary"})
    found = check(task, random_params(task), task.train_rows)
    assert [found.name(i) for i in range(3)] == ["w[petal length]", "w[petal width]", "b"]


def test_the_csv_brings_back_every_digit(iris, make_task, random_params):
    task = make_task(iris)
    found = check(task, random_params(task), task.train_rows)
    header, *rows = csv.reader(io.StringIO(found.csv()))
    assert header == ["parameter", TRAINED, HAND, AUTOGRAD, DIFFERENCES]
    values = np.array([row[1:] for row in rows], dtype=np.float64).T
    for column, expected in zip(
        values, (found.trained, found.hand, found.autograd, found.differences), strict=True
    ):
        np.testing.assert_array_equal(column, expected)


def test_no_rows_are_refused(iris, make_task, random_params):
    task = make_task(iris)
    with pytest.raises(DataError, match="no rows"):
        check(task, random_params(task), np.array([], dtype=np.int64))


def test_the_weights_that_are_checked_stay_as_they_are(iris, make_task, random_params):
    task = make_task(iris)
    params = random_params(task)
    W, b = params.W.copy(), params.b.copy()
    check(task, params, task.train_rows, 0.5)
    np.testing.assert_array_equal(params.W, W)
    np.testing.assert_array_equal(params.b, b)
