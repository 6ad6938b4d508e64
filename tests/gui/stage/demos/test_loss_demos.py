"""Demonstrations of the loss: each number on screen against an independent computation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
import torch
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from torch.nn import functional as F  # noqa: N812

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.explain import probe
from core.model_family import FAMILY
from core.train.snapshot import Params
from gui.kit import theme as look
from gui.kit.maths.formula import Formula
from gui.stage.demos.guessing import GuessingDemo
from gui.stage.demos.likelihood import LikelihoodDemo
from gui.stage.demos.one_hot import OneHotDemo
from gui.stage.demos.simplex import SimplexDemo
from gui.stage.demos.worked_example import WorkedExampleDemo
from gui.state.selected_example import Example

Key = Qt.Key
DEMOS = (GuessingDemo, LikelihoodDemo, OneHotDemo, SimplexDemo, WorkedExampleDemo)


def number(text: str) -> float:
    """Read a number as it is shown, such as −0.5 or 1.4 · 10⁻⁴⁵."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    text = text.replace("−", "-").replace(",", "").replace(" · 10", "e").translate(raised)
    return float(text.rpartition("=")[2])


def make(source="iris", learning_rate=0.1, **model):
    data = DataConfig(source=source)
    config = RunConfig(data, ModelConfig(**model), TrainingConfig(learning_rate=learning_rate))
    return prepare(sources.load(data), config)


@pytest.fixture
def show(show_view, trained):
    """Return a function that shows a demonstration with the run of a task after some steps."""

    def show(cls, task=None, steps=20):
        demo = cls(look.LIGHT)
        show_view(demo, 640, 720)
        task = task or make()
        demo.show_run(task, trained(task, steps))
        QApplication.processEvents()
        return demo, task

    return show


@pytest.fixture
def type_into(qtbot):
    """Return a function that types over a cell as a person does: choose it, type, Return."""

    def type_into(grid, i, j, text):
        grid.setFocus()
        grid.setCurrentIndex(grid.model().index(i, j))
        QApplication.processEvents()
        qtbot.keyClick(grid.viewport(), text[0])
        editor = grid.viewport().focusWidget() or QApplication.focusWidget()
        qtbot.keyClicks(editor, text[1:])
        qtbot.keyClick(editor, Key.Key_Return)
        QApplication.processEvents()

    return type_into


def cells(grid):
    """Return the numbers of a table as they are shown, None where a cell is empty."""
    model = grid.model()
    shown = [
        [model.index(i, j).data() for j in range(model.columnCount())]
        for i in range(model.rowCount())
    ]
    return [[None if text in (None, "") else number(text) for text in row] for row in shown]


# Guessing ---------------------------------------------------------------------------------------


def test_keys_on_the_slider_of_classes_give_the_log_of_each_number(show, qtbot):
    demo, _ = show(GuessingDemo)
    demo.classes.track.setFocus()
    for h in range(4, 9):
        qtbot.keyClick(demo.classes.track, Key.Key_Right)
        assert number(demo.guess.text) == round(math.log(h), 4)
        assert number(demo.share.text) == round(1 / h, 4)
        assert [number(text) for text in demo.bars.texts] == [round(1 / h, 3)] * h
    qtbot.keyClick(demo.classes.track, Key.Key_End)
    uniform = F.cross_entropy(torch.zeros(1, 20), torch.tensor([7]))
    assert number(demo.guess.text) == pytest.approx(uniform.item(), abs=5e-5)


@pytest.mark.parametrize(("source", "h"), [("iris", 3), ("digits", 10)])
def test_a_run_from_zero_weights_begins_at_the_loss_of_guessing(show, source, h):
    demo, _ = show(GuessingDemo, make(source))
    assert demo.h == h
    assert demo.first.text == f"{math.log(h):.4f}"
    assert number(demo.guess.text) == number(demo.first.text)
    assert "it guessed" in demo.verdict.text()


