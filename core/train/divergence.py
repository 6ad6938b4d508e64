"""How a run diverged: the measurements from the step it was returned to, up to the failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
