"""What the trace says: one update of one example, line by line, as formulae."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.task import Task
from gui.notation import (
    EQUALS,
    MINUS,
    PLUS,
    TIMES,
    Flow,
    Frac,
    Line,
    Matrix,
    Node,
    Num,
    Pic,
    Row,
    Sym,
    Word,
    flow,
    joined,
    many,
    row,
    vector,
)

if TYPE_CHECKING:  # it imports PyTorch
    from core.trace import Trace

PARTS = ("Forward", "Loss", "Gradient", "Update")
FORWARD, LOSS, GRADIENT, UPDATE = range(4)
PRODUCTS = 6  # so many features are multiplied out, and stand in matrices
BRIEF = 4  # so many classes, or features, are named in the gauge
TERMS = 4  # so many classes are added up within a fraction

LN = Sym(r"-\ln", "−ln")


@dataclass(frozen=True)
class Shape:
    """All that decides which lines there are: while it stays, only numbers change."""

    is_binary: bool
    h: int
    m: int
    is_image: bool
    label: int | None
    is_shifted: bool
    has_batch: bool
    has_decay: bool
    is_scaled: bool
    features: tuple[int, ...]
    names: tuple[str, ...]
    marks: tuple[int, ...]
    inputs: tuple[str, ...]


def shape_of(task: Task, trace: Trace) -> Shape:
    is_image = task.dataset.image_shape is not None
    m = len(trace.x)
    shown = np.sort(np.argsort(-np.abs(trace.x), kind="stable")[:PRODUCTS])
    return Shape(
        is_binary=trace.is_binary,
        h=len(trace.z),
        m=m,
        is_image=is_image,
        label=trace.label,
        is_shifted=trace.shift != 0,
        has_batch=trace.batch is not None,
        has_decay=trace.decay != 0,
        is_scaled=not task.standardiser.is_identity and task.feature_map.is_identity,
        features=() if is_image else tuple(int(j) for j in shown),
        names=task.dataset.class_names,
        marks=task.dataset.class_marks,
        inputs=() if is_image else tuple(task.input_names),
    )


def lines(shape: Shape) -> tuple[Line, ...]:
    """Return the derivation, from the input to the new weights."""
    build = _Binary(shape) if shape.is_binary else _Softmax(shape)
    return tuple(build.lines())


class _Lines:
    """What a neuron and softmax regression have in common."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.h = shape.h

    def index(self, k: int) -> str:
        return "" if self.shape.is_binary else f"_{{{k}}}"

    def sym(self, letter: str, k: int) -> Sym:
        return Sym(f"{letter}{self.index(k)}", letter if self.shape.is_binary else f"{letter}{k}")

    def title(self, k: int) -> Word:
        s = self.shape
        return Word(s.names[1], s.marks[1]) if s.is_binary else Word(s.names[k], s.marks[k])

    # Forward ------------------------------------------------------------------------------------

    def inputs(self) -> Line:
        s = self.shape
        if s.is_image:
            node: Node = row(Sym(r"\mathbf{x} =", "x ="), Pic(("x",)))
        else:
            parts: list[Node] = []
            for j in s.features:
                sign = Sym(f"x_{{{j}}} =", f"x{j} =")
                own: list[Node] = [Word("("), Num(("own", j)), Word(")")] if s.is_scaled else []
                parts.append(row(sign, Num(("x", j)), *own, Word(s.inputs[j] + " ")))
            if s.m > len(s.features):
                parts.append(Word(f"… {s.m} inputs, the largest are shown"))
            node = Flow(tuple(parts))
        return Line(FORWARD, Word("input"), node)

    def logit(self, k: int) -> Line:
        s = self.shape
        whole = s.m <= PRODUCTS and not s.is_image
        if whole:
            products = [
                row(Num(("W", k, j), is_term=i > 0), TIMES, Num(("x", j), is_term=True))
                for i, j in enumerate(s.features)
            ]
            terms = joined([*products, Num(("b", k), is_term=True)], PLUS)
            head: Node = Row((self.sym("z", k), EQUALS))
        else:
            index = "" if s.is_binary else str(k)
            head = Sym(
                rf"z{self.index(k)} = \textstyle\sum_j w_{{{index}j}} x_j + b{self.index(k)} =",
                f"z{index} = Σ w x + b =",
            )
            terms = joined([Num(("wx", k)), Num(("b", k), is_term=True)], PLUS)
        return Line(FORWARD, self.title(k), flow(head, *terms, row(EQUALS, Num(("z", k)))))

    # Gradient and update --------------------------------------------------------------------------

    def table(self, name: str) -> Node:
        """The numbers or pictures of something shaped like W."""
        s = self.shape
        if s.is_image:
            return Flow(tuple(Pic((name, k)) for k in range(self.h)))
        cells = [[Num((name, k, j)) for j in s.features] for k in range(self.h)]
        if s.m > len(s.features):
            rest = Sym(r"\cdots", "…")
            return Matrix(tuple((*line, rest) for line in cells))
        return Matrix(tuple(tuple(line) for line in cells))

    def column(self, name: str) -> Node:
        return many([(name, k) for k in range(self.h)])

    def outer(self) -> list[Line]:
        s = self.shape
        dW = Sym(
            r"\frac{\partial L}{\partial \mathbf{W}} ="
            r" (\mathbf{a}-\mathbf{y})\,\mathbf{x}^{\top} =",
            "∂L/∂W = (a − y) xᵀ =",
        )
        if s.is_binary:
            dW = Sym(
                r"\frac{\partial L}{\partial \mathbf{w}} = (a-y)\,\mathbf{x} =",
                "∂L/∂w = (a − y) x =",
            )
        db = (
            Sym(r"\frac{\partial L}{\partial b} = a-y =", "∂L/∂b = a − y =")
            if s.is_binary
            else Sym(
                r"\frac{\partial L}{\partial \mathbf{b}} = \mathbf{a}-\mathbf{y} =",
                "∂L/∂b = a − y =",
            )
        )
        return [
            Line(GRADIENT, Word("weights"), flow(dW, self.table("dW"))),
            Line(GRADIENT, Word("biases" if self.h > 1 else "bias"), flow(db, self.column("dz"))),
        ]

    def update(self) -> list[Line]:
        s = self.shape
        if not s.has_batch:
            return [
                Line(UPDATE, Word("batch"), Word("Pause to see the mean over this large batch."))
            ]
        w, b = (r"\mathbf{w}", "b") if s.is_binary else (r"\mathbf{W}", r"\mathbf{b}")
        letter = "w" if s.is_binary else "W"
        mean = Sym(
            rf"\nabla_{{\!{w}}} = "
            r"\frac{1}{n}\textstyle\sum_i (\mathbf{a}-\mathbf{y})\,\mathbf{x}^{\top} =",
            f"∇{letter} = mean of (a − y) xᵀ =",
        )
        lines = []
        if s.label is not None:
            share = Sym(
                rf"\frac{{1}}{{n}}\,\frac{{\partial L}}{{\partial {w}}} =", f"∂L/∂{letter} / n ="
            )
            lines.append(
                Line(
                    GRADIENT,
                    Word("its share"),
                    flow(
                        share,
                        self.table("share"),
                        row(Sym("n =", "n ="), Num(("n",))),
                        row(Word("in the batch:"), Num(("in",))),
                    ),
                )
            )
        lines.append(Line(GRADIENT, Word("whole batch"), flow(mean, self.table("g"))))
        decay: tuple[Node, ...] = ()
        rule, plain = (
            rf"{w} \leftarrow {w} - \eta\,\nabla_{{\!{w}}} =",
            f"{letter} ← {letter} − η ∇{letter} =",
        )
        if s.has_decay:
            rule = rf"{w} \leftarrow {w} - \eta\,(\nabla_{{\!{w}}} + \lambda {w}) ="
            plain = f"{letter} ← {letter} − η (∇{letter} + λ {letter}) ="
            decay = (row(PLUS, Num(("decay",)), TIMES), self.table("W"))
        step: list[Node] = [
            Sym(rule, plain),
            self.table("W"),
            row(MINUS, Num(("eta",)), TIMES, *([Sym("(", "(")] if decay else [])),
            self.table("g"),
            *decay,
            row(*([Sym(")", ")")] if decay else []), EQUALS),
            self.table("W2"),
        ]
        lines.append(Line(UPDATE, Word("weights"), Flow(tuple(step))))
        lines.append(
            Line(
                UPDATE,
                Word("biases" if self.h > 1 else "bias"),
                flow(
                    Sym(rf"{b} \leftarrow {b} - \eta\,\nabla_{{\!{b}}} =", "b ← b − η ∇b ="),
                    self.column("b"),
                    row(MINUS, Num(("eta",)), TIMES),
                    self.column("db"),
                    row(EQUALS, self.column("b2")) if self.h <= TERMS else EQUALS,
                    *([] if self.h <= TERMS else [self.column("b2")]),
                ),
            )
        )
        return lines


