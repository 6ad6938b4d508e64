"""Runs are kept, drawn beside the live one, compared and raced."""

from __future__ import annotations

import csv
import io
import math
import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.language import spoken
from core.model_family import FAMILY
from core.runs.run_record import MAX_KEPT
from core.train.snapshot import Status
from core.train.trainer import Trainer
from gui.kit import theme as look
from gui.stage.curves.navigation import FIRST_STEPS
from gui.stage.runs.boundaries import RunPictures
from gui.stage.runs.race import RacePage
from gui.stage.runs.race_entries import Entry, variants
from gui.stage.runs.table import RunModel
from gui.state.kept_runs import COLOURS, LIVE, colour_of
from tests.gui.alone import Alone, opened

PATIENCE_MS = 30_000
LEFT = Qt.MouseButton.LeftButton
SHORT = RunConfig(training=TrainingConfig(epochs=5))


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)


@pytest.fixture
def keep():
    """Return a function that trains flat out to the end, keeps the run and returns its record."""

    def keep(alone):
        alone.finish()
        alone.context.run_keeper.keep()
        return alone.context.kept.records[-1]

    return keep


@pytest.fixture
def short_run(open_alone):
    """A run on Iris of five epochs, and the curves of its losses."""
    alone = open_alone()
    alone.show("Loss")
    alone.start(SHORT)
    return alone


@pytest.fixture
def runs_of(qtbot):
    """Return a function that shows the view Runs, alone or in a window, and one of its pages."""

    def runs_of(shown, page="Table"):
        if isinstance(shown, Alone):
            view = shown.views.get("Runs") or shown.show("Runs", 860, 640)
        else:
            qtbot.keyClick(shown, Qt.Key.Key_0)
            view = shown.views["Runs"]
        for button in view.pages.findChildren(type(view.keep_button)):
            if button.text() == page:
                qtbot.mouseClick(button, LEFT)
        return view

    return runs_of


def tune(qtbot, window, **changes):
    window.controller.tune(**changes)
    window.controller.reset()
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 0, timeout=PATIENCE_MS)
    qtbot.waitUntil(
        lambda: all(
            getattr(window.controller.snapshot.settings, k) == v for k, v in changes.items()
        ),
        timeout=PATIENCE_MS,
    )


def header(view):
    model = view.table.model()
    columns = range(model.columnCount())
    return [model.headerData(c, Qt.Orientation.Horizontal).replace("\n", " ") for c in columns]


def cells(view, row):
    model = view.table.model()
    return [model.data(model.index(row, c)) for c in range(model.columnCount())]


def test_k_keeps_a_run_that_is_drawn_in_the_gauges_with_its_own_values(qtbot, open_window, finish):
    window = open_window(SHORT)
    finish(window)
    qtbot.keyClick(window, Qt.Key.Key_K)
    (record,) = window.views.context.kept.records
    snapshot = window.controller.snapshot
    assert record.name == "softmax, η 0.1, batch 32"
    assert record.step == snapshot.step
    np.testing.assert_array_equal(record.params.W, snapshot.params.W)
    np.testing.assert_array_equal(record.curves.table, snapshot.curves.table)

    tune(qtbot, window, learning_rate=1.0)
    for gauge, train, test in (
        (window.views["Loss"], record.curves.train_loss, record.curves.test_loss),
        (window.views["Accuracy"], record.curves.train_accuracy, record.curves.test_accuracy),
    ):
        for item, values in zip(gauge.kept.lines, (train, test), strict=True):
            x, y = item.getData()
            np.testing.assert_array_equal(x, record.curves.step)
            np.testing.assert_allclose(y, values)
        assert gauge.navigation.steps_in_sight[1] >= record.step


def test_a_kept_curve_is_told_at_the_pointer_and_follows_the_axes(keep, short_run, hover):
    record = keep(short_run)
    hover(short_run.views["Loss"].plot, 10, 0.5)
    assert record.name in short_run.views["Loss"].reading.text()
    short_run.context.log_toggled.emit()
    _, y = short_run.views["Loss"].kept.lines[0].getData()
    np.testing.assert_allclose(y, np.log10(record.curves.train_loss))
    short_run.context.log_toggled.emit()
    short_run.views["Loss"].navigation.zoom((4, 14))
    x, _ = short_run.views["Loss"].kept.lines[0].getData()
    inside = record.curves.step[(record.curves.step >= 4) & (record.curves.step <= 14)]
    assert set(inside) <= set(x) < set(record.curves.step)


