"""A window at rest: what each view then shows is what the run's last weights say."""

from __future__ import annotations

import math
import threading
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.points import Points
from core.explain import curvature
from gui.kit import plots
from gui.kit import theme as look
from gui.kit.maths.sheet import Sheet
from gui.kit.rest import awaits_timer
from gui.window.run_bar import SPEEDS

PATIENCE_MS = 60_000
RINGS = 20  # their height on the plane, above that of all points
CSV = "a,b,c,kind\n" + "".join(
    f"{i % 7 + (i % 3)},{(i * i) % 5 - (i % 3)},{i % 4},{'xyz'[i % 3]}\n" for i in range(60)
)
FEW = TrainingConfig(epochs=6)
CONFIGS = {
    "softmax": RunConfig(training=FEW),
    "binary": RunConfig(model=ModelConfig("binary", positive="versicolor"), training=FEW),
    "one vs rest": RunConfig(model=ModelConfig("ovr"), training=FEW),
    "perceptron": RunConfig(model=ModelConfig("perceptron", "virginica", "setosa"), training=FEW),
    "hidden": RunConfig(model=ModelConfig(hidden=5, init="random"), training=FEW),
    "digits": RunConfig(data=DataConfig("digits"), training=FEW),
    "drawn": RunConfig(data=DataConfig("drawn"), training=FEW),
    "csv": RunConfig(data=DataConfig("csv", path="table.csv", label="kind"), training=FEW),
}


class Recomputed:
    """What the weights of the window's newest snapshot say, in float64 by the plain formulae."""

    def __init__(self, window) -> None:
        self.task, self.snapshot = window.controller.run.task, window.controller.snapshot
        params, dataset = self.snapshot.params, self.task.dataset
        values = dataset.X.astype(np.float64) / (dataset.scale if dataset.image_shape else 1)
        std = self.task.standardiser
        self.X = X = (values - std.mean) / std.std
        if params.hidden is not None:
            X = np.maximum(X @ params.hidden.V.T.astype(np.float64) + params.hidden.c, 0)
        self.z = z = X @ params.W.T.astype(np.float64) + params.b
        self.y, self.kind = dataset.y, self.task.config.model.kind
        if self.kind == "softmax":
            e = np.exp(z - z.max(axis=1, keepdims=True))
            self.a = e / e.sum(axis=1, keepdims=True)
        elif self.kind == "perceptron":
            yes = (z > 0).astype(np.float64)
            self.a = np.hstack([1 - yes, yes])
        else:
            p = 1 / (1 + np.exp(-z))
            self.a = np.hstack([1 - p, p]) if self.kind == "binary" else p
        self.predicted = self.a.argmax(axis=1)
        self.is_right = self.predicted == self.y
        self.judged = self.task.test_rows if len(self.task.test_rows) else self.task.train_rows

    def accuracy(self, rows) -> float:
        return float(self.is_right[rows].mean())

    def confusion(self):
        counts = np.zeros((self.task.dataset.h,) * 2, dtype=np.int64)
        np.add.at(counts, (self.y[self.judged], self.predicted[self.judged]), 1)
        return counts


def labelled(window, name: str) -> str:
    """The text of the label with this accessible name."""
    (label,) = (w for w in window.findChildren(QLabel) if w.accessibleName() == name)
    return str(label.text())


def sheet_number(sheet, key) -> float:
    return float(sheet.numbers.text_of(key).replace("−", "-"))


# What is seen whichever tab is shown


def check_bar_and_gauges(window, found: Recomputed) -> None:
    train = found.accuracy(found.task.train_rows)
    assert labelled(window, "accuracy · test") == f"{100 * train:.1f}\xa0%"
    bring("Confusion", window)
    assert_array_equal(window.views["Confusion"].matrix.counts, found.confusion())
    bring("Accuracy", window)
    steps, accuracy = window.views["Accuracy"].train.line.getData()
    assert steps[-1] == found.snapshot.step
    assert math.isclose(accuracy[-1], train, abs_tol=1e-6)
    bring("Example", window)
    check_trace(window.views["Example"].sheet, window, found)


