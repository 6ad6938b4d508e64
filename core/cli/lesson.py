"""Check files of lessons: `app.py lesson check FILE…` names what is wrong by line."""

from __future__ import annotations

from pathlib import Path

from core.cli import terminal
from core.cli.parser import Parser
from core.cli.terminal import DONE, FAILED, PROGRAM
from core.errors import DataError
from core.invisible_characters import visible


def main(arguments: list[str]) -> int:
    """Run the command with these arguments and return the exit code."""
    return terminal.run(lambda: _main(arguments))


def _main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
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


def _parser() -> Parser:
    parser = Parser(
        prog=f"{PROGRAM} lesson",
        description="Check lessons that were written as files. What is wrong is said by line, as "
        "in FILE:12: …, and ends the command with 1.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="read lessons and say what is wrong")
    check.add_argument("files", metavar="FILE", nargs="+", help="a lesson, as TOML")
    return parser
