"""Shares computed by several processes, which torch.distributed connects.

Each process has all rows, draws the same batches and computes its own shares of each. The vectors
are exchanged, and every process has the sum of all of them, added in the order of the shares: the
weights stay the same everywhere, to the bit, and are never sent. Two ways of exchange give the same
bits, for p numbers and W processes:

gather : each process gets the vectors of all others, (W − 1) p numbers in one round.
scatter : each process gets a W-th of every vector, adds it up, and the sums are gathered: two
    rounds, 2 p (W − 1) / W numbers, as many as a ring of all-reduce, whose order of summation
    depends on the place in the vector.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Literal

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed import Store, TCPStore  # type: ignore[attr-defined]
from torch.distributed.rendezvous import rendezvous

from core.errors import ConfigError, PeerError
from core.out_of_memory import is_shortage
from core.train.shares import interface
from core.train.shares.sums import Sum

Way = Literal["gather", "scatter"]
PORT = "port"  # where the first process leaves that of its store
TRY, PAUSE = 2.0, 0.05  # seconds: in which a store answers that is there; between two tries
INTERFACE = "GLOO_SOCKET_IFNAME"  # where gloo reads which network it is to use
FAILED = "failed/{}"  # where a process leaves why it ends, for the others


class Group:
    """The processes of a run, this one among them; see `core.train.shares.sums.Shares`.

    rank : of this process. size : how many there are. way : how sums are exchanged.
    wants_stop : asked in each sum whether this process wants the run to end; is_stopping : whether
    one of them did in the last sum, which all learn of in the same one.
    Raises PeerError if another process does not come, ends, or does not answer for `timeout`
    seconds; so do all exchanges.
    """

    def __init__(self, rank: int, size: int, timeout: float) -> None:
        self.rank, self.size, self.timeout = rank, size, timeout
        self.way: Way = "gather"
        self.wants_stop: Callable[[], bool] = lambda: False
        self.is_stopping = False
        self.divide(size)
        has_cuda = torch.cuda.is_available() and dist.is_nccl_available()
        backend = "cpu:gloo,cuda:nccl" if has_cuda else "gloo"
        limit = timedelta(seconds=timeout)
        if (name := interface.name_towards(os.environ["MASTER_ADDR"])) is not None:
            os.environ.setdefault(INTERFACE, name)
        with self._reaching():
            # Kept: without torchrun it is the first process's, which others may yet ask.
            self._agent, *_ = next(rendezvous("env://", rank, size, timeout=limit))
            self._store = _new_store(self._agent, rank, size, timeout)
            dist.init_process_group(
                backend, store=self._store, rank=rank, world_size=size, timeout=limit
            )

    def divide(self, count: int) -> None:
        """Divide this many shares among the processes. Raises ConfigError if it does not go."""
        each, left = divmod(count, self.size)
        if left or not each:
            raise ConfigError(
                f"{count} shares cannot be divided evenly among {self.size} processes; choose as "
                "many shares as processes, or a multiple."
            )
        self.count, self.own = count, range(self.rank * each, (self.rank + 1) * each)

    def sum_of(self, size: int, like: Tensor) -> Sum:
        return _Exchanged(self, size, like)

    def largest(self, *values: float) -> list[float]:
        """Return the largest of each value that the processes give."""
        found = torch.tensor(values, dtype=torch.float64)
        with self._reaching():
            dist.all_reduce(found, dist.ReduceOp.MAX)
        return found.tolist()

    def are_alike(self, number: int) -> bool:
        """Return whether all processes give the same number, of up to 62 bits."""
        found = torch.tensor([number, -number])
        with self._reaching():
            dist.all_reduce(found, dist.ReduceOp.MAX)
        highest, lowest = found.tolist()
        return bool(highest == -lowest)

    def from_first(self, contents: bytes | None) -> bytes | None:
        """Return what the first process gives; what the others give is not looked at."""
        length = torch.tensor([-1 if contents is None else len(contents)])
        with self._reaching():
            dist.broadcast(length, 0)
            size = int(length)
            if size < 0:
                return None
            data = torch.empty(size, dtype=torch.uint8)
            if self.rank == 0 and contents:
                data = torch.frombuffer(bytearray(contents), dtype=torch.uint8)
            dist.broadcast(data, 0)
        return data.numpy().tobytes()

    def wait(self) -> None:
        """Wait until all processes have come here."""
        self.largest(0.0)

    def exchange(self, ways: Callable[[], None]) -> None:
        """Make an exchange of tensors. Raises PeerError."""
        with self._reaching():
            ways()

    def leave_word(self, words: str) -> None:
        """Leave for the others why this process ends."""
        with suppress(RuntimeError):  # they may be gone
            self._store.set(FAILED.format(self.rank), words)

    def close(self) -> None:
        """End the exchange."""
        with suppress(RuntimeError):
            dist.destroy_process_group()

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Say in words that others cannot be reached."""
        try:
            yield
        except RuntimeError as error:
            if is_shortage(error):
                raise
            raise PeerError(self._describe(error)) from error

    def _describe(self, error: RuntimeError) -> str:
        # Only the first speaks; and if it is gone, so is its store.
        for rank in range(1, self.size if self.rank == 0 else 0):
            if words := self._word_of(rank):
                return f"Process {rank} of the run has ended: {words}"
        text = str(error).lower()
        if "timed out" in text or "timeout" in text:
            return f"Another process of the run has not answered for {self.timeout:g} s."
        return "Another process of the run has ended."

    def _word_of(self, rank: int) -> str:
        key = FAILED.format(rank)
        with suppress(RuntimeError, AttributeError):  # the store is gone, or was never there
            if self._store.check([key]):
                words: bytes = self._store.get(key)
                return words.decode()
        return ""


