"""The dialog for the animation of a run: view, speed and size, and how many frames are taken."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.language import in_a_row, mark, tr
from core.number_format import format_fixed, format_integer
from gui.kit import zoom
from gui.kit.fields.choices import Choice
from gui.kit.labels import Readout
from gui.kit.layouts import add_layout
from gui.window.export.picture_dialog import COVERED

SPEEDS = (5, 10, 20, 30)  # frames a second
WIDTHS = (
    (mark("small, 480 pixels"), 480),
    (mark("medium, 720 pixels"), 720),
    (mark("large, 960 pixels"), 960),
)
COUNTS = (50, 100, 200, 400)
DEFAULT_SPEED, DEFAULT_WIDTH, DEFAULT_COUNT = 10, 720, 100
LEAST_WIDTH_PX, BAR_PX = 420, 6


class AnimationDialog(QDialog):
    """Emits `save_wanted`; while frames are taken, Cancel stops them instead of closing."""

    changed = Signal()
    save_wanted = Signal()
    cancelled = Signal()  # while frames are taken

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export an animation"))
        self._is_busy = False
        self.view_choice, self.speed_choice = Choice(), Choice()
        self.width_choice, self.count_choice = Choice(), Choice()
        self.background_choice = Choice()
        self.summary = Readout(3)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("frames taken"))
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(zoom.px(BAR_PX))
        self.counted = Readout(1)
        self.save_button, self.cancel_button = QPushButton(tr("Save…")), QPushButton(tr("Close"))
        self._fill()
        self._arrange()
        self.show_progress(0, 0)

    def _fill(self) -> None:
        self.speed_choice.set_options(
            [(tr("{n} frames a second", n=n), n) for n in SPEEDS], DEFAULT_SPEED
        )
        self.width_choice.set_options([(tr(name), n) for name, n in WIDTHS], DEFAULT_WIDTH)
        self.count_choice.set_options([(tr("at most {n}", n=n), n) for n in COUNTS], DEFAULT_COUNT)
        self.background_choice.set_options(
            [(tr("as shown"), False), (tr("light, for paper"), True)], False
        )
        for field, name, tip in (
            (self.view_choice, tr("view"), tr("Which view; one of the stage is shown there")),
            (self.speed_choice, tr("speed"), tr("How fast the frames follow each other")),
            (self.width_choice, tr("size"), tr("Width of the animation")),
            (self.count_choice, tr("frames"), tr("Chosen evenly among the kept steps of the run")),
            (self.background_choice, tr("background"), tr("Colours of the animation")),
        ):
            field.setAccessibleName(name)
            field.setToolTip(tip)
            field.chosen.connect(lambda _: self.changed.emit())
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.save_button.setToolTip(tr("Write GIF, WebP or MP4: the ending of the name says which"))
        self.save_button.clicked.connect(self.save_wanted)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)

    def _arrange(self) -> None:
        form = QFormLayout()
        form.addRow(tr("View"), self.view_choice)
        form.addRow(tr("Speed"), self.speed_choice)
        form.addRow(tr("Size"), self.width_choice)
        form.addRow(tr("Frames"), self.count_choice)
        form.addRow(tr("Colours"), self.background_choice)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.cancel_button, self.save_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        add_layout(layout, form)
        layout.addWidget(self.summary)
        layout.addWidget(self.progress)
        layout.addWidget(self.counted)
        add_layout(layout, buttons)
        self.setMinimumWidth(zoom.px(LEAST_WIDTH_PX))

    def offer(self, names: tuple[str, ...], current: str) -> None:
        """Offer these views, and choose one."""
        self.view_choice.set_options([(tr(name), name) for name in names], current)
        self.changed.emit()

    @property
    def view(self) -> str:
        return str(self.view_choice.value())

    @property
    def frames_a_second(self) -> int:
        return int(str(self.speed_choice.value()))

    @property
    def frame_width(self) -> int:
        return int(str(self.width_choice.value()))

    @property
    def most_frames(self) -> int:
        return int(str(self.count_choice.value()))

    @property
    def is_light(self) -> bool:
        return bool(self.background_choice.value())

    def describe(
        self, frames: int, kept: int, size: QSize, *, is_limited: bool, is_covered: bool
    ) -> None:
        """Say what would be written: frames of so many kept steps; whether numbers are covered."""
        if frames < 2:
            self.summary.setText(tr("There are no steps to show yet: train first."))
            self.save_button.setEnabled(False)
            return
        told = tr(
            "{frames} frames of {kept} kept steps, {width} × {height} pixels, {seconds} s.",
            frames=format_integer(frames),
            kept=format_integer(kept),
            width=size.width(),
            height=size.height(),
            seconds=format_fixed(frames / self.frames_a_second, 1),
        )
        limited = tr("More of this size would take too much memory.") if is_limited else ""
        covered = tr(COVERED) if is_covered else ""
        self.summary.setText(in_a_row(told, limited, covered))
        self.save_button.setEnabled(not self._is_busy)

    def show_progress(self, done: int, count: int) -> None:
        """Show how many frames are taken; count 0: none is being taken."""
        self._is_busy = count > 0
        self.progress.setRange(0, max(count, 1))
        self.progress.setValue(done)
        taken, all_frames = format_integer(done), format_integer(count)
        self.counted.setText(
            tr("{done} of {count} frames", done=taken, count=all_frames) if count else ""
        )
        self.cancel_button.setText(tr("Cancel") if count else tr("Close"))
        self.save_button.setEnabled(not count)
        for choice in (
            self.view_choice,
            self.speed_choice,
            self.width_choice,
            self.count_choice,
            self.background_choice,
        ):
            choice.setEnabled(not count)

    def reject(self) -> None:
        """Close the dialog, or call off what is being recorded."""
        if self._is_busy:
            self.cancelled.emit()
        else:
            super().reject()
