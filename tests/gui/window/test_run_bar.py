"""The run bar's numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.train.snapshot import Metrics, Pace, Status
from gui.control.run_controller import EPOCH_A_SECOND, FLAT_OUT
from gui.kit import theme as look
from gui.window.run_bar import SPEEDS, RunBar


@pytest.fixture
def bar(show_view):
    bar = RunBar()
    show_view(bar, 1280, 60)
    return bar


@pytest.fixture
def snapshot(trained):
    return trained(prepare(sources.load(DataConfig()), RunConfig()), 12)


def numbers(counter) -> list[str]:
    """The numbers that a counter shows, without its name."""
    labels = [label for label in counter.findChildren(QLabel) if label.isVisible()]
    return [label.text().removeprefix(" · ") for label in labels[:-1]]


def test_the_figures_are_those_of_the_snapshot(bar, snapshot):
    bar.show_snapshot(snapshot)
    metrics = snapshot.metrics
    assert numbers(bar.loss) == [f"{metrics.train_loss:.4f}", f"{metrics.test_loss:.4f}"]
    shares = [metrics.train_accuracy, metrics.test_accuracy]
    assert numbers(bar.accuracy) == [f"{100 * share:.1f}\xa0%" for share in shares]
    assert numbers(bar.step_counter) == ["000,012"]
    assert numbers(bar.epoch) == ["000,003"]


def test_other_numbers_have_nothing_but_themselves_laid_out_and_painted(bar, snapshot, paintings):
    bar.show_snapshot(snapshot)
    QApplication.processEvents()
    laid_out = paintings(bar, QEvent.Type.LayoutRequest, children=False)
    painted = paintings(bar, children=False)
    metrics = replace(snapshot.metrics, train_loss=0.7, test_loss=0.8)
    bar.show_snapshot(replace(snapshot, step=13, epoch=4, metrics=metrics))
    QApplication.processEvents()
    assert numbers(bar.step_counter) == ["000,013"]
    assert not laid_out and not painted


def test_numbers_leave_nothing_of_those_before_them(open_window, pixels, snapshot):
    """A counter fills its own ground, in the colour of the card."""
    window = open_window(theme="dark")
    bar = window.run_bar
    counter, panel = bar.step_counter, look.rgb(look.DARK.panel)
    pictures = []
    for step in (888_888, 111_111, 888_888):
        bar.show_snapshot(replace(window.controller.snapshot, step=step))
        QApplication.processEvents()
        x, y, width, height = counter.geometry().getRect()
        pictures.append(pixels(bar)[y : y + height, x : x + width])
    assert (pictures[0] == pictures[2]).all()
    assert (pictures[1] != pictures[2]).any()
    assert ((pictures[1] - panel) ** 2).sum(axis=2).min(axis=1)[[0, -1]].max() == 0


@pytest.mark.parametrize(
    ("step", "text"),
    [(0, "000,000"), (999_999, "999,999"), (1_000_000, "1,000,000"), (10**9, "1,000,000,000")],
)
def test_counters_have_leading_zeros_and_groups(bar, snapshot, step, text):
    bar.show_snapshot(replace(snapshot, step=step, epoch=step))
    assert numbers(bar.step_counter) == numbers(bar.epoch) == [text]


@pytest.mark.parametrize(
    ("loss", "text"), [(0.0, "0.0000"), (99.99994, "99.9999"), (123.456, "123"), (5e29, "5e+29")]
)
def test_a_loss_has_few_digits_whatever_its_size(bar, snapshot, loss, text):
    bar.show_snapshot(replace(snapshot, metrics=replace(snapshot.metrics, train_loss=loss)))
    assert numbers(bar.loss)[0] == text


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_figure_that_is_no_number_is_not_shown_as_one(bar, snapshot, value):
    metrics = replace(snapshot.metrics, test_loss=value, test_accuracy=value)
    bar.show_snapshot(replace(snapshot, metrics=metrics))
    assert numbers(bar.loss) == [f"{metrics.train_loss:.4f}"]
    assert len(numbers(bar.accuracy)) == 1


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0, "–"), (7.4, "7.40"), (999.6, "1.00 k"), (1234, "1.23 k"), (56_780_000, "56.8 M")],
)
def test_the_rate_has_a_unit_prefix(bar, snapshot, rate, text):
    bar.show_snapshot(replace(snapshot, pace=Pace(examples=rate)))
    assert numbers(bar.rate) == [text]


@pytest.mark.parametrize(
    ("device", "text"), [("cpu", "CPU"), ("cuda", "CUDA"), ("cuda:1", "CUDA 1")]
)
def test_the_device_is_named(bar, snapshot, device, text):
    bar.show_snapshot(replace(snapshot, settings=replace(snapshot.settings, device=device)))
    assert numbers(bar.device) == [text]


def test_while_steps_are_a_blur_figures_stay_long_enough_to_be_read(bar, snapshot, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("gui.state.throttle.time.monotonic", lambda: now[0])
    live = replace(snapshot, status=Status.TRAINING, pace=Pace(steps=5000.0))
    for loss, seconds, shown in (
        (0.3, 0.0, 0.3),
        (0.4, 0.09, 0.3),
        (0.5, 0.02, 0.5),
        (0.6, 0, 0.5),
    ):
        now[0] += seconds
        epoch, metrics = round(100 * loss), replace(snapshot.metrics, train_loss=loss)
        bar.show_snapshot(replace(live, epoch=epoch, step=10 * epoch, metrics=metrics))
        assert numbers(bar.loss)[0] == f"{shown:.4f}"
        assert numbers(bar.epoch) == [f"{epoch:07,}"]  # it runs, to be seen running
        assert numbers(bar.step_counter) == [f"{10 * epoch:07,}"]
    metrics = replace(snapshot.metrics, train_loss=0.61)
    bar.show_snapshot(replace(snapshot, metrics=metrics))  # once it pauses they are exact
    assert numbers(bar.loss)[0] == "0.6100"


def test_figures_of_each_step_that_can_be_read_are_shown(bar, snapshot, monkeypatch):
    monkeypatch.setattr("gui.state.throttle.time.monotonic", lambda: 1000.0)
    slow = replace(snapshot, status=Status.TRAINING, pace=Pace(steps=5.0))
    for epoch in (12, 13, 14):
        bar.show_snapshot(replace(slow, epoch=epoch))
        assert numbers(bar.epoch) == [f"{epoch:07,}"]


def test_the_button_says_what_a_press_does(bar, snapshot):
    for status in Status:
        bar.show_snapshot(replace(snapshot, status=status))
        word = "Pause" if status is Status.TRAINING else "Train"
        assert bar.play_button.accessibleName() == word
        shown = [label.text() for label in bar.play_button.findChildren(QLabel)]
        assert word in shown


@pytest.mark.usefixtures("face")
def test_the_button_keeps_its_width(bar, snapshot):
    widths = set()
    for status in (Status.READY, Status.TRAINING, Status.PAUSED):
        bar.show_snapshot(replace(snapshot, status=status))
        widths.add(bar.play_button.sizeHint().width())
    assert len(widths) == 1


@pytest.mark.parametrize("name", ["reset", "play_or_pause", "step"])
def test_a_click_says_what_is_wanted(qtbot, bar, name):
    button = {
        "reset": bar.reset_button,
        "play_or_pause": bar.play_button,
        "step": bar.step_button,
    }[name]
    with qtbot.waitSignal(getattr(bar, name)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("speed", "text"),
    [
        (1, "1 step/s"),
        (1000, "1,000 steps/s"),
        (EPOCH_A_SECOND, "1 epoch/s"),
        (FLAT_OUT, "flat out"),
    ],
)
def test_the_speed_is_said_in_words(qtbot, bar, words, speed, text):
    with qtbot.waitSignal(bar.speed_changed) as told:
        bar.set_speed(SPEEDS.index(speed))
    assert told.args == [speed]
    assert text in words(bar)
    assert text in bar.speed.toolTip()


def test_a_speed_beyond_the_ends_is_the_end(bar):
    bar.set_speed(10**6)
    assert bar.chosen_speed == FLAT_OUT
    bar.set_speed(-10)
    assert bar.chosen_speed == 1


def test_before_there_are_numbers_none_are_shown(bar, snapshot):
    bar.show_snapshot(snapshot)
    bar.show_nothing()
    for counter in (bar.epoch, bar.step_counter, bar.loss, bar.accuracy):
        assert numbers(counter) == ["–"]


def shown_in(bar):
    """The parts of the bar that are in sight."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    return [child for child in bar.findChildren(QWidget, options=direct) if child.isVisible()]


