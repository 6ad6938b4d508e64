"""A click is judged by what the model says there: largest loss, mistakes, boundary, least loss."""

import math

import numpy as np
import pytest

from core.data.points import Points
from core.data.sources import drawn
from core.explain.plane import Plane
from core.teach.predicted import place
from core.train.snapshot import Params
from tests.core.training import train

PLANE = Plane(0, 1, (-4.0, 4.0), (-4.0, 4.0), (0.0, 0.0))
SIZE = (8.0, 8.0)
XY = np.array([[-2.0, 0.0], [-1.0, 1.0], [1.0, 2.0], [3.0, -1.0], [-3.0, -2.0]])
LABELS = np.array([0, 0, 1, 1, 1])  # the last one lies among the others
W, B = np.array([[1.0, 0.5]], dtype=np.float32), np.array([0.2], dtype=np.float32)


@pytest.fixture
def task(make_task):
    points = Points(XY, LABELS, ("A", "B"))
    data = {"source": "drawn", "standardise": False, "test_fraction": 0.0}
    return make_task(drawn(points), data, {"kind": "binary"}, epochs=30, batch_size=None)


def losses():
    """Return −log of the probability of each example's own class."""
    z = XY @ W[0] + B[0]
    return np.log1p(np.exp(-(2 * LABELS - 1) * z))


def test_the_largest_loss_is_that_of_the_formula(task):
    found = place.on_plane("largest loss", task, Params(W, B), PLANE)
    row = int(losses().argmax())
    np.testing.assert_allclose(found.places, [XY[[row]]])
    assert found.words == f"The largest loss is {losses().max():.3f}, of row {row + 1}."
    said = place.seen_on_plane("largest loss", task, Params(W, B), PLANE, (-2.1, 0.1), SIZE)
    assert said == f"Row 1 has the loss {losses()[0]:.3f}."


def test_with_weights_of_zero_every_example_has_the_largest_loss(task):
    found = place.on_plane("largest loss", task, Params(0 * W, 0 * B), PLANE)
    assert len(found.places) == len(XY)
    assert found.words == f"The largest loss is {math.log(2):.3f}, of 5 examples."


def test_mistakes_are_the_examples_on_the_wrong_side(task):
    params = Params(W, B)
    found = place.on_plane("mistake", task, params, PLANE)
    wrong = (XY @ W[0] + B[0] > 0) != (LABELS == 1)
    np.testing.assert_allclose(np.concatenate(found.places), XY[wrong])
    assert found.words == "1 example is put into another class."
    said = place.seen_on_plane("mistake", task, params, PLANE, (3.0, -1.0), SIZE)
    assert said == "Row 4 is put into its own class, B."
    assert "click nearer" in place.seen_on_plane("mistake", task, params, PLANE, (-3, -3), SIZE)


def test_the_boundary_is_as_near_as_the_straight_line_of_the_weights(task):
    found = place.on_plane("boundary", task, Params(W, B), PLANE)
    for spot in ((1.0, 1.0), (-1.0, 0.5), (0.0, -0.4)):
        distance = abs(W[0] @ spot + B[0]) / np.linalg.norm(W) / 8
        assert found.distance(spot, SIZE) == pytest.approx(distance, abs=1e-3)
    z = float(W[0] @ np.array([1.0, 1.0]) + B[0])
    said = place.seen_on_plane("boundary", task, Params(W, B), PLANE, (1.0, 1.0), SIZE)
    assert said == f"Here B has {1 / (1 + math.exp(-z)):.3f}."


def test_where_there_is_no_boundary_nothing_is_near():
    assert place.Target((), "").distance((0.0, 0.0), SIZE) == math.inf


def test_the_least_loss_is_that_of_the_measured_curve(task):
    curves = train(task).history.curves()
    found = place.on_curve("least train loss", curves)
    at = int(curves.train_loss.argmin())
    np.testing.assert_allclose(found.places[0], [[curves.step[at], curves.train_loss[at]]])
    assert f"after step {curves.step[at]}" in found.words
    said = place.seen_on_curve("least train loss", curves, (0.2, 5.0))
    assert said == f"After step 0 it is {math.log(2):.4f}."


def test_a_curve_of_rows_that_are_not_there_has_no_least_loss(task):
    curves = train(task).history.curves()
    assert place.on_curve("least test loss", curves).places == ()
    assert place.seen_on_curve("least test loss", curves, (0.2, 5.0)) == ""
