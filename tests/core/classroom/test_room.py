"""A room takes what is asked, from each phone in turn, and no more."""

import json

import pytest

from core.classroom.messages import MOST_POINTS, Choice, Drawing, Hello, Number, Place
from core.classroom.room import (
    BURST,
    MOST_FROM_ONE,
    MOST_INK,
    MOST_PHONES,
    Activity,
    Room,
)
from core.errors import DataError

POINTS = Activity("point", "Place a point", ("A", "B"), ("#ff0000", "#0000ff"))
NUMBER = Activity("number", "What is ln 2?")
QUESTION = Activity("question", "How many?", answers=("one", "two", "three"))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def room(clock):
    return Room(clock)


def phone_in(room, number=0, name="", heard=None):
    post = [].append if heard is None else heard.append
    return room.enter(Hello(f"phone{number:05d}", name), post)


def point(x=0.5):
    return json.dumps({"kind": "point", "x": x, "y": 0.25, "label": 1})


def drawing(points):
    """A stroke of so many points, from the upper edge of the pad to the lower one."""
    stroke = [[0.5, round(k / points, 4)] for k in range(points)]
    return json.dumps({"kind": "digit", "strokes": [stroke], "label": 1}, separators=(",", ":"))


def answer(number):
    return json.dumps({"kind": "answer", "answer": number})


def test_what_is_sent_reaches_the_window_once_and_in_order(room):
    room.ask(POINTS)
    first, second = phone_in(room, 1, "Ada"), phone_in(room, 2)
    room.receive(first, point(0.1))
    room.receive(second, point(0.2))
    taken = room.take(Place)
    assert [(s.phone, s.name, s.what) for s in taken] == [
        (1, "Ada", Place(0.1, 0.25, 1)),
        (2, "", Place(0.2, 0.25, 1)),
    ]
    assert room.take(Place) == []


def test_who_is_there_hears_what_is_asked(room):
    heard: list[str] = []
    phone_in(room, heard=heard)
    room.ask(QUESTION)
    assert heard == [room.asked], "and so is who comes later"
    message = json.loads(room.asked)
    assert message["do"] == "question" and message["answers"] == ["one", "two", "three"]


def test_points_and_drawings_wait_apart_until_the_window_takes_them(room):
    room.ask(Activity("digit", "Draw", ("0", "1")))
    room.receive(phone_in(room), drawing(3))
    room.ask(POINTS)
    room.receive(phone_in(room), point())
    assert [sent.what.label for sent in room.take(Place)] == [1]
    assert len(room.take(Drawing)) == 1 and room.take(Drawing) == []


def test_drawings_that_wait_take_bounded_memory_and_none_is_lost(room):
    """Who sends the longest drawings is told to wait, until the window has taken some."""
    room.ask(Activity("digit", "Draw", ("0", "1")))
    count = MOST_INK // MOST_POINTS
    for number in range(count):
        room.receive(phone_in(room, number), drawing(MOST_POINTS))
    late = phone_in(room, count)
    with pytest.raises(DataError, match="Wait a moment"):
        room.receive(late, drawing(MOST_POINTS))
    assert len(room.take(Drawing, 1)) == 1
    room.receive(late, drawing(MOST_POINTS))
    assert len(room.take(Drawing)) == count
    room.receive(late, drawing(MOST_POINTS))
    room.wipe()
    assert room.take(Drawing) == []


def test_what_was_asked_before_is_not_taken_for_what_is_asked_now(room):
    room.ask(POINTS)
    phone = phone_in(room)
    message = point()

    class Slow(str):  # a message during whose reading something else is asked
        def __len__(self):
            room.ask(QUESTION)
            return super().__len__()

    with pytest.raises(DataError, match="Something else"):
        room.receive(phone, Slow(message))
    assert room.take(Place) == []


def test_what_is_not_asked_is_refused(room):
    phone = phone_in(room)
    with pytest.raises(DataError, match="Nothing is asked"):
        room.receive(phone, point())
    room.ask(QUESTION)
    with pytest.raises(DataError):
        room.receive(phone, point())
    assert room.take(Place) == []


