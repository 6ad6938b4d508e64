"""Standardiser and feature maps: against scikit-learn's, and where they make no sense."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from core.data import preprocessing as features
from core.data.generators import GeneratorConfig, generate
from core.data.preprocessing import FeatureMap, Standardiser
from core.data.sources import drawn
from core.errors import DataError
from core.train.trainer import Trainer


def test_it_equals_scikit_learns_up_to_the_degree_of_freedom(rng):
    X = (rng.normal(size=(50, 4)) * (1, 10, 0.1, 3) + (0, 100, -5, 2)).astype(np.float32)
    standardiser, expected = Standardiser.fit(X), StandardScaler().fit(X.astype(np.float64))
    np.testing.assert_allclose(standardiser.mean, expected.mean_)
    np.testing.assert_allclose(standardiser.std, expected.scale_ * np.sqrt(50 / 49))


def test_that_of_a_population_is_scikit_learns_own(rng):
    X = rng.normal(2, 3, size=(30, 4)).astype(np.float32)
    standardiser = Standardiser.fit(X, std="population")
    np.testing.assert_allclose(standardiser.std, StandardScaler().fit(X.astype(np.float64)).scale_)


def test_the_choice_of_the_deviation_reaches_the_task(iris, make_task):
    sample, population = (make_task(iris, data={"std": std}) for std in ("sample", "population"))
    n = len(sample.train_rows)
    expected = population.standardiser.std * np.sqrt(n / (n - 1))
    np.testing.assert_allclose(sample.standardiser.std, expected)


def test_the_rows_it_was_fitted_on_get_mean_0_and_spread_1(rng):
    X = rng.uniform(3, 9, size=(200, 3)).astype(np.float32)
    Z = Standardiser.fit(X).apply(X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(Z.std(axis=0, ddof=1), 1, rtol=1e-6)
    assert Z.dtype == np.float32


def test_pixels_are_measured_in_their_own_scale(rng, monkeypatch):
    monkeypatch.setattr(features, "ROWS_AT_ONCE", 16)
    X = rng.integers(0, 256, size=(100, 5), dtype=np.uint8)
    standardiser = Standardiser.fit(X, scale=255.0)
    np.testing.assert_allclose(standardiser.mean, (X / 255).mean(axis=0))
    np.testing.assert_allclose(standardiser.std, (X / 255).std(axis=0, ddof=1))


def test_a_large_mean_does_not_swallow_a_small_spread(rng):
    X = (1e4 + rng.normal(0, 0.1, size=(500, 1))).astype(np.float32)
    expected = X.astype(np.float64).std(ddof=1)
    assert Standardiser.fit(X).std[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.3, 1e-20, 3e30])
def test_a_constant_feature_is_only_centred(value):
    X = np.full((100, 1), value, dtype=np.float32)
    standardiser = Standardiser.fit(X)
    assert standardiser.std[0] == 1
    np.testing.assert_allclose(standardiser.apply(X), 0, atol=abs(value) * 1e-12)


def test_one_row_is_only_centred():
    X = np.array([[2.0, 5.0]], dtype=np.float32)
    standardiser = Standardiser.fit(X)
    assert standardiser.mean.tolist() == [2, 5] and standardiser.std.tolist() == [1, 1]


def test_no_rows_give_the_identity():
    standardiser = Standardiser.fit(np.empty((0, 3), dtype=np.float32))
    assert standardiser.is_identity and len(standardiser.mean) == 3


def test_the_identity_knows_itself(rng):
    assert Standardiser.identity(4).is_identity
    assert not Standardiser.fit(rng.normal(size=(9, 4)).astype(np.float32)).is_identity


# Feature maps -----------------------------------------------------------------------------------

NAMES = ("a", "b", "c", "d")


def by_scikit_learn(X, degree):
    """Return scikit-learn's products, and for each the exponents of the features."""
    reference = PolynomialFeatures(degree, include_bias=False).fit(X)
    return reference.transform(X), reference.powers_


@pytest.mark.parametrize("m", [1, 2, 3, 4])
@pytest.mark.parametrize("degree", [1, 2, 3, 4, 5])
def test_products_equal_scikit_learns(degree, m, rng):
    X = rng.normal(size=(20, m))
    expected, powers = by_scikit_learn(X, degree)
    feature_map = FeatureMap(NAMES[:m], degree)
    np.testing.assert_allclose(feature_map.apply(X), expected, rtol=1e-12)
    assert [[term.count(j) for j in range(m)] for term in feature_map.terms] == powers.tolist()


@pytest.mark.parametrize("degree", [1, 2, 5])
def test_there_is_a_name_of_its_own_for_each_input(degree, rng):
    feature_map = FeatureMap(NAMES, degree, sine=True)
    inputs = feature_map.apply(rng.normal(size=(3, 4)))
    assert len(set(feature_map.input_names)) == len(feature_map.input_names) == inputs.shape[1]


