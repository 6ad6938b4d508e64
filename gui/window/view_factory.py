"""The views that follow numbers back: what they share, and when they are made.

They are made when their tab is first shown: a start does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.data.task import Task
from core.runs.run_record import Record, first_figures
from core.train.snapshot import Snapshot
from gui.control.run_controller import Hub
from gui.derivation.tracer import Tracer
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.example.view import ExampleView
from gui.state.kept_runs import LIVE, KeptRuns
from gui.state.selected_example import Chosen, Example
from gui.state.trajectory import Way
from gui.window.tabs import LATE, Stage


class Maths(QObject):
    """Which example is followed, its trace, the run's way; and the views that show them."""

    made = Signal(object)  # a view, before it is seen
    row_chosen = Signal(int)  # in one of the views
    threshold_changed = Signal(float)  # on a neuron's probability, to look at

    def __init__(self, theme: Theme, hub: Hub, stage: Stage) -> None:
        super().__init__(stage)
        self._theme, self._hub, self._stage = theme, hub, stage
        self.chosen = Chosen(self)
        self.tracer = Tracer(theme, hub.background, self.chosen)
        self.way = Way()
        self.kept = KeptRuns(hub.undo_stack, self)
        self._replayed: Record | None = None  # until it is seen where its replay begins
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
        self._ends: list[Callable[[], None]] = []  # of threads that views have of their own
        self._makers: dict[str, Callable[[], View]] = dict(zip(LATE, makers, strict=True))
        stage.tabs.currentChanged.connect(lambda _: self._make(stage.current))

    def close(self) -> None:
        """End the views' own threads, and wait for them."""
        for end in self._ends:
            end()

    # The run --------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take these colours for what is made from now on."""
        self._theme = theme
        self.tracer.set_theme(theme)

    def offer_task(self, task: Task, *, is_new_run: bool) -> None:
        """Let the example that is followed be one of the task."""
        if is_new_run:
            self.tracer.offer_task(task)
            self.way.clear()
        else:
            self.tracer.offer_points(task)
        self.chosen.offer_task(task)

    def offer_snapshot(self, snapshot: Snapshot) -> None:
        self.tracer.offer_snapshot(snapshot)
        self.way.add(snapshot)
        self._see_replay(snapshot)

    def follow_picture(self, task: Task, picture: NDArray[np.float32], row: int) -> None:
        """Follow what is on the pad: a row of the data set, or a drawing where it is −1."""
        if row >= 0:
            self.chosen.choose(Example.of_row(task, row))
        else:
            self.chosen.choose(Example(task, picture.ravel(), None, None, "the drawing"))

    # Runs that are kept ---------------------------------------------------------------------------

    def keep_run(self) -> None:
        """Keep the run as it is now."""
        run, snapshot = self._hub.run, self._hub.snapshot
        if run is None or snapshot is None:
            self._hub.failed.emit("There is no run to keep yet.")
            return
        record = self.kept.keep(Record.of(run.task, snapshot, LIVE))
        if record is not None:
            self._hub.remarked.emit(
                f"Kept “{record.name}” at step {record.step:,}; it stays in the curves. "
                "The tab Runs compares (0)."
            )

    def _replay(self, record: Record) -> None:
        """Train a kept run again from its start; what was changed on the way is not repeated."""
        self._hub.train_again(record.task, record.config, f"replay of {record.name}")
        self._replayed = record
        if record.edits:
            self._hub.remarked.emit(
                f"“{record.name}” is trained again with the settings that it began with. What was "
                f"changed on the way is left out: {'; '.join(record.edits[:3])}"
                + ("; …" if len(record.edits) > 3 else ".")
            )

    def _see_replay(self, snapshot: Snapshot) -> None:
        """Say so where a replay cannot be one: weights at step 0 were chosen by hand."""
        record, self._replayed = self._replayed, None
        if record is not None and first_figures(record.curves) != first_figures(snapshot.curves):
            self._hub.remarked.emit(
                f"“{record.name}” did not begin at the weights of its seed; they were chosen by "
                "hand or came from another run. This one begins at the seed's."
            )

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
        from gui.stage.trace.view import TraceView

        view = TraceView(self._theme, self._hub.background, self.tracer)
        view.row_wanted.connect(self.chosen.choose_row)
        for sheet, other in ((view.sheet, self.gauge.sheet), (self.gauge.sheet, view.sheet)):
            sheet.pointed.connect(other.highlight)
            sheet.covered_changed.connect(other.cover)
        return view

    def _make_network(self) -> View:
        from gui.stage.network.view import NetworkView

        return NetworkView(self._theme, self.chosen)

    def _make_surface(self) -> View:
        from gui.stage.surface.view import LandscapeView

        view = LandscapeView(self._theme, self._hub.background, self.way)
        view.moved.connect(self._hub.move_to)
        view.start_chosen.connect(self._hub.start_from)
        return view

    def _make_evaluation(self) -> View:
        from gui.stage.evaluation.view import EvaluationView

        view = EvaluationView(self._theme, self._hub.background)
        view.row_chosen.connect(self.chosen.choose_row)
        view.row_chosen.connect(self.row_chosen)
        view.threshold_changed.connect(self.threshold_changed)
        self._ends.append(view.close_threads)
        return view

    def _make_runs(self) -> View:
        from gui.stage.runs.view import RunsView

        hub = self._hub
        view = RunsView(self._theme, hub.background, self.kept)
        view.keep_wanted.connect(self.keep_run)
        view.replay_wanted.connect(self._replay)
        view.said.connect(hub.done)
        race = view.race
        race.began.connect(lambda es: hub.begin_contest([(e.task, e.config) for e in es]))
        race.run_wanted.connect(hub.run_contest)
        race.stopped.connect(hub.end_contest)
        race.watched.connect(hub.watch_contest)
        hub.contest_begun.connect(race.show_begun)
        hub.contest_changed.connect(race.show_heat)
        hub.contest_failed.connect(race.show_refusal)
        return view

    def _make_demos(self) -> View:
        from gui.stage.demos.view import DemosView

        return DemosView(self._theme, self.chosen)
