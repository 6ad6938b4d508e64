"""The prediction for one input and its explanation: fast enough for every move of a pen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.data.task import Reader, Task
from core.language import mark, tr
from core.model_family import FAMILY, pairs
from core.number_format import format_count, format_fixed, format_percent
from core.train.snapshot import Hidden, Params

Floats = NDArray[np.float32]

SURE, FAIRLY_SURE, TORN = 0.95, 0.75, 0.8
CLAIMED = 0.5  # above it a class's own neuron says yes
STILL = 1e-9  # change of a net input below which the slope in its middle is the mean one
TIED = mark("All classes tie: train first.")


def no_values() -> Floats:
    return np.empty(0, np.float32)


@dataclass(frozen=True, eq=False)
class Answer:
    """The model's response to one input.

    x : (m,) the model's input, standardised if the task is.
    evidence : (outputs, m) integrated gradients of the logits from the input 0 to x; for a linear
        map they are W ⊙ x. With `base` their sums are the logits: that is their completeness.
    logits : (outputs,) z. base : (outputs,) those of the input 0; for a linear map b.
    by_units : (outputs, u) W ⊙ a of u hidden units, which with b sum to the logits; nets, hidden :
        (u,) their net inputs and activations a; all empty without a hidden layer.
    probabilities : (classes,), summing to one except for one-vs-rest; see `core.train.losses.Head`.
    decided : the predicted class. votes : (classes,) for pairs, else empty.
    """

    x: Floats
    evidence: Floats
    logits: Floats
    probabilities: Floats
    decided: int
    votes: Floats = field(default_factory=no_values)
    base: Floats = field(default_factory=no_values)
    by_units: Floats = field(default_factory=no_values)
    nets: Floats = field(default_factory=no_values)
    hidden: Floats = field(default_factory=no_values)

    @property
    def entropy(self) -> float:
        """−Σ a ln a in nats: 0 for a certain prediction, ln h for equal probabilities."""
        return entropy(self.probabilities)


def entropy(probabilities: Floats) -> float:
    """Return −Σ a ln a in nats of probabilities that sum to one."""
    a = probabilities[probabilities > 0].astype(np.float64)
    return max(0.0, -float((a * np.log(a)).sum()))


def ask(reader: Reader, params: Params, values: NDArray[np.floating]) -> Answer:
    """Return the model's answer for one row of features in their own units, (d,)."""
    import torch  # already loaded: the weights come from it

    from core.train import models
    from core.train.losses import HEADS

    x = reader.inputs(values[None])[0]
    kind = reader.config.model.kind
    if params.hidden is None:
        evidence = params.W * x
        base, z, units = params.b, evidence.sum(axis=1) + params.b, [no_values()] * 3
    else:
        evidence, base, *units = _through_units(params, params.hidden, x)
        tensors = tuple(torch.from_numpy(array) for array in params.arrays)
        with torch.no_grad():
            X = torch.from_numpy(x)[None]
            z = models.model_of(reader.config.model, tensors).forward(X)[0].contiguous().numpy()
    head, Z = HEADS[kind], torch.from_numpy(z)[None].double()
    a = head.probabilities(Z)[0].float().numpy()
    votes = _votes(z) if FAMILY[kind].is_pairwise else no_values()
    return Answer(x, evidence, z, a, int(head.decide(Z)[0]), votes, base, *units)


def _through_units(params: Params, hidden: Hidden, x: Floats) -> list[Floats]:
    """Return evidence, base, by_units, nets and hidden of an `Answer` through a hidden layer.

    On the straight way from 0 to x a unit with net input p + c has passed all of c + t p, so the
    mean of its slope is (f(p + c) − f(c)) / p: the integral of the gradient has a closed form.
    """
    import torch

    from core.train.models import HIDDEN

    squash, slope_of = HIDDEN[hidden.activation]
    W, c, used = params.W.astype(np.float64), hidden.c.astype(np.float64), np.flatnonzero(x)
    V = hidden.V[:, used].astype(np.float64)  # inputs of 0 have no evidence
    p = V @ x[used].astype(np.float64)
    first, last = (squash(torch.from_numpy(net)).numpy() for net in (c, p + c))
    middle = slope_of(squash(torch.from_numpy(c + p / 2))).numpy()
    is_still = np.abs(p) < STILL
    slope = np.where(is_still, middle, (last - first) / np.where(is_still, 1.0, p))
    evidence = np.zeros((len(W), len(x)), np.float32)
    evidence[:, used] = ((W * slope) @ V) * x[used]
    found = evidence, W @ first + params.b, W * last, p + c, last
    return [array.astype(np.float32) for array in found]


def loss_of(task: Task, answer: Answer, label: int) -> float:
    """Return the loss of an example with this class, from its logits."""
    import torch

    from core.train.losses import HEADS

    head = HEADS[task.config.model.kind]
    Z = torch.from_numpy(answer.logits)[None].double()
    Y = head.encode(torch.tensor([label]), len(answer.logits)).double()
    return float(head.loss(Z, Y)[0]) + 0.0


