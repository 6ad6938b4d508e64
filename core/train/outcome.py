"""How a run ended, as values: where it diverged, and the analysis of its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.language import current, in_a_row

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fall:
    """The measured points of a run from a healthy step to the step where divergence was detected.

    steps : (k,). The run was returned to the first one; the last one failed.
    series : by the names of `history.SERIES`, (k,) each. Values no longer finite are inf; a
        series that the run does not have, such as one of test rows, is NaN.
    """

    steps: NDArray[np.int64]
    series: Mapping[str, Floats]

    @property
    def rescued(self) -> int:
        return int(self.steps[0])

    @property
    def failed(self) -> int:
        return int(self.steps[-1])


@dataclass(frozen=True)
class Epilogue:
    """What the user should know about the end of a run.

    converged : whether it came to rest at a local minimum of the loss; None if that is unknown.
    notes : sentences.
    rate : a learning rate that has learnt in a trial, where the run's own does not learn.
    is_from_start : whether `rate` learns only from the oldest point on record, not from the
        current one.
    language : of the notes; in another one the end is analysed anew.
    """

    converged: bool | None = None
    notes: tuple[str, ...] = ()
    rate: float | None = None
    is_from_start: bool = False
    language: str = field(default_factory=lambda: current().code)

    @property
    def words(self) -> str:
        return in_a_row(*self.notes)
