"""A digit on any paper becomes what the same digit becomes on a clean sheet."""

import numpy as np
import pytest

from core.data.digits.drawing import DigitPreprocessing
from core.data.pictures import ink, paper
from core.data.pictures.cleaning import Cleaning
from core.data.pictures.reading import read_digit, thumbnail
from tests.core.data.pictures.pages import finger, gradient, page, shadow, vignette

SIZE = 240
CLOSE = 0.04  # mean difference of 28 × 28 pixels; of two digits it is 0.1 and more


def read(grey, **cleaning):
    return read_digit(grey.astype(np.float32), DigitPreprocessing(), Cleaning(**cleaning))


def digit_on(light, digit=3, contrast=0.8, **options):
    """A digit in dark ink on paper of this light (rows, columns)."""
    return light * (1 - contrast * page(digit, light.shape[0], **options))


def difference(reading, digit=3, **options):
    clean = read(1 - page(digit, SIZE, **options)).image
    return np.abs(reading.image - clean).mean()


def noise(seed, deviation=0.03):
    return np.random.default_rng(seed).normal(0, deviation, (SIZE, SIZE))


def ruled(step, both):
    lines = np.zeros((SIZE, SIZE))
    for k in range(step // 2, SIZE, step):
        lines[k : k + 2] = 1
        if both:
            lines[:, k : k + 2] = 1
    return lines


LIGHT = {
    "gradient": gradient(SIZE),
    "vignette": vignette(SIZE),
    "edge of a shadow": shadow(SIZE),
    "vignette and shadow": vignette(SIZE) * shadow(SIZE) / 0.9,
    "dark": np.full((SIZE, SIZE), 0.3),
}


@pytest.mark.parametrize("light", LIGHT.values(), ids=LIGHT)
@pytest.mark.parametrize("digit", [3, 4, 8])
def test_the_light_on_the_paper_makes_no_difference(light, digit):
    reading = read(digit_on(light, digit, pen=9.0) + noise(digit))
    assert difference(reading, digit, pen=9.0) < CLOSE
    assert reading.doubts == ()


FINGERS = {
    "in a ring": [finger(SIZE, (0.27, 0.4), (0.3, 0.5), 0.06, 0.3, 0.08)],
    "beside it": [finger(SIZE, (0.52, 0.45), (0.7, 0.95), 0.08, 0.35, 0.03)],
    "two beside it": [
        finger(SIZE, (0.52, 0.3), (0.9, 0.55), 0.07, 0.3, 0.02),
        finger(SIZE, (0.5, 0.55), (0.9, 0.7), 0.07, 0.3, 0.02),
    ],
    "below it": [finger(SIZE, (0.3, 0.74), (0.45, 1.2), 0.08, 0.35, 0.02)],
}


@pytest.mark.parametrize("fingers", FINGERS.values(), ids=FINGERS)
@pytest.mark.parametrize("digit", [0, 1, 4, 8])
def test_what_the_shadow_of_a_finger_leaves_is_no_ink(fingers, digit):
    light = 0.9 * np.prod(fingers, axis=0)
    reading = read(digit_on(light, digit, pen=6.0) + noise(digit, 0.01))
    assert difference(reading, digit, pen=6.0) < CLOSE


def test_one_grey_for_all_paper_takes_a_shadow_for_ink():
    """The step is there to be left out: then the failure that it cures can be seen."""
    shaded = digit_on(LIGHT["edge of a shadow"], pen=9.0)
    assert difference(read(shaded, paper=False, dust=False), pen=9.0) > 2 * CLOSE


@pytest.mark.parametrize("is_dark", [True, False])
def test_light_ink_on_dark_paper_is_as_good(is_dark):
    grey = digit_on(gradient(SIZE), pen=9.0)
    assert difference(read(grey if is_dark else 1 - grey), pen=9.0) < CLOSE


MARKS = {
    "grid": lambda clean: np.maximum(clean, 0.6 * ruled(30, both=True)),
    "ruled": lambda clean: np.maximum(clean, 0.7 * ruled(40, both=False)),
    "frame": lambda clean: np.pad(clean[8:-8, 8:-8], 8, constant_values=1.0),
    "thin box": lambda clean: np.pad(
        np.pad(clean[12:-12, 12:-12], 1, constant_values=1.0), ((11, 11), (11, 11))
    ),
}


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
@pytest.mark.parametrize("digit", [0, 1, 4, 7])
def test_lines_and_frames_are_left_out_and_that_is_said(mark, digit):
    clean = page(digit, SIZE, 12.0, 0.5, (0.25, 0.25))
    reading = read(1 - mark(clean))
    assert difference(reading, digit, pen=12.0, share=0.5) < CLOSE
    assert reading.notes and "left out" in reading.notes[0]


def test_with_its_lines_a_digit_on_a_grid_is_another():
    clean = page(7, SIZE, 12.0, 0.5, (0.25, 0.25))
    reading = read(1 - MARKS["grid"](clean), lines=False)
    assert difference(reading, 7, pen=12.0, share=0.5) > 2 * CLOSE


@pytest.mark.parametrize("digit", [1, 4, 7])
def test_straight_strokes_of_a_digit_that_fills_the_picture_stay(digit):
    clean = page(digit, SIZE, 24.0)
    rows, columns = (np.flatnonzero((clean > 0.5).any(axis=k)) for k in (1, 0))
    cropped = clean[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    reading = read(1 - cropped)
    assert difference(reading, digit, pen=24.0) < CLOSE
    assert ink.CUT in reading.doubts


def test_dust_is_left_out():
    specked = page(5, SIZE, 12.0)
    specked[3:6, 4:7] = specked[226:230, 200:204] = specked[20:23, 216:220] = 1
    assert difference(read(1 - specked), 5, pen=12.0) < 0.01
    assert difference(read(1 - specked, dust=False), 5, pen=12.0) > 2 * CLOSE


def test_a_part_that_a_digit_lacks_is_not_dust():
    """The bar of a five is often lifted from it."""
    clean = page(5, SIZE, 12.0, style=1)
    clean[: int(0.1 * SIZE) + 9] *= 1.0
    gap = clean.copy()
    gap[40:44] = 0
    assert np.abs(read(1 - gap).image - read(1 - clean).image).mean() < CLOSE


def test_paper_on_a_table_is_the_paper():
    sheet = np.full((SIZE, SIZE), 0.25) + noise(1, 0.02)
    small = 0.85 * (1 - 0.8 * page(2, 120, 7.0))
    sheet[70:190, 60:180] = small
    assert difference(read(sheet), 2, pen=14.0 * 1.25) < 2 * CLOSE


# Doubt ----------------------------------------------------------------------------------------


def test_two_figures_are_a_doubt():
    both = np.maximum(page(1, SIZE, 10.0, 0.4, (0.05, 0.3)), page(7, SIZE, 10.0, 0.4, (0.6, 0.3)))
    assert ink.SEVERAL in read(1 - both).doubts


@pytest.mark.parametrize("digit", [0, 4, 8])
def test_bold_ink_on_a_large_white_sheet_is_not_its_paper(digit):
    sheet = np.ones((600, 600), dtype=np.float32)
    sheet[200:420, 180:400] = 1 - page(digit, 220, 38.0, 0.55, (0.2, 0.2))
    likelier, *_ = paper.local_contrasts(sheet)
    assert likelier.is_dark


def test_faint_ink_is_a_doubt():
    assert ink.FAINT in read(0.9 - 0.1 * page(3, SIZE)).doubts


def test_a_clean_digit_is_none():
    for digit in range(10):
        assert read(1 - page(digit, SIZE)).doubts == ()


def test_without_ink_there_is_no_picture_and_no_box():
    reading = read(np.full((50, 60), 0.7))
    assert not reading.image.any() and reading.box is None


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (1, 400), (400, 1), (3, 5), (28, 28)])
@pytest.mark.parametrize("seed", range(3))
def test_any_picture_is_read(shape, seed):
    grey = np.random.default_rng(seed).random(shape).astype(np.float32)
    for off in ({}, {"paper": False}, {"lines": False}, {"dust": False}):
        image = read(grey, **off).image
        assert image.shape == (28, 28) and np.isfinite(image).all()


