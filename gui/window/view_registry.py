"""Registry of the views: names, when each applies, how it is created and connected.

A new view needs a row here and its package; it is imported only when it is created.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import mark, tr
from gui.kit.view import View
from gui.window.view_spec import ViewSpec

if TYPE_CHECKING:
    from gui.stage.curves.view import CurveView
    from gui.stage.runs.race import RacePage
    from gui.state.row_picker import RowPicker
    from gui.window.view_context import ViewContext


EXPLAIN, COMPARE = mark("Explain"), mark("Compare")


# When they apply ------------------------------------------------------------------------------


def _has_plane(task: Task) -> bool:
    from gui.stage.boundary.view import BoundaryView

    return BoundaryView.applies_to(task)


def _can_be_drawn(task: Task) -> bool:
    from gui.stage.draw.view import DrawView

    return DrawView.applies_to(task)


def _can_be_read(task: Task) -> bool:
    from gui.stage.read.view import ReadView

    return ReadView.applies_to(task)


def _has_words(task: Task) -> bool:
    from gui.stage.words.view import WordsView

    return WordsView.applies_to(task)


def _is_one_map(task: Task) -> bool:
    """Return whether the model is one linear map, as the formulae assume."""
    return not task.config.model.hidden


def _is_measured(task: Task) -> bool:
    return task.dataset.is_measured


# How they are made ----------------------------------------------------------------------------


def _make_boundary(context: ViewContext) -> View:
    from gui.derivation.lines import GRADIENT
    from gui.stage.boundary.view import BoundaryView

    controller, chosen = context.controller, context.chosen
    view = BoundaryView(context.theme, controller.background)

    def show_points(task: Task) -> None:
        view.board.set_points(context.editor.points, is_active=task.config.data.source == "drawn")

    def show_part(part: int | None) -> None:
        """Show the current part of an update: highlight the example, show gradient arrows."""
        view.gradient_arrows.show_temporarily(part == GRADIENT)
        mark_example(part)

    def mark_example(pointed: object) -> None:
        """Mark the followed example, if a part or a term of it is pointed at."""
        if pointed is not None and chosen.example is not None and chosen.example.row is not None:
            view.highlight(chosen.example.row)

    context.points_wanted.connect(show_points)
    context.lit.connect(mark_example)
    context.tracer.part_changed.connect(show_part)
    context.point_wanted.connect(view.highlight)
    context.threshold_changed.connect(view.set_threshold)
    view.board.edited.connect(context.editor.draw)
    view.board.refused.connect(context.failed)
    view.board_tools.gallery_wanted.connect(context.gallery_wanted)
    view.board_tools.going_on_changed.connect(context.editor.set_going_on)
    view.row_chosen.connect(context.listed_row_wanted)
    view.row_chosen.connect(chosen.choose_row)
    return view


def _make_weights(context: ViewContext) -> View:
    from gui.stage.weights.view import WeightsView

    return WeightsView(context.theme, context.controller.background)


def _make_words(context: ViewContext) -> View:
    from gui.stage.words.view import WordsView

    return WordsView(context.theme)


def _make_data(context: ViewContext) -> View:
    from gui.stage.rows.view import DataView

    view = DataView(context.theme, context.controller.background)
    view.row_chosen.connect(context.point_wanted)
    view.row_chosen.connect(context.chosen.choose_row)
    context.listed_row_wanted.connect(view.choose_row)
    for rows in (view.table, view.gallery):
        rows.activated.connect(
            lambda index: context.show_on_pad(int(view.model.order[index.row()]))
        )
    return view


def _make_draw(context: ViewContext) -> View:
    from gui.stage.draw.view import DrawView
    from gui.state.selected_example import Example

    controller = context.controller
    view = DrawView(context.theme, controller.background)

    def teach(picture: NDArray[np.float32], label: int) -> None:
        """Add a drawing to the training rows under its true class."""
        if controller.run is None or view.task is not controller.run.shown:
            return  # the data changed between the drawing and the press of the button
        source = controller.run.task.source
        X = np.rint(picture.reshape(1, -1) * source.scale).astype(np.uint8)
        text = tr("lesson that this is {name}", name=shown_classes(source)[label])
        context.editor.teach(X, np.array([label]), text)

    def follow(task: Task, picture: NDArray[np.float32], row: int) -> None:
        """Select the picture on the pad: a row of the data set, or a drawing if row is −1."""
        if row >= 0:
            context.chosen.choose(Example.of_row(task, row))
        else:
            context.chosen.choose(Example(task, picture.ravel(), None, None, tr("the drawing")))

    view.taught.connect(teach)
    view.photos.failed.connect(context.failed)
    view.pictured.connect(follow)
    context.pad_picture_wanted.connect(view.pad.picture_given)
    _connect_picker(context, view.picker)
    return view


def _connect_picker(context: ViewContext, picker: RowPicker) -> None:
    """Connect what puts rows on a pad to those that want one there."""
    picker.remarked.connect(context.remarked)
    context.pad_row_wanted.connect(picker.show_row)
    context.pad_mistake_wanted.connect(picker.show_mistake)


def _make_read(context: ViewContext) -> View:
    from core.data.text.documents import Documents, no_features
    from gui.stage.read.view import ReadView
    from gui.state.selected_example import Example

    controller = context.controller
    view = ReadView(context.theme, controller.background)

    def teach(text: str, label: int) -> None:
        """Add a text to the training rows under its true label."""
        if controller.run is None or view.task is not controller.run.shown:
            return  # the data changed between the text and the press of the button
        name = shown_classes(controller.run.task.source)[label]
        what = tr("lesson that this is {name}", name=name)
        context.editor.teach(no_features(1), np.array([label]), what, Documents((text,)))

    def follow(task: Task, x: NDArray[np.float32], row: int) -> None:
        """Select the text on the pad: a row of the data set, or the user's own if row is −1."""
        if row >= 0:
            context.chosen.choose(Example.of_row(task, row))
        else:
            values = x.astype(np.float64)
            context.chosen.choose(Example(task, values, None, None, tr("the text"), view.pad.text))

    view.taught.connect(teach)
    view.pad.refused.connect(context.remarked)
    view.pictured.connect(follow)
    _connect_picker(context, view.picker)
    return view


