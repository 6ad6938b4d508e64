"""Blocks as they are trained on, kept on disk from one epoch to the next.

To read and standardise a row takes longer than an update with it. So a block is written to a file
when it has first been made. As soon as the file has all of them, batches are gathered from it as
from rows in memory: it is mapped, and the system has its pages at hand. The file has no name:
nobody else can change it or cut it short, it is never taken for that of other data or of another
standardiser, and it ends with the program.

A disk that is slow does not hold the run up for long: what is written takes together at most twice
as long as what is made. A block that was left out for that is made anew in the next epoch, and
tried again.
"""

from __future__ import annotations

import math
import mmap
import os
import shutil
import tempfile
import time
import weakref
from collections import deque
from contextlib import suppress

import numpy as np
import torch
from torch import Tensor

from core import memory
from core.data.streamed import disk
from core.errors import DataError

MOST = 2**35  # bytes
DISK_SHARE = 2  # one part in so many of the free disk may be taken
TIMES = 2  # as long as blocks are made they may be written
WINDOWS = 2  # whose pages the program has mapped; others are left to the system


def size_of(n: int, m: int, outputs: int) -> int:
    """Return the bytes of a file of n rows of m inputs, each with its targets (outputs,)."""
    return _whole_pages(4 * n * m) + _whole_pages(4 * n * outputs)


def has_room(size: int) -> bool:
    """Return whether so many bytes can be kept.

    They cannot where the disk has too little room, or the system too little memory to have their
    pages at hand: then the disk sets the pace, and reading the data themselves is as quick.
    """
    at_hand = memory.free_for_files()
    if not hasattr(os, "pwrite") or size > MOST or (at_hand is not None and size > at_hand):
        return False
    try:
        return size <= shutil.disk_usage(disk.folder()).free // DISK_SHARE
    except (OSError, DataError):
        return False


class KeptBlocks:
    """Blocks of `size` of n rows, kept as they are made, on any thread.

    X, targets : (n, m) and (outputs, n) of the rows, of which those are there whose block is.
    """

    def __init__(self, n: int, m: int, outputs: int, size: int) -> None:
        """Raises OSError, ValueError or DataError where there is no place for the file."""
        self._size, self._row = size, 4 * m
        self._has = np.zeros(-(-n // size), dtype=np.bool_)
        self._left = 0.0  # seconds that may yet be spent on writing
        self._windows: deque[tuple[int, ...]] = deque()
        self._file = tempfile.TemporaryFile(dir=disk.folder())  # noqa: SIM115
        whole = size_of(n, m, outputs)
        weakref.finalize(self, self._file.close)
        disk.reserve(self._file, whole)  # a page without room would end the program later
        self._targets_begin = _whole_pages(4 * n * m)
        self._map = mmap.mmap(self._file.fileno(), whole)
        numbers = torch.frombuffer(self._map, dtype=torch.float32)
        self.X = numbers[: n * m].view(n, m)
        self.targets = numbers[self._targets_begin // 4 :][: n * outputs].view(outputs, n)

    @property
    def is_whole(self) -> bool:
        """Whether all blocks are there."""
        return bool(self._has.all())

    def read(self, block: int, X: Tensor, targets: Tensor) -> bool:
        """Write a block to X (k, m) and targets (outputs, k) if it is there; return whether."""
        if not self._has[block]:
            return False
        rows = self._rows_of(block)
        X.copy_(self.X[rows])
        targets.copy_(self.targets[:, rows])
        self._unmap(block)
        return True

    def keep(self, block: int, X: Tensor, targets: Tensor, seconds: float) -> None:
        """Keep a block that took so many seconds to make, if there is time for it."""
        self._left += TIMES * seconds
        if self._left < 0:
            return
        begun, rows = time.perf_counter(), self._rows_of(block)
        try:
            self._write(X, rows.start * self._row)
            for k, own in enumerate(targets.contiguous()):
                self._write(own, self._targets_begin + 4 * (k * len(self.X) + rows.start))
        except OSError:  # a disk that has failed; blocks that are there stay of use
            self._left = -math.inf
            return
        self._has[block] = True
        self._left -= time.perf_counter() - begun

    def _write(self, numbers: Tensor, place: int) -> None:
        """Write numbers to the file: to write by way of the map would take twice as long."""
        view, have = numbers.numpy().data.cast("B"), 0
        while have < len(view):
            have += os.pwrite(self._file.fileno(), view[have:], place + have)

    def bring(self, blocks: tuple[int, ...], ahead: tuple[int, ...]) -> None:
        """Have the system read what comes next; unmap what was before, to take no memory."""
        if hasattr(os, "posix_fadvise"):
            for block in ahead:
                begin, size = self._rows_of(block).start * self._row, self._size * self._row
                with suppress(OSError):
                    os.posix_fadvise(self._file.fileno(), begin, size, os.POSIX_FADV_WILLNEED)
        self._windows.append(blocks)
        while len(self._windows) > WINDOWS:
            for block in self._windows.popleft():
                self._unmap(block)

    def _rows_of(self, block: int) -> slice:
        return slice(block * self._size, min((block + 1) * self._size, len(self.X)))

    def _unmap(self, block: int) -> None:
        """Leave the pages of a block to the system, which has them in its file all the same."""
        rows = self._rows_of(block)
        begin, end = _whole_pages(rows.start * self._row), rows.stop * self._row
        if hasattr(mmap, "MADV_DONTNEED"):
            if end > begin:
                self._map.madvise(mmap.MADV_DONTNEED, begin, end - begin)
            self._map.madvise(mmap.MADV_DONTNEED, self._targets_begin)


def _whole_pages(size: int) -> int:
    return -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
