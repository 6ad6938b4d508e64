"""Work on a thread of its own: what comes of it, and how it is called off."""

from __future__ import annotations

import threading

import pytest

from core.errors import Cancelled
from core.job import Job


def names_of_threads():
    return [thread.name for thread in threading.enumerate()]


def test_the_result_is_that_of_the_work_on_another_thread():
    job = Job("work", lambda _: threading.current_thread())
    job.start()
    thread = job.result()
    assert thread is not threading.current_thread()
    assert (thread.name, thread.daemon, job.is_done) == ("work", False, True)


def test_what_goes_wrong_is_raised_where_the_result_is_wanted():
    job = Job("work", lambda _: 1 / 0)
    job.start()
    with pytest.raises(ZeroDivisionError):
        job.result()


def test_work_that_is_called_off_ends_and_leaves_no_thread():
    def work(cancelled: threading.Event) -> None:
        cancelled.wait()
        raise Cancelled("It was called off.")

    job = Job("work", work)
    job.start()
    assert "work" in names_of_threads()
    job.close()
    assert job.is_done and "work" not in names_of_threads()
    with pytest.raises(Cancelled):
        job.result()


def test_what_was_never_begun_can_be_called_off():
    job = Job("work", lambda _: None)
    job.close()
    assert not job.is_done