def is_whole(bar) -> bool:
    """Whether no part of the bar is cut, lies on another one or sticks out."""
    shown = shown_in(bar)
    inside = all(bar.rect().contains(child.geometry()) for child in shown)
    apart = all(not a.geometry().intersects(b.geometry()) for a, b in combinations(shown, 2))
    return (
        inside
        and apart
        and all(child.width() >= child.minimumSizeHint().width() for child in shown)
    )


@pytest.mark.usefixtures("face")
@pytest.mark.parametrize("spare", [200, 0, -10, -60, -120, -160])
def test_a_narrow_bar_leaves_out_and_cuts_nothing(qtbot, show_view, snapshot, spare):
    page, bar = QWidget(), RunBar()  # a window of its own would not become narrower than its words
    bar.setParent(page)
    show_view(page, 1400, 60)
    bar.show_snapshot(replace(snapshot, step=999_999, epoch=999_999, pace=Pace(examples=99.9e6)))
    layout = bar.layout()
    assert layout
    layout.activate()
    bar.resize(layout.minimumSize().width() + spare, 60)

    qtbot.waitUntil(lambda: is_whole(bar))
    assert len(shown_in(bar)) >= 8
    assert bar.loss.isVisible() and bar.accuracy.isVisible() and bar.epoch.isVisible()


