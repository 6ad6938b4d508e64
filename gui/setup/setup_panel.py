"""The set-up column: the cards of data, model and training, one below the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from core.data.task import Task
from gui.setup.data_card import DataCard
from gui.setup.model_card import ModelCard
from gui.setup.training_card import TrainingCard

SCROLL_BAR_PX = 10


class SetupPanel(QScrollArea):
    """All that a run is set up with; each card says by itself what is wanted instead."""

    def __init__(self) -> None:
        super().__init__()
        self.data, self.model, self.training = DataCard(), ModelCard(), TrainingCard()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QWidget()
        column.setObjectName("column")
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for card in (self.data, self.model, self.training):
            layout.addWidget(card)
        layout.addStretch(1)
        self.setWidget(column)
        self.setMinimumWidth(column.minimumSizeHint().width() + SCROLL_BAR_PX)

    def show_task(self, task: Task) -> None:
        """Show how a run is set up, but for the settings that may change while it runs."""
        for card in (self.data, self.model, self.training):
            card.show_task(task)
