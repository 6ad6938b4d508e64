"""The choice of two classes to compare: the top two of the answer, until others are chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from core.explain.prediction import Answer
from core.language import tr
from gui.kit.fields.unscrolled import Combo
from gui.kit.labels import small_label

BETWEEN = 4  # px between a field and the minus
WIDEST_FIELD = 90  # px


class Comparison(QWidget):
    """Two combo boxes with a minus between them."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = Combo(), Combo()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(BETWEEN)
        self.setMaximumWidth(2 * WIDEST_FIELD + 20)
        for part in (self.first, small_label("−"), self.second):
            row.addWidget(part, isinstance(part, Combo))
        self._pair: tuple[int, int] | None = None  # the user's choice; None follows the answer
        for field, name, tip in (
            (
                self.first,
                tr("first class to compare"),
                tr("The first of two classes to compare; by itself it follows the answer"),
            ),
            (
                self.second,
                tr("second class to compare"),
                tr("The second of two classes to compare; by itself it follows the answer"),
            ),
        ):
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            field.setAccessibleName(name)
            field.setToolTip(tip)
            field.activated.connect(self._choose)

    def show_classes(self, names: Sequence[str]) -> None:
        """Offer these classes, and follow the answer again."""
        for field in (self.first, self.second):
            field.clear()
            field.addItems(names)
        self.second.setCurrentIndex(1)
        self._pair = None

    def pair_for(self, answer: Answer | None) -> tuple[int, int]:
        """Return the chosen classes, or the top two of an answer, which the fields then show.

        Of an answer that is not to be known, None, they are the first two classes.
        """
        if self._pair is not None:
            return self._pair
        pair = 0, 1
        if answer is not None:
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
