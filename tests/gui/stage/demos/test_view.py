"""The demonstrations: moving what can be moved shows what an independent computation gives."""

from __future__ import annotations

import math
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from torch.nn import functional

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.teach.demonstrations import overlapping_points
from gui.kit import theme as look
from gui.stage.demos.demo import Demo
from gui.stage.demos.four_losses import FourLossesDemo
from gui.stage.demos.grid import Grid
from gui.stage.demos.guessing import GuessingDemo
from gui.stage.demos.neuron.sigmoid import SigmoidDemo
from gui.stage.demos.neuron.two_classes import TwoClassesDemo
from gui.stage.demos.one_hot import OneHotDemo
from gui.stage.demos.overflow import OverflowDemo
from gui.stage.demos.parts import Track, ValueSlider
from gui.stage.demos.reduction import ReductionDemo
from gui.stage.demos.shift import ShiftDemo
from gui.stage.demos.simplex import SimplexDemo
from gui.stage.demos.softmax_twice import SoftmaxTwiceDemo
from gui.stage.demos.temperature import TemperatureDemo
from gui.stage.demos.view import DemosView
from gui.state.selected_example import Chosen

OWN = (
    ShiftDemo,
    TwoClassesDemo,
    TemperatureDemo,
    OverflowDemo,
    FourLossesDemo,
    SoftmaxTwiceDemo,
    ReductionDemo,
    SigmoidDemo,
)
LEFT = Qt.MouseButton.LeftButton


def number(text):
    """Read a number as it is shown: −1.2, ✓ 0.5, 1.2 × 10⁻⁷."""
    plain = text.replace("−", "-").lstrip("✓ ")
    mantissa, _, power = plain.partition(" × 10")
    raised = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(mantissa) * 10.0 ** int(raised or 0)


def softmax(z):
    powers = np.exp(np.asarray(z, dtype=float) - np.max(z))
    return powers / powers.sum()


def iris(**model):
    data = DataConfig(features=("all",))
    return prepare(sources.load(data), RunConfig(data=data, model=ModelConfig(**model)))


@pytest.fixture
def chosen():
    return Chosen()


@pytest.fixture
def view(show_view, chosen):
    view = DemosView(look.LIGHT, chosen)
    show_view(view, 900, 900)
    return view


@pytest.fixture
def show(show_view):
    """Return a function that shows one demonstration alone."""

    def show(cls):
        demo = cls(look.LIGHT)
        show_view(demo, 480, 800)
        return demo

    return show


@pytest.fixture
def press(qtbot):
    """Return a function that moves a slider by keys."""

    def press(slider, *keys):
        slider.track.setFocus()
        for key in keys:
            qtbot.keyClick(slider.track, key)

    return press


# The view ---------------------------------------------------------------------------------------


def test_arrow_keys_go_through_all_demonstrations_and_over_the_headings(view, qtbot):
    seen = []
    view.titles.setFocus()
    for _ in range(view.titles.count()):
        seen.append(type(view.demo))
        qtbot.keyClick(view.titles, Qt.Key.Key_Down)
    assert list(dict.fromkeys(seen)) == [cls for cls in view.rows if cls is not None]
    assert len(set(seen)) >= 12


def test_every_demonstration_says_what_it_is_and_what_to_watch(view):
    for cls in filter(None, view.rows):
        assert 2 <= len(cls.title.split()) <= 5 or cls.title == "Temperature"
        assert cls.watch.endswith(".")


def test_a_narrow_view_offers_the_same_titles_in_a_box(view, qtbot):
    assert view.titles.isVisible() and not view.combo.isVisible()
    view.resize(480, 440)
    qtbot.waitUntil(view.combo.isVisible)
    assert not view.titles.isVisible()
    view.combo.setFocus()
    before = view.demo
    qtbot.keyClick(view.combo, Qt.Key.Key_Down)
    assert view.demo is not before
    assert view.combo.currentText() == view.demo.title == view.titles.currentItem().text()


