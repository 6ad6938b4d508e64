"""Signs and words in the colour of a class can be read wherever they are type."""

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QGraphicsView

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from gui.kit import theme as look
from gui.kit.canvas import Words
from gui.stage.network.view import NetworkView
from gui.stage.trace.jacobian_view import JacobianView
from gui.state.selected_example import Chosen
from tests.gui.kit.test_contrast import contrast

THEMES = pytest.mark.parametrize("theme", [look.LIGHT, look.DARK], ids=["light", "dark"])


def worst(view, theme):
    """The least contrast of signs of classes with the panel."""
    scenes = [v.scene() for v in view.findChildren(QGraphicsView) if v.isVisible()]
    signs = [
        item
        for scene in scenes
        for item in scene.items()
        if isinstance(item, Words) and item.text() in look.GLYPHS
    ]
    assert len(signs) >= 3
    return min(contrast(sign.brush().color(), theme.panel) for sign in signs)


@THEMES
def test_in_the_network(theme, show_view, trained):
    task = prepare(sources.load(DataConfig()), RunConfig())
    view = NetworkView(theme, Chosen())
    show_view(view, 640, 560)
    view.receive_task(task)
    view.receive_snapshot(trained(task, 5))
    QApplication.processEvents()
    assert worst(view, theme) >= 4.5


@THEMES
def test_in_the_jacobian(theme, show_view):
    view = JacobianView(theme)
    show_view(view, 480, 260)
    view.show_answer(np.array([0.7, 0.2, 0.1]), 1, ("setosa", "versicolor", "virginica"))
    QApplication.processEvents()
    assert worst(view, theme) >= 4.5
