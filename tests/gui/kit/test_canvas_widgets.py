"""Pictures of numbers: each pixel has the colour of its number, from the theme's own."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPen

from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import CENTRE, LEFT, RIGHT, Words
from gui.kit.canvas_widgets import (
    CanvasWidget,
    FramedPicture,
    ink_pixmap,
    ink_table,
    signed_pixmap,
    signed_table,
)


class Framed(CanvasWidget):
    """A canvas with one picture."""

    def __init__(self):
        super().__init__(look.LIGHT, "a picture")
        self.picture = FramedPicture(self._canvas)

    def _lay_out(self):
        self.picture.place(QRectF(10, 10, 80, 80), QPen(QColor(self._theme.line), 1))


@pytest.mark.parametrize("align", [LEFT, CENTRE, RIGHT])
def test_words_in_other_type_stay_where_they_are_aligned(dressed, align):
    words, rect = Words(), QRectF(10, 20, 200, 60)
    words.dress(zoom.font(), "black")
    words.place(rect, align)
    words.set_text("43 %")
    larger = zoom.font(3.0)
    words.dress(larger, "black")
    seen = words.mapRectToScene(words.boundingRect())
    assert words.y() == pytest.approx(50 - QFontMetricsF(larger).height() / 2)
    assert seen.left() - 10 == pytest.approx(align * (200 - seen.width()))


def rgb(colour):
    return colour.red(), colour.green(), colour.blue()


def colours_of(pixmap):
    """Red, green and blue of each pixel, (rows, columns, 3)."""
    image = pixmap.toImage()
    size = range(image.height()), range(image.width())
    return np.array([[rgb(image.pixelColor(j, i)) for j in size[1]] for i in size[0]])


@pytest.mark.parametrize("theme", [look.LIGHT, look.DARK], ids=["light", "dark"])
def test_ink_goes_from_the_panel_to_the_ink(theme, dressed):
    picture = np.array([[0.0, 1.0, 2.0], [0.0, 0.5, -1.0]], dtype=np.float32)
    found = colours_of(ink_pixmap(picture, ink_table(theme)))
    paper, ink = (np.array(rgb(QColor(c))) for c in (theme.panel, theme.ink))
    np.testing.assert_array_equal(found[0], [paper, ink, ink])
    np.testing.assert_array_equal(found[1, [0, 2]], [paper, paper])
    between = found[1, 1]
    assert (np.minimum(paper, ink) < between).all() and (between < np.maximum(paper, ink)).all()


@pytest.mark.parametrize("theme", [look.LIGHT, look.DARK], ids=["light", "dark"])
def test_signed_numbers_take_the_colours_of_their_scale(theme, dressed):
    values = np.array([[-2.0, 0.0, 1.0, 2.0, np.nan]], dtype=np.float32)
    found = colours_of(signed_pixmap(values, 2.0, signed_table(theme)))[0]
    colours = look.signed_map(theme)
    middle = len(colours) // 2
    np.testing.assert_array_equal(found, colours[[0, middle, middle * 3 // 2, -1, middle]])


def test_a_framed_picture_fills_its_rectangle_whatever_its_pixels_are(show_view, pixels):
    widget = Framed()
    show_view(widget, 120, 100)
    for size in (2, 8):
        black = np.ones((size, size), dtype=np.float32)
        widget.picture.show(ink_pixmap(black, ink_table(look.LIGHT)))
        seen = pixels(widget)
        assert seen[20:80, 20:80].max() < 60 and seen[:5].min() > 240 and seen[95:].min() > 240
    widget.picture.clear()
    assert pixels(widget)[20:80, 20:80].min() > 240
