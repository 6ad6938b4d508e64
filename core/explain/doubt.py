"""Doubt of an answer to a picture: whether the model is unsure, or answers differently nearby."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.data.augmentation import varied
from core.data.task import Reader
from core.explain import prediction
from core.explain.prediction import FAIRLY_SURE, Answer
from core.language import tr
from core.model_family import FAMILY
from core.train.snapshot import Params

VARIATIONS = 12  # of the picture: moved, turned, resized, with another pen
OTHERWISE = 4  # of them answered differently are a doubt
SEED = 0  # the same picture is always varied alike


def is_unsure(kind: str, answer: Answer) -> bool:
    """Return whether the share of the decided class is small, where the model has shares."""
    if not FAMILY[kind].has_probabilities or FAMILY[kind].is_pairwise:
        return False
    return float(answer.probabilities[answer.decided]) < FAIRLY_SURE


def doubt_nearby(
    reader: Reader,
    params: Params,
    picture: NDArray[np.floating],
    decided: int,
    names: Sequence[str],
) -> str:
    """Return a sentence if the model answers variations of a picture differently, else "".

    picture : (size, size) in 0 … 1. decided : its class for the model.
    """
    row = np.rint(picture.reshape(1, -1) * 255).astype(np.uint8)
    answers = [
        prediction.ask(reader, params, values.astype(np.float32) / np.float32(255)).decided
        for values in varied(np.repeat(row, VARIATIONS, axis=0), SEED)
    ]
    others = [k for k in answers if k != decided]
    if len(others) < OTHERWISE:
        return ""
    second = max(set(others), key=others.count)
    return tr(
        "Turned, moved or with another pen a little, it is read otherwise in {n} of {total} cases, "
        "most often as {name}.",
        n=len(others),
        total=VARIATIONS,
        name=names[second],
    )
