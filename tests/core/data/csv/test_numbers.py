"""How tables write numbers: thousands, units, signs, exponents; the right value of each."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.config import CsvOptions
from core.data.csv.numbers import NumberForm, find_marks, split_unit
from core.errors import ConfigError

quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


# Thousands -------------------------------------------------------------------------------------


def test_groups_of_three_beside_small_numbers_are_thousands(read, cells):
    table = read('price,area,label\n"1,600","3,700.50",a\n"390","4,100.50",b\n"4,740",50.25,a\n')
    assert cells(table, "price") == [1600, 390, 4740]
    assert cells(table, "area") == [3700.5, 4100.5, 50.25]
    assert str(table.format).startswith("UTF-8, commas, decimal points, thousands by commas")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1.600,00", "390,00"),
        ("1.600", "390"),
        ("1\u00a0600", "390"),
        ("1\u202f600,0", "390,0"),
        ("1'600", "390"),
        ("1’600,00", "390,00"),
    ],
)
def test_decimal_commas_have_other_marks_for_thousands(read, cells, first, second):
    table = read(f"price;size;label\n{first};0,37;a\n{second};1,61;b\n12,5;2,0;a\n")
    assert cells(table, "price")[:2] == [1600, 390]
    assert cells(table, "size") == [0.37, 1.61, 2.0]


def test_several_groups_settle_the_marks(read, cells):
    table = read("n;label\n1.380.004.385;a\n331.002.651;b\n12,5;a\n")
    assert cells(table, "n") == [1380004385, 331002651, 12.5]


def test_indian_groups_are_thousands(read, cells):
    table = read('n,label\n"12,34,567",a\n"1,23,45,678.50",b\n"-4,56,789",a\n"12,345",b\n')
    assert cells(table, "n") == [1234567, 12345678.5, -456789, 12345]
    assert str(table.format).startswith("UTF-8, commas, decimal points, thousands by commas")


@pytest.mark.parametrize(
    "text", ["12,3,567", "123,45,678", "0,12,345", "1,23", "12,34,56", "1,2,3"]
)
def test_other_groups_are_no_numbers(text):
    assert NumberForm(".", ",").parse(text) is None


def test_the_unit_of_a_label_stands_in_the_names_of_its_classes(read):
    text = "x,dose\n" + "".join(f"{k},{(5, 10)[k % 2]} mg\n" for k in range(8)) + "9,20 mg\n"
    names, y = read(text).columns[1].classes
    assert names == ("5 mg", "10 mg", "20 mg")
    assert y.tolist() == [0, 1] * 4 + [2]


def test_quoted_numbers_between_commas_have_thousands_by_commas(read, cells):
    table = read('n,label\n"12,345",a\n"123,456",b\n')
    assert cells(table, "n") == [12345, 123456]


def test_three_digits_after_a_zero_are_decimals(read, cells):
    table = read("x;label\n0,375;a\n1,250;b\n1,5;a\n")
    assert cells(table, "x") == [0.375, 1.25, 1.5]


def test_three_decimals_in_every_number_are_decimals_and_the_doubt_is_said(read, cells):
    table = read("x\tlabel\n1.625\ta\n2.250\tb\n3.125\ta\n")
    assert cells(table, "x") == [1.625, 2.25, 3.125]
    assert any("“1.625” in x" in note and "1.625:" in note for note in map(str, table.format.notes))


def test_thousands_without_a_second_mark_are_said(read, cells):
    table = read("x\tlabel\n1.600\ta\n390\tb\n4.740\ta\n")
    assert cells(table, "x") == [1600, 390, 4740]
    assert any("“1.600” in x" in note and "1600" in note for note in map(str, table.format.notes))


@pytest.mark.parametrize(
    ("said", "value"),
    [({"thousands": "."}, 1625), ({"thousands": ""}, 1.625), ({"decimal": "."}, 1.625)],
    ids=str,
)
def test_what_a_person_says_of_thousands_is_not_guessed(read, cells, said, value):
    table = read("x\tlabel\n1.625\ta\n2.250\tb\n", **said)
    assert cells(table, "x")[0] == value


def test_one_mark_cannot_be_both(read):
    with pytest.raises(ConfigError, match="both"):
        CsvOptions(decimal=",", thousands=",")


def test_blanks_between_two_numbers_of_one_cell_are_no_thousands(read):
    table = read("x,s\n" + "1.5,a\n" * 9 + "1 000,b\n")
    assert table.columns[0].not_numbers == 1


@pytest.mark.parametrize("text", ["1,60", "1,6000", "0,600", "1,600,50", "1,,600"])
def test_other_groups_than_of_three_are_no_thousands(text):
    assert NumberForm(".", ",").parse(text) is None


written = st.integers(-(10**12), 10**12) | st.floats(
    -1e12, 1e12, allow_nan=False, allow_infinity=False
).map(lambda x: round(x, 2))


@quick
@given(
    st.lists(written, min_size=3, max_size=12),
    st.sampled_from([(".", ","), (",", "."), (",", " "), (".", " "), (".", "'"), (",", "'")]),
)
def test_numbers_as_a_country_writes_them_are_read_as_they_are(read, cells, numbers, marks):
    decimal, thousands = marks
    swap = str.maketrans({",": thousands, ".": decimal})
    text = "x\tlabel\n" + "".join(
        f"{x:,.2f}\t{'ab'[k % 2]}\n".translate(swap) for k, x in enumerate([1234567.25, *numbers])
    )
    assert cells(read(text), "x") == [1234567.25, *numbers]


# Units -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "unit"),
    [
        ("$", "", "$"),
        ("€ ", "", "€"),
        ("US$", "", "US$"),
        ("USD ", "", "USD"),
        ("", "%", "%"),
        ("", " %", "%"),
        ("", " cm", "cm"),
        ("", "kg", "kg"),
        ("", " °C", "°C"),
        ("", " km/h", "km/h"),
        ("", " m²", "m²"),
        ("", " cm3", "cm3"),
        ("", " mmHg", "mmHg"),
        ("", " €", "€"),
        ("", " years", "years"),
    ],
)
def test_a_constant_unit_is_read_and_kept(read, cells, before, after, unit):
    rows = "".join(f"{before}{k}.5{after},{'ab'[k % 2]}\n" for k in range(1, 8))
    table = read("x,label\n" + rows)
    assert cells(table, "x") == [k + 0.5 for k in range(1, 8)]
    assert table.columns[0].unit == unit
    assert table.usable(1) == (0,)


def test_units_go_with_decimal_commas_and_thousands(read, cells):
    table = read("x;label\n1.234,50 €;a\n99,90 €;b\n-3,00 €;a\n")
    assert cells(table, "x") == [1234.5, 99.9, -3]


def test_money_in_brackets_is_negative(read, cells):
    table = read('x,label\n"($1,234.50)",a\n$2.00,b\n-$3.00,a\n')
    assert cells(table, "x") == [-1234.5, 2, -3]


def test_numbers_in_brackets_are_negative_if_they_have_a_mark(read, cells):
    table = read('x,label\n"(1,234.50)",a\n2.00,b\n(3.25),a\n')
    assert cells(table, "x") == [-1234.5, 2, -3.25]


def test_units_that_change_leave_words(read):
    table = read("x,z,label\n1.6 m,1,a\n39 cm,2,b\n12 mm,4,a\n7 in,5,b\n")
    assert table.columns[0].kind == "text"
    assert table.columns[0].unit == ""


@pytest.mark.parametrize(
    "words",
    [
        ["2D", "3D"],
        ["1st", "2nd", "3rd"],
        ["g 1", "g 2", "g 10"],
        ["A1", "B2", "C3"],
        ["x1", "x2", "x3"],
    ],
)
def test_words_with_numbers_stay_words(read, words):
    rows = "".join(f"{k}.5,{words[k % len(words)]}\n" for k in range(9))
    assert read("x,s\n" + rows).columns[1].kind == "text"


def test_a_unit_of_a_later_block_is_read(read, cells, monkeypatch):
    from core.data.csv import text_file

    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    rows = [f"{k % 50}.25 cm,{'ab'[k % 2]}\n" for k in range(2000)]
    table = read("x,label\n" + "".join(rows))
    assert cells(table, "x") == [k % 50 + 0.25 for k in range(2000)]


@given(st.text(max_size=30))
def test_any_text_is_a_number_with_a_unit_or_none(text):
    found = split_unit(text)
    assert found is None or any(c.isdigit() for c in found.number)
    for form in (NumberForm(), NumberForm(",", "."), NumberForm(".", "'")):
        form.parse_any(text)


@given(st.lists(st.lists(st.text(st.sampled_from("0123456789.,' -%$em"), max_size=9))))
def test_marks_of_any_cells_are_two_different_ones(columns):
    form = find_marks(columns).form
    assert form.decimal in ".," and form.decimal != form.thousands


# Signs and exponents ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("\u22120.39", -0.39),
        ("\u22121.5e\u22123", -0.0015),
        ("1.600D+00", 1.6),
        ("3.9d-01", 0.39),
        ("-4.74D2", -474),
        ("5D+03", 5000),
    ],
)
def test_typeset_minuses_and_fortrans_exponents_are_numbers(read, cells, text, value):
    table = read(f"x,label\n{text},a\n2.5,b\n7,a\n")
    assert cells(table, "x") == [pytest.approx(value, rel=1e-15), 2.5, 7]
    assert table.columns[0].kind == "numbers"
