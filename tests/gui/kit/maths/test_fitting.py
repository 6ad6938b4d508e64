"""A sheet sets its lines closer, then in smaller type, until they fit the height it is given."""

from itertools import pairwise

import pytest

from gui.kit import theme as look
from gui.kit.maths.notation import Line, Num, Row, Sym, Word
from gui.kit.maths.sheet import Sheet

KEYS = [("z", k) for k in range(12)]
LOGIT = Sym("z =", "z =")
LINES = tuple(Line(k // 3, Word("logit"), Row((LOGIT, Num(key)))) for k, key in enumerate(KEYS))


@pytest.fixture
def sheet_of(qtbot, dressed):
    """Return a function that shows twelve lines on a sheet of this width."""

    def sheet_of(width):
        sheet = Sheet(look.LIGHT)
        qtbot.addWidget(sheet)
        sheet.resize(width, 300)
        sheet.show()
        sheet.show_lines(LINES, None, {})
        return sheet

    return sheet_of


def places(sheet):
    """Where each number stands on the sheet, and how high the sheet is."""
    return [sheet.spots(key)[0].rect for key in KEYS], sheet.height()


@pytest.fixture
def heights(sheet_of):
    """Heights between the lowest that the lines can have and more than they need, in px."""
    sheet = sheet_of(500)
    full = sheet.height()
    sheet.fit(0)
    least = sheet.height()
    assert least < full
    return [0, *range(least, full + 20, max((full - least) // 12, 1))]


def test_it_looks_as_if_it_had_only_been_asked_for_the_last_height(sheet_of, heights):
    once = {}
    for is_shrunk in (True, False):
        for height in heights:
            fresh = sheet_of(500)
            once[height, is_shrunk] = fresh.fit(height, is_shrunk=is_shrunk), places(fresh)
    sheet = sheet_of(500)
    back_and_forth = [*once, *reversed(once), *list(once)[::3], *list(once)[::5]]
    for height, is_shrunk in back_and_forth:
        fits = sheet.fit(height, is_shrunk=is_shrunk)
        assert (fits, places(sheet)) == once[height, is_shrunk]


def test_other_lines_and_another_width_are_tried_anew(sheet_of, heights):
    sheet = sheet_of(500)
    for height in heights:
        sheet.fit(height)
    sheet.fit(heights[1])
    sheet.resize(900, sheet.height())
    wide = sheet_of(900)
    wide.fit(heights[1])
    assert places(sheet) == places(wide)
    sheet.show_lines(LINES[:4], None, {})
    wide.show_lines(LINES[:4], None, {})
    assert sheet.height() == wide.height()


def test_nothing_is_typeset_again_for_a_height_that_takes_the_same_type(sheet_of, heights):
    sheet = sheet_of(500)
    sheet.fit(0)
    typeset = [sheet.spots(key)[0] for key in KEYS]
    for height in (1, 2, 0):  # as low, and as small, as it can be
        assert not sheet.fit(height)
        assert [sheet.spots(key)[0] for key in KEYS] == typeset


def test_it_can_be_asked_for_more_room_and_stay(sheet_of, heights):
    sheet = sheet_of(500)
    sheet.fit(0, is_shrunk=False)
    full = sheet.height()
    sheet.fit(0)
    before = places(sheet)
    assert not sheet.fit(full - 1, is_shrunk=False, or_stay=True)
    assert places(sheet) == before
    assert sheet.fit(full, is_shrunk=False, or_stay=True)
    assert sheet.height() == full


def test_heights_that_fit_are_never_exceeded(sheet_of, heights):
    sheet = sheet_of(500)
    found = []
    for height in heights:
        if sheet.fit(height):
            assert sheet.height() <= height
            found.append(sheet.height())
    assert all(a <= b for a, b in pairwise(found))


def test_a_narrower_sheet_that_is_far_too_high_is_not_typeset_again(sheet_of, heights):
    sheet = sheet_of(500)
    assert not sheet.fit(heights[1] // 3)
    typeset = [sheet.spots(key)[0] for key in KEYS]
    sheet.resize(470, sheet.height())
    assert [sheet.spots(key)[0] for key in KEYS] == typeset
    narrow = sheet_of(470)
    narrow.fit(heights[1] // 3)
    assert places(sheet) == places(narrow)
