"""A session as the window uses it: send commands, take the newest snapshot."""

import threading
import time

from core.runs import commands
from core.runs.session import Session

PATIENCE = 30.0  # seconds to wait for a condition before the test fails


class Watcher:
    """A started session and the newest snapshot taken from it."""

    def __init__(self):
        self.session = Session()
        self.session.start()
        self.snapshot = None

    def until(self, condition):
        """Take snapshots until the condition holds for the newest one; return it."""
        end, moment = time.monotonic() + PATIENCE, threading.Event()
        while time.monotonic() < end:
            self.snapshot = self.session.outbox.snapshots.take() or self.snapshot
            if self.snapshot is not None and condition(self.snapshot):
                return self.snapshot
            moment.wait(0.001)
        raise AssertionError(f"it never came; newest: {self.snapshot}")

    def until_status(self, status, run=None):
        return self.until(lambda s: s.status is status and run in (None, s.run))

    def failure(self):
        """Wait for a failure and return it."""
        end, moment = time.monotonic() + PATIENCE, threading.Event()
        while time.monotonic() < end:
            if self.session.outbox.failures:
                return self.session.outbox.failures.popleft()
            moment.wait(0.001)
        raise AssertionError("no failure came")

    def trained(self, run, task, steps):
        """Begin a run, make `steps` steps, and wait for the snapshot of the last one."""
        self.session.send(commands.Load(run, task))
        for _ in range(steps):
            self.session.send(commands.Step())
        return self.until(lambda s: s.run == run and s.step == steps)
