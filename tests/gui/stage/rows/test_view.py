from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.model_family import FAMILY
from core.train.snapshot import Status
from core.train.trainer import Trainer
from gui.kit import theme as look
from gui.stage.rows.model import CLASS, LOSS, PREDICTED, PROBABILITY, ROW
from gui.stage.rows.view import DataView
from tests.gui.alone import opened


@pytest.fixture
def trained(qtbot, open_window):
    """The window after a run to its end, with the rows on the stage."""

    def train(config: RunConfig | None = None):
        window = open_window(config)
        window.run_bar.set_speed(99)
        qtbot.keyClick(window, Qt.Key.Key_Space)
        qtbot.waitUntil(
            lambda: (
                window.controller.snapshot is not None
                and window.controller.snapshot.status in (Status.FINISHED, Status.CONVERGED)
            ),
            timeout=30_000,
        )
        qtbot.keyClick(window, Qt.Key.Key_3)
        qtbot.waitUntil(lambda: window.views["Data"].model.answers is not None)
        return window

    return train


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)


@pytest.fixture
def trained_alone(open_alone):
    """As `trained`, without a window."""

    def train(config: RunConfig | None = None):
        alone = open_alone()
        alone.start(config or RunConfig())
        alone.finish()
        view = alone.show("Data")
        alone.until(lambda: view.model.answers is not None)
        return alone

    return train


def probabilities(window):
    """The model's answers by NumPy, for all rows."""
    task, params = window.controller.run.task, window.controller.snapshot.params
    X = (task.dataset.values() - task.standardiser.mean) / task.standardiser.std
    Z = X @ params.W.T + params.b
    A = np.exp(Z - Z.max(axis=1, keepdims=True))
    return A / A.sum(axis=1, keepdims=True)


def cell(window, place, column) -> str:
    return str(window.views["Data"].model.index(place, column).data())


def test_rows_have_their_losses_are_sorted_by_them_and_mistakes_can_be_listed_alone(
    qtbot, trained_alone
):
    alone = trained_alone()
    y = alone.controller.run.task.dataset.y
    expected = -np.log(probabilities(alone)[np.arange(len(y)), y])
    np.testing.assert_allclose(alone.views["Data"].model.answers.loss, expected, atol=1e-5)

    header = alone.views["Data"].table.horizontalHeader()
    x = header.sectionViewportPosition(LOSS) + 5
    for _ in range(2):  # the second click turns the order round
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 5))
    losses = alone.views["Data"].model.answers.loss[alone.views["Data"].model.order]
    assert (np.diff(losses) <= 0).all()

    alone.views["Data"].shown.setCurrentText("mistakes")
    alone.views["Data"].shown.activated.emit(alone.views["Data"].shown.currentIndex())
    wrong = np.flatnonzero(
        probabilities(alone).argmax(axis=1) != alone.controller.run.task.dataset.y
    )
    assert sorted(alone.views["Data"].model.order.tolist()) == wrong.tolist()


