"""Strokes as pictures: what the recipe promises, each of its steps, and what a model reads."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.config import DataConfig
from core.data import sources
from core.data.digits.deskew import deskew_images
from core.data.digits.drawing import DigitPreprocessing, draw, stages, strokes_to_image
from core.data.digits.layout import layout_of
from core.errors import ConfigError, DataError
from core.train.trainer import Trainer
from tests.core.hands import SOME, arc, bar, centre_of, everybody, path, written

PAD = (280.0, 280.0)
EVERY_STEP = ["pad", "crop", "scale_to_box", "antialias", "centre", "deskew"]

some = pytest.mark.parametrize("strokes", SOME)
numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
drawings = st.lists(
    st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12).map(np.array),
    min_size=1,
    max_size=4,
)


def ink_size(image, above=0.0):
    """Columns and rows of the ink's box."""
    rows, columns = np.nonzero(image > above)
    return np.ptp(columns) + 1, np.ptp(rows) + 1


# What a picture is ----------------------------------------------------------------------------


@given(drawings, st.booleans(), st.sampled_from([8, 16, 28]))
def test_a_picture_is_float32_from_0_to_1_and_has_ink(strokes, deskew, size):
    image = strokes_to_image(strokes, deskew=deskew, size=size)
    assert image.shape == (size, size) and image.dtype == np.float32
    assert image.min() >= 0 and 0 < image.max() <= 1


@pytest.mark.parametrize("strokes", [[], [[]], [np.empty((0, 2)), np.empty((0, 2))]])
def test_without_points_the_picture_is_empty(strokes):
    assert not strokes_to_image(strokes).any()
    assert not strokes_to_image(strokes, deskew=True).any()
    assert stages(strokes, DigitPreprocessing()) == []


@some
def test_empty_strokes_are_passed_over(strokes):
    image = strokes_to_image([[], *strokes, np.empty((0, 2))])
    np.testing.assert_array_equal(image, strokes_to_image(strokes))


def test_one_point_is_a_dot_of_the_pens_area():
    image = strokes_to_image([[(3.0, 900.0)]], pen_width=6.0)
    assert image.sum() == pytest.approx(math.pi * 3**2, rel=0.02)
    assert ink_size(image, above=0.5) in itertools.product((6, 7), repeat=2)


def test_points_at_one_place_are_a_dot():
    np.testing.assert_allclose(
        strokes_to_image([[(5, 5)] * 4, [(5, 5)]]), strokes_to_image([[(1, 2)]]), atol=1e-6
    )


def test_a_straight_stroke_covers_its_length_times_its_width():
    image = strokes_to_image([[(0, 0), (0, 50)]], pen_width=3.0)
    assert image.sum() == pytest.approx(3 * (19 - 3) + math.pi * 1.5**2, rel=0.01)


def test_pixels_are_covered_by_their_distance_from_the_stroke():
    image = strokes_to_image([[(0, 0), (0, 1)]], pen_width=2.4)
    distances = np.abs(np.arange(28) - 13.9)
    np.testing.assert_allclose(image[14], (1.2 + 0.5 - distances).clip(0, 1), atol=1e-5)


# Where, how large, in which order -------------------------------------------------------------


@given(drawings, numbers, numbers, st.floats(1e-3, 1e3))
def test_neither_place_nor_size_of_the_drawing_matters(strokes, x, y, factor):
    spread = np.ptp(np.concatenate(strokes), axis=0).max()
    assume(spread > 1)  # what is left of six digits after a shift by a million is exact enough
    moved = [stroke * factor + (x, y) for stroke in strokes]
    np.testing.assert_allclose(strokes_to_image(moved), strokes_to_image(strokes), atol=2e-3)


@given(drawings, st.randoms(use_true_random=False))
def test_neither_order_nor_direction_of_strokes_matters(strokes, random):
    other = [stroke[::-1] if random.random() < 0.5 else stroke for stroke in strokes]
    random.shuffle(other)
    np.testing.assert_allclose(strokes_to_image(other), strokes_to_image(strokes), atol=1e-5)


@some
def test_points_said_twice_change_nothing(strokes):
    twice = [np.repeat(stroke, 2, axis=0) for stroke in strokes]
    np.testing.assert_allclose(strokes_to_image(twice), strokes_to_image(strokes), atol=1e-6)


def test_few_points_of_a_curve_give_nearly_the_picture_of_many():
    few, many = ([arc(0, 0, 1, 1, 0, 300, k)] for k in (9, 200))
    chords = [np.linspace(a, b, 30) for a, b in itertools.pairwise(few[0])]
    exact = strokes_to_image(many)
    error = np.abs(strokes_to_image(few) - exact).mean()
    assert error < np.abs(strokes_to_image(chords) - exact).mean() / 3


def test_thousands_of_points_give_the_picture_of_a_hundred():
    few, many = ([arc(0, 0, 1, 2, 0, 300, k)] for k in (100, 5000))
    np.testing.assert_allclose(strokes_to_image(many), strokes_to_image(few), atol=0.02)