def bring(name: str, window) -> None:
    """Bring a view beside the stage into sight, and wait until it shows what there is."""
    window.side_panel.show_name(name)
    ends = QDeadlineTimer(PATIENCE_MS)
    while not window.is_at_rest and not ends.hasExpired():
        QTest.qWait(1)


def check_trace(sheet, window, found: Recomputed) -> None:
    """Each activation of the example that is followed, as it is written there."""
    row = window.views.context.chosen.example.row
    outputs = range(found.task.outputs)
    shown = [key for k in outputs if (key := ("a", k)) in window.views.context.tracer.newest.values]
    assert len(shown) == len(outputs)
    wanted = found.a[row][1:] if found.task.is_neuron else found.a[row]
    numbers = window.views.context.tracer.newest.values
    assert_allclose([numbers[key] for key in shown], wanted, atol=1e-5)
    for key in shown:
        if sheet.numbers.text_of(key) != "…" and "·" not in sheet.numbers.text_of(key):
            assert math.isclose(sheet_number(sheet, key), numbers[key], abs_tol=6e-3)


# What each tab shows


def check_boundary(window, found: Recomputed) -> None:
    view, dataset = window.views["Boundary"], found.task.dataset
    wrong = np.flatnonzero(~found.is_right)
    scatters = [item for item in view.plot.items() if isinstance(item, pg.ScatterPlotItem)]
    (rings,) = (item for item in scatters if item.zValue() == RINGS)
    ringed = np.stack(rings.getData(), axis=1)
    expected = dataset.X[wrong][:, view.plane_choice.features]
    assert_allclose(np.sort(ringed, axis=0), np.sort(expected, axis=0))
    shading = next(i for i in view.plot.moving.childItems() if isinstance(i, plots.Picture))
    assert shading.image is not None


def check_weights(window, found: Recomputed) -> None:
    params = found.snapshot.params
    shown = window.views["Weights"].canvas.params
    if params.hidden is not None:
        assert_array_equal(shown.W, params.hidden.V)
    else:
        assert_array_equal(shown.W, params.W)
        assert_array_equal(shown.b, params.b)