def test_a_click_on_a_row_marks_its_point_one_on_a_point_its_row_and_a_new_run_forgets_both(
    qtbot, trained
):
    window = trained()
    index = window.views["Data"].model.index(2, CLASS)
    place = window.views["Data"].table.visualRect(index).center()
    qtbot.mouseClick(window.views["Data"].table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    x, y = window.views["Boundary"].mark.getData()
    assert (x[0], y[0]) == tuple(window.controller.run.task.dataset.X[2])

    qtbot.keyClick(window, Qt.Key.Key_1)
    box = window.views["Boundary"].plot.getPlotItem().getViewBox()
    row = int(window.controller.run.task.dataset.X[:, 0].argmax())  # it stands alone at the edge
    x, y = map(float, window.controller.run.task.dataset.X[row])
    place = window.views["Boundary"].plot.mapFromScene(box.mapViewToScene(QPointF(x, y)))
    qtbot.mouseClick(window.views["Boundary"].plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.views["Data"].table.currentIndex().row() == row

    qtbot.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.run.task.dataset.name.startswith("Digits"))
    assert window.views["Data"].model.rowCount() == window.controller.run.task.dataset.n
    assert cell(window, 0, CLASS) == "0"


def test_pictures_are_a_table_at_first_of_the_likeliest_classes_and_a_gallery_if_chosen(
    qtbot, trained_alone
):
    alone = trained_alone(RunConfig(data=DataConfig("digits")))
    assert alone.views["Data"].layouts.button(0).isChecked()
    names = alone.controller.run.task.dataset.class_names
    likeliest = probabilities(alone).argmax(axis=1)
    shown = [cell(alone, place, PREDICTED) for place in range(200)]
    assert shown == [names[k] for k in likeliest[:200]]

    qtbot.mouseClick(alone.views["Data"].layouts.button(1), Qt.MouseButton.LeftButton)
    assert alone.views["Data"].gallery.isVisible()
    picture = alone.views["Data"].model.index(0, ROW).data(Qt.ItemDataRole.DecorationRole).toImage()
    pixels = alone.controller.run.task.dataset.X[0].reshape(8, 8)
    brightest = np.unravel_index(int(pixels.argmax()), pixels.shape)
    emptiest = np.unravel_index(int(pixels.argmin()), pixels.shape)

    def grey(place):
        zoom = picture.width() / 8
        return picture.pixelColor(
            int((place[1] + 0.5) * zoom), int((place[0] + 0.5) * zoom)
        ).lightness()

    assert grey(brightest) + 60 < grey(emptiest)  # ink on white


@pytest.mark.parametrize("kind", FAMILY)
def test_only_a_model_with_probabilities_has_one_of_each_row(
    qtbot, show_view, background, snapshot_of, kind
):
    config = RunConfig(model=ModelConfig(kind))
    trainer = Trainer(prepare(sources.load(config.data), config))
    trainer.step()
    view = DataView(look.LIGHT, background)
    view.receive_task(trainer.task)
    show_view(view)
    view.receive_snapshot(snapshot_of(trainer))

    def is_answered() -> bool:
        background.poll()
        return view.model.answers is not None

    qtbot.waitUntil(is_answered, timeout=30_000)
    shown = {str(view.model.index(place, PROBABILITY).data())[-1] for place in range(150)}
    assert shown == ({"%"} if FAMILY[kind].has_probabilities else {"–"})


def test_columns_fit_what_they_hold_once_they_are_seen(qtbot, window, new_run):
    with new_run(window):
        window.setup.data.split_seed.setValue(7)
    window.stage.show_name("Data")
    table = window.views["Data"].table
    for column in range(table.model().columnCount()):
        assert table.columnWidth(column) >= table.sizeHintForColumn(column)


def test_of_many_rows_too_no_heading_is_cut_in_large_type_and_no_row_number(
    qtbot, show_view, background, type_of, monkeypatch
):
    monkeypatch.setattr("gui.stage.rows.view.RESIZED_ROWS", 100)
    type_of(20)
    view = DataView(look.LIGHT, background)
    view.receive_task(prepare(sources.load(DataConfig()), RunConfig()))
    show_view(view, 640, 330)
    header = view.table.horizontalHeader()
    for column in range(view.model.columnCount()):
        assert header.sectionSize(column) >= header.sectionSizeFromContents(column).width()
    last = view.table.sizeHintForIndex(view.model.index(149, ROW))
    assert header.sectionSize(ROW) >= last.width()


@pytest.fixture
def ship(tmp_path):
    """A table with a column of two words."""
    path = tmp_path / "ship.csv"
    rows = "".join(
        f"{20 + k * 7 % 40},{('f', 'm')[k % 3 // 2]},{('lost', 'saved')[k % 5 // 3]}\n"
        for k in range(30)
    )
    path.write_text(f"age,sex,fate\n{rows}")
    return RunConfig(data=DataConfig(source="csv", path=str(path)))


def test_a_feature_of_words_shows_its_words(open_alone, ship):
    alone = open_alone()
    alone.start(ship)
    model = alone.show("Data").model
    column = 1 + LOSS + 1  # after the age
    shown = [cell(alone, place, column) for place in range(model.rowCount())]
    assert shown[:4] == ["f", "f", "m", "f"]


def test_the_table_has_its_type_before_any_change_of_colours(show_view, background):
    view = DataView(look.LIGHT, background)
    view.receive_task(prepare(sources.load(DataConfig()), RunConfig()))
    show_view(view)
    at_first = view.table.font()
    view.receive_theme(look.DARK)
    assert view.table.font() == at_first


def test_once_a_run_rests_the_mistakes_are_those_of_its_model(open_alone):
    alone = open_alone()
    alone.start(RunConfig())
    view = alone.show("Data")
    view.shown.setCurrentText("mistakes")
    view.shown.activated.emit(view.shown.currentIndex())
    alone.until(lambda: len(view.model.order) > 0)
    alone.finish()
    alone.until(lambda: alone.is_at_rest)
    wrong = probabilities(alone).argmax(axis=1) != alone.controller.run.task.dataset.y
    assert sorted(view.model.order.tolist()) == np.flatnonzero(wrong).tolist()


def test_the_rows_in_sight_stay_in_another_theme(trained_alone):
    alone = trained_alone()
    view = alone.views["Data"]
    view.choose_row(100)
    at, answers = view.table.verticalScrollBar().value(), view.model.answers
    view.receive_theme(look.DARK)
    assert view.table.verticalScrollBar().value() == at > 0
    assert view.table.currentIndex().row() == view.model.position_of(100)
    assert view.model.answers is answers