def test_a_kept_run_is_copied_deleted_and_brought_back(qtbot, keep, short_run, runs_of):
    record = keep(short_run)
    view = runs_of(short_run)
    qtbot.mouseClick(view.copy_button, LEFT)
    rows = list(csv.DictReader(io.StringIO(QApplication.clipboard().text())))
    assert [row["name"] for row in rows] == ["this run", record.name]
    assert float(rows[1]["train loss"]) == record.metrics.train_loss
    with spoken("de"):  # the copy is for programs, the table is read by people
        assert view.table.model().index(0, 0).data() == "dieser Lauf"

    view.table.setFocus()
    view.table.selectRow(1)
    qtbot.keyClick(view.table, Qt.Key.Key_Delete)
    assert short_run.context.kept.records == ()
    assert not short_run.views["Loss"].kept.records
    short_run.controller.undo_stack.undo()
    assert short_run.context.kept.records == (record,)


def test_a_kept_run_gets_a_colour_and_a_name_and_without_its_tick_is_not_drawn(
    qtbot, keep, short_run, runs_of
):
    record = keep(short_run)
    view = runs_of(short_run)
    menu = view.make_menu([record])
    colours = next(action.menu() for action in menu.actions() if action.text() == "Colour")
    next(action for action in colours.actions() if action.text() == "moss").trigger()
    assert COLOURS[short_run.context.kept.records[0].colour][0] == "moss"
    pen = short_run.views["Loss"].kept.lines[0].opts["pen"]
    assert pen.color().name() == colour_of(short_run.appearance.theme, 3).lower()

    view.table.setFocus()
    view.table.setCurrentIndex(view.table.model().index(1, 0))
    qtbot.keyClick(view.table, Qt.Key.Key_F2)
    field = view.table.findChild(QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "first try")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: short_run.context.kept.records[0].name == "first try")
    assert cells(view, 1)[0] == "first try"

    view.table.model().setData(
        view.table.model().index(1, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
    )
    qtbot.waitUntil(lambda: not short_run.context.kept.records[0].is_shown)
    assert short_run.context.kept.records[0].name == "first try"
    assert not short_run.views["Loss"].kept.records


def test_runs_on_other_data_are_not_drawn(keep, short_run, new_run):
    keep(short_run)
    with new_run(short_run):
        short_run.loader.load(RunConfig(data=DataConfig("digits")))
    loss = short_run.views["Loss"]
    assert not loss.kept.records
    assert loss.navigation.steps_in_sight == (0, FIRST_STEPS)  # nor do they stretch the axis


def test_pictures_and_race_are_made_when_they_are_first_wanted(window, runs_of):
    view = runs_of(window)
    assert not view.findChildren(RacePage) and not view.findChildren(RunPictures)
    runs_of(window, "Race")
    assert view.race.isVisible()
    window.appearance.choose("dark")
    runs_of(window, "Pictures")
    assert view.pictures.isVisible() and view.findChildren(RacePage) == [view.race]


def test_the_table_shows_exactly_the_settings_that_differ(qtbot, keep, short_run, runs_of):
    keep(short_run)
    tune(qtbot, short_run, learning_rate=0.5, batch_size=None)
    keep(short_run)
    view = runs_of(short_run)
    results = ["steps", "train loss", "test loss", "train acc.", "test acc.", "status"]
    assert header(view) == ["run", "η", "batch", *results]
    assert cells(view, 1)[1:3] == ["0.1", "32"]
    assert cells(view, 2)[1:3] == ["0.5", "full"]


def test_the_table_has_figures_of_validation_rows_where_a_run_has_such_rows(
    keep, short_run, runs_of, new_run
):
    keep(short_run)
    assert "validation loss" not in header(runs_of(short_run))
    controller = short_run.controller
    with new_run(short_run):
        short_run.loader.change(
            "share", data=replace(controller.config.data, validation_fraction=0.25)
        )
    record = keep(short_run)
    view = runs_of(short_run)
    names = header(view)
    task, params = record.task, record.params
    rows = task.validation_rows
    Z = task.inputs(task.dataset.values(rows)).astype(np.float64) @ params.W.T + params.b
    y = task.dataset.y[rows]
    loss = (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]).mean()
    share = (Z.argmax(axis=1) == y).mean()
    of_each = [dict(zip(names, cells(view, row), strict=True)) for row in range(3)]
    with_rows = [each for each in of_each if each["run"] == record.name]
    assert [each["validation loss"] for each in with_rows] == [f"{loss:.4f}"]
    assert [each["validation acc."] for each in with_rows] == [f"{share:.1%}"]
    without = [each for each in of_each if each["run"] not in (record.name, "this run")]
    assert [each["validation loss"] for each in without] == ["–"]


