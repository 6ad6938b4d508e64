"""Who races: the run that is shown, kept runs, and variants of the one that is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.config import INITS, OPTIMISERS, ModelConfig, RunConfig
from core.data.task import Task
from core.errors import ConfigError
from core.model_family import FAMILY
from core.runs.race import RaceEntry
from core.runs.run_record import OPTIMISER_WORDS, Record, default_name, say_batch
from gui.state.kept_runs import LIVE

RATES = (0.01, 0.1, 0.3, 3.0, 10.0, 100.0)
BATCHES = (1, 8, 32, 128, None)
PENALTIES = (0.0, 0.001, 0.01, 0.1, 1.0)
MOST_HIDDEN = 8


@dataclass(frozen=True, eq=False)
class Entrant:
    """A contestant before the race: its data are those of `task`, all else is its config's."""

    name: str
    colour: int
    task: Task
    config: RunConfig

    @classmethod
    def of(cls, record: Record) -> Entrant:
        """Enter a run with the settings as they are now."""
        config = replace(record.config, training=record.settings)
        name = default_name(config, config.training) if record.colour == LIVE else record.name
        return cls(name, record.colour, record.task, config)


def standing_record(entrant: Entrant, task: Task, standing: RaceEntry) -> Record:
    """Return how the entrant stands as a run."""
    return Record(
        name=entrant.name,
        colour=entrant.colour,
        task=task,
        config=task.config,
        settings=standing.settings,
        curves=standing.curves,
        params=standing.params,
        metrics=standing.metrics,
        step=standing.step,
        epoch=standing.epoch,
        status=standing.status,
    )


def variants(config: RunConfig, classes: int) -> Iterator[tuple[str, list[tuple[str, RunConfig]]]]:
    """Yield groups of variants of a config in one setting, each with words and its config."""
    now, model = config.training, config.model
    eta = now.learning_rate
    yield (
        "Learning rate",
        _trained(
            config, [(f"η {eta * k:g}", {"learning_rate": float(f"{eta * k:.6g}")}) for k in RATES]
        ),
    )
    yield (
        "Optimiser",
        _trained(
            config,
            [
                (OPTIMISER_WORDS[name], {"optimiser": name})
                for name in OPTIMISERS
                if name != now.optimiser
            ],
        ),
    )
    yield (
        "Model",
        [
            (words, made)
            for kind in FAMILY.values()
            if kind.name != model.kind
            for words in [
                kind.title
                + (" (one class against the rest)" if kind.is_neuron and classes > 2 else "")
            ]
            if (made := _remade(config, ModelConfig(kind=kind.name, init=model.init)))
        ],
    )
    yield (
        "Batch",
        _trained(
            config,
            [
                (f"batch {say_batch(size)}", {"batch_size": size})
                for size in BATCHES
                if size != now.batch_size
            ],
        ),
    )
    yield (
        "Penalty λ",
        _trained(
            config,
            [
                (f"λ {decay:g}", {"weight_decay": decay})
                for decay in PENALTIES
                if decay != now.weight_decay
            ],
        ),
    )
    others = [(f"from {init}", replace(model, init=init)) for init in INITS if init != model.init]
    if not model.hidden:
        others.append((f"{MOST_HIDDEN} hidden units", replace(model, hidden=MOST_HIDDEN)))
        others.append(
            ("without biases", replace(model, has_bias=False))
            if model.has_bias
            else ("with biases", replace(model, has_bias=True))
        )
        yield (
            "Start and layers",
            [(words, made) for words, other in others if (made := _remade(config, other))],
        )


def name_of(config: RunConfig, words: str) -> str:
    """Name a variant: what most runs differ in, and its own difference where that says nothing."""
    name = default_name(config, config.training)
    return f"{name}, {words}" if words.startswith(("from", "with")) else name


def _trained(
    config: RunConfig, changes: list[tuple[str, dict[str, Any]]]
) -> list[tuple[str, RunConfig]]:
    found = []
    for words, change in changes:
        try:
            made = replace(config, training=replace(config.training, **change))
        except ConfigError:  # not for this model
            continue
        found.append((words, made))
    return found


def _remade(config: RunConfig, model: ModelConfig) -> RunConfig | None:
    try:
        return replace(config, model=model)
    except ConfigError:
        return None
