"""Menu actions and keyboard shortcuts: one table, from which the list of keys is made too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from core.exports.kinds import KINDS
from core.language import LANGUAGES, current
from gui.control.run_controller import RunController
from gui.kit.fields.notches import notch_above, notch_below
from gui.setup.knobs_row import KnobsRow
from gui.window.classroom.opening import ClassroomOpener
from gui.window.columns import Columns
from gui.window.export.exports import Exports
from gui.window.file_actions import FileActions
from gui.window.glossary.opener import GlossaryOpener
from gui.window.help.about import show_about
from gui.window.help.introduction import show_family, show_help
from gui.window.help.keys import key_rows
from gui.window.layout_memory import LayoutMemory
from gui.window.lesson.opener import LessonOpener
from gui.window.look.language_choice import LanguageChoice
from gui.window.look.theme_names import LABELS
from gui.window.look.theming import Appearance
from gui.window.look.zoom_memory import ZoomMemory
from gui.window.opening.csv_opening import CsvOpener
from gui.window.opening.data_choice import DataChoice
from gui.window.opening.folder_opening import FolderOpener
from gui.window.opening.gallery_opening import GalleryOpener
from gui.window.panes import Panes
from gui.window.presenter import Presenter
from gui.window.project.project_actions import ProjectActions
from gui.window.project.setup_actions import SetupActions
from gui.window.rail import Rail
from gui.window.run_bar import RunBar
from gui.window.stage.stage import Stage
from gui.window.view_factory import ViewFactory
from gui.window.view_registry import keys_of

FILE, EDIT, DATA, RUN, VIEW = "&File", "&Edit", "&Data", "&Run", "&View"
LESSONS, HELP = "Le&ssons", "&Help"  # lesson.menu adds lessons to the former
MENUS = (FILE, EDIT, DATA, RUN, VIEW, LESSONS, HELP)
EXPORT = "E&xport"
STAGE, ZOOM, COLOURS, HALL = "On the &stage", "&Zoom", "&Colours", "In a &hall"
LANGUAGE = "Lan&guage"
SUBMENUS = {
    EXPORT: FILE,
    **dict.fromkeys((STAGE, ZOOM, COLOURS, LANGUAGE, HALL), VIEW),
}  # the menu of each
WITH_CTRL = ("Ctrl++", "Ctrl+=", "Ctrl+-", "Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z")
REPEATED = {*"SBN[]+=-", "F6", "Shift+F6", *WITH_CTRL}  # act again and again while they are held


class Window(Protocol):
    """The parts of the window that actions use."""

    controller: RunController
    files: FileActions
    lesson_opener: LessonOpener
    project_actions: ProjectActions
    setups: SetupActions
    layout_memory: LayoutMemory
    exports: Exports
    csv: CsvOpener
    pictures: FolderOpener
    data_choice: DataChoice
    gallery: GalleryOpener
    classroom: ClassroomOpener
    run_bar: RunBar
    stage: Stage
    views: ViewFactory
    columns: Columns
    rail: Rail
    knobs: KnobsRow
    presenter: Presenter
    panes: Panes
    zoom: ZoomMemory
    appearance: Appearance
    languages: LanguageChoice
    glossary: GlossaryOpener
    action_rows: tuple[Action, ...]

    def close(self) -> bool: ...
    def toggle_full_screen(self) -> None: ...


@dataclass(frozen=True)
class Action:
    """An entry of a menu.

    menu : one of MENUS or SUBMENUS; text : label, with & before its mnemonic.
    slot : function to call, or an existing QAction.
    keys : keyboard shortcuts; help : their description in the list of keys, where entries with
        the same help share one row.
    is_apart : whether a separator precedes it.
    is_chosen : for one of several exclusive entries, whether it is checked; None for others.
    """

    menu: str
    text: str
    slot: Callable[[], object] | QAction
    keys: tuple[str, ...] = ()
    help: str = ""
    is_apart: bool = False
    is_chosen: bool | None = None


def table(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    """Return all actions, menu by menu.

    parent : parent of the QActions created here, and of the dialogs that actions open.
    """
    return (
        *_of_files(window),
        *_of_edits(window, parent),
        *_of_data(window),
        *_of_runs(window, parent),
        *_of_views(window, parent),
        Action(LESSONS, "&Practice…", window.lesson_opener.practise, is_apart=True),
        *_of_help(window, parent),
    )


def _of_files(window: Window) -> tuple[Action, ...]:
    files, projects = window.files, window.project_actions
    opened = "open a project, a model, a lesson, a table or a picture, which can also be dropped"
    saved = "save all that the window holds as a project: data, run and kept runs"
    picture = "save a picture of the window"
    return (
        Action(FILE, "&New", projects.begin_anew, ("Ctrl+N",), "a new project"),
        Action(FILE, "&Open…", projects.open, ("Ctrl+O",), opened),
        Action(FILE, "Open &recent", projects.recent.menuAction()),
        Action(FILE, "&Save", projects.save, ("Ctrl+S",), saved, is_apart=True),
        Action(FILE, "Save &as…", projects.save_as, ("Ctrl+Shift+S",), "save under another name"),
        Action(FILE, "Save the &layout too", projects.layout),
        Action(FILE, "Re&vert", projects.revert),
        Action(FILE, "Open a &folder…", window.pictures.choose_folder, is_apart=True),
        Action(FILE, "Open &lesson…", window.lesson_opener.choose),
        Action(FILE, "Open &model…", files.open_model, ("Ctrl+Shift+O",), "open a model"),
        Action(FILE, "Save mo&del…", files.save_model, ("Ctrl+M",), "save the model"),
        Action(
            FILE,
            "Predict a &table…",
            files.predict_table,
            ("Ctrl+T",),
            "predict the rows of a table, and write them with the answers",
        ),
        Action(FILE, "&Export data…", files.export_data, ("Ctrl+E",), "export the data as CSV"),
        Action(FILE, "Export taught &digits…", files.export_digits),
        *_of_exports(window),
        Action(FILE, "Save &picture…", files.save_picture, ("Ctrl+P",), picture),
        Action(FILE, "&Quit", window.close, ("Ctrl+Q",), "quit", is_apart=True),
    )


def _of_exports(window: Window) -> tuple[Action, ...]:
    exports = window.exports  # its parts are made when they are wanted
    export, copy = "export a view as SVG, PDF or PNG", "copy the view on the stage as a picture"
    return (
        Action(EXPORT, "&Picture of a view…", exports.open_picture, ("Ctrl+Shift+E",), export),
        Action(EXPORT, "&Copy as a picture", exports.copy_picture, ("Ctrl+Shift+C",), copy),
        Action(EXPORT, "&Animation of the run…", exports.open_animation),
        Action(EXPORT, "&Report…", exports.make_report),
        *_of_run_exports(window),
    )


def _of_run_exports(window: Window) -> tuple[Action, ...]:
    """Return the kinds of files that the shown run can be written as."""
    first = next(iter(KINDS))
    return tuple(
        Action(EXPORT, kind.title, partial(window.files.export_run, name), is_apart=name == first)
        for name, kind in KINDS.items()
    )


def _of_edits(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    stack = window.controller.undo_stack
    setups = window.setups

    def paste() -> None:
        if not setups.paste():
            window.csv.paste()

    undo, redo = stack.createUndoAction(parent, "&Undo"), stack.createRedoAction(parent, "&Redo")
    for action, words in ((undo, "Undo"), (redo, "Redo")):
        action.setToolTip(words)  # Qt's default tip would interpret the command's text as HTML
    return (
        Action(
            EDIT, "&Undo", undo, ("Ctrl+Z",), "undo a reset or a change of data, model or points"
        ),
        Action(EDIT, "&Redo", redo, ("Ctrl+Shift+Z", "Ctrl+Y"), "redo what was undone"),
        Action(EDIT, "&Paste", paste, ("Ctrl+V",), "paste a table or a set-up", True),
        Action(EDIT, "&Copy set-up", setups.copy, is_apart=True),
        Action(EDIT, "Paste s&et-up", setups.paste_or_say),
    )


def _of_data(window: Window) -> tuple[Action, ...]:
    choice = window.data_choice
    return (
        Action(DATA, "&Iris", lambda: choice.choose("iris")),
        Action(DATA, "&Digits 8×8", lambda: choice.choose("digits")),
        Action(DATA, "&MNIST", lambda: choice.choose("mnist")),
        Action(DATA, "G&enres", lambda: choice.choose("genres")),
        Action(DATA, "MNIST &folder…", choice.choose_mnist_folder),
        Action(DATA, "Open a &table…", window.csv.choose_file),
        Action(DATA, "I&nstalled", choice.installed.menuAction()),
        Action(DATA, "Draw &points", lambda: choice.choose("drawn")),
        Action(DATA, "&Generate points…", window.gallery.open, ("Ctrl+G",), "generate points"),
    )


def _of_runs(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    controller, bar, views = window.controller, window.run_bar, window.views

    def change_rate(beside: Callable[[float], float]) -> None:
        window.knobs.learning_rate.setValue(beside(controller.settings.learning_rate))

    compare = QAction("&Compare devices", parent)
    compare.setVisible(False)  # until two devices are known
    compare.triggered.connect(lambda _: controller.race_devices())
    controller.devices_changed.connect(lambda names: compare.setVisible(len(names) > 1))
    part = "a quarter of a step: forward, loss, gradient, update"
    rate, speed = "learning rate up and down one notch", "faster and slower"
    kept = "keep this run, to compare others with it"
    return (
        Action(RUN, "&Train or pause", controller.play_or_pause, ("Space",), "train or pause"),
        Action(RUN, "&Step", controller.step, ("S",), "one step"),
        Action(RUN, "Step &back", controller.past.step_back, ("B",), "one step back"),
        Action(RUN, "&Part of a step", views.part_wanted.emit, ("N",), part),
        Action(RUN, "&Reset", controller.reset, ("R",), "return to the same start"),
        Action(RUN, "Learning rate &up", lambda: change_rate(notch_above), ("]",), rate, True),
        Action(RUN, "Learning rate &down", lambda: change_rate(notch_below), ("[",), rate),
        Action(RUN, "&Faster", lambda: bar.change_speed(+1), ("+", "="), speed),
        Action(RUN, "S&lower", lambda: bar.change_speed(-1), ("-",), speed),
        Action(RUN, "&Keep this run", views.keep_wanted.emit, ("K",), kept),
        Action(RUN, "Let the class &join…", window.classroom.open, is_apart=True),
        Action(RUN, "&Compare devices", compare, is_apart=True),
    )


def _of_views(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    stage, look, views = window.stage, window.appearance, window.views
    keys, views_by_key = keys_of(stage.names), "the views of the stage, by their places"
    tabs = (
        Action(STAGE, name, partial(stage.go_to, name), tuple(keys.get(name, "")), views_by_key)
        for name in stage.names
    )
    themes = (
        Action(COLOURS, label, partial(look.choose, choice), is_chosen=choice == look.choice)
        for choice, label in LABELS.items()
    )
    spoken = (
        Action(LANGUAGE, each.name, partial(window.languages.choose, code), is_chosen=each == now)
        for now in (current(),)
        for code, each in LANGUAGES.items()
    )
    log, covered = "logarithmic loss axis", "cover the numbers, and reveal them again"
    views.covers.changed.connect(window.run_bar.cover)
    back = QAction("&Back to all cards", parent)
    back.setEnabled(False)

    def go_back(_: bool) -> None:
        if not window.columns.enlarge(None):
            window.presenter.turn(False)

    back.triggered.connect(go_back)
    columns, presenter = window.columns, window.presenter

    def split() -> None:
        stage.split(not stage.is_split)

    fold, panel = window.rail.fold_button.click, window.knobs.settings_button.click
    for changed in (columns.enlarged_changed, presenter.changed):
        changed.connect(lambda _: back.setEnabled(columns.is_enlarged or presenter.is_on))

    size = "larger, smaller, and as large as at first"
    parts = "give the focus to the next part of the window, and to the one before"
    return (
        *tabs,
        Action(VIEW, "Ne&xt part", partial(window.panes.go, +1), ("F6",), parts),
        Action(VIEW, "Previ&ous part", partial(window.panes.go, -1), ("Shift+F6",), parts),
        Action(ZOOM, "Zoom &in", look.zoom_in, ("Ctrl++", "Ctrl+="), size),
        Action(ZOOM, "Zoom &out", look.zoom_out, ("Ctrl+-",), size),
        Action(ZOOM, "&Actual size", window.zoom.reset, ("Ctrl+0",), size),
        *themes,
        *spoken,
        Action(VIEW, "Logarithmic &loss", views.log_toggled.emit, ("L",), log, is_apart=True),
        Action(VIEW, "Co&ver numbers", views.covers.toggle, ("H",), covered),
        Action(VIEW, "Split stage", split, ("Ctrl+D",), "two views side by side, and back"),
        Action(VIEW, "&Present", window.presenter.toggle, ("F5",), "presenter mode, and back"),
        *_of_slides(window, parent),
        Action(VIEW, "&Back to all cards", back, ("Esc",), "from an enlarged card to all"),
        Action(VIEW, "Fold the rai&l", fold, ("Ctrl+B",), "fold the rail at the left, and back"),
        Action(VIEW, "All &settings", panel, ("Ctrl+,",), "all settings, and back"),
        Action(VIEW, "Restore la&yout", window.layout_memory.reset),
        Action(VIEW, "&Full screen", window.toggle_full_screen, ("F11",), "full screen"),
    )


def _of_slides(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    """Return the actions that are enabled in presenter mode only."""
    presenter = window.presenter

    def made(text: str, do: Callable[[], object]) -> QAction:
        action = QAction(text, parent)
        action.setEnabled(False)
        action.triggered.connect(lambda _: do())
        presenter.changed.connect(action.setEnabled)
        return action

    pages = "in presenter mode, the next and the last part, line, demonstration or step of a lesson"
    turned = presenter.page_turned.emit
    rows = (
        ("&Next", partial(turned, +1), "PgDown", pages),
        ("&Previous", partial(turned, -1), "PgUp", pages),
        ("Black scree&n", presenter.blank.toggle, ".", "in presenter mode, a black screen"),
        ("Spotli&ght", presenter.spotlight.toggle, "P", "in presenter mode, a ring at the pointer"),
    )
    return tuple(Action(HALL, text, made(text, do), (key,), words) for text, do, key, words in rows)


def _of_help(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    return (
        Action(
            HELP,
            "What is &this?",
            window.glossary.explain_focus,
            ("F1",),
            "what has the focus, explained in the glossary",
        ),
        Action(HELP, "&Glossary…", window.glossary.open, ("Ctrl+F1",), "the glossary of all terms"),
        Action(
            HELP,
            "&What can I do?",
            partial(show_keys, window, parent),
            ("Shift+F1",),
            "help: what can be done, and all keys",
        ),
        Action(HELP, "The &family of models", lambda: show_family(parent)),
        Action(HELP, "&About Logit Lab", partial(show_about, parent, window.controller.background)),
    )


def show_keys(window: Window, parent: QMainWindow) -> None:
    """Show what can be done, and all keys."""
    show_help(parent, key_rows(window.action_rows))


def make_menus(window: Window, parent: QMainWindow) -> QMenu:
    """Fill the menu bar of a window; return the Lessons menu, which has no lessons yet."""
    menus = {title: parent.menuBar().addMenu(title) for title in MENUS}
    choices = dict[str, QActionGroup]()  # of each menu
    for row in window.action_rows:
        action = _made(row, parent)
        if row.menu not in menus:
            menus[row.menu] = menus[SUBMENUS[row.menu]].addMenu(row.menu)
        if row.is_apart:
            menus[row.menu].addSeparator()
        menus[row.menu].addAction(action)
        parent.addAction(action)  # so that its keys work without the menu bar too
        if row.is_chosen is not None:
            action.setCheckable(True)
            action.setChecked(row.is_chosen)
            choices.setdefault(row.menu, QActionGroup(parent)).addAction(action)
        if row.text in window.stage.names:
            window.stage.bind(row.text, action)
    return menus[LESSONS]


def _made(row: Action, parent: QMainWindow) -> QAction:
    if isinstance(row.slot, QAction):
        action = row.slot
    else:
        action = QAction(row.text, parent)
        action.triggered.connect(lambda _=False, slot=row.slot: slot())
    action.setShortcuts([QKeySequence(key) for key in row.keys])
    action.setAutoRepeat(not REPEATED.isdisjoint(row.keys))
    return action
