"""The card of training: optimiser and its settings, stopping rules, seed and device."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.config import TrainingConfig
from core.data.task import Task
from core.language import mark, tr
from core.model_family import FAMILY
from gui.kit.fields.card import Card
from gui.setup import training_settings as known
from gui.setup.training_settings import F, Setting, SettingField
from gui.setup.wishes import Wishes

NEEDS_VALIDATION = mark("Needs validation rows: choose a validation share above, under Data")


class TrainingCard(Card):
    """Shows the training settings as they apply now, and asks for the user's changes."""

    def __init__(self, wishes: Wishes) -> None:
        super().__init__(tr("Training"))
        self._wishes = wishes
        self._settings = wishes.settings
        self._is_counted = False
        self._fields: dict[str, SettingField] = {}
        self._rows: dict[str, QWidget] = {}
        self.learning_rate = self._add(known.LEARNING_RATE)
        self.optimiser = self._add(known.OPTIMISER)
        self.momentum = self._add(known.MOMENTUM)
        self.schedule = self._add(known.SCHEDULE)
        self.batch_size = self._add(known.BATCH_SIZE)
        self.weight_decay = self._add(known.WEIGHT_DECAY)
        self.l1 = self._add(known.L1)
        self.class_weight = self._add(known.CLASS_WEIGHT)
        self.epochs = self._add(known.EPOCHS)
        self.tolerance = self._add(known.TOLERANCE)
        self.patience = self._add(known.PATIENCE)
        self.seed = self._add(known.SEED)
        self.device = self._add(known.DEVICE)
        self.show_devices(())

    def _add(self, setting: Setting[F]) -> F:
        field = setting.make()
        field.chosen.connect(lambda value: self._wishes.change_training(setting, value))
        self._fields[setting.name] = field
        self._rows[setting.name] = self.add_row(tr(setting.label), field, known.tip_of(setting))
        return field

    def show_task(self, task: Task) -> None:
        """Show the settings that depend on the task's rows: batch size and patience."""
        self.batch_size.set_rows(len(task.train_rows))
        self.batch_size.show_value(self._settings.batch_size)
        can_stop_early = bool(len(task.validation_rows))
        self.patience.setEnabled(can_stop_early)
        tip = tr(known.PATIENCE.tip)
        self.patience.setToolTip(tip if can_stop_early else f"{tip}. {tr(NEEDS_VALIDATION)}")
        self._is_counted = FAMILY[task.config.model.kind].is_counted
        self._show_rows()

    def show_settings(self, settings: TrainingConfig) -> None:
        """Show the settings as they apply now."""
        self._settings = settings
        for name, field in self._fields.items():
            field.show_value(getattr(settings, name))
        self._show_rows()

    def _show_rows(self) -> None:
        """Show the settings that have an effect on this kind of model, with this optimiser."""
        for name in known.OF_DESCENT:
            has_use = name != "momentum" or self._settings.rule.uses_momentum
            self._rows[name].setVisible(has_use and not self._is_counted)

    def show_devices(self, names: tuple[str, ...]) -> None:
        """Offer the available devices; hide the row unless there are several."""
        self.device.set_options(
            [(_device_name(name), name) for name in names], self._settings.device
        )
        self._rows["device"].setVisible(len(names) > 1)


def _device_name(name: str) -> str:
    return name.upper().replace(":", " ")
