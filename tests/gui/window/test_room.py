"""No text is cut and no demonstration scrolls at 1366 × 768, in tabs and dialogs, up to 150 %."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLabel,
    QListWidget,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from core import language
from core.config import DataConfig, RunConfig
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.choices import Segments
from gui.kit.labels import Elided
from gui.kit.view import View
from gui.stage.demos.demo import DemoPage
from gui.stage.demos.parts import NOTE
from gui.stage.demos.view import DemosView
from gui.stage.draw.layout import Fold
from gui.window.main_window import MainWindow
from gui.window.view_registry import SIDE

# What may give way: names of features and classes, which can be of any length.
OF_DATA = ("parameter across", "parameter up")
SEEN_WHOLE = (  # demonstrations
    *(("iris", 1.0, "en"), ("digits", 1.0, "en"), ("iris", 1.5, "en")),
    ("iris", 1.0, "de"),
)
SLOW = ("Lasso",)  # what it seeks for images takes longer than its layout
KINDS = QLabel | QAbstractButton | QComboBox | QAbstractSpinBox | QTabBar | QListWidget


def lack(widget: QWidget) -> object:
    """Return what of the widget's text has no room, in words or pixels; nothing where all has."""
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel):
        if isinstance(widget, Elided):
            wide = metrics.horizontalAdvance(widget.text())
            return (widget.width(), wide) if widget.width() < wide else None
        if not widget.text():
            return None
        if widget.wordWrap():
            high = widget.heightForWidth(widget.width())
            return (widget.height(), high) if widget.height() + 1 < high else None
        needed = widget.sizeHint()
        is_cut = widget.width() + 1 < needed.width() or widget.height() + 2 < metrics.height()
        return (widget.size(), needed) if is_cut else None
    if isinstance(widget, QAbstractButton):
        needed = metrics.size(Qt.TextFlag.TextShowMnemonic, widget.text())
        is_cut = widget.width() < needed.width() or widget.height() < metrics.height()
        return (widget.size(), needed) if widget.text() and is_cut else None
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = widget.style().subControlRect(control, option, part, widget).width()
        wide = metrics.horizontalAdvance(widget.currentText())
        return (room, wide) if room < wide else None
    if isinstance(widget, QAbstractSpinBox):
        room, wide = widget.lineEdit().width(), metrics.horizontalAdvance(widget.text())
        return (room, wide) if room < wide else None
    if isinstance(widget, QListWidget):
        room = widget.viewport().width()
        items = (widget.item(row) for row in range(widget.count()))
        return [
            item.text()
            for item in items
            if widget.sizeHintForIndex(widget.indexFromItem(item)).width() > room
        ]
    assert isinstance(widget, QTabBar)
    return [
        widget.tabText(i)
        for i in range(widget.count())
        if widget.tabRect(i).right() > widget.width()
    ]


@pytest.fixture
def usual_type(dressed):
    yield
    dressed.setFont(look.base_font())


def cut_in(root: QWidget) -> list[tuple[object, ...]]:
    """What of the texts in sight has no room, in this part of the window or in this dialog."""
    seen = (w for w in root.findChildren(QWidget) if isinstance(w, KINDS) and w.isVisible())
    return [
        (type(widget).__name__, widget.accessibleName(), lacked)
        for widget in seen
        if widget.accessibleName() not in OF_DATA
        and widget.window() is root.window()
        and (lacked := lack(widget))
    ]


@pytest.fixture
def cut_at_last(qtbot):
    """Return a function that returns what is cut once the layouts have followed."""

    def cut_at_last(root: QWidget, *where: str) -> list[tuple[object, ...]]:
        try:
            qtbot.waitUntil(lambda: not cut_in(root), timeout=3000)
        except qtbot.TimeoutError:
            return [(*where, *found) for found in cut_in(root)]
        return []

    return cut_at_last


def overflow(view: DemosView) -> int:
    """Return by how many pixels the demonstration in sight can be scrolled."""
    (page,) = (page for page in view.findChildren(DemoPage) if page.isVisible())
    return page.verticalScrollBar().maximum()


