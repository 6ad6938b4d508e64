"""The derivations of each model of the family, from the input to the new weights."""

from __future__ import annotations

from collections.abc import Sequence

from core.language import mark, tr
from core.model_family import FAMILY
from gui.derivation.lines import FORWARD, GRADIENT, LN, LOSS, MOST_VOTES, Lines
from gui.derivation.neurons import Adaline, Brought, Hinge, Logistic, Perceptron, Squared
from gui.derivation.shape import Shape
from gui.derivation.update import update_lines
from gui.kit.maths.notation import (
    CLOSE,
    EQUALS,
    MINUS,
    PLACE,
    PLUS,
    Frac,
    Line,
    Node,
    Num,
    Sym,
    Word,
    flow,
    joined,
    row,
    sentence,
    worded,
)

ALL_PAIRS = mark(
    "Of {n} neurons, one for each pair of classes, the {k} with {name} are shown: {why}"
)
SOME_PAIRS = mark(
    "Of {n} neurons, one for each pair of classes, {k} of those with {name} are shown: {why}"
)
TARGETS = mark("1 where the pair’s second class is {name}, 0 where its first is; – has no target")


def model_of(kind: str) -> type[Lines]:
    """Return the derivation of a model, which is in words where another package brings it."""
    return Brought if FAMILY[kind].is_brought else MODELS[kind]


def lines(shape: Shape) -> tuple[Line, ...]:
    """Return the derivation, from the input to the new weights."""
    build = model_of(shape.kind)(shape)
    return (*build.lines(), *update_lines(build))


class Softmax(Lines):
    slope = (r"\mathbf{a}-\mathbf{y}", "a − y")

    def lines(self) -> list[Line]:
        s, classes = self.shape, self.k
        found = [self.inputs(), *self.logits()]

        def exponent(k: int | str) -> str:
            return f"e^{{z_{{{k}}}{'-m' if s.is_shifted else ''}}}"

        plain = "e^(z{}−m)" if s.is_shifted else "e^z{}"
        powers = [
            row(Sym(exponent(k) + " =", plain.format(k) + " ="), Num(("e", k))) for k in classes
        ]
        largest = (
            [row(Sym(r"m = \max_j z_j =", "m = max z ="), Num(("shift",)))] if s.is_shifted else []
        )
        total = Sym(
            r"\textstyle{\sum}_j e^{z_j-m} =" if s.is_shifted else r"\textstyle{\sum}_j e^{z_j} =",
            "Σ e^(z−m) =" if s.is_shifted else "Σ e^z =",
        )
        terms = joined([Num(("e", k)) for k in classes], PLUS)
        summed = total, *terms, row(EQUALS, Num(("S",)))
        found.append(Line(FORWARD, Word(tr("exponentials")), flow(*largest, *powers, *summed)))
        generic = Sym(
            rf"a_k = \frac{{{exponent('k')}}}{{\textstyle{{\sum}}_j {exponent('j')}}}:",
            f"a_k = {plain.format('_k')} / Σ:",
        )
        each = [
            row(
                Word("", s.marks[k]),
                self.sym("a", k),
                EQUALS,
                Frac(Num(("e", k)), Num(("S",))),
                EQUALS,
                Num(("a", k)),
            )
            for k in classes
        ]
        found.append(Line(FORWARD, Word(tr("softmax")), flow(generic, *each)))
        found.append(self.decision(Sym(r"\arg\max_j z_j", "argmax z")))
        if s.label is None:
            return found
        return [*found, *self._learn(s.label), *self.gradient()]

    def _learn(self, y: int) -> list[Line]:
        return [
            Line(LOSS, Word(tr("target")), flow(Sym(r"\mathbf{y} =", "y ="), self.column("y"))),
            Line(
                LOSS,
                Word(tr("loss")),
                flow(
                    Sym(r"L = -\textstyle{\sum}_j y_j \ln a_j =", "L = −Σ y ln a ="),
                    row(
                        Sym(rf"-\ln a_{{{y}}} =", f"−ln a{y} ="),
                        LN,
                        Num(("a", y)),
                        EQUALS,
                        Num(("L",)),
                    ),
                ),
            ),
            self.by_logits(),
        ]

    def by_logits(self, remark: str = "") -> Line:
        """Return the line of ∂L/∂z of all outputs: activations minus targets."""
        latex, plain = self.slope
        return Line(
            GRADIENT,
            Word(tr("logits")),
            flow(
                Sym(
                    rf"\frac{{\partial L}}{{\partial \mathbf{{z}}}} = {latex} =",
                    f"∂L/∂z = {plain} =",
                ),
                self.column("a"),
                *self.after(MINUS, "y"),
                *self.after(EQUALS, "dz"),
                *sentence(remark),
            ),
        )


