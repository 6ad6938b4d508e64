"""A race of two to four runs, update by update: who enters, how it goes, how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.runs.race import MOST, RaceSnapshot
from core.runs.run_record import Record, same_features, say_losses, say_start
from core.train.snapshot import Status
from gui.kit.flow_layout import FlowLayout
from gui.kit.plain_text import Plain, as_tip, short, unmarked
from gui.kit.theme import Theme
from gui.stage.runs.boundaries import RunPictures
from gui.stage.runs.curves import RunCurves
from gui.stage.runs.race_entrants import Entrant, name_of, standing_record, variants
from gui.stage.runs.table import ResultModel, RunTable
from gui.state.background_tasks import Background
from gui.state.kept_runs import LIVE, KeptRuns, free_colour, free_name, swatch

LEAST = 2
NAME_LETTERS = 26
WIDE_LETTERS = 120  # from which curves and pictures stand side by side
CURVES_HEIGHT, PICTURES_HEIGHT = 160, 205
WORDS = {None: "Start", Status.TRAINING: "Pause", Status.PAUSED: "Go on", Status.READY: "Start"}


class RacePage(QWidget):
    """Chips of the entrants, Start and Stop, curves, pictures and a table of the results."""

    began = Signal(object)  # the entrants, to be trained from their start
    run_wanted = Signal(bool)  # to go on, or to pause
    stopped = Signal()
    watched = Signal(bool)  # whether it is in sight

    def __init__(self, theme: Theme, background: Background, kept: KeptRuns) -> None:
        super().__init__()
        self._theme, self._kept = theme, kept
        self._live: Record | None = None
        self.entrants: list[Entrant] = []
        self._tasks: tuple[Task, ...] = ()
        self._number: int | None = None
        self.heat: RaceSnapshot | None = None
        self.records: list[Record] = []
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, 6, 4)
        self.add_button = QToolButton()
        self.add_button.setText("+ Add")
        self.add_button.setToolTip("Add a kept run, or a variant of the run that is shown")
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.add_button)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.add_button.setMenu(self.menu)
        self.start_button = QPushButton("Start")
        self.start_button.setProperty("primary", True)
        self.start_button.setToolTip(
            "Train all of them at once, each update at the same time, at the speed of the run bar"
        )
        self.start_button.clicked.connect(self._press_start)
        self.stop_button = QPushButton("Stop")
        self.stop_button.setToolTip("End the race; how it stands remains to be seen")
        self.stop_button.clicked.connect(self._stop)
        self.keep_button = QPushButton("Keep all")
        self.keep_button.setToolTip("Keep all of these runs as they are now")
        self.keep_button.clicked.connect(self._keep_all)
        self._words = Plain()
        self._words.setProperty("small", True)
        self._words.setWordWrap(True)
        self.curves = RunCurves(theme)
        self.curves.setMinimumHeight(CURVES_HEIGHT)
        self.pictures = RunPictures(theme, background, "race")
        self.pictures.setMinimumHeight(PICTURES_HEIGHT)
        self.table = RunTable(ResultModel(theme))
        self.table.setAccessibleName("Results of the race")
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._arrange()
        self._show_state()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.start_button, self.stop_button, self.keep_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.add_button)
        inner = QWidget()
        inner.setObjectName("race")
        self._inner = QVBoxLayout(inner)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(8)
        self._halves = QSplitter(Qt.Orientation.Vertical)
        self._halves.setChildrenCollapsible(False)
        self._halves.addWidget(self.curves)
        self._halves.addWidget(self.pictures)
        self._halves.setStretchFactor(0, 4)
        self._halves.setStretchFactor(1, 5)
        self._inner.addWidget(self._halves, 1)
        self._inner.addWidget(self.table)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setStyleSheet("QScrollArea, #race { background: transparent; }")
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(buttons)
        column.addWidget(self._chips)
        column.addWidget(self._words)
        column.addWidget(area, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_LETTERS * self.fontMetrics().averageCharWidth()
        self._halves.setOrientation(
            Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        )

    # What it is told ------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.curves.set_theme(theme)
        self.pictures.set_theme(theme)
        self.table.runs.theme = theme
        self._show_chips()
        self._show_records()

    def show_live(self, live: Record | None) -> None:
        """Take note of the run that is shown; on other data nobody is entered any more."""
        before, self._live = self._live, live
        if live is None:
            return
        is_new = before is None or before.task is not live.task
        if is_new and before is not None and not same_features(before.task, live.task):
            self._drop()
            self.entrants.clear()
        changed = before is None or before.name != live.name or before.settings != live.settings
        if self._number is None and (is_new or changed):
            self._refresh_live(live)
        if not self.entrants and self.isVisible():
            self._enter_default()

    def _refresh_live(self, live: Record) -> None:
        """Let the entrant that is the shown run have its settings of now."""
        for i, entrant in enumerate(self.entrants):
            if entrant.colour == LIVE:
                self.entrants[i] = Entrant.of(live)
                self._show_state()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.watched.emit(False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.watched.emit(True)
        if not self.entrants:
            self._enter_default()

    def _enter_default(self) -> None:
        """Enter the run that is shown and the ticked ones on the same features."""
        live = self._live
        if live is None:
            return
        self.entrants = [Entrant.of(live)]
        for record in self._kept.shown(live.task):
            if same_features(record.task, live.task) and len(self.entrants) < MOST:
                self.entrants.append(Entrant.of(record))
        self._show_state()

    # Who enters -----------------------------------------------------------------------------------

    def enter(self, entrant: Entrant) -> None:
        """Add one, in a colour and under a name that no other has."""
        if len(self.entrants) >= MOST:
            return
        self._drop()
        taken = [other.colour for other in self.entrants]
        colour = entrant.colour
        if colour in taken or colour == LIVE:
            colour = free_colour(taken)
        name = free_name(entrant.name, (other.name for other in self.entrants))
        self.entrants.append(Entrant(name, colour, entrant.task, entrant.config))
        self._show_state()

    def leave(self, entrant: Entrant) -> None:
        self._drop()
        self.entrants = [other for other in self.entrants if other is not entrant]
        self._show_state()

    def _fill_menu(self) -> None:
        menu, live = self.menu, self._live
        menu.clear()
        if live is None:
            return
        if not any(entrant.colour == LIVE for entrant in self.entrants):
            menu.addAction(unmarked(short(live.name))).triggered.connect(self._enter_live)
        runs = menu.addMenu("Kept runs")
        for record in self._kept.records:
            action = runs.addAction(
                swatch(self._theme, record.colour), unmarked(short(record.name))
            )
            action.setEnabled(same_features(record.task, live.task))
            if not action.isEnabled():
                action.setText(f"{action.text()} (other data or features)")
            action.setToolTip(as_tip(record.name))
            action.triggered.connect(partial(self._enter, Entrant.of(record)))
        runs.setEnabled(bool(self._kept.records))
        menu.addSeparator()
        config = Entrant.of(live).config
        for title, group in variants(config, live.task.source.h):
            submenu = menu.addMenu(title)
            for words, made in group:
                entrant = Entrant(name_of(made, words), LIVE, live.task, made)
                submenu.addAction(unmarked(short(words))).triggered.connect(
                    partial(self._enter, entrant)
                )

    def _enter(self, entrant: Entrant, _: bool = False) -> None:
        self.enter(entrant)

    def _enter_live(self) -> None:
        if self._live is not None and len(self.entrants) < MOST:
            self._drop()
            self.entrants.insert(0, Entrant.of(self._live))
            self._show_state()

    # The race -------------------------------------------------------------------------------------

    def _press_start(self) -> None:
        status = self.heat.status if self.heat else None
        if self._number is None or status is Status.FINISHED:
            self.heat, self._number = None, None
            self.began.emit(list(self.entrants))
        else:
            self.run_wanted.emit(status is not Status.TRAINING)

    def show_begun(self, number: int, tasks: Sequence[Task]) -> None:
        """The race has begun, with these tasks of the entrants."""
        self._number, self._tasks, self.heat = number, tuple(tasks), None
        self._show_state()

    def show_refusal(self) -> None:
        """It could not begin, for a reason that is told elsewhere."""
        self._drop()
        self._show_state()

    def show_heat(self, heat: RaceSnapshot) -> None:
        """Show where everyone stands."""
        if heat.number != self._number:
            return
        before, self.heat = self.heat, heat
        self.records = [
            standing_record(*each)
            for each in zip(self.entrants, self._tasks, heat.entries, strict=True)
        ]
        self._show_records()
        if before is None or before.status is not heat.status:
            self._show_state()

    def _show_records(self) -> None:
        self.table.show_records(self.records)
        rows = self.table.verticalHeader().length() + self.table.horizontalHeader().height()
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.table.setFixedHeight(rows + bar + 4)
        self.curves.show_records(self.records)
        self._show_pictures()

    def _show_pictures(self) -> None:
        if self.records and self._live is not None:
            self.pictures.show_records(self.records[0].task, self.records)

    def _stop(self) -> None:
        self._drop()
        self._show_state()

    def _drop(self) -> None:
        """End the race, if any; what it came to stays in sight."""
        if self._number is not None:
            self.stopped.emit()
        self._number = self.heat = None

    def _keep_all(self) -> None:
        for record in self.records:
            if self._kept.keep(record) is None:
                break

    # How it looks ---------------------------------------------------------------------------------

    def _show_state(self) -> None:
        status = self.heat.status if self.heat else None
        is_under_way = self._number is not None and status is not Status.FINISHED
        words = "Start again" if status is Status.FINISHED else WORDS.get(status, "Start")
        self.start_button.setText(words)
        self.start_button.setEnabled(len(self.entrants) >= LEAST)
        self.stop_button.setEnabled(is_under_way)
        self.keep_button.setEnabled(bool(self.records) and status is not Status.TRAINING)
        self.add_button.setEnabled(len(self.entrants) < MOST and not is_under_way)
        for part in (self.table, self.curves, self.pictures):
            part.setVisible(bool(self.records))
        self._show_chips()
        self._chips.setVisible(bool(self.entrants) and not is_under_way)
        self._words.setText(self._say(status))

    def _say(self, status: Status | None) -> str:
        if len(self.entrants) < LEAST:
            return f"Add {LEAST} to {MOST} that train at once, each with as many updates."
        diverged = [r.name for r in self.records if r.status is Status.DIVERGED and self.heat]
        words = (
            [f"Diverged: {', '.join(diverged)}; the others go on."]
            if diverged and (status is not Status.FINISHED)
            else [f"Diverged: {', '.join(diverged)}."]
            if diverged
            else []
        )
        if status is Status.FINISHED:
            words.insert(0, "Finished.")
        return " ".join([*words, self._say_alike()])

    def _say_alike(self) -> str:
        tasks = self._tasks if self._number is not None else [e.task for e in self.entrants]
        entries = [replace(e, task=task) for e, task in zip(self.entrants, tasks, strict=True)]
        return f"{say_start(entries)} {say_losses(entries)}"

    def _show_chips(self) -> None:
        self._flow.clear()
        for entrant in self.entrants:
            metrics = self.fontMetrics()
            width = NAME_LETTERS * metrics.averageCharWidth()
            name = metrics.elidedText(entrant.name, Qt.TextElideMode.ElideRight, width)
            chip = QPushButton(swatch(self._theme, entrant.colour), f"{unmarked(name)}  ×")
            chip.setToolTip(as_tip(f"{entrant.name}: a click takes it out of the race"))
            chip.setAccessibleName(f"{entrant.name}, in the race")
            chip.setEnabled(self.add_button.isEnabled() or len(self.entrants) == MOST)
            chip.clicked.connect(partial(self._leave, entrant))
            self._flow.addWidget(chip)

    def _leave(self, entrant: Entrant, _: bool = False) -> None:
        self.leave(entrant)
