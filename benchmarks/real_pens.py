"""Errors on digits that people drew with real pens, with the bundled drawings in training.

The judges are the isolated digits of UNIPEN (train_r01_v07, benchmark 1a), which no training sees
and which are no part of this program: LOGITLAB_UNIPEN names the folder with its data/ and include/.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Conditions, Result, SkipError, Target
from core.config import ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.digits.drawing import strokes_to_image
from core.data.task import prepare
from core.explain import probe
from core.train.trainer import Trainer

FIGURES = {
    "real_pens_softmax": Target("at most", 0.97, "without drawings"),
    "real_pens_hidden": Target("at most", 0.85, "without drawings"),
}
PLACE = "LOGITLAB_UNIPEN"
BROKEN = {"cea", "ceb", "lou", "pri", "tos"}  # donors whose segments name other strokes
FEWEST = 4  # points of a drawing; fewer are a slip of the pen
STRAIGHT = 1.2  # length by diagonal of a fragment, unless it is a 1
EACH = 900  # drawings of a digit at most

Stroke = NDArray[np.float64]
HIDDEN = RunConfig(
    model=ModelConfig(hidden=128),
    training=TrainingConfig(
        optimiser="adam", learning_rate=0.001, schedule="cosine", batch_size=64, epochs=10
    ),
)


def measure(conditions: Conditions) -> dict[str, Result]:
    place = os.environ.get(PLACE)
    if not place:
        raise SkipError(f"{PLACE} names no folder with UNIPEN’s drawings")
    data = conditions.mnist()
    X, y = _judges(Path(place), conditions.choose(EACH, EACH // 9))
    mnist = sources.load(data)
    epochs = conditions.choose(10, 2)
    found = {}
    for name, config in (
        ("real_pens_softmax", RunConfig()),
        ("real_pens_hidden", HIDDEN),
    ):
        config = replace(config, training=replace(config.training, epochs=epochs))
        without, drawn = (
            _errors(mnist, replace(config, data=replace(data, pens=pens)), X, y)
            for pens in (False, True)
        )
        found[name] = Result(drawn, without, "%")
    return found


def _errors(
    mnist: Dataset, config: RunConfig, X: NDArray[np.float32], y: NDArray[np.int64]
) -> float:
    """Return the share of the drawings that a model of this config misreads, in per cent."""
    task = prepare(mnist, config)
    trainer = Trainer(task)
    while trainer.outcome is None:
        trainer.advance(1_000)
    answers, _ = probe.answers(task, trainer.params(), X)
    return 100 * float(np.mean(answers != y))


def _judges(folder: Path, each: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return UNIPEN's digits as pictures (n, 784) and their classes, as many of each class."""
    drawn: list[list[list[Stroke]]] = [[] for _ in range(10)]
    for digit, strokes in _digits(folder):
        drawn[digit].append(strokes)
    if not all(drawn):
        raise SkipError(f"{folder} lacks drawings of some digits")
    rng = np.random.default_rng(0)
    chosen = [
        (digit, own[k]) for digit, own in enumerate(drawn) for k in rng.permutation(len(own))[:each]
    ]
    X = np.array([strokes_to_image(strokes).ravel() for _, strokes in chosen])
    return X, np.array([digit for digit, _ in chosen])


def _digits(folder: Path) -> Iterator[tuple[int, list[Stroke]]]:
    """Yield each digit that a segment names, with its strokes."""
    for path in sorted((folder / "data" / "1a").rglob("*.dat")):
        text = path.read_text(encoding="latin-1")
        if path.relative_to(folder / "data" / "1a").parts[0] in BROKEN:
            continue
        strokes: list[Stroke] = []
        for name in re.findall(r"^\.INCLUDE\s+(\S+)", text, re.MULTILINE):
            included = folder / "include" / name
            if included.is_file():
                strokes += _strokes(included.read_text(encoding="latin-1"))
        for numbers, label in re.findall(
            r'^\.SEGMENT\s+CHARACTER\s+([\d,-]+)\s+\S+\s+"(\d)"', text, re.MULTILINE
        ):
            places = _places(numbers)
            own = [strokes[k] for k in places if k < len(strokes) and len(strokes[k])]
            if len(own) == len(places) and _is_whole(own, int(label)):
                yield int(label), own


def _places(numbers: str) -> list[int]:
    """Return the numbers in a list of numbers and ranges, such as “3-4,7”."""
    ends = [part.split("-") for part in numbers.split(",")]
    return [k for part in ends for k in range(int(part[0]), int(part[-1]) + 1)]


def _strokes(text: str) -> list[Stroke]:
    """Return what was drawn between .PEN_DOWN and .PEN_UP, (k, 2) each, y down."""
    found = []
    for block in re.findall(r"^\.PEN_DOWN[^\n]*\n(.*?)(?=^\.|\Z)", text, re.MULTILINE | re.DOTALL):
        points = [line.split()[:2] for line in block.splitlines() if len(line.split()) >= 2]
        found.append(np.array(points, dtype=np.float64).reshape(-1, 2) * [1.0, -1.0])
    return found


def _is_whole(strokes: list[Stroke], digit: int) -> bool:
    """Return whether the strokes can be the digit, and not a fragment of it."""
    points = np.concatenate(strokes)
    width, height = np.ptp(points, axis=0)
    length = sum(float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in strokes)
    if len(points) < FEWEST or max(width, height) == 0:
        return False
    if digit == 1:
        return bool(width <= 2 * height)
    return bool(length >= STRAIGHT * np.hypot(width, height))
