"""Signed numbers as a picture of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPixmap

from gui.kit import theme as look


def signed_pixmap(values: NDArray[np.float32], scale: float, colours: NDArray[np.uint8]) -> QPixmap:
    """Return values (rows, columns), −scale … +scale, in these colours, (steps, 3)."""
    middle = len(colours) // 2
    pixels = np.ascontiguousarray(colours[look.signed_levels(values, scale, middle) + middle])
    rows, columns = values.shape
    image = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image.copy())  # a pixmap of the image itself would use its memory
