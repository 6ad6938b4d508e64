"""A page of the glossary: the term, what it means, its formula, a sketch, and the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from core.language import ENGLISH, current, tr
from core.teach.formulae import in_words
from gui.kit import zoom
from gui.kit.areas.scrolling import Scrolled
from gui.kit.flow_layout import FlowLayout
from gui.kit.labels import small_label
from gui.kit.maths.formula import Formula
from gui.kit.maths.inline import typeset_in
from gui.kit.maths.words import Words
from gui.kit.theme import Theme
from gui.stage.demos.chart import Chart, Colour
from gui.window.lesson import markdown

if TYPE_CHECKING:
    from core.teach.glossary import Entry
    from core.teach.sketches import Sketch

MARGIN, GAP = 16, 8
TITLE = 1.6  # type size relative to the rest
FORMULA_PX = 24.0
PENS: tuple[tuple[Colour, bool], ...] = (  # colour, and whether it is dashed
    ("accent", False),
    ("counter_accent", False),
    ("muted", False),
    ("accent", True),
    ("counter_accent", True),
)


class Page(Scrolled):
    """Shows one entry at a time."""

    chosen = Signal(str)  # title of a related entry
    view_wanted = Signal(str)
    demo_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.entry: Entry | None = None
        self.links: dict[str, QPushButton] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("page of the glossary"))
        self.setProperty("reached", True)

    def show_entry(self, entry: Entry) -> None:
        """Show this entry instead of the one before."""
        is_same, self.entry, self.links = entry is self.entry, entry, {}
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        column.setSpacing(GAP)
        title = QLabel(tr(entry.title))
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        zoom.set_type(title, TITLE, bold=True)
        column.addWidget(title)
        if others := _other_names(entry):
            names = ", ".join(others[:6])
            column.addWidget(small_label(tr("also: {names}", names=names), wraps=True))
        column.addWidget(self._words(entry))
        if entry.formula:
            column.addWidget(
                Formula(self._theme, entry.formula, in_words(entry.formula), px=FORMULA_PX)
            )
        if entry.sketch:
            column.addWidget(self._sketch(entry.sketch), 1)
        for row in (self._places(entry), self._related(entry)):
            if row is not None:
                column.addWidget(row)
        column.addStretch(1 if not entry.sketch else 0)
        if is_same:  # in other colours or type
            self.renew(page)
        else:
            self.setWidget(page)
            self.begin()
        before: QWidget = self
        for button in page.findChildren(QPushButton):
            button.setAutoDefault(False)  # Return in the search presses none
            QWidget.setTabOrder(before, button)
            before = button
        self.setAccessibleDescription(f"{tr(entry.title)}. {markdown.plain(tr(entry.text))}")

    def _words(self, entry: Entry) -> Words:
        words = Words()
        formula = typeset_in(words.font(), self._theme.ink, self.devicePixelRatioF())
        words.setText(markdown.rich(tr(entry.text), formula=formula))
        words.setAccessibleName(markdown.plain(tr(entry.text)))
        return words

    def _sketch(self, name: str) -> QWidget:
        from core.teach.sketches import SKETCHES

        return _chart(SKETCHES[name](), self._theme)

    def _places(self, entry: Entry) -> QWidget | None:
        """Return buttons that lead to where the term is seen, if it is."""
        buttons = []
        if entry.demo:
            button = QPushButton(tr("Demonstration: {title}", title=tr(entry.demo)))
            button.clicked.connect(lambda: self.demo_wanted.emit(entry.demo))
            buttons.append(button)
        if entry.view:
            button = QPushButton(tr("Show {view}", view=tr(entry.view)))
            button.clicked.connect(lambda: self.view_wanted.emit(entry.view))
            buttons.append(button)
        return _flow(buttons) if buttons else None

    def _related(self, entry: Entry) -> QWidget | None:
        """Return buttons that lead to related entries."""
        for title in entry.see:
            button = QPushButton(tr(title))
            button.setProperty("quiet", True)
            button.clicked.connect(lambda _=False, title=title: self.chosen.emit(title))
            self.links[title] = button
        see = QLabel(tr("See also"))
        see.setProperty("muted", True)
        return _flow([see, *self.links.values()]) if self.links else None

    def set_theme(self, theme: Theme) -> None:
        """Show the entry in other colours or sizes."""
        self._theme = theme
        if self.entry is not None:
            self.show_entry(self.entry)


def _other_names(entry: Entry) -> list[str]:
    """Return what else the term is called: by the window, and in English in another language."""
    short = [name for name in entry.names if len(name) < 26 and "," not in name]
    if current() is ENGLISH:
        return short
    said = [tr(name) for name in short if tr(name) != name]
    return list(dict.fromkeys([*([entry.title] if tr(entry.title) != entry.title else []), *said]))


def _flow(widgets: list[QPushButton] | list[QWidget]) -> QWidget:
    row = QWidget()
    flow = FlowLayout(row, GAP, GAP)
    for widget in widgets:
        flow.addWidget(widget)
    return row


def _chart(sketch: Sketch, theme: Theme) -> Chart:
    chart = Chart(theme, sketch.said, sketch.across)
    chart.plot.getPlotItem().setLabel("left", sketch.up)
    for curve, (colour, is_dashed) in zip(sketch.curves, PENS, strict=False):
        line = chart.add(curve.name, colour, dashed=is_dashed)
        line.setData(curve.x, curve.y)
    chart.set_range(sketch.x, sketch.y)
    chart.set_theme(theme)
    return chart
