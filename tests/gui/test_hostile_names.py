"""Names from files and people: shown as they are in every view, dialog, tip, menu and axis."""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
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
    QInputDialog,
    QLabel,
    QMenu,
    QTabBar,
    QWidget,
)

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.points import Points
from tests.gui.conftest import PATIENCE_MS

LONG = "long " + "w" * 195
CLASSES = ("<img src=x><b>bold</b>", "A & B <=50K", "turned\u202eround\u200b\x07", LONG)
FEATURES = ("<b>lxn</b>", "w & h", "x\u200fy", "<i>" + "y" * 197)
FILE = "<i>t & <b>table.csv"
KEPT = "<u>run</u> & <s>one</s>"
MARKUP = ("<img", "<b>bold", "<b>lxn", "<i>t ", "<i>y", "<u>run", "<s>one")
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def looks_rich(text: str) -> bool:
    return GuiQt.mightBeRichText(text)


@cache  # the same words are looked at after each move of the pointer
def has_unseen(text: str) -> bool:
    return any(unicodedata.category(c) in UNSEEN and c not in "\n\t" for c in text)


def faults_of_text(where: str, text: str, *, rich: bool, marked: bool = False) -> list[str]:
    """Say what is wrong with a text that Qt reads as HTML, or with & as a mark of a key."""
    found = []
    if rich and any(markup in text for markup in MARKUP):
        found.append(f"{where}: a name is HTML: {text[:90]!r}")
    if marked and any(part in text.replace("&&", "") for part in ("A & B", "w & h", " & ")):
        found.append(f"{where}: a name marks a key: {text[:90]!r}")
    if has_unseen(text):
        found.append(f"{where}: unseen characters: {text[:90]!r}")
    return found


def faults_of_tip(where: str, text: str) -> list[str]:
    return faults_of_text(f"tip of {where}", text, rich=looks_rich(text))


