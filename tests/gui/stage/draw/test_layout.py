"""The parts of the Draw view fill the room and never overlap, whatever size and type are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.explain.prediction import Answer, read
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.answer.shares import LEAST_WIDTH, Shares
from gui.stage.draw.layout import NARROW_PX
from gui.stage.draw.view import DrawView
from gui.state.background_tasks import Background

MARGINS = 24, 16  # px around the room, across and down
SIZES = [(900, 700), (700, 600), (NARROW_PX, 520), (NARROW_PX - 1, 520), (400, 500), (420, 900)]
LARGER = 1.3
PARTS = ("pad", "steps", "shares", "toolbar", "teaching", "evidence", "reason", "nearest")


@pytest.fixture
def show(show_view):
    """Return a function that shows the view with a room of this size, of many classes or of two.

    is_open : with all that is there on demand.
    """
    background = Background()
    views = []

    def show(width, height, *, is_brief=False, scale=1.0, is_open=True):
        view = DrawView(look.LIGHT, background)
        views.append(view)
        font = view.font()
        font.setPointSizeF(font.pointSizeF() * scale)
        view.setFont(font)
        model = ModelConfig(kind="binary", positive="3") if is_brief else ModelConfig()
        config = RunConfig(DataConfig("digits"), model)
        view.receive_task(prepare(sources.load(config.data), config))
        show_view(view, width + MARGINS[0], height + MARGINS[1])
        for fold in (view.how_it_is_read, view.why):
            fold.setChecked(is_open)
        settle(view)
        return view

    yield show
    background.close()


def settle(view):
    """Let the layouts have their say: what one part takes is left to the next."""
    quiet, before = 0, None
    for _ in range(100):
        QApplication.processEvents()
        now = places(view)
        quiet = quiet + 1 if now == before else 0
        before = now
        if quiet == 5:
            return


def room_of(view):
    return view.pad.parentWidget()


def places(view):
    """Where the parts that are seen are in the room."""
    room = room_of(view)
    parts = {name: getattr(view, name) for name in PARTS}
    return {
        name: QRect(part.mapTo(room, part.rect().topLeft()), part.size())
        for name, part in parts.items()
        if part.isVisible()
    }


every_room = pytest.mark.parametrize(
    ("size", "scale", "is_brief"),
    [(size, scale, brief) for size in SIZES for scale in (1.0, LARGER) for brief in (False, True)],
)


@every_room
def test_no_part_lies_on_another_or_out_of_the_room(show, size, scale, is_brief):
    view = show(*size, is_brief=is_brief, scale=scale)
    found, room = places(view), room_of(view).rect()
    assert ("evidence" in found) is not is_brief
    if is_brief:  # the digits are under the sentences of the reason, which leaves room
        assert found["reason"].contains(found.pop("nearest"))
    for (a, one), (b, other) in combinations(found.items(), 2):
        assert not one.intersects(other), (a, b)
    for name, rect in found.items():
        assert rect.isValid() and room.contains(rect), name
    assert found["reason"].bottom() == room.bottom()


@pytest.mark.parametrize("is_brief", [False, True])
def test_nothing_moves_while_a_window_is_widened_but_what_gets_the_room(show, is_brief):
    view = show(1200, 600, is_brief=is_brief)
    before = places(view)
    view.resize(1300 + MARGINS[0], view.height())
    settle(view)
    after = places(view)
    assert before["pad"].width() == before["pad"].height()
    assert before["pad"] == after["pad"]  # as high as it may be, and no wider
    assert after["shares"].width() == before["shares"].width() + 100
    assert before["toolbar"].top() == after["toolbar"].top()


def test_a_narrow_view_leaves_out_the_title_of_the_steps_and_goes_back(show):
    view = show(900, 700)
    wide = places(view)
    assert view.steps.tiles.title
    width = zoom.px(NARROW_PX) - 1
    view.resize(width + MARGINS[0], view.height())
    settle(view)
    narrow = places(view)
    assert not view.steps.tiles.title
    assert narrow["steps"].width() == width
    assert narrow["steps"].height() < wide["steps"].height()
    assert narrow["steps"].top() > narrow["pad"].bottom()
    view.resize(900 + MARGINS[0], view.height())
    settle(view)
    assert places(view) == wide


def test_the_pad_is_as_large_a_square_as_the_room_has_for_it(show):
    pad = places(show(1200, 600))["pad"]
    assert pad.width() == pad.height()
    high = places(show(700, 1100))
    assert abs(high["pad"].width() - 0.57 * 700) < 9


def test_in_half_a_stage_the_pad_comes_first_and_the_answer_is_below_it(show):
    view = show(400, 560, is_open=False)
    found = places(view)
    assert found["pad"].width() == found["pad"].height() >= 240
    assert found["shares"].top() > found["pad"].bottom()
    assert view.shares.answer_point_size >= 2.0 * view.font().pointSizeF()
    wide = places(show(470, 480, is_open=False))  # lower: beside it
    assert wide["pad"].width() >= 320
    assert wide["shares"].left() > wide["pad"].right()


@pytest.mark.parametrize("is_brief", [False, True])
def test_what_is_there_on_demand_opens_and_closes_and_leaves_no_trace(show, qtbot, is_brief):
    view = show(900, 700, is_brief=is_brief, is_open=False)
    closed = places(view)
    first = {"pad", "shares", "toolbar", "teaching"}
    assert set(closed) == first
    opened = {
        view.how_it_is_read: {"steps"},
        view.why: {"reason", "nearest"} | (set() if is_brief else {"evidence"}),
    }
    for fold, parts in opened.items():
        qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
        settle(view)
        assert set(places(view)) == first | parts
        qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
        settle(view)
        assert places(view) == closed


def test_a_presenter_sees_the_pad_and_the_answer_only_and_then_all_of_it_again(show):
    view = show(900, 700)
    before = places(view)
    view.show_as_slide(True)
    settle(view)
    assert set(places(view)) == {"pad", "shares"}
    assert places(view)["pad"].width() > before["pad"].width()
    view.show_as_slide(False)
    settle(view)
    assert places(view) == before


def test_a_low_room_has_the_pad_and_the_answer_and_the_rest_on_demand(show):
    view = show(700, 260, is_open=False)
    low = places(view)
    assert set(low) == {"pad", "shares"}
    assert room_of(view).height() == view.height() - MARGINS[1]  # nothing scrolls
    view.unfold(True)
    settle(view)
    assert {"toolbar", "teaching"} < set(places(view))
    view.unfold(False)
    settle(view)
    assert places(view) == low


@pytest.mark.parametrize("width", [LEAST_WIDTH, 400])
def test_no_word_of_the_entropy_is_cut(show_view, width):
    shares = Shares(look.LIGHT)
    shares.show_classes("softmax", "0123456789", range(10))
    show_view(shares, width, 400)
    none, even = np.zeros(10, np.float32), np.full(10, 0.1, np.float32)
    shares.show_answer(read("softmax", Answer(none, none[None], none, even, 3)), "Sure: 3.", 3)
    room = QFontMetricsF(zoom.font(look.SMALL)).horizontalAdvance
    whole, brief = "entropy 2.30 of 2.30 nats", "entropy 2.30 nats"
    assert shares.shown_aside == (whole if room(whole) <= width else brief)
    assert room(shares.shown_aside) <= width


def test_from_many_classes_to_two_and_back_all_is_where_it_was(show):
    view = show(900, 700)
    before, many = places(view), view.task
    two = RunConfig(DataConfig("digits"), ModelConfig(kind="binary", positive="3"))
    view.receive_task(prepare(many.source, two))
    settle(view)
    assert "evidence" not in places(view)
    view.receive_task(many)
    settle(view)
    assert places(view) == before
