"""The past of a run: any step can be restored, bit for bit, and replayed."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from core.config import TrainingConfig
from core.note import Note
from core.train.checkpoints import Checkpoint, Frame, Keyframes, compact, first_stride
from core.train.history import History
from core.train.settings_history import NEVER, ActiveSettings, SettingsHistory
from core.train.snapshot import Metrics, Status
from core.train.stepper import Stepper
from core.train.stopping import Stopping


class Run(Protocol):
    """The interface of a run that its timeline needs; the trainer implements it."""

    step_count: int
    epoch: int
    settings: TrainingConfig
    outcome: Status | None
    message: str | Note
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
    """The state of a run at its newest step, kept while an earlier step is viewed."""

    frame: Frame[Checkpoint]
    active: ActiveSettings
    outcome: Status | None
    message: str | Note
    metrics: Metrics
    next_measurement: int
    next_frame: int


@dataclass(frozen=True, eq=False)
class TimelineState:
    """Everything in a timeline, as values.

    changes : settings, with the step from which they apply. head : see `HeadState`; None unless an
    earlier step is viewed.
    """

    frames: tuple[Frame[Checkpoint], ...]
    pinned: tuple[int, ...]
    stride: int
    changes: tuple[tuple[int, ActiveSettings], ...]
    next_frame: int
    head: HeadState | None


class Timeline:
    """Checkpoints and settings of a run, and its newest state while an earlier step is viewed.

    changes : the settings by the step from which they apply.
    next_frame : the next step to keep as a frame. has_long_epochs : whether each epoch should begin
    with a frame, on which the others in it depend.
    """

    next_frame: int
    has_long_epochs: bool
    changes: SettingsHistory
    _frames: Keyframes[Checkpoint]

    def __init__(self, run: Run, rows: int) -> None:
        # Weak: a reference cycle would delay freeing a trainer, and the device may lack memory
        # for two.
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
        """Clear the timeline; the current step is the first that can be restored."""
        run, self._head = self._run, None
        first = run.checkpoint()
        size = sum(p.numel() for p in first.parameters)
        is_costly = run.settings.rule.is_second_order
        stride = 1 if is_costly else first_stride(run.batch_size * size)
        self._frames = Keyframes[Checkpoint](stride)
        self._frames.pin(Frame(compact(first), run.stopping.losses, run.stopping.best))
        self.changes = SettingsHistory(run.step_count, run.active_settings())
        self.next_frame = run.step_count + stride
        self._see_how_long_epochs_are()

    def state(self) -> TimelineState:
        """Return what the timeline holds."""
        frames = self._frames
        return TimelineState(
            frames.frames,
            frames.pinned,
            frames.stride,
            self.changes.items(),
            self.next_frame,
            self._head,
        )

    def take_up(self, state: TimelineState) -> None:
        """Go on after what another timeline held; the run is already at its step."""
        self._head = state.head
        self._frames = Keyframes.of(state.frames, state.pinned, state.stride)
        (step, active), *later = state.changes
        self.changes = SettingsHistory(step, active)
        for step, active in later:
            self.changes.add(step, active)
        self.next_frame = state.next_frame
        self._see_how_long_epochs_are()

    def keep_frame(self, *, is_amid_epoch: bool) -> None:
        """Keep the current step as a frame, unless its epoch's permutation must be stored."""
        self._see_how_long_epochs_are()
        run = self._run
        is_known = not is_amid_epoch or self._frames.newest.checkpoint.epoch == run.epoch
        if is_known and self._head is None:
            frame = self._frame()
            self._frames.add(frame)
            run.history.record_parameters(frame.step, frame.checkpoint.parameters)
            self.next_frame = run.step_count + self._frames.stride

    def keep_at_hand(self) -> None:
        """Keep the current step for quick access, besides the frames at equal strides."""
        if self._head is None:
            self._frames.keep_between(self._frame())

    def note_settings(self, *, begins_anew: bool = False) -> None:
        """Record the active settings as those from this step on."""
        run = self._run
        active = run.active_settings()
        self.changes.add(run.step_count, replace(active, begins_anew=begins_anew))

    def pin(self) -> None:
        """Pin the current step, which no replay reaches, and record its settings."""
        self.note_settings()
        self._frames.pin(self._frame())

    def return_to(self, step: int) -> None:
        """Drop everything after this step, to which the run has returned."""
        if step < self._frames.oldest.step:
            self.begin()
            return
        self._cut(step)
        self.note_settings()

    def end_past(self) -> None:
        """Make the step viewed the newest; drop everything recorded after it."""
        self._head = None
        self._cut(self._run.step_count)

    def _cut(self, step: int) -> None:
        self._frames.cut(step)
        self.changes.cut(step)
        self.next_frame = self._frames.newest.step + self._frames.stride

    # The past -----------------------------------------------------------------------------------

    @property
    def is_past(self) -> bool:
        """Whether a step before the newest is viewed."""
        return self._head is not None

    @property
    def newest_step(self) -> int:
        """The furthest step of the run, beyond its `step_count` while the past is viewed."""
        return self._run.step_count if self._head is None else self._head.frame.step

    @property
    def newest_metrics(self) -> Metrics:
        """The last metrics of the furthest step."""
        return self._run.metrics if self._head is None else self._head.metrics

    @property
    def oldest_step(self) -> int:
        """The earliest step that can be restored."""
        return self._frames.oldest.step

    @property
    def oldest(self) -> Checkpoint:
        """The checkpoint of the earliest step that can be restored."""
        return self._frames.oldest.checkpoint

    @property
    def kept_steps(self) -> list[int]:
        """The steps of the frames at equal strides."""
        return self._frames.steps

    @property
    def nbytes(self) -> int:
        """Bytes of all frames kept."""
        return self._frames.nbytes

    def go_to(self, step: int) -> None:
        """Restore the state after this step, bit for bit; later steps stay on record."""
        for _ in self.going_to(step):
            pass
        self._run.measure_now()

    def going_to(self, step: int) -> Iterator[None]:
        """Do the same slice by slice, without measuring; the iteration may be abandoned."""
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
            power = (1 << (left - 1).bit_length()) // 2  # the greatest power of two below `left`
            if self.replay(left - power):
                left = step - run.step_count
                if left & (left - 1) == 0:  # makes going back further quick
                    self._frames.keep_between(self._frame())
            yield
        self.follow_settings()

    def forget_outcome(self) -> None:
        """Clear the outcome while the past is viewed: a run that went on had not ended."""
        if self._head is not None:
            run = self._run
            run.outcome, run.message = None, ""

    def replay(self, most: int = 1) -> bool:
        """Do one slice of the next update on record; return whether the update is complete.

        On reaching the newest step, return to it. Nothing is recorded twice.
        """
        head, run = self._head, self._run
        if head is None:
            return True
        if not run.stepper.is_amid_update:
            self.follow_settings()
        ahead = min(self.changes.after(run.step_count), head.frame.step) - run.step_count
        is_complete = run.advance(min(most, ahead))
        run.outcome, run.message = None, ""  # whatever the outcome, the run went on
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
        """Save the newest state so that an earlier step can be viewed."""
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
        """Return the recorded settings of the current step."""
        return self.changes.at(self._run.step_count)

    def follow_settings(self) -> None:
        """Apply the recorded settings of the current step."""
        run = self._run
        run.set_active(self.settings_here())
        if self.changes.begins_anew(run.step_count):
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
