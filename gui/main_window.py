"""The one window: three columns, a run bar, menus and keys; it wires wishes to the hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings, QStandardPaths, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.config import ModelConfig, RunConfig, Source
from core.snapshot import Snapshot, Status
from core.task import Task
from gui import look
from gui.fields import notch_above, notch_below
from gui.hub import Hub
from gui.look import Theme
from gui.notice import Notice
from gui.run_bar import DEFAULT_SPEED, SPEEDS, RunBar
from gui.setup_panel import SetupPanel, data_for
from gui.stage import Stage
from gui.view import View
from gui.views.boundary import BoundaryView
from gui.views.confusion import ConfusionView
from gui.views.curves import ACCURACY, LOSS, CurveView
from gui.views.weights import WeightsView

DEFAULT_SIZE = (1280, 800)
MINIMUM_SIZE = (800, 540)
MARGIN = 10
GAP = 8
THEMES = ("system", "light", "dark")
MNIST_FOLDER = "mnist_folder"


class MainWindow(QMainWindow):
    """Everything on screen. `settings` remembers size, columns, theme and speed between starts."""

    painted = Signal()  # once, when the window has first been drawn

    def __init__(self, settings: QSettings, theme_choice: str | None = None) -> None:
        super().__init__()
        self._settings = settings
        remembered = str(settings.value("theme", "system", type=str))
        self._theme_choice = theme_choice or (remembered if remembered in THEMES else "system")
        self.theme = self._theme_now()
        self._was_painted = False
        self._has_failed = False
        self._failed_at: Status | None = None
        self.setWindowTitle("Logit Lab")
        self.setMinimumSize(*MINIMUM_SIZE)
        self.hub = Hub(self)

        self.run_bar = RunBar()
        self.setup = SetupPanel()
        self.boundary = BoundaryView(self.theme, self.hub.background)
        self.weights = WeightsView(self.theme)
        self.stage = Stage({"Boundary": self.boundary, "Weights": self.weights})
        self.loss = CurveView(self.theme, LOSS)
        self.accuracy = CurveView(self.theme, ACCURACY)
        self.confusion = ConfusionView(self.theme)
        self.views: tuple[View, ...] = (
            self.boundary,
            self.weights,
            self.loss,
            self.accuracy,
            self.confusion,
        )
        self.notice = Notice(self.theme)
        self._arrange()
        self._make_menus()
        self._connect()
        self._restore()
        self._apply_theme()

    # Building -----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self._gauges = QSplitter(Qt.Orientation.Vertical)
        for view, stretch in ((self.loss, 5), (self.accuracy, 4), (self.confusion, 5)):
            self._gauges.addWidget(_card(view))
            self._gauges.setStretchFactor(self._gauges.count() - 1, stretch)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        for widget, stretch in ((self.setup, 0), (self.stage, 1), (self._gauges, 0)):
            self._columns.addWidget(widget)
            self._columns.setStretchFactor(self._columns.count() - 1, stretch)
            if widget is not self.setup:  # it knows its own
                widget.setMinimumWidth(240)
        self._columns.setSizes([232, 670, 342])
        for splitter in (self._columns, self._gauges):
            splitter.setHandleWidth(GAP)
            splitter.setChildrenCollapsible(False)
        centre = QWidget()
        centre.setObjectName("column")
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(MARGIN, 0, MARGIN, 4)
        layout.setSpacing(GAP)
        layout.addWidget(self.run_bar)
        layout.addWidget(self._columns, 1)
        layout.addWidget(self.notice)
        self.setCentralWidget(centre)
        self.setTabOrder(self.run_bar, self.setup)

    def _make_menus(self) -> None:
        bar = self.menuBar()
        add = self._add_action
        file = bar.addMenu("&File")
        add(file, "Save &picture…", self._save_picture, "Ctrl+P")
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
        add(data, "Draw &points", lambda: self._choose_source("drawn"))

        run = bar.addMenu("&Run")
        add(run, "&Train or pause", self.hub.play_or_pause, "Space")
        add(run, "&Step", self.hub.step, "S")
        add(run, "&Reset", self.hub.reset, "R")
        run.addSeparator()
        add(run, "Learning rate &up", lambda: self._change_learning_rate(notch_above), "]")
        add(run, "Learning rate &down", lambda: self._change_learning_rate(notch_below), "[")
        add(run, "&Faster", lambda: self._change_speed(+1), "+", "=")
        add(run, "S&lower", lambda: self._change_speed(-1), "-")

        view = bar.addMenu("&View")
        for number in range(1, len(self.stage.names) + 1):
            name = self.stage.names[number - 1]
            action = add(view, name, lambda n=name: self.stage.show_name(n), str(number))
            self.stage.bind(name, action)
        view.addSeparator()
        themes = QActionGroup(self)
        for choice in THEMES:
            action = add(view, f"{choice.capitalize()} colours", lambda c=choice: self.set_theme(c))
            action.setCheckable(True)
            action.setChecked(choice == self._theme_choice)
            themes.addAction(action)
        view.addSeparator()
        add(view, "Logarithmic &loss", self.loss.log_button.toggle, "L")
        add(view, "&Full screen", self._toggle_full_screen, "F11")

        help_menu = bar.addMenu("&Help")
        add(help_menu, "&Keys", self._show_keys, "F1")
        add(help_menu, "&About Logit Lab", self._show_about)

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
        hub.busy_changed.connect(self._show_busy)
        hub.failed.connect(self._show_failure)
        hub.refused.connect(self._show_refusal)
        setup.source_chosen.connect(self._choose_source)
        setup.data_changed.connect(lambda data, words: hub.change(words, data=data))
        setup.model_changed.connect(lambda model, words: hub.change(words, model=model))
        setup.run_changed.connect(lambda training, words: hub.change(words, training=training))
        setup.tuned.connect(lambda name, value: hub.tune(**{name: value}))
        bar.reset.connect(hub.reset)
        bar.play_or_pause.connect(hub.play_or_pause)
        bar.step.connect(hub.step)
        bar.speed_changed.connect(hub.set_speed)
        board = self.boundary.board
        board.edited.connect(hub.draw)
        board.refused.connect(self._show_failure)
        hub.points_changed.connect(self._show_points)
        self.boundary.board_tools.going_on_changed.connect(hub.set_going_on)
        self.notice.acted.connect(self._act)
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _: self._apply_theme())
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def _restore(self) -> None:
        settings = self._settings
        geometry = settings.value("geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(*DEFAULT_SIZE)
        for name, splitter in (("columns", self._columns), ("gauges", self._gauges)):
            state = settings.value(name)
            if state is not None:
                splitter.restoreState(state)
        speed = settings.value("speed", SPEEDS.index(DEFAULT_SPEED), type=int)
        self.run_bar.set_speed(int(speed))  # type: ignore[call-overload]
        self.hub.set_speed(self.run_bar.chosen_speed)

    # Life ---------------------------------------------------------------------------------------

    def start(self, config: RunConfig, *, play: bool = False) -> None:
        """Load what the config names and start the threads."""
        self.hub.load(config, play=play)
        self.hub.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        for name, value in (
            ("geometry", self.saveGeometry()),
            ("columns", self._columns.saveState()),
            ("gauges", self._gauges.saveState()),
            ("theme", self._theme_choice),
            ("speed", self.run_bar.speed.value()),
        ):
            self._settings.setValue(name, value)
        self._settings.sync()
        self.hub.close()
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
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(look.palette(self.theme))
        application.setStyleSheet(look.style_sheet(self.theme))
        self.notice.set_theme(self.theme)
        for view in self.views:
            view.offer_theme(self.theme)

    # What the hub says --------------------------------------------------------------------------

    def _show_task(self, task: Task) -> None:
        self.setup.show_task(task)
        self.run_bar.show_task(task)
        self._give_board_points(task)
        self.stage.offer(
            {"Boundary": BoundaryView.applies_to(task), "Weights": True},
            first="Weights" if task.dataset.image_shape else "Boundary",
        )
        for view in self.views:
            view.offer_task(task)
        self._has_failed = False
        if task.obstacle:
            self.notice.say(task.obstacle)
        else:
            self.notice.say(f"Ready. Press Space to train on {task.dataset.name}.")

    def _show_points(self, task: Task) -> None:
        self.setup.show_task(task)
        self._give_board_points(task)
        for view in self.views:
            view.offer_points(task)

    def _give_board_points(self, task: Task) -> None:
        is_drawn = task.config.data.source == "drawn"
        self.boundary.board.set_points(self.hub.points, is_active=is_drawn)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self.run_bar.show_snapshot(snapshot)
        for view in self.views:
            view.offer_snapshot(snapshot)
        self._say_status(snapshot)

    def _say_status(self, snapshot: Snapshot) -> None:
        if self._has_failed and snapshot.status is self._failed_at:
            return
        self._has_failed = False
        match snapshot.status:
            case Status.DIVERGED:
                self.notice.warn(snapshot.message, f"Try η = {snapshot.remedy:g}")
            case Status.TRAINING:
                self.notice.say("Training. Space pauses; [ and ] change the learning rate.")
            case Status.FINISHED | Status.CONVERGED:
                more = f"{snapshot.settings.epochs:,} epochs"
                self.notice.say(f"{snapshot.message} Space trains for {more} more; R starts again.")
            case Status.PAUSED:
                self.notice.say("Paused. Space goes on, S makes one step, R returns to the start.")
            case Status.READY:
                self.notice.say("Ready. Press Space to train, S for a single step.")

    def _show_busy(self, words: str) -> None:
        self.notice.show_busy(bool(words))
        if words:
            self.notice.say(words)

    def _show_failure(self, words: str) -> None:
        """Show what went wrong until the run's status changes."""
        self._failed_at = self.hub.snapshot.status if self.hub.snapshot else None
        self._has_failed = True
        self.notice.warn(words)

    def _show_refusal(self, task: Task | None, another_folder_may_help: bool) -> None:
        """Let the controls show what is still there, and offer to look elsewhere."""
        if task is not None:
            self.setup.show_task(task)
        if another_folder_may_help:
            self.notice.warn(self.notice.text, "Choose folder…")

    def _act(self) -> None:
        """Do what the notice's button offers."""
        snapshot = self.hub.snapshot
        if snapshot is not None and snapshot.status is Status.DIVERGED and not self._has_failed:
            self.hub.recover()
        else:
            self._choose_mnist_folder()

    # What the person wants ------------------------------------------------------------------------

    def _choose_source(self, source: Source) -> None:
        current = self.hub.config
        if source == current.data.source and self.hub.run is not None:
            return
        data = data_for(source, current.data)
        if source == "mnist":
            folder = str(self._settings.value(MNIST_FOLDER, "", type=str))
            data = replace(data, folder=folder or None)
        model = ModelConfig(init=current.model.init)
        self.hub.change(f"change to {source}", data=data, model=model)

    def _choose_mnist_folder(self) -> None:
        start = str(self._settings.value(MNIST_FOLDER, "", type=str)) or str(Path.home())
        folder = QFileDialog.getExistingDirectory(
            self, "The folder with MNIST's four IDX files", start
        )
        if folder:
            self._settings.setValue(MNIST_FOLDER, folder)
            data = replace(data_for("mnist", self.hub.config.data), folder=folder)
            model = ModelConfig(init=self.hub.config.model.init)
            self.hub.change("change to mnist", data=data, model=model)

    def _change_learning_rate(self, beside: Callable[[float], float]) -> None:
        self.setup.learning_rate.setValue(beside(self.hub.settings.learning_rate))

    def _change_speed(self, by: int) -> None:
        self.run_bar.set_speed(self.run_bar.speed.value() + by)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _save_picture(self) -> None:
        places = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        path, _ = QFileDialog.getSaveFileName(
            self, "Save what the window shows", f"{places}/logitlab.png", "PNG picture (*.png)"
        )
        if not path:
            return
        if self.grab().save(path, "PNG"):
            self.notice.say(f"Saved {path}.")
        else:
            self.notice.warn(f"{path} could not be written; choose another place.")

    def _show_keys(self) -> None:
        keys = "".join(
            f"<tr><td style='padding-right:16px'><b>{key}</b></td><td>{what}</td></tr>"
            for key, what in (
                ("Space", "train or pause"),
                ("S", "one step"),
                ("R", "return to the same start"),
                ("[ and ]", "learning rate down and up one notch"),
                ("+ and −", "faster and slower"),
                ("1, 2", "the tabs of the stage"),
                ("L", "logarithmic loss axis"),
                ("Ctrl+Z, Ctrl+Shift+Z", "undo and redo a change of data, model or points"),
                ("Ctrl+P", "save a picture of the window"),
                ("F11", "full screen"),
                ("F1", "this list"),
            )
        )
        self._tell("Keys", f"<table>{keys}</table>")

    def _show_about(self) -> None:
        self._tell(
            "About Logit Lab",
            "<b>Logit Lab</b><p>See logistic and softmax regression learn.</p>"
            "<p>Iris: R. A. Fisher, 1936. Digits: E. Alpaydin and C. Kaynak, 1998. "
            "Both from the UCI repository, CC BY 4.0.</p>",
        )

    def _tell(self, title: str, text: str) -> None:
        """Show words beside the window; training goes on."""
        box = QMessageBox(self)
        box.setWindowTitle(title)
        box.setTextFormat(Qt.TextFormat.RichText)
        box.setText(text)
        box.setModal(False)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.show()

    # Keys -----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep single keys for the window: Space trains also when a button has the focus.

        Where text is typed the keys stay what they are, and Return gives the focus back. Return
        also presses the button that has the focus, which Space cannot do.
        """
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_typing = isinstance(watched, QLineEdit | QAbstractSpinBox)
            if is_typing and event.key() == Qt.Key.Key_Space:
                return True  # no number has a space: Space trains here too
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QAbstractSpinBox)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        ):
            watched.interpretText()
            self.stage.setFocus()
            return True
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            popup = QToolButton.ToolButtonPopupMode.InstantPopup
            if isinstance(watched, QToolButton) and watched.popupMode() == popup:
                below = watched.mapToGlobal(watched.rect().bottomLeft())
                watched.menu().popup(below)
                return True
            if isinstance(watched, QAbstractButton):
                watched.click()
                return True
            if isinstance(watched, QComboBox):
                watched.showPopup()
                return True
        return super().eventFilter(watched, event)


def _card(widget: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("card", True)
    layout = QHBoxLayout(frame)
    layout.setContentsMargins(1, 1, 1, 1)
    layout.addWidget(widget)
    return frame
