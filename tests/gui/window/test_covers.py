"""Numbers are covered by a key and revealed one at a time, and nothing moves."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QLabel, QWidget

from gui.kit import described
from gui.kit.labels import Readout
from gui.window.spoken import Spoken
from gui.window.view_registry import SIDE, TABS

PATIENCE_MS = 30_000


def test_numbers_are_covered_in_place_and_revealed_one_by_one(window, pixels, qtbot):
    bar = window.run_bar
    matrix = window.views["Confusion"].matrix
    loss, place = bar.loss, bar.loss.geometry()
    QTest.keyClick(window, Qt.Key.Key_H)
    assert loss.geometry() == place and matrix.is_covering
    window.stage.show_name("Trace")
    sheet = window.views["Trace"].sheet  # made only now
    qtbot.waitUntil(lambda: bool(sheet.numbers.computed), timeout=PATIENCE_MS)
    assert sheet.numbers.covered == set(sheet.numbers.computed)
    loss.show_values("1.2345", "1.2345")
    one = pixels(loss)
    loss.show_values("5.4321", "5.4321")  # a number that changes shows nothing of itself
    np.testing.assert_array_equal(pixels(loss), one)
    QTest.mouseClick(loss, Qt.MouseButton.LeftButton)
    assert not np.array_equal(pixels(loss), one)
    assert not loss.is_covered and bar.accuracy.is_covered
    bar.accuracy.setFocus()
    QTest.keyClick(bar.accuracy, Qt.Key.Key_Return)
    assert not bar.accuracy.is_covered
    figure = window.presenter_bar.loss
    assert figure.is_covered
    window.presenter.toggle()
    QTest.mouseClick(figure, Qt.MouseButton.LeftButton)
    assert not figure.is_covered and window.presenter_bar.right.is_covered
    window.presenter.toggle()
    window.stage.setFocus()
    QTest.keyClick(window, Qt.Key.Key_H)
    assert not sheet.numbers.covered and not matrix.is_covering
    loss.show_values("1.2345", "1.2345")
    assert not np.array_equal(pixels(loss), one)


def told(view):
    """Return all that is said of a view's pictures, and shown of what is pointed at in them."""
    said = [widget.accessibleDescription() for widget in (view, *view.findChildren(QWidget))]
    readouts = view.findChildren(Readout)
    return [*said, *(QLabel.text(each) for each in readouts if each.are_all_covered)]


def point_at_all(view):
    """Move the pointer over each picture of a view, and put the focus on it and press an arrow."""
    for picture in view.findChildren(QGraphicsView):
        if picture.isVisible():
            middle = picture.viewport().rect().center()
            for off in (QPoint(0, 0), QPoint(9, 9), QPoint(-40, 20)):
                QTest.mouseMove(picture.viewport(), middle + off)
            QTest.keyClick(picture, Qt.Key.Key_Right)
            QApplication.processEvents()


def test_no_view_says_a_number_that_is_covered(window, qtbot):
    """The registry of views: whatever view is added, what is said of it is covered with it."""
    for _ in range(3):
        window.controller.step()
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 3)
    task, numbers = window.controller.run.task, set[str]()
    spoken = window.stage.findChild(Spoken)
    QTest.keyClick(window, Qt.Key.Key_H)
    for spec in (*TABS, *SIDE):
        if not spec.applies_to(task):
            continue
        window.stage.show_name(spec.name if spec in TABS else "Boundary")
        view = window.views[spec.name]
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
        point_at_all(view)
        spoken.renew()
        for words in told(view):
            assert described.covered(words) == words, f"{spec.name}: {words}"
        if spec.name in ("Loss", "Network"):
            QTest.keyClick(window, Qt.Key.Key_H)
            spoken.renew()
            numbers.update(spec.name for each in told(view) if described.covered(each) != each)
            QTest.keyClick(window, Qt.Key.Key_H)
    QTest.keyClick(window, Qt.Key.Key_H)
    assert numbers == {"Loss", "Network"}


def test_numbers_of_the_network_are_covered_but_for_the_inputs_and_revealed_by_a_press(
    window, qtbot
):
    window.controller.step()
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1)
    window.stage.show_name("Network")
    view = window.views["Network"]
    sketch = view.edges
    qtbot.waitUntil(lambda: sketch.signals is not None)
    shown = [node.text for node in sketch.logits]
    inputs = [node.text for node in sketch.inputs]
    QTest.keyClick(window, Qt.Key.Key_H)
    assert [node.text for node in sketch.logits] == ["?"] * 3
    assert [row.share.text() for row in sketch.rows] == ["?"] * 3
    assert [node.text for node in sketch.inputs] == inputs
    assert described.covered(sketch.loss.text()) == sketch.loss.text()
    middle = sketch.logits[1].rect.center().toPoint()
    canvas = sketch.findChild(QGraphicsView)
    QTest.mouseMove(canvas.viewport(), middle)
    QTest.mouseClick(sketch, Qt.MouseButton.LeftButton, pos=middle)
    assert [node.text for node in sketch.logits] == ["?", shown[1], "?"]
    QTest.keyClick(window, Qt.Key.Key_H)
    assert [node.text for node in sketch.logits] == shown


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("loss 0.3521 · 33.3 %", "loss ? · ? %"),
        ("z[setosa] = −0.12 + 1.5 = 1.38", "z[setosa] = ? + ? = ?"),
        ("x₁ of unit A2 fell to 2.2 × 10⁻⁷", "x₁ of unit A2 fell to ?"),
        ("1,234 of 5,678 rows", "? of ? rows"),
        ("nothing is measured", "nothing is measured"),
    ],
)
def test_numbers_in_sentences_are_covered_and_names_are_not(text, covered):
    assert described.covered(text) == covered