def parts_of(view: View) -> Iterator[str]:
    """Show one part of a view after the other: demonstrations, pages, choices."""
    if isinstance(view, DemosView):
        for row, cls in enumerate(view.rows):
            if cls is not None:
                view.titles.setCurrentRow(row)
                yield cls.title
        return
    yield ""
    for choice in view.findChildren(Segments):
        for button in choice.findChildren(QAbstractButton):
            if button.isVisible() and button.isEnabled():
                button.click()
                yield button.text()
    for fold in view.findChildren(Fold):
        fold.setChecked(True)
        yield fold.text()


@pytest.fixture
def room(open_window, qtbot):
    """Return a function that opens the window of a small laptop at this zoom, after a step."""

    def room(source, theme, level):
        config = RunConfig(data=DataConfig(source=source))
        window = open_window(config, size=(1366, 736), theme=theme)
        qtbot.keyClick(window, "s")
        qtbot.waitUntil(lambda: window.controller.snapshot.step >= 1)
        window.appearance.set_zoom(level)
        return window

    return room


@pytest.fixture
def speak():
    """Return speak(code): the language of the window for the rest of the test."""
    yield language.speak
    language.speak(language.ENGLISH.code)


@pytest.mark.usefixtures("usual_type")
@pytest.mark.parametrize(
    ("source", "theme", "level", "code"),
    [
        ("iris", "light", 1.0, "en"),
        ("iris", "light", 1.5, "en"),
        ("digits", "dark", 1.0, "en"),
        ("digits", "dark", 1.5, "en"),
        ("iris", "dark", 1.0, "de"),  # the longest words
        ("digits", "light", 1.5, "de"),
    ],
)
def test_no_text_is_cut_in_any_tab_on_the_cards_beside_and_among_all_settings_and_no_demo_scrolls(
    qtbot, room, cut_at_last, speak, source, theme, level, code
):
    speak(code)
    window = room(source, theme, level)
    cut: list[tuple[object, ...]] = []
    for name in window.stage.available:
        window.stage.show_name(name)
        view = window.views[name]
        for part in parts_of(view):
            if name not in SLOW:
                qtbot.waitUntil(lambda: window.is_at_rest, timeout=30_000)
            cut += cut_at_last(window, name, part)
            if name == "Demos" and (source, level, code) in SEEN_WHOLE:
                qtbot.waitUntil(lambda view=view: not overflow(view))
            assert (window.width(), window.height()) == (1366, 736)
    window.stage.show_name(window.stage.available[0])
    for spec in SIDE:
        window.side_panel.show_name(spec.name)
        cut += cut_at_last(window, spec.name)
    window.columns.show_panel(True)
    cut += cut_at_last(window, "all settings")
    assert zoom.factor() == level
    assert cut == []


@pytest.mark.parametrize(("source", "code"), [("iris", "en"), ("digits", "de")])
def test_no_demonstration_scrolls_at_1280_by_800(open_window, qtbot, speak, source, code):
    speak(code)
    config = RunConfig(data=DataConfig(source=source))
    window = open_window(config, size=(1280, 768))  # what a frame leaves of a screen
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    for _ in parts_of(view):
        qtbot.waitUntil(lambda: view.is_at_rest)
        qtbot.waitUntil(lambda: not overflow(view))


@pytest.fixture
def whole_slide(open_window, qtbot):
    """Return a function that presents a demonstration and awaits that it is whole."""

    def whole_slide(title, source, size):
        window = open_window(RunConfig(data=DataConfig(source=source)), size=size)
        window.stage.show_name("Demos")
        view = window.views["Demos"]
        qtbot.keyClick(window, Qt.Key.Key_F5)
        view.choose_title(title)
        qtbot.waitUntil(lambda: window.is_at_rest)
        qtbot.waitUntil(lambda: not overflow(view))
        return window

    return whole_slide


@pytest.mark.parametrize("source", ["iris", "digits"])
@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])  # all of the screen
def test_the_rows_of_all_classes_are_whole_on_a_slide(whole_slide, qtbot, size, source):
    window = whole_slide("One-hot rows", source, size)
    demo = window.views["Demos"].demo
    bars = [grid.horizontalScrollBar() for grid in (demo.rows, demo.terms)]
    assert not any(bar.maximum() for bar in bars)  # one would hide the last row
    if source == "digits":
        assert not demo.order.isVisible()  # which the speaker says
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert demo.order.isVisible()


