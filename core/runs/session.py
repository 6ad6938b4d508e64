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
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, Queue
from typing import TYPE_CHECKING

from core.config import MAX_COUNT
from core.data.task import Task
from core.errors import LogitLabError
from core.out_of_memory import is_shortage, say_not_loaded, say_shortage
from core.runs.exact_metrics import AtRest
from core.runs.race import Contest, Heat
from core.train.outcome import Epilogue
from core.train.snapshot import Pace, Params, Race, Snapshot, Status

if TYPE_CHECKING:
    from core.train.device import HostCopy
    from core.train.trainer import Trainer

COPY_SECONDS = 0.5  # no older is what is left of a run whose device fails
RACE_SECONDS = 0.7
SLICE_SECONDS = 0.004  # train so long before looking at commands and mailbox; see `_train`
FRAME_SECONDS = 0.016
LEAD_SECONDS = 0.003  # after a request, flat out, before a snapshot is made for the next one
RATE_SECONDS = 0.5
KEPT_RUNS = 20
CONTEST = 0  # in place of the number of a run: the contest has failed
SEEK_SECONDS = 0.15  # on the way to a step that long, it is left for one that is wanted by now
PAST_SECONDS = 0.1  # between measurements while the past is played again flat out


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
        self._commands: Queue[Callable[[], None]] = Queue()
        self._mailbox: deque[Snapshot] = deque(maxlen=1)
        self._wanted = threading.Event()
        self._wanted_at = -math.inf
        self._closing = threading.Event()
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="training")
        self.devices: tuple[str, ...] = ()  # known once PyTorch is imported
        self.failures: deque[Failure] = deque(maxlen=20)
        self.remarks: deque[str] = deque(maxlen=20)  # what went well all the same
        self.races: deque[Race] = deque(maxlen=1)
        self._heats: deque[Heat] = deque(maxlen=1)
        self._heat_wanted = threading.Event()
        # From here on only the thread reads or writes.
        self._is_waiting = False  # for a command, with nothing else to do
        self._runs: OrderedDict[int, Trainer] = OrderedDict()
        self._tasks: dict[int, Task] = {}  # as they were loaded, of these runs
        self._current: int | None = None
        self._is_training = False
        self._copied_at = -math.inf  # when weights on a device were last copied to the host
        self._arriving: tuple[HostCopy, Callable[..., Snapshot]] | None = None
        self._racing: Iterator[None] | None = None
        self._at_rest = AtRest()
        self._contest: Contest | None = None
        self._is_contending = False
        self._seeking: Iterator[None] | None = None  # on the way to another step of the run
        self._sought = self._wanted_step = 0  # where to, and where to then
        self._sought_at = self._measured_at = -math.inf
        self._after_seeking: list[Callable[[], None]] = []
        self._is_replaying = False  # rather than training, it plays the past again
        # The run that is over and of which is being found out why, and how far that has come.
        self._epilogue: tuple[Trainer, Generator[None, None, Epilogue]] | None = None
        self._steps_per_second = math.inf
        self._due = 0.0
        self._rate = _Rate()

    # Called from outside ------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def close(self, *, wait_for_import: bool = True) -> None:
        """End the thread and wait for it; it ends within a slice of a step.

        While it imports PyTorch, which takes a second, it cannot end; who ends the process at once
        need not wait for that.
        """
        self._closing.set()
        self._commands.put(lambda: None)
        is_importing = not self._is_ready.is_set()
        if self._thread.ident is not None and (wait_for_import or not is_importing):
            self._thread.join()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def is_idle(self) -> bool:
        """Whether all commands have been carried out, and their last snapshot has been taken."""
        return self._is_waiting and not (self._commands.unfinished_tasks or self._mailbox)

    def take(self) -> Snapshot | None:
        """Return the newest snapshot not yet taken, if any, and ask for the next one."""
        try:
            return self._mailbox.popleft()
        except IndexError:
            return None
        finally:
            if not self._wanted.is_set():  # who asks again and again gets the same snapshot
                self._wanted_at = time.perf_counter()
                self._wanted.set()

    def load(
        self,
        run: int,
        task: Task,
        *,
        play: bool = False,
        take_over: int | None = None,
        start: Params | None = None,
        replaces: int | None = None,
    ) -> None:
        """Begin run number `run` on the task; train at once if `play`.

        With `take_over` the weights and curves of that run go on in the new one; with `start` it
        begins at these weights. The run that it `replaces` is forgotten: nobody returns to it.
        """
        self._commands.put(lambda: self._load(run, task, play, take_over, start, replaces))

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

    def step_back(self) -> None:
        """Pause and undo one update."""
        self._commands.put(lambda: self._go_to(self._step_in_view - 1))

    def go_to(self, step: int) -> None:
        """Pause and be as the run was after that step; of several, the newest counts.

        What came later stays on record until training goes on from there.
        """
        self._commands.put(lambda: self._go_to(step))

    def go_live(self) -> None:
        """Return to the newest step of the run."""
        self._commands.put(lambda: self._go_to(self._trainer.newest_step))

    def replay(self) -> None:
        """Play the past again, at the speed of training, up to the newest step."""
        self._commands.put(self._replay)

    def reset(self) -> None:
        """Return to the same start."""
        self._commands.put(self._reset)

    def move_to(self, params: Params) -> None:
        """Go on from other weights."""
        self._commands.put(lambda: self._once_there(lambda: self._trainer.move_to(params)))

    def start_from(self, params: Params) -> None:
        """Return to step 0 with these weights, which are the start from now on."""
        self._commands.put(lambda: self._start_from(params))

    def tune(self, **changes: float | int | None) -> None:
        """Change settings that apply while training: see `core.train.trainer.LIVE`."""
        self._commands.put(lambda: self._once_there(lambda: self._trainer.tune(**changes)))

    def recover(self) -> None:
        """Go on with the learning rate that the run's epilogue offers, if it offers one."""
        self._commands.put(self._recover)

    def race_devices(self) -> None:
        """Measure how fast each device trains the current task; the outcome comes in `races`."""
        self._commands.put(self._begin_race)

    def begin_contest(self, number: int, tasks: Sequence[Task]) -> None:
        """Let these tasks be trained in lock step once it is run; see `core.runs.race`."""
        self._commands.put(lambda: self._begin_contest(number, tasks))

    def run_contest(self, is_running: bool) -> None:
        """Go on with the contest, or pause it; the single run waits meanwhile."""
        self._commands.put(lambda: self._run_contest(is_running))

    def end_contest(self) -> None:
        self._commands.put(self._end_contest)

    def take_heat(self) -> Heat | None:
        """Return the newest state of the contest not yet taken, if any, and ask for the next."""
        try:
            return self._heats.popleft()
        except IndexError:
            return None
        finally:
            self._heat_wanted.set()

    def set_speed(self, steps_per_second: float) -> None:
        """Train at most so fast; math.inf is flat out."""
        self._commands.put(lambda: self._set_speed(steps_per_second))

    # On the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            from core.train import trainer
        except Exception as error:  # a broken installation can raise anything
            self._fail(say_not_loaded(error))
            return
        self.devices = trainer.devices()
        self._is_ready.set()
        while not self._closing.is_set():
            try:
                self._obey()
                if self._racing is not None:
                    if next(self._racing, self._racing) is self._racing:
                        self._racing = None
                elif self._seeking is not None:
                    self._seek(self._seeking)
                elif self._is_training:
                    self._train()
                elif (trainer_at_rest := self._unmeasured()) is not None:
                    self._measure_at_rest(trainer_at_rest)
                elif self._is_contending:
                    self._contend()
                elif self._lacks_epilogue:
                    self._write_epilogue(self._trainer)
                if self._arriving is not None:
                    self._deliver(self._arriving)
                if self._wanted.is_set() and self._arriving is None and self._is_time_to_show:
                    self._publish()
            except Exception as error:  # whatever it is, the person must learn of it
                self._racing = None
                if self._go_on_without_device(error):
                    continue
                self._halt()
                with suppress(Exception):  # a broken run may not show itself, but it is told of
                    self._publish()
                self._fail(_explain(error), self._current)

    def _obey(self) -> None:
        """Carry out what is queued; wait for it when there is nothing else to do."""
        try:
            while True:
                seconds = self._idle_seconds()
                self._is_waiting = seconds is None
                command = self._commands.get(timeout=seconds)
                self._is_waiting = False
                if self._closing.is_set():
                    return
                try:
                    command()
                    self._epilogue = None  # it may be of what is no more
                    if self._current is not None:
                        self._publish()
                finally:
                    self._commands.task_done()
        except Empty:
            return

    def _idle_seconds(self) -> float | None:
        if self._racing is not None or self._seeking is not None:
            return 0.0
        if self._lacks_epilogue or (not self._is_training and self._unmeasured() is not None):
            return 0.0
        if not (self._is_training or self._is_contending):
            return None
        return max(0.0, self._due - time.perf_counter())

    def _unmeasured(self) -> Trainer | None:
        """Return a trainer at rest whose figures are of a sample of its training rows, if any."""
        trainers = [] if self._current is None else [self._trainer]
        if self._contest is not None and not self._is_contending:
            trainers += self._contest.trainers
        return next((trainer for trainer in trainers if self._at_rest.wants(trainer)), None)

    def _measure_at_rest(self, trainer: Trainer) -> None:
        """Go on with its exact figures, and show them once they are there."""
        if not self._at_rest.measure(trainer, SLICE_SECONDS):
            return
        if self._current is not None and trainer is self._trainer:
            self._publish()
        else:
            self._show_heat()

    def _train(self) -> None:
        """Train for a slice of time, or make the one step that is due."""
        trainer = self._trainer
        now = time.perf_counter()
        end = now + SLICE_SECONDS
        interval = 1 / self._steps_per_second
        self._due = max(self._due, now - 0.1)  # a stall is not made up for by a burst
        advance = _advancing(trainer, self._is_replaying, at_once=self._is_flat_out)
        begun_at = trainer.step_count
        while trainer.outcome is None and now < end and not self._closing.is_set():
            if self._is_replaying and not trainer.is_past:
                break
            if interval and now < self._due:
                break
            if advance():
                self._due += interval
            now = time.perf_counter()
        steps = max(trainer.step_count - begun_at, 0)  # divergence leads back
        self._rate.add(steps, steps * trainer.batch_size)
        is_new = trainer.is_queued and not self._is_replaying
        if is_new and now - self._copied_at > COPY_SECONDS:
            trainer.start_copy_to_host()
            self._copied_at = now
        if trainer.outcome is not None or (self._is_replaying and not trainer.is_past):
            self._is_training = self._is_replaying = False
            self._publish()
        elif self._due - now > FRAME_SECONDS:
            self._publish()  # it is asleep when the next request comes

    @property
    def _lacks_epilogue(self) -> bool:
        """Whether the run that is shown is over, and nobody knows why yet."""
        trainer = self._runs.get(self._current) if self._current is not None else None
        if self._is_training or trainer is None or trainer.outcome is None:
            return False
        return trainer.epilogue is None

    def _write_epilogue(self, trainer: Trainer) -> None:
        """Go on finding out for a slice of time; the next command may come in between."""
        from core.runs.rescue import write

        end = time.perf_counter() + SLICE_SECONDS
        try:
            if self._epilogue is None or self._epilogue[0] is not trainer:
                self._epilogue = trainer, write(trainer)
            while time.perf_counter() < end and not self._closing.is_set():
                next(self._epilogue[1])
        except StopIteration as found:
            trainer.epilogue = found.value
            self._epilogue = None
            self._publish()
        except Exception:
            trainer.epilogue, self._epilogue = Epilogue(), None  # it is not asked again and again
            raise

    def _go_on_without_device(self, error: Exception) -> bool:
        """Where a device has failed, go on on the CPU; return whether that was it."""
        from core.train.trainer import is_device_failure

        trainer = self._runs.get(self._current) if self._current is not None else None
        if trainer is None or not is_device_failure(error, trainer.settings.device):
            return False
        assert self._current is not None
        self._arriving = self._seeking = None
        try:
            self._runs[self._current] = rescued = trainer.rescued()
        except Exception:  # then the first error is told
            return False
        self.remarks.append(
            f"{trainer.settings.device.upper()} has stopped working ({_first_line(error)}). "
            f"Training goes on on the CPU from step {rescued.step_count:,}."
        )
        return True

    def _begin_contest(self, number: int, tasks: Sequence[Task]) -> None:
        self._end_contest()
        try:
            self._contest = Contest(number, [self._make_trainer(task) for task in tasks])
        except Exception as error:  # the run that is shown has nothing to do with it
            self.failures.append(Failure(CONTEST, _explain(error)))
            return
        self._show_heat()

    def _run_contest(self, is_running: bool) -> None:
        contest = self._contest
        if contest is None:
            return
        self._is_contending = is_running and not contest.is_over
        if self._is_contending:
            self._halt()
            self._due = time.perf_counter()
        while not (self._is_contending or contest.is_between_rounds or self._closing.is_set()):
            contest.advance()  # a race is paused where all have made equally many updates
        self._show_heat()

    def _end_contest(self) -> None:
        self._contest, self._is_contending = None, False
        self._heats.clear()

    def _contend(self) -> None:
        """Let the contestants take turns for a slice of time, as fast as a run may go."""
        contest = self._contest
        assert contest is not None
        now = time.perf_counter()
        end = now + SLICE_SECONDS
        interval = 1 / self._steps_per_second
        self._due = max(self._due, now - 0.1)
        try:
            while not contest.is_over and now < end and not self._closing.is_set():
                if interval and now < self._due:
                    break
                if contest.advance():
                    self._due += interval
                now = time.perf_counter()
            self._is_contending = not contest.is_over
            is_asleep_next = self._due - now > FRAME_SECONDS
            if self._heat_wanted.is_set() or is_asleep_next or not self._is_contending:
                self._show_heat()
        except Exception as error:
            self._end_contest()
            self.failures.append(Failure(CONTEST, _explain(error)))

    def _show_heat(self) -> None:
        """Put where the contestants stand into its mailbox, in place of one not taken."""
        if self._contest is not None:
            self._heat_wanted.clear()
            self._heats.append(self._contest.heat(is_running=self._is_contending))

    def _begin_race(self) -> None:
        self._racing = self._race(self._trainer.task)

    def _race(self, task: Task) -> Iterator[None]:
        """Train the task from its start on each device for a moment, slice by slice."""
        from core.train.trainer import Trainer, with_device

        found = {}
        for device in self.devices:
            trainer = Trainer(with_device(task, device))
            trainer.tune(epochs=MAX_COUNT, tolerance=0.0)
            trainer.step()  # what happens once is not counted
            trainer.copy_to_host()
            advance = _advancing(trainer, at_once=True)
            begun = paused = time.perf_counter()
            steps = 0
            while (now := time.perf_counter()) - begun < RACE_SECONDS or not steps:
                if now - paused > SLICE_SECONDS:
                    yield
                    paused = time.perf_counter()
                if trainer.outcome is not None:
                    trainer.go_on()
                before = trainer.step_count
                done = advance()
                steps += max(trainer.step_count - before, done)
            trainer.copy_to_host()  # waits for what the device has yet to do
            found[device] = steps * trainer.batch_size / (time.perf_counter() - begun)
        self.races.append(Race(found))

    @property
    def _trainer(self) -> Trainer:
        if self._current is None:
            raise LogitLabError("There is nothing to train yet.")
        return self._runs[self._current]

    def _load(
        self,
        run: int,
        task: Task,
        play: bool,
        take_over: int | None = None,
        start: Params | None = None,
        replaces: int | None = None,
    ) -> None:
        try:
            trainer = self._make_trainer(task)
            if take_over is not None and take_over in self._runs:
                trainer.take_over(self._runs[take_over])
            if start is not None:
                trainer.start_from(start)
        except Exception as error:
            self._fail(_explain(error), run)
            return
        self._runs[run], self._tasks[run] = trainer, task
        if replaces is not None:
            self._forget(replaces)
        while len(self._runs) > KEPT_RUNS:
            self._forget(next(iter(self._runs)))
        self._current = run
        self._halt()
        if play:
            self._play()

    def _forget(self, run: int) -> None:
        self._runs.pop(run, None)
        self._tasks.pop(run, None)

    def _make_trainer(self, task: Task) -> Trainer:
        """Return a trainer of the task; on the CPU where its device has no room for it."""
        from core.train.trainer import Trainer, is_device_failure, with_device

        try:
            return Trainer(task)
        except Exception as error:
            device = task.config.training.device
            if not is_device_failure(error, device):
                raise
            self.remarks.append(
                f"{device.upper()} cannot take this ({_first_line(error)}). Training is on the CPU."
            )
            return Trainer(with_device(task, "cpu"))

    def _resume(self, run: int, task: Task) -> None:
        if run not in self._runs:
            self._load(run, task, play=False)
            return
        self._runs.move_to_end(run)
        self._current = run
        self._halt()

    def _halt(self) -> None:
        self._is_training = self._is_replaying = False
        self._racing = self._arriving = self._seeking = None
        self._after_seeking.clear()

    def _once_there(self, command: Callable[[], None]) -> None:
        """Carry the command out where the run is, or as soon as it is where it is wanted."""
        if self._seeking is None:
            command()
        else:
            self._after_seeking.append(command)

    def _play(self) -> None:
        self._once_there(self._train_on)

    def _train_on(self) -> None:
        self._is_replaying = False
        self._run_contest(False)
        self._trainer.leave_past()
        if self._trainer.outcome is not None:
            self._trainer.go_on()
        self._is_training = True
        self._due = time.perf_counter()
        self._rate = _Rate()

    def _replay(self) -> None:
        self._once_there(self._play_again)

    def _play_again(self) -> None:
        if self._trainer.is_past:
            self._run_contest(False)
            self._trainer.forget_outcome()
            self._is_training = self._is_replaying = True
            self._due = time.perf_counter()
            self._rate = _Rate()

    def _pause(self) -> None:
        self._is_training = self._is_replaying = False
        self._after_seeking.clear()

    @property
    def _step_in_view(self) -> int:
        """The step that is shown, or that is to be shown next."""
        return self._wanted_step if self._seeking is not None else self._trainer.step_count

    def _go_to(self, step: int) -> None:
        trainer = self._trainer
        self._is_training = self._is_replaying = False
        self._arriving = None
        self._after_seeking.clear()
        self._wanted_step = min(max(step, trainer.oldest_step), trainer.newest_step)
        if self._seeking is None or time.perf_counter() - self._sought_at > SEEK_SECONDS:
            self._begin_to_seek()

    def _begin_to_seek(self) -> None:
        self._sought, self._sought_at = self._wanted_step, time.perf_counter()
        self._seeking = self._trainer.going_to(self._sought)

    def _seek(self, seeking: Iterator[None]) -> None:
        """Go on for a slice of time; once there, show it, and go where it is wanted by now."""
        end = time.perf_counter() + SLICE_SECONDS
        while next(seeking, seeking) is not seeking:
            if time.perf_counter() > end or self._closing.is_set():
                return
        self._seeking = None
        self._publish()
        if self._wanted_step != self._sought:
            self._begin_to_seek()
            return
        commands, self._after_seeking = self._after_seeking, []
        for command in commands:
            command()
        if commands:
            self._publish()

    def _step_once(self) -> None:
        self._once_there(self._update_once)

    def _update_once(self) -> None:
        self._is_training = self._is_replaying = False
        trainer = self._trainer
        trainer.leave_past()
        if trainer.outcome is Status.DIVERGED:
            trainer.go_on()
        while not (trainer.advance() or self._closing.is_set()):
            pass

    def _reset(self) -> None:
        self._halt()
        self._trainer.reset()

    def _start_from(self, params: Params) -> None:
        self._halt()
        self._trainer.start_from(params)

    def _recover(self) -> None:
        trainer = self._trainer
        if trainer.outcome is not None and trainer.epilogue and trainer.epilogue.rate:
            trainer.recover()
            self._play()

    def _set_speed(self, steps_per_second: float) -> None:
        self._steps_per_second = steps_per_second
        self._due = time.perf_counter()

    def _fail(self, message: str, run: int | None = None) -> None:
        self._halt()
        self.failures.append(Failure(run, message))

    def _publish(self) -> None:
        """Put a copy of the run into the mailbox, in place of one that was not taken.

        While a device trains flat out the copy is not waited for; `_deliver` puts it there.
        """
        if self._current is None:
            return
        if self._seeking is not None:
            self._wanted.set()  # it is shown where it arrives
            return
        if self._arriving is not None and self._is_flat_out:
            self._wanted.set()  # one after the other
            return
        self._wanted.clear()
        self._arriving = None
        trainer = self._trainer
        if trainer.metrics.step != trainer.step_count and self._is_measured_now:
            trainer.measure()  # when it is watched step by step, the figures are of this step
            self._measured_at = time.perf_counter()
        copy = trainer.start_copy() if self._is_flat_out else None
        snapshot = partial(
            Snapshot,
            run=self._current,
            task=self._tasks[self._current],
            made_at=time.perf_counter(),
            status=self._status(trainer),
            step=trainer.step_count,
            epoch=trainer.epoch,
            metrics=trainer.metrics,
            curves=trainer.curves(),
            pace=self._rate.pace if self._is_training else Pace(),
            settings=trainer.settings,
            batch=trainer.next_rows(),
            scheduled_rate=trainer.eta,
            moments=trainer.moments(),
            updates=trainer.updates,
            newest_step=trainer.newest_step,
            oldest_step=trainer.oldest_step,
            message=trainer.message,
            epilogue=trainer.epilogue if trainer.outcome is not None else None,
        )
        if copy is None:
            self._mailbox.append(snapshot(params=trainer.params()))
        else:
            self._arriving = copy, snapshot

    def _deliver(self, arriving: tuple[HostCopy, Callable[..., Snapshot]]) -> None:
        """Put the snapshot into the mailbox once its weights have come from the device."""
        copy, snapshot = arriving
        if copy.is_there:
            self._mailbox.append(snapshot(params=self._trainer.params_of(copy.take())))
            self._arriving = None

    @property
    def _is_time_to_show(self) -> bool:
        """Whether the next request is near: a snapshot made at once would be a frame old by then.

        By then the window has drawn the last one, too, and leaves Python's lock alone.
        """
        return not self._is_flat_out or time.perf_counter() - self._wanted_at > LEAD_SECONDS

    @property
    def _is_flat_out(self) -> bool:
        return self._is_training and math.isinf(self._steps_per_second)

    @property
    def _is_measured_now(self) -> bool:
        """Whether figures are wanted of this very step, and not of one shortly before."""
        if self._is_flat_out and self._is_replaying:
            return time.perf_counter() - self._measured_at > PAST_SECONDS
        return not self._is_flat_out

    def _status(self, trainer: Trainer) -> Status:
        if self._is_training:
            return Status.TRAINING
        if trainer.outcome is not None:
            return trainer.outcome
        return Status.PAUSED if trainer.step_count else Status.READY


