"""The weights: signed pictures or bars, all on one symmetric scale."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
)

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.task import prepare
from core.number_format import format_plain, format_signed
from core.train.snapshot import Params, Status
from gui.kit import theme as look
from gui.kit.canvas import Canvas, Words
from gui.stage.weights.images import HAIR, NORM_SECONDS, Pictures
from gui.stage.weights.view import COEFFICIENTS, TIME, WeightsView
from tests.gui.alone import opened

FOUND = re.compile(
    r"class (?P<name>.+) · pixel in row (?P<i>\d+), column (?P<j>\d+) · w = (?P<w>[+−\d.]+) "
    r"· bias b = (?P<b>[+−\d.]+)"
)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def iris(**model):
    return prepare(sources.load(DataConfig()), RunConfig(model=ModelConfig(**model)))


def digits(**model):
    data = DataConfig(source="digits")
    return prepare(sources.load(data), RunConfig(data=data, model=ModelConfig(**model)))


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)


@pytest.fixture
def show(show_view, trained):
    """Return a function that shows the weights of a task after some steps."""
    views = []

    def show(task, steps=20, snapshot=None):
        view = WeightsView(look.LIGHT)
        views.append(view)
        show_view(view)
        view.receive_task(task)
        view.receive_snapshot(snapshot or trained(task, steps))
        QApplication.processEvents()  # so that all is laid out
        return view

    return show


@pytest.fixture
def hover_all(move):
    """Return a function that moves over the whole canvas and gives (place, words) of each hit."""

    def hover_all(view, stride=9):
        heard: list[str] = []
        view.canvas.hovered.connect(heard.append)
        hits = []
        for y in range(1, view.canvas.height(), stride):
            for x in range(1, view.canvas.width(), stride):
                heard.clear()
                move(view.canvas, QPoint(x, y))
                if heard and (found := FOUND.fullmatch(heard[-1])):
                    hits.append((x, y, found))
        return hits

    return hover_all


# Pictures -------------------------------------------------------------------------------------


def test_the_pointer_reads_the_weight_of_the_pixel_under_it(show, trained, hover_all):
    task = digits()
    snapshot = trained(task, 20)
    hits = hover_all(show(task, snapshot=snapshot))
    assert {found["name"] for _, _, found in hits} == set(task.dataset.class_names)
    for _, _, found in hits:
        k = task.dataset.class_names.index(found["name"])
        W = snapshot.params.W[k].reshape(task.dataset.image_shape)
        assert number(found["w"]) == pytest.approx(W[int(found["i"]), int(found["j"])], abs=6e-5)
        assert number(found["b"]) == pytest.approx(snapshot.params.b[k], abs=6e-5)


def test_what_is_said_of_the_pixel_under_a_resting_pointer_keeps_up(show, trained, hover_all, move):
    task = digits()
    view = show(task, snapshot=trained(task, 2))
    x, y, found = hover_all(view)[40]
    heard: list[str] = []
    view.canvas.hovered.connect(heard.append)
    move(view.canvas, QPoint(x, y))
    later = trained(task, 60)
    view.receive_snapshot(later)
    now = FOUND.fullmatch(heard[-1])
    assert now and (now["name"], now["i"], now["j"]) == (found["name"], found["i"], found["j"])
    k = task.dataset.class_names.index(now["name"])
    W = later.params.W[k].reshape(task.dataset.image_shape)
    assert number(now["w"]) == pytest.approx(W[int(now["i"]), int(now["j"])], abs=6e-5)


def test_blue_is_positive_and_orange_negative(show, hover_all, pixels):
    view = show(digits())
    shown = pixels(view.canvas)
    blue = red = 0
    for x, y, found in hover_all(view):
        r, _, b = shown[y, x]
        w = number(found["w"])
        if w > 0.15 * view.canvas.scale:
            assert b > r + 15, found.group()
            blue += 1
        elif w < -0.15 * view.canvas.scale:
            assert r > b + 15, found.group()
            red += 1
    assert blue > 50 and red > 50


def test_one_scale_holds_for_all_classes(show, trained, hover_all, pixels):
    """Equal weights have equal colours in any two pictures."""
    task = digits()
    snapshot = trained(task, 20)
    levels = np.linspace(-1, 1, task.m, dtype=np.float32)
    W = np.stack([np.roll(levels, 7 * k) for k in range(10)])
    view = show(task, snapshot=replace(snapshot, params=Params(W, snapshot.params.b)))
    shown = pixels(view.canvas)
    hits: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for x, y, found in hover_all(view, stride=4):
        on_rim = {found["i"], found["j"]} & {"0", "1", "7", "8"}  # counted from 0 or from 1
        if not on_rim:
            hits.setdefault((found["name"], found["w"]), []).append((x, y))
    colours: dict[str, list[tuple[int, ...]]] = {}
    for (_, w), places in hits.items():
        x, y = np.median(places, axis=0).astype(int)  # in the middle of the pixel
        colours.setdefault(w, []).append(tuple(shown[y, x]))
    assert len(colours) > task.m / 2
    assert all(len(set(seen)) == 1 for seen in colours.values())
    assert max(map(len, colours.values())) > 3


def test_opposite_weights_are_equally_far_from_neutral():
    for theme in (look.LIGHT, look.DARK):
        colours = look.signed_map(theme).astype(int)
        middle = len(colours) // 2
        np.testing.assert_array_equal(colours[middle], look.rgb(theme.panel))
        np.testing.assert_array_equal(colours[-1], look.rgb(theme.accent))
        np.testing.assert_array_equal(colours[0], look.rgb(theme.counter_accent))


def test_before_any_training_the_pictures_are_neutral(show, hover_all, pixels):
    view = show(digits(), steps=0)
    shown = pixels(view.canvas)
    hits = hover_all(view, stride=23)
    assert hits
    panel = look.rgb(look.LIGHT.panel)
    neutral = [np.abs(shown[y, x] - panel).max() <= 2 for x, y, _ in hits]
    assert np.mean(neutral) > 0.9  # the rest are hits of a rim


def test_ten_pictures_fill_the_stage(show, hover_all):
    view = show(digits())
    hits = hover_all(view)
    width = max(x for x, _, _ in hits) - min(x for x, _, _ in hits)
    assert width > 0.75 * view.canvas.width()


def test_leaving_the_pictures_takes_the_words_away(move, show, words, hover_all):
    view = show(digits())
    x, y, _ = hover_all(view)[0]
    move(view.canvas, QPoint(x, y))
    assert "pixel in row" in words(view)
    move(view.canvas, QPoint(1, view.canvas.height() - 1))
    assert "pixel in row" not in words(view)


def test_each_picture_has_its_name_and_the_norm_of_its_weights(show, trained, painted_words):
    task = digits()
    view = show(task, 0)
    for steps in (1, 10, 60):  # from norms of 0 on
        snapshot = trained(task, steps)
        view.receive_snapshot(snapshot)
        norms = [f"‖w‖ {norm:.2f}" for norm in np.linalg.norm(snapshot.params.W, axis=1)]
        said = painted_words(view.canvas)
        assert [word for word in said if word.startswith("‖w‖")] == norms
        assert [word for word in said if word in task.dataset.class_names] == [*"0123456789"]
        assert {f"−{view.canvas.scale:g}", "weight 0", f"+{view.canvas.scale:g}"} <= set(said)


def test_the_pictures_follow_the_weights_wherever_they_change(show, trained, pixels):
    """What is shown after many snapshots is what the last one alone shows."""
    task = digits()
    last = trained(task, 60)
    W = last.params.W.copy()
    W[3:, 20:] = 0
    view = show(task, 5)
    view.receive_snapshot(replace(last, params=Params(W, last.params.b)))
    view.receive_snapshot(last)
    np.testing.assert_array_equal(pixels(view.canvas), pixels(show(task, snapshot=last).canvas))


def test_live_a_hair_is_no_difference_and_at_rest_all_is_exact(show, trained, pixels):
    task = digits()
    last = trained(task, 60)
    view = show(task, snapshot=last)
    W, b = last.params.W, last.params.b
    # Of 257 levels each weight moves by fewer than make a difference.
    hair = np.float32((HAIR - 0.6) * view.canvas.scale / 256)
    live = replace(last, status=Status.TRAINING)
    before = pixels(view.canvas)
    view.receive_snapshot(replace(live, params=Params(W - hair, b)))
    assert (pixels(view.canvas) == before).all()
    view.receive_snapshot(replace(live, params=Params(W - 8 * hair, b)))
    assert not (pixels(view.canvas) == before).all()
    view.receive_snapshot(live)
    view.receive_snapshot(replace(last, params=Params(W - hair, b)))
    exact = show(task, snapshot=replace(last, params=Params(W - hair, b)))
    assert exact.canvas.scale == view.canvas.scale
    np.testing.assert_array_equal(pixels(view.canvas), pixels(exact.canvas))


def test_live_norms_keep_still_long_enough_to_be_read(show, trained, painted_words, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("gui.state.throttle.time.monotonic", lambda: now[0])
    task = digits()
    last = trained(task, 60)
    live = replace(last, status=Status.TRAINING)
    grown = replace(live, params=Params(1.2 * last.params.W, last.params.b))

    def norms(view):
        return [words for words in painted_words(view.canvas) if "‖" in words]

    view = show(task, snapshot=live)
    before = norms(view)
    now[0] += NORM_SECONDS - 0.01
    view.receive_snapshot(grown)
    assert norms(view) == before
    now[0] += 0.02
    view.receive_snapshot(grown)
    after = norms(view)
    assert len(after) == 10 and after != before
    view.receive_snapshot(last)  # at rest they are of these weights at once
    assert norms(view) == before


def test_the_optimum_stays_in_another_theme_and_goes_with_its_task(qtbot, open_alone):
    alone = open_alone()
    alone.start(RunConfig(training=TrainingConfig(weight_decay=0.01)))
    view = alone.show("Weights")
    qtbot.mouseClick(view.subject.button(TIME), Qt.MouseButton.LeftButton)
    norms = view.norms
    alone.until(norms.optimum_line.isVisible)
    said, at = norms.words.text(), norms.optimum_line.value()
    assert format_plain(at, 3) in said
    view.receive_theme(look.DARK)
    assert norms.words.text() == said
    assert norms.optimum_line.isVisible() and norms.optimum_line.value() == at
    view.receive_task(iris())
    assert not norms.words.text() and not norms.optimum_line.isVisible()


def test_weights_of_step_0_have_their_length_also_where_the_axis_has_no_step_0(
    qtbot, open_alone, words
):
    alone = open_alone()
    alone.start(RunConfig())
    view = alone.show("Weights")
    qtbot.mouseClick(view.subject.button(TIME), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view.norms.scale.button(True), Qt.MouseButton.LeftButton)
    assert "‖W‖ = 0" in words(view.norms)


def test_the_coefficients_that_were_chosen_stay_in_another_theme(qtbot, show, trained):
    task = iris()
    view = show(task, snapshot=trained(task, 20))
    qtbot.mouseClick(view.subject.button(COEFFICIENTS), Qt.MouseButton.LeftButton)
    table = view.coefficients
    table.output.setCurrentIndex(0)
    table.output.activated.emit(0)
    table.table.selectRow(1)
    said = table.words.text()
    view.receive_theme(look.DARK)
    assert (table.output.value(), table.table.currentIndex().row()) == (0, 1)
    assert table.words.text() == said


def test_nothing_is_painted_again_where_no_colour_and_no_word_changes(show, trained):
    task = digits()
    snapshot = trained(task, 20)
    view = show(task, snapshot=snapshot)
    changes: list[list[QRectF]] = []
    view.canvas.findChild(QGraphicsScene).changed.connect(changes.append)
    W = snapshot.params.W
    view.receive_snapshot(replace(snapshot, params=Params(W * (1 + 1e-7), snapshot.params.b)))
    QApplication.processEvents()
    assert not changes
    W = W.copy()
    W[4, 30] = 0.9 * view.canvas.scale
    view.receive_snapshot(replace(snapshot, params=Params(W, snapshot.params.b)))
    QApplication.processEvents()
    place = view.canvas.findChild(QGraphicsScene).itemsBoundingRect()
    changed = [rect for rects in changes for rect in rects]
    assert changed
    assert all(rect.width() < 0.3 * place.width() for rect in changed)  # one panel of ten


def test_pictures_take_the_colours_of_the_theme(show, pixels):
    view = show(digits(), 0)
    view.receive_theme(look.DARK)
    is_panel = (np.abs(pixels(view.canvas) - look.rgb(look.DARK.panel)) <= 2).all(axis=2)
    assert is_panel.mean() > 0.8


def test_a_binary_model_has_one_picture(show, painted_words):
    said = painted_words(show(digits(kind="binary", positive="8")).canvas)
    assert said.count("8") == 1
    assert sum(word.startswith("‖w‖") for word in said) == 1


def test_bars_and_pictures_take_turns(show, trained, painted_words, hover_all):
    view = show(digits())
    for task in (iris(), digits(kind="binary", positive="8"), iris(), digits()):
        view.receive_task(task)
        view.receive_snapshot(trained(task, 5))
        QApplication.processEvents()
        said = painted_words(view)
        assert view.canvas.isVisible()
        assert ("bias b" in said) == (task.dataset.image_shape is None)
        assert sum(word.startswith("‖w‖") for word in said) == (
            task.outputs if task.dataset.image_shape else 0
        )
        found = {hit["name"] for _, _, hit in hover_all(view)}
        assert len(found) == (task.outputs if task.dataset.image_shape else 0)


def test_painting_a_picture_runs_no_python():
    """Python would hold its lock while Qt paints, and the training thread would wait."""
    for ours, qt in ((Canvas, QGraphicsView), (Words, QGraphicsSimpleTextItem)):
        own = [name for name in vars(ours) if not name.startswith("__")]
        assert not [name for name in own if callable(getattr(qt, name, None))]


@pytest.mark.usefixtures("face")
def test_hovering_moves_no_picture(move, show, hover_all):
    view = show(digits())
    before = view.canvas.geometry()
    x, y, _ = hover_all(view)[0]
    move(view.canvas, QPoint(x, y))
    QApplication.processEvents()
    assert view.canvas.geometry() == before


# The scale ------------------------------------------------------------------------------------


def scale_for(view, largest):
    W = np.zeros((3, 2), dtype=np.float32)
    W[0, 0] = -largest
    view.canvas.show_params(Params(W, np.zeros(3, dtype=np.float32)))
    return view.canvas.scale


@pytest.mark.usefixtures("face")
def test_the_scale_holds_the_largest_weight_with_little_room(show):
    view = show(iris(), steps=0)
    for largest in np.geomspace(1e-4, 1e4, 60):
        assert largest <= scale_for(view, largest) * (1 + 1e-6)
        assert scale_for(view, largest) <= 2.5 * largest


def test_the_scale_has_few_round_steps(show):
    view = show(iris(), steps=0)
    seen = {scale_for(view, largest) for largest in np.geomspace(1, 9.99, 200)}
    assert 3 <= len(seen) <= 8
    assert all(f"{scale:g}" == f"{scale:.2g}" for scale in seen)


def test_the_scale_does_not_jump_to_and_fro(show):
    view = show(iris(), steps=0)
    before = scale_for(view, 1.01)
    after = [scale_for(view, largest) for largest in (0.99, 1.01, 0.98, 1.02)]
    assert after == [before] * 4


def test_the_scale_comes_down_when_weights_have_become_small(show):
    view = show(iris(), steps=0)
    assert scale_for(view, 0.1) < scale_for(view, 5.0)
    assert scale_for(view, 0.1) < 1


# Bars -----------------------------------------------------------------------------------------


def test_measured_data_have_a_labelled_bar_for_each_weight(show, trained, painted_words):
    task = iris()
    snapshot = trained(task, 30)
    said = painted_words(show(task, snapshot=snapshot).canvas)
    for name in task.dataset.class_names:
        assert said.count(name) == 1
    for name in (*task.dataset.feature_names, "bias b"):
        assert said.count(name) == 3
    for value in (*snapshot.params.W.ravel(), *snapshot.params.b):
        assert f"{value:+.3f}".replace("-", "−") in said


def test_a_binary_model_has_one_panel(show, trained, painted_words, words):
    task = iris(kind="binary", positive="virginica")
    view = show(task, snapshot=trained(task, 30))
    said = painted_words(view.canvas)
    assert said.count("bias b") == 1
    assert said.count("virginica") == 1
    assert "Blue speaks for virginica, orange for not virginica" in words(view)


@pytest.mark.parametrize("height", [300, 400, 460, 640])
@pytest.mark.parametrize("width", [320, 560, 640, 900])
@pytest.mark.parametrize("kind", ["softmax", "ovo"])
def test_the_scale_is_below_all_bars(show, trained, pixels, kind, width, height):
    """The ramp of the scale lies under the last track, however the panels are arranged."""
    points = np.random.default_rng(1).normal(size=(20, 6)).astype(np.float32)
    names = tuple(f"feature {j}" for j in range(6))
    source = Dataset("six", points, np.arange(20) % 2, names, ("a", "b"))
    config = RunConfig(data=DataConfig(features=("all",)), model=ModelConfig(kind=kind))
    task = prepare(source, config)
    snapshot = trained(task, 0)
    zero = Params(np.zeros_like(snapshot.params.W), np.zeros_like(snapshot.params.b))
    view = show(task, snapshot=replace(snapshot, params=zero))
    view.resize(width, height)
    QApplication.processEvents()
    shown = pixels(view.canvas).astype(int)
    is_track = (np.abs(shown - look.rgb(look.LIGHT.chip)) <= 2).all(axis=2).mean(axis=1) > 0.1
    is_ramp = (np.ptp(shown, axis=2) > 60).mean(axis=1) > 0.1
    assert is_track.any() and is_ramp.any()
    assert np.flatnonzero(is_track)[-1] < np.flatnonzero(is_ramp)[0]


def test_bars_grow_from_the_middle_to_the_side_of_their_sign(show, trained, pixels):
    task = iris(kind="binary")
    snapshot = trained(task, 0)
    W = np.array([[2.0, -2.0]], dtype=np.float32)
    params = Params(W, np.zeros(1, dtype=np.float32))
    view = show(task, snapshot=replace(snapshot, params=params))
    shown = pixels(view.canvas)
    is_blue = (np.abs(shown - look.rgb(look.LIGHT.accent)) <= 6).all(axis=2)
    is_red = (np.abs(shown - look.rgb(look.LIGHT.counter_accent)) <= 6).all(axis=2)
    bars = slice(0, int(0.8 * len(shown)))  # above the scale's own ramp
    blue_x, red_x = np.nonzero(is_blue[bars])[1], np.nonzero(is_red[bars])[1]
    assert len(blue_x) > 500 and len(red_x) > 500
    assert np.quantile(red_x, 0.99) <= np.quantile(blue_x, 0.01)
    widths = [np.ptp(np.quantile(x, (0.01, 0.99))) for x in (blue_x, red_x)]
    assert widths[0] == pytest.approx(widths[1], rel=0.05)


def test_bars_are_painted_again_when_one_of_them_changes(show, trained):
    class Paints(QObject):
        count = 0

        def eventFilter(self, watched, event):
            self.count += event.type() == QEvent.Type.Paint
            return False

    task = iris()
    snapshot = trained(task, 30)
    view = show(task, snapshot=snapshot)
    view.receive_snapshot(snapshot)  # now that its bars have their lengths
    QApplication.processEvents()
    paints = Paints()
    view.canvas.installEventFilter(paints)
    view.receive_snapshot(replace(snapshot, step=31))
    QApplication.processEvents()
    assert not paints.count
    for by in (0.003, -0.02):
        b = snapshot.params.b.copy()
        b[1] += by
        paints.count = 0
        view.receive_snapshot(replace(snapshot, params=Params(snapshot.params.W, b)))
        QApplication.processEvents()
        assert paints.count


def test_weights_in_original_units_answer_the_same(qtbot, show, trained, painted_words):
    task = iris()
    snapshot = trained(task, 30)
    view = show(task, snapshot=snapshot)
    qtbot.mouseClick(view.units.button(True), Qt.MouseButton.LeftButton)
    std, mean = task.standardiser.std, task.standardiser.mean
    W = snapshot.params.W / std
    b = snapshot.params.b - W @ mean
    said = painted_words(view.canvas)
    for value in (*W.ravel(), *b):
        assert f"{value:+.3f}".replace("-", "−") in said


def test_long_names_are_elided(show, trained, painted_words):
    source = sources.load(DataConfig())
    long = "a class with a name that no panel of any window could ever hold in one line, at all"
    source = replace(source, class_names=(long, long + "?", long + "!"))
    task = prepare(source, RunConfig())
    said = painted_words(show(task, snapshot=trained(task, 5)).canvas)
    assert long not in said
    assert sum(text.endswith("…") for text in said) >= 3


def places(view):
    """Where the pictures are, and the words below and beside them."""
    view.canvas.grab()
    scene = view.canvas.findChild(QGraphicsView).scene()
    pictures = [i for i in scene.items() if isinstance(i, QGraphicsPixmapItem)]
    words = [i for i in scene.items() if isinstance(i, Words) and i.isVisible() and i.text()]
    return [[item.sceneBoundingRect() for item in items] for items in (pictures, words)]


@pytest.mark.parametrize("size", [(640, 480), (660, 520), (900, 500), (400, 600)])
def test_pictures_are_as_large_as_their_place_has_room_for(show, size):
    """No other grid, with the scale below it, holds pictures that are larger by a tenth."""
    view = show(digits())
    view.resize(*size)
    QApplication.processEvents()
    pictures, words = places(view)
    width, height = view.canvas.width(), view.canvas.height()
    line = view.fontMetrics().height()
    best = max(
        min(width / columns - 16, (height - 2.2 * line) / math.ceil(10 / columns) - 2 * line)
        for columns in range(1, 11)
    )
    assert len(pictures) == 10
    assert pictures[0].width() >= 0.9 * best
    whole = QRectF(view.canvas.rect()).adjusted(-1, -1, 1, 1)
    assert all(whole.contains(rect) for rect in pictures)
    assert not any(p.adjusted(1, 1, -1, -1).intersects(w) for p in pictures for w in words)


@pytest.mark.parametrize("points", [8, 15, 25])
def test_no_words_lie_on_a_picture_at_any_zoom(show, type_of, points):
    type_of(points)
    view = show(digits())
    view.resize(900, 640)
    QApplication.processEvents()
    pictures, words = places(view)
    assert not any(p.adjusted(1, 1, -1, -1).intersects(w) for p in pictures for w in words)
    assert not any(a.intersects(b) for a, b in combinations(words, 2))


# Keys -----------------------------------------------------------------------------------------


def test_arrow_keys_go_from_pixel_to_pixel_and_with_shift_to_the_next_picture(qtbot, show_view):
    config = RunConfig(data=DataConfig("digits"))
    task = prepare(sources.load(config.data), config)
    pictures = Pictures(look.LIGHT)
    show_view(pictures)
    pictures.show_task(task)
    rng = np.random.default_rng(0)
    W, b = rng.normal(size=(10, 64)).astype(np.float32), np.zeros(10, np.float32)
    pictures.show_params(Params(W, b))
    pictures.activateWindow()
    pictures.setFocus()
    qtbot.waitUntil(pictures.hasFocus)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):  # the first shows the middle
        qtbot.keyClick(pictures, key)
    qtbot.keyClick(pictures, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    words = pictures.accessibleDescription()
    assert words.startswith("class 1 · pixel in row 5, column 3 · ")
    assert format_signed(float(W[1, 5 * 8 + 3]), 4) in words
    pictures.clearFocus()
    assert pictures.accessibleDescription() == ""
