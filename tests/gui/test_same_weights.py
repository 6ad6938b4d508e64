"""A run on a table in the window ends with the weights of the terminal, to the bit."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.cli import terminal
from core.cli import train as cli
from core.config import TrainingConfig
from core.train.snapshot import Status
from gui.control.run_controller import FLAT_OUT
from gui.window.run_bar import SPEEDS

PATIENCE_MS = 30_000


@pytest.fixture
def table(tmp_path):
    """A table of two measurements and a column of words, with three classes of unequal size."""
    rng = np.random.default_rng(5)
    kinds = np.repeat(["ash", "birch", "cedar"], [60, 24, 9])
    centres = {"ash": (1, 2), "birch": (3, 0), "cedar": (0, 4)}
    lines = [
        f"{x:.4f},{y:.4f},{('dry', 'wet')[int(rng.integers(2))]},{kind}\n"
        for kind in kinds
        for x, y in [rng.normal(centres[kind], 0.8)]
    ]
    path = tmp_path / "trees.csv"
    path.write_text("height,girth,soil,kind\n" + "".join(lines))
    return path


SETTINGS: list[dict[str, Any]] = [
    {"l1": 0.02},
    {"class_weight": "balanced"},
    {"l1": 0.01, "class_weight": "balanced", "optimiser": "adam", "learning_rate": 0.05},
    {"l1": 0.05, "optimiser": "momentum", "weight_decay": 0.01},
]


def test_the_window_ends_with_the_weights_of_the_terminal(
    qtbot, open_window, table, tmp_path, reach, new_run
):
    window = open_window()
    window.csv.open_file(table)  # as a person opens it: previewed, then loaded
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    with new_run(window):
        qtbot.mouseClick(window.csv.dialog.foot.load_button, Qt.MouseButton.LeftButton)
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    kept = tmp_path / "result.json"
    for settings in SETTINGS:
        words = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        command = [str(table), "--epochs", "12", "--batch-size", "16", *words, "--json", str(kept)]
        assert cli.main(command) == terminal.DONE
        told = json.loads(kept.read_text())
        training = replace(TrainingConfig(epochs=12, batch_size=16), **settings)
        with new_run(window):
            window.loader.change("the terminal's settings", training=training)
        assert window.controller.run.task.config.training == training
        window.controller.play_or_pause()
        reach(window, Status.FINISHED)
        params = window.controller.snapshot.params
        np.testing.assert_array_equal(params.W, np.array(told["W"], dtype=np.float32), str(words))
        np.testing.assert_array_equal(params.b, np.array(told["b"], dtype=np.float32), str(words))
