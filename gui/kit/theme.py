"""How everything looks: colours, type, markers, and what they become in Qt."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QWidget

from core.data.dataset import REST_MARK

BASE_POINT_SIZE = 10.0
SMALL = 0.88  # labels and ticks: 8.8 pt
LARGE = 1.2  # the numbers that matter
GRID = 8  # px, and its halves, for every distance

# Qt has no role of its own for the ground of what is selected, and no link here has been visited.
SELECTED = QPalette.ColorRole.LinkVisited
# The tokens of the style sheet as roles of the palette: see `gui.window.theming`.
ROLES = {
    "background": "window",
    "panel": "base",
    "ink": "window-text",
    "muted": "placeholder-text",
    "line": "mid",
    "chip": "button",
    "accent": "highlight",
    "on_accent": "bright-text",
    "selected": "link-visited",
}

# The second has the signs that the first lacks; see assets/SOURCES.md.
FAMILIES = ("Logit Lab Inter", "Logit Lab Symbols")
FACES = ("Inter-Regular", "Inter-SemiBold", "Inter-Bold", "Symbols")

# pyqtgraph's names for ● ■ ▲ ◆ ▼ ✚ ★ ⬢ ⬟ ✖, and how large each is drawn to weigh the same.
SYMBOLS = ("o", "s", "t1", "d", "t", "+", "star", "h", "p", "x")
SYMBOL_SCALES = (1.0, 0.88, 1.1, 1.15, 1.1, 1.15, 1.35, 1.08, 1.08, 1.1)
GLYPHS = ("●", "■", "▲", "◆", "▼", "✚", "★", "⬢", "⬟", "✖")

_LIGHT_CLASSES = (
    "#0072B2 #E69F00 #009E73 #CC79A7 #56B4E9 #D55E00 #7F5FBF #8C6D31 #B5A900 #6E6E6E".split()
)
_DARK_CLASSES = (
    "#4F9FE8 #F2B233 #2CC79C #E29BC2 #8CD0F7 #F58345 #A68BE0 #BD9A5A #D9CE3C #A3A3A3".split()
)


@dataclass(frozen=True)
class Theme:
    """The colours of one appearance; see the table of tokens in CONTRIBUTING."""

    is_dark: bool
    background: str
    panel: str
    ink: str
    muted: str
    line: str
    chip: str
    accent: str
    counter_accent: str
    selected: str
    on_accent: str
    classes: tuple[str, ...]
    rest: str

    def class_colour(self, mark: int) -> QColor:
        """The colour of the class with this mark; REST_MARK is neutral."""
        return QColor(self.rest if mark == REST_MARK else self.classes[mark % len(self.classes)])


LIGHT = Theme(
    is_dark=False,
    background="#F4F5F7",
    panel="#FFFFFF",
    ink="#1E2329",
    muted="#667080",
    line="#DDE1E7",
    chip="#EEF1F5",
    accent="#1763A6",
    counter_accent="#C1440E",
    selected="#E4EEF8",
    on_accent="#FFFFFF",
    classes=tuple(_LIGHT_CLASSES),
    rest="#9AA3AF",
)
DARK = Theme(
    is_dark=True,
    background="#0E1013",
    panel="#15181D",
    ink="#E8EBEF",
    muted="#96A0AD",
    line="#2A2F37",
    chip="#1E232A",
    accent="#4FA3E3",
    counter_accent="#F0703A",
    selected="#16283A",
    on_accent="#0B1016",
    classes=tuple(_DARK_CLASSES),
    rest="#7B8694",
)


def asset(name: str) -> str:
    """The path of a bundled file, which Qt opens itself."""
    return str(files("assets").joinpath(name))


def symbol(mark: int) -> str:
    """pyqtgraph's name for the marker of a class."""
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
    """Mix so much of the colour `top` into `ground`: (…, 3) bytes for shares (…).

    A share below 0 or above 1 counts as 0 or 1, and one that is no number as 0: no colour lies
    outside the two ends, where bytes would wrap around.
    """
    part = np.nan_to_num(np.asarray(share, dtype=np.float64), nan=0.0).clip(0, 1)[..., None]
    mix: NDArray[np.uint8] = np.rint(ground + (top - ground) * part).astype(np.uint8)
    return mix


