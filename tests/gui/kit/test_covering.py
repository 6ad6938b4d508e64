"""Figures that are covered until they are pressed."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolTip, QVBoxLayout

from core.config import DataConfig, ModelConfig, RunConfig
from core.data.sources import load
from core.data.task import prepare
from core.explain import prediction
from core.train.snapshot import Params
from gui.kit import theme as look
from gui.kit.answer.shares import COVERED, Shares
from gui.kit.covers.covering import copy_figures
from gui.kit.covers.figures import FigureLabel, PlainFigures
from gui.kit.view import View

RED = "<b style='color:#123456'>12 of 30</b>"


@pytest.mark.parametrize(
    ("label", "text", "hidden"),
    [(FigureLabel, RED, "<b style='color:#123456'>? of ?</b>"), (PlainFigures, "1 < 2", "? < ?")],
)
def test_the_numbers_of_a_label_and_its_tip_are_revealed_by_a_press_or_return(
    show_view, label, text, hidden
):
    view, figures = View(look.LIGHT), label()
    QVBoxLayout(view).addWidget(figures)
    figures.setText(text)
    figures.setToolTip("of 30")
    show_view(view)
    shown = partial(QLabel.text, figures)
    ways = [
        partial(QTest.mouseClick, figures, Qt.MouseButton.LeftButton),
        partial(QTest.keyClick, figures, Qt.Key.Key_Return),
        partial(view.cover_numbers, False),
    ]
    for reveal in ways:
        view.cover_numbers(True)
        assert (shown(), figures.toolTip(), figures.text()) == (hidden, "of ?", text)
        reveal()
        assert (shown(), figures.toolTip()) == (text, "of 30")


def test_a_copy_of_a_covered_table_has_names_and_no_figures_and_says_so(show_view, dressed):
    """A class may be called 3: what a row is about is no figure."""
    view = View(look.LIGHT)
    show_view(view)
    table = "class,recall 2\n3,0.93\nsetosa,−1e-05\nvirginica,\n"
    view.cover_numbers(True)
    copy_figures(view, table)
    hidden = "class,recall 2\n3,?\nsetosa,?\nvirginica,\n"
    assert dressed.clipboard().text() == hidden
    assert "H reveals" in QToolTip.text()
    view.cover_numbers(False)
    copy_figures(view, table)
    assert dressed.clipboard().text() == table


def test_an_answer_is_covered_with_its_shares_each_until_it_is_pressed(show_view):
    view, shares = View(look.LIGHT), Shares(look.LIGHT)
    QVBoxLayout(view).addWidget(shares)
    task = prepare(load(DataConfig()), RunConfig(model=ModelConfig("softmax")))
    names = task.dataset.class_names
    W = np.random.default_rng(0).normal(size=(3, task.m)).astype(np.float32)
    found = prediction.ask(task, Params(W, np.zeros(3, np.float32)), task.dataset.X[0])
    shares.show_classes("softmax", names, task.dataset.class_marks)
    read = prediction.read("softmax", found)
    show_view(view)
    view.cover_numbers(True)
    shares.show_answer(read, f"It is {names[found.decided]}.", found.decided)
    assert (shares.answer, shares.shares) == (("?", ""), ["?"] * 3)
    assert shares.accessibleDescription() == COVERED
    heard: list[int] = []
    shares.clicked.connect(heard.append)
    press = partial(QTest.mouseClick, shares, Qt.MouseButton.LeftButton)
    press(pos=shares.place_of(1).toPoint())
    assert (shares.shares, heard) == (["?", read.texts[1], "?"], [])
    press(pos=shares.place_of(1).toPoint())
    assert heard == [1]
    press(pos=QPoint(5, 5))
    assert shares.answer[0] == names[found.decided]
    assert names[found.decided] in shares.accessibleDescription()
