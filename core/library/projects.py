"""Projects and kept models as files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DataError
from core.library.run import Run

if TYPE_CHECKING:
    from core.projects.project import Project
    from core.runs.model import Model
    from core.train.shares.sums import Shares
    from core.train.trainer import Trainer


def open_project(path: str | os.PathLike[str]) -> Run:
    """Return the run of a project, where it was kept; its `kept` has the project's other runs.

    It trains on to the bit as if it had never stopped. `Run.save` writes projects, and so do the
    window and `logitlab train --project`.

    Raises DataError for what is no project, a damaged one, and one without a run.
    """
    from core.projects import project

    kept = project.load(Path(path))
    if kept.state is None:
        raise DataError(f"{Path(path).name} holds no run; train it first.")
    return Run.of(trainer_of(kept), kept.epochs, kept.records)


def open_model(path: str | os.PathLike[str]) -> Model:
    """Return a model that `Run.save_model`, the window or `logitlab train --save` kept.

    Raises DataError for what is none.
    """
    from core.runs import model_file

    return model_file.load(Path(path))


def trainer_of(kept: Project, epochs: int | None = None, shares: Shares | None = None) -> Trainer:
    """Return a trainer where the run of a project was kept. epochs : in all; None as kept.

    shares : who computes those of a batch; None for this process.
    """
    from core.runs.run_state import take_up
    from core.train.trainer import Trainer

    task = kept.task
    if epochs is not None:
        training = replace(task.config.training, epochs=epochs)
        task = replace(task, config=replace(task.config, training=training))
    trainer = Trainer(task, shares=shares)
    if kept.state is not None:
        take_up(trainer, kept.state)
    trainer.timeline.go_live()
    return trainer