@pytest.mark.usefixtures("face")
def test_nothing_is_wider_than_the_stage_of_a_small_window(open_window):
    window = open_window(size=(1024, 640))
    window.stage.show_name("Demos")
    (view,) = window.findChildren(DemosView)
    wider = {}
    for row, cls in enumerate(view.rows):
        if cls is not None:
            view.titles.setCurrentRow(row)
            QApplication.processEvents()
            page = view.demo.parentWidget()
            wider[cls.title] = page.minimumSizeHint().width() - page.parentWidget().width()
    assert len(wider) >= 12 and max(wider.values()) <= 0, wider


def test_many_snapshots_are_shown_at_most_ten_times_a_second_and_the_last_one_is(
    view, qtbot, trained, monkeypatch
):
    shown = []
    monkeypatch.setattr(type(view.demo), "show_run", lambda _, task, run: shown.append(run))
    task = iris()
    view.receive_task(task)
    first = trained(task, 2)
    snapshots = [replace(first, step=step) for step in range(40)]
    for snapshot in snapshots:
        view.receive_snapshot(snapshot)
    qtbot.waitUntil(lambda: bool(shown) and shown[-1] is snapshots[-1])
    assert len(shown) <= 3


@pytest.mark.parametrize(
    "cls", [OneHotDemo, GuessingDemo, ShiftDemo, SimplexDemo], ids=lambda c: c.title
)
def test_with_other_data_nothing_is_left_of_the_run_of_the_old_ones(
    view, chosen, trained, words, cls
):
    row = view.rows.index(cls)
    view.titles.setCurrentRow(row)
    new = words(view.demo)
    task = iris()
    chosen.receive_task(task)
    view.receive_task(task)
    view.receive_snapshot(trained(task, 5))
    shown = view.demo
    assert words(shown) != new
    other = prepare(sources.load(DataConfig("drawn")), RunConfig(DataConfig("drawn")))
    chosen.receive_task(other)
    view.receive_task(other)
    assert view.demo is not shown and words(view.demo) == new


def test_what_is_typed_into_a_demonstration_without_a_run_stays_with_other_data(view, trained):
    task = iris()
    view.receive_task(task)
    view.receive_snapshot(trained(task, 5))
    shown = view.demo
    view.receive_task(iris())
    assert view.demo is shown


def test_the_windows_thread_typesets_no_formula(open_window, qtbot, typeset_by):
    window = open_window(RunConfig(model=ModelConfig(hidden=4)))  # whose window has none so far
    typeset_by.clear()  # what earlier tests have left, takes the window's style sheet, too
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    assert not view.is_at_rest
    for row in (1, 4, 11, view.rows.index(TwoClassesDemo)):
        view.titles.setCurrentRow(row)
        qtbot.waitUntil(lambda: view.is_at_rest, timeout=30_000)
        assert view.demo.isVisible()
    assert typeset_by
    assert threading.get_ident() not in typeset_by


def test_other_data_and_colours_amid_typesetting_do_not_lose_the_demonstration(
    open_window, qtbot, typeset_by, new_run
):
    window = open_window()
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    with new_run(window):
        window.loader.change("other model", model=ModelConfig(hidden=3))
        window.appearance.choose("dark")
    window.stage.show_name("Demos")
    qtbot.waitUntil(lambda: view.is_at_rest, timeout=30_000)
    assert view.demo.isVisible() and view.demo.theme is look.DARK


def test_other_colours_reach_every_part(view, pixels):
    view.titles.setCurrentRow(view.rows.index(TemperatureDemo))
    before = pixels(view.demo.bars)
    view.receive_theme(look.DARK)
    assert view.demo.theme is look.DARK
    assert (before != pixels(view.demo.bars)).any()


# Shift invariance -------------------------------------------------------------------------------


