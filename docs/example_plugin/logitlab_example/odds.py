"""A probability as odds: a demonstration with one slider."""

from __future__ import annotations

from logitlab.demonstrations import Demo, Theme
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSlider, QVBoxLayout


class OddsDemo(Demo):
    """The odds p / (1 − p) of a probability p."""

    title = "Odds"
    watch = "Move the probability. From which one on is it ten to one?"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.slider_of_p = QSlider(Qt.Orientation.Horizontal)
        self.slider_of_p.setRange(1, 99)
        self.slider_of_p.setAccessibleName("Probability in percent")
        self.words = QLabel()
        column = QVBoxLayout(self)
        column.addWidget(QLabel(self.watch))
        column.addWidget(self.slider_of_p)
        column.addWidget(self.words)
        column.addStretch()
        self.slider_of_p.valueChanged.connect(self._show)
        self.slider_of_p.setValue(50)

    def reset(self) -> None:
        self.slider_of_p.setValue(50)

    def _show(self, percent: int) -> None:
        self.words.setText(f"p = {percent / 100:.2f}, odds {percent / (100 - percent):.2f} to 1")
