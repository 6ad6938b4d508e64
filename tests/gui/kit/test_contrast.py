"""Words and the borders of fields stand out from what they lie on, in every theme (WCAG 2.2)."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from gui.kit import theme as look
from gui.kit.theme import THEMES as ALL

NAMES = ["light", "dark", "white on black", "black on white"]
THEMES = pytest.mark.parametrize("theme", ALL, ids=NAMES)
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


def least(theme) -> float:
    """What words need: AA of WCAG, in high contrast AAA."""
    return 7.0 if theme.is_hatched else 4.5


def test_black_on_white_is_the_greatest_contrast():
    assert contrast("black", "white") == pytest.approx(21)


@THEMES
@pytest.mark.parametrize("ink", ["ink", "muted", "accent", "counter_accent"])
@pytest.mark.parametrize("ground", [*GROUNDS, "selected"])
def test_words_can_be_read(theme, ink, ground):
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= least(theme)


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_in_the_colour_of_a_class_can_be_read(theme, ground):
    worst = min(contrast(theme.class_text(k), getattr(theme, ground)) for k in range(10))
    assert worst >= least(theme)


@THEMES
def test_words_on_the_accent_can_be_read(theme):
    assert contrast(theme.on_accent, theme.accent) >= least(theme)


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_borders_of_fields_can_be_seen(theme, ground):
    assert contrast(theme.edge, getattr(theme, ground)) >= 3


@pytest.mark.parametrize("theme", [t for t in ALL if t.is_hatched], ids=NAMES[2:])
@pytest.mark.parametrize("ground", GROUNDS)
def test_in_high_contrast_cards_and_classes_stand_out(theme, ground):
    seen = theme.line, theme.rest, *theme.classes
    assert min(contrast(colour, getattr(theme, ground)) for colour in seen) >= 3


@THEMES
@pytest.mark.parametrize("ground", ["panel", "chip"])
@pytest.mark.parametrize("top", ["accent", "counter_accent"])
def test_ink_can_be_read_on_the_strongest_tint(theme, ground, top):
    under, over = (look.rgb(getattr(theme, name)) for name in (ground, top))
    tinted = QColor(*look.mixed(under, over, np.array(theme.tint)).tolist())
    assert contrast(theme.ink, tinted) >= least(theme)