def test_a_pen_that_rests_where_its_stroke_ends_draws_that_stroke():
    line = np.linspace((0.0, 0.0), (40.0, 100.0), 60)
    trembling = np.tile([(1e-5, 0.0), (0.0, 0.0)], (200, 1))
    resting = np.concatenate([line, line[-1] + trembling])
    np.testing.assert_allclose(strokes_to_image([resting]), strokes_to_image([line]), atol=1e-3)


@pytest.mark.parametrize("size", [1e-99, 1e-3, 1e6, 1e99])
def test_any_unit_will_do(size):
    image = strokes_to_image([stroke * size for stroke in written(3)])
    np.testing.assert_allclose(image, strokes_to_image(written(3)), atol=1e-4)


def test_what_is_smaller_than_any_unit_is_a_dot():
    np.testing.assert_array_equal(
        strokes_to_image([[(0, 0), (1e-200, 1e-310)]]), strokes_to_image([[(0, 0)]])
    )


# The box and the middle -----------------------------------------------------------------------


@given(drawings)
def test_the_centre_of_mass_is_in_the_middle(strokes):
    x, y = centre_of(strokes_to_image(strokes))
    assert abs(x - 13.9) < 0.5 and abs(y - 13.9) < 0.5


@given(drawings, st.floats(0.5, 6))
def test_all_ink_is_within_a_box_of_20_pixels(strokes, pen_width):
    # Twenty pixels that do not start at a pixel's edge touch twenty-one.
    assert max(ink_size(strokes_to_image(strokes, pen_width))) <= 21


@some
def test_the_longer_side_fills_the_box(strokes):
    assert max(ink_size(strokes_to_image(strokes), above=0.5)) in (18, 19, 20)


@pytest.mark.parametrize("aspect", [0.25, 0.5, 1.0, 2.0, 4.0])
def test_the_aspect_is_kept(aspect):
    cross = [[(0, 1), (aspect * 2, 1)], [(aspect, 0), (aspect, 2)]]
    columns, rows = ink_size(strokes_to_image(cross, pen_width=1.0), above=0.4)
    within = 0.5 + max(1, aspect) / 2  # both are whole pixels
    assert columns - 1 == pytest.approx(aspect * (rows - 1), abs=within)


def test_strokes_are_as_wide_and_as_dark_as_those_of_mnist(mnist_folder):
    mnist = sources.load(DataConfig("mnist", folder=str(mnist_folder)))
    theirs = mnist.X.mean() / 255
    ours = np.mean([strokes_to_image(strokes) for strokes, _ in everybody(range(3))])
    assert ours == pytest.approx(theirs, rel=0.15)


# What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e200])
def test_a_place_that_is_no_number_is_refused_with_its_own_place(bad):
    with pytest.raises(DataError, match=r"Stroke 2, point 3: found .*; both must be finite"):
        strokes_to_image([[(0, 0)], [(0, 0), (1, 1), (2, bad)]])


@pytest.mark.parametrize("stroke", [[1.0, 2.0], [[1.0]], np.zeros((2, 3)), np.zeros((1, 2, 2))])
def test_a_stroke_of_another_shape_is_refused(stroke):
    with pytest.raises(DataError, match=r"Stroke 1 has the shape .*must be \(k, 2\)"):
        strokes_to_image([stroke])


@pytest.mark.parametrize("change", [{"pen_width": 0}, {"pen_width": 7}, {"size": 3}])
def test_a_recipe_outside_its_ranges_is_refused(change):
    (name,) = change
    with pytest.raises(ConfigError, match=f"{name} is {change[name]}; it must be"):
        DigitPreprocessing(**change)


@pytest.mark.parametrize("frame", [(0, 10), (10, -1), (1e-9, 1e-9), (math.inf, 1), (math.nan, 1)])
def test_a_pad_that_cannot_hold_the_drawing_is_refused(frame):
    with pytest.raises(DataError, match="The pad is"):
        draw(written(3), DigitPreprocessing(crop=False), frame)


# Step by step ---------------------------------------------------------------------------------


def small_in_a_corner():
    return [stroke * 60 + (10, 10) for stroke in written(4)]


def test_stages_show_each_step_that_is_switched_on():
    names = [stage.name for stage in stages(written(4), DigitPreprocessing(deskew=True))]
    assert names == EVERY_STEP
    for name in EVERY_STEP[1:]:
        recipe = replace(DigitPreprocessing(deskew=True), **{name: False})
        left = [stage.name for stage in stages(written(4), recipe)]
        assert left == [other for other in EVERY_STEP if other != name]


@pytest.mark.parametrize("off", list(itertools.product([False, True], repeat=5)))
def test_the_last_stage_is_the_picture(off):
    recipe = replace(DigitPreprocessing(), **dict(zip(EVERY_STEP[1:], off, strict=True)))
    last = stages(small_in_a_corner(), recipe, PAD)[-1].image
    np.testing.assert_array_equal(last, draw(small_in_a_corner(), recipe, PAD))


