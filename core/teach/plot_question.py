"""A question of a lesson that is answered on a plot: by a click, a boundary or a curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from core.language import mark, tr
from core.number_format import format_plain
from core.teach.lesson_table import Table

Kind = Literal["click", "boundary", "curve"]

LARGEST_LOSS, MISTAKE, BOUNDARY = "largest loss", "mistake", "boundary"  # on the plane
ON_CURVE = {
    mark("least train loss"): "train_loss",
    mark("least test loss"): "test_loss",
    mark("least validation loss"): "validation_loss",
}
TARGETS = (LARGEST_LOSS, MISTAKE, BOUNDARY, *ON_CURVE)
# The largest tolerance that is no mistake, and what stands where none is given: a share of what is
# seen of the plot, a difference of accuracies, a mean distance in the unit of the loss.
TOLERANCES: dict[Kind, tuple[float, float]] = {
    "click": (0.5, 0.05),
    "boundary": (0.5, 0.02),
    "curve": (1e6, 0.1),
}
KEYS = ("kind", "target", "tolerance", "right", "wrong")


@dataclass(frozen=True)
class PlotQuestion:
    """A question, which the step's text asks.

    target : of a click, one of TARGETS; else "".
    tolerance : how far from it an answer is right, as in TOLERANCES.
    right, wrong : what is said to such an answer, in Markdown.
    """

    kind: Kind
    target: str = ""
    tolerance: float = 0.0
    right: str = ""
    wrong: str = ""

    @property
    def view(self) -> str:
        """The view of the stage on which it is answered."""
        is_of_steps = self.kind == "curve" or self.target in ON_CURVE
        return "Curves" if is_of_steps else "Boundary"


def read(table: Table, right: str, wrong: str) -> PlotQuestion:
    """Return the question of this table, whose faults are noted; then it is not to be used."""
    kind = cast("Kind", table.one_of("kind", tuple(TOLERANCES), "click"))
    most, usual = TOLERANCES[kind]
    target = ""
    if kind == "click":
        target = table.one_of("target", TARGETS)
        if "target" not in table:
            table.fault((), tr("target is missing: one of {targets}.", targets=", ".join(TARGETS)))
    given = table.number("tolerance")
    tolerance = usual if given is None else given
    if not 0 < tolerance <= most:
        told = tr(
            "tolerance is {tolerance}; it must be more than 0 and at most {most}.",
            tolerance=format_plain(tolerance, 6),
            most=format_plain(most, 6),
        )
        table.fault(("tolerance",), told)
    table.refuse_others(KEYS)
    return PlotQuestion(kind, target, tolerance, right, wrong)
