"""The view of the live run and the kept runs: as a table, as pictures, in a race."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.language import mark, tr
from core.number_format import format_count
from core.runs.run_record import (
    MAX_KEPT,
    Record,
    describe_losses,
    describe_start,
    differing,
    to_csv,
)
from core.train.snapshot import Snapshot, Status
from gui.kit.covers.covering import copy_figures, cover_new
from gui.kit.fields import kept as kept_fields
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.runs.table import NAME, RunModel, RunTable
from gui.state.background_tasks import Background
from gui.state.kept_runs import COLOURS, LIVE, LIVE_NAME, KeptRuns, swatch

if TYPE_CHECKING:  # imported on first use of their pages
    from gui.stage.runs.boundaries import RunPictures
    from gui.stage.runs.race import RacePage

TABLE, PICTURES, RACE = "table", "pictures", "race"
INTERVAL = 0.2  # s between two updates from the training run
HINT = mark(
    "Nothing is kept yet. Train, press K to keep the run as it is, change a setting, and train "
    "again: the kept run stays in the curves and can be compared here."
)


class RunsView(View):
    """Three pages on the same runs."""

    keep_wanted = Signal()
    replay_wanted = Signal(object)  # Record to train again from its start
    race_made = Signal(object)  # RacePage, on creation
    said = Signal(str)  # message for the user

    def __init__(self, theme: Theme, background: Background, kept: KeptRuns) -> None:
        super().__init__(theme)
        self.kept, self._background = kept, background
        self._page = TABLE
        self._pictures: RunPictures | None = None
        self._race: RacePage | None = None
        self._live: Record | None = None
        self._shown_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show)
        self.pages = Segments(
            (
                (tr("Table"), TABLE, tr("Settings that differ, and results")),
                (tr("Pictures"), PICTURES, tr("Boundaries or weights of the ticked runs")),
                (tr("Race"), RACE, tr("Train several at once, update by update")),
            )
        )
        self.pages.choose(TABLE)
        self.pages.chosen.connect(self.show_page)
        self.keep_button = QPushButton(tr("Keep this run"))
        self.keep_button.setProperty("primary", True)
        self.keep_button.setToolTip(
            tr("Keep the run as it is now (K); up to {most} are kept", most=MAX_KEPT)
        )
        self.keep_button.clicked.connect(self.keep_wanted)
        self.table = RunTable(RunModel(theme))
        self.table.setAccessibleName(tr("Runs"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_table_page())
        head = QHBoxLayout()
        head.addWidget(self.pages)
        head.addStretch(1)
        head.addWidget(self.keep_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        add_layout(column, head)
        column.addWidget(self._stack, 1)
        self._connect()
        self._show_choice()

    @property
    def kept_choices(self) -> dict[str, kept_fields.Kept]:
        found = {"page": kept_fields.segments(self.pages)}
        if self._pictures is not None:
            found["pictures"] = kept_fields.segments(self._pictures.layout_choice)
        return found

    @property
    def pictures(self) -> RunPictures:
        """The page of the pictures; created on first use, as its plots are slow to create."""
        if self._pictures is None:
            from gui.stage.runs.boundaries import RunPictures

            self._pictures = RunPictures(self.theme, self._background, "runs")
            self._stack.addWidget(self._pictures)
            cover_new(self._pictures)
        return self._pictures

    @property
    def race(self) -> RacePage:
        """The page of the race, also created on first use."""
        if self._race is None:
            from gui.stage.runs.race import RacePage

            self._race = RacePage(self.theme, self._background, self.kept)
            self._stack.addWidget(self._race)
            cover_new(self._race)
            self.race_made.emit(self._race)
        return self._race

    def _make_table_page(self) -> QWidget:
        page = QWidget()
        self._words = Plain()
        self._words.setWordWrap(True)
        self._start = Plain()
        self._start.setWordWrap(True)
        self.replay_button = QPushButton(tr("Replay", "of a run"))
        self.replay_button.setToolTip(
            tr("Train the selected run again, from its seed and its start")
        )
        self.delete_button = QPushButton(tr("Delete"))
        self.delete_button.setToolTip(
            tr("Delete the selected runs (Delete); Ctrl+Z brings them back")
        )
        self.copy_button = QPushButton(tr("Copy as CSV"))
        self.copy_button.setToolTip(tr("Copy this table to the clipboard, figures unrounded"))
        foot = QHBoxLayout()
        for button in (self.replay_button, self.delete_button):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.copy_button)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self._start)
        column.addWidget(self._words)
        add_layout(column, foot)
        return page

    def _connect(self) -> None:
        self.kept.changed.connect(self._show_kept)
        runs = self.table.runs
        # Queued until the table has handled its event, because these replace the kept records.
        queued = Qt.ConnectionType.QueuedConnection
        runs.renamed.connect(self.kept.rename, queued)
        runs.ticked.connect(self.kept.show, queued)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_choice())
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.table.installEventFilter(self)
        self.replay_button.clicked.connect(self._replay)
        self.delete_button.clicked.connect(lambda: self.kept.remove(self._chosen()))
        self.copy_button.clicked.connect(self._copy)

    # Display --------------------------------------------------------------------------------------

    def show_page(self, page: object) -> None:
        """Show the page of this name."""
        self.pages.choose(page)
        self._page = str(page)
        if self._page == TABLE:
            self._stack.setCurrentIndex(0)
        else:
            self._stack.setCurrentWidget(self.race if self._page == RACE else self.pictures)
        self._show()

    def show_theme(self) -> None:
        self.table.runs.theme = self.theme
        for page in (self._pictures, self._race):
            if page is not None:
                page.set_theme(self.theme)
        self.table.viewport().update()

    def show_task(self, task: Task) -> None:
        if self.snapshot is None:
            self._live = None
            self._show()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the run, at most five times a second while it trains."""
        wait = INTERVAL - (time.monotonic() - self._shown_at)
        if snapshot.status is Status.TRAINING and wait > 0:
            if not self._later.isActive():
                self._later.start(int(1000 * wait) + 1)
            return
        self._show()

    def _show_kept(self) -> None:
        if self.isVisible():
            self._show()
        else:
            self._is_stale = True

    def _show(self) -> None:
        self._later.stop()
        self._shown_at = time.monotonic()
        task, snapshot = self.task, self.snapshot
        if task is not None and snapshot is not None:
            self._live = Record.of(task, snapshot, LIVE, LIVE_NAME)
        live = [self._live] if self._live else []
        if self._page == RACE:
            self.race.show_live(self._live)
        elif self._page == PICTURES:
            if task is not None:
                ticked = [record for record in self.kept.records if record.is_shown]
                self.pictures.show_records(task, [*live, *ticked])
        else:
            self._show_table([*live, *self.kept.records])

    def _show_table(self, records: list[Record]) -> None:
        self.table.show_records(records)
        kept = len(self.kept.records)
        self._words.setProperty("muted", True)
        self._words.setText(
            tr(
                "{kept} of {most} kept. A tick draws a run in the curves and side by side; "
                "F2 renames.",
                kept=kept,
                most=MAX_KEPT,
            )
            if kept
            else tr(HINT)
        )
        self._show_choice()

    def _chosen_or_all(self) -> list[Record]:
        """Return the selected runs if there are several, else all runs."""
        chosen = self.table.chosen()
        return chosen if len(chosen) > 1 else self.table.runs.records

    def _chosen(self) -> list[Record]:
        """Return the kept runs among the selected ones."""
        return [record for record in self.table.chosen() if record.colour != LIVE]

    def _show_choice(self) -> None:
        chosen = self._chosen()
        self.replay_button.setEnabled(len(chosen) == 1)
        self.delete_button.setEnabled(bool(chosen))
        runs = self._chosen_or_all()
        self._start.setText(f"{describe_start(runs)} {describe_losses(runs)}".strip())
        self._start.setVisible(bool(self._start.text()))

    # Actions --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.table
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        ):
            self.kept.remove(self._chosen())
            return True
        return super().eventFilter(watched, event)

    def _replay(self) -> None:
        for record in self._chosen()[:1]:
            self.replay_wanted.emit(record)

    def _copy(self) -> None:
        records = self.table.runs.records
        copy_figures(self, to_csv(records), names=1 + len(differing(records)))
        self.said.emit(tr("Copied {runs} as CSV.", runs=format_count(len(records), "run")))

    def _open_menu(self, position: QPoint) -> None:
        chosen = self._chosen()
        if chosen:
            self.make_menu(chosen).popup(self.table.viewport().mapToGlobal(position))

    def make_menu(self, chosen: list[Record]) -> QMenu:
        """Return the context menu of these kept runs."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        first = chosen[0]
        if len(chosen) == 1:
            row = self.table.runs.records.index(first)
            rename = menu.addAction(tr("Rename"))
            rename.triggered.connect(lambda: self.table.edit(self.table.runs.index(row, NAME)))
            menu.addAction(tr("Replay", "of a run")).triggered.connect(self._replay)
            colours = menu.addMenu(tr("Colour", "of a run"))
            for number, (name, *_) in enumerate(COLOURS):
                action = colours.addAction(swatch(self.theme, number), tr(name))
                action.triggered.connect(lambda _=False, k=number: self.kept.recolour(first, k))
        menu.addAction(tr("Delete")).triggered.connect(lambda: self.kept.remove(chosen))
        return menu
