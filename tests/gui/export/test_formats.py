"""Drawings as SVG and PDF look like their pixels, which other programs' renderers confirm."""

from __future__ import annotations

import base64
import re

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QXmlStreamReader
from PySide6.QtGui import QColor, QFont, QImage, QLinearGradient, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.export.drawing import Drawing, Fill, Picture
from gui.export.pdf import to_pdf
from gui.export.recorder import Recorder
from gui.export.svg import to_svg
from gui.export.widget_drawing import draw
from gui.kit import plots
from gui.kit import theme as look
from gui.kit.rest import awaits_timer
from tests.gui.export.conftest import differ, pixels

SIZE = QSize(120, 90)
SHARE = 0.01  # of the pixels, which lie on edges


def drawn(paint) -> Drawing:
    recorder = Recorder(SIZE)
    painter = QPainter(recorder)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRect(0, 0, 120, 90), QColor("white"))
    paint(painter)
    painter.end()
    return recorder.drawing


def painted(paint) -> QImage:
    """The same, painted by Qt itself."""
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
    return image


def words(painter: QPainter) -> None:
    painter.setFont(look.base_font())
    painter.setPen(QColor("#1763A6"))
    painter.drawText(QPointF(10, 40), "Weiß <&> λ₁ = 0.5")


def clipped(painter: QPainter) -> None:
    painter.setClipRect(QRect(20, 20, 60, 40))
    painter.fillRect(QRect(0, 0, 120, 90), QColor("#CC79A7"))
    painter.setPen(QPen(QColor("black"), 3))
    painter.drawPolyline([QPointF(x, 45 + 40 * np.sin(x / 6)) for x in range(120)])
    painter.setPen(QPen(QColor("blue"), 2, Qt.PenStyle.DashLine))
    painter.drawEllipse(QPointF(50, 40), 45, 25)


def clipped_twice(painter: QPainter) -> None:
    circle = QPainterPath()
    circle.addEllipse(QPointF(60, 45), 30, 30)
    painter.setClipPath(circle)
    painter.setClipRect(QRectF(60, 0, 60, 90), Qt.ClipOperation.IntersectClip)
    painter.fillRect(QRect(0, 0, 120, 90), QColor(0, 158, 115, 128))
    painter.setClipping(False)
    painter.fillRect(QRect(2, 2, 10, 10), QColor("red"))


def restored(painter: QPainter) -> None:
    painter.save()
    painter.setClipRect(QRect(0, 0, 10, 10))
    painter.restore()
    painter.translate(60, 45)
    painter.rotate(30)
    painter.setOpacity(0.5)
    painter.fillRect(QRect(-20, -10, 40, 20), QColor("black"))


def pictured(painter: QPainter) -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("#F4F5F7"))
    for i in range(4):
        image.setPixelColor(i, i, QColor("#BA410D"))
    painter.drawImage(QRectF(10, 10, 70, 70), image)
    painter.setClipRect(QRect(90, 20, 20, 30))
    painter.drawImage(QRectF(70, 10, 80, 70), image)


def shaded(painter: QPainter) -> None:
    ramp = QLinearGradient(QPointF(10, 0), QPointF(110, 0))
    ramp.setColorAt(0, QColor("white"))
    ramp.setColorAt(1, QColor("#1763A6"))
    painter.fillRect(QRectF(10, 30, 100, 20), ramp)


def stretched(painter: QPainter) -> None:
    painter.scale(20, 1)
    pen = QPen(QColor("black"), 2)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawLine(QPointF(0.5, 10), QPointF(5.5, 80))


PAINTINGS = [words, clipped, clipped_twice, restored, pictured, shaded, stretched]


@pytest.mark.parametrize("paint", PAINTINGS)
def test_a_drawing_is_painted_as_it_was_recorded(paint):
    assert differ(pixels(drawn(paint).image(1)), pixels(painted(paint))) < SHARE


@pytest.mark.parametrize("paint", PAINTINGS)
def test_svg_looks_like_the_pixels(paint, svg_pixels):
    drawing = drawn(paint)
    shown = svg_pixels(to_svg(drawing, "title"), SIZE * 2)
    assert differ(shown, pixels(drawing.image(2))) < SHARE


@pytest.mark.parametrize("paint", PAINTINGS)
def test_pdf_looks_like_the_pixels(paint, pdf_pixels):
    drawing = drawn(paint)
    shown = pdf_pixels(to_pdf(drawing, "title"), SIZE * 2)
    assert differ(shown, pixels(drawing.image(2))) < SHARE


def test_text_is_outlines_which_need_no_font():
    text = to_svg(drawn(words), "title")
    assert b"<path" in text and b"<text" not in text and b"font" not in text


def test_a_title_of_an_svg_is_text_and_no_markup():
    reader = QXmlStreamReader(to_svg(drawn(words), "<script>&").decode())
    found = []
    while not reader.atEnd():
        if reader.readNext() is QXmlStreamReader.TokenType.StartElement:
            found.append(reader.name())
            if reader.name() == "title":
                assert reader.readElementText() == "<script>&"
    assert not reader.hasError() and "title" in found and "script" not in found


