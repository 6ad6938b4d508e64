"""The commands of the training thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from core.data.task import Task
from core.runs.activity import LoadedRun, Replaying, Seeking, Training
from core.runs.device_benchmark import Benchmarking
from core.runs.failure import RACE
from core.runs.race import Race
from core.runs.workspace import Command, Workspace
from core.train.snapshot import Params, Status

if TYPE_CHECKING:
    from core.runs.run_state import RunState
    from core.train.trainer import Trainer

# Runs ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load(Command):
    """Begin run number `run` on the task; train at once if `play`.

    If the task cannot be trained, the last run stays as it is, paused, and a failure of the new
    run is reported.

    warm_start_from : run whose weights and curves the new one continues.
    start : initial weights. replaces : run to forget, because it will not be resumed.
    state : where the run was kept; it goes on from there.
    """

    run: int
    task: Task = field(repr=False)
    play: bool = False
    warm_start_from: int | None = None
    start: Params | None = field(default=None, repr=False)
    replaces: int | None = None
    state: RunState | None = field(default=None, repr=False)

    def carry_out(self, workspace: Workspace) -> None:
        if _begin(workspace, self.run, self.task, self._make, self.replaces) and self.play:
            Play().carry_out(workspace)

    def _make(self, workspace: Workspace) -> Trainer:
        trainer = workspace.make_trainer(self.task)
        before = None if self.warm_start_from is None else workspace.find(self.warm_start_from)
        if before is not None:
            from core.train.warm_start import warm_start_from

            warm_start_from(trainer, before.trainer)
        if self.start is not None:
            from core.train.warm_start import start_from

            start_from(trainer, self.start)
        if self.state is not None:
            from core.runs.run_state import take_up

            take_up(trainer, self.state)
        return trainer


@dataclass(frozen=True)
class BeginAgain(Command):
    """Begin run number `run` on the shown run's task, with its current settings.

    The run shown until then is kept as it is. If the weights cannot be trained, it stays shown,
    paused, and a failure of the new run is reported.

    start : initial weights, now and at every reset; None for those of the run shown until then.
    replaces : run to forget, because it will not be resumed.
    """

    run: int
    start: Params | None = field(default=None, repr=False)
    replaces: int | None = None

    def carry_out(self, workspace: Workspace) -> None:
        _begin(workspace, self.run, workspace.run.task, self._make, self.replaces)

    def _make(self, workspace: Workspace) -> Trainer:
        from core.train.warm_start import start_from, tuned_task

        before = workspace.run.trainer
        trainer = workspace.make_trainer(tuned_task(before))
        start = self.start or before.start
        if start is not None:
            start_from(trainer, start)
        return trainer


def _begin(
    workspace: Workspace,
    run: int,
    task: Task,
    make: Callable[[Workspace], Trainer],
    replaces: int | None,
) -> bool:
    """Show a run with the trainer that `make` returns; return whether that succeeded.

    On failure, report it; the last run stays as it is, paused. replaces : run to forget.
    """
    try:
        trainer = make(workspace)
    except Exception as error:
        workspace.halt()
        workspace.report(error, run)
        return False
    if replaces is not None:
        workspace.forget(replaces)
    workspace.show(LoadedRun(run, task, trainer))
    return True


@dataclass(frozen=True)
class Resume(Command):
    """Return to an earlier run as it was left, paused; load it anew if it has been forgotten."""

    run: int
    task: Task = field(repr=False)

    def carry_out(self, workspace: Workspace) -> None:
        run = workspace.find(self.run)
        if run is None:
            Load(self.run, self.task).carry_out(workspace)
        else:
            workspace.show(run)


@dataclass(frozen=True)
class Capture(Command):
    """Put the whole state of the shown run into the outbox's `states`, with this number.

    If the shown run is another one, there is no state. A step that is being sought is not waited
    for: what follows may call the search off, and the answer with it.
    """

    run: int
    number: int

    def carry_out(self, workspace: Workspace) -> None:
        from core.runs.run_state import state_of

        state = None
        try:
            if workspace.shown_number == self.run:
                state = state_of(workspace.trainer)
        finally:
            workspace.outbox.states.append((self.number, state))


# Training -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Play(Command):
    """Train from the shown step, even if the run was over; pause any race."""

    waits_for_step: ClassVar[bool] = True

    def carry_out(self, workspace: Workspace) -> None:
        workspace.pause_race()
        trainer = workspace.trainer
        trainer.branch_here()
        if trainer.outcome is not None:
            trainer.go_on()
        workspace.activity = Training(workspace.run, workspace.pacer)


@dataclass(frozen=True)
class Pause(Command):
    """Pause the run where it is, or at the step being sought."""

    def carry_out(self, workspace: Workspace) -> None:
        if isinstance(workspace.activity, Seeking):
            workspace.activity.waiting.clear()
        else:
            workspace.activity = None


@dataclass(frozen=True)
class Step(Command):
    """Pause and make one update."""

    waits_for_step: ClassVar[bool] = True

    def carry_out(self, workspace: Workspace) -> None:
        workspace.activity = None
        trainer = workspace.trainer
        trainer.branch_here()
        if trainer.outcome is Status.DIVERGED:
            trainer.go_on()
        while not (trainer.advance() or workspace.closing.is_set()):
            pass


@dataclass(frozen=True)
class SetSpeed(Command):
    """Limit the speed of training, replaying and racing; math.inf for no limit."""

    steps_per_second: float

    def carry_out(self, workspace: Workspace) -> None:
        workspace.pacer.set_speed(self.steps_per_second)


@dataclass(frozen=True)
class Tune(Command):
    """Change tunable settings; see `core.train.settings_history.TUNABLE`."""

    waits_for_step: ClassVar[bool] = True
    changes: Mapping[str, float | int | None]

    def carry_out(self, workspace: Workspace) -> None:
        workspace.trainer.set_hyperparameters(**self.changes)


@dataclass(frozen=True)
class Recover(Command):
    """Continue with the learning rate that the run's epilogue suggests, if any."""

    def carry_out(self, workspace: Workspace) -> None:
        trainer = workspace.trainer
        if trainer.outcome is not None and trainer.epilogue and trainer.epilogue.rate:
            from core.runs.rescue import recover

            recover(trainer)
            Play().carry_out(workspace)


