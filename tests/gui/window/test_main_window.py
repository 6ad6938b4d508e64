"""The window as a person meets it: its first start, its keys, its words, its end."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessibilityHints, QAction, QGuiApplication, QStyleHints
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QSizePolicy,
    QSlider,
    QTabBar,
    QTextBrowser,
    QWidget,
)

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.train.snapshot import Status
from gui.control.run_controller import FLAT_OUT
from gui.kit import theme as look
from gui.kit.fields.notches import notch_above, notch_below
from gui.kit.labels import Elided
from gui.window.run_bar import SPEEDS
from tests.gui.conftest import PATIENCE_MS

ENDLESS = RunConfig(training=TrainingConfig(epochs=10**9))


# The first start ------------------------------------------------------------------------------


def test_the_first_start_shows_iris_petals_under_softmax_and_asks_nothing(window):
    task = window.controller.run.task
    assert task.dataset.name == "Iris"
    assert task.dataset.feature_names == ("petal length", "petal width")
    assert task.config.model.kind == "softmax"
    assert window.stage.current == "Boundary"
    assert window.controller.snapshot.status is Status.READY

    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    assert shown == [window]
    assert QApplication.activePopupWidget() is None
    assert "Space" in window.notice.text
    assert not window.banner.button.isVisible()


def test_no_part_of_the_window_is_ever_a_window_of_its_own(qapp, open_window):
    """A widget that is shown before it has a parent flashes up somewhere on the screen."""
    shown = []

    class Listener(QObject):
        def eventFilter(self, watched, event):
            is_shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
            if is_shown and watched.isWindow():
                shown.append(watched)
            return False

    listener = Listener()
    qapp.installEventFilter(listener)
    window = open_window()
    for digit in range(Qt.Key.Key_0, Qt.Key.Key_9 + 1):
        QTest.keyClick(window.stage, Qt.Key(digit))
    qapp.removeEventFilter(listener)
    assert shown == [window]


# Keys -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("face")
def test_a_longer_message_moves_no_picture(open_window, qtbot):
    window = open_window(size=(1366, 768))
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)  # it may be laid out still
    heights = []
    for words in ("Finished: 5 epochs.", "Finished: 5 epochs. " + "Why it ended as it did. " * 5):
        window.banner.show_message(words)
        QApplication.processEvents()
        heights.append(window.views["Boundary"].height())
    assert heights[0] == heights[1]


def test_space_trains_and_pauses_and_s_pauses_or_makes_exactly_one_update(qtbot, window, reach):
    for step in (1, 2):
        qtbot.keyClick(window, Qt.Key.Key_S)
        qtbot.waitUntil(lambda step=step: window.controller.snapshot.step >= step)
        assert window.controller.snapshot.step == step
        assert window.controller.snapshot.status is Status.PAUSED
    for key in (Qt.Key.Key_Space, Qt.Key.Key_S):
        step = window.controller.snapshot.step
        qtbot.keyClick(window, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda step=step: window.controller.snapshot.step > step + 3)
        qtbot.keyClick(window, key)
        reach(window, Status.PAUSED)


def test_r_returns_to_the_same_start(qtbot, open_window, reach):
    config = RunConfig(training=TrainingConfig(epochs=5))
    window = open_window(config)
    start = window.controller.snapshot.params
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1)
    qtbot.keyClick(window, Qt.Key.Key_R)
    again = reach(window, Status.READY)
    assert again.step == 0
    np.testing.assert_array_equal(again.params.W, start.W)
    np.testing.assert_array_equal(again.params.b, start.b)


def test_a_button_of_the_run_bar_names_the_key_that_does_the_same(window, words):
    for name, key in (("reset_button", "R"), ("play_button", "Space"), ("step_button", "S")):
        button = getattr(window.run_bar, name)
        assert key in words(button).split("\n")
        assert f"({key})" in button.toolTip()


def test_brackets_move_the_learning_rate_by_a_notch_while_it_trains_and_leave_a_mark(
    qtbot, open_window
):
    window = open_window(ENDLESS)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 3)
    rate = window.controller.settings.learning_rate
    for key, beside in (("]", notch_above), ("[", notch_below), ("[", notch_below)):
        rate = beside(rate)
        qtbot.keyClick(window, key)
        qtbot.waitUntil(lambda rate=rate: window.controller.snapshot.settings.learning_rate == rate)
        assert window.controller.snapshot.status is Status.TRAINING
        assert window.setup.training.learning_rate.value() == rate
    first, *_ = window.controller.snapshot.curves.marks
    assert first.text == "η 0.1 → 0.2"
    assert first.step > 3
    assert len(window.controller.snapshot.curves.marks) == 3

    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    for _ in range(8):  # none is lost when the key is pressed quickly
        rate = notch_below(rate)
        qtbot.keyClick(window, "[")
        QApplication.processEvents()
    qtbot.waitUntil(lambda: window.controller.snapshot.settings.learning_rate == rate)


def test_plus_and_minus_change_the_speed_digits_the_tab_and_l_the_loss_axis(qtbot, window):
    before = window.run_bar.speed.value()
    qtbot.keyClick(window, "+")
    assert window.run_bar.speed.value() == before + 1
    assert window.controller.speed == SPEEDS[before + 1]
    qtbot.keyClick(window, "-")
    qtbot.keyClick(window, "-")
    assert window.controller.speed == SPEEDS[before - 1]

    qtbot.keyClick(window, "2")
    assert window.stage.current == "Weights"
    assert window.views["Weights"].isVisible()
    qtbot.keyClick(window, "1")
    assert window.stage.current == "Boundary"
    assert window.views["Boundary"].isVisible()

    qtbot.keyClick(window, "l")
    assert window.views["Loss"].log_button.isChecked()


def test_space_trains_whatever_has_the_focus(qtbot, window, reach):
    before = window.controller.run
    for place in (
        window.run_bar.step_button,
        window.run_bar.speed,
        window.setup.training.learning_rate,
        window.rail.source.button("iris"),
        window.setup.model.kind.button("binary"),
        window.setup.model.init,
    ):
        place.setFocus()
        qtbot.waitUntil(place.hasFocus)
        qtbot.keyClick(place, Qt.Key.Key_Space)
        reach(window, Status.TRAINING)
        assert window.controller.run is before
        qtbot.keyClick(place, Qt.Key.Key_Space)
        reach(window, Status.PAUSED)


def test_shift_f1_lists_keys_without_stopping_training(qtbot, open_window, reach):
    window = open_window(ENDLESS)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    (text,) = window.findChildren(QTextBrowser)
    box = text.window()
    assert "train or pause" in text.toPlainText()
    assert not box.isModal()
    step = reach(window, Status.TRAINING).step
    qtbot.waitUntil(lambda: window.controller.snapshot.step > step)
    box.close()


# For everyone ---------------------------------------------------------------------------------


def controls(window) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QSlider, QTabBar)
    own = [w for kind in kinds for w in window.findChildren(kind)]
    # The two arrows that Qt gives every tab bar are Qt's own and hidden.
    own = [w for w in own if not w.objectName() and type(w.parent()).__name__ != "StageTabs"]
    return [w for w in own if not (isinstance(w, QTabBar) and not w.count())]


def test_return_presses_the_button_and_opens_the_list_or_menu_that_has_the_focus(
    qtbot, window, new_run
):
    toggle = window.setup.data.standardise
    toggle.setFocus()
    with new_run(window):
        qtbot.keyClick(toggle, Qt.Key.Key_Return)
    assert window.controller.run.task.config.data.standardise is False

    words, inits = window.setup.model.init.view(), window.setup.model.init
    inits.setFocus()
    qtbot.keyClick(inits, Qt.Key.Key_Return)
    qtbot.waitUntil(words.isVisible)
    with new_run(window):
        qtbot.keyClick(words, Qt.Key.Key_Down)
        qtbot.keyClick(words, Qt.Key.Key_Return)
    assert window.controller.run.task.config.model.init == "random"

    def again() -> None:
        """Give the window the focus again, which popups have had."""
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)

    again()
    features = window.setup.data.features
    features.setFocus()
    qtbot.waitUntil(features.hasFocus)
    qtbot.keyClick(features, Qt.Key.Key_Return)
    menu = features.menu()
    qtbot.waitUntil(menu.isVisible)
    with new_run(window):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert window.controller.run.task.dataset.feature_names[0] == "sepal length"

    again()
    window.rail.source.button("iris").setFocus()
    with new_run(window):  # arrows go from a source to the next
        qtbot.keyClick(window.rail.source.button("iris"), Qt.Key.Key_Down)
    assert window.controller.run.task.config.data.source == "digits"


def test_tab_reaches_every_control(qtbot, window):
    reached: list[QWidget | None] = []
    while (widget := QApplication.focusWidget()) not in reached:
        reached.append(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    # Of several buttons that exclude each other, Tab reaches one; the arrows go on from there.
    expected = {
        w
        for w in controls(window)
        if w.isVisible()
        and w.isEnabled()
        and not (isinstance(w, QAbstractButton) and (w.group() is not None or w.autoExclusive()))
        and not window.beside_menus.isAncestorOf(w)  # as the menus do, they have keys of their own
    }
    assert len(expected) > 12
    assert not [(type(w).__name__, w.accessibleName()) for w in expected - set(reached)]
    assert window.rail.source.button("iris") in reached


def test_data_of_one_class_are_shown_in_every_view_and_refused_in_words(
    qtbot, open_window, tmp_path, new_run
):
    path = tmp_path / "one.csv"
    path.write_text("a,b,label\n1.5,2,x\n2,3,x\n3,1,x\n4.5,4,x\n")
    data = DataConfig(source="csv", path=str(path))
    window = open_window(RunConfig(data), wait=False)
    for kind in ("softmax", "ovr", "ovo"):
        if kind != "softmax":
            with new_run(window):
                window.loader.load(RunConfig(data, ModelConfig(kind)), "another kind")
        qtbot.waitUntil(lambda: "of one class" in window.notice.text, timeout=PATIENCE_MS)
        assert window.controller.run.task.config.model.kind == kind
        window.notice.show_message("")
        seen = set()
        for digit in range(Qt.Key.Key_0, Qt.Key.Key_9 + 1):
            qtbot.keyClick(window.stage, Qt.Key(digit))
            qtbot.mouseClick(window.views["Loss"].log_button, Qt.MouseButton.LeftButton)
            seen.add(window.stage.current)
        assert {"Weights", "Data", "Network", "Surface", "Evaluation", "Runs"} <= seen
        assert not window.run_bar.play_button.isEnabled()


# Size -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("face")
def test_the_window_fits_1024_by_640_with_nothing_cut_in_the_run_bar_or_in_any_tab(
    qtbot, open_window, new_run
):
    window = open_window(size=(1024, 640))
    bar = window.run_bar

    def all_is_inside() -> bool:
        return all(
            child.parentWidget().rect().adjusted(-1, -1, 1, 1).contains(child.geometry())
            for child in bar.findChildren(QWidget)
            if child.isVisible()
        )

    def no_words_are_cut() -> bool:
        shown = [label for label in bar.findChildren(QLabel) if label.isVisible()]
        return len(shown) > 10 and all(
            label.sizeHint().width() <= label.width() + 1 for label in shown
        )

    for source in ("iris", "digits", "drawn"):
        if source != "iris":
            with new_run(window):
                qtbot.mouseClick(window.rail.source.button(source), Qt.MouseButton.LeftButton)
        assert (window.width(), window.height()) == (1024, 640)
        assert bar.rect().width() <= 1024
        qtbot.waitUntil(all_is_inside)
        qtbot.waitUntil(no_words_are_cut)
        for name in window.stage.names if source != "drawn" else ():
            window.stage.show_name(name)
            window.grab()  # all is laid out

            def nothing_is_cut(where=(source, name)) -> None:  # what comes late is laid out later
                assert not cut_in(window), where

            qtbot.waitUntil(nothing_is_cut)


def cut_in(window) -> list[str]:
    """The words in sight that have no room."""
    return [
        words.text()
        for words in [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
        if words.isVisible() and words.text() and not gives_way(words)
        if words.width() < words.minimumSizeHint().width()
    ]


def gives_way(words: QLabel | QAbstractButton) -> bool:
    """Whether it shows in less room what it has to say: by wrapping, by dots, with less air."""
    if isinstance(words, QLabel):
        return words.wordWrap() or isinstance(words, Elided)
    return words.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored


def test_large_numbers_do_not_move_the_run_bar(window):
    bar = window.run_bar
    before = [counter.geometry() for counter in (bar.epoch, bar.step_counter, bar.loss)]
    bar.epoch.show_values("999,999")
    bar.step_counter.show_values("9,999,999")
    bar.loss.show_values("99.9999", "99.9999")
    QApplication.processEvents()
    after = [counter.geometry() for counter in (bar.epoch, bar.step_counter, bar.loss)]
    assert after == before


@pytest.mark.usefixtures("face")
def test_nothing_but_numbers_moves_while_it_trains(qtbot, open_window):
    window = open_window(ENDLESS)
    panels = [  # all in sight: the geometry of what is hidden is of no layout
        window.run_bar,
        window.knobs,
        window.stage,
        *window.side_panel.cards[:2],
        window.views["Loss"],
        window.views["Accuracy"],
    ]
    assert all(panel.isVisible() for panel in panels)
    knobs = window.knobs  # the limit of whose rate is found in the background

    def is_laid_out():  # the knobs take two rows until their words are the short ones
        is_in_a_row = knobs.height() < 2 * knobs.learning_rate.height()
        return window.is_at_rest and is_in_a_row and knobs.rate.limit is not None

    qtbot.waitUntil(is_laid_out, timeout=PATIENCE_MS)
    window.grab()  # with all that follows from it
    QApplication.processEvents()
    before = [panel.geometry() for panel in panels]
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 2000, timeout=PATIENCE_MS)
    assert [panel.geometry() for panel in panels] == before


# Theme ----------------------------------------------------------------------------------------


def test_a_theme_colours_every_panel(qtbot, window, pixels):
    def are_coloured(theme) -> None:  # what a plot has at rest is painted a moment later
        whole, panel = pixels(window), look.rgb(theme.panel)
        for widget in (
            window.views["Boundary"].plot,
            window.views["Loss"].plot,
            window.views["Confusion"],
            window.run_bar,
        ):
            corner = widget.mapTo(window, widget.rect().topLeft())
            shown = whole[corner.y() :, corner.x() :][: widget.height(), : widget.width()]
            is_panel = (np.abs(shown - panel) <= 2).all(axis=2)
            assert is_panel.mean() > 0.3, widget

    for choice, theme in (("dark", look.DARK), ("light", look.LIGHT)):
        action = next(
            a for a in window.findChildren(QAction) if a.text() == f"{choice.capitalize()} colours"
        )
        action.trigger()
        qtbot.waitUntil(lambda theme=theme: are_coloured(theme))


def test_the_system_theme_is_followed_while_the_window_is_open(qtbot, open_window, monkeypatch):
    window = open_window(theme="system")
    hints = QGuiApplication.styleHints()
    for scheme, theme in ((Qt.ColorScheme.Dark, look.DARK), (Qt.ColorScheme.Light, look.LIGHT)):
        monkeypatch.setattr(QStyleHints, "colorScheme", lambda self, scheme=scheme: scheme)
        hints.colorSchemeChanged.emit(scheme)
        assert window.appearance.theme is theme
        qtbot.waitUntil(lambda t=theme: all(view.theme is t for view in window.views.made))
    high = Qt.ContrastPreference.HighContrast
    monkeypatch.setattr(QAccessibilityHints, "contrastPreference", lambda self: high)
    hints.accessibility().contrastPreferenceChanged.emit(high)
    assert window.appearance.theme is look.BLACK_ON_WHITE
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda self: Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert window.appearance.theme is look.WHITE_ON_BLACK


def test_a_change_of_theme_keeps_what_is_shown(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1)
    qtbot.waitUntil(lambda: not window.controller.background.is_busy("boundary"))
    before = window.views["Loss"].train.line.getData()
    window.appearance.choose("dark")
    np.testing.assert_array_equal(window.views["Loss"].train.line.getData(), before)
    assert window.run_bar.play_button.isEnabled()


# The end --------------------------------------------------------------------------------------


def test_closing_mid_training_ends_the_threads(qtbot, open_window):
    window = open_window(ENDLESS)
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 100)
    names = {thread.name for thread in threading.enumerate()}
    assert "training" in names
    window.close()
    left = {thread.name for thread in threading.enumerate()}
    assert "training" not in left
    assert not {name for name in left if name.startswith("background")}


def test_size_theme_and_speed_are_remembered(qtbot, open_window):
    window = open_window()
    window.appearance.choose("dark")
    qtbot.keyClick(window, "-")
    window.resize(800, 666)  # no larger than any screen
    chosen = window.run_bar.chosen_speed
    window.close()
    again = open_window(size=None, theme=None)
    assert again.appearance.theme is look.DARK
    assert again.run_bar.chosen_speed == again.controller.speed == chosen
    assert (again.width(), again.height()) == (800, 666)


def test_a_large_model_is_told_of_while_it_is_made_ready(window, qtbot, reach, monkeypatch):
    monkeypatch.setattr("core.memory.MANY_PARAMETERS", 5)
    said = []
    window.controller.task_changed.connect(lambda _: said.append(window.notice.text))
    window.loader.change(
        "all features", data=replace(window.controller.config.data, features=("all",))
    )
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].startswith("Making ready 3 neurons, 15 parameters, about ")
    reach(window, Status.READY)
    qtbot.waitUntil(lambda: window.notice.text.startswith("Ready."))