@pytest.fixture
def view_of_rates(qtbot, keep, short_run, runs_of):
    """The table of a run and three kept ones, each with a learning rate of its own."""
    for eta in (1.0, 0.05, 0.2):
        tune(qtbot, short_run, learning_rate=eta)
        keep(short_run)
    tune(qtbot, short_run, learning_rate=0.3)
    return runs_of(short_run)


def test_a_click_on_a_heading_sorts_by_value_and_leaves_the_selection_with_its_run(
    qtbot, view_of_rates
):
    view = view_of_rates
    bar = view.table.horizontalHeader()
    place = bar.sectionViewportPosition(1) + bar.sectionSize(1) // 2
    qtbot.mouseClick(bar.viewport(), LEFT, pos=bar.viewport().rect().center().__class__(place, 8))
    rates = [record.settings.learning_rate for record in view.table.runs.records]
    assert rates == sorted(rates) or rates == sorted(rates, reverse=True)
    assert len(set(rates)) == 4

    view.table.selectRow(1)
    [chosen] = view.table.chosen()
    rows = set()
    for order in Qt.SortOrder:
        view.table.sortByColumn(1, order)
        assert view.table.chosen() == [chosen]
        rows.add(view.table.runs.records.index(chosen))
    assert len(rows) == 2


def test_what_a_run_does_not_have_comes_last_in_both_orders(keep, short_run):
    record = keep(short_run)
    without = replace(record.metrics, test_accuracy=math.nan)
    rows = [record, replace(record, name="no test", metrics=without)]
    model = RunModel(look.LIGHT)
    model.set_records(rows)
    column = 1 + model.columns.index("test acc.")
    for order in Qt.SortOrder:
        model.sort(column, order)
        assert model.records[-1].name == "no test", order


def test_the_colours_of_runs_are_not_those_of_classes_or_curves():
    from gui.kit import theme as look

    for theme in (look.LIGHT, look.DARK):
        others = {c.lower() for c in (*theme.classes, theme.accent, theme.counter_accent)}
        mine = [colour_of(theme, k).lower() for k in range(len(COLOURS))]
        assert len(set(mine)) == len(COLOURS)
        assert not set(mine) & others


def test_no_more_than_the_most_are_kept_and_that_is_said(qtbot, short_run):
    for _ in range(MAX_KEPT + 1):
        short_run.context.run_keeper.keep()
    names = [record.name for record in short_run.context.kept.records]
    assert len(names) == len(set(names)) == MAX_KEPT
    assert "20 runs are kept" in short_run.told[-1]


def test_replay_trains_to_the_same_weights(qtbot, keep, short_run, runs_of, reach, new_run):
    record = keep(short_run)
    tune(qtbot, short_run, learning_rate=1.0)
    view = runs_of(short_run)
    view.table.selectRow(1)
    with new_run(short_run):
        qtbot.mouseClick(view.replay_button, LEFT)
    snapshot = reach(short_run, Status.FINISHED)
    assert snapshot.settings == record.config.training
    np.testing.assert_array_equal(snapshot.params.W, record.params.W)


def test_replay_of_an_edited_run_begins_as_it_began_and_says_so(
    qtbot, short_run, runs_of, reach, new_run
):
    controller = short_run.controller
    for _ in range(3):
        controller.step()
    qtbot.waitUntil(lambda: controller.snapshot.step == 3, timeout=PATIENCE_MS)
    controller.tune(learning_rate=0.7)
    qtbot.waitUntil(lambda: controller.snapshot.settings.learning_rate == 0.7, timeout=PATIENCE_MS)
    short_run.context.run_keeper.keep()
    view = runs_of(short_run)
    view.table.selectRow(1)
    with new_run(short_run):
        qtbot.mouseClick(view.replay_button, LEFT)
    assert controller.settings.learning_rate == 0.1
    assert "Ctrl+Z brings step 3 back." in short_run.told[-1]
    assert "η 0.1 → 0.7 at step 3" in short_run.told[-1]
    reach(short_run, Status.FINISHED)


