"""The derivation of one update of one example, line by line: the parts common to all models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.task import Task
from core.model_family import FAMILY, output_names, pairs
from core.optimiser_family import OPTIMISERS, Optimiser, OptimiserName
from gui.kit.maths.notation import (
    EQUALS,
    PLUS,
    TIMES,
    Flow,
    Key,
    Line,
    Matrix,
    Node,
    Num,
    Pic,
    Row,
    Sym,
    Word,
    flow,
    joined,
    many,
    row,
    sentence,
)
from gui.kit.plain_text import beginning, short

if TYPE_CHECKING:  # it imports PyTorch
    from core.explain.example_trace import Trace

PARTS = ("Forward", "Loss", "Gradient", "Update")
FORWARD, LOSS, GRADIENT, UPDATE = range(4)
# Limits:
PRODUCTS = 6  # features that are multiplied out, and that matrices show
TERMS = 4  # classes that are added up within a fraction
PAIRS = 6  # pairs of classes that are all shown; of more, only those with one class
MOST_PAIRS = 9  # pairs with that class that are shown
WORD_LETTERS = 20  # of a word
WORDS = 40  # words of a document that are listed
TEXT_LETTERS = 240  # characters of a document's beginning
MOST_VOTES = 10  # classes whose votes are all shown

LN = Sym(r"-\ln", "−ln")
IMPLIES = Sym(r"\;\Rightarrow", "⇒")


class Document(NamedTuple):
    """A document as the first line shows it.

    beginning : of its text, "" if it is not known. words : with their numbers, as in “airlock 2”;
    the first tell most. total : of all of its words that are inputs.
    """

    beginning: str
    words: tuple[str, ...]
    total: int


@dataclass(frozen=True)
class Shape:
    """Everything that determines the lines: while it is unchanged, only the numbers change.

    outputs : the rows of W that are shown; W has `rows` of them. tied : the classes that lead the
    vote of pairs. has_moves : whether there are new weights to show. has_decay : whether λ ≠ 0.
    features : the inputs that matrices show. document : of an example that is one.
    """

    kind: str
    outputs: tuple[int, ...]
    rows: int
    m: int
    is_image: bool
    label: int | None
    decided: int
    tied: tuple[int, ...]
    is_shifted: bool
    has_batch: bool
    has_moves: bool
    has_decay: bool
    has_l1: bool
    has_bias: bool
    has_class_weights: bool
    rule: OptimiserName
    is_scaled: bool
    features: tuple[int, ...]
    names: tuple[str, ...]
    marks: tuple[int, ...]
    titles: tuple[str, ...]
    inputs: tuple[str, ...]
    document: Document | None

    @property
    def is_neuron(self) -> bool:
        """Whether the model is one neuron that says yes or no."""
        return self.rows == 1 and not FAMILY[self.kind].is_pairwise

    @property
    def optimiser(self) -> Optimiser:
        return OPTIMISERS[self.rule]

    @property
    def has_penalty(self) -> bool:
        """Whether the optimiser's gradient includes a penalty."""
        return self.has_decay and not self.optimiser.decouples_decay

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The classes of each row of W, for the neurons of pairs."""
        return pairs(len(self.names))


def shape_of(task: Task, trace: Trace, text: str = "") -> Shape:
    """Return what decides the lines of a trace; text : the example itself, if it is a document."""
    is_image, vocabulary = task.dataset.image_shape is not None, task.dataset.vocabulary
    m, found = len(trace.x), trace.response
    if vocabulary is not None:
        order = vocabulary.telling(trace.x)
    else:
        order = np.argsort(-np.abs(trace.x), kind="stable")
    shown = np.sort(order[:PRODUCTS])
    return Shape(
        kind=trace.kind,
        outputs=_outputs(trace, task.dataset.h),
        rows=len(trace.z),
        m=m,
        is_image=is_image,
        label=trace.label,
        decided=found.decided,
        tied=found.tied,
        is_shifted=found.shift != 0,
        has_batch=trace.batch is not None,
        has_moves=trace.W_moves is not None,
        has_decay=trace.decay != 0,
        has_l1=trace.l1 != 0,
        has_bias=task.config.model.has_bias,
        has_class_weights=task.class_weights is not None,
        rule=trace.rule,
        is_scaled=not task.standardiser.is_identity and task.feature_map.is_identity,
        features=() if is_image else tuple(int(j) for j in shown),
        names=task.dataset.class_names,
        marks=task.dataset.class_marks,
        titles=output_names(trace.kind, task.dataset.class_names),
        inputs=() if is_image else tuple(task.input_names),
        document=_document(task, text, trace.x, order) if vocabulary else None,
    )


def _outputs(trace: Trace, h: int) -> tuple[int, ...]:
    """Return the rows of W to show: all, or of many pairs those with one class."""
    outputs = len(trace.z)
    if not FAMILY[trace.kind].is_pairwise or outputs <= PAIRS:
        return tuple(range(outputs))
    about = trace.response.decided if trace.label is None else trace.label
    having = [k for k, pair in enumerate(pairs(h)) if about in pair]
    return tuple(having[:MOST_PAIRS])


def _document(task: Task, text: str, x: NDArray[np.float64], order: NDArray[np.int64]) -> Document:
    """Return a document with inputs x, of which those in `order` are its words."""
    names = task.input_names
    words = (f"{short(names[j], WORD_LETTERS)} {x[j]:.3g}" for j in order[:WORDS])
    return Document(beginning(text, TEXT_LETTERS), tuple(words), len(order))


class Lines:
    """The common base of the derivations of all models.

    slope : ∂L/∂z, as LaTeX and in plain characters. is_difference : whether it needs brackets in
        products. all_slopes : ∂L/∂Z of all examples, bracketed where products need it.
    answer : the letter of the output, if it is not a. activation_words : the meaning of a, for
        {name}. classic_update : the update of w by plain descent in its usual textbook form, if
        that is written differently.
    """

    slope = ("a-y", "a − y")
    all_slopes = ("(A-Y)", "(A − Y)")
    is_difference = True
    answer: tuple[str, str] | None = None
    activation_words = "probability of {name}"
    classic_update: tuple[str, str] | None = None

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.k = shape.outputs

    @property
    def is_neuron(self) -> bool:
        return self.shape.is_neuron

    @property
    def is_small(self) -> bool:
        """Whether all outputs fit in one row of numbers."""
        return len(self.k) <= TERMS

    def lines(self) -> list[Line]:
        raise NotImplementedError

    def index(self, k: int | str) -> tuple[str, str]:
        """Return an output's index, as LaTeX and in plain characters."""
        if self.is_neuron:
            return "", ""
        if FAMILY[self.shape.kind].is_pairwise and isinstance(k, int):
            i, j = self.shape.pairs[k]
            return f"_{{{i}|{j}}}", f"{i}|{j}"
        return f"_{{{k}}}", str(k)

    def sym(self, letter: str, k: int, plain: str = "") -> Sym:
        latex, words = self.index(k)
        return Sym(f"{letter}{latex}", f"{plain or letter}{words}")

    def title(self, k: int) -> Word:
        """Return the name of a row of W: a neuron's yes, a class, or a pair."""
        s = self.shape
        if FAMILY[s.kind].is_pairwise:
            return Word(s.titles[k])
        return Word(s.names[1], s.marks[1]) if self.is_neuron else Word(s.names[k], s.marks[k])

    def of_class(self, k: int) -> Word:
        return Word(self.shape.names[k], self.shape.marks[k])

    # Forward ------------------------------------------------------------------------------------

    def inputs(self) -> Line:
        s = self.shape
        if s.document is not None:
            return Line(FORWARD, Word("words"), self._words(s.document))
        if s.is_image:
            node: Node = row(Sym(r"\mathbf{x} =", "x ="), Pic(("x",)))
        else:
            parts: list[Node] = []
            for j in s.features:
                sign = Sym(f"x_{{{j}}} =", f"x{j} =")
                own: list[Node] = [Word("("), Num(("own", j)), Word(")")] if s.is_scaled else []
                parts.append(row(sign, Num(("x", j)), *own, Word(short(s.inputs[j]) + " ")))
            if s.m > len(s.features):
                parts.append(Word(f"… {s.m} inputs, the largest are shown"))
            node = Flow(tuple(parts))
        return Line(FORWARD, Word("input"), node)

    def _words(self, document: Document) -> Node:
        """Return the beginning of a document, and the numbers of its words."""
        parts: list[Node] = sentence(f"“{document.beginning}”") if document.beginning else []
        parts.append(Sym(r"\;\mathbf{f}(x) =", "f(x) ="))
        parts += [Word(f"{word}  ") for word in document.words]
        more = document.total - len(document.words)
        rest = f"… and {more:,} more, " if more else ""
        parts += sentence(f"{rest}of {self.shape.m:,} words; all others are 0")
        return Flow(tuple(parts))

    def logits(self) -> list[Line]:
        return [self.logit(k) for k in self.k]

    def logit(self, k: int) -> Line:
        s = self.shape
        bias: list[Node] = [Num(("b", k), is_term=True)] if s.has_bias else []
        whole = s.m <= PRODUCTS and not s.is_image
        if whole:
            products: list[Node] = [
                row(Num(("W", k, j), is_term=i > 0), TIMES, Num(("x", j), is_term=True))
                for i, j in enumerate(s.features)
            ]
            terms = joined([*products, *bias], PLUS)
            head: Node = Row((self.sym("z", k), EQUALS))
        else:
            latex, words = self.index(k)
            at = latex.removeprefix("_{").removesuffix("}") + ("," if "|" in latex else "")
            plus, plain_plus = (f" + b{latex}", " + b") if s.has_bias else ("", "")
            head = Sym(
                rf"z{latex} = \textstyle\sum_j w_{{{at}j}} x_j{plus} =",
                f"z{words} = Σ w x{plain_plus} =",
            )
            terms = joined([Num(("wx", k)), *bias], PLUS)
        return Line(FORWARD, self.title(k), flow(head, *terms, row(EQUALS, Num(("z", k)))))

    def decision(self, *said: Node) -> Line:
        """Return the line with the chosen class; `said` is the reason."""
        return Line(
            FORWARD,
            Word("decision"),
            flow(*said, row(IMPLIES, self.of_class(self.shape.decided))),
        )

    # Gradient -------------------------------------------------------------------------------------

    def table(self, name: str) -> Node:
        """Return the numbers or pictures of an array shaped like W."""
        s = self.shape
        if s.is_image:
            return Flow(tuple(Pic((name, k)) for k in self.k))
        cells = [[Num((name, k, j)) for j in s.features] for k in self.k]
        if s.m > len(s.features):
            rest = Sym(r"\cdots", "…")
            return Matrix(tuple((*line, rest) for line in cells))
        return Matrix(tuple(tuple(line) for line in cells))

    def column(self, name: str) -> Node:
        keys: list[Key] = [(name, k) for k in self.k]
        return many(keys)

    def after(self, sign: Node, name: str) -> list[Node]:
        """Return a sign and a column, kept on one line if the column is short."""
        return [row(sign, self.column(name))] if self.is_small else [sign, self.column(name)]

    @property
    def bold(self) -> tuple[str, str, str]:
        """The letters of weights and biases as LaTeX, and of the weights in plain characters."""
        if self.is_neuron:
            return r"\mathbf{w}", "b", "w"
        return r"\mathbf{W}", r"\mathbf{b}", "W"

    @property
    def outer(self) -> tuple[str, str]:
        """∂L/∂z times x, as LaTeX and in plain characters."""
        slope, plain = (f"({s})" if self.is_difference else s for s in self.slope)
        if self.is_neuron:
            return rf"{slope}\,\mathbf{{x}}", f"{plain} x"
        return rf"{slope}\,\mathbf{{x}}^{{\top}}", f"{plain} xᵀ"

    def gradient(self) -> list[Line]:
        """Return the lines of ∂L/∂W and ∂L/∂b of this example."""
        w, b, letter = self.bold
        latex, plain = self.outer
        dW = Sym(rf"\frac{{\partial L}}{{\partial {w}}} = {latex} =", f"∂L/∂{letter} = {plain} =")
        db = Sym(
            rf"\frac{{\partial L}}{{\partial {b}}} = {self.slope[0]} =",
            f"∂L/∂b = {self.slope[1]} =",
        )
        lines = [Line(GRADIENT, Word("weights"), flow(dW, self.table("dW")))]
        if self.shape.has_bias:
            lines.append(Line(GRADIENT, self.biases, flow(db, self.column("dz"))))
        return lines

    @property
    def biases(self) -> Word:
        return Word("bias" if self.shape.rows == 1 else "biases")
