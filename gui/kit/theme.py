"""The appearance of the program: colours, fonts, markers, and their counterparts in Qt."""

from __future__ import annotations

from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDir, QEvent
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QWidget

import assets
from core.class_colours import CLASS_COLOURS
from core.data.dataset import REST_MARK
from gui.kit.zoom import BASE_POINT_SIZE

SMALL = 0.88  # labels and ticks: 8.8 pt
LARGE = 1.2  # important numbers
GRID = 8  # px: the unit of distances, halved or doubled where needed

# Qt has no palette role for the background of selected items; no link here counts as visited, so
# LinkVisited is free.
SELECTED = QPalette.ColorRole.LinkVisited

# The second has the characters that the first lacks; see assets/SOURCES.md.
FAMILIES = ("Logit Lab Inter", "Logit Lab Symbols")
FACES = ("Inter-Regular", "Inter-SemiBold", "Inter-Bold", "Symbols")

# pyqtgraph's names for ● ■ ▲ ◆ ▼ ✚ ★ ⬢ ⬟ ✖, and the scale that gives each the same visual weight.
SYMBOLS = ("o", "s", "t1", "d", "t", "+", "star", "h", "p", "x")
SYMBOL_SCALES = (1.0, 0.88, 1.1, 1.15, 1.1, 1.15, 1.35, 1.08, 1.08, 1.1)
GLYPHS = ("●", "■", "▲", "◆", "▼", "✚", "★", "⬢", "⬟", "✖")

_LIGHT_CLASS_TEXTS = (  # the same hues, at least 4.5 : 1 on background, panel and chip
    "#0072B2 #916400 #007D5B #975A7C #377395 #B55000 #7B5CB9 #86692F #777000 #6A6A6A".split()
)
_DARK_CLASSES = (
    "#4F9FE8 #F2B233 #2CC79C #E29BC2 #8CD0F7 #F58345 #A68BE0 #BD9A5A #D9CE3C #A3A3A3".split()
)
_BRIGHT_CLASSES = (  # at least 7 : 1 on black
    "#6CB4FF #FFC233 #35DDB0 #F0A8D0 #A5DEFF #FF9A5C #C0A8FF #D6B26E #EDE23C #C8C8C8".split()
)
_STRONG_CLASSES = (  # at least 3 : 1 on white
    "#0072B2 #B37700 #008060 #B3568C #2B86BD #C25100 #7047C0 #7C5C20 #7D7700 #5E5E5E".split()
)
_DEEP_CLASS_TEXTS = (  # at least 7 : 1 on white
    "#004E86 #624200 #00523B #6E3557 #1F4E68 #7A3200 #53379A #594518 #4B4A00 #474747".split()
)


@dataclass(frozen=True)
class Theme:
    """The colours of one appearance; see the table of tokens in CONTRIBUTING.

    tint : the largest share of accent or counter-accent in a ground on which ink is read.
    is_hatched : whether regions differ by their hatching too, not by colour alone.
    """

    is_dark: bool
    background: str
    panel: str
    ink: str
    muted: str
    line: str
    edge: str
    chip: str
    accent: str
    counter_accent: str
    selected: str
    on_accent: str
    classes: tuple[str, ...]
    class_texts: tuple[str, ...]
    rest: str
    tint: float
    is_hatched: bool = False

    @property
    def colours(self) -> tuple[str, ...]:
        """All colours of the theme, but for the variants of text."""
        own = (getattr(self, field.name) for field in fields(self))
        single = (colour for colour in own if isinstance(colour, str))
        return *single, *self.classes

    def class_colour(self, mark: int) -> QColor:
        """Return the colour of the class with this mark; REST_MARK is neutral."""
        return QColor(self.rest if mark == REST_MARK else self.classes[mark % len(self.classes)])

    def class_text(self, mark: int) -> QColor:
        """Return the colour of text about the class with this mark: legible on the background."""
        texts = self.class_texts
        return QColor(self.muted if mark == REST_MARK else texts[mark % len(texts)])


LIGHT = Theme(
    is_dark=False,
    background="#F4F5F7",
    panel="#FFFFFF",
    ink="#1E2329",
    muted="#5D6675",
    line="#DDE1E7",
    edge="#7F8997",
    chip="#EEF1F5",
    accent="#1763A6",
    counter_accent="#BA410D",
    selected="#E4EEF8",
    on_accent="#FFFFFF",
    classes=CLASS_COLOURS,
    class_texts=tuple(_LIGHT_CLASS_TEXTS),
    rest="#9AA3AF",
    tint=0.6,
)
DARK = Theme(
    is_dark=True,
    background="#0E1013",
    panel="#15181D",
    ink="#E8EBEF",
    muted="#96A0AD",
    line="#2A2F37",
    edge="#6B7480",
    chip="#1E232A",
    accent="#4FA3E3",
    counter_accent="#F0703A",
    selected="#16283A",
    on_accent="#0B1016",
    classes=tuple(_DARK_CLASSES),
    class_texts=tuple(_DARK_CLASSES),
    rest="#7B8694",
    tint=0.55,
)
# High contrast: words 7 : 1, borders of fields 7 : 1, those of cards and the colours of classes
# 3 : 1. Positive stays blue and negative orange, as the texts call them.
WHITE_ON_BLACK = Theme(
    is_dark=True,
    background="#000000",
    panel="#000000",
    ink="#FFFFFF",
    muted="#DDDDDD",
    line="#8C8C8C",
    edge="#FFFFFF",
    chip="#161616",
    accent="#66D9FF",
    counter_accent="#FFB02E",
    selected="#00305C",
    on_accent="#000000",
    classes=tuple(_BRIGHT_CLASSES),
    class_texts=tuple(_BRIGHT_CLASSES),
    rest="#BFBFBF",
    tint=0.36,
    is_hatched=True,
)
BLACK_ON_WHITE = Theme(
    is_dark=False,
    background="#FFFFFF",
    panel="#FFFFFF",
    ink="#000000",
    muted="#3A3A3A",
    line="#767676",
    edge="#000000",
    chip="#F4F4F4",
    accent="#00438F",
    counter_accent="#8F2C00",
    selected="#E6F0FF",
    on_accent="#FFFFFF",
    classes=tuple(_STRONG_CLASSES),
    class_texts=tuple(_DEEP_CLASS_TEXTS),
    rest="#6E6E6E",
    tint=0.5,
    is_hatched=True,
)
THEMES = LIGHT, DARK, WHITE_ON_BLACK, BLACK_ON_WHITE


