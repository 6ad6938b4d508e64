"""The performance gauge: rates, shares of time, devices against each other."""

from dataclasses import replace

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.train.snapshot import DeviceBenchmark, Pace, Status
from gui.kit import theme as look
from gui.stage.performance.view import PerformanceView, describe_race

TASK = prepare(sources.load(DataConfig("iris")), RunConfig())


@pytest.fixture
def view(qtbot):
    view = PerformanceView(look.LIGHT, lambda: 0.301)
    qtbot.addWidget(view)
    view.receive_task(TASK)
    view.show()
    return view


@pytest.fixture
def snapshot(trained):
    return trained(TASK, 3)


def words(view):
    return [label.text() for label in view.findChildren(QLabel) if label is not view.rates]


def test_before_training_there_are_no_figures(view):
    assert view.rates.text() == ""
    assert words(view) == ["training", "drawing", "waiting"]
    assert [bar.value() for bar in view.bars.values()] == [0, 0, 0]


def test_rates_and_shares_are_shown_while_it_trains(view, snapshot):
    pace = Pace(steps=3214, examples=822_784, training=0.876, waiting=0.124)
    view.receive_snapshot(replace(snapshot, pace=pace))
    assert view.rates.text() == "3.21 k steps/s · 823 k examples/s"
    assert words(view) == ["training 88%", "drawing 30%", "waiting 12%"]
    assert [bar.value() for bar in view.bars.values()] == [88, 30, 12]


def test_other_figures_wait_for_the_next_painting(view, snapshot, paintings):
    """A progress bar would have the whole window painted at once, once for each bar."""
    painted = paintings(view)
    view.receive_snapshot(replace(snapshot, pace=Pace(10, 320, 0.9, 0.1)))
    assert not painted
    QApplication.processEvents()
    assert painted


def test_when_training_stops_the_figures_go(view, snapshot):
    view.drawing = 0.3
    view.receive_snapshot(replace(snapshot, pace=Pace(10, 320, 0.5, 0.5)))
    view.receive_snapshot(snapshot)
    assert view.rates.text() == ""
    assert [bar.value() for bar in view.bars.values()] == [0, 0, 0]


def test_the_comparison_names_the_fastest_and_by_how_much():
    assert describe_race(DeviceBenchmark({"cuda": 12e6, "cpu": 800_000.0})) == (
        "On this task: CPU 800 k examples/s, CUDA 12.0 M examples/s. CUDA is 15 times as fast."
    )


def test_in_the_window_the_gauge_follows_training(open_window, qtbot, reach):
    window = open_window(size=(1600, 900))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "steps/s" in window.views["Performance"].rates.text(), timeout=30_000)


def test_in_the_window_devices_are_compared_and_it_is_told(open_window, qtbot, monkeypatch):
    from core.runs import device_benchmark
    from core.train import device

    monkeypatch.setattr(device_benchmark, "MEASURED_SECONDS", 0.02)
    monkeypatch.setattr(device, "devices", lambda: ("cpu", "cpu:0"))
    monkeypatch.setattr(device, "find_device", lambda name: torch.device("cpu"))
    window = open_window()
    action = next(a for a in window.findChildren(QAction) if "Compare devices" in a.text())
    qtbot.waitUntil(action.isVisible)
    action.trigger()
    qtbot.waitUntil(lambda: "times as fast" in window.notice.text, timeout=30_000)


def test_of_a_single_device_there_is_nothing_to_compare(open_window, qtbot, monkeypatch):
    from core.train import device

    monkeypatch.setattr(device, "devices", lambda: ("cpu",))
    window = open_window()
    qtbot.waitUntil(lambda: window.controller.devices == ("cpu",))
    action = next(a for a in window.findChildren(QAction) if "Compare devices" in a.text())
    assert not action.isVisible()


def test_the_gauge_is_in_sight_while_it_trains(open_window, qtbot, reach):
    window = open_window(size=(1600, 900))
    assert not window.views["Performance"].isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(window.views["Performance"].isVisible)
    reach(window, Status.FINISHED)
    qtbot.waitUntil(lambda: not window.views["Performance"].isVisible())


@pytest.mark.usefixtures("face")
def test_figures_of_any_size_move_nothing(view, snapshot):
    view.receive_snapshot(replace(snapshot, pace=Pace(1, 2, 0.01, 0.02)))
    before = view.sizeHint()
    view.drawing = 1.0
    view.receive_snapshot(replace(snapshot, pace=Pace(88.8e6, 88.8e6, 1.0, 1.0)))
    assert view.sizeHint() == before
