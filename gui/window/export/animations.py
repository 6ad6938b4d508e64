"""A run as an animated picture, from its kept steps; the shown run is unchanged afterwards."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from core.errors import Cancelled, SaveError
from core.files import writing_bytes
from core.language import mark, tr
from core.number_format import format_integer
from gui.control.run_controller import RunController
from gui.export.animation import most_frames, to_animation
from gui.export.video import check_encoder, to_video
from gui.kit import theme as look
from gui.kit.described import is_covered
from gui.window.export.animation_dialog import AnimationDialog
from gui.window.export.recording import Recording, frame_size, steps_to_show
from gui.window.export.subjects import Subjects
from gui.window.export.targets import Format, ask
from gui.window.look.theming import Appearance
from gui.window.settings import Settings

GIF, WEBP = Format(".gif", mark("GIF animation")), Format(".webp", mark("WebP animation"))
MP4 = Format(".mp4", mark("MP4 video"))
CALLED_OFF = mark("The animation was called off; nothing was written.")


class Animations(QObject):
    """Asks for view, speed and size, records the frames, and writes them on the background."""

    said = Signal(str)  # message for the user

    def __init__(
        self,
        window: QWidget,
        subjects: Subjects,
        controller: RunController,
        appearance: Appearance,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window, self._subjects, self._controller = window, subjects, controller
        self._appearance, self._settings = appearance, settings
        self.dialog: AnimationDialog | None = None
        self._target: tuple[Path, Format] | None = None
        self._frame_ms = 0
        self._stop = threading.Event()
        self._recording = Recording(controller, self)
        self._later = QTimer(self)  # a view that is shown first is laid out first
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._describe)
        self._recording.finished.connect(self._write)
        self._recording.failed.connect(self._fail)

    def open(self, name: str = "") -> None:
        """Open the dialog, with this view or the one on the stage."""
        if self.dialog is None:
            self.dialog = dialog = AnimationDialog(self._window)
            dialog.changed.connect(lambda: self._later.start(0))
            dialog.finished.connect(lambda _: self._subjects.fold_banner(False))
            dialog.save_wanted.connect(self._record)
            dialog.cancelled.connect(self._recording.cancel)
            self._recording.progressed.connect(dialog.show_progress)
        self._subjects.fold_banner(True)  # views are as high at each step
        self.dialog.open()
        self.dialog.offer(self._subjects.names, name or self._subjects.current)

    def end(self) -> None:
        """End what is being recorded or encoded: the window closes."""
        self._recording.end()
        self._stop.set()

    def _plan(self) -> tuple[list[int], QSize, int]:
        """Return the steps to show, the size of a frame, and how many frames memory allows."""
        dialog, snapshot = self.dialog, self._controller.snapshot
        assert dialog is not None
        size = frame_size(self._subjects.view(dialog.view), dialog.frame_width)
        allowed = most_frames(size)
        if snapshot is None:
            return [], size, allowed
        return steps_to_show(snapshot, min(dialog.most_frames, allowed)), size, allowed

    def _describe(self) -> None:
        dialog, snapshot = self.dialog, self._controller.snapshot
        assert dialog is not None
        steps, size, allowed = self._plan()
        kept = len(steps_to_show(snapshot, 10**9)) if snapshot else 0
        is_limited = len(steps) == allowed < min(dialog.most_frames, kept)
        covered = is_covered(self._subjects.view(dialog.view))
        dialog.describe(len(steps), kept, size, is_limited=is_limited, is_covered=covered)

    def _record(self) -> None:
        dialog = self.dialog
        assert dialog is not None
        stem = f"logitlab-{dialog.view.lower()}"
        target = ask(dialog, self._settings, tr("Save the animation"), stem, (GIF, WEBP, MP4))
        if target is None:
            return
        if target[1] is MP4:
            try:
                check_encoder()
            except SaveError as error:
                self.said.emit(str(error))
                return
        steps, _, allowed = self._plan()
        self._target, self._frame_ms = target, 1000 // dialog.frames_a_second
        if dialog.is_light:
            self._appearance.lend(look.LIGHT)
        dialog.show_progress(0, len(steps))
        most = min(dialog.most_frames, allowed)
        self._recording.start(self._subjects.view(dialog.view), dialog.frame_width, most)

    def _write(self, frames: deque[QImage]) -> None:
        """Encode and write the frames on the background."""
        assert self._target is not None and self.dialog is not None
        (path, kind), count, frame_ms = self._target, len(frames), self._frame_ms
        stop, colours = self._stop, self._appearance.theme.colours

        def work() -> str:
            try:
                if kind is MP4:
                    data = to_video(frames, frame_ms, stop)
                else:
                    name = kind.ending[1:].upper()
                    data = to_animation(frames, frame_ms, name, colours, stop)
            except Cancelled:
                return tr(CALLED_OFF)
            with writing_bytes(path) as file:
                file.write(data)
            return tr("Saved {count} frames to {path}.", count=format_integer(count), path=path)

        self._return()
        self.dialog.accept()
        self._controller.writes.write(path.name, work)

    def _fail(self, message: str) -> None:
        self._return()
        self.said.emit(message)

    def _return(self) -> None:
        self._target = None
        self._appearance.lend(None)
        if self.dialog is not None:
            self.dialog.show_progress(0, 0)
            self._describe()
