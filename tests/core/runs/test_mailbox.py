"""The newest value wins, and whoever takes it asks for the next."""

from core.runs.mailbox import Mailbox


def test_only_the_newest_value_is_taken_and_only_once():
    mailbox = Mailbox()
    mailbox.put(1)
    mailbox.put(2)
    assert mailbox.take() == 2
    assert mailbox.take() is None and mailbox.is_empty


def test_taking_asks_for_the_next_until_it_is_answered():
    mailbox = Mailbox()
    assert not mailbox.is_asked
    mailbox.take()
    asked_at = mailbox.asked_at
    mailbox.take()
    assert mailbox.is_asked and mailbox.asked_at == asked_at  # the first request counts
    mailbox.answer()
    assert not mailbox.is_asked


def test_a_request_amid_an_answer_counts_again():
    mailbox = Mailbox()
    mailbox.take()
    mailbox.answer()
    mailbox.take()
    mailbox.put(1)
    assert mailbox.is_asked
