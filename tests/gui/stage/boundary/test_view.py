"""The plane of two features, checked against softmax regression written out in NumPy."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.points import Points
from core.data.task import prepare
from core.explain import probe
from core.explain.plane import Plane
from core.train.snapshot import Params, Status
from gui.kit import theme as look
from gui.kit.plane_shading import LONGEST_REST, NodeSize, Shader
from gui.stage.boundary.caption import caption
from gui.stage.boundary.drawing_gestures import Tool
from gui.stage.boundary.points import TEST, TRAINING
from gui.stage.boundary.readout import describe
from gui.stage.boundary.section import Section


def iris_task(*, features=None, test_fraction=None, **model):
    data = DataConfig(features=features, test_fraction=test_fraction)
    return prepare(sources.load(data), RunConfig(data=data, model=ModelConfig(**model)))


def answers(task, params, values):
    """The probabilities (n, h) of softmax or sigmoid for features in their own units."""
    X = (np.asarray(values, dtype=np.float64) - task.standardiser.mean) / task.standardiser.std
    Z = X @ params.W.T.astype(np.float64) + params.b
    if Z.shape[1] == 1:
        yes = 1 / (1 + np.exp(-Z[:, 0]))
        return np.stack([1 - yes, yes], axis=1)
    A = np.exp(Z - Z.max(axis=1, keepdims=True))
    return A / A.sum(axis=1, keepdims=True)


def on_plane(task, plane, x, y):
    """Features (n, m) at places of the plane, the others at their training means."""
    values = np.tile(task.dataset.values(task.train_rows).mean(axis=0), (len(x), 1))
    values[:, plane[0]], values[:, plane[1]] = x, y
    return values


MODELS = {
    "softmax": {},
    "rest": {"kind": "binary", "positive": "virginica"},
    "two": {"kind": "binary", "positive": "versicolor", "negative": "setosa"},
}


# Points ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_every_row_is_shown_in_the_colour_of_its_class(show, model):
    task = iris_task(**model)
    view = show(task)
    dataset = task.dataset
    for k, mark in enumerate(dataset.class_marks):
        for rows, is_test in ((task.train_rows, False), (task.test_rows, True)):
            scatter = view.points.item(k, TEST if is_test else TRAINING)
            expected = dataset.X[rows[dataset.y[rows] == k]]
            assert len(expected)
            np.testing.assert_array_equal(np.stack(scatter.getData(), axis=1), expected)
            colour = look.LIGHT.class_colour(mark)
            shown = scatter.opts["pen" if is_test else "brush"].color()
            assert shown.name() == colour.name()
            assert scatter.opts["symbol"] == look.symbol(mark)


def test_classes_have_different_colours_and_shapes(show):
    for theme in (look.LIGHT, look.DARK):
        colours = {theme.class_colour(mark).name() for mark in range(10)}
        assert len(colours) == len({look.symbol(mark) for mark in range(10)}) == 10


def test_the_axes_name_feature_and_unit(show):
    item = show(iris_task()).plot.getPlotItem()
    assert item.getAxis("bottom").labelText == "petal length (cm)"
    assert item.getAxis("left").labelText == "petal width (cm)"


def test_every_point_is_in_sight(show):
    task = iris_task()
    (x0, x1), (y0, y1) = show(task).plot.getPlotItem().getViewBox().viewRange()
    X = task.dataset.X
    assert x0 < X[:, 0].min() and X[:, 0].max() < x1
    assert y0 < X[:, 1].min() and X[:, 1].max() < y1


# What the model says --------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_lines_lie_where_the_two_likeliest_classes_tie(show, trained, model):
    task = iris_task(**model)
    snapshot = trained(task, 200)
    x, y = show(task, snapshot).regions.lines.getData()
    is_place = np.isfinite(x)
    assert is_place.sum() > 10
    A = np.sort(answers(task, snapshot.params, np.stack([x, y], axis=1)[is_place]), axis=1)
    gap = A[:, -1] - A[:, -2]
    assert np.median(gap) < 1e-3
    assert np.quantile(gap, 0.95) < 0.03  # near a triple point a straight piece cuts the corner


def nodes(view):
    """Return the centres (n, 2) of the image's pixels, and their colours (n, 3)."""
    image = view.regions.picture
    rect = image.mapRectToParent(image.boundingRect())
    rows, columns = image.image.shape[:2]
    xs = rect.left() + (np.arange(columns) + 0.5) * rect.width() / columns
    ys = rect.top() + (np.arange(rows) + 0.5) * rect.height() / rows
    places = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    return places, image.image.reshape(-1, 3).astype(np.float64)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_regions_have_the_colour_of_the_likeliest_class_the_stronger_the_surer(
    show, trained, model
):
    task = iris_task(**model)
    snapshot = trained(task, 200)
    places, colours = nodes(show(task, snapshot))
    A = answers(task, snapshot.params, places)
    top = np.sort(A, axis=1)
    is_clear = top[:, -1] - top[:, -2] > 0.01
    assert is_clear.sum() > 1000
    assert len(set(A.argmax(axis=1))) == task.dataset.h
    panel = look.rgb(look.LIGHT.panel)
    classes = np.array([look.rgb(look.LIGHT.class_colour(m)) for m in task.dataset.class_marks])
    towards = classes[A.argmax(axis=1)] - panel
    opacity = ((colours - panel) * towards).sum(axis=1) / (towards**2).sum(axis=1)
    off = np.abs(colours - panel - opacity[:, None] * towards).max(axis=1)
    assert off[is_clear].max() <= 1.0
    order = np.argsort(A.max(axis=1)[is_clear])
    assert (np.diff(opacity[is_clear][order]) > -0.02).all()
    assert opacity.min() == pytest.approx(0.12, abs=0.03)
    assert 0.5 < opacity.max() <= 0.61


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_rings_are_around_the_rows_that_the_model_gets_wrong(show, trained, model):
    task = iris_task(**model)
    snapshot = trained(task, 40)
    decided = answers(task, snapshot.params, task.dataset.X).argmax(axis=1)
    wrong = task.dataset.X[decided != task.dataset.y]
    x, y = show(task, snapshot).rings.getData()
    assert len(wrong) or model.get("negative")
    found = sorted(zip(x.tolist(), y.tolist(), strict=True))
    assert found == sorted(zip(wrong[:, 0].tolist(), wrong[:, 1].tolist(), strict=True))


