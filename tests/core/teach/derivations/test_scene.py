"""The numbers of a derivation in a run are those of the trace, or of the closest model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.explain.example_trace import follow
from core.model_family import FAMILY
from core.teach.derivations.calculus import Evaluation
from core.teach.derivations.catalogue import BY_KEY, DERIVATIONS
from core.teach.derivations.expression import Key
from core.teach.derivations.scene import scene
from tests.core.explain.test_example_trace import snapshot_of
from tests.core.training import trained

ROW = 60


def traced(task, steps=7, row=ROW):
    """Return a snapshot after some steps, and the trace of a row in it."""
    snapshot = snapshot_of(trained(task, steps))
    values, label = task.dataset.values()[row], int(task.dataset.y[row])
    return snapshot, follow(task, snapshot, values, label, row)


def left(derivation, found):
    """Return the value of the left side of the first line."""
    line = derivation.lines(found.case)[0]
    assert line.left is not None
    return Evaluation(found.numbers).value(line.left)


CASES = [(kind, hidden) for kind, of in FAMILY.items() for hidden in (0, 3)[: 2 - of.is_counted]]


@pytest.mark.parametrize(("kind", "hidden"), CASES)
def test_every_derivation_has_finite_numbers_with_every_model(iris, make_task, kind, hidden):
    task = make_task(iris, model={"kind": kind, "hidden": hidden})
    snapshot, trace = traced(task)
    for derivation in DERIVATIONS:
        if not derivation.fits(hidden):
            continue
        found = scene(derivation, task, snapshot, trace)
        evaluation = Evaluation(found.numbers)
        value: Any = None
        for line in derivation.lines(found.case):
            before = value if line.left is None else evaluation.value(line.left)
            value = evaluation.value(line.right)
            assert np.isfinite(value).all(), (derivation.key, line.reason)
            np.testing.assert_allclose(value, before, rtol=1e-7, atol=1e-12)


def test_the_gradient_of_a_neuron_is_that_of_its_trace(iris, make_task):
    task = make_task(iris, model={"kind": "binary"})
    snapshot, trace = traced(task)
    found = scene(BY_KEY["logistic-gradient"], task, snapshot, trace)
    assert found.is_own
    slope = left(BY_KEY["logistic-gradient"], found)
    assert slope == pytest.approx(trace.layer.dW[0, found.case.feature])


def test_the_gradient_of_a_softmax_weight_is_that_of_its_trace(iris, make_task):
    task = make_task(iris)
    snapshot, trace = traced(task)
    found = scene(BY_KEY["softmax-gradient"], task, snapshot, trace)
    assert found.is_own and found.row == found.case.output != trace.label
    slope = left(BY_KEY["softmax-gradient"], found)
    assert slope == pytest.approx(trace.layer.dW[found.row, found.case.feature])


def test_the_gradient_of_a_batch_is_that_of_its_trace(iris, make_task):
    task = make_task(iris)
    snapshot, trace = traced(task)
    found = scene(BY_KEY["batch-gradient"], task, snapshot, trace)
    last = BY_KEY["batch-gradient"].lines(found.case)[-1]
    assert found.rows == found.all_rows == trace.batch.n
    np.testing.assert_allclose(
        Evaluation(found.numbers).value(last.right),
        trace.layer.mean_dW[:, found.columns],
        rtol=1e-4,  # the trainer computes in float32
        atol=1e-6,
    )


@pytest.mark.parametrize("kind", ["softmax", "binary", "ovr"])
def test_backpropagation_gives_the_gradients_of_its_trace(iris, make_task, kind):
    task = make_task(iris, model={"kind": kind, "hidden": 4, "activation": "tanh"})
    snapshot, trace = traced(task)
    found = scene(BY_KEY["backpropagation"], task, snapshot, trace)
    assert found.is_own and found.rows == found.all_rows == trace.batch.n
    known, key = dict[Key, Any](), ()
    for line in BY_KEY["backpropagation"].lines(found.case):
        key = getattr(line.left, "key", key)  # a line without a left side goes on
        known[key] = Evaluation(found.numbers).value(line.right)
    assert found.case.hidden is not None
    below, unit, j = trace.hidden.linear, found.case.hidden.unit, found.case.feature
    slope = known["∂", "L", "hidden W", unit, j]
    assert slope == pytest.approx(below.dW[unit, j], rel=1e-6)
    for layer, of_layer in (("⁽¹⁾", below), ("⁽²⁾", trace.layer)):
        columns = slice(None) if layer == "⁽²⁾" else list(found.columns)
        for loss, gradient in ((r"\ell", of_layer.dW), ("L", of_layer.mean_dW)):
            np.testing.assert_allclose(
                known["∇", loss, layer], gradient[:, columns], rtol=1e-4, atol=1e-6
            )


def test_a_neuron_is_followed_as_softmax_over_0_and_its_logit(iris, make_task):
    task = make_task(iris, model={"kind": "binary"})
    snapshot, trace = traced(task)
    found = scene(BY_KEY["softmax-own"], task, snapshot, trace)
    line = BY_KEY["softmax-own"].lines(found.case)[0]
    own = trace.a[0] if trace.label else 1 - trace.a[0]
    assert not found.is_own
    assert Evaluation(found.numbers).value(line.right) == pytest.approx(own)
