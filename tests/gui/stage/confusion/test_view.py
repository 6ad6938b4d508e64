"""The confusion matrix: its counts, its words, and long names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QGraphicsScene

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from gui.kit import theme as look
from gui.kit.confusion_matrix import ConfusionMatrix
from gui.kit.labels import Elided
from gui.stage.confusion.view import ConfusionView


def iris(**changes):
    source = replace(sources.load(DataConfig()), **changes)
    return prepare(source, RunConfig())


@pytest.fixture
def show(show_view, trained):
    views = []

    def show(task, snapshot, width=340, height=200):
        view = ConfusionView(look.LIGHT)
        views.append(view)
        show_view(view, width, height)
        view.receive_task(task)
        view.receive_snapshot(snapshot)
        return view

    return show


def test_the_counts_are_of_true_rows_and_predicted_columns(show, trained, painted_words):
    task = iris()
    snapshot = trained(task, 10)
    X = (task.dataset.X[task.test_rows] - task.standardiser.mean) / task.standardiser.std
    decided = (X @ snapshot.params.W.T + snapshot.params.b).argmax(axis=1)
    counts = np.zeros((3, 3), dtype=int)
    np.add.at(counts, (task.dataset.y[task.test_rows], decided), 1)
    said = painted_words(show(task, snapshot).matrix)
    assert said[-9:] == [str(count) for count in counts.ravel()]


def test_nothing_is_counted_of_weights_that_are_all_zero(show, trained, painted_words, words):
    task = iris()
    view = show(task, trained(task, 10))
    trained_words = words(view)
    for _ in range(2):  # at the beginning, and there again
        view.receive_snapshot(trained(task, 0))
        assert "train first" in words(view)
        assert not {"0", "10"} & set(painted_words(view.matrix))
        view.receive_snapshot(trained(task, 10))
        assert words(view) == trained_words
        assert "10" in painted_words(view.matrix)


def test_what_is_seen_are_the_newest_counts_in_the_newest_colours(show, trained, pixels):
    """What is shown after many snapshots is what the last one alone shows."""
    task = iris()
    last = trained(task, 10)
    view = show(task, trained(task, 0))
    for counts in (
        np.zeros((3, 3), dtype=int),
        np.array([[10, 0, 0], [0, 5, 5], [0, 0, 10]]),
        np.array([[10, 0, 0], [3, 5, 5], [0, 1000, 10]]),  # another share of the same 5
    ):
        snapshot = replace(last, metrics=replace(last.metrics, confusion=counts))
        view.receive_snapshot(snapshot)
        afresh = show(task, snapshot).matrix
        np.testing.assert_array_equal(pixels(view.matrix), pixels(afresh))


def test_nothing_is_painted_again_while_the_counts_stay(show, trained):
    task = iris()
    snapshot = trained(task, 10)
    view = show(task, snapshot)
    QApplication.processEvents()
    changes: list[object] = []
    view.matrix.findChild(QGraphicsScene).changed.connect(changes.append)
    same = replace(snapshot.metrics, step=11, confusion=snapshot.metrics.confusion.copy())
    view.receive_snapshot(replace(snapshot, metrics=same))
    QApplication.processEvents()
    assert not changes


def test_the_matrix_takes_the_colours_of_the_theme(show, trained, pixels):
    view = show(iris(), trained(iris(), 10))
    view.receive_theme(look.DARK)
    shown = pixels(view.matrix)
    for colour, least in ((look.DARK.panel, 0.2), (look.DARK.chip, 0.1)):
        assert (np.abs(shown - look.rgb(colour)) <= 2).all(axis=2).mean() > least


def test_the_pointer_reads_each_cell_in_words(move, show, trained):
    task = iris()
    snapshot = trained(task, 10)
    matrix = show(task, snapshot).matrix
    heard: list[str] = []
    matrix.hovered.connect(heard.append)
    for y in range(1, matrix.height(), 6):
        for x in range(1, matrix.width(), 6):
            move(matrix, QPoint(x, y))
    names, counts = task.dataset.class_names, snapshot.metrics.confusion
    expected = {
        f"{counts[i, j]:,} × {names[i]} taken for {names[j]}" for i in range(3) for j in range(3)
    }
    assert set(heard) - {""} == expected


def test_the_words_stand_above_the_matrix_and_go_with_the_pointer(move, show, trained, words):
    task = iris()
    view = show(task, trained(task, 10))
    move(view.matrix, view.matrix.cell_rect(0, 0).center().toPoint())
    assert "taken for" in words(view)
    move(view.matrix, QPoint(2, 2))
    assert "rows true · columns predicted" in words(view)


@pytest.mark.parametrize(("width", "is_whole"), [(340, True), (240, False)])
def test_words_without_room_end_in_dots_and_are_whole_under_the_pointer(
    show, trained, pixels, width, is_whole
):
    view = show(iris(), trained(iris(), 10), width)
    (key,) = view.findChildren(Elided)
    assert key.geometry().right() <= width - 12
    pixels(key)
    assert key.toolTip() == ("" if is_whole else key.text())


def test_right_is_blue_and_wrong_is_orange(move, show, trained, pixels):
    task = iris()
    snapshot = trained(task, 1)
    counts = np.array([[10, 0, 0], [0, 5, 5], [0, 0, 10]])
    snapshot = replace(snapshot, metrics=replace(snapshot.metrics, confusion=counts))
    matrix = show(task, snapshot).matrix
    heard: list[str] = []
    matrix.hovered.connect(heard.append)
    shown = pixels(matrix)
    seen = {"blue": 0, "orange": 0}
    for y in range(3, matrix.height(), 8):
        for x in range(3, matrix.width(), 8):
            move(matrix, QPoint(x, y))
            r, _, b = shown[y, x]
            if heard[-1].startswith("10 ×"):
                seen["blue"] += b > r + 20
            elif heard[-1] == "5 × versicolor taken for virginica":
                seen["orange"] += r > b + 20
    assert seen["blue"] > 10 and seen["orange"] > 3


def test_long_names_are_elided(show, trained, painted_words):
    names = tuple(f"a class whose name goes on and on and on {k}" for k in range(3))
    task = iris(class_names=names)
    view = show(task, trained(task, 5))
    said = painted_words(view.matrix)
    assert not set(said) & set(names)
    assert sum(text.endswith("…") for text in said) == 6
    first = view.matrix.cell_rect(0, 0)
    assert first.left() <= 0.31 * view.matrix.width()
    assert first.width() > 0.2 * view.matrix.width()


@pytest.mark.usefixtures("face")
def test_ten_classes_fit_into_the_smallest_matrix(show, trained, painted_words):
    data = DataConfig(source="digits")
    task = prepare(sources.load(data), RunConfig(data=data))
    view = show(task, trained(task, 30), 240, 240)
    said = painted_words(view.matrix)
    assert len(said) == 20 + 100


def test_a_new_task_takes_the_old_counts_away(show, trained, painted_words):
    task = iris()
    view = show(task, trained(task, 5))
    view.receive_task(task)
    assert set(painted_words(view.matrix)) == set(task.dataset.class_names)


def test_with_a_new_task_nothing_is_said_of_a_cell_of_the_old_one(move, show, trained, words):
    task = iris()
    view = show(task, trained(task, 5))
    move(view.matrix, view.matrix.cell_rect(1, 1).center().toPoint())
    assert "versicolor taken for versicolor" in words(view)
    view.receive_task(iris(class_names=("one", "two", "three")))
    assert "taken for" not in words(view)


def test_what_is_said_of_the_cell_under_the_pointer_keeps_up(move, show, trained, words):
    task = iris()
    view = show(task, trained(task, 1))
    move(view.matrix, view.matrix.cell_rect(1, 1).center().toPoint())
    later = trained(task, 200)
    view.receive_snapshot(later)
    assert f"{later.metrics.confusion[1, 1]} × versicolor taken for versicolor" in words(view)


# Keys -----------------------------------------------------------------------------------------


def test_arrow_keys_go_from_cell_to_cell_and_return_presses_one(qtbot, show_view):
    matrix = ConfusionMatrix(look.LIGHT)
    show_view(matrix)
    matrix.show_names(("a", "b", "c"))
    matrix.show_counts(np.array([[5, 1, 0], [2, 7, 3], [0, 0, 9]]))
    pressed: list[tuple[int, int]] = []
    said: list[str] = []
    matrix.pressed.connect(lambda *cell: pressed.append(cell))
    matrix.hovered.connect(said.append)
    matrix.activateWindow()
    matrix.setFocus()
    qtbot.waitUntil(matrix.hasFocus)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(matrix, key)
    assert said == ["5 × a taken for a", "1 × a taken for b", "7 × b taken for b"]
    assert matrix.accessibleDescription().startswith("7 × b taken for b")
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Return):  # an empty cell
        qtbot.keyClick(matrix, key)
    assert pressed == [(1, 1)]
    matrix.clearFocus()
    assert said[-1] == matrix.accessibleDescription() == ""


def test_covered_counts_are_revealed_one_by_one_before_a_press_means_more(
    show, trained, qtbot, painted_words
):
    task = iris()
    view = show(task, trained(task, 40))
    matrix, chosen = view.matrix, []
    view.cell_chosen.connect(lambda *cell: chosen.append(cell))
    counts = [int(count) for count in view.snapshot.metrics.confusion.ravel()]
    texts = painted_words(matrix)
    matrix.cover(True)
    assert not any(text.isdigit() for text in painted_words(matrix))
    spot = matrix.cell_rect(0, 0).center().toPoint()
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=spot)
    shown = [text for text in painted_words(matrix) if text.isdigit()]
    assert shown == [str(counts[0])] and not chosen
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=spot)
    assert chosen == [(0, 0)]
    matrix.cover(False)
    assert painted_words(matrix) == texts
