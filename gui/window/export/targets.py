"""Where an export is written: the ending of the file's name says in which format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from core.language import tr
from gui.window.settings import Settings

FOLDER = "folder"  # setting: the folder used last


@dataclass(frozen=True)
class Format:
    """A format of files. ending : with its dot. words : for people, marked, as in “PNG picture”."""

    ending: str
    words: str

    @property
    def filter(self) -> str:
        return f"{tr(self.words)} (*{self.ending})"


def ask(
    parent: QWidget, settings: Settings, title: str, stem: str, formats: Sequence[Format]
) -> tuple[Path, Format] | None:
    """Ask where to write; None if the user cancels, or keeps a file that is there.

    A name without one of the endings gets that of the chosen format.
    """
    folder = Path(settings.text(FOLDER))
    text, chosen = QFileDialog.getSaveFileName(
        parent,
        title,
        str(folder / f"{stem}{formats[0].ending}"),
        ";;".join(each.filter for each in formats),
    )
    if not text:
        return None
    path = Path(text)
    settings.set(FOLDER, str(path.parent))
    named = next((each for each in formats if path.suffix.lower() == each.ending), None)
    if named is not None:
        return path, named
    wanted = next((each for each in formats if each.filter == chosen), formats[0])
    path = path.with_name(f"{path.name}{wanted.ending}")
    return (path, wanted) if not path.exists() or _may_replace(parent, path) else None


def _may_replace(parent: QWidget, path: Path) -> bool:
    """Ask whether to replace a file; the dialog asked about the name without its ending."""
    box = question(parent, path)
    box.exec()
    return box.buttonRole(box.clickedButton()) is QMessageBox.ButtonRole.AcceptRole


def question(parent: QWidget, path: Path) -> QMessageBox:
    """Return the dialog that asks whether to replace a file; Return alone keeps it."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Replace the file?"))
    box.setText(tr("{file} is there already. Replace it?", file=path.name))
    box.addButton(tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    return box
