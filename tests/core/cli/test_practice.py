"""A sheet of exercises from the terminal."""

import pytest

import app
from core.teach.practice.sheet import as_markdown, sheet


def test_a_sheet_is_printed_as_markdown(capsys):
    assert app.main(["practice", "--seed", "7", "--count", "3", "--solutions"]) == 0
    assert capsys.readouterr().out == as_markdown(sheet(7, 3), 7, has_solutions=True)


@pytest.mark.parametrize("options", [["--count", "0"], ["--seed", "-1"], ["--count", "many"]])
def test_numbers_that_are_none_are_refused_in_words(capsys, options):
    assert app.main(["practice", *options]) != 0
    assert options[1] in capsys.readouterr().err
