"""The drawing board: what a hand with mouse and keys does to points, and to the run on them."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QInputDialog, QPushButton

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import points as drawing
from core.data.points import Points
from core.runs.commands import SetSpeed
from core.runs.session import Session
from core.train.snapshot import Status
from gui.control.run_controller import EPOCH_A_SECOND, UNDO_LIMIT
from gui.kit import theme as look
from gui.stage.boundary.drawing_gestures import Tool
from gui.stage.boundary.points import MAX_POINTS

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL = Qt.KeyboardModifier.ControlModifier
DRAWN = RunConfig(data=DataConfig("drawn"), training=TrainingConfig(epochs=10**9))
PAIR = Points().put([(-2, 0)], 0).put([(2, 0)], 1)
FOUR = Points().put([(-3, -3), (-3, 3)], 0).put([(3, -3), (3, 3)], 1)


class Hand:
    """A hand with a mouse on the board of a view; places are in the units of the axes.

    alone : the controllers of the run that the view shows.
    """

    def __init__(self, qtbot, alone, view):
        self.qtbot, self.alone, self.view = qtbot, alone, view
        self.controller, self.told = alone.controller, alone.told
        self.board, self.gestures, self.plot = view.board, view.gestures, view.plot

    def pixel(self, x, y):
        scene = self.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y))
        return self.plot.mapFromScene(scene)

    def place(self, x, y):
        """Return the place of the pixel that a press at (x, y) hits."""
        scene = self.plot.mapToScene(self.pixel(x, y))
        hit = self.plot.getPlotItem().getViewBox().mapSceneToView(scene)
        return np.array([hit.x(), hit.y()])

    def pixel_size(self):
        """Return the size of a pixel, from two places 100 pixels apart."""
        box, start = self.plot.getPlotItem().getViewBox(), self.pixel(0, 0)
        ends = [self.plot.mapToScene(start + QPoint(*by)) for by in ((0, 0), (100, 100))]
        one, other = (box.mapSceneToView(end) for end in ends)
        return np.abs([other.x() - one.x(), other.y() - one.y()]) / 100

    def click(self, x, y, button=LEFT):
        self.qtbot.mouseClick(self.plot.viewport(), button, pos=self.pixel(x, y))

    def press(self, x, y):
        self.qtbot.mousePress(self.plot.viewport(), LEFT, pos=self.pixel(x, y))

    def move(self, x, y):
        self.qtbot.mouseMove(self.plot.viewport(), self.pixel(x, y))

    def release(self, x, y):
        self.qtbot.mouseRelease(self.plot.viewport(), LEFT, pos=self.pixel(x, y))

    def drag(self, *places):
        self.press(*places[0])
        for place in places[1:]:
            self.move(*place)
        self.release(*places[-1])

    def take(self, tool: Tool):
        self.qtbot.mouseClick(self.view.board_tools.tools.button(tool), LEFT)

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        """Press a key on the board."""
        self.plot.setFocus()
        self.qtbot.waitUntil(self.plot.hasFocus)
        self.qtbot.keyClick(self.plot, key, modifier)

    def settle(self):
        """Wait until what is drawn is what is shown, with its first numbers if it has any."""
        controller = self.controller

        def is_settled():
            run, snapshot = controller.run, controller.snapshot
            if controller.background.is_busy("load") or run.points is not self.board.points:
                return False
            return bool(run.task.obstacle) or (snapshot is not None and snapshot.run == run.number)

        self.alone.until(is_settled)

    def button(self, name):
        """Return the button of the legend with this name, once it is there."""

        def found():
            buttons = self.view.legend.findChildren(QPushButton)
            return [b for b in buttons if b.accessibleName() == name and b.isVisible()]

        self.qtbot.waitUntil(lambda: len(found()) == 1)
        return found()[0]

    def circled(self, x, y):
        """Return which points the circle around a press at (x, y) covers."""
        across = (self.board.points.xy - self.place(x, y)) / self.pixel_size()
        return np.hypot(*across.T) <= self.gestures.radius_px


@pytest.fixture
def hand(qtbot, open_alone):
    """A hand on an empty board."""
    alone = open_alone()
    view = alone.show("Boundary")
    alone.start(DRAWN, wait=False)
    hand = Hand(qtbot, alone, view)
    hand.move(-4.9, -4.9)  # a move to where the pointer was left by another test would be none
    return hand


@pytest.fixture
def put(hand):
    """Return a function that shows these points on the board, in one edit."""

    def put(points):
        hand.alone.editor.draw(points, "put points", True)
        hand.settle()

    return put


@pytest.fixture
def trained(hand, put):
    """Return a function that puts points, makes some steps, and returns the paused snapshot."""

    def trained(points, steps=3):
        put(points)
        return hand.alone.walk(steps)

    return trained


def train(hand):
    """Train, and wait until the first steps are made."""
    controller = hand.controller
    controller.play_or_pause()
    hand.alone.until(lambda: controller.is_training and controller.snapshot.step > 3)


def undo(hand):
    hand.controller.undo_stack.undo()
    hand.settle()


def redo(hand):
    hand.controller.undo_stack.redo()
    hand.settle()


def rows_of(points, rows):
    return points.xy[rows].tolist(), points.labels[rows].tolist()


def scatter_of(plot, colour, *, hollow=False):
    """Return all places that the scatters of this colour show, (n, 2)."""
    shown = []
    for item in plot.getPlotItem().items:
        if isinstance(item, pg.ScatterPlotItem) and len(item.data):
            pen, brush = item.opts["pen"], item.opts["brush"]
            of_colour = (pen if hollow else brush).color() == colour
            if of_colour and item.opacity() == 1:
                shown.append(np.stack(item.getData(), axis=1))
    return np.concatenate(shown) if shown else np.empty((0, 2))


# Putting ---------------------------------------------------------------------------------------


def test_a_click_puts_a_point_at_the_place_clicked_and_none_beside_the_axes(qtbot, hand):
    qtbot.mouseClick(hand.plot.viewport(), LEFT, pos=QPoint(3, 3))
    assert len(hand.board.points) == 0
    for x, y in ((-2.0, 3.0), (4.5, -4.5)):
        place = hand.place(x, y)  # before the click, after which the axes may have moved
        hand.click(x, y)
        hand.settle()
        assert hand.board.points.xy[-1].tolist() == place.tolist()
        assert (np.abs(hand.board.points.xy[-1] - (x, y)) <= hand.pixel_size()).all()
    assert hand.controller.run.task.dataset.n == 2


def test_two_quick_clicks_put_two_points(hand):
    hand.click(-2, 0)
    hand.click(2, 0)
    hand.settle()
    assert hand.controller.run.task.dataset.n == len(hand.board.points) == 2


def test_a_button_of_the_legend_chooses_the_class_to_draw(qtbot, hand):
    qtbot.mouseClick(hand.button("class B"), LEFT)
    hand.click(1, 1)
    assert hand.board.points.labels.tolist() == [1]


def test_the_key_0_chooses_the_tenth_class(hand, put):
    put(Points(class_names=tuple("ABCDEFGHIJ")))
    hand.key("0")
    assert hand.board.chosen_class == 9


def test_one_point_more_than_the_most_is_refused_in_words(hand, put, monkeypatch):
    put(PAIR)
    monkeypatch.setattr(drawing, "MAX_POINTS", 2)
    hand.click(0, 2)
    assert "2 are the most" in hand.told[-1]
    assert len(hand.board.points) == 2


# The ghost -------------------------------------------------------------------------------------


def ghost_of(hand):
    (ghost,) = (
        item
        for item in hand.plot.getPlotItem().items
        if isinstance(item, pg.ScatterPlotItem) and item.opacity() < 1
    )
    return ghost


def test_a_ghost_shows_the_point_that_a_click_would_put_and_none_where_it_would_take_hold_of_one(
    hand, put
):
    hand.key("2")
    hand.move(1, 2)
    ghost = ghost_of(hand)
    assert np.ravel(ghost.getData()).tolist() == hand.place(1, 2).tolist()
    assert ghost.opts["symbol"] == look.symbol(1)
    assert ghost.opts["brush"].color() == look.LIGHT.class_colour(1)
    QApplication.sendEvent(hand.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert len(ghost_of(hand).data) == 0

    put(PAIR)
    hand.move(0, 2)
    assert len(ghost_of(hand).data) == 1
    hand.move(2, 0)
    assert len(ghost_of(hand).data) == 0


def test_a_wide_tool_shows_its_circle(hand):
    for tool in (Tool.SPRAY, Tool.RELABEL, Tool.ERASE):
        hand.take(tool)
        hand.view.board_tools.radius.setValue(60)
        hand.move(1, 1)
        hand.move(1, 2)
        assert len(ghost_of(hand).data) == 0
        circles = [
            np.stack(item.getData(), axis=1)
            for item in hand.plot.getPlotItem().items
            if isinstance(item, pg.PlotCurveItem) and item.getData()[0] is not None
        ]
        (circle,) = (circle for circle in circles if len(circle) > 20)
        radius = np.hypot(*((circle - hand.place(1, 2)) / hand.pixel_size()).T)
        np.testing.assert_allclose(radius, 60, rtol=0.01)


# Wide tools ------------------------------------------------------------------------------------

PATH = ((-1.0, 0.0), (0.0, 0.5), (1.0, 0.0))


@pytest.fixture
def grid(put):
    """Put 21 × 21 points of class A on a grid."""
    x, y = np.meshgrid(np.linspace(-4, 4, 21), np.linspace(-4, 4, 21))
    points = Points().put(np.stack([x.ravel(), y.ravel()], axis=1), 0)
    put(points.with_point(4.5, 4.5, 1))


def test_spray_puts_points_of_the_class_within_its_circle_along_the_way(hand, put):
    put(PAIR)
    hand.key("2")
    hand.take(Tool.SPRAY)
    hand.drag(*PATH)
    sprayed = hand.board.points.xy[2:]
    assert len(sprayed) >= len(PATH) * hand.gestures.density
    assert (hand.board.points.labels[2:] == 1).all()
    off = [np.hypot(*((sprayed - hand.place(*p)) / hand.pixel_size()).T) for p in PATH]
    assert (np.min(off, axis=0) <= hand.gestures.radius_px * 1.001).all()


def test_erasing_rubs_out_what_the_circle_passes_and_nothing_else(hand, grid):
    before = hand.board.points
    passed = np.any([hand.circled(*place) for place in PATH], axis=0)
    hand.take(Tool.ERASE)
    hand.drag(*PATH)
    assert 0 < passed.sum() < 441
    assert np.array_equal(hand.board.points.xy, before.xy[~passed])


def test_relabelling_paints_what_the_circle_passes_and_nothing_else(hand, grid):
    before = hand.board.points
    passed = np.any([hand.circled(*place) for place in PATH], axis=0)
    hand.key("2")
    hand.take(Tool.RELABEL)
    hand.drag(*PATH)
    assert np.array_equal(hand.board.points.labels == 1, passed | (before.labels == 1))
    assert np.array_equal(hand.board.points.xy, before.xy)


def test_a_wider_circle_takes_more(hand, grid):
    hand.take(Tool.ERASE)
    hand.view.board_tools.radius.setValue(20)
    few = hand.circled(0, 0).sum()
    hand.view.board_tools.radius.setValue(100)
    many = hand.circled(0, 0).sum()
    hand.click(0, 0)
    assert few < many == 442 - len(hand.board.points)


def test_a_tool_has_a_key(qtbot, hand):
    for tool in Tool:
        hand.take(Tool.ERASE if tool is not Tool.ERASE else Tool.PUT)
        qtbot.keyClick(hand.view, tool.key, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda tool=tool: hand.gestures.tool is tool)


# Selecting -------------------------------------------------------------------------------------

LASSO = ((-4, -4), (-2, -4), (-2, 4), (-4, 4))  # around the left two of FOUR


def test_a_lasso_selects_and_marks_what_is_inside_and_dragging_moves_exactly_that(hand, put):
    put(FOUR)
    hand.take(Tool.SELECT)
    hand.drag(*LASSO)
    assert hand.board.selected.tolist() == [0, 1]
    assert hand.board.points is FOUR  # selecting is no edit
    marked = [
        np.stack(item.getData(), axis=1).tolist()
        for item in hand.plot.getPlotItem().items
        if isinstance(item, pg.ScatterPlotItem) and item.opts["symbol"] == "s" and len(item.data)
        if item.opts["brush"].style() is Qt.BrushStyle.NoBrush
    ]
    assert marked == [FOUR.xy[:2].tolist()]
    hand.drag((-3, 3), (-2, 3), (-1, 2))
    by = hand.place(-1, 2) - hand.place(-3, 3)
    np.testing.assert_allclose(hand.board.points.xy[:2], FOUR.xy[:2] + by)
    assert rows_of(hand.board.points, slice(2, 4)) == rows_of(FOUR, slice(2, 4))


def test_points_that_an_undo_brings_back_amid_a_lasso_are_those_it_selects_from(hand, put):
    put(FOUR)
    hand.click(0, 0)
    hand.settle()
    hand.take(Tool.SELECT)
    hand.press(-4, -4)
    hand.move(4, -4)
    undo(hand)
    for place in ((4, 4), (-4, 4)):
        hand.move(*place)
    hand.release(-4, 4)
    assert hand.board.points is FOUR
    assert hand.board.selected.tolist() == [0, 1, 2, 3]


def test_dragging_a_point_that_is_not_selected_moves_it_alone(hand, put):
    put(FOUR)
    hand.take(Tool.SELECT)
    hand.drag(*LASSO)
    hand.drag((3, 3), (4, 4))
    changed = (hand.board.points.xy != FOUR.xy).any(axis=1)
    assert changed.tolist() == [False, False, False, True]


def test_delete_erases_what_is_selected(hand, put):
    put(FOUR)
    hand.take(Tool.SELECT)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        hand.drag(*LASSO)
        hand.key(key)
        assert rows_of(hand.board.points, slice(None)) == rows_of(FOUR, slice(2, 4))
        assert len(hand.board.selected) == 0
        hand.settle()
        undo(hand)
        assert hand.board.points is FOUR


def test_ctrl_a_selects_all_and_escape_lets_go_of_the_selection(hand, put):
    put(FOUR)
    hand.take(Tool.SELECT)
    hand.drag(*LASSO)
    hand.key(Qt.Key.Key_A, CTRL)
    assert hand.board.selected.tolist() == [0, 1, 2, 3]
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_Delete)
    assert hand.board.points is FOUR


def test_choosing_a_class_relabels_what_is_selected(hand, put):
    put(FOUR)
    hand.take(Tool.SELECT)
    hand.drag(*LASSO)
    hand.key("2")
    assert hand.board.points.labels.tolist() == [1, 1, 1, 1]


def test_what_is_selected_keeps_its_class_when_the_chosen_class_goes(hand, put):
    put(Points(FOUR.xy, FOUR.labels, ("A", "B", "C")))
    hand.key("3")
    hand.key(Qt.Key.Key_A, CTRL)
    remove_class(hand, "C")
    hand.settle()
    assert hand.board.points.class_names == ("A", "B")
    assert hand.board.points.labels.tolist() == FOUR.labels.tolist()
    assert hand.board.chosen_class == 1 and hand.button("class B").isChecked()


def test_a_click_right_after_the_chosen_class_went_draws_the_last_one(hand, put):
    put(Points(FOUR.xy, FOUR.labels, ("A", "B", "C")))
    hand.key("3")
    remove_class(hand, "C")
    hand.click(0, 0)
    assert hand.board.points.labels.tolist() == [*FOUR.labels, 1]


# All at once -----------------------------------------------------------------------------------


def test_jitter_shifts_only_what_is_selected_or_all_points_a_little(qtbot, hand, put):
    put(FOUR)
    hand.take(Tool.SELECT)
    hand.drag(*LASSO)
    qtbot.mouseClick(hand.view.board_tools.jitter, LEFT)
    changed = (hand.board.points.xy != FOUR.xy).any(axis=1)
    assert changed.tolist() == [True, True, False, False]
    hand.settle()
    undo(hand)
    hand.key(Qt.Key.Key_Escape)
    qtbot.mouseClick(hand.view.board_tools.jitter, LEFT)
    shifts = np.abs(hand.board.points.xy - FOUR.xy) / hand.pixel_size()
    assert (shifts > 0).all() and (shifts < 60).all()


def test_clear_removes_all_points_and_keeps_the_classes(qtbot, hand, put):
    put(FOUR.rename_class(0, "red"))
    qtbot.mouseClick(hand.view.board_tools.clear, LEFT)
    assert len(hand.board.points) == 0
    assert hand.board.points.class_names == ("red", "B")


def test_a_right_click_erases_the_nearest_point_unless_it_is_far(hand, put):
    put(FOUR)
    hand.click(0, 0, RIGHT)
    assert hand.board.points is FOUR
    x, y = FOUR.xy[1] + 6 * hand.pixel_size()
    hand.click(x, y, RIGHT)
    assert rows_of(hand.board.points, slice(None)) == rows_of(FOUR, [0, 2, 3])


# Undo ------------------------------------------------------------------------------------------

GESTURES = {
    "put": lambda hand: hand.click(0, 1),
    "drag": lambda hand: hand.drag((-3, -3), (-2, -2), (-1, -2), (0, -1)),
    "spray": lambda hand: (hand.take(Tool.SPRAY), hand.drag(*PATH)),
    "erase": lambda hand: (hand.take(Tool.ERASE), hand.drag((-4, -3), (-3, -3), (-2, -3))),
    "relabel": lambda hand: (
        hand.key("2"),
        hand.take(Tool.RELABEL),
        hand.drag((-3, -3), (-3, 0), (-3, 3)),
    ),
    "right click": lambda hand: hand.click(3, 3, RIGHT),
    "jitter": lambda hand: hand.board.jitter(),
    "clear": lambda hand: hand.board.clear(),
    "add class": lambda hand: hand.button("Add a class").click(),
}


def test_a_gesture_is_one_undo_that_brings_points_and_weights_back(hand, trained):
    before, stack = trained(FOUR), hand.controller.undo_stack
    for name, gesture in GESTURES.items():
        hand.take(Tool.PUT)
        hand.key("1")
        index = stack.index()
        gesture(hand)
        hand.settle()
        edited = hand.board.points
        assert edited is not FOUR, name
        assert stack.count() == stack.index() == index + 1, name
        undo(hand)
        assert hand.board.points is FOUR, name
        after = hand.controller.snapshot
        assert after.step == before.step == 3 and before.params.W.any(), name
        assert np.array_equal(after.params.W, before.params.W), name
        assert np.array_equal(after.params.b, before.params.b), name
        redo(hand)
        assert hand.board.points is edited, name
        assert hand.controller.run.task.dataset.n == len(edited), name
        undo(hand)


def test_a_drag_that_is_shown_on_its_way_is_still_one_undo(hand, trained):
    trained(FOUR)
    count = hand.controller.undo_stack.count()
    hand.press(-3, -3)
    for x in (-2, -1, 0):
        hand.move(x, -3)
        hand.settle()  # each place is trained on before the next comes
    hand.release(0, -3)
    hand.settle()
    assert hand.controller.undo_stack.count() == count + 1
    undo(hand)
    assert hand.board.points is FOUR


def test_the_first_run_that_undo_reaches_still_has_its_weights(hand, trained):
    trained(FOUR)
    for x in np.linspace(-4, 4, UNDO_LIMIT + 2):
        hand.click(x, 1)
        hand.settle()
    while hand.controller.undo_stack.canUndo():
        undo(hand)
    assert hand.controller.snapshot.step == 3
    assert hand.controller.snapshot.params.W.any()


def test_the_menu_says_what_would_be_undone(hand, put):
    put(FOUR)
    hand.click(0, 0)
    hand.settle()
    assert hand.controller.undo_stack.undoText() == "draw a point of A"


# Classes ---------------------------------------------------------------------------------------


def remove_class(hand, name):
    _, remove = hand.button(f"class {name}").actions()
    remove.trigger()


def rename_class(qtbot, hand, name, new_name):
    qtbot.mouseDClick(hand.button(f"class {name}"), LEFT)
    (dialog,) = (d for d in hand.view.findChildren(QInputDialog) if d.isVisible())
    assert dialog.textValue() == name
    dialog.setTextValue(new_name)
    dialog.accept()


def test_classes_are_added_up_to_ten(qtbot, hand):
    for h in range(3, 11):
        qtbot.mouseClick(hand.button("Add a class"), LEFT)
        hand.settle()
        assert hand.controller.run.task.source.h == h
    assert hand.board.points.class_names == tuple("ABCDEFGHIJ")
    assert not hand.button("Add a class").isEnabled()
    hand.board.add_class()
    assert "10 classes" in hand.told[-1]
    assert len(hand.board.points.class_names) == 10


def test_a_class_is_renamed_by_double_click(qtbot, hand, put):
    put(FOUR)
    rename_class(qtbot, hand, "B", "blue")
    hand.settle()
    assert hand.controller.run.task.dataset.class_names == ("A", "blue")
    assert hand.button("class blue").isVisible()


def test_a_class_needs_a_name_of_its_own(qtbot, hand, put):
    put(FOUR)
    for name, words in (("A", "a class “A” already"), (" ", "needs a name")):
        rename_class(qtbot, hand, "B", name)
        assert words in hand.told[-1]
        assert hand.board.points.class_names == ("A", "B")


def test_a_class_goes_with_its_points(hand, put):
    put(FOUR.with_class().put([(0, 0)], 2))
    remove_class(hand, "A")
    hand.settle()
    assert hand.controller.run.task.dataset.class_names == ("B", "C")
    assert hand.board.points.xy.tolist() == [[3, -3], [3, 3], [0, 0]]
    assert hand.board.points.labels.tolist() == [0, 0, 1]


def test_two_classes_stay(hand, put):
    put(FOUR)
    _, remove = hand.button("class A").actions()
    assert not remove.isEnabled()
    hand.board.remove_class(0)
    assert "Two classes are the least" in hand.told[-1]
    assert hand.board.points is FOUR


def test_a_new_class_keeps_what_was_learnt_of_the_others(qtbot, hand, trained):
    before = trained(FOUR)
    qtbot.mouseClick(hand.button("Add a class"), LEFT)
    hand.settle()
    after = hand.controller.snapshot
    np.testing.assert_allclose(after.params.W[:2], before.params.W, rtol=1e-5)
    assert not after.params.W[2].any() and after.step == before.step


# Drawing while it trains -----------------------------------------------------------------------


def test_training_goes_on_while_a_point_is_dragged(qtbot, hand, put):
    put(FOUR)
    train(hand)
    controller, steps = hand.controller, []
    controller.snapshot_changed.connect(lambda snapshot: steps.append(snapshot.step))
    hand.press(-3, -3)
    for x in (-2, -1, 0, 1):
        hand.move(x, -3)
        seen = len(steps)
        qtbot.waitUntil(lambda seen=seen: len(steps) > seen + 1)
    hand.release(1, -3)
    hand.settle()
    newest = steps[-1]
    qtbot.waitUntil(lambda: steps[-1] > newest)
    assert steps == sorted(steps)
    assert controller.is_training


def test_weights_are_kept_and_a_paused_run_stays_paused_when_points_change(hand, trained):
    before = trained(FOUR)
    hand.click(0, 1)
    hand.settle()
    after, task = hand.controller.snapshot, hand.controller.run.task
    assert after.status is Status.PAUSED
    assert after.step == before.step and after.run != before.run
    raw_W, raw_b = task.standardiser.unscale(after.params.W, after.params.b)
    W = before.params.W / FOUR.xy.std(axis=0, ddof=1)
    np.testing.assert_allclose(raw_W, W, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(raw_b, before.params.b - W @ FOUR.xy.mean(axis=0), atol=1e-5)


def test_weights_start_again_when_points_change_if_so_chosen(qtbot, hand, trained):
    trained(FOUR)
    qtbot.mouseClick(hand.view.board_tools.going_on, LEFT)
    hand.click(0, 1)
    hand.settle()
    qtbot.waitUntil(lambda: hand.controller.snapshot.step == 0)
    assert not hand.controller.snapshot.params.W.any()


def test_the_shading_stays_while_points_change(qtbot, hand, put):
    put(FOUR)
    train(hand)
    image = hand.view.regions.picture
    qtbot.waitUntil(lambda: image.image is not None)
    seen = []
    for changed in (hand.controller.snapshot_changed, hand.controller.points_changed):
        changed.connect(lambda _: seen.append(image.image is not None))
    hand.drag((-3, -3), (-2, -2), (-1, -2))
    hand.settle()
    hand.click(0, 2)
    hand.settle()
    assert len(seen) > 2 and all(seen)


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "between two places"])
def test_space_is_not_lost_in_the_middle_of_a_drag(hand, put, waits):
    put(FOUR)
    hand.press(-3, -3)
    hand.move(-2, -3)
    if waits:
        hand.settle()
    hand.controller.play_or_pause()
    hand.move(-1, -3)
    hand.move(0, -3)
    hand.release(0, -3)
    hand.settle()
    hand.alone.reach(Status.TRAINING)


def test_an_epoch_a_second_counts_the_points_there_are(hand, put, monkeypatch):
    sent = []
    send = Session.send

    def send_and_note(session, command):
        sent.append(command)
        send(session, command)

    monkeypatch.setattr(Session, "send", send_and_note)
    hand.controller.set_speed(EPOCH_A_SECOND)
    rng = np.random.default_rng(3)
    put(Points().put(rng.normal(-1, 1, (40, 2)), 0).put(rng.normal(1, 1, (60, 2)), 1))
    assert sent[-1] == SetSpeed(4)  # batches of 32
    hand.board.clear()
    hand.settle()
    put(FOUR)
    assert sent[-1] == SetSpeed(1)


def test_points_that_come_back_train_on_if_it_trained(hand, put):
    put(FOUR)
    train(hand)
    hand.board.clear()
    hand.settle()
    put(FOUR)
    hand.alone.reach(Status.TRAINING)


# Few points, and many --------------------------------------------------------------------------


def test_too_few_points_say_what_to_do_and_space_says_it_again(hand, put):
    for points, words in (
        (Points(), "no points yet: draw some"),
        (Points().put([(0, 0)], 0), "Draw points of another class"),
        (Points().put([(0, 0), (1, 1)], 1), "Draw points of another class"),
    ):
        put(points)
        assert words in hand.controller.run.task.obstacle
        hand.told.clear()
        hand.controller.play_or_pause()
        assert words in hand.told[-1]


def test_the_second_class_makes_it_trainable(hand, put):
    put(Points().put([(-2, 0)], 0))
    hand.key("2")
    hand.click(2, 0)
    hand.settle()
    hand.controller.play_or_pause()
    assert hand.alone.reach(Status.TRAINING)


def test_without_a_test_set_there_is_nothing_of_it_to_choose(hand, put, words):
    put(FOUR)
    assert "test" not in words(hand.view.legend)
    assert not hand.view.shown_points.isVisible()
    assert np.isnan(hand.controller.snapshot.metrics.test_loss)


def test_a_crowd_is_thinned_on_screen_and_said_so_while_all_train(hand, put, words):
    rng = np.random.default_rng(3)
    points = Points().put(rng.normal(-1, 1, (12_000, 2)), 0).put(rng.normal(1, 1, (8_000, 2)), 1)
    put(points)
    for k, count in enumerate((12_000, 8_000)):
        shown = scatter_of(hand.plot, look.LIGHT.class_colour(k))
        assert count / 4 < len(shown) <= MAX_POINTS
        everything = {tuple(place) for place in points.xy.astype(np.float32)}
        assert {tuple(place) for place in shown.astype(np.float32)} <= everything
    assert "Showing one in 2 of 20,000 points; training uses all." in words(hand.view)
    assert len(hand.controller.run.task.train_rows) == 20_000
    controller = hand.controller  # at rest, all of them are measured
    hand.qtbot.waitUntil(lambda: controller.snapshot.metrics.confusion.sum() == 20_000)


# Test points -----------------------------------------------------------------------------------


def test_test_points_are_shown_hidden_or_alone(open_alone):
    alone = open_alone()
    view = alone.show("Boundary")
    alone.start(RunConfig())
    choice = view.shown_points
    assert choice.isVisible()
    task = alone.controller.run.task
    for shown in ("training", "test", "all points"):
        choice.setCurrentIndex(choice.findText(shown))
        choice.activated.emit(choice.currentIndex())
        for k in range(3):
            colour = look.LIGHT.class_colour(k)
            for rows, hollow in ((task.train_rows, False), (task.test_rows, True)):
                places = scatter_of(view.plot, colour, hollow=hollow)
                is_shown = shown == "all points" or hollow == (shown == "test")
                mine = rows[task.dataset.y[rows] == k] if is_shown else []
                expected = task.dataset.X[mine]
                assert np.array_equal(places.astype(np.float32), expected)


def test_the_tools_take_two_rows_and_leave_a_hall_the_plane(hand, qtbot):
    view, tools = hand.view, hand.view.board_tools
    view.resize(900, 513)

    def in_two_rows():
        beside = tools.for_all.mapTo(view, tools.for_all.rect().center()).y()
        middle = view.legend.mapTo(view, view.legend.rect().center()).y()
        return abs(beside - middle) <= 2 and tools.height() < 2 * tools.tools.height()

    qtbot.waitUntil(in_two_rows)
    view.present(True)
    assert not (tools.isVisible() or tools.for_all.isVisible())
    view.present(False)
    assert tools.isVisible() and tools.for_all.isVisible()
