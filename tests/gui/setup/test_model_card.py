"""The card of the model in the window: the family, a hidden layer, bias; the optimiser's fields."""

import pytest
from PySide6.QtCore import Qt

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.model_family import FAMILY
from tests.core.training import DESCENDED
from tests.gui.conftest import PATIENCE_MS


@pytest.fixture
def changed(qtbot):
    """Return a function that does something and waits for the run that comes of it."""

    def changed(panel, act):
        with qtbot.waitSignal(panel.controller.task_changed, timeout=PATIENCE_MS):
            act()
        qtbot.waitUntil(lambda: panel.controller.snapshot is not None, timeout=PATIENCE_MS)
        return panel.controller.run.task.config

    return changed


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_each_of_the_family_is_one_click_away_and_trains(qtbot, open_panel, changed):
    panel = open_panel()
    card = panel.setup.model
    for kind in (kind for kind in DESCENDED if kind != "softmax"):
        config = changed(panel, lambda kind=kind: click(qtbot, card.kind.button(kind)))
        assert config.model.kind == kind
        assert card.positive.isVisible() == FAMILY[kind].is_neuron
        assert FAMILY[kind].loss in card.formula.text()
        before = panel.controller.snapshot.params.W
        panel.controller.step()
        qtbot.waitUntil(lambda: panel.controller.snapshot.step == 1, timeout=PATIENCE_MS)
        after, h = panel.controller.snapshot.params.W, panel.controller.run.task.dataset.h
        assert (before != after).any(), kind
        assert after.shape[0] == FAMILY[kind].outputs(h)


def test_another_neuron_is_asked_the_same_question(qtbot, open_panel, changed):
    panel = open_panel(RunConfig(model=ModelConfig("binary", "versicolor", "setosa")))
    config = changed(panel, lambda: click(qtbot, panel.setup.model.kind.button("perceptron")))
    assert (config.model.positive, config.model.negative) == ("versicolor", "setosa")


def test_a_hidden_layer_is_typed_in_and_forces_a_random_start(qtbot, open_panel, changed):
    panel = open_panel()
    card = panel.setup.model
    card.hidden.setFocus()
    card.hidden.selectAll()

    def type_in():
        qtbot.keyClicks(card.hidden, "6")
        qtbot.keyClick(card.hidden, Qt.Key.Key_Return)

    config = changed(panel, type_in)
    assert config.model.hidden == 6
    assert card.activation.isVisible() and card.start_words.isVisible()
    assert not card.init.isVisible()
    assert panel.controller.snapshot.params.hidden.V.any()


def test_views_of_one_linear_map_are_absent_with_a_hidden_layer(open_window):
    window = open_window(RunConfig(model=ModelConfig(hidden=3)))
    shown = set(window.stage.available)
    assert "Boundary" in shown and {"Trace", "Network", "Surface"} <= shown and "Lasso" not in shown


def test_the_bias_is_switched_off_with_one_press(qtbot, open_panel, changed):
    panel = open_panel()
    config = changed(panel, lambda: click(qtbot, panel.setup.model.bias))
    assert not config.model.has_bias


def test_a_method_of_second_order_begins_with_its_full_step(qtbot, open_panel, changed):
    panel = open_panel()
    optimiser = panel.setup.training.optimiser
    optimiser.setFocus()
    config = changed(panel, lambda: qtbot.keyClick(optimiser, Qt.Key.Key_End))
    assert (config.training.optimiser, config.training.learning_rate) == ("lbfgs", 1.0)


def test_momentum_is_asked_for_where_there_is_one(open_panel):
    panel = open_panel(RunConfig(training=TrainingConfig(optimiser="nesterov", momentum=0.7)))
    assert (
        panel.setup.training.momentum.isVisible() and panel.setup.training.momentum.value() == 0.7
    )
    other = open_panel(RunConfig(training=TrainingConfig(optimiser="adam")))
    assert not other.setup.training.momentum.isVisible()


def test_a_model_that_newton_is_not_made_for_goes_back_to_descent(qtbot, open_panel, changed):
    panel = open_panel(RunConfig(training=TrainingConfig(optimiser="newton", learning_rate=1.0)))
    button = panel.setup.model.kind.button("perceptron")
    config = changed(panel, lambda: click(qtbot, button))
    assert (config.model.kind, config.training.optimiser) == ("perceptron", "sgd")
    assert panel.setup.training.optimiser.value() == "sgd"


def test_naive_bayes_is_offered_for_counts_only_and_says_why(qtbot, open_panel, changed):
    panel = open_panel()
    card = panel.setup.model
    button = card.kind.button("bayes")
    assert not button.isEnabled() and "standardised" in button.toolTip()
    panel = open_panel(RunConfig(data=DataConfig("digits")))
    card = panel.setup.model
    assert card.kind.button("bayes").isEnabled() and not card.smoothing.isVisible()
    config = changed(panel, lambda: click(qtbot, card.kind.button("bayes")))
    assert config.model.kind == "bayes" and not config.data.standardise
    assert card.smoothing.isVisible() and not card.init.isVisible()
    assert not panel.setup.training.learning_rate.isVisible()
    assert not panel.setup.training.optimiser.isVisible()


def test_counted_weights_are_told_of_and_not_said_to_train_on(qtbot, open_window):
    window = open_window(RunConfig(data=DataConfig("digits"), model=ModelConfig("bayes")))
    qtbot.keyClick(window.stage, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Its weights are counted" in window.banner.text, timeout=PATIENCE_MS)
    assert "trains for" not in window.banner.text


def test_smoothing_is_typed_in(qtbot, open_panel, changed):
    panel = open_panel(RunConfig(data=DataConfig("digits"), model=ModelConfig("bayes")))
    field = panel.setup.model.smoothing
    field.setFocus()
    field.selectAll()

    def type_in():
        qtbot.keyClicks(field, "0.5")
        qtbot.keyClick(field, Qt.Key.Key_Return)

    assert changed(panel, type_in).model.smoothing == 0.5
