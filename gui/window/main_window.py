"""The one window: three columns, a run bar, menus and keys; it wires wishes to the hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QFileInfo, QObject, QSettings, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.config import DataConfig, Missing, ModelConfig, Reading, RunConfig, Source
from core.data.task import Task
from core.train.snapshot import Snapshot, Status
from gui.control.run_controller import Hub
from gui.kit import theme as look
from gui.kit.fields import notch_above, notch_below
from gui.kit.shortcuts import Keys
from gui.kit.theme import Theme
from gui.kit.view import View, tell_all
from gui.setup.setup_panel import SetupPanel, data_for
from gui.stage.boundary.view import BoundaryView
from gui.stage.performance.view import PerformanceView, say_race
from gui.window.closing import Closing
from gui.window.csv_opening import Opening, OpeningBar
from gui.window.download_bar import DownloadBar
from gui.window.file_actions import FOLDER, Keeping
from gui.window.help import show_about, show_family, show_keys
from gui.window.lessons import Lessons
from gui.window.message import Notice
from gui.window.outcome_message import tell_end
from gui.window.rest import is_at_rest
from gui.window.run_bar import DEFAULT_SPEED, SPEEDS, RunBar
from gui.window.settings import Settings
from gui.window.status_area import Foot
from gui.window.tabs import LATE, Stage
from gui.window.theming import Colours
from gui.window.timeline import HistoryBar

if TYPE_CHECKING:  # dialogs are imported when they are first wanted
    from core.data.csv.table import Table
    from core.data.mnist.progress import Progress
    from gui.setup.csv_dialog import CsvDialog
    from gui.setup.gallery import Gallery
    from gui.window.view_factory import Maths

DEFAULT_SIZE = (1280, 800)
MINIMUM_SIZE = (800, 540)
SETUP_WIDTH, EXAMPLE_HEIGHT = 232, 184
MARGIN = 10
GAP = 8
THEMES = ("system", "light", "dark")
MNIST_FOLDER = "mnist_folder"  # the last one that held MNIST itself
TABLE_FOLDER = "table_folder"  # where the last CSV file lay
LAST_FOLDER = "last_folder"  # where the choice of a folder starts


class MainWindow(QMainWindow):
    """Everything on screen.

    settings : remember size, columns, theme, speed and folders between starts; None: nothing is.
    """

    painted = Signal()  # once, when the window has first been drawn

    def __init__(self, settings: QSettings | None, theme_choice: str | None = None) -> None:
        super().__init__()
        self._settings = Settings(settings)
        self._theme_choice = theme_choice or self._settings.choice("theme", THEMES)
        self.theme = self._theme_now()
        self._colours = Colours(self)
        self._was_painted = self._has_columns = False
        self._gallery: Gallery | None = None
        self._has_failed = False
        self._failed_at: Status | None = None
        self.setWindowTitle("Logit Lab")
        self.setMinimumSize(*MINIMUM_SIZE)
        self.hub = Hub(self)

        self.run_bar = RunBar()
        self.history_bar = HistoryBar(self.theme)
        self.setup = SetupPanel()
        # See `_add_late`; those of LATE are made when they are first shown.
        names = ("Boundary", "Weights", "Data", "Draw", *LATE)
        self.stage = Stage({name: QWidget() for name in names})
        self.maths: Maths | None = None  # see `_add_late`
        self.performance = PerformanceView(self.theme)
        self.views: tuple[View, ...] = (self.performance,)
        self.notice = Notice(self.theme)
        self.download_bar = DownloadBar()
        self.opening = Opening(self.hub.background, self)
        self.opening_bar = OpeningBar()
        self._csv_dialog: CsvDialog | None = None
        self._reading = Reading()
        self.setAcceptDrops(True)
        self.keeping = Keeping(self, self.hub, self._settings)
        self.closing = Closing(self, self.hub.writes)
        self.lessons = Lessons(self.hub, self.stage, self.run_bar, self._mnist_folder, self.theme)
        self._arrange()
        self._make_menus()
        self._connect()
        self._restore()
        self._apply_theme()

    # Building -----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self._gauges = QSplitter(Qt.Orientation.Vertical)
        self._rooms = [QWidget() for _ in range(4)]  # see `_add_late`
        loss, accuracy, example, confusion = self._rooms
        example.setMinimumHeight(EXAMPLE_HEIGHT)
        for view, stretch, least in (
            (loss, 5, 116),
            (accuracy, 4, 94),
            (example, 0, 0),
            (confusion, 5, 0),
        ):
            card = _card(view)
            if least:  # the others know their own
                card.setMinimumHeight(least)
            self._gauges.addWidget(card)
            self._gauges.setStretchFactor(self._gauges.count() - 1, stretch)
        self._gauges.setSizes([190, 150, EXAMPLE_HEIGHT, 190])
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        column = QScrollArea()  # where the window is low, they are scrolled to
        column.setObjectName("gauges")
        column.setWidgetResizable(True)
        column.setFrameShape(QFrame.Shape.NoFrame)
        column.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.setWidget(self._gauges)
        self._gauges.setMinimumWidth(240)
        column.setStyleSheet("#gauges { background: transparent; }")
        self._gauges.setAutoFillBackground(False)
        column.viewport().setAutoFillBackground(False)
        for widget, stretch in ((self.setup, 0), (self.stage, 1), (column, 0)):
            self._columns.addWidget(widget)
            self._columns.setStretchFactor(self._columns.count() - 1, stretch)
            if widget is not self.setup:  # it knows its own
                widget.setMinimumWidth(240)
        for splitter in (self._columns, self._gauges):
            splitter.setHandleWidth(GAP)
            splitter.setChildrenCollapsible(False)
        centre = QWidget()
        centre.setObjectName("column")
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(MARGIN, 0, MARGIN, 4)
        layout.setSpacing(0)
        layout.addWidget(self.run_bar)
        layout.addWidget(self.history_bar)
        layout.addWidget(self._columns, 1)
        layout.addSpacing(GAP)
        bars = self.download_bar, self.opening_bar
        self._foot = Foot(self.lessons.strip, self.notice, bars, self.performance)
        layout.addWidget(self._foot)
        self.setCentralWidget(centre)
        self.setTabOrder(self.run_bar, self.setup)

    def _make_menus(self) -> None:
        bar = self.menuBar()
        add, keeping = self._add_action, self.keeping
        file = bar.addMenu("&File")
        add(file, "&Open…", self._choose_file, QKeySequence.StandardKey.Open)
        add(file, "Open &model…", keeping.open_model, "Ctrl+Shift+O")
        add(file, "&Save model…", keeping.save_model, QKeySequence.StandardKey.Save)
        add(file, "&Export data…", keeping.export_data, "Ctrl+E")
        add(file, "Export &taught digits…", keeping.export_digits)
        add(file, "Save &picture…", keeping.save_picture, "Ctrl+P")
        file.addSeparator()
        add(file, "&Quit", self.close, QKeySequence.StandardKey.Quit)

        edit = bar.addMenu("&Edit")
        undo = self.hub.undo_stack.createUndoAction(self, "&Undo")
        redo = self.hub.undo_stack.createRedoAction(self, "&Redo")
        undo.setShortcut("Ctrl+Z")
        redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        edit.addActions([undo, redo])

        data = bar.addMenu("&Data")
        add(data, "&Iris", lambda: self._choose_source("iris"))
        add(data, "&Digits 8×8", lambda: self._choose_source("digits"))
        add(data, "&MNIST", lambda: self._choose_source("mnist"))
        add(data, "MNIST &folder…", self._choose_mnist_folder)
        add(data, "Open &CSV…", self._choose_file)
        add(data, "Draw &points", lambda: self._choose_source("drawn"))
        add(data, "&Generate points…", self._show_gallery, "Ctrl+G")

        run = bar.addMenu("&Run")
        add(run, "&Train or pause", self.hub.play_or_pause, "Space")
        add(run, "&Step", self.hub.step, "S")
        add(run, "Step &back", self.hub.step_back, "B")
        add(run, "&Part of a step", self._take_part, "N")
        add(run, "&Reset", self.hub.reset, "R")
        run.addSeparator()
        add(run, "Learning rate &up", lambda: self._change_learning_rate(notch_above), "]")
        add(run, "Learning rate &down", lambda: self._change_learning_rate(notch_below), "[")
        add(run, "&Faster", lambda: self._change_speed(+1), "+", "=")
        add(run, "S&lower", lambda: self._change_speed(-1), "-")
        add(run, "&Keep this run", self._keep_run, "K")
        run.addSeparator()
        self._race = add(run, "&Compare devices", self.hub.race_devices)
        self._race.setVisible(False)  # until there are two

        view = bar.addMenu("&View")
        for number in range(1, len(self.stage.names) + 1):
            name = self.stage.names[number - 1]
            action = add(view, name, lambda n=name: self.stage.show_name(n), str(number % 10))
            self.stage.bind(name, action)
        view.addSeparator()
        themes = QActionGroup(self)
        for choice in THEMES:
            action = add(view, f"{choice.capitalize()} colours", lambda c=choice: self.set_theme(c))
            action.setCheckable(True)
            action.setChecked(choice == self._theme_choice)
            themes.addAction(action)
        view.addSeparator()
        add(view, "Logarithmic &loss", self._toggle_log, "L")
        add(view, "&Full screen", self._toggle_full_screen, "F11")

        self._lesson_menu = bar.addMenu("Le&ssons")  # see `_add_late`

        help_menu = bar.addMenu("&Help")
        add(help_menu, "&Keys", lambda: show_keys(self), "F1")
        add(help_menu, "The &family of models", lambda: show_family(self))
        add(help_menu, "&About Logit Lab", lambda: show_about(self))

    def _add_action(
        self, menu: QObject, words: str, slot: Callable[..., object], *keys: object
    ) -> QAction:
        action = QAction(words, self)
        action.setShortcuts([QKeySequence(key) for key in keys])  # type: ignore[call-overload]
        action.triggered.connect(lambda _=False: slot())
        menu.addAction(action)  # type: ignore[attr-defined]
        return action

    def _connect(self) -> None:
        hub, setup, bar = self.hub, self.setup, self.run_bar
        hub.task_changed.connect(self._show_task)
        hub.snapshot_changed.connect(self._show_snapshot)
        hub.settings_changed.connect(setup.show_settings)
        hub.devices_changed.connect(setup.show_devices)
        hub.devices_changed.connect(lambda names: self._race.setVisible(len(names) > 1))
        hub.raced.connect(lambda race: self._show_remark(say_race(race)))
        hub.busy_changed.connect(self._show_busy)
        hub.failed.connect(self._show_failure)
        hub.done.connect(self._show_remark)
        self.closing.told.connect(self._show_remark)
        self.keeping.remarked.connect(self._show_remark)
        hub.refused.connect(self._show_refusal)
        setup.source_chosen.connect(self._choose_source)
        setup.data_changed.connect(lambda data, words: hub.change(words, data=data))
        setup.model_changed.connect(lambda model, words: hub.change(words, model=model))
        setup.run_changed.connect(lambda training, words: hub.change(words, training=training))
        setup.tuned.connect(lambda name, value: hub.tune(**{name: value}))
        bar.reset.connect(hub.reset)
        bar.play_or_pause.connect(hub.play_or_pause)
        bar.step.connect(hub.step)
        bar.step_back.connect(hub.step_back)
        self.history_bar.step_wanted.connect(hub.go_to)
        self.history_bar.live_wanted.connect(hub.go_live)
        self.history_bar.replay_wanted.connect(hub.replay_or_pause)
        bar.speed_changed.connect(hub.set_speed)
        hub.points_changed.connect(self._show_points)
        self.notice.acted.connect(self._act)
        self.opening.opened.connect(self._show_table)
        self.opening.failed.connect(self._show_unreadable)
        self.opening.progressed.connect(self._show_opening)
        self.opening_bar.cancelled.connect(self._cancel_opening)
        hub.download_changed.connect(self._show_download)
        hub.remarked.connect(self._show_remark)
        self.download_bar.cancelled.connect(self._cancel_download)
        self.download_bar.folder_wanted.connect(self._choose_mnist_folder)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply_theme)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        Keys(self, self.stage, application)

    def _restore(self) -> None:
        settings = self._settings
        if not settings.restore_place("geometry", self):
            self.resize(*DEFAULT_SIZE)
        self._has_columns = settings.restore_shares("columns", self._columns)
        settings.restore_shares("gauges", self._gauges)
        self._columns.splitterMoved.connect(self._note_columns)
        self._share_columns()
        standard = SPEEDS.index(DEFAULT_SPEED)
        self.run_bar.set_speed(settings.number("speed", standard, len(SPEEDS) - 1))
        for folder in (MNIST_FOLDER, TABLE_FOLDER, LAST_FOLDER, FOLDER):
            settings.text(folder)  # what cannot be read is found out at once
        self._unsaid = settings.put_aside()
        self.hub.set_speed(self.run_bar.chosen_speed)

    def _add_late(self) -> None:
        """Make what would have kept the first paint waiting: the views of stage and gauges."""
        from gui.stage.confusion.view import ConfusionView
        from gui.stage.curves.quantity import ACCURACY, LOSS
        from gui.stage.curves.view import CurveView
        from gui.stage.draw.view import DrawView
        from gui.stage.rows.view import DataView
        from gui.stage.weights.view import WeightsView
        from gui.window.view_factory import Maths

        self.boundary = BoundaryView(self.theme, self.hub.background)
        self.boundary.board.edited.connect(self.hub.draw)
        self.boundary.board.refused.connect(self._show_failure)
        self.boundary.board_tools.gallery_wanted.connect(self._show_gallery)
        self.boundary.board_tools.going_on_changed.connect(self.hub.set_going_on)
        self.stage.replace("Boundary", self.boundary)
        self.maths = maths = Maths(self.theme, self.hub, self.stage)
        self.weights = WeightsView(self.theme, self.hub.background)
        self.weights.norms.way = maths.way
        self.stage.replace("Weights", self.weights)
        self.data = DataView(self.theme, self.hub.background)
        self.data.row_chosen.connect(self.boundary.point_out)
        self.boundary.row_chosen.connect(self.data.choose_row)
        for rows in (self.data.table, self.data.gallery):
            rows.activated.connect(lambda index: self._show_row(index.row()))
        self.stage.replace("Data", self.data)
        self.setup.rate.background = self.hub.background

        self.draw = DrawView(self.theme, self.hub.background)
        self.draw.taught.connect(self._teach)
        self.draw.picker.remarked.connect(self._show_remark)
        self.draw.pictured.connect(maths.follow_picture)
        self.stage.replace("Draw", self.draw)
        for chooser in (self.data, self.boundary):
            chooser.row_chosen.connect(maths.chosen.choose_row)
        maths.made.connect(self._add_view)
        maths.row_chosen.connect(self.boundary.point_out)
        maths.threshold_changed.connect(self.boundary.set_threshold)
        maths.kept.changed.connect(self._show_kept)
        maths.kept.refused.connect(self._show_failure)
        self.hub.task_changed.connect(self._show_kept)
        maths.tracer.part_changed.connect(self._show_part)
        self.example = maths.make_gauge()
        self.loss, self.accuracy = (CurveView(self.theme, what) for what in (LOSS, ACCURACY))
        self.confusion = ConfusionView(self.theme)
        self.confusion.cell_chosen.connect(self._show_cell)
        gauges = self.loss, self.accuracy, self.example, self.confusion
        for room, view in zip(self._rooms, gauges, strict=True):
            card = room.parentWidget()
            layout = card.layout() if card else None
            assert layout is not None
            layout.replaceWidget(room, view)
            room.deleteLater()
        self.lessons.loss = self.loss
        self.lessons.fill(self._lesson_menu)
        stage = self.boundary, self.weights, self.data, self.draw
        self.views = (*stage, *self.views, *gauges)

    def _add_view(self, view: View) -> None:
        """Let a view that was made late catch up with the others."""
        self.views = (*self.views, view)
        if self.hub.run:
            view.offer_task(self.hub.run.task)
        if self.hub.snapshot:
            view.offer_snapshot(self.hub.snapshot)

    @property
    def is_at_rest(self) -> bool:
        """Whether all that is seen shows the newest snapshot, and nothing is on its way."""
        return is_at_rest(self, self.hub, self.views)

    # Life ---------------------------------------------------------------------------------------

    def start(self, config: RunConfig, *, play: bool = False) -> None:
        """Load what the config names and start the threads."""
        self._add_late()
        self.hub.load(config, play=play)
        self.hub.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_columns()
        self._foot.share()

    def _note_columns(self) -> None:
        self._has_columns = True

    def _share_columns(self) -> None:
        """Share the width out, until a person does; a narrow window leaves more to the stage."""
        if not self._has_columns:
            left, right = SETUP_WIDTH, min(max(int(0.267 * self.width()), 290), 342)
            self._columns.setSizes([left, self.width() - left - right, right])

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.closing.is_allowed():
            self.hub.pause()  # what is being written needs the processor more
            event.ignore()
            return
        if self._has_columns:
            self._settings.set("columns", self._columns.saveState())
        for name, value in (
            ("geometry", self.saveGeometry()),
            ("gauges", self._gauges.saveState()),
            ("theme", self._theme_choice),
            ("speed", self.lessons.own_speed),
        ):
            self._settings.set(name, value)
        self._settings.save()
        self.opening.cancel()
        if self.maths:
            self.maths.close()
        self.hub.close(finish_writing=not self.hub.writes.is_busy)  # or a person leaves without
        super().closeEvent(event)

    # Theme --------------------------------------------------------------------------------------

    def set_theme(self, choice: str) -> None:
        """Choose “light” or “dark”, or “system” to follow it."""
        self._theme_choice = choice
        self._apply_theme()

    def _theme_now(self) -> Theme:
        if self._theme_choice == "system":
            is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            is_dark = self._theme_choice == "dark"
        return look.DARK if is_dark else look.LIGHT

    def _apply_theme(self) -> None:
        self.theme = self._theme_now()
        self._colours.show(self.theme)
        self.notice.set_theme(self.theme)
        self.lessons.strip.set_theme(self.theme)
        self.history_bar.set_theme(self.theme)
        self.setup.rate.set_theme(self.theme)
        if self.maths:
            self.maths.set_theme(self.theme)
        if self._gallery:
            self._gallery.set_theme(self.theme)
        if self._csv_dialog:
            self._csv_dialog.set_theme(self.theme)
        tell_all(self.views, lambda view: view.offer_theme(self.theme))

    # What the hub says --------------------------------------------------------------------------

    def _show_task(self, task: Task) -> None:
        data = task.config.data
        if data.source == "mnist" and data.folder and task.source.name == "MNIST":
            self._settings.set(MNIST_FOLDER, data.folder)
        self.setup.show_task(task)
        self.run_bar.show_task(task)
        self.history_bar.show_task(task)
        self._give_board_points(task)
        if self.maths:
            self.maths.offer_task(task, is_new_run=True)
        # Before any of them comes into sight: it has let go of the old run by then.
        tell_all(self.views, lambda view: view.offer_task(task))
        card = self.example.parentWidget() if self.maths else None
        if card is not None:
            card.setVisible(not task.config.model.hidden)
        self.stage.offer(
            {
                "Boundary": BoundaryView.applies_to(task),
                "Weights": True,
                "Data": True,
                "Draw": self.draw.applies_to(task),
                **dict.fromkeys(LATE, True),
                # Their formulae are those of one linear map.
                **dict.fromkeys(("Trace", "Network", "Surface"), not task.config.model.hidden),
            },
            first="Weights" if task.dataset.image_shape else "Boundary",
        )
        self.lessons.follow()
        self._has_failed = False
        if task.obstacle:
            self.notice.say(task.obstacle)
        elif task.demand.is_large:  # until there is a snapshot
            self.notice.say(f"Making ready {task.demand}; this may take a while.")
        else:
            self.notice.say(f"Ready. Press Space to train on {task.dataset.name}.")
        if self._unsaid:
            self._show_remark(self._unsaid)
            self._unsaid = ""

    def _show_points(self, task: Task) -> None:
        self.setup.show_task(task)
        self._give_board_points(task)
        if self.maths:
            self.maths.offer_task(task, is_new_run=False)
        tell_all(self.views, lambda view: view.offer_points(task))

    def _toggle_log(self) -> None:
        self.loss.log_button.toggle()

    def _keep_run(self) -> None:
        if self.maths:
            self.maths.keep_run()

    def _show_kept(self, *_: object) -> None:
        """Draw the kept runs on the same data beside the one that is shown."""
        assert self.maths is not None
        shown = self.maths.kept.shown(self.hub.run.task if self.hub.run else None)
        for curves in (self.loss, self.accuracy):
            curves.show_kept(shown)

    def _take_part(self) -> None:
        if self.maths:
            self.maths.tracer.next_part()

    def _show_part(self, part: int | None) -> None:
        """Show on the plane, too, which part of an update is taken: the example, the pulls."""
        from gui.derivation.lines import GRADIENT

        self.boundary.pulls.lend(part == GRADIENT)
        example = self.maths.chosen.example if self.maths else None
        if part is not None and example is not None and example.row is not None:
            self.boundary.point_out(example.row)

    def _give_board_points(self, task: Task) -> None:
        is_drawn = task.config.data.source == "drawn"
        self.boundary.board.set_points(self.hub.points, is_active=is_drawn)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self.run_bar.show_snapshot(snapshot)
        self.history_bar.show_snapshot(snapshot)
        if self.maths:
            self.maths.offer_snapshot(snapshot)
        self.setup.rate.offer_snapshot(snapshot)
        self.performance.drawing = self.hub.drawing_share
        has_room = self.download_bar.isHidden() and self.opening_bar.isHidden()
        self.performance.setVisible(has_room and snapshot.status is Status.TRAINING)
        tell_all(self.views, lambda view: view.offer_snapshot(snapshot))
        self._say_status(snapshot)

    def _say_status(self, snapshot: Snapshot) -> None:
        if self._failed_at is None:  # it went wrong before there was a status
            self._failed_at = snapshot.status
        if self._has_failed and snapshot.status is self._failed_at:
            return
        self._has_failed = False
        if snapshot.is_past and not snapshot.message:  # a run may end on its best epoch
            self._say_past(snapshot)
            return
        match snapshot.status:
            case Status.DIVERGED | Status.FINISHED | Status.CONVERGED:
                tell_end(self.notice, snapshot)
            case Status.TRAINING:
                self.notice.say("Training. Space pauses; [ and ] change the learning rate.")
            case Status.PAUSED:
                self.notice.say("Paused. Space goes on, S makes one step, R returns to the start.")
            case Status.READY:
                self.notice.say("Ready. Press Space to train, S for a single step.")

    def _say_past(self, snapshot: Snapshot) -> None:
        if snapshot.status is Status.TRAINING:
            self.notice.say("Playing the run again, as it was. Space holds it.")
            return
        self.notice.say(
            "An earlier moment of the run. Space or S trains on from here and drops what was "
            "recorded later; “live” returns to the newest step."
        )

    def _teach(self, picture: NDArray[np.float32], label: int) -> None:
        """Add a drawing to the training rows under its true class."""
        run = self.hub.run
        if run is None:
            return
        X = np.rint(picture.reshape(1, -1) * run.task.source.scale).astype(np.uint8)
        name = run.task.source.class_names[label]
        self.hub.teach(X, np.array([label]), f"lesson that this is {name}")

    def _show_row(self, place: int) -> None:
        """Put the digit at this place of the list of rows on the pad."""
        if self.draw.task is not None:
            self.draw.picker.show_row(int(self.data.model.order[place]))
            self.stage.show_name("Draw")

    def _show_cell(self, true: int, predicted: int) -> None:
        """Put a test digit of this cell of the confusion matrix on the pad."""
        if self.draw.task is not None:
            self.draw.picker.show_mistake(true, predicted)
            self.stage.show_name("Draw")

    def _show_busy(self, words: str) -> None:
        self.notice.show_busy(bool(words))
        if words:
            self.notice.say(words)

    def _show_failure(self, words: str) -> None:
        """Show what went wrong until the run's status changes."""
        self._hold()
        self.notice.warn(words)

    def _show_remark(self, words: str) -> None:
        """Show what the person should know until the run's status changes."""
        self._hold()
        self.notice.say(words)

    def _hold(self) -> None:
        """Let the words that come next stay until the run's status changes."""
        self._failed_at = self.hub.snapshot.status if self.hub.snapshot else None
        self._has_failed = True

    def _show_download(self, progress: Progress | None) -> None:
        """Show how a download goes; the run that is there stays, and so does what is said of it."""
        if progress is None:
            self.download_bar.hide()
            return
        if not self.download_bar.isVisible():
            if self.hub.run is not None:
                self.setup.show_task(self.hub.run.task)
            self._has_failed = False
            if self.hub.snapshot is not None:
                self._say_status(self.hub.snapshot)
        self.download_bar.show_progress(progress)

    def _cancel_download(self) -> None:
        if self.hub.stop_fetch():
            self._show_remark(
                "The download was called off. Choose MNIST again to go on where it stopped."
            )

    def _show_refusal(self, task: Task | None, another_folder_may_help: bool) -> None:
        """Let the controls show what is still there, and offer to look elsewhere."""
        if task is not None:
            self.setup.show_task(task)
        if another_folder_may_help:
            self._settings.remove(MNIST_FOLDER)  # it is downloaded the next time
            self.notice.warn(self.notice.text, "Choose folder…")

    def _act(self) -> None:
        """Do what the notice's button offers."""
        snapshot = self.hub.snapshot
        if snapshot is not None and snapshot.remedy is not None and not self._has_failed:
            self.hub.recover()
        else:
            self._choose_mnist_folder()

    # What the person wants ------------------------------------------------------------------------

    def _choose_source(self, source: Source) -> None:
        current, run = self.hub.config, self.hub.run
        if source == "csv":
            self._choose_file()
            return
        is_shown = run is not None and source == current.data.source
        if run is not None and is_shown and (source != "mnist" or run.task.source.name == "MNIST"):
            return
        data = data_for(source, current.data)
        if source == "mnist":
            data = replace(data, folder=self._mnist_folder())
        model = _for_other_data(current.model)
        self.hub.change(f"change to {source}", data=data, model=model)

    def _mnist_folder(self) -> str | None:
        """Return the folder that MNIST was last found in, if it is there."""
        folder = self._settings.text(MNIST_FOLDER)
        return folder if QFileInfo(folder).isDir() else None

    def _choose_mnist_folder(self) -> None:
        start = self._settings.text(LAST_FOLDER) or str(Path.home())
        folder = QFileDialog.getExistingDirectory(
            self, "A folder with four IDX files: MNIST, Fashion-MNIST, or others like them", start
        )
        if folder:
            self._settings.set(LAST_FOLDER, folder)
            if self.lessons.take_folder(folder):
                return
            data = replace(data_for("mnist", self.hub.config.data), folder=folder)
            model = _for_other_data(self.hub.config.model)
            self.hub.change("change to mnist", data=data, model=model)

    # A file of one's own --------------------------------------------------------------------------

    def _choose_file(self) -> None:
        """Ask for a CSV file; training goes on meanwhile."""
        if self.hub.run is not None:
            self.setup.show_task(self.hub.run.task)  # the row is not chosen before it is loaded
        start = self._settings.text(TABLE_FOLDER) or str(Path.home())
        chooser = QFileDialog(self, "Open a CSV file", start)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.setNameFilters(["Tables (*.csv *.tsv *.txt)", "All files (*)"])
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(lambda name: self.open_file(Path(str(name))))
        chooser.open()

    def open_file(self, path: Path) -> None:
        """Read a CSV file and show what was understood; nothing changes until it is loaded."""
        self._settings.set(TABLE_FOLDER, str(path.parent))
        if self._csv_dialog:
            self._csv_dialog.reject()
        self._read_table(path, Reading())

    def _read_table(self, path: Path, reading: Reading) -> None:
        self._reading = reading
        self.opening.open(path, reading)

    def _show_table(self, table: Table) -> None:
        if self._csv_dialog:
            self._csv_dialog.show_table(table)
            return
        from gui.setup.csv_dialog import CsvDialog

        dialog = CsvDialog(self.theme, table, self._reading, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.reread.connect(self._read_table)
        dialog.chosen.connect(self._load_table)
        dialog.finished.connect(self._forget_dialog)
        self._csv_dialog = dialog
        dialog.open()

    def _forget_dialog(self) -> None:
        self.opening.cancel()
        self._csv_dialog = None
        self.stage.setFocus()

    def _show_unreadable(self, words: str) -> None:
        if self._csv_dialog:
            self._csv_dialog.show_failure(words)
        else:
            self._show_failure(words)

    def _show_opening(self, words: str, share: float) -> None:
        if self._csv_dialog:
            self._csv_dialog.show_progress(words, share)
            words = ""
        self.opening_bar.show_progress(words, share)

    def _cancel_opening(self) -> None:
        if self.opening.cancel():
            self._show_remark("Opening was called off; data and model are as they were.")

    def _load_table(
        self, table: Table, label: str, features: tuple[str, ...], missing: Missing
    ) -> None:
        current = self.hub.config
        data = replace(
            DataConfig(
                source="csv",
                path=str(table.path),
                split_seed=current.data.split_seed,
                validation_fraction=current.data.validation_fraction,
            ),
            label=label,
            features=features,
            missing=missing,
            reading=self._reading,
        )
        model = _for_other_data(current.model)
        config = replace(current, data=data, model=model)
        self.hub.load(config, f"change to {table.path.name}", table=table)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped_file(event)
        if path:
            event.acceptProposedAction()
            self.open_file(path)

    def _show_gallery(self) -> None:
        """Open the gallery of generators beside the board; what it makes is drawn."""
        if self._gallery is None:
            from gui.setup.gallery import Gallery

            self._gallery = Gallery(self.theme, self)
            self._gallery.made.connect(self.hub.draw)
        self._gallery.adjustSize()
        corner = self.mapToGlobal(self.rect().topRight())  # over the gauges, beside the board
        self._gallery.move(corner.x() - self._gallery.width() - MARGIN, corner.y() + 90)
        self._gallery.show()
        self._gallery.raise_()
        if not len(self.hub.points):
            self._gallery.make()  # which leaves other data
        elif self.hub.config.data.source != "drawn":
            self._choose_source("drawn")

    def _change_learning_rate(self, beside: Callable[[float], float]) -> None:
        self.setup.learning_rate.setValue(beside(self.hub.settings.learning_rate))

    def _change_speed(self, by: int) -> None:
        self.run_bar.set_speed(self.run_bar.speed.value() + by)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)


def _for_other_data(model: ModelConfig) -> ModelConfig:
    """Return the model for data with other classes: a neuron's question is not asked of them."""
    kind = "softmax" if model.is_neuron else model.kind
    return replace(model, kind=kind, positive=None, negative=None)


def _dropped_file(event: QDropEvent) -> Path | None:
    """Return the file that is dropped, if it is one file of this machine."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())


def _card(widget: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("card", True)
    layout = QHBoxLayout(frame)
    layout.setContentsMargins(1, 1, 1, 1)
    layout.addWidget(widget)
    return frame
