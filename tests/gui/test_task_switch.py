"""From one task to another: no view shows what is of the one beside what is of the other."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.points import Points
from core.data.task import prepare
from core.train.snapshot import Status
from gui.control.run_controller import FLAT_OUT
from gui.kit import plots
from gui.kit import theme as look
from gui.kit.view import View
from gui.window.run_bar import SPEEDS

ENDLESS = TrainingConfig(epochs=10**9)
IRIS = RunConfig(training=ENDLESS)
DIGITS = RunConfig(data=DataConfig("digits"), training=ENDLESS)
DRAWN = RunConfig(data=DataConfig("drawn"), training=ENDLESS)
NEURON = RunConfig(model=ModelConfig(kind="binary"), training=ENDLESS)
HIDDEN = RunConfig(model=ModelConfig(hidden=4, init="random"), training=ENDLESS)
TWO = Points().put([(-2, 0), (-2, 1)], 0).put([(2, 0), (2, 1)], 1)
FIVE = (
    TWO.with_class().with_class().with_class().put([(0, 3)], 2).put([(0, -3)], 3).put([(3, 3)], 4)
)
FIRST_NUMBERS_MS = 30_000
GAUGES = ("Loss", "Accuracy", "Example", "Confusion")


def visit(window, see=lambda name: None) -> None:
    """Show each tab that there is, and let it take what it is shown."""
    for name in window.stage.available:
        window.stage.show_name(name)  # keys reach the active one of two windows only
        QApplication.processEvents()
        see(name)


def train(qtbot, window) -> None:
    """Train a hundred steps flat out, then on at a speed that leaves the processor to the views."""
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    before = window.controller.snapshot.step
    qtbot.waitUntil(
        lambda: window.controller.snapshot.step > before + 100, timeout=FIRST_NUMBERS_MS
    )
    window.run_bar.set_speed(SPEEDS.index(20))


def assert_all_show(window, views) -> None:
    task = window.controller.run.task
    for view in views:
        assert view.task is task or view.task is None, type(view).__name__
        assert view.snapshot is None or view.snapshot.task is task, type(view).__name__


def test_other_data_amid_training_reach_every_view(qtbot, open_window, new_run):
    window = open_window(DIGITS)
    visit(window)
    train(qtbot, window)
    for tab in ("Weights", "Draw", "Evaluation", "Surface"):
        window.stage.show_name(tab)
        for source in ("iris", "digits"):
            with new_run(window):
                qtbot.mouseClick(window.rail.source.button(source), Qt.MouseButton.LeftButton)
            assert_all_show(window, window.views.made)
            train(qtbot, window)
            assert_all_show(window, window.views.made)


def curve_pixels(window) -> int:
    """Return how many pixels of the screen show the loss curve of the training rows."""
    plot = window.views["Loss"].plot
    place = QRect(plot.mapTo(window, QPoint(0, 0)), plot.size())
    image = window.screen().grabWindow(window.winId()).toImage().copy(place)
    accent = QColor(look.LIGHT.accent).rgb()
    return sum(
        image.pixel(x, y) == accent for x in range(image.width()) for y in range(image.height())
    )


def test_the_first_frame_with_another_task_has_no_curve_of_the_one_before(
    qtbot, open_window, new_run
):
    window = open_window(IRIS, size=(1366, 768))
    train(qtbot, window)
    qtbot.waitUntil(lambda: curve_pixels(window) > 50, timeout=FIRST_NUMBERS_MS)
    found = []

    def paint_first(_) -> None:
        """Paint what Qt knows to have changed, as where its request comes before all others."""
        QApplication.sendPostedEvents(window, QEvent.Type.UpdateRequest)
        found.append(curve_pixels(window))

    window.controller.task_changed.connect(paint_first)
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    assert found == [0]


def test_a_gesture_that_changes_the_number_of_classes_gives_each_task_a_run_of_its_own(
    qtbot, open_window, reach
):
    window = open_window(DRAWN, wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None)
    window.editor.draw(FIVE, "spray", True)
    qtbot.waitUntil(lambda: window.controller.snapshot is not None, timeout=FIRST_NUMBERS_MS)
    visit(window)
    train(qtbot, window)
    tasks: dict[int, set[int]] = {}
    window.controller.snapshot_changed.connect(
        lambda s: tasks.setdefault(s.run, set()).add(id(s.task))
    )
    for points in (TWO, FIVE, TWO):
        run = window.controller.run
        window.editor.draw(points, "turn a knob", points is TWO)
        qtbot.waitUntil(
            lambda r=run: window.controller.run is not r and window.controller.snapshot is not None
        )
        assert_all_show(window, window.views.made)
        visit(window)
    assert len(tasks) >= 3
    assert all(len(of_one_run) == 1 for of_one_run in tasks.values())
    assert reach(window, Status.TRAINING).task.dataset.h == 2


def test_a_point_more_keeps_what_was_learnt_and_the_undo_of_before(qtbot, open_window, reach):
    window = open_window(DRAWN, wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None)
    window.editor.draw(TWO, "put", True)
    qtbot.waitUntil(lambda: window.controller.snapshot is not None, timeout=FIRST_NUMBERS_MS)
    train(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    step = reach(window, Status.PAUSED).step
    for k in range(30):  # of one gesture: more runs than a session remembers
        run = window.controller.run
        window.editor.draw(TWO.put([(-2, 0.1 * k)], 0), "drag", k == 29)
        qtbot.waitUntil(
            lambda r=run: window.controller.run is not r and window.controller.snapshot is not None
        )
        assert window.controller.snapshot.step == step
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(
        lambda: window.controller.snapshot is not None and len(window.editor.points) == len(TWO)
    )
    qtbot.waitUntil(lambda: window.controller.snapshot is not None)
    assert window.controller.snapshot.step == step


def test_a_theme_amid_edits_of_points_reaches_every_view(qtbot, open_window):
    window = open_window(DRAWN, wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None)
    window.editor.draw(TWO, "put", True)
    qtbot.waitUntil(lambda: window.controller.snapshot is not None, timeout=FIRST_NUMBERS_MS)
    visit(window)
    window.stage.show_name("Boundary")
    train(qtbot, window)
    told: list[object] = []
    window.controller.points_changed.connect(lambda _: window.appearance.choose("dark"))
    window.controller.points_changed.connect(told.append)
    window.editor.draw(TWO.put([(0, 3)], 0), "put", True)
    qtbot.waitUntil(lambda: bool(told))
    qtbot.waitUntil(lambda: all(view.theme.is_dark for view in window.views.made))
    visit(window)


class _Failing(View):
    is_mended = False

    def receive_theme(self, theme) -> None:
        raise RuntimeError("this view is broken")

    def end_threads(self) -> None:
        if not self.is_mended:
            raise RuntimeError("this view is broken")


def test_a_view_that_fails_is_told_of_and_the_others_go_on(qtbot, window):
    broken = _Failing(look.LIGHT, window)
    window.views.add("broken", broken)
    with qtbot.captureExceptions() as faults:
        window.appearance.choose("dark")
        window.views.end_threads()
    assert [str(fault[1]) for fault in faults] == ["this view is broken"] * 2
    others = [view for view in window.views.made if view is not broken]
    qtbot.waitUntil(lambda: all(view.theme is look.DARK for view in others))
    broken.is_mended = True  # the window closes


def test_a_snapshot_of_another_task_is_dropped_by_every_view(qtbot, window, trained):
    for name in window.stage.available:
        assert window.views[name].task is window.controller.run.task
    stranger = trained(prepare(sources.load(NEURON.data), NEURON), 3)
    assert window.views.made
    for view in window.views.made:
        shown = view.snapshot
        view.receive_snapshot(stranger)
        assert view.snapshot is shown, type(view).__name__


def test_an_example_of_another_task_is_not_followed(qtbot, window):
    from gui.state.selected_example import Example

    qtbot.waitUntil(lambda: window.views.context.chosen.example is not None)
    followed = window.views.context.chosen.example
    stranger = prepare(sources.load(NEURON.data), NEURON)
    window.views.context.chosen.choose(Example.of_row(stranger, 3))
    assert window.views.context.chosen.example is followed


def test_a_stroke_amid_a_change_to_other_data_is_not_followed_there(qtbot, open_window, new_run):
    window = open_window(DIGITS)
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("iris"), Qt.MouseButton.LeftButton)
    with new_run(window):
        window.controller.undo_stack.undo()
    window.stage.show_name("Draw")
    pad = window.views["Draw"].pad
    centre = pad.rect().center()
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=centre)
    qtbot.mouseMove(pad, centre + QPoint(0, 40))
    with new_run(window):
        window.controller.undo_stack.redo()
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=centre)
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=FIRST_NUMBERS_MS)
    example, task = window.views.context.chosen.example, window.controller.run.task
    assert example.task is task
    assert example.values.shape == task.dataset.values(0).shape


def test_a_digit_that_is_taught_amid_a_change_to_other_data_is_no_row_there(
    qtbot, open_window, new_run
):
    window = open_window(DIGITS)
    draw = window.views["Draw"]
    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("iris"), Qt.MouseButton.LeftButton)
    run = window.controller.run
    draw.taught.emit(np.zeros((8, 8), np.float32), 8)
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=FIRST_NUMBERS_MS)
    assert window.controller.run is run


# Between a task and its first numbers ------------------------------------------------------------


def content(view: View) -> list[object]:
    """Return what the view shows: the words of its labels, and the data of what its plots hold."""
    widgets = [view, *view.findChildren(QWidget)]
    found: list[object] = [w.text() for w in widgets if isinstance(w, QLabel) and w.isVisible()]
    for item in (item for w in widgets if w.isVisible() for item in vars(w).values()):
        if isinstance(item, plots.Line | pg.ScatterPlotItem):
            found += [np.nan_to_num(part).tolist() for part in item.getData()]
        elif isinstance(item, plots.Picture):
            found.append(None if item.image is None else item.image.tolist())
    return [one for one in found if one not in ([], "", None)]


def shown_by_each(qtbot, window) -> dict[str, list[object]]:
    """Return what each view beside the stage and each tab shows."""
    window.stage.show_name(window.stage.available[0])  # beside a page is the loss alone
    shown: dict[str, list[object]] = {}
    gauges = [window.views[name] for name in GAUGES]
    for name, view in zip(GAUGES, gauges, strict=True):
        window.side_panel.show_name(name)
        shown[name] = [view.isVisible(), *content(view)]

    def look(name: str) -> None:
        view = next(v for v in window.views.made if v.isVisible() and v not in gauges)
        if name == "Demos":  # a demonstration comes when its formulae are typeset
            qtbot.waitUntil(lambda: view.is_at_rest)
        shown[name] = content(view)

    visit(window, look)
    return shown


@pytest.mark.parametrize(
    ("first", "later"),
    [(IRIS, (NEURON, HIDDEN)), (DIGITS, (IRIS, DRAWN)), (IRIS, (DIGITS,))],
    ids=["fewer classes, a hidden layer", "other data, an empty board", "pictures"],
)
def test_until_the_first_numbers_come_a_view_is_as_empty_as_a_new_one(
    qtbot, open_window, monkeypatch, first, later
):
    """From each task to the next, in one window."""
    used = open_window(first)
    for after in later:
        train(qtbot, used)
        visit(used)
        run = used.controller.run
        with monkeypatch.context() as patch:
            patch.setattr("core.runs.mailbox.Mailbox.take", lambda self: None)  # none will come
            used.loader.load(after, "change")
            qtbot.waitUntil(lambda run=run: used.controller.run is not run)
            new = open_window(after, wait=False)
            qtbot.waitUntil(lambda new=new: new.controller.run is not None)
            expected, found = shown_by_each(qtbot, new), shown_by_each(qtbot, used)
            assert found.keys() == expected.keys()
            for name, is_new in expected.items():
                assert found[name] == is_new, (after.data.source, after.model, name)
            new.close()
        if after is not later[-1]:
            qtbot.waitUntil(lambda: used.controller.snapshot is not None, timeout=FIRST_NUMBERS_MS)
            used.activateWindow()
            qtbot.waitUntil(used.isActiveWindow)
