"""The numbers of a derivation in a run are those of the trace, or of the closest model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.explain.example_trace import follow
from core.model_family import FAMILY
from core.teach.derivations.calculus import Evaluation
from core.teach.derivations.catalogue import BY_KEY, DERIVATIONS
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


@pytest.mark.parametrize("kind", FAMILY)
def test_every_derivation_has_finite_numbers_with_every_model(iris, make_task, kind):
    task = make_task(iris, model={"kind": kind})
    snapshot, trace = traced(task)
    for derivation in DERIVATIONS:
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


def test_a_neuron_is_followed_as_softmax_over_0_and_its_logit(iris, make_task):
    task = make_task(iris, model={"kind": "binary"})
    snapshot, trace = traced(task)
    found = scene(BY_KEY["softmax-own"], task, snapshot, trace)
    line = BY_KEY["softmax-own"].lines(found.case)[0]
    own = trace.a[0] if trace.label else 1 - trace.a[0]
    assert not found.is_own
    assert Evaluation(found.numbers).value(line.right) == pytest.approx(own)