def test_a_replay_of_a_run_that_began_elsewhere_says_so(qtbot, short_run, runs_of, new_run, reach):
    controller = short_run.controller
    params = controller.snapshot.params
    controller.start_from(replace(params, W=params.W + np.eye(*params.W.shape, dtype=np.float32)))
    qtbot.waitUntil(lambda: bool(controller.snapshot.params.W.any()), timeout=PATIENCE_MS)
    short_run.context.run_keeper.keep()
    view = runs_of(short_run)
    view.table.selectRow(1)
    with new_run(short_run):
        qtbot.mouseClick(view.replay_button, LEFT)
    assert "did not begin at the weights of its seed" in short_run.told[-1]
    reach(short_run, Status.FINISHED)


def test_drawn_points_come_back_with_a_replay(qtbot, open_alone, runs_of, new_run):
    from core.data.points import Points

    alone = open_alone()
    alone.start(RunConfig(data=DataConfig("drawn")), wait=False)
    points = Points().put([[-2, 0], [-1, 1]], 0).put([[2, 0], [1, 1]], 1)
    alone.editor.draw(points, "points", True)
    qtbot.waitUntil(lambda: alone.controller.snapshot is not None, timeout=PATIENCE_MS)
    alone.context.run_keeper.keep()
    alone.editor.draw(points.erase(np.array([0])), "erasure", True)

    def is_erased():  # with its first numbers, which give it a row before that of the kept run
        return (
            len(alone.controller.run.task.dataset.y) == 3 and alone.controller.snapshot is not None
        )

    qtbot.waitUntil(is_erased, timeout=PATIENCE_MS)
    view = runs_of(alone)
    view.table.selectRow(1)
    with new_run(alone):
        qtbot.mouseClick(view.replay_button, LEFT)
    np.testing.assert_array_equal(alone.editor.points.xy, points.xy)
    assert alone.editor.points.class_names == points.class_names


# Pictures -----------------------------------------------------------------------------------------


def test_each_ticked_run_has_a_picture_with_its_boundary(qtbot, keep, short_run, runs_of):
    from core.explain import probe
    from core.explain.plane import boundary_lines

    keep(short_run)
    tune(qtbot, short_run, learning_rate=1.0)
    record = keep(short_run)
    view = runs_of(short_run, "Pictures")
    pictures = view.pictures.multiples
    qtbot.waitUntil(lambda: len(pictures.pictures) == 3, timeout=PATIENCE_MS)
    assert [p.title for p in pictures.pictures] == ["this run", "η 0.1", "η 1"]
    ((_, lines),) = pictures.pictures[2].lines
    grid = probe.decision_grid(record.task, record.params, view.pictures.plane(), 72, 57)
    for mine, expected in zip(lines, boundary_lines(grid), strict=True):
        np.testing.assert_allclose(mine, expected)


def test_in_one_picture_each_boundary_has_the_colour_of_its_run(qtbot, keep, short_run, runs_of):
    record = keep(short_run)
    view = runs_of(short_run, "Pictures")
    qtbot.mouseClick(view.pictures.layout_choice.button("one"), LEFT)
    multiples = view.pictures.multiples
    qtbot.waitUntil(
        lambda: len(multiples.pictures) == 1 and len(multiples.pictures[0].lines) == 2,
        timeout=PATIENCE_MS,
    )
    theme = short_run.appearance.theme
    colours = [colour for colour, _ in multiples.pictures[0].lines]
    assert colours == [theme.accent, colour_of(theme, record.colour)]


def test_runs_with_other_features_are_named_and_not_drawn(
    qtbot, keep, short_run, runs_of, new_run, words
):
    keep(short_run)
    with new_run(short_run):
        short_run.loader.change("features", data=DataConfig(features=("all",)))
    view = runs_of(short_run, "Pictures")
    qtbot.waitUntil(lambda: len(view.pictures.multiples.pictures) == 1, timeout=PATIENCE_MS)
    assert "softmax, η 0.1, batch 32 (other features)" in words(view)


