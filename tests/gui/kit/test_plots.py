"""Pens, markers and the room beyond axes are as large as the type."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QGraphicsRectItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from core.data.dataset import Dataset
from core.data.indicators import Indicator
from gui.kit import plots
from gui.kit import theme as look
from gui.kit.axes import StepAxis
from gui.kit.rest import awaits_timer


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


@pytest.mark.parametrize("side", ["left", "bottom"])
def test_a_name_that_is_longer_than_its_axis_is_whole_in_smaller_type(plot, card, side, qtbot):
    name = "the width of a petal in centimetres"
    plots.name_axis(plot, side, name)
    label = plot.getPlotItem().getAxis(side).label

    def is_whole():
        plot.grab()
        margin = label.document().documentMargin()
        words = label.boundingRect().adjusted(margin, margin, -margin, -margin)
        return plot.sceneRect().adjusted(-1, -1, 1, 1).contains(label.mapRectToScene(words))

    card.resize(150, 130)
    qtbot.waitUntil(is_whole)
    assert label.toPlainText().strip() == name and label.scale() < 1
    card.resize(500, 400)
    qtbot.waitUntil(lambda: label.scale() == 1 and is_whole())


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


class ToldAxis(StepAxis):
    """An axis that keeps the ticks that it is given, newest last."""

    def __init__(self):
        super().__init__()
        self.told = []

    def setTicks(self, ticks):
        self.told.append(ticks)
        super().setTicks(ticks)


def test_an_axis_of_words_has_them_at_0_and_1_and_one_of_numbers_has_not(show_view, card):
    sex = Indicator("sex", "male", "female")
    data = Dataset(
        "ship",
        np.zeros((2, 2), dtype=np.float32),
        np.array([0, 1]),
        (sex.name, "age"),
        ("lost", "saved"),
        indicators=(sex, None),
    )
    axis = ToldAxis()
    plot = plots.make_plot(look.LIGHT, moves_below=False, axes={"bottom": axis})
    QVBoxLayout(card).addWidget(plot)
    show_view(card, 400, 200)
    plots.name_feature(plot, "bottom", data, 0)
    assert axis.told[-1] == [[(0, "female"), (1, "male")]]
    assert axis.label.toPlainText().strip() == "sex"
    plots.name_feature(plot, "bottom", data, 1)
    assert axis.told[-1] is None
    assert axis.label.toPlainText().strip() == "age"


def test_axes_that_name_these_features_already_are_laid_out_once(show_view, card):
    points = Dataset(
        "points",
        np.zeros((2, 2), dtype=np.float32),
        np.array([0, 1]),
        ("x₁", "x₂"),
        ("A", "B"),
    )
    more = replace(points, X=np.ones((3, 2), dtype=np.float32), y=np.array([0, 1, 1]))
    axis = ToldAxis()
    plot = plots.make_plot(look.LIGHT, moves_below=False, axes={"bottom": axis})
    QVBoxLayout(card).addWidget(plot)
    show_view(card, 400, 200)
    for dataset in (points, more):
        plots.name_plane(plot, look.LIGHT, dataset, (0, 1))
    assert len(axis.told) == 1
    plots.name_plane(plot, look.DARK, more, (0, 1))
    assert axis.textPen().color() == QColor(look.DARK.muted)
    plots.name_plane(plot, look.DARK, more, (1, 0))
    assert axis.label.toPlainText().strip() == "x₂"


def test_markers_cost_no_painting_while_there_are_none(plot, qtbot):
    painted = []

    class Told(plots.Spots):
        def paint(self, *arguments):
            painted.append(len(self.data))
            super().paint(*arguments)

    spots = Told()
    plot.addItem(spots)
    plot.setRange(xRange=(0, 4), yRange=(0, 1), padding=0)
    qtbot.waitUntil(lambda: not awaits_timer(plot))
    assert painted == []
    spots.setData(x=[1.0, 2.0], y=[0.5, 0.5])
    qtbot.waitUntil(lambda: painted == [2])
    spots.setData([], [])
    qtbot.waitUntil(lambda: not awaits_timer(plot))
    assert painted == [2]


def test_an_axis_takes_the_room_of_its_labels_whatever_it_had_before(show_view, card, qtbot):
    changed, new = (plots.make_plot(look.LIGHT, moves_below=False) for _ in range(2))
    box = QVBoxLayout(card)
    for plot in (changed, new):
        box.addWidget(plot)
    show_view(card, 400, 400)
    changed.setRange(yRange=(0, 2500), padding=0)
    changed.grab()
    for plot in (changed, new):
        plot.setRange(yRange=(0, 250), padding=0)
        plot.grab()
    widths = [plot.getPlotItem().getAxis("left").width() for plot in (changed, new)]
    assert widths[0] == widths[1]


def test_a_new_name_stands_at_the_middle_of_its_axis(plot, qtbot):
    plots.name_axis(plot, "bottom", "a")
    plot.grab()
    plots.name_axis(plot, "bottom", "a name that is longer")
    axis = plot.getPlotItem().getAxis("bottom")
    name = axis.label.mapRectToParent(axis.label.boundingRect())
    assert name.center().x() == pytest.approx(axis.size().width() / 2, abs=1)


def test_small_numbers_stand_at_the_axis_as_they_are(plot, qtbot):
    plots.name_axis(plot, "left", "share")
    plot.setRange(yRange=(0, 0.004), padding=0)
    plot.grab()
    axis = plot.getPlotItem().getAxis("left")
    assert axis.autoSIPrefixScale == 1.0
    assert "(x" not in axis.label.toPlainText()


def test_a_plot_that_is_closed_as_a_window_is_not_rendered_any_more(qtbot):
    plot = plots.make_plot(look.LIGHT, moves_below=False)
    plot.show()
    qtbot.waitExposed(plot)
    plot.setRange(xRange=(0, 2), yRange=(0, 1), padding=0)  # starts its timer
    with qtbot.captureExceptions() as errors:
        plot.close()
        qtbot.wait(20)
    assert not errors


def test_a_plot_creates_no_menu_that_nobody_can_open(qtbot):
    before = set(QApplication.allWidgets())
    qtbot.addWidget(plots.make_plot(look.LIGHT, moves_below=False))
    new = set(QApplication.allWidgets()) - before
    assert not [widget for widget in new if isinstance(widget, QMenu | QAbstractButton)]


class Watched(QGraphicsRectItem):
    """A rectangle that keeps the widgets that it was painted for; None: for a picture."""

    def __init__(self, *shape):
        super().__init__(*shape)
        self.seen = []

    def paint(self, painter, option, widget=None):
        super().paint(painter, option, widget)
        self.seen.append(widget)


def test_a_plot_is_painted_onto_its_face_alone(show_view, card, qtbot):
    plot, item = plots.make_plot(look.LIGHT, moves_below=False), Watched(0.2, 0.2, 0.5, 0.5)
    plot.addItem(item)
    QVBoxLayout(card).addWidget(plot)
    card.grab()  # before the face is as large as the plot
    show_view(card, 400, 200)
    qtbot.waitUntil(lambda: bool(item.seen) and not awaits_timer(plot))
    assert set(item.seen) == {None}


def test_what_a_plot_grows_by_has_its_colour_before_its_picture_is_rendered(plot):
    plot.set_panel("#123456")
    plot.resize(plot.width(), plot.height() + 60)
    shown = plot.grab().toImage()
    assert shown.pixelColor(shown.width() // 2, shown.height() - 5) == QColor("#123456")
