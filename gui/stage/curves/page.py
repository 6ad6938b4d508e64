"""The curves of a run as a view on the stage: large, one above the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout

from core.data.task import Task
from core.train.snapshot import Snapshot
from gui.kit.areas.grips import Gripped
from gui.kit.fields.kept import Kept
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.curves.view import CurveView


class CurvesPage(View):
    """Shows curves one above the other, the first larger than the others, which a low page folds.

    The first is of the loss, and has one choice of its axis with `log_button`, that of a card.
    """

    def __init__(
        self, theme: Theme, curves: Sequence[CurveView], log_button: QAbstractButton
    ) -> None:
        super().__init__(theme)
        self.curves = tuple(curves)
        own = self.curves[0].log_button
        own.setChecked(log_button.isChecked())
        log_button.toggled.connect(own.setChecked)
        own.toggled.connect(log_button.setChecked)
        rows = Gripped(Qt.Orientation.Vertical)
        rows.setChildrenCollapsible(False)
        rows.restored.connect(rows.share_by_stretch)
        for i, view in enumerate(self.curves):
            rows.addWidget(self.secondary(view) if i else view)
            rows.setStretchFactor(i, 3 if i == 0 else 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(rows)

    @property
    def is_at_rest(self) -> bool:
        shown = (view for view in self.curves if view.isVisible())
        return super().is_at_rest and all(view.is_at_rest for view in shown)

    @property
    def kept_choices(self) -> dict[str, Kept]:
        return {
            f"{name} {place}": field
            for place, view in enumerate(self.curves, start=1)
            for name, field in view.kept_choices.items()
        }

    def present(self, is_on: bool) -> None:
        for view in self.curves:
            view.show_as_slide(is_on)

    def show_task(self, task: Task) -> None:
        if self.snapshot is None:  # else the same run in other colours, which they see themselves
            for view in self.curves:
                view.receive_task(task)

    def show_points(self, task: Task) -> None:
        for view in self.curves:
            view.receive_points(task)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        for view in self.curves:
            view.receive_snapshot(snapshot)
