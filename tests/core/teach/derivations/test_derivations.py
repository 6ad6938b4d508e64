"""Every line of every derivation says the same as the line before, and what autograd says."""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.config import ACTIVATIONS
from core.teach.derivations.calculus import Evaluation
from core.teach.derivations.catalogue import BY_KEY, DERIVATIONS
from core.teach.derivations.derivation import About, Case, HiddenLayer
from core.teach.derivations.expression import (
    Constant,
    Derivative,
    Exp,
    Grid,
    Key,
    Log,
    MatrixProduct,
    Negative,
    Power,
    Product,
    Quotient,
    Step,
    Sum,
    Symbol,
    Total,
    walk,
)
from core.teach.derivations.writing import to_latex, to_text

ROWS = 7
SMALL = Case(3, 0, 1, 1, 1, 2, (0, 1))
CASES = (SMALL, Case(10, 4, 5, 5, 3, 784, (3,)), Case(26, 25, 0, 25, 0, 40, (0,)))


BEHIND_UNITS = tuple(
    Case(h, label, (label + 1) % h, label, 3, 784, (3,), HiddenLayer(2, name, is_softmax))
    for h, label, is_softmax in ((3, 1, True), (26, 25, True), (3, 0, False), (1, 0, False))
    for name in ACTIVATIONS
)
UNITS = 5


def cases_of(derivation):
    if derivation.about is About.HIDDEN:
        return BEHIND_UNITS
    if derivation.classes == 2:
        return (Case(2, 0, 1, 1, 1, 2, (0, 1)), Case(2, 1, 0, 1, 0, 9, (0,)))
    return CASES


def random_numbers(case, seed):
    """Return a value for each term that has no definition, whichever derivation needs it."""
    rng = np.random.default_rng(seed)
    k, h = case.output, case.h
    found: dict[Key, Any] = {("z", c): rng.normal() * 2 for c in range(h)}
    found |= {("y", c): float(c == case.label) for c in range(h)}
    found |= {("W", k, j): rng.normal() for j in case.features}
    found |= {("x", j): rng.normal() for j in case.features}
    found |= {(name, k): rng.normal() for name in ("b", "rest")}
    del found["z", k]
    found["eta",], found["n",] = 0.1, float(ROWS)
    found["X", case.feature], found["rest", "i"] = rng.normal(size=(2, ROWS))
    found["y", "i"] = rng.integers(0, 2, ROWS).astype(float)
    A, Y, X = (
        rng.uniform(size=(ROWS, 3)),
        np.eye(3)[rng.integers(0, 3, ROWS)],
        rng.normal(size=(ROWS, 4)),
    )
    found |= {("A",): A, ("Y",): Y, ("X",): X}
    tables = [("a", A), ("y", Y), ("x", X)]
    if case.hidden is not None:
        j, unit = case.feature, case.hidden.unit
        found = {key: value for key, value in found.items() if key[0] != "z"}
        found["hidden W", unit, j], found["hidden rest", unit] = rng.normal(size=2)
        for c in range(h):
            found["W", c, unit], found["rest", c] = rng.normal(size=2)
        found["W2",], found["H",] = rng.normal(size=(3, UNITS)), rng.normal(size=(ROWS, UNITS))
        tables.append(("hidden a", found["H",]))
    for name, table in tables:
        found |= {(name, "each"): table[:, :, None], (name, "col"): table[0][:, None]}
    return found


@pytest.mark.parametrize("key", BY_KEY)
def test_each_line_has_the_value_of_the_one_that_it_goes_on_from(key):
    derivation = BY_KEY[key]
    for seed, case in enumerate(cases_of(derivation)):
        evaluation = Evaluation(random_numbers(case, seed))
        value: Any = None
        for line in derivation.lines(case):
            known = value if line.left is None else evaluation.value(line.left)
            value = evaluation.value(line.right)
            assert np.isfinite(value).all(), to_text(line.right)
            np.testing.assert_allclose(value, known, rtol=1e-9, atol=1e-12, err_msg=line.reason)


