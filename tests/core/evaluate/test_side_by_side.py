"""Work on one thread or two: which is quicker decides, and neither loses nor repeats anything."""

import itertools
import math
import threading

import pytest

from core.evaluate.side_by_side import SideBySide, cores

SECONDS = 60  # until a test fails instead of standing still


class Work:
    """A piece of `length` updates; log : its number and the thread, for each of them.

    waits_for : from the fourth update on it waits until this has happened.
    """

    def __init__(self, number, log, length=20, waits_for=None):
        self.number, self.log, self.left, self.waits_for = number, log, length, waits_for
        self.is_on_two = threading.Event()

    @property
    def is_over(self):
        return self.left == 0

    def advance(self):
        if self.waits_for is not None and self.left < 17:
            assert self.waits_for.wait(SECONDS)
        self.log.append((self.number, threading.current_thread().name))
        if threading.current_thread().name == "beside":
            self.is_on_two.set()
        self.left -= 1
        return 1


class Endless(Work):
    """Work that ends only where the first thread has taken it over."""

    @property
    def is_over(self):
        names = [name for number, name in self.log if number == self.number]
        return names.count(threading.main_thread().name) >= 3


def make(pieces, gain, is_stopped=lambda: False, threads=2):
    """Make the pieces by a clock that goes on by a second whenever it is looked at."""
    clock = itertools.count().__next__
    SideBySide(iter(pieces), is_stopped, threads=threads, gain=gain, clock=clock).run()


def two(kind=Work):
    """Two pieces, of which the first waits until the second is made on another thread."""
    log: list[tuple[int, str]] = []
    second = kind(1, log)
    return [Work(0, log, waits_for=second.is_on_two), second], log


def test_two_threads_share_the_work_where_they_are_quicker():
    pieces, log = two()
    make(pieces, gain=0)
    assert sorted(number for number, _ in log) == [0] * 20 + [1] * 20
    assert {name for number, name in log if number == 1} == {"beside"}


def test_what_the_second_one_has_begun_is_finished_by_the_first_where_they_are_not():
    pieces, log = two(Endless)
    make(pieces, gain=math.inf)
    names = [name for number, name in log if number == 1]
    assert "beside" in names
    assert names[-1] == threading.main_thread().name
    assert len([number for number, _ in log if number == 0]) == 20


def test_one_core_has_one_thread():
    log: list[tuple[int, str]] = []
    make([Work(0, log), Work(1, log)], gain=0, threads=1)
    assert {name for _, name in log} == {threading.main_thread().name}
    assert [number for number, _ in log] == [0] * 20 + [1] * 20


def test_what_fails_on_the_second_thread_is_raised_on_the_first():
    class Failing(Work):
        def advance(self):
            self.is_on_two.set()
            raise ValueError("of the second")

    pieces, _ = two(Failing)
    with pytest.raises(ValueError, match="of the second"):
        make(pieces, gain=0)


def test_both_end_where_it_is_stopped():
    pieces, log = two(Endless)
    pieces[0].left = math.inf
    make(pieces, gain=0, is_stopped=lambda: len(log) > 50)
    assert len(log) <= 53


def test_a_process_has_at_least_a_core():
    assert cores() >= 1
