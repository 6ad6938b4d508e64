"""The lasso path: a line for each weight, and the weights that are left at the slider's λ₁."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.explain.lasso_path import PathSolver
from gui.kit import theme as look
from gui.kit.plots import Line
from gui.stage.lasso.view import STEPS, LassoView

PATIENCE_MS = 60_000
ALL = DataConfig(features=("all",))
NEURON = ModelConfig("binary", positive="versicolor")


@pytest.fixture
def view(qtbot, background, show_view):
    view = LassoView(look.LIGHT, background)
    show_view(view, 900, 500)
    return view


@pytest.fixture
def found(qtbot, view, background, trained):
    """Return found(config, source): wait until the path of the config's task is whole."""

    def found(config, source=None):
        task = prepare(source or sources.load(config.data), config)
        view.receive_task(task)
        view.receive_snapshot(trained(task, 1))

        def is_whole():
            background.poll()
            return view.path is not None and view.path.is_whole

        qtbot.waitUntil(is_whole, timeout=PATIENCE_MS)
        return task

    return found


def lines_of(view):
    """The lines of the path that are drawn, with more than the two points of the slider's."""
    items = view.plot.moving.childItems()
    found = [item for item in items if isinstance(item, Line) and len(item.getData()[0]) > 2]
    return sorted(found, key=lambda line: line.getData()[1][-2])


def look_of(line):
    return line.pen().color().name(), line.pen().style()


def test_in_large_type_the_picture_has_the_room_of_key_and_list_until_these_are_wanted(
    qtbot, type_of, background, show_view, trained
):
    type_of(20)
    view = LassoView(look.LIGHT, background)
    show_view(view, 640, 330)
    task = prepare(sources.load(DataConfig()), RunConfig())
    view.receive_task(task)
    view.receive_snapshot(trained(task, 1))

    def has_a_path():
        background.poll()
        return view.path is not None

    qtbot.waitUntil(has_a_path, timeout=PATIENCE_MS)
    box = view.plot.getPlotItem().getViewBox()
    qtbot.waitUntil(lambda: box.width() > 400 and box.height() > 60)
    assert view.words.isVisible() and view.button.isVisible() and not view.list.isVisible()
    view.unfold(True)
    assert view.list.isVisible() and view.key.isVisible()


def test_each_weight_of_a_neuron_has_a_line_over_the_penalties_and_a_look_of_its_own(view, found):
    task = found(RunConfig(ALL, NEURON))
    lines = lines_of(view)
    assert len(lines) == task.m == len(set(map(look_of, lines)))
    order = np.argsort(view.path.W[-1, 0])
    for line, j in zip(lines, order, strict=True):
        x, y = line.getData()
        np.testing.assert_allclose(x[:-1], np.log10(view.path.l1))
        np.testing.assert_allclose(y[:-1], view.path.W[:, 0, j])
    assert view.key.accessibleDescription() == ", ".join(task.input_names)


def test_of_the_weights_that_are_left_at_the_slider_words_tell_and_the_run_gets_their_penalty(
    view, found, qtbot
):
    task = found(RunConfig(ALL, NEURON))
    said = view.plot.accessibleDescription()
    assert said.startswith(view.words.text())
    assert view.list.text().splitlines()[0] in said
    view.slider.setValue(STEPS)
    assert "0 of 4 weights are left" in view.words.text() and not view.list.text()
    view.slider.setFocus()
    qtbot.keyClick(view.slider, Qt.Key.Key_Home)
    at = view.path.W[-1, 0]
    assert f"λ₁ = {view.path.l1[-1]:.3g}: {np.count_nonzero(at)} of 4" in view.words.text()
    first = task.input_names[int(np.abs(at).argmax())]
    assert view.list.text().splitlines()[0].endswith(first)
    view.slider.setValue(20)
    with qtbot.waitSignal(view.l1_wanted) as wanted:
        qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert wanted.args[0] == pytest.approx(view.path.l1[STEPS - 20], rel=5e-3)


