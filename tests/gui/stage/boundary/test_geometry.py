"""Pixels and data coordinates of a plot."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QApplication

from gui.kit import plots
from gui.kit import theme as look
from gui.stage.boundary.geometry import PlotGeometry


def test_in_a_plot_without_room_no_point_is_near(qtbot):
    plot = plots.make_plot(look.LIGHT, moves_below=False)
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show()
    plot.setRange(xRange=(0, 1), yRange=(0, 1), padding=0)
    geometry, places = PlotGeometry(plot), np.array([0.2, 0.8])
    QApplication.processEvents()
    assert geometry.nearest(places, places, (0.8, 0.8)) == 1
    plot.resize(40, 4)
    QApplication.processEvents()
    assert geometry.nearest(places, places, (0.8, 0.8)) is None
