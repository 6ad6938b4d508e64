"""The devices that can train, and how one is waited for that works behind our back.

What is launched on such a device is done later, in the same order. The CPU has no queue: what it
is told to do is done when the call returns.
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

MARKED = 16  # pieces of work, each at most a slice of an update, from one signal to the next
AHEAD = 8  # signals: 3 ms on a fast device, 50 ms on a slow one; a command must act within 100 ms


def find_device(name: str) -> torch.device:
    """Return the device of that name; raise DeviceError where this machine has none."""
    is_any_cuda = name == "cuda" and len(devices()) > 1
    if name not in devices() and not is_any_cuda:
        raise DeviceError(f"There is no device “{name}” here; choose from {', '.join(devices())}.")
    return torch.device(name)


def devices() -> tuple[str, ...]:
    """Return the names of the devices that can train here, "cpu" first."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return ("cpu", *(("cuda",) if count == 1 else (f"cuda:{k}" for k in range(count))))


def with_device(task: Task, device: str) -> Task:
    """Return the same task for another device."""
    config = task.config
    return replace(task, config=replace(config, training=replace(config.training, device=device)))


def is_device_failure(error: Exception, device: str) -> bool:
    """Return whether it is the device that has failed or is full, and not the program."""
    if device == "cpu":
        return False
    kinds = (torch.OutOfMemoryError, torch.AcceleratorError)
    return isinstance(error, kinds) or (isinstance(error, RuntimeError) and "CUDA" in str(error))


class Signal(Protocol):
    """Is given once all that was launched before it is done."""

    def query(self) -> bool: ...

    def synchronize(self) -> None: ...


class Queue(Protocol):
    """The queue of a device, as seen by the thread that launches."""

    def signal(self) -> Signal: ...

    def fetch(self, values: Tensor) -> Tensor:
        """Return where a copy will be on the host, by the next signal."""
        ...

    def capture(self, work: Callable[[], None]) -> Callable[[], None] | None:
        """Do the work, and return what does it again at once; None where that cannot be."""
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
        # PyTorch keeps page-locked memory for the next time, and until the copy is done.
        host = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
        return host.copy_(values, non_blocking=True)

    def capture(self, work: Callable[[], None]) -> Callable[[], None] | None:
        # The first time, libraries make their handles and work space: on the stream of the
        # capture, but before it.
        with torch.cuda.device(self._device):
            main, side = torch.cuda.current_stream(), _side_stream(torch.cuda.current_device())
            side.wait_stream(main)
            try:
                with torch.cuda.stream(side):
                    work()
            finally:
                main.wait_stream(side)
            # When it fails, `torch.cuda.graph` leaves its stream in place; the outer one does not.
            with suppress(Exception), torch.cuda.stream(side):
                graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(graph, stream=side, capture_error_mode="thread_local"):
                    work()
                return graph.replay
        return None


@cache
def _side_stream(index: int) -> torch.cuda.Stream:
    """Return the one stream of a device that graphs are captured on; they share its work space."""
    return torch.cuda.Stream(index)  # type: ignore[no-untyped-call]


def queue_of(device: torch.device) -> Queue | None:
    return Cuda(device) if device.type == "cuda" else None


class HostCopy:
    """Tensors on their way to the host, as they are now; the device goes on."""

    def __init__(self, queue: Queue, *tensors: Tensor) -> None:
        self._tensors = [queue.fetch(tensor) for tensor in tensors]
        self._signal = queue.signal()

    @property
    def is_there(self) -> bool:
        return self._signal.query()

    def take(self) -> tuple[Tensor, ...]:
        """Return them in ordinary memory; wait for them if they are not yet there."""
        self._signal.synchronize()
        return tuple(tensor.clone() for tensor in self._tensors)


class Lag:
    """Bounds how far the device is behind: work is launched faster than it is done."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._pieces = 0
        self._signals: deque[Signal] = deque()

    def add(self, pieces: int) -> None:
        """Count pieces of work that are launched; wait where too many of them are not done."""
        self._pieces += pieces
        if self._pieces < MARKED:
            return
        self._pieces = 0
        self._signals.append(self._queue.signal())
        if len(self._signals) > AHEAD:
            self._signals.popleft().synchronize()
