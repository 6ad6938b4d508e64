"""Where axes have ticks, and what stands at them."""

from __future__ import annotations

from itertools import pairwise
from math import log

import pytest
from PySide6.QtGui import QFontMetricsF

from gui.kit import theme as look
from gui.kit.axes import StepAxis, ValueAxis, round_spacing
from gui.kit.broken_axis import Break


def labels(axis, low, high, size=200.0):
    """The labels of an axis with these ends, so many pixels long, by their places."""
    axis.setTickFont(look.base_font())
    axis.setRange(low, high)
    [(spacing, places)] = axis.tickValues(low, high, size)
    return dict(zip(places, axis.tickStrings(places, 1.0, spacing), strict=True))


@pytest.mark.parametrize(("low", "high"), [(0, 1.3), (0.2, 0.21), (51, 131), (0, 3e5), (3, 11)])
def test_two_to_five_round_ticks_lie_between_the_ends(low, high):
    spacing = round_spacing(low, high)
    assert f"{spacing:e}"[0] in "125" and float(f"{spacing:.0e}") == pytest.approx(spacing)
    assert 1.6 <= (high - low) / spacing <= 4


def test_the_steps_of_a_whole_run_are_quarters_and_the_last_names_the_unit():
    assert labels(StepAxis(), 0, 1024, 400) == {0: "0", 256: "256", 512: "512", 768: "768 steps"}


def test_labels_of_steps_never_touch():
    axis = StepAxis()
    for size in range(60, 500, 20):
        said = labels(axis, 0, 2**27, size)
        width = QFontMetricsF(look.base_font()).horizontalAdvance
        ends = [
            place / 2**27 * size + side * width(label) / 2
            for place, label in said.items()
            for side in (-1, 1)
        ]
        assert len(said) <= 2 or ends == sorted(ends)


def test_a_logarithmic_axis_has_powers_of_ten():
    axis = ValueAxis()
    axis.setLogMode(True)
    assert list(labels(axis, -3, 0.25).values()) == ["0.001", "0.01", "0.1", "1"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-1.5, -0.2, ["0.05", "0.1", "0.2", "0.5"]), (-1.05, -0.82, ["0.1", "0.12", "0.14"])],
)
def test_between_powers_of_ten_a_logarithmic_axis_has_round_values(low, high, expected):
    axis = ValueAxis()
    axis.setLogMode(True)
    assert list(labels(axis, low, high).values()) == expected


def test_a_loss_has_four_labels_at_least_where_the_plot_is_200_px_high():
    for classes in range(2, 40):
        high = 1.25 * log(classes)
        assert 4 <= len(labels(ValueAxis(), -0.06 * high, high)) <= 8


def test_shares_are_in_per_cent():
    assert list(labels(ValueAxis(is_share=True), 0.17, 0.37).values()) == ["20%", "30%"]


def test_labels_of_values_never_touch_where_their_ticks_are_set():
    axis = ValueAxis(is_share=True)
    axis.setTickSpacing(levels=[(0.25, 0.5)])
    high = QFontMetricsF(look.base_font()).height()
    counts = set()
    for size in range(round(2 * high), 300, 10):
        places = sorted(labels(axis, 0.44, 1.06, size))
        counts.add(len(places))
        assert places[0] == 0.5 and places[-1] == 1
        assert all((b - a) / 0.62 * size >= high for a, b in pairwise(places))
    assert counts == {2, 3}


@pytest.mark.parametrize(("largest", "label"), [(1e6, "1.00·10⁶"), (263.4, "263"), (12.34, "12.3")])
def test_above_a_break_stands_the_largest_value_alone(largest, label):
    axis, at = ValueAxis(), Break(2.0, largest)
    axis.set_break(at)
    said = labels(axis, -0.1, at.top)
    assert [label for place, label in said.items() if place > 2.0] == [label]
    assert said[at.top_tick] == label and said[0.0] == "0"


def test_the_label_with_the_unit_stands_apart_from_the_one_before():
    width = QFontMetricsF(look.base_font()).horizontalAdvance
    for size in range(100, 500, 7):
        said = sorted(labels(StepAxis(), 0, 256, size).items())
        for (place, label), (next_place, next_label) in pairwise(said):
            apart = (next_place - place) / 256 * size
            assert apart > (width(label) + width(next_label)) / 2