class _Softmax(_Lines):
    def lines(self) -> list[Line]:
        s, h = self.shape, self.h
        found = [self.inputs(), *(self.logit(k) for k in range(h))]

        def exponent(k: int | str) -> str:
            return f"e^{{z_{{{k}}}{'-m' if s.is_shifted else ''}}}"

        plain = "e^(z{}−m)" if s.is_shifted else "e^z{}"
        powers = [
            row(Sym(exponent(k) + " =", plain.format(k) + " ="), Num(("e", k))) for k in range(h)
        ]
        largest = (
            [row(Sym(r"m = \max_j z_j =", "m = max z ="), Num(("shift",)))] if s.is_shifted else []
        )
        found.append(Line(FORWARD, Word("exponentials"), flow(*largest, *powers)))
        total = Sym(
            r"\textstyle\sum_j e^{z_j-m} =" if s.is_shifted else r"\textstyle\sum_j e^{z_j} =",
            "Σ e^(z−m) =" if s.is_shifted else "Σ e^z =",
        )
        terms = joined([Num(("e", k)) for k in range(h)], PLUS)
        found.append(
            Line(FORWARD, Word("their sum"), flow(total, *terms, row(EQUALS, Num(("S",)))))
        )
        for k in range(h):
            bottom: Node = Row(tuple(terms)) if h <= TERMS else Num(("S",))
            generic = Sym(
                rf"a_{{{k}}} = \frac{{{exponent(k)}}}{{\textstyle\sum_j {exponent('j')}}} =",
                f"a{k} = {plain.format(k)} / Σ =",
            )
            found.append(
                Line(
                    FORWARD,
                    self.title(k),
                    flow(generic, row(Frac(Num(("e", k)), bottom), EQUALS, Num(("a", k)))),
                )
            )
        if s.label is None:
            return [*found, *self.update()]
        y = s.label
        found += [
            Line(LOSS, Word("target"), flow(Sym(r"\mathbf{y} =", "y ="), self.column("y"))),
            Line(
                LOSS,
                Word("loss"),
                flow(
                    Sym(r"L = -\textstyle\sum_j y_j \ln a_j =", "L = −Σ y ln a ="),
                    row(
                        Sym(rf"-\ln a_{{{y}}} =", f"−ln a{y} ="),
                        LN,
                        Num(("a", y)),
                        EQUALS,
                        Num(("L",)),
                    ),
                ),
            ),
            Line(
                GRADIENT,
                Word("logits"),
                flow(
                    Sym(
                        r"\frac{\partial L}{\partial \mathbf{z}} = \mathbf{a}-\mathbf{y} =",
                        "∂L/∂z = a − y =",
                    ),
                    self.column("a"),
                    row(MINUS, self.column("y")) if h <= TERMS else MINUS,
                    *([] if h <= TERMS else [self.column("y")]),
                    row(EQUALS, self.column("dz")) if h <= TERMS else EQUALS,
                    *([] if h <= TERMS else [self.column("dz")]),
                ),
            ),
        ]
        return [*found, *self.outer(), *self.update()]


