"""The entries of a race: the live run, kept runs, and variants of the live run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.config import INITS, ModelConfig, RunConfig
from core.data.task import Task
from core.errors import ConfigError
from core.language import tr
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS
from core.runs.race import RaceEntry
from core.runs.run_record import Record, default_name, describe_batch_size
from gui.state.kept_runs import LIVE

RATES = (0.01, 0.1, 0.3, 3.0, 10.0, 100.0)
BATCHES = (1, 8, 32, 128, None)
PENALTIES = (0.0, 0.001, 0.01, 0.1, 1.0)
MOST_HIDDEN = 8


@dataclass(frozen=True, eq=False)
class Entry:
    """A run that enters a race: its data are those of `task`, all else is from `config`."""

    name: str
    colour: int
    task: Task
    config: RunConfig

    @classmethod
    def of(cls, record: Record) -> Entry:
        """Return an entry for a run, with its current settings."""
        config = replace(record.config, training=record.settings)
        name = default_name(config, config.training) if record.colour == LIVE else record.name
        return cls(name, record.colour, record.task, config)


def record_of(entry: Entry, task: Task, now: RaceEntry) -> Record:
    """Return an entry as a run: `task` was made for it, `now` is its current state."""
    return Record(
        name=entry.name,
        colour=entry.colour,
        task=task,
        config=task.config,
        settings=now.settings,
        curves=now.curves,
        params=now.params,
        metrics=now.metrics,
        step=now.step,
        epoch=now.epoch,
        status=now.status,
    )


Variant = tuple[str, RunConfig]  # its description and its config


def variants(config: RunConfig, classes: int) -> Iterator[tuple[str, list[Variant]]]:
    """Yield groups of variants of a config, each with its title; a group varies one setting."""
    yield "Learning rate", _rates(config)
    yield "Optimiser", _optimisers(config)
    yield "Model", _models(config, classes)
    yield "Batch", _batches(config)
    yield "Penalty λ", _penalties(config)
    if not config.model.hidden:
        yield "Start and layers", _starts_and_layers(config)


def _rates(config: RunConfig) -> list[Variant]:
    eta = config.training.learning_rate
    return _trained(
        config, [(f"η {eta * k:g}", {"learning_rate": float(f"{eta * k:.6g}")}) for k in RATES]
    )


def _optimisers(config: RunConfig) -> list[Variant]:
    others = [rule for rule in OPTIMISERS.values() if rule.name != config.training.optimiser]
    return _trained(config, [(tr(rule.title), {"optimiser": rule.name}) for rule in others])


def _models(config: RunConfig, classes: int) -> list[Variant]:
    found = []
    for kind in FAMILY.values():
        if kind.name == config.model.kind:
            continue
        of_many = " (one class against the rest)" if kind.is_neuron and classes > 2 else ""
        made = _remade(config, ModelConfig(kind=kind.name, init=config.model.init))
        if made:
            found.append((tr(kind.title) + of_many, made))
    return found


def _batches(config: RunConfig) -> list[Variant]:
    others = [size for size in BATCHES if size != config.training.batch_size]
    return _trained(
        config, [(f"batch {describe_batch_size(n)}", {"batch_size": n}) for n in others]
    )


def _penalties(config: RunConfig) -> list[Variant]:
    others = [decay for decay in PENALTIES if decay != config.training.weight_decay]
    return _trained(config, [(f"λ {decay:g}", {"weight_decay": decay}) for decay in others])


def _starts_and_layers(config: RunConfig) -> list[Variant]:
    model = config.model
    others = [(f"from {init}", replace(model, init=init)) for init in INITS if init != model.init]
    others.append((f"{MOST_HIDDEN} hidden units", replace(model, hidden=MOST_HIDDEN)))
    words = "without biases" if model.has_bias else "with biases"
    others.append((words, replace(model, has_bias=not model.has_bias)))
    return [(words, made) for words, other in others if (made := _remade(config, other))]


def name_of(config: RunConfig, text: str) -> str:
    """Return the default name of the config; if that lacks the change, add its description."""
    name = default_name(config, config.training)
    return f"{name}, {text}" if text.startswith(("from", "with")) else name


def _trained(config: RunConfig, changes: list[tuple[str, dict[str, Any]]]) -> list[Variant]:
    found = []
    for words, change in changes:
        try:
            made = replace(config, training=replace(config.training, **change))
        except ConfigError:  # invalid for this model
            continue
        found.append((words, made))
    return found


def _remade(config: RunConfig, model: ModelConfig) -> RunConfig | None:
    try:
        return replace(config, model=model)
    except ConfigError:
        return None
