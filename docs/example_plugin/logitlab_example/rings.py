"""Two rings around each other, which no straight line tells apart."""

from __future__ import annotations

import numpy as np
from logitlab import Rows


def rings() -> Rows:
    """Return 200 points, the same each time."""
    rng = np.random.default_rng(1)
    angle = rng.uniform(0, 2 * np.pi, 200)
    is_outer = np.arange(200) % 2 == 1
    radius = np.where(is_outer, 2.0, 1.0) + rng.normal(0, 0.1, 200)
    return Rows(
        X=np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1),
        y=np.where(is_outer, "outer", "inner"),
        feature_names=("across", "up"),
        class_names=("inner", "outer"),
        name="Rings",
        unit="cm",
    )
