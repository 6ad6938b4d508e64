"""The two ways of opening data of one's own, connected to what asks for them and shows them."""

from __future__ import annotations

from gui.window.opening.csv_opening import CsvOpener
from gui.window.opening.csv_reading import OpeningBar
from gui.window.opening.data_choice import DataChoice
from gui.window.opening.folder_opening import FolderOpener
from gui.window.status import StatusMessages


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
