"""The trace on the stage and in its gauge: real numbers, lit, covered, taken in parts, copied."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.snapshot import Status
from gui.trace_lines import PARTS

PATIENCE_MS = 30_000
MINUTES = RunConfig(training=TrainingConfig(epochs=10**6))


def number(words: str) -> float:
    digits, _, power = words.strip("()").replace("−", "-").partition("·10")
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return float(digits) * 10.0 ** int(power.translate(raised) or 0)


@pytest.fixture
def traced(qtbot, open_window):
    """Return a function that opens the window on a config, with so many steps, and its trace."""

    def traced(config: RunConfig | None = None, steps: int = 3):
        window = open_window(config)
        for step in range(1, steps + 1):
            qtbot.keyClick(window.stage, Qt.Key.Key_S)
            qtbot.waitUntil(lambda n=step: window.hub.snapshot.step == n, timeout=PATIENCE_MS)
        qtbot.keyClick(window.stage, Qt.Key.Key_5)
        assert window.stage.current == "Trace"
        view = window.views[-1]
        follows(qtbot, window, window.hub.snapshot.step)
        return window, view

    return traced


def follows(qtbot, window, step: int) -> None:
    """Wait until the numbers on screen are those of this step."""
    newest = window.maths.tracer

    def is_there() -> bool:
        return newest.newest is not None and newest.newest.trace.step == step

    qtbot.waitUntil(is_there, timeout=PATIENCE_MS)


def spot(sheet, key) -> QPoint:
    """Return where a number stands on a sheet."""
    at: QPoint = sheet._spots[key][0].rect.center().toPoint()
    return at


def oracle(window):
    """Compute the example's way by hand, from the window's own snapshot."""
    snapshot, task = window.hub.snapshot, window.hub.run.task
    example = window.maths.chosen.example
    x = task.inputs(task.dataset.values()[example.row][None])[0].astype(float)
    z = snapshot.params.W.astype(float) @ x + snapshot.params.b
    a = np.exp(z) / np.exp(z).sum()
    y = np.eye(len(z))[task.dataset.y[example.row]]
    return x, z, a, y


def test_every_number_of_the_derivation_is_right(traced):
    window, view = traced()
    x, z, a, y = oracle(window)
    sheet = view.sheet
    for k in range(3):
        assert number(sheet.say(("z", k))) == pytest.approx(z[k], abs=6e-4)
        assert number(sheet.say(("a", k))) == pytest.approx(a[k], abs=6e-4)
        assert number(sheet.say(("dz", k))) == pytest.approx((a - y)[k], abs=6e-4)
        for j in range(2):
            assert number(sheet.say(("dW", k, j))) == pytest.approx((a - y)[k] * x[j], abs=6e-4)
    assert number(sheet.say(("L",))) == pytest.approx(-np.log(a[y.argmax()]), abs=6e-4)


def test_the_gauge_shows_the_same_numbers_as_the_stage(traced):
    window, view = traced()
    gauge = window.example.sheet
    for key in [("x", 0), ("z", 1), ("a", 2), ("dz", 0), ("L",)]:
        assert gauge.say(key) == view.sheet.say(key)
        assert gauge._spots[key]


def test_the_new_weights_are_those_after_the_next_step(qtbot, traced):
    window, view = traced()
    promised = {(k, j): number(view.sheet.say(("W2", k, j))) for k in range(3) for j in range(2)}
    step = window.hub.snapshot.step
    qtbot.keyClick(view, Qt.Key.Key_S)
    follows(qtbot, window, step + 1)
    after = window.hub.snapshot.params.W
    for (k, j), value in promised.items():
        assert value == pytest.approx(after[k, j], abs=6e-4)


def test_a_number_under_the_pointer_lights_up_wherever_it_stands(traced, move):
    window, view = traced()
    move(view.sheet, spot(view.sheet, ("a", 0)))
    for sheet in (view.sheet, window.example.sheet):
        spots = sheet._spots["a", 0]
        assert all(one._ground.brush().color().name() for one in spots)
        lit = {one._ground.brush().color().name().upper() for one in spots}
        assert lit == {view.theme.accent}
    assert view.sheet._spots["a", 1][0]._ground.brush().style() == Qt.BrushStyle.NoBrush
    assert len(view.sheet._spots["a", 0]) >= 2


def test_a_covered_number_is_a_question_mark_everywhere_until_it_is_revealed(qtbot, traced):
    window, view = traced()
    key = ("a", 0)
    shown = view.sheet.say(key)
    qtbot.mouseClick(view.cover, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view.sheet, Qt.MouseButton.LeftButton, pos=spot(view.sheet, key))
    texts = {
        one._item.text()
        for sheet in (view.sheet, window.example.sheet)
        for one in sheet._spots[key]
    }
    assert texts == {"?"}
    assert shown not in view.sheet.text().split()
    qtbot.mouseClick(view.reveal, Qt.MouseButton.LeftButton)
    assert view.sheet.say(key) == shown == window.example.sheet.say(key)


def test_a_covered_number_stays_covered_while_it_trains(qtbot, traced, reach):
    window, view = traced(MINUTES)
    view.sheet.cover([("L",)], True)
    step = window.hub.snapshot.step
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.maths.tracer.newest.trace.step > step + 10, timeout=PATIENCE_MS)
    assert {one._item.text() for one in view.sheet._spots["L",]} == {"?"}


def test_four_presses_make_one_step(qtbot, traced):
    window, view = traced()
    step = window.hub.snapshot.step
    sheet = view.sheet
    for part in range(4):
        qtbot.keyClick(view, Qt.Key.Key_N)
        assert window.maths.tracer.part == part
        lit = {placed.line.part for placed in sheet._rows if placed.root.opacity() == 1}
        assert lit == {part}
        assert [button.isChecked() for button in view.parts] == [k <= part for k in range(4)]
        if part < len(PARTS) - 1:
            assert window.hub.snapshot.step == step
    qtbot.waitUntil(lambda: window.hub.snapshot.step == step + 1, timeout=PATIENCE_MS)
    assert window.maths.tracer.newest.trace.step == step, "what was lit stays to be looked at"
    qtbot.keyClick(view, Qt.Key.Key_N)
    follows(qtbot, window, step + 1)
    assert window.maths.tracer.part == 0


def test_a_part_pauses_training_first(qtbot, traced, reach):
    window, view = traced(MINUTES)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    reach(window, Status.TRAINING)
    qtbot.mouseClick(view.parts[0], Qt.MouseButton.LeftButton)
    reach(window, Status.PAUSED)
    qtbot.waitUntil(lambda: window.maths.tracer.part == 0, timeout=PATIENCE_MS)


def test_training_on_ends_the_parts(qtbot, traced, reach):
    window, view = traced(MINUTES)
    qtbot.keyClick(view, Qt.Key.Key_N)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    reach(window, Status.TRAINING)
    qtbot.waitUntil(lambda: window.maths.tracer.part is None, timeout=PATIENCE_MS)
    assert {placed.root.opacity() for placed in view.sheet._rows} == {1.0}


def test_the_rows_before_and_after_are_a_press_away(qtbot, traced):
    window, view = traced()
    first = window.maths.chosen.example.row
    qtbot.mouseClick(view.after, Qt.MouseButton.LeftButton)
    assert window.maths.chosen.example.row == first + 1
    qtbot.mouseClick(view.before, Qt.MouseButton.LeftButton)
    assert window.maths.chosen.example.row == first


def test_the_worst_row_has_the_largest_loss(qtbot, traced):
    window, view = traced(steps=5)
    task, params = window.hub.run.task, window.hub.snapshot.params
    X = task.inputs(task.dataset.values()).astype(float)
    Z = X @ params.W.T.astype(float) + params.b
    losses = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), task.dataset.y]
    worst = max(task.train_rows, key=lambda row: losses[row])
    qtbot.mouseClick(view.worst, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.maths.chosen.example.row == worst, timeout=PATIENCE_MS)


def test_a_point_that_is_clicked_is_followed(qtbot, open_window, click_plane):
    window = open_window()
    task = window.hub.run.task
    row = 120
    x, y = task.dataset.values()[row][:2]
    click_plane(window.boundary, float(x), float(y))
    found = window.maths.chosen.example.row
    np.testing.assert_allclose(task.dataset.values()[found], task.dataset.values()[row])


def test_a_binary_neuron_shows_the_chain_rule(traced):
    _, view = traced(RunConfig(model=ModelConfig(kind="binary")))
    say = view.sheet.say
    a, y = number(say(("a", 0))), number(say(("y", 0)))
    assert number(say(("dadz",))) == pytest.approx(a * (1 - a), abs=2e-3)
    assert number(say(("dz", 0))) == pytest.approx(a - y, abs=2e-3)
    product = number(say(("dLda",))) * number(say(("dadz",)))
    assert product == pytest.approx(a - y, abs=2e-2)


def test_ten_classes_of_pictures_are_followed_with_pictures(traced):
    window, view = traced(RunConfig(DataConfig("digits")))
    trace = window.maths.tracer.newest.trace
    assert len(trace.z) == 10
    for k in range(10):
        assert number(view.sheet.say(("z", k))) == pytest.approx(trace.z[k], rel=0.06, abs=6e-4)
        assert view.sheet._frames["dW", k]
    assert not view.sheet._frames["x",][0]._item.pixmap().isNull()


def test_a_formula_is_copied_as_latex_and_its_table_as_csv(qtbot, traced):
    window, view = traced()
    sheet = view.sheet
    line = next(p for p in sheet._rows if p.line.title.text == "weights" and p.line.part == 2)
    place = QPoint(sheet.width() // 2, int(line.top + line.height / 2))
    from PySide6.QtGui import QContextMenuEvent

    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, sheet.mapToGlobal(place))
    QGuiApplication.sendEvent(sheet, event)
    (menu,) = sheet.findChildren(QMenu)
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    actions["Copy as LaTeX"].trigger()
    latex = QGuiApplication.clipboard().text()
    assert latex.startswith(r"\frac{\partial L}{\partial \mathbf{W}}") and "bmatrix" in latex
    actions["Copy table as CSV"].trigger()
    table = [row.split(",") for row in QGuiApplication.clipboard().text().splitlines()]
    trace = window.maths.tracer.newest.trace
    np.testing.assert_allclose(np.array(table, dtype=float), trace.dW, rtol=0.05, atol=6e-4)
    menu.close()


def test_screen_readers_get_the_derivation_in_words(traced):
    _, view = traced()
    spoken = view.sheet.accessibleDescription()
    assert re.search(r"loss: L = −Σ y ln a = −ln a\d = −ln [\d.]+ = [\d.]+", spoken)


def test_arrow_keys_walk_through_the_numbers_and_return_covers(qtbot, traced):
    _, view = traced()
    view.sheet.setFocus()
    qtbot.keyClick(view.sheet, Qt.Key.Key_Right)
    key = view.sheet._lit
    assert key == next(iter(view.sheet._spots))
    qtbot.keyClick(view.sheet, Qt.Key.Key_Return)
    assert view.sheet.covered == {key}


def test_a_drawing_has_a_loss_once_its_class_is_said(qtbot, traced):
    window, view = traced(RunConfig(DataConfig("digits")))
    from gui.example import Example

    window.maths.chosen.choose(Example(np.full(64, 0.5), None, None, "the drawing"))
    qtbot.waitUntil(lambda: window.maths.tracer.newest.example.row is None, timeout=PATIENCE_MS)
    assert ("L",) not in view.sheet._spots and view.label.isVisible()
    view.label.setFocus()
    for _ in range(8):
        qtbot.keyClick(view.label, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: window.maths.tracer.newest.trace.label == 7, timeout=PATIENCE_MS)
    a = window.maths.tracer.newest.trace.a
    assert number(view.sheet.say(("L",))) == pytest.approx(-np.log(a[7]), rel=0.05)
