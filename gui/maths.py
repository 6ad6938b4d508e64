"""The views that follow numbers back: what they share, and when they are made.

They are made when their tab is first shown: a start does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.snapshot import Snapshot
from core.task import Task
from gui.example import Chosen, Example
from gui.hub import Hub
from gui.look import Theme
from gui.stage import LATE, Stage
from gui.tracer import Tracer
from gui.view import View
from gui.views.example import ExampleView
from gui.way import Way


class Maths(QObject):
    """Which example is followed, its trace, the run's way; and the views that show them."""

    made = Signal(object)  # a view, before it is seen

    def __init__(self, theme: Theme, hub: Hub, stage: Stage) -> None:
        super().__init__(stage)
        self._theme, self._hub, self._stage = theme, hub, stage
        self.chosen = Chosen(self)
        self.tracer = Tracer(theme, hub.background, self.chosen)
        self.way = Way()
        self.tracer.step_wanted.connect(hub.step)
        self.tracer.pause_wanted.connect(hub.play_or_pause)
        makers = (
            self._make_trace,
            self._make_network,
            self._make_surface,
            self._make_demos,
            self._make_evaluation,
            self._make_runs,
        )
        self._makers: dict[str, Callable[[], View]] = dict(zip(LATE, makers, strict=True))
        stage.tabs.currentChanged.connect(lambda _: self._make(stage.current))

    # The run --------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take these colours for what is made from now on."""
        self._theme = theme
        self.tracer.set_theme(theme)

    def offer_task(self, task: Task, *, is_new_run: bool) -> None:
        """Let the example that is followed be one of the task."""
        self.tracer.offer_task(task)
        self.chosen.offer_task(task)
        if is_new_run:
            self.way.clear()

    def offer_snapshot(self, snapshot: Snapshot) -> None:
        self.tracer.offer_snapshot(snapshot)
        self.way.add(snapshot)

    def follow_picture(self, picture: NDArray[np.float32], row: int) -> None:
        """Follow what is on the pad: a row of the data set, or a drawing where it is −1."""
        if row >= 0:
            self.chosen.choose_row(row)
        else:
            self.chosen.choose(Example(picture.ravel(), None, None, "the drawing"))

    # The views ------------------------------------------------------------------------------------

    def make_gauge(self) -> ExampleView:
        """Make the gauge of the example."""
        self.gauge = ExampleView(self._theme, self.tracer)
        self.gauge.trace_wanted.connect(lambda: self._stage.show_name("Trace"))
        return self.gauge

    def _make(self, name: str) -> None:
        """Make the view behind this tab unless it is there."""
        maker = self._makers.pop(name, None)
        if maker is not None:
            view = maker()
            self.made.emit(view)
            self._stage.replace(name, view)

    def _make_trace(self) -> View:
        from gui.views.trace import TraceView

        view = TraceView(self._theme, self._hub.background, self.tracer)
        view.row_wanted.connect(self.chosen.choose_row)
        for sheet, other in ((view.sheet, self.gauge.sheet), (self.gauge.sheet, view.sheet)):
            sheet.pointed.connect(other.highlight)
            sheet.covered_changed.connect(other.cover)
        return view

    def _make_network(self) -> View:
        from gui.views.network import NetworkView

        return NetworkView(self._theme, self.chosen)

    def _make_surface(self) -> View:
        from gui.views.landscape import LandscapeView

        view = LandscapeView(self._theme, self._hub.background, self.way)
        view.moved.connect(self._hub.move_to)
        view.start_chosen.connect(self._hub.start_from)
        return view

    def _make_evaluation(self) -> View:
        from gui.views.evaluation import EvaluationView

        return EvaluationView(self._theme, self._hub.background)

    def _make_runs(self) -> View:
        from gui.views.runs import RunsView

        return RunsView(self._theme, self._hub.background)

    def _make_demos(self) -> View:
        from gui.views.demos import DemosView

        return DemosView(self._theme, self.chosen)
