"""Blocks that were made once are read from their file, to the bit, as far as there is room."""

import os
from types import SimpleNamespace

import pytest
import torch

from core import memory
from core.train.streamed import kept
from core.train.streamed.kept import KeptBlocks

N, M, OUTPUTS, SIZE = 2500, 5, 3, 600  # five blocks, the last of 100 rows
LONG = 3600.0  # seconds: as long as that, anything may be written

pytestmark = pytest.mark.skipif(not hasattr(os, "pwrite"), reason="nothing is kept on Windows")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("LOGITLAB_CACHE", str(tmp_path))


@pytest.fixture
def made():
    return KeptBlocks(N, M, OUTPUTS, SIZE)


def block(k):
    rows = min(SIZE, N - k * SIZE)
    own = torch.Generator().manual_seed(k)
    return torch.randn(rows, M, generator=own), torch.randn(OUTPUTS, rows, generator=own)


def read(made, k):
    found = [torch.empty_like(each) for each in block(k)]
    return found if made.read(k, *found) else None


def test_what_is_kept_is_read_again_and_all_of_it_is_at_hand_as_rows(made):
    for k in (3, 0, 4, 1):
        made.keep(k, *block(k), LONG)
    assert read(made, 2) is None and not made.is_whole
    for k in (3, 0, 4, 1):
        assert all(map(torch.equal, read(made, k), block(k)))
    made.keep(2, *block(2), LONG)
    assert made.is_whole
    for blocks, ahead in [((0, 2), (4, 1)), ((4, 1), (3,)), ((3,), (0, 2)), ((0, 2), ())]:
        made.bring(blocks, ahead)
        rows, targets = zip(*map(block, range(5)), strict=True)
        assert torch.equal(made.X, torch.cat(rows))
        assert torch.equal(made.targets, torch.cat(targets, 1))


def test_a_slow_disk_is_not_waited_for(made, monkeypatch):
    clock = iter(range(100))  # each writing takes a second
    monkeypatch.setattr(kept, "time", SimpleNamespace(perf_counter=lambda: float(next(clock))))
    for k in range(4):
        made.keep(k, *block(k), 0.2)
    assert [read(made, k) is not None for k in range(4)] == [True, False, True, False]


def test_a_disk_that_refuses_to_write_is_left_alone(made, monkeypatch):
    made.keep(1, *block(1), LONG)

    def refused(*_):
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", refused)
        made.keep(2, *block(2), LONG)
    made.keep(3, *block(3), LONG)
    assert [read(made, k) is not None for k in range(5)] == [False, True, False, False, False]


@pytest.mark.parametrize(
    ("at_hand", "disk", "has_room"),
    [(1000, 2000, True), (999, 2000, False), (1000, 1999, False), (None, 2000, True)],
    ids=("enough", "little memory", "full disk", "unknown memory"),
)
def test_rows_are_kept_where_there_is_room_for_them(at_hand, disk, has_room, monkeypatch):
    monkeypatch.setattr(memory, "free_for_files", lambda: at_hand)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=disk))
    assert kept.has_room(1000) is has_room


def test_nothing_is_left_in_the_folder(made, tmp_path):
    made.keep(0, *block(0), LONG)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
