"""Pictures from outside on the pad: opened, dropped or pasted; read on the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Signal
from PySide6.QtGui import QImage

from core.data.digits.drawing import DigitPreprocessing
from core.data.pictures.cleaning import Cleaning
from core.data.pictures.kinds import looks_like_picture
from core.errors import DataError
from core.language import mark, tr
from core.number_format import format_integer
from gui.stage.draw.drawing import Drawing
from gui.state.background_tasks import Background

if TYPE_CHECKING:  # Pillow is imported when the first picture is read
    from core.data.pictures.reading import PictureReading

Picture = NDArray[np.float32]
Question = tuple[Picture, DigitPreprocessing, Cleaning]

OPEN, READ = "open picture", "read picture"  # keys of the background

PASTED = mark("pasted picture")
DROPPED = mark("dropped picture")
MAX_PIXELS = 2**25  # of a picture on the clipboard


def picture_file(mime: QMimeData) -> Path | None:
    """Return the local file if there is exactly one and it is a picture, else None."""
    urls = mime.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if looks_like_picture(path) else None


def has_picture(mime: QMimeData | None) -> bool:
    """Return whether a drag or the clipboard holds a picture."""
    return mime is not None and (mime.hasImage() or picture_file(mime) is not None)


class PhotoReader(QObject):
    """Puts pictures on a drawing, and finds the digit in them; neither on the window's thread.

    read : the reading is known that was asked for.
    failed : what kept a picture from being read, for the user.
    """

    read = Signal()
    failed = Signal(str)

    def __init__(self, drawing: Drawing, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._drawing, self._background = drawing, background
        self._asked: Question | None = None
        self._known: tuple[Picture, PictureReading] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a picture is being opened or read."""
        return any(map(self._background.is_busy, (OPEN, READ)))

    def take(self, mime: QMimeData, name: str) -> bool:
        """Put the picture of a drop or the clipboard on the drawing; return whether there is one.

        name : of a picture that is no file.
        """
        path = picture_file(mime)
        if path is not None:
            self.open(path)
            return True
        if not mime.hasImage():
            return False
        image = mime.imageData()
        if not isinstance(image, QImage):  # a pixmap, of a drag within the program
            image = image.toImage() if image is not None else QImage()
        self._take_image(image, name)
        return True

    def open(self, path: Path) -> None:
        """Put a picture file on the drawing."""

        def work() -> Picture:
            from core.data.pictures import decode

            return decode.read(path)

        self._ask(work, path.name)

    def _take_image(self, image: QImage, name: str) -> None:
        if image.isNull():
            self.failed.emit(
                tr(
                    "The {picture} cannot be read; save it as a PNG file and open that.",
                    picture=tr(name),
                )
            )
            return
        if image.width() * image.height() > MAX_PIXELS:
            self.failed.emit(
                tr(
                    "The {picture} has {width} × {height} pixels; at most {n} million can be read. "
                    "Make it smaller.",
                    picture=tr(name),
                    width=format_integer(image.width()),
                    height=format_integer(image.height()),
                    n=f"{MAX_PIXELS / 1e6:.0f}",
                )
            )
            return

        def work() -> Picture:
            from core.data.pictures import decode

            buffer = QBuffer()
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            image.save(buffer, "PNG", 100)  # type: ignore[call-overload]  # not compressed
            return decode.decode(bytes(buffer.data().data()), tr(name))

        self._ask(work, name)

    def _ask(self, work: Callable[[], Picture], name: str) -> None:
        def failed(error: BaseException) -> None:
            if not isinstance(error, DataError):
                raise error
            self.failed.emit(str(error))

        self._background.ask(OPEN, work, lambda grey: self._drawing.put_photo(grey, name), failed)

    def reading(
        self, photo: Picture, recipe: DigitPreprocessing, cleaning: Cleaning
    ) -> PictureReading | None:
        """Return how a photo is read; None for now, and `read` follows, if that is not known."""
        asked = photo, recipe, cleaning
        if self._asked is None or self._asked[0] is not photo or self._asked[1:] != asked[1:]:
            self._asked = asked

            def work() -> PictureReading:
                from core.data.pictures.reading import read_digit

                return read_digit(photo, recipe, cleaning)

            self._background.ask(READ, work, lambda found: self._take(asked, found))
        if self._known is not None and self._known[0] is photo:
            return self._known[1]  # of the settings before, until the new one is there
        return None

    def _take(self, asked: Question, found: PictureReading) -> None:
        if self._asked is asked:
            self._known = asked[0], found
            self.read.emit()
