"""What is chosen in fields as text, and chosen again; text that names nothing changes nothing."""

import pytest
from PySide6.QtWidgets import QCheckBox

from core.language import spoken, tr
from gui.kit.fields import kept
from gui.kit.fields.choices import Choice, Segments
from gui.kit.fields.unscrolled import Slider


@pytest.fixture
def made(qtbot):
    """Return each field with other words that can be chosen in it, and a signal of its choice."""

    def add(widget):
        qtbot.addWidget(widget)
        return widget

    choice, slider = add(Choice()), add(Slider())
    choice.set_options([("one", 1), ("two", 2)], 1)
    slider.setRange(0, 9)
    segments, box = add(Segments([("a", 1, ""), ("b", 2, "")])), add(QCheckBox())
    segments.choose(1)
    return {
        "combo": (kept.combo(choice), "two", choice.chosen),
        "switch": (kept.switch(box), "on", box.toggled),
        "segments": (kept.segments(segments), "b", segments.chosen),
        "slider": (kept.slider(slider), "7", slider.valueChanged),
    }


@pytest.mark.parametrize("name", ["combo", "switch", "segments", "slider"])
def test_a_choice_is_made_again_as_a_person_makes_it(made, name, qtbot):
    field, words, chosen = made[name]
    with qtbot.waitSignal(chosen):
        field.choose(words)
    assert field.words() == words


@pytest.mark.parametrize("name", ["combo", "switch", "segments", "slider"])
@pytest.mark.parametrize("words", ["", "none", "-1", "10", "9" * 400, "٣", "1.5"])
def test_words_that_name_nothing_change_nothing(made, name, words, qtbot):
    field, _, chosen = made[name]
    before = field.words()
    with qtbot.assertNotEmitted(chosen):
        field.choose(words)
    assert field.words() == before


@pytest.mark.parametrize(
    "text", ["", "1", "2 1", "1 1", "nan 1", "0 inf", "-1e300 1", "a b", "1 2 3"]
)
def test_axes_that_cannot_be_drawn_have_no_ends(text):
    assert kept.ends(text, 1) is None


def test_ends_of_axes_are_read_as_they_are_written():
    assert kept.ends("-0.5 1e3 2 4.25", 2) == ((-0.5, 1000.0), (2.0, 4.25))


@pytest.mark.parametrize("text", ["", "0,0", "1", "1,2,3", "1,-2", "1,200000", "1,a"])
def test_sizes_of_another_number_or_of_none_are_no_sizes(text):
    assert kept.sizes(text, 2) is None


def test_sizes_are_read_as_they_are_written():
    assert kept.sizes(kept.listed([300, 240]), 2) == [300, 240]


@pytest.fixture(params=["combo", "segments"])
def field(qtbot, request):
    """Return field(language, *texts): what is kept of a field of these texts in a language."""

    def field(language, *texts):
        with spoken(language):
            words = [tr(text) for text in texts]
            is_combo = request.param == "combo"
            made = Choice() if is_combo else Segments([(each, each, "") for each in words])
        qtbot.addWidget(made)
        if isinstance(made, Choice):
            made.set_options([(each, each) for each in words], words[0])
            return kept.combo(made)
        made.choose(words[0])
        return kept.segments(made)

    return field


def test_a_choice_is_kept_in_english_whatever_the_language(field):
    texts = "Reset", "Temperature"
    german, chinese = field("de", *texts), field("zh_CN", *texts)
    with spoken("de"):
        german.choose("Temperature")
        known = german.words()
    with spoken("zh_CN"):
        chinese.choose(known)
        assert (known, chinese.words()) == ("Temperature", "Temperature")


def test_what_a_language_says_alike_is_chosen_again_in_another(field):
    """German has one word, Update, for the update and for a line named Update."""
    german, plain = field("de", "loss", "update"), field("en", "loss", "update")
    with spoken("de"):
        german.choose("update")
        known = german.words()
    plain.choose(known)
    assert plain.words() == "update"