def check_data(window, found: Recomputed) -> None:
    model = window.views["Data"].model
    header = [
        model.headerData(c, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for c in range(model.columnCount())
    ]
    column = next(c for c, words in enumerate(header) if words == "predicted")
    shown = [model.index(place, column).data() for place in range(len(found.y))]
    names = found.task.dataset.class_names
    assert shown == [names[k] for k in found.predicted[model.order]]


def check_draw(window, found: Recomputed) -> None:
    assert window.views["Draw"].snapshot is found.snapshot  # nothing is drawn yet


def check_network(window, found: Recomputed) -> None:
    signals = late(window, "NetworkView").sketch.signals
    assert signals.params is found.snapshot.params
    assert_allclose(
        signals.answer.logits, found.z[window.views.context.chosen.example.row], atol=1e-4
    )


def check_surface(window, found: Recomputed) -> None:
    view = late(window, "SurfaceView")
    (loss_name,) = view.choices.shown
    panel, params = view.panels[loss_name], found.snapshot.params
    assert panel.surface is not None
    kinds = view.choices.directions
    if kinds[0][0] == "w":
        at = [params.W[k, j] for _, k, j in kinds]
        assert_allclose(panel.point, at, atol=1e-5)
    (low_x, high_x), (low_y, high_y) = panel.ranges()
    assert low_x <= panel.point[0] <= high_x and low_y <= panel.point[1] <= high_y


def check_evaluation(window, found: Recomputed) -> None:
    view, rows = late(window, "EvaluationView"), found.judged
    right = int(found.is_right[rows].sum())
    assert f"{right} of {len(rows)} " in view.accuracy.text()
    assert_array_equal(view.confusion.matrix.counts, found.confusion())


def check_runs(window, found: Recomputed) -> None:
    table = late(window, "RunsView").table.runs
    column = 1 + table.columns.index("train acc.")
    shown = table.index(0, column).data()
    assert shown == f"{found.accuracy(found.task.train_rows):.1%}"


def late(window, name: str):
    return next(view for view in window.views.made if type(view).__name__ == name)


def check_curves(window, found: Recomputed) -> None:
    loss, accuracy = window.views["Curves"].curves
    for view in (loss, accuracy):
        assert view.train.line.getData()[0][-1] == found.snapshot.step
    share = found.accuracy(found.task.train_rows)
    assert math.isclose(accuracy.train.line.getData()[1][-1], share, abs_tol=1e-6)


def check_lasso(window, found: Recomputed) -> None:
    view = late(window, "LassoView")
    if view.path is None:  # there is none for this model
        assert view.absence.isVisible() and view.absence.text()
        return
    assert view.path.W.shape[1:] == found.snapshot.params.W.shape
    assert not view.path.W[0].any() and view.path.rows == len(found.task.train_rows)


def check_derivation(window, found: Recomputed) -> None:
    """The numbers are those of the newest snapshot; the formulae are tested in core."""
    newest = window.views.context.tracer.newest
    assert newest.snapshot.step == found.snapshot.step
    assert late(window, "DerivationView").shows(newest)


CHECKS = {
    "Boundary": check_boundary,
    "Weights": check_weights,
    "Data": check_data,
    "Draw": check_draw,
    "Trace": lambda window, found: check_trace(late(window, "TraceView").sheet, window, found),
    "Network": check_network,
    "Surface": check_surface,
    "Curves": check_curves,
    "Lasso": check_lasso,
    "Derivation": check_derivation,
    "Demos": lambda window, found: None,  # a demonstration has numbers of its own
    "Evaluation": check_evaluation,
    "Runs": check_runs,
}


@pytest.fixture
def begin(qtbot, open_window, new_run, tmp_path):
    """Return a function that opens the window and trains flat out, to its end or for ever."""

    def begin(name: str, config: RunConfig):
        if name == "csv":
            (tmp_path / "table.csv").write_text(CSV)
            data = replace(config.data, path=str(tmp_path / "table.csv"))
            config = replace(config, data=data)
        window = open_window(config, wait=name != "drawn")
        if name == "drawn":
            qtbot.waitUntil(lambda: window.controller.run is not None, timeout=PATIENCE_MS)
            rng = np.random.default_rng(3)
            points = Points().put(rng.normal(-1, 1, (30, 2)), 0).put(rng.normal(1, 1, (30, 2)), 1)
            with new_run(window):
                window.editor.draw(points, "points", True)
        window.run_bar.set_speed(len(SPEEDS) - 1)
        qtbot.waitUntil(lambda: window.controller.snapshot is not None, timeout=PATIENCE_MS)
        qtbot.keyClick(window, Qt.Key.Key_Space)
        return window

    return begin


@pytest.mark.parametrize("name", CONFIGS)
def test_at_rest_every_view_shows_what_the_last_weights_say(qtbot, begin, name):
    window = begin(name, CONFIGS[name])
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 0, timeout=PATIENCE_MS)
    for tab in window.stage.available:
        window.stage.show_name(tab)
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
        found = Recomputed(window)
        assert found.snapshot.epoch == FEW.epochs
        CHECKS[tab](window, found)
        check_bar_and_gauges(window, found)


@pytest.mark.parametrize(
    ("tab", "name", "check"),
    [("Data", "DataView", check_data), ("Evaluation", "EvaluationView", check_evaluation)],
)
def test_a_view_that_was_left_before_it_had_the_newest_numbers_has_them_on_return(
    qtbot, begin, tab, name, check
):
    window = begin("softmax", CONFIGS["softmax"])
    window.stage.show_name(tab)
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    view = late(window, name)
    while not awaits_timer(view):  # until one is put off: the one before is to be seen for a while
        step = window.controller.snapshot.step
        qtbot.keyClick(window.stage, Qt.Key.Key_R if step else Qt.Key.Key_S)
        qtbot.waitUntil(lambda before=step: window.controller.snapshot.step != before)
    window.stage.show_name("Weights")
    qtbot.waitUntil(lambda: not awaits_timer(view), timeout=PATIENCE_MS)  # it has rung unseen
    window.stage.show_name(tab)
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    check(window, Recomputed(window))


