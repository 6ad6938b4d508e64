"""Work for the second thread: newest request first, every answer on the thread that polls."""

from __future__ import annotations

import threading

import pytest

from gui.state.background_tasks import Background, Queue


@pytest.fixture
def poll_until(qtbot, background):
    def poll_until(condition) -> None:
        def polled():
            background.poll()
            return condition()

        qtbot.waitUntil(polled)

    return poll_until


def unexpected(error: BaseException) -> None:
    raise AssertionError(f"failed with {error!r}")


def test_the_answer_is_given_on_the_asking_thread(background, poll_until):
    where: list[threading.Thread] = []
    background.ask("a", threading.current_thread, where.append, unexpected)
    poll_until(lambda: bool(where))
    assert where[0] is not threading.current_thread()
    assert where[0].name.startswith("background")


def test_nothing_is_answered_before_it_is_polled(qtbot, background):
    answers: list[None] = []
    done = threading.Event()
    background.ask("a", done.set, answers.append, unexpected)
    assert done.wait(10)
    assert not answers
    qtbot.waitUntil(lambda: background.poll() or len(answers) == 1)


def test_of_waiting_requests_under_a_key_the_newest_wins(background, poll_until):
    gate = threading.Event()
    carried_out: list[int] = []
    answers: list[int] = []
    background.ask("first", lambda: gate.wait(10), lambda _: None, unexpected)
    for number in range(5):
        background.ask(
            "key",
            lambda number=number: carried_out.append(number),
            lambda _, number=number: answers.append(number),
            unexpected,
        )
    gate.set()
    poll_until(lambda: not background.is_busy("key"))
    assert carried_out == answers == [4]


def test_keys_do_not_push_each_other_out(background, poll_until):
    answers: list[str] = []
    for key in "abc":
        background.ask(key, lambda key=key: key, answers.append, unexpected)
    poll_until(lambda: len(answers) == 3)
    assert sorted(answers) == ["a", "b", "c"]


def test_a_failure_is_answered_and_the_thread_goes_on(background, poll_until):
    errors: list[BaseException] = []
    answers: list[str] = []
    background.ask("a", lambda: 1 / 0, answers.append, errors.append)
    background.ask("b", lambda: "well", answers.append, unexpected)
    poll_until(lambda: bool(answers))
    assert [type(error) for error in errors] == [ZeroDivisionError]
    assert answers == ["well"]


def test_what_is_forgotten_is_not_answered(background, poll_until):
    gate = threading.Event()
    answers: list[object] = []
    background.ask("running", lambda: gate.wait(10), answers.append, unexpected)
    background.ask("waiting", lambda: "waited", answers.append, unexpected)
    background.forget("running")
    background.forget("waiting")
    gate.set()
    poll_until(lambda: not background.is_busy("running") and not background.is_busy("waiting"))
    assert answers == []


def test_busy_lasts_from_asking_to_answering(background, poll_until):
    answers: list[str] = []
    assert not background.is_busy("a")
    background.ask("a", lambda: "well", answers.append, unexpected)
    assert background.is_busy("a")
    poll_until(lambda: bool(answers))
    assert not background.is_busy("a")


def test_close_ends_the_thread_and_drops_what_waits(background):
    gate = threading.Event()
    carried_out: list[int] = []
    background.ask("running", lambda: gate.wait(10), lambda _: None, unexpected)
    background.ask("waiting", lambda: carried_out.append(1), lambda _: None, unexpected)
    gate.set()
    background.close()
    assert not carried_out
    assert not [t for t in threading.enumerate() if t.name.startswith("background")]


def test_what_is_asked_after_the_end_is_not_done():
    background = Background()
    background.close()
    background.ask("late", lambda: pytest.fail("it was done"), print, print)
    background.poll()
    assert not background.is_busy("late")


@pytest.mark.parametrize("queue", [Queue.PICTURES, Queue.STUDIES])
def test_what_is_asked_of_a_run_is_not_answered_once_another_is_shown(
    background, poll_until, queue
):
    gate = threading.Event()
    answers: list[int] = []
    background.ask("under way", lambda: gate.wait(10), answers.append, unexpected, queue)
    background.ask("waiting", lambda: 1, answers.append, unexpected, queue)
    background.forget_run()
    gate.set()
    background.ask("of the new one", lambda: 2, answers.append, unexpected, queue)
    poll_until(lambda: background.is_idle)
    assert answers == [2]


def test_data_that_are_made_ready_are_answered_whichever_run_is_shown(background, poll_until):
    answers: list[int] = []
    background.ask("load", lambda: 1, answers.append, unexpected, Queue.READS)
    background.forget_run()
    poll_until(lambda: answers == [1])


def test_a_failure_of_which_nothing_is_said_is_raised_by_the_poll(background, poll_until, qtbot):
    def fail():
        raise ValueError("no such number")

    def polled_with_error():
        try:
            background.poll()
        except ValueError as error:
            return str(error) == "no such number"
        return False

    background.ask("a", fail, unexpected)
    qtbot.waitUntil(polled_with_error)
    answers: list[bool] = []
    background.ask("a", lambda: True, answers.append)
    poll_until(lambda: bool(answers))  # and it goes on


def test_what_is_forgotten_while_it_is_carried_out_is_no_longer_busy(background, poll_until):
    gate, answers = threading.Event(), list[int]()
    background.ask("key", lambda: gate.wait(10), answers.append, unexpected)
    background.forget("key")
    assert not background.is_busy("key") and not background.is_idle
    background.ask("key", lambda: 1, answers.append, unexpected)
    gate.set()
    poll_until(lambda: background.is_idle)
    assert answers == [1]