class _Binary(_Lines):
    def lines(self) -> list[Line]:
        s = self.shape
        a = Num(("a", 0))
        found = [
            self.inputs(),
            self.logit(0),
            Line(
                FORWARD,
                self.title(0),
                flow(
                    Sym(r"a = \sigma(z) = \frac{1}{1+e^{-z}} =", "a = σ(z) = 1 / (1 + e^−z) ="),
                    row(
                        Frac(Sym("1", "1"), row(Sym("1 +", "1 +"), Num(("e", 0)))),
                        EQUALS,
                        a,
                    ),
                ),
            ),
        ]
        if s.label is None:
            return [*found, *self.update()]
        inner: Node = a if s.label else row(Sym("(1 -", "(1 −"), a, Sym(")", ")"))
        loss = Sym(r"L = -y \ln a - (1-y) \ln (1-a) =", "L = −y ln a − (1 − y) ln(1 − a) =")
        found += [
            Line(
                LOSS,
                Word("target"),
                row(Sym("y =", "y ="), Num(("y", 0)), Word(s.names[s.label], s.marks[s.label])),
            ),
            Line(LOSS, Word("loss"), flow(loss, row(LN, inner, EQUALS, Num(("L",))))),
            Line(
                GRADIENT,
                Word("loss by a"),
                flow(
                    Sym(
                        r"\frac{\partial L}{\partial a} = \frac{a-y}{a\,(1-a)} =",
                        "∂L/∂a = (a − y) / (a (1 − a)) =",
                    ),
                    Num(("dLda",)),
                ),
            ),
            Line(
                GRADIENT,
                Word("a by z"),
                flow(
                    Sym(r"\frac{\partial a}{\partial z} = a\,(1-a) =", "∂a/∂z = a (1 − a) ="),
                    Num(("dadz",)),
                ),
            ),
            Line(
                GRADIENT,
                Word("the chain"),
                flow(
                    Sym(
                        r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial a}\cdot"
                        r"\frac{\partial a}{\partial z} =",
                        "∂L/∂z = ∂L/∂a · ∂a/∂z =",
                    ),
                    row(
                        Num(("dLda",)),
                        TIMES,
                        Num(("dadz",)),
                        EQUALS,
                        Sym("a - y =", "a − y ="),
                        Num(("dz", 0)),
                    ),
                ),
            ),
            Line(
                GRADIENT,
                Word("z by w"),
                Sym(
                    r"\frac{\partial z}{\partial \mathbf{w}} = \mathbf{x},\qquad"
                    r"\frac{\partial z}{\partial b} = 1",
                    "∂z/∂w = x, ∂z/∂b = 1",
                ),
            ),
        ]
        return [*found, *self.outer(), *self.update()]