def test_zero_weights_show_no_shading(show, trained):
    task = iris_task()
    view = show(task, trained(task, 0))
    assert view.regions.picture.image is None
    assert not len(view.regions.lines.getData()[0])
    assert not len(view.rings.getData()[0])


def test_in_another_size_the_picture_has_other_nodes(show, trained, settle):
    task = iris_task()
    view = show(task, trained(task, 20))
    before = view.regions.picture.image.shape
    view.resize(400, 380)
    QApplication.processEvents()
    settle()
    after = view.regions.picture.image.shape
    assert (after[0] < before[0], after[1] < before[1]) == (True, True)


def test_returning_to_the_start_takes_the_shading_away(show, trained, settle):
    task = iris_task()
    view = show(task, trained(task, 20))
    assert view.regions.picture.image is not None
    view.receive_snapshot(trained(task, 0))
    settle()
    assert view.regions.picture.image is None


def test_another_task_takes_the_old_picture_away_at_once(show, trained, settle):
    view = show(iris_task(), trained(iris_task(), 20))
    view.receive_task(iris_task(kind="binary"))
    assert view.regions.picture.image is None
    settle()
    assert view.regions.picture.image is None


def test_a_picture_of_an_old_run_is_not_shown(qtbot, show, trained, settle):
    task = iris_task()
    view = show(task, trained(task, 20))
    view.receive_snapshot(trained(task, 30))  # a picture is under way …
    view.receive_task(iris_task(kind="binary"))  # … when the run changes
    settle()
    assert view.regions.picture.image is None


