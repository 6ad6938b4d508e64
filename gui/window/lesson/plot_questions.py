"""Questions that are answered on a plot of the stage, judged by the model as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.language import mark, tr
from core.model_family import FAMILY
from core.train.snapshot import Snapshot, Status
from gui.control.play_key import OVER
from gui.control.run_controller import RunController
from gui.kit.answer.plot_layer import AnswerLayer
from gui.state.background_tasks import Queue
from gui.window.lesson.question_row import RIGHT, SHOWN, WRONG, QuestionRow

if TYPE_CHECKING:
    from core.teach.plot_question import PlotQuestion
    from core.teach.predicted.boundary import Best
    from core.teach.predicted.place import Target
    from gui.stage.boundary.view import BoundaryView
    from gui.stage.curves.view import CurveView
    from gui.window.view_factory import ViewFactory

Floats = NDArray[np.float64]

KEY = "question on a plot"  # of the background
YOURS, TRUTH = mark("Dashed: your line. Solid: {name}."), mark("Solid: {name}.")
TRAINING = mark("Your curve is dashed. It is compared when the run has come to the end of it.")
DIVERGED = mark("The run and your curve have no steps in common, or the run has diverged.")


class PlotQuestions(QObject):
    """Asks on the plane or on the loss curve what the row of questions is asked.

    A settled answer stays beside the truth until the next question.
    """

    found = Signal(object)  # Target of a click on the plane, before the answer is settled

    def __init__(self, row: QuestionRow, controller: RunController, views: ViewFactory) -> None:
        super().__init__(row)
        self._row, self._controller, self._views = row, controller, views
        self._question: PlotQuestion | None = None
        self._layer: AnswerLayer | None = None
        self._awaited: Floats | None = None  # the drawn curve, until it can be compared
        row.asked.connect(self._ask)
        row.returned.connect(self._open)
        row.undo_wanted.connect(self._undo)
        row.check_wanted.connect(self._check)
        row.revealed.connect(lambda _: self._reveal())
        controller.task_changed.connect(lambda _: self._begin_again())
        controller.points_changed.connect(lambda _: self._begin_again())
        controller.snapshot_changed.connect(self._follow)

    # What is asked --------------------------------------------------------------------------------

    def _ask(self, question: object) -> None:
        from core.teach.plot_question import PlotQuestion

        self._forget()
        self._question = question if isinstance(question, PlotQuestion) else None
        self._open()

    def _begin_again(self) -> None:
        """Ask again on other data; an answer to a question about those before is gone."""
        is_settled = self._row.is_settled
        self._forget()
        if not is_settled:
            self._open()

    def _forget(self) -> None:
        self._controller.background.forget(KEY)
        self._awaited = None
        layer, self._layer = self._layer, None
        if layer is not None:
            for signal in (layer.given, layer.changed, layer.taken, layer.left):
                signal.disconnect()
            layer.clear()
            if self._question is not None and self._question.kind == "curve":
                self._curve.expect(0)

    def _open(self) -> None:
        """Take an answer on the plot, if the data have one."""
        question = self._question
        if question is None or self._row.is_settled or self._controller.run is None:
            return
        layer = self._layer
        if layer is None:
            view = self._plane if question.view == "Boundary" else self._curve
            self._layer = layer = view.answer_layer
            layer.given.connect(self._click)
            layer.changed.connect(self._tell)
            layer.taken.connect(self._check)
            layer.left.connect(self._tell)
            if question.kind == "curve":
                self._curve.expect(self._steps)
        if self._awaited is None:
            layer.open(question.kind)
        self._tell()

    def _undo(self) -> None:
        if self._layer is not None:
            self._layer.undo()

    def _tell(self) -> None:
        layer = self._layer
        if layer is not None:
            is_open = layer.is_open or self._awaited is not None
            is_drawn = layer.drawn is not None and self._awaited is None
            self._row.show_plot(is_open=is_open, is_drawn=is_drawn)

    @property
    def _plane(self) -> BoundaryView:
        from gui.stage.boundary.view import BoundaryView

        view = self._views["Boundary"]
        assert isinstance(view, BoundaryView)
        return view

    @property
    def _curve(self) -> CurveView:
        from gui.stage.curves.page import CurvesPage

        page = self._views["Curves"]
        assert isinstance(page, CurvesPage)
        return page.curves[0]

    @property
    def _steps(self) -> int:
        """The number of steps of the shown run."""
        from core.teach.predicted.curve import steps_of_run

        run, settings = self._controller.run, self._controller.settings
        assert run is not None
        return steps_of_run(len(run.task.train_rows), settings.batch_size, settings.epochs)

    # A click --------------------------------------------------------------------------------------

    def _click(self, spot: Floats) -> None:
        """Judge a click; spot : (1, 2), or none, to show where it should have been."""
        from core.teach.predicted import place

        question, shot, layer = self._question, self._controller.snapshot, self._layer
        if question is None or shot is None or layer is None:
            return
        at = (float(spot[0, 0]), float(spot[0, 1])) if len(spot) else (np.nan, np.nan)
        name = question.target
        if question.view == "Curves":
            curves = shot.curves
            seen = place.seen_on_curve(name, curves, at) if len(spot) else ""
            self._judge_click(at, place.on_curve(name, curves), seen)
            return
        plane = self._plane.plane
        if plane is None:
            return
        task, params, size = shot.task, shot.params, layer.size

        def work() -> tuple[Target, str]:
            target = place.on_plane(name, task, params, plane)
            if not len(spot):
                return target, ""
            return target, place.seen_on_plane(name, task, params, plane, at, size)

        self._controller.background.ask(
            KEY, work, lambda found: self._judge_click(at, *found), queue=Queue.STUDIES
        )

    def _judge_click(self, at: tuple[float, float], target: Target, seen: str) -> None:
        question, layer, row = self._question, self._layer, self._row
        if question is None or layer is None or row.is_settled:
            return
        is_click = not np.isnan(at[0])
        if is_click and target.places:
            if question.view == "Curves":  # the step counts, at any height
                at = at[0], float(target.places[0][0, 1])
            is_right = target.distance(at, layer.size) <= question.tolerance
            if not is_right:
                row.say(f"{seen} {question.wrong}".strip(), tr(WRONG))
                self._tell()
                return
        if question.view == "Boundary":
            self.found.emit(target)
        title = tr(RIGHT if is_click and target.places else SHOWN)
        row.settle(title, f"{target.words} {question.right}".strip())
        layer.show_truth([self._on_plot(question, each) for each in target.places])
        layer.close()
        row.settled.emit()

    def _on_plot(self, question: PlotQuestion, place: Floats) -> Floats:
        """Return positions (k, 2) as those of the plot, whose loss axis may be logarithmic."""
        if question.view == "Boundary":
            return place
        return np.stack([place[:, 0], self._curve.positions_of(place[:, 1])], axis=1)

    # A line or a curve ----------------------------------------------------------------------------

    def _check(self) -> None:
        """Take what is drawn as the answer."""
        layer, question = self._layer, self._question
        if layer is None or question is None or layer.drawn is None or self._row.is_settled:
            return
        if question.kind == "boundary":
            self._find_best(layer.drawn)
        elif question.kind == "curve" and self._awaited is None:
            self._expect(layer.drawn)

    def _find_best(self, drawn: Floats | None) -> None:
        """Judge a boundary, or show the best one without."""
        from core.teach.predicted import boundary

        plane, run, layer = self._plane.plane, self._controller.run, self._layer
        if plane is None or run is None or layer is None:
            return
        task, settings = run.task, self._controller.settings
        if why := boundary.obstacle(task):
            self._row.settle("", why)
            layer.close()
            self._row.settled.emit()
            return

        def work() -> tuple[Best, float | None]:
            share = None if drawn is None else boundary.accuracy(task, drawn, plane)
            return boundary.best(task, settings, plane), share

        layer.close("…")
        self._row.show_plot(is_open=True, is_drawn=False)
        self._controller.background.ask(
            KEY, work, lambda found: self._judge_boundary(*found), queue=Queue.STUDIES
        )

    def _judge_boundary(self, best: Best, drawn: float | None) -> None:
        from core.number_format import format_percent
        from core.teach.predicted import boundary

        question, layer = self._question, self._layer
        if question is None or layer is None or self._row.is_settled:
            return
        layer.show_truth(best.lines)
        if drawn is None:
            said = tr(
                "{name} has {accuracy}.", name=best.name, accuracy=format_percent(best.accuracy)
            )
            self._settle(tr(SHOWN), said, question.right, tr(TRUTH, name=best.name))
            return
        is_right = drawn >= best.accuracy - question.tolerance
        said = boundary.describe(drawn, best)
        words = question.right if is_right else question.wrong
        title = tr(RIGHT) if is_right else ""
        self._settle(title, said, words, tr(YOURS, name=best.name))

    def _expect(self, stroke: Floats) -> None:
        """Train, with the drawn curve beside the one that is measured."""
        from core.teach.predicted.curve import as_function

        view, controller, layer = self._curve, self._controller, self._layer
        assert layer is not None
        drawn = as_function(stroke, *view.navigation.steps_in_sight)
        drawn[:, 1] = view.values_at(drawn[:, 1])
        self._awaited = drawn
        view.expect(self._steps, drawn)
        layer.clear()
        self._row.say(tr(TRAINING))
        self._tell()
        if not controller.is_training:
            controller.play_or_pause()

    def _follow(self, shot: Snapshot) -> None:
        """Compare the drawn curve once the run has come to its end."""
        drawn = self._awaited
        if (
            drawn is None
            or not len(drawn)
            or shot.run != getattr(self._controller.run, "number", 0)
        ):
            return
        if shot.status in OVER or (
            shot.metrics.step >= drawn[-1, 0] and shot.status is not Status.READY
        ):
            self._compare(shot)

    def _compare(self, shot: Snapshot) -> None:
        from core.teach.predicted.curve import compare

        question, drawn = self._question, self._awaited
        if question is None or drawn is None:
            return
        self._awaited = None
        found = compare(drawn, shot.curves, FAMILY[shot.task.config.model.kind].unit)
        if found is None:
            self._settle("", tr(DIVERGED), "", "")
            return
        is_right = found.distance <= question.tolerance
        words = question.right if is_right else question.wrong
        self._settle(tr(RIGHT) if is_right else "", found.words, words, "")

    def _settle(self, title: str, said: str, words: str, over: str) -> None:
        """Say what the answer is worth, and keep it beside the truth; over : words on the plot."""
        said = said[:1].upper() + said[1:]
        self._row.settle(title, f"{said} {words}".strip())
        if self._layer is not None:
            self._layer.close(over)
        self._row.settled.emit()

    def _reveal(self) -> None:
        """Show the truth without an answer, or with the one that is drawn."""
        question, layer, shot = self._question, self._layer, self._controller.snapshot
        if question is None or layer is None:
            self._row.settle("", "")
            return
        if question.kind == "click":
            self._click(np.empty((0, 2)))
        elif question.kind == "boundary":
            self._find_best(layer.drawn)
        elif self._awaited is not None and shot is not None:
            self._compare(shot)
        elif layer.drawn is not None:
            self._expect(layer.drawn)
        else:
            self._settle(tr(SHOWN), tr("the run shows it."), question.right, "")
            if not self._controller.is_training:
                self._controller.play_or_pause()