def test_a_loss_above_that_of_guessing_is_called_worse(show):
    demo, _ = show(GuessingDemo, make(learning_rate=100.0), steps=1)
    assert number(demo.now.text) > math.log(3)
    assert "worse than guessing" in demo.verdict.text()


def test_a_loss_below_it_is_said_as_a_number_of_alike_classes(show):
    demo, _ = show(GuessingDemo, steps=100)
    assert f"among {math.exp(number(demo.now.text)):.2f} classes" in demo.verdict.text()


# Worked example ---------------------------------------------------------------------------------


def test_the_table_begins_with_the_published_figures(show):
    demo, _ = show(WorkedExampleDemo)
    table = cells(demo.inputs)
    assert [row[-1] for row in table] == [0.9698, 0.8801, 1.0527, 0.8314, 0.9335]
    assert [row[4:7] for row in table[:2]] == [[0.3792, 0.3104, 0.3104], [0.3072, 0.4147, 0.2780]]
    assert "0.9335" in demo.words.text()


def test_a_logit_typed_over_changes_all_that_follows_from_it(show, type_into):
    demo, _ = show(WorkedExampleDemo)
    type_into(demo.inputs, 1, 2, "-3.25")
    assert demo.batch.example.Z[1, 1] == -3.25
    Z = torch.tensor(demo.batch.example.Z, requires_grad=True)
    losses = F.cross_entropy(Z, torch.tensor([0, 1, 2, 2]), reduction="none")
    (by_logit,) = torch.autograd.grad(losses.mean(), Z)
    table = np.array(cells(demo.inputs)[:4], dtype=float)
    np.testing.assert_allclose(table[:, 4:7], torch.softmax(Z, 1).detach(), atol=5.1e-5)
    np.testing.assert_allclose(table[:, 7], losses.detach(), atol=5.1e-5)
    gradient = np.array(cells(demo.gradient), dtype=float)
    np.testing.assert_allclose(gradient[:4], by_logit, atol=5.1e-5)
    np.testing.assert_allclose(gradient[4], by_logit.sum(dim=0), atol=5.1e-5)


def test_a_class_typed_over_moves_the_one_that_is_subtracted(show, type_into):
    demo, _ = show(WorkedExampleDemo)
    type_into(demo.inputs, 0, 0, "2")
    row = cells(demo.gradient)[0]
    assert [share < 0 for share in row] == [False, False, True]
    assert cells(demo.inputs)[0][-1] == round(-math.log(demo.batch.example.A[0, 2]), 4)


