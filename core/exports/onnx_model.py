"""A trained model as an ONNX graph: from features in their own units to label and probabilities.

It needs the package `onnx`, an optional extra; any runtime of ONNX evaluates the file.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import VERSION, files
from core.data.text.described import describe
from core.errors import SaveError
from core.model_family import FAMILY, pairs
from core.model_kind import Kind
from core.runs.model import Model

OPSET, IR = 17, 8  # of 2022: what runtimes of today read
INPUT = "features"
LABEL, CLASS, PROBABILITIES = "label", "class", "probabilities"
MISSING = (
    "An ONNX file needs the package onnx, which is not installed here: pip install "
    "“logitlab[onnx]”, or pip install onnx."
)
SQUASHES = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid"}


def check() -> None:
    """Raise SaveError if the package that it needs is missing."""
    _onnx()


def _onnx() -> Any:
    try:
        return importlib.import_module("onnx")
    except ImportError:
        raise SaveError(MISSING) from None


def write(model: Model, path: Path) -> tuple[Path, ...]:
    """Write the model. Raises SaveError, also where the package is missing."""
    data = graph(model).SerializeToString()
    with files.writing_bytes(path) as file:
        file.write(data)
    return (path,)


def graph(model: Model) -> Any:
    """Return the model as an onnx.ModelProto.

    Its input `features` (n, d) has the features in their own units, pixels in 0 … 1. Its outputs
    are `label` (n,), the name of a class, `class` (n,), its number, and `probabilities` (n,
    classes), for models that have any; for others a step or a clipped output, as in the window.
    """
    onnx = _onnx()
    build = _Builder(onnx)
    kind = FAMILY[model.config.model.kind]
    Z = _logits(build, model, _inputs(build, model))
    decided = _decision(build, kind, Z, len(model.class_names))
    build.node("Identity", [decided], CLASS)
    names = build.constant("names", np.array(model.class_names, dtype=object))
    build.node("Gather", [names, decided], LABEL, axis=0)
    build.node("Identity", [_probabilities(build, kind, Z, len(model.class_names))], PROBABILITIES)
    helper, types = onnx.helper, onnx.TensorProto
    wide = _is_wide(model)
    d, h = len(model.feature_names), len(model.class_names)
    made = helper.make_graph(
        build.nodes,
        "logit lab",
        [helper.make_tensor_value_info(INPUT, types.DOUBLE if wide else types.FLOAT, ["n", d])],
        [
            helper.make_tensor_value_info(LABEL, types.STRING, ["n"]),
            helper.make_tensor_value_info(CLASS, types.INT64, ["n"]),
            helper.make_tensor_value_info(PROBABILITIES, types.FLOAT, ["n", h]),
        ],
        build.constants,
    )
    whole = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR,
        producer_name="Logit Lab",
        producer_version=VERSION,
    )
    helper.set_model_props(whole, _about(model))
    onnx.checker.check_model(whole, full_check=True)
    return whole


def _is_wide(model: Model) -> bool:
    """Return whether float32 would not tell the features apart."""
    return model.stored(np.zeros((1, len(model.feature_names)))).dtype == np.float64


def _about(model: Model) -> dict[str, str]:
    return {
        "classes": json.dumps(model.class_names, ensure_ascii=False),
        "features": json.dumps(model.feature_names, ensure_ascii=False),
        "unit": "pixels in 0 … 1" if model.image_shape else model.unit,
        "model": FAMILY[model.config.model.kind].title,
        "data": model.data_name,
        "figures": json.dumps(model.figures),
        "updates": str(model.step),
        **_about_words(model),
    }


def _about_words(model: Model) -> dict[str, str]:
    """Return how texts become features: the numbers of the words in `features`."""
    if model.vocabulary is None:
        return {}
    return {
        "words": describe(model.vocabulary.options),
        "idf": json.dumps(model.vocabulary.idf.tolist()),
    }


class _Builder:
    """Nodes and constants of a graph; each method returns the name of what it adds."""

    def __init__(self, onnx: Any) -> None:
        self._onnx = onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: NDArray[Any]) -> str:
        if values.dtype == object:
            data = [text.encode(errors="replace") for text in values.tolist()]
            kind = self._onnx.TensorProto.STRING
            made = self._onnx.helper.make_tensor(name, kind, values.shape, data)
        else:
            made = self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name)
        self.constants.append(made)
        return name

    def number(self, value: float, dtype: type[np.generic] = np.float32) -> str:
        return self.constant(f"number {len(self.constants)}", np.array(value, dtype=dtype))

    def node(self, kind: str, inputs: Sequence[str], output: str = "", **settings: Any) -> str:
        name = output or f"{kind} {len(self.nodes)}"
        self.nodes.append(self._onnx.helper.make_node(kind, list(inputs), [name], **settings))
        return name

    def cast(self, name: str, to: str) -> str:
        return self.node("Cast", [name], to=getattr(self._onnx.TensorProto, to))


def _inputs(build: _Builder, model: Model) -> str:
    """Return the inputs X (n, k), float32: mapped and standardised in double precision."""
    features, standardiser = model.feature_map, model.standardiser
    if features.is_identity and standardiser.is_identity:
        return build.cast(INPUT, "FLOAT") if _is_wide(model) else INPUT
    X = build.cast(INPUT, "DOUBLE")
    if not features.is_identity:
        X = _mapped(build, model, X)
    if not standardiser.is_identity:
        X = build.node("Sub", [X, build.constant("mean", standardiser.mean)])
        X = build.node("Div", [X, build.constant("std", standardiser.std)])
    return build.cast(X, "FLOAT")


def _mapped(build: _Builder, model: Model, X: str) -> str:
    """Return the products of features up to a degree, and their sines."""
    features = model.feature_map
    longest = max(len(term) for term in features.terms)
    # A feature of ones behind the others fills up the products of fewer factors.
    index = build.constant("first feature", np.array([0], dtype=np.int64))
    first = build.node("Gather", [X, index], axis=1)
    zeros = build.node("Mul", [first, build.number(0.0, np.float64)])
    ones = build.node("Add", [zeros, build.number(1.0, np.float64)])
    padded = build.node("Concat", [X, ones], axis=1)
    one = len(features.names)
    product = ""
    for place in range(longest):
        chosen = [term[place] if place < len(term) else one for term in features.terms]
        index = build.constant(f"factors {place}", np.array(chosen, dtype=np.int64))
        factor = build.node("Gather", [padded, index], axis=1)
        product = build.node("Mul", [product, factor]) if product else factor
    if not features.sine:
        return product
    return build.node("Concat", [product, build.node("Sin", [X])], axis=1)


def _logits(build: _Builder, model: Model, X: str) -> str:
    """Return Z (n, outputs)."""
    params = model.params
    if params.hidden is not None:
        hidden = params.hidden
        V, c = build.constant("V", hidden.V), build.constant("c", hidden.c)
        H = build.node("Gemm", [X, V, c], transB=1)
        X = build.node(SQUASHES[hidden.activation], [H])
    W, b = build.constant("W", params.W), build.constant("b", params.b)
    return build.node("Gemm", [X, W, b], "logits", transB=1)


def _decision(build: _Builder, kind: Kind, Z: str, h: int) -> str:
    """Return the numbers (n,) of the classes decided for."""
    if kind.is_neuron:
        above = build.cast(build.node("Greater", [Z, build.number(kind.threshold)]), "INT64")
        axes = build.constant("axes", np.array([1], dtype=np.int64))
        return build.node("Squeeze", [above, axes])
    scores = _votes(build, Z, h) if kind.is_pairwise else Z
    return build.node("ArgMax", [scores], axis=1, keepdims=0)


def _sides(h: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return which class is the first and which the second of each pair, (pairs, classes) each."""
    first, second = zip(*pairs(h), strict=True)
    each = np.eye(h, dtype=np.float32)
    return each[list(first)], each[list(second)]


