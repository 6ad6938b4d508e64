"""Any picture on the pad: dropped, pasted or opened, read step by step, with its doubts."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.digits.drawing import DigitPreprocessing
from core.data.pictures import decode, ink
from core.data.pictures.cleaning import Cleaning
from core.data.pictures.reading import read_digit
from core.data.task import prepare
from core.train.trainer import Trainer
from gui.kit.theme import LIGHT
from gui.stage.draw.view import DrawView
from tests.core.data.pictures.pages import file_of, gradient, page

PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def untrained():
    config = RunConfig(DataConfig(source="digits"))
    return Trainer(prepare(sources.load(config.data), config))


@pytest.fixture
def view(show_view, snapshot_of, background, untrained):
    """The view alone, on the bundled digits; what the background read is delivered to it."""
    deliver = QTimer()
    deliver.timeout.connect(background.poll)
    view = DrawView(LIGHT, background)
    view.receive_task(untrained.task)
    show_view(view, 700, 640)
    view.receive_snapshot(snapshot_of(untrained))
    deliver.start(1)
    yield view
    deliver.stop()


@pytest.fixture
def settled(view, qtbot):
    def settled():
        qtbot.waitUntil(lambda: view.is_at_rest and not view.photos.is_busy, timeout=PATIENCE_MS)

    return settled


@pytest.fixture
def photo(tmp_path):
    """A JPEG of a three, and a speck of dust, on paper in uneven light."""
    path = tmp_path / "three.jpg"
    marks = page(3, 240)
    marks[225:230, 225:230] = 1
    path.write_bytes(file_of(gradient(240) * (1 - 0.8 * marks), "JPEG", quality=95))
    return path


def mime_of(path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def drop(widget, mime):
    """Drag and drop onto the middle of a widget; return whether it was taken."""
    middle = widget.rect().center()
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(middle, copy, mime, button, keys)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(middle), copy, mime, button, keys, QEvent.Type.Drop)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def expected(path, size=8, **off):
    recipe = DigitPreprocessing(size=size, pen_width=1.2)
    return read_digit(decode.read(path), recipe, Cleaning(**off))


def test_a_dropped_picture_is_what_the_model_sees(view, settled, photo):
    assert drop(view.pad, mime_of(photo))
    settled()
    np.testing.assert_array_equal(view.picture, expected(photo).image)
    assert view.answer is not None
    assert view.pad.drawing.content.note == "three.jpg"


def test_a_pasted_picture_is_what_the_model_sees(view, settled, photo, qtbot):
    QGuiApplication.clipboard().setImage(QImage(str(photo)))
    view.pad.setFocus()
    qtbot.keyClick(view.pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settled()
    assert np.abs(view.picture - expected(photo).image).max() < 0.02
    QGuiApplication.clipboard().clear()


def test_a_copied_file_can_be_pasted(view, settled, photo, qtbot):
    QGuiApplication.clipboard().setMimeData(mime_of(photo))
    view.pad.setFocus()
    qtbot.keyClick(view.pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settled()
    np.testing.assert_array_equal(view.picture, expected(photo).image)
    QGuiApplication.clipboard().clear()


def test_a_file_can_be_opened_by_a_button(view, settled, photo, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(photo), ""))
    qtbot.mouseClick(view.toolbar.picture, Qt.MouseButton.LeftButton)
    settled()
    np.testing.assert_array_equal(view.picture, expected(photo).image)


def test_the_steps_are_shown_and_can_be_left_out(view, settled, photo):
    drop(view.pad, mime_of(photo))
    settled()
    assert view.how_it_is_read.isChecked() and view.steps.finding.isVisible()
    for name in ("paper", "dust"):
        view.steps.finding.switches[name].click()
    settled()
    reading = expected(photo, paper=False, dust=False)
    np.testing.assert_array_equal(view.picture, reading.image)
    assert np.abs(reading.image - expected(photo).image).max() > 0.2
    view.steps.switches["crop"].click()
    settled()
    assert not np.array_equal(view.picture, reading.image)


def test_strokes_have_no_row_of_steps_that_find_them(view, settled, photo):
    drop(view.pad, mime_of(photo))
    settled()
    view.pad.drawing.clear()
    settled()
    assert not view.steps.finding.isVisible() and view.picture is None
    view.pad.drawing.undo()
    settled()
    np.testing.assert_array_equal(view.picture, expected(photo).image)


def test_a_doubt_is_said_on_the_pad(view, settled, tmp_path):
    path = tmp_path / "two.png"
    both = np.maximum(page(1, 240, 9.0, 0.4, (0.05, 0.3)), page(7, 240, 9.0, 0.4, (0.6, 0.3)))
    path.write_bytes(file_of(1 - both))
    drop(view.pad, mime_of(path))
    settled()
    assert ink.SEVERAL in view.pad.accessibleDescription()
    view.pad.drawing.clear()
    settled()
    assert not view.pad.accessibleDescription()


def test_a_picture_stays_when_the_data_change(view, settled, photo, qtbot):
    drop(view.pad, mime_of(photo))
    settled()
    view.steps.switches["centre"].click()
    settled()
    view.pad.drawing.renew()
    settled()
    assert view.pad.drawing.content.photo is not None


def test_a_damaged_picture_is_said_and_changes_nothing(view, settled, photo, qtbot):
    photo.write_bytes(photo.read_bytes()[:300])
    with qtbot.waitSignal(view.photos.failed, timeout=PATIENCE_MS) as told:
        drop(view.pad, mime_of(photo))
    assert told.args[0].startswith("three.jpg is damaged")
    assert view.pad.drawing.is_empty


def test_what_is_no_picture_is_not_pasted(view, qtbot):
    QGuiApplication.clipboard().setText("1,2,3")
    view.pad.setFocus()
    qtbot.keyClick(view.pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert view.pad.drawing.is_empty and not view.photos.is_busy


def test_a_new_stroke_takes_the_place_of_a_picture(view, settled, photo):
    drop(view.pad, mime_of(photo))
    settled()
    view.pad.drawing.begin((0.5, 0.2), erases=False)
    view.pad.drawing.go_on((0.5, 0.8))
    view.pad.drawing.end()
    settled()
    assert view.pad.drawing.content.photo is None and len(view.pad.strokes) == 1


def test_a_picture_dropped_beside_the_pad_opens_it_and_a_table_on_it_is_opened_by_the_window(
    open_window, photo, tmp_path, qtbot
):
    window = open_window(RunConfig(DataConfig(source="digits")))
    assert window.stage.current == "Weights"
    assert drop(window, mime_of(photo))
    assert window.stage.current == "Draw"
    view = window.views["Draw"]
    qtbot.waitUntil(lambda: view.picture is not None and not view.photos.is_busy)
    np.testing.assert_array_equal(view.picture, expected(photo).image)

    path = tmp_path / "table.csv"
    path.write_text("a,b,label\n" + "1,2,x\n3,4,y\n" * 10)
    assert drop(view.pad, mime_of(path))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    window.csv.dialog.reject()

    path = tmp_path / "points.csv"  # whose header begins as a picture does
    path.write_text("P1,P2,label\n" + "1,2,a\n2,1,b\n" * 4)
    qtbot.waitUntil(lambda: window.csv.dialog is None, timeout=PATIENCE_MS)
    assert drop(window, mime_of(path))
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=PATIENCE_MS)
    window.csv.dialog.reject()


def test_where_nothing_can_be_drawn_a_dropped_picture_says_what_to_choose(open_window, photo):
    window = open_window()
    assert drop(window, mime_of(photo))
    assert window.stage.current == "Boundary"
    assert "three.jpg is a picture. Choose Digits 8×8 or MNIST" in window.banner.text
