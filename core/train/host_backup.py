"""The last point of a run that is safe on the host, where no failing device can take it."""

from __future__ import annotations

from core.train.checkpoints import Checkpoint
from core.train.device import HostCopy, Queue


class HostBackup:
    """One checkpoint on the host, and a newer one that may be on its way there.

    queue : the device's; None where the device is the host.
    """

    def __init__(self, queue: Queue | None) -> None:
        self._queue = queue
        self._pending: tuple[Checkpoint, HostCopy] | None = None
        self.checkpoint: Checkpoint

    def take(self, checkpoint: Checkpoint) -> None:
        """Copy this checkpoint to the host; wait for it."""
        self.checkpoint = checkpoint.with_tensors(t.cpu() for t in checkpoint.tensors())
        self._pending = None

    def start(self, checkpoint: Checkpoint) -> None:
        """Copy this checkpoint to the host unless one is on its way; do not wait for it."""
        if self._queue is None:
            self.take(checkpoint)
        elif self._pending is None:
            self._pending = checkpoint, HostCopy(self._queue, *checkpoint.tensors())

    def poll(self) -> None:
        """Keep the newer checkpoint if it has arrived."""
        if self._pending is not None and self._pending[1].is_there:
            checkpoint, copy = self._pending
            self.checkpoint, self._pending = checkpoint.with_tensors(copy.take()), None
