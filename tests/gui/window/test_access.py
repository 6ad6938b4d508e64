"""Everything on screen can be reached by keys and told by a screen reader, in every view."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenuBar,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.config import DataConfig, RunConfig, TrainingConfig
from core.train.snapshot import Status
from gui.kit.fields.choices import Toggle
from gui.setup.menu_picker import MenuPicker
from gui.window import spoken
from gui.window.view_registry import SIDE, TABS

KINDS = (
    QAbstractButton,
    QComboBox,
    QAbstractSpinBox,
    QAbstractSlider,
    QLineEdit,
    QTabBar,
    QAbstractItemView,
)
# Qt makes what is in these.
PARTS = (QComboBox, QAbstractSpinBox, QLineEdit, QTabBar, QAbstractItemView, QMenuBar)


def is_part(widget: QWidget) -> bool:
    """Whether Qt has made it as a part of a control: arrows, a popup's list, a header."""
    above = widget.parentWidget()
    while above is not None and not above.isWindow():
        if isinstance(above, PARTS):
            return True
        above = above.parentWidget()
    return above is not None and above.windowType() == Qt.WindowType.Popup


def controls(window) -> list[QWidget]:
    found = [widget for kind in KINDS for widget in window.findChildren(kind)]
    return [
        widget
        for widget in dict.fromkeys(found)
        if not is_part(widget) and not isinstance(widget, QScrollBar | QHeaderView | QMenuBar)
    ]


