"""The command that trains a task in the terminal, with the weights of the window."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NoReturn

from core.cli.options import add_run_options, config_from
from core.cli.parser import Parser
from core.cli.reading_options import (
    DECIMAL_WORDS,
    QUOTE_WORDS,
    SEPARATOR_WORDS,
    THOUSANDS_WORDS,
)
from core.cli.table_options import NO_COLUMN, NO_WORD
from core.config import WITH_PATH, DataConfig, RunConfig, TrainingConfig
from core.data.task import Task
from core.errors import LogitLabError

PROGRAM = ("python3", "run.py", "train")

Option = tuple[str, object]  # name and value; True and False stand for --name and --no-name


def command_for(task: Task, training: TrainingConfig) -> str | None:
    """Return the command that trains this task with these settings, for a shell.

    None if there is none: for points that were drawn, digits that were taught, and names that
    options cannot hold.
    """
    if task.config.data.source == "drawn" or task.source.added:
        return None
    config = _writable(replace(task.config, training=training), task)
    words = [_data(config.data), *_words(_options(config))]
    parser = _SilentParser()
    add_run_options(parser)
    try:
        understood = config_from(parser.parse_args(words))
    except LogitLabError:
        return None
    return shlex.join([*PROGRAM, *words]) if understood == config else None


class _SilentParser(Parser):
    """Raises LogitLabError where the command line would print and exit."""

    def error(self, message: str) -> NoReturn:
        raise LogitLabError(message)


def _writable(config: RunConfig, task: Task) -> RunConfig:
    """Return the same config with features by number where their names cannot be listed."""
    features = config.data.features
    if features is None or all(map(_can_be_listed, features)):
        return config
    known = task.source.feature_names
    if any(name not in known for name in features):
        return config
    numbers = tuple(str(known.index(name)) for name in features)
    return replace(config, data=replace(config.data, features=numbers))


def _can_be_listed(name: str) -> bool:
    return bool(name) and name == name.strip() and "," not in name


def _data(data: DataConfig) -> str:
    if data.source not in WITH_PATH or data.path is None:
        return data.source
    return f"./{data.path}" if data.path.startswith("-") else data.path


def _options(config: RunConfig) -> Iterable[Option]:
    """Yield all options that are not at their default."""
    plain = RunConfig()
    yield from _of_data(config.data, config.training.seed)
    model = config.model
    if model.negative is not None:
        yield "classes", f"{model.negative},{model.positive}"
    elif model.positive is not None:
        yield "positive", model.positive
    yield from _differing(
        (model, plain.model),
        {"kind": "model", "init": "init", "has_bias": "bias", "hidden": "hidden"},
    )
    yield from _differing(
        (model, plain.model), {"activation": "activation", "smoothing": "smoothing"}
    )
    names = {name: name.replace("_", "-") for name in vars(config.training)}
    for name, value in _differing((config.training, plain.training), names):
        yield name, "full" if name == "batch-size" and value is None else value


def _of_data(data: DataConfig, seed: int) -> Iterable[Option]:
    plain, reading = DataConfig(), data.reading
    if data.features is not None:
        yield "features", ",".join(data.features)
    for name, listed, none in (
        ("categorical", data.categorical, NO_COLUMN),
        ("na", reading.na, NO_WORD),
    ):
        if listed is not None:
            yield name, ",".join(listed) or none
    if data.split_seed != seed:
        yield "split-seed", data.split_seed
    for name, value, known in (
        ("encoding", reading.encoding, {}),
        ("separator", reading.separator, SEPARATOR_WORDS),
        ("decimal", reading.decimal, DECIMAL_WORDS),
        ("thousands", reading.thousands, THOUSANDS_WORDS),
        ("quote", reading.quote, QUOTE_WORDS),
    ):
        if value is not None:
            yield name, next((word for word, sign in known.items() if sign == value), value)
    if reading.has_header is not None:
        yield "header", reading.has_header
    yield from _differing(
        (data, plain),
        {
            "folder": "data-dir",
            "label": "label",
            "missing": "missing",
            "transpose": "transpose",
            "test_fraction": "test-fraction",
            "validation_fraction": "validation-share",
            "standardise": "standardise",
            "std": "std",
            "degree": "degree",
            "sine": "sine",
            "deskew": "deskew",
            "copies": "copies",
            "pens": "pens",
            "missing_category": "missing-category",
            "merge_case": "merge-case",
            "any_label": "any-label",
            "keep_totals": "keep-totals",
            "size": "picture-size",
            "colour": "colour",
            "invert": "invert",
            "text": "text",
            "stream": "stream",
            "labels": "labels",
        },
    )
    names = {name: name.replace("_", "-") for name in vars(plain.bag)}
    yield from _differing((data.bag, plain.bag), names)


def _differing(pair: tuple[object, object], names: dict[str, str]) -> Iterable[Option]:
    """Yield the fields, renamed, in which the first of two configs differs from the second."""
    own, plain = pair
    for field, name in names.items():
        if (value := getattr(own, field)) != getattr(plain, field):
            yield name, value


def _words(options: Iterable[Option]) -> Sequence[str]:
    words = []
    for name, value in options:
        if isinstance(value, bool):
            words.append(f"--{'' if value else 'no-'}{name}")
        else:
            words.append(f"--{name}={value!r}" if isinstance(value, float) else f"--{name}={value}")
    return words
