"""One loss surface as a widget."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QApplication, QGraphicsSimpleTextItem

from core.explain.surface.loss_surface import Surface
from core.model_kind import LossName
from gui.kit import theme as look
from gui.stage.surface.panel import SurfacePanel


def test_names_that_stand_at_the_axes_are_not_laid_out_again(qtbot):
    panel = SurfacePanel(look.LIGHT, "cross-entropy", "cross-entropy (nats)")
    qtbot.addWidget(panel)
    panel.name_axes("w₁", "w₂")
    changes = []
    for side in ("bottom", "left"):
        label = panel.plot.getPlotItem().getAxis(side).label
        label.document().contentsChanged.connect(lambda: changes.append(1))
    panel.name_axes("w₁", "w₂")
    assert not changes
    panel.name_axes("w₁", "b₁")
    assert changes


def test_another_task_names_the_axes_once(qtbot):
    panel = SurfacePanel(look.LIGHT, "cross-entropy", "cross-entropy (nats)")
    qtbot.addWidget(panel)
    panel.name_axes("w₁", "w₂")
    named = []
    for side in ("bottom", "left"):
        label = panel.plot.getPlotItem().getAxis(side).label
        label.document().contentsChanged.connect(lambda: named.append(1))
    panel.clear("w₁", "b₁")
    once = len(named)
    panel.name_axes("w₁", "b₁")
    assert len(named) == once > 0


@pytest.mark.parametrize(("points", "height"), [(10, 400), (20, 220), (25, 160)])
def test_losses_of_contours_never_lie_on_each_other(show_view, type_of, points, height):
    type_of(points)
    panel = SurfacePanel(look.LIGHT, "cross-entropy", "cross-entropy (nats)")
    show_view(panel, 420, height)
    x = np.linspace(-1, 1, 40)
    losses: dict[LossName, NDArray[np.float64]] = {
        "cross-entropy": (1 + np.add.outer(x**2, x**2)).astype(np.float64)
    }
    panel.set_range((-1, 1), (-1, 1))
    panel.show_point(-0.8, 0.0)
    panel.show_surface(Surface(x, x, losses))
    box = panel.plot.getPlotItem().getViewBox()
    QApplication.processEvents()
    width, height = box.viewPixelSize()
    labels = [
        item.boundingRect().translated(item.x() / width, -item.y() / height)
        for item in panel.plot.moving.childItems()
        if isinstance(item, QGraphicsSimpleTextItem) and item.isVisible()
    ]
    assert labels and not any(one.intersects(two) for one, two in combinations(labels, 2))
    shown = QRectF(-1 / width, -1 / height, 2 / width, 2 / height).adjusted(-1, -1, 1, 1)
    assert all(shown.contains(label) for label in labels)  # none is cut
    handle = QRectF(-7, -7, 14, 14).translated(-0.8 / width, 0)
    assert not any(handle.intersects(label) for label in labels)


def test_a_plot_without_room_says_nothing_and_does_not_fail(show_view):
    panel = SurfacePanel(look.LIGHT, "cross-entropy", "cross-entropy (nats)")
    show_view(panel, 420, 300)
    x = np.linspace(-1, 1, 40)
    panel.set_range((-1, 1), (-1, 1))
    panel.show_surface(Surface(x, x, {"cross-entropy": 1 + np.add.outer(x**2, x**2)}))
    box = panel.plot.getPlotItem().getViewBox()
    box.setGeometry(0, 0, 0, 0)
    assert box.viewPixelSize() == (0, 0)


def test_keys_move_the_point_zoom_around_it_and_begin_there(qtbot, show_view):
    panel = SurfacePanel(look.LIGHT, "cross-entropy", "cross-entropy (nats)")
    show_view(panel)
    panel.set_range((0, 10), (0, 10))
    panel.show_point(5, 5)
    read: list[object] = []
    begun: list[object] = []
    ranges: list[object] = []
    panel.hovered.connect(read.append)
    panel.clicked.connect(lambda *at: begun.append(at))
    panel.ranged.connect(lambda *both: ranges.append(both))
    panel.plot.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_PageUp):
        qtbot.keyClick(panel.plot, key)
    np.testing.assert_allclose(np.array(read), [(5.2, 5.0), (5.2, 5.2)])
    np.testing.assert_allclose(np.array(begun), [(5.2, 5.2)])
    np.testing.assert_allclose(np.array(ranges), [[[1.04, 9.04], [1.04, 9.04]]])
