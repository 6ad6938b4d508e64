"""Opening of the room that a class joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.control.data_editor import DataEditor
from gui.control.run_controller import RunController
from gui.state.background_tasks import Queue
from gui.window.look.theming import Appearance

if TYPE_CHECKING:  # imported, with the server, when a class joins
    from gui.control.classroom import Classroom
    from gui.window.classroom.dialog import ClassroomDialog
    from gui.window.classroom.lesson_question import LessonQuestion


def load() -> tuple[type[Classroom], type[ClassroomDialog]]:
    """Import the server and the window, 0.15 s, on any thread, and return their classes."""
    from gui.control.classroom import Classroom
    from gui.window.classroom.dialog import ClassroomDialog

    return Classroom, ClassroomDialog


class ClassroomOpener(QObject):
    """Shows one window for the class; until it is first wanted, nothing of it exists."""

    failed = Signal(str)  # message for the user

    def __init__(
        self, window: QWidget, controller: RunController, editor: DataEditor, appearance: Appearance
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._editor = window, controller, editor
        self._appearance = appearance
        self.lesson: LessonQuestion | None = None  # what the lesson asks, once there are lessons
        self.classroom: Classroom | None = None
        self.dialog: ClassroomDialog | None = None

    def load(self) -> None:
        """Import what `open` needs, in the background: the menu opens from which it is chosen."""
        self._controller.background.ask("classroom", load, lambda _: None, queue=Queue.STUDIES)

    def open(self) -> None:
        """Show the window; nothing is served before it is started there."""
        if self.dialog is None:
            make, make_dialog = load()
            self.classroom = make(self._controller, self._editor, self)
            self.classroom.failed.connect(self.failed)
            theme = self._appearance.theme
            self.dialog = make_dialog(self.classroom, theme, self._window)
            if self.lesson is not None:
                self.dialog.follow(self.lesson)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    @property
    def is_running(self) -> bool:
        """Whether a class can join now."""
        return self.classroom is not None and bool(self.classroom.url)

    def close(self) -> None:
        """Send the class home and end the server's thread."""
        if self.dialog is not None:
            self.dialog.close()
