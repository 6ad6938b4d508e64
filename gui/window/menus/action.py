"""The menus by name, and what one entry is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QAction

from core.language import mark
from gui.control.run_controller import RunController
from gui.setup.knobs_row import KnobsRow
from gui.window.classroom.opening import ClassroomOpener
from gui.window.columns import Columns
from gui.window.export.exports import Exports
from gui.window.file_actions import FileActions
from gui.window.glossary.opener import GlossaryOpener
from gui.window.layout_memory import LayoutMemory
from gui.window.lesson.opener import LessonOpener
from gui.window.look.language_choice import LanguageChoice
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

# Keys, translated where a menu is made.
FILE, EDIT, DATA, RUN, VIEW = (
    mark("&File"),
    mark("&Edit"),
    mark("&Data"),
    mark("&Run"),
    mark("&View"),
)
LESSONS, HELP = mark("Le&ssons"), mark("&Help")  # lesson.menu adds lessons to the former
MENUS = (FILE, EDIT, DATA, RUN, VIEW, LESSONS, HELP)
EXPORT = mark("E&xport")
STAGE, ZOOM, COLOURS, HALL = (
    mark("On the &stage"),
    mark("&Zoom"),
    mark("&Colours"),
    mark("In a &hall"),
)
LANGUAGE = mark("Lan&guage")
SUBMENUS = {  # the menu of each
    EXPORT: FILE,
    **dict.fromkeys((STAGE, ZOOM, COLOURS, LANGUAGE, HALL), VIEW),
}


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

    menu : one of MENUS or SUBMENUS; text : translated label, with & before its mnemonic.
    slot : function to call, or an existing QAction.
    keys : keyboard shortcuts; help : their description in the list of keys, where entries with
        the same help share one row.
    is_apart : whether a separator precedes it.
    is_chosen : for one of several exclusive entries, whether it is checked; None for others.
    view : name of the view of the stage that it shows.
    """

    menu: str
    text: str
    slot: Callable[[], object] | QAction
    keys: tuple[str, ...] = ()
    help: str = ""
    is_apart: bool = False
    is_chosen: bool | None = None
    view: str = ""
