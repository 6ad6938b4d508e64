"""Menu actions and keyboard shortcuts: one table, from which the list of keys is made too."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from core.language import LANGUAGES, current, tr
from gui.kit.fields.notches import notch_above, notch_below
from gui.window.help.about import show_about
from gui.window.help.introduction import show_family, show_help
from gui.window.help.keys import key_rows
from gui.window.look.language_choice import is_readable
from gui.window.look.theme_names import LABELS
from gui.window.menus.action import (
    COLOURS,
    DATA,
    EDIT,
    HALL,
    HELP,
    LANGUAGE,
    LESSONS,
    MENUS,
    RUN,
    STAGE,
    SUBMENUS,
    VIEW,
    ZOOM,
    Action,
    Window,
)
from gui.window.menus.files import of_files
from gui.window.view_registry import keys_of

WITH_CTRL = ("Ctrl++", "Ctrl+=", "Ctrl+-", "Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z")
REPEATED = {*"SBN[]+=-", "F6", "Shift+F6", *WITH_CTRL}  # act again and again while they are held


def table(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    """Return all actions, menu by menu.

    parent : parent of the QActions created here, and of the dialogs that actions open.
    """
    return (
        *of_files(window),
        *_of_edits(window, parent),
        *_of_data(window),
        *_of_runs(window, parent),
        *_of_views(window, parent),
        Action(LESSONS, tr("&Practice…"), window.lesson_opener.practise, is_apart=True),
        *_of_help(window, parent),
    )


def _of_edits(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    stack = window.controller.undo_stack
    setups = window.setups

    def paste() -> None:
        if not setups.paste():
            window.csv.paste()

    undo, redo = (
        stack.createUndoAction(parent, tr("&Undo")),
        stack.createRedoAction(parent, tr("&Redo")),
    )
    for action, words in ((undo, tr("Undo")), (redo, tr("Redo"))):
        action.setToolTip(words)  # Qt's default tip would interpret the command's text as HTML
    return (
        Action(
            EDIT,
            tr("&Undo"),
            undo,
            ("Ctrl+Z",),
            tr("undo a reset or a change of data, model or points"),
        ),
        Action(EDIT, tr("&Redo"), redo, ("Ctrl+Shift+Z", "Ctrl+Y"), tr("redo what was undone")),
        Action(EDIT, tr("&Paste"), paste, ("Ctrl+V",), tr("paste a table or a set-up"), True),
        Action(EDIT, tr("&Copy set-up"), setups.copy, is_apart=True),
        Action(EDIT, tr("Paste s&et-up"), setups.paste_or_say),
    )


def _of_data(window: Window) -> tuple[Action, ...]:
    choice = window.data_choice
    return (
        Action(DATA, tr("&Iris"), lambda: choice.choose("iris")),
        Action(DATA, tr("&Digits 8×8"), lambda: choice.choose("digits")),
        Action(DATA, tr("&MNIST"), lambda: choice.choose("mnist")),
        Action(DATA, tr("G&enres"), lambda: choice.choose("genres")),
        Action(DATA, tr("MNIST &folder…"), choice.choose_mnist_folder),
        Action(DATA, tr("Open a &table…"), window.csv.choose_file),
        Action(DATA, tr("I&nstalled"), choice.installed.menuAction()),
        Action(DATA, tr("Draw &points"), lambda: choice.choose("drawn")),
        Action(
            DATA, tr("&Generate points…"), window.gallery.open, ("Ctrl+G",), tr("generate points")
        ),
    )


def _of_runs(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    controller, bar, views = window.controller, window.run_bar, window.views

    def change_rate(beside: Callable[[float], float]) -> None:
        window.knobs.learning_rate.setValue(beside(controller.settings.learning_rate))

    def back() -> None:
        """Take a step back, or blank a slide: of the two keys for that, many clickers send this."""
        do = window.presenter.blank.toggle if window.presenter.is_on else controller.past.step_back
        do()

    compare = QAction(tr("&Compare devices"), parent)
    compare.setVisible(False)  # until two devices are known
    compare.triggered.connect(lambda _: controller.race_devices())
    controller.devices_changed.connect(lambda names: compare.setVisible(len(names) > 1))
    part = tr("a quarter of a step: forward, loss, gradient, update")
    rate, speed = tr("learning rate up and down one notch"), tr("faster and slower")
    kept = tr("keep this run, to compare others with it")
    return (
        Action(
            RUN, tr("&Train or pause"), controller.play_or_pause, ("Space",), tr("train or pause")
        ),
        Action(RUN, tr("&Step"), controller.step, ("S",), tr("one step")),
        Action(
            RUN,
            tr("Step &back"),
            back,
            ("B",),
            tr("one step back; in presenter mode, a black screen"),
        ),
        Action(RUN, tr("&Part of a step"), views.part_wanted.emit, ("N",), part),
        Action(RUN, tr("&Reset"), controller.reset, ("R",), tr("return to the same start")),
        Action(RUN, tr("Learning rate &up"), lambda: change_rate(notch_above), ("]",), rate, True),
        Action(RUN, tr("Learning rate &down"), lambda: change_rate(notch_below), ("[",), rate),
        Action(RUN, tr("&Faster"), lambda: bar.change_speed(+1), ("+", "="), speed),
        Action(RUN, tr("S&lower"), lambda: bar.change_speed(-1), ("-",), speed),
        Action(RUN, tr("&Keep this run"), views.keep_wanted.emit, ("K",), kept),
        Action(RUN, tr("Let the class &join…"), window.classroom.open, is_apart=True),
        Action(RUN, tr("&Compare devices"), compare, is_apart=True),
    )


def _of_tabs(window: Window) -> tuple[Action, ...]:
    stage, keys = window.stage, keys_of(window.stage.names)
    words = tr("the views of the stage, by their places")

    def row(name: str) -> Action:
        show, held = partial(stage.go_to, name), tuple(keys.get(name, ""))
        return Action(STAGE, tr(name), show, held, words, view=name)

    return tuple(map(row, stage.names))


def _of_themes(window: Window) -> tuple[Action, ...]:
    look = window.appearance
    return tuple(
        Action(COLOURS, tr(label), partial(look.choose, choice), is_chosen=choice == look.choice)
        for choice, label in LABELS.items()
    )


def _of_languages(window: Window) -> tuple[Action, ...]:
    choose, now = window.languages.choose, current()
    return tuple(
        Action(
            LANGUAGE,
            each.name if is_readable(code) else code,
            partial(choose, code),
            is_chosen=each == now,
        )
        for code, each in LANGUAGES.items()
    )


def _of_views(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    stage, look, views = window.stage, window.appearance, window.views
    log, covered = tr("logarithmic loss axis"), tr("cover the numbers, and reveal them again")
    views.covers.changed.connect(window.run_bar.cover)
    back = QAction(tr("&Back to all cards"), parent)
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

    size = tr("larger, smaller, and as large as at first")
    parts = tr("give the focus to the next part of the window, and to the one before")
    return (
        *_of_tabs(window),
        Action(VIEW, tr("Ne&xt part"), partial(window.panes.go, +1), ("F6",), parts),
        Action(VIEW, tr("Previ&ous part"), partial(window.panes.go, -1), ("Shift+F6",), parts),
        Action(ZOOM, tr("Zoom &in"), look.zoom_in, ("Ctrl++", "Ctrl+="), size),
        Action(ZOOM, tr("Zoom &out"), look.zoom_out, ("Ctrl+-",), size),
        Action(ZOOM, tr("&Actual size"), window.zoom.reset, ("Ctrl+0",), size),
        *_of_themes(window),
        *_of_languages(window),
        Action(VIEW, tr("Logarithmic &loss"), views.log_toggled.emit, ("L",), log, is_apart=True),
        Action(VIEW, tr("Co&ver numbers"), views.covers.toggle, ("H",), covered),
        Action(VIEW, tr("Split stage"), split, ("Ctrl+D",), tr("two views side by side, and back")),
        Action(
            VIEW, tr("&Present"), window.presenter.toggle, ("F5",), tr("presenter mode, and back")
        ),
        *_of_slides(window, parent),
        Action(VIEW, tr("&Back to all cards"), back, ("Esc",), tr("from an enlarged card to all")),
        Action(
            VIEW, tr("Fold the rai&l"), fold, ("Ctrl+B",), tr("fold the rail at the left, and back")
        ),
        Action(VIEW, tr("All &settings"), panel, ("Ctrl+,",), tr("all settings, and back")),
        Action(VIEW, tr("Restore la&yout"), window.layout_memory.reset),
        Action(VIEW, tr("&Full screen"), window.toggle_full_screen, ("F11",), tr("full screen")),
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

    pages = tr(
        "in presenter mode, the next and the last part, line, demonstration or step of a lesson"
    )
    turned = presenter.page_turned.emit
    rows = (
        (tr("&Next"), partial(turned, +1), "PgDown", pages),
        (tr("&Previous"), partial(turned, -1), "PgUp", pages),
        (tr("Black scree&n"), presenter.blank.toggle, ".", tr("in presenter mode, a black screen")),
        (
            tr("Spotli&ght"),
            presenter.spotlight.toggle,
            "P",
            tr("in presenter mode, a ring at the pointer"),
        ),
    )
    return tuple(Action(HALL, text, made(text, do), (key,), words) for text, do, key, words in rows)


def _of_help(window: Window, parent: QMainWindow) -> tuple[Action, ...]:
    return (
        Action(
            HELP,
            tr("What is &this?"),
            window.glossary.explain_focus,
            ("F1",),
            tr("what has the focus, explained in the glossary"),
        ),
        Action(
            HELP,
            tr("&Glossary…"),
            window.glossary.open,
            ("Ctrl+F1",),
            tr("the glossary of all terms"),
        ),
        Action(
            HELP,
            tr("&What can I do?"),
            partial(show_keys, window, parent),
            ("Shift+F1",),
            tr("help: what can be done, and all keys"),
        ),
        Action(HELP, tr("The &family of models"), lambda: show_family(parent)),
        Action(
            HELP, tr("&About Logit Lab"), partial(show_about, parent, window.controller.background)
        ),
    )


def show_keys(window: Window, parent: QMainWindow) -> None:
    """Show what can be done, and all keys."""
    show_help(parent, key_rows(window.action_rows))


def make_menus(window: Window, parent: QMainWindow) -> QMenu:
    """Fill the menu bar of a window; return the Lessons menu, which has no lessons yet."""
    menus = {title: parent.menuBar().addMenu(tr(title)) for title in MENUS}
    choices = dict[str, QActionGroup]()  # of each menu
    for row in window.action_rows:
        action = _made(row, parent)
        if row.menu not in menus:
            menus[row.menu] = menus[SUBMENUS[row.menu]].addMenu(tr(row.menu))
        if row.is_apart:
            menus[row.menu].addSeparator()
        menus[row.menu].addAction(action)
        parent.addAction(action)  # so that its keys work without the menu bar too
        if row.is_chosen is not None:
            action.setCheckable(True)
            action.setChecked(row.is_chosen)
            choices.setdefault(row.menu, QActionGroup(parent)).addAction(action)
        if row.view:
            window.stage.bind(row.view, action)
    menus[RUN].aboutToShow.connect(window.classroom.load)
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
