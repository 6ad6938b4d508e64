"""Formulae as values: what they read as, in characters, as LaTeX and as CSV."""

from __future__ import annotations

from core.language import spoken
from gui.kit.maths.notation import (
    EQUALS,
    PLACE,
    PLUS,
    Flow,
    Frac,
    Matrix,
    Num,
    Sym,
    Word,
    flow,
    many,
    row,
    sentence,
    to_csv,
    to_latex,
    to_text,
    vector,
)


def text_of(key):
    return {"a": "0.938", "b": "−1.5", "c": "2·10⁻⁵", "d": "−3·10¹²"}[key[0]]


def test_a_formula_reads_as_text():
    node = flow(Sym(r"z_{0} =", "z0 ="), Num(("a",)), row(PLUS, Num(("b",), is_term=True)))
    assert to_text(node, text_of) == "z0 = 0.938 + (−1.5)"


def test_a_fraction_reads_as_latex():
    node = row(Frac(Num(("a",)), row(Num(("a",)), PLUS, Num(("c",)))), EQUALS, Word("so"))
    assert to_latex(node, text_of) == r"\frac{0.938}{0.938 + 2\cdot 10^{-5}} = \text{so}"


def test_a_vector_reads_with_commas():
    assert to_text(vector([("a",), ("b",)]), text_of) == "( 0.938 , −1.5 )"


def test_a_long_vector_wraps_after_its_commas():
    found = many([("a",)] * 10)
    assert isinstance(found, Flow)
    parts = [to_text(part, lambda key: "1") for part in found.parts]
    assert parts == ["( 1 ,", *["1 ,"] * 8, "1 )"]


def test_a_matrix_goes_out_as_csv_that_other_programs_read():
    table = Matrix(((Num(("a",)), Num(("b",))), (Num(("c",)), Num(("d",)))))
    cells = [line.split(",") for line in to_csv(flow(EQUALS, table), text_of).splitlines()]
    assert [[float(cell) for cell in line] for line in cells] == [[0.938, -1.5], [2e-5, -3e12]]


def test_a_formula_without_a_table_has_no_csv():
    assert to_csv(row(PLUS, Num(("a",))), text_of) == ""


def test_a_number_with_a_comma_goes_out_with_a_point():
    table = Matrix(((Num(("a",)), Num(("b",))),))
    with spoken("de"):
        assert to_csv(table, lambda _: "−0,5·10⁻⁵").strip() == "-0.5e-5,-0.5e-5"


def test_a_node_stands_where_the_sentence_has_its_place():
    class_of = Word("setosa", 0)
    words = [Word("of"), class_of, Word(","), Word("the"), Word("first")]
    assert sentence(f"of {PLACE}, the first", class_of) == words


def test_a_chinese_sentence_wraps_after_its_marks():
    parts = "\u4e00\uff0c", "\u4e8c\u3002", "\u4e09"
    assert sentence("".join(parts)) == [Word(part) for part in parts]
