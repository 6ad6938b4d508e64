"""Lengths and type follow the type of the application."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QStyleOptionSpinBox,
)

from gui.kit import theme as look
from gui.kit import zoom


def test_at_ten_points_lengths_are_what_they_say(dressed):
    assert zoom.factor() == 1
    assert zoom.px(7) == 7


def test_lengths_grow_with_the_type(type_of):
    type_of(15)
    assert zoom.factor() == 1.5
    assert zoom.px(8) == 12


def test_a_widget_with_type_of_its_own_follows(qtbot, type_of):
    label = QLabel("12")
    qtbot.addWidget(label)
    zoom.set_type(label, 1.2, bold=True)
    assert label.font().pointSizeF() == pytest.approx(12)
    type_of(20)
    zoom.follow(label)
    assert label.font().pointSizeF() == pytest.approx(24)
    assert label.font().weight() == zoom.font(bold=True).weight()


@pytest.mark.parametrize(
    ("value", "above", "below"),
    [(1.0, 1.1, 0.9), (1.98, 2.0, 1.75), (2.5, 2.5, 2.25), (0.8, 0.9, 0.8), (3.0, 2.5, 2.5)],
)
def test_levels_lead_to_the_next_larger_and_smaller(value, above, below):
    assert zoom.level_above(value) == above
    assert zoom.level_below(value) == below


@pytest.mark.parametrize("points", [level * zoom.BASE_POINT_SIZE for level in zoom.LEVELS])
@pytest.mark.parametrize(
    ("kind", "shape", "described"),
    [
        (QComboBox, QStyle.ContentsType.CT_ComboBox, QStyleOptionComboBox),
        (QDoubleSpinBox, QStyle.ContentsType.CT_SpinBox, QStyleOptionSpinBox),
        (QLineEdit, QStyle.ContentsType.CT_LineEdit, QStyleOptionFrame),
        (QPushButton, QStyle.ContentsType.CT_PushButton, QStyleOptionButton),
    ],
    ids=["choice", "number", "text", "button"],
)
def test_the_focus_needs_no_more_and_no_less_room(
    dressed, qtbot, type_of, kind, shape, described, points
):
    type_of(points)
    field = kind()
    field.setStyleSheet(look.style_sheet())
    qtbot.addWidget(field)
    option = described()
    option.initFrom(field)
    without = field.style().sizeFromContents(shape, option, QSize(80, 20), field)
    option.state |= QStyle.StateFlag.State_HasFocus
    assert field.style().sizeFromContents(shape, option, QSize(80, 20), field) == without
