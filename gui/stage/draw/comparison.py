"""Two classes to compare: those of the answer, until others are chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from core.explain.prediction import Answer
from gui.kit.fields.unscrolled import Combo
from gui.kit.labels import small_label

BETWEEN = 20  # px between the fields


class Comparison(QWidget):
    """Two fields with a minus between them."""

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.first, self.second = Combo(self), Combo(self)
        self._minus = small_label("−")
        self._minus.setParent(self)
        self._pair: tuple[int, int] | None = None  # as chosen; None follows the answer
        for field, which in ((self.first, "first"), (self.second, "second")):
            field.setAccessibleName(f"{which} class to compare")
            field.setToolTip(
                f"The {which} of two classes to compare; by itself it follows the answer"
            )
            field.activated.connect(self._choose)

    def show_classes(self, names: Sequence[str]) -> None:
        """Offer these classes, and follow the answer again."""
        for field in (self.first, self.second):
            field.clear()
            field.addItems(names)
        self.second.setCurrentIndex(1)
        self._pair = None

    def pair_for(self, answer: Answer) -> tuple[int, int]:
        """Return the chosen classes, or the first two of an answer, which the fields then show."""
        if self._pair is not None:
            return self._pair
        by = answer.votes if len(answer.votes) else answer.probabilities
        order = [k for k in np.argsort(-by, kind="stable").tolist() if k != answer.decided]
        pair = answer.decided, order[0]
        for field, index in zip((self.first, self.second), pair, strict=True):
            if field.currentIndex() != index and not field.view().isVisible():
                field.setCurrentIndex(index)
        return pair

    def _choose(self) -> None:
        self._pair = self.first.currentIndex(), self.second.currentIndex()
        self.chosen.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width, height = (self.width() - BETWEEN) // 2, self.height()
        self.first.setGeometry(0, 0, width, height)
        self._minus.setGeometry(width + 4, 0, 12, height)
        self.second.setGeometry(width + BETWEEN, 0, width, height)
