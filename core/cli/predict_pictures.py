"""A saved model is asked about all pictures of a folder: `app.py predict … --image FOLDER`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core import files
from core.cli import terminal
from core.cli.pictured import Example, check_reads_pictures, pictured
from core.cli.progress import ShareProgress
from core.cli.terminal import DONE, FAILED, PROGRAM
from core.data.csv.spreadsheet import Writer
from core.data.labelled_folder.listing import Listing, Place, printable
from core.errors import DataError, LogitLabError
from core.invisible_characters import visible
from core.model_family import FAMILY
from core.number_format import format_count
from core.runs import model_file
from core.runs.model import Model

MOST_TOLD = 20  # files that the terminal lists
AT_ONCE = 64  # pictures


class Answered(NamedTuple):
    """A file, the class that the model gives it, and its probabilities, () without any."""

    file: str
    decided: int
    shares: tuple[float, ...]


def report(options: argparse.Namespace) -> int:
    """Answer for every picture below the folder and say what came of it; return the exit code.

    With --out a table of all files is written. The code is FAILED where no picture could be read.
    """
    if options.out == terminal.STDOUT == options.json:
        raise LogitLabError("--out and --json cannot both be standard output; name a file.")
    for path in (options.json, options.out):
        terminal.check_writable(path)
    model = model_file.load(Path(options.model))
    check_reads_pictures(model, options.model)
    folder = Path(options.image).expanduser()
    root = Listing(folder).root
    unread: list[tuple[str, str]] = []
    found: list[Answered] = []
    is_to_stdout = terminal.STDOUT in (options.out, options.json)
    words = sys.stderr if is_to_stdout else sys.stdout
    with ExitStack() as stack:
        keep = _table(options.out, model, stack)
        for answered in _answers(model, folder, root, options.without, unread):
            found.append(answered)
            keep(answered)
    for file, why in unread[:MOST_TOLD]:
        print(f"{PROGRAM}: {visible(file)}: {visible(why)}", file=sys.stderr)
    names = model.class_names
    if options.out is None:
        for answered in found[:MOST_TOLD]:
            share = f"{answered.shares[answered.decided]:8.1%}" if answered.shares else ""
            print(visible(f"  {answered.file}  {names[answered.decided]}{share}"), file=words)
        if len(found) > MOST_TOLD:
            print(f"  … and {len(found) - MOST_TOLD:,} more; --out FILE.csv has all", file=words)
    told = _to_json(found, unread, model, options)
    print(visible(_summary(folder.name, told)), file=words, flush=True)
    terminal.write_json(told, options.json)
    return DONE if found or not unread else FAILED


def _answers(
    model: Model,
    folder: Path,
    root: Place,
    without: tuple[str, ...],
    unread: list[tuple[str, str]],
) -> Iterator[Answered]:
    """Yield the answer for each picture; put those that cannot be read, and why, to `unread`."""
    paths = root.all_files()
    has_shares = FAMILY[model.config.model.kind].has_probabilities
    bar = ShareProgress(sys.stderr)
    try:
        for start in range(0, len(paths), AT_ONCE):
            bar.show(start / len(paths), f"{folder.name}: {start:,} of {len(paths):,} pictures")
            examples: list[tuple[str, Example]] = []
            for path in paths[start : start + AT_ONCE]:
                try:
                    examples.append((printable(path), pictured(folder / path, model, without)))
                except DataError as error:
                    unread.append((printable(path), str(error)))
            if not examples:
                continue
            decided, shares = model.answers(np.stack([example.values for _, example in examples]))
            for (file, _), k, row in zip(examples, decided, shares, strict=True):
                yield Answered(file, int(k), tuple(row.tolist()) if has_shares else ())
    finally:
        bar.close()


def _table(out: str | None, model: Model, stack: ExitStack) -> Callable[[Answered], object]:
    """Return what writes a line for an answer; the file is written whole or not at all."""
    if out is None:
        return lambda _: None
    file = sys.stdout if out == terminal.STDOUT else stack.enter_context(files.writing(Path(out)))
    rows = Writer(file)
    has_shares = FAMILY[model.config.model.kind].has_probabilities
    shown = [f"P({name})" for name in model.class_names] if has_shares else []
    rows.header(["file", "predicted", *shown])
    return lambda answered: rows.row(
        [answered.file, model.class_names[answered.decided], *map(str, answered.shares)]
    )


def _to_json(
    found: list[Answered],
    unread: list[tuple[str, str]],
    model: Model,
    options: argparse.Namespace,
) -> dict[str, Any]:
    """Return the answers as JSON-compatible values.

    right : how many of the pictures in folders named as classes are answered so; None without any.
    """
    names = model.class_names
    counts = dict.fromkeys(names, 0)
    known = right = 0
    for answered in found:
        counts[names[answered.decided]] += 1
        own = [part for part in answered.file.split("/")[:-1] if part in counts]
        known += bool(own)
        right += bool(own) and own[-1] == names[answered.decided]
    return {
        "model": options.model,
        "folder": options.image,
        "pictures": len(found) + len(unread),
        "answered": len(found),
        "classes": counts,
        "in_folders_of_classes": known,
        "right": right if known else None,
        "answers": [
            {
                "file": answered.file,
                "winner": names[answered.decided],
                "probabilities": dict(zip(names, answered.shares, strict=False)) or None,
            }
            for answered in found
        ],
        "unread": [{"file": file, "reason": why} for file, why in unread],
    }


def _summary(name: str, told: dict[str, Any]) -> str:
    found = ", ".join(f"{each} {count:,}" for each, count in told["classes"].items() if count)
    said = f"{name}: {format_count(told['pictures'], 'picture')}: {found or 'no answer'}."
    if told["right"] is not None:
        known = told["in_folders_of_classes"]
        share = told["right"] / known
        said += f" Of {known:,} in folders of classes {told['right']:,} are right ({share:.1%})."
    if told["unread"]:
        said += f" {format_count(len(told['unread']), 'picture')} could not be read."
    return said
