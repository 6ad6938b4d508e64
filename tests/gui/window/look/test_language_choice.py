"""The language of a first start: the first of the system's that the window speaks; its font."""

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QFontMetrics

from gui.window.look.language_choice import LanguageChoice, best_of, is_readable
from gui.window.settings import Settings


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


@pytest.fixture
def without_chinese(monkeypatch):
    """A machine whose fonts have the letters of Europe only."""
    monkeypatch.setattr(QFontMetrics, "inFontUcs4", lambda _, letter: letter < 0x2000)


@pytest.mark.usefixtures("dressed", "without_chinese")
def test_a_language_whose_letters_no_font_has_is_not_shown_as_boxes(qtbot, qapp):
    choice = LanguageChoice(Settings(QSettings()), qapp)
    assert (is_readable("de"), is_readable("zh_CN")) == (True, False)
    with qtbot.assertNotEmitted(choice.chosen), qtbot.waitSignal(choice.refused) as said:
        choice.choose("zh_CN")
    assert "fonts-noto-cjk" in said.args[0]
