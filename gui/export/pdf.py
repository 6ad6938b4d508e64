"""Drawings as PDF: one page of the drawing's size, shapes as paths."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter

from gui.export.drawing import Drawing

POINTS, DPI = 72, 96  # of an inch
RESOLUTION = 1200


def to_pdf(drawing: Drawing, title: str) -> bytes:
    """Return the drawing as a PDF file of one page."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("Logit Lab")
    writer.setResolution(RESOLUTION)
    points = QSizeF(drawing.size) * (POINTS / DPI)
    writer.setPageSize(
        QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    )
    writer.setPageMargins(QMarginsF())
    painter = QPainter(writer)
    painter.scale(RESOLUTION / DPI, RESOLUTION / DPI)
    drawing.paint(painter)
    painter.end()
    buffer.close()
    return bytes(data.data())
