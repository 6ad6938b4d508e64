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
from gui.setup.csv.preview import FIRST_ROW, ROLE_ROW
from tests.gui.setup.csv.birds import BIRDS, CHECKED, GAPS, ROWS, UNCHECKED, said, tick

PATIENCE_MS = 30_000


@pytest.fixture
def preview(qtbot, desk, write):
    """Return preview(text): the dialog on a file with this text, as the window opens it."""

    def preview(text, name="birds.csv"):
        desk.csv.open_file(write(text, name))
        qtbot.waitUntil(lambda: desk.csv.dialog is not None, timeout=PATIENCE_MS)
        dialog = desk.csv.dialog
        qtbot.waitExposed(dialog)
        return dialog

    return preview


@pytest.fixture
def load(qtbot, desk, preview, new_run):
    """Return load(text): the task once the file is loaded as it is proposed."""

    def load(text):
        dialog = preview(text)
        with new_run(desk):
            qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
        return desk.controller.run.task

    return load


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


def test_a_table_is_chosen_by_the_key_that_opens_any_file(qtbot, window, write, monkeypatch):
    path = write(BIRDS)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    assert window.csv.dialog.table.path == path
    window.csv.dialog.reject()


def test_a_file_is_chosen_by_its_row(qtbot, window, write):
    path = write(BIRDS)
    qtbot.mouseClick(window.rail.source.button("csv"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.findChildren(QFileDialog)))
    (chooser,) = window.findChildren(QFileDialog)
    assert window.rail.source.button("iris").isChecked()  # nothing is loaded yet
    chooser.selectFile(str(path))
    chooser.accept()
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    assert window.csv.dialog.table.path == path
    window.csv.dialog.reject()


def test_a_file_can_be_dropped_on_the_window_whatever_its_name_but_not_two(qtbot, window, write):
    assert not drop(window, write(BIRDS), write(BIRDS, "more.csv"))
    assert drop(window, write(BIRDS))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    assert window.csv.dialog.table.n == ROWS
    window.csv.dialog.reject()
    qtbot.waitUntil(lambda: window.csv.dialog is None, timeout=PATIENCE_MS)

    assert drop(window, write(gzip.compress(BIRDS.encode()), "birds.data"))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    assert window.csv.dialog.table.n == ROWS


def test_a_table_can_be_pasted_and_words_are_none(qtbot, window, tmp_path, monkeypatch):
    monkeypatch.setenv("LOGITLAB_CACHE", str(tmp_path))
    for text in (BIRDS, BIRDS.replace(",", ".").replace(";", "\t")):
        QApplication.clipboard().setText(text)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
        assert window.csv.dialog.table.n == ROWS
        assert window.csv.dialog.table.path.is_file()
        window.csv.dialog.reject()
        qtbot.waitUntil(lambda: window.csv.dialog is None, timeout=PATIENCE_MS)

    QApplication.clipboard().setText("a word")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "no table on the clipboard" in window.notice.text)
    assert window.csv.dialog is None


def test_nothing_is_pasted_from_an_empty_clipboard(qtbot, window):
    QApplication.clipboard().clear()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "no table on the clipboard" in window.notice.text)


def test_the_program_can_start_with_a_file(open_window, write):
    window = open_window(RunConfig(DataConfig(source="csv", path=str(write(BIRDS)))))
    assert window.controller.run.task.dataset.name == "birds.csv"
    assert window.rail.source.button("csv").isChecked()


def test_a_start_with_a_bad_file_shows_iris_and_what_is_wrong(open_desk, tmp_path):
    desk = open_desk(RunConfig(DataConfig(source="csv", path=str(tmp_path / "none.csv"))))
    assert desk.controller.run.task.dataset.name == "Iris"
    assert any("There is no file" in words for words in desk.told)


# What is shown --------------------------------------------------------------------------------


def test_the_preview_takes_the_colours_of_the_theme(qtbot, window, write):
    window.csv.open_file(write(BIRDS))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    dialog = window.csv.dialog
    for theme in (look.DARK, look.LIGHT):
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


# Loading --------------------------------------------------------------------------------------


def test_load_begins_a_run_on_the_table(qtbot, window, write, new_run):
    window.csv.open_file(write(BIRDS))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    qtbot.waitExposed(window.csv.dialog)
    with new_run(window):
        qtbot.mouseClick(window.csv.dialog.foot.load_button, Qt.MouseButton.LeftButton)
    task = window.controller.run.task
    assert task.dataset.feature_names == ("bill", "depth")
    assert task.dataset.class_names == ("Adelie", "Gentoo")
    assert task.config.data.label == "kind"
    assert window.stage.current == "Boundary"
    assert window.rail.source.button("csv").isChecked()
    assert window.csv.dialog is None


def test_the_run_in_the_window_is_the_run_that_its_config_names(desk, load):
    from core.data import sources
    from core.data.task import prepare

    task = load(GAPS)
    again = prepare(sources.load(task.config.data), task.config)
    assert (again.dataset.X == task.dataset.X).all()
    assert list(again.train_rows) == list(task.train_rows)


def test_undo_brings_the_old_data_back_and_redo_the_table(desk, load, new_run):
    load(BIRDS)
    stack = desk.controller.undo_stack
    for act, name in ((stack.undo, "Iris"), (stack.redo, "birds.csv")):
        with new_run(desk):
            act()
        assert desk.controller.run.task.dataset.name == name


