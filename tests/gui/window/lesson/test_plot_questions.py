"""Questions on the plane and on the loss curve: clicked, drawn by mouse or keys, and judged."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from sklearn.linear_model import LogisticRegression

from core.teach.lesson_file import read
from tests.gui.conftest import place_on

PATIENCE_MS = 30_000
STEPS = """
format = 1
title = "Predict"

[[steps]]
text = "Where is the largest loss?"

[steps.setup]
kind = "binary"
epochs = 40
batch_size = "full"
learning_rate = 1.0
weight_decay = 0.001
test_fraction = 0.0
standardise = false
points.list = [[-1, 0, "a"], [-2, 1, "a"], [2, 1, "a"], [-1.5, -2, "a"], [-0.5, 2, "a"],
    [1, 0, "b"], [2, -1, "b"], [1.5, 2, "b"], [-1, -1, "b"], [0.5, -2, "b"]]
weights = [[1.0, 0.0]]
biases = [0.0]

[steps.question]
kind = "click"
target = "largest loss"
right = "It lies deepest among the others."
wrong = "Look for a point among those of the other class."

[[steps]]
text = "Where will the boundary be?"

[steps.question]
kind = "boundary"
tolerance = 0.05
wrong = "It can be done better."

[[steps]]
text = "How will the loss fall?"

[steps.question]
kind = "curve"
tolerance = 0.15
"""


@pytest.fixture
def begun(open_window, new_run):
    """A window with the first step of the lesson."""
    window = open_window()
    with new_run(window):
        window.lessons.begin(read(STEPS.encode(), "predict"))
    return window


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def draw(plot, *spots):
    """Draw by mouse through these positions, in the units of the axes."""
    viewport, (first, *others) = plot.viewport(), [place_on(plot, *spot) for spot in spots]
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=first)
    for before, place in zip([first, *others], others, strict=False):
        for part in np.linspace(0, 1, 6)[1:]:
            here = before + QPoint(*(int(part * c) for c in (place - before).toTuple()))
            QTest.mouseMove(viewport, here)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=others[-1])


def settled(qtbot, row):
    qtbot.waitUntil(lambda: row.is_settled, timeout=PATIENCE_MS)
    return row.feedback.text()


def test_a_click_is_judged_by_the_losses_of_the_examples(begun, qtbot, click_plane):
    row, view = begun.lessons.strip.question, begun.views["Boundary"]
    layer, board = view.answer_layer, begun.editor.points
    assert begun.stage.current == "Boundary" and layer.is_open and "Click" in layer.hint.text()
    click_plane(view, -2.0, 1.0)
    qtbot.waitUntil(lambda: "Not so" in row.feedback.text(), timeout=PATIENCE_MS)
    assert "Row 2 has the loss 0.127" in row.feedback.text()  # log(1 + exp(−2))
    click_plane(view, 2.0, 1.0)
    said = settled(qtbot, row)
    assert "The largest loss is 2.127, of row 3." in said and "lies deepest" in said
    np.testing.assert_allclose(layer.truth[0], [[2.0, 1.0]])
    assert begun.editor.points is board, "a click that answers puts no point"
    press(begun.lessons.strip.next_button)
    assert not layer.truth and "Draw the boundary" in layer.hint.text()


def test_a_boundary_is_drawn_by_mouse_or_keys_undone_and_judged(begun, qtbot):
    strip, view = begun.lessons.strip, begun.views["Boundary"]
    row, layer = strip.question, view.answer_layer
    row.reveal()
    settled(qtbot, row)
    press(strip.next_button)
    draw(view.plot, (-3, 2.9), (3, 2.8))
    assert layer.drawn is not None and row.plot_button.isEnabled()
    press(row.undo_button)
    assert not row.undo_button.isEnabled() and not row.plot_button.isEnabled()
    QTest.keyClick(view.plot, Qt.Key.Key_Right)
    ends = layer.drawn
    assert ends is not None
    QTest.keyClick(view.plot, Qt.Key.Key_2)
    QTest.keyClick(view.plot, Qt.Key.Key_Up)
    moved = layer.drawn
    assert moved is not None
    np.testing.assert_array_equal(moved[0], ends[0])
    assert moved[1, 1] > ends[1, 1] and begun.stage.current == "Boundary"
    QTest.keyClick(view.plot, Qt.Key.Key_Escape)
    assert not layer.is_open and row.return_button.isVisible()
    press(row.return_button)
    draw(view.plot, (0, -2), (0, 2))
    QTest.keyClick(view.plot, Qt.Key.Key_Return)
    said = settled(qtbot, row)
    points = begun.editor.points
    model = LogisticRegression(C=1 / (0.001 * len(points))).fit(points.xy, points.labels)
    best = model.score(points.xy, points.labels)
    assert f"You drew this line: 80.0\xa0%; the optimum has {100 * best:.1f}\xa0%." in said
    (line,) = layer.truth
    np.testing.assert_allclose(line @ model.coef_[0] + model.intercept_[0], 0, atol=0.02)
    assert "the optimum" in layer.hint.text() and layer.drawn is not None
    strip.again_button.click()
    qtbot.waitUntil(lambda: layer.drawn is None, timeout=PATIENCE_MS)


def test_a_curve_is_drawn_then_trained_and_both_are_compared(begun, qtbot):
    strip = begun.lessons.strip
    row = strip.question
    for _ in range(2):
        row.reveal()
        settled(qtbot, row)
        press(strip.next_button)
    view = begun.views["Curves"].curves[0]
    assert begun.stage.current == "Curves" and view.answer_layer.is_open
    assert view.navigation.steps_in_sight[1] >= 40
    draw(view.plot, (0, 0.8), (20, 0.6), (40, 0.5))
    press(row.plot_button)
    said = settled(qtbot, row)
    curves = begun.controller.snapshot.curves
    expected = np.interp(curves.step, [0, 20, 40], [0.8, 0.6, 0.5])
    distance = float(np.abs(expected - curves.train_loss).mean())
    told = float(said.split("On average ")[1].split(" ")[0])
    assert told == pytest.approx(distance, abs=0.02) and "nats apart" in said
    x, y = view.expected.line.getData()
    assert (x[0], x[-1]) == pytest.approx((0, 40), abs=1) and y[0] == pytest.approx(0.8, abs=0.02)


def test_a_clicker_sees_the_truth_without_an_answer(begun, qtbot):
    strip = begun.lessons.strip
    layer = begun.views["Boundary"].answer_layer
    begun.presenter.toggle()
    assert layer.hint.text() == "Click where you expect it."  # the keys would take its room
    for said in ("The largest loss is", "The optimum has", "The run shows it"):
        QTest.keyClick(begun, Qt.Key.Key_PageDown)
        assert said in settled(qtbot, strip.question)
        if "run" not in said:
            QTest.keyClick(begun, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: begun.controller.steps > 0, timeout=PATIENCE_MS)
    begun.presenter.toggle()