class _Exchanged:
    """The sum of one vector of each share, of which every process has its own ones.

    After the vector comes one number more: how many processes want the run to end.
    """

    def __init__(self, group: Group, size: int, like: Tensor) -> None:
        self._group, self._size = group, size
        padded = -(-(size + 1) // group.size) * group.size
        self._all = like.new_zeros((group.count, padded))
        self._own = self._all[group.own.start : group.own.stop]
        self._part = like.new_empty((group.count, padded // group.size))
        self._sum = like.new_empty(padded)

    def room(self, place: int) -> Tensor:
        return self._own[place, : self._size]

    def put(self, place: int) -> None:
        """Do nothing: the vector stays in its room until all are exchanged."""

    def total(self) -> Tensor:
        group = self._group
        self._own[0, self._size] = float(group.wants_stop())
        group.exchange(self._gather if group.way == "gather" else self._scatter)
        group.is_stopping = bool(self._sum[self._size] > 0)
        return self._sum[: self._size]

    def _gather(self) -> None:
        each = len(self._own)
        self._swap([self._own] * self._group.size, torch.split(self._all, each))
        _add_in_order(self._all, self._sum)

    def _scatter(self) -> None:
        group, each = self._group, len(self._own)
        pieces = self._own.view(each, group.size, -1).transpose(0, 1).contiguous()
        parts, sums = torch.split(self._part, each), self._sum.view(group.size, -1)
        parts[group.rank].copy_(pieces[group.rank])
        self._swap(pieces.unbind(), parts)
        _add_in_order(self._part, sums[group.rank])
        self._swap([sums[group.rank]] * group.size, sums.unbind())

    def _swap(self, given: Sequence[Tensor], found: Sequence[Tensor]) -> None:
        """Send each other process what is for it, and get what it has for this one.

        All at once, and straight to its place: gloo's own gather takes twice the processor's time
        for that, and several times as long.
        """
        if self._group.size == 1:
            return
        ways = []
        for rank in range(self._group.size):
            if rank != self._group.rank:
                ways.append(dist.P2POp(dist.isend, given[rank], rank))
                ways.append(dist.P2POp(dist.irecv, found[rank], rank))
        for work in dist.batch_isend_irecv(ways):
            work.wait()


def _new_store(agent: Store, rank: int, size: int, timeout: float) -> Store:
    """Return a store of these processes alone, which the first of them keeps.

    agent : the store of torchrun, which outlives a restart: what processes that have ended left in
    it would be taken for that of the new ones. So it only tells where the new one is; a place that
    was left by a process before leads nowhere. Raises RuntimeError.
    """
    limit = timedelta(seconds=timeout)
    host = os.environ["MASTER_ADDR"]
    if rank == 0:
        store = TCPStore(host, 0, size, True, limit, wait_for_workers=False)
        agent.set(PORT, str(store.port))
        return store
    end = time.monotonic() + timeout
    while not _is_open(host, port := int(agent.get(PORT))):
        if time.monotonic() > end:
            raise RuntimeError("timed out")
        time.sleep(PAUSE)
    return TCPStore(host, port, size, False, limit)


def _is_open(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), TRY):
        return True
    return False


def _add_in_order(rows: Tensor, out: Tensor) -> None:
    """Write rows[0] + rows[1] + …, added one after the other."""
    out.copy_(rows[0])
    for row in rows[1:]:
        out.add_(row)
