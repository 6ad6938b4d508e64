"""Fields for one of several options."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton

from core.language import tr
from gui.kit import zoom
from gui.kit.fields.unscrolled import Combo

CHOICE_CHARACTERS = 18
TRACK_PX, KNOB_PX, SWITCH_GAP_PX = 28, 16, 5  # of a switch


class Choice(Combo):
    """A combo box of options, each of which stands for a value.

    characters : of average width for which it takes room, at most.
    """

    chosen = Signal(object)

    def __init__(self, characters: int = CHOICE_CHARACTERS) -> None:
        super().__init__()
        self._characters = characters
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def sizeHint(self) -> QSize:
        """Return the width of the options, up to a limit: class names can be of any length."""
        widest = self._characters * self.fontMetrics().averageCharWidth()
        return super().sizeHint().boundedTo(QSize(widest, 1000))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def set_options(self, options: Sequence[tuple[str, object]], value: object) -> None:
        """Set the options, each a text with its value, and choose one."""
        self.clear()
        for words, data in options:
            self.addItem(words, data)
        self._point_at(value)

    def show_value(self, value: object) -> None:
        """Show the option of this value, the first option if there is none."""
        self._point_at(value)

    def _point_at(self, value: object) -> None:
        values = [self.itemData(i) for i in range(self.count())]
        self.setCurrentIndex(values.index(value) if value in values else 0)

    def value(self) -> object:
        """Return the value of the chosen option."""
        return self.currentData()


class Toggle(QPushButton):
    """A switch: a knob at one end of a track, and “on” or “off” beside it."""

    def __init__(self) -> None:
        super().__init__(tr("off"))
        self.setCheckable(True)
        self.toggled.connect(self._show_state)

    def _show_state(self, is_on: bool) -> None:
        self.setText(tr("on") if is_on else tr("off"))

    def sizeHint(self) -> QSize:
        """Return the same width for either text."""
        metrics = self.fontMetrics()
        words = max(metrics.horizontalAdvance(word) for word in (tr("on"), tr("off")))
        track = QSize(zoom.px(TRACK_PX), zoom.px(KNOB_PX))
        width = track.width() + words + 3 * zoom.px(SWITCH_GAP_PX)
        return QSize(width, max(track.height(), metrics.height()) + zoom.px(SWITCH_GAP_PX))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role, is_on, gap = QPalette.ColorRole, self.isChecked(), zoom.px(SWITCH_GAP_PX)
        ink = palette.color(role.WindowText if self.isEnabled() else role.PlaceholderText)
        height, width = zoom.px(KNOB_PX), zoom.px(TRACK_PX)
        track = QRectF(gap, (self.height() - height) / 2, width, height)
        rim = palette.color(role.Highlight if is_on and self.isEnabled() else role.Dark)
        painter.setPen(QPen(rim, 1))
        painter.setBrush(rim if is_on else palette.color(role.Button))
        painter.drawRoundedRect(track, height / 2, height / 2)
        knob = QRectF(
            track.right() - height if is_on else track.left(), track.top(), height, height
        )
        inset = height / 5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(role.BrightText) if is_on else ink)
        painter.drawEllipse(knob.adjusted(inset, inset, -inset, -inset))
        painter.setPen(ink)
        words = QRectF(self.rect()).adjusted(track.right() + gap, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(palette.color(role.Highlight), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            corner = zoom.px(6)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), corner, corner)


class Segments(QFrame):
    """A few exclusive options side by side."""

    chosen = Signal(object)

    def __init__(self, options: Sequence[tuple[str, object, str]]) -> None:
        super().__init__()
        self.setProperty("segments", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        self._buttons: dict[object, QPushButton] = {}
        for words, value, tip in options:
            button = QPushButton(words)
            button.setProperty("segment", True)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setToolTip(tip)
            button.clicked.connect(lambda _=False, v=value: self.chosen.emit(v))
            row.addWidget(button, 1)
            self._buttons[value] = button

    def button(self, value: object) -> QPushButton:
        return self._buttons[value]

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        return tuple(self._buttons.values())

    def choose(self, value: object) -> None:
        self._buttons[value].setChecked(True)
