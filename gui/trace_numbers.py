"""The numbers and pictures that stand in the lines of a trace, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gui.notation import Key, Line, Num, walk
from gui.trace_lines import Shape

if TYPE_CHECKING:  # it imports PyTorch
    from core.trace import Trace

MEANINGS = {
    "x": "{input}, as the model takes it",
    "own": "{input}, in its own unit",
    "W": "weight of {input} for {name}",
    "b": "bias of {name}",
    "wx": "sum of weight × input for {name}",
    "z": "logit of {name}",
    "e": "e to the logit of {name}",
    "S": "sum of the exponentials",
    "shift": "the largest logit, taken out so that nothing overflows",
    "a": "probability of {name}",
    "y": "target of {name}",
    "L": "loss of this example, in nats",
    "dLda": "derivative of the loss by the activation",
    "dadz": "slope of the sigmoid",
    "dz": "derivative of the loss by the logit of {name}: a − y",
    "dW": "gradient of this example: weight of {input} for {name}",
    "share": "this example's share of the batch gradient: weight of {input} for {name}",
    "g": "gradient of the batch: weight of {input} for {name}",
    "db": "gradient of the batch: bias of {name}",
    "W2": "after the update: weight of {input} for {name}",
    "b2": "after the update: bias of {name}",
    "n": "examples in the batch",
    "in": "whether the next batch holds this example",
    "eta": "learning rate η",
    "decay": "weight decay λ",
}
OF_INPUTS = ("x", "own")  # all other numbers that have an index begin with the class


def meaning(shape: Shape, key: Key) -> str:
    """Say in words what the number is."""
    kind, *indices = key
    if shape.is_binary and kind == "e":
        return "e to the −z"
    has_class = bool(indices) and kind not in OF_INPUTS
    name = shape.names[1 if shape.is_binary else int(indices[0])] if has_class else ""
    has_input = kind in OF_INPUTS or len(indices) > 1
    words = shape.inputs[int(indices[-1])] if has_input else ""
    return MEANINGS[str(kind)].format(name=name, input=words)


def meanings(shape: Shape, lines: Iterable[Line]) -> dict[Key, str]:
    """Say of each number in the lines what it is."""
    nodes = (node for line in lines for node in walk(line.node))
    return {node.key: meaning(shape, node.key) for node in nodes if isinstance(node, Num)}


def numbers(shape: Shape, trace: Trace, own: NDArray[np.floating]) -> dict[Key, float]:
    """Return all numbers that can stand in the lines; `own` (d,) are the inputs as measured."""
    found: dict[Key, float] = {
        ("S",): trace.total,
        ("shift",): trace.shift,
        ("eta",): trace.eta,
        ("decay",): trace.decay,
    }

    def add(name: str, values: Sequence[float] | NDArray[np.float64] | None) -> None:
        if values is not None:
            found.update({(name, k): float(value) for k, value in enumerate(values)})

    def add_table(name: str, values: NDArray[np.float64] | None) -> None:
        if values is not None:
            found.update(
                {(name, k, j): float(values[k, j]) for k in range(shape.h) for j in shape.features}
            )

    for j in shape.features:
        found["x", j] = float(trace.x[j])
        if shape.is_scaled:
            found["own", j] = float(own[j])
    add("b", trace.b)
    add("z", trace.z)
    add("wx", trace.products.sum(axis=1))
    add("e", trace.powers)
    add("a", trace.a)
    add("y", trace.y)
    add("dz", trace.dz)
    add("b2", trace.new_b)
    add_table("W", trace.W)
    add_table("dW", trace.dW)
    add_table("W2", trace.new_W)
    if trace.loss is not None:
        found["L",] = trace.loss
    if trace.batch is not None:
        found["n",] = trace.batch.n
        add("db", trace.batch.db)
        add_table("g", trace.batch.dW)
        if trace.dW is not None:
            add_table("share", trace.dW / trace.batch.n * trace.batch.holds_example)
    if trace.is_binary and trace.dz is not None:
        slope = float(trace.a[0] * (1 - trace.a[0]))
        found["dadz",] = slope
        found["dLda",] = float(trace.dz[0]) / slope if slope else float("inf")
    return found


def pictures(shape: Shape, trace: Trace) -> dict[Key, tuple[NDArray[np.float64], float]]:
    """Return the pictures in the lines, (m,) each, and the largest size on their common scale."""
    found: dict[Key, tuple[NDArray[np.float64], float]] = {
        ("x",): (trace.x, float(np.abs(trace.x).max(initial=1e-12)))
    }

    def add(
        name: str, values: NDArray[np.float64] | None, like: NDArray[np.float64] | None = None
    ) -> None:
        if values is None:
            return
        scale = float(np.abs(values if like is None else like).max(initial=1e-12))
        found.update({(name, k): (values[k], scale) for k in range(shape.h)})

    add("W", trace.W)
    add("dW", trace.dW)
    add("W2", trace.new_W)
    if trace.batch is not None:
        add("g", trace.batch.dW)
        if trace.dW is not None:
            add("share", trace.dW / trace.batch.n * trace.batch.holds_example)
    return found
