"""How a run diverged: what was measured on the way from the step that it was returned to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fall:
    """The measured points of a run from a healthy step to where it was found to have diverged.

    steps : (k,). The first one is where the run was returned to, the last one failed.
    series : by the names of `history.SERIES`, (k,) each. What is no number any more is inf; a
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
