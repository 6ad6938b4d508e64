"""Features that stand for words."""

import pytest

from core.data.indicators import Indicator, asked_of

SEX = Indicator("sex", "male", "female")
PORTS = tuple(Indicator("port", word) for word in ("Cork", "Queenstown", "Cherbourg"))
NAMES = ("age", SEX.name, *(port.name for port in PORTS))
AGE, ASKED_SEX, PORT = asked_of(NAMES, (None, SEX, *PORTS))


def test_features_of_one_column_are_asked_for_together():
    assert [str(AGE), str(ASKED_SEX)] == ["age", "sex (female or male)"]
    assert (PORT.name, PORT.indices) == ("port", (2, 3, 4))
    assert PORT.words == ("Cork", "Queenstown", "Cherbourg")


@pytest.mark.parametrize(
    ("word", "features"),
    [("male", [1]), (" FEMALE ", [0]), ("1", [1]), ("no", [0]), ("other", None), ("", None)],
)
def test_one_of_two_words_is_0_or_1(word, features):
    assert ASKED_SEX.encode(word) == features


@pytest.mark.parametrize(
    ("word", "features"), [("Queenstown", [0, 1, 0]), ("cherbourg", [0, 0, 1]), ("1", None)]
)
def test_one_of_several_words_has_an_indicator_of_its_own(word, features):
    assert PORT.encode(word) == features


@pytest.mark.parametrize(
    ("indicator", "value", "said"),
    [
        (SEX, 1, "sex male"),
        (SEX, 0, "sex female"),
        (SEX, 0.25, "sex 0.25 of male"),
        (PORTS[0], 0, "port not Cork"),
    ],
)
def test_a_value_is_said_in_words(indicator, value, said):
    assert indicator.describe(value) == said
