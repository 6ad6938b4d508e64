"""Lessons in the window: one press sets all up, one undo takes it back.

Most tests share a window: each leaves it as File → New does, which the next one verifies.
"""

from __future__ import annotations

from html import unescape

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data.mnist.download import Download
from core.data.mnist.http_transfer import Timeouts
from core.data.points import Points
from core.teach.lesson import CARDS, DEMOS, VIEWS, Place
from core.teach.lessons import bundled, lesson_of
from core.train.snapshot import Status
from gui.control.run_controller import FLAT_OUT
from gui.kit import theme as look
from gui.stage.demos.view import GROUPS
from gui.window.lesson import markdown
from gui.window.run_bar import SPEEDS
from gui.window.sizes import LOW_PX
from gui.window.view_registry import SIDE, TABS
from tests import mirrors
from tests.lessons import in_a_line, points_of, setup_of, weights_of
from tests.mirrors import Mirror, small_files

PATIENCE_MS = 30_000
FILES, ORIGINALS = small_files()
QUICK = Timeouts(stalled=0.05, give_up=5, look=0.01)


def lessons_menu(window):
    titles = [action.text().replace("&", "") for action in window.menuBar().actions()]
    return window.menuBar().actions()[titles.index("Lessons")].menu()


def groups_of(window):
    return [action.menu() for action in lessons_menu(window).actions() if action.menu()]


def action_of(window, lesson):
    for group in groups_of(window):
        for action in group.actions():
            if action.text().replace("&", "") == lesson.title:
                return action
    raise AssertionError(f"no menu has {lesson.title}")


@pytest.fixture(scope="module")
def window_of_all(open_for_all):
    """The window that tests bring back, and what it is like before any lesson."""
    window = open_for_all()
    return window, settled_state(window)


def settled_state(window):
    """What a lesson may change, and what a new project has again."""
    return {
        "config": window.controller.config,
        "points": len(window.editor.points),
        "steps": window.controller.steps,
        "undo": window.controller.undo_stack.count(),
        "lesson": begun(window),
        "strip": window.lessons.strip.isVisible(),
        "speed": window.run_bar.speed.value(),
        "view": window.stage.current,
        "logarithmic": window.views["Loss"].log_button.isChecked(),
        "changed": window.knobs.changed,
        "theme": window.appearance.choice,
    }


@pytest.fixture
def window(qtbot, window_of_all, new_run):
    """Iris, ready, without a lesson; afterwards a new project is begun."""
    window, before = window_of_all
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.stage.setFocus()
    assert settled_state(window) == before
    yield window
    with new_run(window):
        window.project_actions.begin_anew()
    window.stage.show_name(before["view"])
    window.run_bar.set_speed(before["speed"])
    window.notice.show_message("")
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)


@pytest.fixture
def begin(new_run):
    """Return a function that chooses a lesson in the menu and waits until it is there."""

    def begin(window, key):
        with new_run(window):
            action_of(window, lesson_of(key)).trigger()
        return lesson_of(key)

    return begin


def begun(window):
    place = window.controller.run.place
    return place.lesson if place else None


def plain(text):
    return in_a_line(markdown.plain(text))


def shown(window):
    return in_a_line(window.lessons.strip.words.accessibleDescription())


# The menu -------------------------------------------------------------------------------------


def test_the_menu_of_lessons_is_between_view_and_help(window):
    titles = [action.text().replace("&", "") for action in window.menuBar().actions()]
    assert titles[-3:] == ["View", "Lessons", "Help"]


def test_every_lesson_is_in_the_menu_and_says_what_to_look_for(window):
    for group in groups_of(window):
        group.aboutToShow.emit()
    for lesson in bundled():
        tip = in_a_line(unescape(action_of(window, lesson).toolTip()))
        assert plain(lesson.first.text) in tip
        assert plain(lesson.first.reveal) not in tip  # which a class is to see for itself


def test_the_strip_says_what_comes_out_only_when_it_has(window):
    strip = window.lessons.strip
    for lesson in bundled():
        for is_revealed in (False, True):
            strip.show_step(Place(lesson), is_revealed=is_revealed, is_changed=False)
            for said in (strip.words.accessibleDescription(), strip.toolTip()):
                is_said = plain(lesson.first.reveal) in in_a_line(unescape(said))
                assert is_said == is_revealed


