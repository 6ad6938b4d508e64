"""What a field changes: one Ctrl+Z for all of a gesture, and words for what it took away."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.config import DataConfig, RunConfig, TrainingConfig
from core.train.trainer import Trainer
from tests.gui.alone import Alone
from tests.gui.wheel import turn_wheel

SHORT = RunConfig(training=TrainingConfig(epochs=5))
STEPS = 3
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def open_panel(open_alone):
    """Return a function that shows the settings of a run alone."""

    def open_panel():
        panel = open_alone()
        panel.show_setup()
        panel.start(SHORT)
        return panel

    return open_panel


@pytest.fixture
def stepped(open_panel):
    """The settings of a run after three updates, without a window."""
    panel = open_panel()
    panel.walk(STEPS)
    return panel


@pytest.fixture
def window(qtbot, open_window):
    """The window after three updates."""
    window = open_window(SHORT)
    for _ in range(STEPS):
        qtbot.keyClick(window, "s")
    qtbot.waitUntil(lambda: window.controller.snapshot.step == STEPS)
    return window


def focus(qtbot, field):
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)


def settled(qtbot, window, is_there):
    """Wait until a run is shown of which this is true, with nothing under way behind it."""

    def is_so():
        controller = window.controller
        return (
            not controller.background.is_busy("load")
            and controller.run is not None
            and is_there(controller.run.task.config)
            and controller.snapshot is not None
            and controller.snapshot.run == controller.run.number
        )

    qtbot.waitUntil(is_so)


def share_is(percent):
    return lambda config: config.data.test_fraction == pytest.approx(percent / 100)


def undo(qtbot, shown) -> None:
    """Undo; in a window press Ctrl+Z, with the focus where it is."""
    if isinstance(shown, Alone):
        shown.controller.undo_stack.undo()
    else:
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def last_words(shown) -> str:
    """Return the last message for the user."""
    words: str = shown.told[-1] if isinstance(shown, Alone) else shown.notice.text
    return words


def assert_one_undo_brings_it_back(qtbot, window, field, weights):
    assert window.controller.undo_stack.count() == 1
    assert last_words(window) == (
        f"Reset by the change of test share. Ctrl+Z brings step {STEPS} back."
    )
    undo(qtbot, window)
    settled(qtbot, window, lambda config: config.data.test_fraction in (None, 0.2))
    assert window.controller.snapshot.step == STEPS
    np.testing.assert_array_equal(window.controller.snapshot.params.W, weights)
    assert field.value() == 20


def test_five_notches_of_the_wheel_are_one_undo_and_redo_goes_to_their_end(qtbot, window):
    field, weights = window.setup.data.test_share, window.controller.snapshot.params.W
    focus(qtbot, field)
    for notch in range(1, 6):
        turn_wheel(field, +1)
        settled(qtbot, window, share_is(20 + 5 * notch))
    assert_one_undo_brings_it_back(qtbot, window, field, weights)
    qtbot.keyClick(field, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, window, share_is(45))


def test_a_number_typed_twice_is_one_undo(qtbot, stepped, enter):
    field, weights = stepped.setup.data.test_share, stepped.controller.snapshot.params.W
    for typed in ("5", "50"):
        enter(field, typed)
        settled(qtbot, stepped, share_is(int(typed)))
    assert_one_undo_brings_it_back(qtbot, stepped, field, weights)


def test_an_arrow_that_is_held_is_one_undo_however_long(qtbot, stepped):
    field, weights = stepped.setup.data.split_seed, stepped.controller.snapshot.params.W
    focus(qtbot, field)
    first = field.value()
    for seed in range(first + 1, first + 31):  # more than the runs that are remembered
        qtbot.keyClick(field, Qt.Key.Key_Up)
        settled(qtbot, stepped, lambda config, seed=seed: config.data.split_seed == seed)
    assert stepped.controller.undo_stack.count() == 1
    undo(qtbot, stepped)
    settled(qtbot, stepped, lambda config: config.data.split_seed == first)
    assert stepped.controller.snapshot.step == STEPS
    np.testing.assert_array_equal(stepped.controller.snapshot.params.W, weights)


def test_what_was_trained_in_between_is_an_undo_of_its_own(qtbot, stepped, enter):
    field = stepped.setup.data.test_share
    enter(field, "30")
    settled(qtbot, stepped, share_is(30))
    stepped.walk(STEPS)
    enter(field, "40")
    settled(qtbot, stepped, share_is(40))
    assert stepped.controller.undo_stack.count() == 2
    undo(qtbot, stepped)
    settled(qtbot, stepped, share_is(30))
    assert stepped.controller.snapshot.step == STEPS


def test_another_field_is_an_undo_of_its_own(qtbot, stepped, enter):
    enter(stepped.setup.data.test_share, "30")
    settled(qtbot, stepped, share_is(30))
    enter(stepped.setup.data.split_seed, "7")
    settled(qtbot, stepped, lambda config: config.data.split_seed == 7)
    assert stepped.controller.undo_stack.count() == 2


def test_where_nothing_was_trained_nothing_is_said_to_be_lost(qtbot, open_panel, enter):
    panel = open_panel()
    enter(panel.setup.data.test_share, "30")
    settled(qtbot, panel, share_is(30))
    assert not any("Ctrl+Z" in words for words in panel.told)


def test_whatever_resets_a_run_says_so(qtbot, stepped):
    setup, before = stepped.setup, stepped.controller.run.task.config

    def type_a_hidden_unit():
        focus(qtbot, setup.model.hidden)
        qtbot.keyClick(setup.model.hidden, Qt.Key.Key_Up)

    ovr = setup.model.kind.button("ovr")
    digits = RunConfig(DataConfig("digits"), training=SHORT.training)
    for act, is_there in (
        (lambda: qtbot.mouseClick(ovr, LEFT), lambda config: config.model.kind == "ovr"),
        (lambda: stepped.loader.load(digits), lambda config: config.data.source == "digits"),
        (type_a_hidden_unit, lambda config: config.model.hidden == 1),
    ):
        act()
        settled(qtbot, stepped, is_there)
        assert last_words(stepped).startswith("Reset by the change")
        assert last_words(stepped).endswith(f"Ctrl+Z brings step {STEPS} back.")
        undo(qtbot, stepped)
        settled(qtbot, stepped, lambda config: config == before)
        assert stepped.controller.snapshot.step == STEPS


def test_ctrl_z_takes_back_what_is_typed_before_it_takes_back_a_run(qtbot, window, enter):
    field = window.setup.data.test_share
    enter(field, "30")
    settled(qtbot, window, share_is(30))
    enter(field, "4", end=False)
    undo(qtbot, window)
    assert window.controller.undo_stack.canUndo()
    assert window.controller.run.task.config.data.test_fraction == 0.3


# What begins a run again -----------------------------------------------------------------------


def test_a_reset_says_so_and_one_undo_brings_the_run_back_as_it_was(qtbot, stepped):
    controller, weights = stepped.controller, stepped.controller.snapshot.params.W
    stepped.controller.reset()
    qtbot.waitUntil(lambda: controller.snapshot.step == 0)
    assert last_words(stepped) == (
        f"Reset by the return to the start. Ctrl+Z brings step {STEPS} back."
    )
    undo(qtbot, stepped)
    qtbot.waitUntil(lambda: controller.snapshot is not None and controller.snapshot.step == STEPS)
    np.testing.assert_array_equal(controller.snapshot.params.W, weights)
    stepped.walk(STEPS)
    alone = Trainer(stepped.controller.run.task)
    for _ in range(2 * STEPS):
        alone.step()
    np.testing.assert_array_equal(controller.snapshot.params.W, alone.params().W)


def test_a_run_that_was_reset_trains_to_the_same_weights_again(qtbot, stepped):
    controller, weights = stepped.controller, stepped.controller.snapshot.params.W
    stepped.setup.training.learning_rate.setValue(0.5)  # a reset keeps what is tuned
    stepped.setup.training.learning_rate.setValue(SHORT.training.learning_rate)
    stepped.controller.reset()
    qtbot.waitUntil(lambda: controller.snapshot.step == 0)
    stepped.walk(STEPS)
    np.testing.assert_array_equal(controller.snapshot.params.W, weights)


def test_a_reset_keeps_the_settings_as_they_are_tuned(qtbot, stepped):
    stepped.setup.training.learning_rate.setValue(0.5)
    stepped.controller.reset()
    qtbot.waitUntil(lambda: stepped.controller.snapshot.step == 0)
    assert stepped.controller.snapshot.settings.learning_rate == 0.5
    assert stepped.setup.training.learning_rate.value() == 0.5


def test_a_reset_that_loses_nothing_is_no_undo(open_panel):
    panel = open_panel()
    panel.controller.reset()
    panel.until(lambda: panel.is_at_rest)
    assert not panel.controller.undo_stack.canUndo()
    assert not any("Ctrl+Z" in words for words in panel.told)


def test_what_was_trained_is_not_forgotten_where_its_start_is_looked_at(qtbot, stepped, enter):
    field, controller = stepped.setup.data.test_share, stepped.controller
    enter(field, "30")
    settled(qtbot, stepped, share_is(30))
    stepped.walk(STEPS)
    weights = controller.snapshot.params.W
    for _ in range(STEPS):
        controller.past.step_back()
    qtbot.waitUntil(lambda: controller.snapshot.step == 0)
    enter(field, "40")
    settled(qtbot, stepped, share_is(40))
    assert f"Ctrl+Z brings step {STEPS} back." in last_words(stepped)
    undo(qtbot, stepped)
    settled(qtbot, stepped, share_is(30))
    controller.past.go_live()
    qtbot.waitUntil(lambda: controller.snapshot.step == STEPS)
    np.testing.assert_array_equal(controller.snapshot.params.W, weights)


def test_points_that_take_the_place_of_other_data_say_what_is_gone(qtbot, window, new_run):
    controller, weights = window.controller, window.controller.snapshot.params.W
    with new_run(window):
        qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert last_words(window) == (
        f"Reset by the change to drawn points. Ctrl+Z brings step {STEPS} back."
    )
    with new_run(window):
        undo(qtbot, window)
    assert controller.snapshot.step == STEPS
    np.testing.assert_array_equal(controller.snapshot.params.W, weights)
