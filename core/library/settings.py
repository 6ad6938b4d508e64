"""Settings by their names, as in `learning_rate=0.3`, on top of a config."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from core.config import DataConfig, RunConfig
from core.errors import ConfigError, DataError
from core.projects.setup_text import config_of, decoded, settings_of

FULL_BATCH = "full"


def with_settings(config: RunConfig, settings: Mapping[str, Any]) -> RunConfig:
    """Return the config with these settings, by their names in `core.config`.

    `batch_size="full"` takes all rows at once. As on the command line, the split has the seed of
    the run unless `split_seed` is given.
    Raises ConfigError for a name that is no setting's and for a value that it cannot have.
    """
    try:
        found = {name: _value(name, value) for name, value in settings.items()}
        if "seed" in found and config.data.split_seed == DataConfig().split_seed:
            found.setdefault("split_seed", found["seed"])
        return config_of(settings_of(config) | found)
    except DataError as error:
        raise ConfigError(str(error)) from error


def _value(name: str, value: Any) -> Any:
    if name == "batch_size" and value == FULL_BATCH:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    elif isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
        value = list(value)
    return decoded(name, value)