@pytest.mark.parametrize("width", [1346, 1004, 780])
def test_in_the_largest_type_a_bar_shows_what_has_room(qtbot, show_view, snapshot, type_of, width):
    type_of(25)
    page, bar = QWidget(), RunBar()
    bar.setParent(page)
    show_view(page, width, 120)
    bar.show_snapshot(snapshot)
    bar.resize(width, 120)
    qtbot.waitUntil(lambda: is_whole(bar))
    assert bar.play_button.isVisible() and bar.reset_button.isVisible() and bar.loss.isVisible()
    assert bar.accuracy.isVisible() == (width > 1300)


# Validation rows


@pytest.fixture
def watched(trained):
    """Four-fifths of Iris, of which a quarter is for validation, after some steps."""
    config = RunConfig(DataConfig(validation_fraction=0.25))
    return trained(prepare(sources.load(config.data), config), 12)


def recomputed(snapshot, rows) -> tuple[float, float]:
    """Mean cross-entropy and accuracy on these rows, by NumPy in float64."""
    task, params = snapshot.task, snapshot.params
    Z = task.inputs(task.dataset.values(rows)).astype(np.float64) @ params.W.T + params.b
    y = task.dataset.y[rows]
    losses = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]
    return float(losses.mean()), float((Z.argmax(axis=1) == y).mean())


def test_figures_of_validation_rows_are_those_of_a_recomputation(bar, watched):
    bar.show_task(watched.task)
    bar.show_snapshot(watched)
    task = watched.task
    assert len(task.validation_rows) == 30
    losses, shares = zip(
        *(
            recomputed(watched, rows)
            for rows in (task.train_rows, task.test_rows, task.validation_rows)
        ),
        strict=True,
    )
    train, test, validation = (f"{loss:.4f}" for loss in losses)
    assert numbers(bar.loss) == [train, f"test {test}", f"validation {validation}"]
    train, test, validation = (f"{100 * share:.1f}\xa0%" for share in shares)
    assert numbers(bar.accuracy) == [train, f"test {test}", f"validation {validation}"]


def test_without_validation_rows_none_are_spoken_of(bar, watched, snapshot, words):
    bar.show_task(watched.task)
    bar.show_snapshot(watched)
    assert "validation" in words(bar) and "validation" in bar.loss.toolTip()
    bar.show_task(snapshot.task)
    bar.show_snapshot(snapshot)
    assert "validation" not in words(bar) and "validation" not in bar.loss.toolTip()
    assert numbers(bar.loss)[1] == f"{snapshot.metrics.test_loss:.4f}"


@pytest.mark.usefixtures("face")
def test_nothing_moves_when_validation_rows_come_or_numbers_change(show_view, watched, snapshot):
    bar = RunBar()
    show_view(bar, 1400, 60)
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    seen = []
    for shown in (snapshot, watched, replace(watched, metrics=WIDEST), snapshot):
        bar.show_task(shown.task)
        bar.show_snapshot(shown)
        QApplication.processEvents()
        parts = bar.findChildren(QWidget, options=direct)
        seen.append([(part.geometry().getRect(), part.isVisible()) for part in parts])
    assert all(each == seen[0] for each in seen)


@pytest.mark.usefixtures("face")
def test_the_widest_numbers_of_three_parts_are_not_cut(open_window, watched):
    bar = open_window(size=(1400, 800)).run_bar  # dressed by the window's style sheet
    bar.show_task(watched.task)
    bar.show_snapshot(replace(watched, metrics=WIDEST))
    QApplication.processEvents()
    for counter in (bar.loss, bar.accuracy):
        labels = [label for label in counter.findChildren(QLabel) if label.isVisible()]
        assert len(labels) == 4
        for label in labels:
            assert label.width() >= label.sizeHint().width(), label.text()
        for a, b in combinations(labels, 2):
            assert not a.geometry().intersects(b.geometry())


WIDEST = Metrics(
    step=1,
    epoch=1,
    train_loss=8.8888,
    test_loss=8.8888,
    train_accuracy=1.0,
    test_accuracy=1.0,
    confusion=np.zeros((3, 3), np.int64),
    validation_loss=8.8888,
    validation_accuracy=1.0,
    sampled=1,
)
