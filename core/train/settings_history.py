"""The settings that can be changed while a model trains, and their history.

A change is a mark on the curves, “η 0.1 → 0.3”, from which the earlier setting can be recovered.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.config import RunConfig, TrainingConfig
from core.errors import ConfigError
from core.language import localised, mark, tr
from core.train.history import Curves, Mark

NEVER = 2**62  # a step beyond any run
SYMBOLS = {
    "learning_rate": "η",
    "batch_size": mark("batch"),
    "weight_decay": "λ",
    "l1": "λ₁",
    "momentum": "μ",
}
TUNABLE = (*SYMBOLS, "epochs", "tolerance", "patience")
_CHANGE = re.compile(r"(\S+) (\S+) → (\S+)$")


def with_changes(settings: TrainingConfig, **changes: float | int | None) -> TrainingConfig:
    """Return the settings with these changes.

    Raises ConfigError for a setting that cannot change during training, and for an invalid value.
    """
    unknown = set(changes) - set(TUNABLE)
    if unknown:
        names = ", ".join(sorted(unknown))
        raise ConfigError(tr("{names} cannot change while a model trains.", names=names))
    return replace(settings, **changes)  # type: ignore[arg-type]  # TrainingConfig validates them


def tuned(config: RunConfig, **changes: float | int | None) -> RunConfig:
    """Return the config with these changes of its training settings.

    Raises ConfigError also for what the rest rejects: not every optimiser takes every penalty.
    """
    return replace(config, training=with_changes(config.training, **changes))


def changes_between(before: TrainingConfig, now: TrainingConfig) -> dict[str, float | int | None]:
    """Return the tunable settings that differ, with their new values."""
    pairs = ((name, getattr(before, name), getattr(now, name)) for name in TUNABLE)
    return {name: new for name, old, new in pairs if new != old}


def marks_between(before: TrainingConfig, now: TrainingConfig, step: int) -> Iterator[Mark]:
    """Yield a mark for each change that affects the updates."""
    for name in changes_between(before, now):
        if name in SYMBOLS:
            old, new = _describe(getattr(before, name)), _describe(getattr(now, name))
            yield Mark(step, f"{SYMBOLS[name]} {old} → {new}")


def mark_words(text: str) -> str:
    """Return the text of a mark as users read it; the text itself is stored, and read again."""
    found = _CHANGE.match(text)
    if found is None:
        return tr(text)
    name, old, new = found[1], found[2], found[3]
    before, after = (tr("full") if value == "full" else localised(value) for value in (old, new))
    return f"{tr(name)} {before} → {after}"


def first_settings(settings: TrainingConfig, curves: Curves) -> TrainingConfig:
    """Return the settings at the start of a run: every change after step 0 is undone."""
    names = {symbol: name for name, symbol in SYMBOLS.items()}
    for each in reversed(curves.marks):
        found = _CHANGE.match(each.text)
        if each.step > 0 and found and found[1] in names:
            name, old = names[found[1]], found[2]
            value = (None if old == "full" else int(old)) if name == "batch_size" else float(old)
            settings = replace(settings, **{name: value})  # type: ignore[arg-type]
    return settings


def _describe(value: float | int | None) -> str:
    """Return a value as text, from which it can be read again to the bit."""
    if value is None:
        return "full"
    if isinstance(value, int):
        return str(value)
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


@dataclass(frozen=True)
class ActiveSettings:
    """What determines the updates from some step on, besides the weights.

    level : the reference cost for divergence; see `core.train.health`.
    begins_anew : whether the losses of the stopping rules are cleared at that step.
    """

    settings: TrainingConfig
    last_epoch: int
    level: float
    begins_anew: bool = False

    @property
    def plan(self) -> tuple[float, ...]:
        """What decides when the run ends, and over how many epochs its η falls."""
        settings = self.settings
        return settings.epochs, self.last_epoch, settings.tolerance, settings.patience


class SettingsHistory:
    """The active settings of a run, by the step from which they apply."""

    def __init__(self, step: int, active: ActiveSettings) -> None:
        self._steps, self._active = [step], [active]

    def items(self) -> tuple[tuple[int, ActiveSettings], ...]:
        """Return all settings with the step from which they apply, in order."""
        return tuple(zip(self._steps, self._active, strict=True))

    def add(self, step: int, active: ActiveSettings) -> None:
        """Apply these settings from this step on, which must be the newest of the run."""
        if self._steps[-1] == step:
            anew = self._active[-1].begins_anew or active.begins_anew
            self._active[-1] = replace(active, begins_anew=anew)
        else:
            self._steps.append(step)
            self._active.append(active)

    def at(self, step: int) -> ActiveSettings:
        """Return the settings of the update that follows this step."""
        return self._active[bisect_right(self._steps, step) - 1]

    def begins_anew(self, step: int) -> bool:
        return step in self._steps and self.at(step).begins_anew

    @property
    def has_one_plan(self) -> bool:
        """Whether the rules of its end held from the start, and it did not go on after an end."""
        first, *later = self._active
        return not any(now.begins_anew or now.plan != first.plan for now in later)

    def after(self, step: int) -> int:
        """Return the next step at which the settings changed; NEVER if there is none."""
        index = bisect_right(self._steps, step)
        return self._steps[index] if index < len(self._steps) else NEVER

    def cut(self, step: int) -> None:
        """Drop the changes after this step."""
        keep = max(bisect_right(self._steps, step), 1)
        del self._steps[keep:], self._active[keep:]