def name_of(widget: QWidget) -> str:
    """Its name, its words, or those of the label beside it."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    named = widget.accessibleName() or text
    if not named:
        labels = widget.window().findChildren(QLabel)
        named = "".join(label.text() for label in labels if label.buddy() is widget)
    return named.replace("&", "")


def describe(widget: QWidget) -> str:
    above = widget.parentWidget()
    return f"{type(widget).__name__} “{name_of(widget)}” in {type(above).__name__}"


@pytest.fixture(scope="module", params=["iris", "digits", "drawn"])
def window_for_all(request, open_for_all):
    """The window with the panel open, each view made that applies, after a few steps."""
    qtbot = QtBot(request)
    window = open_for_all(
        RunConfig(data=DataConfig(source=request.param)),
        size=(1366, 768),
        wait=request.param != "drawn",  # a board without points trains nothing
    )
    qtbot.waitUntil(lambda: window.controller.run is not None)
    window.columns.show_panel(True)
    for spec in TABS:
        if spec.name in window.stage.available:
            window.stage.show_name(spec.name)
            QApplication.processEvents()
    if not window.controller.run.task.obstacle:
        for _ in range(3):
            qtbot.keyClick(window, "s")
        qtbot.waitUntil(lambda: window.controller.snapshot.step >= 3)
    return window


@pytest.fixture
def events(monkeypatch) -> list[str]:
    """The announcements that a screen reader gets, as if one were there."""
    found: list[str] = []

    def note(event) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            found.append(event.message())

    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", note)
    return found


@pytest.fixture
def full_window(window_for_all):
    """The window with all of its views, the first of which is on the stage."""
    window_for_all.stage.show_name(window_for_all.stage.available[0])
    QApplication.processEvents()
    return window_for_all


def test_every_control_has_a_name_and_a_tip(full_window):
    available = {*full_window.stage.available, *(spec.name for spec in SIDE)}
    absent = [view for name, view in full_window.views.named if name not in available]
    found = [
        w
        for w in controls(full_window)
        if not any(view.isAncestorOf(w) for view in absent)
        and not (isinstance(w, QTabBar) and not w.count())
    ]
    assert len(found) > 60
    assert [describe(w) for w in found if not name_of(w).strip()] == []
    tipless = [
        describe(w)
        for w in found
        if not (w.tabToolTip(0) if isinstance(w, QTabBar) else w.toolTip())
        and not isinstance(w, QAbstractItemView)  # whose items have tips of their own
    ]
    assert tipless == []


def test_no_two_fields_share_a_name(full_window):
    fields = [
        w
        for w in controls(full_window)
        if isinstance(w, QComboBox | QAbstractSpinBox | QAbstractSlider | QLineEdit)
    ]
    seen = [w for w in fields if w.isVisible()]
    assert [n for n, count in Counter(map(name_of, seen)).items() if count > 1] == []


def test_every_picture_in_sight_says_what_it_shows(full_window):
    window = full_window
    dumb = []
    for name in window.stage.available:
        window.stage.show_name(name)
        QApplication.processEvents()
        dumb += [
            (name, describe(picture))
            for picture in spoken.pictures(window)
            if picture.isVisible()
            and not (picture.accessibleName() and picture.accessibleDescription())
        ]
    assert dumb == []


def test_pictures_of_a_model_say_what_is_in_them(qtbot, full_window):
    window = full_window
    if window.controller.run.task.obstacle:
        return
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=30_000)
    right = int(np.trace(window.controller.snapshot.metrics.confusion))
    expected = {"Network": "Outputs: ", "Evaluation": f" rows {right:,} are predicted right"}
    for name, words in expected.items():
        window.stage.show_name(name)
        (picture,) = (p for p in spoken.pictures(window.views[name]) if p.isVisible())

        def is_said(picture=picture, words=words):
            return words in picture.accessibleDescription()

        qtbot.waitUntil(is_said, timeout=30_000)


def test_a_curve_says_from_where_to_where_it_went(open_window, finish):
    window = open_window(RunConfig(training=TrainingConfig(epochs=5)))
    assert {"Loss", "Accuracy"} <= {*window.side_panel.names_in_sight}
    finish(window)
    snapshot = window.controller.snapshot
    metrics, curves = snapshot.metrics, snapshot.curves
    first, last = curves.train_accuracy[0], metrics.train_accuracy
    expected = {
        "Loss": (
            f"from {curves.train_loss[0]:.3f} to {metrics.train_loss:.3f}",
            f"test {metrics.test_loss:.3f}",
        ),
        "Accuracy": (
            f"from {100 * first:.1f}\xa0% to {100 * last:.1f}\xa0%",
            f"test {100 * metrics.test_accuracy:.1f}\xa0%",
        ),
    }
    for name, (numbers, test) in expected.items():
        words = window.views[name].plot.accessibleDescription()
        assert words.startswith(f"{name} of the training rows ")
        assert f"{numbers} in {snapshot.step} steps; {test}." in words


def test_the_sentences_are_renewed_now_and_then_while_it_trains(
    qtbot, open_window, monkeypatch, reach
):
    window = open_window(RunConfig(training=TrainingConfig(epochs=10**9)))
    monkeypatch.setattr(spoken, "INTERVAL_MS", 10**9)
    plot, told = window.views["Loss"].plot, []
    qtbot.keyClick(window, Qt.Key.Key_Space)
    reach(window, Status.TRAINING)
    told.append(plot.accessibleDescription())
    step = window.controller.snapshot.step
    qtbot.waitUntil(lambda: window.controller.snapshot.step > step + 20)
    told.append(plot.accessibleDescription())
    qtbot.keyClick(window, Qt.Key.Key_Space)
    reach(window, Status.PAUSED)
    told.append(plot.accessibleDescription())
    assert told[0] == told[1] != told[2]


# What a screen reader gets --------------------------------------------------------------------


def heard(widget: QObject) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(widget)


def test_a_picture_is_a_picture_in_one_piece(full_window):
    window = full_window
    for name in window.stage.available:
        window.stage.show_name(name)
        QApplication.processEvents()
        for picture in spoken.pictures(window.views[name]):
            role = heard(picture).role()
            assert role is QAccessible.Role.Graphic, describe(picture)
            parts = [heard(picture).child(i).object() for i in range(heard(picture).childCount())]
            assert not any(isinstance(part, QGraphicsView) for part in parts), describe(picture)
            at = [heard(picture).indexOfChild(heard(part)) for part in parts]
            assert at == list(range(len(parts)))


def test_figures_and_messages_are_heard_with_their_names(full_window):
    window = full_window
    loss = {heard(w).text(QAccessible.Text.Name) for w in window.run_bar.loss.findChildren(QLabel)}
    number = next(w for w in window.run_bar.loss.findChildren(QLabel) if w.accessibleName())
    assert f"loss · test: {number.text()}" in loss
    window.run_bar.cover(True)
    assert heard(number).text(QAccessible.Text.Name) == "loss · test: ?"
    window.run_bar.cover(False)
    assert heard(number).text(QAccessible.Text.Name) == f"loss · test: {number.text()}"


def test_a_name_begins_with_the_words_that_are_seen(full_window):
    """So that who speaks to the computer can say what is written there (WCAG 2.5.3)."""

    def words(text: str) -> str:
        return " ".join(re.findall(r"\w+", text.lower()))

    faults = [
        describe(button)
        for button in full_window.findChildren(QAbstractButton)
        if not isinstance(button, Toggle | MenuPicker)  # these show their values
        if words(button.text()) not in words(name_of(button))
    ]
    assert faults == []


def test_how_many_features_are_in_use_is_heard(full_window):
    for picker in full_window.findChildren(MenuPicker):
        if not picker.text():
            continue  # of data of another kind
        count = picker.text().removesuffix(" ▾")
        assert heard(picker).text(QAccessible.Text.Description).startswith(f"{count}. ")


def test_one_of_several_is_heard_as_such(full_window):
    button = full_window.rail.source.button("iris")
    assert heard(button).role() is QAccessible.Role.RadioButton


def test_a_message_is_said_without_the_focus_and_not_at_every_frame(qtbot, full_window, events):
    window = full_window
    if window.controller.run.task.obstacle:
        return
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: "Paused" in window.notice.text)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.status is Status.TRAINING)
    step = window.controller.snapshot.step
    qtbot.waitUntil(lambda: window.controller.snapshot.step > step + 20)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.status is not Status.TRAINING)
    qtbot.waitUntil(lambda: events[-1:] == [window.notice.text])
    assert len(events) <= 4 and any(words.startswith("Training.") for words in events)


# The focus ------------------------------------------------------------------------------------

LEAST_PIXELS = 12  # that differ, of a widget with and without the focus
STYLES = ("quiet", "row", "segment", "marker", "primary", "plain", "reached")  # properties


def look_of(widget: QWidget) -> tuple[object, ...]:
    """Return what decides how the focus is shown: class and properties, and whether checked."""
    is_checked = isinstance(widget, QAbstractButton) and widget.isChecked()
    return type(widget), is_checked, *(widget.property(style) for style in STYLES)


def shows_focus(widget: QWidget, other: QWidget, pixels) -> bool:
    """Whether it looks different with the focus than while `other` has it."""
    other.setFocus()
    QApplication.processEvents()
    before = pixels(widget)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    after = pixels(widget)
    if before.shape != after.shape:
        return True
    return bool(np.count_nonzero((before != after).any(axis=2)) >= LEAST_PIXELS)


def test_whatever_tab_reaches_has_a_name_and_shows_the_focus(full_window, pixels):
    window, looks = full_window, set()
    nameless, unseen = [], []
    for name in window.stage.available:
        window.stage.show_name(name)
        QApplication.processEvents()
        for widget in window.findChildren(QWidget):
            is_reached = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            is_new = look_of(widget) not in looks
            is_alive = widget.isVisible() and widget.isEnabled() and not widget.focusProxy()
            if not (is_reached and is_new and is_alive) or is_part(widget):
                continue
            looks.add(look_of(widget))
            if not name_of(widget).strip():
                nameless.append((name, describe(widget)))
            if not shows_focus(widget, window.stage, pixels):
                unseen.append((name, describe(widget)))
    assert not nameless, nameless
    assert not unseen, unseen


# Tab ------------------------------------------------------------------------------------------


def way_of_tab(qtbot, window) -> list[QWidget]:
    """Press Tab until it comes back to where it was; return the widgets on its way."""
    reached: list[QWidget] = []
    while (widget := QApplication.focusWidget()) not in reached:
        assert widget is not None
        reached.append(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    return reached


def test_f6_goes_from_part_to_part_and_a_number_to_its_view(full_window, qtbot):
    window = full_window
    window.columns.show_panel(False)
    window.stage.setFocus()
    parts = {
        "run bar": window.run_bar,
        "knobs": window.knobs,
        "rail": window.rail,
        "view": window.views[window.stage.current],
        "side": window.side_panel,
        "foot": window.status_area,
    }

    def part() -> str:
        focused = QApplication.focusWidget()
        return next(name for name, pane in parts.items() if pane.isAncestorOf(focused))

    way = []
    for _ in range(len(parts)):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        way.append(part())
        if len(set(way)) < len(way):
            break
        if way[-1] == "knobs":
            assert window.knobs.kind.hasFocus()  # the left one of a row
        if way[-1] == "side":
            assert window.views["Loss"].isAncestorOf(QApplication.focusWidget())  # the upper one
    names = [name for name in parts if name in way]
    assert {"run bar", "knobs", "rail", "view", "side"} <= set(way)
    start = names.index("view")
    assert way[: len(names)] == names[start:] + names[:start]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(window, Qt.Key.Key_2)
    assert window.stage.hasFocus()


def test_tab_follows_the_eye(qtbot, open_window):
    window = open_window(size=(1366, 768))
    for _ in range(3):
        qtbot.keyClick(window, "s")
    qtbot.waitUntil(lambda: window.controller.snapshot.step >= 3)
    regions = {
        "run bar": window.run_bar,
        "knobs": window.knobs,
        "rail": window.rail,
        "panel": window.setup,
        "stage": window.stage,
        "side": window.side_panel,
        "foot": window.status_area,
    }

    def region(widget):
        if widget.parent() is window.columns:  # a grip, which is before the part at its right
            at_right = window.columns.widget(window.columns.indexOf(widget))
            return next(n for n, r in regions.items() if at_right in (r, r.parentWidget()))
        return next(n for n, r in regions.items() if r is widget or r.isAncestorOf(widget))

    for has_panel in (True, False):
        window.columns.show_panel(has_panel)
        QApplication.processEvents()
        window.run_bar.play_button.setFocus(Qt.FocusReason.TabFocusReason)
        way = way_of_tab(qtbot, window)
        order = list(dict.fromkeys(map(region, way)))
        assert order == [name for name in regions if name != "panel" or has_panel]
        runs = [region(w) for i, w in enumerate(way) if i == 0 or region(w) != region(way[i - 1])]
        assert runs == [*order, "run bar"]  # none is come back to, but the first at the end
        bar = [w.mapTo(window, w.rect().center()).x() for w in way if region(w) == "run bar"]
        start = bar.index(min(bar))
        assert bar[start:] + bar[:start] == sorted(bar)
    window.stage.split(True)
    window.stage.show_name("Curves")  # made after its neighbour
    qtbot.waitUntil(lambda: window.is_at_rest)
    way = way_of_tab(qtbot, window)
    halves = [window.views[name] for name in (window.stage.current, window.stage.beside)]
    turns = [[i for i, w in enumerate(way) if half.isAncestorOf(w)] for half in halves]
    assert all(turns) and max(turns[0]) < min(turns[1])
    window.stage.split(False)
    for name in ("Data", "Surface"):  # a table, which Tab leaves; pictures made after others
        window.stage.show_name(name)
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=30_000)
        way = [w for w in way_of_tab(qtbot, window) if window.views[name].isAncestorOf(w)]
        corners = [w.mapTo(window, QPoint()) for w in way]
        assert len(way) >= 3
        assert all(a.y() <= b.y() + 40 for a, b in pairwise(corners)), name
