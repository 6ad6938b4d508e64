"""Configs of the next run: with drawn points for data, and with two changes at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from core.config import DataConfig, RunConfig
from core.data.points import Points
from core.errors import ConfigError


def origin(config: RunConfig) -> tuple[str, str | None]:
    """Return where its data come from: their source, and the folder of their files."""
    return config.data.source, config.data.folder


def has_same_rows(a: DataConfig, b: DataConfig) -> bool:
    """Whether both name the same rows of a data set, which is not drawn."""
    return a.source != "drawn" and all(
        getattr(a, name) == getattr(b, name)
        for name in ("source", "folder", "path", "label", "reading")
    )


def with_points(points: Points, config: RunConfig) -> RunConfig:
    """Return the config with drawn points for data, and a model that their classes allow."""
    data, model = config.data, config.model
    if data.source != "drawn":
        data = DataConfig(
            source="drawn",
            split_seed=data.split_seed,
            validation_fraction=data.validation_fraction,
        )
    if not {model.positive, model.negative} - {None} <= set(points.class_names):
        model = replace(model, positive=None, negative=None)
    return replace(config, data=data, model=model)


def with_both(now: RunConfig, coming: RunConfig | None, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that change from now, with the changes of a config that is coming.

    Where both cannot be, as with one class for both sides of a neuron, the parts stay alone.
    """
    if coming is None:
        return dict(parts)
    before = {name: getattr(now, name) for name in ("data", "model", "training")}
    try:
        return {
            name: _changed(before[name], part, getattr(coming, name))
            for name, part in (before | dict(parts)).items()
        }
    except ConfigError:
        return dict(parts)


def _changed(old: Any, new: Any, to: Any) -> Any:
    """Return `to` with what differs between old and new, three values of one dataclass."""
    changes = {
        field.name: getattr(new, field.name)
        for field in fields(new)
        if getattr(new, field.name) != getattr(old, field.name)
    }
    return replace(to, **changes)
