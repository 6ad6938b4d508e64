"""What updates on one document alone do: whose scores they push up, and whose they pull down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.explain.example_forward import Reals, respond

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class WordUpdate:
    """Updates w ← w − η (∂L/∂z) x of plain gradient descent on one document, one after the other.

    z, a, dz : (outputs,) before the first one: scores, activations, and the gradient of the loss.
    new_z, new_a : (outputs,) after the last one. moved : (outputs, k) by how much the weights of
    the document's k words have changed, which is a product of two vectors. losses : before, after.
    """

    z: Reals
    a: Reals
    dz: Reals
    new_z: Reals
    new_a: Reals
    moved: Reals
    losses: tuple[float, float]


def word_update(
    kind: str, z: Reals, x: Floats, label: int, h: int, *, eta: float, count: int = 1
) -> WordUpdate:
    """Return what `count` updates with rate eta do to a document with this label.

    z : (outputs,) its scores. x : (k,) its features that are not 0. h : number of labels. The
    scores change by −η (∂L/∂z) (‖x‖² + 1) each time, of which 1 is the bias's.
    """
    values = x.astype(np.float64)
    reach = float(values @ values) + 1
    first = now = respond(kind, z, h, label)
    pushed, new_z = np.zeros_like(z), z.copy()
    for _ in range(count):
        assert now.dz is not None
        pushed -= eta * now.dz
        new_z = z + reach * pushed
        now = respond(kind, new_z, h, label)
    assert first.dz is not None and first.loss is not None and now.loss is not None
    return WordUpdate(
        z, first.a, first.dz, new_z, now.a, np.outer(pushed, values), (first.loss, now.loss)
    )
