"""Where hidden units switch, against their net inputs."""

import numpy as np
import pytest

from core.config import DataConfig, ModelConfig, RunConfig
from core.data.sources import load
from core.data.task import prepare
from core.explain.hidden_units import strongest, switching_lines
from core.explain.plane import Plane
from core.train.snapshot import Hidden


@pytest.mark.parametrize("degree", [1, 3])
def test_on_its_line_a_units_net_input_is_zero(degree, rng):
    config = RunConfig(DataConfig(degree=degree), ModelConfig(hidden=4))
    task = prepare(load(config.data), config)
    V = rng.normal(size=(4, task.m)).astype(np.float32)
    c = np.array([0.1, -0.2, 0.0, 0.3], np.float32)
    plane = Plane(0, 1, (1.0, 7.0), (0.0, 2.5), (0.0, 0.0))
    lines = [switching_lines(task, Hidden(V, c, "tanh"), plane, np.array([j])) for j in range(4)]
    assert any(lines)
    for j, of_unit in enumerate(lines):
        for line in of_unit:
            net = task.inputs(line) @ V[j] + c[j]
            # A curve is met on the edges of a grid, between whose nodes it is taken as straight.
            assert np.abs(net).max() < (1e-5 if degree == 1 else 0.05)


def test_weights_that_are_no_numbers_have_no_lines():
    config = RunConfig(model=ModelConfig(hidden=1))
    task = prepare(load(config.data), config)
    hidden = Hidden(np.array([[np.inf, 1.0]], np.float32), np.zeros(1, np.float32), "relu")
    plane = Plane(0, 1, (1.0, 7.0), (0.0, 2.5), (0.0, 0.0))
    assert switching_lines(task, hidden, plane, np.array([0])) == []


def test_the_strongest_units_are_those_that_outputs_listen_to():
    W = np.array([[0.0, 3.0, -1.0], [0.1, 0.0, -1.0]], np.float32)
    assert strongest(W, 2).tolist() == [1, 2]