def _make_trace(context: ViewContext) -> View:
    from gui.stage.trace.view import TraceView

    view = TraceView(context.theme, context.controller.background, context.tracer)
    view.row_wanted.connect(context.chosen.choose_row)
    context.join(view.sheet, view.chain)
    return view


def _make_derivation(context: ViewContext) -> View:
    from gui.stage.derive.view import DerivationView

    view = DerivationView(context.theme, context.controller.background, context.tracer)
    context.join(view.sheet)
    context.derivation_wanted.connect(view.choose_key)
    view.lit.connect(context.lit)
    view.kind_wanted.connect(context.kind_wanted)
    view.one_map_wanted.connect(lambda: context.want_one_map("Derivation"))
    return view


def _make_network(context: ViewContext) -> View:
    from gui.stage.network.view import NetworkView

    view = NetworkView(context.theme, context.chosen)
    context.lit.connect(view.light)
    return view


def _make_surface(context: ViewContext) -> View:
    from gui.stage.surface.view import SurfaceView

    view = SurfaceView(context.theme, context.controller.background)
    view.moved.connect(context.controller.move_to)
    view.start_chosen.connect(context.controller.start_from)
    return view


def _make_lasso(context: ViewContext) -> View:
    from gui.stage.lasso.view import LassoView

    view = LassoView(context.theme, context.controller.background)
    view.l1_wanted.connect(lambda l1: context.controller.tune(l1=l1))
    return view


def _make_demos(context: ViewContext) -> View:
    from gui.stage.demos.view import DemosView

    view = DemosView(context.theme, context.chosen, context.controller.background)
    context.demo_wanted.connect(view.choose_title)
    return view


def _make_evaluation(context: ViewContext) -> View:
    from gui.stage.evaluation.view import EvaluationView

    view = EvaluationView(context.theme, context.controller.background)
    view.row_chosen.connect(context.chosen.choose_row)
    view.row_chosen.connect(context.point_wanted)
    view.threshold_changed.connect(context.threshold_changed)
    return view


def _make_runs(context: ViewContext) -> View:
    from gui.stage.runs.view import RunsView

    controller = context.controller
    view = RunsView(context.theme, controller.background, context.kept)
    view.keep_wanted.connect(context.run_keeper.keep)
    view.replay_wanted.connect(context.run_keeper.replay)
    view.said.connect(controller.done)

    def connect_race(race: RacePage) -> None:
        race.began.connect(lambda es: controller.race.begin([(e.task, e.config) for e in es]))
        race.run_wanted.connect(controller.race.run)
        race.stopped.connect(controller.race.end)
        race.watched.connect(controller.race.watch)
        controller.race.begun.connect(race.show_begun)
        controller.race.changed.connect(race.show_snapshot)
        controller.race.failed.connect(race.show_refusal)

    view.race_made.connect(connect_race)
    return view


def _make_loss(context: ViewContext) -> View:
    from gui.stage.curves.quantity import LOSS
    from gui.stage.curves.view import CurveView

    view = _with_kept_runs(context, CurveView(context.theme, LOSS))
    context.log_toggled.connect(view.log_button.toggle)
    context.log_button = view.log_button
    return view