def _votes(build: _Builder, Z: str, h: int) -> str:
    """Return the votes of the pairs for each class, and a confidence below ½ that breaks ties."""
    of_first, of_second = _sides(h)
    against = build.constant("first of pair", of_first)
    favoured = build.constant("second of pair", of_second)
    wins = build.cast(build.node("Greater", [Z, build.number(0.0)]), "FLOAT")
    losses = build.node("Sub", [build.number(1.0), wins])
    votes = build.node(
        "Add",
        [build.node("MatMul", [wins, favoured]), build.node("MatMul", [losses, against])],
    )
    difference = build.constant("second less first", of_second - of_first)
    sums = build.node("MatMul", [Z, difference])
    size = build.node("Add", [build.node("Abs", [sums]), build.number(1.0)])
    confidence = build.node("Div", [sums, build.node("Mul", [size, build.number(3.0)])])
    return build.node("Add", [votes, confidence])


def _probabilities(build: _Builder, kind: Kind, Z: str, h: int) -> str:
    """Return the shares (n, classes); see `core.train.losses.Head`."""
    if kind.is_pairwise:
        of_first, of_second = _sides(h)
        yes, no = (build.node("Sigmoid", [z]) for z in (Z, build.node("Neg", [Z])))
        summed = build.node(
            "Add",
            [
                build.node("MatMul", [yes, build.constant("shares of second", of_second)]),
                build.node("MatMul", [no, build.constant("shares of first", of_first)]),
            ],
        )
        return build.node("Div", [summed, build.number(float(len(of_first)))])
    if not kind.is_neuron:
        return build.node("Sigmoid", [Z]) if kind.is_sigmoid else build.node("Softmax", [Z], axis=1)
    if kind.is_sigmoid:
        both = build.node("Concat", [build.node("Neg", [Z]), Z], axis=1)
        return build.node("Sigmoid", [both])
    if kind.has_threshold:  # a line through 0 and 1
        yes = build.node("Clip", [Z, build.number(0.0), build.number(1.0)])
    else:
        yes = build.cast(build.node("Greater", [Z, build.number(kind.threshold)]), "FLOAT")
    return build.node("Concat", [build.node("Sub", [build.number(1.0), yes]), yes], axis=1)
