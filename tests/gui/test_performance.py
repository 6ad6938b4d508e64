"""The performance gauge: rates, shares of time, devices against each other."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from core import datasets
from core.config import DataConfig, RunConfig
from core.snapshot import Pace, Race
from core.task import prepare
from gui import look
from gui.views.performance import PerformanceView

TASK = prepare(datasets.load(DataConfig("iris")), RunConfig())


@pytest.fixture
def view(qtbot):
    view = PerformanceView(look.LIGHT)
    qtbot.addWidget(view)
    view.offer_task(TASK)
    view.show()
    return view


@pytest.fixture
def snapshot(trained):
    return trained(TASK, 3)


def words(view):
    return [label.text() for label in view._words.values()]


def test_before_training_there_are_no_figures(view):
    assert view.rates.text() == "not training"
    assert words(view) == ["training", "drawing", "waiting"]
    assert [bar.value() for bar in view.bars.values()] == [0, 0, 0]


def test_rates_and_shares_are_shown_while_it_trains(view, snapshot):
    view.drawing = 0.301
    pace = Pace(steps=3214, examples=822_784, training=0.876, waiting=0.124)
    view.offer_snapshot(replace(snapshot, pace=pace))
    assert view.rates.text() == "3.21 k steps/s · 823 k examples/s"
    assert words(view) == ["training 88%", "drawing 30%", "waiting 12%"]
    assert [bar.value() for bar in view.bars.values()] == [88, 30, 12]


def test_when_training_stops_the_figures_go(view, snapshot):
    view.drawing = 0.3
    view.offer_snapshot(replace(snapshot, pace=Pace(10, 320, 0.5, 0.5)))
    view.offer_snapshot(snapshot)
    assert view.rates.text() == "not training"
    assert [bar.value() for bar in view.bars.values()] == [0, 0, 0]


@pytest.mark.parametrize(("names", "offered"), [(("cpu",), False), (("cpu", "cuda"), True)])
def test_devices_are_compared_only_where_there_are_two(view, names, offered):
    view.show_devices(names)
    assert view.race_button.isVisible() is offered


def test_a_press_asks_for_the_comparison(view, qtbot):
    view.show_devices(("cpu", "cuda"))
    with qtbot.waitSignal(view.race_wanted):
        qtbot.mouseClick(view.race_button, Qt.MouseButton.LeftButton)


def test_the_comparison_names_the_fastest_and_by_how_much(view):
    view.show_race(Race({"cpu": 800_000.0, "cuda": 12e6}))
    assert view.outcome.text() == "CPU 800 k/s · CUDA 12.0 M/s: CUDA × 15"


def test_in_the_window_the_gauge_follows_training(window, qtbot, reach):
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "steps/s" in window.performance.rates.text(), timeout=30_000)


def test_in_the_window_a_race_is_run_and_told(window, qtbot, monkeypatch):
    from core import session, trainer

    monkeypatch.setattr(session, "RACE_SECONDS", 0.02)
    monkeypatch.setattr(trainer, "devices", lambda: ("cpu", "cpu:0"))
    monkeypatch.setattr(trainer, "find_device", lambda name: trainer.torch.device("cpu"))
    qtbot.waitUntil(lambda: window.hub.snapshot is not None)
    window.hub._session.devices = trainer.devices()
    qtbot.waitUntil(window.performance.race_button.isVisible)
    qtbot.mouseClick(window.performance.race_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "×" in window.performance.outcome.text(), timeout=30_000)