# Weights ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reset(Command):
    """Reset the shown run to its initial weights."""

    def carry_out(self, workspace: Workspace) -> None:
        workspace.halt()
        workspace.trainer.reset()


@dataclass(frozen=True)
class MoveTo(Command):
    """Continue from other weights."""

    waits_for_step: ClassVar[bool] = True
    params: Params = field(repr=False)

    def carry_out(self, workspace: Workspace) -> None:
        from core.train.warm_start import move_to

        move_to(workspace.trainer, self.params)


# The past -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GoTo(Command):
    """Pause and restore the state after a step; a newer target step replaces an older one.

    Later steps stay on record until training continues from there.
    """

    step: int

    def carry_out(self, workspace: Workspace) -> None:
        workspace.seek(self.step)


@dataclass(frozen=True)
class StepBack(Command):
    """Pause and undo one update."""

    waits_in_turn: ClassVar[bool] = True

    def carry_out(self, workspace: Workspace) -> None:
        workspace.seek(workspace.step - 1)


@dataclass(frozen=True)
class GoLive(Command):
    """Return to the newest step of the run."""

    def carry_out(self, workspace: Workspace) -> None:
        workspace.seek(workspace.trainer.timeline.newest_step)


@dataclass(frozen=True)
class Replay(Command):
    """Replay the past at training speed, up to the newest step; pause any race."""

    waits_for_step: ClassVar[bool] = True

    def carry_out(self, workspace: Workspace) -> None:
        trainer = workspace.trainer
        if trainer.timeline.is_past:
            workspace.pause_race()
            trainer.timeline.forget_outcome()
            workspace.activity = Replaying(workspace.run, workspace.pacer)


# Several at once ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class CompareDevices(Command):
    """Measure how fast each device trains the shown run's task.

    The result is put into the outbox's `benchmarks`; the run continues afterwards.
    """

    def carry_out(self, workspace: Workspace) -> None:
        outbox = workspace.outbox
        task = workspace.trainer.task
        workspace.benchmark = Benchmarking(task, outbox.devices, outbox.benchmarks)


@dataclass(frozen=True)
class BeginRace(Command):
    """Set up a race of these tasks, paused at its start; see `core.runs.race`."""

    number: int
    tasks: Sequence[Task] = field(repr=False)

    def carry_out(self, workspace: Workspace) -> None:
        workspace.end_race()
        try:
            trainers = [workspace.make_trainer(task) for task in self.tasks]
        except Exception as error:  # the shown run is not affected
            workspace.report(error, RACE)
        else:
            workspace.begin_race(Race(self.number, trainers))


@dataclass(frozen=True)
class RunRace(Command):
    """Start or continue the race; the shown run is halted."""

    def carry_out(self, workspace: Workspace) -> None:
        race = workspace.race
        if race is None:
            return
        race.run()
        if race.is_running:
            workspace.halt()


@dataclass(frozen=True)
class PauseRace(Command):
    """Pause the race where all entries have made equally many updates."""

    def carry_out(self, workspace: Workspace) -> None:
        workspace.pause_race()


@dataclass(frozen=True)
class EndRace(Command):
    """Discard the race."""

    def carry_out(self, workspace: Workspace) -> None:
        workspace.end_race()
