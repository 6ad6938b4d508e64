"""What the preview shows of a table and lets choose, all in one window, which loads none."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from gui.setup.csv.preview import FACT_ROW, FIRST_ROW, ROLE_ROW
from tests.gui.conftest import PATIENCE_MS
from tests.gui.setup.csv.birds import BIRDS, CHECKED, GAPS, ROWS, UNCHECKED, choose, said, tick


@pytest.fixture(scope="module")
def window_of_all(open_for_all):
    return open_for_all()


@pytest.fixture
def preview(qtbot, window_of_all, write):
    """Return preview(text): the dialog on a file with this text; it is cancelled at the end."""
    window = window_of_all
    before = window.controller.run

    def preview(text, name="birds.csv"):
        window.csv.open_file(write(text, name))
        qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
        dialog = window.csv.dialog
        qtbot.waitExposed(dialog)
        return dialog

    yield preview
    qtbot.mouseClick(window.csv.dialog.foot.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.csv.dialog is None and window.is_at_rest, timeout=PATIENCE_MS)
    assert window.controller.run is before
    assert not window.controller.undo_stack.canUndo()


def test_what_was_understood_is_said_in_words(preview):
    dialog = preview(BIRDS)
    assert dialog.head.title.text() == "birds.csv"
    assert dialog.head.understood.text() == (
        "40 rows × 5 columns  ·  UTF-8, semicolons, decimal commas, header in line 1"
    )


def test_each_column_says_what_it_is_used_as_and_why_not(preview):
    dialog = preview(BIRDS)
    assert said(dialog, ROLE_ROW, "kind") == "label"
    assert (said(dialog, ROLE_ROW, "bill"), tick(dialog, "bill")) == ("feature", CHECKED)
    assert (said(dialog, ROLE_ROW, "id"), tick(dialog, "id")) == ("counts the rows", UNCHECKED)
    assert (said(dialog, ROLE_ROW, "city"), tick(dialog, "city")) == ("constant", None)
    assert "text" in said(dialog, ROLE_ROW, "city", Qt.ItemDataRole.ToolTipRole)


def test_the_first_rows_are_shown_as_parsed_with_their_lines(preview):
    dialog = preview(BIRDS)
    assert said(dialog, FIRST_ROW, "bill") == "30.5"
    assert said(dialog, FACT_ROW, "bill") == "30.5 … 45.5"
    vertical = Qt.Orientation.Vertical
    assert dialog.preview.headerData(FIRST_ROW, vertical) == "line 2"


def test_the_classes_and_the_size_of_what_is_loaded_are_said(preview):
    dialog = preview(BIRDS)
    classes = "2 classes: Adelie (20), Gentoo (20)  ·  the last column that can hold classes"
    assert dialog.label.classes.text() == classes
    assert dialog.foot.summary.text() == "Loads 40 rows × 2 features"


def test_rows_that_lack_something_are_counted_and_listed(preview):
    dialog = preview(GAPS)
    assert dialog.gaps.isVisible()
    listed = [dialog.gaps.list.item(i).text() for i in range(dialog.gaps.list.count())]
    assert [text.partition(":")[0] for text in listed] == [
        "line 42",
        "line 43",
        "line 44",
        "line 45",
    ]
    assert "bill: empty" in listed[0]
    assert "inf" in listed[1]
    assert "no label" in listed[2]
    assert "2 values, not 5" in listed[3]


def test_without_gaps_there_is_nothing_to_decide(preview):
    assert not preview(BIRDS).gaps.isVisible()


def test_pictures_are_recognised(preview):
    rows = "".join(",".join(str((k * j) % 17) for j in range(64)) + f",{k % 3}\n" for k in range(9))
    dialog = preview(rows)
    assert "9 pictures of 8 × 8 pixels" in dialog.foot.summary.text()


def test_a_click_ticks_a_feature_off_and_on(preview, click_role):
    dialog = preview(BIRDS)
    for state, count in ((UNCHECKED, "1 feature"), (CHECKED, "2 features")):
        click_role(dialog, "bill")
        assert tick(dialog, "bill") is state
        assert dialog.foot.summary.text().endswith(count)


def test_space_ticks_the_column_that_has_the_focus(qtbot, preview):
    dialog = preview(BIRDS)
    dialog.view.setCurrentIndex(dialog.preview.index(ROLE_ROW, dialog.table.column("depth")))
    qtbot.keyClick(dialog.view, Qt.Key.Key_Space)
    assert tick(dialog, "depth") is UNCHECKED


def test_an_unusable_column_cannot_be_ticked(preview, click_role):
    dialog = preview(BIRDS)
    click_role(dialog, "city")
    assert dialog.foot.summary.text() == "Loads 40 rows × 2 features"


def test_without_a_feature_nothing_can_be_loaded(qtbot, preview):
    dialog = preview(BIRDS)
    qtbot.mouseClick(dialog.label.none_button, Qt.MouseButton.LeftButton)
    assert dialog.foot.summary.text() == "Tick at least one feature."
    assert not dialog.foot.load_button.isEnabled()
    qtbot.mouseClick(dialog.label.all_button, Qt.MouseButton.LeftButton)
    assert tick(dialog, "id") is CHECKED
    assert dialog.foot.load_button.isEnabled()


def test_a_bad_label_is_refused_with_a_reason_and_mended(qtbot, preview):
    dialog = preview(BIRDS)
    choose(qtbot, dialog.label.choice, dialog.table.column("depth"))
    assert "“depth” holds numbers with fractions" in dialog.foot.summary.text()
    assert not dialog.foot.load_button.isEnabled()
    choose(qtbot, dialog.label.choice, dialog.table.column("kind"))
    assert dialog.foot.load_button.isEnabled()
    assert tick(dialog, "depth") is CHECKED


def test_skip_and_fill_say_how_many_rows_are_left(qtbot, preview):
    dialog = preview(GAPS)
    assert dialog.foot.summary.text().startswith("Loads 40 rows")
    qtbot.mouseClick(dialog.gaps.choice.button("fill"), Qt.MouseButton.LeftButton)
    assert dialog.foot.summary.text().startswith("Loads 42 rows")


def test_a_correction_reads_the_file_again(qtbot, preview):
    dialog = preview(BIRDS)
    choose(qtbot, dialog.format.choices["decimal"], ".")
    qtbot.waitUntil(lambda: dialog.table.format.decimal == ".", timeout=PATIENCE_MS)
    assert said(dialog, ROLE_ROW, "bill") == "words"
    choose(qtbot, dialog.format.choices["decimal"], ",")
    qtbot.waitUntil(lambda: dialog.table.format.decimal == ",", timeout=PATIENCE_MS)
    assert said(dialog, ROLE_ROW, "bill") == "feature"


def test_the_marks_of_numbers_can_be_corrected_even_against_each_other(qtbot, preview):
    dialog = preview("x\tkind\n" + "".join(f"1.{k}\t{'ab'[k % 2]}\n" for k in range(100, 140)))
    form = dialog.format
    assert form.choices["thousands"].currentData() == ""
    for mark in (",", "."):
        choose(qtbot, form.choices["thousands"], mark)
        qtbot.waitUntil(lambda m=mark: dialog.table.format.thousands == m, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: dialog.table.columns[0].low == 1100, timeout=PATIENCE_MS)
    assert form.choices["decimal"].currentData() == ","
    choose(qtbot, form.choices["decimal"], ".")
    qtbot.waitUntil(lambda: dialog.table.columns[0].low == 1.1, timeout=PATIENCE_MS)
    assert form.choices["thousands"].currentData() == ""


def test_words_show_whether_the_encoding_is_right(preview):
    dialog = preview("длина,цвет\n1,роза\n2,дуб\n3,ива\n4,роза\n".encode("cp1251"))
    form = dialog.format
    assert form.choices["encoding"].currentData() == "cp1251"
    assert "длина цвет роза" in form.sample.text()
    choice = form.choices["encoding"]
    of_koi8 = choice.itemText(choice.findData("koi8-r"))
    assert "длина цвет".encode("cp1251").decode("koi8-r") in of_koi8


def test_a_unit_is_shown_beside_the_range(preview):
    dialog = preview("x,kind\n" + "".join(f"{k} cm,{'ab'[k % 2]}\n" for k in range(10, 30)))
    assert said(dialog, FACT_ROW, "x") == "10 … 29 cm"


def test_what_a_layout_leaves_no_choice_of_cannot_be_chosen(preview):
    dialog = preview("1 1:2 2:3\n2 1:4\n1 2:1\n2 1:3\n")
    choices = dialog.format.choices
    assert not choices["separator"].isEnabled() and not choices["has_header"].isEnabled()
    assert choices["decimal"].isEnabled()


def test_a_correction_that_fails_is_taken_back(qtbot, preview):
    dialog = preview(BIRDS.replace("Adelie", "Adélie").encode("latin-1"))
    dialog.format.choices["encoding"].setFocus()
    qtbot.keyClick(dialog.format.choices["encoding"], Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: "not UTF-8" in dialog.foot.summary.text(), timeout=PATIENCE_MS)
    assert dialog.table.n == ROWS
    assert dialog.format.choices["encoding"].currentData() == "cp1252"
    assert dialog.foot.load_button.isEnabled()


def test_pixels_without_a_label_cannot_be_loaded(preview):
    dialog = preview("".join(",".join(str(k * j % 17) for j in range(64)) + "\n" for k in range(9)))
    assert "there is no label column" in dialog.foot.summary.text()
    assert not dialog.foot.load_button.isEnabled()
