"""Typeset formulae: LaTeX is converted to outlines once; Qt draws them crisply at any scale."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from PySide6.QtCore import QByteArray, QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from core.language import tr
from core.teach.typesetter import typeset
from gui.kit import described, zoom
from gui.kit.flow_layout import FlowLayout
from gui.kit.theme import Theme

BODY_PX = 19.0  # font size at a zoom of 100 %
OUTLINES_PX = 100.0  # font size of the outlines; a formula of another size is scaled
RIM_PX = 1.0  # that a formula has around it, whatever its size
PATH = re.compile('<path d="([^"]+)" fill="([^"]+)"')  # as ziamath writes them
NUMBER = re.compile(r"-?[\d.]+")
INK = "#010203"  # stands for the theme's ink in the outlines; no theme has this colour


def load() -> None:
    """Load the typesetter and its font, which takes 0.3 s; on any thread, before it is needed."""
    outlines("x")


@lru_cache(maxsize=2048)
def outlines(latex: str) -> bytes:
    """Return the formula as SVG; takes 5 to 20 ms the first time, on the calling thread."""
    return typeset(latex, OUTLINES_PX, INK).encode()


class Picture:
    """A formula in one size: `size` in logical pixels, `above` of it above the baseline.

    inks : the colours of terms in other colours, by that which stands for them in the outlines.
    """

    def __init__(
        self, latex: str, px: float, colour: str, inks: tuple[tuple[str, str], ...] = ()
    ) -> None:
        inked = outlines(latex)
        for before, after in ((INK, colour), *inks):
            inked = inked.replace(before.encode(), after.encode())
        self._renderer = QSvgRenderer(QByteArray(inked))
        scale = px / OUTLINES_PX
        more = RIM_PX / scale - RIM_PX  # of the rim, in units of the outlines
        box = self._renderer.viewBoxF().adjusted(-more, -more, more, more)
        self._renderer.setViewBox(box)
        self.size = box.size() * scale
        self.above = -box.top() * scale
        self._pixmaps: dict[float, QPixmap] = {}

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Draw it with its upper left corner at `at`."""
        painter.drawPixmap(at, self.pixmap(painter.device().devicePixelRatioF()))

    def pixmap(self, ratio: float) -> QPixmap:
        """Return its pixmap at `ratio` device pixels per logical pixel."""
        if ratio not in self._pixmaps:
            whole = QSize(int(self.size.width()) + 2, int(self.size.height()) + 2)
            pixmap = QPixmap(whole * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._renderer.render(painter, QRectF(QPointF(), self.size))
            painter.end()
            self._pixmaps[ratio] = pixmap
        return self._pixmaps[ratio]

    def places(self, latex: str) -> dict[str, QRectF]:
        """Return where the parts in each colour of the outlines are, in logical pixels."""
        found: dict[str, QRectF] = {}
        box, scale = (
            self._renderer.viewBoxF(),
            self.size.width() / self._renderer.viewBoxF().width(),
        )
        for path, colour in PATH.findall(outlines(latex).decode()):
            numbers = [float(number) for number in NUMBER.findall(path)]
            x, y = numbers[0::2], numbers[1::2]
            part = QRectF(QPointF(min(x), min(y)), QPointF(max(x), max(y)))
            part = QRectF((part.topLeft() - box.topLeft()) * scale, part.size() * scale)
            found[colour] = found[colour].united(part) if colour in found else part
        return found


@lru_cache(maxsize=512)
def picture(latex: str, px: float, colour: str, inks: tuple[tuple[str, str], ...] = ()) -> Picture:
    """Return the typeset formula, ready to be drawn."""
    return Picture(latex, px, colour, inks)


class Formula(QWidget):
    """A formula. Screen readers get `spoken`; a right click copies it as LaTeX or as text."""

    heard_as = described.TEXT

    def __init__(
        self,
        theme: Theme,
        latex: str,
        spoken: str,
        *,
        px: float = BODY_PX,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._px = theme, px
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_formula(latex, spoken)

    def show_formula(self, latex: str, spoken: str) -> None:
        """Show another formula."""
        self.latex, self.spoken = latex, spoken
        self.setAccessibleName(spoken)
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_px(self, px: float) -> None:
        """Set the font size, in pixels at a zoom of 100 %."""
        self._px = px
        self.updateGeometry()
        self.update()

    def typesetting(self) -> Callable[[], bytes]:
        """Return the slow part of the first painting, which may run on any thread in advance."""
        return partial(outlines, self.latex)

    def sizeHint(self) -> QSize:
        size = self._picture.size
        return QSize(int(size.width()) + 2, int(size.height()) + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @property
    def above(self) -> int:
        """Height of the widget above the formula's baseline, in pixels."""
        shown = self._picture
        return round((self.sizeHint().height() - shown.size.height()) / 2 + shown.above)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:  # follow the size of the text
            self.updateGeometry()
            self.update()

    @property
    def _picture(self) -> Picture:
        return picture(self.latex, self._px * zoom.factor(), self._theme.ink)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = self._picture
        self._picture.paint(painter, QPointF(0, (self.height() - shown.size.height()) / 2))
        painter.end()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        copy_menu(self, self.latex, self.spoken).exec(event.globalPos())


def flow_of(parent: QWidget, formulae: Iterable[Formula], gap: int) -> FlowLayout:
    """Lay formulae out side by side on one baseline, wrapped like words."""
    flow = FlowLayout(
        parent, gap, 4, lambda widget: widget.above if isinstance(widget, Formula) else 0
    )
    for formula in formulae:
        flow.addWidget(formula)
    return flow


def copy_menu(parent: QWidget, latex: str, text: str, table: str = "") -> QMenu:
    """Return a menu that copies a formula as LaTeX and as text, and a table, if any, as CSV."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    clipboard = QGuiApplication.clipboard()
    for words, what in (
        (tr("Copy as &LaTeX"), latex),
        (tr("Copy as &text"), text),
        (tr("Copy table as &CSV"), table),
    ):
        if what:
            menu.addAction(words, lambda what=what: clipboard.setText(what))  # type: ignore[misc]
    return menu
