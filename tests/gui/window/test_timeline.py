"""The history bar in the real window: back to any step by mouse and keys, replay, live."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.train.history import Mark
from core.train.snapshot import Status
from core.train.trainer import Trainer
from gui.kit import theme as look
from gui.window.run_bar import SPEEDS
from gui.window.timeline import HEIGHT, HistoryBar

PATIENCE_MS = 30_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def reached(qtbot):
    """Return a function that waits until the window shows this step, and returns its snapshot."""

    def reached(window, step, newest=None):
        def is_there():
            snapshot = window.controller.snapshot
            if snapshot is None or snapshot.status is Status.TRAINING or snapshot.step != step:
                return False
            return newest is None or snapshot.newest_step == newest

        qtbot.waitUntil(is_there, timeout=PATIENCE_MS)
        return window.controller.snapshot

    return reached


@pytest.fixture
def trained_window(window, finish):
    """Iris, trained to the end."""
    finish(window)
    return window


@pytest.fixture
def newest(trained_window):
    return trained_window.controller.snapshot.step


def weights_after(task, steps):
    trainer = Trainer(task)
    for _ in range(steps):
        trainer.step()
    return trainer.params().W.tolist()


def at_share(line, share):
    """Return the pixel of the line at this share of its steps."""
    return QPoint(round(line.x_of(share * line.newest)), line.height() // 2)


# In the window ----------------------------------------------------------------------------------


def test_it_is_hidden_until_there_is_a_step(window, qtbot, reached):
    assert not window.history_bar.line.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_S)
    reached(window, 1)
    assert window.history_bar.line.isVisible()
    assert window.history_bar.words.text() == "step 1 · epoch 0"
    assert window.history_bar.height() == HEIGHT <= 26


def test_b_undoes_one_update_and_again_the_one_before(trained_window, newest, qtbot, reached):
    task = trained_window.controller.run.task
    for step in (newest - 1, newest - 2):
        qtbot.keyClick(trained_window, Qt.Key.Key_B)
        snapshot = reached(trained_window, step, newest)
        assert snapshot.params.W.tolist() == weights_after(task, step)


def test_the_back_button_does_the_same(trained_window, newest, qtbot, reached):
    qtbot.mouseClick(trained_window.run_bar.back_button, LEFT)
    reached(trained_window, newest - 1, newest)
    assert trained_window.history_bar.line.step == newest - 1


def test_at_the_start_there_is_nothing_to_undo(window, qtbot, reached):
    assert not window.run_bar.back_button.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_S)
    reached(window, 1)
    assert window.run_bar.back_button.isEnabled()


def test_a_click_on_the_line_goes_to_the_step_under_it(trained_window, newest, qtbot, reached):
    line = trained_window.history_bar.line
    qtbot.mouseClick(line, LEFT, pos=at_share(line, 0.5))
    assert line.step == pytest.approx(newest / 2, abs=newest / line.width() + 1)
    snapshot = reached(trained_window, line.step, newest)
    assert snapshot.params.W.tolist() == weights_after(
        trained_window.controller.run.task, line.step
    )


def test_a_drag_follows_the_pointer(trained_window, newest, qtbot, reached):
    line = trained_window.history_bar.line
    qtbot.mousePress(line, LEFT, pos=at_share(line, 0.9))
    for share in (0.8, 0.5, 0.3, 0.25):
        qtbot.mouseMove(line, at_share(line, share))
    wanted = line.step
    qtbot.mouseRelease(line, LEFT, pos=at_share(line, 0.25))
    assert wanted == pytest.approx(newest / 4, abs=newest / line.width() + 1)
    reached(trained_window, wanted, newest)
    assert line.step == wanted


@pytest.mark.parametrize(
    ("key", "step"),
    [
        (Qt.Key.Key_Left, 199),
        (Qt.Key.Key_Down, 199),
        (Qt.Key.Key_Right, 201),
        (Qt.Key.Key_Up, 201),
        (Qt.Key.Key_PageDown, 196),  # 120 rows in batches of 32
        (Qt.Key.Key_PageUp, 204),
        (Qt.Key.Key_Home, 0),
    ],
)
def test_keys_on_the_line_go_by_steps_and_epochs(trained_window, qtbot, reached, key, step):
    assert math.ceil(120 / trained_window.controller.settings.batch_size) == 4
    trained_window.controller.past.go_to(200)
    reached(trained_window, 200)
    qtbot.keyClick(trained_window.history_bar.line, key)
    reached(trained_window, step)


def test_end_returns_to_the_newest_step_and_its_status(trained_window, newest, qtbot, reached):
    line = trained_window.history_bar.line
    qtbot.keyClick(line, Qt.Key.Key_Home)
    assert reached(trained_window, 0, newest).status is Status.READY
    qtbot.keyClick(line, Qt.Key.Key_End)
    assert reached(trained_window, newest, newest).status is Status.FINISHED


def test_the_live_button_returns_to_the_newest_step(trained_window, newest, qtbot, reached):
    bar = trained_window.history_bar
    assert bar.live_button.isChecked()
    qtbot.keyClick(trained_window, Qt.Key.Key_B)
    reached(trained_window, newest - 1)
    assert not bar.live_button.isChecked()
    qtbot.mouseClick(bar.live_button, LEFT)
    reached(trained_window, newest)
    assert bar.live_button.isChecked()


def test_to_drag_while_it_trains_pauses_it(window, qtbot, reached):
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 30, timeout=PATIENCE_MS)
    line = window.history_bar.line
    qtbot.waitUntil(lambda: line.newest > 30, timeout=PATIENCE_MS)
    qtbot.mouseClick(line, LEFT, pos=at_share(line, 0.5))
    assert reached(window, line.step).status is Status.PAUSED


def test_the_past_is_said_in_words_and_marked_on_the_curves(trained_window, newest, qtbot, reached):
    trained_window.controller.past.go_to(200)
    reached(trained_window, 200)
    assert trained_window.history_bar.words.text() == f"step 200 of {newest:,} · epoch 50"
    assert "earlier moment" in trained_window.notice.text
    for view in (trained_window.views["Loss"], trained_window.views["Accuracy"]):
        assert view.step_line.isVisible() and view.step_line.value() == 200
        assert view.train.line.getData()[0][-1] == newest
    trained_window.controller.past.go_live()
    reached(trained_window, newest)
    assert not trained_window.views["Loss"].step_line.isVisible()


def test_space_on_the_line_trains_on_from_the_past(trained_window, newest, qtbot, reached):
    whole = trained_window.controller.snapshot.curves.table.copy()
    line = trained_window.history_bar.line
    line.setFocus()
    trained_window.controller.past.go_to(200)
    reached(trained_window, 200)
    qtbot.keyClick(line, Qt.Key.Key_Space)
    snapshot = reached(trained_window, newest, newest)
    assert snapshot.status is Status.FINISHED
    assert snapshot.params.W.tolist() == weights_after(trained_window.controller.run.task, newest)
    np.testing.assert_array_equal(snapshot.curves.table, whole)


def test_a_step_in_the_past_drops_what_came_later(trained_window, newest, qtbot, reached):
    trained_window.controller.past.go_to(200)
    reached(trained_window, 200)
    qtbot.keyClick(trained_window, Qt.Key.Key_S)
    assert reached(trained_window, 201, 201).curves.last_step == 201


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


def test_replay_plays_the_run_again_and_ends_at_its_newest_step(
    trained_window, newest, qtbot, reached
):
    bar = trained_window.history_bar
    trained_window.run_bar.set_speed(SPEEDS.index(200))
    trained_window.controller.past.go_to(newest - 60)
    reached(trained_window, newest - 60)
    qtbot.mouseClick(bar.replay_button, LEFT)
    qtbot.waitUntil(lambda: "pause" in bar.replay_button.text(), timeout=PATIENCE_MS)
    snapshot = reached(trained_window, newest, newest)
    assert snapshot.status is Status.FINISHED
    assert "replay" in bar.replay_button.text()


def test_space_holds_a_replay(trained_window, newest, qtbot):
    controller = trained_window.controller
    trained_window.run_bar.set_speed(SPEEDS.index(20))
    qtbot.mouseClick(trained_window.history_bar.replay_button, LEFT)  # from the start
    qtbot.waitUntil(
        lambda: controller.snapshot.status is Status.TRAINING and 3 < controller.snapshot.step < 50,
        timeout=PATIENCE_MS,
    )
    qtbot.keyClick(trained_window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: controller.snapshot.status is Status.PAUSED, timeout=PATIENCE_MS)
    assert controller.snapshot.is_past and controller.snapshot.newest_step == newest


def test_undo_returns_to_a_run_where_it_was_left_in_its_past(
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


def test_the_path_of_the_weights_ends_at_the_shown_step(trained_window, newest, reached):
    whole = trained_window.controller.snapshot.path.steps
    assert whole[0] == 0 and whole[-1] == newest
    trained_window.controller.past.go_to(newest // 2)
    past = reached(trained_window, newest // 2)
    assert past.path.steps.tolist() == [n for n in whole if n < newest // 2] + [newest // 2]
    np.testing.assert_array_equal(past.path.W[-1], past.params.W)
    trained_window.controller.past.go_live()
    assert reached(trained_window, newest).path.steps.tolist() == whole.tolist()


@pytest.mark.usefixtures("face")
@pytest.mark.parametrize("size", [(1024, 640), (1280, 800)])
def test_nothing_of_it_is_cut_off(open_window, finish, size, qtbot):
    window = open_window(size=size)
    finish(window)
    bar = window.history_bar
    parts = bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert {bar.line, bar.words, bar.replay_button, bar.live_button} < set(parts)
    qtbot.waitUntil(lambda: all(bar.rect().contains(part.geometry()) for part in parts))
    for part in parts:
        assert part.isVisible()
        assert part.width() >= part.minimumSizeHint().width()
    keys = window.run_bar
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
