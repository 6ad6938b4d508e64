"""Sums over processes have the bits of a sum in one, whichever way they are exchanged."""

import torch

from core.train.shares.sums import OneProcess
from tests.core.processes import ended, processes

PROGRAM = """
import torch
from core.train.shares.group import Group
from tests.core.train.shares.test_group import vectors

group = Group(int(__import__("os").environ["RANK"]), 3, 60)
group.divide(6)
for way in ("gather", "scatter"):
    group.way = way
    found = group.sum_of(7, torch.empty(0))
    for place, k in enumerate(group.own):
        found.room(place).copy_(vectors()[k])
        found.put(place)
    group.wants_stop = lambda: way == "scatter" and group.rank == 2
    print(found.total().numpy().tobytes().hex(), group.is_stopping)
print(group.largest(group.rank, -group.rank), group.are_alike(5), group.are_alike(group.rank))
print(group.from_first(b"abc" if group.rank == 0 else None), group.from_first(None))
group.wait()
group.close()
"""


def vectors():
    """Return the vectors of six shares, whose sum in float32 depends on the order."""
    generator = torch.Generator().manual_seed(4)
    return torch.randn(6, 7, generator=generator) * 10.0 ** (torch.arange(6)[:, None] % 2 * 7)


def test_processes_add_up_in_the_order_of_shares_and_agree():
    one = OneProcess(6).sum_of(7, torch.empty(0))
    for place, vector in enumerate(vectors()):
        one.room(place).copy_(vector)
        one.put(place)
    expected = one.total()
    assert not torch.equal(expected, vectors()[::2].sum(0) + vectors()[1::2].sum(0))
    bits = expected.numpy().tobytes().hex()
    with processes(*[("-c", PROGRAM)] * 3) as started:
        for code, out, err in ended(started):
            assert code == 0, err
            assert out.splitlines() == [
                f"{bits} False",
                f"{bits} True",
                "[2.0, 0.0] True False",
                "b'abc' None",
            ]
