"""Slanted digits made upright: how far, by which formula, and what is left alone."""

import itertools
import math

import numpy as np
import pytest

from core.data.digits.deskew import deskew_images
from core.data.digits.drawing import strokes_to_image
from core.errors import DataError
from tests.core.hands import SOME, STYLES, bar, centre_of, written


def slant_of(image):
    """μ₁₁/μ₀₂, pixel by pixel."""
    rows, columns = np.nonzero(image >= 0)
    mass = image.ravel().astype(float)
    x, y = centre_of(image)
    return (mass * (columns - x) * (rows - y)).sum() / (mass * (rows - y) ** 2).sum()


@pytest.mark.parametrize("degrees", [-35, -15, 15, 35])
def test_deskew_makes_a_slanted_bar_an_upright_one(degrees):
    slanted = strokes_to_image([bar(degrees)], deskew=True)
    upright = strokes_to_image([bar(0)])
    assert abs(slant_of(slanted)) < 0.02
    assert np.corrcoef(slanted.ravel(), upright.ravel())[0, 1] > 0.95


@pytest.mark.parametrize("shear", [-0.6, 0.3, 0.7])
@pytest.mark.parametrize("digit", STYLES)
def test_deskew_takes_the_slant_out_of_writing(digit, shear):
    slanted = [stroke @ [[1, 0], [shear, 1]] for stroke in written(digit)]
    image = strokes_to_image(slanted, deskew=True)
    assert abs(slant_of(image)) < max(0.05, abs(slant_of(strokes_to_image(slanted))) / 5)


def test_deskewing_again_changes_little():
    once = np.array([strokes_to_image(strokes, deskew=True).ravel() for strokes in SOME])
    before = np.array([strokes_to_image(strokes).ravel() for strokes in SOME])
    again = deskew_images(once)
    assert np.abs(again - once).mean() < np.abs(once - before).mean() / 3


def test_a_drawing_is_deskewed_as_training_data_are():
    image = strokes_to_image(written(9))
    expected = deskew_images(image.reshape(1, -1)).reshape(28, 28)
    np.testing.assert_array_equal(strokes_to_image(written(9), deskew=True), expected)


def test_deskew_follows_its_formula_pixel_by_pixel(rng):
    X = np.zeros((3, 28, 28), dtype=np.float32)
    X[:, 9:19, 9:19] = rng.random((3, 10, 10))
    for image, sheared in zip(X, deskew_images(X.reshape(3, -1)).reshape(X.shape), strict=True):
        (x, y), slant = centre_of(image), slant_of(image)
        expected = np.zeros((28, 28))
        for row, column in np.ndindex(28, 28):
            from_row = row + y - 13.9
            from_column = column + x - 13.9 + slant * (row - 13.9)
            for r, c in itertools.product(
                (math.floor(from_row), math.floor(from_row) + 1),
                (math.floor(from_column), math.floor(from_column) + 1),
            ):
                if 0 <= r < 28 and 0 <= c < 28:
                    weight = (1 - abs(from_row - r)) * (1 - abs(from_column - c))
                    expected[row, column] += weight * image[r, c]
        np.testing.assert_allclose(sheared, expected, atol=1e-4)


def test_bytes_are_deskewed_to_the_nearest_byte(rng):
    X = (255 * np.array([strokes_to_image(strokes).ravel() for strokes in SOME])).astype(np.uint8)
    sheared = deskew_images(X)
    assert sheared.dtype == np.uint8
    np.testing.assert_allclose(sheared, deskew_images(X.astype(np.float32)), atol=0.51)


def test_pictures_deskewed_together_are_deskewed_as_each_alone():
    X = np.array([strokes_to_image(strokes).ravel() for strokes in SOME] * 60)
    together = deskew_images(X)
    np.testing.assert_allclose(together[1100], deskew_images(X[1100:1101])[0], atol=1e-5)


def test_empty_pictures_and_level_bars_are_left_in_one_piece():
    assert not deskew_images(np.zeros((2, 784), dtype=np.float32)).any()
    level = strokes_to_image([bar(88)], deskew=True)
    assert level.sum() == pytest.approx(strokes_to_image([bar(88)]).sum(), rel=0.02)


def test_pictures_that_are_not_square_cannot_be_deskewed():
    with pytest.raises(DataError, match="785 pixels; only square ones"):
        deskew_images(np.zeros((1, 785), dtype=np.float32))
