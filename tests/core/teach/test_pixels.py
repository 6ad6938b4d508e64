"""The place of a pixel in the vector, and the numbers that a model reads, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.task import prepare
from core.teach.pixels import PixelOrder, picture_numbers, strides

SHAPES = [(1, 8, 8), (1, 28, 28), (3, 4, 5)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_place_of_a_pixel_is_that_of_a_contiguous_array(shape):
    order = PixelOrder(*shape)
    places = np.stack(np.unravel_index(np.arange(order.m), shape), axis=1).tolist()
    for k, (c, i, j) in enumerate(places):
        assert order.index(c, i, j) == np.ravel_multi_index((c, i, j), shape) == k
        assert order.place(k) == (c, i, j)


@pytest.mark.parametrize("shape", [(6, *shape) for shape in SHAPES] + [(7, 64)])
def test_strides_are_those_of_a_float32_array(shape):
    assert strides(shape) == np.zeros(shape, dtype=np.float32).strides


def test_a_digit_as_it_is_stored_and_read():
    task = prepare(sources.load(DataConfig(source="digits")), RunConfig(DataConfig("digits")))
    numbers = picture_numbers(task, task.dataset.values(slice(5, 6))[0])
    assert numbers.stored.tolist() == task.dataset.X[5].tolist()
    assert not numbers.is_standardised
    assert (numbers.inputs == task.inputs_of(slice(5, 6))[0]).all()
    assert numbers.inputs == pytest.approx(task.dataset.X[5] / 16)


def test_colours_lie_channel_after_channel_in_the_vector_and_are_standardised():
    rng = np.random.default_rng(3)
    X = rng.integers(0, 256, (12, 3 * 4 * 5), dtype=np.uint8)
    names = tuple(f"p{k}" for k in range(60))
    data = Dataset(
        "colours", X, np.arange(12) % 2, names, ("a", "b"), scale=255.0, image_shape=(12, 5),
        looks="colour",
    )  # fmt: skip
    task = prepare(data, RunConfig())
    numbers = picture_numbers(task, data.values(slice(2, 3))[0])
    order = numbers.order
    assert (order.C, order.H, order.W) == (3, 4, 5)
    assert numbers.stored[order.index(2, 1, 3)] == X[2].reshape(3, 4, 5)[2, 1, 3]
    train = X[task.train_rows] / 255
    expected = (X[2] / 255 - train.mean(axis=0)) / train.std(axis=0, ddof=1)
    assert numbers.is_standardised
    assert numbers.inputs == pytest.approx(expected, abs=1e-5)
