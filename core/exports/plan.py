"""What a program that repeats a run has to do: only the branches that this run needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.config import TrainingConfig
from core.errors import SaveError
from core.exports.exported_run import ExportedRun
from core.memory import HESSIANS, hessian_numbers
from core.model_family import FAMILY
from core.model_kind import Kind
from core.train import batches
from core.train.history import SAMPLE
from core.train.sparse import SparseRows

LETTERS = {
    "learning_rate": "eta",
    "batch_size": "batch_size",
    "weight_decay": "weight_decay",
    "l1": "l1",
    "momentum": "mu",
    "epochs": "planned",
}
PRINTED = 200  # most epochs of which each is printed


@dataclass(frozen=True, eq=False)
class Shape:
    """A run, and the shapes of its rows and parameters."""

    run: ExportedRun

    @cached_property
    def kind(self) -> Kind:
        return FAMILY[self.run.task.config.model.kind]

    @property
    def hidden(self) -> int:
        return self.run.task.config.model.hidden

    @property
    def has_bias(self) -> bool:
        return self.run.task.config.model.has_bias

    @property
    def letters(self) -> tuple[str, ...]:
        """The names of the parameters that the optimiser moves, in its order."""
        names = ("W", "b", "V", "c") if self.hidden else ("W", "b")
        return names if self.has_bias else names[::2]

    @property
    def all_letters(self) -> tuple[str, ...]:
        return ("W", "b", "V", "c") if self.hidden else ("W", "b")

    @property
    def into(self) -> str:
        """The weights that take the inputs."""
        return "V" if self.hidden else "W"

    # Rows ---------------------------------------------------------------------------------------

    @cached_property
    def n(self) -> int:
        return len(self.run.task.train_rows)

    @cached_property
    def is_bytes(self) -> bool:
        """Whether the rows are pixels that are kept as bytes."""
        return self.run.task.dataset.X.dtype == np.uint8

    @property
    def is_text(self) -> bool:
        """Whether the rows are documents, whose numbers are kept sparse."""
        return self.run.task.dataset.is_text

    @property
    def is_standardised(self) -> bool:
        return not self.run.task.standardiser.is_identity

    @property
    def has_unit(self) -> bool:
        """Whether the weights are scaled instead of the pixels."""
        return self.is_bytes and not self.is_standardised and self.run.task.dataset.scale != 1

    @property
    def parts(self) -> dict[str, int]:
        """The rows that are measured after an epoch, by the names of their parts."""
        task = self.run.task
        named = {
            "training": min(self.n, SAMPLE),
            "test": len(task.test_rows),
            "validation": len(task.validation_rows),
        }
        return {name: count for name, count in named.items() if count}

    @property
    def is_sampled(self) -> bool:
        return self.n > SAMPLE

    @cached_property
    def rows_at_once(self) -> int:
        """Rows of a block; see `core.train.batches.Rows`."""
        task = self.run.task
        if task.dataset.bag is not None:
            return batches.sparse_rows_at_once(
                SparseRows(task.dataset.bag).mean_count, task.outputs
            )
        return batches.dense_rows_at_once(task.m, task.outputs)

    @cached_property
    def slice_rows(self) -> int:
        """Rows of a slice, about, into which blocks are cut; see `core.train.batches.cut`."""
        return batches.slice_rows(self.run.task)

    @cached_property
    def hessians_at_once(self) -> int:
        task = self.run.task
        p = task.outputs * (task.m + 1)
        return max(1, HESSIANS // hessian_numbers(p, task.outputs))


@dataclass(frozen=True, eq=False)
class Plan(Shape):
    """A run, and what its updates need. Raises SaveError for a model without updates."""

    def __post_init__(self) -> None:
        if self.kind.is_counted:
            raise SaveError(
                f"{self.kind.title} is counted, not trained update by update, so that there is no "
                "program of its training. Export its weights, its ONNX model or its card."
            )
        if self.kind.is_brought:
            raise SaveError(
                f"{self.kind.title} is of another package, whose functions no program here can "
                "write down. Export the weights, the ONNX model or the card."
            )
        if self.run.task.dataset.is_streamed:
            raise SaveError(
                f"{self.run.task.dataset.name} is read from disk while it trains, and a program "
                "comes with its rows. Export the weights, the ONNX model or the card."
            )

    @property
    def settings(self) -> TrainingConfig:
        return self.run.first

    @property
    def is_weighted(self) -> bool:
        """Whether losses are weighted by class."""
        return self.run.task.class_weights is not None

    @property
    def has_row_weights(self) -> bool:
        """Whether each row has a weight of its own, which comes with its targets."""
        return self.is_weighted and not self.kind.is_pairwise

    @property
    def has_slices(self) -> bool:
        """Whether all rows together are several slices."""
        return self.n > min(self.slice_rows, self.rows_at_once)

    @property
    def slices_batches(self) -> bool:
        """Whether a batch goes through the model in several slices."""
        return self.largest_batch > min(self.slice_rows, self.rows_at_once)

    @property
    def slices_measured(self) -> bool:
        return sum(self.parts.values()) > self.rows_at_once

    def is_packed(self, language: str) -> bool:
        """Whether rows become numbers just before they are multiplied: pixels, and sparse ones.

        NumPy multiplies by SciPy's sparse rows as they are, but makes no Hessian of these.
        """
        is_dense = language == "torch" or self.settings.rule.needs_hessian
        return self.is_bytes or (self.is_text and is_dense)

    # Settings -----------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        """The number of the last update."""
        return max(self.run.trained, self.run.step)

    @cached_property
    def segments(self) -> tuple[tuple[int, TrainingConfig], ...]:
        """The settings of the updates, by the step from which they apply."""
        begin = self.run.begin.step if self.run.begin else 0
        found: dict[int, TrainingConfig] = {}
        for step, settings in self.run.settings:
            if step < max(self.steps, begin + 1):
                found[max(step, begin)] = settings
        return tuple(found.items())

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """The names of the settings that changed during the run, and matter."""
        names = [name for name in LETTERS if self._matters(name)]
        first = self.segments[0][1]
        return tuple(
            name
            for name in names
            if any(getattr(later, name) != getattr(first, name) for _, later in self.segments)
        )

    def _matters(self, name: str) -> bool:
        match name:
            case "momentum":
                return self.settings.rule.uses_momentum
            case "batch_size":
                return not self.settings.rule.is_second_order
            case "epochs":
                return self.settings.schedule != "constant"
            case _:
                return True

    @cached_property
    def changes(self) -> dict[int, tuple[str, ...]]:
        """The values of `changed`, as text, by the step from which they apply."""
        found: dict[int, tuple[str, ...]] = {}
        last: tuple[str, ...] = ()
        for step, settings in self.segments:
            values = tuple(self.literal(name, settings) for name in self.changed)
            if values != last:
                found[step] = last = values
        return found

    def literal(self, name: str, settings: TrainingConfig) -> str:
        """Return a setting as it stands in the program."""
        value = getattr(settings, name)
        if name == "batch_size" and (value is None or value >= self.n):
            return "n"
        return repr(value)

    def ever(self, name: str) -> bool:
        """Return whether a penalty is ever above 0."""
        return any(getattr(settings, name) > 0 for _, settings in self.segments)

    def always(self, name: str) -> bool:
        return all(getattr(settings, name) > 0 for _, settings in self.segments)

    @cached_property
    def sizes(self) -> set[int]:
        """The batch sizes that occur."""
        if self.settings.rule.is_second_order:
            return {self.n}
        return {min(settings.batch_size or self.n, self.n) for _, settings in self.segments}

    @property
    def largest_batch(self) -> int:
        return max(self.sizes)

    @property
    def takes_all(self) -> bool:
        """Whether each update takes all rows, in no order."""
        return self.sizes == {self.n} and not (self.run.begin and self.run.begin.taken)

    @property
    def is_plain(self) -> bool:
        """Whether each update is θ ← θ − η (∇ + λ θ)."""
        return self.settings.rule.is_plain and not self.ever("l1")

    @cached_property
    def epochs(self) -> int:
        """The number of epochs that are complete at the end."""
        if self.run.trained <= self.run.step:
            return self.run.epoch
        return int(self.run.epochs_at(np.array([self.steps]))[0])

    @cached_property
    def is_walked(self) -> bool:
        """Whether it goes from update to update, not from epoch to epoch.

        It does where settings change meanwhile, or where the run begins or ends within an epoch.
        """
        if self.changed or self.run.begin is not None:
            return True
        return self.steps != self.epochs * math.ceil(self.n / self.largest_batch)

    @property
    def every(self) -> int:
        """After how many epochs figures are printed."""
        return 1 if self.run.is_best else max(1, self.epochs // PRINTED)

    @property
    def patience(self) -> int:
        """The patience of early stopping; 0 if it does not apply, or has changed meanwhile."""
        found = {settings.patience for _, settings in self.segments}
        return self.run.last.patience if self.run.is_best and len(found) == 1 else 0

    @property
    def outlives_schedule(self) -> bool:
        """Whether it trains for more epochs than the schedule has."""
        begun = self.epochs + self.is_walked  # the last of them may not be complete
        return begun > min(settings.epochs for _, settings in self.segments)

    @property
    def draws_start(self) -> bool:
        """Whether the initial weights are drawn at random."""
        model = self.run.task.config.model
        return bool(model.hidden) or model.init == "random"