class OneVersusRest(Softmax):
    """A sigmoid for each class, independent of the others."""

    any_output = "k"  # the index of any of them
    activation_words = mark("probability of {name} against the rest, by its own neuron")

    def lines(self) -> list[Line]:
        s = self.shape
        found = [self.inputs(), *self.logits(), self.sigmoids()]
        found.append(
            Line(
                FORWARD,
                Word(tr("their sum")),
                flow(
                    Sym(r"\textstyle{\sum}_j a_j =", "Σ a ="),
                    *joined([Num(("a", k)) for k in self.k], PLUS),
                    row(EQUALS, Num(("A",))),
                    *sentence(tr("not 1 in general: each neuron asks for its own class alone")),
                ),
            )
        )
        found.append(self.decision(Sym(r"\arg\max_j a_j", "argmax a")))
        if s.label is None:
            return found
        return [
            *found,
            Line(LOSS, Word(tr("target")), flow(Sym(r"\mathbf{y} =", "y ="), self.column("y"))),
            *self.losses(),
            self.by_logits(),
            *self.gradient(),
        ]

    def sigmoids(self) -> Line:
        """Return the line of all outputs, whose formula stands once, before them."""
        at = f"_{{{self.any_output}}}", f"_{self.any_output}"
        latex = r"a{0} = \sigma(z{0}) = \frac{{1}}{{1+e^{{-z{0}}}}}:"
        plain = "a{0} = σ(z{0}) = 1 / (1 + e^−z{0}):"
        generic = Sym(latex.format(at[0]), plain.format(at[1]))
        return Line(FORWARD, Word(tr("sigmoids")), flow(generic, *map(self._sigmoid, self.k)))

    def _sigmoid(self, k: int) -> Node:
        return row(
            *self.marked(k),
            self.sym("a", k),
            EQUALS,
            Frac(Sym("1", "1"), row(Sym("1 +", "1 +"), Num(("e", k)))),
            EQUALS,
            Num(("a", k)),
        )

    def marked(self, k: int) -> tuple[Word, ...]:
        """Return the marker of an output's class; nothing where the index names two."""
        return (Word("", self.shape.marks[k]),)

    def is_yes(self, k: int) -> bool | None:
        """Whether the target of an output is 1; None if it has none."""
        return k == self.shape.label

    def losses(self) -> list[Line]:
        """Return the lines of each output's cross-entropy and of their sum."""
        asked = [(k, self.is_yes(k)) for k in self.k if self.is_yes(k) is not None]
        each: list[Node] = []
        for k, is_yes in asked:
            latex, plain = self.index(k)
            a = Num(("a", k))
            of: Node = a if is_yes else row(Sym("(1 -", "(1 −"), a, CLOSE)
            name = (
                Sym(rf"-\ln a{latex} =", f"−ln a{plain} =")
                if is_yes
                else Sym(rf"-\ln(1-a{latex}) =", f"−ln(1 − a{plain}) =")
            )
            each.append(row(name, LN, of, EQUALS, Num(("l", k))))
        terms = joined([Num(("l", k)) for k, _ in asked], PLUS)
        total, plain_total = self.sum_of_losses
        return [
            Line(LOSS, Word(tr("each loss")), flow(*_spaced(each))),
            Line(
                LOSS,
                Word(tr("loss")),
                flow(Sym(worded(total), tr(plain_total)), *terms, row(EQUALS, Num(("L",)))),
            ),
        ]

    sum_of_losses = (
        r"L = -\textstyle{\sum}_j \left[\,y_j \ln a_j + (1-y_j)\ln(1-a_j)\,\right] =",
        "L = −Σ [y ln a + (1 − y) ln(1 − a)] =",
    )