def test_a_hidden_view_shows_the_newest_once_it_is_seen(qtbot, show, trained, settle):
    task = iris_task()
    view = show(task, trained(task, 5))
    view.hide()
    newest = trained(task, 200)
    before = view.regions.picture.image
    view.receive_snapshot(newest)
    settle()
    assert view.regions.picture.image is before
    view.show()
    settle()
    assert view.regions.picture.image is not before


# More than two features -----------------------------------------------------------------------


def counted(view, monkeypatch):
    """A list to which what a picture is to be of is added each time that one is asked for."""
    asked = []
    work = Shader.work

    def counting(shader, *about):
        asked.append(about)
        return work(shader, *about)

    monkeypatch.setattr(Shader, "work", counting)
    return asked


def test_live_pictures_rest_while_none_looks_different(show, trained, settle, monkeypatch):
    task = iris_task()
    live = replace(trained(task, 50), status=Status.TRAINING)
    monkeypatch.setattr(NodeSize, "learn", lambda *_: None)  # a finer picture is another one
    view = show(task, live)
    for _ in range(LONGEST_REST):  # the first live ones differ from none, and from late layouts
        view.receive_snapshot(live)
        settle()
    asked = counted(view, monkeypatch)
    for _ in range(40):
        view.receive_snapshot(live)
        settle()
    assert len(asked) <= 40 / LONGEST_REST + 3
    asked.clear()
    W = live.params.W
    for k in range(40):  # now each differs from the one before by what can be seen
        view.receive_snapshot(replace(live, params=Params((0.2 * k - 4) * W, live.params.b)))
        settle()
    assert len(asked) >= 30


def test_once_it_stops_the_picture_is_of_the_last_weights(show, trained, settle, monkeypatch):
    task = iris_task()
    live = replace(trained(task, 50), status=Status.TRAINING)
    view = show(task, live)
    for _ in range(20):
        view.receive_snapshot(live)
        settle()
    asked = counted(view, monkeypatch)
    view.receive_snapshot(replace(live, status=Status.PAUSED))
    assert len(asked) == 1
    settle()
    exact = Shader(task, look.LIGHT).work(*asked[0])()
    np.testing.assert_array_equal(view.regions.picture.image, exact.image)


@pytest.mark.parametrize("columns", [9, 14])
def test_pictures_of_one_shader_are_those_of_new_ones(trained, columns):
    """What is kept from one picture to the next belongs to it."""
    task = iris_task(test_fraction=0.2)
    shader = Shader(task, look.LIGHT)
    for steps, size in ((5, 9), (50, columns), (50, 9)):
        snapshot = trained(task, steps)
        plane = Plane(0, 1, (0.0, 7.0), (0.0, 3.0 + columns), (3.0, 1.0))
        kept = shader.work(snapshot, plane, size, 7)()
        new = Shader(task, look.LIGHT).work(snapshot, plane, size, 7)()
        np.testing.assert_array_equal(kept.image, new.image)
        wrong = probe.mistakes(task, snapshot.params, np.arange(task.dataset.n))
        np.testing.assert_array_equal(kept.wrong_train, wrong[task.train_rows])
        np.testing.assert_array_equal(kept.wrong_test, wrong[task.test_rows])


def test_the_plane_starts_at_the_features_that_the_data_prefer(show):
    view = show(iris_task(features=("all",)))
    assert (view.plane_choice.across.currentText(), view.plane_choice.up.currentText()) == (
        "petal length",
        "petal width",
    )


def test_the_caption_says_what_the_other_features_are_held_at(show, words):
    task = iris_task(features=("all",))
    said = words(show(task))
    means = task.dataset.values(task.train_rows).mean(axis=0)
    assert "others held at their training means" in said
    assert f"sepal length {means[0]:.3g}" in said
    assert f"sepal width {means[1]:.3g} cm" in said


def test_lines_on_a_plane_of_four_features_tie_too(show, trained):
    task = iris_task(features=("all",))
    snapshot = trained(task, 200)
    x, y = show(task, snapshot).regions.lines.getData()
    is_place = np.isfinite(x)
    A = answers(task, snapshot.params, on_plane(task, (2, 3), x[is_place], y[is_place]))
    top = np.sort(A, axis=1)
    assert np.median(top[:, -1] - top[:, -2]) < 1e-3


