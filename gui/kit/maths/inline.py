"""Formulae within rich text: pictures whose baseline is that of the words around them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter

from core.teach.formulae import in_words
from gui.kit.maths.formula import picture

Inline = Callable[[str], str]  # a formula as LaTeX to HTML
PX_OF_POINT = 4 / 3 * 1.06  # a formula's size beside words of this size


def plainly(latex: str) -> str:
    """Return a formula as a line of text, for what shows no pictures."""
    return escape(in_words(latex))


def typeset_in(font: QFont, ink: str, ratio: float) -> Inline:
    """Return what sets formulae among words of this font and colour; in words if it cannot.

    ratio : device pixels per logical pixel.
    """

    def html(latex: str) -> str:
        try:
            return _picture(latex, font, ink, ratio)
        except Exception:  # the typesetter's, for what its parser does not understand
            return plainly(latex)

    return html


def _picture(latex: str, font: QFont, ink: str, ratio: float) -> str:
    """Return the formula as an image.

    `gui.kit.maths.words` puts the lower edge of an image as deep as the font's descent below the
    baseline, or else its middle on the baseline: the image is made higher until one of both fits.
    """
    shown = picture(latex, font.pointSizeF() * PX_OF_POINT, ink)
    depth = QFontMetricsF(font).descent()
    above, below = shown.above, shown.size.height() - shown.above
    is_shallow = below <= depth
    if is_shallow:
        below = depth
    else:
        above = below = max(above, below)
    width, height = round(shown.size.width() + 1), round(above + below)
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    shown.paint(painter, QPointF(0, above - shown.above))
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs lack devices
    place = "" if is_shallow else ' style="vertical-align: middle"'
    return (
        f'<img src="data:image/png;base64,{b64encode(bytes(data.data())).decode()}"'
        f' width="{width}" height="{height}"{place}/>'
    )
