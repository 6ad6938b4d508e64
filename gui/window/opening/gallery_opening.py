"""Opening of the gallery of generators, beside the board that shows its points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QStyle, QWidget

from gui.control.data_editor import DataEditor
from gui.control.run_controller import RunController
from gui.window.look.theming import Appearance
from gui.window.sizes import GALLERY_DOWN, MARGIN

if TYPE_CHECKING:  # the gallery is imported when first needed
    from gui.setup.gallery import Gallery


class GalleryOpener(QObject):
    """Shows one gallery, whose points become the drawn points at once."""

    board_wanted = Signal()  # show the drawn points instead of other data

    def __init__(
        self, window: QWidget, controller: RunController, editor: DataEditor, appearance: Appearance
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._editor = window, controller, editor
        self._appearance = appearance
        self.gallery: Gallery | None = None  # created when first opened

    def open(self) -> None:
        """Show the gallery over the side panel, and drawn points on the board."""
        if self.gallery is None:
            from gui.setup.gallery import Gallery

            self.gallery = Gallery(self._appearance.theme, self._window)
            self.gallery.made.connect(self._editor.draw)
        gallery, window = self.gallery, self._window
        gallery.adjustSize()
        inside = QRect(window.mapToGlobal(window.rect().topLeft()), window.size())
        available = inside.marginsRemoved(QMargins(0, GALLERY_DOWN, MARGIN, 0))
        corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        geometry = QStyle.alignedRect(
            Qt.LayoutDirection.LeftToRight, corner, gallery.size(), available
        )
        gallery.move(geometry.topLeft())
        gallery.show()
        gallery.raise_()
        if not len(self._editor.points):
            gallery.make()  # this replaces other data by the points
        elif self._controller.config.data.source != "drawn":
            self.board_wanted.emit()

    def close(self) -> None:
        """Close the gallery while the receivers of an edit pending in one of its fields exist."""
        if self.gallery is not None:
            self.gallery.close()
