"""What a run takes in memory, said and refused before it is taken.

Linux grants more than there is and ends whoever uses it, Windows and macOS begin to swap: neither
ends in a sentence. So whatever grows with the data or the model asks here first.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from core.config import RunConfig
from core.errors import DataError
from core.number_format import format_bytes

MEASURED = 10_000  # training rows that lie ready a second time, to be measured
FRAMES = 20  # moments of a run that are kept whatever they take
SEEN = 6  # copies of the weights between trainer and window
SLICE = 3 * 2**22  # bytes that batches are put together in, and their logits
HESSIANS = 2**21  # numbers at once of the Hessians that single examples have: 16 MB
MANY_PARAMETERS = 100_000  # above it a person is told: the wait may be long
MUCH = 2**30  # bytes, likewise
_CGROUPS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)


@dataclass(frozen=True)
class Demand:
    """What one run takes: rows of W, numbers that are learnt, bytes of memory at the peak."""

    neurons: int
    parameters: int
    nbytes: int

    @property
    def is_large(self) -> bool:
        return self.parameters >= MANY_PARAMETERS or self.nbytes >= MUCH

    def __str__(self) -> str:
        return (
            f"{self.neurons:,} neuron{'' if self.neurons == 1 else 's'}, {self.parameters:,} "
            f"parameters, about {format_bytes(self.nbytes)} of memory"
        )


def demand(
    config: RunConfig, trained: int, tested: int, k: int, h: int, *, is_bytes: bool
) -> Demand:
    """Estimate what a run takes on so many rows with k inputs and h classes.

    is_bytes : whether inputs are stored as the bytes of pixels, not as float32.
    """
    model, settings = config.model, config.training
    outputs, hidden = model.outputs(h), model.hidden
    parameters = outputs * (k + 1)
    if hidden:
        parameters = hidden * (k + 1) + outputs * (hidden + 1)
    rows = trained + min(trained, MEASURED) + tested
    inputs = rows * k * (1 if is_bytes else 4)
    if config.data.degree > 1 or config.data.sine:
        inputs += 16 * trained * k  # products are made in float64, column by column
    targets = 4 * rows * outputs + 10 * trained * outputs  # the latter while they are encoded
    if not settings.rule.is_second_order:
        moments = len(settings.rule.remembers)
        copies = 4 * (2 + moments + FRAMES * (1 + moments) + SEEN)
    elif not settings.rule.needs_hessian:
        copies = 4 * (FRAMES + SEEN) + 8 * 30  # ten steps, ten changes of the gradient, float64
    else:
        copies = 4 * (FRAMES + SEEN) + 3 * 8 * parameters
        at_once = min(trained * hessian_numbers(parameters, outputs), HESSIANS)
        targets += 4 * 8 * at_once  # float64: such Hessians on the way, and inputs times them
    return Demand(outputs, parameters, inputs + targets + copies * parameters + SLICE)


def hessian_numbers(parameters: int, outputs: int) -> int:
    """Return how many numbers one example takes while its part of the Hessian is made."""
    return max(parameters, outputs**2)


def check(size: float, what: str, advice: str) -> None:
    """Refuse what takes more bytes than are free here.

    what : takes them, as in “Training on x.csv”. advice : what to do, a sentence. Raises DataError.
    """
    left = free()
    if left is not None and size > left:
        raise DataError(
            f"{what} takes about {format_bytes(size)} of memory, and {format_bytes(left)} are free "
            f"here. {advice}"
        )


def free() -> int | None:
    """Return the bytes that this process may still take without swapping; None where unknown."""
    known = [size for size in (_free_of_machine(), _free_of_group(), _free_of_process()) if size]
    return min(known, default=None)


def _free_of_machine() -> int | None:
    if sys.platform == "win32":
        return _free_of_windows()
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:  # macOS says only what there is in all
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None


def _free_of_group() -> int | None:
    """Return what a container leaves, whose pages of files can be given up at any time."""
    for limit_name, used_name in _CGROUPS:
        folder = Path("/sys/fs/cgroup")
        try:
            limit = int((folder / limit_name).read_text())
            used = int((folder / used_name).read_text())
            stat = (folder / limit_name).with_name("memory.stat").read_text()
            names = dict(line.split() for line in stat.splitlines())
            return max(limit - used + int(names.get("inactive_file", 0)), 1)
        except (OSError, ValueError):  # “max”: no limit
            continue
    return None


def _free_of_process() -> int | None:
    """Return what `ulimit -v` leaves."""
    if sys.platform == "win32":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return None
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return None
    return max(limit - pages * os.sysconf("SC_PAGE_SIZE"), 1)


def _free_of_windows() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "c", "d", "e", "f", "g")),
        )

    status = Status()
    status.length = ctypes.sizeof(status)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - mypy knows it on Windows alone
    return int(status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None
