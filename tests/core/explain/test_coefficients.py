"""Coefficients in both units, and odds ratios against the model's own probabilities."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from core.config import DataConfig, ModelConfig, RunConfig
from core.data.sources import load
from core.data.task import prepare
from core.explain import probe
from core.explain.coefficients import as_csv, coefficients, have_odds, odds_ratios, sentence
from core.train.snapshot import Params
from core.train.trainer import Trainer


def trained(kind="softmax", *, data=None, model=None, steps=200):
    config = RunConfig(
        DataConfig(**({"features": ("all",)} | (data or {}))), ModelConfig(kind, **(model or {}))
    )
    trainer = Trainer(prepare(load(config.data), config))
    for _ in range(steps):
        trainer.step()
    return trainer.task, trainer.params()


@pytest.mark.parametrize("kind", ["softmax", "binary", "ovr", "ovo", "adaline"])
def test_in_own_units_the_logits_are_the_same(kind):
    task, params = trained(kind)
    found = coefficients(task, params)
    values = task.dataset.values().astype(np.float64)
    Z = values @ found.own_W.T + found.own_b
    expected = probe.class_logits(task, params, task.dataset.values()).numpy()
    np.testing.assert_allclose(Z, expected, atol=1e-4)
    assert len(found.outputs) == len(found.W)


def odds(task, params, values, k, against):
    p = probe.probabilities(task, params, values.astype(np.float32))[0].astype(np.float64)
    if task.outputs == 1:
        return p[1] / p[0]
    if task.config.model.kind == "softmax":
        return p[k] / p[against]
    return p[k] / (1 - p[k])


@pytest.mark.parametrize("kind", ["softmax", "binary", "ovr"])
@pytest.mark.parametrize("j", range(4))
def test_one_unit_more_multiplies_the_odds_by_the_ratio(kind, j):
    task, params = trained(kind, steps=60)
    k, against = (0, None) if kind == "binary" else (2, 1)
    x = task.dataset.values()[:1]
    more = x.copy()
    more[0, j] += 1
    found = odds(task, params, more, k, against) / odds(task, params, x, k, against)
    ratios = odds_ratios(task, coefficients(task, params), k, against)
    assert ratios[j] == pytest.approx(found, rel=2e-3)


def test_the_sentence_names_unit_feature_factor_and_both_classes():
    task, params = trained()
    found = coefficients(task, params)
    words = sentence(task, found, 3, 2, 1)
    start = "+1 cm petal width multiplies the odds of virginica against versicolor by "
    assert words.startswith(start) and ", the other features unchanged." in words
    spread = float(task.standardiser.std[3])
    factor = odds_ratios(task, found, 2, 1)[3] ** spread
    assert words.endswith(
        f"One standard deviation, {spread:.3g} cm, multiplies them by {factor:.3g}."
    )
    assert f"{odds_ratios(task, found, 2, 1)[3]:.3g}" in words
    assert "divides the odds of versicolor against virginica by" in sentence(task, found, 3, 1, 2)


def test_a_small_effect_of_one_unit_is_told_in_percent_and_not_as_none():
    """As of an income in dollars, whose standard deviation is large."""
    source = load(DataConfig())
    X = source.X.astype(np.float32)
    X[:, 0] *= 1e4
    data = DataConfig(features=("all",))
    task = prepare(replace(source, X=X), RunConfig(data))
    W = np.zeros((3, 4), np.float32)
    W[2, 0] = 1
    words = sentence(task, coefficients(task, Params(W, np.zeros(3, np.float32))), 0, 2, 1)
    percent = 100 * (np.exp(1 / task.standardiser.std[0]) - 1)
    assert f"changes the odds of virginica against versicolor by {percent:+.1g} %" in words
    assert words.endswith("multiplies them by 2.72.")


@pytest.mark.parametrize(
    ("kind", "data", "model"),
    [
        ("perceptron", {}, {}),
        ("adaline", {}, {}),
        ("svm", {}, {}),
        ("ovo", {}, {}),
        ("softmax", {"degree": 2}, {}),
        ("softmax", {}, {"hidden": 3}),
    ],
)
def test_where_odds_mean_nothing_nothing_is_said_of_them(kind, data, model):
    task, params = trained(kind, data=data, model=model, steps=5)
    assert not have_odds(task)
    if not model:
        assert sentence(task, coefficients(task, params), 0, 0, 0) == ""


def test_the_table_as_csv_has_every_number():
    task, params = trained("softmax")
    found = coefficients(task, params)
    rows = list(csv.DictReader(io.StringIO(as_csv(task, found, 0))))
    assert len(rows) == 3 * 5
    assert float(rows[3]["own units"]) == found.own_W[0, 3]
    assert float(rows[-2]["odds ratio"]) == odds_ratios(task, found, 2, 0)[3]


@pytest.fixture
def of_words(tmp_path):
    """Return of_words(kind): a trained model on one column of two words and one of three."""

    def of_words(kind):
        path = tmp_path / "ship.csv"
        path.write_text(
            "sex,port,fate\n"
            + "".join(
                f"{('male', 'female')[k % 3 // 2]},{('Cork', 'Dover', 'Brest')[k % 7 % 3]},"
                f"{('lost', 'saved')[k % 5 // 3]}\n"
                for k in range(60)
            )
        )
        data = {"source": "csv", "path": str(path), "categorical": ("sex", "port")}
        return trained(kind, data=data, steps=60)

    return of_words


@pytest.mark.parametrize("kind", ["softmax", "binary"])
def test_the_ratio_of_a_word_is_that_of_the_odds_with_it_and_without(of_words, kind):
    task, params = of_words(kind)
    found = coefficients(task, params)
    k, against = (0, None) if kind == "binary" else (1, 0)
    male, female = np.array([[1, 0, 1, 0]]), np.array([[0, 0, 1, 0]])
    ratio = odds(task, params, male, k, against) / odds(task, params, female, k, against)
    assert odds_ratios(task, found, k, against)[0] == pytest.approx(ratio, rel=2e-3)
    words = sentence(task, found, 0, k, against)
    assert words.startswith("sex = male, against female, ")
    assert "the odds of saved against lost" in words


def test_one_of_several_words_is_compared_with_one_that_adds_nothing(of_words):
    task, params = of_words("binary")
    words = sentence(task, coefficients(task, params), 1, 0, None)
    assert words.startswith("port = Brest, against a port that adds nothing, ")
