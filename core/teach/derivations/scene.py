"""What derivations are about in a run: the case, and the numbers of its terms.

A derivation about another output than the model's gets the closest numbers: one row of W as a
neuron of its own, or softmax over the logits that there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from core.data.task import Task
from core.explain.example_trace import HiddenUnits, Trace
from core.model_family import FAMILY, pairs
from core.teach.derivations.derivation import About, Case, Derivation, HiddenLayer
from core.teach.derivations.expression import Key, Reals, Value
from core.train.models import HIDDEN
from core.train.snapshot import Snapshot

if TYPE_CHECKING:  # SciPy is imported with the first texts
    from scipy.sparse import csr_array

Rows = NDArray[np.int64]

MOST_PRODUCTS = 3  # inputs up to which a logit is written out
MOST_COLUMNS = 4  # of X in the derivation of a batch
MOST_ROWS = 4096  # of a batch


@dataclass(frozen=True, eq=False)
class Scene:
    """A derivation of one example.

    numbers : of the terms that have no definition; of a batch as arrays.
    is_own : whether they are the model's own; else of the closest one that the derivation is about.
    row : of W, whose weight is followed. columns : the inputs that a batch is written with.
    rows, all_rows : of the batch, as many as are used and as there are.
    """

    case: Case
    numbers: dict[Key, Value]
    is_own: bool
    row: int
    columns: tuple[int, ...]
    rows: int
    all_rows: int


def scene(derivation: Derivation, task: Task, snapshot: Snapshot, trace: Trace) -> Scene:
    """Return the scene of a traced example; an unknown class is taken to be the decided one.

    The derivation is one that fits the task, see `Derivation.fits`.
    """
    label = trace.response.decided if trace.label is None else trace.label
    feature = int(np.argmax(np.abs(trace.x)))
    features = tuple(range(len(trace.x))) if len(trace.x) <= MOST_PRODUCTS else (feature,)
    maker = {About.CLASSES: _softmax, About.HIDDEN: _hidden}.get(derivation.about, _neuron)
    case, numbers, row = maker(derivation, task, trace, label, feature, features)
    numbers["eta",] = snapshot.eta
    order = np.argsort(-np.abs(trace.x), kind="stable")[:MOST_COLUMNS]
    columns = tuple(int(j) for j in np.sort(order))
    used = all_rows = 0
    if derivation.needs_batch:
        rows = _rows(task, snapshot, row)
        all_rows, used = len(rows), min(len(rows), MOST_ROWS)
        numbers |= _batch(task, trace, rows[:MOST_ROWS], label, row, feature, columns)
    return Scene(case, numbers, is_own(derivation, task), row, columns, used, all_rows)


def is_own(derivation: Derivation, task: Task) -> bool:
    """Return whether the derivation is about the output and the loss of the task's model."""
    kind = FAMILY[task.config.model.kind]
    match derivation.about:
        case About.CLASSES:
            h = derivation.classes
            return kind.is_shift_invariant and h in (None, task.dataset.h)
        case About.NEURON:
            return kind.is_neuron and kind.is_sigmoid
        case _:  # also behind a hidden layer
            return kind.chain_collapses and not kind.is_pairwise


def _neuron(
    _: Derivation, task: Task, trace: Trace, label: int, feature: int, features: tuple[int, ...]
) -> tuple[Case, dict[Key, Value], int]:
    """Return the case of a neuron with one row of W: its own, or that of the class."""
    k, y = _row_of(task, label)
    case = Case(2, label, 1 - min(label, 1), k, feature, len(trace.x), features)
    numbers: dict[Key, Value] = {("y", k): y, ("b", k): float(trace.layer.b[k])}
    for j in features:
        numbers["W", k, j], numbers["x", j] = float(trace.layer.W[k, j]), float(trace.x[j])
    numbers["rest", k] = float(trace.z[k] - sum(trace.layer.products[k, list(features)]))
    return case, numbers, k


def _softmax(
    derivation: Derivation,
    task: Task,
    trace: Trace,
    label: int,
    feature: int,
    features: tuple[int, ...],
) -> tuple[Case, dict[Key, Value], int]:
    """Return the case of a softmax: over all logits, over two of them, or over 0 and a neuron's."""
    kind = FAMILY[task.config.model.kind]
    if kind.is_neuron or kind.is_pairwise:  # a neuron is softmax over 0 and z
        row, y = _row_of(task, label)
        classes: tuple[int, ...] = (-1, row)
        z, own = np.array([0.0, trace.z[row]]), int(y)
    else:
        h = len(trace.z)
        rival = (label + 1) % h
        classes = tuple(range(h)) if derivation.classes is None else (rival, label)
        z, own = trace.z[list(classes)], classes.index(label)
    h = len(z)
    output = (own + 1) % h if classes[(own + 1) % h] >= 0 else own
    row = classes[output]
    case = Case(h, own, (own + 1) % h, output, feature, len(trace.x), features)
    numbers: dict[Key, Value] = {("z", c): float(z[c]) for c in range(h) if c != output}
    numbers |= {("y", c): float(c == own) for c in range(h)}
    numbers["W", output, feature] = float(trace.layer.W[row, feature])
    numbers["x", feature] = float(trace.x[feature])
    numbers["rest", output] = float(z[output] - trace.layer.products[row, feature])
    return case, numbers, row


