"""A kept run as a value: its settings, its history and its weights.

Runs are compared by their settings as text; `describe_start` states what exactly they
have in common.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.config import RunConfig, TrainingConfig
from core.data.csv.spreadsheet import to_text
from core.data.task import Task
from core.data.text.described import describe
from core.model_family import FAMILY
from core.train.history import COUNT, FIRST, TOTAL, Curves, Floats
from core.train.settings_history import first_settings
from core.train.snapshot import Metrics, Params, Snapshot, Status

MAX_KEPT = 20
VALIDATION_LOSS, VALIDATION_ACCURACY = "validation loss", "validation acc."
MEASURED = "train rows measured"  # a run kept while training has metrics of a sample

Setting = str | float


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordValues:
    """A run at one moment, but for its data.

    colour : its index in the palette of runs.
    settings : the latest; the config has the initial ones.
    is_shown : whether its curves are drawn.
    """

    name: str
    colour: int
    config: RunConfig
    settings: TrainingConfig
    curves: Curves
    params: Params
    metrics: Metrics
    step: int
    epoch: int
    status: Status
    is_shown: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Record(RecordValues):
    """A run at one moment, with the task that it was trained on."""

    task: Task

    @classmethod
    def of(cls, task: Task, snapshot: Snapshot, colour: int, name: str = "") -> Record:
        """Return the run of a snapshot; its curves are shared with the snapshot, see `kept`."""
        first = first_settings(snapshot.settings, snapshot.curves)
        return cls(
            name=name or default_name(task.config, snapshot.settings),
            colour=colour,
            task=task,
            config=replace(task.config, training=first),
            settings=snapshot.settings,
            curves=snapshot.curves,
            params=snapshot.params,
            metrics=snapshot.metrics,
            step=snapshot.step,
            epoch=snapshot.epoch,
            status=snapshot.status,
        )

    def kept(self) -> Record:
        """Return a copy with its own curves: shared ones keep all memory of a running history."""
        status = Status.PAUSED if self.status is Status.TRAINING else self.status
        curves = replace(self.curves, table=self.curves.table.copy())
        return replace(self, curves=curves, status=status)

    @property
    def edits(self) -> tuple[str, ...]:
        """The user's changes during training, as text."""
        return tuple(
            f"{mark.text} at step {mark.step:,}" for mark in self.curves.marks if mark.step > 0
        )


def default_name(config: RunConfig, settings: TrainingConfig) -> str:
    """Return a name with the settings that usually differ: “softmax, η 0.1, batch 32”."""
    model = config.model
    words = [FAMILY[model.kind].title_in_text]
    if model.hidden:
        words.append(f"{model.hidden} hidden")
    if FAMILY[model.kind].is_counted:
        return f"{words[0]}, α {model.smoothing:g}"
    if not settings.rule.is_plain:
        words.append(settings.rule.title)
    if not settings.rule.needs_hessian:
        words.append(f"η {settings.learning_rate:g}")
    if not settings.rule.is_second_order:
        words.append(f"batch {describe_batch_size(settings.batch_size)}")
    if settings.weight_decay:
        words.append(f"λ {settings.weight_decay:g}")
    if settings.l1:
        words.append(f"λ₁ {settings.l1:g}")
    if settings.class_weight != "none":
        words.append(f"classes {settings.class_weight}")
    return ", ".join(words)


def short_names(names: Sequence[str]) -> list[str]:
    """Return the names without the comma-separated parts that all of them share."""
    parts = [name.split(", ") for name in names]
    shared = set.intersection(*map(set, parts)) if len(parts) > 1 else set()
    return [
        ", ".join(part for part in own if part not in shared) or name
        for own, name in zip(parts, names, strict=True)
    ]


def describe_batch_size(size: int | None) -> str:
    return "full" if size is None else str(size)


