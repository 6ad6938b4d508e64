"""What a step of a lesson waits for: a condition on the run, written as a lesson writes it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import DataError
from core.language import tr
from core.number_format import format_fixed, format_integer
from core.train.snapshot import Snapshot

END, MOVED = "end", "a point is moved"
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
COUNTS = ("step", "epoch")
FIGURES = tuple(f"{rows} {kind}" for rows in ("train", "test") for kind in ("loss", "accuracy"))
LIMIT = re.compile(r"(.+?)\s*(>=|<=|>|<)\s*(\d{1,9}(?:\.\d{1,9})?)")


@dataclass(frozen=True)
class Until:
    """A condition: the end of the run, a move of a point, or a quantity beyond a bound.

    text : as it was written, a sentence's second half.
    quantity : one of COUNTS or of FIGURES, "" if the condition has none.
    """

    text: str = END
    quantity: str = ""
    comparison: str = ">="
    bound: float = 0.0

    @property
    def is_end(self) -> bool:
        """Whether it is the end of the run."""
        return self.text == END

    @property
    def is_move(self) -> bool:
        """Whether it is a person's, whom training does not wait for."""
        return self.text == MOVED

    def is_met(self, snapshot: Snapshot, *, is_over: bool, is_moved: bool) -> bool:
        """Return whether it holds now; is_over : the run has ended; is_moved : a point was."""
        if not self.quantity:
            return is_moved if self.is_move else is_over
        return COMPARISONS[self.comparison](self._value(snapshot), self.bound)

    def now(self, snapshot: Snapshot) -> str:
        """Return the quantity as it is, as text; "" if the condition has none."""
        if not self.quantity:
            return ""
        value = self._value(snapshot)
        return format_integer(value) if self.quantity in COUNTS else format_fixed(value, 3)

    def _value(self, snapshot: Snapshot) -> float:
        if self.quantity in COUNTS:
            return float(getattr(snapshot, self.quantity))
        return float(getattr(snapshot.metrics, self.quantity.replace(" ", "_")))


def read(text: str) -> Until:
    """Return the condition that is written so. Raises DataError for one that is not known."""
    words = " ".join(text.split())
    if words in (END, MOVED):
        return Until(words)
    found = LIMIT.fullmatch(words)
    if found is None or found[1] not in COUNTS + FIGURES:
        known = ", ".join(COUNTS + FIGURES)
        raise DataError(
            tr(
                "it is “{end}”, “{moved}”, or one of {known} with >=, <=, > or < and a number, "
                "as in “test accuracy > 0.9”.",
                end=END,
                moved=MOVED,
                known=known,
            )
        )
    return Until(words, found[1], found[2], float(found[3]))
