"""Fields for one value: their notches, what can be typed, what is refused, and the wheel."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPlainTextEdit, QVBoxLayout, QWidget

from core.language import spoken
from gui.kit import zoom
from gui.kit.fields.card import Card
from gui.kit.fields.choices import Choice, Segments, Toggle
from gui.kit.fields.menus import leave_menu, menu_of
from gui.kit.fields.notches import notch_above, notch_below
from gui.kit.fields.numbers import BatchField, CountField, NotchField, ShareField
from tests.gui.wheel import turn_wheel


@pytest.fixture
def shown(qtbot, dressed):
    """Return a function that shows a field above another thing that can have the focus."""
    pages = []  # they live as long as the test

    def show(field):
        page = QWidget()
        pages.append(page)
        qtbot.addWidget(page)
        column = QVBoxLayout(page)
        other = CountField(0, 1)
        for widget in (field, other):
            column.addWidget(widget)
        page.show()
        qtbot.waitExposed(page)
        page.activateWindow()
        other.setFocus()
        qtbot.waitUntil(other.hasFocus)
        field.other = other
        return field

    return show


# Notches --------------------------------------------------------------------------------------


def test_notches_go_1_2_5_10():
    value, seen = 0.001, []
    for _ in range(9):
        seen.append(value)
        value = notch_above(value)
    assert seen == [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]


@given(st.floats(1e-9, 1e29))
def test_a_notch_lies_strictly_beyond_and_within_a_factor_of_2_5(value):
    above, below = notch_above(value), notch_below(value)
    assert value < above <= 2.5 * value * (1 + 1e-9)
    assert value > below >= value / 2.5 * (1 - 1e-9)


@given(st.sampled_from((1, 2, 5)), st.integers(-9, 28))
def test_up_and_down_from_a_notch_lead_back(digit, power):
    notch = float(f"{digit}e{power}")
    assert notch_below(notch_above(notch)) == pytest.approx(notch, rel=1e-12)
    assert notch_above(notch_below(notch)) == pytest.approx(notch, rel=1e-12)


def test_arrows_of_a_notch_field_go_by_notches(qtbot, shown):
    field = shown(NotchField(1e-6, 100))
    field.setValue(0.1)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 0.2
    for _ in range(2):
        qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == 0.05


def test_a_notch_field_stops_at_its_ends(qtbot, shown):
    field = shown(NotchField(0.1, 1))
    for key, end in ((Qt.Key.Key_Down, 0.1), (Qt.Key.Key_Up, 1)):
        for _ in range(5):
            qtbot.keyClick(field, key)
        assert field.value() == end


def test_zero_lies_below_the_smallest_notch(qtbot, shown):
    field = shown(NotchField(0.1, 1, zero=True))
    field.setValue(0.1)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == 0
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 0.1


# Typing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.5", 0.5), ("0,5", 0.5), ("1e-3", 1e-3), ("2E2", 200), (".25", 0.25), ("+3", 3)],
)
def test_a_number_can_be_typed_in_any_usual_form(qtbot, shown, enter, typed, value):
    field = shown(NotchField(1e-6, 1000))
    enter(field, typed)
    assert field.value() == value


@pytest.mark.parametrize("typed", ["nan", "inf", "abc", "-1", "0", "1e9", "1e-", ""])
def test_what_is_no_value_of_the_field_changes_nothing(qtbot, shown, enter, typed):
    field = shown(NotchField(1e-6, 1000))
    field.setValue(0.5)
    with qtbot.assertNotEmitted(field.valueChanged):
        enter(field, typed)
        field.other.setFocus()
    assert field.value() == 0.5
    assert field.text() == "0.5"


def test_letters_do_not_get_into_a_number(qtbot, shown, enter):
    field = shown(NotchField(1e-6, 1000))
    enter(field, "1x2y", end=False)
    assert field.lineEdit().text() == "12"


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(value=st.floats(1e-6, 1e6))
def test_what_a_field_shows_it_reads_back(dressed, value):
    field = NotchField(1e-6, 1e6)
    assert field.valueFromText(field.textFromValue(value)) == pytest.approx(value, rel=1e-5)


def test_a_click_selects_the_number_so_that_typing_replaces_it(qtbot, shown):
    field = shown(NotchField(1e-6, 1000))
    field.setValue(12.5)
    qtbot.mouseClick(field.lineEdit(), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: field.lineEdit().selectedText() == "12.5")


def test_a_count_goes_by_one_by_notches_or_by_powers_of_two(qtbot, shown):
    for field, start, up, down in (
        (CountField(0, 1000), 7, 8, 6),
        (CountField(1, 1000, notches=True), 100, 200, 50),
        (CountField(1, 1000, notches=True), 7, 10, 5),
        (CountField(1, 1000, powers_of_two=True), 32, 64, 16),
        (CountField(1, 1000, powers_of_two=True), 33, 64, 32),
    ):
        shown(field)
        for key, value in ((Qt.Key.Key_Up, up), (Qt.Key.Key_Down, down)):
            field.setValue(start)
            qtbot.keyClick(field, key)
            assert field.value() == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [("7", 7), ("full", 120), ("Full", 120), ("120", 120), ("120000", 120)],
)
def test_a_batch_size_is_a_number_or_full(qtbot, shown, enter, typed, value):
    field = shown(BatchField())
    field.setMaximum(120)
    field.setValue(32)
    enter(field, typed)
    assert field.value() == value
    assert field.text() == ("full" if value == 120 else str(value))


@pytest.mark.parametrize("typed", ["0", "-3", "1.5x", "x", "fuzzy"])
def test_what_is_no_batch_size_is_not_taken_as_typed(qtbot, shown, enter, typed):
    field = shown(BatchField())
    field.setMaximum(120)
    field.setValue(32)
    enter(field, typed)
    assert field.value() >= 1
    assert field.text() == ("full" if field.value() == 120 else str(field.value()))


def test_a_batch_size_goes_up_to_full_and_down_again(qtbot, shown):
    field = shown(BatchField())
    field.setMaximum(120)
    field.setValue(64)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == "full"
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == 64


# The wheel ------------------------------------------------------------------------------------


def choice() -> Choice:
    field = Choice()
    field.set_options([(word, word) for word in "abc"], "b")
    return field


@pytest.mark.parametrize(
    "make", [lambda: NotchField(1e-6, 1000), lambda: CountField(0, 9), BatchField, choice]
)
def test_the_wheel_turns_only_what_has_the_focus(qtbot, shown, make):
    field = shown(make())

    def value():
        return field.currentText() if isinstance(field, Choice) else field.value()

    before = value()
    turn_wheel(field, +1)
    assert value() == before
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    turn_wheel(field, +1)
    assert value() != before


# Words ----------------------------------------------------------------------------------------


def test_a_choice_tells_the_value_that_a_person_chose(qtbot, shown):
    field = shown(choice())
    field.setFocus()
    with qtbot.waitSignal(field.chosen) as told:
        qtbot.keyClick(field, Qt.Key.Key_Down)
    assert told.args == ["c"]


def test_offering_other_options_tells_nobody(qtbot, dressed):
    field = choice()
    qtbot.addWidget(field)
    with qtbot.assertNotEmitted(field.chosen):
        field.set_options([("x", 1), ("y", 2)], 2)
    assert field.currentText() == "y"


def test_a_toggle_says_on_and_off(qtbot, shown):
    field = shown(Toggle())
    assert field.text() == "off"
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    assert (field.text(), field.isChecked()) == ("on", True)


def test_of_segments_one_is_chosen(qtbot, shown):
    field = shown(Segments((("One", 1, "the first"), ("Two", 2, "the second"))))
    field.choose(1)
    with qtbot.waitSignal(field.chosen) as told:
        qtbot.mouseClick(field.button(2), Qt.MouseButton.LeftButton)
    assert told.args == [2]
    assert [field.button(k).isChecked() for k in (1, 2)] == [False, True]


def test_a_row_of_a_card_names_its_field(qtbot, dressed):
    card, field = Card("Training"), NotchField(1e-6, 1)
    qtbot.addWidget(card)
    row = card.add_row("learning rate <i>η</i>", field, "Step size")
    assert field.accessibleName() == "learning rate η"
    (label,) = row.findChildren(QLabel)
    assert label.buddy() is field
    assert label.toolTip() == field.toolTip() == "Step size"


# What a number stands for, and room -----------------------------------------------------------


def test_a_share_is_a_fraction_for_others(qtbot, shown, enter):
    field = shown(ShareField(0.9))
    field.show_value(0.25)
    assert field.text() == "25 %"
    with qtbot.waitSignal(field.chosen) as told:
        enter(field, "12.5")
    assert told.args == [0.125]


def test_a_share_that_is_given_is_none_for_others(qtbot, shown, enter):
    field = shown(ShareField(0.9))
    field.set_given(True)
    field.show_value(None)
    assert field.text() == "as given"
    enter(field, "30")
    with qtbot.waitSignal(field.chosen) as told:
        enter(field, "as given")
    assert told.args == [None]
    field.set_given(False)
    assert field.text() == "none" and field.value() == 0


def test_a_full_batch_is_none_for_others(qtbot, shown, enter):
    field = shown(BatchField())
    field.set_rows(120)
    field.show_value(32)
    with qtbot.waitSignal(field.chosen) as told:
        enter(field, "full")
    assert told.args == [None]
    field.set_rows(150)
    field.show_value(None)
    assert field.value() == 150


@pytest.mark.parametrize("make", [lambda: NotchField(1e-6, 1000), lambda: CountField(0, 99)])
def test_what_is_shown_is_told_to_nobody(qtbot, shown, make):
    field = shown(make())
    with qtbot.assertNotEmitted(field.chosen):
        field.show_value(7)
    assert field.value() == 7


def test_a_field_grows_with_its_type(qtbot, shown):
    field = shown(CountField(0, 99))
    before = field.width()
    field.setFont(zoom.font(1.5))
    assert before == pytest.approx(CountField(0, 99).sizeHint().width(), abs=1)
    qtbot.waitUntil(lambda: field.width() >= 1.4 * before)


def test_a_field_is_as_wide_as_so_many_zeros_one_by_one(dressed):
    zero = CountField(0, 9).fontMetrics().horizontalAdvance("0")
    assert CountField(0, 9).sizeHint().width() == 9 * zero
    assert ShareField(1.0, widest="0000000").sizeHint().width() == 7 * zero


def test_a_switch_shows_by_its_picture_whether_it_is_on(shown, pixels):
    """By more than the word: the knob is at the other end of its track."""
    switch = shown(Toggle())
    track = slice(0, switch.height() * 2)
    off = pixels(switch)[:, track]
    switch.click()
    assert switch.text() == "on"
    assert (pixels(switch)[:, track] != off).any(axis=2).sum() > 50


# The menu of a right click --------------------------------------------------------------------


def entries_of(menu):
    """Return the entries of a menu by their words, without mnemonics and keys."""
    assert isinstance(menu, QMenu)
    return {action.text().replace("&", "").split("\t")[0]: action for action in menu.actions()}


def test_a_number_in_a_dialog_is_copied_pasted_and_stepped_by_its_menu(qtbot, shown):
    field = shown(NotchField(0.001, 10.0))
    field.show_value(0.1)
    field.selectAll()
    middle = field.rect().center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(field, QContextMenuEvent(reason, middle, field.mapToGlobal(middle)))
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    entries = entries_of(menu)
    entries["Copy"].trigger()
    assert QGuiApplication.clipboard().text() == "0.1"
    assert "Paste" in entries
    entries["Step up"].trigger()
    assert field.value() == 0.2
    menu.close()


def test_a_text_leaves_its_menu_to_what_is_around_it(qtbot):
    around, text = QWidget(), QPlainTextEdit("words")
    qtbot.addWidget(around)
    text.setParent(around)
    leave_menu(text)
    text.setReadOnly(True)
    around.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    around.show()
    middle, port = text.viewport().rect().center(), text.viewport()
    with qtbot.waitSignal(around.customContextMenuRequested):
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(port, QContextMenuEvent(reason, middle, port.mapToGlobal(middle)))
    assert {"Copy", "Select All"} <= set(entries_of(menu_of(port, around)))
    assert menu_of(around, around).isEmpty()


def test_a_field_writes_the_decimal_mark_of_the_language_and_reads_either(qtbot):
    with spoken("de"):
        field = NotchField(0.001, 10.0)
        qtbot.addWidget(field)
        field.show_value(0.25)
        assert field.text() == "0,25"
        assert [field.valueFromText(text) for text in ("0,5", "0.5")] == [0.5, 0.5]
