"""Numbers are covered by a key and revealed one at a time, and nothing moves."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

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
