"""The knobs row: what a lecture changes: model, η, batch size, λ, optimiser, features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from core.config import TrainingConfig
from core.data.defaults import changed_settings
from core.data.task import Task
from core.invisible_characters import visible
from core.language import localised, tr
from core.model_family import FAMILY
from core.train.snapshot import Snapshot
from gui.kit import layouts, zoom
from gui.kit.fields.choices import Choice
from gui.kit.flow_layout import FlowLayout
from gui.kit.labels import DOT, change_dot
from gui.kit.plain_text import as_tip
from gui.setup import training_settings as known
from gui.setup.feature_picker import FeaturePicker
from gui.setup.rate_slider import SLIDER_PX, RateSlider
from gui.setup.setting_words import setting_words
from gui.setup.training_settings import F, Setting, SettingField
from gui.state.background_tasks import Background

NARROW_PX, TIGHT_PX = 1320, 1100  # below which the defaults button is short, and the settings'
LOW_PX = 540  # height of the window, at a zoom of 100 %, below which the knobs take one row
MARGIN, GAP, LITTLE_GAP = 12, 12, 8
SPACING = 6  # within a knob
SHORT_PX = 64  # of the slider where the row is full
WAYS = range(4)  # to make room, how many of them: each comes with those before
WITHOUT_WORDS, WITHOUT_LABEL = 2, 3


class Knob(QWidget):
    """One or more fields with a label; a dot shows that the value is not the default.

    name : the setting's name in the config.
    """

    def __init__(self, name: str, label: str, tip: str, *fields: QWidget) -> None:
        super().__init__()
        self.name = name
        self._tip = tip
        self._fields = fields
        self.label = QLabel(label, self)
        self.label.setVisible(bool(label))
        self.label.setProperty("muted", True)
        self.label.setBuddy(fields[-1])
        self.dot = change_dot()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for widget in ((self.label,) if label else ()) + fields:
            row.addWidget(widget)
        row.addWidget(self.dot)
        for field in fields:
            if not field.accessibleName():  # “knob”: the panel has fields for the same settings
                field.setAccessibleName(tr("{setting}, knob", setting=setting_words(name)))
        self.show_change(False, None)

    def needed(self, *, has_label: bool) -> int:
        """Return the width in pixels that it needs with its label or without."""
        parts: list[QWidget] = [*self._fields, self.dot]
        if has_label and self.label.text():
            parts.append(self.label)
        widths = [part.sizeHint().width() for part in parts]
        return sum(widths) + SPACING * (len(widths) - 1)

    def show_change(self, is_changed: bool, default: object) -> None:
        """Show whether the value differs from the default, and in the tool tip the default."""
        self.dot.setVisible(is_changed)
        tip = self._tip
        if is_changed:
            tip = f"{tip}\n{tr('Default: {value}', value=format_value(default))}"
        for widget in (self.label, self.dot, self._fields[-1]):
            if widget.toolTip() != tip:
                widget.setToolTip(tip)


class KnobsRow(QFrame):
    """The settings that a lecture needs, as they apply now, and how many are not at default."""

    kind_chosen = Signal(object)  # ModelKind
    features_chosen = Signal(object)  # tuple of names, as DataConfig has it
    setting_changed = Signal(object, object)  # Setting, value
    defaults_wanted = Signal()
    settings_toggled = Signal(bool)  # show or hide the panel with all settings

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Settings"))
        self.setProperty("card", True)
        self._task: Task | None = None
        self._settings = TrainingConfig()
        self._changed: dict[str, object] = {}
        self._is_narrow = False  # the defaults button shows only glyphs and the count
        self._fields: dict[str, SettingField] = {}
        self.kind = Choice()
        self.kind.set_options([(tr(kind.title), kind.name) for kind in FAMILY.values()], "softmax")
        self.kind.chosen.connect(self.kind_chosen)
        self.learning_rate = self._make(known.LEARNING_RATE)
        self.rate = RateSlider()
        self.rate.chosen.connect(self.learning_rate.setValue)
        self.batch_size = self._make(known.BATCH_SIZE)
        self.weight_decay = self._make(known.WEIGHT_DECAY)
        self.optimiser = self._make(known.OPTIMISER)
        self.features = FeaturePicker()
        self.features.chosen.connect(self.features_chosen)
        self.knobs = (
            Knob("kind", "", tr("The model: which one of the family"), self.kind),
            Knob(
                "learning_rate",
                "<i>η</i>",
                tr(known.LEARNING_RATE.tip),
                self.rate,
                self.learning_rate,
            ),
            Knob("batch_size", tr("batch"), tr(known.BATCH_SIZE.tip), self.batch_size),
            Knob("weight_decay", "<i>λ</i>", known.tip_of(known.WEIGHT_DECAY), self.weight_decay),
            Knob("optimiser", "", tr(known.OPTIMISER.tip), self.optimiser),
            Knob("features", tr("features"), tr("Which features go into the model"), self.features),
        )
        self.settings_button = QToolButton()
        self.settings_button.setText(tr("⋯ All settings"))
        self.settings_button.setProperty("quiet", True)
        self.settings_button.setCheckable(True)
        self.settings_button.setAccessibleName(tr("All settings"))
        self.settings_button.setToolTip(tr("Every setting of data, model and training (Ctrl+,)"))
        self.settings_button.toggled.connect(self.settings_toggled)
        self.defaults_button = QPushButton()
        self.defaults_button.setProperty("quiet", True)
        self.defaults_button.clicked.connect(self.defaults_wanted)
        inside = QWidget()
        self._flow = FlowLayout(inside, GAP, 4)
        self._ways = 0  # to make room, now in use
        for part in (*self.knobs, self.settings_button, self.defaults_button):
            self._flow.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        for widget in (inside, self):
            widget.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 5, MARGIN, 5)
        row.addWidget(inside)
        self.show_settings(self._settings)  # until a run is known

    def _make(self, setting: Setting[F]) -> F:
        field = setting.make()
        field.chosen.connect(lambda value: self.setting_changed.emit(setting, value))
        self._fields[setting.name] = field
        return field

    # Values in --------------------------------------------------------------------------------

    def start(self, background: Background) -> None:
        """Enable the search for the limit of a stable rate."""
        self.rate.background = background

    def show_task(self, task: Task) -> None:
        """Show a new run's task."""
        self._task = task
        self._show_model(task)
        self.batch_size.set_rows(len(task.train_rows))
        self.batch_size.show_value(self._settings.batch_size)
        self.fit()
        self.rate.show_task(task)
        self._show_changes()

    def keep(self, task: Task | None, _: bool) -> None:
        """Show model and features of the shown task again: a change was refused."""
        if task is not None:
            self._show_model(task)

    def _show_model(self, task: Task) -> None:
        kind = FAMILY[task.config.model.kind]
        if self.kind.findData(kind.name) < 0:  # brought by another package, with this run
            self.kind.addItem(visible(tr(kind.title)), kind.name)
        self.kind.show_value(kind.name)
        self.kind.setToolTip(
            as_tip(
                tr("{description}. Loss: {loss}", description=tr(kind.words), loss=tr(kind.loss))
            )
        )
        if FeaturePicker.applies_to(task):
            self.features.show_task(task)

    def show_points(self, task: Task) -> None:
        """Take a task in which only a few points differ."""
        self._task = task
        self.batch_size.set_rows(len(task.train_rows))
        self.batch_size.show_value(self._settings.batch_size)
        self.rate.show_points(task)

    def show_settings(self, settings: TrainingConfig) -> None:
        """Show the training settings as they apply now."""
        self._settings = settings
        for name, field in self._fields.items():
            field.show_value(getattr(settings, name))
        self.rate.show_rate(settings.learning_rate)
        self._show_changes()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the limit of a stable rate at the run's parameters."""
        self.rate.receive_snapshot(snapshot)

    def show_panel(self, is_shown: bool) -> None:
        """Show on the button whether the panel with all settings is shown, without a signal."""
        with QSignalBlocker(self.settings_button):
            self.settings_button.setChecked(is_shown)

    @property
    def changed(self) -> dict[str, object]:
        """Defaults of all settings that are not at their default, also those without a knob."""
        return self._changed

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < zoom.px(NARROW_PX)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._show_changes()
        words = tr("⋯ All") if self.width() < zoom.px(TIGHT_PX) else tr("⋯ All settings")
        if self.settings_button.text() != words:
            self.settings_button.setText(words)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.fit)  # the knobs take their type when they are shown

    def fit(self) -> None:
        """Keep the knobs in one row where they can; in a low window hide those it cannot hold."""
        has_choice = self._task is not None and FeaturePicker.applies_to(self._task)
        shown = [knob for knob in self.knobs if knob.name != "features" or has_choice]
        if self._task is not None and FAMILY[self._task.config.model.kind].is_counted:
            shown = [knob for knob in shown if knob.name not in known.OF_DESCENT]
        full = next((ways for ways in WAYS if self._has_room(shown, ways)), None)
        if full is None and self.window().height() < zoom.px(LOW_PX):
            full = WAYS[-1]
            for knob in (*reversed(self.knobs[2:]), self.knobs[0]):  # the learning rate stays
                if self._has_room(shown, full):
                    break
                if knob in shown:
                    shown.remove(knob)
        with layouts.held(self):
            self._make_room(full or 0)  # two rows have room for all
            for knob in self.knobs:
                if knob.isHidden() is (knob in shown):
                    knob.setVisible(knob in shown)

    def _has_room(self, shown: Sequence[Knob], ways: int) -> bool:
        """Whether one row holds these knobs with that many ways to make room."""
        gap = LITTLE_GAP if ways else GAP
        buttons = self.settings_button, self.defaults_button
        widths = [button.sizeHint().width() for button in buttons]
        for knob in shown:
            widths.append(knob.needed(has_label=knob.name != "features" or ways < WITHOUT_LABEL))
            if knob.name == "learning_rate":
                widths[-1] += self.rate.needed(**_slider(ways)) - self.rate.sizeHint().width()
        return sum(widths) + gap * (len(widths) - 1) <= self.contentsRect().width() - 2 * MARGIN

    def _make_room(self, ways: int) -> None:
        """Take from what is said elsewhere too: gaps, the limit beside its mark, a label."""
        if ways == self._ways:
            return
        self._ways = ways
        self._flow.set_gap(LITTLE_GAP if ways else GAP)
        self.rate.shorten(**_slider(ways))
        self.knobs[-1].label.setVisible(ways < WITHOUT_LABEL)

    def _show_changes(self) -> None:
        self._changed = changed_settings(self._task, self._settings) if self._task else {}
        for knob in self.knobs:
            knob.show_change(knob.name in self._changed, self._changed.get(knob.name))
        count = len(self._changed)
        self.defaults_button.setEnabled(bool(count))
        if self._is_narrow:
            words = f"{DOT} {count} ⟲" if count else "⟲"
        else:
            words = tr("{n} changed", n=count) if count else tr("all at default")
            words = f"{DOT} {words} ⟲" if count else words
        self.defaults_button.setText(words)
        listed = "\n".join(
            f"{setting_words(name)}: {format_value(value)}" for name, value in self._changed.items()
        )
        self.defaults_button.setToolTip(
            f"{tr('Return to the defaults:')}\n{listed}"
            if count
            else tr("Every setting is at its default")
        )
        self.defaults_button.setAccessibleName(
            tr("{n} changed: return these settings to their defaults", n=count)
            if count
            else tr("All settings: all at default")
        )
        self.fit()


def _slider(ways: int) -> dict[str, Any]:
    """Return how the slider of the learning rate is shown with that many ways to make room."""
    return {"least": SHORT_PX if ways else SLIDER_PX, "has_words": ways < WITHOUT_WORDS}


def format_value(value: object) -> str:
    """Return a setting's value as text."""
    if value is None:
        return tr("full")
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, float):
        return localised(f"{value:g}")
    return ", ".join(map(str, value)) if isinstance(value, tuple) else tr(str(value))
