"""Windows are in memory when they are wanted, whoever has read them."""

import threading

import pytest
import torch

from core.errors import DataError
from core.train.batches import Rows
from core.train.streamed.pool import Pool

N, SIZE, BLOCKS = 38, 4, 3  # ten blocks, the last of two rows


@pytest.fixture
def make():
    """Return make(before): a pool, and the threads that have read each of its blocks."""

    def made(before=lambda block: None):
        none = Rows(torch.empty(0, 2), torch.empty(0), torch.empty(1, 0), 1.0, None, None)
        readers: dict[int, list[threading.Thread]] = {}

        def fill(block, X, targets):
            readers.setdefault(block, []).append(threading.current_thread())
            before(block)
            rows = torch.arange(block * SIZE, min((block + 1) * SIZE, N))
            X.copy_(rows[:, None].expand(-1, 2))
            targets.copy_(-rows)

        return Pool(N, SIZE, BLOCKS, fill, none), readers

    return made


def assert_holds(pool, blocks):
    for row in (r for b in blocks for r in range(b * SIZE, min((b + 1) * SIZE, N))):
        place = pool.shift[row // SIZE] + row
        assert pool.X[place].tolist() == [row, row] and pool.targets[0, place] == -row


def test_a_window_stays_while_the_next_one_comes(make):
    pool, readers = make()
    windows = [(4, 0, 9), (2, 7, 1), (3, 8, 5), (6,)]
    for one, other in zip(windows, [*windows[1:], ()], strict=True):
        pool.bring(one, other)
        assert_holds(pool, one)
    assert_holds(pool, windows[-2])
    assert all(len(threads) == 1 for threads in readers.values()) and len(readers) == 10


def test_a_window_that_shares_blocks_with_one_of_the_epoch_before_stays(make):
    pool, _ = make()
    pool.bring((2, 7, 1), (3, 8, 5))
    pool.bring((3, 8, 5), (6,))
    pool.bring((6,), ())
    pool.bring((8, 6, 1), (0, 4, 9))
    assert_holds(pool, (8, 6, 1))
    pool.bring((0, 4, 9), (2, 3, 5))
    assert_holds(pool, (8, 6, 1))
    assert_holds(pool, (0, 4, 9))


def test_who_waits_for_a_window_reads_what_is_left_of_it(make):
    is_reached, goes_on = threading.Event(), threading.Event()

    def before(block):
        if block == 3:
            is_reached.set()
            goes_on.wait()
        elif block == 5:
            goes_on.set()

    pool, readers = make(before)
    pool.bring((0, 1, 2), (3, 4, 5))
    is_reached.wait()
    pool.bring((3, 4, 5), ())
    assert_holds(pool, (3, 4, 5))
    main = threading.current_thread()
    assert readers[3] != [main] and readers[4] == readers[5] == [main]


def test_a_window_that_is_not_wanted_any_more_is_left(make):
    is_reached, goes_on = threading.Event(), threading.Event()

    def before(block):
        if block == 3 and len(readers[3]) == 1:
            is_reached.set()
            goes_on.wait()
        elif block == 6:
            raise DataError("gone")

    pool, readers = make(before)
    pool.bring((0, 1, 2), (3, 4, 5))
    is_reached.wait()
    threading.Timer(0, goes_on.set).start()
    pool.bring((7, 8, 9), (3, 4, 5))
    assert_holds(pool, (7, 8, 9))
    pool.bring((3, 4, 5), (6,))
    assert_holds(pool, (7, 8, 9))
    assert_holds(pool, (3, 4, 5))
    with pytest.raises(DataError, match="gone"):
        pool.bring((6,), ())
    pool.bring((3, 4, 5), ())
    assert_holds(pool, (3, 4, 5))
