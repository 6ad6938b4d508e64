"""The numbers and pictures in the lines of a derivation, and their meanings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.language import localised, mark, tr
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS
from gui.derivation.layer import HIDDEN
from gui.derivation.models import model_of
from gui.derivation.shape import Shape
from gui.kit.maths.notation import Key, Line, Num, walk

if TYPE_CHECKING:  # it imports PyTorch
    from core.explain.example_trace import Layer, Trace

Reals = NDArray[np.float64]

MEANINGS = {
    "x": mark("{input}, as the model takes it"),
    "own": mark("{input}, in its own unit"),
    "W": mark("weight of {input} for {name}"),
    "b": mark("bias of {name}"),
    "wx": mark("sum of weight × input for {name}"),
    "z": mark("logit of {name}"),
    "e": mark("e to the logit of {name}"),
    "S": mark("sum of the exponentials"),
    "A": mark("sum of all activations"),
    "shift": mark("the largest logit, taken out so that nothing overflows"),
    "y": mark("target of {name}"),
    "l": mark("loss of {name}’s own neuron, in {unit}"),
    "L": mark("loss of this example, in {unit}"),
    "dLda": mark("derivative of the loss by the activation"),
    "dadz": mark("slope of the sigmoid"),
    "dz": mark("derivative of the loss by the logit of {name}: {gradient}"),
    "dW": mark("gradient of this example: weight of {input} for {name}"),
    "share": mark("this example's share of the batch gradient: weight of {input} for {name}"),
    "g": mark("gradient of the batch: weight of {input} for {name}"),
    "G": mark("gradient of the batch with the penalty: weight of {input} for {name}"),
    "db": mark("gradient of the batch: bias of {name}"),
    "v": mark("what the rule remembers of the gradient: weight of {input} for {name}"),
    "v2": mark("the same with this gradient: weight of {input} for {name}"),
    "s": mark("what the rule remembers of the squared gradient: weight of {input} for {name}"),
    "s2": mark("the same with this gradient: weight of {input} for {name}"),
    "d": mark("direction of the step: weight of {input} for {name}"),
    "d_b": mark("direction of the step: bias of {name}"),
    "W2": mark("after the update: weight of {input} for {name}"),
    "b2": mark("after the update: bias of {name}"),
    "n": mark("examples in the batch"),
    "c": mark("weight of the example’s class in the loss"),
    "in": mark("whether the next batch holds this example"),
    "eta": mark("learning rate η"),
    "decay": mark("weight decay λ"),
    "even": mark("threshold τ = η λ₁ of all weights"),
    "tau": mark("threshold τ: weight of {input} for {name}"),
    "u": mark("before the threshold: weight of {input} for {name}"),
    "r": mark("after the threshold: weight of {input} for {name}"),
    "v3": mark("velocity with the threshold’s part of the move: weight of {input} for {name}"),
    "mu": mark("momentum μ, the share of the velocity that stays"),
    "beta1": mark("β₁, the share of the mean gradient that stays"),
    "1-beta1": "1 − β₁",
    "stays": mark("the share of the mean square that stays"),
    "1-stays": mark("1 minus the share of the mean square that stays"),
    "t": mark("number of this update"),
    "fix1": mark("what the mean gradient is divided by: it began as 0"),
    "fix2": mark("what the mean square is divided by: it began as 0"),
}
OF_UNITS = {
    "z": mark("net input of {name}"),
    "a": mark("activation of {name}"),
    "slope": mark("slope of the activation of {name}"),
    "da": mark("derivative of the loss by the activation of {name}, along all ways to the logits"),
    "dz": mark("derivative of the loss by the net input of {name}"),
}
OF_INPUTS = ("x", "own")  # the first index of all other numbers is the output
OF_CLASSES = {
    "votes": mark("pairs that vote for {name}"),
    "conf": mark("summed logits of the pairs for {name}"),
}
NO_TARGET = "–"


def meaning(shape: Shape, key: Key) -> str:
    """Return a description of the number."""
    name_of, *indices = key
    kind = str(name_of)
    if kind.startswith(HIDDEN):
        return _meaning_in_units(shape, kind.removeprefix(HIDDEN), [int(at) for at in indices])
    if kind in OF_CLASSES:
        return tr(OF_CLASSES[kind], name=shape.names[int(indices[0])])
    has_output = bool(indices) and kind not in OF_INPUTS
    name = shape.titles[int(indices[0])] if has_output else ""
    if kind == "a":
        return tr(model_of(shape.kind).activation_words, name=name)
    model = FAMILY[shape.kind]
    if kind == "e" and model.is_sigmoid:
        return (
            tr("e to the −z")
            if shape.is_neuron
            else tr("e to minus the logit of {name}", name=name)
        )
    has_input = kind in OF_INPUTS or len(indices) > 1
    text = ""
    if has_input:
        at = int(indices[-1])
        is_fed_by_units = shape.hidden and kind not in OF_INPUTS
        text = unit_name(at) if is_fed_by_units else shape.inputs[at]
    return tr(MEANINGS[kind], name=name, input=text, unit=tr(model.unit), gradient=model.gradient)


def _meaning_in_units(shape: Shape, kind: str, indices: list[int]) -> str:
    """Return the description of a number of the hidden layer."""
    words = OF_UNITS.get(kind) or MEANINGS[kind]
    text = shape.inputs[indices[1]] if len(indices) > 1 else ""
    return tr(words, name=unit_name(indices[0]), input=text)


def unit_name(unit: int) -> str:
    return tr("unit {u}", u=unit + 1)


def meanings(shape: Shape, lines: Iterable[Line]) -> dict[Key, str]:
    """Return a description of each number in the lines."""
    nodes = (node for line in lines for node in walk(line.node))
    return {node.key: meaning(shape, node.key) for node in nodes if isinstance(node, Num)}


def numbers(shape: Shape, trace: Trace, own: NDArray[np.floating]) -> dict[Key, float | str]:
    """Return all numbers that the lines can contain; `own` (d,) are the inputs as measured."""
    response = trace.response
    found: dict[Key, float | str] = {
        ("S",): response.total,
        ("A",): float(trace.a.sum()),
        ("shift",): response.shift,
    }

    def add(name: str, values: Sequence[float] | Reals | None) -> None:
        if values is not None and len(values):
            found.update({(name, k): float(values[k]) for k in shape.outputs})

    for j in shape.features:
        found["x", j] = float(trace.x[j])
        if shape.is_scaled:
            found["own", j] = float(own[j])
    for name, values in (
        ("e", response.powers),
        ("a", trace.a),
        ("l", None if FAMILY[shape.kind].is_shift_invariant else response.losses),
    ):
        add(name, values)
    if trace.y is not None:
        for k in shape.outputs:
            y = float(trace.y[k])
            found["y", k] = NO_TARGET if math.isnan(y) else y
    for k in range(len(response.votes)):
        found["votes", k] = float(response.votes[k])
        found["conf", k] = float(response.confidence[k])
    columns = shape.units if shape.hidden else shape.features
    found |= _of_layer(trace, trace.layer, "", shape.outputs, columns)
    units = trace.hidden
    if units is not None:
        below = units.linear
        found |= _of_layer(trace, below, HIDDEN, shape.units, shape.features)
        for name, numbers in (("a", units.a), ("slope", units.slope), ("da", units.da)):
            if numbers is not None:
                found |= {(f"{HIDDEN}{name}", j): float(numbers[j]) for j in shape.units}
    return found | numbers_of_one(trace) | constants(trace)


def _of_layer(
    trace: Trace, layer: Layer, prefix: str, rows: tuple[int, ...], columns: tuple[int, ...]
) -> dict[Key, float | str]:
    """Return the numbers of these rows and columns of a layer, named `prefix` and what they are."""
    found: dict[Key, float | str] = {}
    arrays = {
        "b": layer.b,
        "z": layer.z,
        "wx": layer.products.sum(axis=1),
        "dz": layer.dz,
        "db": layer.mean_db,
    }
    if layer.b_moves is not None:
        arrays |= {"d_b": layer.b_moves.d, "b2": layer.b_moves.new}
    for name, values in arrays.items():
        if values is not None:
            found.update({(f"{prefix}{name}", k): float(values[k]) for k in rows})
    for name, table in tables(trace, layer).items():
        found.update({(f"{prefix}{name}", k, j): float(table[k, j]) for k in rows for j in columns})
    return found


def numbers_of_one(trace: Trace) -> dict[Key, float | str]:
    """Return the numbers that do not depend on the number of outputs: loss, slopes, the batch."""
    response, found = trace.response, dict[Key, float | str]()
    if trace.loss is not None:
        found["L",] = trace.loss
    if len(response.slope):
        found["dadz",] = float(response.slope[0])
    if response.da is not None:
        found["dLda",] = float(response.da[0])
    if trace.batch is not None:
        found["n",] = trace.batch.n
        found["c",] = trace.weight
        found["in",] = tr("yes") if trace.batch.holds_example else tr("no")
    return found


def tables(trace: Trace, layer: Layer) -> dict[str, Reals]:
    """Return everything that is shaped like the W of a layer, (outputs, inputs)."""
    found = {"W": layer.W}
    if layer.dW is not None:
        found["dW"] = layer.dW
    if trace.batch is not None and layer.mean_dW is not None:
        found["g"] = layer.mean_dW
        if layer.dW is not None:
            share = trace.weight / trace.batch.n * trace.batch.holds_example
            found["share"] = layer.dW * share
    moves = layer.W_moves
    if moves is not None:
        found |= {"W2": moves.new, "G": moves.g, "d": moves.d}
        letters = OPTIMISERS[trace.rule].remembers
        for letter, before, after in zip(letters, moves.before, moves.after, strict=True):
            found |= {letter: before, f"{letter}2": after}
        threshold = moves.threshold
        if threshold is not None:
            found |= {"u": threshold.u, "tau": threshold.tau, "r": threshold.r}
            if threshold.v is not None:
                found["v3"] = threshold.v
    return found


def constants(trace: Trace) -> dict[Key, float | str]:
    """Return the settings of the update, as the user has typed them."""
    found: dict[Key, float | str] = {
        ("eta",): localised(f"{trace.eta:.4g}"),
        ("decay",): localised(f"{trace.decay:g}"),
        ("even",): trace.eta * trace.l1,
        ("mu",): localised(f"{trace.momentum:g}"),
        ("t",): trace.t,
    }
    for name, value in trace.constants.items():
        found[name,] = value if name.startswith("fix") else localised(f"{value:g}")
    return found


def pictures(shape: Shape, trace: Trace) -> dict[Key, tuple[Reals, float]]:
    """Return the pictures in the lines, (m,) each, with the largest magnitude on its scale."""
    found: dict[Key, tuple[Reals, float]] = {
        ("x",): (trace.x, float(np.abs(trace.x).max(initial=1e-12)))
    }
    prefix, layer, rows = "", trace.layer, shape.outputs
    if trace.hidden is not None:
        prefix, layer, rows = HIDDEN, trace.hidden.linear, shape.units
    for name, table in tables(trace, layer).items():
        scale = float(np.abs(table).max(initial=1e-12))
        found.update({(f"{prefix}{name}", k): (table[k], scale) for k in rows})
    return found