@pytest.mark.parametrize("key", BY_KEY)
def test_each_line_can_be_written_and_has_a_short_reason(key):
    derivation = BY_KEY[key]
    for case in cases_of(derivation):
        lines = derivation.lines(case)
        assert lines[0].left is not None
        for line in lines:
            assert to_latex(line.right) and to_text(line.right)
            assert 0 < len(line.reason) <= 40


def test_keys_and_titles_name_one_derivation_each():
    assert len(BY_KEY) == len(DERIVATIONS) == len({each.title for each in DERIVATIONS})


# By autograd -----------------------------------------------------------------------------------


def last_value(key, case, numbers, left=None):
    """Return the value of the last line, or of the last that has a left side with this key."""
    lines = [
        line
        for line in BY_KEY[key].lines(case)
        if left is None or (line.left is not None and named(line.left) == left)
    ]
    return float(Evaluation(numbers).value(lines[-1].right))


def named(node):
    """Return the key of a term."""
    return node.key if isinstance(node, Symbol | Derivative) else None


def neuron(numbers, case):
    """Return w, the logit and the target of a neuron's random numbers, for autograd."""
    k = case.output
    w = torch.tensor(numbers["W", k, case.feature], dtype=torch.float64, requires_grad=True)
    others = sum(numbers["W", k, j] * numbers["x", j] for j in case.features if j != case.feature)
    rest = numbers["b", k] if len(case.features) == case.m else numbers["rest", k]
    return w, w * numbers["x", case.feature] + others + rest, torch.tensor(numbers["y", k]).double()


@pytest.mark.parametrize("case", CASES)
def test_the_gradients_of_a_neuron_are_those_of_autograd(case):
    numbers = random_numbers(case, 3)
    w, z, y = neuron(numbers, case)
    (cross,) = torch.autograd.grad(
        functional.binary_cross_entropy_with_logits(z, y), w, retain_graph=True
    )
    (squared,) = torch.autograd.grad((torch.sigmoid(z) - y) ** 2, w, retain_graph=True)
    (line,) = torch.autograd.grad((z - y) ** 2, w)
    of_weight = ("∂", "bce", case.output, "W", case.output, case.feature)
    found = last_value("logistic-gradient", case, numbers, of_weight)
    assert found == pytest.approx(cross.item())
    by_square = ("∂", "se", "W", case.output, case.feature)
    assert last_value("squared-error", case, numbers, by_square) == pytest.approx(squared.item())
    move = last_value("three-rules", case, numbers, ("Δ", "Adaline"))
    assert move == pytest.approx(-0.1 * line.item())
    move = last_value("three-rules", case, numbers, ("Δ", "Logistic"))
    assert move == pytest.approx(-0.1 * cross.item())


@pytest.mark.parametrize("case", CASES)
def test_the_slopes_of_softmax_and_its_weight_are_those_of_autograd(case):
    numbers = random_numbers(case, 4)
    k, i = case.output, case.label
    w = torch.tensor(numbers["W", k, case.feature], dtype=torch.float64, requires_grad=True)
    z_k = w * numbers["x", case.feature] + numbers["rest", k]
    z = torch.stack(
        [z_k if c == k else torch.tensor(numbers["z", c]).double() for c in range(case.h)]
    )
    loss = functional.cross_entropy(z[None], torch.tensor([i]))
    assert last_value("softmax-gradient", case, numbers) == pytest.approx(
        torch.autograd.grad(loss, w, retain_graph=True)[0].item()
    )
    J = torch.autograd.functional.jacobian(lambda z: torch.softmax(z, 0), z.detach()).numpy()
    assert last_value("softmax-own", case, numbers) == pytest.approx(J[i, i])
    assert last_value("softmax-other", case, numbers) == pytest.approx(J[i, case.rival])
    lines = BY_KEY["softmax-jacobian"].lines(case)
    assert Evaluation(numbers).value(lines[-1].right) == pytest.approx(J)


