"""The answer of a model for one example, for the terminal and as JSON."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError
from core.explain import prediction
from core.explain.prediction import Answer, Reading
from core.language import NO_BREAK
from core.model_family import FAMILY, output_names
from core.runs.model import Model

if TYPE_CHECKING:  # SciPy is imported with the first texts
    from scipy.sparse import csr_array

BAR_WIDTH = 40


def answer_of(model: Model, row: NDArray[np.floating], bag: csr_array | None = None) -> Answer:
    """Return the answer for the features (d,) of an example, as for a row of a table.

    bag : (1, d) the features of a text, sparse, as those of a table are.

    Raises DataError where they are too large.
    """
    with np.errstate(all="ignore"):
        (decided,), (shares,) = model.answers(row[None] if bag is None else bag)
        found = replace(
            prediction.ask(model, model.params, row), decided=int(decided), probabilities=shares
        )
    if not (np.isfinite(found.logits).all() and np.isfinite(found.probabilities).all()):
        raise DataError("The values are too large for this model; smaller ones were expected.")
    return found


def answer_lines(found: Answer, kind: str, names: tuple[str, ...]) -> list[str]:
    """Return one line per class, best first, and a sentence on the model's confidence.

    A kind without probabilities gives only the sentence.
    """
    names = tuple(" ".join(name.split()) for name in names)
    reading = prediction.read(kind, found)
    sentence = prediction.describe(kind, found, names)
    if not FAMILY[kind].has_probabilities:
        return [f"{sentence} {reading.aside}."]
    texts = [text.replace(NO_BREAK, " ") for text in reading.texts]  # to be searched for
    width, widest = max(map(len, names)), max(map(len, texts))
    sizes = np.array(reading.sizes)
    order = sorted(range(len(names)), key=lambda k: (-sizes[k], k != found.decided))
    return [
        *(
            f"  {names[k]:{width}}  {texts[k]:>{max(widest, 7)}}  "
            f"{'█' * round(BAR_WIDTH * sizes[k])}".rstrip()
            for k in order
        ),
        f"{sentence} {_aside(kind, found, reading)}",
    ]


def _aside(kind: str, found: Answer, reading: Reading) -> str:
    if FAMILY[kind].is_pairwise:
        return f"Of {reading.aside} in all, each from the neuron of one pair of classes."
    if not FAMILY[kind].shares_sum_to_one:
        return f"{reading.aside}: each class is asked by itself, they need not sum to 1."
    return f"Entropy {found.entropy:.2f} of at most {math.log(len(reading.sizes)):.2f} nats."


def answer_json(found: Answer, model: Model, path: str) -> dict[str, Any]:
    """Return the answer as JSON-compatible values, with the classes in the model's order.

    A model without probabilities has no entropy either; one-vs-rest has no entropy because its
    probabilities answer separate questions. One-vs-one adds the votes of its pairs.
    """
    kind, names = model.config.model.kind, model.class_names
    has_shares = FAMILY[kind].has_probabilities
    told: dict[str, Any] = {
        "model": path,
        "data": model.data_name,
        "step": model.step,
        "kind": kind,
        "logits": dict(zip(output_names(kind, names), found.logits.tolist(), strict=True)),
        "probabilities": (
            dict(zip(names, found.probabilities.tolist(), strict=True)) if has_shares else None
        ),
        "winner": names[found.decided],
        "entropy": found.entropy if FAMILY[kind].shares_sum_to_one else None,
    }
    if len(found.votes):
        told["votes"] = {name: int(n) for name, n in zip(names, found.votes, strict=True)}
    return told