def test_every_entry_has_a_letter_of_its_own(window):
    for menu in (lessons_menu(window), *groups_of(window)):
        named = [a.text() for a in menu.actions() if not a.isSeparator()]
        letters = [text[text.index("&") + 1].lower() for text in named]
        assert len(set(letters)) == len(letters)


def test_lessons_are_chosen_by_keys_alone(qtbot, window, new_run):
    with new_run(window):
        qtbot.keyClick(window.menuBar(), Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
        menu = lessons_menu(window)
        qtbot.waitUntil(menu.isVisible)
        qtbot.keyClick(menu, Qt.Key.Key_B)
        sub = next(a.menu() for a in menu.actions() if "Beyond" in a.text().replace("&", ""))
        qtbot.waitUntil(sub.isVisible)
        qtbot.keyClick(sub, Qt.Key.Key_X)
    assert begun(window) is lesson_of("xor")


def test_a_lesson_can_point_at_every_view_and_card():
    assert {spec.name for spec in TABS} == set(VIEWS)
    assert {spec.name for spec in SIDE} == set(CARDS)
    assert {cls.title for _, classes in GROUPS for cls in classes} == set(DEMOS)


def test_a_lesson_shows_the_demonstration_that_it_names(begin, window):
    begin(window, "push-and-pull")
    assert window.stage.current == "Demos"
    assert window.views["Demos"].titles.currentItem().text() == "Push and pull"


# Setting up -----------------------------------------------------------------------------------


def is_set_up(window, lesson):
    controller, config, step = window.controller, window.controller.config, lesson.first
    setup = setup_of(lesson.key)
    assert config.training == setup.config.training
    assert config.model.kind == setup.config.model.kind
    assert config.data.degree == setup.config.data.degree
    if setup.points is not None:
        np.testing.assert_array_equal(window.editor.points.xy, setup.points.xy)
        np.testing.assert_array_equal(window.editor.points.labels, setup.points.labels)
    if setup.params is not None:
        np.testing.assert_array_equal(controller.snapshot.params.W, setup.params.W)
    assert (controller.snapshot.status, controller.snapshot.step) == (Status.READY, 0)
    assert SPEEDS[window.run_bar.speed.value()] == step.speed
    assert window.stage.current == step.view
    assert window.views["Loss"].log_button.isChecked() == step.has_log_loss
    assert lesson.title in shown(window)
    assert window.lessons.strip.isVisible()


def test_each_lesson_after_the_others_is_set_up_as_it_says_and_waits_for_space(begin, window):
    for lesson in bundled():
        if setup_of(lesson.key).config.data.source != "mnist":
            is_set_up(window, begin(window, lesson.key))


def test_reset_returns_to_the_start_of_the_lesson(qtbot, begin, window):
    lesson = begin(window, "squared")
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1, timeout=PATIENCE_MS)
    qtbot.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 0, timeout=PATIENCE_MS)
    np.testing.assert_array_equal(window.controller.snapshot.params.W, weights_of(lesson.key))


def test_one_undo_brings_back_all_that_was_there(qtbot, begin, new_run, window):
    controller = window.controller
    with new_run(window):
        window.editor.draw(Points().put([(1, 1)], 0).put([(2, 2)], 1), "put points", is_last=True)
    window.stage.show_name("Weights")
    window.run_bar.set_speed(SPEEDS.index(5))
    config, points = controller.config, window.editor.points
    begin(window, "growing")
    with new_run(window):
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert controller.config == config
    assert window.editor.points is points
    assert window.stage.current == "Weights"
    assert SPEEDS[window.run_bar.speed.value()] == 5
    assert not window.views["Loss"].log_button.isChecked()
    assert not window.lessons.strip.isVisible()


def test_redo_shows_the_lesson_again(qtbot, begin, new_run, window):
    lesson = begin(window, "squared")
    for key in (Qt.Key.Key_Z, Qt.Key.Key_Y):
        with new_run(window):
            qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert lesson.title in shown(window)
    np.testing.assert_array_equal(window.controller.snapshot.params.W, weights_of(lesson.key))


def test_the_speed_of_a_lesson_is_not_remembered_for_the_next_start(begin, open_window):
    window = open_window()
    window.run_bar.set_speed(SPEEDS.index(20))
    begin(window, "too-fast")
    window.close()
    assert SPEEDS[open_window().run_bar.speed.value()] == 20


# The strip ------------------------------------------------------------------------------------


