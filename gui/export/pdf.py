"""Drawings as PDF: one page of the drawing's size, shapes as paths."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter

from gui.export.drawing import Drawing

POINTS, DPI = 72, 96  # of an inch
RESOLUTION = 1200


@contextmanager
def written(title: str, resolution: int) -> Iterator[tuple[QPdfWriter, QByteArray]]:
    """Write a PDF file into memory; the bytes are all there once this is left.

    resolution : dots per inch.
    """
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("Logit Lab")
    writer.setResolution(resolution)
    yield writer, data
    buffer.close()


def to_pdf(drawing: Drawing, title: str) -> bytes:
    """Return the drawing as a PDF file of one page."""
    points = QSizeF(drawing.size) * (POINTS / DPI)
    with written(title, RESOLUTION) as (writer, data):
        writer.setPageSize(
            QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        )
        writer.setPageMargins(QMarginsF())
        painter = QPainter(writer)
        painter.scale(RESOLUTION / DPI, RESOLUTION / DPI)
        drawing.paint(painter)
        painter.end()
    return bytes(data.data())