@pytest.mark.usefixtures("usual_type")
def test_notes_give_way_in_large_type_where_all_else_is_in_sight_then_and_come_back(room, qtbot):
    window = room("iris", "light", 2.0)
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    for title in ("Product or log-sum", "Simplex of probabilities", "Sum or mean"):
        view.choose_title(title)
        qtbot.waitUntil(lambda: window.is_at_rest)
        qtbot.waitUntil(lambda: not overflow(view))
    notes = [w for w in view.demo.findChildren(QLabel) if w.property(NOTE) and w.text()]
    assert not any(note.height() for note in notes)
    qtbot.mouseClick(window.stage.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(note.height() for note in notes))


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])  # all of the screen
def test_the_shift_of_ten_classes_is_whole_on_a_slide(whole_slide, size):
    whole_slide("Shift invariance", "digits", size)


def test_of_a_long_message_the_foot_shows_its_first_sentence(room, cut_at_last):
    window = room("iris", "light", 1.0)
    first, rest = "Finished 100 epochs.", "The weights grow without end, as classes can be told."
    window.notice.show_message(f"{first} {rest} {rest} {rest}")
    label = window.notice.findChild(QLabel)
    assert label.text() == first
    assert cut_at_last(window.notice) == []
    assert rest in window.notice.toolTip()
    window.notice.show_message(f"{first} It is short.")
    assert label.text() == f"{first} It is short."


@pytest.fixture
def opened(qtbot, tmp_path):
    """Return a function that opens the dialog of this name."""
    for label in ("apple", "pear"):
        (tmp_path / "fruit" / label).mkdir(parents=True)
        for number in range(3):
            picture = QImage(8, 8, QImage.Format.Format_Grayscale8)
            picture.fill(40 * number)
            picture.save(str(tmp_path / "fruit" / label / f"{number}.png"))

    def opened(window: MainWindow, name: str) -> QDialog:
        ways = {
            "picture": window.exports.open_picture,
            "animation": window.exports.open_animation,
            "generators": window.gallery.open,
            "pictures": lambda: window.pictures.open_folder(tmp_path / "fruit"),
        }
        ways[name]()
        found: list[QDialog] = []

        def is_open() -> bool:
            found[:] = [d for d in window.findChildren(QDialog) if d.isVisible()]
            return bool(found)

        qtbot.waitUntil(is_open, timeout=30_000)
        return found[0]

    return opened


@pytest.mark.usefixtures("usual_type")
@pytest.mark.parametrize(
    ("theme", "level", "code"), [("light", 1.0, "de"), ("dark", 1.5, "en"), ("dark", 1.0, "zh_CN")]
)
def test_no_text_is_cut_in_a_dialog(qtbot, room, opened, cut_at_last, speak, theme, level, code):
    speak(code)
    window = room("iris", theme, level)
    for name in ("picture", "animation", "generators", "pictures"):
        dialog = opened(window, name)
        assert cut_at_last(dialog, name) == []
        assert dialog.width() <= 1366 and dialog.height() <= 736, name
        dialog.reject()
        qtbot.waitUntil(lambda: not any(d.isVisible() for d in window.findChildren(QDialog)))


LINES = ("red,Cork,1.5,10,alpha", "blue,Bergen,2.5,20,beta", "green,Cork,3.5,30,alpha") * 4
TABLE = "\n".join(("colour,harbour,weight in kg,price,species", *LINES))


@pytest.mark.usefixtures("usual_type")
@pytest.mark.parametrize(("theme", "code"), [("light", "en"), ("dark", "de")])
def test_no_text_is_cut_in_the_preview_of_a_table(
    qtbot, open_window, cut_at_last, speak, tmp_path, theme, code
):
    speak(code)
    path = tmp_path / "harbours.csv"
    path.write_text(TABLE)
    window = open_window(size=(1366, 768), theme=theme)
    for level in (1.0, 1.5):
        window.appearance.set_zoom(level)
        window.csv.open_file(path)
        qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=30_000)
        dialog = window.csv.dialog
        qtbot.waitExposed(dialog)
        assert cut_at_last(dialog, f"{level:.0%}") == []
        assert dialog.width() <= 1366 and dialog.height() <= 768, level
        dialog.reject()
        qtbot.waitUntil(lambda: window.csv.dialog is None)
