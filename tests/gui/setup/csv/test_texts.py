"""A table with a column of texts: proposed, chosen, taken back, loaded."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from core.config import CsvOptions
from core.data.csv import reader
from core.data.from_table import dataset_of_table
from gui.setup.csv.preview import FACT_ROW, FIRST_ROW, ROLE_ROW
from gui.setup.csv.selection import Role, Selection

PATIENCE_MS = 30_000
LEFT = Qt.MouseButton.LeftButton
WORDS = ("the robot saw Mars", "a kiss under the <b>moon</b>", "the engine hums at night")
MAILS = "kind\tmail\n" + "".join(
    f"{('ham', 'spam')[k % 2]}\t{WORDS[k % 3]} number {k} of the day\n" for k in range(30)
)
WITH_NUMBERS = "kind,mail,length\n" + "".join(
    f"{('ham', 'spam')[k % 2]},{WORDS[k % 3]} number {k} of the day,{k % 7 + 0.5}\n"
    for k in range(30)
)


@pytest.fixture
def select(tmp_path):
    """Return select(text): the selection that is proposed of a file with this text."""

    def select(text):
        path = tmp_path / "mails.csv"
        path.write_text(text, encoding="utf-8")
        return Selection(reader.read(path, CsvOptions()))

    return select


@pytest.fixture
def preview(qtbot, desk, tmp_path):
    """Return preview(text): the dialog on a file with this text, as the window opens it."""

    def preview(text):
        path = tmp_path / "mails.csv"
        path.write_text(text, encoding="utf-8")
        desk.csv.open_file(path)
        qtbot.waitUntil(lambda: desk.csv.dialog is not None, timeout=PATIENCE_MS)
        qtbot.waitExposed(desk.csv.dialog)
        return desk.csv.dialog

    return preview


def test_the_only_feature_is_proposed_as_texts_where_it_is_prose(select):
    selection = select(MAILS)
    assert selection.roles == [Role.LABEL, Role.TEXT]
    assert selection.config.text == "mail" and selection.config.features is None
    outcome = selection.outcome()
    assert not outcome.obstacle
    assert outcome.summary == "Loads 30 texts, of which the words in “mail” are the features"


def test_beside_numbers_texts_are_chosen_and_taken_back(select):
    selection = select(WITH_NUMBERS)
    assert not selection.is_text and selection.could_be_text == (1,)
    before = selection.config
    selection.choose_text(1)
    assert selection.roles == [Role.LABEL, Role.TEXT, Role.UNUSABLE]
    assert "length (beside texts" in selection.describe_unused()
    selection.toggle(2)
    assert selection.roles[2] is Role.UNUSABLE
    selection.choose_text(None)
    assert selection.config == before


def test_what_the_selection_says_is_what_is_loaded(select):
    text = MAILS + "ham\t\nspam\tthe last one of all\n"
    selection = select(text)
    dataset = dataset_of_table(selection.table, selection.config)
    assert selection.outcome().summary.startswith(f"Loads {dataset.n} texts") and dataset.n == 31
    assert dataset.documents is not None
    assert dataset.documents.texts[1] == "a kiss under the <b>moon</b> number 1 of the day"


def test_the_label_is_never_the_texts(select):
    selection = select(WITH_NUMBERS)
    selection.choose_text(1)
    selection.choose_label(1)
    assert selection.text is None and selection.roles[1] is Role.LABEL


def test_a_choice_of_texts_outlives_another_reading_of_the_file(select):
    selection = select(WITH_NUMBERS)
    selection.choose_text(1)
    assert selection.of_table(selection.table).text == 1


def test_the_dialog_shows_the_texts_and_loads_them(qtbot, desk, preview, new_run):
    dialog = preview(MAILS)
    cell = dialog.preview.index
    assert dialog.label.text.isVisible() and dialog.label.text.currentText() == "mail"
    assert cell(ROLE_ROW, 1).data() == "text" and cell(FACT_ROW, 1).data() == "30 texts"
    assert cell(FIRST_ROW + 1, 1).data() == "a kiss under the <b>moon</b> number 1 of the day"
    assert not dialog.label.all_button.isVisible()
    with new_run(desk):
        qtbot.mouseClick(dialog.foot.load_button, LEFT)
    task = desk.controller.run.task
    assert task.dataset.is_text and task.config.data.text == "mail"
    assert (task.dataset.name, task.dataset.n, task.dataset.h) == ("mails.csv", 30, 2)


def test_a_key_in_the_dialog_takes_a_column_for_texts(qtbot, preview):
    dialog = preview(WITH_NUMBERS)
    choice = dialog.label.text
    assert choice.currentText() == "none"
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert dialog.selection.text == 1
    assert dialog.foot.summary.text().startswith("Loads 30 texts")


def test_a_table_of_numbers_has_no_choice_of_texts(preview):
    dialog = preview("a,b,kind\n" + "".join(f"{k},{k % 5},{'AB'[k % 2]}\n" for k in range(20)))
    assert not dialog.label.text.isVisible()
