"""Drawings of 8 × 8 pixels are made as the makers of the bundled digits made theirs."""

import numpy as np
import pytest

from core.data.digits.drawing import DigitPreprocessing, draw, stages, strokes_to_image
from core.explain import probe
from core.train.trainer import Trainer
from tests.core.hands import bar, everybody, written


def made(digit, style=0, **options):
    return draw(written(digit, style), DigitPreprocessing(size=8, **options))


def test_values_are_counts_of_sixteen_pixels():
    for digit in range(10):
        counts = 16 * made(digit, centre=False)
        np.testing.assert_array_equal(counts, np.rint(counts))


def test_without_counting_a_block_is_black_or_white():
    assert set(np.unique(made(3, antialias=False))) == {0.0, 1.0}


def test_every_digit_has_as_much_ink_as_the_data(digits):
    expected = digits.X.mean() / digits.scale
    for strokes, _ in everybody([None, 1]):
        assert strokes_to_image(strokes, size=8).mean() == pytest.approx(expected, abs=0.035)


def test_digits_fill_all_rows_and_are_no_wider_than_the_data(digits):
    values = digits.X.reshape(-1, 8, 8)
    assert np.median((values[:, :, [0, 7]] > 8).any(axis=1)) == 0
    for strokes, _ in everybody([None, 1]):
        image = strokes_to_image(strokes, size=8)
        assert image[0].any() and image[7].any()
        assert not (image[:, [0, 7]] > 0.5).any()


@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_slanted_bar_stands_upright(degrees):
    slanted, upright = (strokes_to_image([bar(tilt)], size=8) for tilt in (degrees, 0))
    assert np.abs(slanted - upright).mean() < 0.04


def test_a_narrow_digit_is_made_black_and_not_wide():
    image = made(1)
    assert (image.max(axis=0) > 0.5).sum() <= 3


@pytest.mark.parametrize("strokes", [[[(3, 4)]], [[(0, 0), (9, 0)]], [[(0, 0), (0, 9)]], []])
def test_dots_and_lines_are_no_obstacle(strokes):
    image = strokes_to_image(strokes, size=8)
    assert image.shape == (8, 8) and np.isfinite(image).all()
    assert image.any() == bool(strokes) and image.max() <= 1


def test_a_wider_pen_has_more_ink():
    ink = [made(2, pen_width=width).mean() for width in (0.6, 1.2, 1.8, 1.99)]
    assert ink == sorted(ink) and ink[-1] > 1.3 * ink[1]


def test_the_steps_lead_to_the_picture():
    shown = stages(written(5), DigitPreprocessing(size=8))
    assert [name for name, _ in shown] == ["pad", "crop", "scale_to_box", "antialias", "centre"]
    np.testing.assert_array_equal(shown[-1].image, made(5))


@pytest.mark.parametrize("hidden", [0, 32])
def test_a_model_of_the_bundled_digits_reads_what_is_drawn(hidden, digits, make_task):
    """Before the makers' recipe it read two of three."""
    hands = everybody([None, 1, 2])
    options = {"optimiser": "adam", "learning_rate": 0.01, "batch_size": 32, "epochs": 30}
    trainer = Trainer(make_task(digits, {"source": "digits"}, {"hidden": hidden}, **options))
    while trainer.outcome is None:
        trainer.step()
    X = np.array([strokes_to_image(strokes, size=8).ravel() for strokes, _ in hands])
    read = probe.probabilities(trainer.task, trainer.params(), X).argmax(axis=1)
    assert np.mean(read == [digit for _, digit in hands]) > 0.85
