"""The language of a first start: the first of the system's that the window speaks."""

import pytest

from gui.window.look.language_choice import best_of


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (["de-AT", "de", "en-GB"], "de"),
        (["fr-FR", "de-DE"], "de"),
        (["en-GB", "de-DE"], "en"),
        (["zh-Hans-CN", "zh"], "zh_CN"),
        (["zh-Hant-TW", "zh-TW"], "en"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_first_language_that_is_spoken_is_taken(wanted, code):
    assert best_of(wanted) == code
