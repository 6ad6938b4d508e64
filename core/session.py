"""A training thread: commands go in by a queue, the newest snapshot comes out by a mailbox.

Nothing here knows mathematics, and nothing but this knows threads. The thread is not a daemon
(one that is inside torch at exit aborts the process); `close` ends it between two steps.

PyTorch is imported by the thread, as its first act: the window is on screen long before.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from core.errors import LogitLabError
from core.snapshot import Snapshot, Status
from core.task import Task

if TYPE_CHECKING:
    from core.trainer import Trainer

SLICE_SECONDS = 0.004  # train so long before looking at commands and mailbox; see `_train`
FRAME_SECONDS = 0.016
RATE_SECONDS = 0.5
KEPT_RUNS = 20


@dataclass(frozen=True)
class Failure:
    """What went wrong, in words, and with which run; None is the session itself."""

    run: int | None
    message: str


class Session:
    """One thread that trains one run at a time and remembers the last few.

    Commands return at once. What they did is seen in the next snapshot. A command that failed
    leaves the last run as it was, paused, and its reason in `failures`.
    """

    def __init__(self) -> None:
        self._commands: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._mailbox: deque[Snapshot] = deque(maxlen=1)
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="training")
        self.devices: tuple[str, ...] = ()  # known once PyTorch is imported
        self.failures: deque[Failure] = deque(maxlen=20)
        # From here on only the thread reads or writes.
        self._runs: OrderedDict[int, Trainer] = OrderedDict()
        self._current: int | None = None
        self._is_training = False
        self._steps_per_second = math.inf
        self._due = 0.0
        self._rate = _Rate()

    # Called from outside ------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End the thread and wait for it; it ends within a step."""
        self._closing.set()
        self._commands.put(lambda: None)
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def take(self) -> Snapshot | None:
        """Return the newest snapshot not yet taken, if any, and ask for the next one."""
        try:
            return self._mailbox.popleft()
        except IndexError:
            return None
        finally:
            self._wanted.set()

    def load(
        self, run: int, task: Task, *, play: bool = False, take_over: int | None = None
    ) -> None:
        """Begin run number `run` on the task; train at once if `play`.

        With `take_over` the weights and curves of that run go on in the new one.
        """
        self._commands.put(lambda: self._load(run, task, play, take_over))

    def resume(self, run: int, task: Task) -> None:
        """Go back to an earlier run as it was left, paused; begin it anew if it is forgotten."""
        self._commands.put(lambda: self._resume(run, task))

    def play(self) -> None:
        self._commands.put(self._play)

    def pause(self) -> None:
        self._commands.put(self._pause)

    def step(self) -> None:
        """Pause and make one update."""
        self._commands.put(self._step_once)

    def reset(self) -> None:
        """Return to the same start."""
        self._commands.put(self._reset)

    def tune(self, **changes: float | int | None) -> None:
        """Change settings that apply while training: see `core.trainer.LIVE`."""
        self._commands.put(lambda: self._trainer.tune(**changes))

    def recover(self) -> None:
        """After divergence: go on from the last healthy step with the suggested rate."""
        self._commands.put(self._recover)

    def set_speed(self, steps_per_second: float) -> None:
        """Train at most so fast; math.inf is flat out."""
        self._commands.put(lambda: self._set_speed(steps_per_second))

    # On the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            from core import trainer
        except Exception as error:  # a broken installation can raise anything
            self._fail(f"PyTorch cannot be loaded ({error}). Set Logit Lab up again.")
            return
        self.devices = trainer.devices()
        while not self._closing.is_set():
            try:
                self._obey()
                if self._is_training:
                    self._train()
                if self._wanted.is_set():
                    self._publish()
            except Exception as error:  # whatever it is, the person must learn of it
                self._is_training = False
                with suppress(Exception):  # a broken run may not show itself, but it is told of
                    self._publish()
                self._fail(_explain(error), self._current)

    def _obey(self) -> None:
        """Carry out what is queued; wait for it when there is nothing else to do."""
        try:
            while True:
                command = self._commands.get(timeout=self._idle_seconds())
                if self._closing.is_set():
                    return
                command()
                if self._current is not None:
                    self._publish()
        except Empty:
            return

    def _idle_seconds(self) -> float | None:
        if not self._is_training:
            return None
        return max(0.0, self._due - time.perf_counter())

    def _train(self) -> None:
        """Train for a slice, or make the one step that is due."""
        trainer = self._trainer
        now = time.perf_counter()
        end = now + SLICE_SECONDS
        interval = 1 / self._steps_per_second
        self._due = max(self._due, now - 0.1)  # a stall is not made up for by a burst
        while trainer.outcome is None and now < end and not self._closing.is_set():
            if interval and now < self._due:
                break
            trainer.step()
            self._due += interval
            self._rate.add(1, trainer.settings.batch_size or len(trainer.task.train_rows))
            now = time.perf_counter()
        if trainer.outcome is not None:
            self._is_training = False
            self._publish()
        elif self._due - now > FRAME_SECONDS:
            self._publish()  # it is asleep when the next request comes

    @property
    def _trainer(self) -> Trainer:
        if self._current is None:
            raise LogitLabError("There is nothing to train yet.")
        return self._runs[self._current]

    def _load(self, run: int, task: Task, play: bool, take_over: int | None = None) -> None:
        from core.trainer import Trainer

        try:
            trainer = Trainer(task)
            if take_over is not None and take_over in self._runs:
                trainer.take_over(self._runs[take_over])
        except Exception as error:
            self._fail(_explain(error), run)
            return
        self._runs[run] = trainer
        while len(self._runs) > KEPT_RUNS:
            self._runs.popitem(last=False)
        self._current = run
        self._is_training = False
        if play:
            self._play()

    def _resume(self, run: int, task: Task) -> None:
        if run not in self._runs:
            self._load(run, task, play=False)
            return
        self._runs.move_to_end(run)
        self._current = run
        self._is_training = False

    def _play(self) -> None:
        if self._trainer.outcome is not None:
            self._trainer.go_on()
        self._is_training = True
        self._due = time.perf_counter()
        self._rate = _Rate()

    def _pause(self) -> None:
        self._is_training = False

    def _step_once(self) -> None:
        self._is_training = False
        if self._trainer.outcome is Status.DIVERGED:
            self._trainer.go_on()
        self._trainer.step()

    def _reset(self) -> None:
        self._is_training = False
        self._trainer.reset()

    def _recover(self) -> None:
        trainer = self._trainer
        if trainer.outcome is Status.DIVERGED:
            trainer.tune(learning_rate=trainer.remedy)
            self._play()

    def _set_speed(self, steps_per_second: float) -> None:
        self._steps_per_second = steps_per_second
        self._due = time.perf_counter()

    def _fail(self, message: str, run: int | None = None) -> None:
        self._is_training = False
        self.failures.append(Failure(run, message))

    def _publish(self) -> None:
        """Put a copy of the run into the mailbox, in place of one that was not taken."""
        if self._current is None:
            return
        self._wanted.clear()
        trainer = self._trainer
        if trainer.metrics.step != trainer.step_count and not self._is_flat_out:
            trainer.measure()  # when it is watched step by step, the figures are of this step
        self._mailbox.append(
            Snapshot(
                run=self._current,
                status=self._status(trainer),
                step=trainer.step_count,
                epoch=trainer.epoch,
                params=trainer.params(),
                metrics=trainer.metrics,
                curves=trainer.curves(),
                examples_per_second=self._rate.examples if self._is_training else 0.0,
                steps_per_second=self._rate.steps if self._is_training else 0.0,
                settings=trainer.settings,
                message=trainer.message,
                remedy=trainer.remedy if trainer.outcome is Status.DIVERGED else None,
            )
        )

    @property
    def _is_flat_out(self) -> bool:
        return self._is_training and math.isinf(self._steps_per_second)

    def _status(self, trainer: Trainer) -> Status:
        if self._is_training:
            return Status.TRAINING
        if trainer.outcome is not None:
            return trainer.outcome
        return Status.PAUSED if trainer.step_count else Status.READY


class _Rate:
    """Steps and examples a second over the last half second or so."""

    def __init__(self) -> None:
        self.steps = self.examples = 0.0
        self._since = time.perf_counter()
        self._counted_steps = self._counted_examples = 0

    def add(self, steps: int, examples: int) -> None:
        self._counted_steps += steps
        self._counted_examples += examples
        elapsed = time.perf_counter() - self._since
        if elapsed >= RATE_SECONDS or not self.steps:
            self.steps = self._counted_steps / max(elapsed, 1e-9)
            self.examples = self._counted_examples / max(elapsed, 1e-9)
        if elapsed >= RATE_SECONDS:
            self._since += elapsed
            self._counted_steps = self._counted_examples = 0


def _explain(error: Exception) -> str:
    if isinstance(error, LogitLabError):
        return str(error)
    first_line = (str(error).strip().splitlines() or ["no further word"])[0]
    return (
        f"Training stopped by an unexpected error ({type(error).__name__}: {first_line}). "
        "Press Reset to start again."
    )
