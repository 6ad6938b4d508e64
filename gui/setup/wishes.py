"""What the user wants instead of the shown settings, whichever field asks for it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from core.config import TrainingConfig
from core.data.task import Task
from core.language import tr
from core.model_family import FAMILY
from gui.setup.setting_words import setting_words
from gui.setup.training_settings import F, Setting, with_change


class Wishes(QObject):
    """Turns a change of one setting into the config that is wanted; nothing if nothing changes.

    task, settings : what is shown now; the training settings are those that apply now.
    """

    data_changed = Signal(object, str)  # DataConfig, text for the undo menu
    model_changed = Signal(object, str)  # ModelConfig, text for the undo menu
    run_changed = Signal(object, str)  # TrainingConfig for a new run, text for the undo menu
    tuned = Signal(str, object)  # name of a setting that applies during a run, value

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.task: Task | None = None
        self.settings = TrainingConfig()

    def change_data(self, text: str, **changes: object) -> None:
        """Request these values of the data settings; text : what changes, for the undo menu."""
        if self.task:
            data = replace(self.task.config.data, **changes)  # type: ignore[arg-type]
            if data != self.task.config.data:
                self.data_changed.emit(data, tr("change of {what}", what=text))

    def change_features(self, names: tuple[str, ...]) -> None:
        """Request these features."""
        self.change_data(tr("features"), features=names)

    def change_model(self, text: str, **changes: object) -> None:
        """Request these values of the model's settings; text : what changes, for the undo menu."""
        if self.task:
            model = replace(self.task.config.model, **changes)  # type: ignore[arg-type]
            if model != self.task.config.model:
                self.model_changed.emit(model, tr("change of {what}", what=text))

    def change_kind(self, kind: object) -> None:
        """Request a model of this kind, keeping what it can of the current one."""
        if self.task is None or kind == self.task.config.model.kind:
            return
        model = self.task.config.model
        assert isinstance(kind, str)
        if FAMILY[kind].is_neuron and model.is_neuron:
            self.change_model(tr("model"), kind=kind)  # another neuron with the same two classes
        else:
            hidden = 0 if FAMILY[kind].is_counted else model.hidden
            self.change_model(tr("model"), kind=kind, positive=None, negative=None, hidden=hidden)

    def drop_hidden_layer(self) -> None:
        """Request the model without its hidden layer."""
        self.change_model(tr("hidden layer"), hidden=0)

    def change_classes(self, **changes: str | None) -> None:
        """Request these classes of a neuron, `positive` and `negative`."""
        if self.task is None:
            return
        model = self.task.config.model
        positive = changes.get("positive", model.positive)
        negative = changes.get("negative", model.negative)
        if positive == negative:  # choosing the other's class swaps the two
            positive, negative = (
                (positive, model.positive) if "positive" in changes else (model.negative, negative)
            )
        self.change_model(tr("classes"), positive=positive, negative=negative)

    def change_training(self, setting: Setting[F], value: object) -> None:
        """Request this value: emit `tuned` if it applies during a run, else `run_changed`."""
        if setting.is_live:
            self.tuned.emit(setting.name, value)
            return
        settings = with_change(self.settings, setting.name, value)
        if settings != self.settings:
            self.run_changed.emit(
                settings, tr("change of {what}", what=setting_words(setting.name))
            )
