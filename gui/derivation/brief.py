"""The derivation in brief, for the gauge beside the stage."""

from __future__ import annotations

from gui.derivation.lines import FORWARD, GRADIENT, LN, LOSS, Shape
from gui.kit.maths.notation import EQUALS, Line, Node, Num, Pic, Sym, Word, flow, many, row, vector

BRIEF = 4  # so many classes, or features, are named
SLOPES = {
    "perceptron": (r"\hat{y}-y", "ŷ − y"),
    "adaline": (r"\partial L/\partial z", "∂L/∂z"),
    "mse": (r"\partial L/\partial z", "∂L/∂z"),
    "binary": ("a-y", "a − y"),
    "ovo": (r"\mathbf{a}-\mathbf{t}", "a − t"),
}
SLOPE = (r"\mathbf{a}-\mathbf{y}", "a − y")


def gauge_lines(shape: Shape) -> tuple[Line, ...]:
    """Return the derivation in brief; of many classes, only activations and loss."""
    s = shape
    if s.is_image:
        x: Node = Pic(("x",))
    else:
        x = vector([("x", j) for j in s.features[:BRIEF]])
        if s.m > BRIEF:
            x = row(x, Word(f"of {s.m}"))
    is_small = s.rows <= BRIEF
    found = [Line(FORWARD, Sym(r"\mathbf{x}", "x"), x)]
    if is_small:
        z = Sym("z" if s.is_neuron else r"\mathbf{z}", "z")
        found.append(Line(FORWARD, z, many([("z", k) for k in s.outputs])))
    found += _activations(s)
    if s.label is None:
        return tuple(found)
    is_surprise = s.kind == "softmax"
    loss: Node = row(LN, Num(("a", s.label)), EQUALS, Num(("L",))) if is_surprise else Num(("L",))
    found.append(Line(LOSS, Sym("L", "L"), loss))
    if is_small:
        dz = Sym(*SLOPES.get(s.kind, SLOPE))
        found.append(Line(GRADIENT, dz, many([("dz", k) for k in s.outputs])))
    return tuple(found)


def _activations(s: Shape) -> list[Line]:
    """What the model answers: its activations, or of pairs the votes of the leading classes."""
    if s.kind == "adaline":  # z itself
        return []
    letter = Sym(r"\hat{y}", "ŷ") if s.kind == "perceptron" else Sym("a", "a")
    if not s.is_neuron:
        letter = Sym(r"\mathbf{a}", "a")
    if s.kind != "ovo":
        return [Line(FORWARD, letter, many([("a", k) for k in s.outputs]))]
    leading = s.tied[:BRIEF]
    named = [row(Word(s.names[k], s.marks[k]), Num(("votes", k))) for k in leading]
    return [Line(FORWARD, Word("votes"), flow(*named))]
