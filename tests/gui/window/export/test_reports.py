"""The report of the shown run, by the menu: as a web page and as PDF; the window is as before."""

from __future__ import annotations

import re

import numpy as np
import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel

from core.config import RunConfig, TrainingConfig
from core.train.snapshot import Status
from gui.kit import theme as look
from gui.kit.described import is_covered
from gui.window.export.exposure import CURTAIN
from tests.gui.conftest import PATIENCE_MS

QUICK = RunConfig(training=TrainingConfig(epochs=3))
A4_POINTS = (595, 842)


def report(qtbot, window, target) -> None:
    (action,) = (a for a in window.findChildren(QAction) if a.text() == "&Report…")
    action.trigger()
    qtbot.waitUntil(lambda: f"report to {target}" in window.notice.text, timeout=2 * PATIENCE_MS)


def test_a_web_page_holds_the_figures_and_pictures_of_the_run(qtbot, open_window, finish, save_as):
    window = open_window(QUICK)
    shot = finish(window)
    target = save_as("report.html")
    report(qtbot, window, target)
    page = target.read_text(encoding="utf-8")
    qtbot.waitUntil(lambda: not window.controller.snapshot.metrics.sampled)
    metrics = window.controller.snapshot.metrics
    for accuracy in (metrics.train_accuracy, metrics.test_accuracy):
        assert f"{100 * accuracy:.2f}\xa0%" in page
    for loss in (metrics.train_loss, metrics.test_loss):
        assert f"{loss:.4f}" in page
    assert page.count("data:image/svg+xml;base64,") == 3
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    assert "<b>epoch limit</b>" in page
    assert np.array_equal(window.controller.snapshot.params.W, shot.params.W)


def test_a_report_has_the_numbers_that_the_window_covers(qtbot, open_window, finish, save_as):
    """They are revealed behind the picture of the window, and covered again."""
    window = open_window(QUICK)
    finish(window)
    qtbot.keyClick(window, Qt.Key.Key_H)
    drawn = []

    def see(is_on):
        drawn.append((is_on, window.findChild(QLabel, CURTAIN) is not None))

    window.views.covers.changed.connect(see)
    report(qtbot, window, save_as("report.html"))
    assert drawn == [(False, True), (True, True)]
    assert is_covered(window.views["Weights"])


def test_a_pdf_has_pages_of_a4_with_its_text(qtbot, open_window, finish, save_as):
    window = open_window(QUICK)
    finish(window)
    target = save_as("report.pdf")
    report(qtbot, window, target)
    document = pypdfium2.PdfDocument(target)
    text = ""
    for page in document:
        assert page.get_size() == pytest.approx(A4_POINTS, abs=1)
        text += page.get_textpage().get_text_range()
        ink = page.render(scale=0.5).to_numpy() < 128
        assert ink.any() and not ink[:, :15].any() and not ink[:, -15:].any()
    assert 2 <= len(document) <= 6
    for words in ("Result", "Confusion matrix", "python3 run.py train iris", "versicolor"):
        assert words in text
    document.close()


def test_a_dark_window_makes_a_light_report_and_is_as_before(
    qtbot, open_window, finish, save_as, is_in_sight
):
    window = open_window(QUICK, theme="dark")
    finish(window)
    qtbot.keyClick(window, Qt.Key.Key_4)
    before = window.stage.current
    target = save_as("report.html")
    report(qtbot, window, target)
    assert window.stage.current == before
    assert window.appearance.theme is look.DARK and is_in_sight(window)
    assert all(view.theme is look.DARK for view in window.views.made)


def test_a_run_that_trains_goes_on_after_its_report(qtbot, open_window, reach, save_as):
    window = open_window(RunConfig(training=TrainingConfig(epochs=10**9)))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    reach(window, Status.TRAINING)
    target = save_as("report.html")
    report(qtbot, window, target)
    reach(window, Status.TRAINING)


def test_closing_the_window_while_views_are_drawn_writes_nothing_half(
    qtbot, open_window, finish, save_as
):
    window = open_window(QUICK)
    finish(window)
    target = save_as("report.html")
    (action,) = (a for a in window.findChildren(QAction) if a.text() == "&Report…")
    action.trigger()
    assert window.exports.reports.is_busy
    qtbot.waitUntil(window.close, timeout=PATIENCE_MS)
    assert not target.exists() and not window.exports.reports.is_busy