def _with_kept_runs(context: ViewContext, view: CurveView) -> CurveView:
    """Connect a curve view so that it also shows the kept runs on the same data."""

    def show_kept(*_: object) -> None:
        run = context.controller.run
        view.show_kept(context.kept.shown(run.task if run else None))

    context.kept.changed.connect(show_kept)
    context.task_shown.connect(show_kept)
    return view


def _make_curves(context: ViewContext) -> View:
    from gui.stage.curves.page import CurvesPage
    from gui.stage.curves.quantity import ACCURACY, LOSS
    from gui.stage.curves.view import CurveView

    curves = [_with_kept_runs(context, CurveView(context.theme, q)) for q in (LOSS, ACCURACY)]
    return CurvesPage(context.theme, curves, context.log_button)


def _make_accuracy(context: ViewContext) -> View:
    from gui.stage.curves.quantity import ACCURACY
    from gui.stage.curves.view import CurveView

    return _with_kept_runs(context, CurveView(context.theme, ACCURACY))


def _make_example(context: ViewContext) -> View:
    from gui.stage.example.view import ExampleView

    view = ExampleView(context.theme, context.tracer)
    view.trace_wanted.connect(lambda: context.tab_wanted.emit("Trace"))
    context.join(view.sheet)
    return view


def _make_confusion(context: ViewContext) -> View:
    from gui.stage.confusion.view import ConfusionView

    view = ConfusionView(context.theme)
    view.cell_chosen.connect(context.show_mistake_on_pad)
    return view


# The views ------------------------------------------------------------------------------------

TABS = (
    ViewSpec(mark("Boundary"), _make_boundary, applies_to=_has_plane, first_for=_is_measured),
    ViewSpec(mark("Words"), _make_words, applies_to=_has_words, is_lazy=True, first_for=_has_words),
    ViewSpec(
        mark("Weights"), _make_weights, is_lazy=True, first_for=lambda task: not _is_measured(task)
    ),
    ViewSpec(mark("Read"), _make_read, applies_to=_can_be_read, is_lazy=True),
    ViewSpec(mark("Draw"), _make_draw, applies_to=_can_be_drawn, is_lazy=True, is_tall=True),
    ViewSpec(mark("Data"), _make_data),
    ViewSpec(mark("Curves"), _make_curves, is_lazy=True, is_whole_slide=True, is_tall=True),
    ViewSpec(mark("Trace"), _make_trace, is_lazy=True, group=EXPLAIN, is_page=True),
    ViewSpec(mark("Network"), _make_network, is_lazy=True, group=EXPLAIN, is_wide=True),
    ViewSpec(mark("Surface"), _make_surface, is_lazy=True, group=EXPLAIN),
    ViewSpec(mark("Demos"), _make_demos, is_lazy=True, group=EXPLAIN, is_page=True),
    ViewSpec(
        mark("Evaluation"),
        _make_evaluation,
        is_lazy=True,
        group=COMPARE,
        is_page=True,
        is_heard=True,
    ),
    ViewSpec(mark("Runs"), _make_runs, is_lazy=True, group=COMPARE, is_page=True),
    ViewSpec(mark("Lasso"), _make_lasso, applies_to=_is_one_map, is_lazy=True, group=EXPLAIN),
    ViewSpec(mark("Derivation"), _make_derivation, is_lazy=True, group=EXPLAIN, is_page=True),
)
SIDE = (
    ViewSpec(mark("Loss"), _make_loss),
    ViewSpec(mark("Accuracy"), _make_accuracy),
    ViewSpec(mark("Example"), _make_example),
    ViewSpec(mark("Confusion"), _make_confusion),
)


def load() -> tuple[type[View], ...]:
    """Import what makes the lazy views (0.2 s), on any thread, and return their classes."""
    from gui.stage.curves.page import CurvesPage
    from gui.stage.demos.view import DemosView
    from gui.stage.derive.view import DerivationView
    from gui.stage.draw.view import DrawView
    from gui.stage.evaluation.view import EvaluationView
    from gui.stage.lasso.view import LassoView
    from gui.stage.network.view import NetworkView
    from gui.stage.read.view import ReadView
    from gui.stage.runs.view import RunsView
    from gui.stage.surface.view import SurfaceView
    from gui.stage.trace.view import TraceView
    from gui.stage.weights.view import WeightsView
    from gui.stage.words.view import WordsView

    explaining = DemosView, DerivationView, LassoView, NetworkView, SurfaceView, TraceView
    of_data = DrawView, ReadView, WeightsView, WordsView
    return *explaining, *of_data, CurvesPage, EvaluationView, RunsView


def keys_of(names: Sequence[str]) -> dict[str, str]:
    """Return the keys that show these views, in order: 1 to 9, then 0; further views have none."""
    return dict(zip(names, "1234567890", strict=False))
