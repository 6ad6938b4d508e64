"""Numbers and sentences about the Jacobian and the collapse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.csv.spreadsheet import to_text
from core.explain.jacobian import Collapse, collapse, jacobian
from core.language import in_a_row, mark, tr
from core.number_format import format_fixed, format_magnitude, format_significant

Floats = NDArray[np.float64]

COLOURS = mark("Colours: orange to −0.25, blue to +0.25.")


@dataclass(frozen=True, eq=False)
class Chain:
    """One example at the end of the model: its probabilities, their Jacobian, the chain rule.

    names : of the classes, or of the positive class of a binary neuron.
    a : (h,) probabilities. J : (h, h). collapse : None where the true class y is unknown.
    """

    names: tuple[str, ...]
    a: Floats
    y: int | None
    J: Floats
    collapse: Collapse | None

    @classmethod
    def of(cls, a: Floats, y: int | None, names: tuple[str, ...]) -> Chain:
        return cls(names, a, y, jacobian(a), None if y is None else collapse(a, y))

    def beside(self, digits: int) -> list[list[str]]:
        """Return the texts of the columns after the matrix, row by row."""
        sums = [self.J.sum(axis=1)] if len(self.names) > 1 else []
        c = self.collapse
        parts = [c.upstream, c.product, c.short] if c else []
        columns = [[decimals(float(v), (digits, False)) for v in values] for values in sums]
        columns += [[value_of(float(v), digits) for v in values] for values in parts]
        return [[column[i] for column in columns] for i in range(len(self.names))]

    def verdict(self) -> str:
        """Return a sentence on the result of the collapse, or on J where there is none."""
        c = self.collapse
        if c is None or self.y is None:
            if len(self.a) == 1:
                bell = tr("a(1 − a) is ¼ where a = ½, and fades away towards 0 and 1.")
                return in_a_row(bell, tr(COLOURS))
            zero = tr("Each row sums to 0: what one class gains, the others lose.")
            return in_a_row(zero, tr(COLOURS))
        if not c.overflows:
            same = tr(
                "∂L/∂a · ∂a/∂z is a − y: the largest difference is {apart}.",
                apart=format_magnitude(c.difference),
            )
            return in_a_row(same, tr(COLOURS))
        if len(self.a) == 1:
            return tr(
                "a(1 − a) = {slope}: ∂L/∂a overflows, and the chain rule gives no number. a − y "
                "divides by nothing and is right.",
                slope=format_magnitude(float(self.J[0, 0])),
            )
        return tr(
            "a[{name}] = {a} is so small that −1/a overflows, and the chain rule gives no number. "
            "a − y divides by nothing and is right.",
            name=self.names[self.y],
            a=format_magnitude(float(self.a[self.y])),
        )

    def sentence(self, i: int, k: int) -> str:
        """Return a sentence on row i, column k of the matrix, the sums or the collapse."""
        h, name = len(self.names), self.names[i]
        if h == 1 and k == 0:
            value, a = (
                format_significant(float(self.J[0, 0]), 4),
                format_significant(float(self.a[0]), 4),
            )
            return tr("da/dz = {value} = a (1 − a) with a = {a}", value=value, a=a)
        if k < h:
            other = self.names[k]
            p, q = (format_significant(float(self.a[j]), 4) for j in (i, k))
            value = format_significant(float(self.J[i, k]), 4)
            why = f"a_i (1 − a_i) = {p} · (1 − {q})" if i == k else f"−a_i a_k = −{p} · {q}"
            return f"∂a[{name}]/∂z[{other}] = {value} = {why}"
        if k == h and h > 1:
            total = format_magnitude(float(self.J[i].sum()))
            return tr(
                "Row {name} sums to {total}: the same added to all logits changes nothing",
                name=name,
                total=total,
            )
        c = self.collapse
        if c is None:
            return ""
        n = k - h - (h > 1)
        by_chain = tr("∂L/∂z[{name}] by the chain rule", name=name)
        what = (f"∂L/∂a[{name}]", by_chain, tr("a − y of {name}", name=name))[n]
        return f"{what} = {format_significant(float((c.upstream, c.product, c.short)[n][i]), 6)}"

    def spoken(self) -> str:
        """Return matrix and verdict as text, for a screen reader."""
        parts = []
        for i, name in enumerate(self.names):
            values = ", ".join(
                tr(
                    "by z of {other} {value}",
                    other=other,
                    value=decimals(float(value), (4, False)),
                )
                for other, value in zip(self.names, self.J[i], strict=True)
            )
            parts.append(tr("a of {name}: {values}.", name=name, values=values))
        return in_a_row(*parts, self.verdict())

    def csv(self) -> str:
        """Return the matrix, its row sums and the collapse as CSV, with all digits."""
        header = [f"∂/∂z[{name}]" for name in self.names]
        c = self.collapse
        rows: list[list[str | float]] = [
            ["", *header, tr("row sum"), *(titles(len(self.names), is_narrow=False) if c else ())]
        ]
        for i, name in enumerate(self.names):
            row: list[str | float] = [f"∂a[{name}]", *self.J[i].tolist(), float(self.J[i].sum())]
            if c:
                row += [float(c.upstream[i]), float(c.product[i]), float(c.short[i])]
            rows.append(row)
        return to_text(rows)


def titles(h: int, *, is_narrow: bool) -> tuple[str, str, str]:
    """Return the titles of the three columns of the collapse for h outputs."""
    if h == 1:
        return "∂L/∂a", "· da/dz", "a − y"
    return "−y/a", "· J" if is_narrow else "(−y/a) J", "a − y"


def decimals(value: float, shape: tuple[int, bool]) -> str:
    """Format a number; shape : decimals, whether the leading 0 is dropped. Never gives −0."""
    digits, is_short = shape
    text = format_fixed(value, digits)
    if not is_short:
        return text
    return text.replace("0.", ".", 1) if round(value, digits) else "0"


def value_of(value: float, digits: int) -> str:
    """Format an entry of the collapse: `digits` decimals, powers of ten from 1000, NaN as "—"."""
    if np.isnan(value):
        return "—"
    if abs(value) >= 1000:
        return format_magnitude(value)
    return decimals(value, (digits if abs(value) < 10 else 1, False)) if value else "0"
