"""About: what the program is made of, with licences."""

from __future__ import annotations

from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPlainTextEdit, QWidget

from core import VERSION
from gui.window.help.about import About

WAIT_MS = 30_000


def test_about_names_the_version_and_reads_the_licence_of_each_package(qtbot, background, words):
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(900, 700)
    about = About(host, background)
    about.show()
    assert VERSION in words(about)
    names, licence = about.findChild(QListWidget), about.findChild(QPlainTextEdit)
    assert names is not None
    assert licence is not None

    def is_filled() -> bool:
        background.poll()
        return any(row.startswith("numpy ") for row in rows(names))

    qtbot.waitUntil(is_filled, timeout=WAIT_MS)
    assert "MIT" in licence.toPlainText()
    (numpy,) = (row for row in rows(names) if row.startswith("numpy "))
    while names.currentItem().text() != numpy:
        qtbot.keyClick(names, Qt.Key.Key_Down)
    assert metadata.version("numpy") in numpy
    assert "NumPy Developers" in licence.toPlainText()
    qtbot.keyClick(about, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not host.findChildren(About))


def rows(names: QListWidget) -> list[str]:
    return [names.item(k).text() for k in range(names.count())]
