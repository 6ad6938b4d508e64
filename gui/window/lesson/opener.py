"""Asks for a lesson's file, and opens what is practised beside the lessons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from core.language import mark, tr
from gui.state.background_tasks import Background
from gui.window.lesson.progress import Progress
from gui.window.lesson.shelf import Shelf
from gui.window.settings import Settings

if TYPE_CHECKING:  # imported when it is first wanted
    from gui.window.lesson.practice import PracticeDialog

LESSON_FOLDER = "lesson_folder"  # setting: the folder used last
KINDS = mark("Lessons (*.toml);;All files (*)")


class LessonOpener:
    """Opens lessons from files onto the shelf, at first those of the teacher's own folder.

    progress : how far each lesson was followed.
    """

    def __init__(self, window: QWidget, background: Background, settings: Settings) -> None:
        self.shelf, self.progress = Shelf(background, window), Progress(settings)
        self._window, self._settings, self._background = window, settings, background
        self.practice: PracticeDialog | None = None

    def practise(self) -> None:
        """Show the sheet of exercises."""
        from gui.window.lesson.practice import PracticeDialog

        if self.practice is None:
            self.practice = PracticeDialog(self._background, self._window)
        self.practice.show()
        self.practice.raise_()
        self.practice.activateWindow()

    def choose(self) -> None:
        """Ask for a file, and begin its lesson."""
        title, kinds = tr("Open a lesson"), tr(KINDS)
        path, _ = QFileDialog.getOpenFileName(self._window, title, self._folder(), kinds)
        if path:
            self._settings.set(LESSON_FOLDER, str(Path(path).parent))
            self.shelf.open(Path(path))

    def _folder(self) -> str:
        from core.teach.own_lessons import folder

        return self._settings.text(LESSON_FOLDER) or str(folder())