def test_the_gradient_of_a_batch_is_that_of_autograd():
    rng = np.random.default_rng(5)
    X, W = torch.from_numpy(rng.normal(size=(ROWS, 4))), torch.from_numpy(rng.normal(size=(3, 4)))
    y = torch.from_numpy(rng.integers(0, 3, ROWS))
    W.requires_grad_()
    loss = functional.cross_entropy(X @ W.T, y)
    (gradient,) = torch.autograd.grad(loss, W)
    A, Y = torch.softmax(X @ W.T, 1).detach().numpy(), np.eye(3)[y]
    numbers = random_numbers(SMALL, 5) | {("A",): A, ("Y",): Y, ("X",): X.numpy()}
    for name, table in (("a", A), ("y", Y), ("x", X.numpy())):
        numbers[name, "each"] = table[:, :, None]
    for line in BY_KEY["batch-gradient"].lines(SMALL)[1:]:
        assert Evaluation(numbers).value(line.right) == pytest.approx(gradient.numpy())


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("is_softmax", [True, False])
def test_backpropagation_is_that_of_autograd_for_a_weight_and_for_a_batch(name, is_softmax):
    rng = np.random.default_rng(6)
    shapes = (UNITS, 4), (UNITS, 1), (3, UNITS), (3, 1)
    V, c, W, b = (torch.from_numpy(rng.normal(size=s)).requires_grad_() for s in shapes)
    X, y = torch.from_numpy(rng.normal(size=(ROWS, 4))), rng.integers(0, 3, ROWS)
    Y = functional.one_hot(torch.from_numpy(y), 3).double()
    squash = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[name]
    H = squash(X @ V.T + c.T)
    Z = H @ W.T + b.T
    A = torch.softmax(Z, 1) if is_softmax else torch.sigmoid(Z)
    losses = (
        functional.cross_entropy(Z, Y, reduction="none")
        if is_softmax
        else functional.binary_cross_entropy_with_logits(Z, Y, reduction="none").sum(1)
    )
    of_one = torch.autograd.grad(losses[0], (V, W), retain_graph=True)
    of_all = torch.autograd.grad(losses.mean(), (V, W), retain_graph=True)
    tables = {"a": A, "y": Y, "x": X, "hidden a": H}
    numbers: dict[Key, Any] = {("n",): float(ROWS), ("W2",): W.detach().numpy()}
    for key, table in zip("AYXH", tables.values(), strict=True):
        numbers[key,] = table.detach().numpy()
    for key, table in tables.items():
        numbers[key, "each"] = table.detach().numpy()[:, :, None]
        numbers[key, "col"] = table[0].detach().numpy()[:, None]
    unit, j = int(H[0].argmax()), 2
    V, c, W, H, Z = (part.detach() for part in (V, c, W, H, Z))
    numbers |= {("y", k): float(Y[0, k]) for k in range(3)}
    numbers |= {("W", k, unit): float(W[k, unit]) for k in range(3)}
    numbers |= {("rest", k): float(Z[0, k] - W[k, unit] * H[0, unit]) for k in range(3)}
    numbers["x", j], numbers["hidden W", unit, j] = float(X[0, j]), float(V[unit, j])
    numbers["hidden rest", unit] = float((X @ V.T + c.T)[0, unit] - V[unit, j] * X[0, j])
    case = Case(3, int(y[0]), 0, 1, j, 4, (j,), HiddenLayer(unit, name, is_softmax))
    known = dict[Key | None, Any]()
    left: Key | None = None
    for line in BY_KEY["backpropagation"].lines(case):
        left = left if line.left is None else named(line.left)
        known[left] = Evaluation(numbers).value(line.right)
    by_weight = known["∂", "L", "hidden W", unit, j]
    assert by_weight == pytest.approx(of_one[0][unit, j].item())
    for loss, gradients in ((r"\ell", of_one), ("L", of_all)):
        for layer, gradient in zip("⁽¹⁾,⁽²⁾".split(","), gradients, strict=True):
            np.testing.assert_allclose(known["∇", loss, layer], gradient, atol=1e-12)


