"""Detect out-of-memory errors and describe them to the user."""

from __future__ import annotations

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
    return (
        f"There is not enough memory for this{_reason(error)}. Choose less data, fewer units or a "
        "smaller batch, or close other programs."
    )


def describe_load_failure(error: BaseException) -> str:
    """Return a message that states why PyTorch cannot be loaded, and what to do."""
    if is_shortage(error):
        return (
            f"There is not enough memory to load PyTorch{_reason(error)}. Close other programs, or "
            "raise the limit that was set for this one, and start again."
        )
    return (
        f"PyTorch cannot be loaded{_reason(error)}. Free some memory and start again; if that does "
        "not help, set Logit Lab up again."
    )


def _reason(error: BaseException) -> str:
    """Return the first line of the error in brackets, or "" if it has no text."""
    lines = str(error).strip().splitlines()
    return f" ({lines[0]})" if lines else ""
