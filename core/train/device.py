"""The devices that can train, and synchronisation with those that work asynchronously.

Work launched on such a device runs later, in the same order. The CPU has no queue: its work is
done when the call returns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Protocol

import torch
from torch import Tensor

from core.data.task import Task
from core.errors import DeviceError
from core.language import tr

MARKED = 16  # pieces of work between two signals; each is at most a slice of an update
AHEAD = 8  # signals: 3 ms on a fast device, 50 ms on a slow one; a command must act within 100 ms


def find_device(name: str) -> torch.device:
    """Return the device of that name; raise DeviceError where this machine has none."""
    is_any_cuda = name == "cuda" and len(devices()) > 1
    if name not in devices() and not is_any_cuda:
        known = ", ".join(devices())
        raise DeviceError(
            tr("There is no device “{name}” here; choose from {known}.", name=name, known=known)
        )
    return torch.device(name)


def takes(device: str, task: Task) -> bool:
    """Return whether a device of this name trains the task; texts, which stay sparse, the CPU."""
    return device == "cpu" or not task.dataset.is_text


def device_of(task: Task) -> torch.device:
    """Return the device that the task is to be trained on.

    Raises DeviceError where this machine has none of that name, or where it does not take texts.
    """
    name = task.config.training.device
    if not takes(name, task):
        raise DeviceError(
            tr(
                "{data} holds texts, whose words stay sparse: they are trained on the CPU, not on "
                "“{device}”. Choose the device cpu.",
                data=task.dataset.name,
                device=name,
            )
        )
    return find_device(name)


def devices() -> tuple[str, ...]:
    """Return the names of the devices that can train here, "cpu" first."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return ("cpu", *(("cuda",) if count == 1 else (f"cuda:{k}" for k in range(count))))


def with_device(task: Task, device: str) -> Task:
    """Return the same task for another device."""
    config = task.config
    return replace(task, config=replace(config, training=replace(config.training, device=device)))


def is_device_failure(error: Exception, device: str) -> bool:
    """Return whether the error means that the device failed or is out of memory."""
    if device == "cpu":
        return False
    kinds = (torch.OutOfMemoryError, torch.AcceleratorError)
    return isinstance(error, kinds) or (isinstance(error, RuntimeError) and "CUDA" in str(error))


class Signal(Protocol):
    """An event in the queue, reached once all work launched before it is done."""

    def query(self) -> bool: ...

    def synchronize(self) -> None: ...


class Queue(Protocol):
    """The queue of a device, as seen by the thread that launches."""

    def signal(self) -> Signal: ...

    def fetch(self, values: Tensor) -> Tensor:
        """Return a tensor on the host that holds a copy once the next signal is reached."""
        ...

    def capture(self, work: Callable[[], None]) -> Callable[[], None] | None:
        """Do the work and return a function that repeats it in one launch; None if that fails."""
        ...


class Cuda:
    """The current stream of a CUDA device."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def signal(self) -> Signal:
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record(torch.cuda.current_stream(self._device))
        return event

    def fetch(self, values: Tensor) -> Tensor:
        # PyTorch reuses page-locked memory, and keeps it until the copy is done.
        host = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
        return host.copy_(values, non_blocking=True)

    def capture(self, work: Callable[[], None]) -> Callable[[], None] | None:
        # On first use, libraries create their handles and workspaces: this must happen on the
        # capture stream, but before the capture.
        with torch.cuda.device(self._device):
            main, side = torch.cuda.current_stream(), _side_stream(torch.cuda.current_device())
            side.wait_stream(main)
            try:
                with torch.cuda.stream(side):
                    work()
            finally:
                main.wait_stream(side)
            # On failure, `torch.cuda.graph` does not restore the stream; the outer context does.
            with suppress(Exception), torch.cuda.stream(side):
                graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(graph, stream=side, capture_error_mode="thread_local"):
                    work()
                return graph.replay
        return None


@cache
def _side_stream(index: int) -> torch.cuda.Stream:
    """Return the device's one stream for capturing graphs, which share its workspace."""
    return torch.cuda.Stream(index)  # type: ignore[no-untyped-call]


def queue_of(device: torch.device) -> Queue | None:
    return Cuda(device) if device.type == "cuda" else None


class HostCopy:
    """An asynchronous copy of tensors to the host, of their current values."""

    def __init__(self, queue: Queue, *tensors: Tensor) -> None:
        self._tensors = [queue.fetch(tensor) for tensor in tensors]
        self._signal = queue.signal()

    @property
    def is_there(self) -> bool:
        return self._signal.query()

    def take(self) -> tuple[Tensor, ...]:
        """Return the copies in pageable memory; wait until they have arrived."""
        self._signal.synchronize()
        return tuple(tensor.clone() for tensor in self._tensors)


class Lag:
    """Limits how far launching may run ahead of the device."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._pieces = 0
        self._signals: deque[Signal] = deque()

    def add(self, pieces: int) -> None:
        """Count launched pieces of work; wait if too many are pending."""
        self._pieces += pieces
        if self._pieces < MARKED:
            return
        self._pieces = 0
        self._signals.append(self._queue.signal())
        if len(self._signals) > AHEAD:
            self._signals.popleft().synchronize()
