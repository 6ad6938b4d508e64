"""The derivation in brief, for the gauge beside the stage."""

from __future__ import annotations

from core.language import tr
from core.model_family import FAMILY
from core.number_format import format_integer
from gui.derivation.layer import AFTER_HIDDEN, HIDDEN, OF_HIDDEN
from gui.derivation.lines import FORWARD, GRADIENT, LN, LOSS, UPDATE
from gui.derivation.models import model_of
from gui.derivation.shape import Shape
from gui.kit.maths.notation import (
    EQUALS,
    Key,
    Line,
    Node,
    Num,
    Pic,
    Sym,
    Word,
    flow,
    many,
    row,
    vector,
)

BRIEF = 4  # limit of the classes, or features, that are named
TO = Sym(r"\rightarrow", "→")
SLOPE = (r"\partial L/\partial z", "∂L/∂z")  # if the formula is too long


def gauge_lines(shape: Shape) -> tuple[Line, ...]:
    """Return the derivation in brief; with many classes, only activations and loss."""
    s = shape
    if s.is_image:
        x: Node = Pic(("x",))
    elif s.document is not None:
        words = map(Word, s.document.words[:BRIEF])
        x = flow(*words, Word(tr("… {n} words", n=format_integer(s.document.total))))
    else:
        x = vector([("x", j) for j in s.features[:BRIEF]])
        if s.m > BRIEF:
            x = row(x, Word(tr("of {n}", n=s.m)))
    is_small = s.rows <= BRIEF
    found = [Line(FORWARD, Sym(r"\mathbf{x}", "x"), x)]
    if s.hidden:
        up, plain = OF_HIDDEN
        a: Node = vector([(f"{HIDDEN}a", j) for j in s.units[:BRIEF]])
        if s.hidden > BRIEF:
            a = row(a, Word(tr("of {n}", n=s.hidden)))
        found.append(Line(FORWARD, Sym(rf"\mathbf{{a}}{up}", f"a{plain}"), a))
    if is_small:
        z = Sym("z" if s.is_neuron else r"\mathbf{z}", "z")
        found.append(Line(FORWARD, z, many([("z", k) for k in s.outputs])))
    found += _activations(s)
    if s.label is None:
        return tuple(found)
    is_surprise = FAMILY[s.kind].is_shift_invariant
    loss: Node = row(LN, Num(("a", s.label)), EQUALS, Num(("L",))) if is_surprise else Num(("L",))
    found.append(Line(LOSS, Sym("L", "L"), loss))
    if is_small:
        model = model_of(s.kind)
        dz = Sym(*(model.slope if model.is_difference else SLOPE))
        found.append(Line(GRADIENT, dz, many([("dz", k) for k in s.outputs])))
    return tuple(found)


def chain_lines(shape: Shape) -> tuple[Line, ...]:
    """Return the derivation in brief, and with it what the update does to one parameter."""
    s = shape
    lines = gauge_lines(s)
    if not s.has_moves or s.label is None:
        return lines
    up, plain = AFTER_HIDDEN if s.hidden else ("", "")
    k, at, columns = s.outputs[0], "", s.units or s.features
    if FAMILY[s.kind].is_pairwise:
        at = "{}|{}".format(*s.pairs[k])
    elif not s.is_neuron:
        k = s.label
        at = str(k)
    place: tuple[int, ...] = (k,)
    if columns:
        j = columns[0]
        at = ",".join(filter(None, (at, str(j + 1 if s.hidden else j))))
        letter, array, place = "w", "W", (k, j)
    elif s.has_bias:
        letter, array = "b", "b"
    else:
        return lines
    before: Key = (array, *place)
    after: Key = (f"{array}2", *place)
    title = Sym(rf"{letter}{up}_{{{at}}}" if at else f"{letter}{up}", f"{letter}{plain}{at}")
    return (*lines, Line(UPDATE, title, row(Num(before), TO, Num(after))))


def _activations(s: Shape) -> list[Line]:
    """Return the model's output: its activations, or for pairs the votes of the leading classes."""
    model = FAMILY[s.kind]
    if model.is_identity:  # z itself
        return []
    letter = Sym(*(model_of(s.kind).answer or ("a" if s.is_neuron else r"\mathbf{a}", "a")))
    if not model.is_pairwise:
        return [Line(FORWARD, letter, many([("a", k) for k in s.outputs]))]
    leading = s.tied[:BRIEF]
    named = [row(Word(s.names[k], s.marks[k]), Num(("votes", k))) for k in leading]
    return [Line(FORWARD, Word(tr("votes")), flow(*named))]
