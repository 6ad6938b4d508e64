"""The plane that phones show: places are shares of what is seen, and few enough to be sent."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.classroom.shared_plane import MOST_OF_LINE, MOST_POINTS, shared, thinned
from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.explain.plane import Plane

COLOURS = ("#111111", "#222222", "#333333")


@pytest.fixture(scope="module")
def task():
    config = RunConfig(data=DataConfig(source="iris", features=("all",)))
    return prepare(sources.load(config.data), config)


@pytest.fixture
def plane(task):
    X = task.dataset.X
    low, high = X.min(axis=0) - 1.0, X.max(axis=0) + 1.0
    across, up = ((float(low[j]), float(high[j])) for j in (2, 3))
    return Plane(2, 3, across, up, tuple(X.mean(axis=0)))


def test_places_are_shares_of_the_plane_and_lead_back_to_the_rows(task, plane):
    found = shared(task, plane, COLOURS)
    rows = task.dataset.X[task.train_rows][:, [2, 3]]
    np.testing.assert_allclose(found.values(found.points), rows, rtol=1e-6)
    np.testing.assert_array_equal(found.labels, task.dataset.y[task.train_rows])
    np.testing.assert_allclose(found.shares(found.values(found.points)), found.points)


def test_rows_that_are_not_seen_are_not_sent(task, plane):
    (x0, x1), _ = plane.x_range, plane.y_range
    found = shared(task, replace(plane, x_range=(x0, (x0 + x1) / 2)), COLOURS)
    seen = task.dataset.X[task.train_rows][:, 2] <= (x0 + x1) / 2
    assert len(found.points) == seen.sum() < len(task.train_rows)


def test_its_message_is_short_and_names_what_it_shows(task, plane):
    message = shared(task, plane, COLOURS).to_message()
    assert message["classes"] == list(task.dataset.class_names)
    assert message["names"] == [
        f"{task.dataset.feature_names[j]} {task.dataset.unit_of(j)}".strip() for j in (2, 3)
    ]
    assert len(json.dumps(message)) < 40 * MOST_POINTS


def test_a_long_boundary_is_sent_with_few_places_and_both_ends():
    line = np.stack([np.linspace(0, 1, 5000), np.zeros(5000)], axis=1)
    found = thinned(line)
    assert len(found) == MOST_OF_LINE and found[0] == [0, 0] and found[-1] == [1, 0]
    assert thinned(line[:1]) == [[0, 0]]