def test_of_several_classes_colours_and_words_tell_the_class_and_styles_the_feature(view, found):
    task = found(RunConfig(ALL))
    looks = set(map(look_of, lines_of(view)))
    assert len(looks) == 12
    classes = {look.LIGHT.class_colour(k).name() for k in range(3)}
    assert {colour for colour, _ in looks} == classes
    assert len({style for _, style in looks}) == task.m
    named = (*task.dataset.class_names, *task.input_names)
    assert view.key.accessibleDescription() == ", ".join(named)
    view.slider.setValue(0)
    assert "→ setosa" in view.list.text() and "of 12 weights" in view.words.text()


def test_of_many_features_the_lines_of_a_class_are_alike(view, found):
    config = RunConfig(DataConfig("digits"), ModelConfig("binary", positive="3"))
    whole = sources.load(config.data)
    task = found(config, replace(whole, X=whole.X[:120], y=whole.y[:120]))
    (line,) = lines_of(view)
    assert np.isnan(line.getData()[1]).sum() == task.m == 64
    assert not view.key.accessibleDescription()


def test_an_optimiser_that_takes_no_penalty_is_not_offered_one(view, found):
    found(RunConfig(ALL, NEURON, TrainingConfig(optimiser="newton")))
    assert not view.button.isEnabled()


def test_another_weight_decay_has_another_path(view, found):
    found(RunConfig(ALL, NEURON))
    before = view.path
    found(RunConfig(ALL, NEURON, TrainingConfig(weight_decay=0.1)))
    assert np.abs(view.path.W[-1]).max() < np.abs(before.W[-1]).max() / 2


def test_where_there_is_none_it_says_why(qtbot, view, background, trained):
    config = RunConfig(model=ModelConfig("svm", positive="setosa"))
    task = prepare(sources.load(config.data), config)
    view.receive_task(task)
    view.receive_snapshot(trained(task, 1))

    def is_said():
        background.poll()
        return "one smooth valley" in view.absence.text()

    qtbot.waitUntil(is_said, timeout=PATIENCE_MS)
    assert view.absence.isVisible() and not view.plot.isVisible()


def test_a_path_goes_on_when_it_is_seen_again(view, background, qtbot, monkeypatch, trained):
    monkeypatch.setattr("core.explain.lasso_path.AT_ONCE_S", 0.0)
    task = prepare(sources.load(ALL), RunConfig(ALL, NEURON))
    view.receive_task(task)
    view.receive_snapshot(trained(task, 1))

    def has(count):
        background.poll()
        return view.path is not None and len(view.path.l1) >= count

    qtbot.waitUntil(lambda: has(3), timeout=PATIENCE_MS)
    view.hide()
    qtbot.waitUntil(lambda: (background.poll(), background.is_idle)[1], timeout=PATIENCE_MS)
    assert not view.path.is_whole
    view.show()
    qtbot.waitUntil(lambda: has(40), timeout=PATIENCE_MS)
    whole = PathSolver(task, 0.0)
    while not (path := whole.go_on()).is_whole:
        pass
    np.testing.assert_array_equal(view.path.W, path.W)


def test_in_the_window_it_is_a_view_that_sets_the_penalty(qtbot, open_window):
    window = open_window(RunConfig(ALL, NEURON))
    window.stage.show_name("Lasso")
    view = window.views["Lasso"]
    qtbot.waitUntil(lambda: view.path is not None and view.path.is_whole, timeout=PATIENCE_MS)
    view.slider.setValue(20)
    qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    expected = float(f"{view.path.l1[STEPS - 20]:.3g}")
    qtbot.waitUntil(lambda: window.controller.snapshot.settings.l1 == expected, timeout=PATIENCE_MS)


def test_a_path_is_not_found_anew_for_another_theme(found, view):
    found(RunConfig(ALL))
    before, said = view.path, view.words.text()
    view.receive_theme(look.DARK)
    assert view.path is before and view.words.text() == said
    assert not view.absence.isVisible()
