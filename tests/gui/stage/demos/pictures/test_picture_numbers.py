"""A picture as numbers: what is pointed at in one part is lit in all, with the run's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QProxyStyle, QStyle

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.task import prepare
from gui.kit import theme as look
from gui.stage.demos.pictures.picture_numbers import PictureNumbersDemo
from gui.stage.demos.view import DemosView
from gui.state.selected_example import Chosen, Example

DIGITS = DataConfig(source="digits")
ROW = 3


def number(text):
    return float(text.replace("−", "-"))


def pictures(shape, looks):
    """A task of random pictures of a shape (C, H, W)."""
    rng = np.random.default_rng(7)
    m = int(np.prod(shape))
    data = Dataset(
        "pictures",
        rng.integers(0, 256, (20, m), dtype=np.uint8),
        np.arange(20) % 2,
        tuple(f"p{k}" for k in range(m)),
        ("a", "b"),
        scale=255.0,
        image_shape=(shape[0] * shape[1], shape[2]),
        looks=looks,
    )
    return prepare(data, RunConfig())


@pytest.fixture
def show(show_view, trained):
    """Return a function that shows the demonstration of a task, and returns it and its snapshot."""

    def show(task, steps=3):
        demo = PictureNumbersDemo(look.LIGHT)
        show_view(demo, 700, 560)
        if task.dataset.image_shape:
            demo.show_example(Example.of_row(task, ROW))
        snapshot = trained(task, steps)
        demo.show_run(task, snapshot)
        return demo, snapshot

    return show


@pytest.fixture
def still(dressed):
    """The desktop's animations are switched off."""

    class Still(QProxyStyle):
        def styleHint(self, hint, option=None, widget=None, data=None):
            is_it = hint == QStyle.StyleHint.SH_Widget_Animation_Duration
            return 0 if is_it else super().styleHint(hint, option, widget, data)

    before = dressed.style().name()
    dressed.setStyle(Still(before))
    yield
    dressed.setStyle(before)


def test_a_pixel_that_is_pointed_at_is_lit_in_the_vector_with_the_weights_of_its_place(show, move):
    task = prepare(sources.load(DIGITS), RunConfig(DIGITS))
    demo, snapshot = show(task)
    sheet, stored = demo.sheet, task.dataset.X[ROW]
    assert demo.value.text().endswith("as the model reads it")
    assert [number(text) for text in sheet.matrix.texts] == stored.tolist()
    k = 2 * 8 + 5
    move(sheet, sheet.place_of(k).toPoint())
    assert sheet.k == k
    assert demo.place.text().endswith("(0·8 + 2)·8 + 5 = 21")
    assert f"x₂₁ = {stored[k]}" in sheet.places.texts
    x = float(task.inputs_of(slice(ROW, ROW + 1))[0][k])
    for column in range(10):
        w = float(snapshot.params.W[column, k])
        assert number(demo.weights.text(0, column)) == pytest.approx(w, abs=6e-4)
        assert number(demo.weights.text(1, column)) == pytest.approx(w * x, abs=6e-4)
    at = sheet.strip.rect_of(44, 1).center().toPoint()
    move(sheet, at)
    assert sheet.k == 44 and "row i = 5, column j = 4" in demo.place.text()


def test_keys_go_along_the_vector_and_take_the_written_part_with_them(show, qtbot):
    demo, _ = show(pictures((3, 20, 24), "colour"))
    sheet = demo.sheet
    sheet.setFocus()
    qtbot.keyClick(sheet, Qt.Key.Key_Home)
    assert sheet.k == 0 and sheet.part[0].start == sheet.part[1].start == 0
    for _ in range(23):
        qtbot.keyClick(sheet, Qt.Key.Key_Right)
    assert sheet.part[1].stop == 24
    qtbot.keyClick(sheet, Qt.Key.Key_Right)  # behind the end of a row the next one begins
    assert sheet.k == 24 and sheet.part[1].start == 0
    qtbot.keyClick(sheet, Qt.Key.Key_Down)
    assert sheet.k == 48
    qtbot.keyClick(sheet, Qt.Key.Key_End)
    assert sheet.k == 3 * 20 * 24 - 1
    assert "blue, row i = 19, column j = 23" in demo.place.text()
    qtbot.keyClick(sheet, Qt.Key.Key_Right)
    assert sheet.k == 3 * 20 * 24 - 1


