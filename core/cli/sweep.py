"""Many runs in the terminal, over a grid or at random: `app.py sweep FILE.toml`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli import signals, terminal
from core.cli.parser import USAGE, Parser
from core.cli.progress import ShareProgress
from core.cli.terminal import DONE, FAILED, PROGRAM
from core.cli.values import whole
from core.errors import ConfigError
from core.invisible_characters import visible
from core.number_format import format_count

if TYPE_CHECKING:
    from core.library.sweeps.kept import Outcome
    from core.library.sweeps.plan import Plan, Planned
    from core.library.sweeps.sweep import Sweep

MOST_JOBS = 256
MOST_TOLD = 10  # combinations, and errors


def main(arguments: list[str]) -> int:
    """Run the command with these arguments and return the exit code."""
    return terminal.run(lambda: _main(arguments))


def _main(arguments: list[str]) -> int:
    options = make_parser().parse_args(arguments)
    if not 1 <= options.jobs <= MOST_JOBS:
        raise ConfigError(f"--jobs is {options.jobs}; it must be from 1 to {MOST_JOBS}.")
    if options.dask is not None and options.jobs > 1:
        raise ConfigError("--jobs is for this machine; with --dask the workers of the cluster do.")
    from core.library.sweeps.plan import load  # PyTorch: a second that --help saves
    from core.library.sweeps.sweep import sweep
    from core.teach.toml_document import FaultyTextError

    bar = ShareProgress(sys.stderr)

    def show(_: Planned, __: Outcome, done: int) -> None:
        bar.show(done / max(count, 1), f"{done:,} of {count:,} runs")

    path = Path(options.file)
    try:
        plan = load(path)
    except FaultyTextError as error:
        for line, sentence in error.faults:
            print(f"{visible(str(path))}:{line}: {visible(sentence)}", file=sys.stderr)
        return USAGE
    count = plan.size
    _tell_left_out(plan)
    _tell_size(plan, options.jobs)
    folder = None if options.out is None else Path(options.out)
    with signals.when_it_suits() as wish:
        found = sweep(
            path,
            jobs=options.jobs,
            dask=options.dask,
            folder=folder,
            on_run=show,
            is_stopped=lambda: bool(wish.number),
        )
        wish.is_saving = True
        bar.close()
        paths = [each for each in found.write() if each is not None]
    if plan.search:
        _tell_left_out(found.plan)
    _tell(found)
    print(f"Saved {', '.join(map(str, paths))}.", flush=True)
    if not found.is_whole:
        are = "run is" if found.left == 1 else "runs are"
        told = f"stopped; {found.left:,} {are} left. Start again to go on."
        print(f"{PROGRAM}: {told}", file=sys.stderr)
        return signals.exit_code(wish.number)
    return FAILED if found.errors else DONE


def make_parser() -> Parser:
    """Return the parser of “sweep”."""
    parser = Parser(
        prog=f"{PROGRAM} sweep",
        description="Train many models, over a grid of settings, at random or as a search for the "
        "best, with several seeds. "
        "Runs that were made before are not made again; see docs/sweeps.md for the file.",
    )
    parser.add_argument("file", metavar="FILE.toml", help="data, settings, and which of them vary")
    parser.add_argument(
        "--jobs",
        type=whole,
        default=1,
        metavar="N",
        help="processes at a time, of one thread each (default: 1)",
    )
    parser.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="a scheduler of Dask, such as tcp://host:8786, whose workers make the runs; needs "
        "logitlab[cluster]",
    )
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        help="where runs and table are kept (default: FILE.sweep beside the file)",
    )
    return parser


def _tell_size(plan: Plan, jobs: int) -> None:
    if plan.search is None:
        all_runs = format_count(len(plan.runs), "run")
        print(f"{all_runs} of {format_count(plan.combinations, 'combination')}.", flush=True)
        return
    seeds = len(plan.search.seeds)
    print(
        f"{format_count(plan.search.trials, 'trial')} of {format_count(seeds, 'run')}.", flush=True
    )
    together = plan.search.at_once * seeds
    if jobs > together:
        told = f"{format_count(together, 'run')} at a time; --jobs {jobs} needs a larger at_once."
        print(f"{PROGRAM}: the search asks for {told}", file=sys.stderr)


def _tell_left_out(plan: Plan) -> None:
    for varied, why in plan.faults:
        told = ", ".join(f"{name} = {value}" for name, value in varied.items())
        print(f"{PROGRAM}: left out {visible(told)}: {visible(why)}", file=sys.stderr)


def _tell(found: Sweep) -> None:
    """Print the best combinations, and what failed."""
    from core.library.sweeps.sweep import describe

    names = found.plan.names
    lines = [(*names, found.judged_by.replace("_", " "), "test accuracy", "runs")]
    for row in found.ranked()[:MOST_TOLD]:
        figures = [row.figures.get(name) for name in (found.judged_by, "test_accuracy")]
        told = [describe(each) if each else "–" for each in figures]
        lines.append((*(str(row.varied[name]) for name in names), *told, f"{row.runs}"))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, strict=True)
        print(visible("  ".join(f"{cell:{width}}" for cell, width in cells).rstrip()))
    more = len(found.rows) - MOST_TOLD
    if more > 0:
        print(f"… and {more:,} combinations more.")
    for planned, error in found.errors[:MOST_TOLD]:
        which = ", ".join(f"{name} {value}" for name, value in planned.varied.items())
        print(f"{PROGRAM}: {visible(which)} seed {planned.seed}: {visible(error)}", file=sys.stderr)
