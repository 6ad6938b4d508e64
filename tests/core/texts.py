"""Tasks on documents in tests, and the same numbers as a table."""

from dataclasses import replace

import numpy as np

from core.config import BagOptions, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.task import prepare

BAG = BagOptions(max_words=100)


def both_tasks(documents, model=None, bag=BAG, **settings):
    """Return a task on a data set of documents, and one on the same numbers as a table."""
    data = DataConfig(source="genres", bag=bag)
    config = RunConfig(data, model or ModelConfig(), TrainingConfig(**settings))
    sparse = prepare(documents, config)
    bag = sparse.dataset.bag
    assert bag is not None
    table = replace(
        documents,
        X=bag @ np.eye(sparse.m, dtype=np.float32),
        feature_names=sparse.dataset.feature_names,
        documents=None,
        indicators=(),
    )
    as_they_are = replace(data, standardise=False, features=("all",))
    return sparse, prepare(table, replace(config, data=as_they_are))
