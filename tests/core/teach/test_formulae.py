"""Formulae within texts: found, refused for a reason, and read as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.teach import formulae
from core.teach.lesson_file import read
from core.teach.rehearsal import rehearsed
from core.teach.toml_document import FaultyTextError


def test_formulae_stand_between_dollar_signs_outside_of_code() -> None:
    text = r"The loss $-\ln a_y$ costs \$5, not `$x$`; then $z = wx$."
    assert formulae.formulae_of(text) == [r"-\ln a_y", "z = wx"]
    assert formulae.faults_of(text) == []


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"-\ln a_y", "−ln a_y"),
        (r"\frac{a}{1-a}", "a/(1−a)"),
        (r"\frac{1}{n}\sum_i x_i^2", "1/n Σᵢ xᵢ²"),
        (r"\sigma(z) = \frac{1}{1+e^{-z}}", "σ(z) = 1/(1+e⁻ᶻ)"),
        (r"\mathbf{W}\in R^{h\times m}", "W ∈ R^(h× m)"),
        (r"\hat y", "y\u0302"),
    ],
)
def test_a_formula_is_read_as_a_line_of_words(latex: str, words: str) -> None:
    assert formulae.in_words(latex) == words


@given(st.text("\\abfrc{}_^x $1", max_size=40))
def test_any_text_is_read_and_looked_at(text: str) -> None:
    assert isinstance(formulae.in_words(text), str)
    formulae.faults_of(text)


LESSON = """format = 1
title = "Formulae"

[[steps]]
text = '''
First $\\sigma(z)$,
then {}.
'''
"""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (r"$\evil{x}$", "not known"),
        (r"$\def\a{\a}$", "not known"),
        ("$x", "lone $"),
        (r"$\frac{a}{b$", "braces"),
        ("$" + "x" * 200 + "$", "200 letters"),
        ("$" + "{" * 9 + "x" + "}" * 9 + "$", "braces"),
    ],
)
def test_a_lesson_with_a_wrong_formula_is_refused_by_line(words: str, told: str) -> None:
    with pytest.raises(FaultyTextError) as caught:
        read(LESSON.format(words).encode(), "own")
    (fault,) = caught.value.faults
    assert fault.line == 7 and told in fault.sentence


def test_the_check_of_a_lesson_finds_what_the_typesetter_refuses() -> None:
    rehearsed(LESSON.format("$x^2$").encode(), "own")
    with pytest.raises(FaultyTextError) as caught:
        rehearsed(LESSON.format("$x^$").encode(), "own")
    (fault,) = caught.value.faults
    assert fault.line == 7 and "typeset" in fault.sentence


def test_every_command_that_is_known_can_be_typeset() -> None:
    for name in formulae.KNOWN - {"left", "right", "big", "Big", "limits"}:
        braces = "{a}{b}" if name in formulae.FRACTIONS else "{a}" * (name in formulae.WRAPPERS)
        assert formulae.typesetting_fault(f"x\\{name}{braces} y") == "", name
