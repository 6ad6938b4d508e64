"""Opening the gallery of generators, beside the board on which its points appear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QStyle, QWidget

from gui.control.data_editor import DataEditor
from gui.control.run_controller import RunController
from gui.window.look.theming import Appearance
from gui.window.sizes import GALLERY_DOWN, MARGIN

if TYPE_CHECKING:  # it is imported when it is first wanted
    from gui.setup.gallery import Gallery


class GalleryOpener(QObject):
    """Shows one gallery, whose points are drawn at once."""

    board_wanted = Signal()  # the points that are drawn already, in place of other data

    def __init__(
        self, window: QWidget, controller: RunController, editor: DataEditor, appearance: Appearance
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._editor = window, controller, editor
        self._appearance = appearance
        self.gallery: Gallery | None = None  # once it was wanted

    def open(self) -> None:
        """Show the gallery over the side panel, and points on the board."""
        if self.gallery is None:
            from gui.setup.gallery import Gallery

            self.gallery = Gallery(self._appearance.theme, self._window)
            self.gallery.made.connect(self._editor.draw)
        gallery, window = self.gallery, self._window
        gallery.adjustSize()
        inside = QRect(window.mapToGlobal(window.rect().topLeft()), window.size())
        room = inside.marginsRemoved(QMargins(0, GALLERY_DOWN, MARGIN, 0))
        corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        place = QStyle.alignedRect(Qt.LayoutDirection.LeftToRight, corner, gallery.size(), room)
        gallery.move(place.topLeft())
        gallery.show()
        gallery.raise_()
        if not len(self._editor.points):
            gallery.make()  # which leaves other data
        elif self._controller.config.data.source != "drawn":
            self.board_wanted.emit()

    def close(self) -> None:
        """Close it while all is there that what is being typed in it is meant for."""
        if self.gallery is not None:
            self.gallery.close()
