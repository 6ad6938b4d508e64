"""What other packages bring: entry points, found when they are wanted and never before."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from core.errors import DataError

# Groups:
DATA_SETS, DEMONSTRATIONS = "logitlab.data_sets", "logitlab.demonstrations"
MODELS = "logitlab.models"


def offered(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group by name, the first of each name, in alphabetic order."""
    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        found.setdefault(entry.name, entry)
    return found


def load(entry: EntryPoint) -> Any:
    """Return what an entry point names. Raises DataError, with the package, if it cannot be had."""
    try:
        return entry.load()
    except Exception as error:  # it is another's code
        raise failure(entry, error) from error


def failure(entry: EntryPoint, error: Exception) -> DataError:
    """Return an error that says whose code has failed, and how."""
    package = entry.dist.name if entry.dist is not None else entry.value
    return DataError(f"“{entry.name}” of the package {package} failed: {_said(error)}")


def _said(error: Exception) -> str:
    told = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}{f': {told}' if told else ''}."
