"""The models of the family, trained to the end, against scikit-learn and closed forms."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.svm import LinearSVC

from core.explain import probe
from core.model_family import FAMILY, output_names, pairs
from core.train.trainer import Trainer
from tests.core.training import trained

ALL = {"features": ("all",)}
DECAY = 0.01


def training_rows(task):
    """X (n, m) as the models take it, in float64, and y (n,)."""
    rows = task.train_rows
    return task.inputs(task.dataset.values(rows)).astype(np.float64), task.dataset.y[rows]


def logistic(n):
    """Logistic regression with our penalty.

    Ours is mean loss + λ/2 ‖W‖², so n times as much is Σ loss + nλ/2 ‖W‖²; scikit-learn's is
    C Σ loss + 1/2 ‖w‖². A pair's neuron sums over its own examples, but n counts all of them.
    """
    return LogisticRegression(C=1 / (n * DECAY), tol=1e-10, max_iter=10_000)


WRAPPERS = {"ovr": OneVsRestClassifier, "ovo": OneVsOneClassifier}


@pytest.fixture(params=WRAPPERS)
def compared(request, iris, make_task):
    """A task, its trainer after convergence, and scikit-learn's model of the same rows."""
    task = make_task(
        iris,
        ALL,
        {"kind": request.param},
        weight_decay=DECAY,
        optimiser="newton",
        learning_rate=1.0,
        batch_size=None,
    )
    X, y = training_rows(task)
    return task, trained(task, 30), WRAPPERS[request.param](logistic(len(y))).fit(X, y)


def test_binary_neurons_of_many_classes_converge_to_scikit_learns(compared):
    _, trainer, reference = compared
    params = trainer.params()
    W = np.vstack([one.coef_ for one in reference.estimators_])
    b = np.concatenate([one.intercept_ for one in reference.estimators_])
    np.testing.assert_allclose(params.W, W, atol=2e-3)
    np.testing.assert_allclose(params.b, b, atol=2e-3)


def test_they_decide_as_scikit_learn_does(compared):
    task, trainer, reference = compared
    X = task.inputs(task.dataset.values())
    decided = probe.decided(task, trainer.params(), np.arange(task.dataset.n))
    np.testing.assert_array_equal(decided, reference.predict(X))


def test_plain_descent_gets_there_too(iris, make_task):
    task = make_task(
        iris, ALL, {"kind": "ovo"}, weight_decay=DECAY, learning_rate=1.0, batch_size=None
    )
    X, y = training_rows(task)
    reference = OneVsOneClassifier(logistic(len(y))).fit(X, y)
    W = np.vstack([one.coef_ for one in reference.estimators_])
    np.testing.assert_allclose(trained(task, 3_000).params().W, W, atol=5e-3)


def test_adaline_converges_to_least_squares(iris, make_task):
    task = make_task(iris, ALL, {"kind": "adaline"}, learning_rate=0.05, batch_size=None)
    X, y = training_rows(task)
    X1 = np.hstack([X, np.ones((len(X), 1))])
    w = np.linalg.lstsq(X1, y.astype(float), rcond=None)[0]
    params = trained(task, 5_000).params()
    np.testing.assert_allclose(params.W[0], w[:-1], atol=1e-4)
    np.testing.assert_allclose(params.b, w[-1:], atol=1e-4)


def test_adaline_with_newtons_method_is_there_after_one_step(iris, make_task):
    task = make_task(
        iris, ALL, {"kind": "adaline"}, optimiser="newton", learning_rate=1.0, batch_size=None
    )
    X, y = training_rows(task)
    X1 = np.hstack([X, np.ones((len(X), 1))])
    w = np.linalg.lstsq(X1, y.astype(float), rcond=None)[0]
    np.testing.assert_allclose(trained(task, 1).params().W[0], w[:-1], atol=1e-4)


