"""Data sets: what is in them, how features, classes and rows are chosen."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import datasets as oracle

from core.config import DataConfig
from core.data import sources
from core.data.dataset import REST_MARK, Dataset
from core.data.digits.deskew import deskew_images
from core.data.points import Points
from core.data.sources import drawn
from core.errors import DataError


def labelled(y, h=None):
    """Return a data set with these class numbers and one feature, the row number."""
    y = np.array(y, dtype=np.int64)
    h = h or int(y.max(initial=0)) + 1
    names = tuple(f"class {k}" for k in range(h))
    X = np.arange(len(y), dtype=np.float32)[:, None]
    return Dataset("Some", X, y, ("row",), names)


labels = st.lists(st.integers(0, 4), min_size=1, max_size=80)
fractions = st.floats(0, 0.9)
seeds = st.integers(0, 2**31 - 1)


# What is in them ------------------------------------------------------------------------------


def test_iris_is_fishers(iris):
    expected = oracle.load_iris()
    np.testing.assert_array_equal(iris.X, expected.data.astype(np.float32))
    np.testing.assert_array_equal(iris.y, expected.target)
    assert iris.class_names == ("setosa", "versicolor", "virginica")
    assert iris.feature_names == ("sepal length", "sepal width", "petal length", "petal width")
    assert iris.unit == "cm" and iris.image_shape is None


def test_digits_are_the_8_by_8_pictures(digits):
    expected = oracle.load_digits()
    np.testing.assert_array_equal(digits.X, expected.data)
    np.testing.assert_array_equal(digits.y, expected.target)
    assert digits.image_shape == (8, 8) and digits.X.dtype == np.uint8
    assert digits.feature_names[9] == "pixel 1,1"


def test_mnist_comes_with_its_published_split(small_mnist):
    mnist = sources.load(DataConfig("mnist", folder=str(small_mnist)))
    train, test = mnist.split(None, seed=1)
    assert (mnist.n, mnist.m, mnist.h, mnist.image_shape) == (50, 12, 10, (4, 3))
    assert train.tolist() == list(range(30)) and test.tolist() == list(range(30, 50))


def test_data_from_a_folder_that_are_not_mnist_go_by_the_folders_name(small_mnist):
    dataset = sources.load(DataConfig("mnist", folder=str(small_mnist)))
    assert (dataset.name, dataset.class_names) == ("small", tuple("0123456789"))


def test_the_real_mnist_goes_by_its_name_wherever_it_lies(mnist_folder):
    assert sources.load(DataConfig("mnist", folder=str(mnist_folder))).name == "MNIST"


def test_the_real_mnist_has_its_known_sizes(mnist_folder):
    mnist = sources.load(DataConfig("mnist", folder=str(mnist_folder)))
    train, test = mnist.split(None, seed=1)
    assert mnist.X.shape == (70_000, 784) and mnist.X.dtype == np.uint8
    assert (len(train), len(test)) == (60_000, 10_000)
    assert mnist.y[:5].tolist() == [5, 0, 4, 1, 9]


def test_values_are_in_the_features_own_units(iris, digits):
    np.testing.assert_array_equal(iris.values(), iris.X)
    rows = np.array([3, 1])
    np.testing.assert_allclose(digits.values(rows), digits.X[rows] / 16)
    assert digits.values().dtype == np.float32 and digits.values().max() == 1


# Features -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        ["sepal width", "petal width"],
        ["petal width", "sepal width"],
        ["1", "3"],
        ["Sepal_Width", "petal-width"],
        ["sepal width (cm)", " petal  width "],
        ["3", "sepal width", "1"],
    ],
)
def test_features_are_chosen_by_name_or_number_in_the_datas_order(wanted, iris):
    chosen = iris.with_features(wanted)
    assert chosen.feature_names == ("sepal width", "petal width")
    np.testing.assert_array_equal(chosen.X, iris.X[:, [1, 3]])
    assert chosen.X.flags.c_contiguous


def test_without_a_wish_the_data_sets_own_features_go_in(iris, digits):
    assert iris.with_features(None).feature_names == ("petal length", "petal width")
    assert digits.with_features(None) is digits


def test_all_features_are_all_of_them(iris):
    assert iris.with_features(["all"]) is iris
    assert iris.with_features(["0", "1", "2", "3"]) is iris


def test_a_choice_of_pixels_is_no_picture(digits):
    assert digits.with_features(["0", "pixel 3,3"]).image_shape is None


@pytest.mark.parametrize("wanted", ["colour", "4", "-1", "1.0", "²", "", "9" * 5000])
def test_an_unknown_feature_is_refused_with_the_known_ones(wanted, iris):
    with pytest.raises(DataError, match=r"no feature “.*choose from sepal length.*from 0 to 3"):
        iris.with_features([wanted])


def test_choosing_no_feature_is_refused(iris):
    with pytest.raises(DataError, match="No feature of Iris is chosen"):
        iris.with_features([])


def test_a_long_list_of_known_names_is_cut(digits):
    with pytest.raises(DataError, match="pixel 1,3, …, or a number from 0 to 63"):
        digits.with_features(["pixel 9,9"])


# Two classes ----------------------------------------------------------------------------------


def test_one_class_against_another_keeps_their_rows_only(iris):
    pair = iris.with_two_classes("virginica", "setosa")
    assert pair.class_names == ("setosa", "virginica") and pair.class_marks == (0, 2)
    np.testing.assert_array_equal(pair.X, iris.X[iris.y != 1])
    assert pair.y.tolist() == [0] * 50 + [1] * 50


def test_one_class_against_the_rest_keeps_all_rows(iris):
    versus = iris.with_two_classes("1", None)
    assert versus.class_names == ("not versicolor", "versicolor")
    assert versus.class_marks == (REST_MARK, 1)
    np.testing.assert_array_equal(versus.y, iris.y == 1)
    np.testing.assert_array_equal(versus.X, iris.X)


def test_without_a_wish_the_last_class_is_the_positive_one(iris):
    assert iris.with_two_classes(None, None).class_names == ("not virginica", "virginica")


def test_of_two_classes_the_rest_is_the_other_one(iris):
    pair = iris.with_two_classes("virginica", "setosa")
    again = pair.with_two_classes("setosa", None)
    assert again.class_names == ("virginica", "setosa") and again.class_marks == (2, 0)
    np.testing.assert_array_equal(again.y, 1 - pair.y)


def test_the_published_test_rows_of_both_classes_stay_the_test_rows(small_mnist):
    mnist = sources.load(DataConfig("mnist", folder=str(small_mnist)))
    pair = mnist.with_two_classes("3", "8")
    published = np.isin(mnist.y[30:], (3, 8)).sum()
    assert pair.published_test == published > 0
    _, test = pair.split(None, seed=0)
    np.testing.assert_array_equal(pair.X[test], mnist.X[30:][np.isin(mnist.y[30:], (3, 8))])


def test_a_class_against_itself_is_refused(iris):
    with pytest.raises(DataError, match="Both classes are “setosa”"):
        iris.with_two_classes("0", "setosa")


def test_one_class_alone_is_refused():
    with pytest.raises(DataError, match="has one class; a binary model needs two"):
        labelled([0, 0], h=1).with_two_classes(None, None)


# Splits ---------------------------------------------------------------------------------------


@given(labels, fractions, seeds)
def test_a_split_is_disjoint_complete_and_ascending(y, fraction, seed):
    train, test = labelled(y).split(fraction, seed)
    assert sorted([*train, *test]) == list(range(len(y)))
    assert (np.diff(train) > 0).all() and (np.diff(test) > 0).all()


@given(labels, fractions, seeds)
def test_a_split_is_stratified_to_one_row_of_each_class(y, fraction, seed):
    dataset = labelled(y)
    train, test = dataset.split(fraction, seed)
    for k in range(dataset.h):
        n = int((dataset.y == k).sum())
        assert abs((dataset.y[test] == k).sum() - fraction * n) <= 1
        assert not n or (dataset.y[train] == k).any()


@given(labels, fractions, seeds)
def test_a_split_is_decided_by_its_seed(y, fraction, seed):
    for first, again in zip(
        labelled(y).split(fraction, seed), labelled(y).split(fraction, seed), strict=True
    ):
        assert np.array_equal(first, again)


def test_another_seed_gives_another_split(iris):
    assert not np.array_equal(iris.split(0.2, 1)[1], iris.split(0.2, 2)[1])


@given(labels, fractions, seeds, st.integers(0, 4))
def test_adding_a_row_moves_at_most_one_other(y, fraction, seed, label):
    _, before = labelled(y, h=5).split(fraction, seed)
    _, after = labelled([*y, label], h=5).split(fraction, seed)
    assert len(set(before) ^ (set(after) - {len(y)})) <= 1


def test_a_fraction_of_zero_trains_on_every_row(iris):
    train, test = iris.split(0.0, 1)
    assert len(train) == 150 and len(test) == 0


# Drawn points ---------------------------------------------------------------------------------


def test_drawn_points_become_rows():
    points = Points().with_point(1, 2, 0).with_point(-3.5, 0.25, 1)
    data = drawn(points)
    assert data.X.tolist() == [[1, 2], [-3.5, 0.25]] and data.y.tolist() == [0, 1]
    assert data.X.dtype == np.float32 and data.class_names == ("A", "B")
    assert data.split(data.test_fraction, 0)[1].size == 0


def test_no_points_are_an_empty_data_set():
    assert sources.load(DataConfig("drawn")).X.shape == (0, 2)


def test_a_subset_of_classes_keeps_its_marks(iris):
    assert iris.class_marks == (0, 1, 2)
    assert replace(iris, class_marks=(4, 5, 6)).with_two_classes("2", "0").class_marks == (4, 6)


# Examples that came later ----------------------------------------------------------------------


def test_added_examples_always_train_and_the_split_of_the_others_stays(digits):
    new = np.full((3, digits.m), 7, dtype=np.uint8)
    more = digits.with_examples(new, np.array([1, 2, 3]))
    train, test = digits.split(0.2, 5)
    more_train, more_test = more.split(0.2, 5)
    assert np.array_equal(more_test, test + 3)
    assert np.array_equal(more_train, np.concatenate([[0, 1, 2], train + 3]))
    assert np.array_equal(more.X[:3], new) and np.array_equal(more.X[3:], digits.X)
    assert more.y[:3].tolist() == [1, 2, 3] and more.added == 3


def test_adding_to_a_published_split_leaves_its_test_rows(digits):
    published = replace(digits, published_test=297)
    more = published.with_examples(digits.X[:2], digits.y[:2])
    train, test = more.split(None, 1)
    assert len(test) == 297 and np.array_equal(more.X[test], digits.X[-297:])
    assert len(train) == digits.n - 297 + 2


def test_adding_again_copies_nothing(digits):
    once = digits.with_examples(digits.X[:1], digits.y[:1])
    twice = once.with_examples(digits.X[1:2], digits.y[1:2])
    assert np.shares_memory(once.X, twice.X)
    assert np.array_equal(twice.X[:2], digits.X[[1, 0]]) and np.array_equal(twice.X[1:], once.X)


def test_two_ways_on_from_the_same_data_do_not_touch_each_other(digits):
    once = digits.with_examples(digits.X[:1], digits.y[:1])
    one, other = (once.with_examples(digits.X[k : k + 1], digits.y[k : k + 1]) for k in (5, 6))
    assert np.array_equal(one.X[0], digits.X[5]) and np.array_equal(other.X[0], digits.X[6])
    assert np.array_equal(one.X[1:], once.X) and np.array_equal(other.X[1:], once.X)


def test_more_examples_than_there_is_room_for_are_taken(digits):
    data = digits
    for _ in range(3):
        data = data.with_examples(digits.X[:200], digits.y[:200])
    assert data.added == 600 and np.array_equal(data.X[400:600], digits.X[:200])
    assert np.array_equal(data.X[600:], digits.X)


def test_of_two_classes_only_their_added_examples_stay(digits):
    more = digits.with_examples(digits.X[:10], digits.y[:10])  # one of each class
    assert more.with_two_classes("3", "5").added == 2
    assert more.with_two_classes("3", None).added == 10


def test_added_examples_of_deskewed_data_are_deskewed_too(digits):
    slanted = digits.X[40:43]
    assert np.array_equal(digits.upright.X, deskew_images(digits.X))
    more = digits.with_examples(slanted, digits.y[40:43])
    assert np.array_equal(more.upright.X, deskew_images(more.X))