def _hidden(
    _: Derivation, task: Task, trace: Trace, label: int, feature: int, features: tuple[int, ...]
) -> tuple[Case, dict[Key, Value], int]:
    """Return the case of a weight of the hidden unit that adds most to the logits."""
    layer = trace.hidden
    assert layer is not None
    kind = FAMILY[task.config.model.kind]
    row, y = _row_of(task, label)
    is_single = kind.is_neuron or kind.is_pairwise
    rows = [row] if is_single else list(range(len(trace.z)))
    target = np.array([y]) if is_single else np.eye(len(rows))[label]
    own, W, z = 0 if is_single else label, trace.layer.W[rows], trace.z[rows]
    unit = int(np.argmax(np.abs(trace.layer.products).sum(axis=0)))
    about = HiddenLayer(unit, layer.activation, is_softmax=kind.is_shift_invariant)
    h, below = len(rows), layer.linear
    case = Case(h, own, (own + 1) % h, own, feature, len(trace.x), features, about)
    numbers: dict[Key, Value] = {
        ("x", feature): float(trace.x[feature]),
        ("hidden W", unit, feature): float(below.W[unit, feature]),
        ("hidden rest", unit): float(below.z[unit] - below.products[unit, feature]),
    }
    for c in range(h):
        numbers["y", c], numbers["W", c, unit] = float(target[c]), float(W[c, unit])
        numbers["rest", c] = float(z[c] - W[c, unit] * layer.a[unit])
    return case, numbers, row


def _row_of(task: Task, label: int) -> tuple[int, float]:
    """Return the row of W that is taken as a neuron, and the example's target for it."""
    kind = FAMILY[task.config.model.kind]
    if kind.is_neuron:
        return 0, float(label)
    if kind.is_pairwise:
        having = [k for k, pair in enumerate(pairs(task.dataset.h)) if label in pair]
        return having[0], float(pairs(task.dataset.h)[having[0]][1] == label)
    return label, 1.0


def _rows(task: Task, snapshot: Snapshot, row: int) -> Rows:
    """Return the rows of the batch; of a pair those of its two classes."""
    rows = snapshot.batch if len(snapshot.batch) else task.train_rows
    if not FAMILY[task.config.model.kind].is_pairwise:
        return rows
    inside = np.isin(task.dataset.y[rows], pairs(task.dataset.h)[row])
    return rows[inside]


def _batch(
    task: Task,
    trace: Trace,
    rows: Rows,
    label: int,
    row: int,
    feature: int,
    columns: tuple[int, ...],
) -> dict[Key, Value]:
    """Return the terms of a batch's derivations, and those of its example as columns."""
    inputs = task.inputs_of(rows)
    H = inputs if trace.hidden is None else _units(trace.hidden, inputs)
    Z = np.asarray(H @ trace.layer.W.T) + trace.layer.b
    followed, X = _columns(inputs, (feature,))[:, 0], _columns(inputs, columns)
    kind, y = FAMILY[task.config.model.kind], task.dataset.y[rows]
    if kind.is_pairwise:
        Z, z = Z[:, [row]], trace.z[[row]]
        Y = (y == pairs(task.dataset.h)[row][1]).astype(np.float64)[:, None]
        target = np.array([float(pairs(task.dataset.h)[row][1] == label)])
    elif kind.is_neuron:
        z, Y, target = trace.z, y.astype(np.float64)[:, None], np.array([float(label)])
    else:
        z, Y = trace.z, np.eye(task.dataset.h)[y]
        target = np.eye(task.dataset.h)[label]
    is_softmax = kind.is_shift_invariant
    A, a = _activations(Z, is_softmax), _activations(z[None], is_softmax)[0]
    if trace.hidden is None:
        found = _of_weight(trace, Z, Y, row, feature, followed)
    else:
        W = trace.layer.W[[row]] if kind.is_pairwise else trace.layer.W
        found = _of_units(trace.hidden, W, np.asarray(H))
    return found | {
        ("n",): float(len(rows)),
        ("A",): A,
        ("Y",): Y,
        ("X",): X,
        ("a", "col"): a[:, None],
        ("y", "col"): target[:, None],
        ("x", "col"): trace.x[list(columns)][:, None],
        ("a", "each"): A[:, :, None],
        ("y", "each"): Y[:, :, None],
        ("x", "each"): X[:, :, None],
    }


def _of_weight(
    trace: Trace, Z: Reals, Y: Reals, row: int, feature: int, followed: Reals
) -> dict[Key, Value]:
    """Return the terms of a batch about one weight of a model without a hidden layer."""
    at = 0 if Z.shape[1] == 1 else row
    return {
        ("X", feature): followed,
        ("rest", "i"): Z[:, at] - trace.layer.W[row, feature] * followed,
        ("y", "i"): Y[:, at],
    }


def _of_units(layer: HiddenUnits, W: Reals, H: Reals) -> dict[Key, Value]:
    """Return the terms of hidden units with activations H (n, u), below weights W (outputs, u)."""
    return {
        ("W2",): W,
        ("H",): H,
        ("hidden a", "col"): layer.a[:, None],
        ("hidden a", "each"): H[:, :, None],
    }


def _units(layer: HiddenUnits, inputs: NDArray[np.float32] | csr_array) -> Reals:
    """Return the activations (n, u) of the hidden units for these inputs."""
    net = np.asarray(inputs @ layer.linear.W.T) + layer.linear.b
    squash, _ = HIDDEN[layer.activation]
    return np.asarray(squash(torch.from_numpy(net)).numpy())


def _activations(Z: Reals, is_softmax: bool) -> Reals:
    with np.errstate(over="ignore"):
        if not is_softmax:
            return np.asarray(1 / (1 + np.exp(-Z)))
    powers = np.exp(Z - Z.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _columns(inputs: NDArray[np.float32] | csr_array, columns: tuple[int, ...]) -> Reals:
    """Return these columns of the inputs, dense."""
    found = inputs[:, list(columns)]
    return np.asarray(found if isinstance(found, np.ndarray) else found.toarray(), np.float64)
