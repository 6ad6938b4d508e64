"""Go on with a kept run in the terminal, to the bit: `app.py train --resume FILE`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli import terminal, train
from core.cli.parser import Parser
from core.cli.training import Run
from core.cli.values import whole
from core.errors import ConfigError
from core.library.projects import trainer_of
from core.train.snapshot import Status

if TYPE_CHECKING:
    from core.projects.project import Project
    from core.train.trainer import Trainer


def main(arguments: list[str]) -> int:
    """Run the command with these arguments and return the exit code."""
    return terminal.run(lambda: _main(arguments))


def _main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    from core.projects import project  # PyTorch: a second that --help saves

    kept = project.load(Path(options.resume), train.load)
    outputs = train.Outputs.of(options, train.project_path(options) or Path(options.resume))
    print(train.describe(kept.task), file=outputs.words, flush=True)

    def begin() -> Run:
        return Run(_trainer(kept, options), kept.epochs, outputs.checkpoints)

    return train.finish(begin, outputs)


def _parser() -> Parser:
    parser = Parser(
        prog=f"{terminal.PROGRAM} train {train.RESUME}",
        description="Go on with a run that was kept as a project, by this command or by the "
        "window. It has data and settings of its own; only the number of epochs can change.",
    )
    parser.add_argument(train.RESUME, metavar="FILE", required=True, help="a project")
    parser.add_argument(
        "--epochs",
        type=whole,
        metavar="N",
        help="passes over the training rows in all, with those already made (default: as kept)",
    )
    train.add_outputs(parser)
    return parser


def _trainer(kept: Project, options: argparse.Namespace) -> Trainer:
    """Return a trainer where the run was kept, that has something to do."""
    name, trainer = Path(options.resume).name, trainer_of(kept, options.epochs)
    if options.epochs is not None:
        if options.epochs <= trainer.epoch:
            raise ConfigError(
                f"{name} has made {trainer.epoch:,} epochs already; choose --epochs above that."
            )
        trainer.set_hyperparameters(epochs=options.epochs)
    if trainer.outcome is not None:
        raise ConfigError(
            f"{name} has ended: {trainer.message} Choose --epochs above {trainer.epoch:,} to go on."
            if trainer.outcome is Status.FINISHED
            else f"{name} has ended: {trainer.message}"
        )
    return trainer
