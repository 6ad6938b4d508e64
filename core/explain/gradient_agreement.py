"""How far several ways to the same gradient agree, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.csv.spreadsheet import to_text
from core.model_family import FAMILY
from core.number_format import format_magnitude, format_significant

Floats = NDArray[np.float64]

TRAINED, HAND, AUTOGRAD, DIFFERENCES = (
    "by hand (float32)",
    "by hand",
    "autograd",
    "finite differences",
)


@dataclass(frozen=True)
class Difference:
    """How far two ways are apart.

    absolute : the largest difference of a parameter.
    relative : the same as a share of the largest derivative.
    where : the number of that parameter.
    agrees : whether each difference is no larger than rounding explains.
    """

    absolute: float
    relative: float
    where: int
    agrees: bool


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """Derivatives of the mean loss, penalty included, by all p parameters: W row by row, then b.

    kind : of the model. has_bias : whether b is one of the parameters.
    rows, batch : so many rows were taken of a batch of so many. at_kinks : so many of its rows
        were left out, for there the loss has no derivative.
    trained : (p,) by hand in float32, as the trainer computes them.
    hand, autograd : (p,) in float64.
    checked : (k,) numbers of the parameters that were checked by finite differences too.
    skipped : so many were not because |w| has its kink next to them.
    differences : (k,) their derivatives in float64.
    apart : for each pair of ways, how far they are apart.
    trouble : which way gave no finite number, and where; "" if all did.
    """

    kind: str
    has_bias: bool
    rows: int
    batch: int
    at_kinks: int
    classes: tuple[str, ...]
    inputs: tuple[str, ...]
    trained: Floats
    hand: Floats
    autograd: Floats
    checked: NDArray[np.int64]
    skipped: int
    differences: Floats
    apart: dict[tuple[str, str], Difference]
    trouble: str

    @property
    def passed(self) -> bool:
        return not self.trouble and all(d.agrees for d in self.apart.values())

    @property
    def largest(self) -> float:
        """The largest difference between two ways in float64."""
        return max((d.absolute for pair, d in self.apart.items() if TRAINED not in pair), default=0)

    def name(self, parameter: int) -> str:
        return parameter_name(parameter, self.classes, self.inputs)

    @property
    def verdict(self) -> str:
        """Say in a few words whether the ways agree."""
        if self.trouble:
            return "not finite"
        pair = self._worst
        return "all ways agree" if pair is None else f"{pair[0]} ≠ {pair[1]}"

    @property
    def remarks(self) -> str:
        """Say how far float32 is from float64, and where the ways differ most."""
        if not self.apart:
            return ""
        trained = self.apart[TRAINED, HAND].absolute
        pair = max(
            (pair for pair in self.apart if TRAINED not in pair),
            key=lambda p: self.apart[p].absolute,
        )
        worst = self.apart[pair]
        return (
            f"Largest difference: {format_magnitude(worst.absolute)} at {self.name(worst.where)}, "
            f"{pair[0]} and {pair[1]}; {format_magnitude(worst.relative)} of the largest "
            f"derivative. In float32, as trained, by hand is within {format_magnitude(trained)} "
            "of this."
        )

    @property
    def _worst(self) -> tuple[str, str] | None:
        """The pair to be told of, if any disagrees."""
        wrong = [pair for pair, d in self.apart.items() if not d.agrees]
        # A slip shows in float32, too: it is told of there only if float64 is right.
        return min(wrong, key=lambda pair: TRAINED in pair, default=None)

    @property
    def summary(self) -> str:
        """Say in one line how the ways agree, or where they do not."""
        if self.trouble:
            return self.trouble
        if self._worst is not None:
            return self._disagreement(self._worst)
        by_autograd, by_differences = (
            format_magnitude(self.apart[HAND, way].absolute) for way in (AUTOGRAD, DIFFERENCES)
        )
        return (
            f"by hand = autograd to {by_autograd}, = finite differences to {by_differences} "
            f"({self.extent})"
        )

    @property
    def _kink(self) -> str:
        margin = FAMILY[self.kind].margin
        return f"(2y − 1) z = {margin:g}" if margin else "z = 0"

    @property
    def extent(self) -> str:
        """Say on which rows it was checked and, if not at all parameters, at how many."""
        rows = f"on the {self.rows:,} rows of the next batch"
        if self.rows == 1:
            rows = "on the one row of the next batch"
        if self.at_kinks:
            rows = (
                f"on {self.rows:,} of the next batch’s {self.batch:,} rows; at the kink "
                f"{self._kink}, "
                f"{'where no derivative is,' if self.at_kinks > 1 else 'without a derivative,'} "
                f"{self.at_kinks:,} {'lie' if self.at_kinks > 1 else 'lies'}"
            )
        elif self.rows < self.batch:
            rows = f"on a fixed sample of {self.rows:,} of the next batch’s {self.batch:,} rows"
        if self.skipped:
            weights = "weight" if self.skipped == 1 else "weights"
            rows += (
                f"; finite differences not at {self.skipped} {weights} next to 0, where λ₁|w| has "
                "its kink"
            )
        if len(self.checked) + self.skipped == len(self.hand):
            return rows
        return (
            f"{rows}; finite differences at a fixed random {len(self.checked):,} of "
            f"{len(self.hand):,} parameters"
        )

    def _disagreement(self, pair: tuple[str, str]) -> str:
        worst = self.apart[pair]
        p, q = (self._value(way, worst.where) for way in pair)
        return (
            f"{pair[0]} ≠ {pair[1]}: at {self.name(worst.where)} they are "
            f"{format_significant(p, 4)} and "
            f"{format_significant(q, 4)}, {format_magnitude(worst.absolute)} apart ({self.extent})"
        )

    def _value(self, way: str, parameter: int) -> float:
        if way == DIFFERENCES:
            return float(self.differences[np.searchsorted(self.checked, parameter)])
        values = {TRAINED: self.trained, HAND: self.hand, AUTOGRAD: self.autograd}[way]
        return float(values[parameter])

    def largest_rows(self, count: int) -> list[tuple[str, float, float, float]]:
        """Return name and derivative by hand, autograd, differences of some that were checked.

        They are the steepest parameters; if the ways disagree, those where they disagree most.
        """
        table = np.array(self._columns()[1:])
        sizes = np.abs(table).max(axis=0) if self.passed else np.ptp(table, axis=0)
        order = np.argsort(-np.where(np.isfinite(sizes), sizes, np.inf), kind="stable")
        return [
            (self.name(int(self.checked[i])), float(p), float(q), float(r))
            for i, (p, q, r) in zip(order[:count], table.T[order[:count]], strict=True)
        ]

    def csv(self) -> str:
        """Return all parameters that were checked all ways, a line each, with a header."""
        rows: list[list[str | float]] = [["parameter", TRAINED, HAND, AUTOGRAD, DIFFERENCES]]
        for i, values in zip(self.checked, np.transpose(self._columns()), strict=True):
            rows.append([self.name(int(i)), *values.tolist()])
        return to_text(rows)

    def _columns(self) -> tuple[Floats, Floats, Floats, Floats]:
        at = self.checked
        return self.trained[at], self.hand[at], self.autograd[at], self.differences


def parameter_name(parameter: int, classes: tuple[str, ...], inputs: tuple[str, ...]) -> str:
    """Return the name of a parameter, such as W[setosa, petal width] or b[setosa]."""
    weights = len(classes) * len(inputs)
    if parameter >= weights:
        return "b" if len(classes) == 1 else f"b[{classes[parameter - weights]}]"
    k, j = divmod(parameter, len(inputs))
    return f"w[{inputs[j]}]" if len(classes) == 1 else f"W[{classes[k]}, {inputs[j]}]"
