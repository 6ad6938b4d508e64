"""Views as pictures: into a file, whose ending says the format, or onto the clipboard."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from core.errors import SaveError
from core.files import writing_bytes
from core.language import mark, tr
from gui.control.file_writes import Writes
from gui.export.drawing import Drawing
from gui.export.pdf import to_pdf
from gui.export.svg import as_png, to_svg
from gui.kit.described import is_covered
from gui.window.export.exposure import Exposure, Request
from gui.window.export.picture_dialog import DEFAULT_SCALE, PictureDialog
from gui.window.export.subjects import Subjects
from gui.window.export.targets import Format, ask
from gui.window.settings import Settings

PNG, SVG, PDF = (
    Format(".png", mark("PNG picture")),
    Format(".svg", mark("SVG drawing")),
    Format(".pdf", mark("PDF page")),
)
SVG_TYPE = "image/svg+xml"


class Pictures(QObject):
    """Asks what to picture, and writes it on the background."""

    said = Signal(str)  # message for the user

    def __init__(
        self,
        window: QWidget,
        subjects: Subjects,
        exposure: Exposure,
        writes: Writes,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window, self._subjects, self._exposure = window, subjects, exposure
        self._writes, self._settings = writes, settings
        self.dialog: PictureDialog | None = None

    def open(self, name: str = "") -> None:
        """Open the dialog, with this view or the one on the stage."""
        if self.dialog is None:
            self.dialog = dialog = PictureDialog(self._window)
            dialog.changed.connect(self._draw)
            dialog.save_wanted.connect(self._save)
            dialog.copy_wanted.connect(lambda drawing: self._copy(drawing, dialog.scale))
            dialog.closed.connect(self._exposure.cancel)
        self.dialog.open()
        self.dialog.offer(self._subjects.names, name or self._subjects.current)

    def copy(self, name: str = "") -> None:
        """Copy this view, or the one on the stage, as it is shown."""
        name = name or self._subjects.current

        view = self._subjects.view(name)

        def take(drawing: Drawing) -> None:
            self._copy(drawing, DEFAULT_SCALE)
            if is_covered(view):
                self.said.emit(tr("The picture is on the clipboard, with “?” for covered numbers."))

        self._exposure.take(
            Request(
                view,
                is_light=False,
                title=partial(self._subjects.title, name),
                answer=take,
            )
        )

    def _draw(self) -> None:
        dialog = self.dialog
        assert dialog is not None
        name = dialog.view
        title = partial(self._subjects.title, name) if dialog.has_title else str
        view = self._subjects.view(name)
        controls = dialog.has_controls

        def show(drawing: Drawing) -> None:
            dialog.show_drawing(drawing, is_covered=is_covered(view))

        self._exposure.take(Request(view, dialog.is_light, title, show, controls))

    def _save(self, drawing: Drawing) -> None:
        dialog = self.dialog
        assert dialog is not None
        stem = f"logitlab-{dialog.view.lower()}"
        target = ask(dialog, self._settings, tr("Save the picture"), stem, (PNG, SVG, PDF))
        if target is None:
            return
        path, kind = target
        title, scale = self._subjects.title(dialog.view), dialog.scale

        def work() -> str:
            write(drawing, path, kind, scale, title)
            return tr("Saved {path}.", path=path)

        self._writes.write(path.name, work)
        dialog.accept()

    def _copy(self, drawing: Drawing, scale: float) -> None:
        """Put the drawing on the clipboard: as pixels, and as SVG for programs that take it."""
        data = QMimeData()
        data.setImageData(drawing.image(scale))
        data.setData(SVG_TYPE, QByteArray(to_svg(drawing, "Logit Lab")))
        QGuiApplication.clipboard().setMimeData(data)
        self.said.emit(tr("The picture is on the clipboard."))


def write(drawing: Drawing, path: Path, kind: Format, scale: float, title: str) -> None:
    """Write a drawing in the format. Raises SaveError."""
    try:
        if kind == SVG:
            data = to_svg(drawing, title)
        elif kind == PDF:
            data = to_pdf(drawing, title)
        else:
            data = as_png(drawing.image(scale))
    except MemoryError:
        raise SaveError(
            tr(
                "{path} is not written: there is not enough free memory for the picture. "
                "Choose a smaller scale.",
                path=path,
            )
        ) from None
    with writing_bytes(path) as file:
        file.write(data)