def test_the_strip_says_what_to_watch_and_at_the_end_what_was_seen(begin, finish, window):
    lesson = begin(window, "toy")
    assert plain(lesson.first.text) in shown(window)
    assert plain(lesson.first.reveal) not in shown(window)
    finish(window, FLAT_OUT)
    assert plain(lesson.first.reveal) in shown(window)


def test_after_divergence_the_claim_and_the_remedy_are_there(qtbot, begin, reach, window):
    lesson = begin(window, "too-fast")
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    reach(window, Status.DIVERGED)
    assert plain(lesson.first.reveal) in shown(window)
    qtbot.waitUntil(window.banner.button.isVisible, timeout=PATIENCE_MS)
    snapshot = window.controller.snapshot
    assert window.banner.button.text() == f"Try η = {snapshot.suggested_learning_rate:g}"
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    assert reach(window, Status.FINISHED).metrics.train_accuracy > 0.95


def test_next_goes_from_squared_error_to_cross_entropy_on_the_same_points(
    qtbot, begin, new_run, window
):
    begin(window, "squared")
    xy, W = window.editor.points.xy, window.controller.snapshot.params.W
    with new_run(window):
        qtbot.mouseClick(window.lessons.strip.next_button, Qt.MouseButton.LeftButton)
    assert window.controller.config.model.kind == "binary"
    np.testing.assert_array_equal(window.editor.points.xy, xy)
    np.testing.assert_array_equal(window.controller.snapshot.params.W, W)
    assert lesson_of("entropy").title in shown(window)


def test_the_last_lesson_has_no_next(begin, window):
    begin(window, bundled()[-1].key)
    assert not window.lessons.strip.next_button.isEnabled()


def test_a_changed_lesson_is_called_so_and_claims_nothing(begin, enter, finish, qtbot, window):
    lesson = begin(window, "xor")
    enter(window.setup.training.learning_rate, "0.01")
    qtbot.waitUntil(lambda: "changed" in shown(window), timeout=PATIENCE_MS)
    window.stage.setFocus()
    finish(window)
    assert plain(lesson.first.reveal) not in shown(window)


def test_again_sets_a_changed_lesson_up_as_it_was_given(qtbot, begin, new_run, window):
    lesson = begin(window, "rest")
    with new_run(window):
        window.editor.draw(window.editor.points.erase(np.arange(30)), "erase points", is_last=True)
    assert "changed" in shown(window)
    with new_run(window):
        qtbot.mouseClick(window.lessons.strip.again_button, Qt.MouseButton.LeftButton)
    assert "changed" not in shown(window)
    assert len(window.editor.points) == len(points_of(lesson.key))


def test_again_after_training_starts_from_the_beginning(qtbot, begin, finish, window):
    begin(window, "toy")
    finish(window)
    run = window.controller.run
    qtbot.mouseClick(window.lessons.strip.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 0, timeout=PATIENCE_MS)
    assert window.controller.run.task is run.task and window.controller.run.place == run.place
    assert plain(lesson_of("toy").first.text) in shown(window)


def test_the_strip_goes_with_other_data(qtbot, begin, new_run, window):
    begin(window, "xor")
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    assert not window.lessons.strip.isVisible()


def test_the_closed_strip_stays_away_while_the_lesson_trains(qtbot, begin, finish, window):
    begin(window, "toy")
    qtbot.mouseClick(window.lessons.strip.close_button, Qt.MouseButton.LeftButton)
    finish(window)
    assert not window.lessons.strip.isVisible()
    assert window.editor.points is not None


@pytest.mark.usefixtures("face")
def test_no_lesson_needs_more_than_two_lines(qtbot, begin, open_window):
    window = open_window(size=(1280, 800))
    begin(window, "xor")
    strip, label, over = window.lessons.strip, window.lessons.strip.words, []
    for size in ((1280, 800), (1024, 640)):
        window.resize(*size)
        window.grab()  # by which it is laid out
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
        assert strip.width() > 0.9 * size[0]
        for lesson in bundled():
            for is_revealed in (False, True):
                strip.show_step(Place(lesson), is_revealed=is_revealed, is_changed=False)
                if label.lines(label.width()) > 2:
                    over.append((size, lesson.key, is_revealed))
    assert not over