def test_another_feature_can_be_chosen_for_an_axis(qtbot, show):
    task = iris_task(features=("all",))
    view = show(task)
    view.plane_choice.across.setFocus()
    qtbot.keyClick(view.plane_choice.across, Qt.Key.Key_Home)
    assert view.plot.getPlotItem().getAxis("bottom").labelText == "sepal length (cm)"
    rows = task.train_rows[task.dataset.y[task.train_rows] == 0]
    x, y = view.points.item(0, TRAINING).getData()
    np.testing.assert_array_equal(x, task.dataset.X[rows, 0])
    np.testing.assert_array_equal(y, task.dataset.X[rows, 3])


def test_choosing_the_feature_of_the_other_axis_swaps_the_two(qtbot, show):
    view = show(iris_task(features=("all",)))
    view.plane_choice.across.setFocus()
    qtbot.keyClick(view.plane_choice.across, Qt.Key.Key_End)
    item = view.plot.getPlotItem()
    assert item.getAxis("bottom").labelText == "petal width (cm)"
    assert item.getAxis("left").labelText == "petal length (cm)"
    assert view.plane_choice.up.currentText() == "petal length"


def test_a_constant_feature_is_named(show, words):
    source = sources.load(DataConfig())
    X = source.X.copy()
    X[:, 3] = 0.25
    task = prepare(replace(source, X=X), RunConfig())
    assert "Constant, of no use: petal width." in words(show(task))


# The pointer ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_the_pointer_reads_the_exact_probabilities(show, trained, hover, words, model, settle):
    task = iris_task(**model)
    snapshot = trained(task, 100)
    view = show(task, snapshot)
    place = hover(view.plot, 4.9, 1.62)
    settle()
    said = words(view)
    assert f"petal length {place[0]:.2f} cm · petal width {place[1]:.2f} cm" in said
    (A,) = answers(task, snapshot.params, [place])
    (tail,) = re.findall(r"→  (.*)", said)
    for k, name in enumerate(task.dataset.class_names):
        assert f"{name} {A[k]:.1%}" in tail
    assert tail.startswith(task.dataset.class_names[A.argmax()])


def test_what_is_said_of_a_resting_pointers_place_keeps_up_with_the_run(
    show, trained, hover, words, settle
):
    task = iris_task()
    view = show(task, trained(task, 3))
    place = hover(view.plot, 4.9, 1.62)
    settle()
    later = trained(task, 200)
    view.receive_snapshot(later)
    settle()
    (A,) = answers(task, later.params, [place])
    (tail,) = re.findall(r"→  (.*)", words(view))
    for k, name in enumerate(task.dataset.class_names):
        assert f"{name} {A[k]:.1%}" in tail


def test_the_pointer_names_the_point_under_it(show, trained, hover, words, settle):
    task = iris_task()
    view = show(task, trained(task, 10))
    row = int(task.test_rows[-1])
    hover(view.plot, *task.dataset.X[row])
    settle()
    ((part, number, name),) = re.findall(r"(training|test) row (\d+), (\w+)", words(view))
    named = int(number) - 1  # people count from 1
    # Rows of Iris may lie upon each other.
    np.testing.assert_array_equal(task.dataset.X[named], task.dataset.X[row])
    assert name == task.dataset.class_names[task.dataset.y[named]]
    assert (part == "test") == (named in task.test_rows)


def test_nothing_is_said_of_an_old_run(show, trained, hover, words, settle):
    task = iris_task()
    view = show(task, trained(task, 10))
    hover(view.plot, 4.9, 1.62)
    view.receive_task(iris_task(kind="binary"))
    settle()
    assert "→" not in words(view)


@pytest.mark.usefixtures("face")
def test_hovering_moves_no_picture(show, trained, hover, settle):
    task = iris_task()
    view = show(task, trained(task, 10))
    QApplication.processEvents()
    before = view.plot.geometry(), view.plot.getPlotItem().getViewBox().viewRange()
    hover(view.plot, 4.9, 1.62)
    settle()
    QApplication.processEvents()
    assert (view.plot.geometry(), view.plot.getPlotItem().getViewBox().viewRange()) == before


