"""The family of models as one table: texts, and flags of their mathematics.

All use a linear map Z = X Wᵀ + b and differ in how the logits are interpreted. The mathematics
of each row is the row of the same name in `core.train.losses.HEADS`, which needs PyTorch; its
derivation is the one in `gui.derivation.models.MODELS`. No other code depends on a model's name:
what a view needs to know is a flag or a text of the row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

ModelKind = Literal["perceptron", "adaline", "mse", "binary", "svm", "softmax", "ovr", "ovo"]
Classes = Literal["two classes", "all classes"]
LossName = Literal["criterion", "of the line", "squared error", "cross-entropy", "hinge"]

DEFAULT_KIND: ModelKind = "softmax"  # takes all classes, whatever the data


SHARES_OF_ONE = (
    "Shares always sum to 1: nonsense gets an answer, too.",
    "They always sum to 1, even for nonsense.",
    "They sum to 1 for nonsense, too.",
)


def one(_: int) -> int:
    return 1


@dataclass(frozen=True)
class Kind:
    """One model of the family.

    title : its name in a list. words : its description, one sentence.
    takes : which classes. outputs : maps the number of classes to the number of rows of W.
    is_pairwise : one neuron for each pair of classes; the pairs vote.

    activation : of the logits. is_sigmoid, is_identity : it is σ, or z itself.
    outputs_sum_to_one : the activations (with 1 − a for the no of a single neuron) sum to 1 over
        the classes. has_odds : the weights multiply the odds of a probability.
    decides : condition for a yes, or the rule that chooses the class. threshold : of a neuron's
        activation or logit, as in `decides`.

    loss : name of the loss; loss_short : name of its mean, for a button; loss_name : key of its
        loss surface; unit : of the loss; formula : for one example.
    gradient : dL/dz of one example. pull : minus that, in brief; pull_words : how strong it is.
    is_log_likelihood : the loss is −log of a probability.
    margin : in max(0, margin − (2y − 1) z), which has a kink there; None for any other loss.
        moves_while : the condition under which the weights of such a model still move.
    is_convex : the loss is convex in the weights of the linear map.

    activation_label, output_heading, output_short, no_label, yes_label : texts of the network
        sketch: in the box after the logits, above its outputs (the short one where space is
        narrow), and before the names of a neuron's classes.
    hints : notes on its answers, the longest first; {} is filled with the answer's own note.
    no_odds : why its weights do not express odds. no_optimum : why no optimum is searched for.
    """

    name: ModelKind
    title: str
    words: str
    activation: str
    loss: str
    loss_short: str
    loss_name: LossName
    unit: str
    formula: str
    gradient: str
    activation_label: str
    output_heading: str
    output_short: str
    takes: Classes = "two classes"
    outputs: Callable[[int], int] = one
    is_pairwise: bool = False
    is_sigmoid: bool = False
    is_identity: bool = False
    outputs_sum_to_one: bool = False
    has_odds: bool = False
    decides: str = "z > 0"
    threshold: float = 0.0
    is_log_likelihood: bool = False
    margin: float | None = None
    moves_while: str = ""
    is_convex: bool = True
    pull: str = ""
    pull_words: str = ""
    no_label: str = ""
    yes_label: str = ""
    hints: tuple[str, ...] = SHARES_OF_ONE
    no_odds: str = ""
    no_optimum: str = ""

    @property
    def is_neuron(self) -> bool:
        """Whether the model is a single neuron that answers yes or no."""
        return self.takes == "two classes"

    @property
    def title_in_text(self) -> str:
        """The title within a sentence: in lower case, except words in capitals."""
        return " ".join(w if w.isupper() else w.lower() for w in self.title.split())

    @property
    def is_shift_invariant(self) -> bool:
        """Whether adding a constant to all logits changes nothing: they share one denominator."""
        return self.outputs_sum_to_one and not self.is_neuron

    @property
    def has_probabilities(self) -> bool:
        """Whether the outputs are probabilities: of the classes, or one per yes-or-no question."""
        return self.is_sigmoid or self.outputs_sum_to_one

    @property
    def shares_sum_to_one(self) -> bool:
        """Whether the shares of the classes sum to 1, directly or as votes."""
        return self.outputs_sum_to_one or self.is_pairwise

    @property
    def has_threshold(self) -> bool:
        """Whether it answers yes above a threshold between targets 0 and 1 that can be moved."""
        return self.is_neuron and self.margin is None

    @property
    def chain_collapses(self) -> bool:
        """Whether ∂L/∂a · ∂a/∂z simplifies to a − y: the logarithm cancels the exponential."""
        return self.is_log_likelihood

    @property
    def is_smooth(self) -> bool:
        """Whether the loss has a second derivative everywhere."""
        return self.margin is None

    @property
    def always_has_optimum(self) -> bool:
        """Whether the loss has a minimum even if the classes are separable.

        A loss of z itself has one; a loss of a saturating activation decreases without end.
        """
        return not self.has_probabilities

    @property
    def threshold_text(self) -> str:
        return "½" if self.threshold else "0"

    @property
    def separable(self) -> str:
        """What has to be separable for the weights to grow without bound."""
        return "two classes" if self.is_pairwise else "the classes" if self.is_neuron else "a class"


FAMILY: dict[str, Kind] = {
    kind.name: kind
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
    )
}


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
    if h < 2:
        return None  # nothing to guess
    if model.margin is not None:  # margin 0: a point on the boundary has no loss
        return (model.margin, f"{model.margin:g}") if model.margin else None
    if not model.is_log_likelihood:
        return 0.25, "¼"
    if model.outputs_sum_to_one:
        return math.log(h), f"ln {h}"
    neurons = h - 1 if model.is_pairwise else h  # neurons that see an example
    return neurons * math.log(2), f"{neurons} ln 2" if neurons > 1 else "ln 2"
