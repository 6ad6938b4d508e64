"""The set-up of a step as its file gives it: settings by name, points, first weights."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

import numpy as np

from core.config import CsvOptions, RunConfig
from core.data.generators import KINDS, LETTERS, GeneratorConfig
from core.data.points import MAX_CLASSES, MIN_CLASSES, Points
from core.errors import ConfigError, DataError
from core.invisible_characters import visible
from core.language import tr
from core.number_format import format_integer
from core.projects.setup_text import config_of, decoded
from core.projects.structure import Decoder
from core.teach.lesson import Band, Setup
from core.teach.lesson_table import Table, is_number

MOST_POINTS = 100_000
MOST_LISTED = 5_000
MOST_NAME = 40  # letters of a class
FULL_BATCH = "full"
SOURCES = ("iris", "digits", "mnist", "genres", "drawn")
# What lies elsewhere on the computer is not a lesson's to name.
OUTSIDE = {"path", "folder", "device", *(each.name for each in fields(CsvOptions))}
OF_DRAWN = ("points", "weights", "biases")
FORMS = ("generator", "bands", "list")

Start = tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]


def read(table: Table) -> Setup:
    """Return the set-up of this table, whose faults are noted; then it is not to be used."""
    config = _config(table)
    data = _points(table.table("points")) if "points" in table else None
    if config.data.source == "drawn" and "points" not in table:
        table.fault(("source",), tr("source is 'drawn', but there are no points."))
    has_start = "weights" in table or "biases" in table
    start = _start(table, config, _class_count(data)) if has_start else None
    return Setup(config, data, start)


# Settings -----------------------------------------------------------------------------------------


def _config(table: Table) -> RunConfig:
    settings: dict[str, Any] = {"source": "drawn"} if "points" in table else {}
    for name, value in table.values.items():
        if name in OF_DRAWN:
            continue
        try:
            settings[name] = _setting(name, value)
        except DataError as error:
            table.fault((name,), str(error))
            settings.pop(name, None)
    if "points" in table and settings.get("source") != "drawn":
        table.fault(
            ("source",),
            tr("source is {source!r}, but there are points.", source=settings.get("source")),
        )
    while settings:  # a setting that cannot be is left out, to find the next one
        try:
            return config_of(settings)
        except ConfigError as error:
            told = str(error)
            name = next((name for name in settings if told.startswith(f"{name} ")), "")
            table.fault((name,) if name in table else (), told)
            if not name:
                break
            del settings[name]
    return RunConfig()


def _setting(name: str, value: Any) -> Any:
    """Return the setting's value; raise DataError if a lesson has none of this name or type."""
    if name in OUTSIDE:
        raise DataError(
            tr("{name} is not a lesson's to set: it names what lies outside.", name=name)
        )
    if name == "batch_size" and value == FULL_BATCH:
        return None
    found = decoded(name, value)
    if name == "source" and found not in SOURCES:
        raise DataError(
            tr(
                "source is {found!r}; it must be one of {sources}.",
                found=found,
                sources=", ".join(SOURCES),
            )
        )
    return found


# Points -------------------------------------------------------------------------------------------


def _points(table: Table) -> GeneratorConfig | tuple[Band, ...] | Points | None:
    forms = [form for form in FORMS if form in table]
    if not table.is_table:
        return None
    if len(forms) != 1:
        table.fault((), tr("points need one of {forms}.", forms=", ".join(FORMS)))
        return None
    if forms == ["generator"]:
        return _recipe(table)
    found = _bands(table) if forms == ["bands"] else _listed(table)
    table.refuse_others()
    return found


def _recipe(table: Table) -> GeneratorConfig | None:
    hints = get_type_hints(GeneratorConfig)
    found: dict[str, Any] = {}
    for key, value in table.values.items():
        name = "kind" if key == "generator" else key
        if key == "kind" or name not in hints:
            known = ", ".join(["generator", *(each for each in hints if each != "kind")])
            table.fault((key,), tr("points have no “{key}”; known: {known}.", key=key, known=known))
            continue
        try:
            found[name] = Decoder(()).decode(hints[name], value, key)
            GeneratorConfig(**{name: found[name]})
        except (ConfigError, DataError) as error:
            table.fault((key,), str(error))
            found.pop(name, None)
    if found.get("size", 0) > MOST_POINTS:
        table.fault(
            ("size",),
            tr(
                "size is {found}; {most_points} are the most.",
                found=format_integer(found["size"]),
                most_points=format_integer(MOST_POINTS),
            ),
        )
    return GeneratorConfig(**found)


