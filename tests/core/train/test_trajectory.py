"""The trajectory of a run: evenly spread, bounded, the same whoever looks; what was given stays."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.train.trainer import Trainer
from core.train.trajectory import FEWEST, MOST, MOST_BYTES, Trajectory, TrajectoryRecorder


def weights(value: float, outputs: int = 2, m: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.full((outputs, m), value), torch.full((outputs,), value)


@pytest.fixture
def recorder():
    return TrajectoryRecorder()


@pytest.fixture
def iris():
    return prepare(sources.load(DataConfig()), RunConfig())


def test_recorded_weights_come_back_with_their_steps(recorder):
    for step in range(4):
        recorder.record(step, weights(step / 2))
    found = recorder.trajectory()
    assert found.steps.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(found.W[:, 1, 2], [0, 0.5, 1, 1.5])
    np.testing.assert_array_equal(found.b[:, 0], [0, 0.5, 1, 1.5])


def test_a_long_one_has_its_first_steps_and_some_of_each_doubling_of_them(recorder):
    for step in range(100_000):
        recorder.record(step, weights(0.0))
    steps = recorder.trajectory().steps
    assert steps[:129].tolist() == list(range(129)) and len(steps) <= MOST
    for step in (256, 4_096, 32_768):
        assert np.count_nonzero((steps >= step) & (steps < 2 * step)) == 64


def test_where_room_is_used_up_every_other_point_goes(recorder):
    for step in range(5_000):
        recorder.record(step, weights(0.0, outputs=10, m=4_000))  # of which 50 are kept
        assert len(recorder.trajectory().steps) <= FEWEST
    steps = recorder.trajectory().steps
    assert steps[0] == 0 and len(steps) >= FEWEST // 2 - 1 and steps[-1] > 4_000


@pytest.mark.parametrize(("m", "most"), [(100_000, FEWEST), (10_000_000, 0)])
def test_of_large_weights_few_are_kept_and_of_huge_ones_none(recorder, m, most):
    W, b = torch.zeros(2, m), torch.zeros(2)
    for step in range(2 * FEWEST):
        recorder.record(step, (W, b))
    assert len(recorder.trajectory().steps) <= most
    assert bool(most) == bool(len(recorder.trajectory().steps))
    assert recorder.nbytes <= 1.01 * MOST_BYTES


def test_what_was_given_stays_when_it_is_cut_and_goes_on(recorder):
    for step in range(5):
        recorder.record(step, weights(step))
    before = recorder.trajectory()
    recorder.cut(2)
    recorder.record(3, weights(-1.0))
    assert before.steps.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(before.b[:, 0], [0, 1, 2, 3, 4])
    np.testing.assert_array_equal(recorder.trajectory().b[:, 0], [0, 1, 2, -1])


def test_weights_of_another_shape_begin_anew_and_infinite_ones_are_left_out(recorder):
    recorder.record(0, weights(1.0))
    recorder.record(7, weights(2.0, outputs=3))
    recorder.record(8, weights(float("inf"), outputs=3))
    assert recorder.trajectory().steps.tolist() == [7]
    assert recorder.trajectory().W.shape == (1, 3, 3)


def test_all_parameters_of_a_hidden_layer_are_kept_and_of_an_older_project_begun_anew(recorder):
    parameters = (*weights(1.0), torch.full((3, 4), 2.0), torch.full((3,), 3.0))
    recorder.record(0, parameters)
    found = recorder.trajectory()
    np.testing.assert_array_equal(found.below, [[2.0] * 12 + [3.0] * 3])
    older = TrajectoryRecorder.of(Trajectory(found.steps, found.W, found.b), 1)
    older.record(5, parameters)
    assert older.trajectory().steps.tolist() == [5]
    again = TrajectoryRecorder.of(found, 1)
    again.record(5, parameters)
    np.testing.assert_array_equal(again.trajectory().below, np.repeat(found.below, 2, axis=0))


def test_a_path_ends_with_the_weights_of_its_step(recorder):
    for step in (0, 2, 4, 6):
        recorder.record(step, weights(step))
    W, b = (p.numpy() for p in weights(9.0))
    path = recorder.trajectory().until(4, W, b)
    assert path.steps.tolist() == [0, 2, 4]
    np.testing.assert_array_equal(path.b[:, 0], [0, 2, 9])


def test_that_of_a_run_passes_by_the_weights_of_each_of_its_steps(iris):
    trainer, expected = Trainer(iris), []
    for _ in range(20):
        expected.append(trainer.params().W)
        trainer.step()
    found = trainer.history.trajectory()
    assert found.steps.tolist() == list(range(21))
    np.testing.assert_array_equal(found.W[:20], expected)


def test_what_is_beyond_a_step_that_is_gone_on_from_is_forgotten(iris):
    trainer = Trainer(iris)
    for _ in range(30):
        trainer.step()
    trainer.timeline.go_to(12)
    assert trainer.history.trajectory().steps[-1] == 30
    trainer.set_hyperparameters(learning_rate=0.5)
    trainer.step()
    found = trainer.history.trajectory()
    assert found.steps.tolist() == list(range(14))
    np.testing.assert_array_equal(found.W[-1], trainer.params().W)


def test_of_a_run_on_large_data_many_points_are_kept(trained_on_noise):
    assert len(trained_on_noise.history.trajectory().steps) > 30


@pytest.fixture
def trained_on_noise():
    """A trainer whose data are measured rarely, some hundred steps on."""
    config = RunConfig(DataConfig("digits"), training=TrainingConfig(batch_size=8))
    trainer = Trainer(prepare(sources.load(config.data), config))
    for _ in range(600):
        trainer.step()
    return trainer
