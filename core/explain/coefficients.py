"""Interpretation of weights: coefficients in standardised and original units, odds ratios."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import model_family
from core.config import Weighting
from core.data.csv.spreadsheet import to_text
from core.data.shown_names import shown_classes, shown_inputs
from core.data.task import Task
from core.language import localised, mark, tr
from core.model_family import FAMILY
from core.number_format import format_ratio, localised_number
from core.train.snapshot import Params

Reals = NDArray[np.float64]

LARGEST_EXPONENT = 700.0
SMALL = 5e-3  # a factor nearer to 1 is given in percent
MORE_OF_A_WORD: dict[Weighting, tuple[str, float]] = {  # in words, and by how much its x grows
    "counts": (mark("One more “{word}”"), 1.0),
    "presence": (mark("“{word}” in the document"), 1.0),
    "tfidf": (mark("0.1 more of the tf–idf of “{word}”"), 0.1),
}


@dataclass(frozen=True, eq=False)
class Coefficients:
    """W (outputs, m) and b (outputs,) for standardised inputs and, as own_…, in original units.

    outputs : the name of each row.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    W: Reals
    b: Reals
    own_W: Reals
    own_b: Reals


def output_names(task: Task) -> tuple[str, ...]:
    """Return the name of each row of W: a class, the neuron's yes-class, or a pair of classes."""
    return model_family.output_names(task.config.model.kind, shown_classes(task.dataset))


def coefficients(task: Task, params: Params) -> Coefficients:
    """Return the coefficients of a model without a hidden layer."""
    own_W, own_b = task.standardiser.unscale(params.W, params.b)
    return Coefficients(
        shown_inputs(task),
        output_names(task),
        params.W.astype(np.float64),
        params.b.astype(np.float64),
        np.asarray(own_W, dtype=np.float64),
        np.asarray(own_b, dtype=np.float64),
    )


def have_odds(task: Task) -> bool:
    """Return whether weights are log odds ratios of single features."""
    model = task.config.model
    return FAMILY[model.kind].has_odds and not model.hidden and task.feature_map.is_identity


def is_relative(task: Task) -> bool:
    """Return whether odds compare two classes of one distribution, as with softmax."""
    return FAMILY[task.config.model.kind].is_shift_invariant


def odds_ratios(task: Task, found: Coefficients, k: int, against: int | None) -> Reals:
    """Return the factor by which one more unit of each feature changes the odds of output k, (m,).

    Softmax: the odds of class k against class r = `against`, exp(w_k − w_r), whatever the other
    classes do. Sigmoid: the odds of yes against no, exp(w); `against` is ignored.
    """
    w = found.own_W[k]
    if is_relative(task) and against is not None:
        w = w - found.own_W[against]
    ratios: Reals = np.exp(np.clip(w, -LARGEST_EXPONENT, LARGEST_EXPONENT))
    return ratios


def sentence(task: Task, found: Coefficients, j: int, k: int, against: int | None) -> str:
    """Return a sentence on the effect of one more unit of feature j on the odds of output k."""
    if not have_odds(task):
        return ""
    names = shown_classes(task.dataset)
    if is_relative(task):
        if against is None or against == k:
            return tr("Choose two different classes to compare.")
        yes, no = names[k], names[against]
    elif task.is_neuron:
        yes, no = names[1], names[0]
    else:
        yes, no = names[k], tr("all that is not {name}", name=names[k])
    is_feature = task.feature_map.is_identity
    unit = task.dataset.unit_of(j) if is_feature else task.dataset.unit
    unit = f" {unit}" if unit else ""
    terms = [float(found.own_W[k, j])]
    if is_relative(task) and against is not None:
        terms.append(-float(found.own_W[against, j]))
    w = sum(terms)
    odds = tr("the odds of {yes} against {no}", yes=yes, no=no)
    if task.dataset.is_text:
        what, more = MORE_OF_A_WORD[task.config.data.bag.weighting]
        return tr(
            "{cause} {effect}, the other words unchanged.",
            cause=tr(what, word=found.inputs[j]),
            effect=_effect(more * w, odds),
        )
    if indicator := task.dataset.indicators[j]:
        other = indicator.other or tr("a {column} that adds nothing", column=indicator.column)
        cause = tr("{value}, against {other},", value=indicator.name, other=other)
    else:
        cause = f"+1{unit} {found.inputs[j]}"
    effect = _effect(w, odds)
    said = tr("{cause} {effect}.", cause=cause, effect=effect)
    if len(found.inputs) > 1:
        said = tr("{cause} {effect}, the other features unchanged.", cause=cause, effect=effect)
    if indicator:
        return said
    if task.config.data.standardise and w:
        spread = float(task.standardiser.std[j])
        size = localised(f"{spread:.3g}{unit}")
        more_effect = _effect(w * spread, tr("them"))
        told = tr("One standard deviation, {size}, {effect}.", size=size, effect=more_effect)
        said += f" {told}"
    return said


def _effect(w: float, odds: str) -> str:
    """Return a phrase for the effect of the factor exp(w) on the odds."""
    if not w:
        return tr("leaves {odds} as they are", odds=odds)
    if abs(w) < SMALL:
        change = localised_number(f"{100 * math.expm1(w):+.1g}")
        return tr("changes {odds} by {change} %", odds=odds, change=change)
    factor = format_ratio(math.exp(min(abs(w), LARGEST_EXPONENT)))
    if w > 0:
        return tr("multiplies {odds} by {factor}", odds=odds, factor=factor)
    return tr("divides {odds} by {factor}", odds=odds, factor=factor)


def as_csv(task: Task, found: Coefficients, against: int | None) -> str:
    """Return the table as CSV, one row per input and output."""
    has_odds = have_odds(task)
    titles = ["input", "output", "standardised units", "own units"]
    rows = [[*titles, "odds ratio"] if has_odds else titles]
    for k, output in enumerate(found.outputs):
        ratios = odds_ratios(task, found, k, against) if has_odds else None
        for j, name in enumerate(found.inputs):
            row = [name, output, repr(float(found.W[k, j])), repr(float(found.own_W[k, j]))]
            rows.append([*row, repr(float(ratios[j]))] if ratios is not None else row)
        row = ["bias", output, repr(float(found.b[k])), repr(float(found.own_b[k]))]
        rows.append([*row, ""] if has_odds else row)
    return to_text(rows)
