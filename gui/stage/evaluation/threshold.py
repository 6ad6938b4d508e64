"""The threshold on a neuron's probability, above which its answer is yes."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.evaluate.classification import HALF
from core.language import mark, tr
from core.number_format import format_fixed
from gui.kit.buttons import text_button
from gui.kit.fields.unscrolled import Slider
from gui.kit.labels import small_label

TIP = mark(
    "The model says yes where its probability is above this. It is a way to look at what was "
    "learnt: training goes on as before"
)

NOTE_LETTERS = 72  # average characters of width


class ThresholdRow(QWidget):
    """A slider from 0.01 to 0.99, a label with its value, and a button that resets it to ½."""

    changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.slider = Slider()
        self.slider.setRange(1, 99)
        self.slider.setValue(50)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(tr("Threshold on the probability, in percent"))
        self.slider.setToolTip(tr(TIP))
        self.words = QLabel()
        self.words.setToolTip(tr(TIP))
        self.reset = text_button(
            "½", tr("Back to ½, where the model itself decides"), tr("Threshold back to ½")
        )
        self.slider.valueChanged.connect(self._change)
        self.reset.clicked.connect(lambda: self.slider.setValue(50))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.words)
        layout.addWidget(self.slider, 1)
        self._note = small_label(tr("training is not changed"))
        layout.addWidget(self._note)
        layout.addWidget(self.reset)
        self._name = tr("yes")
        self._show_text()

    @property
    def value(self) -> float:
        at = self.slider.value()
        return HALF if at == 50 else at / 100

    def show_name(self, name: str) -> None:
        """Set the name of the positive class; the value does not change."""
        self._name = name
        self._show_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        letters = self.width() / self.fontMetrics().averageCharWidth()
        self._note.setVisible(letters > NOTE_LETTERS)  # the tool tip has it as well

    def _change(self) -> None:
        self._show_text()
        self.changed.emit(self.value)

    def _show_text(self) -> None:
        self.words.setText(
            tr(
                "Say {name} where p > <b>{threshold}</b>",
                name=escape(self._name),
                threshold=format_fixed(self.value, 2),
            )
        )
        self.reset.setEnabled(self.value != HALF)
