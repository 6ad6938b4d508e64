"""A project that is opened looks as it did when it was saved, to the pixel, in every view."""

from collections import Counter

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import points
from tests.gui.wheel import turn_wheel

HELD_OUT = DataConfig("iris", validation_fraction=0.2)
RUNS = {
    "classes": RunConfig(),
    "a hidden layer": RunConfig(model=ModelConfig("softmax", hidden=4)),
}
OF_PICTURES = pytest.param(RunConfig(DataConfig("digits")), id="pictures", marks=pytest.mark.slow)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def rest(qtbot):
    """Return rest(window): wait until nothing of it is pending, also for the next events."""

    def rest(window):
        for _ in range(3):
            qtbot.waitUntil(lambda: window.is_at_rest, timeout=100_000)
            QApplication.processEvents()
        window.status.remark("")

    return rest


@pytest.fixture
def pictures(rest):
    """Return pictures(window): the view on its stage by name, each with what the window shows."""

    def pictures(window):
        for name in window.stage.available:
            window.stage.show_name(name)
            rest(window)
            yield name, window.grab().toImage()

    return pictures


def difference(window, before, after):
    """Return where two pictures of the window differ and which widgets are there; "" if nowhere."""
    if before == after:
        return ""
    if before.size() != after.size():
        return f"{before.size().toTuple()} was the size, now {after.size().toTuple()}"
    rows, columns = np.nonzero(pixels_of(before) != pixels_of(after))
    every = len(rows) // 1000 + 1
    places = list(zip(columns[::every].tolist(), rows[::every].tolist(), strict=True))
    widgets = Counter(window.childAt(x, y) for x, y in places).most_common(8)
    region = f"{len(rows)} px, x {columns.min()} … {columns.max()}, y {rows.min()} … {rows.max()}: "
    return region + "; ".join(f"{n / len(places):.0%} {described(w)}" for w, n in widgets)


def pixels_of(image):
    table = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32)
    return table.reshape(image.height(), -1)[:, : image.width()]


def described(widget):
    """Return a widget's class and names, then those of what it is in, up to the window."""
    found = []
    while widget is not None:
        text = getattr(widget, "text", "")
        names = (widget.objectName(), widget.accessibleName(), text() if callable(text) else text)
        found.append(" ".join([type(widget).__name__, *(repr(name) for name in names if name)]))
        widget = widget.parentWidget()
    return " in ".join(found[:-1])


def measures(window):
    """Return size, hint and font of each visible widget by its description."""
    seen = (w for w in window.findChildren(QWidget) if w.isVisible())
    return {
        described(w): (w.size().toTuple(), w.sizeHint().toTuple(), w.font().key()) for w in seen
    }


@pytest.fixture
def assert_same(save, reopen, open_window, pictures):
    """Return assert_same(window): saved and opened elsewhere, each view looks as before."""

    def assert_same(window):
        window.stage.show_name(window.stage.available[-1])
        window.stage.setFocus()  # the ring of the focus is not kept
        before = dict(pictures(window))
        save(window)
        other = open_window()
        reopen(other)
        assert other.stage.current == window.stage.current
        assert other.stage.available == window.stage.available
        found = {name: difference(other, before[name], now) for name, now in pictures(other)}
        found = {name: where for name, where in found.items() if where}
        if found:  # what could have moved all the rest
            here, there = measures(window), measures(other)
            moved = [f"{w}: {here[w]}, {there.get(w)}" for w in here if here[w] != there.get(w)]
            pytest.fail("\n".join([*moved, *(f"{name}: {found[name]}" for name in found)]))

    return assert_same


@pytest.mark.timeout(300)
@pytest.mark.parametrize("config", [*(pytest.param(RUNS[k], id=k) for k in RUNS), OF_PICTURES])
def test_every_view_looks_the_same(config, open_window, walk, assert_same):
    window = open_window(config)
    walk(window, 20)
    assert_same(window)


@pytest.mark.timeout(300)
def test_every_view_of_a_neuron_looks_the_same_and_a_moved_threshold_comes_back_on_the_plane_too(
    open_window, walk, assert_same, qtbot
):
    window = open_window(RunConfig(HELD_OUT, ModelConfig("binary")))
    walk(window, 20)
    window.stage.show_name("Evaluation")
    evaluation = window.views["Evaluation"]
    qtbot.keyClick(evaluation.threshold.slider, Qt.Key.Key_PageUp)
    assert evaluation.threshold.value != 0.5
    assert_same(window)


def test_drawn_points_look_the_same(open_window, walk, assert_same, click_plane, qtbot):
    config = RunConfig(DataConfig("drawn"), ModelConfig("softmax"))
    window = open_window(config, wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None)
    board = window.views["Boundary"]
    low, high = points.RANGE
    for x, key in ((low / 2, "1"), (high / 2, "2")):
        board.plot.setFocus()
        qtbot.waitUntil(board.plot.hasFocus)
        qtbot.keyClick(board.plot, key)
        for y in range(3):
            click_plane(board, x, y)
    qtbot.waitUntil(lambda: window.controller.snapshot is not None, timeout=30_000)
    walk(window, 10)
    assert_same(window)


@pytest.mark.timeout(300)
def test_what_is_chosen_in_the_views_comes_back(open_window, walk, assert_same, rest, qtbot):
    window = open_window()
    walk(window, 30)
    views, down, up = window.views, Qt.Key.Key_Down, Qt.Key.Key_Up

    def on_stage(name):
        window.stage.show_name(name)
        rest(window)
        return views[name]

    boundary = on_stage("Boundary")
    for field in (boundary.plane_choice.across, boundary.shown_points):
        qtbot.keyClick(field, down)
    qtbot.mouseClick(boundary.gradient_arrows.box, LEFT)
    rows = on_stage("Data")
    qtbot.keyClick(rows.shown, down)
    rows.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    weights = on_stage("Weights")
    qtbot.mouseClick(weights.subject.button("coefficients"), LEFT)
    qtbot.keyClick(weights.coefficients.output, up)
    evaluation = on_stage("Evaluation")
    qtbot.mouseClick(evaluation.parts.button("curves"), LEFT)
    qtbot.keyClick(evaluation.curves.of, up)
    qtbot.mouseClick(on_stage("Runs").pages.button("pictures"), LEFT)
    surface = on_stage("Surface")
    qtbot.keyClick(surface.choices.across, down)
    rest(window)
    qtbot.mouseClick(views["Loss"].log_button, LEFT)
    for plot in (views["Loss"].plot, surface.panels["cross-entropy"].plot):
        turn_wheel(plot.viewport(), 2, QPoint(120, 80))
    on_stage("Demos").titles.setCurrentRow(4)
    rest(window)
    assert_same(window)
