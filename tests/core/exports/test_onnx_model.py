"""A model as ONNX answers as it does here, from the features in their own units."""

import json
import sys

import numpy as np
import onnx
import onnxruntime
import pytest

from core.errors import SaveError
from core.exports import onnx_model
from core.model_family import FAMILY
from tests.core.runs.models import KINDS, model_of
from tests.core.training import trained

CASES = {
    **{kind: ("iris", {"features": ("all",)}, {"kind": kind}) for kind in FAMILY},
    **{
        f"{unit} units": ("iris", {}, {"hidden": 5, "activation": unit})
        for unit in ("relu", "tanh", "sigmoid")
    },
    **KINDS,
}


def answered(model, values):
    """Return label, class and probabilities as a runtime of ONNX gives them."""
    data = onnx_model.graph(model).SerializeToString()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    kind = np.float64 if "double" in session.get_inputs()[0].type else np.float32
    return session.run(None, {onnx_model.INPUT: values.astype(kind)})


@pytest.mark.parametrize("name", CASES)
def test_a_runtime_answers_as_the_model_does(make_task, iris, digits, name):
    source, data, chosen = CASES[name]
    task = make_task({"iris": iris, "digits": digits}[source], data, chosen)
    model = model_of(trained(task, 12))
    values = task.dataset.values()[:400]

    label, number, shares = answered(model, values)

    decided, probabilities = model.answers(values)
    assert np.array_equal(number, decided)
    assert label.tolist() == [model.class_names[k] for k in decided]
    np.testing.assert_allclose(shares, probabilities, rtol=0, atol=1e-6)


def test_features_that_float32_would_not_tell_apart_come_in_double_precision(make_task, rng):
    from core.data.dataset import Dataset

    X = 1e9 + rng.normal(size=(60, 2))
    far = Dataset(
        name="far",
        X=X,
        y=(X[:, 0] > 1e9).astype(np.int64),
        feature_names=("a", "b"),
        class_names=("no", "yes"),
    )
    model = model_of(trained(make_task(far), 30))

    _, number, shares = answered(model, X)

    decided, probabilities = model.answers(X)
    assert np.array_equal(number, decided)
    np.testing.assert_allclose(shares, probabilities, rtol=0, atol=1e-6)


def test_names_and_figures_are_in_its_metadata(make_task, iris, tmp_path):
    model = model_of(trained(make_task(iris), 3))

    onnx_model.write(model, tmp_path / "m.onnx")

    found = {entry.key: entry.value for entry in onnx.load(tmp_path / "m.onnx").metadata_props}
    assert json.loads(found["classes"]) == list(iris.class_names)
    assert json.loads(found["features"]) == ["petal length", "petal width"]
    assert json.loads(found["figures"]) == model.figures


def test_without_its_package_a_sentence_says_what_to_install(make_task, iris, monkeypatch):
    model = model_of(trained(make_task(iris), 1))
    monkeypatch.setitem(sys.modules, "onnx", None)

    with pytest.raises(SaveError, match="pip install"):
        onnx_model.graph(model)
