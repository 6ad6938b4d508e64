"""The newest value wins, and whoever takes it asks for the next."""

from core.runs.mailbox import Mailbox


def test_only_the_newest_value_is_taken_and_only_once():
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    mailbox.put(2)
    assert mailbox.take() == 2
    assert mailbox.take() is None and mailbox.is_empty


def test_taking_asks_for_the_next_until_it_is_answered():
    mailbox: Mailbox[int] = Mailbox()
    asked = [mailbox.is_asked]
    mailbox.take()
    asked.append(mailbox.is_asked)
    asked_at = mailbox.asked_at
    mailbox.take()
    assert mailbox.asked_at == asked_at  # the first request counts
    mailbox.answer()
    asked.append(mailbox.is_asked)
    assert asked == [False, True, False]


def test_a_request_amid_an_answer_counts_again():
    mailbox: Mailbox[int] = Mailbox()
    mailbox.take()
    mailbox.answer()
    mailbox.take()
    mailbox.put(1)
    assert mailbox.is_asked
