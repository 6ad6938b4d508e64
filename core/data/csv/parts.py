"""The parts of a file on their way through the reader."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Parsed = tuple["pd.DataFrame", NDArray[np.int32]]  # rows, and the line number of each


class Chunk(NamedTuple):
    """Whole lines, their number, their rows (None if irregular), and the file's bytes so far."""

    text: bytes
    lines: int
    regular: Future[Parsed | None]
    done: int


class Part(NamedTuple):
    """The rows of one block of a file.

    lines : (n,) the line of the file that each row starts in.
    text : whole lines, from `first_line` on, that hold the rows, ragged ones and blank ones too.
    is_regular : whether each line of the text is blank or one row.
    share : of the file's bytes read so far.
    """

    frame: pd.DataFrame
    lines: NDArray[np.int32]
    text: bytes
    first_line: int
    is_regular: bool
    share: float


def no_rows(width: int) -> pd.DataFrame:
    """Return a table without rows."""
    import pandas as pd

    return pd.DataFrame({j: [] for j in range(width)})
