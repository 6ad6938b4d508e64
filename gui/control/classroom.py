"""A class that takes part: its digits are shown to the model, its points become training data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from core.classroom.messages import Drawing, Place
from core.classroom.room import MOST_SENT, Activity, Kind, Room, Sent
from core.classroom.server import Server
from core.data.digits.drawing import DigitPreprocessing, draw
from core.data.points import RANGE, Points
from core.data.shown_names import shown_classes
from core.data.task import Task
from core.errors import DataError
from core.language import tr, tr_n
from core.number_format import format_percent
from core.teach.class_question import ClassQuestion
from core.teach.predicted.place import Target
from core.train.snapshot import Params, Status
from gui.control.data_editor import DataEditor
from gui.control.run_controller import RunController
from gui.state.throttle import Reading

POLL_MS = 100
PLACE_MS = 1000  # between two edits of the plane, each of which begins a run
AT_ONCE = 30  # digits that are recognised in one piece of work; the others wait in the room
ANSWER_SECONDS = 0.25  # between two answers of the model to a digit while it trains
WALL_SECONDS = 0.5  # between two pictures of the gallery: senders hear at once
MOST_LIVE = 60  # the newest digits, whose answers follow the training
MOST_DIGITS = 600  # in the gallery; with more, the oldest that nobody chose go
KEY = "class-digits"


@dataclass(frozen=True, eq=False)
class ClassDigit:
    """A digit that was sent.

    picture : (rows, columns) of 0 … 1 as the model sees it. label : what its sender says it is.
    decided : what the model said when it came, and `share`, its probability.
    """

    number: int
    phone: int
    name: str
    picture: NDArray[np.float32]
    label: int
    decided: int
    share: float

    @property
    def is_right(self) -> bool:
        return self.label == self.decided


class _Look(NamedTuple):
    """What is needed to recognise digits: task and weights as they are now."""

    task: Task
    params: Params

    def again(self, digits: Sequence[ClassDigit]) -> list[ClassDigit]:
        """Return digits with what the model says of them now."""
        said = self._answers([each.picture for each in digits])
        return [
            replace(each, decided=decided, share=share)
            for each, (decided, share) in zip(digits, said, strict=True)
        ]

    def recognise(self, sent: Sequence[Sent]) -> list[ClassDigit]:
        """Return the digits that can be drawn; nothing is left of the others."""
        data = self.task.config.data
        assert self.task.dataset.image_shape
        recipe = DigitPreprocessing(size=self.task.dataset.image_shape[0], deskew=data.deskew)
        drawn = [
            (each, each.what, draw([np.array(stroke) for stroke in each.what.strokes], recipe))
            for each in sent
            if isinstance(each.what, Drawing) and each.what.label < self.task.source.h
        ]
        said = self._answers([picture for *_, picture in drawn])
        return [
            ClassDigit(each.number, each.phone, each.name, picture, what.label, decided, share)
            for (each, what, picture), (decided, share) in zip(drawn, said, strict=True)
        ]

    def _answers(self, pictures: Sequence[NDArray[np.float32]]) -> list[tuple[int, float]]:
        """Return the class that the model decides on for each picture, and its probability."""
        from core.explain import probe  # imports PyTorch, which is loaded once there are weights

        if not pictures:
            return []
        values = np.stack([picture.ravel() for picture in pictures])
        decided, shares = probe.answers(self.task, self.params, values)
        names, known = self.task.dataset.class_names, self.task.source.class_names
        return [
            (_index(known, names[k]), float(row[k])) for k, row in zip(decided, shares, strict=True)
        ]

    def words(self, digits: Sequence[ClassDigit]) -> list[tuple[int, dict[str, object]]]:
        """Return for the phone of each digit what the model says."""
        names, told = shown_classes(self.task.source), list[tuple[int, dict[str, object]]]()
        for digit in digits:
            said = names[digit.decided] if digit.decided >= 0 else tr("none of them")
            sure = format_percent(digit.share)
            told.append(
                (
                    digit.phone,
                    {"said": tr("The model says {name} ({share}).", name=said, share=sure)},
                )
            )
        return told


def _index(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else -1


class Classroom(QObject):
    """Serves the room from `open` to `close`, and passes on what the class sends.

    room : who is there, what is asked, and the votes.
    """

    digits_changed = Signal()
    changed = Signal()  # open or closed, or something else is asked
    failed = Signal(str)  # message for the user

    def __init__(
        self, controller: RunController, editor: DataEditor, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.room = Room()
        self.digits: list[ClassDigit] = []
        self.colours: tuple[str, ...] = ()  # of the classes, as the plane shows them
        self._controller, self._editor = controller, editor
        self._server: Server | None = None
        self._coming: list[Place] = []  # points that are not on the plane yet
        self._placed = QElapsedTimer()  # since the last ones were
        self._looking: list[Sent] = []  # digits that it is looking at
        self._reading = Reading(ANSWER_SECONDS)
        self._hanging = Reading(WALL_SECONDS)
        self._is_new = False  # what the gallery does not show yet
        self._seen_by: Params | None = None  # the weights that the digits were last shown to
        self._asked: ClassQuestion | None = None  # of the lesson, by the activity of this number
        self._asked_as = -1
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        controller.task_changed.connect(self._follow)
        controller.points_changed.connect(self._follow)

    @property
    def url(self) -> str:
        """What phones open; "" while it is closed."""
        return "" if self._server is None else self._server.url

    @property
    def names(self) -> tuple[str, ...]:
        """The classes of the shown data."""
        run = self._controller.run
        return () if run is None else shown_classes(run.task.source)

    def open(self, host: str) -> None:
        """Serve at this address of the machine."""
        self.close()
        server = Server(self.room, host)
        try:
            server.start()
        except DataError as error:
            self.failed.emit(str(error))
            return
        self._server = server
        self._timer.start()
        self.changed.emit()

    def close(self) -> None:
        """Let all phones go; what was sent stays."""
        self._timer.stop()
        server, self._server = self._server, None
        if server is not None:
            server.close()
            self.room.ask(Activity())
            self.changed.emit()

    def wipe(self) -> None:
        """Forget all that was sent and all names; points that were placed stay on the plane."""
        self.room.wipe()
        self._looking, self.digits, self._coming = [], [], []
        self._controller.background.forget(KEY)
        self._hang()

    # What is asked --------------------------------------------------------------------------------

    def can_ask(self, kind: Kind) -> bool:
        """Return whether the shown data are such that the class can do this."""
        run = self._controller.run
        if kind in ("wait", "question", "number", "spot"):
            return True
        if run is None:
            return False
        dataset = run.task.dataset
        if kind == "point":
            return run.task.config.data.source == "drawn"
        return dataset.is_square and dataset.looks == "ink"

    def ask(self, kind: Kind, text: str = "", answers: tuple[str, ...] = ()) -> None:
        """Ask the class for digits, points or an answer; “wait” for nothing."""
        if not self.can_ask(kind):
            return
        classes = self.names if kind in ("digit", "point") else ()
        colours = self.colours[: len(classes)] if kind == "point" else ()
        self.room.ask(Activity(kind, text, classes, colours, answers))
        self.changed.emit()

    @property
    def asked(self) -> ClassQuestion | None:
        """The question of a lesson that the class is asked now."""
        return self._asked if self.room.activity.number == self._asked_as else None

    def ask_lesson(self, asked: ClassQuestion) -> None:
        """Ask the class a question of a lesson."""
        self.room.ask(asked.activity)
        self._asked, self._asked_as = asked, self.room.activity.number
        self.changed.emit()

    def reveal(self, target: Target | None) -> None:
        """Tell each phone what its answer was worth; target : where a place had to be touched."""
        asked = self.asked
        if asked is not None:
            self.room.reveal(asked.replies(target))

    def _follow(self, task: Task) -> None:
        """Ask for something else, or with other classes, when the data have changed."""
        activity = self.room.activity
        if self._server is None or activity.kind not in ("digit", "point", "spot"):
            return
        if activity.kind == "spot":  # its plane is of other data
            self.ask("wait")
            return
        if not self.can_ask(activity.kind):
            self.ask("wait")
        elif activity.classes != shown_classes(task.source):
            self.ask(activity.kind, activity.text)

    # What is sent ---------------------------------------------------------------------------------

    def accept(self, digits: Sequence[ClassDigit]) -> None:
        """Add digits to the training rows under the classes their senders gave; one undo step."""
        run = self._controller.run
        if run is None or not digits or not self.can_ask("digit"):
            return
        source = run.task.source
        pictures = np.stack([digit.picture.ravel() for digit in digits])
        X = np.rint(pictures * source.scale).astype(np.uint8)
        count = len(digits)
        text = tr_n("{n} digit of the class", "{n} digits of the class", count)
        self._editor.teach(X, np.array([digit.label for digit in digits]), text)
        learnt: dict[str, object] = {"said": tr("Your digit is learnt from now.")}
        self.room.tell((digit.phone, learnt) for digit in digits)
        self.remove(digits)

    def remove(self, digits: Sequence[ClassDigit]) -> None:
        """Take digits off the gallery."""
        gone = {digit.number for digit in digits}
        self.digits = [digit for digit in self.digits if digit.number not in gone]
        self._hang()

    def _hang(self) -> None:
        """Show the digits on the wall as they are now."""
        self._is_new = False
        self.digits_changed.emit()

    def _poll(self) -> None:
        """Take what has arrived; called on a timer."""
        taken = self.room.take(Place, MOST_SENT - len(self._coming))
        self._coming += [each.what for each in taken if isinstance(each.what, Place)]
        self._place()
        self._recognise()
        if self._is_new and self._hanging.is_due(is_live=True):
            self._hang()

    def _place(self) -> None:
        """Add the points that have come to the plane, as one edit, and not too often.

        Each edit begins a run; one whose run has not shown itself yet would lay out all views anew.
        """
        if not self._can_place:
            return
        places, self._coming = self._coming, []
        if not places or not self.can_ask("point"):
            return
        self._placed.start()
        points = self._editor.points
        low, high = _extent(points)
        known = [place for place in places if place.label < len(points.class_names)]
        for label in sorted({place.label for place in known}):
            shares = [(place.x, place.y) for place in known if place.label == label]
            try:
                points = points.put(low + np.array(shares) * (high - low), label)
            except DataError as error:  # the board is full
                self.ask("wait")
                self.failed.emit(str(error))
                return
        count = len(known)
        text = tr_n("{n} point of the class", "{n} points of the class", count)
        self._editor.draw(points, text, True)

    @property
    def _can_place(self) -> bool:
        run = self._controller.run
        is_shown = run is None or bool(run.task.obstacle) or self._controller.snapshot is not None
        is_soon = self._placed.isValid() and not self._placed.hasExpired(PLACE_MS)
        return is_shown and not is_soon

    def _recognise(self) -> None:
        """Show the model what is waiting, or what it has seen with older weights."""
        controller = self._controller
        run, snapshot, background = controller.run, controller.snapshot, controller.background
        if background.is_busy(KEY) or run is None or snapshot is None:
            return
        if not self.can_ask("digit") or snapshot.task is not run.task:
            return
        look = _Look(run.task, snapshot.params)
        # Those that were given up for another run are looked at again.
        taken = self.room.take(Drawing, AT_ONCE - len(self._looking))
        self._looking = [*self._looking, *taken]
        if self._looking:
            background.ask(KEY, partial(self._answer, look, self._looking), self._show)
        elif (
            self.digits
            and look.params is not self._seen_by
            and self._reading.is_due(is_live=snapshot.status is Status.TRAINING)
        ):
            self._seen_by = look.params
            newest = self.digits[-MOST_LIVE:]
            background.ask(KEY, lambda: look.again(newest), self._show_again)

    def _answer(self, look: _Look, sent: Sequence[Sent]) -> list[ClassDigit]:
        """Recognise digits and tell their senders; on the background thread."""
        digits = look.recognise(sent)
        self.room.tell(look.words(digits))
        return digits

    def _show(self, digits: list[ClassDigit]) -> None:
        """Add digits to the gallery."""
        self._looking = []
        self.digits = [*self.digits, *digits][-MOST_DIGITS:]
        self._is_new = True

    def _show_again(self, digits: list[ClassDigit]) -> None:
        now = {digit.number: digit for digit in digits}
        self.digits = [now.get(digit.number, digit) for digit in self.digits]
        self._is_new = True


def _extent(points: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners of the plane that the class sees: the board, with all points on it."""
    low, high = np.full(2, RANGE[0]), np.full(2, RANGE[1])
    if len(points):
        low, high = np.minimum(low, points.xy.min(axis=0)), np.maximum(high, points.xy.max(axis=0))
    return low, high
