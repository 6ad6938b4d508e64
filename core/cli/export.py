"""Write the run of a project as something else: `app.py export PROJECT --as KIND OUT`."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from pathlib import Path

from core.cli import terminal, train
from core.cli.parser import Parser
from core.cli.terminal import DONE, PROGRAM
from core.errors import DataError
from core.exports import kinds
from core.exports.kinds import KINDS


def main(arguments: list[str]) -> int:
    """Run the command with these arguments and return the exit code."""
    return terminal.run(lambda: _main(arguments))


def _main(arguments: list[str]) -> int:
    options = make_parser().parse_args(arguments)
    kind, target = KINDS[options.kind], Path(options.out)
    kinds.check_target(kind, target)
    from core.exports.exported_run import ExportedRun  # PyTorch: a second that --help saves
    from core.projects import project

    path = Path(options.project)
    kept = project.load(path, train.load)
    if kept.state is None:
        raise DataError(f"{path.name} holds no run that could be exported; train it first.")
    run = ExportedRun.of_state(kept.task, kept.state)
    print(kinds.describe_written(kinds.export(run, kind.name, target)), flush=True)
    return DONE


def make_parser() -> Parser:
    """Return the parser of “export”."""
    width = max(map(len, KINDS))
    listed = "\n".join(f"  {kind.name:{width}}  {kind.contents}" for kind in KINDS.values())
    parser = Parser(
        prog=f"{PROGRAM} export",
        description="Write the run of a project, as it stands there, as something else.\n\n"
        f"kinds:\n{listed}",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "project", metavar="PROJECT", help="as kept by the window or train --project"
    )
    parser.add_argument("out", metavar="OUT", help="the file to write; its ending is added")
    parser.add_argument(
        "--as", dest="kind", metavar="KIND", choices=list(KINDS), required=True, help="one of these"
    )
    return parser