@pytest.mark.parametrize(
    ("column", "typed", "words"),
    [
        (1, "abc", "“abc” is no number"),
        (1, "1e9", "beyond a million"),
        (1, "nan", "is no number"),
        (0, "3", "must be one of 0 … 2"),
        (0, "1.5", "must be one of 0 … 2"),
        (0, "<i>", "&lt;i&gt;"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_the_cell_keeps_its_value(
    show, type_into, column, typed, words
):
    demo, _ = show(WorkedExampleDemo)
    before = cells(demo.inputs)
    type_into(demo.inputs, 0, column, typed)
    assert words in demo.words.text()
    assert cells(demo.inputs) == before


def test_a_decimal_comma_is_understood(show, type_into):
    demo, _ = show(WorkedExampleDemo)
    type_into(demo.inputs, 2, 3, "1,5")
    assert demo.batch.example.Z[2, 2] == 1.5


def test_computed_cells_cannot_be_typed_into(show, qtbot):
    demo, _ = show(WorkedExampleDemo)
    before = cells(demo.inputs)
    for i, j in ((0, 4), (0, 7), (4, 0)):
        demo.inputs.setCurrentIndex(demo.inputs.model().index(i, j))
        qtbot.keyClicks(demo.inputs, "7")
        qtbot.keyClick(demo.inputs, Key.Key_F2)
        assert demo.inputs.state() == demo.inputs.State.NoState
    assert cells(demo.inputs) == before


def test_a_row_is_added_and_the_chosen_one_removed(show, qtbot):
    demo, _ = show(WorkedExampleDemo)
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(demo.add_button, left)
    table = cells(demo.inputs)
    assert len(table) == 6
    assert table[4] == [0, 0, 0, 0, 0.3333, 0.3333, 0.3333, round(math.log(3), 4)]
    assert table[5][-1] == round(float(np.mean([row[-1] for row in table[:5]])), 4)
    demo.inputs.setCurrentIndex(demo.inputs.model().index(0, 1))
    qtbot.mouseClick(demo.remove_button, left)
    assert cells(demo.inputs)[0][-1] == 0.8801
    for _ in range(9):
        qtbot.mouseClick(demo.remove_button, left)
    assert demo.batch.n == 1
    assert not demo.remove_button.isEnabled()
    qtbot.mouseClick(demo.reset_button, left)
    assert cells(demo.inputs)[-1][-1] == 0.9335


def test_the_table_is_copied_as_csv_with_all_digits(show, qtbot):
    demo, _ = show(WorkedExampleDemo)
    demo.inputs.setFocus()
    qtbot.keyClick(demo.inputs, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, *rows = QGuiApplication.clipboard().text().splitlines()
    assert head == "example,y,z0,z1,z2,a0,a1,a2,loss"
    assert rows[0].startswith("1,0,-0.3,-0.5,-0.5,")
    losses = [float(row.rpartition(",")[2]) for row in rows]
    Z, y = torch.tensor(demo.batch.example.Z), torch.tensor([0, 1, 2, 2])
    other_way = F.cross_entropy(Z, y, reduction="none")
    np.testing.assert_allclose(losses, [*other_way, other_way.mean()], rtol=1e-10)


def test_in_the_window_digits_typed_over_a_cell_do_not_change_the_tab(open_window, qtbot):
    window = open_window()
    qtbot.keyClick(window, Key.Key_8)
    qtbot.waitUntil(lambda: window.findChild(WorkedExampleDemo) is not None)
    grid = window.findChild(WorkedExampleDemo).inputs
    place = grid.visualRect(grid.model().index(0, 1)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.keyClick(grid, Key.Key_7)
    assert grid.isVisible()
    editor = QApplication.focusWidget()
    assert editor is not grid
    qtbot.keyClicks(editor, "5")
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: grid.sheet.batch.example.Z[0, 0] == 75)
    assert grid.isVisible()


# One-hot rows -----------------------------------------------------------------------------------


def test_each_class_has_its_row_and_all_are_the_square_root_of_two_apart(show):
    demo, _ = show(OneHotDemo, make("digits"))
    table = np.array(cells(demo.rows))
    np.testing.assert_array_equal(table[:, :10], np.eye(10))
    np.testing.assert_array_equal(table[:, 10], np.arange(10))
    assert set(table[1:, 11]) == {round(math.sqrt(2), 3)}


def test_the_class_is_chosen_by_keys_and_distances_are_from_it(show, qtbot):
    demo, _ = show(OneHotDemo)
    demo.class_choice.setFocus()
    qtbot.keyClick(demo.class_choice, Key.Key_Down)
    assert demo.k == 1
    table = np.array(cells(demo.rows))
    np.testing.assert_array_equal(table[:, 3], [1, 0, 1])
    np.testing.assert_allclose(table[:, 4], [1.414, 0, 1.414])


def test_the_one_picks_the_log_of_the_true_class(show, qtbot, trained):
    task = make()
    demo, _ = show(OneHotDemo, task)
    demo.class_choice.setFocus()
    qtbot.keyClick(demo.class_choice, Key.Key_End)
    demo.example.setFocus()
    qtbot.keyClick(demo.example, Key.Key_Up)
    row = task.train_rows[task.dataset.y[task.train_rows] == 2][1:2]
    a = probe.probabilities(task, trained(task, 20).params, task.dataset.values(row))[0]
    table = cells(demo.terms)
    np.testing.assert_allclose([row[1] for row in table[:3]], a, atol=6e-5)
    np.testing.assert_allclose([row[2] for row in table[:3]], np.log(a), atol=6e-5)
    assert [row[3] for row in table[:2]] == [0, 0]
    loss = F.nll_loss(torch.tensor(np.log(a))[None], torch.tensor([2])).item()
    assert table[3][3] == pytest.approx(-loss, abs=6e-5)
    assert f"<b>{loss:.4f}</b>" in demo.kept.text()


def test_the_example_that_is_followed_is_chosen(show):
    demo, task = show(OneHotDemo)
    rows = task.train_rows[task.dataset.y[task.train_rows] == 1]
    demo.show_example(Example.of_row(task, int(rows[7])))
    assert (demo.k, demo.example.value()) == (1, 8)


# Likelihood -------------------------------------------------------------------------------------


def test_a_floor_is_named_as_far_as_the_plot_is_wide(show, qtbot):
    demo, _ = show(LikelihoodDemo)
    items = demo.plot.scene().items()
    named = [item for item in items if isinstance(item, pg.TextItem) and item.isVisible()]
    assert [item.toPlainText().split(",")[0] for item in named] == ["smallest float32"]
    demo.plot.setFixedWidth(150)
    qtbot.waitUntil(lambda: named[0].toPlainText() == "1.4 · 10⁻⁴⁵")
    demo.plot.setFixedWidth(500)
    qtbot.waitUntil(lambda: named[0].toPlainText().startswith("smallest"))


def test_keys_move_the_product_and_the_sum_together(show, qtbot):
    demo, _ = show(LikelihoodDemo)
    track = demo.p_slider.track
    track.setFocus()
    qtbot.keyClick(track, Key.Key_Home)
    for _ in range(5):
        qtbot.keyClick(track, Key.Key_Right)
    assert demo.p_slider.value() == pytest.approx(0.1)
    n, p = demo.n, demo.p_slider.value()
    assert number(demo.sum.text) == round(n * math.log(p), 2)
    assert number(demo.loss.text) == round(-math.log(p), 4)
    assert demo.single.text == demo.double.text == "0"
    assert "float32 it is 0 from n = 46 on" in demo.verdict.text()  # 10⁻⁴⁵ is the last one


def test_a_product_that_floats_hold_is_shown_as_it_is(show, qtbot):
    demo, _ = show(LikelihoodDemo)
    demo.n_slider.track.setFocus()
    qtbot.keyClick(demo.n_slider.track, Key.Key_Home)
    assert demo.n == 1
    assert number(demo.single.text) == number(demo.double.text) == 0.5
    assert "Both floats still hold it" in demo.verdict.text()


def test_the_runs_own_probabilities_have_the_runs_own_loss(show, qtbot, trained):
    task = make()
    demo, _ = show(LikelihoodDemo, task)
    qtbot.mouseClick(demo.source.button(True), Qt.MouseButton.LeftButton)
    qtbot.keyClick(demo.n_slider.track, Key.Key_End)
    assert demo.n == len(task.train_rows)
    assert number(demo.loss.text) == round(trained(task, 20).metrics.train_loss, 4)


def test_before_training_ten_classes_make_a_power_of_ten(show, qtbot):
    demo, _ = show(LikelihoodDemo, make("digits"), steps=0)
    qtbot.mouseClick(demo.source.button(True), Qt.MouseButton.LeftButton)
    assert number(demo.loss.text) == round(math.log(10), 4)
    assert f"10{str(-demo.n).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}" in (
        demo.verdict.text()
    )


# Simplex ----------------------------------------------------------------------------------------


def test_each_point_is_where_its_probabilities_weigh_the_corners(show, trained):
    task = make()
    demo, _ = show(SimplexDemo, task)
    triangle = demo.triangle
    corners = triangle.positions(np.eye(3))
    rows = np.concatenate([task.train_rows, task.test_rows])
    A = probe.probabilities(task, trained(task, 20).params, task.dataset.values(rows))
    shown = np.array([triangle.place(i).toTuple() for i in range(len(rows))])
    np.testing.assert_allclose(shown, A @ corners, atol=1e-3)
    right = int((A.argmax(axis=1) == task.dataset.y[rows])[: len(task.train_rows)].sum())
    assert demo.right[0].text == f"{right} of {len(task.train_rows)}"


def test_all_points_start_in_the_middle(show):
    demo, _ = show(SimplexDemo, steps=0)
    middle = demo.triangle.positions(np.eye(3)).mean(axis=0)
    for i in (0, 50, 149):
        np.testing.assert_allclose(demo.triangle.place(i).toTuple(), middle, atol=1e-3)


def test_the_pointer_reads_a_point_and_a_place(show, move, trained):
    task = make()
    demo, _ = show(SimplexDemo, task, steps=200)
    middle = demo.triangle.positions(np.full((1, 3), 1 / 3))[0]
    move(demo.triangle, QPointF(*middle).toPoint())
    said = [number(word.split()[-1]) for word in demo.readout.text().partition("→")[2].split(",")]
    np.testing.assert_allclose(said, 1 / 3, atol=0.01)
    move(demo.triangle, demo.triangle.place(0).toPoint())
    assert "setosa  →" in demo.readout.text()


def test_keys_choose_a_point_and_its_way_is_drawn_as_it_learns(show, qtbot, trained):
    task = make()
    demo, _ = show(SimplexDemo, task, steps=5)
    demo.triangle.setFocus()
    qtbot.keyClick(demo.triangle, Key.Key_Right)
    qtbot.keyClick(demo.triangle, Key.Key_Right)
    assert demo.triangle.chosen == 1
    row = task.train_rows[1]
    assert f"training row {row + 1}" in demo.readout.text()
    before = demo.triangle.place(1)
    later = trained(task, 60)
    demo.show_run(task, later)
    way = demo.triangle.path.path()
    assert way.elementCount() == 2
    assert (way.elementAt(0).x, way.elementAt(0).y) == pytest.approx(before.toTuple())
    a = probe.probabilities(task, later.params, task.dataset.values(np.array([row])))[0]
    assert f"setosa {a[0]:.3f}" in demo.readout.text()


def test_of_ten_classes_three_are_shown_among_themselves(show, trained):
    task = make("digits")
    demo, _ = show(SimplexDemo, task)
    sizes = np.bincount(task.dataset.y[task.train_rows])
    shown = [choice.currentIndex() for choice in demo.choices]
    assert min(sizes[shown]) >= np.sort(sizes)[-3]
    assert "10 classes" in demo.words.text()
    rows = task.train_rows[np.isin(task.dataset.y[task.train_rows], shown)][:5]
    A = probe.probabilities(task, trained(task, 20).params, task.dataset.values(rows))[:, shown]
    triangle = demo.triangle
    expected = triangle.positions(A / A.sum(axis=1, keepdims=True))
    np.testing.assert_allclose([triangle.place(i).toTuple() for i in range(5)], expected, atol=1e-3)


def test_the_same_class_twice_is_refused(show, qtbot):
    demo, _ = show(SimplexDemo, make("digits"))
    before = [choice.currentIndex() for choice in demo.choices]
    demo.choices[0].setFocus()
    while demo.choices[0].currentIndex() < before[1] - 1:
        qtbot.keyClick(demo.choices[0], Key.Key_Down)
    kept = [choice.currentIndex() for choice in demo.choices]
    qtbot.keyClick(demo.choices[0], Key.Key_Down)
    assert [choice.currentIndex() for choice in demo.choices] == kept
    assert "three different classes" in demo.words.text()


def test_two_classes_lie_on_a_segment(show, trained):
    task = make(kind="binary")
    demo, _ = show(SimplexDemo, task)
    corners = demo.triangle.positions(np.eye(2))
    assert corners[0][1] == corners[1][1]
    rows = task.train_rows[:20]
    a = probe.probabilities(task, trained(task, 20).params, task.dataset.values(rows))[:, 1]
    across = corners[0][0] + a * (corners[1][0] - corners[0][0])
    np.testing.assert_allclose([demo.triangle.place(i).x() for i in range(20)], across, atol=1e-3)


def test_another_task_replaces_the_points(show, trained):
    demo, _ = show(SimplexDemo, make(kind="binary"))
    task = make()
    demo.show_run(task, trained(task, 3))
    assert demo.triangle.classes == 3
    counts = [int(figure.text.split(" of ")[1]) for figure in demo.right]
    assert counts == [len(task.train_rows), len(task.test_rows)]


# All of them ------------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", DEMOS)
def test_it_is_named_says_what_to_watch_and_takes_another_theme(show, pixels, cls):
    demo, _ = show(cls)
    assert 2 <= len(cls.title.split()) <= 5
    assert cls.watch.endswith(".")
    assert demo.findChildren(Formula)
    demo.show_theme(look.DARK)
    QApplication.processEvents()
    for formula in demo.findChildren(Formula):
        shown = pixels(formula)
        formula.set_theme(look.DARK)
        np.testing.assert_array_equal(pixels(formula), shown)


@pytest.mark.parametrize("cls", DEMOS)
@pytest.mark.parametrize("model", [*({"kind": kind} for kind in FAMILY), {"hidden": 3}])
def test_it_is_shown_before_there_is_a_run_and_with_any_model(show_view, trained, cls, model):
    demo = cls(look.LIGHT)
    show_view(demo, 440, 400)
    task = make(**model)
    demo.show_run(task, trained(task, 1))
    QApplication.processEvents()
    assert demo.minimumSizeHint().width() <= 414  # in the window of 1024 × 640


@pytest.mark.parametrize("cls", DEMOS)
def test_weights_that_are_no_numbers_leave_what_was_shown(show, trained, cls):
    demo, task = show(cls)
    snapshot = trained(task, 21)
    lost = Params(np.full_like(snapshot.params.W, np.nan), snapshot.params.b)
    demo.show_run(task, replace(snapshot, params=lost))
    demo.grab()
    if isinstance(demo, SimplexDemo):
        positions = [demo.triangle.place(i).toTuple() for i in range(task.dataset.n)]
        assert np.isfinite(positions).all()


@pytest.mark.parametrize("kind", ["perceptron", "adaline", "svm", "ovr", "ovo"])
def test_models_without_shares_are_named_and_the_models_to_choose(qtbot, show, words, kind):
    needed = f"The model that is loaded, {FAMILY[kind].title}, gives no probabilities"
    assert needed in words(show(OneHotDemo, make(kind=kind))[0])
    assert needed in words(show(SimplexDemo, make(kind=kind))[0])
    demo, _ = show(LikelihoodDemo, make(kind=kind))
    qtbot.mouseClick(demo.source.button(True), Qt.MouseButton.LeftButton)
    assert needed in words(demo)


@pytest.mark.parametrize("model", [{"kind": "mse"}, {"hidden": 6}])
def test_a_model_with_shares_of_its_own_shows_them(show, trained, model):
    task = make(**model)
    demo, _ = show(OneHotDemo, task)
    k = demo.k
    row = task.train_rows[task.dataset.y[task.train_rows] == k][0]
    a = probe.probabilities(task, trained(task, 20).params, task.dataset.values([row]))[0]
    shown = [float(demo.terms.text(i, 1)) for i in range(task.dataset.h)]
    assert shown == pytest.approx(a.tolist(), abs=1e-4)
