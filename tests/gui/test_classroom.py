"""What a class does to the window in a minute; for longer and with other dice:

CLASSROOM_SECONDS=1200 CLASSROOM_SEED=7 python3 run.py test tests/gui/test_classroom.py --timeout 0
"""

from __future__ import annotations

import os

import pytest

from tests.gui.classroom import Classroom

PAUSE_SECONDS = 0.25
SECONDS = float(os.environ.get("CLASSROOM_SECONDS", "60"))
SEED = int(os.environ.get("CLASSROOM_SEED", "1"))
LESSONS = 3  # one after the other, each with a window and dice of its own


@pytest.mark.slow
@pytest.mark.parametrize("lesson", range(LESSONS))
def test_nothing_that_a_class_does_breaks_the_window(open_window, tmp_path, capfd, lesson):
    window = open_window()
    room = Classroom(window, LESSONS * SEED + lesson, tmp_path / "actions.log", PAUSE_SECONDS)
    room.attend(SECONDS / LESSONS)
    window.close()
    said = capfd.readouterr().err
    assert not room.faults, "\n".join(room.faults)
    assert not said
    assert room.acted > SECONDS / LESSONS  # one a second at the least
