"""A formula is typeset once, and scaled to each size as if it had been typeset in it."""

import re

import pytest
from ziamath.zmath import Latex

from gui.kit.maths.formula import outlines, picture

FORMULAE = (
    r"W",
    r"\frac{e^{z_k}}{\sum_j e^{z_j}}",
    r"\begin{pmatrix}a & b\\ c & d\end{pmatrix}",
    r"\sqrt{\lambda_{\max}}",
)


@pytest.mark.parametrize("latex", FORMULAE)
@pytest.mark.parametrize("px", [12.0, 19.0, 28.5, 47.5])
def test_each_size_is_that_of_the_formula_typeset_in_it(qapp, latex, px):
    svg = Latex(latex, size=px, color="#000000").svg()
    found = re.search(r'viewBox="(\S+) (\S+) (\S+) (\S+)"', svg)
    assert found is not None
    _, top, width, height = map(float, found.groups())
    shown = picture(latex, px, "#000000")
    assert (shown.size.width(), shown.size.height()) == pytest.approx((width, height), rel=0.02)
    assert shown.above == pytest.approx(-top, rel=0.02)


def test_another_size_or_colour_typesets_nothing(qapp):
    picture(FORMULAE[1], 19.0, "#000000")
    before = outlines.cache_info().misses
    picture(FORMULAE[1], 33.0, "#000000")
    picture(FORMULAE[1], 19.0, "#ffffff")
    assert outlines.cache_info().misses == before
