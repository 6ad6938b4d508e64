"""Numbers as colours: whatever the numbers are, a colour lies between its two ends."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.data import sources
from core.data.task import prepare
from core.explain import probe
from core.explain.plane import DecisionGrid, Plane
from core.train.losses import HEADS
from core.train.trainer import Trainer
from gui.kit import theme as look
from gui.kit.plane_shading import shade
from tests.lessons import points_of, setup_of

ANY = st.floats(width=32, allow_nan=True, allow_infinity=True)
THEMES = look.THEMES


def outputs_of(head: str) -> int:
    return {"softmax": 4, "ovr": 4, "ovo": 6, "bayes": 4}.get(head, 1)


def grid_of(A):
    rows, columns, _ = A.shape
    return DecisionGrid(np.arange(columns), np.arange(rows), A, A)


def assert_between(image, one, other):
    """Each colour of the image lies between two others, but for rounding."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    assert (image >= np.floor(low)).all()
    assert (image <= np.ceil(high)).all()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("head", HEADS)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=40,
)
@given(data=st.data())
def test_a_region_lies_between_the_panel_and_its_class(head, theme, data):
    shape = (6, outputs_of(head))
    Z = data.draw(arrays(np.float32, shape, elements=st.floats(-300, 300, width=32)))
    A = HEADS[head].probabilities(torch.from_numpy(Z)).numpy().reshape(2, 3, -1)
    marks = tuple(range(A.shape[2]))
    image = shade(grid_of(A), marks, theme)
    colours = np.array([look.rgb(theme.class_colour(mark)) for mark in marks])
    assert_between(image, look.rgb(theme.panel), colours[A.argmax(axis=2)])


@pytest.mark.parametrize("theme", [look.WHITE_ON_BLACK, look.BLACK_ON_WHITE])
def test_in_high_contrast_each_class_has_its_own_hatching(theme):
    marks = tuple(range(10))
    stripes = set()
    for mark in marks:
        A = np.zeros((24, 24, 10), dtype=np.float32)
        A[..., mark] = 1
        image = shade(grid_of(A), marks, theme)
        stripes.add((image == image[0, 0]).all(axis=2).tobytes())
    assert len(stripes) == len(marks)


@pytest.mark.parametrize("theme", [look.LIGHT, look.DARK])
def test_where_no_sigmoid_of_one_vs_rest_is_sure_the_region_is_faint(theme):
    A = np.array([[[0.1, 0.2, 0.05], [1 / 3, 0.1, 0.2]]], dtype=np.float32)
    (unsure, guess) = shade(grid_of(A), (0, 0, 0), theme)[0]
    assert unsure.tolist() == guess.tolist()
    assert np.abs(unsure - look.rgb(theme.panel)).max() < 40


def test_the_lesson_of_one_vs_rest_has_no_colour_but_its_classes():
    """Somewhere on its plane no sigmoid reaches 1/h."""
    setup = setup_of("rest")
    task = prepare(sources.drawn(points_of("rest")), setup.config)
    trainer = Trainer(task)
    for _ in range(setup.config.training.epochs):
        trainer.step()
    plane = Plane(0, 1, (-4.0, 4.0), (-4.0, 4.0), (0.0, 0.0))
    grid = probe.decide_grid(task, trainer.params(), probe.nodes(task, plane, 40, 30))
    A = grid.probabilities
    assert A.max(axis=2).min() < 1 / 3
    image = shade(grid, task.dataset.class_marks, look.LIGHT)
    colours = np.array([look.rgb(look.LIGHT.class_colour(k)) for k in range(3)])
    assert_between(image, look.rgb(look.LIGHT.panel), colours[A.argmax(axis=2)])


@pytest.mark.parametrize("theme", THEMES)
@given(shares=arrays(np.float32, 8, elements=ANY))
def test_a_mixture_lies_between_what_is_mixed(theme, shares):
    ground, top = look.rgb(theme.panel), look.rgb(theme.accent)
    image = look.mixed(ground, top, shares)
    assert_between(image, ground, top)
    for share, colour in zip(shares, image, strict=True):
        if np.isnan(share) or share <= 0:
            assert colour.tolist() == ground.tolist()
        elif share >= 1:
            assert colour.tolist() == top.tolist()


@given(
    values=arrays(np.float32, 8, elements=ANY),
    scale=st.one_of(st.just(0.0), st.floats(1e-30, 1e30)),
)
def test_a_signed_number_has_a_place_on_its_scale(values, scale):
    places = look.signed_levels(values, scale, 256)
    assert places.dtype == np.intp
    assert np.abs(places).max() <= 256
    for value, place in zip(values.astype(np.float64), places.tolist(), strict=True):
        if np.isnan(value) or scale == 0:
            assert place == 0
        else:
            assert abs(place - np.clip(value / scale, -1, 1) * 256) <= 0.51