def test_the_strip_follows_light_and_dark(begin, pixels, window):
    begin(window, "xor")
    strip = window.lessons.strip
    for name, theme in (("dark", look.DARK), ("light", look.LIGHT)):
        window.appearance.choose(name)
        middle = pixels(strip)[strip.height() // 2, -2]
        np.testing.assert_allclose(middle, look.rgb(theme.selected), atol=2)


# The foot -------------------------------------------------------------------------------------


def test_in_a_low_window_the_strip_takes_the_place_of_the_notice(begin, open_window, qtbot):
    window = open_window(size=(1024, LOW_PX - 80))
    height = window.stage.height()
    assert window.notice.isVisible()
    begin(window, "xor")
    assert not window.notice.isVisible()
    qtbot.waitUntil(lambda: height - window.stage.height() < 30)  # once it is laid out


@pytest.mark.usefixtures("face")
def test_trouble_is_shown_in_a_low_window_too(begin, open_window):
    window = open_window(size=(1024, LOW_PX - 80))
    begin(window, "xor")
    window.notice.show_message("Something is wrong.", is_trouble=True)
    assert window.notice.isVisible()
    window.notice.show_message("Ready.")
    assert not window.notice.isVisible()


# MNIST ----------------------------------------------------------------------------------------


@pytest.fixture
def mnist_folder(tmp_path):
    """A folder with four small files in MNIST's form."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def test_without_a_network_the_lesson_says_so_and_takes_a_folder(
    qtbot, new_run, open_window, tmp_path, mnist_folder, monkeypatch
):
    window = open_window()  # of its own: it keeps the folder
    window.loader.fetcher.download = Download(
        ORIGINALS, ["http://127.0.0.1:9"], tmp_path / "cache", QUICK
    )
    action_of(window, lesson_of("mnist")).trigger()
    qtbot.waitUntil(lambda: window.banner.button.text() == "Choose folder…", timeout=PATIENCE_MS)
    assert begun(window) is None
    monkeypatch.setattr(
        QFileDialog, "getExistingDirectory", lambda *_: str(mnist_folder), raising=True
    )
    with new_run(window):
        qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    assert begun(window) is lesson_of("mnist")
    assert window.controller.config.training == setup_of("mnist").config.training
    assert "changed" not in shown(window)


def test_the_lesson_on_mnist_begins_when_it_has_been_downloaded(new_run, open_window, tmp_path):
    window = open_window()  # of its own: it keeps the folder
    with Mirror(FILES, mirrors.good) as mirror:
        window.loader.fetcher.download = Download(
            ORIGINALS, [mirror.address], tmp_path / "cache", QUICK
        )
        with new_run(window):
            action_of(window, lesson_of("mnist")).trigger()
    assert window.controller.config.training == setup_of("mnist").config.training
    assert window.stage.current == "Weights"
    assert lesson_of("mnist").title in shown(window)


def test_other_data_after_a_lesson_have_their_own_defaults_and_one_undo_brings_the_lesson_back(
    qtbot, window, begin, new_run
):
    speed = window.run_bar.speed.value()
    lesson = begin(window, "scaled")
    assert SPEEDS.index(lesson.first.speed) != speed
    given = window.controller.config
    assert given.training != TrainingConfig()
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    config = window.controller.config
    assert config.training == TrainingConfig(device=given.training.device)
    assert window.knobs.changed == {}
    assert window.run_bar.speed.value() == speed
    with new_run(window):
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.controller.config == given
    assert window.run_bar.chosen_speed == lesson.first.speed


def test_what_was_set_for_one_data_set_is_not_kept_for_another(qtbot, window, enter, new_run):
    with new_run(window):
        enter(window.setup.data.validation_share, "20")
    with new_run(window):
        enter(window.setup.data.split_seed, "7")
    enter(window.setup.training.learning_rate, "0.5")
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    data, default = window.controller.config.data, DataConfig()
    assert data.split_seed == default.split_seed
    assert data.validation_fraction == default.validation_fraction
    assert window.controller.config.training == TrainingConfig()
    assert window.knobs.changed == {}


# Other data after a lesson --------------------------------------------------------------------


def test_a_lessons_model_does_not_follow_to_other_data(begin, window, new_run):
    begin(window, "rest")
    assert window.controller.config.model.kind == "ovr"
    with new_run(window):
        window.data_choice.choose("iris")
    assert window.controller.config.model.kind == RunConfig().model.kind


def test_a_model_that_was_chosen_in_a_lesson_follows(begin, window, new_run):
    begin(window, "xor")
    with new_run(window):
        window.setup.wishes.change_kind("ovr")
    with new_run(window):
        window.data_choice.choose("iris")
    assert window.controller.config.model.kind == "ovr"
