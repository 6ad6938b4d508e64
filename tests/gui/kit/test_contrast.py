"""Words and the borders of fields stand out from what they lie on, in both themes (WCAG 2.2)."""

import pytest
from PySide6.QtGui import QColor

from gui.kit.theme import DARK, LIGHT

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
GROUNDS = ("background", "panel", "chip")


def luminance(colour) -> float:
    """The relative luminance of WCAG 2.2."""
    given = QColor(colour)
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (given.redF(), given.greenF(), given.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_greatest_contrast():
    assert contrast("black", "white") == pytest.approx(21)


@THEMES
@pytest.mark.parametrize("ink", ["ink", "muted", "accent", "counter_accent"])
@pytest.mark.parametrize("ground", [*GROUNDS, "selected"])
def test_words_can_be_read(theme, ink, ground):
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_in_the_colour_of_a_class_can_be_read(theme, ground):
    worst = min(contrast(theme.class_text(k), getattr(theme, ground)) for k in range(10))
    assert worst >= 4.5


@THEMES
def test_words_on_the_accent_can_be_read(theme):
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_borders_of_fields_can_be_seen(theme, ground):
    assert contrast(theme.edge, getattr(theme, ground)) >= 3
