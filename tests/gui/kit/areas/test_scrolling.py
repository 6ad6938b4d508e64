"""A scroll area stays where its reader is when its size or that of its type changes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

import gui
from gui.kit.areas.scrolling import EndKeeper, Scrolled, scrolled

SIZE = 300, 250
WORDS = "Many words, which take as many lines as the width and the size of the type leave them. "


class Text:
    """Paragraphs in a scroll area."""

    def __init__(self, show_view, qtbot) -> None:
        self.body, self.qtbot = QWidget(), qtbot
        column = QVBoxLayout(self.body)
        self.labels = [QLabel(f"{n}. {WORDS * (1 + n % 3)}") for n in range(12)]
        for label in self.labels:
            label.setWordWrap(True)
            column.addWidget(label)
        self.area = scrolled(self.body)
        show_view(self.area, *SIZE)
        self.bar = self.area.verticalScrollBar()
        qtbot.waitUntil(lambda: self.bar.maximum() > 500)

    def top_of(self, number: int) -> int:
        return self.labels[number].mapTo(self.area.viewport(), QPoint()).y()

    def scroll_to(self, number: int) -> None:
        self.bar.setValue(self.labels[number].y())
        assert self.top_of(number) == 0


@pytest.fixture
def text(show_view, qtbot):
    return Text(show_view, qtbot)


@pytest.fixture
def font(dressed):
    """The application's font, put back at the end."""
    before = dressed.font()
    yield dressed.font()
    dressed.setFont(before)


def test_what_is_at_the_top_stays_there_at_another_width_and_in_other_type(text, font, qtbot):
    text.scroll_to(3)
    for width in (620, 200, 300):
        text.area.resize(width, 250)
        qtbot.waitUntil(lambda: abs(text.top_of(3)) <= 1)
    for size in (15.0, 20.0, 10.0):
        font.setPointSizeF(size)
        QApplication.setFont(font)
        for label in text.labels:
            label.setFont(font)
        qtbot.waitUntil(lambda: abs(text.top_of(3)) <= 1)


def test_what_was_seen_is_seen_again_after_there_was_nothing_to_scroll(text, qtbot):
    text.scroll_to(5)
    text.area.resize(900, 1200)
    qtbot.waitUntil(lambda: text.bar.maximum() == 0)
    text.area.resize(*SIZE)
    qtbot.waitUntil(lambda: text.bar.maximum() > 0 and abs(text.top_of(5)) <= 1)


def test_what_is_added_or_hidden_above_moves_nothing(text, qtbot):
    text.scroll_to(6)
    text.labels[2].hide()
    qtbot.waitUntil(lambda: text.top_of(6) == 0 and text.labels[6].y() < text.labels[7].y())
    text.labels[2].show()
    text.labels[1].setText(WORDS * 9)
    qtbot.waitUntil(lambda: text.top_of(6) == 0)


def test_what_is_at_the_beginning_stays_at_the_beginning(text, qtbot):
    text.area.resize(200, 200)
    text.labels[0].setText(WORDS * 9)
    qtbot.waitUntil(lambda: text.labels[0].height() > 200)
    assert text.bar.value() == 0


def test_other_content_begins_at_its_beginning(text, qtbot):
    text.scroll_to(5)
    text.area.resize(900, 1200)
    qtbot.waitUntil(lambda: text.bar.maximum() == 0)
    text.area.begin()
    text.area.resize(*SIZE)
    qtbot.waitUntil(lambda: text.bar.maximum() > 0)
    QApplication.processEvents()
    assert text.bar.value() == 0


def test_the_end_is_followed_until_the_reader_scrolls(text, qtbot):
    text.area.follow_end()
    assert text.bar.value() == text.bar.maximum()
    before = text.bar.maximum()
    text.labels[-1].setText(WORDS * 9)
    qtbot.waitUntil(lambda: text.bar.maximum() > before)
    qtbot.waitUntil(lambda: text.bar.value() == text.bar.maximum())
    text.scroll_to(3)
    text.labels[-1].setText(WORDS * 20)
    qtbot.waitUntil(lambda: text.labels[-1].height() > 500)
    QApplication.processEvents()
    assert text.top_of(3) == 0


@pytest.mark.parametrize(("at", "then"), [(-1, "end"), (30, 30)])
def test_what_is_scrolled_to_its_end_stays_there_when_it_becomes_lower(show_view, at, then):
    area, content = EndKeeper(), QWidget()
    content.setFixedHeight(500)
    area.setWidget(content)
    show_view(area, 300, 300)
    bar = area.verticalScrollBar()
    bar.setValue(at if at >= 0 else bar.maximum())
    area.resize(300, 250)
    assert bar.value() == (bar.maximum() if then == "end" else then)


def test_every_scroll_area_of_the_program_is_one_of_these():
    assert gui.__file__ is not None
    folder = Path(gui.__file__).parent
    makers = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "QScrollArea")
        or (isinstance(node, ast.ClassDef) and "QScrollArea" in map(ast.unparse, node.bases))
    }
    assert makers == {"kit/areas/scrolling.py"}
    assert issubclass(EndKeeper, Scrolled)
