"""A set-up as one line of text, to be sent, kept or typed: what differs from the defaults.

`logitlab:1?source=digits&hidden=16&learning_rate=0.3`: the version of the format, then settings by
their names in `core.config` and in its groups, as in a link. Drawn points are packed as float32
positions with class numbers, which is what is trained on, if that takes at most 2 kB.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any, get_type_hints
from urllib.parse import parse_qsl, quote, urlencode

import numpy as np

from core.config import BagOptions, CsvOptions, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.points import MAX_CLASSES, MIN_CLASSES, Points
from core.errors import ConfigError, DataError
from core.language import tr
from core.number_format import format_integer
from core.projects.structure import Arrays, Decoder, encoded
from core.runs.json_object import quoted

PREFIX = "logitlab:"
VERSION = 1
MOST_TEXT = 2**14  # characters
MOST_POINTS = 2_048  # characters of packed points
BYTES = 9  # of a point: two float32 and a class number
POINTS, CLASSES = "points", "classes"
GROUPS: dict[str, type] = {
    "data": DataConfig,
    "model": ModelConfig,
    "training": TrainingConfig,
    "reading": CsvOptions,
    "bag": BagOptions,
}
WITHIN = ("reading", "bag")  # groups within that of the data


def is_setup(text: str) -> bool:
    """Return whether the text claims to be a set-up."""
    return text.lstrip().lower().startswith(PREFIX)


def to_text(config: RunConfig, points: Points | None = None) -> str:
    """Return the set-up as text.

    points : where the data are drawn. Raises DataError if they are too many for a text.
    """
    found = []
    values = settings_of(config)
    defaults = settings_of(RunConfig())
    for name, value in values.items():
        if value != defaults[name]:
            found.append((name, _told(encoded(value, Arrays()))))
    if config.data.source == "drawn" and points is not None and len(points):
        found += [(POINTS, _packed(points)), (CLASSES, json.dumps(points.class_names))]
    return f"{PREFIX}{VERSION}?{urlencode(found, quote_via=quote, safe=' ,/')}".replace(" ", "%20")


def from_text(text: str) -> tuple[RunConfig, Points | None]:
    """Return the config, and the points if there are any.

    Raises DataError for a text that is none, and for settings that cannot be.
    """
    line = "".join(text.split())
    if not is_setup(line):
        raise DataError(
            tr("A set-up begins with {prefix}; this is {line}.", prefix=PREFIX, line=quoted(line))
        )
    if len(line) > MOST_TEXT:
        raise DataError(
            tr(
                "A set-up has at most {most} characters; this has {count}.",
                most=format_integer(MOST_TEXT),
                count=format_integer(len(line)),
            )
        )
    version, _, rest = line[len(PREFIX) :].partition("?")
    if not (version.isascii() and version.isdigit()) or int(version) < 1:
        raise DataError(
            tr("This set-up has no version that is known: {version}.", version=quoted(version))
        )
    if int(version) > VERSION:
        raise DataError(tr("This set-up is of a newer Logit Lab. Update Logit Lab."))
    try:
        pairs = parse_qsl(rest, keep_blank_values=True, strict_parsing=bool(rest), errors="strict")
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(tr("This set-up cannot be read ({error}).", error=error)) from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DataError(tr("This set-up gives a setting twice."))
    points = _unpacked(found.pop(POINTS, ""), found.pop(CLASSES, ""))
    try:
        settings = {name: _value(name, text) for name, text in found.items()}
        return config_of(settings), points
    except ConfigError as error:
        raise DataError(tr("This set-up cannot be: {error}", error=error)) from error


def decoded(name: str, value: Any) -> Any:
    """Return a setting of the type that it has, given as `core.projects.structure` encodes it.

    Raises DataError for a name that is no setting's, and for a value of another type.
    """
    return Decoder(()).decode(_home(name)[1], value, name)


def config_of(settings: Mapping[str, Any]) -> RunConfig:
    """Return the config with these settings, by name; the others are at their defaults.

    Raises DataError for a name that is no setting's, ConfigError for what cannot be.
    """
    groups: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    for name, value in settings.items():
        groups[_home(name)[0]][name] = value
    reading, bag = CsvOptions(**groups["reading"]), BagOptions(**groups["bag"])
    data = replace(DataConfig(**groups["data"]), reading=reading, bag=bag)
    return RunConfig(data, ModelConfig(**groups["model"]), TrainingConfig(**groups["training"]))


def _told(value: Any) -> str:
    """Return a value as text: a word as it is unless it could be taken for JSON."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except ValueError:
        return value
    return json.dumps(value)


@cache
def _homes() -> dict[str, tuple[str, Any]]:
    """Return for each setting its group and its type."""
    found: dict[str, tuple[str, Any]] = {}
    for group, kind in GROUPS.items():
        hints = get_type_hints(kind)
        for each in fields(kind):
            if each.name not in WITHIN:
                found[each.name] = group, hints[each.name]
    return found


def settings_of(config: RunConfig) -> dict[str, Any]:
    """Return all settings of a config by their names, as `config_of` takes them."""
    parts = {
        "data": config.data,
        "model": config.model,
        "training": config.training,
        **{name: getattr(config.data, name) for name in WITHIN},
    }
    return {name: getattr(parts[group], name) for name, (group, _) in _homes().items()}


def _home(name: str) -> tuple[str, Any]:
    """Return the setting's group and type."""
    if name not in _homes():
        raise DataError(tr("{name} is no setting of this version.", name=quoted(name)))
    return _homes()[name]


def _value(name: str, text: str) -> Any:
    """Return a setting: a word as it is, anything else as JSON."""
    try:
        return decoded(name, json.loads(text))
    except (ValueError, RecursionError, DataError):
        return decoded(name, text)


def _packed(points: Points) -> str:
    rows = np.empty(len(points), dtype=[("xy", "<f4", 2), ("label", "u1")])
    rows["xy"], rows["label"] = points.xy, points.labels
    text = base64.urlsafe_b64encode(zlib.compress(rows.tobytes(), 9)).decode().rstrip("=")
    if len(text) > MOST_POINTS:
        raise DataError(
            tr(
                "{count} points are too many for a line of text; save a project instead (Ctrl+S).",
                count=format_integer(len(points)),
            )
        )
    return text


def _unpacked(text: str, classes: str) -> Points | None:
    if not text:
        return None
    try:
        squeezed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(squeezed, MOST_POINTS * BYTES)
        names = json.loads(classes)
    except (ValueError, binascii.Error, zlib.error, RecursionError) as error:
        raise DataError(tr("The points of this set-up cannot be read.")) from error
    rows = np.frombuffer(data[: len(data) - len(data) % BYTES], [("xy", "<f4", 2), ("label", "u1")])
    are_names = isinstance(names, list) and all(isinstance(n, str) and n.strip() for n in names)
    is_whole = unpacker.eof and len(data) % BYTES == 0
    if not (is_whole and are_names and MIN_CLASSES <= len(set(names)) == len(names) <= MAX_CLASSES):
        raise DataError(tr("The points of this set-up cannot be read."))
    xy, labels = rows["xy"].astype(np.float64), rows["label"].astype(np.int64)
    if not np.isfinite(xy).all() or (len(labels) and labels.max() >= len(names)):
        raise DataError(tr("The points of this set-up are impossible."))
    return Points(xy, labels, tuple(names))