def test_a_support_vector_machine_descends_to_scikit_learns(iris, make_task):
    """Ours is mean loss + λ/2 ‖w‖², scikit-learn's C Σ loss + 1/2 ‖w‖²; both spare the bias.

    LinearSVC penalises its bias as a weight of one input more, the smaller the larger that is.
    """
    task = make_task(
        iris,
        ALL,
        {"kind": "svm", "positive": "virginica", "negative": "versicolor"},
        weight_decay=DECAY,
        learning_rate=1.0,
        schedule="cosine",
        epochs=6_000,
        batch_size=None,
    )
    X, y = training_rows(task)
    reference = LinearSVC(
        C=1 / (len(y) * DECAY), loss="hinge", intercept_scaling=100.0, tol=1e-8, max_iter=10**7
    ).fit(X, y)

    def cost(w, b):
        return np.maximum(0, 1 - (2 * y - 1) * (X @ w + b)).mean() + DECAY / 2 * w @ w

    params = trained(task, 6_000).params()
    lowest = cost(reference.coef_[0], reference.intercept_[0])
    assert lowest <= cost(params.W[0], params.b[0]) + 1e-4
    assert cost(params.W[0], params.b[0]) == pytest.approx(lowest, rel=2e-3)
    np.testing.assert_allclose(params.W[0], reference.coef_[0], atol=0.05)
    decided = probe.decided(task, params, task.train_rows)
    assert (decided == reference.predict(X)).mean() > 0.98


@pytest.mark.parametrize("eta", [1.0, 0.3])
def test_a_perceptron_makes_the_same_updates_as_scikit_learns(iris, make_task, eta):
    """One pass, example by example, in the order of the shuffle, from the same weights."""
    task = make_task(
        iris, ALL, {"kind": "perceptron", "init": "random"}, learning_rate=eta, batch_size=1
    )
    trainer = Trainer(task)
    start, order = trainer.params(), []
    for _ in task.train_rows:
        order.append(int(trainer.next_rows()[0]))
        trainer.step()
    assert sorted(order) == task.train_rows.tolist()
    X = task.inputs(task.dataset.values(np.array(order))).astype(np.float64)
    reference = Perceptron(eta0=eta, max_iter=1, tol=None, shuffle=False)
    reference.fit(X, task.dataset.y[order], coef_init=start.W, intercept_init=start.b)
    after = trainer.params()
    assert np.abs(after.W - start.W).max() > 0.1
    np.testing.assert_allclose(after.W, reference.coef_, atol=1e-5)
    np.testing.assert_allclose(after.b, reference.intercept_, atol=1e-5)


def test_a_perceptron_ends_without_a_mistake_where_a_line_separates(iris, make_task):
    task = make_task(iris, ALL, {"kind": "perceptron", "positive": "setosa"}, batch_size=1)
    trainer = trained(task, 20 * len(task.train_rows))
    assert not probe.mistakes(task, trainer.params(), task.train_rows).any()
    before = trainer.params()
    trainer.step()  # nobody is wrong: nothing moves
    np.testing.assert_array_equal(trainer.params().W, before.W)


def test_a_sure_mistake_starves_the_squared_error_but_not_cross_entropy():
    """At z = −8 for a class 1, the gradients differ by the factor 2a(1 − a)."""
    import torch

    from core.train.losses import HEADS

    Z, Y = torch.tensor([[-8.0]]).double(), torch.ones(1, 1).double()
    a = 1 / (1 + np.exp(8.0))
    squared, surprise = (float(HEADS[name].gradient(Z, Y)) for name in ("mse", "binary"))
    assert squared / surprise == pytest.approx(2 * a * (1 - a))
    assert abs(squared) < 1e-3 < abs(surprise)


def test_all_neurons_learn_two_classes(iris, make_task):
    for kind in (name for name, one in FAMILY.items() if one.is_neuron):
        task = make_task(
            iris, ALL, {"kind": kind, "positive": "setosa"}, learning_rate=0.05, batch_size=None
        )
        trainer = trained(task, 300)
        assert not probe.mistakes(task, trainer.params(), task.test_rows).any(), kind


def test_rows_of_the_weights_are_named_by_what_they_speak_for():
    names = ("a", "b", "c")
    assert output_names("binary", ("no", "yes")) == ("yes",)
    assert output_names("ovr", names) == output_names("softmax", names) == names
    assert output_names("ovo", names) == ("a|b", "a|c", "b|c")
    assert [len(pairs(h)) for h in (2, 3, 10)] == [1, 3, 45]
