"""The terms that derivations share, by the keys under which the trace of an example has them."""

from __future__ import annotations

import numpy as np

from core.language import tr
from core.teach.derivations.derivation import Case
from core.teach.derivations.expression import (
    Constant,
    Derivative,
    Exp,
    Expression,
    Log,
    Sum,
    Symbol,
    Total,
)

E_INDEX = "j"  # of sums over classes


def sigmoid(z: Expression) -> Expression:
    return 1 / (1 + Exp(-z))


class NeuronTerms:
    """One example and a neuron with the weights of row `case.output`.

    L is its binary cross-entropy, squared its squared error; w, x are of the followed input.
    """

    def __init__(self, case: Case) -> None:
        k, j = case.output, case.feature
        index = f"_{{{j}}}"
        self.w = Symbol(("W", k, j), f"w{index}", f"w{j}", tr("the weight that is followed"))
        self.x = Symbol(("x", j), f"x{index}", f"x{j}", tr("its input, as the model takes it"))
        self.b = Symbol(("b", k), "b", "b", tr("bias"))
        self.y = Symbol(("y", k), "y", "y", tr("target: 1 or 0"))
        self.logit = self._logit(case)
        self.z = Symbol(("z", k), "z", "z", tr("logit"), self.logit)
        self.a = Symbol(("a", k), "a", "a", tr("activation: the probability of 1"), sigmoid(self.z))
        self.bce = -(self.y * Log(self.a)) - (1 - self.y) * Log(1 - self.a)
        self.L = Symbol(("bce", k), "L", "L", tr("binary cross-entropy of this example"), self.bce)

    def _logit(self, case: Case) -> Expression:
        """Return z as it is written: all products, or that of the followed input and the rest."""
        k, terms = case.output, list[Expression]()
        for j in case.features:
            if j == case.feature:
                terms.append(self.w * self.x)
            else:
                w = Symbol(("W", k, j), f"w_{{{j}}}", f"w{j}", tr("another weight"))
                terms.append(w * Symbol(("x", j), f"x_{{{j}}}", f"x{j}", tr("another input")))
        if len(case.features) < case.m:
            terms.append(
                Symbol(("rest", k), "r", "r", tr("all other products in z, with the bias"))
            )
        else:
            terms.append(self.b)
        return Sum(tuple(terms))

    def slope(self, of: Symbol, by: Symbol, meaning: str = "") -> Derivative:
        """Return ∂of/∂by as a term of its own."""
        return Derivative(of, by, ("∂", *of.key, *by.key), meaning)


class SoftmaxTerms:
    """One example and the logits of h classes.

    i is the example's class, k the class whose logit or weight is followed.
    """

    def __init__(self, case: Case) -> None:
        self.case, classes = case, range(case.h)
        k, j = case.output, case.feature
        self.x = Symbol(("x", j), f"x_{{{j}}}", f"x{j}", tr("its input, as the model takes it"))
        self.w = Symbol(
            ("W", k, j), f"w_{{{k},{j}}}", f"w{k},{j}", tr("the weight that is followed")
        )
        rest = Symbol(("rest", k), "r", "r", tr("all other products in the logit, with the bias"))
        self.logit = self.w * self.x + rest
        self.z = [
            Symbol(
                ("z", c),
                f"z_{{{c}}}",
                f"z{c}",
                tr("logit of class {c}", c=c),
                self.logit if c == k else None,
            )
            for c in classes
        ]
        power = Exp(Symbol(("z", E_INDEX), "z_j", "z_j"))
        self.S = Total(
            ("S",),
            E_INDEX,
            power,
            tuple(map(Exp, self.z)),
            tr("sum of the exponentials of all logits"),
        )
        self.a = [
            Symbol(
                ("a", c),
                f"a_{{{c}}}",
                f"a{c}",
                tr("probability of class {c}", c=c),
                Exp(z) / self.S,
            )
            for c, z in enumerate(self.z)
        ]
        self.y = [
            Symbol(
                ("y", c),
                f"y_{{{c}}}",
                f"y{c}",
                tr("target of class {c}: 1 if the example is of it, else 0", c=c),
            )
            for c in classes
        ]
        body = Symbol(("y", E_INDEX), "y_j", "y_j") * Log(Symbol(("a", E_INDEX), "a_j", "a_j"))
        terms = tuple(y * Log(a) for y, a in zip(self.y, self.a, strict=True))
        self.cross_entropy = -Total(
            ("ylna",), E_INDEX, body, terms, tr("sum of yⱼ ln aⱼ: one is not 0")
        )
        self.L = Symbol(("L",), "L", "L", tr("cross-entropy of this example"), self.cross_entropy)

    def slope(self, of: Symbol, by: Symbol, meaning: str = "") -> Derivative:
        """Return ∂of/∂by as a term of its own."""
        return Derivative(of, by, ("∂", *of.key, *by.key), meaning)

    @property
    def shown(self) -> tuple[int, ...]:
        """The classes that are written of a long sum: the first ones and those it is about."""
        return shown_classes(self.case)


def shown_classes(case: Case) -> tuple[int, ...]:
    """Return the classes that are written of a long sum: the first ones and those it is about."""
    about = {c for c in (0, 1, case.label, case.output, case.h - 1) if c < case.h}
    return tuple(sorted(about)) if case.h > len(about) else tuple(range(case.h))


def identity(size: int) -> Constant:
    return Constant(np.eye(size), r"\mathbf{I}", "I")


def ones(size: int) -> Constant:
    """Return a column of ones, (size, 1)."""
    return Constant(np.ones((size, 1)), r"\mathbf{1}", "1")
