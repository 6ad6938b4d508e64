"""New, open, save, revert: what the File menu does with projects, and what it asks first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QMessageBox

from core.data.shown_names import shown_name
from core.invisible_characters import visible
from core.language import mark, tr, tr_n
from core.library.file_kind import kind_of
from core.number_format import format_bytes, format_count
from gui.control.projects import ENDING, Projects
from gui.control.run_controller import RunController
from gui.kit.plain_text import unmarked
from gui.window.closing import Closing
from gui.window.settings import Settings

RECENT = "recent_files"  # setting: paths, one a line
MOST_RECENT = 8
PROJECT_FOLDER = "project_folder"  # setting: the folder used last
PROJECTS = mark("Projects")  # with their ending, the name of a kind of files
ASKED_FROM = 2**20  # bytes of own rows: from here on it is asked whether they go in
Button = QMessageBox.StandardButton


class ProjectActions(QObject):
    """Asks for files, asks before work is lost, and shows the project's name in the title.

    layout : whether the sizes of the window and of its parts are saved too, for the menu.
    asks : whether it asks before unsaved work is lost; set for a window that a person uses.
    open_file : opens a file that is no project, by its contents.
    """

    def __init__(
        self,
        window: QMainWindow,
        controller: RunController,
        projects: Projects,
        settings: Settings,
        open_file: Callable[[Path], None],
    ) -> None:
        super().__init__(window)
        self.asks = False
        self.recent = QMenu(tr("Open &recent"), window)
        self.layout = QAction(tr("Save the &layout too"), window)
        self.layout.setCheckable(True)
        self.layout.setToolTip(
            tr("Size, columns and zoom of the window come back with the project")
        )
        self.layout.triggered.connect(projects.keep_layout)
        self.dialog: QMessageBox | None = None  # while it is open
        self._window, self._controller, self._projects = window, controller, projects
        self._settings, self._open_file = settings, open_file
        self._may_close = False
        projects.changed.connect(self._show_title)
        self.recent.aboutToShow.connect(self._fill_recent)
        self._show_title()

    # Actions --------------------------------------------------------------------------------------

    def begin_anew(self) -> None:
        """Begin an empty project: what a first start shows."""
        self._guard(_before_new, self._projects.begin_anew)

    def open(self) -> None:
        """Ask for a file, and open it by what it holds."""
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Open a project, a model, a lesson, a table or a picture"),
            self._folder(),
            f"{tr('All files (*)')};;{_kinds()}",
        )
        if path:
            self.open_path(Path(path))

    def open_path(self, path: Path) -> None:
        """Open a file by what it holds; a project replaces all that is in the window."""
        if kind_of(path) != "project":
            self._open_file(path)
            return
        note = partial(self._note_recent, path)
        self._guard(partial(_before_opening, path), partial(self._projects.open, path, then=note))

    def save(self) -> None:
        """Save the project under its name; ask for one if it has none."""
        self._save(None)

    def save_as(self) -> None:
        """Ask for a name, and save the project under it."""
        self._save_as(None)

    def revert(self) -> None:
        """Open the project again as it was saved; what was done since is dropped."""
        path = self._projects.path
        if path is None:
            self._controller.failed.emit(tr("This project was never saved; Ctrl+S saves it."))
        elif self._projects.is_modified:
            self._ask(
                tr("Return to {file} as it was saved?", file=path.name),
                tr("What was done since then is dropped."),
                Button.Discard | Button.Cancel,
                {Button.Discard: partial(self._projects.open, path)},
            )

    def may_close(self, closing: Closing) -> bool:
        """Return whether the window may close now; if not, the user is asked first."""
        if (
            closing.is_insisted
            or not self.asks
            or self._may_close
            or not self._projects.is_modified
            or self._projects.is_saving  # closing waits for it, and comes here again
        ):
            return True
        if self.dialog is None:
            self._guard(_before_closing, self._close)
        return False

    def _close(self) -> None:
        self._may_close = True
        self._window.close()

    # Saving ---------------------------------------------------------------------------------------

    def _save(self, then: Callable[[], None] | None) -> None:
        path = self._projects.path
        if path is None:
            self._save_as(then)
        else:
            self._projects.save(path, then)

    def _save_as(self, then: Callable[[], None] | None) -> None:
        if self._projects.is_opening:  # its rows would get the name of what is shown now
            self._controller.failed.emit(tr("A project is being opened. Save once it is shown."))
            return
        run = self._controller.run
        name = run.task.source.name.lower().replace(" ", "-") if run else "project"
        folder = Path(self._folder())
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save the project"), str(folder / f"{name}{ENDING}"), _kinds()
        )
        if not chosen:
            return
        path = Path(chosen)

        def end() -> None:
            assert self._projects.path is not None
            self._note_recent(self._projects.path)
            if then is not None:
                then()

        def save(*, is_linked: bool) -> None:
            self._projects.is_linked = is_linked
            self._projects.save(path, end)

        size = self._projects.own_bytes
        if size < ASKED_FROM:
            save(is_linked=False)
            return
        data = shown_name(run.task.source) if run else tr("the data")
        self._ask(
            tr("Keep the rows of {data} in the project?", data=data),
            tr(
                "With them it takes about {size}, less when packed, and opens anywhere. "
                "Without them it opens only where their file is.",
                size=format_bytes(size),
            ),
            Button.Yes | Button.No | Button.Cancel,
            {Button.Yes: partial(save, is_linked=False), Button.No: partial(save, is_linked=True)},
            {Button.Yes: tr("&Keep the rows"), Button.No: tr("Only where they &lie")},
        )

    def _folder(self) -> str:
        """Return the folder used last, at first the user's documents."""
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        return self._settings.text(PROJECT_FOLDER) or QStandardPaths.writableLocation(documents)

    # Questions ------------------------------------------------------------------------------------

    def _guard(self, question: Callable[[str], str], do: Callable[[], None]) -> None:
        """Do something that drops what is in the window, once that is saved or given up.

        question : returns what is asked about what is called so, "" for work without a name.
        """
        if not (self.asks and self._projects.is_modified):
            do()
            return
        self._ask(
            question(self._projects.title),
            self._describe_loss(),
            Button.Save | Button.Discard | Button.Cancel,
            {Button.Save: partial(self._save, do), Button.Discard: do},
        )

    def _describe_loss(self) -> str:
        """Say what would be lost: all of it, or what was done since it was saved."""
        if self._projects.title:
            return tr("Otherwise what was done since it was saved is lost.")
        controller, run = self._controller, self._controller.run
        parts = []
        if controller.steps:
            count = controller.steps
            parts.append(tr_n("{n} step of training", "{n} steps of training", count))
        if run and run.task.config.data.source == "drawn" and len(run.points):
            parts.append(format_count(len(run.points), "drawn point"))
        if run and run.task.source.added:
            taught = run.task.source.added
            parts.append(tr_n("{n} taught examples", "{n} taught examples", taught))
        if count := self._projects.kept_count:
            parts.append(format_count(count, "kept run"))
        if not parts:
            return tr("Otherwise the changes are lost.")
        *others, last = parts
        listed = tr("{others} and {last}", others=", ".join(others), last=last) if others else last
        return tr("Otherwise this is lost: {what}.", what=listed)

    def _ask(
        self,
        question: str,
        explanation: str,
        buttons: Button,
        answers: dict[Button, Callable[[], None]],
        names: dict[Button, str] | None = None,
    ) -> None:
        """Ask in a dialog over the window; the answer is carried out when it is given."""
        if self.dialog is not None:
            return
        self.dialog = box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Logit Lab")
        box.setText(question)
        box.setInformativeText(explanation)
        box.setStandardButtons(buttons)
        for button, name in (names or {}).items():
            box.button(button).setText(name)
        box.setDefaultButton(next(iter(answers)))

        def end(number: int) -> None:
            self.dialog = None
            box.deleteLater()
            if do := answers.get(Button(number)):
                do()

        box.finished.connect(end)
        box.open()

    # Title and recent files -----------------------------------------------------------------------

    def _show_title(self) -> None:
        name = self._projects.title
        literal = visible(name).replace("[*]", "[*][*]")  # Qt's own mark would be taken for ours
        self._window.setWindowTitle(f"{literal}[*] – Logit Lab" if name else "Logit Lab")
        self._window.setWindowModified(bool(name) and self._projects.is_modified)
        self.layout.setChecked(self._projects.has_layout)

    def _note_recent(self, path: Path) -> None:
        before = [line for line in self._settings.text(RECENT).split("\n") if line]
        paths = dict.fromkeys([str(path.absolute()), *before])
        self._settings.set(RECENT, "\n".join(list(paths)[:MOST_RECENT]))
        self._settings.set(PROJECT_FOLDER, str(path.absolute().parent))

    def _fill_recent(self) -> None:
        self.recent.clear()
        paths = [Path(line) for line in self._settings.text(RECENT).split("\n") if line]
        for path in paths:
            action = QAction(unmarked(path.name), self.recent)
            action.setToolTip(unmarked(str(path)))
            action.triggered.connect(lambda _=False, path=path: self.open_path(path))
            self.recent.addAction(action)
        if not paths:
            self.recent.addAction(tr("No project yet")).setEnabled(False)


def _kinds() -> str:
    """Return the kind of files that projects are, as dialogs for files take it."""
    return f"{tr(PROJECTS)} (*{ENDING})"


def _before_new(name: str) -> str:
    if name:
        return tr("Save the changes of {name} before you begin a new project?", name=name)
    return tr("Save this work before you begin a new project?")


def _before_opening(path: Path, name: str) -> str:
    if name:
        return tr("Save the changes of {name} before you open {file}?", name=name, file=path.name)
    return tr("Save this work before you open {file}?", file=path.name)


def _before_closing(name: str) -> str:
    if name:
        return tr("Save the changes of {name} before you close?", name=name)
    return tr("Save this work before you close?")
