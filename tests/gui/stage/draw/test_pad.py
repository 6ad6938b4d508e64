"""The pad as a hand uses it: mouse, finger and pen draw and erase; keys undo."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.kit.theme import LIGHT
from gui.stage.draw.pad import Pad
from tests.gui.stage.draw.pens import CTRL, LINE, OTHER, SHIFT, mouse, pen, place, stroke, write


@pytest.fixture
def pad(show_view):
    pad = Pad(LIGHT)
    show_view(pad, 302, 302)
    return pad


def test_a_mouse_draws_a_stroke_in_pixels_of_the_pad(pad):
    stroke(pad, LINE)
    (points,) = pad.strokes
    side = pad.frame[0]
    # The border lies between the square and the widget's edge.
    np.testing.assert_allclose(points, np.array(LINE) * side, atol=2)


def test_ink_is_where_the_pointer_was_before_the_button_is_released(pad, pixels):
    stroke(pad, LINE, lift=False)
    at = place(pad, 0.6, 0.7)
    assert pixels(pad)[round(at.y()), round(at.x())].max() < 60
    assert pixels(pad)[20, 20].min() > 240


def test_releasing_the_button_moves_no_ink(pad, pixels):
    stroke(pad, LINE, lift=False)
    before = pixels(pad)
    mouse(pad, QEvent.Type.MouseButtonRelease, *LINE[-1])
    assert np.abs(pixels(pad) - before).max() <= 2


def test_painted_piece_by_piece_is_painted_as_a_whole(pad, pixels):
    write(pad, 3)
    before = pixels(pad)
    pad.set_theme(LIGHT)  # paints all anew
    assert np.abs(pixels(pad) - before).mean() < 0.05


def test_a_move_paints_its_own_place_only(qtbot):
    areas = []

    class Watch(Pad):
        def paintEvent(self, event):
            areas.append(event.rect())
            super().paintEvent(event)

    watch = Watch(LIGHT)
    qtbot.addWidget(watch)
    watch.resize(302, 302)
    watch.show()
    qtbot.waitExposed(watch)
    stroke(watch, [(0.1, 0.1), (0.15, 0.1), (0.2, 0.1)], lift=False)
    qtbot.waitUntil(lambda: bool(areas))
    QApplication.processEvents()
    areas.clear()
    mouse(watch, QEvent.Type.MouseMove, 0.25, 0.1)
    qtbot.waitUntil(lambda: bool(areas))
    assert max(area.width() * area.height() for area in areas) < 0.2 * 302 * 302


def test_a_click_is_a_dot(pad, pixels):
    stroke(pad, [(0.5, 0.5)])
    assert pad.strokes[0].shape == (1, 2)
    assert pixels(pad)[151, 151].max() < 60


def test_a_pen_gives_its_pressure_as_third_column(pad):
    pen(pad, QEvent.Type.TabletPress, 0.2, 0.2, 0.25)
    pen(pad, QEvent.Type.TabletMove, 0.4, 0.4, 0.75)
    pen(pad, QEvent.Type.TabletRelease, 0.4, 0.4, 0.0)
    (points,) = pad.strokes
    np.testing.assert_allclose(points[:, 2], (0.25, 0.75))


def test_the_other_end_of_a_pen_erases(pad):
    stroke(pad, LINE)
    eraser = QPointingDevice.PointerType.Eraser
    pen(pad, QEvent.Type.TabletPress, 0.4, 0.5, 0.5, eraser)
    pen(pad, QEvent.Type.TabletRelease, 0.4, 0.5, 0.0, eraser)
    assert pad.drawing.is_empty


def test_a_finger_draws(pad, qtbot):
    device = QTest.createTouchDevice()
    QTest.touchEvent(pad, device).press(0, place(pad, 0.2, 0.2).toPoint(), pad).commit()
    QTest.touchEvent(pad, device).move(0, place(pad, 0.6, 0.6).toPoint(), pad).commit()
    QTest.touchEvent(pad, device).release(0, place(pad, 0.6, 0.6).toPoint(), pad).commit()
    assert [points.shape for points in pad.strokes] == [(2, 2)]


def test_the_eraser_takes_the_strokes_it_touches(pad):
    stroke(pad, LINE)
    stroke(pad, OTHER)
    pad.set_eraser(True)
    stroke(pad, [(0.7, 0.3), (0.8, 0.3)])
    assert len(pad.strokes) == 1
    np.testing.assert_allclose(pad.strokes[0][0], np.array(LINE[0]) * pad.frame[0], atol=2)


def test_erasing_is_one_undo(pad, qtbot):
    stroke(pad, LINE)
    stroke(pad, OTHER)
    pad.set_eraser(True)
    stroke(pad, [(0.8, 0.3), (0.6, 0.5), (0.4, 0.5)])
    assert pad.drawing.is_empty
    qtbot.keyClick(pad, Qt.Key.Key_Z, CTRL)
    assert len(pad.strokes) == 2


@pytest.mark.parametrize(("key", "modifiers"), [(Qt.Key.Key_Z, CTRL | SHIFT), (Qt.Key.Key_Y, CTRL)])
def test_strokes_are_undone_and_redone_one_by_one(pad, qtbot, key, modifiers):
    stroke(pad, LINE)
    stroke(pad, OTHER)
    qtbot.keyClick(pad, Qt.Key.Key_Z, CTRL)
    assert len(pad.strokes) == 1
    qtbot.keyClick(pad, key, modifiers)
    assert len(pad.strokes) == 2


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_clearing_can_be_undone(pad, qtbot, key):
    stroke(pad, LINE)
    qtbot.keyClick(pad, key)
    assert pad.drawing.is_empty
    qtbot.keyClick(pad, Qt.Key.Key_Z, CTRL)
    assert len(pad.strokes) == 1


def test_strokes_keep_their_place_when_the_pad_grows(pad):
    stroke(pad, LINE)
    before = pad.strokes[0] / pad.frame[0]
    pad.resize(500, 500)
    np.testing.assert_allclose(pad.strokes[0] / pad.frame[0], before, atol=1e-9)


def test_an_empty_pad_says_what_to_do_until_there_is_a_stroke(pad, pixels):
    middle = slice(140, 162), slice(80, 220)
    assert pixels(pad)[middle].min() < 160
    stroke(pad, [(0.1, 0.1), (0.2, 0.1)])
    assert pixels(pad)[middle].min() == 255


# Keys -----------------------------------------------------------------------------------------


def test_arrow_keys_draw_while_the_pen_is_down(qtbot, pad, pixels):
    pad.setFocus()
    empty = pixels(pad)
    keys = Qt.Key
    for key in (keys.Key_Up, keys.Key_Left, keys.Key_Return, *[keys.Key_Down] * 5):
        qtbot.keyClick(pad, key)
    assert pad.accessibleDescription() == "Pen down at 47% across, 65% down"
    assert (pixels(pad) != empty).any()
    qtbot.keyClick(pad, keys.Key_Return)
    qtbot.keyClick(pad, keys.Key_Up)  # with the pen up nothing is drawn
    (points,) = pad.drawing.content.strokes
    np.testing.assert_allclose(points[[0, -1]], [[0.47, 0.5], [0.47, 0.65]])
    qtbot.keyClick(pad, keys.Key_Z, CTRL)
    assert not pad.strokes


def test_keys_erase_a_stroke_where_the_eraser_is_put_down(qtbot, pad):
    stroke(pad, [(0.5, 0.2), (0.5, 0.8)])
    pad.set_eraser(True)
    qtbot.keyClick(pad, Qt.Key.Key_Right)  # to the middle
    qtbot.keyClick(pad, Qt.Key.Key_Return)
    assert not pad.strokes