class OneVersusOne(OneVersusRest):
    """A sigmoid for each pair of classes, which is trained on these two only; they vote."""

    any_output = "i|j"
    slope = (r"\mathbf{a}-\mathbf{t}", "a − t")
    all_slopes = ("(A-T)", "(A − T)")
    activation_words = mark("probability of the second class of {name}, by the pair’s neuron")
    sum_of_losses = (
        mark(r"$L = \textstyle{\sum}_{\mathrm{pairs\ with\ }y} =$"),
        mark("L = Σ over pairs with y ="),
    )

    def lines(self) -> list[Line]:
        s = self.shape
        found = [self.inputs(), *self._scope(), *self.logits(), self.sigmoids(), *self._vote()]
        if s.label is None:
            return found
        return [
            *found,
            self._targets(s.label),
            *self.losses(),
            self.by_logits(tr("0 without a target")),
            *self.gradient(),
        ]

    def _scope(self) -> list[Line]:
        """Return the line that states which of many pairs are shown; none if all are."""
        s = self.shape
        if len(s.outputs) == s.rows:
            return []
        about = s.decided if s.label is None else s.label
        having = len(s.names) - 1
        said = tr(
            ALL_PAIRS if having == len(self.k) else SOME_PAIRS,
            n=s.rows,
            k=len(self.k),
            name=PLACE,
            why=tr("the decision") if s.label is None else tr("only these learn from it"),
        )
        return [Line(FORWARD, Word(tr("pairs")), flow(*sentence(said, self.of_class(about))))]

    def _vote(self) -> list[Line]:
        s = self.shape
        h = len(s.names)
        counted = range(h) if h <= MOST_VOTES else dict.fromkeys([*s.tied, s.decided])
        votes = Line(
            FORWARD,
            Word(tr("votes")),
            flow(
                *sentence(tr("a pair i|j votes for j where z > 0, else for i:")),
                *_spaced([row(self.of_class(k), Num(("votes", k))) for k in counted]),
            ),
        )
        if len(s.tied) == 1:
            return [votes, self.decision(*sentence(tr("most votes")))]
        sums = _spaced([row(self.of_class(k), Num(("conf", k))) for k in s.tied])
        return [
            votes,
            self.decision(
                *sentence(tr("{n} tie; their summed logits decide:", n=len(s.tied))), *sums
            ),
        ]

    def marked(self, k: int) -> tuple[Word, ...]:
        return ()

    def is_yes(self, k: int) -> bool | None:
        i, j = self.shape.pairs[k]
        return None if self.shape.label not in (i, j) else self.shape.label == j

    def _targets(self, label: int) -> Line:
        return Line(
            LOSS,
            Word(tr("target")),
            flow(
                Sym(r"\mathbf{t} =", "t ="),
                self.column("y"),
                *sentence(tr(TARGETS, name=PLACE), self.of_class(label)),
            ),
        )


def _spaced(parts: Sequence[Node]) -> list[Node]:
    """Return the parts of a flow with a space after each but the last."""
    return [part if part is parts[-1] else row(part, Word(" ")) for part in parts]


MODELS: dict[str, type[Lines]] = {
    "perceptron": Perceptron,
    "adaline": Adaline,
    "mse": Squared,
    "binary": Logistic,
    "svm": Hinge,
    "softmax": Softmax,
    "ovr": OneVersusRest,
    "ovo": OneVersusOne,
    "bayes": Softmax,
}