def test_a_shift_moves_the_logits_of_the_followed_example_and_no_probability(
    view, chosen, trained, press
):
    task = iris()
    snapshot = trained(task, 40)
    chosen.receive_task(task)
    view.titles.setCurrentRow(view.rows.index(ShiftDemo))
    view.receive_task(task)
    view.receive_snapshot(snapshot)
    chosen.choose_row(77)
    demo = view.demo
    press(demo.t, Qt.Key.Key_PageUp, Qt.Key.Key_Right)
    t = demo.t.value()
    assert t > 0
    x = task.inputs(task.dataset.values(np.array([77])))[0]
    z = snapshot.params.W @ x + snapshot.params.b
    shown = [[number(text) for text in bars.texts] for bars in (demo.z_before, demo.z_after)]
    assert shown[0] == pytest.approx(z, abs=6e-4)
    assert shown[1] == pytest.approx(z + t, abs=6e-4)
    for bars in (demo.a_before, demo.a_after):
        assert [number(text) for text in bars.texts] == pytest.approx(softmax(z), abs=6e-5)
    assert number(demo.change.text) < 1e-5
    assert demo.decision.text.startswith("0 of ")


def test_a_shift_of_one_features_weights_moves_the_logits_by_its_value(show, trained, press, qtbot):
    task, demo = iris(), show(ShiftDemo)
    demo.show_run(task, trained(task, 40))
    demo.direction.setFocus()
    for _ in range(2 + 3):  # every bias, every weight, then the features
        qtbot.keyClick(demo.direction, Qt.Key.Key_Down)
    press(demo.t, Qt.Key.Key_End)
    x = task.inputs(task.dataset.values(task.train_rows[:1]))[0]
    before, after = (
        np.array([number(text) for text in bars.texts]) for bars in (demo.z_before, demo.z_after)
    )
    assert after - before == pytest.approx(10 * x[3], abs=2e-3)


def test_the_shift_says_of_weight_decay_what_the_penalty_does(show, press, words, qtbot):
    demo = show(ShiftDemo)
    press(demo.t, Qt.Key.Key_End)
    demo.direction.setFocus()
    for place in range(demo.direction.count()):
        before, after = (number(text) for text in demo.norm.text.split("→"))
        sees = before != after
        assert ("does see this shift" in words(demo)) == sees
        assert ("spares the biases" in words(demo)) == (not sees)
        assert sees == (place > 0)
        qtbot.keyClick(demo.direction, Qt.Key.Key_Down)


def test_a_binary_run_gets_an_example_model_for_the_shift(show, trained, words):
    task, demo = iris(kind="binary"), show(ShiftDemo)
    demo.show_run(task, trained(task, 4))
    assert len(demo.z_before.texts) == 3
    assert "stands in" in words(demo)


# Two classes ------------------------------------------------------------------------------------


def test_two_classes_and_the_neuron_show_the_same_numbers(show, press, qtbot):
    demo = show(TwoClassesDemo)
    for slider in demo.sliders:
        press(slider, Qt.Key.Key_PageUp, Qt.Key.Key_Left)
    qtbot.mouseClick(demo.truth.button(0), LEFT)
    w0, b0, w1, b1, x = (slider.value() for slider in demo.sliders)
    a = softmax([w0 * x + b0, w1 * x + b1])
    assert number(demo.grid.text(0, 3)) == pytest.approx(a[0], abs=6e-5)
    assert number(demo.grid.text(2, 3)) == pytest.approx(a[1], abs=6e-5)
    assert number(demo.grid.text(2, 0)) == pytest.approx(w1 - w0, abs=6e-3)
    assert demo.grid.text(0, 4) == demo.grid.text(2, 4)
    assert number(demo.grid.text(0, 4)) == pytest.approx(-math.log(a[0]), abs=6e-5)
    assert number(demo.difference.text) < 1e-12
    assert demo.by_softmax.getData()[1] == pytest.approx(demo.by_neuron.getData()[1], abs=1e-14)


