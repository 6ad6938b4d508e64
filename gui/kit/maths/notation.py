"""Formulae with live numbers, as plain values: their structure, not how they are drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.data.csv import spreadsheet
from core.language import current, tr
from core.number_format import SUPERSCRIPTS, separator

Key: TypeAlias = tuple[str | int, ...]  # names a number: ("z", 1) is the logit of class 1
Say: TypeAlias = Callable[[Key], str]


@dataclass(frozen=True)
class Sym:
    """Constant LaTeX to be typeset; `text` is the same in plain characters."""

    latex: str
    text: str


@dataclass(frozen=True)
class Terms:
    """Constant LaTeX like Sym's, of which some terms can be pointed at.

    marked : the LaTeX with each such term in the colour that `term_colour` gives for its place in
        `keys`; a term that appears twice is there twice.
    """

    latex: str
    text: str
    marked: str
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Num:
    """A live number. A key may appear several times; it is the same number each time.

    is_term : whether it follows a sign, so that it is in brackets if negative.
    is_marked : whether it is emphasised, as the number that matters in this line.
    widest : the text that it has room for, if that is not any number's.
    """

    key: Key
    is_term: bool = False
    is_marked: bool = False
    widest: str = ""


@dataclass(frozen=True)
class Word:
    """Plain text, muted unless `mark` gives it the colour and marker of a class."""

    text: str
    mark: int | None = None


@dataclass(frozen=True)
class Pic:
    """A live picture, such as an input or the weights of a class."""

    key: Key


@dataclass(frozen=True)
class Frac:
    top: Node
    bottom: Node


@dataclass(frozen=True)
class Raised:
    """A power."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Row:
    """Parts side by side that stay on one line."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Flow:
    """Parts side by side that wrap where a line is full."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Matrix:
    """Rows of nodes in brackets."""

    rows: tuple[tuple[Node, ...], ...]


Node: TypeAlias = Sym | Terms | Num | Word | Pic | Frac | Raised | Row | Flow | Matrix


@dataclass(frozen=True)
class Line:
    """One step of a derivation: the part of the update to which it belongs, a title, a formula.

    lead : what stands before it, aligned with that of other lines. note : what stands beside it
    where there is room, else below.
    """

    part: int
    title: Node
    node: Node
    lead: Node | None = None
    note: Node | None = None

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All that the line shows beside its title, in reading order."""
        return tuple(node for node in (self.lead, self.node, self.note) if node is not None)


def row(*parts: Node) -> Row:
    return Row(parts)


def flow(*parts: Node) -> Flow:
    return Flow(parts)


def vector(keys: Sequence[Key]) -> Row:
    """Return a row of numbers in brackets."""
    parts: list[Node] = [OPEN]
    for i, key in enumerate(keys):
        parts += [_comma(), Num(key)] if i else [Num(key)]
    return Row((*parts, CLOSE))


def sentence(text: str, node: Node | None = None) -> list[Node]:
    """Return the words of a text as nodes of a flow, where they can wrap; `node` is at PLACE."""
    before, _, after = text.partition(PLACE)
    words, rest = ([Word(word) for word in GAP.split(part) if word] for part in (before, after))
    return [*words, *rest] if node is None else [*words, node, *rest]


def worded(latex: str) -> str:
    """Return a formula; one that is marked as `$…$` has words, which are translated."""
    return tr(latex).split("$")[1] if latex.startswith("$") else latex


def many(keys: Sequence[Key]) -> Node:
    """Return a number, a row of them in brackets, or a flow if there are more than ONE_ROW."""
    if len(keys) == 1:
        return Num(keys[0])
    if len(keys) <= ONE_ROW:
        return vector(keys)
    first, *others, last = (Num(key) for key in keys)
    comma = _comma()
    inner = (Row((number, comma)) for number in others)  # a line ends with a comma, none begins so
    return Flow((Row((OPEN, first, comma)), *inner, Row((last, CLOSE))))


def _comma() -> Sym:
    return Sym(separator(), separator())


def joined(parts: Sequence[Node], between: Node) -> list[Node]:
    """Return the parts with `between` between each two, kept on one line with the part after it."""
    return [part if i == 0 else Row((between, part)) for i, part in enumerate(parts)]


TERM_COLOUR = 0x0A0B00  # of the first term in outlines; no theme has such a colour


def term_colour(place: int) -> str:
    """Return the colour that stands for the term at this place in the keys of Terms, below 256."""
    return f"#{TERM_COLOUR + place:06X}"


def whole(line: Line) -> Node:
    """Return all that the line shows as one node."""
    return Row(line.nodes)


LOWERED = {after: chr(before) for before, after in SUPERSCRIPTS.items()}

ONE_ROW = 4
PLACE = "\0"  # in a sentence: of a node
GAP = re.compile(r"(?<=[\uff0c\u3002\uff1b\uff1a])|\s+")  # Chinese wraps after its marks
PLUS, MINUS, TIMES, EQUALS = Sym("+", "+"), Sym("-", "−"), Sym(r"\cdot", "·"), Sym("=", "=")
OPEN, CLOSE = Sym("(", "("), Sym(")", ")")


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all its descendants."""
    yield node
    match node:
        case Row(parts) | Flow(parts):
            for part in parts:
                yield from walk(part)
        case Frac(first, second) | Raised(first, second):
            yield from walk(first)
            yield from walk(second)
        case Matrix(rows):
            for cells in rows:
                for cell in cells:
                    yield from walk(cell)


