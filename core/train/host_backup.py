"""A backup of a run on the host, which survives a failure of the device."""

from __future__ import annotations

from core.train.checkpoints import Checkpoint
from core.train.device import HostCopy, Queue


class HostBackup:
    """One checkpoint on the host, and possibly a newer one being copied there.

    queue : the device's; None where the device is the host.
    """

    def __init__(self, queue: Queue | None) -> None:
        self._queue = queue
        self._pending: tuple[Checkpoint, HostCopy] | None = None
        self.checkpoint: Checkpoint

    def take(self, checkpoint: Checkpoint) -> None:
        """Copy this checkpoint to the host and wait until it is there."""
        self.checkpoint = checkpoint.with_tensors(t.cpu() for t in checkpoint.tensors())
        self._pending = None

    def start(self, checkpoint: Checkpoint) -> None:
        """Start copying this checkpoint to the host, without waiting, unless a copy is pending."""
        if self._queue is None:
            self.take(checkpoint)
        elif self._pending is None:
            self._pending = checkpoint, HostCopy(self._queue, *checkpoint.tensors())

    def poll(self) -> None:
        """Adopt the newer checkpoint if its copy has arrived."""
        if self._pending is not None and self._pending[1].is_there:
            checkpoint, copy = self._pending
            self.checkpoint, self._pending = checkpoint.with_tensors(copy.take()), None
