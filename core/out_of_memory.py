"""Memory that ran out: whether an error means that, and what to tell the person."""

from __future__ import annotations

# How the loader of libraries, PyTorch, NumPy and threads put it, in small letters.
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
    """Return whether memory ran out: Python's own, or where a library asked for it."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or any(sign in words for sign in SIGNS)


def say_shortage(error: BaseException) -> str:
    """Say that memory ran out in what was asked for, and what to do about it."""
    return (
        f"There is not enough memory for this{_reason(error)}. Choose less data, fewer units or a "
        "smaller batch, or close other programs."
    )


def say_not_loaded(error: BaseException) -> str:
    """Say why PyTorch cannot be loaded, and what to do about it."""
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
    """Return the first line of the error in brackets, or "" where it says nothing."""
    lines = str(error).strip().splitlines()
    return f" ({lines[0]})" if lines else ""
