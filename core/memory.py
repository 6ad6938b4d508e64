"""Memory demand of a run: estimated, and refused if too large, before allocation.

Linux overcommits and kills the process that uses the memory; Windows and macOS start to swap.
Neither gives a message, so everything that grows with the data or the model checks here first.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.config import RunConfig
from core.errors import DataError
from core.language import tr
from core.number_format import format_bytes, format_count, format_integer

MEASURED = 10_000  # training rows that are stored a second time, for measurements
FRAMES = 20  # checkpoints of a run that are kept whatever their size
SEEN = 6  # copies of the weights between trainer and window
SLICE = 3 * 2**22  # bytes of the buffers for batches and their logits
HESSIANS = 2**21  # numbers of per-example Hessians held at once: 16 MB
MANY_PARAMETERS = 100_000  # from here on the user is warned of a long wait
MUCH = 2**30  # bytes, likewise
_CGROUPS = {  # by the part of the tree, which is named as a controller in the older version
    "": ("memory.max", "memory.current"),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes"),
}
_TREE = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")


@dataclass(frozen=True)
class Demand:
    """Resources of one run: rows of W, trained parameters, peak memory in bytes."""

    neurons: int
    parameters: int
    nbytes: int

    @property
    def is_large(self) -> bool:
        return self.parameters >= MANY_PARAMETERS or self.nbytes >= MUCH

    def __str__(self) -> str:
        return tr(
            "{neurons}, {parameters} parameters, about {memory} of memory",
            neurons=format_count(self.neurons, "neuron"),
            parameters=format_integer(self.parameters),
            memory=format_bytes(self.nbytes),
        )


def demand(
    config: RunConfig, trained: int, tested: int, k: int, h: int, *, row_size: float
) -> Demand:
    """Estimate the resources of a run on `trained` and `tested` rows, k inputs and h classes.

    row_size : bytes that the inputs of one row take, as they are stored.
    """
    model, settings = config.model, config.training
    outputs, hidden = model.outputs(h), model.hidden
    parameters = outputs * (k + 1)
    if hidden:
        parameters = hidden * (k + 1) + outputs * (hidden + 1)
    rows = trained + min(trained, MEASURED) + tested
    inputs = int(rows * row_size)
    if config.data.degree > 1 or config.data.sine:
        inputs += 16 * trained * k  # products are computed in float64, column by column
    targets = 4 * rows * outputs + 10 * trained * outputs  # the second term: during encoding
    if not settings.rule.is_second_order:
        moments = len(settings.rule.remembers)
        copies = 4 * (2 + moments + FRAMES * (1 + moments) + SEEN)
    elif not settings.rule.needs_hessian:
        copies = 4 * (FRAMES + SEEN) + 8 * 30  # ten steps, ten changes of the gradient, float64
    else:
        copies = 4 * (FRAMES + SEEN) + 3 * 8 * parameters
        at_once = min(trained * hessian_numbers(parameters, outputs), HESSIANS)
        targets += 4 * 8 * at_once  # float64: per-example Hessians and their products with inputs
    return Demand(outputs, parameters, inputs + targets + copies * parameters + SLICE)


def hessian_numbers(parameters: int, outputs: int) -> int:
    """Return how many numbers one example needs while its part of the Hessian is computed."""
    return max(parameters, outputs**2)


def check(size: float, what: str, advice: str) -> None:
    """Raise DataError if `size` bytes are more than the free memory.

    what : subject of the message, as in “Training on x.csv”. advice : a sentence on what to do.
    """
    left = free()
    if left is not None and size > left:
        raise DataError(
            tr(
                "{what} takes about {size} of memory, and {left} are free here. {advice}",
                what=what,
                size=format_bytes(size),
                left=format_bytes(left),
                advice=advice,
            )
        )


def free() -> int | None:
    """Return the bytes that this process can still allocate without swapping; None if unknown."""
    known = [size for size in (free_for_files(), _free_of_process()) if size]
    return min(known, default=None)


def free_for_files() -> int | None:
    """Return the bytes in which the system can have pages of files at hand; None if unknown."""
    known = [size for size in (_free_of_machine(), _free_of_group()) if size]
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
    try:  # macOS reports only the total
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None


def _free_of_group() -> int | None:
    """Return the free bytes of the cgroup and of those around it, whichever has the least.

    Pages of files that can be dropped count as free.
    """
    groups = dict.fromkeys(_CGROUPS, "/")
    with suppress(OSError):
        for line in _OWN_GROUPS.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            groups |= {name: path for name in controllers.split(",") if name in groups}
    found: list[int | None] = []
    for name, path in groups.items():
        top = _TREE / name
        own = top / path.lstrip("/")
        around = (folder for folder in (own, *own.parents) if folder.is_relative_to(top))
        found.extend(_free_of_folder(folder, *_CGROUPS[name]) for folder in around)
    return min((size for size in found if size is not None), default=None)


def _free_of_folder(folder: Path, limit_name: str, used_name: str) -> int | None:
    """Return the free bytes of one cgroup, None without a limit."""
    try:
        limit = int((folder / limit_name).read_text())
        used = int((folder / used_name).read_text())
        stat = (folder / "memory.stat").read_text()
        names = dict(line.split() for line in stat.splitlines())
        return max(limit - used + int(names.get("inactive_file", 0)), 1)
    except (OSError, ValueError):  # “max”: no limit
        return None


def _free_of_process() -> int | None:
    """Return the bytes left below the limits of `ulimit -v` and `ulimit -d`."""
    if sys.platform == "win32":
        return None
    import resource

    limits = (resource.RLIMIT_AS, 0), (resource.RLIMIT_DATA, 5)  # and where the pages are counted
    found = []
    for name, place in limits:
        limit, _ = resource.getrlimit(name)
        if limit == resource.RLIM_INFINITY:
            continue
        with suppress(OSError, ValueError):
            pages = int(Path("/proc/self/statm").read_text().split()[place])
            found.append(max(limit - pages * os.sysconf("SC_PAGE_SIZE"), 1))
    return min(found, default=None)


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
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - mypy knows it only on Windows
    return int(status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None
