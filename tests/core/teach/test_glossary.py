"""The glossary: every entry is whole, its links lead somewhere, and its sketches are true."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import special, stats

from core.teach import formulae, glossary, sketches
from core.teach.glossary import Entry
from core.teach.lesson import DEMOS, VIEWS
from core.train.optimisers import scheduled

ENTRIES = glossary.entries()
TERMS = """η λ batch epoch step loss NLL BCE cross-entropy softmax logit log-odds accuracy confusion
calibration momentum Adam AdamW RMSProp Nesterov L-BFGS Newton standardise split validation
regularisation one-vs-rest one-vs-one tf–idf entropy sigmoid gradient Jacobian perceptron ADALINE
curvature precision recall F1 threshold bias weight seed schedule overfitting""".split()
PHRASES = ("early stopping", "KL divergence", "naive Bayes", "hidden layer", "weight decay")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_an_entry_leads_to_what_is_there_and_can_be_typeset(entry: Entry) -> None:
    titles = {each.title for each in ENTRIES}
    assert set(entry.see) <= titles - {entry.title} and entry.see
    assert entry.view in ("", *VIEWS) and entry.demo in ("", *DEMOS)
    assert entry.sketch in ("", *sketches.SKETCHES)
    assert formulae.faults_of(entry.text) == []
    for latex in [*formulae.formulae_of(entry.text), *filter(None, [entry.formula])]:
        assert formulae.typesetting_fault(latex) == ""
        assert formulae.faults_of(f"${latex}$") == []
    assert entry.text[-1] == "." and len(entry.text) < 500


def test_no_two_entries_have_one_title_and_names_are_in_lower_case() -> None:
    titles = [entry.title for entry in ENTRIES]
    assert len(set(titles)) == len(titles)
    assert all(name == name.casefold() for entry in ENTRIES for name in entry.names)


@pytest.mark.parametrize("term", [*TERMS, *PHRASES])
def test_the_terms_of_the_window_have_a_page(term: str) -> None:
    assert glossary.named(term) is not None


def test_words_on_a_widget_lead_to_the_longest_term_among_them() -> None:
    found = {
        "Loss (nats) against the step": "Loss",
        "Weights of each class in numbers": "Weight",
        "Train with this λ₁": "L1 penalty λ₁",
        "a stepping stone": None,
    }
    for words, title in found.items():
        entry = glossary.named(words) or glossary.within(words)
        assert (entry.title if entry else None) == title


def test_a_search_finds_words_of_titles_first_and_then_of_texts() -> None:
    assert glossary.matching("soft")[0].title == "Softmax"
    assert "Learning rate η" in [entry.title for entry in glossary.matching("valley")]
    assert glossary.matching("no such word") == ()


def test_numbers_in_the_glossary_are_right() -> None:
    said = " ".join(entry.text for entry in ENTRIES)
    assert np.log(2) == pytest.approx(0.693, abs=5e-4) and r"$\ln 2 = 0.693$" in said
    assert 1 / np.log(2) == pytest.approx(1.443, abs=5e-4) and "1.443 bits" in said
    assert set(re.findall(r"\d+\.\d+", said)) == {"0.693", "1.443"}


def curve(name: str, k: int = 0) -> sketches.Curve:
    return sketches.SKETCHES[name]().curves[k]


def test_the_sketches_show_the_functions_that_they_name() -> None:
    oracles = {
        ("sigmoid", 0): special.expit,
        ("logit", 0): special.logit,
        ("log loss", 1): lambda a: -np.log1p(-a),
        ("entropy", 0): lambda p: [stats.entropy([q, 1 - q]) for q in p],
        ("shares", 0): lambda z: [special.softmax([t, 0, -1])[0] for t in z],
        ("temperature", 2): lambda T: [special.softmax([2 / t, 1 / t, 0])[2] for t in T],
        ("calibration", 1): lambda p: special.expit(special.logit(p[:-1]) / 2),
        ("neuron losses", 0): lambda z: -special.log_expit(z),
    }
    for (name, k), oracle in oracles.items():
        shown = curve(name, k)
        expected = np.asarray(oracle(shown.x))
        np.testing.assert_allclose(shown.y[: len(expected)], expected, atol=1e-9)


def test_the_sketch_of_schedules_is_that_of_the_trainer() -> None:
    for k, schedule in enumerate(("step", "cosine", "1/t")):
        shown = curve("schedules", k)
        epochs = 1000
        for x, y in zip(shown.x[:-1:10], shown.y[:-1:10], strict=True):
            exact = scheduled(schedule, 1.0, round(x * epochs), epochs)
            assert y == pytest.approx(exact, abs=0.01)


def test_descent_in_the_sketch_converges_below_twice_the_inverse_curvature_only() -> None:
    assert abs(sketches.descent(1.9)[-1]) < 1 < abs(sketches.descent(2.05)[-1])
    assert min(sketches.descent(0.05, momentum=0.9)) < 0 < min(sketches.descent(0.05))


def test_every_curve_lies_within_its_frame_somewhere() -> None:
    for make in sketches.SKETCHES.values():
        sketch = make()
        for each in sketch.curves:
            assert ((each.y >= sketch.y[0] - 1e-9) & (each.y <= sketch.y[1] + 1e-9)).any()
