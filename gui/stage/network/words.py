"""Texts and bar lengths of the right half of the sketch, for each kind of model."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.data.shown_names import shown_classes, shown_inputs
from core.data.task import Task
from core.language import tr
from core.model_family import FAMILY, output_names, pairs
from core.number_format import (
    format_fixed,
    format_integer,
    format_plain,
    format_probability,
    format_signed,
)
from gui.stage.network.parts import Signals

NAMED_OUTPUTS = 4  # to which a word adds
SHOWN_LOSSES = 3  # up to this many losses are shown as a sum of terms


def said_of(signals: Signals, kind: str, k: int) -> str:
    """Format the output for class k."""
    a = signals.answer
    model = FAMILY[kind]
    if model.is_identity:
        return format_fixed(float(a.logits[0]), 2) if k == 1 else ""
    if not model.has_probabilities:
        return "✓" if k == a.decided else ""
    if model.is_pairwise:
        return signals.reading.texts[k]
    return format_fixed(float(a.probabilities[k]), 3)


def size_of(signals: Signals, kind: str, k: int) -> float:
    """Return the relative length of the bar of class k, 0 … 1."""
    is_line = FAMILY[kind].is_identity
    return float(signals.answer.probabilities[k]) if is_line else signals.reading.sizes[k]


def loss_words(task: Task, s: Signals) -> tuple[str, str]:
    """Return the loss of the example as a text with the formula, and as a short text."""
    if s.label is None or s.loss is None:
        return "", ""
    kind, label = FAMILY[task.config.model.kind], s.label
    total = format_fixed(s.loss, 3)
    if kind.margin is not None:
        text = (
            f"L = max(0, {_below_margin(kind.margin, float(s.answer.logits[0]), label)}) = {total}"
        )
        return text, text
    if not kind.is_log_likelihood:
        letter = "z" if kind.is_identity else "a"
        a = s.answer.logits[0] if kind.is_identity else s.answer.probabilities[1]
        said = format_fixed(float(a), 3)
        said = f"({said})" if said.startswith("−") else said
        brief = f"({label} − {said})² = {total}"
        return f"L = (y − {letter})² = {brief}", f"L = {brief}"
    if not kind.outputs_sum_to_one:
        parts = each_loss(task, s)
        if len(parts) > SHOWN_LOSSES:
            text = tr("L = Σ of {count} cross-entropies = {total}", count=len(parts), total=total)
        else:
            text = f"L = {' + '.join(format_fixed(part, 3) for part in parts)} = {total}"
        return text, text
    value = f"−ln {format_probability(float(s.answer.probabilities[label]))} = {total}"
    if kind.is_neuron:
        text = f"L = {'−ln a' if label else '−ln(1 − a)'} = {value}"
        return text, text
    return f"L = −ln a[{shown_classes(task.dataset)[label]}] = {value}", f"L = {value}"


def _below_margin(margin: float, z: float, label: int) -> str:
    """Format margin − (2y − 1) z with numbers inserted; a margin of 0 is omitted."""
    number = format_fixed(z, 2)
    sign = "−" if label else "+" if margin else ""
    number = f"({number})" if sign and number.startswith("−") else number
    return f"{format_plain(margin, 6)} {sign} {number}" if margin else f"{sign}{number}"


def each_loss(task: Task, s: Signals) -> list[float]:
    """Return the cross-entropy, in nats, of each neuron that has a target for the example."""
    found = []
    for k, z in enumerate(s.answer.logits.tolist()):
        target = target_of(task, k, s.label)
        if target is not None:
            size = -z if target else z
            found.append(max(size, 0.0) + math.log1p(math.exp(-abs(size))))
    return found


def target_of(task: Task, output: int, label: int | None) -> int | None:
    """Return the target, 0 or 1, of one output for an example of class `label`, None without."""
    if label is None:
        return None
    if FAMILY[task.config.model.kind].is_pairwise:
        i, j = pairs(task.dataset.h)[output]
        return None if label not in (i, j) else int(label == j)
    return label if task.is_neuron else int(label == output)


def vote_words(task: Task, signals: Signals, output: int) -> str:
    """Return a text on the vote and target of a pair's neuron, "" if not pairwise."""
    if not FAMILY[task.config.model.kind].is_pairwise:
        return ""
    names, z = shown_classes(task.dataset), float(signals.answer.logits[output])
    name = names[pairs(len(names))[output][int(z > 0)]]
    if signals.label is None:
        return tr(" → a vote for {name}", name=name)
    target = target_of(task, output, signals.label)
    if target is None:
        return tr(" → a vote for {name}; no target: the example is of neither", name=name)
    return tr(" → a vote for {name}; target {target}", name=name, target=target)


