"""Each dialog can be used by keys alone, and told by a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.projects.recovery import Leftover
from gui.control.recovery import Recovery
from gui.window import spoken
from gui.window.export.targets import question
from gui.window.project.recovery_offer import RecoveryOffer
from tests.gui.window.test_access import (
    controls,
    describe,
    is_part,
    look_of,
    name_of,
    shows_focus,
    way_of_tab,
)

TABLE = "length,width,kind\n" + "".join(f"{k},{k % 7},{'ab'[k % 2]}\n" for k in range(40))


@pytest.fixture(scope="module")
def window(request, open_for_all):
    window = open_for_all(size=(1366, 768))
    qtbot = QtBot(request)
    for _ in range(3):
        qtbot.keyClick(window, "s")
    qtbot.waitUntil(lambda: window.controller.snapshot.step >= 3)
    return window


def action(window, words: str):
    (found,) = (row for row in window.actions() if row.text().replace("&", "") == words)
    return found


def open_table(window, folder) -> None:
    path = folder / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    window.csv.open_file(path)


def choose_table(window, folder) -> None:
    window.settings.set("table_folder", str(folder))
    window.csv.choose_file()


def open_pictures(window, folder) -> None:
    for k in range(8):
        place = folder / "pictures" / "ab"[k % 2] / f"{k}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((12, 12), 20 * k, np.uint8)).save(place)
    window.pictures.open_folder(folder / "pictures")


def begin_anew(window, _) -> None:
    """Press New, which asks, as the steps of the run are not saved."""
    projects = window.project_actions
    projects.asks = True  # as in a window that a person uses
    action(window, "New").trigger()
    projects.asks = False


def offer_recovery(window, _) -> None:
    """Offer a copy as after a crash; Escape leaves it for the next start."""
    left = SimpleNamespace(
        age=lambda: "3 minutes ago", summary="Iris, 3 steps", release=lambda: None
    )
    RecoveryOffer(window, cast(Recovery, None), [cast(Leftover, left)])


def ask_to_replace(window, folder) -> None:
    question(window, folder / "loss.png").open()  # the program waits in it for the answer


ROW_PX = 40  # high: what begins within it begins in one row
HARMLESS = ("Close", "OK", "Done", "Open")
OPENED: dict[str, str | Callable[[Any, Path], None]] = {
    "keys": "What can I do?",
    "family": "The family of models",
    "about": "About Logit Lab",
    "glossary": "Glossary…",
    "points": "Generate points…",
    "picture": "Picture of a view…",
    "animation": "Animation of the run…",
    "class": "Let the class join…",
    "practice": "Practice…",
    "unsaved": begin_anew,
    "recovery": offer_recovery,
    "table": open_table,
    "pictures": open_pictures,
    "chooser": choose_table,
    "replace": ask_to_replace,
}


@pytest.fixture(params=OPENED)
def dialog(request, qtbot, window, tmp_path) -> Iterator[QDialog]:
    """Each dialog, opened by its menu entry, or by what leads to it."""
    opened = OPENED[request.param]
    if isinstance(opened, str):
        action(window, opened).trigger()
    else:
        opened(window, tmp_path)

    def found() -> list[QDialog]:
        return [d for d in window.findChildren(QDialog) if d.isVisible()]

    qtbot.waitUntil(lambda: len(found()) == 1, timeout=30_000)
    (dialog,) = found()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    yield dialog
    for left in found():
        left.close()


def way(qtbot: QtBot, dialog: QDialog) -> list[QWidget]:
    """Return what Tab reaches, in its order, from the upper left."""

    def is_reached(widget: QWidget) -> bool:
        can = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and not widget.focusProxy()
        is_in = widget.window() is dialog and not is_part(widget)
        return can and is_in and widget.isVisible() and widget.isEnabled()

    found = [widget for widget in dialog.findChildren(QWidget) if is_reached(widget)]
    corners = [widget.mapTo(dialog, QPoint()) for widget in found]
    first = min(range(len(found)), key=lambda i: (corners[i].y() // ROW_PX, corners[i].x()))
    found[first].setFocus()
    return way_of_tab(qtbot, dialog)


def goes_back(before: QRect, after: QRect) -> bool:
    """Whether the eye would have read `after` first: it is to the left in a row, or above."""
    is_same_row = before.top() <= after.center().y() <= before.bottom()
    if is_same_row:
        return after.right() <= before.left()
    return after.bottom() <= before.top() and after.left() < before.right()


def test_a_dialog_is_named_follows_the_eye_and_ends_with_escape(qtbot, dialog, pixels):
    seen = [w for w in (*controls(dialog), *spoken.pictures(dialog)) if w.isVisible()]
    faults = [("no name", describe(w)) for w in seen if not name_of(w).strip()]
    faults += [
        ("Return presses", describe(button))
        for button in dialog.findChildren(QPushButton)
        if button.isDefault() and not button.hasFocus()
        if not (button.property("primary") or name_of(button) in HARMLESS)
    ]
    reached = way(qtbot, dialog)
    places = [QRect(w.mapTo(dialog, QPoint()), w.size()) for w in reached]
    faults += [
        ("goes back", f"{describe(reached[i])} → {describe(reached[i + 1])}")
        for i, (before, after) in enumerate(pairwise(places))
        if goes_back(before, after)
    ]
    alike = {look_of(w): w for w in reached}
    faults += [
        ("unseen", describe(w)) for w in alike.values() if not shows_focus(w, dialog, pixels)
    ]
    fields = [w for w in reached if isinstance(w, QAbstractSpinBox | QLineEdit)]
    (fields or reached)[0].setFocus()
    QApplication.processEvents()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    if dialog.isVisible():
        faults.append(("Escape", "does not close"))
    assert not faults, faults
