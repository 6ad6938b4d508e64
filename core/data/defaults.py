"""Default settings of a run, and those settings that differ from them."""

from __future__ import annotations

from dataclasses import fields

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.task import Task, standardised_by_default

# Settings of the data that decide which rows and columns are loaded; the others work on these.
OF_ROWS = (
    *("source", "folder", "path", "transpose"),
    *("label", "reading", "categorical", "missing_category", "merge_case", "any_label"),
    *("keep_totals", "size", "colour", "invert", "text", "stream", "labels"),
)
# What identifies the problem, and where it is trained; all other settings have a default.
OF_DATA = (*OF_ROWS, "missing")
OF_MODEL = ("kind", "positive", "negative")
OF_TRAINING = ("device",)


def default_config(task: Task) -> RunConfig:
    """Return the config of the same data and kind of model with each setting at its default.

    Defaults that depend on the data set are resolved to their values, as in the config of a task.
    """
    source, config = task.source, task.config
    own = source.preferred_features or ("all",)
    data = DataConfig(
        **{name: getattr(config.data, name) for name in OF_DATA},
        features=("all",) if source.is_text or len(own) == source.m else own,
        test_fraction=None if source.published_test else source.test_fraction,
        standardise=standardised_by_default(source, config.model),
    )
    return RunConfig(
        data=data,
        model=ModelConfig(**{name: getattr(config.model, name) for name in OF_MODEL}),
        training=TrainingConfig(**{name: getattr(config.training, name) for name in OF_TRAINING}),
    )


def changed_settings(task: Task, training: TrainingConfig) -> dict[str, object]:
    """Return the settings of a task and its training that are not at their default.

    The result maps the name of each to its default.
    """
    default = default_config(task)
    pairs = (
        (task.config.data, default.data),
        (task.config.data.bag, default.data.bag),
        (task.config.model, default.model),
        (training, default.training),
    )
    return {
        field.name: getattr(own, field.name)
        for chosen, own in pairs
        for field in fields(own)
        if getattr(chosen, field.name) != getattr(own, field.name)
        and field.name not in (*OF_DATA, *OF_MODEL, *OF_TRAINING, "bag")
    }
