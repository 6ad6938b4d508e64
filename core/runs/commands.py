"""What the training thread can be asked to do."""

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
    from core.train.trainer import Trainer

# Runs ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load(Command):
    """Begin run number `run` on the task; train at once if `play`.

    A task that cannot be trained leaves the last run as it is, paused, and is told as a failure
    of this run.

    warm_start_from : run whose weights and curves go on in the new one.
    start : weights to begin at. replaces : run that is forgotten: nobody returns to it.
    """

    run: int
    task: Task = field(repr=False)
    play: bool = False
    warm_start_from: int | None = None
    start: Params | None = field(default=None, repr=False)
    replaces: int | None = None

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
        return trainer


@dataclass(frozen=True)
class BeginAgain(Command):
    """Begin run number `run` on the task that is shown, with the settings as they are now.

    The run that was shown is remembered as it is. Weights that cannot be trained from leave it
    shown, paused, and are told as a failure of this run.

    start : weights to begin at, now and at every reset; None: where the other one began.
    replaces : run that is forgotten: nobody returns to it.
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
    """Show a run with the trainer that is made; tell a failure of it. Return whether it is shown.

    What fails leaves the last run as it is, paused. replaces : run that is forgotten.
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
    """Go back to an earlier run as it was left, paused; begin it anew if it is forgotten."""

    run: int
    task: Task = field(repr=False)

    def carry_out(self, workspace: Workspace) -> None:
        run = workspace.find(self.run)
        if run is None:
            Load(self.run, self.task).carry_out(workspace)
        else:
            workspace.show(run)


# Training -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Play(Command):
    """Train on from the step that is shown, also where the run was over; a race is paused."""

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
    """Hold the run where it is, or at the step that is being sought."""

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
    """Train, replay and race at most so fast; math.inf is flat out."""

    steps_per_second: float

    def carry_out(self, workspace: Workspace) -> None:
        workspace.pacer.set_speed(self.steps_per_second)


@dataclass(frozen=True)
class Tune(Command):
    """Change settings that apply while training: see `core.train.settings_history.TUNABLE`."""

    waits_for_step: ClassVar[bool] = True
    changes: Mapping[str, float | int | None]

    def carry_out(self, workspace: Workspace) -> None:
        workspace.trainer.set_hyperparameters(**self.changes)


@dataclass(frozen=True)
class Recover(Command):
    """Go on with the learning rate that the run's epilogue offers, if it offers one."""

    def carry_out(self, workspace: Workspace) -> None:
        trainer = workspace.trainer
        if trainer.outcome is not None and trainer.epilogue and trainer.epilogue.rate:
            from core.runs.rescue import recover

            recover(trainer)
            Play().carry_out(workspace)


# Weights ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reset(Command):
    """Return to the same start."""

    def carry_out(self, workspace: Workspace) -> None:
        workspace.halt()
        workspace.trainer.reset()


@dataclass(frozen=True)
class MoveTo(Command):
    """Go on from other weights."""

    waits_for_step: ClassVar[bool] = True
    params: Params = field(repr=False)

    def carry_out(self, workspace: Workspace) -> None:
        from core.train.warm_start import move_to

        move_to(workspace.trainer, self.params)


# The past -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GoTo(Command):
    """Pause and be as the run was after that step; of several, the newest counts.

    What came later stays on record until training goes on from there.
    """

    step: int

    def carry_out(self, workspace: Workspace) -> None:
        workspace.seek(self.step)


@dataclass(frozen=True)
class StepBack(Command):
    """Pause and undo one update."""

    def carry_out(self, workspace: Workspace) -> None:
        workspace.seek(workspace.step - 1)


@dataclass(frozen=True)
class GoLive(Command):
    """Return to the newest step of the run."""

    def carry_out(self, workspace: Workspace) -> None:
        workspace.seek(workspace.trainer.timeline.newest_step)


@dataclass(frozen=True)
class Replay(Command):
    """Play the past again, at the speed of training, up to the newest step; a race is paused."""

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
    """Measure how fast each device trains the task of the run that is shown.

    The outcome comes in the outbox's `benchmarks`; the run goes on after it.
    """

    def carry_out(self, workspace: Workspace) -> None:
        outbox = workspace.outbox
        task = workspace.trainer.task
        workspace.benchmark = Benchmarking(task, outbox.devices, outbox.benchmarks)


@dataclass(frozen=True)
class BeginRace(Command):
    """Make these tasks ready to be trained in lock step; see `core.runs.race`."""

    number: int
    tasks: Sequence[Task] = field(repr=False)

    def carry_out(self, workspace: Workspace) -> None:
        workspace.end_race()
        try:
            trainers = [workspace.make_trainer(task) for task in self.tasks]
        except Exception as error:  # the run that is shown has nothing to do with it
            workspace.report(error, RACE)
        else:
            workspace.begin_race(Race(self.number, trainers))


@dataclass(frozen=True)
class RunRace(Command):
    """Go on with the race; the run that is shown waits meanwhile."""

    def carry_out(self, workspace: Workspace) -> None:
        race = workspace.race
        if race is None:
            return
        race.run()
        if race.is_running:
            workspace.halt()


@dataclass(frozen=True)
class PauseRace(Command):
    """Hold the race where all entries have made equally many updates."""

    def carry_out(self, workspace: Workspace) -> None:
        workspace.pause_race()


@dataclass(frozen=True)
class EndRace(Command):
    """Forget the race."""

    def carry_out(self, workspace: Workspace) -> None:
        workspace.end_race()
