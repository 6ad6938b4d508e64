"""The layout of the window in a project: only on request, and only as far as it applies."""

import dataclasses
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QSplitter

from core.projects import project
from gui.control.projects import LAYOUT
from gui.window import layout_memory
from gui.window.columns import FOLDED, PANEL, SHARES


@pytest.fixture
def arranged(open_window, qtbot):
    """A window that a person has arranged: size, zoom, columns, halves, cards, the rail."""
    window = open_window(size=(800, 700))
    window.rail.fold_button.click()
    with qtbot.waitSignal(window.appearance.settled):
        window.appearance.zoom_in()
    drag(window.side_panel, 1, 50)
    window.stage.split(True)
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=30_000)
    drag(window.columns, 3, -40)
    drag(window.stage.findChild(QSplitter), 1, 30)
    QApplication.processEvents()
    return window


def drag(splitter, number, by):
    """Move a handle of a splitter by this many pixels, as its handle does."""
    handle = splitter.handle(number)
    place = handle.x() if handle.width() < handle.height() else handle.y()
    handle.moveSplitter(place + by)


def places(window):
    """Where the parts of a window are, and how large."""
    parts = window, *(window.columns.widget(i) for i in range(window.columns.count()))
    sizes = [(part.width(), part.height(), part.isVisible()) for part in parts]
    return sizes, window.stage.shares, window.side_panel.shares, window.appearance.zoom


def ask_for_layout(window):
    window.project_actions.layout.trigger()


def test_a_layout_comes_back_where_it_was_asked_for(
    arranged, open_window, save, reopen, walk, qtbot
):
    walk(arranged, 1)
    ask_for_layout(arranged)
    save(arranged)
    wanted = places(arranged)
    arranged.zoom.reset()
    other = open_window(size=(800, 560))
    reopen(other)
    qtbot.waitUntil(lambda: places(other) == wanted)
    assert other.project_actions.layout.isChecked()


def test_without_asking_the_window_stays_as_it_is(arranged, open_window, save, reopen, walk):
    walk(arranged, 1)
    save(arranged)
    arranged.zoom.reset()
    other = open_window(size=(800, 560))
    before = places(other)[0], places(other)[3]
    reopen(other)
    assert (places(other)[0][0], places(other)[3]) == (before[0][0], before[1])
    assert not other.project_actions.layout.isChecked()


def test_asking_for_the_layout_is_a_change_that_can_be_saved(window, walk, save):
    walk(window, 1)
    save(window)
    ask_for_layout(window)
    assert window.projects.is_modified
    save(window)
    assert not window.projects.is_modified


def test_the_zoom_of_a_project_is_not_taken_for_the_screens_own(
    arranged, open_window, save, reopen, walk
):
    walk(arranged, 1)
    ask_for_layout(arranged)
    save(arranged)
    arranged.zoom.reset()
    other = open_window()
    reopen(other)
    assert other.appearance.zoom == pytest.approx(1.1)
    other.zoom.restore()
    assert other.appearance.zoom == 1.0


def test_a_window_that_is_larger_than_the_screen_fills_it_at_the_zoom_it_has(
    window, walk, save, reopen, path
):
    walk(window, 1)
    ask_for_layout(window)
    save(window)
    kept = project.load(path)
    large = {layout_memory.SIZE: "9000,5000", layout_memory.ZOOM: "250"}
    project.save(dataclasses.replace(kept, window=dict(kept.window) | large), path)
    reopen(window)
    assert window.size() == window.screen().availableSize()
    assert window.appearance.zoom == 1.0


KEYS = (
    *(layout_memory.SIZE, layout_memory.ZOOM, layout_memory.HALVES, layout_memory.HEIGHTS),
    *(SHARES, PANEL, FOLDED, LAYOUT, "Boundary/across", "Loss/steps", "Loss/log", "Data/sorted"),
    *("Surface/range", "Evaluation/threshold", "Evaluation/part", "Nothing/at all"),
)
WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ("-1", "0", "0,0", "1e999 nan", "nan inf", "0 1e308", "9" * 400, "1,2,3,4", "yes", "on")
    ),
    st.lists(st.integers(-9, 10**9), max_size=5).map(lambda found: ",".join(map(str, found))),
    st.lists(st.floats(), max_size=5).map(lambda found: " ".join(map(repr, found))),
)


def test_no_text_of_a_project_harms_the_window(open_window, qtbot):
    window = open_window(size=(800, 560))
    look = partial(st.dictionaries, st.sampled_from(KEYS), WORDS, min_size=1)
    available = window.screen().availableSize()

    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    @given(look())
    def show(found):
        window.layout_memory.show(found)
        assert window.size().boundedTo(available) == window.size()
        assert 0.8 <= window.appearance.zoom <= 2.5

    show()
    window.zoom.reset()
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=30_000)
