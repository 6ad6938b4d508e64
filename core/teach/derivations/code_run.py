"""The gradient's code, run on the batch of a followed example, timed and compared."""

from __future__ import annotations

import inspect
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.data.task import Task
from core.explain.example_trace import follow
from core.language import tr
from core.model_family import FAMILY
from core.teach.derivations import gradient_code
from core.train.snapshot import Snapshot

MOST_PRODUCTS = 400_000  # n · m · h that a loop is given; it gets the first rows of a larger batch
RUNS, SECONDS = 9, 0.5  # how often a form is run, and for how long at most


@dataclass(frozen=True)
class Form:
    """One way to write the gradient. source : the code that is run."""

    title: str
    source: str
    function: Callable[..., Any]
    is_loop: bool = False
    is_torch: bool = False


@dataclass(frozen=True)
class Timed:
    """A form that was run. seconds : the median of `runs`. rows : of the batch that it took.

    difference : the largest |difference| from the trainer's gradient of these rows.
    """

    form: Form
    seconds: float
    runs: int
    rows: int
    difference: float


@dataclass(frozen=True)
class Ran:
    """All forms. shapes : of what they are given, in words. all_rows : of the batch."""

    forms: tuple[Timed, ...]
    shapes: str
    all_rows: int


def obstacle(task: Task) -> str:
    """Return why the gradient of the task's model is not that of this code, "" if it is."""
    kind = FAMILY[task.config.model.kind]
    if task.config.model.hidden:
        return tr("The code is of a model without a hidden layer.")
    if task.class_weights is not None:
        return tr("The code is of a loss in which all classes weigh the same.")
    if kind.is_pairwise or kind.is_counted or not kind.chain_collapses:
        return tr("The code is of a model whose gradient is (A − Y): choose Logistic or Softmax.")
    return ""


def forms(task: Task) -> tuple[Form, ...]:
    """Return the forms for the output of the task's model."""
    is_softmax = FAMILY[task.config.model.kind].is_shift_invariant
    code = gradient_code
    loop, by_numpy, by_torch = (
        (code.softmax_loop, code.softmax_numpy, code.softmax_torch)
        if is_softmax
        else (code.sigmoid_loop, code.sigmoid_numpy, code.sigmoid_torch)
    )
    return (
        Form("For-loop", inspect.getsource(loop), loop, is_loop=True),
        Form("NumPy", inspect.getsource(by_numpy), by_numpy),
        Form("PyTorch", inspect.getsource(by_torch), by_torch, is_torch=True),
    )


def run(task: Task, snapshot: Snapshot) -> Ran:
    """Run all forms on the next batch, in the trainer's float32, one after the other."""
    rows = snapshot.batch if len(snapshot.batch) else task.train_rows
    W, b = snapshot.params.W, snapshot.params.b
    products = max(W.size, 1)
    few = rows[: max(MOST_PRODUCTS // products, 1)]
    timed = []
    for form in forms(task):
        taken = few if form.is_loop else rows
        X, Y = _batch(task, taken)
        given: tuple[Any, ...] = (X, Y, W, b)
        if form.is_torch:
            given = tuple(torch.from_numpy(np.ascontiguousarray(each)) for each in given)
        seconds, result = _time(form.function, given)
        wanted = _by_trainer(task, snapshot, taken)
        difference = float(np.abs(np.asarray(result) - wanted).max(initial=0.0))
        timed.append(Timed(form, statistics.median(seconds), len(seconds), len(taken), difference))
    n, (h, m) = len(rows), W.shape
    return Ran(tuple(timed), f"X ({n:,}, {m:,})   Y ({n:,}, {h})   W ({h}, {m:,})   b ({h},)", n)


def _batch(task: Task, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return X and Y of these rows, as the trainer has them."""
    X = task.inputs_of(rows)
    y, h = task.dataset.y[rows], task.outputs
    Y = y[:, None] if h == 1 else np.eye(h)[y]
    dense = X if isinstance(X, np.ndarray) else X.toarray()
    return np.ascontiguousarray(dense), Y.astype(np.float32)


def _time(function: Callable[..., Any], given: tuple[Any, ...]) -> tuple[list[float], Any]:
    """Return how long each run took, and the result of the last."""
    seconds: list[float] = []
    result: Any = None
    while len(seconds) < RUNS and sum(seconds) < SECONDS:
        begun = time.perf_counter()
        result = function(*given)
        seconds.append(time.perf_counter() - begun)
    return seconds, result


def _by_trainer(task: Task, snapshot: Snapshot, rows: NDArray[np.int64]) -> Any:
    """Return ∂L/∂W of these rows by the trainer's own head."""
    row = int(rows[0])
    values = task.dataset.values(slice(row, row + 1))[0]
    trace = follow(task, replace(snapshot, batch=rows), values, None, row)
    return trace.layer.mean_dW
