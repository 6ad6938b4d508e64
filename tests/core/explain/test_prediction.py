"""What a model says of one picture, and why: sums that agree, words that fit."""

import math

import numpy as np
import pytest
import torch

from core.config import ACTIVATIONS
from core.explain import probe
from core.explain.prediction import Answer, ask, describe, loss_of, read
from core.model_family import FAMILY
from core.train import models
from core.train.losses import HEADS
from core.train.trainer import Trainer

NAMES = tuple("0123456789")


def trained(task, steps=60):
    trainer = Trainer(task)
    for _ in range(steps):
        trainer.step()
    return trainer.params()


TASKS = pytest.mark.parametrize(
    ("data", "model"),
    [
        ({}, {}),
        ({"standardise": True}, {}),
        ({"deskew": True}, {}),
        ({}, {"kind": "binary", "positive": "4", "negative": "9"}),
        ({}, {"kind": "binary", "positive": "4"}),
    ],
)


@TASKS
def test_probabilities_are_those_of_the_model(digits, make_task, data, model):
    task = make_task(digits, data=data, model=model)
    params = trained(task)
    values = task.dataset.values(task.test_rows[:20])
    expected = probe.probabilities(task, params, values)
    for row, wanted in zip(values, expected, strict=True):
        np.testing.assert_allclose(ask(task, params, row).probabilities, wanted, atol=1e-6)


@TASKS
def test_evidence_and_bias_add_up_to_the_logit(digits, make_task, data, model):
    task = make_task(digits, data=data, model=model)
    params = trained(task)
    answer = ask(task, params, task.dataset.values(task.test_rows[:1])[0])
    expected = probe.class_logits(task, params, task.dataset.values(task.test_rows[:1]))[0]
    np.testing.assert_allclose(answer.evidence.sum(axis=1) + params.b, answer.logits, rtol=1e-6)
    np.testing.assert_allclose(answer.logits, expected, rtol=1e-4, atol=1e-5)


def test_huge_logits_are_no_obstacle(digits, make_task):
    task = make_task(digits)
    params = trained(task)
    huge = type(params)(params.W * 1e5, params.b)
    a = ask(task, huge, task.dataset.values(task.test_rows[:1])[0]).probabilities
    assert np.isfinite(a).all() and a.sum() == pytest.approx(1)


def test_zero_weights_have_the_greatest_entropy(digits, make_task):
    task = make_task(digits)
    answer = ask(task, trained(task, 0), task.dataset.values(task.test_rows[:1])[0])
    assert answer.entropy == pytest.approx(math.log(10))
    assert describe("softmax", answer, NAMES) == "All classes tie: train first."


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ({7: 0.97, 2: 0.03}, "Sure: 7."),
        ({7: 0.8, 2: 0.2}, "Fairly sure: 7."),
        ({4: 0.5, 9: 0.45, 1: 0.05}, "Torn between 4 and 9."),
        ({4: 0.3, 9: 0.3, 1: 0.2, 2: 0.2}, "No idea; perhaps 4."),
    ],
)
def test_words_say_how_sure_it_is(shares, words):
    probabilities = np.zeros(10, dtype=np.float32)
    for k, share in shares.items():
        probabilities[k] = share
    assert describe("softmax", said(probabilities), NAMES) == words


def said(probabilities, logits=(), votes=()):
    """An answer of which only this is known."""
    a, z, n = (np.array(values, np.float32) for values in (probabilities, logits, votes))
    decided = int(n.argmax() if len(n) else a.argmax())
    return Answer(np.empty(0, np.float32), np.empty((0, 0), np.float32), z, a, decided, n)


@pytest.mark.parametrize("kind", FAMILY)
def test_every_model_answers_as_its_head_does(digits, make_task, kind):
    task = make_task(digits, model={"kind": kind})
    params = trained(task)
    rows = task.test_rows[:20]
    values, decided = task.dataset.values(rows), probe.decided(task, params, rows)
    losses = probe.row_answers(task, params).loss[rows]
    for row, values_of_it in enumerate(values):
        answer = ask(task, params, values_of_it)
        label = int(task.dataset.y[rows[row]])
        assert answer.decided == decided[row]
        assert loss_of(task, answer, label) == pytest.approx(float(losses[row]), abs=1e-4)
        reading = read(kind, answer)
        assert len(reading.sizes) == len(reading.texts) == task.dataset.h
        assert all(0 <= size <= 1 for size in reading.sizes)
        assert reading.sizes[answer.decided] == max(reading.sizes)
        if kind == "ovo":
            scores = HEADS["ovo"].scores(torch.from_numpy(answer.logits)[None])[0].numpy()
            np.testing.assert_array_equal(answer.votes, np.rint(scores))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", ["softmax", "ovo", "binary"])
