"""The window of a class that takes part, to be shown on the wall."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.classroom.room import MOST_PHONES, Kind
from core.data.points import MAX_CLASSES
from core.language import mark, tr, tr_n
from gui.control.classroom import Classroom
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.buttons import text_button
from gui.kit.fields.choices import Choice, Segments
from gui.kit.labels import small_label
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain, paragraph
from gui.kit.theme import Theme
from gui.window.classroom.digit_gallery import DigitGallery
from gui.window.classroom.lesson_question import LessonQuestion
from gui.window.classroom.networks import networks
from gui.window.classroom.qr_code import QrCode
from gui.window.classroom.question import Question

LOOK_MS = 200  # between two looks at who is there and at the votes
SIZE_PX = 980, 620  # at a zoom of 100 %, unless the window is smaller
ADDRESS = 1.6  # times the font size
OPEN_NETWORK = mark(
    "Phones must be in this network. The page is plain HTTP: whoever shares the network can read "
    "what is sent. Nothing is served once you stop or quit."
)
KINDS: dict[Kind, tuple[str, str]] = {
    "wait": (mark("&Nothing"), mark("Phones show that there is nothing to do")),
    "digit": (
        mark("&Digits"),
        mark("Everybody draws a digit; the model says what it takes it for"),
    ),
    "point": (mark("&Points"), mark("Everybody places points on the plane, as training data")),
    "question": (mark("&Question"), mark("Everybody answers a question; votes are counted live")),
}
TASKS: dict[Kind, str] = {
    "digit": mark("Draw a digit"),
    "point": mark("Place points"),
}
NOT_NOW: dict[Kind, str] = {
    "digit": mark("Digits are for data that are drawn: Digits 8×8, MNIST."),
    "point": mark("Points are for drawn points: choose “Draw points” first."),
}


class ClassroomDialog(QDialog):
    """Opens and closes the room, and shows what the class sends. Closing it stops all."""

    def __init__(self, classroom: Classroom, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(tr("Let the class join"))
        self._classroom, self._theme = classroom, theme
        self.network = Choice()
        self.network.setAccessibleName(tr("network"))
        self.open_button = text_button(
            tr("&Start"), tr("Serve the page for phones at this address")
        )
        self.open_button.setProperty("primary", True)
        self.code = QrCode()
        self.address, self.present = Plain(), Plain()
        self.more_button = text_button(
            tr("Allow &more from one address"),
            tr("Phones behind one router share its address; so do those that one machine pretends"),
        )
        self.more_button.hide()
        self.question = Question(theme)
        self.gallery = DigitGallery(theme)
        self.accept_button = text_button(
            tr("&Accept"), tr("Train on the chosen digits, as their senders named them")
        )
        self.remove_button = text_button(
            tr("&Remove"), tr("Take the chosen digits off the gallery")
        )
        self.wipe_button = text_button(
            tr("&Wipe all"), tr("Forget all that was sent and all names")
        )
        self.kinds = Segments([(tr(title), kind, tr(tip)) for kind, (title, tip) in KINDS.items()])
        self._pages: dict[Kind, QWidget] = {}
        self._stack = QStackedWidget()
        self._notes = {kind: paragraph() for kind in ("wait", "point")}
        self._arrange()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(button is self.open_button)  # Return presses no other
        self.set_theme(theme)
        self._show_room()
        width, height = (zoom.px(length) for length in SIZE_PX)
        self.resize(QSize(width, height).boundedTo(parent.size()))

    def _arrange(self) -> None:
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.address.setWordWrap(True)
        self.address.setAccessibleName(tr("address of the page"))
        self.present.setAccessibleName(tr("phones that are here"))
        zoom.set_type(self.address, ADDRESS, bold=True)
        zoom.set_type(self.present, look.LARGE)
        for label in (self.address, self.present):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        note = paragraph()
        note.setText(tr(OPEN_NETWORK))
        chosen = QHBoxLayout()
        chosen.addWidget(self.network, 1)
        chosen.addWidget(self.open_button)
        door = QVBoxLayout()
        add_layout(door, chosen)
        door.addWidget(self.code, 1)
        for widget in (self.address, self.present, self.more_button, note):
            door.addWidget(widget)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(16, 16, 16, 12)
        columns.setSpacing(16)
        add_layout(columns, door, 2)
        add_layout(columns, self._asked(), 3)

    def _asked(self) -> QVBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.kinds)
        row.addStretch(1)
        row.addWidget(self.wipe_button)
        digits, buttons = QWidget(), QHBoxLayout()
        below = QVBoxLayout(digits)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.gallery, 1)
        buttons.addWidget(small_label(tr("9 ≠ 4: drawn as a 9, taken for a 4")), 1)
        buttons.addWidget(self.remove_button)
        buttons.addWidget(self.accept_button)
        add_layout(below, buttons)
        self._pages = {
            "wait": self._notes["wait"],
            "digit": digits,
            "point": self._notes["point"],
            "question": self.question,
        }
        for page in self._pages.values():
            self._stack.addWidget(page)
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        for label in self._notes.values():
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        add_layout(column, row)
        column.addWidget(self._stack, 1)
        return column

    def _connect(self) -> None:
        classroom = self._classroom
        self.open_button.clicked.connect(self._toggle)
        self.wipe_button.clicked.connect(classroom.wipe)
        self.kinds.chosen.connect(self._choose)
        self.accept_button.clicked.connect(lambda: classroom.accept(self.gallery.chosen))
        self.remove_button.clicked.connect(lambda: classroom.remove(self.gallery.chosen))
        self.gallery.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.question.asked.connect(self._put)
        self.more_button.clicked.connect(self._allow_more)
        classroom.changed.connect(self._show_room)
        classroom.digits_changed.connect(self._show_digits)

    # Theme and life ---------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if (theme := look.new_theme(self, event)) and theme is not self._theme:
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setStyleSheet(f"QDialog {{ background: {theme.background}; }}")
        self.gallery.shown.set_theme(theme)
        self.question.set_theme(theme)
        self._classroom.colours = tuple(
            theme.class_colour(mark).name() for mark in range(MAX_CLASSES)
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._classroom.url:
            found = networks()
            self.network.set_options(
                [(str(each), each.address) for each in found], found[0].address
            )
        self._timer.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        self._classroom.close()
        self.hide()  # not by the event of QDialog, which would leave it to `reject`
        event.accept()

    def reject(self) -> None:
        """Close only while no class is there: Esc is a slip of the hand that would send it away."""
        if not self._classroom.url:
            self.close()

    # What is shown ------------------------------------------------------------------------------

    def _toggle(self) -> None:
        if self._classroom.url:
            self._classroom.close()
        else:
            self._classroom.open(str(self.network.value()))

    def _allow_more(self) -> None:
        self._classroom.room.allow_from_one(MOST_PHONES)
        self._look()

    def _choose(self, kind: Kind) -> None:
        if kind == "question":  # asked when it is written
            self._stack.setCurrentWidget(self._pages[kind])
            return
        self._classroom.ask(kind, tr(TASKS.get(kind, "")))

    def _put(self, text: str, answers: tuple[str, ...]) -> None:
        self._classroom.ask("question", text, answers)
        self.question.show_answers(answers)

    def follow(self, lesson: LessonQuestion) -> None:
        """Offer the question of the lesson, and mark its answer once the lesson has shown it."""
        question, classroom = self.question, self._classroom

        def enable() -> None:
            question.lesson_button.setEnabled(lesson.can_be_asked)

        def ask() -> None:
            asked = lesson.for_the_class()
            if asked is not None:
                classroom.ask_lesson(asked)
                question.show_asked(asked)

        def end() -> None:
            asked = classroom.asked
            if asked is not None and asked.question is lesson.question:
                target = lesson.target_of(asked)
                classroom.reveal(target)
                self._look()
                question.reveal(asked, target)

        lesson.changed.connect(enable)
        lesson.ended.connect(end)
        question.lesson_wanted.connect(ask)
        enable()

    def _show_room(self) -> None:
        classroom, is_open = self._classroom, bool(self._classroom.url)
        activity = classroom.room.activity
        self.code.show_text(classroom.url)
        self.address.setText(classroom.url.removeprefix("http://") or tr("Not started"))
        self.open_button.setText(tr("&Stop") if is_open else tr("&Start"))
        self.network.setEnabled(not is_open)
        page: Kind = "question" if activity.is_question else activity.kind
        self.kinds.choose(page)
        self._stack.setCurrentWidget(self._pages[page])
        self._notes["wait"].setText(tr("Choose what the class is asked to do.") if is_open else "")
        self._notes["point"].setText(
            tr("Points land on the plane as they come; Ctrl+Z takes back.")
        )
        self._enable()
        self._look()

    def _enable(self) -> None:
        is_open = bool(self._classroom.url)
        for kind in KINDS:
            button, can = self.kinds.button(kind), self._classroom.can_ask(kind)
            button.setEnabled(is_open and can)
            button.setToolTip(tr(KINDS[kind][1] if can else NOT_NOW[kind]))
        for button in (self.accept_button, self.remove_button):
            button.setEnabled(bool(self.gallery.chosen))

    def _show_digits(self) -> None:
        self.gallery.shown.show_digits(self._classroom.digits, self._classroom.names)

    def _look(self) -> None:
        room = self._classroom.room
        here = tr_n("{n} phone here", "{n} phones here", room.present)
        if room.refused:
            here += " · " + tr("more than {n} from one address", n=room.most_from_one)
        self.more_button.setVisible(room.refused > 0)
        if self.present.text() != here:
            self.present.setText(here)
        if room.activity.is_question:
            self.question.show_votes(room.votes())
            self.question.show_given(room.answers)
