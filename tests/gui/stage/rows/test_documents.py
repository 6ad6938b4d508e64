"""Rows that are documents: how each begins, and the whole text of the chosen one."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt

from core.config import DataConfig, RunConfig
from core.data.dataset import Dataset
from core.data.task import prepare
from core.data.text.documents import Documents, no_features
from gui.kit import theme as look
from gui.kit.plain_text import beginning, paragraphs
from gui.kit.row_table import DocumentPane
from gui.stage.rows.model import LOSS
from gui.stage.rows.view import DataView
from gui.state.background_tasks import Background

TEXT = LOSS + 1
HOSTILE = (
    "<b>bold</b> & <img src=x>\n\nsecond  line",
    "a\x00b \ud800 alone \u202eturned",
    "火星 🚀 قصة",
    "",
    "word " * 200_000,
)


def documents_of(texts, classes=2) -> Dataset:
    return Dataset(
        name="Texts",
        X=no_features(len(texts)),
        y=np.arange(len(texts)) % classes,
        feature_names=(),
        class_names=tuple("ABCDEFGH"[:classes]),
        documents=Documents(tuple(texts)),
    )


@pytest.fixture
def view(show_view):
    """The rows of a data set of hostile texts, each of which is there twice."""
    config = RunConfig(data=DataConfig("genres", test_fraction=0.0))
    task = prepare(documents_of(HOSTILE * 2), config)
    background = Background()
    view = DataView(look.LIGHT, background)
    show_view(view, 700, 600)
    view.receive_task(task)
    yield view
    background.close()


def test_each_row_shows_in_one_line_how_its_document_begins(view):
    shown = [view.model.index(row, TEXT).data() for row in range(len(HOSTILE))]
    assert shown[0] == "<b>bold</b> & <img src=x> second line"
    assert shown[1] == "a‹U+0000›b � alone ‹U+202E›turned"
    assert shown[2:4] == ["火星 🚀 قصة", ""]
    assert shown[4].endswith("word…") and len(shown[4]) < 200


def test_a_click_shows_the_whole_text_as_it_is(qtbot, view):
    for row in (0, 1):
        place = view.table.visualRect(view.model.index(row, 0)).center()
        qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        whole = HOSTILE[row].replace("\ud800", "\ufffd")  # no half of a character is kept
        assert view.document.toPlainText() == paragraphs(whole)
    view.choose_row(0)
    assert view.document.toPlainText() == HOSTILE[0]


def test_a_document_of_a_megabyte_is_shown_from_its_beginning_and_says_how_much_is_left(show_view):
    text = "x" * 1_000_000
    found = paragraphs(text)
    assert found.startswith("x" * 1000) and found.endswith("\n… and 980,000 more characters")
    assert len(found) < 21_000
    pane = DocumentPane()
    show_view(pane)
    pane.setPlainText(found)
    assert pane.toPlainText() == found


def test_a_tip_shows_more_of_the_text_and_is_no_html(view):
    tips = [view.model.index(row, TEXT).data(Qt.ItemDataRole.ToolTipRole) for row in range(5)]
    assert "<b>bold</b> & <img src=x> second" in tips[0]
    assert not any(GuiQt.mightBeRichText(tip) for tip in tips)
    assert max(map(len, tips[4].splitlines())) <= 100 and 700 < len(tips[4]) < 1_200


def test_rows_are_sorted_by_the_length_of_their_texts(view):
    view.table.sortByColumn(TEXT, Qt.SortOrder.DescendingOrder)
    lengths = [len(HOSTILE[row % 5]) for row in view.model.order]
    assert lengths == sorted(lengths, reverse=True)


def test_other_data_have_no_document_to_read(open_window, new_run):
    window = open_window(RunConfig(data=DataConfig("genres")))
    window.stage.show_name("Data")
    assert window.views["Data"].document.isVisible()
    with new_run(window):
        window.data_choice.choose("iris")
    window.stage.show_name("Data")
    assert not window.views["Data"].document.isVisible()


@pytest.mark.parametrize(("text", "letters", "seen"), [("a b", 3, "a b"), ("a bc", 3, "a b…")])
def test_a_beginning_says_by_dots_that_there_is_more(text, letters, seen):
    assert beginning(text, letters) == seen
