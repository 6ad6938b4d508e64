"""What is painted can be read: words and borders stand out from what is around them (WCAG 2.2)."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QListWidget,
    QPushButton,
    QSlider,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.config import DataConfig, RunConfig
from gui.kit import theme as look
from tests.gui.kit.test_contrast import contrast, least

ENLARGED = 3  # device pixels: the middle of a stroke has its own colour
BORDER_PX = 3  # of an edge, at most
FIELDS = QComboBox | QAbstractSpinBox


@pytest.fixture(params=["light", "dark", "white-on-black"])
def shown(request, open_window, qtbot):
    """Return a function that shows a view, and returns window and picture."""
    window = open_window(
        RunConfig(DataConfig(features=("all",))), size=(1366, 768), theme=request.param
    )
    qtbot.keyClick(window, "s")
    qtbot.waitUntil(lambda: window.controller.snapshot.step >= 1)
    qtbot.keyClick(window, "k")  # so that Runs has a box to tick
    qtbot.waitUntil(lambda: len(window.views.context.kept.records) == 1)

    def show(name):
        window.stage.show_name(name)
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=60_000)
        image = QImage(window.size() * ENLARGED, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ENLARGED)
        window.render(image)
        return window, image

    return show


def place(window, widget: QWidget) -> QRect:
    corner = widget.mapTo(window, QPoint(0, 0)) * ENLARGED
    return QRect(corner, widget.size() * ENLARGED)


def colours(image: QImage, rect: QRect) -> Counter[int]:
    inside = rect.intersected(image.rect())
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    part = pixels[inside.top() : inside.bottom() + 1, inside.left() : inside.right() + 1]
    found, counts = np.unique(part | 0xFF000000, return_counts=True)
    return Counter(dict(zip(found.tolist(), counts.tolist(), strict=True)))


def of_words(image: QImage, rect: QRect) -> float:
    """The contrast of the words in a rectangle with its most frequent colour."""
    found = colours(image, rect)
    ground = found.most_common(1)[0][0]
    return max(contrast(colour, ground) for colour in found)


def of_border(image: QImage, rect: QRect) -> float:
    """The contrast of a field's left edge with what is beside it."""
    y = rect.center().y()
    beside = image.pixel(rect.left() - 2 * ENLARGED, y)
    across = range(rect.left(), rect.left() + BORDER_PX * ENLARGED)
    return max(contrast(image.pixel(x, y), beside) for x in across)


def boxes(window, table: QTableView) -> list[QRect]:
    """The upper halves of the boxes to tick in the first column of a table: left of the tick."""
    found = []
    for row in range(table.model().rowCount()):
        index = table.model().index(row, 0)
        if index.data(Qt.ItemDataRole.CheckStateRole) is None:
            continue
        option = QStyleOptionViewItem()
        table.initViewItemOption(option)
        option.rect = table.visualRect(index)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        part = QStyle.SubElement.SE_ItemViewItemCheckIndicator
        box = table.style().subElementRect(part, option, table)
        corner = table.viewport().mapTo(window, box.topLeft())
        found.append(QRect(corner, QSize(box.width(), box.height() // 2)))
    return [QRect(box.topLeft() * ENLARGED, box.size() * ENLARGED) for box in found]


def test_words_and_borders_stand_out(shown):
    ticked = 0
    for name in ("Boundary", "Weights", "Data", "Surface", "Lasso", "Runs"):
        window, image = shown(name)
        seen = [w for w in window.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
        faint = []
        needed = least(window.appearance.theme)
        for widget in seen:
            rect = place(window, widget)
            has_words = isinstance(widget, QLabel | QAbstractButton) and widget.text()
            is_seen = not widget.visibleRegion().isEmpty()
            if has_words and is_seen and of_words(image, rect) < needed:
                faint.append((type(widget).__name__, widget.text(), of_words(image, rect)))
            if isinstance(widget, FIELDS) and of_border(image, rect) < 3:
                said = type(widget).__name__, widget.accessibleName(), of_border(image, rect)
                faint.append(said)
            for box in boxes(window, widget) if isinstance(widget, QTableView) else ():
                ticked += 1
                if of_border(image, box) < 3:
                    faint.append(("box", name, of_border(image, box)))
        assert len(seen) > 50
        assert faint == [], name
    assert ticked == 1


@pytest.mark.parametrize("theme", look.THEMES)
def test_the_words_of_a_button_stand_out_while_it_is_pressed(qtbot, dressed, theme):
    dressed.setPalette(look.palette(theme))
    button = QPushButton("Copy as CSV")
    qtbot.addWidget(button)
    button.setStyleSheet(look.style_sheet())
    button.setDown(True)
    image = QImage(button.sizeHint() * ENLARGED, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ENLARGED)
    button.resize(button.sizeHint())
    button.render(image)
    assert of_words(image, image.rect().adjusted(9, 9, -9, -9)) >= least(theme)


@pytest.mark.parametrize("theme", look.THEMES)
def test_the_chosen_row_of_a_list_is_told_by_more_than_a_tint(qtbot, dressed, theme):
    dressed.setPalette(look.palette(theme))
    rows = QListWidget()
    qtbot.addWidget(rows)
    rows.setProperty("plain", True)
    rows.setStyleSheet(look.style_sheet())
    rows.addItems(["Iris, two features", "XOR with a line"])
    rows.setCurrentRow(1)
    rows.resize(160, 80)
    image = QImage(rows.size() * ENLARGED, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ENLARGED)
    image.fill(theme.panel)  # a list is on a card
    rows.render(image)
    bars = []
    for row in range(2):
        place = rows.visualItemRect(rows.item(row))
        corner = rows.viewport().mapTo(rows, place.topLeft())
        edge = QRect(corner * ENLARGED, QSize(2, place.height()) * ENLARGED)
        bars.append(max(contrast(colour, theme.panel) for colour in colours(image, edge)))
    assert bars[0] < 1.1 and bars[1] >= 3


@pytest.mark.parametrize("theme", look.THEMES)
def test_a_slider_that_cannot_be_moved_has_no_accent_but_can_be_seen(qtbot, dressed, theme):
    dressed.setPalette(look.palette(theme))
    slider = QSlider(Qt.Orientation.Horizontal)
    qtbot.addWidget(slider)
    slider.setStyleSheet(look.style_sheet())
    slider.setValue(50)
    slider.resize(120, 24)
    found = []
    for is_enabled in (True, False):
        slider.setEnabled(is_enabled)
        image = QImage(slider.size() * ENLARGED, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ENLARGED)
        image.fill(theme.panel)
        slider.render(image)
        found.append(colours(image, image.rect()))
    accent = QColor(theme.accent).rgb()
    assert accent in found[0] and accent not in found[1]
    assert max(contrast(colour, theme.panel) for colour in found[1]) >= 3
