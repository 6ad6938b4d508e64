"""For teachers: `app.py lesson check FILE…` names what is wrong in lessons by line, and
`app.py practice --seed 7 --count 9 --solutions` prints a sheet of exercises.
"""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from core.cli import terminal
from core.cli.parser import Parser
from core.cli.terminal import DONE, FAILED, PROGRAM
from core.cli.values import whole
from core.errors import DataError
from core.invisible_characters import visible
from core.teach.practice.sheet import MOST, MOST_SEED, as_markdown, sheet

USUAL = 9  # exercises: each kind once


def lesson(arguments: list[str]) -> int:
    """Run the command `lesson` with these arguments and return the exit code."""
    return terminal.run(lambda: _lesson(arguments))


def practice(arguments: list[str]) -> int:
    """Run the command `practice` with these arguments and return the exit code."""
    return terminal.run(lambda: _practice(arguments))


def _lesson(arguments: list[str]) -> int:
    options = make_lesson_parser().parse_args(arguments)
    are_right = [_check(Path(name)) for name in options.files]
    return DONE if all(are_right) else FAILED


def _check(path: Path) -> bool:
    """Print the faults of a file by line, or what it holds; return whether it has none."""
    from core.teach.headings import key_of
    from core.teach.lesson_file import content  # PyTorch: a second that --help saves
    from core.teach.rehearsal import rehearsed
    from core.teach.toml_document import FaultyTextError

    name = visible(str(path))
    try:
        lesson = rehearsed(content(path), key_of(path.name))
    except FaultyTextError as error:
        for line, sentence in error.faults:
            print(f"{name}:{line}: {visible(sentence)}", flush=True)
        return False
    except DataError as error:
        print(visible(str(error)), flush=True)
        return False
    count = len(lesson.steps)
    runs = sum(step.setup is not None for step in lesson.steps)
    print(
        f"{name}: “{lesson.title}”: {count} {'step' if count == 1 else 'steps'}, "
        f"{runs} {'run' if runs == 1 else 'runs'} set up.",
        flush=True,
    )
    return True


def make_lesson_parser() -> Parser:
    """Return the parser of “lesson”."""
    parser = Parser(
        prog=f"{PROGRAM} lesson",
        description="Check lessons that were written as files. What is wrong is said by line, as "
        "in FILE:12: …, and ends the command with 1.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="read lessons and say what is wrong")
    check.add_argument("files", metavar="FILE", nargs="+", help="a lesson, as TOML")
    return parser


def _practice(arguments: list[str]) -> int:
    options = make_practice_parser().parse_args(arguments)
    seed = secrets.randbelow(MOST_SEED + 1) if options.seed is None else options.seed
    exercises = sheet(seed, options.count)
    print(as_markdown(exercises, seed, has_solutions=options.solutions), end="", flush=True)
    return DONE


def make_practice_parser() -> Parser:
    """Return the parser of “practice”."""
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