def test_a_phone_has_one_vote_which_it_can_change(room):
    room.ask(QUESTION)
    first, second = phone_in(room, 1), phone_in(room, 2)
    for phone, number in ((first, 0), (second, 2), (first, 2)):
        room.receive(phone, answer(number))
    assert room.votes() == [0, 0, 2]
    room.ask(QUESTION)
    assert room.votes() == [0, 0, 0]


def test_a_vote_is_no_contribution(room):
    room.ask(QUESTION)
    room.receive(phone_in(room), answer(1))
    assert not any(isinstance(sent.what, Choice) for sent in room.take(Place))


def test_a_phone_that_sends_too_often_has_to_wait(room, clock):
    room.ask(POINTS)
    phone = phone_in(room)
    for _ in range(int(BURST)):
        room.receive(phone, point())
    with pytest.raises(DataError, match="Not so fast"):
        room.receive(phone, point())
    clock.now += 2.0
    room.receive(phone, point())
    assert len(room.take(Place)) == BURST + 1


def test_a_phone_that_comes_back_is_the_same(room):
    phone = phone_in(room, 7)
    room.leave(phone, phone.post)
    assert room.present == 0
    assert phone_in(room, 7).number == phone.number and room.present == 1


def test_a_connection_that_ends_late_does_not_put_its_phone_out(room):
    old_messages: list[str] = []
    old = old_messages.append
    phone = room.enter(Hello("phone00001", ""), old)
    room.enter(Hello("phone00001", ""), [].append)
    room.leave(phone, old)
    assert room.present == 1


def test_a_full_room_takes_nobody_until_someone_goes(room):
    phones = [phone_in(room, number) for number in range(MOST_PHONES)]
    with pytest.raises(DataError, match="full"):
        phone_in(room, MOST_PHONES)
    room.leave(phones[3], phones[3].post)
    assert phone_in(room, MOST_PHONES).number == MOST_PHONES + 1


def test_wiping_forgets_names_votes_and_what_was_sent(room):
    room.ask(POINTS)
    phone = phone_in(room, 1, "Ada")
    room.receive(phone, point())
    room.wipe()
    assert room.take(Place) == [] and phone.name == "" and room.present == 1


def test_one_address_has_room_for_a_class_and_for_more_once_that_is_allowed(room):
    def enter(number, address):
        return room.enter(Hello(f"phone{number:05d}", ""), [].append, address)

    phones = [enter(number, "10.0.0.1") for number in range(MOST_FROM_ONE)]
    with pytest.raises(DataError, match="teacher can allow more"):
        enter(900, "10.0.0.1")
    assert room.refused == 1
    enter(901, "10.0.0.2")
    assert enter(3, "10.0.0.1") is phones[3], "who is here may come back"
    room.leave(phones[0], phones[0].post)
    enter(902, "10.0.0.1")
    room.allow_from_one(MOST_PHONES)
    assert room.refused == 0
    enter(900, "10.0.0.1")
    assert room.present == MOST_FROM_ONE + 2


def test_each_phone_is_told_what_its_answer_was_worth_and_then_none_is_taken(room):
    room.ask(NUMBER)
    heard: list[list[str]] = [[], []]
    first, _ = (phone_in(room, number, heard=each) for number, each in enumerate(heard))
    for value in ("0.5", "0.69"):  # an answer can be changed
        room.receive(first, json.dumps({"kind": "number", "value": value}))
    assert room.answers == (Number(0.69),)
    room.reveal(lambda answer: "nothing" if answer is None else f"{answer.value}")
    assert [each[-1] for each in heard] == ["0.69", "nothing"]
    with pytest.raises(DataError, match="has been shown"):
        room.receive(first, json.dumps({"kind": "number", "value": "1"}))
    room.ask(NUMBER)
    room.receive(first, json.dumps({"kind": "number", "value": "1"}))
    assert room.answers == (Number(1.0),)


def test_there_are_no_more_answers_than_phones_that_the_room_knows(room):
    """Who comes again and again as another phone counts once at a time."""
    room.ask(QUESTION)
    for number in range(3 * MOST_PHONES):
        phone = phone_in(room, number)
        room.receive(phone, answer(0))
        room.leave(phone, phone.post)
    assert len(room.answers) == MOST_PHONES
