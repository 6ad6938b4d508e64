"""The entries of the File menu."""

from __future__ import annotations

from functools import partial

from core.exports.kinds import KINDS
from core.language import tr
from gui.window.menus.action import EXPORT, FILE, Action, Window


def of_files(window: Window) -> tuple[Action, ...]:
    files, projects = window.files, window.project_actions
    opened = tr(
        "open a project, a model, a lesson, a table or a picture, which can also be dropped"
    )
    saved = tr("save all that the window holds as a project: data, run and kept runs")
    picture = tr("save a picture of the window")
    return (
        Action(FILE, tr("&New"), projects.begin_anew, ("Ctrl+N",), tr("a new project")),
        Action(FILE, tr("&Open…"), projects.open, ("Ctrl+O",), opened),
        Action(FILE, tr("Open &recent"), projects.recent.menuAction()),
        Action(FILE, tr("&Save"), projects.save, ("Ctrl+S",), saved, is_apart=True),
        Action(
            FILE,
            tr("Save &as…"),
            projects.save_as,
            ("Ctrl+Shift+S",),
            tr("save under another name"),
        ),
        Action(FILE, tr("Save the &layout too"), projects.layout),
        Action(FILE, tr("Re&vert"), projects.revert),
        Action(FILE, tr("Open a &folder…"), window.pictures.choose_folder, is_apart=True),
        Action(FILE, tr("Open &lesson…"), window.lesson_opener.choose),
        Action(FILE, tr("Open &model…"), files.open_model, ("Ctrl+Shift+O",), tr("open a model")),
        Action(FILE, tr("Save mo&del…"), files.save_model, ("Ctrl+M",), tr("save the model")),
        Action(
            FILE,
            tr("Predict a &table…"),
            files.predict_table,
            ("Ctrl+T",),
            tr("predict the rows of a table, and write them with the answers"),
        ),
        Action(
            FILE, tr("&Export data…"), files.export_data, ("Ctrl+E",), tr("export the data as CSV")
        ),
        Action(FILE, tr("Export taught &digits…"), files.export_digits),
        *_of_exports(window),
        Action(FILE, tr("Save &picture…"), files.save_picture, ("Ctrl+P",), picture),
        Action(FILE, tr("&Quit"), window.close, ("Ctrl+Q",), tr("quit"), is_apart=True),
    )


def _of_exports(window: Window) -> tuple[Action, ...]:
    exports = window.exports  # its parts are made when they are wanted
    export, copy = (
        tr("export a view as SVG, PDF or PNG"),
        tr("copy the view on the stage as a picture"),
    )
    return (
        Action(EXPORT, tr("&Picture of a view…"), exports.open_picture, ("Ctrl+Shift+E",), export),
        Action(EXPORT, tr("&Copy as a picture"), exports.copy_picture, ("Ctrl+Shift+C",), copy),
        Action(EXPORT, tr("&Animation of the run…"), exports.open_animation),
        Action(EXPORT, tr("&Report…"), exports.make_report),
        *_of_run_exports(window),
    )


def _of_run_exports(window: Window) -> tuple[Action, ...]:
    """Return the kinds of files that the shown run can be written as."""
    first = next(iter(KINDS))
    return tuple(
        Action(
            EXPORT, tr(kind.title), partial(window.files.export_run, name), is_apart=name == first
        )
        for name, kind in KINDS.items()
    )
