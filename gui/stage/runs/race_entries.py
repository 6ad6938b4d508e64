"""The entries of a race: the live run, kept runs, and variants of the live run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.config import INITS, ModelConfig, RunConfig
from core.data.task import Task
from core.errors import ConfigError
from core.language import mark, tr
from core.model_family import FAMILY
from core.number_format import format_count, format_plain
from core.optimiser_family import OPTIMISERS
from core.runs.race import RaceEntry
from core.runs.run_record import Record, batch_words, default_name
from gui.state.kept_runs import LIVE

RATES = (0.01, 0.1, 0.3, 3.0, 10.0, 100.0)
BATCHES = (1, 8, 32, 128, None)
PENALTIES = (0.0, 0.001, 0.01, 0.1, 1.0)
MOST_HIDDEN = 8
STARTS = {"zeros": mark("from zeros"), "random": mark("from random")}


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
    """Yield groups of variants of a config, each with its title; a group varies one setting.

    Of a model that is counted there are other models only: no setting of training changes it.
    """
    if FAMILY[config.model.kind].is_counted:
        yield tr("Model"), _models(config, classes)
        return
    yield tr("Learning rate"), _rates(config)
    yield tr("Optimiser"), _optimisers(config)
    yield tr("Model"), _models(config, classes)
    yield tr("Batch"), _batches(config)
    yield tr("Penalty λ"), _penalties(config)
    if not config.model.hidden:
        yield tr("Start and layers"), _starts_and_layers(config)


def _rates(config: RunConfig) -> list[Variant]:
    eta = config.training.learning_rate
    return _trained(
        config,
        [
            (f"η {format_plain(eta * k, 6)}", {"learning_rate": float(f"{eta * k:.6g}")})
            for k in RATES
        ],
    )


def _optimisers(config: RunConfig) -> list[Variant]:
    others = [rule for rule in OPTIMISERS.values() if rule.name != config.training.optimiser]
    return _trained(config, [(tr(rule.title), {"optimiser": rule.name}) for rule in others])


def _models(config: RunConfig, classes: int) -> list[Variant]:
    found = []
    for kind in FAMILY.values():
        if kind.name == config.model.kind:
            continue
        title = tr(kind.title)
        if kind.is_neuron and classes > 2:
            title = tr("{model} (one class against the rest)", model=title)
        made = _remade(config, ModelConfig(kind=kind.name, init=config.model.init))
        if made:
            found.append((title, made))
    return found


def _batches(config: RunConfig) -> list[Variant]:
    others = [size for size in BATCHES if size != config.training.batch_size]
    return _trained(config, [(batch_words(n), {"batch_size": n}) for n in others])


def _penalties(config: RunConfig) -> list[Variant]:
    others = [decay for decay in PENALTIES if decay != config.training.weight_decay]
    return _trained(
        config, [(f"λ {format_plain(decay, 6)}", {"weight_decay": decay}) for decay in others]
    )


def _starts_and_layers(config: RunConfig) -> list[Variant]:
    model = config.model
    others = [(tr(STARTS[init]), replace(model, init=init)) for init in INITS if init != model.init]
    others.append((format_count(MOST_HIDDEN, "hidden unit"), replace(model, hidden=MOST_HIDDEN)))
    words = tr("without biases") if model.has_bias else tr("with biases")
    others.append((words, replace(model, has_bias=not model.has_bias)))
    return [(words, made) for words, other in others if (made := _remade(config, other))]


def name_of(before: RunConfig, config: RunConfig, text: str) -> str:
    """Return the default name of the config; if that lacks the change, add its description."""
    name, model = default_name(config, config.training), config.model
    is_same = (model.init, model.has_bias) == (before.model.init, before.model.has_bias)
    return name if is_same or model.kind != before.model.kind else f"{name}, {text}"


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
