"""Detect out-of-memory errors and describe them to the user."""

from __future__ import annotations

from core.language import tr

# Messages of the dynamic loader, PyTorch, NumPy and threads, in lower case.
SIGNS = (
    "allocate memory",
    "bad_alloc",
    "cannot apply additional memory protection",
    "failed to map segment",
    "can't start new thread",
    "out of memory",
    "unable to allocate",
)


def is_shortage(error: BaseException) -> bool:
    """Return whether an error means out of memory, in Python or in a library."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or any(sign in words for sign in SIGNS)


def describe_shortage(error: BaseException) -> str:
    """Return a message that memory ran out for a request, and what to do."""
    return tr(
        "There is not enough memory for this{reason}. Choose less data, fewer units or a smaller "
        "batch, or close other programs.",
        reason=_reason(error),
    )


def describe_load_failure(error: BaseException) -> str:
    """Return a message that states why PyTorch cannot be loaded, and what to do."""
    if is_shortage(error):
        return tr(
            "There is not enough memory to load PyTorch{reason}. Close other programs, or raise "
            "the limit that was set for this one, and start again.",
            reason=_reason(error),
        )
    return tr(
        "PyTorch cannot be loaded{reason}. Free some memory and start again; if that does not "
        "help, set Logit Lab up again.",
        reason=_reason(error),
    )


def _reason(error: BaseException) -> str:
    """Return the first line of the error in brackets, or "" if it has no text."""
    lines = str(error).strip().splitlines()
    return f" ({lines[0]})" if lines else ""
