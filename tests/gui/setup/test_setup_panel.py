"""The set-up column: what is typed and chosen there is what trains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.train.snapshot import Status
from tests.gui.wheel import turn_wheel

ENDLESS = RunConfig(training=TrainingConfig(epochs=10**9))


@pytest.fixture
def training(qtbot, open_panel, reach):
    """The panel while the run trains."""
    panel = open_panel(ENDLESS)
    panel.controller.play_or_pause()
    reach(panel, Status.TRAINING)
    qtbot.waitUntil(lambda: panel.controller.snapshot.step > 3)
    return panel


# What applies while it runs -------------------------------------------------------------------


def test_a_value_typed_while_it_trains_applies_without_a_new_run(qtbot, training, enter):
    controller, before = training.controller, training.controller.run
    for name, typed, value in (
        ("learning_rate", "0.25", 0.25),
        ("learning_rate", "2e-2", 0.02),
        ("batch_size", "10", 10),
        ("batch_size", "full", None),
        ("weight_decay", "0.01", 0.01),
        ("epochs", "123456", 123456),
        ("tolerance", "1e-9", 1e-9),
    ):
        assert getattr(controller.snapshot.settings, name) != value
        enter(getattr(training.setup.training, name), typed)
        qtbot.waitUntil(
            lambda name=name, value=value: getattr(controller.snapshot.settings, name) == value
        )
        step = controller.snapshot.step
        qtbot.waitUntil(lambda step=step: controller.snapshot.step > step)
        assert controller.run is before
        assert controller.is_training
        assert step > 3


def test_live_changes_leave_their_marks_in_order(qtbot, training, enter):
    enter(training.setup.training.batch_size, "16")
    qtbot.waitUntil(lambda: len(training.controller.snapshot.curves.marks) == 1)
    enter(training.setup.training.weight_decay, "0.01")
    qtbot.waitUntil(lambda: len(training.controller.snapshot.curves.marks) == 2)
    texts = [mark.text for mark in training.controller.snapshot.curves.marks]
    assert texts == ["batch 32 → 16", "λ 0 → 0.01"]


def test_a_number_counts_once_it_is_typed_to_its_end(qtbot, training, enter):
    enter(training.setup.training.learning_rate, "0.5", end=False)
    step = training.controller.snapshot.step
    qtbot.waitUntil(lambda: training.controller.snapshot.step > step + 2)
    assert training.controller.settings.learning_rate == 0.1
    qtbot.keyClick(training.setup.training.learning_rate, Qt.Key.Key_Return)
    assert training.controller.settings.learning_rate == 0.5


# What begins a new run ------------------------------------------------------------------------


def test_the_standard_deviation_is_chosen_where_it_is_used(qtbot, panel, new_run):
    card = panel.setup.data
    X = sources.load(DataConfig()).with_features(None).values()
    for divisor in ("population", "sample"):
        with new_run(panel):
            card.std.setCurrentIndex(card.std.findData(divisor))
            card.std.activated.emit(card.std.currentIndex())
        task = panel.controller.run.task
        ddof = 1 if divisor == "sample" else 0
        expected = X[task.train_rows].std(axis=0, ddof=ddof, dtype=np.float64)
        np.testing.assert_allclose(task.standardiser.std, expected, rtol=1e-6)
    with new_run(panel):
        qtbot.mouseClick(card.standardise, Qt.MouseButton.LeftButton)
    assert not card.std.isEnabled()


def test_the_test_share_splits_anew(panel, new_run, enter):
    with new_run(panel):
        enter(panel.setup.data.test_share, "40")
    task = panel.controller.run.task
    assert len(task.test_rows) == round(0.4 * task.dataset.n)
    assert panel.controller.snapshot.step == 0


def test_the_split_seed_changes_which_rows_are_tested(panel, new_run, enter):
    before = panel.controller.run.task.test_rows
    with new_run(panel):
        enter(panel.setup.data.split_seed, "7")
    after = panel.controller.run.task.test_rows
    assert len(after) == len(before)
    assert set(after) != set(before)


def test_the_seed_begins_a_new_run_with_the_same_rows(panel, new_run, enter):
    before = panel.controller.run.task
    with new_run(panel):
        enter(panel.setup.training.seed, "7")
    assert panel.controller.settings.seed == 7
    np.testing.assert_array_equal(panel.controller.run.task.test_rows, before.test_rows)


def test_the_same_value_again_begins_no_run(panel, enter):
    before = panel.controller.run
    setup = panel.setup
    for field, text in (
        (setup.data.split_seed, "123"),
        (setup.training.seed, "123"),
        (setup.data.test_share, "20"),
    ):
        enter(field, text)
    assert panel.controller.run is before
    assert not panel.controller.background.is_busy("load")


def test_the_menu_of_features_takes_one_in_and_out(panel, new_run):
    def toggle(name):
        menu = panel.setup.data.features.menu()
        next(action for action in menu.actions() if action.text() == name).trigger()

    with new_run(panel):
        toggle("sepal width")
    names = ("sepal width", "petal length", "petal width")
    assert panel.controller.run.task.dataset.feature_names == names
    assert panel.controller.snapshot.params.W.shape == (3, 3)
    with new_run(panel):
        toggle("sepal width")
    assert panel.controller.run.task.dataset.feature_names == names[1:]


def test_the_last_feature_cannot_be_taken_out(panel, new_run):
    with new_run(panel):
        menu = panel.setup.data.features.menu()
        next(action for action in menu.actions() if action.text() == "petal width").trigger()
    enabled = {a.text(): a.isEnabled() for a in panel.setup.data.features.menu().actions()}
    assert enabled["petal length"] is False
    assert enabled["petal width"] is True


def test_one_feature_hides_the_boundary(window, new_run):
    with new_run(window):
        menu = window.setup.data.features.menu()
        next(action for action in menu.actions() if action.text() == "petal width").trigger()
    assert window.stage.current == "Weights"
    assert "Boundary" not in window.stage.available


def test_all_features_at_once(panel, new_run):
    with new_run(panel):
        menu = panel.setup.data.features.menu()
        next(action for action in menu.actions() if action.text().startswith("All")).trigger()
    assert panel.controller.run.task.dataset.m == 4


def test_standardisation_can_be_switched_off_and_on(qtbot, panel, new_run):
    task = panel.controller.run.task
    X = task.dataset.values(task.train_rows).astype(np.float64)
    np.testing.assert_allclose(task.standardiser.mean, X.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(task.standardiser.std, X.std(axis=0, ddof=1), rtol=1e-6)
    with new_run(panel):
        qtbot.mouseClick(panel.setup.data.standardise, Qt.MouseButton.LeftButton)
    assert panel.controller.run.task.standardiser.is_identity
    assert panel.setup.data.standardise.text() == "off"
    with new_run(panel):
        qtbot.mouseClick(panel.setup.data.standardise, Qt.MouseButton.LeftButton)
    assert not panel.controller.run.task.standardiser.is_identity
    assert panel.setup.data.standardise.text() == "on"


def test_binary_asks_for_its_two_classes(qtbot, panel, new_run):
    assert not panel.setup.model.positive.isVisible()
    with new_run(panel):
        qtbot.mouseClick(panel.setup.model.kind.button("binary"), Qt.MouseButton.LeftButton)
    assert panel.setup.model.positive.isVisible() and panel.setup.model.negative.isVisible()
    assert panel.controller.snapshot.params.W.shape == (1, 2)
    names = panel.controller.run.task.dataset.class_names
    assert names == (f"not {panel.setup.model.positive.currentText()}", "virginica")


def test_binary_tells_two_chosen_classes_apart(qtbot, open_panel, new_run):
    panel = open_panel(RunConfig(model=ModelConfig(kind="binary", positive="virginica")))
    panel.setup.model.negative.setFocus()
    with new_run(panel):
        qtbot.keyClick(panel.setup.model.negative, Qt.Key.Key_Down)  # from “the rest” to setosa
    task = panel.controller.run.task
    assert task.dataset.class_names == ("setosa", "virginica")
    assert task.dataset.n == 100


def test_choosing_the_other_class_swaps_the_two(qtbot, open_panel, new_run):
    panel = open_panel(
        RunConfig(model=ModelConfig(kind="binary", positive="versicolor", negative="setosa"))
    )
    panel.setup.model.positive.setFocus()
    with new_run(panel):
        qtbot.keyClick(panel.setup.model.positive, Qt.Key.Key_Up)
    assert panel.controller.run.task.dataset.class_names == ("versicolor", "setosa")


def test_the_start_can_be_random(qtbot, panel, new_run):
    panel.setup.model.init.setFocus()
    with new_run(panel):
        qtbot.keyClick(panel.setup.model.init, Qt.Key.Key_Down)
    assert panel.controller.snapshot.params.W.any()
    assert panel.controller.snapshot.status is Status.READY


def test_a_device_that_is_not_there_is_not_offered(panel):
    import torch

    available = {
        panel.setup.training.device.itemData(i) for i in range(panel.setup.training.device.count())
    }
    assert "cpu" in available
    assert any(name.startswith("cuda") for name in available) == torch.cuda.is_available()


# No test rows ---------------------------------------------------------------------------------


def test_without_test_rows_curves_figures_confusion_and_legend_are_of_training_alone(
    qtbot, open_window, words
):
    window = open_window(RunConfig(data=DataConfig(test_fraction=0.0)))
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1)
    metrics = window.controller.snapshot.metrics
    assert window.setup.data.test_share.text() == "none"
    for view in (window.views["Loss"], window.views["Accuracy"]):
        assert len(view.train.line.getData()[0]) == 2
        assert view.test.line.getData()[0] is None or not len(view.test.line.getData()[0])
        assert "train" in words(view)
        assert "test" not in words(view)
    assert words(window.run_bar.loss).split("\n")[0] == f"{metrics.train_loss:.4f}"
    assert "nan" not in words(window.run_bar)
    assert "hollow" not in words(window.views["Boundary"].legend)
    window.side_panel.show_name("Confusion")
    assert "training rows" in words(window.views["Confusion"])
    assert metrics.confusion.sum() == len(window.controller.run.task.train_rows) == 150


# Scrolling ------------------------------------------------------------------------------------


def test_scrolling_the_column_changes_no_field(panel):
    setup = panel.setup
    fields = [
        setup.training.learning_rate,
        setup.training.batch_size,
        setup.training.epochs,
        setup.model.init,
        setup.data.split_seed,
    ]
    before = [
        setup.model.init.currentIndex(),
        *(f.value() for f in fields if f is not setup.model.init),
    ]
    for field in fields:
        turn_wheel(field, -1)
    after = [
        setup.model.init.currentIndex(),
        *(f.value() for f in fields if f is not setup.model.init),
    ]
    assert after == before


def test_the_column_scrolls_to_the_field_that_tab_reaches(qtbot, open_window):
    window = open_window(size=(1024, 560))
    port, field = window.setup.viewport(), window.setup.training.seed
    assert not port.rect().contains(field.mapTo(port, field.rect().center()))
    window.setup.training.tolerance.setFocus()  # patience needs validation rows, and is passed over
    qtbot.keyClick(window.setup.training.tolerance, Qt.Key.Key_Tab)
    assert field.hasFocus()
    assert port.rect().contains(field.mapTo(port, field.rect().center()))


def test_long_class_names_leave_every_field_in_sight(open_window, monkeypatch):
    source = sources.load(DataConfig())
    names = tuple(f"a class with a name as long as a sentence, number {k}" for k in range(3))
    monkeypatch.setattr(sources, "load", lambda *_: replace(source, class_names=names))
    window = open_window(RunConfig(model=ModelConfig(kind="binary")), size=(1024, 640))
    port = window.setup.viewport()
    setup = window.setup
    fields = (
        setup.model.positive,
        setup.model.negative,
        setup.model.init,
        setup.training.learning_rate,
        setup.training.seed,
    )
    QApplication.processEvents()  # so that all is laid out
    for field in fields:
        left = field.mapTo(port, field.rect().topLeft()).x()
        assert left >= 0 and left + field.width() <= port.width()
    assert window.width() == 1024