def test_names_of_products_are_read_as_products():
    names = FeatureMap(("x₁", "x₂"), 3).input_names
    assert names == ("x₁", "x₂", "x₁²", "x₁x₂", "x₂²", "x₁³", "x₁²x₂", "x₁x₂²", "x₂³")


def test_long_names_are_set_apart_in_products():
    names = FeatureMap(("petal length", "petal width"), 2).input_names
    assert names[2:] == ("petal length²", "petal length·petal width", "petal width²")


@pytest.mark.parametrize("degree", [1, 3])
def test_sines_come_after_the_products(degree, rng):
    X = rng.normal(size=(20, 2))
    plain, with_sines = (FeatureMap(("x₁", "x₂"), degree, sine) for sine in (False, True))
    np.testing.assert_allclose(with_sines.apply(X)[:, :-2], plain.apply(X))
    np.testing.assert_allclose(with_sines.apply(X)[:, -2:], np.sin(X))
    assert with_sines.input_names == (*plain.input_names, "sin(x₁)", "sin(x₂)")


def test_the_products_of_32_bit_numbers_are_multiplied_in_64_bits():
    X = np.array([[1e20, 3.0]], dtype=np.float32)
    squares = FeatureMap(("a", "b"), 2).apply(X)
    assert squares.dtype == np.float64 and np.isfinite(squares).all()


def test_the_linear_map_hands_its_features_on_as_they_are(digits):
    feature_map = FeatureMap(digits.feature_names)
    assert feature_map.is_identity and feature_map.input_names == digits.feature_names
    assert feature_map.apply(digits.X) is digits.X


@pytest.mark.parametrize(
    ("m", "degree", "sine", "count"),
    [(43, 2, False, 989), (44, 2, False, 1034), (16, 3, True, 984)],
)
def test_more_inputs_than_a_thousand_are_refused_in_a_sentence(m, degree, sine, count):
    names = tuple(f"f{j}" for j in range(m))
    if count <= 1000:
        assert len(FeatureMap(names, degree, sine).input_names) == count
        return
    with pytest.raises(DataError, match=f"^Degree 2 of {m} features makes {count:,} inputs; .*few"):
        FeatureMap(names, degree, sine)


@pytest.mark.parametrize("data", [{"degree": 2}, {"sine": True}])
def test_pictures_take_no_feature_map(data, digits, make_task):
    with pytest.raises(DataError, match="choose degree 1 and no sine for images"):
        make_task(digits, data=data)


@pytest.mark.parametrize("data", [{"degree": 2}, {"degree": 3, "sine": True}])
def test_the_standardiser_is_fitted_on_mapped_training_rows_only(data, iris, make_task):
    task = make_task(iris, data=data)
    mapped = task.feature_map.apply(task.dataset.values(task.train_rows))
    np.testing.assert_allclose(task.standardiser.mean, mapped.mean(axis=0))
    np.testing.assert_allclose(task.standardiser.std, mapped.std(axis=0, ddof=1))
    X = task.inputs(task.dataset.values(task.train_rows))
    assert X.shape == (120, len(task.input_names)) == (120, task.m)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-5)
    changed = iris.X.copy()
    changed[task.test_rows] += 1000
    again = make_task(replace(iris, X=changed), data=data)
    assert np.array_equal(again.standardiser.mean, task.standardiser.mean)


@given(seed=st.integers(0, 2**32), outputs=st.integers(1, 4), degree=st.integers(1, 3))
def test_unscaled_weights_give_the_same_logits_from_inputs_in_their_own_units(
    seed, outputs, degree
):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(30, 2)) * rng.uniform(0.1, 10, 2) + rng.normal(size=2)
    inputs = FeatureMap(("x₁", "x₂"), degree).apply(features)
    standardiser = Standardiser.fit(inputs)
    W, b = rng.normal(size=(outputs, inputs.shape[1])), rng.normal(size=outputs)
    raw_W, raw_b = standardiser.unscale(W, b)
    scaled = (inputs - standardiser.mean) / standardiser.std
    np.testing.assert_allclose(inputs @ raw_W.T + raw_b, scaled @ W.T + b, atol=1e-8)


def test_circles_are_parted_by_degree_two_and_not_by_lines(make_task):
    points = generate(GeneratorConfig("circles", classes=2, noise=0.2))

    def accuracy(degree):
        task = make_task(drawn(points), data={"source": "drawn", "degree": degree}, epochs=50)
        trainer = Trainer(task)
        while trainer.outcome is None:
            trainer.step()
        return trainer.measure(exact=True).train_accuracy

    assert accuracy(1) < 0.7
    assert accuracy(2) > 0.95
