"""The tables of the mathematics: models, optimisers and derivations, as the program has them."""

from __future__ import annotations

from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS, Optimiser
from core.teach.derivations.catalogue import DERIVATIONS
from core.teach.derivations.derivation import About, Case, Derivation, HiddenLayer, Line
from core.teach.derivations.writing import to_latex
from documentation.marked import code, formula, plain, table

CLASSES = 3  # of a softmax that is written out
STATE = {"v": "velocity or mean of gradients", "s": "mean square of gradients"}


def models() -> str:
    """Return the family of models as a table, as Help shows it."""
    heads = ("model", "`--model`", "activation", "loss of an example", "∂L/∂z", "decides by")
    return table(
        heads,
        (
            (
                f"**{kind.title}**",
                code(name),
                plain(kind.activation),
                plain(kind.formula),
                plain(kind.gradient),
                plain(kind.decides),
            )
            for name, kind in FAMILY.items()
        ),
    )


def model_words() -> str:
    """Return what each model is, and which classes it takes."""
    heads = ("model", "in a sentence", "takes", "unit of the loss", "convex")
    return table(
        heads,
        (
            (
                f"**{kind.title}**",
                plain(kind.words),
                kind.takes,
                kind.unit,
                "yes" if kind.is_convex else "no",
            )
            for kind in FAMILY.values()
        ),
    )


def optimisers() -> str:
    """Return a section for each optimiser."""
    return "\n\n".join(_optimiser(rule) for rule in OPTIMISERS.values())


def _optimiser(rule: Optimiser) -> str:
    title = rule.title if rule.title[:1].isupper() else rule.title.capitalize()
    parts = [f"### {title}", f"{plain(rule.words)} {code(f'--optimiser {rule.name}')}"]
    parts.append("\n".join(f"> {each.strip()}\n>" for each in plain(rule.formula).split(";")))
    if rule.steps:
        lines = [
            (
                plain(step.label),
                ", ".join(formula(rf"\displaystyle {_named(e.latex)}") for e in step.equations),
            )
            for step in rule.steps
        ]
        parts.append(table(("what is computed", "formula"), lines))
    facts = [f"{code(letter)}: {STATE[letter]}" for letter in rule.remembers]
    if facts:
        parts.append(f"It remembers, for each parameter, {'; '.join(facts)}.")
    if rule.stable_rate:
        parts.append(f"On a parabola it is stable up to η = {plain(rule.stable_rate)}.")
    return "\n\n".join(parts)


def _named(latex: str) -> str:
    return latex.replace("<g>", r"\mathbf{g}").replace("<w>", r"\mathbf{w}")


def derivations() -> str:
    """Return a section for each derivation, line by line with its reasons."""
    return "\n\n".join(_derivation(each) for each in DERIVATIONS)


def case_of(derivation: Derivation) -> Case:
    """Return the case that a derivation is written for here: two inputs, three classes, tanh."""
    if derivation.about is About.HIDDEN:
        layer = HiddenLayer(0, "tanh", is_softmax=True)
        return Case(CLASSES, 0, 1, 1, 0, 2, (0, 1), layer)
    if derivation.about is About.CLASSES:
        return Case(derivation.classes or CLASSES, 0, 1, 1, 0, 2, (0, 1))
    return Case(2, 1, 0, 0, 0, 2, (0, 1))


def _derivation(derivation: Derivation) -> str:
    lines = derivation.lines(case_of(derivation))
    rows = [(formula(latex_of(line)), plain(line.reason)) for line in lines]
    heading = f"### {plain(derivation.title)}"
    named = f'derivation = "{derivation.key}"'
    key = f"In a lesson: {code(named)}."
    return "\n\n".join([heading, plain(derivation.watch), table(("line", "why"), rows), key])


def latex_of(line: Line) -> str:
    """Return a line of a derivation as one formula."""
    left = to_latex(line.left) if line.left is not None else ""
    return rf"\displaystyle {left} = {to_latex(line.right)}"
