"""Copies of unsaved work: nothing is lost by a kill, and no process takes another's."""

import multiprocessing
import os
import random
import sys
import time
from pathlib import Path

import pytest

from core.projects import project, recovery
from core.projects.project import Project
from core.projects.recovery import ORIGINAL, SUMMARY, Slot, leftovers
from core.runs.run_state import state_of
from tests.core.training import trained

# LOGITLAB_KILLS=10000 kills as often as a long life does.
KILLS = int(os.environ.get("LOGITLAB_KILLS", "12"))


@pytest.fixture
def small(iris, make_task):
    """A project with a run of two steps."""
    one = trained(make_task(iris), 2)
    about = {SUMMARY: "Iris, softmax, step 2", ORIGINAL: "/home/a/mine.logitlab"}
    return Project(one.task, state_of(one), window=about, saved="2026-01-02T03:04:05+00:00")


def step_of(path):
    """The step of the run in a copy."""
    state = project.load(path).state
    assert state is not None
    return state.checkpoint.step


def left(slot, kept):
    """Write a copy as a program does that then ends without a word."""
    project.save(kept, slot.copy)
    slot.release()


def test_a_copy_says_what_it_holds(small, tmp_path):
    left(Slot.create(tmp_path), small)
    (found,) = leftovers(tmp_path)
    assert found.summary == "Iris, softmax, step 2"
    assert found.original == Path("/home/a/mine.logitlab")
    assert found.saved == 1767323045
    assert step_of(found.copy) == 2


def test_a_running_program_keeps_its_copy_to_itself(small, tmp_path):
    mine = Slot.create(tmp_path)
    project.save(small, mine.copy)
    assert leftovers(tmp_path) == []
    assert mine.copy.exists()


def test_what_is_offered_here_is_not_offered_elsewhere(small, tmp_path):
    left(Slot.create(tmp_path), small)
    (found,) = leftovers(tmp_path)
    assert leftovers(tmp_path) == []
    found.release()  # later
    assert len(leftovers(tmp_path)) == 1


def test_what_is_discarded_is_gone(small, tmp_path):
    left(Slot.create(tmp_path), small)
    leftovers(tmp_path)[0].remove()
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_ended_with_nothing_unsaved_leaves_nothing(small, tmp_path):
    slot = Slot.create(tmp_path)
    project.save(small, slot.copy)
    slot.clear()
    slot.release()
    assert leftovers(tmp_path) == [] and list(tmp_path.iterdir()) == []


def test_the_newest_come_first_and_the_oldest_go(small, tmp_path):
    from dataclasses import replace

    for day in range(1, 14):
        dated = replace(small, saved=f"2026-01-{day:02}T00:00:00+00:00")
        left(Slot.create(tmp_path), dated)
    found = leftovers(tmp_path)
    assert len(found) == recovery.MOST == len(list(tmp_path.iterdir()))
    saved = [each.saved for each in found]
    assert saved == sorted(saved, reverse=True)


def test_the_age_is_said_in_words(small, tmp_path):
    left(Slot.create(tmp_path), small)
    (found,) = leftovers(tmp_path)
    for seconds, words in ((5, "less than a minute ago"), (60, "1 minute ago"), (7300, "2 hours")):
        found.saved = time.time() - seconds
        assert found.age().startswith(words)


def test_a_damaged_copy_is_not_offered_and_disturbs_no_other(small, tmp_path):
    broken = Slot.create(tmp_path)
    broken.copy.write_bytes(b"PK")
    broken.release()
    left(Slot.create(tmp_path), small)
    assert len(leftovers(tmp_path)) == 1


def test_a_missing_folder_holds_nothing(tmp_path):
    assert leftovers(tmp_path / "none") == []


# Kills ---------------------------------------------------------------------------------------


def work(trainer, where, told):
    """Train and write copies until killed; tell which step each whole copy is of."""
    slot = Slot.create(where)
    while True:
        trainer.step()
        project.save(Project(trainer.task, state_of(trainer)), slot.copy)
        told.send(trainer.step_count)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_no_kill_costs_more_than_the_last_interval(iris, make_task, tmp_path):
    """SIGKILL at any moment, also within a write: the last copy that was told of is there."""
    context, dice = multiprocessing.get_context("fork"), random.Random(3)
    trainer = trained(make_task(iris, optimiser="adam"), 3)
    for _ in range(KILLS):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(trainer, tmp_path, theirs), daemon=True)
        process.start()
        theirs.close()
        last = ours.recv()
        time.sleep(dice.random() * 0.03)
        process.kill()
        process.join()
        try:
            while ours.poll():
                last = ours.recv()
        except EOFError:
            pass
        (found,) = leftovers(tmp_path)
        step = step_of(found.copy)
        assert last <= step <= last + 1
        found.remove()
        assert list(tmp_path.iterdir()) == []
