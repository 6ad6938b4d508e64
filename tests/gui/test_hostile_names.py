"""Names from files and people: shown as they are in every view, dialog, tip, menu and axis."""

from __future__ import annotations

import csv
import unicodedata
from itertools import cycle

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QAbstractListModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QGroupBox,
    QLabel,
    QTabBar,
    QWidget,
)

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig

LONG = "long " + "w" * 195
CLASSES = ("<img src=x><b>bold</b>", "A & B <=50K", "turned\u202eround\u200b\x07", LONG)
FEATURES = ("<b>len</b>", "w & h", "x\u200fy", "<i>" + "y" * 197)
FILE = "<i>t & <b>table.csv"
KEPT = "<u>run</u> & <s>one</s>"
MARKUP = ("<img", "<b>bold", "<b>len", "<i>t ", "<i>y", "<u>run", "<s>one")
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def looks_rich(text: str) -> bool:
    return GuiQt.mightBeRichText(text)


def faults_of_text(where: str, text: str, *, rich: bool, marked: bool = False) -> list[str]:
    """Say what is wrong with a text that Qt reads as HTML, or with & as a mark of a key."""
    found = []
    if rich and any(markup in text for markup in MARKUP):
        found.append(f"{where}: a name is HTML: {text[:90]!r}")
    if marked and any(part in text.replace("&&", "") for part in ("A & B", "w & h", " & ")):
        found.append(f"{where}: a name marks a key: {text[:90]!r}")
    if any(unicodedata.category(c) in UNSEEN and c not in "\n\t" for c in text):
        found.append(f"{where}: unseen characters: {text[:90]!r}")
    return found


def faults_of_tip(where: str, text: str) -> list[str]:
    return faults_of_text(f"tip of {where}", text, rich=looks_rich(text))


def faults_of_model(where: str, view: QAbstractItemView) -> list[str]:
    model, found = view.model(), []
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount() if model else 0
    if model is None:
        return []
    cells = [
        model.index(i, j)
        for i in range(min(model.rowCount(), 12))
        for j in range(min(columns, 14))
    ]
    for cell in cells:
        words, tip = (
            cell.data(role) for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        )
        found += faults_of_text(f"cell of {where}", str(words or ""), rich=False)
        found += faults_of_tip(f"cell of {where}", str(tip or ""))
    for side, count in (
        (Qt.Orientation.Horizontal, columns),
        (Qt.Orientation.Vertical, model.rowCount()),
    ):
        for section in range(min(count, 14)):
            words, tip = (
                model.headerData(section, side, role)
                for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            )
            found += faults_of_text(f"head of {where}", str(words or ""), rich=False)
            found += faults_of_tip(f"head of {where}", str(tip or ""))
    return found


def faults_of_scene(where: str, view: QGraphicsView) -> list[str]:
    """Look at what pyqtgraph and our canvases write."""
    found = []
    for item in view.scene().items() if view.scene() else ():
        found += faults_of_tip(f"item of {where}", item.toolTip())
        if isinstance(item, QGraphicsTextItem):
            document = item.document()
            html, words = document.toHtml(), document.toPlainText()
            if "<img" in html or "\ufffc" in words:
                found.append(f"{where}: an item shows a picture")
            found += faults_of_text(f"item of {where}", words, rich=False)
            if any(tag in words for tag in ("len", "yyyy")) and "<" not in words:
                found.append(f"{where}: an item has lost its <: {words[:60]!r}")
        elif isinstance(item, pg.LabelItem):
            found += faults_of_text(f"label of {where}", item.text, rich=True)
        elif hasattr(item, "text") and callable(item.text):
            found += faults_of_text(f"item of {where}", item.text(), rich=False)
    return found


def faults_of_widget(widget: QWidget) -> list[str]:
    where = f"{type(widget).__name__} in {type(widget.parent()).__name__}"
    found = faults_of_tip(where, widget.toolTip())
    found += faults_of_text(f"name of {where}", widget.accessibleName(), rich=False)
    if isinstance(widget, QLabel):
        kind = widget.textFormat()
        rich = kind is Qt.TextFormat.RichText or (
            kind is Qt.TextFormat.AutoText and looks_rich(widget.text())
        )
        marked = widget.buddy() is not None and not rich
        found += faults_of_text(where, widget.text(), rich=rich, marked=marked)
    elif isinstance(widget, QAbstractButton):
        found += faults_of_text(where, widget.text(), rich=False, marked=True)
    elif isinstance(widget, QGroupBox):
        found += faults_of_text(where, widget.title(), rich=False, marked=True)
    elif isinstance(widget, QTabBar):
        for place in range(widget.count()):
            found += faults_of_text(where, widget.tabText(place), rich=False, marked=True)
            found += faults_of_tip(where, widget.tabToolTip(place))
    elif isinstance(widget, QComboBox):
        for place in range(widget.count()):
            found += faults_of_text(where, widget.itemText(place), rich=False)
    elif isinstance(widget, QAbstractItemView):
        found += faults_of_model(where, widget)
    elif isinstance(widget, QGraphicsView):
        found += faults_of_scene(where, widget)
    return found


def faults_of_action(action: QAction) -> list[str]:
    where = f"action {action.text()[:30]!r}"
    return [
        *faults_of_text(where, action.text(), rich=False, marked=True),
        *faults_of_tip(where, action.toolTip()),
        *faults_of_tip(where, action.statusTip()),
    ]


def faults(root: QWidget) -> list[str]:
    """Say where below a widget a name is taken for more than text."""
    found = [fault for w in (root, *root.findChildren(QWidget)) for fault in faults_of_widget(w)]
    found += [fault for action in root.findChildren(QAction) for fault in faults_of_action(action)]
    return sorted(set(found))


@pytest.fixture(scope="module")
def table_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / FILE
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*FEATURES, "<u>label</u> & co"])
        for number, name in zip(range(80), cycle(CLASSES), strict=False):
            k = CLASSES.index(name)
            rows.writerow([k + number * 0.01, k - number * 0.02, number % 7, number % 5 - k, name])
    return path


def config_of(path, kind: str) -> RunConfig:
    return RunConfig(
        data=DataConfig(source="csv", path=str(path), test_fraction=0.3, features=("all",)),
        model=ModelConfig(kind=kind),
        training=TrainingConfig(epochs=3, learning_rate=0.01),
    )


@pytest.fixture(params=["softmax", "ovo", "binary"])
def hostile(request, open_window, table_file, finish):
    """The window with trained hostile names, and the kept run of one."""
    window = open_window(config_of(table_file, request.param))
    finish(window)
    window._keep_run()
    window.maths.kept.rename(window.maths.kept.records[0], KEPT)
    return window


VIEWS = ("Boundary", "Weights", "Data", "Evaluation", "Trace", "Network", "Surface", "Runs")


@pytest.mark.parametrize("name", VIEWS)
def test_no_view_takes_a_name_for_more_than_text(qtbot, hostile, name):
    hostile.stage.show_name(name)
    hostile.grab()
    qtbot.waitUntil(lambda: not hostile.hub.background.is_busy("load"))
    for _ in range(5):
        qtbot.wait(20)
    hostile.grab()
    found = faults(hostile)
    assert not found, "\n".join(found)


def test_no_demonstration_takes_a_name_for_more_than_text(qtbot, hostile):
    hostile.stage.show_name("Demos")
    page = hostile.stage._stack.currentWidget()
    found = []
    for row in range(page.titles.count()):
        page.titles.setCurrentRow(row)
        hostile.grab()
        found += faults(page)
    assert not found, "\n".join(sorted(set(found)))
