"""A task: choices resolved, the standardiser fitted on training rows only, obstacles in words."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.augmentation import varied
from core.data.digits.deskew import deskew_images
from core.data.points import Points
from core.data.sources import drawn
from core.data.task import prepare
from core.errors import DataError


def test_the_standardiser_is_fitted_on_the_training_rows_only(iris, make_task):
    task = make_task(iris)
    X = iris.X.copy()
    X[task.test_rows] += 1000
    changed = make_task(replace(iris, X=X))
    assert np.array_equal(changed.standardiser.mean, task.standardiser.mean)
    assert np.array_equal(changed.standardiser.std, task.standardiser.std)


def test_a_training_row_moves_the_standardiser(iris, make_task):
    task = make_task(iris)
    X = iris.X.copy()
    X[task.train_rows[0]] += 1
    assert (make_task(replace(iris, X=X)).standardiser.mean != task.standardiser.mean).all()


def test_measurements_are_standardised_and_pixels_are_not_unless_chosen(iris, digits, make_task):
    assert not make_task(iris).standardiser.is_identity
    assert make_task(digits).standardiser.is_identity
    assert make_task(iris, data={"standardise": False}).standardiser.is_identity
    assert not make_task(digits, data={"standardise": True}).standardiser.is_identity


def test_the_choices_of_the_data_set_are_written_into_the_config(iris, make_task):
    data = make_task(iris).config.data
    assert data.features == ("petal length", "petal width")
    assert data.test_fraction == 0.2 and data.standardise is True


@pytest.mark.parametrize(
    "model",
    [
        {},
        {"kind": "binary"},
        {"kind": "binary", "positive": "0"},
        {"kind": "binary", "positive": "2", "negative": "versicolor"},
    ],
)
def test_preparing_a_prepared_config_again_gives_the_same_task(model, iris, make_task):
    task = make_task(iris, model=model)
    again = prepare(task.source, task.config)
    assert again.config == task.config
    assert np.array_equal(again.train_rows, task.train_rows)
    assert again.dataset.class_names == task.dataset.class_names


def test_a_published_test_set_is_the_split_unless_a_share_is_chosen(digits, make_task):
    published = replace(digits, published_test=297)
    task = make_task(published)
    assert task.config.data.test_fraction is None
    assert task.test_rows.tolist() == list(range(1500, 1797))
    assert len(make_task(published, data={"test_fraction": 0.5}).test_rows) > 800


def test_a_binary_neuron_has_one_output_and_softmax_one_for_each_class(iris, make_task):
    assert make_task(iris).outputs == 3
    assert make_task(iris, model={"kind": "binary"}).outputs == 1


def test_constant_features_of_the_training_rows_are_named(iris, digits, make_task):
    X = iris.X.copy()
    X[:, 1] = 2.5
    task = make_task(replace(iris, X=X), data={"features": ("all",)})
    assert task.constant_features == ("sepal width",)
    assert make_task(iris).constant_features == ()
    assert make_task(digits).constant_features == ()  # dark corners are no news


def test_two_classes_are_no_obstacle(make_task, two_blobs):
    assert make_task(two_blobs).obstacle == ""


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (Points(), "no points yet: draw some, in at least two classes"),
        (Points().with_point(0, 0, 0), "All training points are of one class, “A”"),
        (Points().with_point(0, 0, 1).with_point(1, 1, 1), "Draw points of another class"),
    ],
)
def test_too_few_drawn_points_are_an_obstacle_with_what_to_do(points, words, make_task):
    task = make_task(drawn(points), data={"source": "drawn"})
    assert words in task.obstacle
    assert task.constant_features == () or len(task.train_rows)


def test_one_class_of_loaded_data_is_an_obstacle_with_what_to_do(iris, make_task):
    setosa = replace(iris, y=np.zeros_like(iris.y))
    assert "Choose data with two classes" in make_task(setosa).obstacle


def test_no_training_rows_at_all_is_an_obstacle_with_what_to_do(iris, make_task):
    task = make_task(replace(iris, published_test=150))
    assert "no training rows; choose a smaller test share" in task.obstacle


def test_classes_that_are_not_there_are_refused(iris, make_task):
    with pytest.raises(DataError, match="no class “rose”"):
        make_task(iris, model={"kind": "binary", "positive": "rose"})


# Pictures --------------------------------------------------------------------------------------


def test_deskewed_pictures_are_those_of_the_recipe(digits, make_task):
    task = make_task(digits, data={"deskew": True})
    plain = make_task(digits)
    assert np.array_equal(task.dataset.X, deskew_images(digits.X))
    assert np.array_equal(task.test_rows, plain.test_rows)


def test_variations_of_the_training_rows_train_and_the_test_rows_stay(digits, make_task):
    plain, task = make_task(digits), make_task(digits, data={"copies": 2})
    n = len(plain.train_rows)
    assert len(task.train_rows) == 3 * n
    assert np.array_equal(task.dataset.X[task.test_rows], digits.X[plain.test_rows])
    assert np.array_equal(task.dataset.X[task.train_rows[2 * n :]], digits.X[plain.train_rows])
    labels = task.dataset.y[task.train_rows].reshape(3, n)
    assert (labels == digits.y[plain.train_rows]).all()


def test_variations_are_of_the_deskewed_pictures(digits, make_task):
    task = make_task(digits, data={"copies": 1, "deskew": True})
    n = len(task.train_rows) // 2
    upright = deskew_images(digits.X)[make_task(digits).train_rows]
    assert np.array_equal(task.dataset.X[:n], varied(upright, task.config.data.split_seed))


@pytest.mark.parametrize("wish", [{"deskew": True}, {"copies": 1}])
def test_measurements_can_be_neither_deskewed_nor_varied(iris, make_task, wish):
    with pytest.raises(DataError, match="no pictures to deskew or to vary"):
        make_task(iris, data=wish)
