"""The past of a run: any step of it comes back, bit for bit, and can be played again."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from core.config import SECOND_ORDER, TrainingConfig
from core.train.checkpoints import (
    NEVER,
    Checkpoint,
    Edits,
    Frame,
    Keyframes,
    Rules,
    compact,
    first_stride,
)
from core.train.history import History
from core.train.snapshot import Metrics, Status
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

    @property
    def batch_size(self) -> int: ...

    @property
    def is_amid_update(self) -> bool: ...

    def advance(self, most: int = 1) -> bool: ...

    def begin_again(self) -> None: ...

    def measure_now(self) -> None: ...

    def checkpoint(self) -> Checkpoint: ...

    def restore(self, checkpoint: Checkpoint) -> None: ...

    def rules(self) -> Rules: ...

    def set_rules(self, rules: Rules) -> None: ...


@dataclass(frozen=True, eq=False)
class Head:
    """The newest point of a run while an earlier one is looked at."""

    frame: Frame[Checkpoint]
    rules: Rules
    outcome: Status | None
    message: str
    metrics: Metrics
    next_measurement: int
    next_frame: int


class Timeline:
    """Checkpoints and edits of a run, and its newest point while an earlier one is looked at.

    next_frame : the step that is kept next. has_long_epochs : whether each epoch should begin
    with a frame, on which the others in it depend.
    """

    next_frame: int
    has_long_epochs: bool
    _edits: Edits
    _frames: Keyframes[Checkpoint]

    def __init__(self, run: Run, rows: int) -> None:
        # Were the reference strong, a trainer would outlive its last use; a device may have no
        # room for two.
        self._run_of = weakref.ref(run)
        self._rows = rows
        self._head: Head | None = None

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
        is_costly = run.settings.optimiser in SECOND_ORDER
        stride = 1 if is_costly else first_stride(run.batch_size * size)
        self._frames = Keyframes[Checkpoint](stride)
        self._frames.pin(Frame(compact(first), run.stopping.losses, run.stopping.best))
        self._edits = Edits(run.step_count, run.rules())
        self.next_frame = run.step_count + stride
        self._see_how_long_epochs_are()

    def keep_frame(self, *, is_amid_epoch: bool) -> None:
        """Remember this point, if its epoch's permutation need not be remembered with it."""
        self._see_how_long_epochs_are()
        run = self._run
        is_known = not is_amid_epoch or self._frames.newest.place.epoch == run.epoch
        if is_known and self._head is None:
            frame = self._frame()
            self._frames.add(frame)
            run.history.record_parameters(frame.step, frame.place.parameters)
            self.next_frame = run.step_count + self._frames.stride

    def keep_at_hand(self) -> None:
        """Remember this point for what is looked at next, besides the frames at equal strides."""
        if self._head is None:
            self._frames.keep_between(self._frame())

    def note_rules(self, *, begins_anew: bool = False) -> None:
        """Remember that the rules are, from this step on, those that hold now."""
        run = self._run
        rules = run.rules()
        self._edits.add(run.step_count, replace(rules, begins_anew=begins_anew))

    def pin(self) -> None:
        """Remember this point, which no replay leads to, and its rules."""
        self.note_rules()
        self._frames.pin(self._frame())

    def return_to(self, step: int) -> None:
        """Forget what came after this step, to which the run has returned."""
        if step < self._frames.oldest.step:
            self.begin()
            return
        self._cut(step)
        self.note_rules()

    def end_past(self) -> None:
        """Let the step that is looked at be the newest; what is on record after it is forgotten."""
        self._head = None
        self._cut(self._run.step_count)

    def _cut(self, step: int) -> None:
        self._frames.cut(step)
        self._edits.cut(step)
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
        return self._frames.oldest.place

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
            if self.relive(left - power):
                left = step - run.step_count
                if left & (left - 1) == 0:  # so going back further is quick
                    self._frames.keep_between(self._frame())
            yield
        self.follow_rules()

    def forget_outcome(self) -> None:
        """The past that is played again has no end here."""
        if self._head is not None:
            run = self._run
            run.outcome, run.message = None, ""

    def relive(self, most: int = 1) -> bool:
        """Do a slice of the next update on record; return whether the update is complete.

        At the newest step the past ends. Nothing is recorded twice.
        """
        head, run = self._head, self._run
        if head is None:
            return True
        if not run.is_amid_update:
            self.follow_rules()
        ahead = min(self._edits.after(run.step_count), head.frame.step) - run.step_count
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
        run.set_rules(head.rules)
        self._take_frame(head.frame)
        run.outcome, run.message = head.outcome, head.message
        run.metrics = head.metrics
        run.next_measurement, self.next_frame = head.next_measurement, head.next_frame

    def leave_head(self) -> None:
        """Keep the newest point, so that an earlier one can be looked at."""
        run = self._run
        run.measure_now()
        run.begin_again()
        self._head = Head(
            frame=Frame(run.checkpoint(), run.stopping.losses, run.stopping.best),
            rules=run.rules(),
            outcome=run.outcome,
            message=run.message,
            metrics=run.metrics,
            next_measurement=run.next_measurement,
            next_frame=self.next_frame,
        )
        run.outcome, run.message = None, ""
        run.next_measurement = self.next_frame = NEVER

    def rules_here(self) -> Rules:
        """Return the rules of this step, as they are on record."""
        return self._edits.at(self._run.step_count)

    def follow_rules(self) -> None:
        """Let the rules be those of this step, as they are on record."""
        run = self._run
        run.set_rules(self.rules_here())
        if self._edits.begins_anew(run.step_count):
            run.stopping.begin_anew(run.epoch)

    def _see_how_long_epochs_are(self) -> None:
        self.has_long_epochs = self._frames.stride * self._run.batch_size < self._rows

    def _frame(self) -> Frame[Checkpoint]:
        run = self._run
        mate, stopping = self._frames.nearest(run.step_count).place, run.stopping
        return Frame(compact(run.checkpoint(), mate), stopping.losses, stopping.best)

    def _take_frame(self, frame: Frame[Checkpoint]) -> None:
        run = self._run
        run.restore(frame.place)
        run.stopping.restore(frame.losses, frame.best)