def test_of_images_the_weights_of_the_chosen_class_are_shown(qtbot, open_alone, keep, runs_of):
    alone = open_alone()
    alone.start(RunConfig(DataConfig("digits"), training=TrainingConfig(epochs=1)))
    record = keep(alone)
    view = runs_of(alone, "Pictures")
    view.pictures.class_choice.setCurrentIndex(3)
    view.pictures.class_choice.activated.emit(3)
    _, mine = view.pictures.multiples.pictures
    w = record.params.W[3].reshape(8, 8)
    blue = mine.image[..., 2].astype(int) - mine.image[..., 0]
    assert (blue[w > 0.3 * abs(w).max()] > 0).all()
    assert (blue[w < -0.3 * abs(w).max()] < 0).all()


# The race -----------------------------------------------------------------------------------------


@pytest.fixture
def race_of(qtbot, runs_of):
    """Return a function that shows the race with variants of these words beside the live run."""

    def race_of(shown, *wanted):
        race = runs_of(shown, "Race").race
        qtbot.waitUntil(lambda: bool(race.chips.entries), timeout=PATIENCE_MS)
        for word in wanted:
            race.chips.menu.popup(QPoint())
            action = next(
                action
                for menu in (top.menu() for top in race.chips.menu.actions() if top.menu())
                for action in menu.actions()
                if action.text() == word
            )
            action.trigger()
            race.chips.menu.close()
        window = race.window()
        window.activateWindow()  # which takes the offscreen platform a menu to forget
        qtbot.waitUntil(window.isActiveWindow)
        return race

    return race_of


def rounds(race):
    return race.snapshot.rounds if race.snapshot else 0


def finished(race):
    return race.snapshot is not None and race.snapshot.status is Status.FINISHED


def test_everyone_ends_the_race_with_the_weights_of_training_alone(qtbot, short_run, race_of):
    race = race_of(short_run, "η 1", "Adam")
    qtbot.mouseClick(race.start_button, LEFT)
    qtbot.waitUntil(lambda: finished(race), timeout=PATIENCE_MS)
    assert [record.name for record in race.records] == [
        "softmax, η 0.1, batch 32",
        "softmax, η 1, batch 32",
        "softmax, Adam, η 0.1, batch 32",
    ]
    for record in race.records:
        alone = Trainer(record.task)
        while alone.outcome is None:
            alone.step()
        np.testing.assert_array_equal(record.params.W, alone.params().W)
        assert record.step == alone.step_count
    for line, record in zip(race.curves.lines, race.records, strict=True):
        x, y = line.getData()
        np.testing.assert_array_equal(x, record.curves.step)
        np.testing.assert_allclose(y, record.curves.train_loss)


def test_a_race_of_other_models_says_that_their_losses_are_others(qtbot, short_run, race_of, words):
    race = race_of(short_run, "One vs rest", "One vs one")
    assert "Their losses are of different kinds" in words(race)
    qtbot.mouseClick(race.start_button, LEFT)
    qtbot.waitUntil(lambda: finished(race), timeout=PATIENCE_MS)
    assert [record.task.outputs for record in race.records] == [3, 3, 3]
    assert [r.config.model.kind for r in race.records] == ["softmax", "ovr", "ovo"]


def test_space_pauses_the_race_that_is_in_sight(qtbot, open_window, race_of):
    window = open_window(RunConfig(training=TrainingConfig(epochs=10**6)))
    race = race_of(window, "η 1")
    qtbot.mouseClick(race.start_button, LEFT)
    qtbot.waitUntil(lambda: rounds(race) > 5, timeout=PATIENCE_MS)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: race.snapshot.status is Status.PAUSED, timeout=PATIENCE_MS)
    assert len({record.step for record in race.records}) == 1
    assert window.controller.snapshot.step == 0
    assert race.start_button.text() == "Go on"


def test_the_window_closes_in_the_middle_of_a_race(qtbot, open_window, race_of):
    config = RunConfig(DataConfig("digits"), training=TrainingConfig(epochs=10**6))
    window = open_window(config)
    race = race_of(window, "η 1", "Adam", "batch full")
    qtbot.mouseClick(race.start_button, LEFT)
    qtbot.waitUntil(lambda: rounds(race) > 5, timeout=PATIENCE_MS)
    (training,) = (thread for thread in threading.enumerate() if thread.name == "training")
    window.close()
    assert not training.is_alive()


