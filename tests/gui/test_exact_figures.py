"""Training figures in the window: marked ≈ while they are of a sample, exact and alike at rest."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from core.config import DataConfig, RunConfig, TrainingConfig
from core.runs.run_record import to_csv
from core.train.snapshot import Status
from gui.control.run_controller import FLAT_OUT
from gui.window.run_bar import SPEEDS

PATIENCE_MS = 60_000


@pytest.fixture
def table(tmp_path):
    """A CSV file of 15,000 rows in two classes."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(15_000, 2)).round(3)
    y = X[:, 0] + rng.normal(size=15_000) > 0
    path = tmp_path / "many.csv"
    lines = (f"{a},{b},{'yes' if c else 'no'}" for (a, b), c in zip(X.tolist(), y, strict=True))
    path.write_text("\n".join(("a,b,class", *lines)) + "\n")
    return path


def opened_on(qtbot, open_window, table, fraction):
    window = open_window(
        RunConfig(
            DataConfig("csv", path=str(table), test_fraction=fraction),
            training=TrainingConfig(epochs=10**9, learning_rate=0.01),
        )
    )
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    return window


def main_number(counter):
    (main,) = (label for label in counter.findChildren(QLabel) if label.accessibleName())
    return main.text()


def exact_accuracy(window):
    task, params = window.controller.run.task, window.controller.snapshot.params
    X = task.inputs(task.dataset.values(task.train_rows)).astype(np.float64)
    Z = X @ params.W.T.astype(np.float64) + params.b
    return float((Z.argmax(axis=1) == task.dataset.y[task.train_rows]).mean())


def test_all_places_agree_on_the_exact_figures_at_rest(
    qtbot, open_window, reach, table, hover, tmp_path
):
    window = opened_on(qtbot, open_window, table, 0.2)
    bar, controller = window.run_bar, window.controller
    assert "10,000 of the 12,000 training rows" in bar.accuracy.toolTip()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: controller.snapshot.step > 300, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: main_number(bar.accuracy).startswith("≈"), timeout=PATIENCE_MS)
    assert main_number(bar.loss).startswith("≈")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    reach(window, Status.PAUSED)
    qtbot.waitUntil(lambda: not main_number(bar.accuracy).startswith("≈"), timeout=PATIENCE_MS)
    metrics = controller.snapshot.metrics
    assert metrics.train_accuracy == pytest.approx(exact_accuracy(window), abs=1.5 / 12_000)
    assert main_number(bar.accuracy) == f"{100 * metrics.train_accuracy:.1f}\xa0%"
    assert main_number(bar.loss) == f"{metrics.train_loss:.4f}"

    for gauge, said in (
        (window.views["Loss"], f"{metrics.train_loss:.4f}"),
        (window.views["Accuracy"], f"{metrics.train_accuracy:.1%}"),
    ):
        gauge.navigation.zoom(
            (metrics.step - 8, metrics.step + 1)
        )  # until a pixel is less than a step
        hover(gauge.plot, metrics.step, np.mean(gauge.plot.getViewBox().viewRange()[1]))
        assert f"train {said}" in gauge.reading.text()
        gauge.navigation.zoom(None)
        hover(gauge.plot, 0, np.mean(gauge.plot.getViewBox().viewRange()[1]))
        assert "train ≈" in gauge.reading.text()

    qtbot.keyClick(window, Qt.Key.Key_K)
    (record,) = window.views.context.kept.records
    assert not record.metrics.sampled
    (row,) = csv.DictReader(io.StringIO(to_csv([record])))
    assert float(row["train acc."]) == metrics.train_accuracy
    assert int(row["train rows measured"]) == 12_000

    controller.files.save_model(controller.snapshot, tmp_path / "m.safetensors")
    qtbot.waitUntil((tmp_path / "m.safetensors").exists, timeout=PATIENCE_MS)
    from core.runs import model_file

    figures = model_file.load(tmp_path / "m.safetensors").figures
    assert figures["train_accuracy"] == pytest.approx(metrics.train_accuracy, abs=1.5 / 12_000)
    assert figures["train_loss"] == pytest.approx(metrics.train_loss, rel=1e-5)


def test_a_run_that_is_kept_on_the_way_says_that_its_figures_are_of_a_sample(
    qtbot, open_window, table
):
    window = opened_on(qtbot, open_window, table, 0.2)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 300, timeout=PATIENCE_MS)
    qtbot.keyClick(window, Qt.Key.Key_K)
    (record,) = window.views.context.kept.records
    assert record.metrics.sampled == 10_000
    qtbot.keyClick(window, Qt.Key.Key_0)
    model = window.views[window.stage.current].table.model()
    row = [r.name for r in model.records].index(record.name)
    texts = {name: model.index(row, 1 + column).data() for column, name in enumerate(model.columns)}
    assert texts["train loss"].startswith("≈") and texts["train acc."].startswith("≈")
    assert not texts["test loss"].startswith("≈")


def test_without_test_rows_the_confusion_matrix_counts_all_training_rows_at_rest(
    qtbot, open_window, reach, table
):
    window = opened_on(qtbot, open_window, table, 0.0)
    window.side_panel.show_name("Confusion")
    titles = window.views["Confusion"].findChildren(QLabel)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    # A run that is held before its first step is not paused, but ready.
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 0, timeout=PATIENCE_MS)
    qtbot.waitUntil(
        lambda: any("≈ 10,000 training rows" in label.text() for label in titles),
        timeout=PATIENCE_MS,
    )
    qtbot.keyClick(window, Qt.Key.Key_Space)
    reach(window, Status.PAUSED)
    qtbot.waitUntil(
        lambda: any(label.text() == "training rows" for label in titles), timeout=PATIENCE_MS
    )
    assert window.controller.snapshot.metrics.confusion.sum() == 15_000


def test_small_data_are_never_approximate(qtbot, open_window):
    window = open_window(RunConfig(training=TrainingConfig(epochs=10**9)))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 30, timeout=PATIENCE_MS)
    assert "≈" not in main_number(window.run_bar.loss) + window.run_bar.loss.toolTip()
