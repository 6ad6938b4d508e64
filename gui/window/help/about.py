"""What the program is, and the licences of everything that it is made of."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.resources import files

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

import assets
from core import VERSION
from core.language import mark, tr
from core.licences import Package, packages
from gui.kit import zoom
from gui.kit.areas.grips import Gripped
from gui.state.background_tasks import Background, Queue

KEY = "licences"
SIZE = 720, 560  # px
NO_TEXT = mark("The package brings no text of its licence.")


class About(QDialog):
    """Version and sources; below them a list of packages beside the licence of the chosen one."""

    def __init__(self, parent: QWidget, background: Background) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Logit Lab"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._texts: list[Callable[[], str]] = []
        self._list = QListWidget()
        self._list.setAccessibleName(tr("licences of"))
        self._list.setToolTip(tr("What the program is made of; choose one to read its licence"))
        self._licence = QPlainTextEdit()
        self._licence.setReadOnly(True)
        self._licence.setProperty("reached", True)
        self._licence.setTabChangesFocus(True)
        self._licence.setAccessibleName(tr("licence"))
        self._licence.setToolTip(tr("The licence of what is chosen at the left"))
        beside = Gripped(Qt.Orientation.Horizontal)
        beside.addWidget(self._list)
        beside.addWidget(self._licence)
        for part, stretch in ((0, 2), (1, 5)):
            beside.setStretchFactor(part, stretch)
        beside.setChildrenCollapsible(False)
        beside.restored.connect(beside.share_by_stretch)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(_words(f"<b>Logit Lab {VERSION}</b>"))
        layout.addWidget(_words(tr("See logistic and softmax regression learn.")))
        layout.addWidget(_words(_versions()))
        layout.addWidget(beside, 1)
        layout.addWidget(close)
        grip = beside.handle(1)
        self.setTabOrder(self._list, grip)
        self.setTabOrder(grip, self._licence)
        self._fill(background)
        self.resize(QSize(zoom.px(SIZE[0]), zoom.px(SIZE[1])).boundedTo(parent.size()))

    def _fill(self, background: Background) -> None:
        self._add("Logit Lab — MIT", _own("../LICENSE"))
        self._add(tr("data, fonts, pictures"), _own("SOURCES.md"))
        for name in ("Inter", "Symbols"):
            self._add(tr("font {name}", name=name), _own(f"fonts/{name}-LICENSE.txt"))
        self._list.currentRowChanged.connect(self._show)
        self._list.setCurrentRow(0)
        background.ask(KEY, packages, self._take, queue=Queue.TABLES)

    def _add(self, name: str, text: str) -> None:
        if text:  # an installed package has its licence among the others
            self._list.addItem(name)
            self._texts.append(lambda: text)

    def _take(self, found: list[Package]) -> None:
        for package in found:
            self._list.addItem(f"{package.name} {package.version} — {package.licence}")
            self._texts.append(package.text)

    def _show(self, row: int) -> None:
        self._licence.setPlainText(self._texts[row]() or tr(NO_TEXT))


def show_about(parent: QWidget, background: Background) -> None:
    """Show the dialog; the packages follow, as their files are looked for."""
    about = About(parent, background)
    about.destroyed.connect(lambda: background.forget(KEY))
    about.show()


def _versions() -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    return tr(
        "{versions}. What it is made of, with licences:",
        versions=f"Python {python}, Qt {qVersion()}",
    )


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def _own(name: str) -> str:
    """Return a file beside the program's assets, "" where it was left out."""
    file = files(assets).joinpath(name)
    return file.read_text(encoding="utf-8") if file.is_file() else ""
