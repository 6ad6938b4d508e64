"""Documents in the window: all views show them, or say why not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.model_family import ModelKind


def genres(kind: ModelKind = "softmax", epochs: int = 2) -> RunConfig:
    return RunConfig(
        data=DataConfig(source="genres"),
        model=ModelConfig(kind=kind),
        training=TrainingConfig(epochs=epochs),
    )


def settle(qtbot, window):
    """Wait until all that is asked of the background has come to the views."""
    window.grab()
    qtbot.waitUntil(lambda: window.views[window.stage.current].is_at_rest, timeout=30_000)
    qtbot.waitUntil(lambda: window.controller.background.is_idle, timeout=30_000)


@pytest.mark.parametrize("kind", ["softmax", "binary", "ovo"])
def test_every_page_of_every_view_shows_documents_without_a_fault(qtbot, open_window, finish, kind):
    window = open_window(genres(kind))
    finish(window)
    window.views.keep_wanted.emit()
    for name in window.stage.tabs.available:
        window.stage.show_name(name)
        assert window.stage.current == name
        settle(qtbot, window)
        page = window.views[name]
        for button in [b for b in page.findChildren(QAbstractButton) if b.property("segment")]:
            if button.isVisible() and button.isEnabled():
                qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
                settle(qtbot, window)
    assert not window.banner.isVisible() or "wrong" not in window.banner.text()
