"""How far lessons were followed, kept between starts; whatever the settings hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.window.lesson.progress import NAME, Progress
from gui.window.settings import Settings


def test_what_was_noted_comes_back():
    settings = Settings(None)
    progress = Progress(settings)
    progress.note("a", 2, is_done=False)
    progress.note("b", 1, is_done=True)
    again = Progress(settings)
    assert (again.step("a"), again.step("new")) == (2, 0)
    assert again.done == {"b"}


def test_a_lesson_that_is_done_begins_anew():
    progress = Progress(Settings(None))
    progress.note("a", 2, is_done=True)
    assert progress.step("a") == 0


def test_what_is_done_stays_so():
    progress = Progress(Settings(None))
    progress.note("a", 2, is_done=True)
    progress.note("a", 0, is_done=False)
    assert progress.done == {"a"}


@pytest.mark.parametrize("kept", ["a", "a\t1", "a\t-1\t1", "\t1\t1", "a\tx\t1", "a\t1\t1\t1"])
def test_lines_that_are_none_are_left_out(kept):
    settings = Settings(None)
    settings.set(NAME, f"{kept}\nb\t3\t0")
    progress = Progress(settings)
    assert (progress.step("a"), progress.step("b"), progress.done) == (0, 3, set())


@given(st.text("a1\t\n", max_size=30))
def test_no_settings_do_harm(kept):
    settings = Settings(None)
    settings.set(NAME, kept)
    Progress(settings).note("a", 1, is_done=False)
