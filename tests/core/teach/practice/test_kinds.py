"""Each exercise's answer is that of SciPy, scikit-learn or autograd for the numbers in its text."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from scipy import special
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score

from core.teach.practice import counting, learning, outputs
from core.teach.practice.exercise import Verdict

SEEDS = range(12)
NUMBER = re.compile(r"−?\d+(?:\.\d+)?")


def made(kind, seed):
    return kind(np.random.default_rng(seed))


def numbers(text):
    return [float(word.replace("−", "-")) for word in NUMBER.findall(text)]


def close(exercise, expected):
    answers = [field.answer for field in exercise.fields]
    assert answers == pytest.approx(list(expected), abs=1e-9)
    assert exercise.check([str(value) for value in expected]) == Verdict(True, "Right.")


@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_is_scipys(seed):
    exercise = made(outputs.softmax, seed)
    close(exercise, special.softmax(numbers(exercise.text)[:3]))


@pytest.mark.parametrize("seed", SEEDS)
def test_sigma_is_scipys(seed):
    exercise = made(outputs.sigmoid, seed)
    close(exercise, special.expit(numbers(exercise.text)[:1]))


@pytest.mark.parametrize("seed", SEEDS)
def test_cross_entropy_is_pytorchs(seed):
    exercise = made(outputs.cross_entropy, seed)
    a = torch.tensor(numbers(exercise.text)[:3], dtype=torch.float64)
    assert float(a.sum()) == pytest.approx(1) and float(a.min()) > 0
    (label,) = re.findall(r"the example is a (\w)", exercise.text)
    loss = torch.nn.functional.nll_loss(a.log()[None], torch.tensor(["ABC".index(label)]))
    close(exercise, [float(loss)])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_decision_is_that_of_the_sign(seed):
    exercise = made(learning.decision, seed)
    w1, w2, b, x1, x2 = numbers(exercise.text.split("(a >")[0])
    z = np.dot([w1, w2], [x1, x2]) + b
    z_field, said = exercise.fields
    assert z_field.answer == pytest.approx(z) and z != 0
    assert said.answer == ("yes" if special.expit(z) > 0.5 else "no")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_gradient_is_autograds(seed):
    exercise = made(learning.gradient, seed)
    a, x1, x2, y = numbers(exercise.text)
    x = torch.tensor([x1, x2], dtype=torch.float64)
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    z = w @ x + float(special.logit(a))
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y).double())
    (gradient,) = torch.autograd.grad(loss, w)
    close(exercise, gradient.tolist())


@pytest.mark.parametrize("seed", SEEDS)
def test_an_update_is_that_of_pytorchs_sgd(seed):
    exercise = made(learning.update, seed)
    w0, b, x, y, eta = numbers(exercise.text)
    w = torch.tensor(w0, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=eta)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(w * x + b, torch.tensor(y).double())
    loss.backward()
    optimiser.step()
    close(exercise, [float(w.detach())])


@pytest.mark.parametrize("seed", SEEDS)
def test_accuracy_is_scikit_learns(seed):
    exercise = made(counting.accuracy, seed)
    counts = np.array(numbers(exercise.text), dtype=int).reshape(3, 3)
    true, predicted = np.indices((3, 3))
    y = np.repeat(true.ravel(), counts.ravel()), np.repeat(predicted.ravel(), counts.ravel())
    close(exercise, [accuracy_score(*y)])


@pytest.mark.parametrize("seed", SEEDS)
def test_one_vs_rest_decides_for_the_largest_activation(seed):
    exercise = made(counting.one_vs_rest, seed)
    found = numbers(exercise.text)
    W, x = np.array(found[:9]).reshape(3, 3), np.array(found[9:])
    shares = special.expit(W[:, :2] @ x + W[:, 2])
    assert exercise.fields[0].answer == "ABC"[int(shares.argmax())]


@pytest.mark.parametrize("seed", SEEDS)
def test_tfidf_is_scikit_learns(seed):
    exercise = made(counting.tfidf, seed)
    (word,) = re.findall("“(.+)”", exercise.text)
    n, df, tf = (int(value) for value in numbers(exercise.text)[:3])
    texts = [f"{word} " * (tf if k == 0 else 1) if k < df else "other" for k in range(n)]
    vectors = TfidfVectorizer(norm=None).fit(texts)
    weight = vectors.transform(texts[:1])[0, vectors.vocabulary_[word]]
    close(exercise, [weight])
