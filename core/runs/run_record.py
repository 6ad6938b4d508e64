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
from core.data.csv.understood import listed
from core.data.shown_names import shown_classes, shown_features, shown_name
from core.data.task import Task
from core.data.text.described import describe
from core.language import localised, mark, spoken, tr
from core.model_family import FAMILY
from core.number_format import format_count, format_integer
from core.train.history import COUNT, FIRST, TOTAL, Curves, Floats
from core.train.settings_history import first_settings
from core.train.snapshot import Metrics, Params, Snapshot, Status

MAX_KEPT = 20
VALIDATION_LOSS, VALIDATION_ACCURACY = mark("validation loss"), mark("validation acc.")
MEASURED = mark("train rows measured")  # a run kept while training has metrics of a sample

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
            tr("{change} at step {step}", change=tr(edit.text), step=format_integer(edit.step))
            for edit in self.curves.marks
            if edit.step > 0
        )


def default_name(config: RunConfig, settings: TrainingConfig) -> str:
    """Return a name with the settings that usually differ: “softmax, η 0.1, batch 32”."""
    model = config.model
    words = [FAMILY[model.kind].title_in_text]
    if model.hidden:
        words.append(tr("{units} hidden", units=model.hidden))
    if FAMILY[model.kind].is_counted:
        return f"{words[0]}, α {_short(model.smoothing)}"
    if not settings.rule.is_plain:
        words.append(tr(settings.rule.title))
    if not settings.rule.needs_hessian:
        words.append(f"η {_short(settings.learning_rate)}")
    if not settings.rule.is_second_order:
        words.append(batch_words(settings.batch_size))
    if settings.weight_decay:
        words.append(f"λ {_short(settings.weight_decay)}")
    if settings.l1:
        words.append(f"λ₁ {_short(settings.l1)}")
    if settings.class_weight != "none":
        words.append(tr("classes {weighting}", weighting=tr(settings.class_weight)))
    return ", ".join(words)


def _short(value: float) -> str:
    return localised(f"{value:g}")


def batch_words(size: int | None) -> str:
    """Return the size of a batch with its noun."""
    return tr("batch full") if size is None else tr("batch {size}", size=size)


def short_names(names: Sequence[str]) -> list[str]:
    """Return the names without the comma-separated parts that all of them share."""
    parts = [name.split(", ") for name in names]
    shared = set.intersection(*map(set, parts)) if len(parts) > 1 else set()
    return [
        ", ".join(part for part in own if part not in shared) or name
        for own, name in zip(parts, names, strict=True)
    ]


def settings_of(record: Record) -> dict[str, Setting]:
    """Return every setting that determines the run, by name, as a number or text."""
    data, model, now, task = record.config.data, record.config.model, record.settings, record.task
    names = shown_features(task.dataset)
    kind = format_count(len(names), "word") if task.dataset.is_text else ""
    kind = format_count(len(names), "pixel") if task.dataset.image_shape else kind
    return {
        mark("data"): shown_name(task.source),
        mark("rows"): " + ".join(map(format_integer, _parts(task))),
        mark("features"): kind or listed(names, most=4),
        mark("words"): describe(data.bag) if task.dataset.is_text else "–",
        mark("classes"): " / ".join(shown_classes(task.dataset)),
        mark("split seed"): data.split_seed,
        mark("standardised"): _yes(bool(data.standardise)),
        mark("degree"): data.degree,
        mark("sine"): _yes(data.sine),
        mark("deskewed"): _yes(data.deskew),
        mark("variations"): data.copies,
        mark("pens"): record.task.pens,
        mark("model"): FAMILY[model.kind].title,
        mark("start"): mark("random") if model.hidden else model.init,
        mark("bias"): _yes(model.has_bias),
        mark("hidden"): f"{model.hidden} {model.activation}" if model.hidden else mark("none"),
        mark("optimiser"): now.rule.title,
        "η": now.learning_rate,
        "μ": now.momentum if now.rule.uses_momentum else "–",
        mark("schedule"): now.schedule,
        mark("batch"): mark("full") if now.batch_size is None else now.batch_size,
        "λ": now.weight_decay,
        "λ₁": now.l1,
        mark("class weights"): now.class_weight,
        mark("epoch limit"): now.epochs,
        mark("tolerance"): now.tolerance,
        mark("patience"): now.patience,
        mark("seed"): now.seed,
        mark("device"): now.device,
        mark("edits"): "; ".join(record.edits) or "–",
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
        mark("steps"): record.step,
        mark("train loss"): metrics.train_loss,
        VALIDATION_LOSS: metrics.validation_loss,
        mark("test loss"): metrics.test_loss,
        mark("train acc."): metrics.train_accuracy,
        VALIDATION_ACCURACY: metrics.validation_accuracy,
        mark("test acc."): metrics.test_accuracy,
        mark("status"): record.status.value,
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
        return tr(value)
    if math.isnan(value):
        return "–"
    if name.endswith("loss"):
        return localised(f"{value:.4f}")
    if name.endswith("acc."):
        return localised(f"{value:.1%}")
    return localised(f"{value:,}") if isinstance(value, int) else _short(value)


@spoken("en")
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
            (tr("data"), has_same_rows),
            (tr("classes"), has_same_classes or not has_same_rows),
            (tr("seed ({seeds})", seeds=", ".join(seeds)), len(seeds) == 1),
            (tr("kind of model"), len({_model(e) for e in entries}) == 1),
            (tr("initial weights"), len({_init(e) for e in entries}) == 1),
        )
        if not is_same
    ]
    begins = {first_figures(e.curves) for e in entries if isinstance(e, Record)}
    if not why and len(begins) > 1:
        why.append(tr("initial weights, chosen by hand"))
    start = tr("Same start: equal weights at step 0.")
    if why:
        start = tr("Different start: {parts}.", parts=_list(why))
    if not has_same_rows:
        return start
    if len(sizes) > 1:
        batches = tr("Batches of {sizes} rows.", sizes=_list(sizes))
    elif has_same_order or sizes == [tr("all", "rows")]:
        batches = tr("Same batches: every update takes the same rows.")
    else:
        batches = tr("Other batches: the rows come in another order.")
    return f"{start} {batches}"


def describe_losses(entries: Sequence[Entry]) -> str:
    """Return a warning if the runs' losses are of different kinds, else ""."""
    kinds = _distinct(tr(FAMILY[entry.config.model.kind].loss) for entry in entries)
    if len(kinds) < 2:
        return ""
    return tr(
        "Their losses are of different kinds ({kinds}): compare accuracies.", kinds=_list(kinds)
    )


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
    return tr("all", "rows") if size is None or size >= n else str(size)


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _same_array(a: NDArray[np.generic], b: NDArray[np.generic]) -> bool:
    if a.shape != b.shape:
        return False
    is_same_memory = a.ctypes.data == b.ctypes.data and a.strides == b.strides
    return is_same_memory or np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def _list(words: Sequence[str]) -> str:
    *first, last = words
    return tr("{first} and {last}", first=", ".join(first), last=last) if first else last


def _yes(is_so: bool) -> str:
    return mark("yes") if is_so else mark("no")
