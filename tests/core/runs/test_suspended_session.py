"""The training thread waits while it is suspended, and goes on afterwards."""

import threading
from dataclasses import dataclass, field

import pytest

from core.runs import commands
from core.runs.workspace import Command
from core.train.snapshot import Status
from tests.core.watcher import Watcher

PATIENCE = 30.0


@dataclass(frozen=True)
class Note(Command):
    """Records that it was carried out."""

    notes: list[str]
    is_done: threading.Event = field(default_factory=threading.Event)

    def carry_out(self, workspace):
        self.notes.append("command")
        self.is_done.set()


@pytest.fixture
def watcher(iris, make_task):
    watcher = Watcher()
    watcher.session.send(commands.Load(1, make_task(iris, epochs=10**6)))
    watcher.until_status(Status.READY)
    yield watcher
    watcher.session.close()


def test_a_command_waits_until_the_thread_resumes(watcher):
    notes: list[str] = []
    note = Note(notes)
    watcher.session.suspend()
    watcher.session.send(note)
    note.is_done.wait(0.02)  # it would be carried out by then
    notes.append("resume")
    watcher.session.resume()
    assert note.is_done.wait(PATIENCE)
    assert notes == ["resume", "command"]


def test_training_goes_on_where_it_was(watcher):
    watcher.session.send(commands.Play())
    watcher.until(lambda s: s.step > 10)
    watcher.session.suspend()
    watcher.session.resume()
    newest = watcher.snapshot.step
    assert watcher.until(lambda s: s.step > newest + 100).status is Status.TRAINING


def test_a_suspended_session_can_be_closed(watcher):
    watcher.session.send(commands.Play())
    watcher.until(lambda s: s.step > 10)
    watcher.session.suspend()
    watcher.session.close()
    assert not watcher.session.is_alive
