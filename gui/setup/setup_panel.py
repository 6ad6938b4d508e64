"""The set-up column: the cards of data, model and training, from top to bottom."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from core.data.task import Task
from gui.kit import zoom
from gui.setup.data_card import DataCard
from gui.setup.model_card import ModelCard
from gui.setup.training_card import TrainingCard

SCROLL_BAR_PX = 10


class SetupPanel(QScrollArea):
    """All settings of a run; each card emits the user's changes itself."""

    def __init__(self) -> None:
        super().__init__()
        self.data, self.model, self.training = DataCard(), ModelCard(), TrainingCard()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column = column = QWidget()
        column.setObjectName("column")
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for card in (self.data, self.model, self.training):
            layout.addWidget(card)
        layout.addStretch(1)
        self.setWidget(column)

    def minimumSizeHint(self) -> QSize:
        """Return the width that the cards need at the current zoom: nothing scrolls sideways."""
        cards = self._column.minimumSizeHint().width()
        return QSize(cards + zoom.px(SCROLL_BAR_PX), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), super().sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the cards' width may have changed
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def show_task(self, task: Task) -> None:
        """Show a task's settings, except the training settings that apply during a run."""
        for card in (self.data, self.model, self.training):
            card.show_task(task)
