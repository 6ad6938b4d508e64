"""The derivation of an update, as the family of optimisers writes it, against its numbers."""

import re

import numpy as np
import pytest

from core.config import TrainingConfig
from core.explain.next_update import move
from core.optimiser_family import OPTIMISERS
from core.train.optimisers import EPSILON, RULES

T, ETA = 3, 0.1
SIGNS = {"×": "*", "²": "**2", "·": "*"}
PLAIN = {
    "β₁ᵗ": "beta1**t",
    "β₂ᵗ": "stays**t",
    "√s": "sqrt(s)",
    "√(": "sqrt(",
    "−": "-",
    "ε": "epsilon",
    "<g>": "g",
}


@pytest.fixture
def moved(rng):
    """Return moved(name, **settings): θ, and its third update by a gradient."""

    def make(name, **settings):
        theta, gradient = rng.normal(size=(2, 2, 3))
        moments = [
            v.astype(np.float32) for v in rng.random((len(OPTIMISERS[name].remembers), 2, 3))
        ]
        config = TrainingConfig(optimiser=name, momentum=0.8, **settings)
        return theta, move(theta, gradient, moments, config, ETA, T, is_weight=True)

    return make


def numbers_of(name, moved):
    """Return all that an equation of the row may name."""
    row = OPTIMISERS[name]
    known = row.constants(T) | {"mu": 0.8, "t": T, "g": moved.g, "d": moved.d}
    for letter, before, after in zip(row.remembers, moved.before, moved.after, strict=True):
        known |= {letter: before, f"{letter}2": after}
    return known


def value(words, known):
    """Work out what stands in a derivation."""
    for name in sorted((name for name in known if "-" in name), key=len, reverse=True):
        words = words.replace(name, f"({known[name]!r})")
    for sign, python in SIGNS.items():
        words = words.replace(sign, python)
    return eval(words, {"sqrt": np.sqrt}, dict(known))  # noqa: S307 - formulae of our own


@pytest.mark.parametrize("name", RULES)
def test_what_stands_on_both_sides_of_an_equation_is_equal(name, moved):
    _, found = moved(name)
    known = numbers_of(name, found)
    for step in OPTIMISERS[name].steps:
        for equation in step.equations:
            sides = [value(side, known) for side in equation.numbers.split(" = ")]
            np.testing.assert_allclose(sides[0], sides[-1], rtol=1e-12)
    np.testing.assert_allclose(value(OPTIMISERS[name].direction.numbers, known), found.d)


@pytest.mark.parametrize("name", [name for name, row in OPTIMISERS.items() if "s" in row.remembers])
def test_the_formula_of_the_direction_gives_its_numbers(name, moved):
    _, found = moved(name)
    known = numbers_of(name, found) | {"epsilon": EPSILON}
    known |= {letter: known[f"{letter}2"] for letter in OPTIMISERS[name].remembers}
    (step,) = (step for step in OPTIMISERS[name].steps if step.label == "direction")
    formula = step.equations[0].plain.removeprefix("d = ")
    for sign, python in PLAIN.items():
        formula = formula.replace(sign, python)
    assert not re.search(r"[^\x00-\x7f]", formula)
    np.testing.assert_allclose(value(formula, known), found.d, rtol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_weight_decay_is_in_the_gradient_or_beside_it(name, moved):
    theta, found = moved(name, weight_decay=0.5)
    apart = 0.5 if OPTIMISERS[name].decouples_decay else 0.0
    np.testing.assert_allclose(found.new, theta - ETA * (found.d + apart * theta), rtol=1e-12)