@pytest.fixture
def stepped_twice_meanwhile(qtbot, open_window):
    """Return a function that makes two steps while the background is held up, then waits for rest.

    So the question of the first is still open when the second comes.
    """

    def step_twice(window) -> None:
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
        end = threading.Event()
        window.controller.background.ask(
            "test", lambda: end.wait(30), lambda _: None, lambda _: None
        )
        for _ in range(2):
            step = window.controller.snapshot.step
            qtbot.keyClick(window.stage, Qt.Key.Key_S)
            qtbot.waitUntil(lambda before=step: window.controller.snapshot.step == before + 1)
        qtbot.waitUntil(lambda: not awaits_timer(window), timeout=PATIENCE_MS)  # all is asked
        end.set()
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)

    return step_twice


def test_at_rest_the_limit_of_the_rate_is_of_the_last_weights(open_window, stepped_twice_meanwhile):
    window = open_window(RunConfig(training=TrainingConfig(learning_rate=3.0)))
    stepped_twice_meanwhile(window)
    found = Recomputed(window)
    rows = found.task.train_rows
    X = np.hstack([found.X[rows], np.ones((len(rows), 1))])
    bends = np.zeros((3 * X.shape[1],) * 2)
    for a, x in zip(found.a[rows], X, strict=True):
        bends += np.kron(np.diag(a) - np.outer(a, a), np.outer(x, x)) / len(rows)
    limit = 2 / np.linalg.eigvalsh(bends).max()
    assert window.knobs.rate.limit == pytest.approx(limit, rel=0.01)


def test_at_rest_the_noise_is_that_of_the_last_weights(qtbot, open_window, stepped_twice_meanwhile):
    window = open_window(RunConfig(training=TrainingConfig(learning_rate=3.0)))
    window.stage.show_name("Weights")
    qtbot.mouseClick(window.views["Weights"].subject.button("over time"), Qt.MouseButton.LeftButton)
    stepped_twice_meanwhile(window)
    snapshot = window.controller.snapshot
    noise = curvature.noise(window.controller.run.task, snapshot.params, snapshot.batch)
    assert noise is not None
    words = window.views["Weights"].norms.noise_words.text()
    assert f"points {noise.degrees:.0f}° away" in words and f"{noise.ratio:.2f} times" in words


def test_what_a_view_still_computes_keeps_the_window_from_rest(qtbot, begin, monkeypatch):
    window = begin("softmax", CONFIGS["softmax"])
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    going, end = threading.Event(), threading.Event()

    def work() -> None:
        going.set()
        end.wait(30)

    window.controller.background.ask("test", work, lambda _: None, lambda _: None)
    qtbot.waitUntil(going.is_set)
    assert not window.is_at_rest
    end.set()
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)


def test_a_window_that_trains_is_not_at_rest_and_a_paused_one_is(qtbot, begin):
    window = begin("softmax", replace(CONFIGS["softmax"], training=TrainingConfig(epochs=10**6)))
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 0, timeout=PATIENCE_MS)
    assert window.controller.is_training
    assert not window.is_at_rest
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    assert not window.controller.is_training
    check_bar_and_gauges(window, Recomputed(window))


def test_a_wish_on_its_way_to_the_training_thread_keeps_the_window_from_rest(qtbot, begin):
    window = begin("softmax", CONFIGS["softmax"])
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    step = window.controller.snapshot.step
    qtbot.keyClick(window, Qt.Key.Key_S)
    assert not window.is_at_rest
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    assert window.controller.snapshot.step == step + 1


def test_a_sheet_without_lines_has_the_colour_of_its_card(show_view, pixels):
    """It is opaque, and what nobody paints is black."""
    sheet = Sheet(look.DARK)
    show_view(sheet, 300, 40)
    assert (pixels(sheet) == pixels(sheet)[0, 0]).all()
    assert tuple(pixels(sheet)[0, 0]) != (0, 0, 0)
