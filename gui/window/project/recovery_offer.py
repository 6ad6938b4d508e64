"""After a crash: the work that was unsaved is offered, the newest first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow, QMessageBox

from core.language import tr, tr_n
from core.projects.recovery import Leftover
from gui.control.recovery import Recovery
from gui.kit.plain_text import sentence_case

Button = QMessageBox.StandardButton


class RecoveryOffer(QObject):
    """Asks for each copy whether it is restored or discarded; those left alone are offered again.

    dialog : while it is open.
    """

    def __init__(self, window: QMainWindow, recovery: Recovery, found: list[Leftover]) -> None:
        super().__init__(window)
        self.dialog: QMessageBox | None = None
        self._window, self._recovery = window, recovery
        self._found = found
        self._ask()

    def _ask(self) -> None:
        if not self._found:
            return
        left = self._found.pop(0)
        self.dialog = box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Logit Lab")
        box.setText(tr("Restore what was unsaved when Logit Lab ended?"))
        count = len(self._found)
        older = tr_n("There is {n} older than this.", "There are {n} older than this.", count)
        told = tr("{age}: {what}.", age=sentence_case(left.age()), what=left.summary)
        box.setInformativeText(f"{told}\n{older}" if count else told)
        restore = box.addButton(tr("&Restore"), QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton(tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(tr("&Later"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(restore)

        def end(_: int) -> None:
            clicked, self.dialog = box.clickedButton(), None
            box.deleteLater()
            if clicked is restore:
                self._recovery.adopt(left)
                self._leave_others()
            elif clicked is discard:
                left.remove()
                self._ask()
            else:
                left.release()
                self._leave_others()

        box.finished.connect(end)
        box.open()

    def _leave_others(self) -> None:
        """Leave the other copies to the next start: one window shows one project."""
        while self._found:
            self._found.pop().release()
