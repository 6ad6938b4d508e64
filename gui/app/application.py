"""Start-up, in this order: parse options, find a display, show the window, start the threads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core import files
from core.cli import terminal
from core.cli import train as cli
from core.cli.options import add_run_options, config_from
from core.cli.parser import USAGE, Parser
from core.config import RunConfig
from core.errors import ConfigError, LogitLabError
from core.language import LANGUAGES, PSEUDO
from core.library.file_kind import kind_of
from gui.window.look.theme_names import THEMES

MAX_SIDE = 8192  # pixels: a square of this side takes 256 MiB as a picture
MAX_DIGITS = 9  # int() refuses to convert thousands of digits
DEFAULT_PICTURE = Path("logitlab.png")


def main(words: list[str]) -> int:
    """Open the window as the command-line arguments say and return the exit code."""
    return terminal.run(lambda: _main(words))


def make_parser() -> Parser:
    """Return the parser of the words that open a window."""
    parser = Parser(
        prog=terminal.PROGRAM,
        description="See logistic and softmax regression learn. “train”, “predict” or "
        "“export” as the first word works in the terminal instead: see “train --help”.",
    )
    add_run_options(parser, is_window=True)
    group = parser.add_argument_group("window")
    group.add_argument(
        "--screenshot", metavar="FILE", help="train, save a picture of the window, and exit"
    )
    group.add_argument("--size", metavar="W×H", type=_size, help="size of the window in pixels")
    group.add_argument("--theme", choices=THEMES, help="colours")
    group.add_argument(
        "--language", choices=(*LANGUAGES, PSEUDO.code), help="the language of the window"
    )
    group.add_argument("--view", metavar="TAB", help="the tab to show, such as weights")
    group.add_argument(
        "--setup",
        metavar="TEXT",
        help="begin with a set-up that Edit, Copy set-up has put on the clipboard",
    )
    return parser


def _main(words: list[str]) -> int:
    if words[:1] == ["train"]:  # with --screenshot; see `app.main`
        words = words[1:]
    options = make_parser().parse_args(words)
    try:
        config = config_from(options)
        picture = None if options.screenshot is None else Path(options.screenshot)
        if picture is not None:
            files.check_writable(picture)
        file = _no_table(config)
        if file is not None and picture is not None:
            raise ConfigError(
                f"{file.name} is a {kind_of(file)}, and a picture is of new training. Open it in "
                "the window."
            )

        from gui.app.display import UNSEEN, open_on_display
        from gui.app.launch import Launch, make_application

        application, lack = open_on_display(make_application)
        if picture is None and lack and application.platformName() == UNSEEN:
            print(f"{lack}: training in the terminal, and saving a picture.")
            picture = _free(DEFAULT_PICTURE)
            files.check_writable(picture)
            cli.report(config)
        elif picture is None and lack:
            print(
                f"{terminal.PROGRAM}: {lack}; the window is on {application.platformName()}.",
                file=sys.stderr,
            )
    except LogitLabError as error:
        print(f"{terminal.PROGRAM}: {error}", file=sys.stderr)
        return USAGE
    shown = options.size, options.theme, options.view
    config = RunConfig() if file is not None else config
    return Launch(
        application, config, picture, *shown, file, options.setup, options.language
    ).run_and_leave()


def _no_table(config: RunConfig) -> Path | None:
    """Return the file if it is something else than a table, by its contents."""
    path = Path(config.data.path or "")
    is_file = config.data.source == "csv" and path.is_file()
    return path if is_file and kind_of(path) != "table" else None


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().replace("×", "x").partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"“{text}” is no size such as 1280x800")
    if max(len(width), len(height)) > MAX_DIGITS or not (
        1 <= int(width) <= MAX_SIDE and 1 <= int(height) <= MAX_SIDE
    ):
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is no size of a window; width and height may be 1 to {MAX_SIDE:,} "
            "pixels"
        )
    return int(width), int(height)


def _free(path: Path) -> Path:
    """Return the path if it is free, else the first free one of name-2, name-3, …."""
    number, free = 1, path
    while free.exists() or free.is_symlink():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
