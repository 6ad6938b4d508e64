"""What was answered on a sheet, as CSV for the teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.data.csv.spreadsheet import Writer
from core.files import writing

HEADER = ("name", "seed", "exercise", "kind", "answer", "given", "right", "attempts", "seconds")


@dataclass(frozen=True)
class Result:
    """One exercise of a sheet: what was given last, and how it came to that.

    number : from 1. attempts : answers that were checked. seconds : it was on the screen.
    """

    number: int
    kind: str
    answer: str
    given: str
    is_right: bool
    attempts: int
    seconds: float


def write(path: Path, name: str, seed: int, results: Sequence[Result]) -> None:
    """Write a row for each exercise; name : of who answered, may be empty. Raises SaveError."""
    with writing(path) as file:
        writer = Writer(file)
        writer.header(HEADER)
        for each in results:
            right = "yes" if each.is_right else "no"
            said = each.number, each.kind, each.answer, each.given, right
            writer.row([name, seed, *said, each.attempts, round(each.seconds)])
