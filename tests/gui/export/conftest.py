from __future__ import annotations

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

Pixels = NDArray[np.int64]


def pixels(image: QImage) -> Pixels:
    """The colours of an image on white, (rows, columns, 3)."""
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(Qt.GlobalColor.white)
    painter = QPainter(ground)
    image.setDevicePixelRatio(1)
    painter.drawImage(0, 0, image)
    painter.end()
    rows = np.frombuffer(ground.constBits(), np.uint8).reshape(ground.height(), ground.width(), 4)
    return rows[:, :, 2::-1].astype(np.int64)


@pytest.fixture
def svg_pixels():
    """Return a function that gives what Qt, which knows no clips of SVG, makes of an SVG file."""

    def render(data: bytes, size: QSize) -> Pixels:
        renderer = QSvgRenderer(QByteArray(data))
        assert renderer.isValid()
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        renderer.render(painter)
        painter.end()
        return pixels(image)

    return render


@pytest.fixture
def pdf_pixels():
    """Return a function that gives what PDFium makes of a PDF file of one page."""

    def render(data: bytes, size: QSize) -> Pixels:
        document = pypdfium2.PdfDocument(data)
        assert len(document) == 1
        page = document[0]
        shown = page.render(scale=size.width() / page.get_width()).to_numpy()
        colours = np.asarray(shown[: size.height(), : size.width(), 2::-1], dtype=np.int64)
        document.close()
        return colours

    return render


def differ(one: Pixels, other: Pixels) -> float:
    """The share of pixels, (rows, columns, 3), that differ by more than edges do."""
    return float((np.abs(one - other).max(axis=2) > 64).mean())
