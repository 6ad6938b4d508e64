"""What is drawn and its undo, without a widget."""

import numpy as np
import pytest

from gui.stage.draw.drawing import MOST_EDITS, Drawing
from gui.stage.draw.strokes import Content

LINE = ((0.2, 0.2), (0.4, 0.5), (0.6, 0.7))
PICTURE = np.eye(8, dtype=np.float32)


@pytest.fixture
def drawing(qapp):
    return Drawing()


def stroke(drawing, points, *, erases=False):
    drawing.begin(points[0], erases=erases)
    for point in points[1:]:
        drawing.go_on(point)
    drawing.end()


def test_a_stroke_is_one_edit_however_many_points_it_has(drawing):
    stroke(drawing, LINE)
    assert drawing.edits.count() == 1
    drawing.undo()
    assert drawing.is_empty
    drawing.redo()
    np.testing.assert_array_equal(drawing.content.strokes[0], LINE)


def test_an_eraser_that_touches_nothing_is_no_edit(drawing):
    stroke(drawing, LINE)
    stroke(drawing, [(0.9, 0.1), (0.9, 0.2)], erases=True)
    assert drawing.edits.count() == 1 and len(drawing.content.strokes) == 1


def test_after_another_edit_there_is_nothing_to_redo(drawing):
    stroke(drawing, LINE)
    drawing.undo()
    drawing.put_picture(PICTURE, "a picture")
    assert not drawing.edits.canRedo()
    drawing.redo()
    assert drawing.content.note == "a picture"


def test_the_oldest_edits_are_forgotten(drawing):
    for k in range(MOST_EDITS + 5):
        drawing.put_picture(PICTURE, str(k))
    for _ in range(MOST_EDITS):
        drawing.undo()
    assert drawing.content.note == "4" and not drawing.edits.canUndo()


def test_what_becomes_of_a_picture_is_asked_whenever_it_is_shown(drawing):
    drawing.put_picture(PICTURE, "of these data")
    stroke(drawing, LINE)
    drawing.put_picture(PICTURE, "of those data")
    drawing.renewed = lambda content: Content() if content.note == "of these data" else content
    drawing.renew()
    assert drawing.content.note == "of those data"
    drawing.undo()
    assert len(drawing.content.strokes) == 1  # what the hand drew stays
    drawing.undo()
    assert drawing.is_empty
    drawing.redo()
    assert len(drawing.content.strokes) == 1


def test_a_stroke_over_a_picture_whose_data_went_is_not_taken_back_to_it(drawing):
    drawing.put_picture(PICTURE, "of these data")
    drawing.begin((0.1, 0.1), erases=False)
    drawing.renewed = lambda content: Content() if content.picture is not None else content
    drawing.renew()
    assert drawing.growing
    drawing.abandon()
    assert drawing.is_empty


def test_amid_a_stroke_nothing_is_undone(drawing):
    stroke(drawing, LINE)
    drawing.begin((0.1, 0.1), erases=False)
    drawing.undo()
    assert len(drawing.content.strokes) == 1 and drawing.growing == [(0.1, 0.1)]


def test_clearing_amid_a_stroke_takes_that_stroke_back_for_good(drawing):
    stroke(drawing, LINE)
    drawing.begin((0.1, 0.1), erases=False)
    drawing.clear()
    assert drawing.is_empty and not drawing.is_under_way
    drawing.undo()
    assert len(drawing.content.strokes) == 1


def test_each_change_is_told_and_a_stroke_alone_replaces_nothing(drawing, qtbot):
    stroke(drawing, LINE)  # the words of the empty pad went
    told, replaced = [], []
    drawing.changed.connect(lambda: told.append(len(drawing.growing)))
    drawing.replaced.connect(lambda: replaced.append(True))
    stroke(drawing, LINE)
    assert told == [1, 2, 3, 0] and not replaced
    drawing.undo()
    assert len(told) == 5 and replaced