def to_text(node: Node, text_of: Say) -> str:
    """Return the formula in plain characters, with the current numbers."""
    match node:
        case Sym(_, text) | Terms(_, text) | Word(text):
            return text
        case Num(key, is_term):
            return as_term(text_of(key)) if is_term else text_of(key)
        case Pic(key):
            return tr("[picture of {name}]", name=" ".join(str(part) for part in key))
        case Frac(top, bottom):
            return f"({to_text(top, text_of)}) / ({to_text(bottom, text_of)})"
        case Raised(base, exponent):
            return f"{to_text(base, text_of)}^({to_text(exponent, text_of)})"
        case Row(parts) | Flow(parts):
            return " ".join(filter(None, (to_text(part, text_of) for part in parts)))
        case Matrix(rows):
            lines = (", ".join(to_text(cell, text_of) for cell in cells) for cells in rows)
            return f"[{'; '.join(lines)}]"


def to_latex(node: Node, text_of: Say) -> str:
    """Return the formula as LaTeX, with the current numbers."""
    match node:
        case Sym(latex) | Terms(latex):
            return latex
        case Num(key, is_term):
            digits, exponent = _power(text_of(key))
            words = rf"{digits}\cdot 10^{{{exponent}}}" if exponent else digits
            return f"({words})" if is_term and words.startswith("-") else words
        case Word(text):
            return rf"\text{{{text}}}"
        case Pic(key):
            return rf"\text{{[{' '.join(str(part) for part in key)}]}}"
        case Frac(top, bottom):
            return rf"\frac{{{to_latex(top, text_of)}}}{{{to_latex(bottom, text_of)}}}"
        case Raised(base, exponent):
            return f"{{{to_latex(base, text_of)}}}^{{{to_latex(exponent, text_of)}}}"
        case Row(parts) | Flow(parts):
            return " ".join(to_latex(part, text_of) for part in parts)
        case Matrix(rows):
            lines = (" & ".join(to_latex(cell, text_of) for cell in cells) for cells in rows)
            return r"\begin{bmatrix}" + r" \\ ".join(lines) + r"\end{bmatrix}"


def to_csv(node: Node, text_of: Say) -> str:
    """Return the tables in the formula as CSV, one after the other; "" if there are none."""
    tables = [part for part in walk(node) if isinstance(part, Matrix)]
    return "\n".join(
        spreadsheet.to_text(
            ["e".join(filter(None, _power(to_text(cell, text_of)))) for cell in cells]
            for cells in table.rows
        )
        for table in tables
    )


def as_term(text: str) -> str:
    """Put a negative number in brackets."""
    return f"({text})" if text.startswith("−") else text


def _power(text: str) -> tuple[str, str]:
    """Split a number into its digits, with a point, and its power of ten, "" if it has none."""
    number = text.replace("−", "-").replace(current().decimal, ".")
    digits, _, exponent = number.partition("·10")
    return digits, exponent.translate(LOWERED)
