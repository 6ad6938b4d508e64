"""The training settings, and the field that each of them uses wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from core.config import MAX_COUNT, MAX_SEED, TrainingConfig
from core.language import localised, mark, tr
from core.optimiser_family import OPTIMISERS
from gui.kit.fields.choices import Choice
from gui.kit.fields.numbers import BatchField, CountField, NotchField

BY_THEMSELVES = tuple(rule.title for rule in OPTIMISERS.values() if rule.decouples_decay)
SCHEDULES = (
    *((mark("constant"), "constant"), (mark("halved"), "step")),
    *((mark("cosine"), "cosine"), ("1/t", "1/t")),
)
# What descends the loss: of no use to a model that is counted.
OF_DESCENT = (
    *("learning_rate", "optimiser", "momentum", "schedule", "weight_decay", "l1"),
    *("epochs", "tolerance", "patience"),
)
MOMENTA = (0.5, 0.8, 0.9, 0.95, 0.99)


class OptimiserChoice(Choice):
    """Choice of the optimiser; the tool tip explains it with its formula."""

    def __init__(self) -> None:
        super().__init__()
        rows = [(tr(rule.title), rule.name) for rule in OPTIMISERS.values()]
        self.set_options(rows, TrainingConfig().optimiser)

    def show_value(self, value: object) -> None:
        super().show_value(value)
        rule = next(rule for rule in OPTIMISERS.values() if rule.name == value)
        self.setToolTip(f"{tr(rule.words)}\n{tr(rule.formula)}")


class MomentumChoice(Choice):
    """Choice among usual momenta, and the current value if it is another."""

    def show_value(self, value: object) -> None:
        assert isinstance(value, float | int)
        self.set_options(
            [(localised(f"{number:g}"), number) for number in sorted({*MOMENTA, value})], value
        )


class ScheduleChoice(Choice):
    """Choice of how the learning rate falls over the epochs."""

    def __init__(self) -> None:
        super().__init__()
        self.set_options([(tr(text), value) for text, value in SCHEDULES], "constant")


class ClassWeightChoice(Choice):
    """Choice of what each class counts in the loss."""

    def __init__(self) -> None:
        super().__init__()
        self.set_options(((tr("all rows alike"), "none"), (tr("balanced"), "balanced")), "none")


class PatienceField(CountField):
    """Epochs without improvement after which to stop; 0 is shown as “never”."""

    def __init__(self) -> None:
        super().__init__(0, MAX_COUNT, notches=True)
        self.setSpecialValueText(tr("never"))


SettingField = NotchField | CountField | Choice
F = TypeVar("F", bound=SettingField)


@dataclass(frozen=True)
class Setting(Generic[F]):
    """A setting of TrainingConfig.

    name : its name in the config; label, tip : of its field.
    make : creates a field, which emits `chosen` with a config value and shows one by
        `show_value`.
    is_live : a change applies during a run; else it begins a new run.
    """

    name: str
    label: str
    tip: str
    make: Callable[[], F]
    is_live: bool = True


LEARNING_RATE = Setting(
    "learning_rate",
    mark("learning rate <i>η</i>"),
    mark("Step size of gradient descent; applies while it runs. Keys [ and ]"),
    lambda: NotchField(1e-6, 1e30),
)
OPTIMISER = Setting(
    "optimiser", mark("optimiser"), mark("The rule of the update"), OptimiserChoice, is_live=False
)
MOMENTUM = Setting(
    "momentum",
    mark("momentum <i>μ</i>"),
    mark("Share of the velocity that stays from update to update; applies while it runs"),
    MomentumChoice,
)
SCHEDULE = Setting(
    "schedule",
    mark("<i>η</i> over epochs"),
    mark("Constant; halved after each quarter of the epochs; a cosine down to 0; or 1/t"),
    ScheduleChoice,
    is_live=False,
)
BATCH_SIZE = Setting(
    "batch_size",
    mark("batch size"),
    mark("Examples per update, up to full; applies while it runs"),
    BatchField,
)
WEIGHT_DECAY = Setting(
    "weight_decay",
    mark("weight decay <i>λ</i>"),
    mark(
        "Penalty (λ/2)·‖W‖², but with {rules} no part of the loss: each update shrinks the weights "
        "by ηλ. Biases spared; applies while it runs"
    ),
    lambda: NotchField(1e-6, 1e6, zero=True),
)
L1 = Setting(
    "l1",
    mark("L1 penalty <i>λ₁</i>"),
    mark(
        "Penalty λ₁·Σ|w|: a proximal step, the soft threshold, sets weights to exactly 0. Biases "
        "spared; applies while it runs"
    ),
    lambda: NotchField(1e-6, 1e6, zero=True),
)
CLASS_WEIGHT = Setting(
    "class_weight",
    mark("class weights"),
    mark(
        "Balanced: an example counts n / (h nᵢ) in the loss, so that the rows of a rare class "
        "count as much as those of a frequent one"
    ),
    ClassWeightChoice,
    is_live=False,
)
EPOCHS = Setting(
    "epochs",
    mark("stop after epochs"),
    mark("Train for so many passes over the data"),
    lambda: CountField(1, MAX_COUNT, notches=True),
)
TOLERANCE = Setting(
    "tolerance",
    mark("or loss changes <"),
    mark(
        "Stop as converged when the training loss changes by less than this per epoch, "
        "over five epochs; 0 never stops early"
    ),
    lambda: NotchField(1e-9, 1.0, zero=True),
)
PATIENCE = Setting(
    "patience",
    mark("or no better for"),
    mark(
        "Stop early when the validation loss has not fallen for so many epochs, and return to the "
        "epoch with the least"
    ),
    PatienceField,
)
SEED = Setting(
    "seed",
    mark("training seed"),
    mark("Decides a random start and every shuffle"),
    lambda: CountField(0, MAX_SEED),
    is_live=False,
)
DEVICE = Setting(
    "device", mark("device"), mark("Where the model is trained"), Choice, is_live=False
)


def tip_of(setting: Setting[F]) -> str:
    """Return the tool tip of a setting, in the language of the window."""
    if setting.name != WEIGHT_DECAY.name:
        return tr(setting.tip)
    return tr(setting.tip, rules=tr(" and ").join(map(tr, BY_THEMSELVES)))


def with_change(settings: TrainingConfig, name: str, value: object) -> TrainingConfig:
    """Return the settings with a new value of this name, for a new run.

    A new optimiser keeps the learning rate; one of second order gets its full step, η = 1.
    """
    changed = replace(settings, **{name: value})  # type: ignore[arg-type]
    is_whole_step = name == "optimiser" and changed.rule.is_second_order
    return replace(changed, learning_rate=1.0) if is_whole_step else changed
