"""Formulae among words: on their baseline, in their size and colour; in words if they cannot be."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor, QImage

from gui.kit import theme as look
from gui.kit.maths.inline import typeset_in
from gui.kit.maths.words import Words
from gui.kit.theme import LIGHT

INK = "#c00000"


def rendered(html: str) -> QImage:
    label = Words(html)
    label.resize(label.sizeHint())
    return label.grab().toImage()


def rows_of(image: QImage, *, is_formula: bool) -> list[int]:
    """Return the rows with dark pixels of the formula's colour, or of the words' black."""

    def is_it(colour: QColor) -> bool:
        is_red = colour.red() - colour.green() > 100
        return is_red if is_formula else colour.red() < 90

    return [
        y
        for y in range(image.height())
        if any(is_it(image.pixelColor(x, y)) for x in range(image.width()))
    ]


def test_a_formula_stands_on_the_baseline_of_its_words(dressed) -> None:
    html = typeset_in(look.base_font(), INK, 1.0)("x")
    image = rendered(f"{html}xxx")
    feet = [max(rows_of(image, is_formula=is_formula)) for is_formula in (True, False)]
    assert abs(feet[0] - feet[1]) <= 1


def test_lines_with_a_shallow_formula_are_no_higher_than_others(dressed) -> None:
    html = typeset_in(look.base_font(), INK, 1.0)("z = wx")
    assert abs(Words(f"{html} xxx").sizeHint().height() - Words("xxx").sizeHint().height()) <= 2


def test_a_fraction_stands_around_the_middle_of_its_words(dressed) -> None:
    html = typeset_in(look.base_font(), INK, 1.0)(r"\frac{x}{x}")
    image = rendered(f"{html}xxx")
    fraction, words = (rows_of(image, is_formula=is_formula) for is_formula in (True, False))
    assert min(fraction) < min(words) and max(words) < max(fraction)


def test_a_formula_grows_with_its_words(dressed) -> None:
    font = look.base_font()
    small = typeset_in(font, LIGHT.ink, 1.0)(r"\sigma(z)")
    font.setPointSizeF(2 * font.pointSizeF())
    large = typeset_in(font, LIGHT.ink, 2.0)(r"\sigma(z)")
    widths = [int(re.findall(r'width="(\d+)"', html)[0]) for html in (small, large)]
    assert widths[1] == pytest.approx(2 * widths[0], abs=5)  # the rim around it is no larger


def test_what_cannot_be_typeset_is_shown_in_words(dressed) -> None:
    assert typeset_in(look.base_font(), INK, 1.0)("x^") == "x^"
