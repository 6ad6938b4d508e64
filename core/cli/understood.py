"""What was understood of the data of a task, for the terminal and as JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.data.csv.understood import left_out_json, listed
from core.data.task import Task
from core.data.text.described import describe
from core.errors import DataError, DoubtfulLabelError

MOST_CLASSES = 12  # named in a line
MOST_INPUTS = 1_000  # in JSON


def understood_lines(task: Task) -> list[str]:
    """Return lines on what a table, a folder or texts were taken for; [] for other data."""
    return [*_lines_of_rows(task), *_lines_of_words(task)]


def _lines_of_words(task: Task) -> list[str]:
    """Return a line on the words that are features; [] without documents."""
    if task.dataset.vocabulary is None:
        return []
    said = describe(task.config.data.bag)
    return [f"words     {task.dataset.m:,}: {said}"]


def _lines_of_rows(task: Task) -> list[str]:
    """Return lines on label, classes and unused columns of a table, or on a folder."""
    told, folder = task.source.understood, task.source.folder
    if folder is not None:
        first = "; ".join(
            f"{name}: {', '.join(files)}" for name, files in folder.first_names.items()
        )
        return [
            f"classes   {_say_counts(task)}",
            *([f"sizes     {folder.say_sizes()}"] if folder.sizes else []),
            f"{'texts   ' if task.dataset.is_text else 'pictures'}  {folder.made}",
            f"files     {first}",
        ]
    if told is None:
        return []
    lines = [f"label     {told.describe_label()}", f"classes   {_say_counts(task)}"]
    if told.text:
        lines.append(f"text      {told.describe_text()}")
    if words := [str(column) for column in task.dataset.columns if column.words]:
        lines.append(f"words     {listed(tuple(words), '; ')}")
    if unused := _unused(task):
        named = tuple(f"{name} ({why})" for name, why in unused.items())
        lines.append(f"not used  {listed(named, '; ')}")
    return [*lines, *(f"note      {remark}" for remark in told.remarks)]


def understood_json(task: Task) -> dict[str, Any]:
    """Return what was understood as JSON-compatible values."""
    told, dataset = task.source.understood, task.dataset
    found: dict[str, Any] = {
        "data": dataset.name,
        "classes": _counts(task),
        "features": [column.name for column in dataset.columns],
        "texts": told.text or None if told else None,
        "inputs": list(task.input_names[:MOST_INPUTS]),
        "pictures": list(dataset.picture_size) if dataset.picture_size else None,
        "rows": {
            "training": len(task.train_rows),
            "pens": task.pens,
            "validation": len(task.validation_rows),
            "test": len(task.test_rows),
        },
    }
    if dataset.folder is not None:
        found["colours"] = dataset.looks == "colour"
        return {**found, **dataset.folder.to_json()}
    if told is None:
        return found
    return {
        **found,
        **told.form_to_json(),
        "label": told.label,
        "label_why": told.label_why,
        "label_candidates": list(told.rivals),
        "categories": {
            column.name: list(column.words) for column in dataset.columns if column.words
        },
        "units": {
            name: unit
            for j, name in enumerate(dataset.feature_names)
            if (unit := dataset.unit_of(j))
        },
        "not_used": _unused(task),
        "left_out": left_out_json(dataset.left_out),
        "notes": [*map(str, told.format.notes), *map(str, told.remarks)],
    }


def way_out(error: DataError) -> DataError:
    """Return the error with the options that help, if its label column is doubtful."""
    if not isinstance(error, DoubtfulLabelError):
        return error
    names = f" ({listed(error.others)} could be one)" if error.others else ""
    accept = ", or --any-label, which takes each value for a class" if error.can_accept else ""
    return DataError(f"{error} In the terminal: --label COL{names}{accept}.")


def _counts(task: Task) -> dict[str, int]:
    """Return the number of rows of each class, without variations of pictures."""
    dataset = task.dataset
    counts = np.bincount(dataset.y[dataset.added :], minlength=dataset.h)
    return dict(zip(dataset.class_names, counts.tolist(), strict=True))


def _say_counts(task: Task) -> str:
    """Return the first classes with their rows."""
    counted = [f"{name} ({count:,})" for name, count in _counts(task).items()]
    more = len(counted) - MOST_CLASSES
    return ", ".join(counted[:MOST_CLASSES]) + (f" and {more:,} more" if more > 0 else "")


def _unused(task: Task) -> dict[str, str]:
    told = task.source.understood
    if told is None or task.source.image_shape:
        return {name: str(why) for name, why in told.unused} if told else {}
    names = tuple(column.name for column in task.source.columns)
    chosen = tuple(column.name for column in task.dataset.columns)
    return told.unused_beside(names, chosen)
