"""Formulae within texts: LaTeX between two dollar signs, of the commands that are known here.

What is not known is refused, so that a text of someone else's can define nothing and is soon read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from core.language import tr
from core.teach.typesetter import typeset

MOST_LETTERS = 160  # of a formula
MOST_FORMULAE = 20  # of a text
MOST_DEPTH = 6  # of braces within braces

FORMULA = re.compile(r"(?<!\\)\$(?P<math>[^$\n]*[^$\n\\])\$")
LONE = re.compile(r"(?<!\\)\$")
CODE = re.compile(r"`[^`\n]+`")
COMMAND = re.compile(r"\\([A-Za-z]+|.|$)")

SYMBOLS = {  # the commands that stand for a letter or sign
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "varepsilon": "ε",
    "eta": "η",
    "theta": "θ",
    "lambda": "λ",
    "mu": "μ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Delta": "Δ",
    "Sigma": "Σ",
    "sum": " Σ",
    "prod": " Π",
    "partial": "∂",
    "nabla": "∇",
    "cdot": "·",
    "times": "×",
    "ell": "ℓ",
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
    "approx": "≈",
    "infty": "∞",
    "pm": "±",
    "to": "→",
    "leftarrow": "←",
    "in": " ∈ ",
    "Leftrightarrow": "⇔",
    "Rightarrow": "⇒",
    "mapsto": "↦",
    "ldots": "…",
    "circ": "∘",
    "top": "ᵀ",
    "log": "log",
    "ln": "ln",
    "exp": "exp",
    "max": "max",
    "min": "min",
    "tanh": "tanh",
    "lVert": "‖",
    "rVert": "‖",
    "lvert": "|",
    "rvert": "|",
    "mid": "|",
    "|": "‖",
    "quad": " ",
    "qquad": "  ",
    ",": " ",
    ";": " ",
    " ": " ",
    "!": "",
    "%": "%",
    "{": "{",
    "}": "}",
    "left": "",
    "right": "",
    "big": "",
    "Big": "",
    "limits": "",
}
FRACTIONS = ("frac", "tfrac", "dfrac")
WRAPPERS = {  # what they put around their argument, in words
    **dict.fromkeys(
        ("text", "mathrm", "mathbf", "mathcal", "operatorname", "boldsymbol"), ("", "")
    ),
    "sqrt": ("√(", ")"),
    "hat": ("", "̂"),
    "bar": ("", "̄"),
    "overline": ("", "̄"),
}
KNOWN = {*SYMBOLS, *FRACTIONS, *WRAPPERS}
RAISED = dict(zip("0123456789+-−=()nTz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿᵀᶻ", strict=True))
LOWERED = dict(zip("0123456789+-−=()ijknxaehm", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ᵢⱼₖₙₓₐₑₕₘ", strict=True))


class Fault(NamedTuple):
    """What is wrong with a text, as a sentence, and the words of it that are meant."""

    words: str
    sentence: str


def formulae_of(text: str) -> list[str]:
    """Return the formulae of a text, as LaTeX."""
    return [found["math"] for found in FORMULA.finditer(_without_code(text))]


def faults_of(text: str) -> list[Fault]:
    """Return what is wrong with the formulae of a text."""
    plain = _without_code(text)
    found = [Fault(f"${each}$", told) for each in formulae_of(text) if (told := _fault(each))]
    for line in FORMULA.sub("", plain).split("\n"):
        if LONE.search(line):
            words = line[line.index("$") :][:20]
            told = tr("a formula stands between two $ in one line; \\$ is the sign itself")
            found.append(
                Fault(words, tr("“{words}” has a lone $; {told}.", words=words, told=told))
            )
    count = len(formulae_of(text))
    if count > MOST_FORMULAE:
        told = tr(
            "a text has {count} formulae; {most_formulae} are the most.",
            count=count,
            most_formulae=MOST_FORMULAE,
        )
        found.append(Fault("$", told))
    return found


def _fault(latex: str) -> str:
    """Say what is wrong with a formula, "" if nothing is."""
    if len(latex) > MOST_LETTERS:
        return tr(
            "a formula has {latex} letters; {most_letters} are the most.",
            latex=len(latex),
            most_letters=MOST_LETTERS,
        )
    for found in COMMAND.finditer(latex):
        if found[1] not in KNOWN:
            return tr(
                "${latex}$ has {found}, which is not known here.", latex=latex, found=found[0]
            )
    depth = 0
    for mark in re.findall(r"(?<!\\)[{}]", latex):
        depth += 1 if mark == "{" else -1
        if depth < 0 or depth > MOST_DEPTH:
            break
    if depth:
        return tr("the braces of ${latex}$ do not match, or are too many.", latex=latex)
    return ""


def typesetting_fault(latex: str) -> str:
    """Say why the typesetter cannot set a formula, "" if it can; takes up to 0.3 s."""
    try:
        typeset(latex)
    except Exception as error:  # of the parser's own, assertions among them
        return tr("${latex}$ cannot be typeset ({name}).", latex=latex, name=type(error).__name__)
    return ""


def _without_code(text: str) -> str:
    """Return the text with all code blanked out, letter by letter."""
    return CODE.sub(lambda found: " " * len(found[0]), text)


# In words -----------------------------------------------------------------------------------------


def in_words(latex: str) -> str:
    """Return a formula as a line of text, as for tool tips and screen readers."""
    words, _ = _read(latex, 0, "")
    return re.sub(r" +", " ", words).strip()


def _read(latex: str, at: int, end: str) -> tuple[str, int]:
    """Return the words from here to the end, or to behind this mark."""
    parts: list[str] = []
    while at < len(latex):
        if latex[at] == end:
            return "".join(parts), at + 1
        if latex[at] in "_^":
            inner, at, mark = *_argument(latex, at + 1), latex[at]
            parts.append(_shifted(inner, mark))
        else:
            words, at = _argument(latex, at, is_inner=False)
            parts.append(words)
    return "".join(parts), at


def _argument(latex: str, at: int, *, is_inner: bool = True) -> tuple[str, int]:
    """Return the words of what stands here: a group, a command, a letter."""
    while is_inner and latex[at : at + 1] == " ":
        at += 1
    if at >= len(latex):
        return "", at
    if latex[at] == "{":
        return _read(latex, at + 1, "}")
    if latex[at] != "\\":
        return ("−" if latex[at] == "-" else latex[at]), at + 1
    found = COMMAND.match(latex, at)
    assert found is not None  # it matches any letter, and the end
    name, at = found[1], found.end()
    if name in FRACTIONS:
        top, at = _argument(latex, at)
        bottom, at = _argument(latex, at)
        return f"{_grouped(top)}/{_grouped(bottom)}", at
    if name in WRAPPERS:
        before, behind = WRAPPERS[name]
        inner, at = _argument(latex, at)
        return f"{before}{inner}{behind}", at
    return SYMBOLS.get(name, name), at


def _grouped(words: str) -> str:
    return words if len(words) < 3 or re.fullmatch(r"[\w∂∇]+", words) else f"({words})"


def _shifted(words: str, mark: str) -> str:
    letters = RAISED if mark == "^" else LOWERED
    if words and all(letter in letters for letter in words):
        return "".join(letters[letter] for letter in words)
    return f"{mark}{words}" if len(words) < 2 else f"{mark}({words})"
