"""Settings stored between starts. The file is not trusted: the program starts with any content.

A value of an invalid type or range counts as absent. This is reported once; a copy of the file is
kept beside it.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QFileInfo, QSettings
from PySide6.QtWidgets import QSplitter, QWidget

from core.errors import SaveError
from core.files import writing_bytes
from core.language import in_a_row, tr

ASIDE = "unreadable"  # suffix of the copy's name


class Settings:
    """Texts, numbers and layouts by name, in a file or, without one, in memory only.

    file : where they are stored; None: not stored, and empty at first.
    """

    def __init__(self, file: QSettings | None) -> None:
        self._file = file
        self._memory: dict[str, object] = {}
        self._refused: list[str] = []
        self._is_garbled = file is not None and _is_garbled(file)

    @property
    def is_kept(self) -> bool:
        """Whether settings persist until the next start."""
        return self._file is not None

    def text(self, name: str) -> str:
        """Return a text, "" if absent or invalid."""
        value = self._value(name)
        if value is None or (isinstance(value, str) and "\0" not in value):
            return value or ""
        self.refuse(name)
        return ""

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """Return one of the choices; the first if absent or invalid."""
        value = self._value(name)
        if isinstance(value, str) and value in choices:
            return value
        if value is not None:
            self.refuse(name)
        return choices[0]

    def number(self, name: str, default: int, most: int) -> int:
        """Return an integer in 0 … most; the default if absent or invalid."""
        value = self._value(name)
        if value is None:
            return default
        if isinstance(value, int | str) and not isinstance(value, bool):
            digits = str(value)
            if digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) <= most:
                return int(digits)
        self.refuse(name)
        return default

    def restore_place(self, name: str, window: QWidget) -> bool:
        """Restore a window's geometry; return whether one was stored that fits.

        Qt takes none of a screen that is a quarter wider or narrower, which is no fault of the file
        but a projector that was connected since.
        """
        state = self._state(name)
        return state is not None and window.restoreGeometry(state)

    def restore_shares(self, name: str, splitter: QSplitter) -> bool:
        """Restore the sizes in a splitter; return whether they were stored and valid.

        A state with another orientation, collapsibility or opaque resizing is refused; the handle
        width stays the program's.
        """
        state = self._state(name)
        if state is None:
            return False
        own = splitter.saveState()
        kept = splitter.orientation(), splitter.childrenCollapsible(), splitter.opaqueResize()
        width = splitter.handleWidth()
        is_taken = splitter.restoreState(state)
        is_ours = is_taken and kept == (
            splitter.orientation(),
            splitter.childrenCollapsible(),
            splitter.opaqueResize(),
        )
        if not is_ours:
            splitter.restoreState(own)
        splitter.setHandleWidth(width)
        return self._took(name, is_ours)

    def set(self, name: str, value: object) -> None:
        if self._file is None:
            self._memory[name] = value
        else:
            self._file.setValue(name, value)

    def remove(self, name: str) -> None:
        self._memory.pop(name, None)
        if self._file is not None:
            self._file.remove(name)

    def save(self) -> None:
        if self._file is not None:
            self._file.sync()

    def put_aside(self) -> str:
        """Copy a file with unreadable settings and remove these; return a message, "" if none."""
        if self._file is None or not (self._refused or self._is_garbled):
            return ""
        names = (
            tr("the file is damaged")
            if self._is_garbled
            else ", ".join(dict.fromkeys(self._refused))
        )
        kept = _keep_beside(Path(self._file.fileName()))
        if self._is_garbled:
            self._file.clear()
        for name in self._refused:
            self._file.remove(name)
        self._refused.clear()
        self._is_garbled = False
        told = tr("Some settings could not be read ({names}) and are as at first.", names=names)
        return in_a_row(told, tr("The old file is kept as {file}.", file=kept)) if kept else told

    def _value(self, name: str) -> object:
        if self._file is None:
            return self._memory.get(name)
        try:
            value: object = self._file.value(name)
        except Exception:  # PySide may raise anything for a value of an unknown type
            self.refuse(name)
            return None
        return value

    def _state(self, name: str) -> QByteArray | None:
        value = self._value(name)
        if value is None or isinstance(value, QByteArray):
            return value
        self.refuse(name)
        return None

    def _took(self, name: str, is_taken: bool) -> bool:
        if not is_taken:
            self.refuse(name)
        return is_taken

    def refuse(self, name: str) -> None:
        """Record that this setting cannot be used."""
        self._refused.append(name)


def _is_garbled(file: QSettings) -> bool:
    """Return whether the file is damaged: Qt would read what it can and overwrite all of it."""
    names = file.allKeys()
    has_content = QFileInfo(file.fileName()).size() > 0
    return (
        file.status() is QSettings.Status.FormatError
        or not all(name.isidentifier() for name in names)  # as all names of the program are
        or (has_content and not names)
    )


def _keep_beside(path: Path) -> Path | None:
    """Copy a settings file to a free name, or return an equal copy; None if that is impossible."""
    number = 1
    try:
        content = path.read_bytes()
        while (kept := path.with_name(f"{path.name}.{ASIDE}-{number}")).exists():
            if kept.read_bytes() == content:
                return kept
            number += 1
        with writing_bytes(kept) as file:
            file.write(content)
    except (OSError, SaveError):  # a registry instead of a file, or a full disk
        return None
    return kept
