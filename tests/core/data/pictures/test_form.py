"""The ink of a picture in MNIST's form, step by step, as the strokes of a drawing."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.digits.deskew import deskew_images
from core.data.digits.drawing import DigitPreprocessing, draw, stages, strokes_to_image
from core.data.digits.layout import MNIST
from core.data.pictures.form import form_stages, picture_to_image
from tests.core.data.pictures.pages import page
from tests.core.hands import everybody, written


@pytest.mark.parametrize("digit", range(10))
def test_a_picture_becomes_what_the_same_strokes_become(digit):
    image = picture_to_image(page(digit))
    expected = strokes_to_image(written(digit), pen_width=14 * 19 / 134)
    assert np.abs(image - expected).mean() < 0.01


def test_pictures_fit_the_box_with_their_mass_in_the_middle():
    for digit in range(10):
        image = picture_to_image(page(digit))
        assert image.shape == (28, 28) and image.dtype == np.float32 and image.flags.writeable
        assert image.min() >= 0 and image.max() <= 1
        (rows,), (columns,) = (np.nonzero((image > 0.05).any(axis=k)) for k in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
        index = np.arange(28)
        centre = image.sum(axis=0) @ index, image.sum(axis=1) @ index
        middle = np.array(MNIST.middle, dtype=float)
        np.testing.assert_allclose(np.array(centre) / image.sum(), middle, atol=0.15)


@pytest.mark.parametrize(("size", "share"), [(100, 0.4), (250, 0.2), (256, 0.8)])
def test_place_and_size_make_little_difference(size, share):
    small = picture_to_image(page(5, size, 0.1 * share * size, share))
    large = picture_to_image(page(5, 200, 0.1 * 0.6 * 200))
    assert np.abs(small - large).mean() < 0.05


def test_thin_strokes_become_thicker():
    thin, wide = (picture_to_image(page(7, pen=pen)) for pen in (2.0, 14.0))
    assert thin.max() > 0.9 and thin.sum() > 0.6 * wide.sum()


def test_a_picture_in_the_form_of_8_by_8_digits_is_taken_as_it_is(digits):
    for row in digits.values(slice(0, 20)):
        np.testing.assert_array_equal(picture_to_image(row.reshape(8, 8), 8), row.reshape(8, 8))


def test_a_small_picture_with_the_ink_in_a_corner_is_moved():
    corner = np.zeros((28, 28), dtype=np.float32)
    corner[1:9, 1:3] = 1
    moved = picture_to_image(corner)
    assert moved[13:15, 13:15].all() and not moved[:4].any()


@pytest.mark.parametrize("size", [8, 28])
def test_a_large_picture_fits_every_form(size):
    for strokes, _ in everybody([None])[::5]:
        ink = draw(strokes, DigitPreprocessing(size=250, pen_width=15.0))
        assert picture_to_image(ink, size).shape == (size, size)


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (3, 300)])
def test_empty_paper_is_an_empty_picture(shape):
    empty = picture_to_image(np.zeros(shape, dtype=np.float32))
    assert empty.shape == (28, 28) and not empty.any()


def test_a_shadow_far_from_the_stroke_leaves_it_in_the_frame():
    shaded = np.zeros((200, 1000), dtype=np.float32)
    shaded[:, 700:] = 0.15
    shaded[20:80, 30:40] = 1
    image = picture_to_image(shaded)
    assert image[8:20, 14].min() > 0.9 and not image[:, :8].any()


@pytest.mark.parametrize("shape", [(2, 1000), (1000, 2), (1, 1), (2, 2)])
def test_odd_shapes_are_no_obstacle(shape):
    image = picture_to_image(np.ones(shape, dtype=np.float32))
    assert image.shape == (28, 28) and np.isfinite(image).all() and image.any()


# Steps ----------------------------------------------------------------------------------------

RECIPE = DigitPreprocessing(pen_width=14 * 19 / 134)


@pytest.mark.parametrize(
    "off",
    [
        (),
        ("crop",),
        ("scale_to_box",),
        ("centre",),
        ("crop", "scale_to_box", "centre"),
        ("antialias",),
    ],
)
@pytest.mark.parametrize("digit", [2, 6, 7])
def test_each_step_of_a_picture_is_that_of_its_strokes(off, digit):
    size, share = 200, 0.6
    strokes = [part * (share * size) + 0.1 * size for part in written(digit)]
    # On the pad the pen has its own width.
    recipe = replace(RECIPE, **dict.fromkeys(off, False))
    shown = form_stages(page(digit), recipe)
    expected = dict(stages(strokes, recipe, frame=(size, size)))
    assert [name for name, _ in shown] == list(expected)
    if "scale_to_box" not in off:
        for name, image in shown[list(expected).index("scale_to_box") :]:
            wrong = np.abs(image - expected[name])
            assert wrong.mean() < (
                0.03 if name == "scale_to_box" or off == ("antialias",) else 0.012
            )
    else:  # the thinner pen aside, the ink is at the same place
        ours, theirs = shown[-1].image > 0, expected[shown[-1].name] > 0
        away = np.argwhere(ours).mean(axis=0) - np.argwhere(theirs).mean(axis=0)
        assert np.abs(away).max() < 0.8


def test_deskewing_is_the_last_step():
    shown = form_stages(page(7), replace(RECIPE, deskew=True))
    upright = deskew_images(shown[-2].image.reshape(1, -1)).reshape(28, 28)
    assert shown[-1].name == "deskew"
    np.testing.assert_array_equal(shown[-1].image, upright)


def test_hard_edges_are_black_and_white():
    image = form_stages(page(3), replace(RECIPE, antialias=False))[-1].image
    assert set(np.unique(image)) == {0.0, 1.0}


def test_off_the_middle_without_centring_or_cropping():
    corner = form_stages(page(3, share=0.4), DigitPreprocessing(crop=False, centre=False))[-1].image
    rows, columns = (np.flatnonzero(corner.any(axis=k)) for k in (1, 0))
    assert rows[-1] < 20 and columns[-1] < 20


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("pen", [6.0, 10.0])
def test_for_8_by_8_digits_a_picture_is_as_its_strokes_whatever_its_pen(digit, pen):
    image = picture_to_image(page(digit, 240, pen), 8)
    assert np.abs(image - strokes_to_image(written(digit), size=8)).mean() < 0.05


@pytest.mark.parametrize("shape", [(2, 300), (300, 2), (1, 1), (3, 3), (8, 9), (250, 250)])
def test_for_8_by_8_digits_any_ink_has_a_picture(shape):
    image = picture_to_image(np.ones(shape, dtype=np.float32), 8)
    assert image.shape == (8, 8) and image.any() and image.max() <= 1
