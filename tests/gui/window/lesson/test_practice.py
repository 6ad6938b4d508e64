"""The sheet of exercises in its window: answered, said why not, unfolded, kept as a table."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QWidget

from core.teach.practice.sheet import sheet
from gui.window.lesson.practice import PracticeDialog

PATIENCE_MS = 30_000


@pytest.fixture
def dialog(qtbot, background):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(1366, 768)
    dialog = PracticeDialog(background, parent)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.begin(7)
    yield dialog
    parent.close()


def go_to(dialog, kind):
    """Turn to the exercise of this kind."""
    while dialog.exercise.kind != kind:
        dialog.next_button.click()
    return dialog.exercise


def answer(dialog, *texts):
    for field, text in zip(dialog.fields, texts, strict=True):
        if isinstance(field, QLineEdit):
            field.clear()
            QTest.keyClicks(field, text)
        else:
            field.show_value(text)
    dialog.check_button.click()
    return dialog.feedback.text()


def test_an_exercise_is_answered_with_feedback_on_the_way(dialog):
    exercise = go_to(dialog, "cross-entropy")
    value = float(exercise.fields[0].answer)
    assert "Type a number" in answer(dialog, "")
    assert "minus was forgotten" in answer(dialog, f"{-value:.2f}")
    assert "Right" in answer(dialog, f"{value:.2f}".replace(".", ","))
    assert not dialog.fields[0].isEnabled() and "1 right" in dialog.position.text()
    result = dialog.results[sheet(7, 9).index(exercise)]
    assert (result.is_right, result.attempts) == (True, 2)


def test_a_choice_is_chosen_and_return_checks_a_number(dialog):
    exercise = go_to(dialog, "decision")
    z, said = exercise.fields
    dialog.fields[1].show_value(said.answer)
    QTest.keyClicks(dialog.fields[0], str(z.answer))
    QTest.keyClick(dialog.fields[0], Qt.Key.Key_Return)
    assert "Right" in dialog.feedback.text()


def test_what_is_unfolded_counts_as_not_answered_and_what_was_given_stays(dialog):
    assert not dialog.solution.isVisible()
    first, fields = dialog.exercise, len(dialog.fields)
    answer(dialog, *["9"] * fields) if not first.fields[0].choices else None
    dialog.solution_button.click()
    assert dialog.solution.isVisible() and not dialog.check_button.isEnabled()
    dialog.next_button.click()
    assert not dialog.solution.isVisible() and dialog.check_button.isEnabled()
    dialog.back_button.click()
    assert dialog.solution.isVisible() and dialog.exercise is first
    assert not dialog.results[0].is_right


def test_the_number_of_a_sheet_gives_it_again(dialog):
    assert [dialog.seed.value(), dialog.count.value()] == [7, 9]
    assert dialog.exercise == sheet(7, 9)[0]
    dialog.begin(8)
    assert dialog.exercise == sheet(8, 9)[0]


def test_results_are_written_as_a_table(dialog, background, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "results.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    dialog.name.setText("Ada")
    exercise = go_to(dialog, "sigmoid")
    answer(dialog, f"{exercise.fields[0].answer:.3f}")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: background.poll() or background.is_idle, timeout=PATIENCE_MS)
    assert dialog.position.text() == "results.csv is written."
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["kind"]: row for row in csv.DictReader(file)}
    assert len(rows) == 9 and {row["name"] for row in rows.values()} == {"Ada"}
    assert (rows["sigmoid"]["right"], rows["update"]["right"]) == ("yes", "no")


def test_the_menu_offers_it_beside_the_lessons(window):
    menu = next(
        menu
        for menu in window.menuBar().findChildren(QMenu)
        if menu.title() == "Le&ssons" and menu.parent() is window.menuBar()
    )
    titles = [action.text() for action in menu.actions()]
    assert titles[-1] == "&Practice…" and len(titles) > 5
    menu.actions()[-1].trigger()
    assert window.lesson_opener.practice.isVisible()
