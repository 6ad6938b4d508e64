"""The training thread: commands go in through a queue, snapshots come out through a mailbox.

This module contains no mathematics, and activities are independent of threads. The thread is not a
daemon (a daemon inside torch at exit aborts the process); `close` ends it between two slices.

The thread starts by importing PyTorch, so that the window can appear long before.
"""

from __future__ import annotations

import threading
import time
from queue import Empty, Queue

from core.out_of_memory import describe_load_failure
from core.runs.failure import Failure
from core.runs.workspace import Command, Outbox, Workspace

SLICE_SECONDS = 0.004  # an activity runs this long between checks for commands


class Session:
    """One thread that trains one run at a time and keeps the last few.

    `send` returns at once; the next snapshot shows the effect of the command. After a command
    fails, the last run is as it was, paused, and the outbox's `failures` has the reason.
    """

    def __init__(self) -> None:
        self.outbox = Outbox()
        self._commands: Queue[Command | None] = Queue()  # None only wakes the thread
        self._closing = threading.Event()
        self._is_ready = threading.Event()
        self._is_waiting = False  # for a command, with nothing else to do
        self._may_work = threading.Event()
        self._may_work.set()
        self._thread = threading.Thread(target=self._run, name="training")

    # Called from outside ------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def send(self, command: Command) -> None:
        """Queue the command; commands are carried out in order."""
        self._commands.put(command)

    def suspend(self) -> None:
        """Stop the thread after the current slice, until `resume`; commands wait, too.

        Python's lock is free then, for which a busy thread makes all others wait again and again.
        """
        self._may_work.clear()

    def resume(self) -> None:
        self._may_work.set()

    def close(self, *, wait_for_import: bool = True) -> None:
        """End the thread and wait for it; it ends within a slice of a step.

        While it imports PyTorch, about a second, it cannot end; a caller that exits the process
        immediately need not wait for that.
        """
        self._closing.set()
        self.resume()
        self._commands.put(None)
        is_importing = not self._is_ready.is_set()
        if self._thread.ident is not None and (wait_for_import or not is_importing):
            self._thread.join()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def has_obeyed(self) -> bool:
        """Whether all commands have been carried out, or wait for a step that is sought."""
        return not self._commands.unfinished_tasks

    @property
    def is_idle(self) -> bool:
        """Whether all commands have been carried out and the last snapshot has been taken."""
        is_seen = self.outbox.snapshots.is_empty
        return self._is_waiting and self.has_obeyed and is_seen

    # On the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            from core.train.device import devices
        except Exception as error:  # a broken installation can raise anything
            self.outbox.failures.append(Failure(None, describe_load_failure(error)))
            return
        self.outbox.devices = devices()
        self._is_ready.set()
        workspace = Workspace(self.outbox, self._closing)
        while not self._closing.is_set():
            try:
                self._obey(workspace)
                workspace.advance(time.perf_counter() + SLICE_SECONDS)
            except Exception as error:  # report any failure to the user
                workspace.fail(error)

    def _obey(self, workspace: Workspace) -> None:
        """Carry out queued commands; wait for one while there is nothing else to do."""
        while not self._closing.is_set():
            seconds = _seconds_to_wait(workspace)
            self._is_waiting = seconds is None
            try:
                command = self._commands.get(timeout=seconds)
            except Empty:
                return
            finally:
                self._may_work.wait()
            self._is_waiting = False
            try:
                if command is not None and not self._closing.is_set():
                    workspace.obey(command)
            finally:
                self._commands.task_done()


def _seconds_to_wait(workspace: Workspace) -> float | None:
    """Return how long to wait for a command; None for no limit."""
    current = workspace.current
    return None if current is None else max(0.0, current.next_due - time.perf_counter())
