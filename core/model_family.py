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
            title="Perceptron",
            words="One neuron with a step: only mistakes move it",
            activation="step(z)",
            loss="perceptron criterion",
            loss_short="criterion",
            loss_name="criterion",
            unit="logits",
            formula="max(0, −(2y − 1) z)",
            gradient="ŷ − y",
            pull="(y − ŷ)",
            pull_words="and only where the neuron is wrong",
            margin=0.0,
            moves_while="it makes mistakes",
            activation_label="step",
            output_heading="output ŷ",
            output_short="ŷ",
            no_label="ŷ = 0 · ",
            yes_label="ŷ = 1 · ",
            hints=(
                "A step has no shares: nonsense gets a yes or a no, too.",
                "A step has no shares: yes or no.",
                "Yes or no.",
            ),
            no_odds="A perceptron has no probabilities, so its weights say nothing of odds.",
            no_optimum="No optimum is marked: where all weights are 0, this loss is 0, too.",
        ),
        Kind(
            name="adaline",
            title="ADALINE",
            words="One neuron that fits a straight line to 0 and 1",
            activation="z",
            is_identity=True,
            threshold=0.5,
            decides="z > ½",
            loss="squared error",
            loss_short="MSE",
            loss_name="of the line",
            unit="squared units",
            formula="(y − z)²",
            gradient="−2(y − z)",
            pull="2 (y − z)",
            pull_words="the harder the further z is from y, also beyond it",
            activation_label="z",
            output_heading="output a = z",
            output_short="a = z",
            no_label="z ≤ ½ · ",
            yes_label="z > ½ · ",
            hints=(
                "A straight line has no shares: above ½ it says yes.",
                "No shares: above ½ it says yes.",
                "Above ½: yes.",
            ),
            no_odds="ADALINE has no probabilities, so its weights say nothing of odds.",
        ),
        Kind(
            name="mse",
            title="Sigmoid + MSE",
            words="One sigmoid neuron with the squared error, which starves confident mistakes",
            activation="σ(z)",
            is_sigmoid=True,
            outputs_sum_to_one=True,
            loss="squared error",
            loss_short="MSE",
            loss_name="squared error",
            unit="squared units",
            formula="(y − a)²",
            gradient="−2(y − a)·a(1 − a)",
            pull="2 (y − a)·a(1 − a)",
            pull_words="but next to nothing where a is near 0 or 1, right or wrong",
            is_convex=False,
            activation_label="σ",
            output_heading="output a",
            output_short="a",
            no_label="1 − a · ",
            yes_label="a · ",
            no_odds="Its activation is a probability, but the squared error does not fit odds.",
            no_optimum="No optimum is marked: this loss can have several valleys.",
        ),
        Kind(
            name="binary",
            title="Logistic",
            words="One sigmoid neuron with cross-entropy: yes or no",
            activation="σ(z)",
            is_sigmoid=True,
            outputs_sum_to_one=True,
            has_odds=True,
            loss="cross-entropy",
            loss_short="cross-entropy",
            loss_name="cross-entropy",
            unit="nats",
            is_log_likelihood=True,
            formula="−y log a − (1 − y) log(1 − a)",
            gradient="a − y",
            pull="(y − a)",
            pull_words="the harder the more the model is wrong",
            activation_label="σ",
            output_heading="probabilities a",
            output_short="probability a",
            no_label="1 − a · ",
            yes_label="a · ",
        ),
        Kind(
            name="svm",
            title="Linear SVM",
            words="One neuron that wants every example beyond a margin of 1 from its boundary",
            activation="z",
            is_identity=True,
            loss="hinge loss",
            loss_short="hinge loss",
            loss_name="hinge",
            unit="logits",
            formula="max(0, 1 − (2y − 1) z)",
            gradient="−(2y − 1) where (2y − 1) z < 1, else 0",
            pull="(2y − 1)",
            pull_words="all alike, and only where it is wrong or within the margin",
            margin=1.0,
            moves_while="examples lie within its margin",
            activation_label="z",
            output_heading="output z",
            output_short="z",
            no_label="z ≤ 0 · ",
            yes_label="z > 0 · ",
            hints=(
                "A margin has no shares: nonsense gets a yes or a no, too.",
                "A margin has no shares: yes or no.",
                "Yes or no.",
            ),
            no_odds="A linear SVM has no probabilities, so its weights say nothing of odds.",
            no_optimum="No optimum is marked: at its lowest point this loss has kinks.",
        ),
        Kind(
            name="softmax",
            title="Softmax",
            words="One neuron for each class, probabilities that sum to 1",
            takes="all classes",
            outputs=lambda h: h,
            activation="softmax(z)",
            outputs_sum_to_one=True,
            has_odds=True,
            decides="argmax z",
            loss="cross-entropy",
            loss_short="cross-entropy",
            loss_name="cross-entropy",
            unit="nats",
            is_log_likelihood=True,
            formula="−log a_y",
            gradient="a − y",
            activation_label="softmax",
            output_heading="probabilities a",
            output_short="probability a",
        ),
        Kind(
            name="ovr",
            title="One vs rest",
            words="One sigmoid for each class against the others; they need not sum to 1",
            takes="all classes",
            outputs=lambda h: h,
            activation="σ(zⱼ) each",
            is_sigmoid=True,
            has_odds=True,
            decides="argmax a",
            loss="binary cross-entropies",
            loss_short="cross-entropy",
            loss_name="cross-entropy",
            unit="nats",
            is_log_likelihood=True,
            formula="Σⱼ −yⱼ log aⱼ − (1 − yⱼ) log(1 − aⱼ)",
            gradient="a − y",
            activation_label="σ of each",
            output_heading="a, each by itself",
            output_short="a, each by itself",
            hints=(
                "{}: each class is asked by itself, they need not sum to 1.",
                "{}: each by itself, they need not sum to 1.",
                "{}: they need not sum to 1.",
            ),
        ),
        Kind(
            name="ovo",
            title="One vs one",
            words="One sigmoid for each pair of classes, which sees these two only; they vote",
            takes="all classes",
            outputs=lambda h: h * (h - 1) // 2,
            is_pairwise=True,
            activation="σ(z) of each pair",
            is_sigmoid=True,
            decides="most votes, ties by confidence",
            loss="binary cross-entropies",
            loss_short="cross-entropy",
            loss_name="cross-entropy",
            unit="nats",
            is_log_likelihood=True,
            formula="Σ of the pairs with y: −t log a − (1 − t) log(1 − a)",
            gradient="a − t, or 0 where y is not of the pair",
            activation_label="σ, then votes",
            output_heading="votes of the pairs",
            output_short="votes",
            hints=(
                "Each pair of classes has one vote; the sums of logits break ties.",
                "Each pair has a vote; logits break ties.",
                "Each pair has a vote.",
            ),
            no_odds="Each row is one pair of classes; votes, not odds, decide among three or more.",
        ),
        Kind(
            name="bayes",
            title="Naive Bayes",
            words="Counts what each class has; its weights are logarithms of ratios of shares",
            takes="all classes",
            outputs=lambda h: h,
            activation="softmax(z)",
            outputs_sum_to_one=True,
            has_odds=True,
            decides="argmax z",
            loss="cross-entropy",
            loss_short="cross-entropy",
            loss_name="cross-entropy",
            unit="nats",
            is_log_likelihood=True,
            is_counted=True,
            formula="−log a_y",
            gradient="a − y",
            activation_label="softmax",
            output_heading="probabilities a",
            output_short="probability a",
            no_optimum="No optimum is marked: naive Bayes counts, and descends no loss.",
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