def test_cancel_leaves_everything_as_it_is(qtbot, desk, preview):
    before = desk.controller.run
    for way in ("button", "escape"):
        dialog = preview(BIRDS)
        if way == "button":
            qtbot.mouseClick(dialog.foot.cancel_button, Qt.MouseButton.LeftButton)
        else:
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: desk.csv.dialog is None)
        assert desk.controller.run is before
        assert not desk.controller.undo_stack.canUndo()


def test_a_feature_can_be_left_out_later_without_reading_the_file_again(
    desk, load, new_run, tmp_path
):
    load(GAPS)
    (tmp_path / "birds.csv").unlink()
    with new_run(desk):
        desk.setup.data.features.menu().actions()[2].trigger()
    assert desk.controller.run.task.dataset.feature_names == ("bill",)


def test_training_goes_on_behind_the_preview(qtbot, open_desk, write):
    desk = open_desk(RunConfig(training=TrainingConfig(epochs=10**9)))
    desk.controller.play_or_pause()
    qtbot.waitUntil(lambda: desk.controller.snapshot.step > 3)
    desk.csv.open_file(write(BIRDS))
    qtbot.waitUntil(lambda: desk.csv.dialog is not None, timeout=PATIENCE_MS)
    step = desk.controller.snapshot.step
    qtbot.waitUntil(lambda: desk.controller.snapshot.step > step + 10)
    assert desk.controller.snapshot.status is Status.TRAINING


# What goes wrong, and what takes long -----------------------------------------------------------


def test_a_file_that_is_no_table_is_refused_in_the_window(qtbot, desk, write):
    before = desk.controller.run
    desk.csv.open_file(write("%PDF-1.7"))
    qtbot.waitUntil(lambda: any("PDF" in words for words in desk.told), timeout=PATIENCE_MS)
    assert desk.controller.run is before
    assert desk.csv.dialog is None


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


def test_a_word_such_as_na_is_a_class_until_its_box_says_otherwise(qtbot, preview, desk, new_run):
    dialog = preview(SHIP)
    box = dialog.remarks.class_boxes[0]
    assert (box.text(), box.isChecked()) == ("“NA” is a class", True)
    assert "“NA” in continent (20 rows) is read as a class" in dialog.remarks.words.text()
    box.click()
    qtbot.waitUntil(lambda: "2 classes" in dialog.label.classes.text(), timeout=PATIENCE_MS)
    assert not box.isChecked()
    with new_run(desk):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    task = desk.controller.run.task
    assert task.dataset.class_names == ("AS", "EU")
    assert "NA" in task.config.data.reading.na


def test_one_press_merges_spellings(qtbot, preview, desk, new_run):
    dialog = preview(SHIP.replace("Cork,NA", "Cork,Eu"))
    assert "3 classes" in dialog.label.classes.text()
    assert "“EU”, “Eu” are 2 classes" in dialog.remarks.words.text()
    qtbot.keyClick(dialog.remarks.merge_box, Qt.Key.Key_Space)
    assert "2 classes" in dialog.label.classes.text()
    with new_run(desk):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    assert desk.controller.run.task.dataset.h == 2


def test_a_column_of_words_is_ticked_and_goes_in_as_categories(
    qtbot, preview, desk, new_run, click_role
):
    dialog = preview(SHIP)
    assert (said(dialog, ROLE_ROW, "port"), tick(dialog, "port")) == ("words", UNCHECKED)
    click_role(dialog, "port")
    assert tick(dialog, "port") == CHECKED
    with new_run(desk):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    assert desk.controller.run.task.dataset.feature_names == (
        *("age", "sex = m", "port = Brest", "port = Cork", "port = Dover"),
    )
    chosen = [action.text() for action in desk.setup.data.features.menu().actions()[:3]]
    assert chosen == ["age", "sex", "port"]


def test_a_missing_word_can_be_a_category(qtbot, preview, desk, new_run):
    dialog = preview(SHIP.replace("f,Cork", ",Cork"))
    box = dialog.remarks.category_box
    assert box.isVisible() and not box.isChecked()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert dialog.foot.summary.text().startswith("Loads 60 rows")
    with new_run(desk):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    assert "sex = (missing)" in desk.controller.run.task.dataset.feature_names


def test_a_quantity_is_loaded_only_when_it_is_wanted_all_the_same(qtbot, preview, desk, new_run):
    dialog = preview("x,target\n" + "".join(f"{k % 7}.5,{1000 + 13 * k}\n" for k in range(30)))
    assert "looks like a quantity" in dialog.foot.summary.text()
    assert dialog.foot.load_button.text() == "Load all the same"
    with new_run(desk):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    assert desk.controller.run.task.dataset.h == 30


def test_in_a_large_window_the_preview_is_large(qtbot, open_window, write):
    window = open_window(size=(1600, 1000))
    window.csv.open_file(write("length,class\n" + "1.5,a\n2.5,b\n" * 20))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    dialog = window.csv.dialog
    assert dialog.width() >= 0.75 * window.width() and dialog.height() >= 0.75 * window.height()
    assert dialog.width() < window.width() and dialog.height() < window.height()


def test_a_dropped_total_is_taken_back_by_a_press(qtbot, desk, preview, new_run):
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
    with new_run(desk):
        qtbot.mouseClick(dialog.foot.load_button, Qt.MouseButton.LeftButton)
    task = desk.controller.run.task
    assert task.source.n == 10
    assert task.config.data.keep_totals
