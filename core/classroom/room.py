"""The room that a class is in: who is there, what is asked, what was sent; safe between threads.

Messages to phones are text as it is sent: one that goes to all is made once, for all of them.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from core.classroom.messages import (
    Answer,
    Choice,
    Contribution,
    Drawing,
    Hello,
    Message,
    Number,
    Place,
    Spot,
    read,
)
from core.classroom.shared_plane import SharedPlane
from core.errors import DataError
from core.language import tr

Post = Callable[[str], None]  # sends a text to one phone, from any thread, without waiting
Kind = Literal["wait", "digit", "point", "question", "number", "spot"]

MOST_PHONES = 300
MOST_FROM_ONE = 40  # phones of one address: more are many at one router, or one machine's pretence
MOST_SENT = 5_000  # contributions that are kept waiting for the window
MOST_INK = 200_000  # points of all drawings that wait, about 25 MB
BURST, PER_SECOND = 5.0, 0.5  # contributions of one phone: at once, and then on and on
MOST_FAULTS = 20  # refused messages, after which a phone is sent away


@dataclass(frozen=True)
class Activity:
    """What the class is asked to do.

    kind : “question” is one with answers to choose from; “number” and “spot” are questions too.
    text : for all. classes : names, and colours as #rrggbb, of a digit or of a point.
    answers : to a question. plane : to be touched. number : grows with each new activity.
    """

    kind: Kind = "wait"
    text: str = ""
    classes: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    plane: SharedPlane | None = None
    number: int = 0

    @property
    def is_question(self) -> bool:
        """Whether each phone has one answer to it."""
        return self.kind in ("question", "number", "spot")

    def to_message(self) -> dict[str, object]:
        """Return it as sent to a phone."""
        plane = {} if self.plane is None else {"plane": self.plane.to_message()}
        return plane | {
            "do": self.kind,
            "text": self.text,
            "classes": list(self.classes),
            "colours": list(self.colours),
            "answers": list(self.answers),
            "number": self.number,
        }


class Sent(NamedTuple):
    """A contribution as the window takes it; `phone` is a number, `name` may be empty."""

    number: int
    phone: int
    name: str
    what: Contribution


@dataclass
class Phone:
    """A phone that is, or was, in the room.

    number : from 1, in the order of coming. address : of its machine, or of the router that it is
    behind. post : None while it is away.
    """

    number: int
    name: str = ""
    post: Post | None = None
    address: str = ""
    faults: int = 0
    allowance: float = BURST
    seen: float = field(default_factory=time.monotonic)


_OF_KIND: dict[Kind, type[Contribution | Answer]] = {
    "digit": Drawing,
    "point": Place,
    "question": Choice,
    "number": Number,
    "spot": Spot,
}


def _ink(what: Contribution) -> int:
    """Return the number of points that a contribution keeps in memory."""
    return sum(map(len, what.strokes)) if isinstance(what, Drawing) else 0


class Room:
    """The state that server and window share.

    clock : seconds that only grow. most_from_one : phones of one address that may be here at once;
    refused : how often one was sent away because of that, since the limit was set.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._activity = Activity()
        self._asked = json.dumps(self._activity.to_message())
        self._phones: dict[str, Phone] = {}
        self._sent: dict[type[Contribution], deque[Sent]] = {Drawing: deque(), Place: deque()}
        self._ink = 0  # points of the drawings that wait
        self._answers: dict[int, Answer] = {}  # of the question, by phone
        self._is_revealed = False  # the right answer: none is taken any more
        self.most_from_one = MOST_FROM_ONE
        self.refused = 0
        self._come = self._taken = 0  # phones and contributions so far

    # What the window asks -----------------------------------------------------------------------

    @property
    def activity(self) -> Activity:
        return self._activity

    @property
    def asked(self) -> str:
        """The activity as it is sent to a phone."""
        return self._asked

    def ask(self, activity: Activity) -> None:
        """Ask the class for something else; answers to a question before are forgotten."""
        with self._lock:
            self._activity = replace(activity, number=self._activity.number + 1)
            self._answers, self._is_revealed = {}, False
            text = self._asked = json.dumps(self._activity.to_message())
            posts = [phone.post for phone in self._phones.values()]
        for post in posts:
            if post is not None:
                post(text)

    @property
    def present(self) -> int:
        """Number of phones that are connected."""
        with self._lock:
            return sum(phone.post is not None for phone in self._phones.values())

    def allow_from_one(self, most: int) -> None:
        """Let so many phones of one address be here at once."""
        with self._lock:
            self.most_from_one, self.refused = most, 0

    def reveal(self, told: Callable[[Answer | None], str]) -> None:
        """Tell each phone what its answer was worth; from now on none is taken.

        told : returns the text for who has answered so, None for who has not.
        """
        with self._lock:
            self._is_revealed = True
            found = [
                (phone.post, self._answers.get(phone.number)) for phone in self._phones.values()
            ]
        for post, answer in found:
            if post is not None:
                post(told(answer))

    def take(self, kind: type[Contribution], most: int = MOST_SENT) -> list[Sent]:
        """Return, and forget, the oldest contributions of a kind; more wait here until then."""
        with self._lock:
            waiting = self._sent[kind]
            taken = [waiting.popleft() for _ in range(min(most, len(waiting)))]
            self._ink -= sum(_ink(sent.what) for sent in taken)
            return taken

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers to the question, one of each phone that has given any."""
        with self._lock:
            return tuple(self._answers.values())

    def votes(self) -> list[int]:
        """Return how many phones have chosen each answer."""
        counts = [0] * len(self._activity.answers)
        for answer in self.answers:
            if isinstance(answer, Choice):
                counts[answer.answer] += 1
        return counts

    def tell(self, messages: Iterable[tuple[int, dict[str, object]]]) -> None:
        """Send each message to the phone of this number, if it is there."""
        with self._lock:
            posts = {phone.number: phone.post for phone in self._phones.values()}
        for number, message in messages:
            post = posts.get(number)
            if post is not None:
                post(json.dumps(message))

    def wipe(self) -> None:
        """Forget all names, contributions and answers; phones stay connected."""
        with self._lock:
            for waiting in self._sent.values():
                waiting.clear()
            self._ink = 0
            self._answers = {}
            for phone in self._phones.values():
                phone.name = ""

    # What the server says -----------------------------------------------------------------------

    def enter(self, hello: Hello, post: Post, address: str = "") -> Phone:
        """Let a phone in, or back in; raise DataError if the room is full.

        address : of its machine; too many phones of one are refused, too.
        """
        with self._lock:
            phone = self._phones.get(hello.phone)
            self._count_from(address, phone)
            if phone is None:
                self._forget_absent()
                if len(self._phones) >= MOST_PHONES:
                    raise DataError(
                        tr(
                            "The room is full: {most} phones are here.",
                            most=MOST_PHONES,
                        )
                    )
                self._come += 1
                phone = self._phones[hello.phone] = Phone(self._come, seen=self._clock())
            phone.name, phone.post, phone.address = hello.name, post, address
            return phone

    def leave(self, phone: Phone, post: Post) -> None:
        """Note that a phone has gone, unless it has come back by another connection since."""
        with self._lock:
            if phone.post is post:
                phone.post, phone.seen = None, self._clock()

    def receive(self, phone: Phone, text: str) -> str:
        """Take what a phone sends; return words for it.

        Raises DataError for what is not taken, in words for the phone.
        """
        with self._lock:
            activity = self._activity
            self._allow(phone)
        if activity.kind == "wait":
            raise DataError(tr("Nothing is asked now."))
        try:  # without the lock: a long drawing would keep the window waiting
            what = read(text, len(activity.classes), len(activity.answers))
        except DataError:
            phone.faults += 1
            raise
        with self._lock:
            if activity.number != self._activity.number:
                raise DataError(tr("Something else is asked now."))
            return self._take_in(phone, activity.kind, what)

    def _take_in(self, phone: Phone, kind: Kind, what: Message) -> str:
        if isinstance(what, Hello) or not isinstance(what, _OF_KIND.get(kind, Hello)):
            raise DataError(tr("Something else is asked now."))
        if isinstance(what, Choice | Number | Spot):
            if self._is_revealed:
                raise DataError(tr("The answer has been shown."))
            self._answers[phone.number] = what
            return tr("Your answer has arrived. You can change it.")
        waiting = sum(map(len, self._sent.values()))
        if waiting >= MOST_SENT or self._ink + _ink(what) > MOST_INK:
            raise DataError(tr("Too much arrives at once. Wait a moment."))
        self._taken += 1
        self._ink += _ink(what)
        self._sent[type(what)].append(Sent(self._taken, phone.number, phone.name, what))
        return tr("It has arrived.")

    def _allow(self, phone: Phone) -> None:
        """Raise DataError for a phone that sends too often."""
        now = self._clock()
        phone.allowance = min(BURST, phone.allowance + (now - phone.seen) * PER_SECOND)
        phone.seen = now
        if phone.allowance < 1:
            phone.faults += 1
            raise DataError(tr("Not so fast. Wait two seconds."))
        phone.allowance -= 1

    def _count_from(self, address: str, phone: Phone | None) -> None:
        """Raise DataError for one phone too many of an address."""
        here = (each for each in self._phones.values() if each.post is not None)
        count = sum(each.address == address for each in here if each is not phone)
        if address and count >= self.most_from_one:
            self.refused += 1
            raise DataError(
                tr(
                    "{count} phones of your network are here. The teacher can allow more.",
                    count=count,
                )
            )

    def _forget_absent(self) -> None:
        """Make room for a new phone: forget who has been away for longest, and the answer."""
        if len(self._phones) < MOST_PHONES:
            return
        away = [(phone.seen, key) for key, phone in self._phones.items() if phone.post is None]
        if away:
            gone = self._phones.pop(min(away)[1])
            self._answers.pop(gone.number, None)
