"""The family of models as one table: texts, and flags of their mathematics.

All use a linear map Z = X Wᵀ + b and differ in how the logits are interpreted. The mathematics
of each row is the row of the same name in `core.train.losses.HEADS`, which needs PyTorch; its
derivation is the one in `gui.derivation.models.MODELS`. No other code depends on a model's name:
what a view needs to know is a flag or a text of the row. A model that another package brings
becomes a row when it is asked for by its name; see `core.brought_model`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import get_args

from core import brought_model
from core.errors import ConfigError, DataError
from core.language import mark
from core.model_kind import Kind, ModelKind
from core.setting_checks import check_one_of

MODEL_KINDS: tuple[ModelKind, ...] = get_args(ModelKind)
DEFAULT_KIND: ModelKind = "softmax"  # takes all classes, whatever the data


class _Family(dict[str, Kind]):
    """The models by name: those of this page, and those brought that have been asked for."""

    def __missing__(self, name: str) -> Kind:
        """Raise KeyError for a name that nobody has, DataError if what a package brings is none."""
        self[name] = kind = brought_model.kind_of(name, like=self["mse"])
        return kind


FAMILY: dict[str, Kind] = _Family(
    (kind.name, kind)
    for kind in (
        Kind(
            name="perceptron",
            title=mark("Perceptron"),
            words=mark("One neuron with a step: only mistakes move it"),
            activation="step(z)",
            loss=mark("perceptron criterion"),
            loss_short=mark("criterion"),
            loss_name="criterion",
            unit=mark("logits"),
            formula="max(0, −(2y − 1) z)",
            gradient="ŷ − y",
            pull="(y − ŷ)",
            pull_words=mark("and only where the neuron is wrong"),
            margin=0.0,
            moves_while=mark("it makes mistakes"),
            activation_label="step",
            output_heading=mark("output ŷ"),
            output_short="ŷ",
            no_label="ŷ = 0 · ",
            yes_label="ŷ = 1 · ",
            hints=(
                mark("A step has no shares: nonsense gets a yes or a no, too."),
                mark("A step has no shares: yes or no."),
                mark("Yes or no."),
            ),
            no_odds=mark("A perceptron has no probabilities, so its weights say nothing of odds."),
            no_optimum=mark("No optimum is marked: where all weights are 0, this loss is 0, too."),
        ),
        Kind(
            name="adaline",
            title="ADALINE",
            words=mark("One neuron that fits a straight line to 0 and 1"),
            activation="z",
            is_identity=True,
            threshold=0.5,
            decides="z > ½",
            loss=mark("squared error"),
            loss_short="MSE",
            loss_name="of the line",
            unit=mark("squared units"),
            formula="(y − z)²",
            gradient="−2(y − z)",
            pull="2 (y − z)",
            pull_words=mark("the harder the further z is from y, also beyond it"),
            activation_label="z",
            output_heading=mark("output a = z"),
            output_short="a = z",
            no_label="z ≤ ½ · ",
            yes_label="z > ½ · ",
            hints=(
                mark("A straight line has no shares: above ½ it says yes."),
                mark("No shares: above ½ it says yes."),
                mark("Above ½: yes."),
            ),
            no_odds=mark("ADALINE has no probabilities, so its weights say nothing of odds."),
        ),
        Kind(
            name="mse",
            title=mark("Sigmoid + MSE"),
            words=mark(
                "One sigmoid neuron with the squared error, which starves confident mistakes"
            ),
            activation="σ(z)",
            is_sigmoid=True,
            outputs_sum_to_one=True,
            loss=mark("squared error"),
            loss_short="MSE",
            loss_name="squared error",
            unit=mark("squared units"),
            formula="(y − a)²",
            gradient="−2(y − a)·a(1 − a)",
            pull="2 (y − a)·a(1 − a)",
            pull_words=mark("but next to nothing where a is near 0 or 1, right or wrong"),
            is_convex=False,
            activation_label="σ",
            output_heading=mark("output a"),
            output_short="a",
            no_label="1 − a · ",
            yes_label="a · ",
            no_odds=mark(
                "Its activation is a probability, but the squared error does not fit odds."
            ),
            no_optimum=mark("No optimum is marked: this loss can have several valleys."),
        ),
        Kind(
            name="binary",
            title=mark("Logistic"),
            words=mark("One sigmoid neuron with cross-entropy: yes or no"),
            activation="σ(z)",
            is_sigmoid=True,
            outputs_sum_to_one=True,
            has_odds=True,
            loss=mark("cross-entropy"),
            loss_short=mark("cross-entropy"),
            loss_name="cross-entropy",
            unit=mark("nats"),
            is_log_likelihood=True,
            formula="−y log a − (1 − y) log(1 − a)",
            gradient="a − y",
            pull="(y − a)",
            pull_words=mark("the harder the more the model is wrong"),
            activation_label="σ",
            output_heading=mark("probabilities a"),
            output_short=mark("probability a"),
            no_label="1 − a · ",
            yes_label="a · ",
        ),
        Kind(
            name="svm",
            title=mark("Linear SVM"),
            words=mark(
                "One neuron that wants every example beyond a margin of 1 from its boundary"
            ),
            activation="z",
            is_identity=True,
            loss=mark("hinge loss"),
            loss_short=mark("hinge loss"),
            loss_name="hinge",
            unit=mark("logits"),
            formula="max(0, 1 − (2y − 1) z)",
            gradient=mark("−(2y − 1) where (2y − 1) z < 1, else 0"),
            pull="(2y − 1)",
            pull_words=mark("all alike, and only where it is wrong or within the margin"),
            margin=1.0,
            moves_while=mark("examples lie within its margin"),
            activation_label="z",
            output_heading=mark("output z"),
            output_short="z",
            no_label="z ≤ 0 · ",
            yes_label="z > 0 · ",
            hints=(
                mark("A margin has no shares: nonsense gets a yes or a no, too."),
                mark("A margin has no shares: yes or no."),
                mark("Yes or no."),
            ),
            no_odds=mark("A linear SVM has no probabilities, so its weights say nothing of odds."),
            no_optimum=mark("No optimum is marked: at its lowest point this loss has kinks."),
        ),
        Kind(
            name="softmax",
            title=mark("Softmax"),
            words=mark("One neuron for each class, probabilities that sum to 1"),
            takes="all",
            outputs=lambda h: h,
            activation="softmax(z)",
            outputs_sum_to_one=True,
            has_odds=True,
            decides="argmax z",
            loss=mark("cross-entropy"),
            loss_short=mark("cross-entropy"),
            loss_name="cross-entropy",
            unit=mark("nats"),
            is_log_likelihood=True,
            formula="−log a_y",
            gradient="a − y",
            activation_label="softmax",
            output_heading=mark("probabilities a"),
            output_short=mark("probability a"),
        ),
        Kind(
            name="ovr",
            title=mark("One vs rest"),
            words=mark("One sigmoid for each class against the others; they need not sum to 1"),
            takes="all",
            outputs=lambda h: h,
            activation=mark("σ(zⱼ) each"),
            is_sigmoid=True,
            has_odds=True,
            decides="argmax a",
            loss=mark("binary cross-entropies"),
            loss_short=mark("cross-entropy"),
            loss_name="cross-entropy",
            unit=mark("nats"),
            is_log_likelihood=True,
            formula="Σⱼ −yⱼ log aⱼ − (1 − yⱼ) log(1 − aⱼ)",
            gradient="a − y",
            activation_label=mark("σ of each"),
            output_heading=mark("a, each by itself"),
            output_short=mark("a, each by itself"),
            hints=(
                mark("{}: each class is asked by itself, they need not sum to 1."),
                mark("{}: each by itself, they need not sum to 1."),
                mark("{}: they need not sum to 1."),
            ),
        ),
        Kind(
            name="ovo",
            title=mark("One vs one"),
            words=mark(
                "One sigmoid for each pair of classes, which sees these two only; they vote"
            ),
            takes="all",
            outputs=lambda h: h * (h - 1) // 2,
            is_pairwise=True,
            activation=mark("σ(z) of each pair"),
            is_sigmoid=True,
            decides=mark("most votes, ties by confidence"),
            loss=mark("binary cross-entropies"),
            loss_short=mark("cross-entropy"),
            loss_name="cross-entropy",
            unit=mark("nats"),
            is_log_likelihood=True,
            formula=mark("Σ of the pairs with y: −t log a − (1 − t) log(1 − a)"),
            gradient=mark("a − t, or 0 where y is not of the pair"),
            activation_label=mark("σ, then votes"),
            output_heading=mark("votes of the pairs"),
            output_short=mark("votes"),
            hints=(
                mark("Each pair of classes has one vote; the sums of logits break ties."),
                mark("Each pair has a vote; logits break ties."),
                mark("Each pair has a vote."),
            ),
            no_odds=mark(
                "Each row is one pair of classes; votes, not odds, decide among three or more."
            ),
        ),
        Kind(
            name="bayes",
            title=mark("Naive Bayes"),
            words=mark(
                "Counts what each class has; its weights are logarithms of ratios of shares"
            ),
            takes="all",
            outputs=lambda h: h,
            activation="softmax(z)",
            outputs_sum_to_one=True,
            has_odds=True,
            decides="argmax z",
            loss=mark("cross-entropy"),
            loss_short=mark("cross-entropy"),
            loss_name="cross-entropy",
            unit=mark("nats"),
            is_log_likelihood=True,
            is_counted=True,
            formula="−log a_y",
            gradient="a − y",
            activation_label="softmax",
            output_heading=mark("probabilities a"),
            output_short=mark("probability a"),
            no_optimum=mark("No optimum is marked: naive Bayes counts, and descends no loss."),
        ),
    )
)


def check_kind(setting: str, name: object) -> None:
    """Check for a model of the family, or one that an installed package brings, as it should be."""
    if name in MODEL_KINDS:
        return
    if not isinstance(name, str) or not brought_model.is_offered(name):
        check_one_of(setting, name, MODEL_KINDS)
        return
    try:
        FAMILY[name]
    except DataError as error:
        raise ConfigError(str(error)) from error


def pairs(h: int) -> list[tuple[int, int]]:
    """Return the pairs of h classes in the order of one-vs-one's neurons: i against j > i."""
    return [(i, j) for i in range(h) for j in range(i + 1, h)]


def output_names(kind: str, classes: Sequence[str]) -> tuple[str, ...]:
    """Return what each row of W scores: a neuron's yes, a class, or j of a pair “i|j”."""
    model = FAMILY[kind]
    if model.is_neuron:
        return (classes[1],)
    if model.is_pairwise:
        return tuple(f"{classes[i]}|{classes[j]}" for i, j in pairs(len(classes)))
    return tuple(classes)


def guessing(kind: str, h: int) -> tuple[float, str] | None:
    """Return the loss of an uninformed guess and its notation, or None if there is none.

    The guess is 1/h for each class, or ½ for each yes or no; z = 0 for a loss with a margin.
    """
    model = FAMILY[kind]
    if h < 2 or model.is_brought:
        return None  # nothing to guess, or nobody has said what it is worth
    if model.margin is not None:  # margin 0: a point on the boundary has no loss
        return (model.margin, f"{model.margin:g}") if model.margin else None
    if not model.is_log_likelihood:
        return 0.25, "¼"
    if model.outputs_sum_to_one:
        return math.log(h), f"ln {h}"
    neurons = h - 1 if model.is_pairwise else h  # neurons that see an example
    return neurons * math.log(2), f"{neurons} ln 2" if neurons > 1 else "ln 2"
