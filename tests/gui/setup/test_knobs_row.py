"""The row of what a lecture changes: as it applies now, with a dot where it is not the default."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core import slices
from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.explain import curvature
from gui.setup.rate_slider import in_full


@pytest.fixture
def window(open_window):
    return open_window(size=(1366, 768))


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def knob(window, name):
    return next(knob for knob in window.knobs.knobs if knob.name == name)


def test_all_of_it_is_in_sight_at_every_size(open_window, qtbot):
    window = open_window(size=(960, 600))
    knobs = window.knobs
    parts = (*knobs.knobs, knobs.settings_button, knobs.defaults_button)

    def is_in_sight(part):
        corner = part.mapTo(knobs, part.rect().bottomRight())
        return part.isVisible() and knobs.rect().contains(corner)

    for size in ((960, 600), (1024, 768), (1280, 800), (1366, 768)):
        window.resize(*size)
        qtbot.waitUntil(lambda: all(is_in_sight(part) for part in parts))
        assert window.size().toTuple() == size


def test_the_knobs_of_iris_take_one_row_from_1024_on_also_once_some_are_changed(open_window, qtbot):
    window = open_window(size=(1366, 768))
    knobs = window.knobs
    height = knobs.height()
    assert knobs.rate.limit_words.isVisible()
    for size in ((1024, 768), (1280, 800)):
        window.resize(*size)
        qtbot.waitUntil(lambda: knobs.height() == height)
    assert knobs.rate.limit_words.isVisible()  # there is room for it again
    window.resize(1024, 768)
    for name, value in (("batch_size", 16), ("weight_decay", 0.01)):
        type_into(getattr(knobs, name), str(value))
        qtbot.waitUntil(lambda name=name: name in knobs.changed)
    qtbot.waitUntil(lambda: knobs.height() == height)
    for part in (*knobs.knobs, knobs.settings_button, knobs.defaults_button):
        assert knobs.rect().contains(part.mapTo(knobs, part.rect().bottomRight()))
    for width in range(knobs.width(), 1346):  # also where it has just the room that they need
        knobs.resize(width, height)
        assert knobs.layout().totalHeightForWidth(width) <= height, width


def test_a_typed_value_applies_and_has_a_dot(window, qtbot):
    changed = {}
    for name, value in (("learning_rate", 0.5), ("batch_size", 16), ("weight_decay", 0.01)):
        assert not knob(window, name).dot.isVisible()
        type_into(getattr(window.knobs, name), str(value))
        qtbot.waitUntil(
            lambda name=name, value=value: getattr(window.controller.settings, name) == value
        )
        assert knob(window, name).dot.isVisible()
        changed[name] = getattr(TrainingConfig(), name)
        assert window.knobs.changed == changed


def test_it_and_the_panel_show_the_same(window, qtbot):
    type_into(window.knobs.learning_rate, "0.25")
    qtbot.waitUntil(lambda: window.controller.settings.learning_rate == 0.25)
    assert window.setup.training.learning_rate.value() == 0.25
    type_into(window.setup.training.weight_decay, "0.5")
    qtbot.waitUntil(lambda: window.controller.settings.weight_decay == 0.5)
    assert window.knobs.weight_decay.value() == 0.5


def test_another_model_begins_another_run_that_one_undo_takes_back(window, qtbot):
    kinds = window.knobs.kind
    kinds.setFocus()
    kinds.setCurrentIndex(kinds.findData("ovr"))
    kinds.activated.emit(kinds.currentIndex())
    qtbot.waitUntil(lambda: window.controller.config.model.kind == "ovr")
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.controller.config.model.kind == "softmax")
    assert kinds.value() == "softmax"


def test_one_press_returns_all_to_the_defaults_and_one_undo_back(open_window, qtbot):
    training = TrainingConfig(learning_rate=0.7, epochs=7, optimiser="adam")
    config = RunConfig(training=training)
    config = replace(config, data=replace(config.data, split_seed=5))
    window = open_window(config, size=(1366, 768))
    assert set(window.knobs.changed) == {"learning_rate", "epochs", "optimiser", "split_seed"}
    assert "4 changed" in window.knobs.defaults_button.text()
    QTest.mouseClick(window.knobs.defaults_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.knobs.changed)
    assert window.controller.config.training == TrainingConfig()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.controller.config.data.split_seed == 5)


def test_a_run_at_its_defaults_has_nothing_to_return(window):
    assert window.knobs.changed == {}
    assert not window.knobs.defaults_button.isEnabled()


def test_the_limit_of_the_rate_is_that_of_all_points_also_of_the_last_ones(
    open_window, qtbot, click_plane, finish
):
    drawn = RunConfig(DataConfig("drawn"), ModelConfig("softmax"))
    window = open_window(drawn, wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None)
    board = window.views["Boundary"]
    for x, key in ((-2, "1"), (2, "2")):
        board.plot.setFocus()
        qtbot.waitUntil(board.plot.hasFocus)
        qtbot.keyClick(board.plot, key)
        for y in range(3):
            click_plane(board, x, y)
            if key == "2":  # there is a limit of the points so far
                qtbot.waitUntil(lambda: window.knobs.rate.limit is not None, timeout=30_000)
    qtbot.waitUntil(lambda: len(window.controller.run.points) == 6)
    qtbot.waitUntil(lambda: window.controller.snapshot is not None, timeout=30_000)
    finish(window, 1000)
    task, params = window.controller.run.task, window.controller.snapshot.params
    largest = slices.finish(curvature.search(task, params, 0.0, task.train_rows))
    qtbot.waitUntil(lambda: window.knobs.rate.limit == pytest.approx(2 / largest, rel=0.01))


@pytest.mark.parametrize(
    ("rate", "words"), [(134.2, "130"), (3.149, "3.1"), (0.00312, "0.0031"), (2.0, "2")]
)
def test_a_limit_of_the_learning_rate_is_written_as_people_write_it(rate, words):
    assert in_full(rate, 2) == words


def test_what_is_refused_stays_in_no_field(qtbot, open_window):
    window = open_window(RunConfig(model=ModelConfig(hidden=4)))
    window.columns.show_panel(True)
    knobs, panel = window.knobs, window.setup

    for field, value, words in (
        (knobs.optimiser, "newton", "smooth valley"),
        (panel.training.optimiser, "newton", "smooth valley"),
        (knobs.kind, "bayes", "Naive Bayes counts"),
    ):
        field.setCurrentIndex(field.findData(value))  # as a click in its list does
        field.activated.emit(field.currentIndex())
        qtbot.waitUntil(lambda words=words: words in window.notice.text)
        qtbot.waitUntil(lambda: not window.next_task.is_busy)
        task, settings = window.controller.run.task, window.controller.settings
        for shown in (knobs.optimiser, panel.training.optimiser):
            assert shown.value() == settings.optimiser
        assert knobs.kind.value() == task.config.model.kind
        assert panel.model.kind.button(task.config.model.kind).isChecked()
        assert panel.model.hidden.value() == task.config.model.hidden