def test_one_that_diverges_is_named_and_the_others_go_on(qtbot, open_alone, race_of, words):
    data = DataConfig(features=("all",), standardise=False)
    alone = open_alone()
    alone.start(RunConfig(data, training=TrainingConfig(learning_rate=1.0, epochs=4)))
    race = race_of(alone, "η 0.01", "η 100")
    qtbot.mouseClick(race.start_button, LEFT)
    qtbot.waitUntil(lambda: finished(race), timeout=PATIENCE_MS)
    by_rate = {record.settings.learning_rate: record for record in race.records}
    assert by_rate[0.01].status is Status.FINISHED
    diverged = [r.name for r in race.records if r.status is Status.DIVERGED]
    assert "softmax, η 100, batch 32" in diverged
    assert f"Diverged: {', '.join(diverged)}" in words(race)
    for record, line in zip(race.records, race.curves.lines, strict=True):
        last = record.curves.furthest_step
        assert line.getData()[0][-1] == last  # also of one that diverged at its first step
        low, high = race.curves.plot.getPlotItem().getViewBox().viewRange()[1]
        assert (low <= line.getData()[1]).all() and (line.getData()[1] <= high).all()


def test_stop_ends_the_race_and_leaves_the_results_in_sight(qtbot, open_alone, race_of):
    alone = open_alone()
    alone.start(RunConfig(training=TrainingConfig(epochs=10**6)))
    race = race_of(alone, "η 1")
    qtbot.mouseClick(race.start_button, LEFT)
    qtbot.waitUntil(lambda: rounds(race) > 5, timeout=PATIENCE_MS)
    qtbot.mouseClick(race.stop_button, LEFT)
    assert race.start_button.text() == "Start"
    assert race.table.isVisible()
    assert race.table.runs.rowCount() == 2


def test_the_runs_of_a_race_can_be_kept(qtbot, short_run, race_of):
    race = race_of(short_run, "η 1")
    qtbot.mouseClick(race.start_button, LEFT)
    qtbot.waitUntil(lambda: finished(race), timeout=PATIENCE_MS)
    qtbot.mouseClick(race.keep_button, LEFT)
    kept = short_run.context.kept.records
    assert [record.name for record in kept] == [record.name for record in race.records]
    assert LIVE not in [record.colour for record in kept]


def test_entries_and_results_of_a_race_leave_with_their_data(qtbot, short_run, race_of):
    race = race_of(short_run, "η 1")
    qtbot.mouseClick(race.start_button, LEFT)
    qtbot.waitUntil(lambda: finished(race), timeout=PATIENCE_MS)
    with short_run.new_run():
        short_run.loader.change("other data", data=DataConfig("digits"))
    assert [entry.task for entry in race.chips.entries] == [short_run.controller.run.task]
    assert not race.records
    assert not race.table.isVisible()


def test_a_race_that_is_being_prepared_ends_with_its_data(qtbot, short_run, race_of):
    race = race_of(short_run, "η 1", "One vs rest")
    qtbot.mouseClick(race.start_button, LEFT)
    assert not race.chips.isVisible() and not race.start_button.isEnabled()
    with short_run.new_run():
        short_run.loader.change("other data", data=DataConfig("digits"))
    short_run.until(lambda: short_run.controller.background.is_idle)
    assert race.snapshot is None and not race.stop_button.isEnabled()
    race = race_of(short_run, "η 1")
    qtbot.mouseClick(race.start_button, LEFT)
    qtbot.waitUntil(lambda: finished(race), timeout=PATIENCE_MS)
    assert len(race.records) == 2


def test_no_more_than_four_race(short_run, race_of):
    race = race_of(short_run, "η 1", "Adam", "momentum")
    assert not race.chips.add_button.isEnabled()
    race.chips.enter(Entry.of(race.chips.live))
    assert len(race.chips.entries) == 4


@pytest.mark.parametrize("kind", FAMILY)
def test_every_variant_is_a_config_that_differs_from_its_origin(kind):
    config = RunConfig(model=ModelConfig(kind=kind))
    for _, group in variants(config, 3):
        assert group
        assert all(made != config for _, made in group)