def test_dragging_moves_the_part_whose_numbers_are_written(show, qtbot, move):
    task = pictures((1, 28, 28), "ink")
    demo, _ = show(task)
    sheet, left = demo.sheet, Qt.MouseButton.LeftButton
    rows, columns = sheet.part
    assert len(rows) < 28
    center = sheet.planes.rects[0].center().toPoint()
    qtbot.mouseClick(sheet, left, pos=center)
    rows, columns = sheet.part
    start = sheet.place_of(sheet.k).toPoint()
    step = round(sheet.place_of(sheet.k + 1).x() - sheet.place_of(sheet.k).x())
    qtbot.mousePress(sheet, left, pos=start)
    move(sheet, start - QPoint(2 * step, 0))
    qtbot.mouseRelease(sheet, left, pos=start)
    assert sheet.part == (rows, range(columns.start + 2, columns.stop + 2))
    shown = np.array([number(text) for text in sheet.matrix.texts])
    part = task.dataset.X[ROW].reshape(28, 28)[np.ix_(*sheet.part)]
    assert (shown == part.ravel()).all()
    corner = sheet.planes.rects[0].topLeft().toPoint() + QPoint(2, 2)
    qtbot.mouseClick(sheet, left, pos=corner)
    assert sheet.k == 0 and sheet.part[0].start == 0


def test_a_clicker_lays_rows_into_the_vector_and_then_goes_on_to_inputs_and_weights(
    show_view, qtbot, trained
):
    task = prepare(sources.load(DIGITS), RunConfig(DIGITS))
    chosen = Chosen()
    view = DemosView(look.LIGHT, chosen)
    show_view(view, 700, 400)
    chosen.receive_task(task)
    view.receive_task(task)
    view.receive_snapshot(trained(task, 3))
    view.choose_title(PictureNumbersDemo.title)
    demo = view.demo
    assert isinstance(demo, PictureNumbersDemo)
    strip = demo.sheet.strip
    assert strip.shown == 8
    assert view.turn_within(1) and strip.shown == 0
    assert view.turn_within(1)
    qtbot.waitUntil(lambda: not demo.sheet.is_moving)
    assert strip.shown == 1
    assert view.turn_within(1) and demo.sheet.is_moving
    qtbot.waitUntil(lambda: not demo.sheet.is_moving)
    assert strip.shown == 8
    assert view.turn_within(1)
    x = task.inputs_of(task.train_rows[:1])[0].reshape(8, 8)[np.ix_(*demo.sheet.part)]
    shown = [number(text) for text in demo.sheet.matrix.texts]
    assert shown == pytest.approx(x.ravel().tolist(), abs=6e-3)
    assert view.turn_within(1) and not demo.weights.visibleRegion().isEmpty()
    assert not view.turn_within(1)


@pytest.mark.usefixtures("still")
def test_without_animations_the_vector_is_there_at_once(show, qtbot):
    demo, _ = show(prepare(sources.load(DIGITS), RunConfig(DIGITS)))
    demo.turn(1)
    assert demo.sheet.strip.shown == 0
    qtbot.mouseClick(demo.again, Qt.MouseButton.LeftButton)
    assert demo.sheet.strip.shown == 8 and not demo.sheet.is_moving


def test_the_batch_is_said_with_its_shape_strides_and_bytes(show):
    task = pictures((3, 4, 5), "colour")
    demo, snapshot = show(task)
    X = np.ascontiguousarray(task.inputs_of(snapshot.batch))
    T = X.reshape(-1, 3, 4, 5)
    assert np.shares_memory(X, T)
    for part in (X.shape, X.strides, T.shape, T.strides):
        assert str(tuple(part)) in demo.batch.text()
    assert f"{X.nbytes:,} bytes" in demo.batch.text()
    assert demo.sheet.stack.caption == f"(N, C, H, W) = {T.shape}"
    assert demo.sheet.stack.count == 5


def test_with_a_hidden_layer_the_weights_are_those_of_its_units(show):
    config = RunConfig(DIGITS, ModelConfig(hidden=4))
    demo, snapshot = show(prepare(sources.load(DIGITS), config))
    shown = [number(demo.weights.text(0, unit)) for unit in range(4)]
    assert shown == pytest.approx(snapshot.params.hidden.V[:, demo.sheet.k].tolist(), abs=6e-4)
    assert demo.weights.columnCount() == 4


def test_where_the_data_are_no_pictures_a_bundled_digit_is_shown(show):
    demo, _ = show(prepare(sources.load(DataConfig()), RunConfig()))
    stored = sources.load(DIGITS).X[0]
    assert [number(text) for text in demo.sheet.matrix.texts] == stored.tolist()
    assert "Choose Digits" in demo.batch.text()
    assert not demo.weights.isVisible() and "model" not in demo.value.text()
