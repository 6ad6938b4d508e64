"""A plot of a few curves over one axis, with a legend."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.kit import plots
from gui.kit.plots import Line
from gui.kit.theme import Theme
from gui.stage.demos.columns import Shaped

LOW, HIGH = 130, 420  # px at 100 %; within them the plot takes the remaining height

Colour = Literal["accent", "counter_accent", "muted"]


class Chart(QWidget):
    """Curves without mouse interaction; figures beside the chart show their values."""

    def __init__(self, theme: Theme, name: str, x_axis: str) -> None:
        super().__init__()
        self._theme = theme
        self._lines: list[tuple[Line, str, Colour, float, bool]] = []
        self._legend = QLabel()
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setWordWrap(True)
        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setAccessibleName(name)
        self.plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # the page scrolls
        self.plot.getPlotItem().getViewBox().setMouseEnabled(x=False, y=False)
        self.plot.getPlotItem().setLabel("bottom", x_axis)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._legend)
        layout.addWidget(Shaped(self.plot, low=LOW, high=HIGH), 1)

    def add(self, text: str, colour: Colour, *, width: float = 2, dashed: bool = False) -> Line:
        """Add a curve; it has a legend entry unless `text` is empty."""
        line = Line(self.plot)
        self._lines.append((line, text, colour, width, dashed))
        self._dress()
        return line

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.plot.setRange(xRange=x, yRange=y, padding=0)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        plots.paint(self.plot, theme)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            plots.paint(self.plot, self._theme)
            self._dress()

    def _dress(self) -> None:
        entries = []
        for line, words, colour, width, dashed in self._lines:
            style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
            code = getattr(self._theme, colour)
            line.setPen(plots.pen(self.plot, code, width, style))
            if words:
                dash = "╍╍" if dashed else "━━"
                entries.append(f'<span style="color:{code}">{dash}</span>&nbsp;{words}')
        self._legend.setText(" &nbsp; ".join(entries))
