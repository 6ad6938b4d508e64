"""What a report says of a run, as values; every figure is measured on all rows."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core import VERSION
from core.data.defaults import default_config
from core.data.shown_names import shown_classes, shown_inputs, shown_name
from core.data.task import Task
from core.evaluate.classification import Answers, Report, confusion, report, wilson
from core.evaluate.model_outputs import ask
from core.explain.coefficients import output_names
from core.explain.word_evidence import label_weights, strongest
from core.language import tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_integer, format_signed
from core.report.reproduction import Reproduction, reproduction_of
from core.runs.run_record import Record, default_name, format_setting, settings_of
from core.train.snapshot import Params, Snapshot

MOST_INPUTS, MOST_OUTPUTS = 24, 12  # of weights that are listed
MOST_WORDS = 12  # for a class
IDENTITY = ("data", "rows", "features", "classes", "model", "device", "edits")  # no defaults


@dataclass(frozen=True)
class Setting:
    """A setting by its name; default : where it differs from it, else None."""

    name: str
    value: str
    default: str | None


@dataclass(frozen=True)
class Part:
    """How good the model is on the training, validation or test rows.

    interval : of the accuracy, at 95 %, after Wilson.
    """

    name: str
    rows: int
    loss: float
    accuracy: float
    interval: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Confusion:
    """Counts (h, h), true class by row, predicted by column; part : of which rows."""

    part: str
    class_names: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def by_class(self) -> Report:
        return report(self.counts)


@dataclass(frozen=True, eq=False)
class WeightTable:
    """Weights (outputs, m) and biases (outputs,), for standardised inputs where these are so."""

    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    W: NDArray[np.float32]
    b: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Findings:
    """All that a report says.

    made_on : date and time, as text. class_rows : class, and its training, validation and test
    rows. words : of documents, each class with the words that speak most for it.
    remarks : how the run ended, and notes of the data.
    """

    title: str
    made_on: str
    version: str
    data: tuple[tuple[str, str], ...]
    class_rows: tuple[tuple[str, int, int, int], ...]
    settings: tuple[Setting, ...]
    loss: str
    parts: tuple[Part, ...]
    confusion: Confusion
    weights: WeightTable | None
    words: tuple[tuple[str, str], ...]
    step: int
    epoch: int
    remarks: tuple[str, ...]
    reproduction: Reproduction


def findings_of(snapshot: Snapshot, made_on: str) -> Findings:
    """Measure the model of a snapshot on all rows, and collect what is known of its run."""
    task, params = snapshot.task, snapshot.params
    record = Record.of(task, snapshot, 0)
    answers = {name: ask(task, params, rows) for name, rows in task.parts.items()}
    shown = "test" if "test" in answers else "training"
    notes = snapshot.epilogue.notes if snapshot.epilogue else ()
    said = [snapshot.message, *notes, *map(str, task.dataset.notes)]
    return Findings(
        title=f"{shown_name(task.source)}: {default_name(task.config, snapshot.settings)}",
        made_on=made_on,
        version=VERSION,
        data=_data(task, record),
        class_rows=_class_rows(task),
        settings=_settings(record),
        loss=tr(FAMILY[task.config.model.kind].loss),
        parts=tuple(_part(name, answer) for name, answer in answers.items()),
        confusion=_confusion(task, shown, answers[shown]),
        weights=_weights(task, params),
        words=_words(task, params),
        step=snapshot.step,
        epoch=snapshot.epoch,
        remarks=tuple(dict.fromkeys(text for text in said if text)),
        reproduction=reproduction_of(snapshot),
    )


def _data(task: Task, record: Record) -> tuple[tuple[str, str], ...]:
    known = settings_of(record)
    parts = task.parts
    rows = ", ".join(f"{format_integer(len(each))} {tr(name)}" for name, each in parts.items())
    path = task.config.data.path
    return (
        (tr("Data set"), shown_name(task.source)),
        *(((tr("File"), path),) if path else ()),
        (tr("Rows"), f"{format_integer(sum(map(len, parts.values())))}: {rows}"),
        (tr("Features"), str(known["features"])),
        (tr("Inputs of the model"), format_integer(task.m)),
    )


def _class_rows(task: Task) -> tuple[tuple[str, int, int, int], ...]:
    counts = [
        task.dataset.counts(rows)
        for rows in (task.train_rows, task.validation_rows, task.test_rows)
    ]
    return tuple(
        (name, int(train), int(validation), int(test))
        for name, train, validation, test in zip(shown_classes(task.dataset), *counts, strict=True)
    )


def _settings(record: Record) -> tuple[Setting, ...]:
    plain = default_config(record.task)
    default = replace(record, config=plain, settings=plain.training)
    own, usual = settings_of(record), settings_of(default)
    return tuple(
        Setting(
            name,
            format_setting(name, value),
            None if name in IDENTITY or value == usual[name] else format_setting(name, usual[name]),
        )
        for name, value in own.items()
    )


def _part(name: str, answers: Answers) -> Part:
    right, n = int(answers.is_right.sum()), len(answers)
    return Part(name, n, float(answers.loss.mean()), right / n, wilson(right, n))


def _confusion(task: Task, part: str, answers: Answers) -> Confusion:
    counts = confusion(answers.y, answers.predicted, task.dataset.h)
    return Confusion(part, shown_classes(task.dataset), counts)


def _weights(task: Task, params: Params) -> WeightTable | None:
    """Return the weights if they are few, and of measurements; pictures of weights say more."""
    outputs, m = params.W.shape
    is_listed = params.hidden is None and m <= MOST_INPUTS and outputs <= MOST_OUTPUTS
    if task.source.image_shape is not None or not is_listed:
        return None
    return WeightTable(output_names(task), shown_inputs(task), params.W, params.b)


def _words(task: Task, params: Params) -> tuple[tuple[str, str], ...]:
    vocabulary, names = task.dataset.vocabulary, shown_classes(task.dataset)
    if vocabulary is None or params.hidden is not None:
        return ()
    weights, _ = label_weights(task.config.model.kind, params, len(names))
    return tuple(
        (
            name,
            ", ".join(
                f"{vocabulary.words[j]} {format_signed(float(w[j]), 2)}"
                for j in strongest(w, MOST_WORDS).tolist()
                if w[j] > 0
            ),
        )
        for name, w in zip(names[:MOST_OUTPUTS], weights, strict=False)
    )


def format_loss(value: float) -> str:
    return "–" if math.isnan(value) else format_fixed(value, 4)
