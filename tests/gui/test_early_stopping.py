"""Early stopping: a validation share, where it stops, and the weights it ends on."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt

from core.config import DataConfig, RunConfig, TrainingConfig
from core.train.snapshot import Status
from core.train.trainer import Trainer
from tests.gui.alone import opened

PATIENCE_MS = 30_000
RINGS = 20  # their height on the plane, above that of all points
EARLY = RunConfig(
    DataConfig(features=("all",), validation_fraction=0.2),
    training=TrainingConfig(learning_rate=5.0, epochs=300, patience=7),
)


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)


@pytest.fixture
def panel(open_alone):
    """The settings of a run on Iris, without a window."""
    panel = open_alone()
    panel.show_setup()
    panel.start(RunConfig())
    return panel


@pytest.fixture
def stopped(open_alone):
    """A run that early stopping has ended, with its curves, without a window."""
    stopped = open_alone()
    stopped.show("Loss")
    stopped.show("Accuracy")
    stopped.start(EARLY)
    stopped.finish()
    return stopped


def test_a_share_in_the_column_sets_rows_aside_and_is_one_step_of_undo(panel, enter, new_run):
    rows = panel.controller.run.task.train_rows
    with new_run(panel):
        enter(panel.setup.data.validation_share, "25")
    task = panel.controller.run.task
    assert (len(task.train_rows), len(task.validation_rows)) == (90, 30)
    with new_run(panel):
        panel.controller.undo_stack.undo()
    assert np.array_equal(panel.controller.run.task.train_rows, rows)
    assert panel.setup.data.validation_share.value() == 0


def test_early_stopping_asks_for_validation_rows(panel, enter, new_run):
    assert not panel.setup.training.patience.isEnabled()
    assert "choose a validation share" in panel.setup.training.patience.toolTip()
    with new_run(panel):
        enter(panel.setup.data.validation_share, "20")
    assert panel.setup.training.patience.isEnabled()
    assert "choose a validation share" not in panel.setup.training.patience.toolTip()


def test_other_data_begin_without_a_share_and_one_undo_brings_it_back(qtbot, open_window, new_run):
    window = open_window(EARLY)
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    assert not len(window.controller.run.task.validation_rows)
    assert window.setup.data.validation_share.value() == 0
    assert window.controller.undo_stack.undoText() == "change to Digits 8×8"
    with new_run(window):
        window.controller.undo_stack.undo()
    assert window.controller.run.task.config.data.validation_fraction == 0.2
    assert window.controller.run.task.config.training == EARLY.training
    assert window.setup.data.validation_share.value() == 20


def test_a_run_ends_on_its_best_epoch_with_the_rest_on_record(stopped):
    controller = stopped.controller
    snapshot, curves = controller.snapshot, controller.snapshot.curves
    ends = curves.validation_loss[3::3]  # after each epoch of three updates
    assert snapshot.status is Status.FINISHED and snapshot.is_past
    assert snapshot.epoch == int(np.argmin(ends)) + 1 == len(ends) - 7
    assert curves.last_step == snapshot.newest_step
    twin = Trainer(controller.run.task)
    for _ in range(snapshot.step):
        twin.step()
    np.testing.assert_array_equal(snapshot.params.W, twin.params().W)
    assert "these are its weights" in snapshot.message


def test_the_validation_curve_is_drawn_beside_the_others(stopped):
    curves = stopped.controller.snapshot.curves
    for gauge, values in (
        (stopped.views["Loss"], curves.validation_loss),
        (stopped.views["Accuracy"], curves.validation_accuracy),
    ):
        x, y = gauge.validation.line.getData()
        np.testing.assert_array_equal(x, curves.step)
        np.testing.assert_allclose(y, values)


def test_the_pointer_reads_the_validation_loss(stopped, hover):
    gauge, metrics = stopped.views["Loss"], stopped.controller.snapshot.metrics
    hover(gauge.plot, metrics.step, np.mean(gauge.plot.getViewBox().viewRange()[1]))
    assert f"validation {metrics.validation_loss:.4f}" in gauge.reading.text()


def test_training_on_after_early_stopping_goes_on_from_the_best_epoch(qtbot, stopped):
    controller, best = stopped.controller, stopped.controller.snapshot.step
    controller.step()
    qtbot.waitUntil(lambda: controller.snapshot.step == best + 1, timeout=PATIENCE_MS)
    assert controller.snapshot.newest_step == best + 1
    assert stopped.reach(Status.PAUSED).message == ""


def test_every_row_is_in_the_picture_and_in_the_table(qtbot, open_window):
    window = open_window(EARLY)
    boundary = window.views[window.stage.current]
    # The points lie under the rings around those that are wrong.
    shown = sum(
        len(item.data)
        for item in boundary.plot.items()
        if isinstance(item, pg.ScatterPlotItem) and item.zValue() < RINGS
    )
    assert shown == window.controller.run.task.dataset.n
    qtbot.keyClick(window, Qt.Key.Key_3)
    table = window.views[window.stage.current]
    sets = [table.model.index(row, 1).data() for row in range(150)]
    assert [sets.count(part) for part in ("training", "validation", "test")] == [96, 24, 30]
