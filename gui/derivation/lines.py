"""The derivation of one update of one example, line by line: the parts common to all models."""

from __future__ import annotations

from core.language import mark, tr
from core.model_family import FAMILY
from core.number_format import format_integer
from gui.derivation import hidden
from gui.derivation.layer import AFTER_HIDDEN, OF_HIDDEN, Layer, hidden_layer, output_layer
from gui.derivation.shape import PRODUCTS, Document, Shape
from gui.kit.maths.notation import (
    EQUALS,
    PLUS,
    TIMES,
    Flow,
    Line,
    Node,
    Num,
    Pic,
    Row,
    Sym,
    Word,
    flow,
    joined,
    row,
    sentence,
)
from gui.kit.plain_text import short

PARTS = (mark("Forward"), mark("Loss"), mark("Gradient"), mark("Update"))
FORWARD, LOSS, GRADIENT, UPDATE = range(4)
# Limits:
TERMS = 4  # classes that are added up within a fraction
MOST_VOTES = 10  # classes whose votes are all shown

ALL_WORDS = mark("of {n} words; all others are 0")
MORE_WORDS = mark("… and {more} more, of {n} words; all others are 0")

LN = Sym(r"-\ln", "−ln")
IMPLIES = Sym(r"\;\Rightarrow", "⇒")


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
    activation_words = mark("probability of {name}")
    classic_update: tuple[str, str] | None = None

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.k = shape.outputs
        brackets = "({})" if self.is_difference else "{}"
        slope, plain = (brackets.format(words) for words in self.slope)
        self.layer = output_layer(shape, (slope, plain), self.classic_update)
        self.hidden = hidden_layer(shape) if shape.hidden else None

    @property
    def layers(self) -> list[Layer]:
        """The layers of the model, as the gradient reaches them: the outputs' first."""
        return [self.layer] if self.hidden is None else [self.layer, self.hidden]

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
            return Line(FORWARD, Word(tr("words")), self._words(s.document))
        if s.is_image:
            node: Node = row(Sym(r"\mathbf{x} =", "x ="), Pic(("x",)))
        else:
            parts: list[Node] = []
            for j in s.features:
                sign = Sym(f"x_{{{j}}} =", f"x{j} =")
                own: list[Node] = [Word("("), Num(("own", j)), Word(")")] if s.is_scaled else []
                parts.append(row(sign, Num(("x", j)), *own, Word(short(s.inputs[j]) + " ")))
            if s.m > len(s.features):
                parts.append(Word(tr("… {n} inputs, the largest are shown", n=s.m)))
            node = Flow(tuple(parts))
        return Line(FORWARD, Word(tr("input")), node)

    def _words(self, document: Document) -> Node:
        """Return the beginning of a document, and the numbers of its words."""
        parts: list[Node] = sentence(f"“{document.beginning}”") if document.beginning else []
        parts.append(Sym(r"\;\mathbf{f}(x) =", "f(x) ="))
        parts += [Word(f"{word}  ") for word in document.words]
        more = document.total - len(document.words)
        rest = tr(
            MORE_WORDS if more else ALL_WORDS,
            more=format_integer(more),
            n=format_integer(self.shape.m),
        )
        parts += sentence(rest)
        return Flow(tuple(parts))

    def logits(self) -> list[Line]:
        """Return the lines from the input to the logits, by way of the hidden units if any."""
        units = hidden.forward(self.shape, FORWARD) if self.hidden else []
        return [*units, *map(self.logit, self.k)]

    def logit(self, k: int) -> Line:
        of, has_bias = self.layer, self.shape.has_bias
        bias: list[Node] = [Num(("b", k), is_term=True)] if has_bias else []
        whole = of.all_columns <= PRODUCTS and not of.is_image
        if whole:
            products: list[Node] = [
                row(Num(("W", k, j), is_term=i > 0), TIMES, Num((of.x, j), is_term=True))
                for i, j in enumerate(of.columns)
            ]
            terms = joined([*products, *bias], PLUS)
            head: Node = Row((self.sym("z", k), EQUALS))
        else:
            latex, words = self.index(k)
            at = latex.removeprefix("_{").removesuffix("}") + ("," if "|" in latex else "")
            plus, plain_plus = (f" + b{latex}", " + b") if has_bias else ("", "")
            weights, taken = rf"w_{{{at}j}} x_j", "w x"
            if self.hidden is not None:
                (two, plain_two), (one, plain_one) = AFTER_HIDDEN, OF_HIDDEN
                weights, taken = rf"w{two}_{{{at}j}}\, a{one}_j", f"w{plain_two} a{plain_one}"
                plus = plus.replace("b", f"b{two}")
            head = Sym(
                rf"z{latex} = \textstyle{{\sum}}_j {weights}{plus} =",
                f"z{words} = Σ {taken}{plain_plus} =",
            )
            terms = joined([Num(("wx", k)), *bias], PLUS)
        return Line(FORWARD, self.title(k), flow(head, *terms, row(EQUALS, Num(("z", k)))))

    def decision(self, *said: Node) -> Line:
        """Return the line with the chosen class; `said` is the reason."""
        return Line(
            FORWARD,
            Word(tr("decision")),
            flow(*said, row(IMPLIES, self.of_class(self.shape.decided))),
        )

    # Gradient -------------------------------------------------------------------------------------

    def column(self, name: str) -> Node:
        """Return a number of each output."""
        return self.layer.column(name)

    def after(self, sign: Node, name: str) -> list[Node]:
        """Return a sign and a column, kept on one line if the column is short."""
        return [row(sign, self.column(name))] if self.is_small else [sign, self.column(name)]

    def gradient(self) -> list[Line]:
        """Return the lines of the gradient by all parameters of this example."""
        of = self.layer
        (w, letter), (b, plain_b), (latex, plain) = of.weights, of.bias, of.outer
        dW = Sym(rf"\frac{{\partial L}}{{\partial {w}}} = {latex} =", f"∂L/∂{letter} = {plain} =")
        db = Sym(
            rf"\frac{{\partial L}}{{\partial {b}}} = {self.slope[0]} =",
            f"∂L/∂{plain_b} = {self.slope[1]} =",
        )
        lines = [Line(GRADIENT, Word(of.title_of_weights), flow(dW, of.table("dW")))]
        if self.shape.has_bias:
            lines.append(Line(GRADIENT, Word(of.title_of_biases), flow(db, self.column("dz"))))
        if self.hidden is not None:
            lines += hidden.backward(self.shape, of, self.hidden, GRADIENT)
        return lines
