"""Questions in the strip: answered by a press or a number, or revealed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.teach.question import Question
from gui.window.lesson.question_row import QuestionRow

CHOICE = Question(("0", "ln 2", "<b>1</b>"), "ln 2", right="It is **so**.", wrong="Think of ½.")
NUMBER = Question((), 0.693, 0.001, right="Yes.")


@pytest.fixture
def row(qtbot):
    row = QuestionRow()
    qtbot.addWidget(row)
    row.show()
    return row


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_wrong_choice_says_why_and_may_be_followed_by_another(row):
    row.ask(CHOICE)
    press(row.choices[0])
    assert "Think of ½." in row.feedback.text() and not row.is_settled
    press(row.choices[1])
    assert "It is <strong>so</strong>." in row.feedback.text() and row.is_settled


def test_choices_are_text(row):
    row.ask(CHOICE)
    assert [button.text() for button in row.choices] == ["0", "ln 2", "<b>1</b>"]


@pytest.mark.parametrize("typed", ["0.693", "0,6935", " .6921 ", "69.3 %"])
def test_a_number_is_right_within_its_tolerance(row, qtbot, typed):
    row.ask(NUMBER)
    with qtbot.waitSignal(row.settled):
        QTest.keyClicks(row.field, typed)
        QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert "Yes." in row.feedback.text()


@pytest.mark.parametrize(
    ("typed", "said"), [("0.70", "Not so"), ("-0.693", "Not so"), ("", "number"), ("nan", "number")]
)
def test_another_number_is_not(row, typed, said):
    row.ask(NUMBER)
    QTest.keyClicks(row.field, typed)
    press(row.check_button)
    assert said in row.feedback.text() and not row.is_settled


def test_what_is_revealed_is_the_answer_and_takes_no_other(row):
    row.ask(NUMBER)
    row.reveal()
    assert "0.693" in row.feedback.text() and row.is_settled
    assert not row.field.isEnabled()


def test_the_next_question_begins_afresh(row):
    row.ask(CHOICE)
    row.reveal()
    row.ask(NUMBER)
    assert row.field.isVisible() and not row.choices and row.feedback.text() == ""
    row.ask(None)
    assert not row.isVisible() and row.is_settled


@pytest.mark.parametrize("question", [CHOICE, NUMBER], ids=["a choice", "a number"])
def test_an_answer_moves_nothing(row, qtbot, question):
    row.resize(500, 200)
    row.ask(question)
    high = row.heightForWidth(500)
    row.answer("ln 3")
    assert row.feedback.text() and row.heightForWidth(500) == high < 150
    row.reveal()
    assert row.is_settled and row.heightForWidth(500) == high