# Temperature ------------------------------------------------------------------------------------


def test_a_temperature_set_by_keys_shows_the_softmax_of_the_divided_logits(show, press):
    demo = show(TemperatureDemo)
    press(demo.temperature, Qt.Key.Key_PageDown, Qt.Key.Key_Left)
    press(demo.logits[1], Qt.Key.Key_PageUp)
    T = demo.temperature.value()
    assert T < 1
    a = softmax([slider.value() / T for slider in demo.logits])
    assert [number(text) for text in demo.bars.texts] == pytest.approx(a, abs=6e-5)
    assert number(demo.entropy.text) == pytest.approx(-(a * np.log(a)).sum(), abs=6e-5)


@pytest.mark.parametrize(("key", "T", "words_shown"), [("Home", 0.1, "argmax"), ("End", 10, "1/4")])
def test_the_ends_of_the_temperature_are_named(show, press, words, key, T, words_shown):
    demo = show(TemperatureDemo)
    press(demo.temperature, getattr(Qt.Key, f"Key_{key}"))
    assert demo.temperature.value() == pytest.approx(T)
    assert number(demo.largest.text) == pytest.approx(
        softmax(np.array([2, 1, 0.5, -1]) / T).max(), abs=6e-5
    )
    if key == "Home":
        assert words_shown in words(demo)


# Overflow ---------------------------------------------------------------------------------------


def test_large_logits_show_inf_and_nan_beside_finite_numbers(show, press, qtbot):
    demo = show(OverflowDemo)
    press(demo.scale, Qt.Key.Key_End)
    assert demo.naive_total.text == "inf" and demo.naive_loss.text == "inf"
    assert demo.naive.text(0, 1) == "inf" and demo.naive.text(0, 2) == "nan"
    assert number(demo.safe_loss.text) == 1500
    qtbot.mouseClick(demo.truth.button(0), LEFT)
    assert demo.naive_loss.text == "nan" and number(demo.safe_loss.text) == 0


def test_the_size_at_which_exp_overflows_isshown(show):
    demo = show(OverflowDemo)
    assert number(demo.sum_breaks.text) == pytest.approx(
        math.log(np.finfo(np.float32).max), abs=0.06
    )


def test_both_ways_show_the_same_loss_while_logits_are_small(show, press):
    demo = show(OverflowDemo)
    press(demo.scale, Qt.Key.Key_PageUp)
    s = demo.scale.value()
    expected = -math.log(softmax([s, s / 2, -s / 2])[2])
    assert number(demo.naive_loss.text) == pytest.approx(expected, abs=2e-3)
    assert number(demo.safe_loss.text) == pytest.approx(expected, abs=2e-4)


# Losses -----------------------------------------------------------------------------------------


def test_four_losses_show_what_pytorch_returns(show, press, qtbot):
    demo = show(FourLossesDemo)
    press(demo.logits[0], Qt.Key.Key_PageUp)
    press(demo.logits[1], Qt.Key.Key_PageDown, Qt.Key.Key_Right)
    qtbot.mouseClick(demo.truth.button(0), LEFT)
    z = torch.tensor([[slider.value() for slider in demo.logits]], dtype=torch.float64)
    right = float(functional.cross_entropy(z, torch.tensor([0])))
    for i, j in ((0, 0), (1, 1), (2, 2), (3, 1)):
        assert demo.grid.text(i, j).startswith("✓")
        assert number(demo.grid.text(i, j)) == pytest.approx(right, abs=6e-5)
    wrong = float(functional.cross_entropy(torch.softmax(z, 1), torch.tensor([0])))
    assert number(demo.grid.text(3, 0)) == pytest.approx(wrong, abs=6e-5)
    assert demo.grid.text(0, 1) == "error"


