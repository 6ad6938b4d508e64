"""Pictures as PNG: encoded in memory, written completely or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from core.errors import SaveError
from core.files import writing_bytes, writing_together
from core.language import tr

FORBIDDEN_IN_NAMES = '/\\:*?"<>|'  # by at least one operating system


def write_png(image: QImage, path: Path) -> None:
    """Write a picture. Raises SaveError."""
    data = _encoded(image, path)
    with writing_bytes(path) as file:
        file.write(data)


def write_pngs(
    X: NDArray[np.uint8], labels: list[str], shape: tuple[int, int], scale: float, path: Path
) -> None:
    """Write each picture of X (n, rows · columns), 0 … scale, as NAME-number-class.png.

    `path` gives folder and NAME. All are written or none. Raises SaveError.
    """
    rows, columns = shape
    with writing_together() as together:
        for number, (x, label) in enumerate(zip(X, labels, strict=True), start=1):
            grey = np.rint(x * (255 / scale)).astype(np.uint8)
            image = QImage(grey.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
            target = path.with_name(f"{path.stem}-{number}-{_in_names(label)}.png")
            with together.open(target) as file:
                file.write(_encoded(image, target))


def _encoded(image: QImage, path: Path) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]  # the stubs lack devices
        raise SaveError(
            tr("{path} is not written: there is not enough free memory for the picture.", path=path)
        )
    return bytes(data.data())


def _in_names(label: str) -> str:
    """Return a class name without characters that a file name cannot have."""
    return "".join(
        "_" if letter in FORBIDDEN_IN_NAMES or not letter.isprintable() else letter
        for letter in label
    )