def _votes(z: Floats) -> Floats:
    """Return the votes for each class: the neuron of i against j votes for j where z > 0."""
    h = (1 + math.isqrt(1 + 8 * len(z))) // 2
    votes = np.zeros(h, np.float32)
    for (i, j), logit in zip(pairs(h), z.tolist(), strict=True):
        votes[j if logit > 0 else i] += 1
    return votes


@dataclass(frozen=True)
class Reading:
    """An answer as displayed, class by class.

    sizes : of the bars, 0 … 1. texts : beside the bars. asides : a text for all of them together,
        and shorter versions of it, the longest first.
    """

    sizes: tuple[float, ...]
    texts: tuple[str, ...]
    asides: tuple[str, ...]

    @property
    def aside(self) -> str:
        """The text for all classes together, in full."""
        return self.asides[0]


def read(kind: str, answer: Answer) -> Reading:
    """Return how to display an answer of this kind: shares, a yes per class, votes, or a step."""
    a, model = answer.probabilities, FAMILY[kind]
    if not model.has_probabilities:
        said = tuple((tr("no"), tr("yes"))[k] if k == answer.decided else "" for k in range(len(a)))
        z = format_fixed(float(answer.logits[0]), 2)
        sign = ">" if answer.decided else "≤"
        sizes = tuple(float(bool(text)) for text in said)
        return Reading(sizes, said, (f"z = {z} {sign} {model.threshold_text}",))
    if model.is_pairwise:
        most = len(a) - 1
        return Reading(
            tuple(float(count) / most for count in answer.votes),
            tuple(tr("{n} of {total}", n=f"{count:.0f}", total=most) for count in answer.votes),
            (format_count(len(answer.logits), "vote"),),
        )
    shares = tuple(format_percent(share) for share in a)
    if not model.shares_sum_to_one:
        return Reading(tuple(a.tolist()), shares, (f"Σ = {format_fixed(a.sum(), 2)}",))
    entropy, most_of_it = format_fixed(answer.entropy, 2), format_fixed(math.log(len(a)), 2)
    asides = (
        tr("entropy {entropy} of {most} nats", entropy=entropy, most=most_of_it),
        tr("entropy {entropy} nats", entropy=entropy),
    )
    return Reading(tuple(a.tolist()), shares, asides)


def describe(kind: str, answer: Answer, names: Sequence[str]) -> str:
    """Return a sentence on how sure the model is, or, without probabilities, on its decision."""
    name, model = names[answer.decided], FAMILY[kind]
    if not model.has_probabilities:
        if answer.decided:
            return tr("Says yes: {name}.", name=name)
        return tr("Says no: {name}.", name=name)
    a = answer.probabilities
    order = np.argsort(-a, kind="stable")
    best = a[order]
    if math.isclose(best[0], best[-1], rel_tol=1e-4):
        return tr(TIED)
    if model.is_pairwise:
        return _describe_votes(answer, names)
    if not model.shares_sum_to_one:
        return _describe_claims(a, order, names)
    first, second = names[order[0]], names[order[1]]
    if best[0] >= SURE:
        return tr("Sure: {name}.", name=first)
    if best[0] >= FAIRLY_SURE:
        return tr("Fairly sure: {name}.", name=first)
    if best[0] + best[1] >= TORN:
        return tr("Torn between {first} and {second}.", first=first, second=second)
    return tr("No idea; perhaps {name}.", name=first)


def _describe_claims(a: Floats, order: NDArray[np.int64], names: Sequence[str]) -> str:
    """Return a sentence for one-vs-rest: which classes' neurons say yes."""
    claimed = int((a > CLAIMED).sum())
    first, second = names[order[0]], names[order[1]]
    if claimed == 0:
        return tr("No class claims it; nearest: {name}.", name=first)
    if claimed == 1:
        if a[order[0]] >= SURE:
            return tr("Sure: {name}.", name=first)
        return tr("Only one claims it: {name}.", name=first)
    if claimed == 2:
        return tr("Both {first} and {second} claim it.", first=first, second=second)
    return tr(
        "Both {first} and {second} claim it, as do {n} more.",
        first=first,
        second=second,
        n=claimed - 2,
    )


def _describe_votes(answer: Answer, names: Sequence[str]) -> str:
    votes, name = answer.votes, names[answer.decided]
    ahead = np.flatnonzero(votes == votes.max())
    if len(ahead) > 1:
        return tr("A tie of {n} by votes; by the sums of logits {name}.", n=len(ahead), name=name)
    if len(votes) == 2:
        return tr("The pair votes for {name}.", name=name)
    if votes[answer.decided] == len(votes) - 1:
        return tr("Wins all its pairs: {name}.", name=name)
    return tr("Most votes: {name}.", name=name)


def has_odds(kind: str) -> bool:
    """Return whether differences of logits are log odds ratios."""
    return FAMILY[kind].has_odds
