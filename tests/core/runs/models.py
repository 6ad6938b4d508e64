"""Trainers that have trained a little, and the models that they came to."""

from core.runs.model import Model
from core.train.trainer import Trainer

KINDS: dict[str, tuple[str, dict[str, object], dict[str, object]]] = {
    "softmax": ("iris", {"features": ("all",)}, {}),
    "binary": ("iris", {}, {"kind": "binary", "positive": "versicolor"}),
    "two classes": ("iris", {}, {"kind": "binary", "positive": "2", "negative": "0"}),
    "feature map": ("iris", {"degree": 3, "sine": True}, {}),
    "as measured": ("iris", {"standardise": False}, {}),
    "hidden": ("iris", {}, {"hidden": 5, "activation": "tanh"}),
    "one vs one": ("iris", {}, {"kind": "ovo"}),
    "pictures": ("digits", {}, {}),
    "upright pictures": ("digits", {"deskew": True, "standardise": True}, {}),
    "some pixels": ("digits", {"features": ("20", "21", "36")}, {}),
}


def trained(task, epochs=2):
    trainer = Trainer(task)
    for _ in range(epochs * 5):
        trainer.step()
    return trainer


def model_of(trainer):
    metrics = trainer.measure(exact=True)
    return Model.of(trainer.task, trainer.params(), trainer.step_count, trainer.epoch, metrics)
