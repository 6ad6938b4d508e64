"""The choice of the two features of the plane."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.data.shown_names import shown_features
from core.data.task import Task
from core.language import tr
from gui.kit.fields.unscrolled import Combo
from gui.kit.labels import small_label


class PlaneChoice(QWidget):
    """The features across and up, always two different ones; hidden if there are only two.

    features : indices of the chosen ones, across and up.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.features = 0, 1
        self.across, self.up = _feature_choice(), _feature_choice()
        self.across.setAccessibleName(tr("feature across"))
        self.across.setToolTip(tr("The feature that goes across (x axis)"))
        self.up.setAccessibleName(tr("feature up"))
        self.up.setToolTip(tr("The feature that goes up (y axis)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for text, choice in ((tr("across"), self.across), (tr("up"), self.up)):
            row.addWidget(small_label(text))
            row.addWidget(choice)
            choice.activated.connect(lambda _: self._choose())

    def show_task(self, task: Task) -> None:
        """Offer the features of the task; the choice stays if they are the same."""
        names = list(shown_features(task.dataset))
        if names != [self.across.itemText(i) for i in range(self.across.count())]:
            self.features = _default_plane(task)
            for choice, index in zip((self.across, self.up), self.features, strict=True):
                choice.clear()
                choice.addItems(names)
                choice.setCurrentIndex(index)
        self.setVisible(len(names) > 2)

    def _choose(self) -> None:
        x, y = self.across.currentIndex(), self.up.currentIndex()
        if x == y:  # the new choice stays, the other takes its former value
            x_before, y_before = self.features
            x, y = (y_before, y) if y != y_before else (x, x_before)
            self.across.setCurrentIndex(x)
            self.up.setCurrentIndex(y)
        self.features = x, y
        self.changed.emit()


def _default_plane(task: Task) -> tuple[int, int]:
    """Return the features that the data set prefers, else the first two; numbers before words."""
    names = task.dataset.feature_names
    preferred = [names.index(name) for name in task.source.preferred_features if name in names]
    every = preferred + [j for j in range(len(names)) if j not in preferred]
    x, y = sorted(every, key=lambda j: task.dataset.indicators[j] is not None)[:2]
    return x, y


def _feature_choice() -> Combo:
    choice = Combo()
    choice.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
    return choice
