"""What stands in the right half of the sketch for each model: activation, headings, loss."""

from __future__ import annotations

import math
from typing import NamedTuple

from core.data.task import Task
from core.model_family import pairs
from core.number_format import format_fixed, format_probability
from gui.stage.network.parts import Signals


class Saying(NamedTuple):
    """How one model is spoken of.

    activation : in the box after the logits. output : heading of what comes out of it, and the
    same where it is narrow. no, yes : before the class names of one neuron.
    """

    activation: str
    output: str
    short: str
    no: str = ""
    yes: str = ""


SAYINGS = {
    "perceptron": Saying("step", "output ŷ", "ŷ", "ŷ = 0 · ", "ŷ = 1 · "),
    "adaline": Saying("z", "output a = z", "a = z", "z ≤ ½ · ", "z > ½ · "),
    "mse": Saying("σ", "output a", "a", "1 − a · ", "a · "),
    "binary": Saying("σ", "probabilities a", "probability a", "1 − a · ", "a · "),
    "softmax": Saying("softmax", "probabilities a", "probability a"),
    "ovr": Saying("σ of each", "a, each by itself", "a, each by itself"),
    "ovo": Saying("σ, then votes", "votes of the pairs", "votes"),
}
SHOWN_LOSSES = 3  # so many pairs' losses are added up on screen


def said_of(signals: Signals, kind: str, k: int) -> str:
    """Say what comes out for class k."""
    a = signals.answer
    if kind == "adaline":
        return format_fixed(float(a.logits[0]), 2) if k == 1 else ""
    if kind == "perceptron":
        return "✓" if k == a.decided else ""
    if kind == "ovo":
        return signals.reading.texts[k]
    return f"{float(a.probabilities[k]):.3f}"


def size_of(signals: Signals, kind: str, k: int) -> float:
    """Return how long the bar of class k is, 0 … 1."""
    is_line = kind == "adaline"
    return float(signals.answer.probabilities[k]) if is_line else signals.reading.sizes[k]


def loss_words(task: Task, s: Signals) -> tuple[str, str]:
    """Say what the example costs: with the formula, and in brief."""
    if s.label is None or s.loss is None:
        return "", ""
    kind, label = task.config.model.kind, s.label
    total = f"{s.loss:.3f}"
    if kind == "perceptron":
        z = format_fixed(float(s.answer.logits[0]), 2)
        inner = f"−({z})" if label and z.startswith("−") else f"−{z}" if label else z
        words = f"L = max(0, {inner}) = {total}"
        return words, words
    if kind in ("adaline", "mse"):
        letter = "z" if kind == "adaline" else "a"
        a = s.answer.logits[0] if kind == "adaline" else s.answer.probabilities[1]
        said = format_fixed(float(a), 3)
        said = f"({said})" if said.startswith("−") else said
        brief = f"({label} − {said})² = {total}"
        return f"L = (y − {letter})² = {brief}", f"L = {brief}"
    if kind in ("ovr", "ovo"):
        parts = each_loss(task, s)
        if len(parts) > SHOWN_LOSSES:
            words = f"L = Σ of {len(parts)} cross-entropies = {total}"
        else:
            words = f"L = {' + '.join(f'{part:.3f}' for part in parts)} = {total}"
        return words, words
    value = f"−ln {format_probability(float(s.answer.probabilities[label]))} = {total}"
    if kind == "binary":
        words = f"L = {'−ln a' if label else '−ln(1 − a)'} = {value}"
        return words, words
    return f"L = −ln a[{task.dataset.class_names[label]}] = {value}", f"L = {value}"


def each_loss(task: Task, s: Signals) -> list[float]:
    """Return the cross-entropy of each neuron that the example is a lesson for."""
    found = []
    for k, z in enumerate(s.answer.logits.tolist()):
        target = target_of(task, k, s.label)
        if target is not None:
            size = -z if target else z
            found.append(max(size, 0.0) + math.log1p(math.exp(-abs(size))))
    return found


def target_of(task: Task, output: int, label: int | None) -> int | None:
    """Return the target of one output for an example of this class, None where it has none."""
    if label is None:
        return None
    kind = task.config.model.kind
    if kind == "ovo":
        i, j = pairs(task.dataset.h)[output]
        return None if label not in (i, j) else int(label == j)
    return label if task.is_neuron else int(label == output)


def vote_words(task: Task, signals: Signals, output: int) -> str:
    """Say whom a pair's neuron votes for, and what it should say of this example; or nothing."""
    if task.config.model.kind != "ovo":
        return ""
    names, z = task.dataset.class_names, float(signals.answer.logits[output])
    vote = f" → a vote for {names[pairs(len(names))[output][int(z > 0)]]}"
    if signals.label is None:
        return vote
    target = target_of(task, output, signals.label)
    if target is None:
        return f"{vote}; no target: the example is of neither"
    return f"{vote}; target {target}"
