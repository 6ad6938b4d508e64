"""A project that is opened looks as it did when it was saved, to the pixel, in every view."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import points
from tests.gui.wheel import turn_wheel

HELD_OUT = DataConfig("iris", validation_fraction=0.2)
RUNS = {
    "classes": RunConfig(),
    "a hidden layer": RunConfig(model=ModelConfig("softmax", hidden=4)),
    "a neuron": RunConfig(HELD_OUT, ModelConfig("binary")),
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
    """Return pictures(window): what the window shows, by the view on its stage."""

    def pictures(window):
        found = {}
        for name in window.stage.available:
            window.stage.show_name(name)
            rest(window)
            found[name] = window.grab().toImage()
        return found

    return pictures


@pytest.fixture
def same(save, reopen, open_window, pictures):
    """Return same(window): the views that look the same once it is saved and opened elsewhere."""

    def same(window):
        window.stage.show_name(window.stage.available[-1])
        window.stage.setFocus()  # the ring of the focus is not kept
        before = pictures(window)
        save(window)
        other = open_window()
        reopen(other)
        assert other.stage.current == window.stage.current
        after = pictures(other)
        return {name: picture == before[name] for name, picture in after.items()}

    return same


def all_of(window):
    return dict.fromkeys(window.stage.available, True)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("config", [*(pytest.param(RUNS[k], id=k) for k in RUNS), OF_PICTURES])
def test_every_view_looks_the_same(config, open_window, walk, same):
    window = open_window(config)
    walk(window, 20)
    assert same(window) == all_of(window)


def test_drawn_points_look_the_same(open_window, walk, same, click_plane, qtbot):
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
    assert same(window) == all_of(window)


@pytest.mark.timeout(300)
def test_what_is_chosen_in_the_views_comes_back(open_window, walk, same, rest, qtbot):
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
    assert same(window) == all_of(window)


def test_a_moved_threshold_comes_back_on_the_plane_too(open_window, walk, same, qtbot):
    window = open_window(RUNS["a neuron"])
    walk(window, 5)
    window.stage.show_name("Evaluation")
    evaluation = window.views["Evaluation"]
    qtbot.keyClick(evaluation.threshold.slider, Qt.Key.Key_PageUp)
    assert evaluation.threshold.value != 0.5
    assert same(window)["Boundary"]