def test_a_picture_that_is_not_interpolated_stays_sharp_in_every_program():
    (text,) = re.findall(rb"base64,([^\"]+)", to_svg(drawn(pictured_alone), ""))
    image = QImage.fromData(base64.b64decode(text))
    assert image.width() >= 2 * 70 and image.width() % 4 == 0
    block = image.width() // 4
    assert image.pixelColor(block - 1, 0) == image.pixelColor(0, 0) != image.pixelColor(block, 0)


def pictured_alone(painter: QPainter) -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    image.setPixelColor(0, 0, QColor("black"))
    painter.drawImage(QRectF(10, 10, 70, 70), image)


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_pixels_have_the_scale(scale):
    image = drawn(words).image(scale)
    assert image.size() == SIZE * scale
    assert image.dotsPerMeterX() == round(96 * scale / 0.0254)


# Widgets --------------------------------------------------------------------------------------


@pytest.fixture
def plot(qtbot):
    """A plot whose line leaves the axes on all sides, in sight."""
    plot = plots.make_plot(look.LIGHT, moves_below=False)
    plot.resize(320, 240)
    plots.name_axis(plot, "bottom", "steps")
    plot.setRange(xRange=(0, 10), yRange=(0, 1), padding=0)
    line = plots.Line(plot)
    line.setPen(plots.pen(plot, "#BA410D", 2))
    x = np.linspace(-5, 15, 200)
    line.setData(x, 0.5 + np.sin(3 * x))  # beyond the axes on all sides
    dots = pg.ScatterPlotItem([1, 5, 9], [0.2, 0.5, 0.8], size=12, brush="#1763A6", pen=None)
    plot.addItem(dots)
    qtbot.addWidget(plot, before_close_func=lambda _: qtbot.waitUntil(lambda: is_quiet(plot)))
    plot.show()
    qtbot.waitExposed(plot)
    qtbot.waitUntil(lambda: is_quiet(plot))
    return plot


def is_quiet(plot: plots.Plot) -> bool:
    QApplication.processEvents()
    return not awaits_timer(plot)


def test_a_plot_is_drawn_as_shapes_confined_to_its_axes(plot, svg_pixels):
    drawing = draw(plot, "#FFFFFF", "#000000", controls=True)
    assert not any(isinstance(shape, Picture) for shape in drawing.shapes)
    dots = [s for s in drawing.shapes if isinstance(s, Fill) and s.colour == QColor("#1763A6")]
    assert len(dots) == 3
    shown = svg_pixels(to_svg(drawing, ""), drawing.size)
    assert differ(shown, pixels(drawing.image(1))) < SHARE
    orange = np.argwhere(np.abs(shown - (0xBA, 0x41, 0x0D)).max(axis=2) < 40)
    box = plot.getPlotItem().getViewBox()
    room = plot.mapFromScene(box.sceneBoundingRect()).boundingRect()
    edge = (drawing.size.width() - plot.width()) // 2
    assert len(orange) > 100
    assert orange[:, 1].min() >= room.left() + edge - 2
    assert orange[:, 0].max() <= room.bottom() + edge + 2


def test_a_plot_looks_like_its_picture_on_the_screen(qtbot, plot):
    plot.clearFocus()  # its mark is not drawn
    image = draw(plot, "#FFFFFF", "#000000", controls=True).image(1)
    edge = (image.width() - plot.width()) // 2
    own = image.copy(edge, edge, plot.width(), plot.height())
    qtbot.waitUntil(lambda: is_quiet(plot))
    assert differ(pixels(own), pixels(plot.grab().toImage())) < 0.02


def test_the_mark_of_the_focus_is_not_drawn_and_the_focus_stays(qtbot):
    widget = QWidget()
    layout = QVBoxLayout(widget)
    button, label = QPushButton("one"), QLabel("two")
    for part in (button, label):
        layout.addWidget(part)
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    label.setFocus()
    without = pixels(draw(widget, "#FFFFFF", "#000000", controls=True).image(1))
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(button.hasFocus)
    focused = pixels(draw(widget, "#FFFFFF", "#000000", controls=True).image(1))
    assert button.hasFocus()
    assert np.array_equal(focused, without)


def test_a_title_stands_above_the_widget(qtbot):
    widget = QLabel("below")
    qtbot.addWidget(widget)
    widget.resize(200, 40)
    widget.show()
    plain, titled = (
        draw(widget, "#FFFFFF", "#000000", title, controls=True) for title in ("", "Loss <b>")
    )
    head = titled.size.height() - plain.size.height()
    assert head > 10 and titled.size.width() == plain.size.width()
    upper = pixels(titled.image(1))[: head + 8]
    assert (upper < 128).any()


def test_what_is_hidden_or_outside_its_parent_is_not_drawn(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(100, 100)
    hidden, outside = QLabel("hidden", widget), QLabel("outside", widget)
    outside.move(500, 0)
    widget.show()
    hidden.hide()
    font = QFont(look.base_font())
    assert font.pointSize() == 10
    assert len(draw(widget, "#FFFFFF", "#000000", controls=True).shapes) == 1
