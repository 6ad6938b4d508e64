#!/usr/bin/env python3
"""Write the man page and the completions of shells, from the options as the program knows them.

    python3 packaging/documents.py FOLDER

It needs shtab and argparse-manpage beside the program's own requirements.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core import VERSION  # noqa: E402
from core.cli import export, predict, sweep, teach, train  # noqa: E402
from core.cli.parser import Parser  # noqa: E402
from gui.app import application  # noqa: E402

COMMANDS = {
    "train": train.make_parser,
    "predict": predict.make_parser,
    "export": export.make_parser,
    "sweep": sweep.make_parser,
    "lesson": teach.make_lesson_parser,
    "practice": teach.make_practice_parser,
}
SHELLS = {"bash": "logitlab", "zsh": "_logitlab", "tcsh": "logitlab.csh"}


def whole() -> Parser:
    """Return one parser of all commands."""
    parser = application.make_parser()
    parser.prog = "logitlab"
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, made in COMMANDS.items():
        command = made()
        added = commands.add_parser(name, help=command.description, add_help=False)
        commands._name_parser_map[name] = command  # noqa: SLF001 - argparse takes no finished one
        assert added.prog.endswith(name)
    return parser


def main(words: list[str]) -> int:
    import shtab  # here, so that the table above is read without either
    from argparse_manpage.manpage import Manpage

    folder = Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    parser = whole()
    for shell, name in SHELLS.items():
        text = shtab.complete(parser, shell=shell)
        (folder / name).write_text(text, encoding="utf-8")
    page = Manpage(
        parser,
        format="single-commands-section",
        _data={
            "project_name": "logitlab",
            "version": VERSION,
            "description": "watch logistic and softmax regression learn",
            "long_description": parser.description,
            "authors": ["The Logit Lab authors"],
            "manual_title": "Logit Lab",
        },
    )
    (folder / "logitlab.1").write_text(str(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
