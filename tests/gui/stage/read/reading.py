"""Tasks on texts, for the tests of reading."""

from core.config import BagOptions, DataConfig, ModelConfig, RunConfig
from core.data.task import prepare

PATIENCE_MS = 30_000
TEXT = "Once upon a time the detective kissed a robot, zzyzx, aboard the ship; the ship."


def task_of(dataset, bag=None, **model):
    data = DataConfig(source="genres", bag=bag or BagOptions())
    return prepare(dataset, RunConfig(data, ModelConfig(**(model or {"kind": "softmax"}))))
