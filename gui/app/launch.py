"""QApplication and its main window, for interactive use or for a screenshot."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from core.language import ENGLISH, mark, tr

from gui.app import imports  # noqa: F401, isort: skip  before all others: see there

from PySide6.QtCore import QObject, QSettings, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from core import files
from core.cli import signals, terminal
from core.cli.parser import USAGE
from core.config import RunConfig
from core.data.task import Task
from core.errors import DataError, LogitLabError, SaveError
from core.library.file_kind import kind_of
from core.out_of_memory import describe_shortage, is_shortage
from core.projects import recovery
from core.train.snapshot import Snapshot
from gui.app import placement
from gui.app.garbage import GarbageCollector
from gui.app.language_switch import LanguageSwitch
from gui.app.translators import speak
from gui.control.held import Held
from gui.control.recovery import Recovery
from gui.kit import described
from gui.kit import theme as look
from gui.kit.png import write_png
from gui.window.look.language_choice import is_readable, no_font
from gui.window.look.language_choice import stored as stored_language
from gui.window.main_window import MainWindow
from gui.window.project.recovery_offer import RecoveryOffer
from gui.window.settings import Settings

TRAINING_SECONDS = 600  # time limit of training for a screenshot
REST_SECONDS = 120  # time limit from the end of training until all views have shown it
LOOK_MS = 40  # between two checks whether the window is at rest
# With Python's default of 5 ms the training thread, whose calls are short, kept the window
# waiting: while training on Iris flat out, a 1 ms timer was 16 ms late at the median; with
# 0.5 ms it was 0.1 ms late.
SWITCH_SECONDS = 0.0005
NO_TAB = mark("There is no tab “{name}”; choose from {views}.")
NO_VIEW = mark("There is no “{name}” for this data and model; choose from {views}.")
SIGNAL_MS = 200  # Python handles signals only between its own instructions


def make_application() -> QApplication:
    """Return the QApplication with the program's name, style and fonts."""
    application = QApplication.instance() or QApplication([terminal.PROGRAM])
    assert isinstance(application, QApplication)
    application.setApplicationName("Logit Lab")
    application.setOrganizationName("Logit Lab")
    application.setStyle("Fusion")
    look.load_fonts()
    application.setFont(look.base_font())
    application.setWindowIcon(QIcon(look.asset("icons/logitlab.svg")))
    if application.findChild(GarbageCollector) is None:
        GarbageCollector(application)
        described.give_roles()
    return application


def start_recovery(window: MainWindow, parent: QObject) -> Recovery | None:
    """Begin to keep copies of what is unsaved, and offer those of programs that crashed.

    None where nothing can be kept, which the user is told.
    """
    where = recovery.folder()
    found = recovery.leftovers(where)
    try:
        slot = recovery.Slot.create(where)
    except OSError as error:
        window.controller.remarked.emit(
            tr(
                "No copy of unsaved work can be kept in {folder}: {why}.",
                folder=where,
                why=files.reason(error),
            )
        )
        return None
    kept = Recovery(window.controller, window.projects, slot, parent)
    RecoveryOffer(window, kept, found)
    return kept


