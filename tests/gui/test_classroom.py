"""What a class does to the window; for twenty minutes and with other dice, on a quiet machine:

CLASSROOM_ACTIONS=12000 CLASSROOM_SEED=7 CLASSROOM_PAUSE=0.25
python3 run.py test tests/gui/test_classroom.py --timeout 0
"""

from __future__ import annotations

import os

import pytest

from tests.gui.classroom import Classroom

ACTIONS = int(os.environ.get("CLASSROOM_ACTIONS", "300"))
SEED = int(os.environ.get("CLASSROOM_SEED", "1"))
# Seconds for which the window may not respond; whoever sets it keeps other programs away.
PAUSE_SECONDS = float(os.environ.get("CLASSROOM_PAUSE", "inf"))
LESSONS = 3  # one after the other, each with a window and dice of its own


@pytest.mark.slow
@pytest.mark.parametrize("lesson", range(LESSONS))
def test_nothing_that_a_class_does_breaks_the_window(open_window, tmp_path, capfd, lesson):
    window = open_window()
    room = Classroom(window, LESSONS * SEED + lesson, tmp_path / "actions.log", PAUSE_SECONDS)
    room.attend(ACTIONS // LESSONS)
    window.close()
    said = capfd.readouterr().err
    assert not room.faults, "\n".join(room.faults)
    assert not said
    assert room.acted == ACTIONS // LESSONS
