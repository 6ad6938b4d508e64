"""A run: settings, training, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from core.config import RunConfig
from core.data.task import Task, prepare
from core.library.data import Data, load
from core.library.loop import Loop, Result
from core.library.settings import with_settings
from core.projects import archive
from core.runs.run_record import Record, default_name
from core.train.snapshot import Metrics, Params

if TYPE_CHECKING:
    from core.runs.model import Model
    from core.train.trainer import Trainer

Callback = Callable[["Run"], object]
FIGURES = (("training", "train"), ("validation", "validation"), ("test", "test"))


class Run(Loop):
    """One training of a model on a data set. The same settings give the same weights, bit for bit.

    They are those of the window and of `logitlab train`, too.

    data : from `load`, or what `load` takes.
    settings : by their names in `core.config`: of the data (`features`, `degree`, …), the model
    (`kind`, `hidden`, `activation`, …) and its training (`learning_rate`, `batch_size`, `epochs`,
    `optimiser`, `seed`, …). As on the command line, `seed` is that of the split too unless
    `split_seed` is given.

    Raises ConfigError for a setting that is none or out of its range, DataError where data and
    settings do not fit, DeviceError for an absent device.

    >>> run = Run("iris", epochs=20, learning_rate=0.3)
    >>> result = run.train()
    >>> result.status.value, run.step_count, f"{run.metrics.test_accuracy:.3f}"
    ('finished', 80, '0.967')
    >>> run.params.W.shape
    (3, 2)
    """

    def __init__(self, data: Data | str | os.PathLike[str] = "iris", **settings: Any) -> None:
        from core.train.trainer import Trainer

        found = data if isinstance(data, Data) else load(data)
        config = with_settings(RunConfig(data=found.config), settings)
        super().__init__(Trainer(prepare(found.dataset, config)))
        self.kept: tuple[Record, ...] = ()

    @classmethod
    def of(
        cls,
        trainer: Trainer,
        epochs: Mapping[str, tuple[float, ...]] | None = None,
        kept: tuple[Record, ...] = (),
    ) -> Self:
        """Return the run of a trainer; kept : other runs that are in the same project."""
        run = cls.__new__(cls)
        Loop.__init__(run, trainer, epochs)
        run.kept = kept
        return run

    # Training -------------------------------------------------------------------------------------

    def train(self, callbacks: Sequence[Callback] | Callback = ()) -> Result:
        """Train to the end of the run, or until a callback returns True, and return the result.

        callbacks : each is called with the run after each epoch. A run that was stopped goes on
        where it is with the next call, to the same weights.

        >>> run = Run("iris", epochs=50)
        >>> result = run.train(lambda run: run.metrics.train_loss < 0.5)
        >>> result.status.value, run.epoch
        ('paused', 11)
        """
        told = [callbacks] if callable(callbacks) else list(callbacks)
        seen = self.epoch

        def wants_end(run: Run, is_whole: bool) -> bool:
            nonlocal seen
            if not is_whole or run.epoch == seen:
                return False
            seen = run.epoch
            answers = [callback(run) for callback in told]  # all of them are called
            return any(answer is True for answer in answers)

        return self.advance_until(wants_end)

    def step(self, count: int = 1) -> None:
        """Make so many updates, or as many as there are to the end of the run."""
        goal = self.step_count + count

        def wants_end(run: Run, is_whole: bool) -> bool:
            return is_whole and run.step_count >= goal

        if count > 0 and self.trainer.outcome is None:
            self.advance_until(wants_end)

    # What it is -----------------------------------------------------------------------------------

    @property
    def task(self) -> Task:
        """The data as they are trained on: chosen, split, standardised."""
        return self.trainer.task

    @property
    def config(self) -> RunConfig:
        """All settings, with the defaults of the data set resolved."""
        return replace(self.task.config, training=self.trainer.settings)

    @property
    def step_count(self) -> int:
        """Updates made."""
        return self.trainer.step_count

    @property
    def epoch(self) -> int:
        """Complete passes over the training rows."""
        return self.trainer.epoch

    @property
    def metrics(self) -> Metrics:
        """Loss and accuracy now; of more than 10,000 training rows a sample until it has ended."""
        self.trainer.measure_now()
        return self.trainer.metrics

    @property
    def params(self) -> Params:
        """A copy of the weights W (outputs, m) and biases b (outputs,), float32, for the inputs.

        With a hidden layer of u units, W is (outputs, u), and `hidden` has V (u, m) and c (u,).
        """
        return self.trainer.params()

    @property
    def model(self) -> Model:
        """The trained model as a value: it predicts, and is saved, without the data."""
        from core.runs.model import Model

        return Model.of(self.task, self.params, self.step_count, self.epoch, self.metrics)

    @property
    def name(self) -> str:
        """The settings that usually differ, as in “softmax, η 0.1, batch 32”."""
        return default_name(self.task.config, self.trainer.settings)

    # Files ----------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the run with its data and all of its state as a project, and return its path.

        The window, `logitlab train --resume` and `open_project` go on with it, to the bit.
        Raises SaveError.
        """
        from core.projects import project

        target = archive.with_ending(Path(path))
        project.save(replace(self.project(), records=self.kept), target)
        return target

    def save_model(self, path: str | os.PathLike[str]) -> Path:
        """Write the model as a safetensors file, and return its path. Raises SaveError."""
        from core.runs import model_file

        target = model_file.with_ending(Path(path))
        model_file.save(self.model, target)
        return target

    def __repr__(self) -> str:
        return f"<Run {self.task.source.name}: {self.name}, step {self.step_count:,}>"

    def _repr_html_(self) -> str:
        metrics = self.metrics
        rows = [
            (name, getattr(metrics, f"{each}_loss"), getattr(metrics, f"{each}_accuracy"))
            for name, each in FIGURES
        ]
        lines = "".join(
            f"<tr><td>{name}</td><td>{loss:.4f}</td><td>{accuracy:.2%}</td></tr>"
            for name, loss, accuracy in rows
            if loss == loss
        )
        return (
            f"<table><caption>{escape(self.task.source.name)}: {escape(self.name)}; step "
            f"{self.step_count:,}, epoch {self.epoch:,}</caption><tr><th></th><th>loss</th>"
            f"<th>accuracy</th></tr>{lines}</table>"
        )
