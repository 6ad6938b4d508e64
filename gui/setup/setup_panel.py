"""The set-up column: the cards of data, model and training, from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.config import TrainingConfig
from core.data.task import Task
from core.language import tr
from gui.kit import zoom
from gui.kit.areas.scrolling import Scrolled
from gui.setup.wishes import Wishes

if TYPE_CHECKING:  # imported with the first cards
    from gui.setup.data_card import DataCard
    from gui.setup.model_card import ModelCard
    from gui.setup.training_card import TrainingCard

    Cards = tuple[DataCard, ModelCard, TrainingCard]

SCROLL_BAR_PX = 10


class SetupPanel(Scrolled):
    """All settings of a run; the cards are created when they are first shown or asked for.

    In most windows they never are, and half of the widgets of a window are theirs.
    wishes : what the user wants instead, here and in fields elsewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("All settings"))
        self.wishes = Wishes(self)
        self._devices: tuple[str, ...] = ()
        self._cards: Cards | None = None
        self._column = QWidget()
        self.setWidget(self._column)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def data(self) -> DataCard:
        return self.cards()[0]

    @property
    def model(self) -> ModelCard:
        return self.cards()[1]

    @property
    def training(self) -> TrainingCard:
        return self.cards()[2]

    def cards(self) -> Cards:
        """Return the cards, which are created now unless they are there."""
        if self._cards is None:
            from gui.setup.data_card import DataCard
            from gui.setup.model_card import ModelCard
            from gui.setup.training_card import TrainingCard

            wishes = self.wishes
            self._cards = DataCard(wishes), ModelCard(wishes), TrainingCard(wishes)
            self._lay_out(self._cards)
            self.training.show_devices(self._devices)
            self.training.show_settings(wishes.settings)
            if wishes.task is not None:
                self.show_task(wishes.task)
        return self._cards

    def _lay_out(self, cards: Cards) -> None:
        self._column.setObjectName("column")
        layout = QVBoxLayout(self._column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for card in cards:
            layout.addWidget(card)
        layout.addStretch(1)
        # Qt lets Tab reach widgets that come later last of all, and puts none behind one without
        # focus.
        before: QWidget = self
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for widget in self._column.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.window() is self.window():
                self.setTabOrder(before, widget)
                before = widget
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def setVisible(self, is_visible: bool) -> None:
        if is_visible:
            self.cards()
        super().setVisible(is_visible)

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
        self.wishes.task = task
        for card in self._cards or ():
            card.show_task(task)

    def keep(self, task: Task | None, _: bool) -> None:
        """Show the settings of the shown task again: a change was refused."""
        if task is not None:
            self.show_task(task)

    def show_settings(self, settings: TrainingConfig) -> None:
        """Show the training settings as they apply now."""
        self.wishes.settings = settings
        if self._cards:
            self.training.show_settings(settings)

    def show_devices(self, names: tuple[str, ...]) -> None:
        """Offer the available devices."""
        self._devices = names
        if self._cards:
            self.training.show_devices(names)
