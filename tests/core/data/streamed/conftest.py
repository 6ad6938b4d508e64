"""Arrays on disk, opened as data sets whose rows stay there, and as others in memory."""

from typing import Any

import numpy as np
import pytest

from core.config import DataConfig
from core.data import sources


@pytest.fixture
def stored(tmp_path):
    """Return stored(X, y, **data): a streamed data set, and the same one in memory."""

    def store(X, y, **data):
        np.save(tmp_path / "X.npy", X)
        np.save(tmp_path / "y.npy", y)
        paths: dict[str, Any] = {"path": str(tmp_path / "X.npy"), "labels": str(tmp_path / "y.npy")}
        return tuple(
            sources.load(DataConfig("csv", stream=is_streamed, **paths, **data))
            for is_streamed in (True, False)
        )

    return store