# The chosen point -----------------------------------------------------------------------------


def without_row(task, row):
    """The task of the same data with one row less."""
    source = task.source
    less = replace(source, X=np.delete(source.X, row, axis=0), y=np.delete(source.y, row))
    return prepare(less, task.config)


@pytest.mark.parametrize("gone", [40, 3], ids=["the point itself", "one before it"])
def test_the_mark_goes_with_its_point_and_moves_to_no_other(show, gone):
    task = iris_task(features=("all",))
    view = show(task)
    view.highlight(40)
    assert view.mark.row == 40 and len(view.mark.getData()[0]) == 1
    view.receive_points(without_row(task, gone))
    assert view.mark.row is None and not len(view.mark.getData()[0])


def test_the_mark_stays_while_other_points_come_after_it(show):
    task = iris_task(features=("all",))
    view = show(task)
    view.highlight(40)
    view.receive_points(without_row(task, 100))
    assert view.mark.row == 40 and len(view.mark.getData()[0]) == 1


def test_points_and_rings_are_as_large_as_the_type(show, type_of, trained):
    task = prepare(sources.load(DataConfig()), RunConfig())
    view = show(task, trained(task, 20))
    items = [view.points.item(0, TRAINING), view.points.item(2, TEST), view.rings, view.mark]
    before = [item.opts["size"] for item in items]
    type_of(20)
    QApplication.processEvents()
    assert [item.opts["size"] for item in items] == pytest.approx([2 * size for size in before])
    assert view.regions.lines.pen().widthF() == 4 * view.plot.devicePixelRatioF()


def test_below_the_plane_is_only_the_line_about_the_pointer(show):
    view = show(prepare(sources.load(DataConfig()), RunConfig()))
    layout = view.layout()
    room = view.readout.height() + layout.spacing() + layout.contentsMargins().bottom()
    assert view.height() - view.plot.geometry().bottom() - 1 <= room + 1


def test_a_hall_sees_legend_and_plane_alone(show, type_of):
    view = show(prepare(sources.load(DataConfig()), RunConfig()))
    tools = view.plane_choice, view.shown_points, view.gradient_arrows.box, view.board_tools
    before = [tool.isVisible() for tool in tools]
    assert any(before)
    height = view.plot.height()
    view.present(True)
    QApplication.processEvents()
    assert not any(tool.isVisible() for tool in tools)
    assert view.legend.isVisible() and view.plot.height() > height
    type_of(12)  # a new zoom brings none of them back
    assert not any(tool.isVisible() for tool in tools)
    view.present(False)
    assert [tool.isVisible() for tool in tools] == before


@pytest.fixture
def ship(tmp_path):
    """The task of a table with one number, two words and three words, in this order."""
    path = tmp_path / "ship.csv"
    rows = "".join(
        f"{20 + k * 7 % 40},{'ffm'[k % 3]},{k * 11 % 30}.5,{('lost', 'saved')[k % 5 // 3]}\n"
        for k in range(30)
    )
    path.write_text(f"age,sex,fare,fate\n{rows}")
    config = RunConfig(data=DataConfig(source="csv", path=str(path)))
    return prepare(sources.load(config.data), config)


def test_numbers_go_on_the_axes_before_words(show, ship):
    view = show(ship)
    assert view.plane_choice.features == (0, 2)


def test_words_are_said_in_words_at_the_pointer_and_in_the_caption(ship):
    plane = Section.through_means(ship, 0, 1)
    row = int(np.flatnonzero(ship.dataset.X[:, 1] == 1)[0])
    assert "sex m" in describe(plane, (30.0, 0.9), row)
    assert "sex 0.25 of m" in describe(plane, (30.0, 0.25), None)
    held = caption(Section.through_means(ship, 0, 2), 0.5, "", 1)
    assert "of m" in held and "sex = m" not in held


# Keys -----------------------------------------------------------------------------------------


