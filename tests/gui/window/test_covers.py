"""Numbers are covered by a key and revealed one at a time, and nothing moves."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QGraphicsSimpleTextItem,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QTableView,
    QWidget,
)

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data.sources import load
from gui.kit import described
from gui.kit.areas.grips import Grip
from gui.kit.fields.choices import Segments
from gui.kit.labels import Readout
from gui.window.spoken import Spoken
from gui.window.view_registry import SIDE, TABS

PATIENCE_MS = 30_000


def test_numbers_are_covered_in_place_and_revealed_one_by_one(window, pixels, qtbot):
    bar = window.run_bar
    matrix = window.views["Confusion"].matrix
    loss, place = bar.loss, bar.loss.geometry()
    QTest.keyClick(window, Qt.Key.Key_H)
    assert loss.geometry() == place and matrix.covering.is_on
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
    assert not sheet.numbers.covered and not matrix.covering.is_on
    loss.show_values("1.2345", "1.2345")
    assert not np.array_equal(pixels(loss), one)


def told(view):
    """Return all that is said of a view's pictures, and shown of what is pointed at in them.

    What a grip says, its share of the room, tells nothing of a run.
    """
    parts = [part for part in view.findChildren(QWidget) if not isinstance(part, Grip)]
    said = [widget.accessibleDescription() for widget in (view, *parts)]
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


def readable(view):
    """Return all numbers that can be read of a view in sight: written, painted, said, in tips."""
    texts = list[str]()
    for widget in (view, *view.findChildren(QWidget)):
        if not widget.isVisible():
            continue
        texts += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
        if isinstance(widget, QLabel):
            texts.append(QLabel.text(widget))
        if isinstance(widget, QTableView):
            texts += cells_of(widget.model())
        if isinstance(widget, QGraphicsView):
            for item in widget.scene().items():
                if isinstance(item, QGraphicsSimpleTextItem) and item.isVisible():
                    texts.append(item.text())
                if isinstance(item, QGraphicsTextItem) and item.isVisible():
                    texts.append(item.toPlainText())
    return {text for text in texts if described.covered(text) != text and not OPEN.search(text)}


def cells_of(model):
    """Return the texts of the columns of results, with what is said of them."""
    role = Qt.ItemDataRole
    heads = [
        str(model.headerData(j, Qt.Orientation.Horizontal)) for j in range(model.columnCount())
    ]
    return [
        str(model.data(model.index(i, j), of_it) or "")
        for i in range(min(model.rowCount(), 20))
        for j, head in enumerate(heads)
        if head not in DATA
        for of_it in (role.DisplayRole, role.ToolTipRole, role.AccessibleTextRole)
    ]


OPEN = re.compile(
    r"\bsteps? \d|^row |^test row |^training row |, in the race|out of the race| × \d+$"
)
DATA = (
    "row",
    "documents",
    "class",
    "set",
    "run",
    "text",
    "cells",
    *load(DataConfig()).feature_names,
)


def put_a_digit(view):
    for fold in (view.how_it_is_read, view.why):
        fold.setChecked(True)
    view.picker.pick_any()


FIRST = {  # what is done in a view before its figures appear
    "Draw": put_a_digit,
    "Read": lambda view: view.toolbar.random.click(),
    "Trace": lambda view: view.badge.button.click(),
}


@pytest.mark.parametrize(
    ("source", "names"),
    [("iris", ()), ("digits", ("Weights", "Draw")), ("genres", ("Words", "Weights", "Read"))],
)
def test_what_can_be_read_of_a_covered_view_is_the_same_for_other_weights(
    open_window, source, names, qtbot
):
    """The registry of views: no view, and no page of one, shows a figure of the model."""
    whole = TrainingConfig(batch_size=30)  # 120 rows of Iris in batches of one size, an input
    window = open_window(RunConfig(DataConfig(source=source), training=whole))
    for key in (Qt.Key.Key_S, Qt.Key.Key_K, Qt.Key.Key_H):
        QTest.keyClick(window, key)
    shown = dict[str, set[str]]()
    for spec in (*TABS, *SIDE):
        if not spec.applies_to(window.controller.run.task) or (names and spec.name not in names):
            continue
        window.stage.show_name(spec.name if spec in TABS else window.stage.available[0])
        view = window.views[spec.name]
        FIRST.get(spec.name, lambda _: None)(view)
        parts = [part for part in view.findChildren(Segments) if part.isVisible()]
        pages = [page for part in parts for page in part.findChildren(QAbstractButton)]
        for page in pages or [None]:
            if pages:
                page.click()
            qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
            before = readable(view)
            window.controller.step()
            qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
            shown[f"{spec.name} {page.text() if pages else ''}"] = readable(view) ^ before
    assert {page: texts for page, texts in shown.items() if texts} == {}
    if popup := QApplication.activePopupWidget():  # the table of the gradient check
        popup.close()
    QTest.keyClick(window, Qt.Key.Key_H)
    assert any(map(readable, window.views.made))
