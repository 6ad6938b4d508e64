"""Whether data suit what is asked of their features: counting, feature maps, standardising."""

from __future__ import annotations

import numpy as np

from core.config import DataConfig, ModelConfig
from core.data.dataset import Dataset
from core.errors import DataError
from core.language import tr
from core.model_family import FAMILY


def not_counted(dataset: Dataset, config: DataConfig, model: ModelConfig) -> str:
    """Return why a model that counts features cannot be made of these, and what to do, or ""."""
    kind = FAMILY[model.kind]
    if not kind.is_counted or dataset.is_text:
        return ""
    why = tr(
        "{title} counts how much of each feature a class has, of which none may be below 0",
        title=tr(kind.title),
    )
    if config.standardise or config.sine:
        which = tr("standardised features") if config.standardise else tr("sines of features")
        return tr("{why}, and {which} are. Switch them off.", why=why, which=which)
    if dataset.X.dtype == np.uint8 or not dataset.n:
        return ""
    is_below = dataset.ranges(slice(None))[0] < 0
    if not is_below.any():
        return ""
    name = dataset.feature_names[int(is_below.argmax())]
    return tr(
        "{why}; “{feature}” of {data} is in some rows. Choose other features or a softmax.",
        why=why,
        feature=name,
        data=dataset.name,
    )


def check_features(dataset: Dataset, config: DataConfig) -> None:
    """Raise DataError for a feature map, or standardising, that suits measured features only."""
    if not dataset.is_measured and (config.degree > 1 or config.sine):
        kind = tr("texts") if dataset.is_text else tr("images")
        raise DataError(
            tr(
                "Feature maps are for measured features; choose degree 1 and no sine for {kind}.",
                kind=kind,
            )
        )
    if dataset.is_text and config.standardise:
        raise DataError(
            tr(
                "{name} holds texts: words that are not there are 0, and standardised they "
                "would be no zeros any more. Leave standardising off; tf–idf weighs words by "
                "how rare they are.",
                name=dataset.name,
            )
        )