def test_softmax_taken_twice_never_shows_a_loss_below_its_floor(show, press, qtbot, words):
    demo = show(SoftmaxTwiceDemo)
    press(demo.logit, Qt.Key.Key_End)
    assert number(demo.right.text) < 0.001
    assert number(demo.wrong.text) == pytest.approx(math.log(math.e + 2) - 1, abs=1e-3)
    qtbot.mouseClick(demo.h.button(10), LEFT)
    assert number(demo.wrong.text) >= math.log(math.e + 9) - 1 - 5e-5
    assert f"{math.log(math.e + 9) - 1:.4f}" in words(demo)


def test_more_examples_throw_the_summed_loss_off_and_the_rate_over_n_brings_it_back(
    show, press, qtbot, words
):
    demo = show(ReductionDemo)
    assert "still descends" in words(demo)
    press(demo.n, Qt.Key.Key_End)
    assert "jumps about" in words(demo)
    assert number(demo.sum_loss.text) > number(demo.mean_loss.text)
    qtbot.mouseClick(demo.choice.button(True), LEFT)
    assert demo.sum_loss.text == demo.mean_loss.text
    assert number(demo.gap.text) < 1e-12


def test_the_mean_loss_shown_is_that_of_gradient_descent(show, press):
    demo = show(ReductionDemo)
    press(demo.n, Qt.Key.Key_PageUp)
    X, y = overlapping_points(round(demo.n.value()))
    inputs = np.column_stack([X.astype(float), np.ones(len(X))])
    w = np.zeros(3)
    for _ in range(40):
        w -= demo.rate.value() * inputs.T @ (1 / (1 + np.exp(-inputs @ w)) - y) / len(X)
    z = inputs @ w
    expected = np.mean(np.logaddexp(0, z) - y * z)
    assert number(demo.mean_loss.text) == pytest.approx(expected, abs=6e-5)


def test_the_button_beside_the_title_resets_the_chosen_demonstration(open_window, qtbot, words):
    window = open_window()
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    view.titles.setCurrentRow(view.rows.index(TemperatureDemo))
    qtbot.waitUntil(lambda: view.is_at_rest)
    before = words(view.demo)
    qtbot.keyClick(view.demo.temperature.track, Qt.Key.Key_End)
    assert words(view.demo) != before
    buttons = (b for b in view.findChildren(QPushButton) if b.isVisible())
    qtbot.mouseClick(next(b for b in buttons if b.text() == "Reset values"), LEFT)
    assert words(view.demo) == before


# All of them ------------------------------------------------------------------------------------


def shown(demo, words):
    return words(demo), [grid.csv() for grid in demo.findChildren(Grid)]


@pytest.mark.parametrize("cls", OWN)
def test_reset_brings_every_number_back(show, words, qtbot, cls: type[Demo]):
    demo = show(cls)
    before = shown(demo, words)
    for slider in demo.findChildren(ValueSlider):
        qtbot.keyClick(slider.track, Qt.Key.Key_End)
    assert shown(demo, words) != before
    assert demo.can_reset
    demo.reset()
    assert shown(demo, words) == before


@pytest.mark.parametrize("cls", OWN)
def test_every_slider_is_reached_by_tab_and_has_a_name(show, qtbot, cls: type[Demo]):
    demo = show(cls)
    demo.activateWindow()
    qtbot.waitUntil(demo.isActiveWindow)
    demo.focusNextChild()
    reached = set()
    while QApplication.focusWidget() not in reached:
        reached.add(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    tracks = set(demo.findChildren(Track))
    assert tracks <= reached
    assert all(track.accessibleName() and track.toolTip() for track in tracks)


def test_a_grid_is_copied_as_csv_with_all_digits(show, qtbot):
    demo = show(FourLossesDemo)
    demo.grid.setFocus()
    qtbot.keyClick(demo.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == ",a,z,log a"
    name, a, z, _ = lines[4].split(",")
    assert name == "cross_entropy"
    assert float(z) == pytest.approx(math.log1p(math.exp(1.3)), rel=1e-8)
    assert len(a) > 9
