"""Documents in the window: all views show them, or say why not."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.model_kind import ModelKind
from gui.kit.plain_text import beginning


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


def test_a_cell_of_the_confusion_leads_to_its_documents(qtbot, open_window, finish):
    window = open_window(genres(), size=(1366, 768))
    shot = finish(window)
    window.stage.show_name("Evaluation")
    page = window.views["Evaluation"].confusion
    counts = shot.metrics.confusion
    true, taken = divmod(int((counts - np.diag(np.diag(counts))).argmax()), len(counts))
    qtbot.waitUntil(lambda: page.matrix.counts is not None, timeout=30_000)
    place = page.matrix.cell_rect(true, taken).center().toPoint()
    qtbot.mouseClick(page.matrix, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: page.examples.model.rowCount() > 0, timeout=30_000)
    dataset, model = shot.task.dataset, page.examples.model
    assert model.rowCount() == counts[true, taken]
    row, last = model.row_at(0), model.columnCount() - 1
    assert model.index(0, last).data() == beginning(dataset.documents.texts[row])
    assert dataset.y[row] == true
    qtbot.mouseClick(
        page.examples.table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=page.examples.table.visualRect(model.index(0, last)).center(),
    )
    assert window.views.context.chosen.example.text == dataset.documents.texts[row]