def test_what_saturates_is_finite_or_infinite_but_0_times_infinity_is_0():
    case = Case(2, 1, 0, 0, 0, 1, (0,))
    numbers = {("W", 0, 0): 1.0, ("x", 0): 40.0, ("b", 0): 0.0, ("y", 0): 1.0}
    lines = BY_KEY["likelihood"].lines(case)
    assert Evaluation(numbers).value(lines[-1].right) == pytest.approx(0)


# By algebra ------------------------------------------------------------------------------------


def symbol(sympy, key):
    return sympy.Symbol("_".join(map(str, key)), real=True)


def algebra(node, sympy, kept=()):
    """Return an expression for sympy, with definitions in the place of terms but those kept."""

    def of(part):
        return algebra(part, sympy, kept)

    match node:
        case Symbol(key, definition=definition):
            return symbol(sympy, key) if definition is None or key in kept else of(definition)
        case Constant(value):
            return sympy.nsimplify(float(value))
        case Sum(terms) | Total(terms=terms):
            return sum(map(of, terms))
        case Product(factors):
            return reduce(mul, map(of, factors))
        case Quotient(top, bottom):
            return of(top) / of(bottom)
        case Negative(inner):
            return -of(inner)
        case Power(base, exponent):
            return of(base) ** of(exponent)
        case Exp(inner) | Log(inner) | Step(inner):
            return {Exp: sympy.exp, Log: sympy.log, Step: sympy.Heaviside}[type(node)](of(inner))
        case Derivative(inner, by):
            slope = sympy.diff(algebra(inner, sympy, (by.key, *kept)), symbol(sympy, by.key))
            return slope.subs(symbol(sympy, by.key), of(by))
    raise AssertionError(node)


def is_scalar(node):
    """Return whether it has no sum over a batch and no matrix."""
    kinds = (Grid, MatrixProduct)
    return not any(
        isinstance(part, kinds) or (isinstance(part, Total) and not part.terms)
        for part in walk(node)
    )


def is_by_parameter(node):
    return any(isinstance(part, Derivative) and part.by.key[0] in ("W", "b") for part in walk(node))


@pytest.mark.parametrize("key", [key for key in BY_KEY if key != "batch-gradient"])
def test_each_line_is_the_one_before_by_algebra(key):
    """All but sums over a batch and matrices; the derivatives are sympy's own."""
    sympy = pytest.importorskip("sympy")
    derivation = BY_KEY[key]
    case = Case(derivation.classes or 3, 0, 1, 1, 0, 1, (0,))
    if derivation.about is About.HIDDEN:
        case = Case(1, 0, 0, 0, 0, 1, (0,), HiddenLayer(0, "sigmoid", is_softmax=False))
    one_hot = {symbol(sympy, ("y", c)): int(c == case.label) for c in range(case.h)}
    lines = derivation.lines(case)
    is_deep = derivation.about is About.HIDDEN  # its logits hold what is differentiated by
    logits = () if is_deep else tuple(("z", c) for c in range(case.h))
    checked, before = 0, lines[0].right
    for line in lines:
        before = before if line.left is None else line.left
        if is_scalar(before) and is_scalar(line.right):
            kept = () if is_by_parameter(before) or is_by_parameter(line.right) else logits
            difference = algebra(before, sympy, kept) - algebra(line.right, sympy, kept)
            if derivation.about is About.CLASSES:
                difference = difference.subs(one_hot)
            assert vanishes(sympy, difference), f"{to_text(before)} = {to_text(line.right)}"
            checked += 1
        before = line.right
    assert checked


def vanishes(sympy, difference):
    """Return whether it is 0, for both values of a target that is in it."""
    y = [s for s in difference.free_symbols if str(s).startswith("y")]
    found = [difference.subs(y[0], value) for value in (0, 1)] if len(y) == 1 else [difference]
    for each in found:
        plain = sympy.expand_log(sympy.expand_power_exp(each), force=True)
        if sympy.cancel(plain) != 0 and sympy.simplify(plain) != 0:
            return False
    return True
