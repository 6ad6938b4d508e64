"""Recipes of points: their shapes against their formulae, their counts, and what a seed decides."""

import gc
import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import MAX_SEED
from core.data.generators import KINDS, GeneratorConfig, generate
from core.data.points import MAX_POINTS
from core.data.sources import drawn
from core.errors import ConfigError
from core.train.trainer import Trainer

OF_ANY_CLASSES = [kind for kind, row in KINDS.items() if not row.classes]
kinds = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def accuracy_of(make_task):
    """Return accuracy_of(points, degree): the share that the project's trainer gets right."""

    def accuracy_of(points, degree=1):
        task = make_task(
            drawn(points),
            data={"source": "drawn", "degree": degree},
            learning_rate=2.0,
            batch_size=None,
            epochs=300,
        )
        trainer = Trainer(task)
        while trainer.outcome is None:
            trainer.step()
        return trainer.measure(exact=True).train_accuracy

    return accuracy_of


# What the seed decides ------------------------------------------------------------------------


@kinds
def test_the_same_recipe_gives_the_same_points(kind):
    recipe = GeneratorConfig(kind, noise=0.5, imbalance=0.2, flipped=0.1, seed=7)
    one, other = generate(recipe), generate(replace(recipe))
    assert np.array_equal(one.xy, other.xy) and np.array_equal(one.labels, other.labels)
    assert one.class_names == other.class_names


@kinds
def test_another_seed_gives_other_points_of_the_same_classes(kind):
    one, other = generate(GeneratorConfig(kind, seed=1)), generate(GeneratorConfig(kind, seed=2))
    assert not (one.xy == other.xy).all(axis=1).any()
    assert np.array_equal(one.labels, other.labels)


# How many -------------------------------------------------------------------------------------


@given(
    kind=st.sampled_from(list(KINDS)),
    size=st.integers(10, 600),
    classes=st.integers(2, 10),
    imbalance=st.floats(0, 0.9),
)
def test_there_are_as_many_points_as_asked_for_and_some_of_each_class(
    kind, size, classes, imbalance
):
    points = generate(GeneratorConfig(kind, size=size, classes=classes, imbalance=imbalance))
    counts = np.bincount(points.labels, minlength=len(points.class_names))
    assert len(points) == len(points.xy) == counts.sum() == size
    assert len(counts) == len(points.class_names) == (KINDS[kind].classes or classes)
    assert counts.min() >= 1
    assert np.isfinite(points.xy).all()


