"""A model that another package brings, in the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.config import ModelConfig, RunConfig
from core.model_family import FAMILY
from core.plugins import MODELS
from core.train.losses import HEADS
from gui.kit.maths.notation import Num, Word, walk
from tests.brought import install
from tests.gui.conftest import PATIENCE_MS

EXAMPLE = Path(__file__).parents[4] / "docs" / "example_plugin" / "logitlab_example" / "focal.py"


@pytest.fixture
def focal(tmp_path, monkeypatch):
    """Install the example of a model, and return the config of a run with it."""
    text = EXAMPLE.read_text(encoding="utf-8")
    install(tmp_path, monkeypatch, text, MODELS, focal="NEURON")
    yield RunConfig(model=ModelConfig("focal"))
    for table in (FAMILY, HEADS):
        table.pop("focal", None)


def test_the_window_shows_and_derives_it_like_any_other(qtbot, focal, open_window):
    window = open_window(focal)
    assert window.setup.model.kind.button("focal").isChecked()
    assert "focal loss" in window.setup.model.formula.text()
    qtbot.keyClick(window.stage, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1, timeout=PATIENCE_MS)
    for view in window.stage.names:
        window.stage.show_name(view)
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    followed = window.views.context.tracer.newest
    assert followed is not None
    nodes = [node for line in followed.lines for node in walk(line.node)]
    words = " ".join(node.text for node in nodes if isinstance(node, Word))
    assert "(2y − 1) (1 − p)² (2p log p − (1 − p)) =" in words
    assert Num(("dz", 0)) in nodes