def test_integrated_gradients_add_up_to_the_logit_through_a_hidden_layer(
    digits, make_task, kind, activation
):
    task = make_task(digits, model={"kind": kind, "hidden": 8, "activation": activation})
    params = trained(task)
    answer = ask(task, params, task.dataset.values(task.test_rows[:1])[0])
    total = answer.evidence.sum(axis=1) + answer.base
    np.testing.assert_allclose(total, answer.logits, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        answer.by_units.sum(axis=1) + params.b, answer.logits, rtol=1e-5, atol=1e-5
    )
    # The definition: the mean of the gradient along the way, by autograd at 2,000 points.
    model = models.model_of(
        task.config.model, tuple(torch.from_numpy(array).double() for array in params.arrays)
    )
    x = torch.from_numpy(answer.x).double()
    way = (((torch.arange(2000) + 0.5) / 2000)[:, None].double() * x).requires_grad_()
    logit = model.forward(way)[:, 0].sum()
    (slopes,) = torch.autograd.grad(logit, way)
    np.testing.assert_allclose(answer.evidence[0], slopes.mean(dim=0) * x, atol=2e-3)


def test_a_unit_that_the_input_does_not_move_has_no_part_in_the_evidence(digits, make_task):
    task = make_task(digits, model={"hidden": 3, "activation": "sigmoid"})
    params = trained(task, 5)
    assert params.hidden is not None
    params.hidden.V[1] = 0
    answer = ask(task, params, task.dataset.values(task.test_rows[:1])[0])
    assert np.isfinite(answer.evidence).all()
    total = answer.evidence.sum(axis=1) + answer.base
    np.testing.assert_allclose(total, answer.logits, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["softmax", "ovo"])
def test_a_hidden_layer_answers_with_its_probabilities(digits, make_task, kind):
    task = make_task(digits, model={"kind": kind, "hidden": 8})
    params = trained(task)
    values = task.dataset.values(task.test_rows[:5])
    expected = probe.probabilities(task, params, values)
    for row, wanted in zip(values, expected, strict=True):
        answer = ask(task, params, row)
        np.testing.assert_allclose(answer.probabilities, wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "probabilities", "logits", "votes", "words", "aside"),
    [
        ("perceptron", [0, 1], [0.7], [], "Says yes: 1.", "z = 0.70 > 0"),
        ("perceptron", [1, 0], [-0.7], [], "Says no: 0.", "z = −0.70 ≤ 0"),
        ("svm", [0, 1], [0.4], [], "Says yes: 1.", "z = 0.40 > 0"),
        ("adaline", [0.6, 0.4], [0.4], [], "Says no: 0.", "z = 0.40 ≤ ½"),
        ("ovr", [0.9, 0.2, 0.8], [2, -1, 1], [], "Both 0 and 2 claim it.", "Σ = 1.90"),
        ("ovr", [0.97, 0.2, 0.1], [3, -1, -2], [], "Sure: 0.", "Σ = 1.27"),
        ("ovr", [0.7, 0.2, 0.1], [1, -1, -2], [], "Only one claims it: 0.", "Σ = 1.00"),
        (
            "ovr",
            [0.1, 0.2, 0.3],
            [-2, -1, -1],
            [],
            "No class claims it; nearest: 2.",
            "Σ = 0.60",
        ),
        ("ovo", [0.6, 0.2, 0.2], [-1, -1, 1], [2, 0, 1], "Wins all its pairs: 0.", "3 votes"),
        (
            "ovo",
            [0.4, 0.3, 0.3],
            [1, -1, 1],
            [1, 1, 1],
            "A tie of 3 by votes; by the sums of logits 0.",
            "3 votes",
        ),
    ],
)
def test_each_model_says_it_in_its_own_words(kind, probabilities, logits, votes, words, aside):
    answer = said(probabilities, logits, votes)
    assert describe(kind, answer, NAMES) == words
    assert read(kind, answer).aside == aside
