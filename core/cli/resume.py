"""Go on with a kept run in the terminal, to the bit: `app.py train --resume FILE`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli import terminal, train
from core.cli.parser import Parser
from core.cli.processes import place, team
from core.cli.processes.team import Team
from core.cli.training import RESUME, Outputs, Run, add_outputs, project_path
from core.cli.values import whole
from core.errors import ConfigError
from core.library.projects import trainer_of
from core.number_format import format_count
from core.train.snapshot import Status

if TYPE_CHECKING:
    from core.projects.project import Project
    from core.train.trainer import Trainer


def main(arguments: list[str]) -> int:
    """Run the command with these arguments and return the exit code."""
    return place.run(lambda: _main(arguments))


def _main(arguments: list[str]) -> int:
    options = make_parser().parse_args(arguments)
    with team.joined(options.peer_timeout) as others:
        return _go_on(options, others)


def _go_on(options: argparse.Namespace, others: Team) -> int:
    path = project_path(options) or Path(options.resume)
    goes_on = others.has_restarted and path.is_file()
    kept = others.load(path if goes_on else Path(options.resume), train.load)
    if others.shared(kept.task.config) != kept.task.config:
        raise ConfigError(
            f"{Path(options.resume).name} takes each batch as a whole; go on with it in one "
            "process."
        )
    task = others.placed(kept.task)
    outputs = Outputs.of(options, path) if others.leads else Outputs()
    print(train.describe(task), file=outputs.words, flush=True)

    def begin() -> Run:
        trainer = _trainer(replace(kept, task=task), options, others)
        return others.run(trainer, kept, outputs.checkpoints)

    return train.finish(begin, outputs, others)


def make_parser() -> Parser:
    """Return the parser of the words after `train`, where a kept run goes on."""
    parser = Parser(
        prog=f"{terminal.PROGRAM} train {RESUME}",
        description="Go on with a run that was kept as a project, by this command or by the "
        "window. It has data and settings of its own; only the number of epochs can change.",
    )
    parser.add_argument(RESUME, metavar="FILE", required=True, help="a project")
    parser.add_argument(
        "--epochs",
        type=whole,
        metavar="N",
        help="passes over the training rows in all, with those already made (default: as kept)",
    )
    add_outputs(parser)
    team.add_options(parser)
    return parser


def _trainer(kept: Project, options: argparse.Namespace, others: Team) -> Trainer:
    """Return a trainer where the run was kept, that has something to do."""
    name, trainer = Path(options.resume).name, trainer_of(kept, options.epochs, others.group)
    if options.epochs is not None:
        if options.epochs <= trainer.epoch:
            raise ConfigError(
                f"{name} has made {format_count(trainer.epoch, 'epoch')} already; choose --epochs "
                "above that."
            )
        trainer.set_hyperparameters(epochs=options.epochs)
    if trainer.outcome is not None:
        raise ConfigError(
            f"{name} has ended: {trainer.message} Choose --epochs above {trainer.epoch:,} to go on."
            if trainer.outcome is Status.FINISHED
            else f"{name} has ended: {trainer.message}"
        )
    return trainer