def settings_of(record: Record) -> dict[str, Setting]:
    """Return every setting that determines the run, by name, as a number or text."""
    data, model, now, task = record.config.data, record.config.model, record.settings, record.task
    names = task.dataset.feature_names
    kind = "pixels" if task.dataset.image_shape else "words" if task.dataset.is_text else ""
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    few = f"{len(names):,} {kind}" if kind else ", ".join(names[:4]) + more
    return {
        "data": task.source.name,
        "rows": " + ".join(f"{n:,}" for n in _parts(task)),
        "features": few,
        "words": describe(data.bag) if task.dataset.is_text else "–",
        "classes": " / ".join(task.dataset.class_names),
        "split seed": data.split_seed,
        "standardised": _yes(bool(data.standardise)),
        "degree": data.degree,
        "sine": _yes(data.sine),
        "deskewed": _yes(data.deskew),
        "variations": data.copies,
        "pens": record.task.pens,
        "model": FAMILY[model.kind].title,
        "start": "random" if model.hidden else model.init,
        "bias": _yes(model.has_bias),
        "hidden": f"{model.hidden} {model.activation}" if model.hidden else "none",
        "optimiser": now.rule.title,
        "η": now.learning_rate,
        "μ": now.momentum if now.rule.uses_momentum else "–",
        "schedule": now.schedule,
        "batch": describe_batch_size(now.batch_size) if now.batch_size is None else now.batch_size,
        "λ": now.weight_decay,
        "λ₁": now.l1,
        "class weights": now.class_weight,
        "epoch limit": now.epochs,
        "tolerance": now.tolerance,
        "patience": now.patience,
        "seed": now.seed,
        "device": now.device,
        "edits": "; ".join(record.edits) or "–",
    }


def _parts(task: Task) -> tuple[int, ...]:
    """Return the numbers of training, validation (if any) and test rows."""
    train, validation = len(task.train_rows), len(task.validation_rows)
    return (train, *([validation] if validation else []), len(task.test_rows))


def differing(records: Sequence[Record]) -> list[str]:
    """Return the names of the settings that are not the same for all runs."""
    found = [settings_of(record) for record in records]
    return [name for name in found[0] if len({each[name] for each in found}) > 1] if found else []


def results_of(record: Record) -> dict[str, Setting]:
    """Return the results of the run by name; NaN for a figure that does not exist."""
    metrics = record.metrics
    return {
        "steps": record.step,
        "train loss": metrics.train_loss,
        VALIDATION_LOSS: metrics.validation_loss,
        "test loss": metrics.test_loss,
        "train acc.": metrics.train_accuracy,
        VALIDATION_ACCURACY: metrics.validation_accuracy,
        "test acc.": metrics.test_accuracy,
        "status": record.status.value,
    }


def result_names(records: Sequence[Record]) -> list[str]:
    """Return the names of the results that at least one of the runs can have."""
    names = list(results_of(records[0])) if records else []
    if any(len(record.task.validation_rows) for record in records):
        return names
    return [name for name in names if name not in (VALIDATION_LOSS, VALIDATION_ACCURACY)]


def format_setting(name: str, value: Setting) -> str:
    """Format a value of `settings_of` or `results_of`."""
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "–"
    if name.endswith("loss"):
        return f"{value:.4f}"
    if name.endswith("acc."):
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def to_csv(records: Sequence[Record]) -> str:
    """Return the table of the runs: name, the settings that differ, the results, unrounded."""
    columns = [*differing(records), *result_names(records)]
    rows: list[list[Setting]] = [["name", *columns, MEASURED]]
    for record in records:
        values = settings_of(record) | results_of(record)
        cells = [values[name] for name in columns]
        measured = record.metrics.sampled or len(record.task.train_rows)
        known = ("" if c != c else c for c in cells)  # NaN: no such figure
        rows.append([record.name, *known, measured])
    return to_text(rows)


# Comparison ----------------------------------------------------------------------------------


class Entry(Protocol):
    """A run to compare, planned or finished."""

    @property
    def task(self) -> Task: ...

    @property
    def config(self) -> RunConfig: ...


def same_rows(a: Task, b: Task) -> bool:
    """Return whether both train and test on the same inputs, row by row."""
    one, other = a.dataset, b.dataset
    return a is b or (
        one.feature_names == other.feature_names
        and a.input_names == b.input_names
        and np.array_equal(a.train_rows, b.train_rows)
        and np.array_equal(a.test_rows, b.test_rows)
        and np.array_equal(a.validation_rows, b.validation_rows)
        and _same_array(one.X, other.X)
        and np.array_equal(a.standardiser.mean, b.standardiser.mean)
        and np.array_equal(a.standardiser.std, b.standardiser.std)
    )


