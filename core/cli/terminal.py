"""How every terminal command ends: exit codes, output streams, and JSON output."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO, cast

from core import files
from core.cli import signals
from core.cli.parser import USAGE
from core.errors import LogitLabError, PeerError, SaveError
from core.invisible_characters import visible
from core.out_of_memory import describe_load_failure, describe_shortage, is_shortage

PROGRAM = "logitlab"
DONE, FAILED, INTERRUPTED = 0, 1, 130
BREAK = "\n"
STDOUT = "-"  # in place of a file name


def run(command: Callable[[], int], *, is_silent: bool = False) -> int:
    """Run the command; turn whatever ends it into a line on stderr and an exit code.

    is_silent : write neither to stdout nor to stderr. If these cannot be written, the command still
    does all its other work.
    """
    with _streams(is_silent=is_silent) as (out, err):
        with signals.at_once():
            code = _run(command)
        out.flush()
        if isinstance(out.trouble, BrokenPipeError):  # the reader may close the pipe
            code = code or FAILED
        elif out.trouble is not None:
            why = files.reason(out.trouble).lower()
            print(f"{PROGRAM}: standard output cannot be written: {why}.", file=err)
            code = USAGE
        err.flush()
    return code


def _run(command: Callable[[], int]) -> int:
    try:
        return command()
    except LogitLabError as error:
        print(f"{PROGRAM}: {visible(str(error), keep=BREAK)}", file=sys.stderr)
        return FAILED if isinstance(error, PeerError) else USAGE
    except SystemExit as end:  # raised by argparse
        return end.code if isinstance(end.code, int) else DONE
    except KeyboardInterrupt as error:
        print(f"\n{PROGRAM}: stopped; nothing was written.", file=sys.stderr)
        number = error.number if isinstance(error, signals.Stopped) else 0
        return signals.exit_code(number) if number else INTERRUPTED
    except ImportError as error:
        print(f"{PROGRAM}: {describe_load_failure(error)}", file=sys.stderr)
        return FAILED
    except Exception as error:
        if not is_shortage(error):
            raise
        print(f"{PROGRAM}: {describe_shortage(error)}", file=sys.stderr)
        return FAILED


class Words(io.TextIOBase):
    """Standard output or standard error that a command does not depend on: writing never raises.

    trouble : the first error in writing, after which nothing more is written; else None.
    """

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream
        self.trouble: OSError | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the program was started without this stream."""
        return self._stream is None

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._try(lambda stream: stream.write(text))
        return len(text)

    def flush(self) -> None:
        self._try(lambda stream: stream.flush())

    def fileno(self) -> int:
        if self._stream is None:
            raise OSError("it is closed")
        return self._stream.fileno()

    def _try(self, action: Callable[[TextIO], object]) -> None:
        if self._stream is None or self.trouble is not None:
            return
        try:
            action(self._stream)
        except OSError as error:
            self.trouble = error
            with suppress(OSError, ValueError):  # its buffer goes to the null device
                descriptor = os.open(os.devnull, os.O_WRONLY)
                os.dup2(descriptor, self._stream.fileno())
                os.close(descriptor)


@contextmanager
def _streams(*, is_silent: bool = False) -> Iterator[tuple[Words, Words]]:
    """Replace stdout and stderr by streams that never raise; escape what cannot be encoded."""
    _fill_descriptors()
    before = sys.stdout, sys.stderr
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    used = (None, None) if is_silent else before
    out, err = (Words(cast("TextIO | None", stream)) for stream in used)
    sys.stdout, sys.stderr = cast(TextIO, out), cast(TextIO, err)
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before


def _fill_descriptors() -> None:
    """Open missing standard descriptors, or a file of ours would get one of their numbers.

    A library's output to stderr would then end up in that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def stream_for_words(json_path: str | None) -> TextIO:
    """Return the stream for text: stderr if stdout is reserved for JSON."""
    return sys.stderr if json_path == STDOUT else sys.stdout


def check_writable(json_path: str | None) -> None:
    """Raise SaveError for an unwritable JSON path, before the work rather than after it."""
    if json_path == STDOUT:
        if getattr(sys.stdout, "is_closed", False):
            raise SaveError("There is no standard output for --json; name a file.")
    elif json_path:
        files.check_writable(Path(json_path))


def write_json(values: dict[str, Any], json_path: str | None) -> None:
    """Write strict JSON to the file, or to stdout for “-”; do nothing if there is no path."""
    if not json_path:
        return
    text = json.dumps(values, allow_nan=False, indent=1)
    if json_path == STDOUT:
        print(text, flush=True)
        return
    with files.writing(Path(json_path)) as file:
        file.write(text + "\n")