def faults_of_model(where: str, view: QAbstractItemView) -> list[str]:
    model, found = view.model(), []
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    cells = [
        model.index(i, j) for i in range(min(model.rowCount(), 12)) for j in range(min(columns, 14))
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
    for item in view.scene().items():
        found += faults_of_tip(f"item of {where}", item.toolTip())
        if isinstance(item, QGraphicsTextItem):
            document = item.document()
            html, words = document.toHtml(), document.toPlainText()
            if "<img" in html or "\ufffc" in words:
                found.append(f"{where}: an item shows a picture")
            found += faults_of_text(f"item of {where}", words, rich=False)
            if any(tag in words for tag in ("lxn", "yyyy")) and "<" not in words:
                found.append(f"{where}: an item has lost its <: {words[:60]!r}")
        elif isinstance(item, pg.LabelItem):
            found += faults_of_text(f"label of {where}", item.text, rich=True)
        elif hasattr(item, "text") and callable(item.text):
            found += faults_of_text(f"item of {where}", item.text(), rich=False)
    return found


def faults_of_widget(widget: QWidget, *, cells: bool = True) -> list[str]:
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
        found += faults_of_model(where, widget) if cells else []
    elif isinstance(widget, QGraphicsView):
        found += faults_of_scene(where, widget)
    return found


def faults_of_action(action: QAction) -> list[str]:
    where = f"action {action.text()[:30]!r}"
    found = faults_of_text(where, action.text(), rich=False, marked=True)
    places = action.associatedObjects()
    if not all(isinstance(menu, QMenu) and not menu.toolTipsVisible() for menu in places):
        found += faults_of_tip(where, action.toolTip())
    return [*found, *faults_of_tip(where, action.statusTip())]


def faults(root: QWidget, *, cells: bool = True) -> list[str]:
    """Say where below a widget a name is taken for more than text.

    cells : look at the cells of tables too, which take longer than all else.
    """
    widgets = (root, *root.findChildren(QWidget))
    found = [fault for w in widgets for fault in faults_of_widget(w, cells=cells)]
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


def config_of(path, kind) -> RunConfig:
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
    window.views.keep_wanted.emit()
    window.views.context.kept.rename(window.views.context.kept.records[0], KEPT)
    return window


VIEWS = ("Boundary", "Weights", "Data", "Evaluation", "Trace", "Network", "Surface", "Runs")


def settle(qtbot, window):
    """Let what the background makes come to the views, and be painted."""
    window.grab()
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    window.grab()


def test_no_view_takes_a_name_for_more_than_text(qtbot, hostile, move, new_run):
    found = []
    width = hostile.width()
    for name in VIEWS:
        hostile.stage.show_name(name)
        settle(qtbot, hostile)
        page = hostile.views[hostile.stage.current]
        choices = [b for b in page.findChildren(QAbstractButton) if b.property("segment")]
        for button in (None, *choices):  # the pages of a view
            if button is not None and button.isVisible() and button.isEnabled():
                qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
                settle(qtbot, hostile)
            for widget in page.findChildren(QWidget):
                if widget.isVisible() and widget.hasMouseTracking():
                    for x, y in ((0.2, 0.5), (0.5, 0.3), (0.8, 0.7)):
                        spot = widget.rect().topLeft()
                        spot.setX(round(x * widget.width()))
                        spot.setY(round(y * widget.height()))
                        move(widget, spot)
                    found += [f"{name}: {fault}" for fault in faults(page, cells=False)]
            found += [f"{name}: {fault}" for fault in faults(page)]
    found += faults(hostile)  # with all pages
    if hostile.controller.config.model.kind == "softmax":  # demonstrations know of no model
        hostile.stage.show_name("Demos")
        demos = hostile.views[hostile.stage.current]
        for row in range(demos.titles.count()):
            demos.titles.setCurrentRow(row)
            hostile.grab()
            found += faults(demos)
    assert not found, "\n".join(sorted(set(found)))
    assert hostile.width() == width  # no name has widened it

    with new_run(hostile):
        hostile.setup.data.split_seed.setValue(7)
    hostile.views.context.kept.remove(hostile.views.context.kept.records)
    assert KEPT in hostile.controller.undo_stack.undoText().replace("&&", "&")  # the menu says it
    assert not faults(hostile.menuBar())
    assert not faults(hostile)


def test_the_dialog_of_a_table_takes_no_name_for_more_than_text(qtbot, window, table_file):
    window.csv.open_file(table_file)
    qtbot.waitUntil(lambda: window.csv.dialog is not None)
    dialog = window.csv.dialog
    assert dialog.head.title.text() == FILE
    width = dialog.width()
    for place in range(dialog.label.choice.count()):
        dialog.label.choice.setCurrentIndex(place)
        dialog.label.choice.activated.emit(place)
        found = faults(dialog)
        assert not found, "\n".join(found)
    assert dialog.width() <= max(width, window.width())


def test_the_board_takes_no_name_for_more_than_text(qtbot, open_window):
    window = open_window(RunConfig(data=DataConfig(source="drawn")), wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None)
    names = ("<b>bold</b> A & B", "x\u202ey")
    points = Points().put([[0, 0], [2, 2]], 0).put([[1, 1], [3, 3]], 1)
    for k, name in enumerate(names):
        points = points.rename_class(k, name)
    window.editor.draw(points, "draw", True)
    qtbot.waitUntil(lambda: window.controller.run.task.source.class_names[0] == names[0])
    settle(qtbot, window)
    assert window.controller.run.task.source.class_names == (names[0], "x‹U+202E›y")
    found = faults(window)
    assert not found, "\n".join(found)
    legend = window.views["Boundary"].legend
    button = next(b for b in legend.findChildren(QAbstractButton) if "bold" in b.text())
    qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)
    dialog = legend.findChild(QInputDialog)
    assert dialog.textValue() == names[0]
    found = faults(dialog)
    assert not found, "\n".join(found)
    dialog.reject()


@pytest.fixture(scope="module")
def pictures_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "pictures & <b>more.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*(f"p{j}" for j in range(64)), "label"])
        for number, name in zip(range(60), cycle(CLASSES), strict=False):
            k = CLASSES.index(name)
            rows.writerow([*((number + j * (k + 1)) % 17 for j in range(64)), name])
    return path


def test_pictures_take_no_name_for_more_than_text(qtbot, open_window, pictures_file, finish):
    data = DataConfig(source="csv", path=str(pictures_file))
    window = open_window(RunConfig(data=data, training=TrainingConfig(epochs=2)))
    assert window.controller.run.task.dataset.image_shape == (8, 8)
    finish(window)
    width = window.width()
    found = []
    for name in ("Draw", "Weights", "Data", "Network"):
        window.stage.show_name(name)
        settle(qtbot, window)
        if name == "Draw":
            window.views["Draw"].picker.show_row(1)
            settle(qtbot, window)
        found += [f"{name}: {fault}" for fault in faults(window)]
    assert not found, "\n".join(sorted(set(found)))
    assert window.width() == width


@pytest.mark.parametrize("count", [60])
def test_many_classes_with_long_names_leave_the_window_its_size(open_window, tmp_path, count):
    path = tmp_path / "many.csv"
    names = [f"class number {k} " + "long" * 40 for k in range(count)]
    rows = [f"{k},{k * k % 11},{names[k % count]}" for k in range(3 * count)]
    path.write_text("\n".join(("u,v,label", *rows)) + "\n", "utf-8")
    window = open_window(RunConfig(data=DataConfig(source="csv", path=str(path))))
    window.grab()
    assert (window.width(), window.height()) == (1280, 800)
    assert window.minimumSizeHint().width() <= 1024
    assert window.views["Boundary"].plot.height() > 150  # the legend leaves room for the plane
