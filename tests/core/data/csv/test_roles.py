"""What each column of a table is for."""

import pytest

from core.config import DataConfig
from core.data.csv import roles
from core.errors import DataError

COLOURS, ANSWERS = ("red", "blue", "green"), ("yes", "no", "Yes", "NO")


@pytest.fixture
def decide(read, blobs, text_of):
    """Return decide(…): the columns of the data set, the categorical ones, and all others."""

    def decide(**data):
        rows = [
            (COLOURS[k % 3], a, ANSWERS[k % 4], f"w{k % 25}", k % 4, k, "v", tree)
            for k, (a, _, tree) in enumerate(blobs)
        ]
        table = read(text_of(rows, "colour,a,smoker,word,size,price,city,tree"))
        found = roles.decide(table, DataConfig(source="csv", path="t.csv", **data))
        names = [table.names[j] for j in found.columns]
        return names, {table.names[j] for j in found.categorical}, reasons(found)

    return decide


def reasons(found):
    return {name: str(why) for name, why in found.unused}


def test_two_words_go_in_by_themselves_and_more_on_request(decide):
    columns, categorical, unused = decide()
    assert columns == ["a", "smoker", "size", "price"]
    assert categorical == {"smoker"}
    assert unused == {
        "colour": "words: 3 different ones, as categories on request",
        "word": "text: 25 different words, at most 20 can be categories",
        "city": "constant: always “v”",
    }


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("all",), {"colour", "smoker"}),
        ((), set()),
        (("colour",), {"colour"}),
        (("Size", "colour"), {"size", "colour"}),
    ],
)
def test_categories_are_those_that_are_asked_for(decide, wanted, found):
    assert decide(categorical=wanted)[1] == found


@pytest.mark.parametrize("feature", ["colour", "Colour", "colour = red"])
def test_a_column_of_words_that_is_named_as_a_feature_goes_in(decide, feature):
    assert "colour" in decide(features=("a", feature))[1]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("word", "text: 25 different words"),
        ("a", "numbers"),
        ("price", "60 different numbers, at most 20"),
        ("tree", "it is the label"),
        ("city", "constant"),
    ],
)
def test_what_cannot_be_categories_is_refused_with_its_reason(decide, column, reason):
    with pytest.raises(DataError, match=f"“{column}” cannot be categories .{reason}"):
        decide(categorical=(column,))