def added_words(task: Task, signals: Signals, j: int, outputs: Sequence[int]) -> str:
    """Return a text on what input j, a word of a document, adds to the logits of these outputs."""
    names = output_names(task.config.model.kind, shown_classes(task.dataset))
    named = outputs[:NAMED_OUTPUTS]
    parts = [_to(format_signed(signals.answer.evidence[k, j], 3), names[k]) for k in named]
    more = ", …" if len(outputs) > len(named) else ""
    x, adds = format_plain(float(signals.answer.x[j]), 3), f"{', '.join(parts)}{more}"
    return tr("{name}: x = {x}; adds {adds}", name=shown_inputs(task)[j], x=x, adds=adds)


def _to(number: str, name: str) -> str:
    return tr("{number} to {name}", number=number, name=name)


def unit_words(
    task: Task, signals: Signals, unit: int, source: int | None, output: int | None
) -> str:
    """Return a text on a hidden unit; or on its edge from an input, or to an output, if given."""
    hidden, name = signals.params.hidden, tr("unit {k}", k=unit + 1)
    assert hidden is not None
    names = output_names(task.config.model.kind, shown_classes(task.dataset))
    a = float(signals.answer.hidden[unit])
    if output is not None:
        w = float(signals.params.W[output, unit])
        return f"w⁽²⁾[{names[output]}, {name}] = {_contribution(w, 'a', a)}"
    if source is not None:
        w, x = float(hidden.V[unit, source]), float(signals.answer.x[source])
        return f"w⁽¹⁾[{name}, {shown_inputs(task)[source]}] = {_contribution(w, 'x', x)}"
    parts = signals.answer.by_units[:, unit]
    adds = [_to(format_signed(float(parts[k]), 2), names[k]) for k in range(len(parts))]
    more = ", …" if len(adds) > NAMED_OUTPUTS else ""
    function = "ReLU" if hidden.activation == "relu" else hidden.activation
    return tr(
        "{name}: z⁽¹⁾ = Σ w·x + b = {z}, a = {function}(z⁽¹⁾) = {a}; adds {adds}",
        name=name,
        z=format_fixed(float(signals.answer.nets[unit]), 2),
        function=function,
        a=format_fixed(a, 2),
        adds=f"{', '.join(adds[:NAMED_OUTPUTS])}{more}",
    )


def _contribution(w: float, letter: str, value: float) -> str:
    weight, said, product = (format_fixed(each, 2) for each in (w, value, w * value))
    contributes = tr("contributes {product}", product=product)
    return f"{weight} · {letter} = {said} → {contributes}"


def sum_words(task: Task, signals: Signals, output: int, title: str, terms: Sequence[str]) -> str:
    """Return a text on an output as the sum of what speaks for it and against it, and its bias.

    title : of the output. terms : these, as they are shown.
    """
    evidence = signals.answer.evidence[output]
    pro, contra = (format_integer(int((sign * evidence > 0).sum())) for sign in (1, -1))
    of_words, of_inputs = (
        tr("({n} words speak for it)", n=pro),
        tr("({n} inputs speak for it)", n=pro),
    )
    speaks = of_words if task.dataset.is_text else of_inputs
    against = tr("({n} against it)", n=contra)
    bias = f" {terms[2]} {tr('(bias)')}" if task.config.model.has_bias else ""
    logit = format_fixed(float(signals.answer.logits[output]), 2)
    return (
        f"z[{title}] = {terms[0].removeprefix('+ ')} {speaks} {terms[1]} {against}{bias} = {logit}"
        f"{vote_words(task, signals, output)}"
    )