def signed_levels(values: NDArray[np.floating], scale: float, middle: int) -> NDArray[np.intp]:
    """Return the places −middle … +middle of values −scale … +scale; what lies beyond is an end.

    What is no number is 0, and so is all where the scale is.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        places = np.rint(values * (middle / scale if scale else 0.0))
    levels: NDArray[np.intp] = np.nan_to_num(places, nan=0.0).clip(-middle, middle).astype(np.intp)
    return levels


def signed_map(theme: Theme) -> NDArray[np.uint8]:
    """Return the colours of −1 … +1 in 513 steps, (513, 3): orange-red, neutral, blue."""
    t = np.linspace(-1, 1, 513)
    ends = np.where(t[:, None] < 0, rgb(theme.counter_accent), rgb(theme.accent))
    return mixed(rgb(theme.panel), ends, np.abs(t) ** 0.85)


def load_fonts() -> None:
    """Make the bundled faces known to Qt; needs a QApplication."""
    if not set(FAMILIES) <= set(QFontDatabase.families()):
        for face in FACES:
            QFontDatabase.addApplicationFont(asset(f"fonts/{face}.ttf"))


def base_font(scale: float = 1.0) -> QFont:
    """The bundled sans at 10 pt with figures of one width: the same on every machine.

    Signs of other scripts, as in the name of a class, come from the system's fonts.
    """
    font = QFont(list(FAMILIES))
    font.setStyleHint(QFont.StyleHint.SansSerif)  # where the files cannot be read
    font.setPointSizeF(BASE_POINT_SIZE * scale)
    font.setFeature(QFont.Tag("tnum"), 1)
    # The system's setting may round each letter's width to whole pixels: 4 % of a line.
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


def scaled(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """The same face, larger or smaller, perhaps semibold."""
    copy = QFont(font)
    copy.setPointSizeF(font.pointSizeF() * factor)
    if bold:
        copy.setWeight(QFont.Weight.DemiBold)
    return copy


def palette(theme: Theme) -> QPalette:
    """Qt's palette, for whatever the style sheet leaves to the style."""
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
        ((role.Mid, role.Dark, role.Midlight), theme.line),
        ((SELECTED,), theme.selected),
    ):
        for r in roles:
            p.setColor(r, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for r in (role.WindowText, role.Text, role.ButtonText):
        p.setColor(disabled, r, QColor(theme.muted))
    return p


def theme_of(palette: QPalette) -> Theme | None:
    """Return the theme that this palette was made of; None where it was made of none."""
    colour = palette.color(SELECTED)
    return next((theme for theme in (LIGHT, DARK) if QColor(theme.selected) == colour), None)


def new_theme(widget: QWidget, event: QEvent) -> Theme | None:
    """Return the theme that an event of `widget.changeEvent` brings; None where it brings none.

    It may be the one whose colours the widget shows already.
    """
    return theme_of(widget.palette()) if event.type() == QEvent.Type.PaletteChange else None


def style_sheet(scale: float = 1.0) -> str:
    """The style sheet of the whole application; `scale` enlarges its distances with the type.

    It names no colour: they are those of `palette`, for whichever theme that is.
    """
    theme = SimpleNamespace(**{token: f"palette({role})" for token, role in ROLES.items()})

    def px(length: float) -> str:
        return f"{round(length * scale)}px"

    def icon(name: str) -> str:
        return asset(f"icons/{name}.svg").replace(chr(92), "/")

    small = BASE_POINT_SIZE * scale * SMALL
    return f"""
    QMainWindow, QMenuBar, QScrollArea, #column {{ background: {theme.background}; border: none; }}
    QMenuBar {{ padding: {px(2)} {px(6)}; color: {theme.muted}; }}
    QMenuBar::item {{ padding: {px(4)} {px(8)}; border-radius: {px(6)}; background: transparent; }}
    QMenuBar::item:selected {{ background: {theme.chip}; color: {theme.ink}; }}
    QMenu {{ background: {theme.panel}; color: {theme.ink}; border: 1px solid {theme.line};
             padding: {px(4)}; }}
    QMenu::item {{ padding: {px(5)} {px(24)} {px(5)} {px(24)}; border-radius: {px(4)}; }}
    QMenu::item:selected {{ background: {theme.selected}; color: {theme.ink}; }}
    QMenu::item:disabled {{ color: {theme.muted}; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: {px(4)} {px(8)}; }}
    QToolTip {{ background: {theme.panel}; color: {theme.ink}; border: 1px solid {theme.line};
                padding: {px(4)}; }}
    QSplitter::handle {{ background: transparent; }}

    #tabline {{ background: {theme.line}; border: none; }}
    QFrame[card="true"] {{ background: {theme.panel}; border: 1px solid {theme.line};
                           border-radius: {px(10)}; }}
    QLabel {{ background: transparent; color: {theme.ink}; }}
    QLabel[muted="true"] {{ color: {theme.muted}; }}
    QLabel[small="true"] {{ color: {theme.muted}; font-size: {small}pt; }}
    QLabel[title="true"] {{ color: {theme.muted}; font-weight: 600; }}
    QLabel:disabled {{ color: {theme.muted}; }}

    QPushButton, QToolButton {{ background: {theme.chip}; color: {theme.ink};
        border: 2px solid transparent; border-radius: {px(6)};
        padding: {px(3)} {px(10)}; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {theme.line}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {theme.line}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {theme.accent}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {theme.muted}; }}
    QPushButton[primary="true"] {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QPushButton[primary="true"]:focus {{ border-color: {theme.ink}; }}
    QPushButton[primary="true"] QLabel {{ color: {theme.on_accent}; }}
    QPushButton[primary="true"]:disabled {{ background: {theme.chip}; color: {theme.muted}; }}
    QPushButton[primary="true"] QLabel:disabled {{ color: {theme.muted}; }}
    QPushButton[quiet="true"], QToolButton[quiet="true"] {{ background: transparent;
        color: {theme.muted}; padding: {px(1)} {px(6)}; font-weight: 600; }}
    QPushButton[quiet="true"]:checked {{ color: {theme.accent}; }}
    QPushButton[row="true"] {{ background: transparent; text-align: left; border-radius: {px(8)};
        padding: {px(4)} {px(6)}; border: 2px solid transparent; }}
    QPushButton[row="true"]:hover {{ background: {theme.chip}; }}
    QPushButton[row="true"]:checked {{ background: {theme.selected};
        border-left-color: {theme.accent}; }}
    QPushButton[row="true"]:focus {{ border-color: {theme.accent}; }}
    QPushButton[segment="true"] {{ background: transparent; color: {theme.muted};
        padding: {px(4)} {px(8)}; }}
    QPushButton[segment="true"]:checked {{ background: {theme.panel}; color: {theme.ink};
        border: 1px solid {theme.line}; font-weight: 600; }}
    QPushButton[segment="true"]:focus {{ border: 2px solid {theme.accent}; }}
    QFrame[segments="true"] {{ background: {theme.chip}; border-radius: {px(8)}; }}
    QPushButton[marker="true"] {{ background: transparent; padding: {px(2)} {px(7)}; }}
    QPushButton[marker="true"]:checked {{ background: {theme.selected};
        border-color: {theme.accent}; }}

    QComboBox, QAbstractSpinBox, QLineEdit {{ background: {theme.chip}; color: {theme.ink};
        border: 2px solid transparent; border-radius: {px(6)};
        padding: {px(1)} {px(5)}; selection-background-color: {theme.accent};
        selection-color: {theme.on_accent}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
    QAbstractSpinBox QLineEdit {{ background: transparent; border: none; padding: 0; }}
    QToolButton::menu-indicator {{ image: none; }}
    QCheckBox::indicator {{ width: {px(12)}; height: {px(12)}; border: 1px solid {theme.muted};
        border-radius: {px(3)}; }}
    QCheckBox::indicator:checked {{ image: url("{icon("check")}"); }}
    QCheckBox::indicator:focus {{ border-color: {theme.accent}; background: {theme.selected}; }}
    QCheckBox::indicator:disabled {{ border-color: {theme.line}; }}
    QComboBox:hover, QAbstractSpinBox:hover {{ border-color: {theme.line}; }}
    QComboBox:focus, QAbstractSpinBox:focus {{ border-color: {theme.accent}; }}
    QComboBox:disabled, QAbstractSpinBox:disabled {{ color: {theme.muted}; }}
    QComboBox::drop-down {{ border: none; width: {px(18)}; }}
    QComboBox::down-arrow {{ image: url("{icon("chevron-down")}");
        width: {px(12)}; height: {px(12)}; }}
    QComboBox QAbstractItemView {{ background: {theme.panel}; color: {theme.ink};
        border: 1px solid {theme.line}; selection-background-color: {theme.selected};
        selection-color: {theme.ink}; outline: none; }}
    QListWidget {{ background: {theme.panel}; color: {theme.ink}; border: 1px solid {theme.line};
        border-radius: {px(6)}; }}

    QTableView, QListView {{ background: {theme.panel}; color: {theme.ink};
        alternate-background-color: {theme.background}; border: none; outline: none;
        selection-background-color: {theme.selected}; selection-color: {theme.ink}; }}
    QHeaderView {{ background: {theme.panel}; }}
    QTableCornerButton::section {{ background: {theme.panel}; border: none;
        border-bottom: 1px solid {theme.line}; }}
    QHeaderView::section {{ background: {theme.panel}; color: {theme.muted}; border: none;
        border-bottom: 1px solid {theme.line}; padding: {px(4)} {px(6)}; font-weight: 600; }}

    QSlider {{ background: transparent; }}
    QSlider::groove:horizontal {{ height: {px(4)}; border-radius: {px(2)};
        background: {theme.line}; }}
    QSlider::sub-page:horizontal {{ background: {theme.accent}; border-radius: {px(2)}; }}
    QSlider::handle:horizontal {{ background: {theme.accent}; width: {px(14)}; height: {px(14)};
        margin: -{px(5)} 0; border-radius: {px(7)}; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {theme.ink}; }}

    QProgressBar {{ background: {theme.line}; border: none; border-radius: {px(3)}; }}
    QProgressBar::chunk {{ background: {theme.accent}; border-radius: {px(3)}; }}

    QTabBar {{ background: transparent; }}
    QTabBar::tab {{ background: transparent; color: {theme.muted}; padding: {px(10)} {px(10)};
        border-bottom: 2px solid transparent; font-weight: 600; }}
    QTabBar[narrow="true"]::tab {{ padding: {px(10)} {px(5)}; }}
    QTabBar[tight="true"] {{ font-size: {small}pt; }}
    QTabBar[tight="true"]::tab {{ padding: {px(10)} {px(2)}; }}
    QTabBar::tab:selected {{ color: {theme.ink}; border-bottom: 2px solid {theme.accent}; }}
    QTabBar::tab:hover {{ color: {theme.ink}; }}
    QTabBar::tab:focus {{ color: {theme.accent}; }}

    QScrollBar:vertical {{ background: transparent; width: {px(8)}; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {theme.line}; border-radius: {px(4)};
        min-height: {px(24)}; }}
    QScrollBar:horizontal {{ background: transparent; height: {px(8)}; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {theme.line}; border-radius: {px(4)};
        min-width: {px(24)}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """
