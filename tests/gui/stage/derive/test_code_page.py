"""The code beside a derivation: shown for its result, run when asked, off the window's thread."""

from __future__ import annotations

import inspect

import pytest
from PySide6.QtCore import Qt

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.model_kind import ModelKind
from core.teach.derivations import gradient_code
from gui.stage.derive.code_page import NOT_RUN, CodePage

PATIENCE_MS = 60_000


@pytest.fixture
def page(qtbot, background, show_view, trained):
    """Return a function that shows the code for a model, and has it typeset."""

    def page(kind: ModelKind) -> CodePage:
        task = prepare(sources.load(DataConfig()), RunConfig(model=ModelConfig(kind=kind)))
        page = CodePage(background)
        show_view(page, 1000, 500)
        page.show_task(task)
        page.show_snapshot(trained(task, 3))
        wait(qtbot, background)
        return page

    return page


def wait(qtbot, background) -> None:
    qtbot.waitUntil(lambda: background.poll() or background.is_idle, timeout=PATIENCE_MS)


def test_the_code_that_is_shown_is_run_on_the_batch_and_equals_the_trainer_s(
    page, qtbot, background
):
    shown = page("softmax")
    loop = inspect.getsource(gradient_code.softmax_loop).rstrip()
    assert shown.columns[0].code.toPlainText() == loop
    assert all(column.result.text() == NOT_RUN for column in shown.columns)
    qtbot.mouseClick(shown.run, Qt.MouseButton.LeftButton)
    wait(qtbot, background)
    for column in shown.columns:
        assert "equal to the trainer’s to" in column.result.text()
    assert "X (24, 2)   Y (24, 3)   W (3, 2)" in shown.shapes.text()  # the last of 120
    assert shown.run.isEnabled()


def test_a_model_with_another_gradient_has_no_code(page):
    shown = page("mse")
    assert "choose Logistic or Softmax" in shown.absence.text() and shown.absence.isVisible()
    assert not shown.columns[0].isVisible() and not shown.run.isEnabled()
