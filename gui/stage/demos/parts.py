"""Shared widgets of the demonstrations: notes, captions, rows, value sliders, figures."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from core.language import tr
from core.number_format import format_fixed
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.unscrolled import Slider
from gui.kit.flow_layout import FlowLayout
from gui.kit.theme import Theme

GAP = 8
NOTE = "note"  # property of a paragraph


def note(text: str) -> QLabel:
    """Return a paragraph of rich text that wraps."""
    label = QLabel(text)
    label.setProperty(NOTE, True)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def caption(text: str, *, wraps: bool = False) -> QLabel:
    """Return a short muted heading; one that wraps takes the width it is given."""
    label = QLabel(text)
    label.setProperty("title", True)
    if wraps:
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def row(*widgets: QWidget | None, gap: int = 2 * GAP) -> QHBoxLayout:
    """Return a layout of widgets from left to right; None is a stretch."""
    layout = QHBoxLayout()
    layout.setSpacing(gap)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    return layout


def together(*widgets: QWidget) -> QWidget:
    """Return the widgets side by side in one widget, which wraps as a whole."""
    group = QWidget()
    layout = row(*widgets, gap=GAP)
    layout.setContentsMargins(0, 0, 0, 0)
    group.setLayout(layout)
    return group


def reset_button(reset: Callable[[], object]) -> QPushButton:
    """Return a button that resets a demonstration."""
    button = QPushButton(tr("Reset values"))
    button.setToolTip(tr("Back to the values this demonstration starts with"))
    button.clicked.connect(lambda _=False: reset())
    return button


class Wrapped(QWidget):
    """Widgets side by side, wrapped like words if the width is too small.

    The height is fixed after each resize, not by height-for-width: with that, the page would
    reserve the height needed at the smallest width. Until it is shown no height is asked for:
    formulae in it may still be typeset, in the background.
    """

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._flow = FlowLayout(self, 3 * GAP, GAP)
        for widget in widgets:
            self._flow.addWidget(widget)

    def hasHeightForWidth(self) -> bool:
        return False

    def height_at(self, width: int) -> int:
        """Return the height that the widgets need at this width, px."""
        return self._flow.heightForWidth(width)

    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        is_asked = self.isVisible() and event.type() == QEvent.Type.LayoutRequest
        if is_asked or event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.setFixedHeight(self.height_at(self.width()))
        return is_done


class Track(Slider):
    """A slider that may shrink to 60 px."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(60)


class ValueSlider(QWidget):
    """A label, a slider with `steps` equal steps, and a readout of its value.

    If logarithmic, steps have equal ratios, and values are rounded to three significant digits.

    label : plain or rich text; name : accessible name, for screen readers.
    """

    changed = Signal(float)

    def __init__(
        self,
        label: str,
        low: float,
        high: float,
        start: float,
        *,
        name: str,
        tip: str,
        steps: int = 100,
        logarithmic: bool = False,
        shown: Callable[[float], str] = lambda value: format_fixed(value, 2),
        widest: str = "−00.00",
    ) -> None:
        super().__init__()
        self._low, self._high, self._start = low, high, start
        self._logarithmic, self._shown, self._widest = logarithmic, shown, widest
        self._label = QLabel(label)
        self.track = Track()
        self.track.setRange(0, steps)
        self.track.setPageStep(max(1, steps // 10))
        self.track.setAccessibleName(name)
        self.readout = QLabel()
        self.readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._label.setBuddy(self.track)
        for widget in (self._label, self.track, self.readout):
            widget.setToolTip(tip)
        layout = row(self._label, self.track, self.readout, gap=GAP)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._fit()
        self.set_value(start)
        self._show_value()
        self.track.valueChanged.connect(self._move)

    def value(self) -> float:
        share = self.track.value() / self.track.maximum()
        if self._logarithmic:
            return float(f"{self._low * (self._high / self._low) ** share:.3g}")
        return self._low + (self._high - self._low) * share

    def set_value(self, value: float) -> None:
        """Move to the step nearest to the value."""
        if self._logarithmic:
            share = math.log(value / self._low) / math.log(self._high / self._low)
        else:
            share = (value - self._low) / (self._high - self._low)
        self.track.setValue(round(share * self.track.maximum()))

    def reset(self) -> None:
        self.set_value(self._start)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.readout.setFixedWidth(self.fontMetrics().horizontalAdvance(self._widest) + 4)

    def _move(self) -> None:
        self._show_value()
        self.changed.emit(self.value())

    def _show_value(self) -> None:
        self.readout.setText(self._shown(self.value()))


class Figure(QWidget):
    """One key number, large under a small caption; inf and nan have the warning colour.

    is_flat : whether the caption is before the number instead.
    """

    def __init__(self, theme: Theme, text: str, *, is_flat: bool = False) -> None:
        super().__init__()
        self._theme, self._warns = theme, False
        self._caption = QLabel(text)
        zoom.set_type(self._caption, look.SMALL)
        self._caption.setProperty("small", True)
        self.number = QLabel("–")
        zoom.set_type(self.number, look.LARGE * 1.15, bold=True)
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        towards = QBoxLayout.Direction
        layout = QBoxLayout(towards.LeftToRight if is_flat else towards.TopToBottom, self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP if is_flat else 0)
        layout.addWidget(self._caption)
        layout.addWidget(self.number)
        self._dress()

    @property
    def text(self) -> str:
        return self.number.text()

    def set_caption(self, text: str) -> None:
        self._caption.setText(text)

    def show_number(self, value: float, digits: int = 4) -> None:
        self.show_text(format_fixed(value, digits), warns=not math.isfinite(value))

    def show_text(self, text: str, *, warns: bool = False) -> None:
        self.number.setText(text)
        self.setAccessibleName(f"{self._caption.text()}: {text}")
        if warns != self._warns:
            self._warns = warns
            self._dress()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._dress()

    def _dress(self) -> None:
        colour = self._theme.counter_accent if self._warns else self._theme.ink
        self.number.setStyleSheet(f"color: {colour};")
