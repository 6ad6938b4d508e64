"""Configs of the next run: on other data, with drawn points, and with two changes merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.defaults import OF_ROWS
from core.data.points import Points
from core.errors import ConfigError
from core.model_family import DEFAULT_KIND, FAMILY
from gui.control.undo import Run


def origin(config: RunConfig) -> tuple[str, str | None]:
    """Return the source of the config's data and the folder of their files."""
    return config.data.source, config.data.folder


def has_same_rows(a: DataConfig, b: DataConfig) -> bool:
    """Return whether both configs name the same rows; always False for drawn points."""
    return a.source != "drawn" and all(getattr(a, name) == getattr(b, name) for name in OF_ROWS)


def on_other_data(config: RunConfig, data: DataConfig, run: Run | None) -> RunConfig:
    """Return the config for other data: same kind of model and device, else all defaults.

    A neuron becomes the default kind: its two classes do not exist in other data. So does a model
    that is counted, for not all data can be, and one that a lesson chose.

    run : the one that is shown, if any.
    """
    kind, lesson = FAMILY[config.model.kind], run.lesson_config if run else None
    is_lessons = lesson is not None and lesson.model.kind == config.model.kind
    is_kept = not (kind.is_neuron or kind.is_counted or is_lessons)
    training = TrainingConfig(device=config.training.device)
    return RunConfig(
        data=data, model=ModelConfig(kind.name if is_kept else DEFAULT_KIND), training=training
    )


def with_points(points: Points, config: RunConfig, run: Run | None) -> RunConfig:
    """Return the config with drawn points as data, and a model that their classes allow.

    run : the one that is shown, if any.
    """
    if config.data.source != "drawn":
        config = on_other_data(config, DataConfig(source="drawn"), run)
    model = config.model
    if not {model.positive, model.negative} - {None} <= set(points.class_names):
        config = replace(config, model=replace(model, positive=None, negative=None))
    return config


def with_both(now: RunConfig, coming: RunConfig | None, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changed parts of `now`, merged with the changes of a config being prepared.

    If both together are invalid, as with one class on both sides of a neuron, return the parts
    alone.
    """
    if coming is None:
        return dict(parts)
    before = {name: getattr(now, name) for name in ("data", "model", "training")}
    try:
        return {
            name: with_changes(before[name], part, getattr(coming, name))
            for name, part in (before | dict(parts)).items()
        }
    except ConfigError:
        return dict(parts)


def with_changes(old: Any, new: Any, to: Any) -> Any:
    """Return `to` with the fields that differ between old and new; all of one dataclass.

    Of a field that is a group of settings, those of the group that differ.
    """
    changes = {}
    for field in fields(new):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if after != before:
            is_group = is_dataclass(after)
            changes[field.name] = (
                with_changes(before, after, getattr(to, field.name)) if is_group else after
            )
    return replace(to, **changes)
