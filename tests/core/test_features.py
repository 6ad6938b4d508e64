"""The standardiser: against scikit-learn's, and where a spread makes no sense."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from core import features
from core.features import Standardiser


def test_it_equals_scikit_learns_up_to_the_degree_of_freedom(rng):
    X = (rng.normal(size=(50, 4)) * (1, 10, 0.1, 3) + (0, 100, -5, 2)).astype(np.float32)
    standardiser, expected = Standardiser.fit(X), StandardScaler().fit(X.astype(np.float64))
    np.testing.assert_allclose(standardiser.mean, expected.mean_)
    np.testing.assert_allclose(standardiser.std, expected.scale_ * np.sqrt(50 / 49))


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
