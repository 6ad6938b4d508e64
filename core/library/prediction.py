"""A model is asked about rows, and how good it is about those of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.data.indicators import Asked
from core.data.task import Task
from core.errors import DataError
from core.evaluate.classification import Report, confusion, report, wilson
from core.library.data import Data
from core.library.run import Run
from core.model_family import FAMILY
from core.runs.model import Model
from core.train.snapshot import Params

if TYPE_CHECKING:
    import pandas as pd

Part = Literal["training", "validation", "test"]
PARTS: tuple[Part, ...] = ("training", "validation", "test")


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model says of n rows.

    labels : (n,) indices into `class_names`. probabilities : (n, classes), float32; NaN for a
    kind of model that has none, as the perceptron.
    """

    class_names: tuple[str, ...]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]

    @property
    def classes(self) -> list[str]:
        """The name of the class of each row."""
        return [self.class_names[k] for k in self.labels.tolist()]

    def __len__(self) -> int:
        return len(self.labels)


def predict(model: Model | Run, rows: ArrayLike | Sequence[str] | pd.DataFrame) -> Predictions:
    """Return what a model says of rows.

    rows : numbers (n, d) or (d,) for the model's features, in their own units and order, pixels
    in 0 … 1; a DataFrame with a column for each, found by its name; or texts, for a model of
    documents.
    A row's answer does not depend on the others.

    Raises DataError for rows of another shape, missing columns, and what is no finite number.

    >>> run = Run("iris", features=["petal length", "petal width"])
    >>> result = run.train()
    >>> predict(run, [[1.4, 0.2], [5.1, 1.8]]).classes
    ['setosa', 'virginica']
    """
    found = model.model if isinstance(model, Run) else model
    if found.vocabulary is not None:
        values: Any = found.bag_of(_texts(rows))
    elif hasattr(rows, "columns"):
        values = found.stored(_columns(found, rows))
    else:
        values = found.stored(_numbers(found, rows))
    if not values.shape[0]:
        labels, shares = np.zeros(0, np.int64), np.zeros((0, len(found.class_names)), np.float32)
    else:
        with np.errstate(all="ignore"):
            labels, shares = found.answers(values)
    if not np.isfinite(shares).all():
        raise DataError("The values are too large for this model; smaller ones were expected.")
    if not FAMILY[found.config.model.kind].has_probabilities:
        shares = np.full_like(shares, np.nan)
    return Predictions(found.class_names, labels, shares)


def _texts(rows: Any) -> list[str]:
    texts = [rows] if isinstance(rows, str) else list(rows)
    if not all(isinstance(text, str) for text in texts):
        raise DataError("This model reads texts; strings were expected.")
    return texts


def _numbers(model: Model, rows: Any) -> NDArray[np.float64]:
    try:
        values = np.asarray(rows, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError("Rows of numbers were expected, or a DataFrame.") from None
    d = len(model.feature_names)
    if values.shape == (d,):
        values = values[None]
    if values.ndim != 2 or values.shape[1] != d:
        raise DataError(f"The rows have the shape {values.shape}; (n, {d}) was expected.")
    if not np.isfinite(values).all():
        raise DataError("The rows hold a value that is no finite number.")
    return values


def _columns(model: Model, table: Any) -> NDArray[np.float64]:
    """Return the features (n, d) of a DataFrame."""
    values = np.zeros((len(table), len(model.feature_names)))
    for column in model.columns:
        if column.name not in table.columns:
            raise DataError(f"The table has no column “{column.name}”.")
        values[:, list(column.indices)] = _cells(column, table[column.name].tolist())
    return _numbers(model, values)


def _cells(column: Asked, cells: list[Any]) -> Any:
    if not column.words:
        try:
            return np.asarray(cells, dtype=np.float64)[:, None]
        except (TypeError, ValueError):
            raise DataError(f"“{column.name}” holds what is no number.") from None
    found = [column.encode(str(cell)) for cell in cells]
    for cell, values in zip(cells, found, strict=True):
        if values is None:
            known = ", ".join(column.words)
            raise DataError(f"{column.name} is {cell!r}; one of {known} was expected.")
    return found


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How good a model is on some rows.

    part : which rows; rows : how many. loss : the mean over them, without the penalty.
    accuracy : in 0 … 1; interval : of it at 95 %, after Wilson.
    counts : (classes, classes) confusion, true class by row, predicted by column.
    """

    part: str
    rows: int
    loss: float
    accuracy: float
    interval: tuple[float, float]
    counts: NDArray[np.int64]
    class_names: tuple[str, ...]

    @property
    def by_class(self) -> Report:
        """Precision, recall, F1 and rows of each class, (classes,) each."""
        return report(self.counts)

    def _repr_html_(self) -> str:
        found = self.by_class
        lines = "".join(
            f"<tr><td>{escape(name)}</td><td>{precision:.3f}</td><td>{recall:.3f}</td>"
            f"<td>{f1:.3f}</td><td>{support:,}</td></tr>"
            for name, precision, recall, f1, support in zip(
                self.class_names,
                found.precision,
                found.recall,
                found.f1,
                found.support.tolist(),
                strict=True,
            )
        )
        low, high = self.interval
        return (
            f"<table><caption>{self.part}, {self.rows:,} rows: accuracy {self.accuracy:.2%} "
            f"({low:.1%} … {high:.1%}), loss {self.loss:.4f}</caption><tr><th>class</th>"
            f"<th>precision</th><th>recall</th><th>F1</th><th>rows</th></tr>{lines}</table>"
        )


def evaluate(model: Model | Run, part: Part = "test", data: Data | None = None) -> Evaluation:
    """Return how good a model is on the training, validation or test rows.

    data : of a model that was opened from a file; they are split as it was trained. Of a run they
    are its own.

    Raises DataError where there are no such rows, and for data of other features or classes.

    >>> run = Run("iris", features=["all"])
    >>> result = run.train()
    >>> found = evaluate(run)
    >>> found.rows, f"{found.accuracy:.3f}", [f"{end:.2f}" for end in found.interval]
    (30, '0.933', ['0.79', '0.98'])
    """
    from core.evaluate.model_outputs import ask

    task, params = _asked(model, data)
    if part not in PARTS:
        raise DataError(f"part is {part!r}; it must be one of {', '.join(PARTS)}.")
    rows = task.parts.get(part)
    if rows is None:
        raise DataError(f"{task.source.name} has no {part} rows.")
    answers = ask(task, params, rows)
    right, n = int(answers.is_right.sum()), len(rows)
    return Evaluation(
        part=part,
        rows=n,
        loss=float(answers.loss.mean()),
        accuracy=right / n,
        interval=wilson(right, n),
        counts=confusion(answers.y, answers.predicted, task.dataset.h),
        class_names=task.dataset.class_names,
    )


def _asked(model: Model | Run, data: Data | None = None) -> tuple[Task, Params]:
    if isinstance(model, Model):
        if data is None:
            raise DataError("A model holds no rows; name the data, as in evaluate(model, data=…).")
        return model.task(data.dataset), model.params
    return model.task, model.params
