"""A row of the family of models: its texts, and flags of its mathematics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core.language import ENGLISH, current, mark, tr

ModelKind = Literal[
    "perceptron", "adaline", "mse", "binary", "svm", "softmax", "ovr", "ovo", "bayes"
]
Classes = Literal["two", "all"]
LossName = Literal["criterion", "of the line", "squared error", "cross-entropy", "hinge"]

SHARES_OF_ONE = (
    mark("Shares always sum to 1: nonsense gets an answer, too."),
    mark("They always sum to 1, even for nonsense."),
    mark("They sum to 1 for nonsense, too."),
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
    is_counted : the weights come of counts of the training rows, not of descending the loss.
    is_brought : another package brings the model: its formulae are known as texts only.

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
    takes: Classes = "two"
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
    is_counted: bool = False
    is_brought: bool = False
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
        return self.takes == "two"

    @property
    def title_in_text(self) -> str:
        """The title within a sentence: in English in lower case, except words in capitals."""
        title = tr(self.title)
        if current() is not ENGLISH:
            return title
        return " ".join(w if w.isupper() else w.lower() for w in title.split())

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
        if self.is_pairwise:
            return tr("two classes")
        return tr("the classes") if self.is_neuron else tr("a class")
