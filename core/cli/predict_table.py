"""A saved model is asked about a whole table: `app.py predict --model FILE --table … --out …`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, TextIO

from core.cli import terminal
from core.cli.progress import ShareProgress
from core.cli.reading_options import reading_from
from core.cli.terminal import DONE, FAILED, PROGRAM
from core.data.csv import packed
from core.errors import Cancelled, LogitLabError
from core.invisible_characters import visible
from core.number_format import format_count
from core.runs import model_file
from core.runs.table_prediction import Report, TablePrediction

MOST_TOLD = 100  # rows named on stderr; JSON has more


def report(options: argparse.Namespace) -> int:
    """Write the table with its answers and say what came of it; return the exit code.

    The file is written whole or not at all. The code is FAILED where no row could be read.
    """
    if options.out == terminal.STDOUT == options.json:
        raise LogitLabError("--out and --json cannot both be standard output; name a file.")
    for path in (options.json, options.out):
        terminal.check_writable(path)
    model = model_file.load(Path(options.model))
    is_to_stdout = terminal.STDOUT in (options.out, options.json)
    words = sys.stderr if is_to_stdout else sys.stdout
    bar = ShareProgress(sys.stderr)
    with packed.source(Path(options.table)) as table:

        def show(done: int, size: int) -> None:
            text = f"{table.name}: {done / 1e6:,.0f} of {size / 1e6:,.0f} MB"
            bar.show(done / max(size, 1), text)

        try:
            asked = TablePrediction(model, table, reading_from(options))
            if options.out == terminal.STDOUT:
                found = asked.run(sys.stdout.write, show, _is_unheard)
            else:
                found = asked.save(Path(options.out), show)
        except Cancelled:  # nobody reads standard output any more
            return FAILED
        finally:
            bar.close()
    _tell(found, table.name, options.out, words)
    terminal.write_json(to_json(found, options), options.json)
    return DONE if found.answered or not found.rows else FAILED


def _is_unheard() -> bool:
    """Return whether nobody reads standard output any more, as after `| head`."""
    return getattr(sys.stdout, "trouble", None) is not None


def _tell(found: Report, table: str, out: str, words: TextIO) -> None:
    """Say what was read, and which rows have no answer."""
    for line, reason in found.unread[:MOST_TOLD]:
        print(f"{PROGRAM}: {visible(table)}, line {line:,}: {reason}.", file=sys.stderr)
    more = found.unread_count - MOST_TOLD
    if more > 0:
        print(
            f"{PROGRAM}: … and {format_count(more, 'row')} more that could not be read.",
            file=sys.stderr,
        )
    print(*map(visible, found.notes), sep="\n", file=words)
    where = "" if out == terminal.STDOUT else f" Written to {out}."
    print(visible(f"{table}: {found}{where}"), file=words, flush=True)


def to_json(found: Report, options: argparse.Namespace) -> dict[str, Any]:
    """Return the report as JSON-compatible values."""
    return {
        "model": options.model,
        "table": options.table,
        "out": options.out,
        "rows": found.rows,
        "answered": found.answered,
        "classes": found.counts,
        "notes": list(found.notes),
        "unread": found.unread_count,
        "unread_rows": [{"line": line, "reason": reason} for line, reason in found.unread],
    }
