"""The three columns: set-up, stage, side panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from gui.window.settings import Settings
from gui.window.sizes import GAP, LEAST_WIDTH, SETUP_WIDTH, SIDE_SHARE, SIDE_WIDTHS

NAME = "columns"  # among the settings


class Columns(QSplitter):
    """Shares the width out, until the person does; a narrow window leaves more to the stage."""

    def __init__(self, setup: QWidget, stage: QWidget, side_panel: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._is_set_by_hand = False
        for i, (widget, stretch) in enumerate(((setup, 0), (stage, 1), (side_panel, 0))):
            self.addWidget(widget)
            self.setStretchFactor(i, stretch)
        stage.setMinimumWidth(LEAST_WIDTH)  # the others know their own
        self.setHandleWidth(GAP)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._take_note)

    def _take_note(self) -> None:
        self._is_set_by_hand = True

    def share(self, width: int) -> None:
        """Share the width of the window, in pixels."""
        if not self._is_set_by_hand:
            least, most = SIDE_WIDTHS
            right = min(max(int(SIDE_SHARE * width), least), most)
            self.setSizes([SETUP_WIDTH, width - SETUP_WIDTH - right, right])

    def restore(self, settings: Settings) -> None:
        """Be as the person left them."""
        self._is_set_by_hand = settings.restore_shares(NAME, self)

    def save(self, settings: Settings) -> None:
        if self._is_set_by_hand:
            settings.set(NAME, self.saveState())
