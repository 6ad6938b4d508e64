"""The window in another language: it is built anew, and shows what it showed, to the bit.

No text is forgotten in this way, wherever it was made. What the window holds goes from the old one
to the new one as a project does, through memory. What could be undone is left behind, with the
training thread that holds it, so the user is asked first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from core.language import tr
from gui.control.held import Held
from gui.control.projects import Mark
from gui.window.main_window import MainWindow

if TYPE_CHECKING:  # it imports PyTorch
    from core.projects.project import Project


class LanguageSwitch(QObject):
    """Closes a window, without a question, once what it holds was taken down.

    ended : tells what was held and the language to speak, once the window is closed.
    question : while it is open: whether what could be undone may be left behind.
    """

    ended = Signal(str, object)

    def __init__(self, window: MainWindow, application: QApplication) -> None:
        super().__init__(window)
        self._window, self._application = window, application
        self._code = ""
        self._held: Held | None = None
        self.question: QMessageBox | None = None
        window.languages.chosen.connect(self.begin)
        window.controller.writes.failed.connect(self._stay)

    def begin(self, code: str) -> None:
        """Take down what the window holds, then close it; ask first if that ends undoing."""
        window = self._window
        controller, projects = window.controller, window.projects
        if self._held is not None or self.question is not None:
            return
        is_loading, is_writing = window.next_task.is_busy, controller.writes.is_busy
        if window.classroom.is_running or is_loading or is_writing or projects.is_saving:
            controller.remarked.emit(
                tr(
                    "The language changes once the class has left, the data are loaded and files "
                    "are written."
                )
            )
            return
        self._code = code
        if controller.undo_stack.count() and window.project_actions.asks:
            self._ask()
        else:
            self._take()

    def _ask(self) -> None:
        self.question = box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(tr("What was changed so far can no longer be undone in another language."))
        box.setInformativeText(tr("Data, training and settings stay."))
        now = box.addButton(tr("Change now"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(tr("At the next start"), QMessageBox.ButtonRole.RejectRole)

        def end() -> None:
            self.question = None
            if box.clickedButton() is now:
                self._take()

        box.finished.connect(end)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _take(self) -> None:
        window = self._window
        controller, projects = window.controller, window.projects
        controller.is_left_at_once = False  # the process goes on without this window's threads
        plays, is_modified = controller.is_training, projects.is_modified
        controller.pause()

        def take(project: Project, _: Mark) -> None:
            self._leave(Held(project, projects.path, is_modified, plays))

        if not projects.capture(take):
            self._leave(Held())

    def _leave(self, held: Held) -> None:
        self._held = held
        self._application.setQuitOnLastWindowClosed(False)
        self._window.project_actions.asks = False
        self._window.installEventFilter(self)
        QTimer.singleShot(0, self._window.close)

    def _stay(self) -> None:
        """Keep the window: a file that was begun meanwhile could not be written."""
        if self._held is not None:
            plays, self._held = self._held.plays, None
            self._application.setQuitOnLastWindowClosed(True)
            self._window.project_actions.asks = True
            if plays:
                self._window.controller.play_or_pause()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Hide and self._held is not None:
            QTimer.singleShot(0, self._end)
        return super().eventFilter(watched, event)

    def _end(self) -> None:
        held, self._held = self._held, None
        self.ended.emit(self._code, held)
