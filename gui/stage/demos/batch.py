"""An editable batch of logits and classes, and the table columns that show it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.language import mark, tr
from core.number_format import format_plain
from core.teach import illustrations
from core.teach.illustrations import WorkedExample

DECIMALS = 4
LARGEST = 1e6  # largest |logit| accepted; softmax has saturated long before
NO_NUMBER = mark("“{text}” is no number: a logit such as −0.5 was expected. It stays {kept}.")
BEYOND = mark("“{text}” is beyond a million: a logit such as −0.5 was expected. It stays {kept}.")
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"


class Batch(QObject):
    """The logits and classes of the table, and everything computed from them."""

    changed = Signal()
    refused = Signal(str)  # why the input was rejected

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reset()

    def reset(self) -> None:
        """Restore the published logits and classes."""
        self._set(illustrations.PUBLISHED_LOGITS, illustrations.PUBLISHED_CLASSES)

    @property
    def n(self) -> int:
        return len(self.example.y)

    @property
    def h(self) -> int:
        return int(self.example.Z.shape[1])

    def add(self) -> None:
        """Add an example of class 0 with logits of zero."""
        e = self.example
        self._set(np.vstack([e.Z, np.zeros(self.h)]), np.append(e.y, 0))

    def remove(self, i: int) -> None:
        """Remove example i."""
        e = self.example
        self._set(np.delete(e.Z, i, axis=0), np.delete(e.y, i))

    def type_class(self, i: int, text: str) -> bool:
        """Set the class of example i; return False and emit `refused` if the text is no class."""
        number = _number(text)
        if number is None or number not in range(self.h):
            known = f"0 … {self.h - 1}"
            kept = self.example.y[i]
            self.refused.emit(
                tr(
                    "“{text}” is no class: it must be one of {known}. It stays {kept}.",
                    text=text,
                    known=known,
                    kept=kept,
                )
            )
            return False
        y = self.example.y.copy()
        y[i] = int(number)
        self._set(self.example.Z, y)
        return True

    def type_logit(self, i: int, k: int, text: str) -> bool:
        """Set logit k of example i; return False and emit `refused` if it is invalid."""
        number = _number(text)
        if number is None or abs(number) > LARGEST:
            kept = format_plain(self.example.Z[i, k], 6)
            why = NO_NUMBER if number is None else BEYOND
            self.refused.emit(tr(why, text=text, kept=kept))
            return False
        Z = self.example.Z.copy()
        Z[i, k] = number
        self._set(Z, self.example.y)
        return True

    def _set(self, Z: object, y: object) -> None:
        self.example: WorkedExample = illustrations.work_out(
            np.array(Z, dtype=np.float64), np.array(y, dtype=np.int64)
        )
        self.changed.emit()


@dataclass(frozen=True)
class Column:
    """A table column: name, plain name for CSV, value in row i, foot, and edit handler."""

    name: str
    plain: str
    value: Callable[[WorkedExample, int], float]
    foot: Callable[[WorkedExample], float] | None = None
    typed: Callable[[Batch, int, str], bool] | None = None
    label: int | None = None  # class that the column refers to
    widest: str = "0.0000"  # widest text that must fit


def input_columns(h: int) -> list[Column]:
    """Return the columns of class, logits, probabilities and loss for h classes."""
    return [
        Column("y", "y", lambda e, i: e.y[i], typed=Batch.type_class, widest="00"),
        *(_logit(k) for k in range(h)),
        *(_probability(k) for k in range(h)),
        Column(tr("loss"), "loss", lambda e, i: e.losses[i], foot=lambda e: e.loss),
    ]


def gradient_columns(h: int) -> list[Column]:
    """Return the columns of the gradient of the mean loss with respect to each of h logits."""
    return [_gradient(k) for k in range(h)]


def _logit(k: int) -> Column:
    return Column(
        f"z{SUBSCRIPTS[k]}",
        f"z{k}",
        lambda e, i: e.Z[i, k],
        typed=lambda batch, i, text: batch.type_logit(i, k, text),
        widest="−0.00",
    )


def _probability(k: int) -> Column:
    return Column(f"a{SUBSCRIPTS[k]}", f"a{k}", lambda e, i: e.A[i, k], label=k)


def _gradient(k: int) -> Column:
    return Column(
        f"∂L/∂z{SUBSCRIPTS[k]}",
        f"dL/dz{k}",
        lambda e, i: e.by_logit[i, k],
        widest="−0.0000",
        foot=lambda e: e.by_bias[k],
        label=k,
    )


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
