"""Files that are no tables say what they are."""

import pytest


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html>\n<html><body><p>a, b, c</p></body></html>\n",
        "\n  <html lang='en'>\n<head></head>\n</html>\n",
        "<!-- saved --><HTML>\n<table><tr><td>1</td></tr></table></HTML>\n",
        "<table>\n<tr><td>1,2</td></tr>\n</table>\n",
    ],
)
def test_a_web_page_says_how_to_get_the_table(refusal, text):
    words = refusal(text)
    assert "web page, not a table" in words and "Raw" in words


@pytest.mark.parametrize(
    "text",
    [
        '[{"length":1.2,"class":"a"},{"length":2.2,"class":"b"}]',
        '{\n  "rows": [\n    [1, 2]\n  ]\n}\n',
        '[\n  {\n    "a": 1\n  }\n]\n',
        "[[1, 2, 3],\n [4, 5, 6]]\n",
        '["a", "b"]\n',
    ],
)
def test_json_says_that_it_is_no_table(refusal, text):
    assert "is JSON, not a table" in refusal(text)


@pytest.mark.parametrize(
    "text",
    ["<?xml version='1.0'?>\n<rows><row a='1'/></rows>\n", "<rows>\n <row a='1'/>\n</rows>\n"],
)
def test_xml_says_that_it_is_no_table(refusal, text):
    assert "is XML" in refusal(text)


def test_a_table_whose_names_hold_tags_is_a_table(read):
    assert read("<b>length</b>,<i>class</i>\n1.5,<u>a</u>\n2.5,<u>b</u>\n").n == 2


@pytest.mark.parametrize("cell", ["<5", "<=50K", "[low]", "{x}", "< 3"])
def test_cells_with_brackets_are_cells(read, cell):
    assert read(f"{cell},1.5,a\n{cell},2.5,b\n").n == 2
