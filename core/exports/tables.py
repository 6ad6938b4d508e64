"""A run as tables: its history, its confusions, its weights, and its answers for the test rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.csv.header import TEST, TRAIN
from core.data.csv.spreadsheet import Writer
from core.evaluate import model_outputs
from core.evaluate.classification import Answers, confusion
from core.exports.exported_run import ExportedRun
from core.files import writing
from core.model_family import FAMILY, output_names
from core.train.history import COUNT, SERIES, TOTAL

BIAS = "bias"

# Name and values of weights and of biases, and the names of both of their sides.
Layer = tuple[str, NDArray[np.float32], str, NDArray[np.float32], tuple[str, ...], tuple[str, ...]]


def write_curves(run: ExportedRun, path: Path) -> tuple[Path, ...]:
    """Write all that was measured, a row for each step of the history. Raises SaveError.

    In a long run neighbours are one row: their means, at the last of their steps; `points` says how
    many they are. Figures of parts without rows have no column.
    """
    curves, epochs = run.curves, run.epochs_at(run.curves.step)
    means = curves.table[TOTAL] / curves.table[COUNT]
    known = [k for k in range(len(SERIES)) if np.isfinite(means[k]).any()]
    edits: dict[int, list[str]] = {}
    for mark in curves.marks:
        edits.setdefault(mark.step, []).append(mark.text)
    names = [SERIES[k] for k in known]
    marked = sorted(edits)

    def rows() -> Iterator[list[Any]]:
        place, before = 0, -1
        for i, step in enumerate(curves.step.tolist()):
            said = []
            while place < len(marked) and marked[place] <= step:
                said += edits[marked[place]] if marked[place] > before else []
                place += 1
            before = step
            epoch = int(epochs[i]) if epochs[i] >= 0 else ""
            figures = [_number(float(means[k, i])) for k in known]
            yield [step, epoch, int(curves.table[COUNT, i]), *figures, "; ".join(said)]

    return _write(path, ["step", "epoch", "points", *names, "changed"], rows())


def write_confusion(run: ExportedRun, path: Path) -> tuple[Path, ...]:
    """Write how many rows of each class were taken for each. Raises SaveError."""
    _, answers = asked(run)
    names = run.task.dataset.class_names
    counts = confusion(answers.y, answers.predicted, len(names)).tolist()
    rows = ([name, *line] for name, line in zip(names, counts, strict=True))
    return _write(path, ["true \\ predicted", *names], rows)


def write_weights(run: ExportedRun, path: Path) -> tuple[Path, ...]:
    """Write each weight and bias with the names of its output and its input. Raises SaveError.

    They are those of the inputs as the model takes them: standardised, if the run is so. With a
    hidden layer V and c lead from the inputs to its units, W and b from these to the outputs.
    """
    params, inputs = run.params, run.task.input_names
    outputs = output_names(run.task.config.model.kind, run.task.dataset.class_names)
    layers: list[Layer] = [("W", params.W, "b", params.b, outputs, inputs)]
    if params.hidden is not None:
        units = tuple(f"unit {k + 1}" for k in range(len(params.hidden.c)))
        layers = [
            ("V", params.hidden.V, "c", params.hidden.c, units, inputs),
            ("W", params.W, "b", params.b, outputs, units),
        ]

    def rows() -> Iterator[list[Any]]:
        for weights, W, biases, b, left, right in layers:
            for name, line, bias in zip(left, W.astype(str).tolist(), b.astype(str), strict=True):
                for other, value in zip(right, line, strict=True):
                    yield [weights, name, other, value]
                yield [biases, name, BIAS, str(bias)]

    return _write(path, ["parameter", "output", "input", "value"], rows())


def write_predictions(run: ExportedRun, path: Path) -> tuple[Path, ...]:
    """Write class, answer and probabilities of each test row; of the training rows if none is for
    testing. Raises SaveError.
    """
    part, answers = asked(run)
    dataset = run.task.dataset
    names, lines = dataset.class_names, dataset.lines
    has_shares = FAMILY[run.task.config.model.kind].has_probabilities
    shares = [f"P({name})" for name in names] if has_shares else []
    where = ["row"] if lines is None else ["row", "line"]

    def rows() -> Iterator[list[Any]]:
        for i, row in enumerate(answers.rows.tolist()):
            place = [row + 1] if lines is None else [row + 1, int(lines[row])]
            said = answers.probabilities[i].tolist() if has_shares else []
            is_right = "yes" if answers.predicted[i] == answers.y[i] else "no"
            own = [names[answers.y[i]], names[answers.predicted[i]], is_right]
            yield [*place, part, *own, *map(repr, said)]

    return _write(path, [*where, "split", "class", "predicted", "right", *shares], rows())


def asked(run: ExportedRun) -> tuple[str, Answers]:
    """Return the model's answers for the test rows, or the training rows if there are none."""
    task = run.task
    part, name = (TEST, "test") if len(task.test_rows) else (TRAIN, "training")
    return part, model_outputs.ask(task, run.params, task.parts[name])


def _write(path: Path, header: list[str], rows: Iterable[list[Any]]) -> tuple[Path, ...]:
    with writing(path) as file:
        table = Writer(file)
        table.header(header)
        for row in rows:
            table.row(row)
    return (path,)


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else ""
