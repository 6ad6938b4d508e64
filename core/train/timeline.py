"""The past of a run: any step of it comes back, bit for bit, and can be played again."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from core.config import TrainingConfig
from core.train.checkpoints import Checkpoint, Frame, Keyframes, compact, first_stride
from core.train.history import History
from core.train.settings_history import NEVER, ActiveSettings, SettingsHistory
from core.train.snapshot import Metrics, Status
from core.train.stepper import Stepper
from core.train.stopping import Stopping


class Run(Protocol):
    """A run as its timeline sees it: the trainer."""

    step_count: int
    epoch: int
    settings: TrainingConfig
    outcome: Status | None
    message: str
    metrics: Metrics
    next_measurement: int
    stopping: Stopping
    history: History
    stepper: Stepper

    @property
    def batch_size(self) -> int: ...

    def advance(self, most: int = 1) -> bool: ...

    def measure_now(self) -> None: ...

    def checkpoint(self) -> Checkpoint: ...

    def restore(self, checkpoint: Checkpoint) -> None: ...

    def active_settings(self) -> ActiveSettings: ...

    def set_active(self, active: ActiveSettings) -> None: ...


@dataclass(frozen=True, eq=False)
class HeadState:
    """The newest point of a run while an earlier one is looked at."""

    frame: Frame[Checkpoint]
    active: ActiveSettings
    outcome: Status | None
    message: str
    metrics: Metrics
    next_measurement: int
    next_frame: int


class Timeline:
    """Checkpoints and settings of a run, and its newest point while an earlier one is looked at.

    next_frame : the step that is kept next. has_long_epochs : whether each epoch should begin
    with a frame, on which the others in it depend.
    """

    next_frame: int
    has_long_epochs: bool
    _changes: SettingsHistory
    _frames: Keyframes[Checkpoint]

    def __init__(self, run: Run, rows: int) -> None:
        # Were the reference strong, a trainer would outlive its last use; a device may have no
        # room for two.
        self._run_of = weakref.ref(run)
        self._rows = rows
        self._head: HeadState | None = None

    @property
    def _run(self) -> Run:
        run = self._run_of()
        assert run is not None
        return run

    # What the trainer records -------------------------------------------------------------------

    def begin(self) -> None:
        """Let this be the first point that it can go back to."""
        run, self._head = self._run, None
        first = run.checkpoint()
        size = sum(p.numel() for p in first.parameters)
        is_costly = run.settings.rule.is_second_order
        stride = 1 if is_costly else first_stride(run.batch_size * size)
        self._frames = Keyframes[Checkpoint](stride)
        self._frames.pin(Frame(compact(first), run.stopping.losses, run.stopping.best))
        self._changes = SettingsHistory(run.step_count, run.active_settings())
        self.next_frame = run.step_count + stride
        self._see_how_long_epochs_are()

    def keep_frame(self, *, is_amid_epoch: bool) -> None:
        """Remember this point, if its epoch's permutation need not be remembered with it."""
        self._see_how_long_epochs_are()
        run = self._run
        is_known = not is_amid_epoch or self._frames.newest.checkpoint.epoch == run.epoch
        if is_known and self._head is None:
            frame = self._frame()
            self._frames.add(frame)
            run.history.record_parameters(frame.step, frame.checkpoint.parameters)
            self.next_frame = run.step_count + self._frames.stride

    def keep_at_hand(self) -> None:
        """Remember this point for what is looked at next, besides the frames at equal strides."""
        if self._head is None:
            self._frames.keep_between(self._frame())

    def note_settings(self, *, begins_anew: bool = False) -> None:
        """Remember that, from this step on, the settings are those that are active now."""
        run = self._run
        active = run.active_settings()
        self._changes.add(run.step_count, replace(active, begins_anew=begins_anew))

    def pin(self) -> None:
        """Remember this point, which no replay leads to, and its settings."""
        self.note_settings()
        self._frames.pin(self._frame())

    def return_to(self, step: int) -> None:
        """Forget what came after this step, to which the run has returned."""
        if step < self._frames.oldest.step:
            self.begin()
            return
        self._cut(step)
        self.note_settings()

    def end_past(self) -> None:
        """Let the step that is looked at be the newest; what is on record after it is forgotten."""
        self._head = None
        self._cut(self._run.step_count)

    def _cut(self, step: int) -> None:
        self._frames.cut(step)
        self._changes.cut(step)
        self.next_frame = self._frames.newest.step + self._frames.stride

    # The past -----------------------------------------------------------------------------------

    @property
    def is_past(self) -> bool:
        """Whether a step before the newest is looked at."""
        return self._head is not None

    @property
    def newest_step(self) -> int:
        """The furthest step of the run; its `step_count` is before it while it is past."""
        return self._run.step_count if self._head is None else self._head.frame.step

    @property
    def newest_metrics(self) -> Metrics:
        """The last figures of the furthest step."""
        return self._run.metrics if self._head is None else self._head.metrics

    @property
    def oldest_step(self) -> int:
        """The first step that it can go back to."""
        return self._frames.oldest.step

    @property
    def oldest(self) -> Checkpoint:
        """The first point that it can go back to."""
        return self._frames.oldest.checkpoint

    @property
    def kept_steps(self) -> list[int]:
        """The steps of the frames at equal strides."""
        return self._frames.steps

    @property
    def nbytes(self) -> int:
        """Bytes of all that is kept."""
        return self._frames.nbytes

    def go_to(self, step: int) -> None:
        """Be as it was after that step, bit for bit; what came later stays on record."""
        for _ in self.going_to(step):
            pass
        self._run.measure_now()

    def going_to(self, step: int) -> Iterator[None]:
        """Do the same slice by slice; it may be left off, and measures nothing."""
        run = self._run
        if self._head is None:
            if step >= run.step_count:
                return
            self.leave_head()
        self.forget_outcome()
        step = max(step, self.oldest_step)
        if step >= self.newest_step:
            self.go_live()
            return
        frame = self._frames.nearest(step)
        if not frame.step <= run.step_count <= step:
            self._take_frame(frame)
        while run.step_count < step:
            left = step - run.step_count
            power = (1 << (left - 1).bit_length()) // 2  # the greatest power of two that is less
            if self.replay(left - power):
                left = step - run.step_count
                if left & (left - 1) == 0:  # so going back further is quick
                    self._frames.keep_between(self._frame())
            yield
        self.follow_settings()

    def forget_outcome(self) -> None:
        """The past that is played again has no end here."""
        if self._head is not None:
            run = self._run
            run.outcome, run.message = None, ""

    def replay(self, most: int = 1) -> bool:
        """Do a slice of the next update on record; return whether the update is complete.

        At the newest step the past ends. Nothing is recorded twice.
        """
        head, run = self._head, self._run
        if head is None:
            return True
        if not run.stepper.is_amid_update:
            self.follow_settings()
        ahead = min(self._changes.after(run.step_count), head.frame.step) - run.step_count
        is_complete = run.advance(min(most, ahead))
        run.outcome, run.message = None, ""  # whatever it was, it went on
        if run.step_count >= head.frame.step:
            self.go_live()
        return is_complete

    def go_live(self) -> None:
        """Return to the newest step."""
        head, run = self._head, self._run
        if head is None:
            return
        self._head = None
        run.set_active(head.active)
        self._take_frame(head.frame)
        run.outcome, run.message = head.outcome, head.message
        run.metrics = head.metrics
        run.next_measurement, self.next_frame = head.next_measurement, head.next_frame

    def leave_head(self) -> None:
        """Keep the newest point, so that an earlier one can be looked at."""
        run = self._run
        run.measure_now()
        run.stepper.begin_again()
        self._head = HeadState(
            frame=Frame(run.checkpoint(), run.stopping.losses, run.stopping.best),
            active=run.active_settings(),
            outcome=run.outcome,
            message=run.message,
            metrics=run.metrics,
            next_measurement=run.next_measurement,
            next_frame=self.next_frame,
        )
        run.outcome, run.message = None, ""
        run.next_measurement = self.next_frame = NEVER

    def settings_here(self) -> ActiveSettings:
        """Return the settings of this step, as they are on record."""
        return self._changes.at(self._run.step_count)

    def follow_settings(self) -> None:
        """Let the settings be those of this step, as they are on record."""
        run = self._run
        run.set_active(self.settings_here())
        if self._changes.begins_anew(run.step_count):
            run.stopping.begin_anew(run.epoch)

    def _see_how_long_epochs_are(self) -> None:
        self.has_long_epochs = self._frames.stride * self._run.batch_size < self._rows

    def _frame(self) -> Frame[Checkpoint]:
        run = self._run
        base, stopping = self._frames.nearest(run.step_count).checkpoint, run.stopping
        return Frame(compact(run.checkpoint(), base), stopping.losses, stopping.best)

    def _take_frame(self, frame: Frame[Checkpoint]) -> None:
        run = self._run
        run.restore(frame.checkpoint)
        run.stopping.restore(frame.losses, frame.best)
