"""The quantities that are drawn against the step: loss and accuracy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.language import localised, mark, tr


@dataclass(frozen=True)
class Quantity:
    """The quantity of a curve view; `train`, `test` and `validation` name series of Curves."""

    title: str
    train: str
    test: str
    validation: str
    is_loss: bool

    def format(self, value: float) -> str:
        if math.isinf(value):
            return tr("no number")
        if self.is_loss:
            return localised(f"{value:.4f}" if value < 1e4 else f"{value:.3g}")
        return localised(f"{value:.1%}")


LOSS = Quantity(mark("Loss (nats)"), "train_loss", "test_loss", "validation_loss", is_loss=True)
ACCURACY = Quantity(
    mark("Accuracy"), "train_accuracy", "test_accuracy", "validation_accuracy", is_loss=False
)


def rows_words(name: str) -> str:
    """Return the word for the rows of “train”, “validation” or “test”."""
    return {"train": tr("train", "rows"), "validation": tr("validation"), "test": tr("test")}[name]
