"""Which lines of a table are its header, and what they state of the columns."""

import pytest


@pytest.mark.parametrize(
    "header",
    [
        "x,2021,tree",  # one number among words
        "1990,2000,tree",  # years above fractions, and a word that is never found below
        "400.5,700.5,tree",  # wavelengths far beyond what the columns hold
        "1,2,tree",
    ],
)
def test_numbers_may_name_columns_of_numbers(read, blobs, text_of, header):
    table = read(text_of(blobs, header))
    assert table.format.header_line == 1
    assert table.names == tuple(header.split(","))
    assert table.n == len(blobs)


def test_years_are_a_header_even_among_the_numbers_that_a_column_holds(read, text_of):
    rows = [(1500 + 37 * k % 1000, 1700 + 91 * k % 900, "NSE"[k % 3]) for k in range(40)]
    assert read(text_of(rows, "2019,2020,region")).names == ("2019", "2020", "region")


def test_years_above_years_are_data(read, text_of):
    rows = [(1950 + 7 * k % 60, 1960 + 11 * k % 60, "NSE"[k % 3]) for k in range(40)]
    assert read(text_of(rows)).format.header_line is None


def test_growing_years_alone_are_a_header(read, blobs, text_of):
    rows = [(a, b) for a, b, _ in blobs]
    assert read(text_of(rows, "1990,2000")).names == ("1990", "2000")


def test_even_steps_name_the_columns_whose_numbers_they_could_be(read, blobs, text_of):
    rows = [(k * 37 % 500, k * 91 % 600, k * 53 % 700, tree) for k, (*_, tree) in enumerate(blobs)]
    assert read(text_of(rows, "400,410,420,tree")).names == ("400", "410", "420", "tree")


def test_numbers_above_numbers_like_them_are_data(read, blobs, text_of):
    assert read(text_of([(a, b) for a, b, _ in blobs])).n == len(blobs)


@pytest.mark.parametrize("first", ["2.5,1.5,yew", "10,10,yew", "3,1,yew"])
def test_a_class_that_stands_in_line_1_only_makes_no_header_of_it(read, blobs, text_of, first):
    table = read(text_of(blobs, first))
    assert table.format.header_line is None
    assert table.n == len(blobs) + 1


def test_one_slip_above_numbers_makes_no_header_where_a_word_is_found_again(read, blobs, text_of):
    table = read(text_of([("n/s", "1.5", "ash"), *blobs]))
    assert table.format.header_line is None


ORANGE = [
    "length\twidth\tspecies\nc\tc\td\n\t\tclass\n",
    "length\twidth\tspecies\ncontinuous\tcontinuous\tash elm oak\n\t\tclass\n",
    "C#length\tC#width\tcD#species\n",
]


@pytest.mark.parametrize("header", ORANGE)
def test_the_header_of_orange_names_columns_and_class(read, blobs, header):
    rows = "\n".join("\t".join(row) for row in blobs)
    table = read(header + rows + "\n", "t.tab")
    assert table.names == ("length", "width", "species")
    assert table.format.roles == ("", "", "label")
    assert table.n == len(blobs)
    assert set(table.columns[2].words) == {"ash", "elm", "oak"}


def test_what_orange_sets_aside_is_no_feature_by_itself(read, blobs):
    rows = "\n".join(f"{k}.5\t" + "\t".join(row) for k, row in enumerate(blobs))
    header = "age\tlength\twidth\tspecies\ncontinuous\tcontinuous\tcontinuous\tdiscrete\n"
    table = read(f"{header}meta\t\t\tclass\n{rows}\n", "t.tab")
    assert "set aside" in table.columns[0].doubt
    assert not table.columns[1].doubt


def test_letters_like_oranges_are_data_where_the_columns_do_not_fit(read):
    table = read("first,second\nc,d\nd,c\nc,c\nd,d\n")
    assert table.n == 4


def test_a_number_sign_in_some_names_is_no_flag(read):
    table = read("item #,C#,kind\n1,2.5,a\n4,3.5,b\n")
    assert table.names == ("item #", "C#", "kind")