def _advancing(
    trainer: Trainer, is_replaying: bool = False, *, at_once: bool
) -> Callable[[], bool]:
    """Return what advances the trainer, as far as it can at once or by single updates."""
    advance = trainer.relive if is_replaying else trainer.advance
    return partial(advance, MAX_COUNT) if at_once and trainer.is_queued else advance


class _Rate:
    """How fast it went over the last half second or so, and for how much of it it worked."""

    def __init__(self) -> None:
        self.pace = Pace()
        self._begin()

    def add(self, steps: int, examples: int) -> None:
        """Count what a slice has done; called on the training thread alone."""
        self._steps += steps
        self._examples += examples
        elapsed = max(time.perf_counter() - self._since, 1e-9)
        if elapsed < RATE_SECONDS and self.pace.steps:
            return
        # The thread's own processor time: while it waits for a turn, that stands still.
        working = min((time.thread_time() - self._worked) / elapsed, 1.0)
        self.pace = Pace(self._steps / elapsed, self._examples / elapsed, working, 1 - working)
        if elapsed >= RATE_SECONDS:
            self._begin()

    def _begin(self) -> None:
        self._since, self._worked = time.perf_counter(), time.thread_time()
        self._steps = self._examples = 0


def _explain(error: Exception) -> str:
    if isinstance(error, LogitLabError):
        return str(error)
    if is_shortage(error):
        return say_shortage(error)
    return (
        f"Training stopped by an unexpected error ({type(error).__name__}: {_first_line(error)}). "
        "Press Reset to start again."
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no further word"])[0]
