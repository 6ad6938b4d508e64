"""Pictures of a data set as they look: ink on paper, grey values of light, or in colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPixmap

from core.data.dataset import Looks
from gui.kit.canvas_widgets import OPAQUE, Table, grey_pixmap, ink_pixmap, pixmap_of


def picture_pixmap(
    shares: NDArray[np.float32], shape: tuple[int, int], looks: Looks, inks: Table
) -> QPixmap:
    """Return the pixmap of pixels (rows · columns,) of 0 … 1, one pixel per value or colour.

    shape, looks : as of a `Dataset`. inks : colours of ink, see `ink_table`.
    """
    if looks == "ink":
        return ink_pixmap(shares.reshape(shape), inks)
    if looks == "grey":
        return grey_pixmap(shares.reshape(shape))
    levels = np.rint(shares.clip(0, 1) * 255).astype(np.uint32)
    red, green, blue = levels.reshape(3, shape[0] // 3, shape[1])
    return pixmap_of(OPAQUE | red << 16 | green << 8 | blue)
