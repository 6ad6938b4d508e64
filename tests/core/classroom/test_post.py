"""Texts reach all phones, in order and a few phones at a time."""

import asyncio
from collections.abc import Callable
from typing import Any

from core.classroom.post import AT_ONCE, MOST_WAITING, Post, Rounds


class Loop:
    """Keeps what it is asked to call, to be called by hand."""

    def __init__(self):
        self.woken = 0
        self.next: Callable[[], None] | None = None

    def call_soon_threadsafe(self, call):
        self.woken, self.next = self.woken + 1, call

    def call_later(self, _seconds, call):
        self.next = call

    def go(self):
        call, self.next = self.next, None
        assert call is not None
        call()


class Phone:
    def __init__(self, sent):
        self.sent = sent

    def send_what_waits(self):
        self.sent.append(self)


def test_a_class_is_sent_to_in_slices_and_its_loop_is_woken_once():
    loop: Any = Loop()
    sent: list[Any] = []
    rounds = Rounds(loop)
    phones: list[Any] = [Phone(sent) for _ in range(3 * AT_ONCE + 1)]
    for phone in phones:
        rounds.add(phone)
    slices = []
    while loop.next:
        before = len(sent)
        loop.go()
        slices.append(len(sent) - before)
    assert slices == [AT_ONCE, AT_ONCE, AT_ONCE, 1, 0] and sent == phones
    assert loop.woken == 1
    rounds.add(phones[0])
    assert loop.woken == 2
    loop.go()
    assert sent[-1] is phones[0]


def test_what_is_told_after_the_loop_has_ended_is_told_to_nobody():
    loop = asyncio.new_event_loop()
    loop.close()
    sent: list[Any] = []
    phone: Any = Phone(sent)
    Rounds(loop).add(phone)
    assert sent == []


class Socket:
    """Takes texts once it is let."""

    def __init__(self):
        self.taken, self.gate, self.asked = [], asyncio.Event(), asyncio.Event()

    async def send_str(self, text):
        self.asked.set()
        await self.gate.wait()
        self.taken.append(text)


def test_a_phone_that_takes_nothing_keeps_the_newest_texts_and_gets_them_in_order():
    async def talk():
        socket: Any = Socket()
        post = Post(socket, Rounds(asyncio.get_running_loop()))
        post("first")
        await socket.asked.wait()
        for number in range(3 * MOST_WAITING):
            post(str(number))
        socket.gate.set()
        while socket.taken[-1:] != [str(3 * MOST_WAITING - 1)]:
            await asyncio.sleep(0)
        return socket.taken

    newest = [str(number) for number in range(2 * MOST_WAITING, 3 * MOST_WAITING)]
    assert asyncio.run(talk()) == ["first", *newest]