def test_keys_move_a_cross_that_reads_the_plane_and_picks_a_point(qtbot, show, trained, settle):
    task = iris_task()
    view = show(task, trained(task, 20))
    rows: list[int] = []
    view.row_chosen.connect(rows.append)
    view.plot.setFocus()
    qtbot.keyClick(view.plot, Qt.Key.Key_Up)  # the cross appears in the middle
    section = Section.through_means(task, *view.plane_choice.features)
    x, y = section.columns()
    (x0, x1), (y0, y1) = view.plot.getPlotItem().getViewBox().viewRange()
    width, height = view.plot.getPlotItem().getViewBox().viewPixelSize()
    row = 0
    across = round((x[row] - (x0 + x1) / 2) / width)
    up = round((y[row] - (y0 + y1) / 2) / height)
    for steps, plus, minus in (
        (across, Qt.Key.Key_Right, Qt.Key.Key_Left),
        (up, Qt.Key.Key_Up, Qt.Key.Key_Down),
    ):
        key = plus if steps > 0 else minus
        for _ in range(abs(steps) // 10):
            qtbot.keyClick(view.plot, key)
        for _ in range(abs(steps) % 10):
            qtbot.keyClick(view.plot, key, Qt.KeyboardModifier.ShiftModifier)
    settle()
    assert f"{task.describe_row(row)}, setosa" in view.readout.text()
    assert view.plot.accessibleDescription().startswith(view.readout.text())
    qtbot.keyClick(view.plot, Qt.Key.Key_Return)
    assert rows == [row] == [view.mark.row]
    qtbot.keyClick(view.plot, Qt.Key.Key_Escape)
    assert view.readout.text() == ""


def test_keys_put_drag_and_erase_points_of_the_drawing_board(qtbot, show):
    config = RunConfig(data=DataConfig("drawn"))
    view = show(prepare(sources.load(config.data), config))
    view.board.set_points(Points(), is_active=True)
    keys = Qt.Key

    def press(*pressed):
        for key in pressed:
            qtbot.keyClick(view.plot, key)

    view.plot.setFocus()
    press(keys.Key_Up, keys.Key_Return)  # put in the middle
    (first,) = view.board.points.xy
    width, height = view.plot.getPlotItem().getViewBox().viewPixelSize()
    press(keys.Key_Return, keys.Key_Right, keys.Key_Right, keys.Key_Down, keys.Key_Return)
    (moved,) = view.board.points.xy
    np.testing.assert_allclose(moved - first, [20 * width, -10 * height], atol=1e-9)
    press(keys.Key_Left)  # released: it stays
    np.testing.assert_array_equal(view.board.points.xy, [moved])
    press(keys.Key_Right, keys.Key_Delete)
    assert not len(view.board.points)


def test_keys_draw_a_lasso(qtbot, show):
    config = RunConfig(data=DataConfig("drawn"))
    view = show(prepare(sources.load(config.data), config))
    width, height = view.plot.getPlotItem().getViewBox().viewPixelSize()
    (x0, x1), (y0, y1) = view.plot.getPlotItem().getViewBox().viewRange()
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    points = Points().put([(x + 20 * width, y - 20 * height), (x - 50 * width, y)], 0)
    view.board.set_points(points, is_active=True)
    view.gestures.set_tool(Tool.SELECT)
    view.plot.setFocus()
    keys = Qt.Key
    around = [keys.Key_Right] * 4 + [keys.Key_Down] * 4 + [keys.Key_Left] * 4
    for key in (keys.Key_Up, keys.Key_Return, *around, keys.Key_Return):
        qtbot.keyClick(view.plot, key)
    assert view.board.selected.tolist() == [0]


def test_what_was_chosen_waits_while_the_data_have_no_plane(show):
    genres = DataConfig("genres")
    view = show(prepare(sources.load(genres), RunConfig(genres)))
    view.choose_again({"points": TEST, "gradients": "True"})
    view.receive_task(iris_task())
    assert view.shown_points.value() == TEST
    assert all(not len(view.points.item(k, TRAINING).getData()[0]) for k in range(3))
