"""One loss surface as a widget."""

from __future__ import annotations

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
