"""The neurons of pairs of classes in a sketch: which are drawn, their names, their votes."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF

from core.data.task import Task
from core.model_family import output_names, pairs
from gui.kit import theme as look
from gui.stage.network.parts import Signals
from gui.stage.network.words import target_of


def drawn_pairs(h: int, about: int, most: int) -> list[int]:
    """Return the numbers of all pairs, or of too many those that have this class."""
    every = pairs(h)
    if len(every) <= most:
        return list(range(len(every)))
    return [p for p, pair in enumerate(every) if about in pair][: most - 1]


def pair_name(task: Task, output: int, metrics: QFontMetricsF, room: float) -> str:
    """Name a pair by its classes' names where there is room, or by their markers."""
    dataset = task.dataset
    name = output_names("ovo", dataset.class_names)[output]
    if metrics.horizontalAdvance(name) <= room:
        return name
    marks = (dataset.class_marks[k] for k in pairs(dataset.h)[output])
    return "|".join(look.GLYPHS[mark % len(look.GLYPHS)] for mark in marks)


def vote_words(task: Task, signals: Signals, output: int) -> str:
    """Say whom a pair's neuron votes for, and what it should say of this example."""
    names, z = task.dataset.class_names, float(signals.answer.logits[output])
    vote = f" → a vote for {names[pairs(len(names))[output][int(z > 0)]]}"
    if signals.label is None:
        return vote
    target = target_of(task, output, signals.label)
    if target is None:
        return f"{vote}; no target: the example is of neither"
    return f"{vote}; target {target}"
