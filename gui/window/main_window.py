"""The main window: bars, columns, menus; connects its parts with the controllers."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from core.config import RunConfig
from core.data.shown_task import shown
from core.language import tr
from gui.control.data_editor import DataEditor
from gui.control.data_loader import DataLoader
from gui.control.held import Held
from gui.control.next_task import NextTask
from gui.control.projects import Projects
from gui.control.run_controller import RunController
from gui.kit.shortcuts import Keys
from gui.setup.knobs_row import KnobsRow
from gui.setup.setup_panel import SetupPanel
from gui.stage.performance.view import PerformanceView, describe_race
from gui.window import actions
from gui.window.classroom.opening import ClassroomOpener
from gui.window.closing import Closing
from gui.window.columns import Columns
from gui.window.export.exports import Exports
from gui.window.file_actions import FOLDER, FileActions
from gui.window.glossary.opener import GlossaryOpener
from gui.window.layout_memory import LayoutMemory
from gui.window.lesson import wiring
from gui.window.lesson.clicker import Clicker
from gui.window.lesson.lessons import Lessons
from gui.window.lesson.opener import LESSON_FOLDER, LessonOpener
from gui.window.look.corner import Corner
from gui.window.look.language_choice import LanguageChoice
from gui.window.look.theme_names import THEMES
from gui.window.look.theming import Appearance
from gui.window.look.zoom_memory import ZoomMemory
from gui.window.message import Banner, Notice
from gui.window.opening import openers
from gui.window.opening.csv_opening import TABLE_FOLDER, CsvOpener
from gui.window.opening.csv_reading import OpeningBar
from gui.window.opening.data_choice import LAST_FOLDER, MNIST_FOLDER, DataChoice
from gui.window.opening.download_bar import DownloadBar
from gui.window.opening.dropping import Drops
from gui.window.opening.folder_opening import PICTURE_FOLDER, FolderOpener
from gui.window.opening.gallery_opening import GalleryOpener
from gui.window.panes import Panes
from gui.window.presenter import Presenter, PresenterBar
from gui.window.project.project_actions import PROJECT_FOLDER, RECENT, ProjectActions
from gui.window.project.setup_actions import SetupActions
from gui.window.rail import Rail
from gui.window.rest import is_at_rest
from gui.window.run_bar import RunBar
from gui.window.settings import Settings
from gui.window.side.panel import SidePanel
from gui.window.side.start_here import HAS_STARTED, FirstSteps, Hint
from gui.window.sizes import GAP, MARGIN, MARGIN_BELOW, MINIMUM_SIZE
from gui.window.spoken import Spoken
from gui.window.stage.stage import Stage
from gui.window.status import StatusMessages
from gui.window.status_area import StatusArea
from gui.window.timeline import HistoryBar
from gui.window.view_factory import ViewFactory
from gui.window.view_registry import SIDE, TABS

REMEMBERED = (
    *(MNIST_FOLDER, TABLE_FOLDER, PICTURE_FOLDER, LAST_FOLDER, FOLDER, RECENT, PROJECT_FOLDER),
    LESSON_FOLDER,
)


class MainWindow(QMainWindow):
    """The main window: layout, connections, start and end.

    settings : stores size, columns, theme, speed and folders between starts; None: nothing is kept.
    """

    painted = Signal()  # once, when the window is first painted

    def __init__(self, settings: QSettings | None, theme_choice: str | None = None) -> None:
        super().__init__()
        self.settings = Settings(settings)
        choice = theme_choice or self.settings.choice("theme", THEMES)
        self.appearance = look = Appearance(choice, self)
        self.languages, self._was_painted = LanguageChoice(self.settings, self), False
        self.setMinimumSize(*MINIMUM_SIZE)
        self.setAcceptDrops(True)
        self.controller = controller = RunController(self)
        look.begun.connect(controller.precedence.take)
        self.next_task = NextTask(controller, self)
        self.editor = DataEditor(controller, self.next_task, self)
        self.loader = loader = DataLoader(controller, self.next_task, self.editor, self)
        self.run_bar = RunBar()
        self.history_bar = HistoryBar(look.theme)
        self.rail, self.setup, self.knobs = Rail(), SetupPanel(), KnobsRow()
        self.presenter_bar, self.banner = PresenterBar(), Banner(look.theme)
        self.stage, self.side_panel = Stage(TABS, self.banner), SidePanel(SIDE)
        self.views = ViewFactory(controller, self.editor, loader, self.stage, self.side_panel, look)
        self.notice = Notice()
        self.status = StatusMessages(self.notice, self.banner, controller)
        self.download_bar, self.opening_bar = DownloadBar(), OpeningBar()
        self.csv = CsvOpener(self, controller, loader, self.settings, look)
        self.pictures = FolderOpener(self, controller, loader, self.settings, look)
        self.data_choice = DataChoice(self, controller, loader, self.settings)
        self.gallery = GalleryOpener(self, controller, self.editor, look)
        self.classroom = ClassroomOpener(self, controller, self.editor, look)
        self.files = FileActions(self, controller, loader, self.settings)
        self.exports = Exports(self, self, look, self.settings)
        told = self.exports.card_menu.asked, partial(actions.show_keys, self, self)
        self.glossary = GlossaryOpener(self, self.views, self.stage, look, *told)
        self.closing = Closing(self, controller.writes, controller.captures)
        self.projects = Projects(controller, self.next_task, loader, self)
        shown = self, controller, self.projects, self.settings
        self.project_actions = ProjectActions(*shown, self._open_file)
        self.csv.open_any = self.project_actions.open_path
        self.drops = Drops(self.stage, self.views, self.project_actions.open_path, self.status)
        self.setups = SetupActions(controller, loader, self.editor, self)
        self.lesson_opener = opener = LessonOpener(self, controller.background, self.settings)
        seen = self.stage, self.run_bar, self.data_choice.mnist_folder, look.theme
        self.lessons = Lessons(controller, loader, opener.shelf, opener.progress, *seen)
        self._arrange()
        self.zoom = ZoomMemory(self, self.settings, look)
        parts = self.columns, self.stage, self.views, self.side_panel, self.run_bar, self.zoom
        self.layout_memory = LayoutMemory(self, *parts, self.settings)
        self.projects.keep_look(self.layout_memory.describe, self.layout_memory.show)
        hidden = self.menuBar(), self.run_bar, self.knobs
        self.presenter = Presenter(self.presenter_bar, hidden, look, self._present, self)
        self.action_rows = actions.table(self, self)
        self._lesson_menu = actions.make_menus(self, self)
        self.beside_menus = Corner(self.menuBar(), look, self.presenter.toggle)
        self._connect_parts()
        self._connect_run()
        self._restore()
        look.apply()
        self.zoom.restore()

    # Building -----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.columns = Columns(self.rail, self.setup, self.stage, self.side_panel)
        for fit in (self.run_bar.fit, self.knobs.fit, self.columns.settle):
            self.appearance.dressed.connect(fit)
        self.appearance.settled.connect(self.columns.settle)
        performance = PerformanceView(self.appearance.theme, lambda: self.controller.drawing.value)
        self.views.add("Performance", performance)
        bars = self.download_bar, self.opening_bar, self.files.bar
        foot = self.notice, bars, self.history_bar, performance
        self.status_area = StatusArea(self.lessons.strip, *foot)
        centre = QWidget()
        centre.setObjectName("column")
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(MARGIN, 0, MARGIN, MARGIN_BELOW)
        layout.setSpacing(GAP)
        above = self.presenter_bar, self.run_bar, self.knobs
        for bar in above:
            layout.addWidget(bar)
        layout.addWidget(self.columns, 1)
        layout.addWidget(self.status_area)
        self.setCentralWidget(centre)
        middle = self.rail, self.setup, self.stage, self.side_panel
        self.panes = Panes((*above, *middle, self.status_area))

    def _connect_parts(self) -> None:
        """Connect requests of the parts to the controllers, and their messages to the status."""
        controller, wishes = self.controller, self.setup.wishes
        bar, line = self.run_bar, self.history_bar
        choice, csv, status, loader = self.data_choice, self.csv, self.status, self.loader
        self.painted.connect(self.zoom.follow)
        self.rail.source.chosen.connect(choice.choose)
        frames = self.stage, self.side_panel
        wiring.connect(self.lessons, self._lesson_menu, self.rail, status, frames, self.projects)
        wishes.data_changed.connect(lambda data, words: loader.change(words, data=data))
        wishes.model_changed.connect(lambda model, words: loader.change(words, model=model))
        wishes.run_changed.connect(lambda training, words: loader.change(words, training=training))
        wishes.tuned.connect(lambda name, value: controller.tune(**{name: value}))
        self.knobs.kind_chosen.connect(wishes.change_kind)
        self.knobs.features_chosen.connect(wishes.change_features)
        self.knobs.setting_changed.connect(wishes.change_training)
        self.knobs.settings_toggled.connect(self.columns.show_panel)
        self.columns.panel_shown.connect(self.knobs.show_panel)
        self.knobs.defaults_wanted.connect(loader.return_to_defaults)
        bar.reset.connect(controller.reset)
        bar.play_or_pause.connect(controller.play_or_pause)
        bar.step.connect(controller.step)
        bar.step_back.connect(controller.past.step_back)
        bar.speed_changed.connect(controller.set_speed)
        self.views.covers.changed.connect(self.presenter_bar.cover)
        line.step_wanted.connect(controller.past.go_to)
        line.live_wanted.connect(controller.past.go_live)
        line.replay_wanted.connect(controller.past.replay_or_pause)
        for fields in (self.setup, self.knobs, self.presenter_bar):
            controller.settings_changed.connect(fields.show_settings)
        self.presenter_bar.play_or_pause.connect(controller.play_or_pause)
        self.presenter_bar.rate.chosen.connect(self.knobs.learning_rate.setValue)
        controller.devices_changed.connect(self.setup.show_devices)
        openers.connect(csv, self.pictures, choice, self.opening_bar, status)
        for asked in (choice, csv, self.pictures):
            asked.task_kept.connect(self.rail.show_task)
        told = controller.done, controller.remarked, self.closing.told, self.files.remarked
        for each in (*told, choice.remarked, self.exports.remarked):
            each.connect(status.remark)
        for each in (controller.failed, self.classroom.failed, self.languages.refused):
            each.connect(status.fail)
        controller.raced.connect(lambda race: status.remark(describe_race(race)))
        for busy_changed in (self.next_task.busy_changed, controller.writes.began):
            busy_changed.connect(status.show_busy)
        controller.writes.ended.connect(self._end_writing)
        for note in (choice.note_refusal, status.note_refusal, self.setup.keep, self.knobs.keep):
            self.next_task.refused.connect(note)
        for show in (choice.note_download, status.note_download, self.download_bar.show_progress):
            loader.download_changed.connect(show)
        self.download_bar.cancelled.connect(choice.call_off_download)
        for wanted in (self.download_bar.folder_wanted, status.folder_wanted):
            wanted.connect(choice.choose_mnist_folder)
        choice.folder_chosen.connect(self._take_folder)
        for opener in (csv, self.pictures):
            opener.closed.connect(self.stage.setFocus)
        self.gallery.board_wanted.connect(lambda: choice.choose("drawn"))
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        Keys(self, self.stage, application)

    def _connect_run(self) -> None:
        """Connect the shown run to all parts; views come before the stage, which may show them."""
        controller = self.controller
        turned = self.lessons, controller, self.run_bar, self.stage, self.views
        self.presenter.page_turned.connect(Clicker(*turned).turn)
        for show_task in (
            self.data_choice.note_task,
            self.rail.show_task,
            self.setup.show_task,
            self.knobs.show_task,
            self.run_bar.show_task,
            self.presenter_bar.show_task,
            self.history_bar.show_task,
            lambda task: self.views.receive_task(shown(task)),
            self.side_panel.show_task,
            self.layout_memory.show_task,
            lambda _: self.lessons.follow(),
            self.status.show_task,
        ):
            controller.task_changed.connect(show_task)
        changed_by_points = self.setup.show_task, self.knobs.show_points, self.views.receive_points
        for show_points in changed_by_points:
            controller.points_changed.connect(show_points)
        for show_snapshot in (
            self.run_bar.show_snapshot,
            self.presenter_bar.show_snapshot,
            self.history_bar.show_snapshot,
            self.knobs.show_snapshot,
            self.status_area.show_snapshot,
            self.views.receive_snapshot,
            self.status.show_snapshot,
        ):
            controller.snapshot_changed.connect(show_snapshot)

    def _end_writing(self) -> None:
        if not self.next_task.is_busy:  # it ends the busy state itself
            self.status.show_busy("")

    def _present(self, is_on: bool) -> None:
        self.zoom.is_paused = is_on
        self.columns.present(is_on)
        self.views.present(is_on)
        self.banner.present(is_on)
        self.status_area.present(is_on)

    def _take_folder(self, folder: str) -> None:
        """Pass a folder with files like MNIST's to a waiting lesson, else load it."""
        if not self.lessons.take_folder(folder):
            self.data_choice.load_folder(folder)

    def _guide(self) -> None:
        """Show the first steps, for a user who has not trained anything yet."""
        train, follow = self.controller.play_or_pause, partial(self.lessons.go, +1)
        hints = (
            Hint(tr("Press Space"), tr("The model learns: watch picture and loss"), train),
            Hint(tr("Move η"), tr("Larger steps, until they overshoot"), self.knobs.rate.focus),
            Hint(
                tr("Draw points"),
                tr("Your own data, two to ten classes"),
                partial(self.data_choice.choose, "drawn"),
            ),
            Hint(tr("Follow a lesson"), tr("What to watch, then what it shows"), follow),
        )
        FirstSteps(hints, self.side_panel, self.controller, self.settings)

    def _restore(self) -> None:
        settings = self.settings
        if settings.is_kept and not settings.number(HAS_STARTED, 0, 1):
            self._guide()
        self.layout_memory.restore()
        for text in REMEMBERED:
            settings.text(text)  # read now, so that unreadable settings are reported together
        self.status.announce_with_next_task(settings.put_aside())
        self.controller.set_speed(self.run_bar.chosen_speed)

    # Start and end ------------------------------------------------------------------------------

    def start(self, config: RunConfig, *, play: bool = False, held: Held | None = None) -> None:
        """Create the views, load the config's data and start the threads; `play`: train at once.

        held : what another window held, to be shown instead.
        """
        self.views.start()
        Spoken(self.controller, self.stage, lambda: self.views.named)
        self.knobs.start(self.controller.background)
        context = self.views.context
        context.remarked.connect(self.status.remark)
        context.failed.connect(self.status.fail)
        context.gallery_wanted.connect(self.gallery.open)
        context.kind_wanted.connect(self.setup.wishes.change_kind)
        context.one_map_wanted.connect(self.setup.wishes.drop_hidden_layer)
        self.projects.start(context.kept)
        self.layout_memory.chosen = context.chosen
        wiring.start(self.lessons, self.views, self.controller, self.classroom)
        if held is None or not self.projects.resume(held):
            self.loader.load(config, play=play)
        self.controller.start()

    @property
    def is_at_rest(self) -> bool:
        """Whether all visible parts show the newest snapshot, and nothing is pending."""
        is_fetching = self.loader.fetcher.is_busy
        return not is_fetching and is_at_rest(self, self.controller, self.views.made)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        return self.panes.tab(+1 if is_next else -1) or super().focusNextPrevChild(is_next)

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.beside_menus.fit()
        if not self.appearance.is_changing:  # else they settle at its end
            self.columns.share(self.width())
        self.status_area.share()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.drops.enter(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.drops.drop(event)

    def _open_file(self, path: Path) -> None:
        data = self.csv, self.pictures, self.loader, self.lesson_opener.shelf
        openers.open_file(path, *data, self.setups, self.drops, self.status)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not (self.project_actions.may_close(self.closing) and self.closing.is_allowed()):
            self.controller.pause()  # leave the processor to the writes
            event.ignore()
            return
        self.presenter.turn(False)
        self.layout_memory.save(self.appearance.choice, self.lessons.own_speed)
        opened = self.csv, self.pictures, self.files, self.gallery, self.exports, self.classroom
        for part in (*opened, self.glossary):
            part.close()
        self.views.end_threads()
        self.loader.fetcher.close()
        self.controller.close(
            finish_writing=not self.controller.writes.is_busy
        )  # busy here: the user closed again to leave without the files
        super().closeEvent(event)
