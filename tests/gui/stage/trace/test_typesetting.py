"""The formulae of the trace are typeset in the background, before it shows them."""

import threading

import pytest
from PySide6.QtCore import Qt

from core.config import RunConfig
from tests.gui.alone import opened


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)


def test_the_windows_thread_typesets_no_formula_of_it(open_alone, qtbot, typeset_by):
    alone = open_alone()
    alone.start(RunConfig())
    alone.walk(3)
    typeset_by.clear()
    view = alone.show("Trace", 800, 380)
    alone.until(lambda: view.is_at_rest and view.chain.isVisible())
    qtbot.mouseClick(view.open_jacobian, Qt.MouseButton.LeftButton)
    alone.until(lambda: view.is_at_rest and view.jacobian.formula.isVisible())
    assert typeset_by
    assert threading.get_ident() not in typeset_by
