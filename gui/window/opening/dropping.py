"""What is dropped on the window: a picture for the pad, else a file or a folder to be opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QDropEvent

from core.language import mark, tr
from core.library.file_kind import is_named_as_table
from gui.window.stage.stage import Stage
from gui.window.status import StatusMessages
from gui.window.view_factory import ViewFactory

NO_PAD = mark(
    "{what} is a picture. Choose Digits 8×8 or MNIST at the left first: then a picture of a "
    "digit can be dropped, and the model reads it."
)


class Drops:
    """Opens what is dropped: a picture on the pad where there is one, else a file or a folder."""

    def __init__(
        self,
        stage: Stage,
        views: ViewFactory,
        open_file: Callable[[Path], None],
        status: StatusMessages,
    ) -> None:
        self._stage, self._views, self._open_file, self._status = stage, views, open_file, status

    def enter(self, event: QDropEvent) -> None:
        """Accept a drag that holds one file or a picture."""
        if dropped_file(event.mimeData()) or _holds_picture(event.mimeData()):
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Open one file or a picture."""
        mime = event.mimeData()
        path = dropped_file(mime)
        if not self._take(mime, tr("dropped picture")):
            if path is None:
                return
            self._open_file(path)
        event.acceptProposedAction()

    def take_picture(self, path: Path) -> None:
        """Put a picture on the pad, or say why not."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        self._take(mime, path.name)

    def _take(self, mime: QMimeData, name: str) -> bool:
        """Put a picture on the pad, or say why not; return whether there is one."""
        path = dropped_file(mime)
        if not _holds_picture(mime):
            return False
        if "Draw" in self._stage.available:
            self._views.context.show_picture_on_pad(mime, name)
        else:
            self._status.fail(tr(NO_PAD, what=path.name if path else tr("What was dropped")))
        return True


def dropped_file(mime: QMimeData) -> Path | None:
    """Return the dropped file if it is exactly one local file, else None."""
    urls = mime.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())


def _holds_picture(mime: QMimeData) -> bool:
    """Whether a picture is dropped; a file that is named as a table is none, however it begins."""
    from gui.stage.draw.photo_reader import has_picture

    path = dropped_file(mime)
    if path is not None and is_named_as_table(path):
        return False
    return has_picture(mime)
