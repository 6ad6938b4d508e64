"""Lines of a derivation as they are shown: the formula, and the same with numbers for its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.language import localised, tr
from core.teach.derivations.calculus import Evaluation
from core.teach.derivations.derivation import Line as Derived
from core.teach.derivations.expression import (
    Constant,
    Derivative,
    Diagonal,
    Exp,
    Expression,
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
    Transpose,
    walk,
)
from core.teach.derivations.writing import SUMS, shown_rows, to_latex, to_text
from gui.kit.maths.notation import (
    CLOSE,
    EQUALS,
    MINUS,
    OPEN,
    PLUS,
    TIMES,
    Flow,
    Frac,
    Line,
    Matrix,
    Node,
    Num,
    Raised,
    Row,
    Sym,
    Terms,
    flow,
    sentence,
    term_colour,
)

DOTS = Sym(r"\cdots", "…")
ENTRYWISE = Sym(r"\circ", "∘")
IS = Sym(r"=\;", "=")
E, LN = Sym("e", "e"), Sym(r"\ln", "ln")
ABOVE_ZERO = Sym("> 0", "> 0")
TRANSPOSED = Sym(r"{}^{\top}", "ᵀ")
WIDEST = {"y": "0", "ŷ": "0", "n": "60000", "eta": "0.0000"}  # by the name of a number
NEVER_NEGATIVE = ("a", "S", "P", "se", "se of z", "Σℓ")


@dataclass(frozen=True, eq=False)
class Shown:
    """Lines that can be shown, and how each number on them is found.

    cells : by the key of a number the expression whose value it is, and its cell in a matrix.
    meanings : of numbers and terms, by key.
    """

    lines: tuple[Line, ...]
    cells: dict[Key, tuple[Expression, tuple[int, ...]]]
    meanings: dict[Key, str]

    def values(self, evaluation: Evaluation) -> dict[Key, float | str]:
        """Return all numbers."""
        found: dict[Key, float | str] = {}
        for key, (node, cell) in self.cells.items():
            value = np.asarray(evaluation.value(node))
            found[key] = float(value[cell] if cell else value)
        return found


def shown(lines: Sequence[Derived], evaluation: Evaluation) -> Shown:
    """Return lines as they are shown; the values decide only how large matrices are."""
    maker = _Maker(evaluation)
    made = tuple(maker.line(number, line) for number, line in enumerate(lines))
    return Shown(made, maker.cells, maker.meanings)


@dataclass(eq=False)
class _Maker:
    evaluation: Evaluation
    cells: dict[Key, tuple[Expression, tuple[int, ...]]] = field(default_factory=dict)
    meanings: dict[Key, str] = field(default_factory=dict)

    def line(self, number: int, line: Derived) -> Line:
        for node in (part for side in (line.left, line.right) if side for part in walk(side)):
            if isinstance(node, Symbol | Total | Derivative) and node.meaning:
                self.meanings[node.key] = node.meaning
        lead: Node = IS
        if line.left is not None:
            lead = Row((self.formula(line.left), IS))
        return Line(
            part=0,
            title=Flow(tuple(sentence(line.reason))),
            node=self.formula(line.right),
            lead=lead,
            note=self.note(number, line.right),
        )

    # The formula ----------------------------------------------------------------------------------

    def formula(self, node: Expression) -> Node:
        """Return the formula, typeset; a long sum in parts, which can wrap."""
        if isinstance(node, Sum) and node.shown is not None:
            return self._spread(node, self._typeset)
        return self._typeset(node)

    def _typeset(self, node: Expression) -> Node:
        keys: list[Key] = []

        def mark(key: Key, latex: str) -> str:
            keys.append(key)
            return rf"\textcolor{{{term_colour(len(keys) - 1)}}}{{{latex}}}"

        marked = to_latex(node, mark)
        return Terms(to_latex(node), to_text(node), marked, tuple(keys))

    def _spread(self, node: Sum, write: object) -> Node:
        """Return the terms of a sum that are shown, each with its sign on one line."""
        assert callable(write)
        parts: list[Node] = []
        expected = 0
        for i in node.shown if node.shown is not None else range(len(node.terms)):
            if i > expected:
                parts.append(Row((PLUS, DOTS)) if parts else DOTS)
            expected = i + 1
            term = node.terms[i]
            is_minus = isinstance(term, Negative)
            part = write(term.of if isinstance(term, Negative) else term)
            if parts or is_minus:
                part = Row((MINUS if is_minus else PLUS, part))
            parts.append(part)
        if expected < len(node.terms):
            parts.append(Row((PLUS, DOTS)))
        return Flow(tuple(parts))

    # The numbers ----------------------------------------------------------------------------------

    def note(self, number: int, node: Expression) -> Node:
        """Return the right side of a line with numbers, and its value behind it."""
        if isinstance(node, Symbol | Derivative | Total):
            return self._value(node.key, node, is_term=False)
        is_of_numbers = isinstance(node, Grid) and all(
            isinstance(cell, Derivative) for row in node.rows for cell in row
        )
        if isinstance(node, Constant) or is_of_numbers:
            return self.live(node)
        self.meanings[("=", number)] = tr("value of this line")
        value = self._value(("=", number), node, is_term=False)
        return flow(*self._flowing(node), Row((EQUALS, value)))

    def _flowing(self, node: Expression) -> list[Node]:
        """Return an expression with numbers in parts between which a line can break."""
        match node:
            case Sum():
                spread = self._spread(node, self._term)
                return list(spread.parts) if isinstance(spread, Flow) else [spread]
            case Negative(of) if not isinstance(of, Sum | Negative):
                first, *others = self._flowing(of)
                return [Row((MINUS, first)), *others]
            case Product(factors, sign):
                between = ENTRYWISE if sign == "∘" else TIMES
                parts = [part for factor in factors for part in self._factors(factor, between)]
                return [parts[0].parts[1], *parts[1:]]
            case MatrixProduct(left, right):
                return [self._bracketed(part, SUMS) for part in (left, right)]
            case Transpose(MatrixProduct() as of):
                first, *others = self._flowing(of)
                return [Row((OPEN, first)), *others[:-1], Row((others[-1], CLOSE, TRANSPOSED))]
        return [self.live(node)]

    def _factors(self, factor: Expression, sign: Node) -> list[Row]:
        """Return the parts of a factor, of which the first has the sign before it."""
        first, *others = (
            self._flowing(factor)
            if isinstance(factor, MatrixProduct | Transpose)
            else [self._bracketed(factor, Sum | Negative)]
        )
        return [Row((sign, first)), *(Row((part,)) for part in others)]

    def live(self, node: Expression) -> Node:
        """Return an expression with numbers in the place of its terms."""
        match node:
            case Symbol(key) | Derivative(key=key) | Total(key):
                return self._value(key, node)
            case Constant(value, latex, text):
                if np.ndim(value):
                    return Sym(latex, text)
                return Sym(f"{value:g}", localised(f"{value:g}"))
            case Sum():
                spread = self._spread(node, self._term)
                return (
                    spread
                    if node.shown is not None or not isinstance(spread, Flow)
                    else Row(spread.parts)
                )
            case Negative(of):
                return Row((MINUS, self._bracketed(of, Sum | Negative)))
            case Product(factors, sign):
                between = ENTRYWISE if sign == "∘" else TIMES
                parts: list[Node] = []
                for factor in factors:
                    parts += [between] if parts else []
                    parts.append(self._bracketed(factor, Sum | Negative))
                return Row(tuple(parts))
            case Quotient(top, bottom):
                return Frac(self.live(top), self.live(bottom))
            case _:
                return self._function(node)

    def _function(self, node: Expression) -> Node:
        match node:
            case Power(base, exponent):
                return Raised(self._bracketed(base, SUMS | Product | Quotient), self.live(exponent))
            case Exp(of):
                return Raised(E, self.live(of))
            case Log(of):
                return Row((LN, self._bracketed(of, SUMS | Product | Power)))
            case Step(of):
                return Matrix(((Row((self.live(of), ABOVE_ZERO)),),))
            case MatrixProduct(left, right):
                return Row((self._bracketed(left, SUMS), self._bracketed(right, SUMS)))
            case Transpose(of):
                if isinstance(of, Symbol):
                    return self._value((*of.key, "ᵀ"), node)
                if isinstance(of, Constant):
                    return Sym(f"{of.latex}^{{\\top}}", f"{of.text}ᵀ")
                return Row((self._bracketed(of, SUMS | MatrixProduct), TRANSPOSED))
            case Diagonal():
                return self._value(("diagonal",), node)
            case Grid(rows):
                columns = shown_rows(len(rows[0]))
                return Matrix(
                    tuple(
                        tuple(
                            DOTS if i is None or j is None else self._cell(rows[i][j])
                            for j in columns
                        )
                        for i in shown_rows(len(rows))
                    )
                )
        raise AssertionError(node)

    def _cell(self, node: Expression) -> Node:
        """Return what is in a cell of a matrix, where no sign stands before it."""
        if isinstance(node, Symbol | Derivative):
            return self._value(node.key, node, is_term=False)
        return self.live(node)

    def _term(self, node: Expression) -> Node:
        return self._bracketed(node, Sum | Negative)

    def _bracketed(self, node: Expression, kinds: object) -> Node:
        live = self.live(node)
        if not isinstance(node, kinds):  # type: ignore[arg-type]
            return live
        if _is_high(live):
            return Matrix(((live,),))
        return Row((OPEN, live, CLOSE))

    def _value(self, key: Key, node: Expression, *, is_term: bool = True) -> Node:
        """Return the number or the matrix of numbers of a term."""
        value = np.asarray(self.evaluation.value(node))
        if value.ndim < 2:
            self.cells[key] = node, ()
            if key[0] in WIDEST:
                return Num(key, widest=WIDEST[key[0]])
            return Num(key, is_term=is_term and key[0] not in NEVER_NEGATIVE)
        rows = []
        for i in shown_rows(value.shape[0]):
            row: list[Node] = []
            for j in shown_rows(value.shape[1]):
                if i is None or j is None:
                    row.append(DOTS)
                    continue
                cell = (*key, "cell", i, j)
                self.cells[cell] = node, (i, j)
                self.meanings[cell] = self.meanings.get(key, "")
                row.append(Num(cell))
            rows.append(tuple(row))
        return Matrix(tuple(rows))


def _is_high(node: Node) -> bool:
    match node:
        case Frac() | Matrix():
            return True
        case Row(parts) | Flow(parts):
            return any(map(_is_high, parts))
        case Raised(base):
            return _is_high(base)
        case _:
            return False