def _bands(table: Table) -> tuple[Band, ...]:
    bands = []
    total = 0
    for each in table.tables("bands", MOST_LISTED):
        letter = each.one_of("class", LETTERS, "?")
        size = each.whole("size", 1, MOST_POINTS)
        middle, half = each.numbers("middle", 2), each.numbers("half", 2)
        each.refuse_others()
        total += size
        band = Band(LETTERS.find(letter), size, (middle[0], middle[1]), (half[0], half[1]))
        bands.append(band)
    labels = {band.label for band in bands}
    if total > MOST_POINTS:
        table.fault(
            ("bands",),
            tr(
                "bands have {total} points; {most_points} are the most.",
                total=format_integer(total),
                most_points=format_integer(MOST_POINTS),
            ),
        )
    if len(labels) < MIN_CLASSES or labels != set(range(len(labels))):
        table.fault(("bands",), tr("bands must be of two classes or more: A, B and so on."))
    return tuple(bands)


def _listed(table: Table) -> Points | None:
    rows = table.list("list", MOST_LISTED)
    xy, names = [], []
    for k, row in enumerate(rows):
        is_row = isinstance(row, list) and len(row) == 3 and all(map(is_number, row[:2]))
        if not is_row or not isinstance(row[2], str) or not 0 < len(row[2].strip()) <= MOST_NAME:
            table.fault(
                ("list", k), tr("a point is two numbers and its class, as in [1.0, 2.5, 'A'].")
            )
            return None
        xy.append(row[:2])
        names.append(visible(row[2].strip()))
    classes = tuple(dict.fromkeys(names))
    if not MIN_CLASSES <= len(classes) <= MAX_CLASSES:
        table.fault(
            ("list",),
            tr(
                "points are of {min_classes} to {max_classes} classes.",
                min_classes=MIN_CLASSES,
                max_classes=MAX_CLASSES,
            ),
        )
        return None
    labels = np.array([classes.index(name) for name in names], dtype=np.int64)
    return Points(np.array(xy, dtype=np.float64), labels, classes)


def _class_count(data: GeneratorConfig | tuple[Band, ...] | Points | None) -> int:
    if isinstance(data, GeneratorConfig):
        return KINDS[data.kind].classes or data.classes
    if isinstance(data, Points):
        return len(data.class_names)
    return len({band.label for band in data or ()})


# First weights ------------------------------------------------------------------------------------


def _start(table: Table, config: RunConfig, h: int) -> Start | None:
    """Return the first weights of a model of h classes."""
    biases = table.numbers("biases", most=MAX_CLASSES * MAX_CLASSES)
    rows = table.list("weights", MAX_CLASSES * MAX_CLASSES)
    weights = []
    for k, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != 2 or not all(map(is_number, row)):
            table.fault(("weights", k), tr("a row of weights is two numbers, as in [8.0, 0.4]."))
            return None
        weights.append((float(row[0]), float(row[1])))
    data = config.data
    if data.source != "drawn" or data.degree > 1 or data.sine or config.model.hidden:
        table.fault(("weights",), tr("first weights are for drawn points and one linear layer."))
    elif not config.model.has_bias:
        table.fault(("weights",), tr("first weights are for models with biases."))
    elif not len(biases) == len(weights) == config.model.outputs(h):
        outputs = config.model.outputs(h)
        what = tr(
            "{weights} rows of weights and {biases} biases",
            weights=len(weights),
            biases=len(biases),
        )
        table.fault(
            ("weights",),
            tr("there are {what}; the model has {outputs} outputs.", what=what, outputs=outputs),
        )
    return tuple(weights), biases
