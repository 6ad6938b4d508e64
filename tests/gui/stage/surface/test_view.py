"""The loss surface on the stage: read, dragged, clicked, zoomed, with the way down on it."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.sources import load
from core.data.task import prepare
from core.explain.optimum import optimum
from core.explain.surface import direction, loss_surface
from core.model_family import FAMILY
from core.number_format import parse_number
from core.train.snapshot import Params
from core.train.trajectory import Trajectory
from gui.kit import theme as look
from gui.stage.surface.losses import title_of
from gui.stage.surface.request import extent
from gui.stage.surface.view import SurfaceView
from tests.gui.alone import opened as alone_of
from tests.gui.wheel import turn_wheel

PATIENCE_MS = 30_000


@pytest.fixture(scope="module", autouse=True)
def coarse_surfaces():
    """Leave surfaces as fine as they are in the program."""


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from alone_of(qtbot)


@pytest.fixture
def opened(open_alone):
    """Return a function that shows a run, some steps on, and its surface."""

    def opened(config: RunConfig | None = None, steps: int = 3):
        shown = open_alone()
        shown.start(config or RunConfig())
        shown.walk(steps)
        view = shown.show("Surface", 800, 600)
        (own,) = view.choices.shown
        panel = view.panels[own]
        shown.until(lambda: panel.surface is not None and panel.surface.losses[own].size > 2_000)
        for _ in range(3):  # an axis takes its width when it is painted, and others theirs then
            panel.plot.grab()
            QApplication.processEvents()
        return shown, view, panel

    return opened


@pytest.fixture
def alone(qtbot, show_view, trained, background):
    """Return a function that shows the surface of a config some steps on, by itself."""
    views = []  # they live as long as the test, which may end while a plot has the focus

    def alone(config: RunConfig | None = None):
        config = config or RunConfig()
        task = prepare(load(config.data), config)
        view = SurfaceView(look.LIGHT, background)
        views.append(view)
        show_view(view, 800, 600)
        view.receive_task(task)
        snapshot = trained(task, 3)
        view.receive_snapshot(snapshot)
        (own,) = view.choices.shown
        panel = view.panels[own]
        qtbot.waitUntil(lambda: is_settled(view, background), timeout=PATIENCE_MS)
        assert panel.surface is not None and panel.surface.losses[own].size > 2_000
        for _ in range(3):  # an axis takes its width when it is painted, and others theirs then
            panel.plot.grab()
            QApplication.processEvents()
        return snapshot, view, panel

    return alone


def is_settled(view, background) -> bool:
    """Take what the background has made; return whether the view shows the newest of it."""
    background.poll()
    return bool(view.is_at_rest and background.is_idle)


def pixel(panel, x: float, y: float) -> QPoint:
    scene = panel.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y))
    at: QPoint = panel.plot.mapFromScene(scene)
    return at


def place(panel, at: QPoint) -> tuple[float, float]:
    box = panel.plot.getPlotItem().getViewBox()
    found = box.mapSceneToView(panel.plot.mapToScene(at))
    return found.x(), found.y()


def loss_at(task, params: Params, loss_name: str = "cross-entropy") -> float:
    X = task.inputs(task.dataset.values(task.train_rows)).astype(float)
    Z = X @ params.W.T.astype(float) + params.b
    y = task.dataset.y[task.train_rows]
    A = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    if loss_name == "cross-entropy":
        return float(-np.log(A[np.arange(len(y)), y]).mean())
    return float(((A - np.eye(A.shape[1])[y]) ** 2).sum(axis=1).mean())


def test_the_point_stands_where_the_model_is_at_the_end_of_the_way_there_and_beside_its_boundary(
    opened, words
):
    shown, view, panel = opened(steps=4)
    W = shown.controller.snapshot.params.W
    np.testing.assert_allclose(panel.point, (W[2, 0], W[2, 1]), rtol=1e-6)
    xs, ys = panel.path.getData()
    assert (xs[0], ys[0]) == (0, 0)
    assert (xs[-1], ys[-1]) == pytest.approx(panel.point)
    assert len(xs) >= 5
    assert panel.optimum is None
    assert "No optimum" in words(view)  # the classes are separable

    x, y = view.boundary.lines.getData()
    at = np.isfinite(x)
    task, params = shown.controller.run.task, shown.controller.snapshot.params
    X = task.inputs(np.stack([x[at], y[at]], axis=1).astype(np.float32))
    Z = np.sort(X @ params.W.T + params.b, axis=1)
    # On a line between regions two classes tie, the lines being drawn on a coarse grid.
    assert np.median(Z[:, -1] - Z[:, -2]) < 0.02


def test_through_a_hidden_layer_the_point_stands_where_the_model_is(
    alone, words, qtbot, background
):
    config = RunConfig(model=ModelConfig(hidden=4, activation="tanh"))
    snapshot, view, panel = alone(config)
    choice = view.choices.across
    wanted = choice.findText("w⁽¹⁾ unit 3, petal width")
    choice.setCurrentIndex(wanted)
    choice.activated.emit(wanted)
    qtbot.waitUntil(lambda: is_settled(view, background), timeout=PATIENCE_MS)
    assert view.answer.directions[0].name == choice.currentText()
    x, _ = panel.point
    assert x == pytest.approx(snapshot.params.hidden.V[2, 1], abs=1e-5)
    assert "not convex" in words(view) and "One slice" in words(view)


def test_hovering_reads_the_loss_there(alone, move, words):
    snapshot, view, panel = alone()
    at = pixel(panel, *panel.point) + QPoint(40, 30)
    move(panel.plot.viewport(), at)
    x, y = place(panel, at)
    W = snapshot.params.W.copy()
    W[2, 0], W[2, 1] = x, y
    expected = loss_at(snapshot.task, Params(W, snapshot.params.b))
    found = re.search(r"across (.*), up (.*): cross-entropy \(nats\) (.*)", words(view))
    assert found is not None
    read = [parse_number(part) for part in found.group(1, 2, 3)]
    assert read == pytest.approx([x, y, expected], abs=6e-4)


def test_dragging_the_point_moves_the_model_in_these_two_parameters(qtbot, opened):
    shown, view, panel = opened()
    before = shown.controller.snapshot
    viewport = panel.plot.viewport()
    start = pixel(panel, *panel.point)
    end = start + QPoint(-35, 20)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    with qtbot.waitSignal(view.moved, timeout=PATIENCE_MS):
        QTest.mouseMove(viewport, (start + end) / 2)
        QTest.mouseMove(viewport, end)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    x, y = place(panel, end)
    qtbot.waitUntil(
        lambda: shown.controller.snapshot.params.W[2] == pytest.approx((x, y), abs=1e-5),
        timeout=PATIENCE_MS,
    )
    after = shown.controller.snapshot
    assert after.step == before.step
    changed = after.params.W != before.params.W
    assert changed.sum() == changed[2].sum() <= 2
    np.testing.assert_array_equal(after.params.b, before.params.b)
    assert after.metrics.train_loss == pytest.approx(
        loss_at(shown.controller.run.task, after.params), rel=1e-5
    )


def test_a_click_on_empty_ground_sets_the_start(qtbot, opened):
    shown, _, panel = opened()
    at = pixel(panel, *panel.point) + QPoint(45, 45)
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    x, y = place(panel, at)
    qtbot.waitUntil(lambda: shown.controller.snapshot.step == 0, timeout=PATIENCE_MS)
    assert shown.controller.snapshot.params.W[2] == pytest.approx((x, y), abs=1e-5)
    shown.controller.step()
    qtbot.waitUntil(lambda: shown.controller.snapshot.step == 1, timeout=PATIENCE_MS)
    shown.controller.reset()
    qtbot.waitUntil(lambda: shown.controller.snapshot.step == 0, timeout=PATIENCE_MS)
    assert shown.controller.snapshot.params.W[2] == pytest.approx((x, y), abs=1e-5)


def test_a_start_that_is_clicked_says_what_is_gone_and_one_undo_brings_it_back(qtbot, opened):
    shown, _, panel = opened()
    controller, before = shown.controller, shown.controller.snapshot
    assert before.step > 0
    for reach in (45, 30, 60):  # several, one after the other
        at = pixel(panel, *panel.point) + QPoint(reach, 25)
        qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
        x, y = place(panel, at)
        qtbot.waitUntil(
            lambda x=x, y=y: controller.snapshot.params.W[2] == pytest.approx((x, y), abs=1e-5),
            timeout=PATIENCE_MS,
        )
        qtbot.waitUntil(lambda: shown.is_at_rest, timeout=PATIENCE_MS)
    xs, ys = panel.path.getData()  # no longer from a start that was given up
    assert (set(xs), set(ys)) == ({panel.point[0]}, {panel.point[1]})
    assert shown.told[-1] == (
        f"Reset by the choice of a start. Ctrl+Z brings step {before.step:,} back."
    )
    assert controller.undo_stack.count() == 1
    controller.undo_stack.undo()
    qtbot.waitUntil(
        lambda: controller.snapshot is not None and controller.snapshot.step == before.step,
        timeout=PATIENCE_MS,
    )
    np.testing.assert_array_equal(controller.snapshot.params.W, before.params.W)
    np.testing.assert_array_equal(controller.snapshot.curves.table, before.curves.table)


def test_arrow_keys_move_the_point(qtbot, opened):
    shown, view, panel = opened()
    x, y = panel.point
    panel.plot.setFocus()
    with qtbot.waitSignal(view.moved, timeout=PATIENCE_MS):
        qtbot.keyClick(panel.plot, Qt.Key.Key_Right)
    qtbot.waitUntil(
        lambda: shown.controller.snapshot.params.W[2, 0] > x + 1e-3, timeout=PATIENCE_MS
    )
    assert shown.controller.snapshot.params.W[2, 1] == pytest.approx(y, abs=1e-5)


def test_both_losses_are_shown_and_read_side_by_side(qtbot, alone, background, move, words):
    snapshot, view, panel = alone()
    both = view.choices.losses.button(("cross-entropy", "squared error"))
    qtbot.mouseClick(both, Qt.MouseButton.LeftButton)
    other = view.panels["squared error"]
    qtbot.waitUntil(lambda: is_settled(view, background), timeout=PATIENCE_MS)
    assert panel.isVisible() and other.isVisible()
    params = snapshot.params
    at = pixel(other, *other.point)
    move(other.plot.viewport(), at)
    found = re.search(r"MSE, \(y − a\)² ([\d.]+)", words(view))
    assert found is not None
    read = float(found.group(1))
    W = params.W.copy()
    W[2] = place(other, at)
    assert read == pytest.approx(
        loss_at(snapshot.task, Params(W, params.b), "squared error"), abs=6e-4
    )


def test_the_optimum_is_marked_where_there_is_one(alone):
    config = RunConfig(training=TrainingConfig(weight_decay=0.05))
    snapshot, _view, panel = alone(config)
    best = optimum(snapshot.task, 0.05).params
    assert best is not None
    assert panel.optimum == pytest.approx(tuple(best.W[2]), abs=1e-4)


def test_pictures_offer_directions_in_place_of_thousands_of_weights(alone, words):
    snapshot, view, panel = alone(RunConfig(DataConfig("digits")))
    names = [view.choices.across.itemText(i) for i in range(view.choices.across.count())]
    assert len(names) == 16 and "downhill from here" in names
    assert "not searched for" in words(view)
    surface = panel.surface
    i, j = 3, 5
    place = surface.xs[j], surface.ys[i]
    there = direction.moved(snapshot.params, view.answer.directions, *place)
    expected = loss_at(snapshot.task, there)
    assert surface.losses["cross-entropy"][i, j] == pytest.approx(expected, rel=1e-3)


@pytest.fixture
def pictured(open_alone, pixels):
    """Return a function that trains flat out to the end and returns the picture of the surface."""

    def pictured(config: RunConfig, *, is_watched: bool):
        shown = open_alone()
        view = shown.show("Surface", 800, 600)
        shown.start(config)
        view.setVisible(is_watched)
        shown.finish()
        view.show()
        pictures: list[np.ndarray] = []

        def is_settled() -> bool:  # axes take their width when they are painted
            if not shown.is_at_rest:
                pictures.clear()
                return False
            pictures.append(pixels(view))
            return len(pictures) > 1 and np.array_equal(pictures[-1], pictures[-2])

        shown.until(is_settled)
        return pictures[-1]

    return pictured


@pytest.mark.parametrize(("source", "epochs"), [("iris", 100), ("digits", 10)])
def test_pictures_of_one_run_are_equal_whoever_watched_it(pictured, source, epochs):
    config = RunConfig(DataConfig(source), training=TrainingConfig(epochs=epochs))
    first, second = (pictured(config, is_watched=is_watched) for is_watched in (True, False))
    np.testing.assert_array_equal(first, second)


def test_the_wheel_zooms_about_the_pointer_and_that_stays_until_all_is_wanted_again(qtbot, opened):
    shown, _, panel = opened()
    fitted = panel.ranges()
    at = pixel(panel, *panel.point)
    (x0, x1), _ = panel.ranges()
    turn_wheel(panel.plot.viewport(), 1, at)
    (z0, z1), _ = panel.ranges()
    assert (x1 - x0) / (z1 - z0) == pytest.approx(1.25, rel=1e-6)
    assert (pixel(panel, *panel.point) - at).manhattanLength() <= 1
    zoomed = panel.ranges()
    assert zoomed != fitted
    for step in (4, 5):
        shown.controller.step()
        qtbot.waitUntil(lambda n=step: shown.controller.snapshot.step == n, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: shown.is_at_rest, timeout=PATIENCE_MS)
        np.testing.assert_allclose(panel.ranges(), zoomed)
    panel.plot.setFocus()
    qtbot.keyClick(panel.plot, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: shown.is_at_rest, timeout=PATIENCE_MS)
    np.testing.assert_allclose(panel.ranges(), fitted)


def test_the_extent_holds_the_path_and_a_near_optimum_and_grows_by_leaps():
    rng = np.random.default_rng(0)
    W = np.cumsum(rng.normal(0.02, 0.1, (500, 1, 2)), axis=0).astype(np.float32)
    path = Trajectory(np.arange(500), W, np.zeros((500, 1), np.float32))
    across = direction.Direction("across", np.array([[1.0, 0.0]]), np.zeros(1))
    up = direction.Direction("up", np.array([[0.0, 1.0]]), np.zeros(1))
    best = Params(np.array([[-4.0, 900.0]], np.float32), np.zeros(1, np.float32))
    seen = []
    for n in range(1, 500):
        (x0, x1), (y0, y1) = ranges = extent((across, up), path[:n], best)
        assert x0 <= W[:n, 0, 0].min() and W[:n, 0, 0].max() <= x1 and x0 < -4
        assert y0 <= W[:n, 0, 1].min() and W[:n, 0, 1].max() <= y1 < 900
        seen.append(ranges)
    assert len(set(seen)) < 12
    assert all(
        a[0] >= b[0] and a[1] <= b[1]
        for one, two in pairwise(seen)
        for a, b in zip(one, two, strict=True)
    )


CHOICES = {
    "mse": ("MSE", "cross-entropy"),
    "perceptron": ("criterion", "cross-entropy"),
    "adaline": ("MSE", "cross-entropy"),
    "svm": ("hinge loss", "cross-entropy"),
    "binary": ("cross-entropy", "MSE"),
    "ovr": ("cross-entropy", "MSE"),
    "ovo": ("cross-entropy", "MSE"),
}


def test_each_model_has_the_surface_of_its_own_loss_and_another_to_compare(qtbot, opened, new_run):
    decay = TrainingConfig(weight_decay=0.05)
    shown, view, _ = opened(RunConfig(model=ModelConfig(kind="mse"), training=decay))
    for kind, words in CHOICES.items():
        if shown.controller.config.model.kind != kind:
            with new_run(shown):
                shown.setup.wishes.change_kind(kind)
            for step in (1, 2, 3):
                shown.controller.step()
                qtbot.waitUntil(
                    lambda n=step: shown.controller.snapshot.step == n, timeout=PATIENCE_MS
                )
        qtbot.waitUntil(lambda: shown.is_at_rest, timeout=PATIENCE_MS)
        own, other = loss_surface.own_loss(kind), loss_surface.other_loss(kind)
        assert view.choices.shown == (own,)
        losses = view.choices.losses
        buttons = [losses.button(value).text() for value in ((own,), (other,), (own, other))]
        assert buttons == [*words, "both"]
        panel, sample = view.panels[own], loss_surface.Sample.of(shown.controller.run.task)
        params, surface = shown.controller.snapshot.params, panel.surface
        if kind == "binary":
            np.testing.assert_allclose(panel.point, params.W[0], rtol=1e-6)
        there = direction.moved(params, view.answer.directions, surface.xs[5], surface.ys[7])
        expected = loss_surface.value(sample, there, own, 0.05)
        assert surface.losses[own][7, 5] == pytest.approx(expected, rel=1e-4)
        assert (panel.optimum is not None) == (not FAMILY[kind].no_optimum)
        qtbot.mouseClick(losses.button((own, other)), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda o=other: view.panels[o].surface is not None, timeout=PATIENCE_MS)
        assert view.panels[other].isVisible() and panel.isVisible()
        qtbot.mouseClick(losses.button((own,)), Qt.MouseButton.LeftButton)


def test_over_a_single_weight_there_is_no_surface_and_it_says_so(open_alone):
    one_feature = DataConfig(features=("petal width",))
    neuron = ModelConfig(kind="binary", has_bias=False)
    shown = open_alone()
    view = shown.show("Surface", 800, 600)
    shown.start(RunConfig(data=one_feature, model=neuron))
    shown.until(lambda: shown.is_at_rest)
    said = [label.text() for label in view.findChildren(QLabel)]
    assert any("a single weight" in words for words in said)


def test_a_model_with_another_loss_than_the_one_before_is_shown(qtbot, open_alone):
    shown = open_alone()
    shown.start(RunConfig(model=ModelConfig(kind="svm")))
    view = shown.show("Surface", 800, 600)
    for kind in ("softmax", "perceptron", "svm", "binary"):
        shown.setup.wishes.change_kind(kind)
        qtbot.waitUntil(lambda kind=kind: shown.controller.config.model.kind == kind)
        qtbot.waitUntil(lambda: shown.is_at_rest, timeout=PATIENCE_MS)
        (own,) = view.choices.shown
        assert view.panels[own].title.text() == title_of(kind, own)