class Launch:
    """One execution of the program with a window.

    file : to be opened as if it were dropped, setup : to begin with; None for what the config says.
    Of a set-up a picture can be taken, of a file none.
    """

    def __init__(
        self,
        application: QApplication,
        config: RunConfig,
        picture: Path | None,
        size: tuple[int, int] | None,
        theme: str | None,
        view: str | None,
        file: Path | None = None,
        setup: str | None = None,
        language: str | None = None,
    ) -> None:
        self._config, self._picture, self._view = config, picture, view
        self._file, self._setup = file, setup
        self._recovery: Recovery | None = None
        self._is_ended_by_system = self._is_left_at_once = False
        self._was_at_rest = False
        self._exit_code = terminal.DONE
        self._application = application
        self._held = Held()
        # A screenshot neither reads nor writes the stored settings.
        stored = QSettings() if picture is None else None
        wanted = language or stored_language(Settings(stored))
        has_font = is_readable(wanted)
        speak(wanted if has_font else ENGLISH.code, application)
        self.window = self._made(stored, theme)
        if not has_font:  # told once there is something to stand beside
            refused, once = self.window.languages.refused, Qt.ConnectionType.SingleShotConnection
            self.window.controller.task_changed.connect(lambda _: refused.emit(no_font()), once)
        if size:
            self.window.resize(*size)
        elif picture is None:
            if not self.window.layout_memory.has_place:
                placement.take_first_place(self.window)
            placement.shrink_to_screen(self.window)
            self.window.painted.connect(lambda: placement.keep_on_screen(self.window))

    def run(self) -> int:
        """Show the window until it is closed, or until its screenshot is saved."""
        sys.excepthook = self._tell_exception
        sys.setswitchinterval(SWITCH_SECONDS)
        listen = QTimer(self._application)
        listen.timeout.connect(lambda: None)
        listen.start(SIGNAL_MS)
        if self._picture is not None:
            self._prepare_picture()
        # The first snapshot comes from torch, so all that is large has been imported.
        garbage = self._application.findChild(GarbageCollector)
        assert garbage is not None
        self.window.controller.snapshot_changed.connect(
            garbage.end_start_up, Qt.ConnectionType.SingleShotConnection
        )
        self._show()
        # Not at once: Python may be anywhere, even in the middle of painting.
        with signals.listening(lambda number: QTimer.singleShot(0, lambda: self._end(number))):
            self._application.exec()
        if self._recovery is not None:
            self._recovery.end(is_wanted=self._is_ended_by_system)
        return self._exit_code

    def _show(self) -> None:
        self.window.painted.connect(lambda: QTimer.singleShot(0, self._start))
        self.window.show()
        self.window.stage.setFocus()

    def _made(self, settings: QSettings | None, theme: str | None = None) -> MainWindow:
        window = MainWindow(settings, theme)
        LanguageSwitch(window, self._application).ended.connect(self._speak)
        return window

    def _speak(self, code: str, held: Held) -> None:
        """Show, in another language, what the window held that has just closed."""
        before, self._held = self.window, held
        speak(code, self._application)
        self.window = self._made(QSettings())
        self.window.controller.is_left_at_once = self._is_left_at_once
        before.deleteLater()
        self._show()
        self._application.setQuitOnLastWindowClosed(True)

    def _end(self, number: int) -> None:
        """Close everything on a signal, once pending files are on disk."""
        if self._picture is not None:
            self._exit_code = signals.exit_code(number)
        self.window.controller.writes.failed.connect(self._tell_lost)
        while (dialog := self._application.activeModalWidget()) is not None and dialog.close():
            pass
        self._is_ended_by_system = True
        self.window.closing.insist()

    def _tell_lost(self, text: str) -> None:
        print(f"{terminal.PROGRAM}: {text}", file=sys.stderr)
        self._exit_code = USAGE

    def _start(self) -> None:
        if not self.window.isVisible():  # closed before it was started
            return
        self.window.controller.task_changed.connect(self._choose_view)
        if self._picture is not None:
            try:
                config = self.window.setups.take(self._setup) if self._setup else self._config
            except DataError as error:
                self._give_up(str(error))
                return
            self.window.start(config, play=True)
        else:
            self.window.start(self._config, held=self._held)
            self.window.project_actions.asks = True
            if self._recovery is not None:
                self._recovery.follow(self.window.controller, self.window.projects)
                return
            self._recovery = start_recovery(self.window, self._application)
            if self._file is not None:
                self._open(self._file)
            elif self._setup is not None:
                self.window.setups.apply(self._setup)

    def _open(self, file: Path) -> None:
        """Open a project at once; what else there is belongs to a run, or is told beside one."""
        controller, open_it = self.window.controller, self.window.project_actions.open_path
        if kind_of(file) == "project":
            open_it(file)
        else:
            once = Qt.ConnectionType.SingleShotConnection
            controller.task_changed.connect(lambda _: open_it(file), once)

    def run_and_leave(self) -> NoReturn:
        """Run, then end the process at once.

        By then the window is closed and pending files are on disk. Python would spend another
        half second tearing PyTorch down, and longer if PyTorch is still being imported.
        """
        self._is_left_at_once = self.window.controller.is_left_at_once = True
        leave(self.run())

    # Screenshot -------------------------------------------------------------------------------

    def _prepare_picture(self) -> None:
        controller = self.window.controller
        self.window.run_bar.set_speed(10**6)  # flat out
        controller.snapshot_changed.connect(self._watch)
        controller.failed.connect(self._give_up)
        self._look = QTimer(self.window)
        self._look.timeout.connect(self._save_at_rest)
        # Not a child of the window: a pending timer there would count as unfinished work.
        self._deadline = QTimer(self._application)
        self._deadline.setSingleShot(True)
        self._deadline.timeout.connect(self._give_up_waiting)
        self._deadline.start(TRAINING_SECONDS * 1000)

    def _choose_view(self, task: Task) -> None:
        """Show the requested tab for the first task; report if there is nothing to show."""
        self.window.controller.task_changed.disconnect(self._choose_view)
        stage, wanted = self.window.stage, self._view
        if task.obstacle and self._picture is not None:
            self._give_up(task.obstacle)
        elif wanted is not None:
            name = next((n for n in stage.names if n.casefold() == wanted.casefold()), None)
            if name in stage.available:
                stage.show_name(name)
                return
            text = NO_TAB if name is None else NO_VIEW
            values = {"name": name or wanted, "views": ", ".join(stage.available).casefold()}
            if self._picture is not None:
                self._give_up(text.format(**values))
            else:
                self.window.controller.failed.emit(tr(text, **values))

    def _watch(self, snapshot: Snapshot) -> None:
        if snapshot.epilogue is not None:  # the run is over and has been analysed
            self.window.controller.snapshot_changed.disconnect(self._watch)
            self._deadline.start(REST_SECONDS * 1000)
            self._look.start(LOOK_MS)

    def _save_at_rest(self) -> None:
        """Save the screenshot once the window was at rest at two checks, an event loop apart."""
        was_at_rest, self._was_at_rest = self._was_at_rest, self.window.is_at_rest
        if not (was_at_rest and self._was_at_rest):
            return
        picture = self.window.grab()
        if not self.window.is_at_rest:  # painting may trigger a new layout
            self._was_at_rest = False
            return
        self._look.stop()
        assert self._picture is not None
        try:
            write_png(picture.toImage(), self._picture)
            print(f"Saved {self._picture}.")
        except SaveError as error:
            self._exit_code = USAGE
            print(f"{terminal.PROGRAM}: {error}", file=sys.stderr)
        self.window.close()

    def _give_up_waiting(self) -> None:
        if self._look.isActive():
            self._give_up(
                f"The window was still at work {REST_SECONDS} s after training: no picture was "
                "saved. Ask for another --view, or for less data.",
                terminal.FAILED,
            )
        else:
            self._give_up(
                f"Training had not ended after {TRAINING_SECONDS} s: no picture was saved. Ask "
                "for fewer --epochs.",
                terminal.FAILED,
            )

    def _give_up(self, text: str, code: int = USAGE) -> None:
        if self._exit_code == terminal.DONE:  # report only the first reason
            self._exit_code = code
            print(f"{terminal.PROGRAM}: {text}", file=sys.stderr)
        self.window.close()

    # Exceptions -------------------------------------------------------------------------------

    def _tell_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Show a message to the user and the traceback in the terminal; abort a screenshot.

        A shortage of memory and what went wrong outside, as with a file, have no traceback.
        """
        said = describe_shortage(error) if is_shortage(error) else ""
        if isinstance(error, LogitLabError):
            said = str(error)
        if not said:
            traceback.print_exception(kind, error, trace)
        if self._picture is not None:
            self._give_up(said or f"an unexpected error: {error}", terminal.FAILED)
        else:
            self.window.controller.failed.emit(
                said
                or tr(
                    "Something went wrong inside Logit Lab ({error}). Your data and model are "
                    "still here.",
                    error=f"{kind.__name__}: {error}",
                )
            )


def leave(code: int) -> NoReturn:
    """End the process at once with this exit code."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError):  # no stream, or nobody reads the other end
            stream.flush()
    os._exit(code)
