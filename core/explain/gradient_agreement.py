"""How well several methods of computing a gradient agree, as numbers and text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.csv.spreadsheet import to_text
from core.language import mark, tr, tr_n
from core.model_family import FAMILY
from core.number_format import format_integer, format_magnitude, format_significant

Floats = NDArray[np.float64]

TRAINED, HAND, AUTOGRAD, DIFFERENCES = (
    mark("by hand (float32)"),
    mark("by hand"),
    mark("autograd"),
    mark("finite differences"),
)


@dataclass(frozen=True)
class Difference:
    """The difference between two methods.

    absolute : the largest difference over the parameters.
    relative : the same relative to the largest derivative.
    where : the index of that parameter.
    agrees : whether every difference is within the rounding error.
    """

    absolute: float
    relative: float
    where: int
    agrees: bool


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """Derivatives of the mean loss with the penalty λ by all p parameters: W row by row, then b.

    Those of a hidden layer follow likewise; a model without biases has none here.

    kind : of the model. has_bias : whether b is one of the parameters.
    rows, batch : number of rows used, and the size of the batch. at_kinks : number of rows left out
        because the loss has no derivative there.
    units : of a hidden layer, 0 without one. is_relu : whether these have a kink at 0.
    trained : (p,) by hand in float32, as the trainer computes them.
    hand, autograd : (p,) in float64.
    checked : (k,) indices of the parameters also checked by finite differences.
    differences : (k,) derivatives by finite differences, in float64.
    apart : the difference between each pair of methods.
    trouble : which method gave a non-finite number, and where; "" if none did.
    """

    kind: str
    has_bias: bool
    rows: int
    batch: int
    at_kinks: int
    classes: tuple[str, ...]
    inputs: tuple[str, ...]
    units: int
    is_relu: bool
    trained: Floats
    hand: Floats
    autograd: Floats
    checked: NDArray[np.int64]
    differences: Floats
    apart: dict[tuple[str, str], Difference]
    trouble: str

    @property
    def passed(self) -> bool:
        return not self.trouble and all(d.agrees for d in self.apart.values())

    @property
    def largest(self) -> float:
        """The largest difference between two methods in float64."""
        return max((d.absolute for pair, d in self.apart.items() if TRAINED not in pair), default=0)

    def name(self, parameter: int) -> str:
        return parameter_name(
            parameter, self.classes, self.inputs, self.units, has_bias=self.has_bias
        )

    @property
    def verdict(self) -> str:
        """A short text on whether the methods agree."""
        if self.trouble:
            return tr("not finite")
        pair = self._worst
        return tr("all ways agree") if pair is None else " ≠ ".join(map(tr, pair))

    @property
    def remarks(self) -> str:
        """A text on where the methods differ most, and how far float32 is from float64."""
        if not self.apart:
            return ""
        trained = self.apart[TRAINED, HAND].absolute
        pair = max(
            (pair for pair in self.apart if TRAINED not in pair),
            key=lambda p: self.apart[p].absolute,
        )
        worst = self.apart[pair]
        return tr(
            "Largest difference: {difference} at {parameter}, {first} and {second}; {relative} of "
            "the largest derivative. In float32, as trained, by hand is within {trained} of this.",
            difference=format_magnitude(worst.absolute),
            parameter=self.name(worst.where),
            first=tr(pair[0]),
            second=tr(pair[1]),
            relative=format_magnitude(worst.relative),
            trained=format_magnitude(trained),
        )

    @property
    def _worst(self) -> tuple[str, str] | None:
        """The pair to report, if any disagrees."""
        wrong = [pair for pair, d in self.apart.items() if not d.agrees]
        # An error also shows in float32; report that pair only if all in float64 agree.
        return min(wrong, key=lambda pair: TRAINED in pair, default=None)

    @property
    def summary(self) -> str:
        """One line on how well the methods agree, or where they do not."""
        if self.trouble:
            return self.trouble
        if self._worst is not None:
            return self._disagreement(self._worst)
        by_autograd, by_differences = (
            format_magnitude(self.apart[HAND, way].absolute) for way in (AUTOGRAD, DIFFERENCES)
        )
        return tr(
            "by hand = autograd to {autograd}, = finite differences to {differences} ({extent})",
            autograd=by_autograd,
            differences=by_differences,
            extent=self.extent,
        )

    @property
    def _kink(self) -> str:
        margin = FAMILY[self.kind].margin
        found = [] if margin is None else [f"(2y − 1) z = {margin:g}" if margin else "z = 0"]
        return tr(" or ").join([*found, "z⁽¹⁾ = 0"] if self.is_relu else found)

    @property
    def extent(self) -> str:
        """A text on which rows were checked and, if not all parameters, how many."""
        n, batch = format_integer(self.rows), format_integer(self.batch)
        rows = tr("on the {n} rows of the next batch", n=n)
        if self.rows == 1:
            rows = tr("on the one row of the next batch")
        if self.at_kinks:
            rows = tr_n(
                "on {rows} of the next batch’s {batch} rows; at the kink {kink}, without a "
                "derivative, {n} lies",
                "on {rows} of the next batch’s {batch} rows; at the kink {kink}, where no "
                "derivative is, {n} lie",
                self.at_kinks,
                rows=n,
                batch=batch,
                kink=self._kink,
            )
        elif self.rows < self.batch:
            rows = tr("on a fixed sample of {n} of the next batch’s {batch} rows", n=n, batch=batch)
        if len(self.checked) == len(self.hand):
            return rows
        return tr(
            "{rows}; finite differences at a fixed random {n} of {total} parameters",
            rows=rows,
            n=format_integer(len(self.checked)),
            total=format_integer(len(self.hand)),
        )

    def _disagreement(self, pair: tuple[str, str]) -> str:
        worst = self.apart[pair]
        p, q = (self._value(way, worst.where) for way in pair)
        return tr(
            "{first} ≠ {second}: at {parameter} they are {p} and {q}, {difference} apart "
            "({extent})",
            first=tr(pair[0]),
            second=tr(pair[1]),
            parameter=self.name(worst.where),
            p=format_significant(p, 4),
            q=format_significant(q, 4),
            difference=format_magnitude(worst.absolute),
            extent=self.extent,
        )

    def _value(self, way: str, parameter: int) -> float:
        if way == DIFFERENCES:
            return float(self.differences[np.searchsorted(self.checked, parameter)])
        values = {TRAINED: self.trained, HAND: self.hand, AUTOGRAD: self.autograd}[way]
        return float(values[parameter])

    def largest_rows(self, count: int) -> list[tuple[str, float, float, float]]:
        """Return the name and derivatives (by hand, autograd, differences) of checked parameters.

        These are the steepest ones; if the methods disagree, those where they disagree most.
        """
        table = np.array(self._columns()[1:])
        sizes = np.abs(table).max(axis=0) if self.passed else np.ptp(table, axis=0)
        order = np.argsort(-np.where(np.isfinite(sizes), sizes, np.inf), kind="stable")
        return [
            (self.name(int(self.checked[i])), float(p), float(q), float(r))
            for i, (p, q, r) in zip(order[:count], table.T[order[:count]], strict=True)
        ]

    def csv(self) -> str:
        """Return CSV with a header and one line per parameter checked by all methods."""
        rows: list[list[str | float]] = [["parameter", TRAINED, HAND, AUTOGRAD, DIFFERENCES]]
        for i, values in zip(self.checked, np.transpose(self._columns()), strict=True):
            rows.append([self.name(int(i)), *values.tolist()])
        return to_text(rows)

    def _columns(self) -> tuple[Floats, Floats, Floats, Floats]:
        at = self.checked
        return self.trained[at], self.hand[at], self.autograd[at], self.differences


def parameter_name(
    parameter: int,
    classes: tuple[str, ...],
    inputs: tuple[str, ...],
    units: int = 0,
    *,
    has_bias: bool = True,
) -> str:
    """Return the name of a parameter, such as W[setosa, petal width] or b[setosa].

    With a hidden layer of `units`: W⁽²⁾[setosa, unit 3], b⁽²⁾[setosa], W⁽¹⁾[unit 3, petal width].
    """
    if not units:
        return _name_in_layer(parameter, classes, inputs)
    names = tuple(tr("unit {n}", n=j + 1) for j in range(units))
    above = len(classes) * (units + has_bias)
    if parameter < above:
        return _name_in_layer(parameter, classes, names, "⁽²⁾")
    return _name_in_layer(parameter - above, names, inputs, "⁽¹⁾")


def _name_in_layer(
    parameter: int, rows: tuple[str, ...], columns: tuple[str, ...], layer: str = ""
) -> str:
    weights = len(rows) * len(columns)
    if parameter >= weights:
        return f"b{layer}" if len(rows) == 1 else f"b{layer}[{rows[parameter - weights]}]"
    k, j = divmod(parameter, len(columns))
    if len(rows) == 1:
        return f"w{layer}[{columns[j]}]"
    return f"W{layer}[{rows[k]}, {columns[j]}]"