def asset(name: str) -> str:
    """Return the path of a bundled file, which Qt opens itself."""
    return str(files(assets).joinpath(name))


def symbol(mark: int) -> str:
    """Return pyqtgraph's name for the marker of a class."""
    return SYMBOLS[mark % len(SYMBOLS)]


def symbol_scale(mark: int) -> float:
    return SYMBOL_SCALES[mark % len(SYMBOLS)]


def rgb(colour: str | QColor) -> NDArray[np.float64]:
    """Return red, green and blue in 0 … 255, (3,)."""
    c = QColor(colour)
    return np.array([c.red(), c.green(), c.blue()], dtype=np.float64)


def mixed(
    ground: NDArray[np.float64], top: NDArray[np.float64], share: NDArray[np.floating]
) -> NDArray[np.uint8]:
    """Blend the colour `top` into `ground`: (…, 3) bytes for shares (…).

    Shares are clipped to 0 … 1, and NaN counts as 0: no colour is outside the two ends, where
    bytes would wrap around.
    """
    part = np.nan_to_num(np.asarray(share, dtype=np.float64), nan=0.0).clip(0, 1)[..., None]
    mix: NDArray[np.uint8] = np.rint(ground + (top - ground) * part).astype(np.uint8)
    return mix


def signed_levels(values: NDArray[np.floating], scale: float, middle: int) -> NDArray[np.intp]:
    """Return the levels −middle … +middle of values −scale … +scale; larger values are clipped.

    NaN becomes 0; if the scale is 0, so does everything.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.rint(values * (middle / scale if scale else 0.0))
    levels: NDArray[np.intp] = np.nan_to_num(scaled, nan=0.0).clip(-middle, middle).astype(np.intp)
    return levels


def signed_map(theme: Theme) -> NDArray[np.uint8]:
    """Return the colours of −1 … +1 in 513 steps, (513, 3): orange-red, neutral, blue."""
    t = np.linspace(-1, 1, 513)
    ends = np.where(t[:, None] < 0, rgb(theme.counter_accent), rgb(theme.accent))
    return mixed(rgb(theme.panel), ends, np.abs(t) ** 0.85)


def load_fonts() -> None:
    """Register the bundled fonts with Qt; needs a QApplication."""
    if not set(FAMILIES) <= set(QFontDatabase.families()):
        for face in FACES:
            QFontDatabase.addApplicationFont(asset(f"fonts/{face}.ttf"))


def base_font() -> QFont:
    """Return the bundled sans at 10 pt with tabular figures: the same on every machine.

    Characters of other scripts, as in the name of a class, come from the system's fonts.
    """
    font = QFont(list(FAMILIES))
    font.setStyleHint(QFont.StyleHint.SansSerif)  # if the files cannot be read
    font.setPointSizeF(BASE_POINT_SIZE)
    font.setFeature(QFont.Tag("tnum"), 1)
    # The system's hinting may round each letter's width to whole pixels: 4 % of a line.
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


def palette(theme: Theme) -> QPalette:
    """Return the palette, for whatever the style sheet leaves to the style."""
    p = QPalette()
    role = QPalette.ColorRole
    for roles, colour in (
        ((role.Window,), theme.background),
        ((role.Base, role.ToolTipBase), theme.panel),
        ((role.AlternateBase, role.Button), theme.chip),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), theme.ink),
        ((role.BrightText, role.HighlightedText), theme.on_accent),
        ((role.Highlight, role.Link, role.Accent), theme.accent),
        ((role.PlaceholderText,), theme.muted),
        ((role.Mid, role.Midlight), theme.line),
        ((role.Dark,), theme.edge),
        ((SELECTED,), theme.selected),
    ):
        for r in roles:
            p.setColor(r, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for r in (role.WindowText, role.Text, role.ButtonText):
        p.setColor(disabled, r, QColor(theme.muted))
    return p


def theme_of(palette: QPalette) -> Theme | None:
    """Return the theme that this palette was made from, or None."""
    colour = palette.color(SELECTED)
    return next((theme for theme in THEMES if QColor(theme.selected) == colour), None)


def new_theme(widget: QWidget, event: QEvent) -> Theme | None:
    """Return the theme that an event of `widget.changeEvent` brings, or None.

    The widget may show its colours already.
    """
    return theme_of(widget.palette()) if event.type() == QEvent.Type.PaletteChange else None


def style_sheet() -> str:
    """Return the style sheet of the whole application, the same for every theme and zoom."""
    QDir.setSearchPaths("icons", [asset("icons")])
    return Path(asset("style.qss")).read_text("utf-8")