def same_classes(a: Task, b: Task) -> bool:
    """Return whether rows have the same classes, given that the rows are the same."""
    one, other = a.dataset, b.dataset
    return one.class_names == other.class_names and np.array_equal(one.y, other.y)


def same_data(a: Task, b: Task) -> bool:
    """Return whether both use the same data set, to which rows may have been added.

    Files of the same name in two folders differ, and so do other label columns of one file.
    """
    return _origin(a) == _origin(b)


def _origin(task: Task) -> tuple[object, ...]:
    data, source = task.config.data, task.source
    path = data.path and Path(data.path).absolute()
    return source.name, source.feature_names, data.source, data.folder, path


def same_features(a: Task, b: Task) -> bool:
    """Return whether both have the same data set and features, so that their plane is the same."""
    return same_data(a, b) and a.dataset.feature_names == b.dataset.feature_names


def describe_start(entries: Sequence[Entry]) -> str:
    """Return a text on whether all start from equal weights and use the same batches."""
    if len(entries) < 2:
        return ""
    first, *others = entries
    has_same_rows = all(same_rows(first.task, other.task) for other in others)
    has_same_classes = all(same_classes(first.task, other.task) for other in others)
    seeds, sizes = _distinct(_seed(e) for e in entries), _distinct(_batch(e) for e in entries)
    has_same_order = has_same_rows and len(seeds) == 1 and len({_draws(e) for e in entries}) == 1
    why = [
        words
        for words, is_same in (
            ("data", has_same_rows),
            ("classes", has_same_classes or not has_same_rows),
            (f"seed ({', '.join(seeds)})", len(seeds) == 1),
            ("kind of model", len({_model(e) for e in entries}) == 1),
            ("initial weights", len({_init(e) for e in entries}) == 1),
        )
        if not is_same
    ]
    begins = {first_figures(e.curves) for e in entries if isinstance(e, Record)}
    if not why and len(begins) > 1:
        why.append("initial weights, chosen by hand")
    start = f"Different start: {_list(why)}." if why else "Same start: equal weights at step 0."
    if not has_same_rows:
        return start
    if len(sizes) > 1:
        return f"{start} Batches of {_list(sizes)} rows."
    if has_same_order or sizes == ["all"]:
        return f"{start} Same batches: every update takes the same rows."
    return f"{start} Other batches: the rows come in another order."


def describe_losses(entries: Sequence[Entry]) -> str:
    """Return a warning if the runs' losses are of different kinds, else ""."""
    kinds = _distinct(FAMILY[entry.config.model.kind].loss for entry in entries)
    if len(kinds) < 2:
        return ""
    return f"Their losses are of different kinds ({_list(kinds)}): compare accuracies."


def _seed(entry: Entry) -> str:
    return str(entry.config.training.seed)


def _model(entry: Entry) -> tuple[object, ...]:
    model = entry.config.model
    activation = model.activation if model.hidden else ""
    return model.kind, model.has_bias, model.hidden, activation


def _init(entry: Entry) -> str:
    model = entry.config.model
    return "random" if model.hidden else model.init


def _draws(entry: Entry) -> tuple[int, ...]:
    """Return the shapes of the random numbers drawn before the first shuffle."""
    task, model = entry.task, entry.config.model
    outputs = model.outputs(task.dataset.h)
    if model.hidden:
        return model.hidden, task.m, outputs
    return (outputs, task.m) if model.init == "random" else ()


def first_figures(curves: Curves) -> tuple[float, ...]:
    """Return the figures of step 0, () if missing: given equal settings, they identify weights."""
    table: Floats = curves.table
    if not table.shape[1] or table[FIRST, 0] != 0 or table[COUNT, 0] != 1:
        return ()
    return tuple(np.nan_to_num(table[TOTAL, 0]).tolist())


def _batch(entry: Entry) -> str:
    training, n = entry.config.training, len(entry.task.train_rows)
    size = None if training.rule.is_second_order else training.batch_size
    return "all" if size is None or size >= n else str(size)


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _same_array(a: NDArray[np.generic], b: NDArray[np.generic]) -> bool:
    if a.shape != b.shape:
        return False
    is_same_memory = a.ctypes.data == b.ctypes.data and a.strides == b.strides
    return is_same_memory or np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def _list(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
