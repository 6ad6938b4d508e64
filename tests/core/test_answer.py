"""What a model says of one picture, and why: sums that agree, words that fit."""

import math

import numpy as np
import pytest

from core import probe
from core.answer import ask, describe
from core.trainer import Trainer

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
    assert describe(answer.probabilities, NAMES) == "All classes tie: train first."


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
    assert describe(probabilities, NAMES) == words