# Steps ----------------------------------------------------------------------------------------


def test_the_box_is_around_the_ink():
    left, top, right, bottom = read(1 - page(0, SIZE, 10.0, 0.4, (0.5, 0.2))).box
    np.testing.assert_allclose((left, top, right, bottom), (0.48, 0.18, 0.76, 0.62), atol=0.02)


def test_each_step_is_shown_unless_it_is_left_out():
    whole = read(1 - page(0, SIZE))
    assert [name for name, _ in whole.cleaned] == ["picture", "paper", "lines", "dust"]
    assert [name for name, _ in whole.formed] == [
        "pad",
        "crop",
        "scale_to_box",
        "antialias",
        "centre",
    ]
    bare = read(1 - page(0, SIZE), paper=False, lines=False)
    assert [name for name, _ in bare.cleaned] == ["picture", "dust"]


def test_a_thumbnail_shows_the_whole_picture():
    small = thumbnail(np.ones((50, 100), dtype=np.float32), 20)
    assert small.shape == (20, 20)
    assert small[5:15].min() == 1 and small[:5].max() == 0 and small[15:].max() == 0


def test_the_contrast_does_not_depend_on_the_light():
    clean = page(3, SIZE, 9.0)
    (contrast,) = paper.local_contrasts((gradient(SIZE) * (1 - 0.8 * clean)).astype(np.float32))
    assert contrast.is_dark
    np.testing.assert_allclose(contrast.ink[clean == 1], 0.8, atol=0.03)
    np.testing.assert_allclose(contrast.ink[clean == 0], 0, atol=0.03)
