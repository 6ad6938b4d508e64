"""The page of a race of two to four runs, update by update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.data.task import Task
from core.language import in_a_row, mark, tr
from core.runs.race import MOST, RaceSnapshot
from core.runs.run_record import Record, describe_losses, describe_start, same_features
from core.train.snapshot import Status
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.areas.grips import Gripped
from gui.kit.areas.scrolling import Scrolled
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain
from gui.kit.theme import Theme
from gui.stage.runs.boundaries import RunPictures
from gui.stage.runs.curves import RunCurves
from gui.stage.runs.race_chips import RaceChips
from gui.stage.runs.race_entries import record_of
from gui.stage.runs.table import ResultModel, RunTable
from gui.state.background_tasks import Background
from gui.state.kept_runs import KeptRuns

LEAST = 2
WIDE_LETTERS = 120  # average characters of width from which curves and pictures are side by side
CURVES_HEIGHT, PICTURES_HEIGHT = 160, 205
WORDS = {
    Status.TRAINING: mark("Pause"),
    Status.PAUSED: mark("Go on"),
    Status.FINISHED: mark("Start again"),
}


class RacePage(QWidget):
    """Chips of the entries, buttons, curves, pictures and a table of the results.

    snapshot : newest one of the race, None before the first and after Stop. records : the entries
    as runs, shown even after the race has ended.
    """

    began = Signal(object)  # list of Entry, to train from their start
    run_wanted = Signal(bool)  # True to continue, False to pause
    stopped = Signal()
    watched = Signal(bool)  # whether the page is visible

    def __init__(self, theme: Theme, background: Background, kept: KeptRuns) -> None:
        super().__init__()
        self._kept = kept
        self._tasks: tuple[Task, ...] = ()
        self._number: int | None = None
        self._is_coming = False  # from Start until it has begun
        self.snapshot: RaceSnapshot | None = None
        self.records: list[Record] = []
        self.chips = RaceChips(theme, kept)
        self.chips.changed.connect(self._stop)
        self.start_button = _button(
            tr("Start", "button"),
            tr(
                "Train all of them at once, each update at the same time, at the speed of the "
                "run bar"
            ),
            self._press_start,
        )
        self.start_button.setProperty("primary", True)
        self.stop_button = _button(
            tr("Stop"), tr("End the race; how it stands remains to be seen"), self._stop
        )
        self.keep_button = _button(
            tr("Keep all"), tr("Keep all of these runs as they are now"), self._keep_all
        )
        self._words = Plain()
        zoom.set_type(self._words, look.SMALL)
        self._words.setProperty("small", True)
        self._words.setWordWrap(True)
        self.curves = RunCurves(theme)
        self.pictures = RunPictures(theme, background, "race")
        self.table = RunTable(ResultModel(theme))
        self.table.setAccessibleName(tr("Results of the race"))
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._arrange()
        self._show_state()
        self.set_theme(theme)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.start_button, self.stop_button, self.keep_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.chips.add_button)
        inner = QWidget()
        inner.setObjectName("race")
        self._inner = QVBoxLayout(inner)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(8)
        self._halves = Gripped(Qt.Orientation.Vertical)
        self._halves.setChildrenCollapsible(False)
        self._halves.restored.connect(self._halves.share_by_stretch)
        self.curves.setAccessibleName(tr("Curves"))
        self.pictures.setAccessibleName(tr("Pictures"))
        self._halves.addWidget(self.curves)
        self._halves.addWidget(self.pictures)
        self._halves.setStretchFactor(0, 4)
        self._halves.setStretchFactor(1, 5)
        self._inner.addWidget(self._halves, 1)
        self._inner.addWidget(self.table)
        area = Scrolled()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setStyleSheet("QScrollArea, #race { background: transparent; }")
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        add_layout(column, buttons)
        column.addWidget(self.chips)
        column.addWidget(self._words)
        column.addWidget(area, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_LETTERS * self.fontMetrics().averageCharWidth()
        self._halves.setOrientation(
            Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        )

    # Theme, live run and visibility ---------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self.chips.set_theme(theme)
        self.curves.setMinimumHeight(zoom.px(CURVES_HEIGHT))
        self.pictures.setMinimumHeight(zoom.px(PICTURES_HEIGHT))
        self.curves.set_theme(theme)
        self.pictures.set_theme(theme)
        self.table.runs.theme = theme
        self._show_records()

    def show_live(self, live: Record | None) -> None:
        """Take the live run; while the page is visible, enter it by default.

        Results on other data or features go with the entries.
        """
        has_begun = self._number is not None or self._is_coming
        self.chips.show_live(live, has_begun=has_begun)
        if live and self.records and not same_features(self.records[0].task, live.task):
            self.records = []
            self._show_records()
            self._show_state()
        if self.isVisible():
            self.chips.enter_default()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.watched.emit(False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.watched.emit(True)
        self.chips.enter_default()

    # The race -------------------------------------------------------------------------------------

    def _press_start(self) -> None:
        status = self._status
        if self._number is None or status is Status.FINISHED:
            self.snapshot, self._number, self._is_coming = None, None, True
            self._show_state()
            self.began.emit(list(self.chips.entries))
        else:
            self.run_wanted.emit(status is not Status.TRAINING)

    def show_begun(self, number: int, tasks: Sequence[Task]) -> None:
        """Show that race `number` has begun, with the tasks of its entries."""
        self._number, self._tasks, self.snapshot = number, tuple(tasks), None
        self._is_coming = False
        self._show_state()

    def show_refusal(self) -> None:
        """Reset after a failed start; the reason is shown elsewhere."""
        self._stop()

    def show_snapshot(self, snapshot: RaceSnapshot) -> None:
        """Show the state of the entries; ignore a snapshot of another race."""
        if snapshot.number != self._number:
            return
        before, self.snapshot = self._status, snapshot
        self.records = [
            record_of(*each)
            for each in zip(self.chips.entries, self._tasks, snapshot.entries, strict=True)
        ]
        self._show_records()
        if before is not snapshot.status:
            self._show_state()

    @property
    def _status(self) -> Status | None:
        return self.snapshot.status if self.snapshot else None

    def _show_records(self) -> None:
        self.table.show_records(self.records)
        rows = self.table.verticalHeader().length() + self.table.horizontalHeader().height()
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.table.setFixedHeight(rows + bar + 4)
        self.curves.show_records(self.records)
        self._show_pictures()

    def _show_pictures(self) -> None:
        if self.records and self.chips.live is not None:
            self.pictures.show_records(self.records[0].task, self.records)

    def _stop(self) -> None:
        """End the race, if any; its results stay visible."""
        if self._number is not None or self._is_coming:
            self.stopped.emit()
        self._number = self.snapshot = None
        self._is_coming = False
        self._show_state()

    def _keep_all(self) -> None:
        for record in self.records:
            if self._kept.keep(record) is None:
                break

    # Display --------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        status = self._status
        has_begun = self._number is not None and status is not Status.FINISHED
        is_under_way = has_begun or self._is_coming
        words = WORDS.get(status) if status else None
        self.start_button.setText(tr(words) if words else tr("Start", "button"))
        self.start_button.setEnabled(len(self.chips.entries) >= LEAST and not self._is_coming)
        self.stop_button.setEnabled(is_under_way)
        self.keep_button.setEnabled(bool(self.records) and status is not Status.TRAINING)
        for part in (self.table, self.curves, self.pictures):
            part.setVisible(bool(self.records))
        self.chips.set_open(not is_under_way)
        self._words.setText(self._describe(status))

    def _describe(self, status: Status | None) -> str:
        if len(self.chips.entries) < LEAST:
            return tr(
                "Add {least} to {most} that train at once, each with as many updates.",
                least=LEAST,
                most=MOST,
            )
        diverged = [r.name for r in self.records if r.status is Status.DIVERGED and self.snapshot]
        words = [tr("Finished.")] if status is Status.FINISHED else []
        if diverged:
            runs = ", ".join(diverged)
            is_over = status is Status.FINISHED
            further = tr("Diverged: {runs}; the others go on.", runs=runs)
            words.append(tr("Diverged: {runs}.", runs=runs) if is_over else further)
        return in_a_row(*words, self._describe_common())

    def _describe_common(self) -> str:
        entries = self.chips.entries
        tasks = self._tasks if self._number is not None else [e.task for e in entries]
        entries = [replace(e, task=task) for e, task in zip(entries, tasks, strict=True)]
        return f"{describe_start(entries)} {describe_losses(entries)}"


def _button(text: str, tip: str, press: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.clicked.connect(press)
    return button
