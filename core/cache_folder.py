"""Where the program keeps what it can get or make again."""

from __future__ import annotations

import os
from pathlib import Path

CACHE_VARIABLE = "LOGITLAB_CACHE"


def cache_folder(name: str) -> Path:
    """Return the folder of this name in $LOGITLAB_CACHE, or in this system's user cache."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen) / name
    import platformdirs

    return platformdirs.user_cache_path("logitlab", appauthor=False) / name