@pytest.mark.parametrize("imbalance", [0.0, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("classes", [2, 4])
@kinds
def test_each_class_has_a_share_of_the_one_before_it(kind, classes, imbalance):
    points = generate(GeneratorConfig(kind, size=50_000, classes=classes, imbalance=imbalance))
    counts = np.bincount(points.labels)
    assert (np.abs(counts[1:] - (1 - imbalance) * counts[:-1]) <= 3).all()


def test_fewer_points_than_classes_still_give_one_of_each():
    points = generate(GeneratorConfig("blobs", size=2, classes=5))
    assert np.bincount(points.labels).tolist() == [1] * 5


@pytest.fixture
def no_garbage_is_collected():
    """A collection between two lines would call whoever listens: Hypothesis measures each."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage_is_collected")
@kinds
def test_no_work_is_done_point_by_point(kind):
    def calls(size):
        count = 0

        def note(*_):
            nonlocal count
            count += 1

        before = sys.getprofile()
        recipe = GeneratorConfig(kind, size=size, imbalance=0.5, flipped=0.1)
        sys.setprofile(note)
        try:
            generate(recipe)
        finally:
            sys.setprofile(before)
        return count

    generate(GeneratorConfig(kind))  # what NumPy imports and keeps at its first call is done
    assert calls(20_000) == calls(200)


def test_a_million_points_can_be_made():
    points = generate(GeneratorConfig("spirals", size=MAX_POINTS, classes=10, flipped=0.1))
    assert len(points) == MAX_POINTS == 1_000_000


# Flipped labels -------------------------------------------------------------------------------


@pytest.mark.parametrize("flipped", [0.0, 0.05, 0.5])
@kinds
def test_so_many_labels_are_flipped_and_places_stay(kind, flipped):
    clean = generate(GeneratorConfig(kind, size=20_000))
    other = generate(GeneratorConfig(kind, size=20_000, flipped=flipped))
    assert np.array_equal(clean.xy, other.xy)
    changed = (clean.labels != other.labels).mean()
    spread = math.sqrt(flipped * (1 - flipped) / 20_000)  # of a binomial share
    assert abs(changed - flipped) <= 4 * spread


@kinds
def test_more_flips_keep_the_first_ones(kind):
    clean, few, many = (
        generate(GeneratorConfig(kind, size=2000, flipped=flipped)).labels
        for flipped in (0, 0.1, 0.3)
    )
    first = few != clean
    assert first.any()
    assert np.array_equal(many[first], few[first])


@pytest.mark.parametrize("kind", OF_ANY_CLASSES)
def test_a_flip_goes_to_each_of_the_other_classes(kind):
    clean, other = (
        generate(GeneratorConfig(kind, size=3000, classes=5, flipped=flipped)).labels
        for flipped in (0, 0.5)
    )
    shifts = (other - clean)[other != clean] % 5
    assert set(shifts.tolist()) == {1, 2, 3, 4}


# Shapes ---------------------------------------------------------------------------------------


def widest_gap(points):
    """Return the widest empty strip between the two classes, over all directions."""
    angles = np.linspace(0, 2 * np.pi, 20_000)
    across = points.xy @ np.stack([np.cos(angles), np.sin(angles)])
    return (across[points.labels == 1].min(axis=0) - across[points.labels == 0].max(axis=0)).max()


@pytest.mark.parametrize("noise", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("margin", [0.0, 0.5, 3.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_line_parts_the_separable_classes_with_the_margin_on_each_side(noise, margin, seed):
    points = generate(GeneratorConfig("separable", size=400, noise=noise, margin=margin, seed=seed))
    # The best of 20,000 directions is off by less than 0.0002: over 20 units, that is 0.004.
    assert widest_gap(points) >= 2 * margin - 0.004


def test_clean_moons_lie_on_two_halves_of_ellipses():
    points = generate(GeneratorConfig("moons", noise=0))
    x, y = points.xy.T
    upper = points.labels == 0
    sign = np.where(upper, 1, -1)
    np.testing.assert_allclose(((x + 1.2 * sign) / 2.4) ** 2 + ((y + 0.6 * sign) / 2.6) ** 2, 1)
    assert (sign * (y + 0.6 * sign) >= -1e-12).all()


@pytest.mark.parametrize("classes", [2, 5])
def test_clean_circles_have_radii_in_even_steps(classes):
    points = generate(GeneratorConfig("circles", noise=0, classes=classes))
    radius = np.hypot(*points.xy.T)
    np.testing.assert_allclose(radius, 4.2 * (points.labels + 1) / classes)


def test_no_two_points_of_a_clean_circle_coincide():
    points = generate(GeneratorConfig("circles", noise=0, size=30))
    assert len(np.unique(points.xy.round(9), axis=0)) == 30


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_the_radius_of_a_clean_spiral_grows_with_its_angle(classes):
    points = generate(GeneratorConfig("spirals", noise=0, classes=classes))
    x, y = points.xy.T
    radius = np.hypot(x, y)
    assert (radius.min(), radius.max()) == pytest.approx((0.4, 4.4))
    turns = 1.125 * (radius - 0.4) / 4 + points.labels / classes
    off = np.arctan2(y, x) - 2 * np.pi * turns
    np.testing.assert_allclose(np.cos(off), 1)


def test_clean_fields_of_the_checkerboard_alternate():
    points = generate(GeneratorConfig("checkerboard", size=2000, noise=0))
    fields = np.floor(points.xy / 2).astype(int)
    assert np.array_equal(fields.sum(axis=1) % 2, points.labels)
    assert len(np.unique(fields, axis=0)) == 16
    assert np.abs(points.xy).max() <= 4


def test_clean_xor_has_opposite_quadrants_in_one_class():
    points = generate(GeneratorConfig("xor", noise=0))
    x, y = points.xy.T
    assert np.array_equal(x * y > 0, points.labels == 0)
    quadrants = {(bool(a), bool(b)) for a, b in zip(x > 0, y > 0, strict=True)}
    assert len(quadrants) == 4


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_blobs_have_their_means_on_a_circle_at_even_angles(classes):
    points = generate(GeneratorConfig("blobs", size=4000 * classes, classes=classes, noise=0.3))
    means = np.array([points.xy[points.labels == k].mean(axis=0) for k in range(classes)])
    angles = 2 * np.pi * np.arange(classes) / classes + np.pi / 2
    expected = 3 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    np.testing.assert_allclose(means, expected, atol=5 * 0.68 / math.sqrt(4000))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "separable"])
def test_more_noise_moves_points_further_from_the_clean_figure(kind):
    clean, some, much = (generate(GeneratorConfig(kind, noise=noise)).xy for noise in (0, 0.2, 0.8))
    assert 0 < np.linalg.norm(some - clean) < np.linalg.norm(much - clean)


def test_no_line_parts_xor_but_degree_two_does(accuracy_of):
    points = generate(GeneratorConfig("xor", size=400, noise=0))
    assert accuracy_of(points) < 0.76  # a line that cuts off one quadrant gets three of four
    assert accuracy_of(points, degree=2) > 0.97


def test_a_line_is_enough_for_the_separable_classes(accuracy_of):
    assert accuracy_of(generate(GeneratorConfig("separable", margin=0.5))) == 1


# Bad values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("size", 2, MAX_POINTS),
        ("noise", 0.0, 1.0),
        ("classes", 2, 10),
        ("imbalance", 0.0, 0.9),
        ("flipped", 0.0, 0.5),
        ("margin", 0.0, 3.0),
        ("seed", 0, MAX_SEED),
    ],
)
@given(data=st.data())
def test_a_value_out_of_range_is_refused_by_its_name(name, low, high, data):
    values = st.integers(-(10**9), 10**12) if isinstance(low, int) else st.floats()
    value = data.draw(values.filter(lambda v: not low <= v <= high))
    with pytest.raises(ConfigError, match=f"^{name} is .*; it must be from"):
        GeneratorConfig(**{name: value})


def test_a_kind_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ConfigError, match=r"no “stars”; choose from blobs, .*spirals"):
        GeneratorConfig("stars")
