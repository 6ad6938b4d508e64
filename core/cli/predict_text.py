"""A saved model of documents is asked about a text: `app.py predict --model FILE --text "…"`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import files
from core.cli import terminal
from core.cli.answer import answer_json, answer_lines, answer_of
from core.cli.terminal import DONE
from core.data.document_folder.reading import MAX_BYTES, text_of
from core.errors import DataError
from core.explain import prediction
from core.explain.word_evidence import TextFeatures, label_weights, strongest
from core.invisible_characters import visible
from core.number_format import format_count, format_signed
from core.runs import model_file
from core.runs.model import Model

MOST_TOLD = 8  # words for a label, and against it
MOST_IN_JSON = 1_000  # words
NONE_KNOWN = "none of its words is known to the model, which answers by its biases alone"


def report(options: argparse.Namespace) -> int:
    """Load the model, evaluate it on a text and print the answer; return the exit code."""
    terminal.check_writable(options.json)
    model = model_file.load(Path(options.model))
    check_reads_texts(model, options.model)
    text = options.text if options.text is not None else _read(options.document)
    found, adds = _answer(model, text)
    names, kind = model.class_names, model.config.model.kind
    notes = [adds.remark] if adds.remark else []
    print(
        *map(visible, answer_lines(found, kind, names)),
        *map(visible, adds.lines(names, found.decided)),
        *(visible(f"Note: {sentence}") for sentence in notes),
        sep="\n",
        file=terminal.stream_for_words(options.json),
        flush=True,
    )
    told = answer_json(found, model, options.model)
    told |= adds.to_json(names) | {"notes": notes}
    terminal.write_json(told, options.json)
    return DONE


def check_reads_texts(model: Model, name: str) -> None:
    """Raise DataError for a model of something else than documents; name : of its file."""
    if model.vocabulary is not None:
        return
    way = "--image" if model.image_shape is not None else "--values or --table"
    raise DataError(f"{name} reads no texts; ask it by {way}.")


@dataclass(frozen=True, eq=False)
class WordsOfAnswer:
    """The words of a text that are features, and what each adds to the score of each label.

    evidence : (h, k) of the k words of `features`; (0, k) with a hidden layer, which mixes them.
    """

    features: TextFeatures
    evidence: NDArray[np.float32]

    @property
    def words(self) -> list[str]:
        return [self.features.vocabulary.words[j] for j in self.features.features.tolist()]

    @property
    def remark(self) -> str:
        """What is to be said of words that are no features, or ""."""
        unknown, words = self.features.unknown, len(self.features.words)
        if not len(self.features.x):
            return NONE_KNOWN
        if not unknown:
            return ""
        return f"{unknown:,} of its {format_count(words, 'word')} {_are(unknown)} no feature"

    def lines(self, names: tuple[str, ...], label: int) -> Iterator[str]:
        """Yield lines on the words that speak most for a label, and against it."""
        if not len(self.evidence):
            return
        name, own = " ".join(names[label].split()), self.evidence[label]
        for what, sign in (("for", 1), ("against", -1)):
            order = [j for j in strongest(sign * own, MOST_TOLD) if sign * own[j] > 0]
            if order:
                said = ", ".join(f"{self.words[j]} {format_signed(own[j], 2)}" for j in order)
                yield f"  {what} {name}: {said}"

    def to_json(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return the words, the strongest first, as JSON-compatible values."""
        size = abs(self.evidence).max(axis=0, initial=0)
        words, counts = self.words, self.features.counts
        return {
            "words": [
                {
                    "word": words[j],
                    "count": int(counts[j]),
                    "x": float(self.features.x[j]),
                    "adds": dict(zip(names, self.evidence[:, j].tolist(), strict=False)) or None,
                }
                for j in strongest(size, MOST_IN_JSON).tolist()
            ],
            "words_without_feature": self.features.unknown,
        }


def _answer(model: Model, text: str) -> tuple[prediction.Answer, WordsOfAnswer]:
    """Return the answer for a text, and its words."""
    assert model.vocabulary is not None
    params, kind = model.params, model.config.model.kind
    features = TextFeatures.of(text, model.vocabulary)
    found = answer_of(model, features.dense(), model.bag_of([text]))
    if params.hidden is not None:
        return found, WordsOfAnswer(features, np.empty((0, len(features.x)), np.float32))
    W, _ = label_weights(kind, params, len(model.class_names))
    return found, WordsOfAnswer(features, W[:, features.features] * features.x)


def _read(path: str) -> str:
    """Return the text of a file, or of standard input; raise DataError if it is none."""
    if path != terminal.STDOUT:
        return text_of(files.contents(Path(path).expanduser(), "a text", MAX_BYTES))
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DataError(
            f"Standard input has more than {MAX_BYTES / 2**20:,.0f} MiB; give a part of the text."
        )
    return text_of(data)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
