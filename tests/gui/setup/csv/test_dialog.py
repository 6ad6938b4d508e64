"""A CSV file from the disk to a run: opened, previewed, corrected, chosen from, loaded, undone."""

from __future__ import annotations

import gzip
import threading

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data.csv import reader
from core.errors import Cancelled
from core.train.snapshot import Status
from gui.kit import theme as look
from gui.setup.csv.preview import FACT_ROW, FIRST_ROW, ROLE_ROW

PATIENCE_MS = 30_000
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
ROWS = 40
BIRDS = "id;bill;depth;city;kind\n" + "".join(
    f"{k};{30 + k % 7 + 9 * (k % 2)},5;{20 - k % 5},25;X;{('Adelie', 'Gentoo')[k % 2]}\n"
    for k in range(ROWS)
)
GAPS = BIRDS + "40;?;19,5;X;Adelie\n41;31,5;inf;X;Gentoo\n42;31,5;19;X;\n43;31\n"


@pytest.fixture
def write(tmp_path):
    """Return write(text): the path of a file that holds it."""

    def write(text, name="birds.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def preview(qtbot, window, write):
    """Return preview(text): the dialog on a file with this text, as the window opens it."""

    def preview(text, name="birds.csv"):
        window.csv.open_file(write(text, name))
        qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
        dialog = window.csv.dialog
        qtbot.waitExposed(dialog)
        return dialog

    return preview


@pytest.fixture
def load(qtbot, window, preview, new_run):
    """Return load(text): the task once the file is loaded as it is proposed."""

    def load(text):
        dialog = preview(text)
        with new_run(window):
            qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window.controller.run.task

    return load


@pytest.fixture
def click_role(qtbot):
    """Return a function that clicks what a column of the preview is used as."""

    def click_role(dialog, name):
        column = dialog.table.column(name)
        index = dialog.preview.index(ROLE_ROW, column)
        dialog.view.scrollTo(index)
        place = dialog.view.visualRect(index).center()
        qtbot.mouseClick(dialog.view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    return click_role


def said(dialog, row, name, role=Qt.ItemDataRole.DisplayRole):
    return dialog.preview.data(dialog.preview.index(row, dialog.table.column(name)), role)


def tick(dialog, name):
    return said(dialog, ROLE_ROW, name, Qt.ItemDataRole.CheckStateRole)


def choose(qtbot, combo, value):
    """Choose from a combo box by its keys, as a person does."""
    combo.setFocus()
    here, there = combo.currentIndex(), combo.findData(value)
    key = Qt.Key.Key_Down if there > here else Qt.Key.Key_Up
    for _ in range(abs(there - here)):
        qtbot.keyClick(combo, key)


def drop(window, *paths):
    """Drop files on the middle of the window; say whether they were welcome."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle = window.rect().center()
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(middle), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        place = QPointF(middle)
        event = QDropEvent(place, Qt.DropAction.CopyAction, data, buttons, keys)
        QApplication.sendEvent(window, event)
    return enter.isAccepted()


# Ways in --------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["key", "row"])
def test_a_file_is_chosen_by_key_or_row(qtbot, window, write, way):
    path = write(BIRDS)
    if way == "key":
        qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    else:
        qtbot.mouseClick(window.rail.source.button("csv"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.findChildren(QFileDialog)))
    (chooser,) = window.findChildren(QFileDialog)
    assert window.rail.source.button("iris").isChecked()  # nothing is loaded yet
    chooser.selectFile(str(path))
    chooser.accept()
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    assert window.csv.dialog.table.path == path
    window.csv.dialog.reject()


def test_a_file_can_be_dropped_on_the_window(qtbot, window, write):
    assert drop(window, write(BIRDS))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    assert window.csv.dialog.table.n == ROWS


@pytest.mark.parametrize("text", [BIRDS, BIRDS.replace(",", ".").replace(";", "\t")])
def test_a_table_can_be_pasted(qtbot, window, text, tmp_path, monkeypatch):
    monkeypatch.setenv("LOGITLAB_CACHE", str(tmp_path))
    QApplication.clipboard().setText(text)
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    assert window.csv.dialog.table.n == ROWS
    assert window.csv.dialog.table.path.is_file()


def test_words_on_the_clipboard_are_no_table(qtbot, window):
    QApplication.clipboard().setText("a word")
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "no table on the clipboard" in window.notice.text)
    assert window.csv.dialog is None


def test_a_file_is_opened_by_what_it_holds_whatever_its_name(qtbot, window, write):
    assert drop(window, write(gzip.compress(BIRDS.encode()), "birds.data"))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    assert window.csv.dialog.table.n == ROWS


def test_two_files_at_once_are_not_welcome(window, write):
    assert not drop(window, write(BIRDS), write(BIRDS, "more.csv"))


def test_the_program_can_start_with_a_file(qtbot, open_window, write):
    window = open_window(RunConfig(DataConfig(source="csv", path=str(write(BIRDS)))))
    assert window.controller.run.task.dataset.name == "birds.csv"
    assert window.rail.source.button("csv").isChecked()


def test_a_start_with_a_bad_file_shows_iris_and_what_is_wrong(qtbot, open_window, tmp_path):
    window = open_window(RunConfig(DataConfig(source="csv", path=str(tmp_path / "none.csv"))))
    assert window.controller.run.task.dataset.name == "Iris"
    assert "There is no file" in window.notice.text


# What is shown --------------------------------------------------------------------------------


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


@pytest.mark.parametrize("theme", [look.LIGHT, look.DARK], ids=["light", "dark"])
def test_the_preview_takes_the_colours_of_the_theme(preview, window, theme):
    dialog = preview(BIRDS)
    window.appearance.choose("dark" if theme.is_dark else "light")
    ink = said(dialog, FIRST_ROW, "bill", Qt.ItemDataRole.ForegroundRole)
    assert ink.color().name().upper() == theme.ink


@pytest.mark.usefixtures("face")
def test_the_dialog_fits_into_the_smallest_window(open_window, qtbot, write):
    window = open_window(size=(1024, 640))
    window.csv.open_file(write(GAPS))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    size = window.csv.dialog.size()
    assert size.width() <= 1024 and size.height() <= 640


# What can be chosen ---------------------------------------------------------------------------


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


def test_words_show_whether_the_encoding_is_right(qtbot, preview):
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


# Loading --------------------------------------------------------------------------------------


def test_load_begins_a_run_on_the_table(window, load):
    task = load(BIRDS)
    assert task.dataset.feature_names == ("bill", "depth")
    assert task.dataset.class_names == ("Adelie", "Gentoo")
    assert task.config.data.label == "kind"
    assert window.stage.current == "Boundary"
    assert window.rail.source.button("csv").isChecked()
    assert window.csv.dialog is None


def test_the_run_in_the_window_is_the_run_that_its_config_names(window, load):
    from core.data import sources
    from core.data.task import prepare

    task = load(GAPS)
    again = prepare(sources.load(task.config.data), task.config)
    assert (again.dataset.X == task.dataset.X).all()
    assert list(again.train_rows) == list(task.train_rows)


def test_undo_brings_the_old_data_back_and_redo_the_table(qtbot, window, load, new_run):
    load(BIRDS)
    for key, name in ((Qt.Key.Key_Z, "Iris"), (Qt.Key.Key_Y, "birds.csv")):
        with new_run(window):
            qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert window.controller.run.task.dataset.name == name


@pytest.mark.parametrize("way", ["button", "escape"])
def test_cancel_leaves_everything_as_it_is(qtbot, window, preview, way):
    before = window.controller.run
    dialog = preview(BIRDS)
    if way == "button":
        qtbot.mouseClick(dialog.foot.cancel_button, Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.csv.dialog is None)
    assert window.controller.run is before
    assert not window.controller.undo_stack.canUndo()


def test_a_feature_can_be_left_out_later_without_reading_the_file_again(
    qtbot, window, load, new_run, tmp_path
):
    load(GAPS)
    (tmp_path / "birds.csv").unlink()
    with new_run(window):
        window.setup.data.features.menu().actions()[2].trigger()
    assert window.controller.run.task.dataset.feature_names == ("bill",)


def test_training_goes_on_behind_the_preview(qtbot, open_window, write):
    window = open_window(RunConfig(training=TrainingConfig(epochs=10**9)))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 3)
    window.csv.open_file(write(BIRDS))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    step = window.controller.snapshot.step
    qtbot.waitUntil(lambda: window.controller.snapshot.step > step + 10)
    assert window.controller.snapshot.status is Status.TRAINING


# What goes wrong, and what takes long -----------------------------------------------------------


def test_a_file_that_is_no_table_is_refused_in_the_window(qtbot, window, write):
    before = window.controller.run
    window.csv.open_file(write("%PDF-1.7"))
    qtbot.waitUntil(lambda: "PDF" in window.notice.text, timeout=PATIENCE_MS)
    assert window.controller.run is before
    assert window.csv.dialog is None


@pytest.fixture
def slow_reader(monkeypatch):
    """Reading takes until it is called off; the fixture is the event that says it began."""
    began = threading.Event()

    def read(path, reading, progress, is_cancelled):
        began.set()
        progress(3, 10)
        while not is_cancelled():
            threading.Event().wait(0.005)
        raise Cancelled("off")

    monkeypatch.setattr(reader, "read", read)
    return began


def test_a_long_reading_shows_its_progress_and_cancel_ends_it(qtbot, window, write, slow_reader):
    before = window.controller.run
    window.csv.open_file(write(BIRDS))
    qtbot.waitUntil(window.opening_bar.isVisible)
    qtbot.waitUntil(lambda: window.opening_bar.bar.value() == 300)
    assert "birds.csv" in window.opening_bar.words.text()
    qtbot.mouseClick(window.opening_bar.cancel_button, Qt.MouseButton.LeftButton)
    assert not window.opening_bar.isVisible()
    assert "called off" in window.notice.text
    assert window.controller.run is before
    qtbot.waitUntil(lambda: not window.controller.background.is_busy("open"))


def test_closing_the_window_ends_a_reading(qtbot, window, write, slow_reader):
    window.csv.open_file(write(BIRDS))
    qtbot.waitUntil(slow_reader.is_set)
    window.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("background")]


# What the columns mean ------------------------------------------------------------------------

SHIP = "age,sex,port,continent\n" + "".join(
    f"{20 + k * 7 % 40}.5,{('f', 'm')[k % 3 // 2]},{('Cork', 'Dover', 'Brest')[k % 3]},"
    f"{('NA', 'EU', 'AS')[k % 3]}\n"
    for k in range(60)
)


def test_a_word_such_as_na_is_a_class_until_its_box_says_otherwise(qtbot, preview, window, new_run):
    dialog = preview(SHIP)
    box = dialog.remarks.class_boxes[0]
    assert (box.text(), box.isChecked()) == ("“NA” is a class", True)
    assert "“NA” in continent (20 rows) is read as a class" in dialog.remarks.words.text()
    box.click()
    qtbot.waitUntil(lambda: "2 classes" in dialog.label.classes.text(), timeout=PATIENCE_MS)
    assert not box.isChecked()
    with new_run(window):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    task = window.controller.run.task
    assert task.dataset.class_names == ("AS", "EU")
    assert "NA" in task.config.data.reading.na


def test_one_press_merges_spellings(qtbot, preview, window, new_run):
    dialog = preview(SHIP.replace("Cork,NA", "Cork,Eu"))
    assert "3 classes" in dialog.label.classes.text()
    assert "“EU”, “Eu” are 2 classes" in dialog.remarks.words.text()
    qtbot.keyClick(dialog.remarks.merge_box, Qt.Key.Key_Space)
    assert "2 classes" in dialog.label.classes.text()
    with new_run(window):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    assert window.controller.run.task.dataset.h == 2


def test_a_column_of_words_is_ticked_and_goes_in_as_categories(
    qtbot, preview, window, new_run, click_role
):
    dialog = preview(SHIP)
    assert (said(dialog, ROLE_ROW, "port"), tick(dialog, "port")) == ("words", UNCHECKED)
    click_role(dialog, "port")
    assert tick(dialog, "port") == CHECKED
    with new_run(window):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    assert window.controller.run.task.dataset.feature_names == (
        *("age", "sex = m", "port = Brest", "port = Cork", "port = Dover"),
    )
    chosen = [action.text() for action in window.setup.data.features.menu().actions()[:3]]
    assert chosen == ["age", "sex", "port"]


def test_a_missing_word_can_be_a_category(qtbot, preview, window, new_run):
    dialog = preview(SHIP.replace("f,Cork", ",Cork"))
    box = dialog.remarks.category_box
    assert box.isVisible() and not box.isChecked()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert dialog.foot.summary.text().startswith("Loads 60 rows")
    with new_run(window):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    assert "sex = (missing)" in window.controller.run.task.dataset.feature_names


def test_a_quantity_is_loaded_only_when_it_is_wanted_all_the_same(qtbot, preview, window, new_run):
    dialog = preview("x,target\n" + "".join(f"{k % 7}.5,{1000 + 13 * k}\n" for k in range(30)))
    assert "looks like a quantity" in dialog.foot.summary.text()
    assert dialog.foot.load_button.text() == "Load all the same"
    with new_run(window):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    assert window.controller.run.task.dataset.h == 30


def test_pixels_without_a_label_cannot_be_loaded(preview):
    dialog = preview("".join(",".join(str(k * j % 17) for j in range(64)) + "\n" for k in range(9)))
    assert "there is no label column" in dialog.foot.summary.text()
    assert not dialog.foot.load_button.isEnabled()


def test_in_a_large_window_the_preview_is_large(qtbot, open_window, write):
    window = open_window(size=(1600, 1000))
    window.csv.open_file(write("length,class\n" + "1.5,a\n2.5,b\n" * 20))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    dialog = window.csv.dialog
    assert dialog.width() >= 0.75 * window.width() and dialog.height() >= 0.75 * window.height()
    assert dialog.width() < window.width() and dialog.height() < window.height()


def test_a_dropped_total_is_taken_back_by_a_press(qtbot, window, preview, new_run):
    dialog = preview(
        "bill;depth;kind\n"
        + "".join(
            f"{30 + k},{20 - k},{('Adelie', 'Gentoo')[k % 2]}\n".replace(",", ";") for k in range(8)
        )
        + "268;132;Total\n269;132;Adelie\n"
    )
    assert "named a total" in dialog.remarks.words.text()
    assert dialog.foot.summary.text().startswith("Loads 9 rows")
    assert dialog.remarks.totals_box.isVisible()
    qtbot.mouseClick(dialog.remarks.totals_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert dialog.foot.summary.text().startswith("Loads 10 rows")
    assert "named a total" not in dialog.remarks.words.text()
    with new_run(window):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    task = window.controller.run.task
    assert task.source.n == 10
    assert task.config.data.keep_totals
