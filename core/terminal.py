"""How every command in the terminal ends, and where it writes what machines read."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from core import files
from core.errors import LogitLabError
from core.options import USAGE
from core.signs import visible

PROGRAM = "logitlab"
DONE, FAILED, INTERRUPTED = 0, 1, 130
BREAK = "\n"
STDOUT = "-"  # in place of a file's name


def run(command: Callable[[], int]) -> int:
    """Carry the command out; turn whatever ends it into a line on stderr and an exit code."""
    try:
        return command()
    except LogitLabError as error:
        print(f"{PROGRAM}: {visible(str(error), keep=BREAK)}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print(f"\n{PROGRAM}: stopped; nothing was written.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, which is its right
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def take_any_letter() -> None:
    """Print η and λ as escapes where the terminal has no such letters."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def stream_for_words(json_path: str | None) -> TextIO:
    """Return where sentences go: to stderr where stdout is for JSON alone."""
    return sys.stderr if json_path == STDOUT else sys.stdout


def check_writable(json_path: str | None) -> None:
    """Complain about a hopeless place for JSON before the work, not after it."""
    if json_path and json_path != STDOUT:
        files.check_writable(Path(json_path))


def write_json(values: dict[str, Any], json_path: str | None) -> None:
    """Write strict JSON into the file, or to stdout for “-”; nothing where none is wanted."""
    if not json_path:
        return
    text = json.dumps(values, allow_nan=False, indent=1)
    if json_path == STDOUT:
        print(text, flush=True)
        return
    with files.writing(Path(json_path)) as file:
        file.write(text + "\n")