def test_the_picture_in_one_call_is_the_full_recipes():
    np.testing.assert_array_equal(
        strokes_to_image(written(5)), draw(written(5), DigitPreprocessing())
    )


def test_the_pad_is_shown_whole_with_the_drawing_where_it_lies():
    strokes = [[(70.0, 210.0)]]
    image = draw(strokes, DigitPreprocessing(crop=False, scale_to_box=False, centre=False), PAD)
    np.testing.assert_allclose(centre_of(image), (6.5, 20.5), atol=0.01)


def test_a_wide_pad_lies_in_the_middle_of_the_frame():
    image = draw(
        [[(0.0, 50.0)]],
        DigitPreprocessing(crop=False, scale_to_box=False, centre=False),
        (200, 100),
    )
    assert np.argwhere(image.any(axis=1)).mean() == 13.5


def test_without_crop_and_centre_the_drawing_stays_in_its_corner():
    recipe = DigitPreprocessing(crop=False, scale_to_box=False, centre=False)
    assert max(centre_of(draw(small_in_a_corner(), recipe, PAD))) < 8
    cured = draw(small_in_a_corner(), replace(recipe, crop=True), PAD)
    assert centre_of(cured) == pytest.approx((13.5, 13.5), abs=1)


def test_without_scale_a_small_drawing_stays_small():
    small = draw(small_in_a_corner(), DigitPreprocessing(scale_to_box=False), PAD)
    assert max(ink_size(small)) <= 60 / 10 + 2.4 + 2
    assert max(ink_size(draw(small_in_a_corner(), DigitPreprocessing(), PAD))) in (19, 20, 21)


def test_without_centre_the_box_lies_in_the_middle_instead_of_the_mass():
    seven = written(7)
    rows, columns = np.nonzero(draw(seven, DigitPreprocessing(centre=False)))
    assert (rows.min() + rows.max()) / 2 == (columns.min() + columns.max()) / 2 == 13.5
    assert centre_of(draw(seven, DigitPreprocessing(centre=False)))[1] < 12.9


def test_without_antialias_pixels_are_black_or_white():
    assert set(np.unique(draw(written(8), DigitPreprocessing(antialias=False)))) == {0, 1}
    assert len(np.unique(draw(written(8), DigitPreprocessing()))) > 50


def test_a_thin_pen_leaves_an_unbroken_line_and_a_wide_one_more_ink():
    thin = draw([bar(30)], DigitPreprocessing(pen_width=0.2, antialias=False))
    assert thin.any(axis=1).sum() >= 19
    ink = [
        draw(written(2), DigitPreprocessing(pen_width=width)).sum()
        for width in (0.5, 1.0, 2.4, 4.0)
    ]
    assert ink == sorted(ink)


# Like the data --------------------------------------------------------------------------------


@some
def test_at_size_8_writing_fills_all_rows_and_lies_in_the_middle_across(strokes):
    image = strokes_to_image(strokes, size=8)
    assert image.any(axis=1).all()
    assert centre_of(image)[0] == pytest.approx(3.5, abs=0.1)


def test_at_size_8_strokes_are_as_dark_as_the_bundled_digits(digits):
    ours = np.mean([strokes_to_image(strokes, size=8) for strokes, _ in everybody(range(3))])
    assert ours == pytest.approx(digits.X.mean() / digits.scale, rel=0.1)


def test_other_sizes_follow_mnist_in_proportion():
    assert layout_of(56).box == (38, 38) and layout_of(56).pen_width == 4.8


def accuracy_on_hands(trainer, size, deskew=False):
    """The share of all hands, each in four variations, that the model reads rightly."""
    hands = everybody([None, 1, 2, 3])
    X = np.array([strokes_to_image(strokes, None, deskew, size).ravel() for strokes, _ in hands])
    params = trainer.params()
    read = (X @ params.W.T + params.b).argmax(axis=1)
    return np.mean(read == [digit for _, digit in hands])


def trained(task):
    trainer = Trainer(task)
    while trainer.outcome is None:
        trainer.step()
    return trainer


@pytest.mark.slow
@pytest.mark.parametrize("deskew", [False, True])
def test_a_model_of_mnist_reads_what_is_drawn(mnist_folder, make_task, deskew):
    mnist = sources.load(DataConfig("mnist", folder=str(mnist_folder)))
    if deskew:
        mnist = replace(mnist, X=deskew_images(mnist.X))
    task = make_task(mnist, learning_rate=0.1, batch_size=256, epochs=5)
    assert accuracy_on_hands(trained(task), 28, deskew) > (0.92 if deskew else 0.88)


def test_everybody_writes_every_digit_and_the_same_again():
    hands = everybody([None, 1])
    assert {digit for _, digit in hands} == set(range(10))
    np.testing.assert_array_equal(written(2, 1, seed=5)[0], written(2, 1, seed=5)[0])
    assert not np.allclose(
        strokes_to_image(written(2, 1, seed=5)), strokes_to_image(written(2, 1, seed=6))
    )
    assert len(path((0, 0), (1, 1))) == 2
