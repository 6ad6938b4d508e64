"""The reference of the command line, from the parsers of the program."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import documents

from core.cli import resume
from core.cli.parser import Parser
from documentation.marked import block, code, plain, table
from gui.app import application

GOING_ON = "train --resume"


def parsers() -> dict[str, Parser]:
    """Return the parser of each command by its first words; that of the window has none.

    A kept run is gone on with by a parser of its own.
    """
    made = {"": application.make_parser()}
    for name, make in documents.COMMANDS.items():
        made[name] = make()
        if name == "train":
            made[GOING_ON] = resume.make_parser()
    for name, parser in made.items():
        parser.prog = f"logitlab {name.partition(' ')[0]}".strip()
    return made


def commands() -> str:
    """Return a section for each command."""
    return "\n\n".join(_section(name, parser) for name, parser in parsers().items())


def _section(name: str, parser: argparse.ArgumentParser) -> str:
    title = f"`{name}`" if name else "The window"
    parts = [f"## {title}", plain(parser.description or ""), block(_usage(parser))]
    for group in parser._action_groups:  # noqa: SLF001 - argparse names them nowhere else
        rows = list(_rows(group._group_actions))  # noqa: SLF001
        if rows:
            heading = (group.title or "").capitalize()
            parts += [f"### {heading}", table(("option", "what it does"), rows)]
    return "\n\n".join(part for part in parts if part)


def _usage(parser: argparse.ArgumentParser) -> str:
    words = parser.prog.split()
    names = [a.metavar or a.dest.upper() for a in parser._actions if not a.option_strings]  # noqa: SLF001
    return " ".join([*words, "[options]", *(f"[{n}]" if n else "" for n in map(str, names))])


def _rows(actions: list[argparse.Action]) -> Iterator[tuple[str, str]]:
    for action in actions:
        if action.help == argparse.SUPPRESS:
            continue
        yield _called(action), _told(action)


def _called(action: argparse.Action) -> str:
    """Return the names of an option with what it takes."""
    if not action.option_strings:
        return code(str(action.metavar or action.dest))
    takes = f" {action.metavar}" if action.metavar and action.nargs != 0 else ""
    return ", ".join(code(f"{name}{takes}") for name in action.option_strings)


def _told(action: argparse.Action) -> str:
    values = vars(action) | {"prog": "logitlab", "default": action.default}
    words = plain((action.help or "") % values)
    choices = ", ".join(code(str(each)) for each in action.choices or ())
    return f"{words}; one of {choices}" if choices else words
