"""Progress of a download, beside the notice, with buttons to cancel or replace it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from core.language import mark, tr

if TYPE_CHECKING:
    from core.data.mnist.progress import Progress

STEPS = 1000
BAR_PX = 96
WIDEST = mark("MNIST 88.8 of 88.8 MB · 100 % · stalled for 88 s")


class DownloadBar(QWidget):
    """Bytes, share and time left; buttons to cancel or to load the files from a folder instead."""

    cancelled = Signal()
    folder_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setAccessibleName(tr("download"))
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setFixedSize(BAR_PX, 6)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("share of the download"))
        self.folder_button = QPushButton(tr("Choose folder…"))
        self.folder_button.setToolTip(tr("Load MNIST's four files from a folder instead"))
        self.folder_button.clicked.connect(self.folder_wanted)
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setToolTip(
            tr("Stop the download; what has come is kept for another try")
        )
        self.cancel_button.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 2, 0)
        row.setSpacing(8)
        for widget in (self.words, self.bar, self.folder_button, self.cancel_button):
            row.addWidget(widget)
        self.hide()

    def show_progress(self, progress: Progress | None) -> None:
        """Show the progress at a constant width; None hides the bar."""
        if progress is None:
            self.hide()
            return
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance(tr(WIDEST)))
        self.words.setText(f"MNIST {progress.words}")
        self.words.setToolTip(tr("From {host}", host=progress.host))
        self.bar.setValue(round(STEPS * progress.share))
        self.show()