def gauge_lines(shape: Shape) -> tuple[Line, ...]:
    """Return the derivation in brief; of many classes, only probabilities and loss."""
    s = shape
    if s.is_image:
        x: Node = Pic(("x",))
    else:
        x = vector([("x", j) for j in s.features[:BRIEF]])
        if s.m > BRIEF:
            x = row(x, Word(f"of {s.m}"))
    is_small = s.is_binary or s.h <= BRIEF
    found = [Line(FORWARD, Sym(r"\mathbf{x}", "x"), x)]
    z = Sym("z" if s.is_binary else r"\mathbf{z}", "z")
    a = Sym("a" if s.is_binary else r"\mathbf{a}", "a")
    found += [
        Line(FORWARD, symbol, many([(name, k) for k in range(s.h)]))
        for name, symbol in (("z", z), ("a", a))
        if is_small or name == "a"
    ]
    if s.label is None:
        return tuple(found)
    loss = row(LN, Num(("a", s.label)), EQUALS, Num(("L",)))
    found.append(Line(LOSS, Sym("L", "L"), Num(("L",)) if s.is_binary else loss))
    if is_small:
        dz = Sym("a-y" if s.is_binary else r"\mathbf{a}-\mathbf{y}", "a − y")
        found.append(Line(GRADIENT, dz, many([("dz", k) for k in range(s.h)])))
    return tuple(found)
