"""A drawn boundary is as good as scikit-learn says of the same line, and so is the best one."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from core.data.generators import GeneratorConfig, generate
from core.data.points import Points
from core.data.sources import drawn
from core.explain.plane import Plane
from core.teach.predicted import boundary
from tests.core.training import train

PLANE = Plane(0, 1, (-6.0, 6.0), (-6.0, 6.0), (0.0, 0.0))


def task_of(make_task, points, model=None, **training):
    data = {"source": "drawn", "standardise": False, "test_fraction": 0.0}
    model = {"kind": "binary"} | (model or {})
    return make_task(drawn(points), data, model, batch_size=None, **training)


@pytest.fixture(scope="module")
def mingled():
    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1], 60)
    return Points(rng.normal((labels * 2.0 - 1)[:, None], 1.2, (120, 2)), labels, ("A", "B"))


def points_on(w, b, x):
    """Return points of the line w·x + b = 0 at these x."""
    x = np.asarray(x)
    return np.stack([x, -(w[0] * x + b) / w[1]], axis=1)


@pytest.mark.parametrize("ends", [(-6, 6), (-1, 0.5), (2, -2)])
def test_a_straight_line_is_as_good_as_scikit_learn_says(make_task, mingled, ends):
    model = LogisticRegression(C=1e6).fit(mingled.xy, mingled.labels)
    line = points_on(model.coef_[0], model.intercept_[0], ends)
    task = task_of(make_task, mingled)
    assert boundary.accuracy(task, line, PLANE) == model.score(mingled.xy, mingled.labels)


def test_the_best_is_scikit_learns_optimum(make_task, mingled):
    decay = 0.01
    model = LogisticRegression(C=1 / (decay * len(mingled)), tol=1e-10)
    model.fit(mingled.xy, mingled.labels)
    task = task_of(make_task, mingled, weight_decay=decay)
    found = boundary.best(task, task.config.training, PLANE)
    assert found.name == "the optimum"
    assert found.accuracy == model.score(mingled.xy, mingled.labels)
    (line,) = found.lines
    np.testing.assert_allclose(line @ model.coef_[0] + model.intercept_[0], 0, atol=2e-3)
    assert boundary.accuracy(task, line, PLANE) == found.accuracy


@pytest.mark.parametrize("model", [{"hidden": 4}, {"kind": "perceptron"}])
def test_where_no_optimum_is_known_a_run_to_its_end_is_the_best(make_task, mingled, model):
    task = task_of(make_task, mingled, model, epochs=40, learning_rate=0.5)
    found = boundary.best(task, task.config.training, PLANE)
    trained = train(task)
    assert found.name == f"the model after {trained.epoch} epochs"
    assert found.accuracy == pytest.approx(trained.measure(exact=True).train_accuracy)


def test_a_closed_line_parts_in_from_out(make_task):
    xy = generate(GeneratorConfig("circles", size=100, noise=0.0, classes=2))
    radius = np.hypot(*xy.xy.T)
    middle = (radius[xy.labels == 0].mean() + radius[xy.labels == 1].mean()) / 2
    turn = np.linspace(0, 2 * np.pi, 60)
    circle = middle * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    assert boundary.accuracy(task_of(make_task, xy), circle, PLANE) == 1.0


def test_a_bent_line_parts_what_a_straight_one_cannot():
    xy = np.array([[0.0, -2.0], [-5.0, 3.0], [5.0, 3.0], [0.0, 3.0]])
    bent = np.array([[-2.0, 4.0], [-1.0, 1.0], [0.0, 0.0], [1.0, 1.0], [2.0, 4.0]])
    found = boundary.sides(bent, xy, PLANE)
    assert found.tolist() in ([True] * 3 + [False], [False] * 3 + [True])


def test_one_line_the_other_way_round_is_as_good(make_task, mingled):
    task = task_of(make_task, mingled)
    line = np.array([[-3.0, 2.0], [1.0, 1.0], [4.0, -3.0]])
    there, back = (boundary.accuracy(task, each, PLANE) for each in (line, line[::-1]))
    assert there == back >= 0.5


def test_how_good_it_is_is_said_beside_what_is_possible():
    best = boundary.Best(0.96, (), "the optimum")
    assert (
        boundary.describe(0.91, best) == "You drew this line: 91.0\xa0%; the optimum has 96.0\xa0%."
    )
    assert "not the mistakes" in boundary.describe(0.97, best)


def test_three_classes_and_four_features_have_no_boundary_to_draw(iris, make_task):
    assert "two classes" in boundary.obstacle(make_task(iris))
