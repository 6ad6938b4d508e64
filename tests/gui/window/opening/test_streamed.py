"""Rows that stay on disk are opened, trained on and asked about in the window."""

import numpy as np

from core.data.streamed import opening
from core.train.streamed import rows as streamed
from gui.stage.confusion.view import ConfusionView


def test_an_array_beside_its_labels_trains_from_disk_and_a_sample_is_shown(
    qtbot, open_window, tmp_path, monkeypatch
):
    monkeypatch.setattr(streamed, "HELD", 0)
    monkeypatch.setattr(opening, "SHARE", 2**40)
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, 5000)
    np.save(tmp_path / "X.npy", rng.normal(size=(5000, 3)) + 3 * y[:, None])
    np.save(tmp_path / "y.npy", y)
    window = open_window()
    controller = window.controller
    window.csv.open_file(tmp_path / "X.npy")
    qtbot.waitUntil(lambda: controller.run.task.dataset.name == "X.npy", timeout=20_000)
    assert controller.run.task.dataset.is_streamed
    assert not window.stage.sampled.isHidden()
    assert "a sample of 2,000 of 5,000 rows" in window.stage.sampled.text()
    qtbot.waitUntil(lambda: controller.snapshot is not None, timeout=20_000)
    controller.play_or_pause()
    qtbot.waitUntil(lambda: controller.steps > 60, timeout=20_000)
    controller.pause()
    qtbot.waitUntil(lambda: controller.is_at_rest, timeout=20_000)
    snapshot = controller.snapshot
    assert snapshot.metrics.confusion.sum() == len(controller.run.task.test_rows) == 1000
    assert snapshot.metrics.test_accuracy > 0.9 and snapshot.task.dataset.n == 2000
    shown = window.findChild(ConfusionView)
    assert shown is None or shown.task is snapshot.task
