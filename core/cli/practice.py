"""Print a sheet of exercises: `app.py practice --seed 7 --count 10 --solutions`."""

from __future__ import annotations

import argparse
import secrets

from core.cli import terminal
from core.cli.parser import Parser
from core.cli.terminal import DONE, PROGRAM
from core.cli.values import whole
from core.teach.practice.sheet import MOST, MOST_SEED, as_markdown, sheet

USUAL = 9  # each kind once


def main(arguments: list[str]) -> int:
    """Run the command with these arguments and return the exit code."""
    return terminal.run(lambda: _main(arguments))


def _main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    seed = secrets.randbelow(MOST_SEED + 1) if options.seed is None else options.seed
    exercises = sheet(seed, options.count)
    print(as_markdown(exercises, seed, has_solutions=options.solutions), end="", flush=True)
    return DONE


def _parser() -> Parser:
    parser = Parser(
        prog=f"{PROGRAM} practice",
        description="Print a sheet of exercises as Markdown: softmax, a loss, an update, computed "
        "by hand. The same seed gives the same numbers, in the window too.",
    )
    parser.add_argument("--seed", type=_seed, metavar="NUMBER", help="any if it is missing")
    parser.add_argument(
        "--count", type=_count, default=USUAL, metavar="NUMBER", help="of exercises"
    )
    parser.add_argument(
        "--solutions", action="store_true", help="print the worked solutions after the exercises"
    )
    return parser


def _seed(text: str) -> int:
    return _within(text, 0, MOST_SEED)


def _count(text: str) -> int:
    return _within(text, 1, MOST)


def _within(text: str, low: int, high: int) -> int:
    number = whole(text)
    if not low <= number <= high:
        raise argparse.ArgumentTypeError(f"“{text}” is not from {low:,} to {high:,}")
    return number
