"""Pens, markers and the room beyond axes are as large as the type."""

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.kit import plots
from gui.kit import theme as look
from gui.kit.axes import StepAxis


@pytest.fixture
def card():
    return QWidget()  # pyqtgraph takes a plot to pieces that is closed as a window


@pytest.fixture
def plot(show_view, card):
    plot = plots.make_plot(look.LIGHT, moves_below=False, axes={"bottom": StepAxis()})
    QVBoxLayout(card).addWidget(plot)
    show_view(card, 400, 200)
    return plot


@pytest.mark.parametrize("points", [8, 15, 25])
def test_pens_and_markers_are_as_large_as_the_type(plot, type_of, points):
    pen, marker = plots.pen(plot, "black", 2).widthF(), plots.marker_px(9, 3)
    type_of(points)
    assert plots.pen(plot, "black", 2).widthF() == pytest.approx(pen * points / 10)
    assert plots.marker_px(9, 3) == pytest.approx(marker * points / 10)


@pytest.mark.parametrize("points", [8, 10, 15, 20, 25])
def test_the_steps_at_an_axis_stand_on_the_plot_down_to_their_tails(plot, type_of, points, qtbot):
    type_of(points)
    plots.paint(plot, look.LIGHT)
    plot.setRange(xRange=(0, 256), yRange=(0, 1), padding=0)
    axis = plot.getPlotItem().getAxis("bottom")
    font = QFontMetricsF(axis.style["tickFont"])
    start = axis.style["tickLength"] + axis.style["tickTextOffset"][1]

    def has_room():
        plot.grab()
        painted = axis.mapRectToScene(axis.boundingRect())
        assert painted.bottom() <= plot.sceneRect().bottom()
        assert painted.height() >= start + font.ascent() + font.descent() - 1

    qtbot.waitUntil(has_room)
