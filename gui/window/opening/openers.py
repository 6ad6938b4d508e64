"""The ways of opening what is a user's own, connected to what asks for it and shows it."""

from __future__ import annotations

from pathlib import Path

from core.language import mark, tr
from core.library.file_kind import kind_of
from gui.control.data_loader import DataLoader
from gui.window.lesson.shelf import Shelf
from gui.window.opening.csv_opening import CsvOpener
from gui.window.opening.csv_reading import OpeningBar
from gui.window.opening.data_choice import DataChoice
from gui.window.opening.dropping import Drops
from gui.window.opening.folder_opening import FolderOpener
from gui.window.project.setup_actions import SetupActions
from gui.window.status import StatusMessages

PLAN = mark(
    "{file} is the plan of a sweep: train it in the terminal, by “sweep” and its name. What "
    "comes of it is a project, which opens here."
)


def connect(
    csv: CsvOpener,
    pictures: FolderOpener,
    choice: DataChoice,
    bar: OpeningBar,
    status: StatusMessages,
) -> None:
    """Connect the openers to the choice of data, the bar of progress and the messages."""
    choice.file_wanted.connect(csv.choose_file)
    choice.pictures_wanted.connect(pictures.choose_folder)
    pictures.idx_found.connect(choice.folder_chosen)
    for opener in (csv, pictures):
        opener.progressed.connect(bar.show_progress)
        bar.cancelled.connect(opener.call_off)
        opener.remarked.connect(status.remark)
        opener.failed.connect(status.fail)


def open_file(
    path: Path,
    tables: CsvOpener,
    folders: FolderOpener,
    models: DataLoader,
    lessons: Shelf,
    setups: SetupActions,
    pictures: Drops,
    status: StatusMessages,
) -> None:
    """Open what is no project by what it holds: what is nothing else is read as a table."""
    match kind_of(path):
        case "folder":
            folders.open_folder(path)
        case "model":
            models.open_model(path)
        case "lesson":
            lessons.open(path)
        case "sweep":
            status.fail(tr(PLAN, file=path.name))
        case "set-up":
            setups.open_file(path)
        case "picture":
            pictures.take_picture(path)
        case _:
            tables.open_file(path)
