"""The history bar in the real window: back to any step by mouse and keys, replay, live."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.train.history import Mark
from core.train.snapshot import Status
from gui.kit import theme as look
from gui.window.run_bar import SPEEDS
from gui.window.timeline import HEIGHT, HistoryBar
from tests.gui.conftest import PATIENCE_MS
from tests.gui.window.history import at_share

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def trained_window(window, finish):
    """Iris, trained to the end."""
    finish(window)
    return window


@pytest.fixture
def newest(trained_window):
    return trained_window.controller.snapshot.step


# In the window ----------------------------------------------------------------------------------


def test_until_there_is_a_step_it_is_hidden_and_there_is_nothing_to_undo(window, qtbot, reached):
    assert not window.history_bar.line.isVisible()
    assert not window.run_bar.back_button.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_S)
    reached(window, 1)
    assert window.history_bar.line.isVisible()
    assert window.history_bar.words.text() == "step 1 · epoch 0"
    assert window.history_bar.height() == HEIGHT <= 26
    assert window.run_bar.back_button.isEnabled()


def test_to_drag_while_it_trains_pauses_it(window, qtbot, reached):
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 30, timeout=PATIENCE_MS)
    line = window.history_bar.line
    qtbot.waitUntil(lambda: line.newest > 30, timeout=PATIENCE_MS)
    qtbot.mouseClick(line, LEFT, pos=at_share(line, 0.5))
    assert reached(window, line.step).status is Status.PAUSED


def test_a_setting_of_the_past_is_shown_and_one_that_is_changed_there_is_marked(
    window, qtbot, reached, enter
):
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_S)
    reached(window, 3)
    qtbot.keyClick(window, Qt.Key.Key_BracketRight)
    qtbot.keyClick(window, Qt.Key.Key_S)
    reached(window, 4)
    qtbot.keyClick(window, Qt.Key.Key_B)
    qtbot.keyClick(window, Qt.Key.Key_B)
    reached(window, 2, 4)
    assert window.setup.training.learning_rate.value() == 0.1
    qtbot.keyClick(window, Qt.Key.Key_BracketLeft)
    qtbot.keyClick(window, Qt.Key.Key_S)
    assert reached(window, 3, 3).curves.marks == (Mark(2, "η 0.1 → 0.05"),)


def test_undo_returns_to_a_run_where_it_was_left_in_its_past_where_a_step_drops_what_came_later(
    trained_window, newest, qtbot, reached, new_run
):
    trained_window.controller.past.go_to(200)
    reached(trained_window, 200)
    with new_run(trained_window):
        trained_window.loader.change("other features", data=DataConfig(features=("all",)))
    assert trained_window.controller.snapshot.step == 0
    with new_run(trained_window):
        qtbot.keyClick(trained_window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert reached(trained_window, 200, newest).is_past
    assert trained_window.history_bar.line.step == 200
    qtbot.keyClick(trained_window, Qt.Key.Key_S)
    assert reached(trained_window, 201, 201).curves.last_step == 201


@pytest.mark.usefixtures("face")
def test_nothing_of_it_is_cut_off(open_window, finish, qtbot):
    window = open_window(size=(1024, 640))
    finish(window)
    bar, keys = window.history_bar, window.run_bar
    for size in ((1024, 640), (1280, 800)):
        window.resize(*size)
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
        parts = bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        assert {bar.line, bar.words, bar.replay_button, bar.live_button} < set(parts)
        qtbot.waitUntil(lambda p=parts: all(bar.rect().contains(part.geometry()) for part in p))
        for part in parts:
            assert part.isVisible()
            assert part.width() >= part.minimumSizeHint().width()
        for button in (keys.reset_button, keys.play_button, keys.step_button, keys.back_button):
            assert keys.rect().contains(button.geometry())


def test_it_names_the_step_and_epoch_of_the_run_bar_while_it_trains(open_window, qtbot):
    window = open_window(RunConfig(training=TrainingConfig(epochs=10**9)))  # as long as it takes
    told, counters = [], (window.run_bar.step_counter, window.run_bar.epoch)

    def compare(snapshot):
        if window.history_bar.words.isVisible():
            shown = [re.sub(r"\D", "", each.findChildren(QLabel)[0].text()) for each in counters]
            told.append((window.history_bar.words.text(), [int(number) for number in shown]))

    window.controller.snapshot_changed.connect(compare)
    window.run_bar.set_speed(SPEEDS.index(100))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(told) > 40, timeout=PATIENCE_MS)
    for words, numbers in told:
        assert [int(n.replace(",", "")) for n in re.findall(r"[\d,]+", words)] == numbers


# Alone ------------------------------------------------------------------------------------------


@pytest.fixture
def task():
    return prepare(sources.load(DataConfig()), RunConfig())


@pytest.fixture
def bar(show_view, task):
    bar = HistoryBar(look.LIGHT)
    show_view(bar, 700, HEIGHT)
    bar.show_task(task)
    return bar


@pytest.fixture
def past(trained, task):
    """A function for a snapshot at a step of a run with these marks."""

    def past(step, newest, oldest=0, marks=()):
        snapshot = trained(task, 12)
        curves = replace(snapshot.curves, marks=marks)
        return replace(snapshot, step=step, newest_step=newest, oldest_step=oldest, curves=curves)

    return past


def test_the_part_before_the_oldest_step_cannot_be_reached(bar, past, qtbot):
    bar.show_snapshot(past(80, 100, oldest=40))
    with qtbot.waitSignal(bar.step_wanted) as wanted:
        qtbot.mouseClick(bar.line, LEFT, pos=at_share(bar.line, 0.1))
    assert wanted.args == [40]


def test_the_handle_waits_where_it_was_put_until_that_step_comes(bar, past, qtbot):
    bar.show_snapshot(past(100, 100))
    qtbot.mouseClick(bar.line, LEFT, pos=at_share(bar.line, 0.5))
    bar.show_snapshot(past(90, 100))  # on the way there
    assert bar.line.step == 50
    assert bar.words.text() == "step 50 of 100"
    bar.show_snapshot(past(50, 100))
    assert bar.words.text().startswith("step 50 of 100 · epoch")


def test_live_edits_are_ticks_that_tell_what_was_changed(bar, past, qtbot, move):
    marks = (Mark(50, "η 0.1 → 0.5"), Mark(80, "λ 0 → 0.01"))
    bar.show_snapshot(past(100, 100))
    without = bar.line.grab().toImage()
    bar.show_snapshot(past(100, 100, marks=marks))
    place = at_share(bar.line, 0.5)
    tick = QPoint(place.x(), place.y() + 6)
    assert bar.line.grab().toImage().pixelColor(tick) != without.pixelColor(tick)
    for pixel, words in ((place, "step 50: η 0.1 → 0.5"), (at_share(bar.line, 0.65), "Go back")):
        event = QHelpEvent(QEvent.Type.ToolTip, pixel, bar.line.mapToGlobal(pixel))
        QApplication.sendEvent(bar.line, event)
        assert words in QToolTip.text()
    QToolTip.hideText()


def test_a_screen_reader_learns_the_step(bar, past):
    bar.show_snapshot(past(60, 100))
    interface = QAccessible.queryAccessibleInterface(bar.line)
    assert interface.text(QAccessible.Text.Name) == "history"
    assert interface.valueInterface().currentValue() == 60
    assert interface.valueInterface().maximumValue() == 100


def test_runs_of_more_steps_than_an_int_holds_are_shown(bar, past, qtbot):
    bar.show_snapshot(past(3 * 10**9, 6 * 10**9))
    assert bar.line.step == 3 * 10**9
    with qtbot.waitSignal(bar.step_wanted) as wanted:
        qtbot.keyClick(bar.line, Qt.Key.Key_Left)
    assert wanted.args == [3 * 10**9 - 1]
