"""Formulae are typeset as large as the text beside them."""

import pytest

from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.maths.formula import Formula
from gui.kit.maths.notation import Line, Num, Row, Sym, Word
from gui.kit.maths.sheet import Sheet


@pytest.fixture
def zoomed(dressed):
    """Return a function that sets the zoom of the application."""

    def zoomed(factor):
        font = look.base_font()
        font.setPointSizeF(zoom.BASE_POINT_SIZE * factor)
        dressed.setFont(font)

    yield zoomed
    dressed.setFont(look.base_font())


def test_a_formula_grows_with_the_zoom(qtbot, zoomed):
    formula = Formula(look.LIGHT, r"\frac{a}{b}", "a over b")
    qtbot.addWidget(formula)
    formula.show()
    small = formula.sizeHint()
    zoomed(2.0)
    large = formula.sizeHint()
    assert large.height() == pytest.approx(2 * small.height(), abs=3)
    assert large.width() == pytest.approx(2 * small.width(), abs=3)


def test_a_sheet_grows_with_the_zoom(qtbot, zoomed):
    sheet = Sheet(look.LIGHT)
    qtbot.addWidget(sheet)
    sheet.resize(900, 300)
    sheet.show()
    key = ("z", 0)
    sheet.show_lines((Line(0, Word("logit"), Row((Sym("z =", "z ="), Num(key)))),), None, {})
    sheet.show_numbers({key: 1.5})
    (before,) = sheet.spots(key)
    width, height = before.width, sheet.height()
    zoomed(2.0)
    sheet.set_theme(look.LIGHT)
    (after,) = sheet.spots(key)
    assert after.width == pytest.approx(2 * width, rel=0.05)
    assert sheet.height() == pytest.approx(2 * height, rel=0.15)
