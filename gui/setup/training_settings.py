"""The settings of training, and the field that each of them has wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from core.config import MAX_COUNT, MAX_SEED, SECOND_ORDER, TrainingConfig
from gui.kit.fields.choices import Choice
from gui.kit.fields.numbers import BatchField, CountField, NotchField

OPTIMISERS = (  # words, name, the update
    ("SGD", "sgd", "θ ← θ − η g"),
    ("momentum", "momentum", "v ← μ v + g;  θ ← θ − η v"),
    ("Nesterov", "nesterov", "v ← μ v + g;  θ ← θ − η (g + μ v)"),
    ("RMSProp", "rmsprop", "s ← 0.99 s + 0.01 g²;  θ ← θ − η g / (√s + ε)"),
    ("Adam", "adam", "v ← 0.9 v + 0.1 g;  s ← 0.999 s + 0.001 g²;  θ ← θ − η v̂ / (√ŝ + ε)"),
    ("Newton", "newton", "θ ← θ − η H⁻¹ g with the Hessian H of all rows; η = 1 is the full step"),
    ("L-BFGS", "lbfgs", "θ ← θ − η B g, B learnt from the last ten steps, on all rows"),
)
SCHEDULES = (("constant", "constant"), ("halved", "step"), ("cosine", "cosine"), ("1/t", "1/t"))
MOMENTA = (0.5, 0.8, 0.9, 0.95, 0.99)


class OptimiserChoice(Choice):
    """The rule of the update; the tip of the field is its formula."""

    def __init__(self) -> None:
        super().__init__()
        self.offer([(words, name) for words, name, _ in OPTIMISERS], "sgd")

    def show_value(self, value: object) -> None:
        super().show_value(value)
        self.setToolTip({name: update for _, name, update in OPTIMISERS}[str(value)])


class MomentumChoice(Choice):
    """Some numbers that are usual; another one that applies is among them."""

    def show_value(self, value: object) -> None:
        assert isinstance(value, float | int)
        self.offer([(f"{number:g}", number) for number in sorted({*MOMENTA, value})], value)


class ScheduleChoice(Choice):
    """How the learning rate falls by epochs."""

    def __init__(self) -> None:
        super().__init__()
        self.offer(SCHEDULES, "constant")


class PatienceField(CountField):
    """After how many epochs without a better one to stop; 0 reads “never”."""

    def __init__(self) -> None:
        super().__init__(0, MAX_COUNT, notches=True)
        self.setSpecialValueText("never")


SettingField = NotchField | CountField | Choice
F = TypeVar("F", bound=SettingField)


@dataclass(frozen=True)
class Setting(Generic[F]):
    """A value of TrainingConfig.

    name : in the config; label, tip : of its field.
    make : makes a field, which says `chosen` with a value of the config, and takes one by
        `show_value`.
    is_live : it applies while it runs; else a change of it begins a new run.
    """

    name: str
    label: str
    tip: str
    make: Callable[[], F]
    is_live: bool = True


LEARNING_RATE = Setting(
    "learning_rate",
    "learning rate <i>η</i>",
    "Step size of gradient descent; applies while it runs. Keys [ and ]",
    lambda: NotchField(1e-6, 1e30),
)
OPTIMISER = Setting(
    "optimiser", "optimiser", "The rule of the update", OptimiserChoice, is_live=False
)
MOMENTUM = Setting(
    "momentum",
    "momentum <i>μ</i>",
    "Share of the velocity that stays from update to update; applies while it runs",
    MomentumChoice,
)
SCHEDULE = Setting(
    "schedule",
    "<i>η</i> over epochs",
    "Constant; halved after each quarter of the epochs; a cosine down to 0; or 1/t",
    ScheduleChoice,
    is_live=False,
)
BATCH_SIZE = Setting(
    "batch_size",
    "batch size",
    "Examples per update, up to full; applies while it runs",
    BatchField,
)
WEIGHT_DECAY = Setting(
    "weight_decay",
    "weight decay <i>λ</i>",
    "Penalty (λ/2)·‖W‖², biases spared; applies while it runs",
    lambda: NotchField(1e-6, 1e6, zero=True),
)
L1 = Setting(
    "l1",
    "L1 penalty <i>λ₁</i>",
    "Penalty λ₁·Σ|w|, which drives weights to 0, biases spared; applies while it runs",
    lambda: NotchField(1e-6, 1e6, zero=True),
)
EPOCHS = Setting(
    "epochs",
    "stop after epochs",
    "Train for so many passes over the data",
    lambda: CountField(1, MAX_COUNT, notches=True),
)
TOLERANCE = Setting(
    "tolerance",
    "or loss changes <",
    "Stop as converged when the training loss changes by less than this per epoch, "
    "over five epochs; 0 never stops early",
    lambda: NotchField(1e-9, 1.0, zero=True),
)
PATIENCE = Setting(
    "patience",
    "or no better for",
    "Stop early when the validation loss has not fallen for so many epochs, and return to the "
    "epoch with the least",
    PatienceField,
)
SEED = Setting(
    "seed",
    "seed",
    "Decides a random start and every shuffle",
    lambda: CountField(0, MAX_SEED),
    is_live=False,
)
DEVICE = Setting("device", "device", "Where the model is trained", Choice, is_live=False)


def with_change(settings: TrainingConfig, name: str, value: object) -> TrainingConfig:
    """Return the settings with another value of this name, for a new run.

    Another optimiser starts at the learning rate that is set, one of second order at its full
    step, η = 1.
    """
    if name == "optimiser" and value in SECOND_ORDER:
        settings = replace(settings, learning_rate=1.0)
    return replace(settings, **{name: value})  # type: ignore[arg-type]
