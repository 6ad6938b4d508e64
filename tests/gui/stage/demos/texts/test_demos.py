"""The demonstrations about documents, against softmax and the gradient by hand."""

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from scipy.special import softmax

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.explain.word_update import word_update
from gui.kit import theme as look
from gui.stage.demos.texts.normaliser import MEASURED, NormaliserDemo
from gui.stage.demos.texts.push_and_pull import MOST_UPDATES, PushAndPullDemo
from gui.state.selected_example import Example

PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def genres():
    return sources.load(DataConfig(source="genres"))


@pytest.fixture
def task(genres):
    return prepare(genres, RunConfig(DataConfig(source="genres"), ModelConfig("softmax")))


@pytest.fixture
def show(show_view, background, trained):
    """Return a function that shows one demonstration with a document of a trained run."""

    def show(cls, task, row=3, steps=40):
        demo = cls(look.LIGHT)
        demo.use(background)
        show_view(demo, 640, 640)
        demo.show_example(Example.of_row(task, row))
        snapshot = trained(task, steps)
        demo.show_run(task, snapshot)
        x = task.dataset.values(slice(row, row + 1))[0].astype(np.float64)
        return demo, snapshot, snapshot.params.W @ x + snapshot.params.b, x

    return show


def number(text):
    return float(text.replace("−", "-").replace(",", "").split()[0])


# The normaliser


def test_scores_exponentials_and_shares_are_those_of_the_document(show, task):
    demo, _, z, _ = show(NormaliserDemo, task)
    grid, powers = demo.grid, np.exp(z)
    for k in range(4):
        assert number(grid.text(0, k)) == pytest.approx(z[k], abs=0.006)
        assert number(grid.text(1, k)) == pytest.approx(powers[k], abs=6e-4)
        assert number(grid.text(2, k)) == pytest.approx(100 * softmax(z)[k], abs=0.06)
    assert number(grid.text(1, 4)) == pytest.approx(powers.sum(), abs=6e-4)


def test_costs_are_measured_in_the_background(show, task, background, qtbot):
    demo, *_ = show(NormaliserDemo, task)

    def is_measured():
        background.poll()
        return demo.ratio.text.endswith("×")

    qtbot.waitUntil(is_measured, timeout=PATIENCE_MS)
    assert number(demo.share.text) > 0
    demo.labels.track.setFocus()
    qtbot.keyClick(demo.labels.track, Qt.Key.Key_End)
    qtbot.waitUntil(is_measured, timeout=PATIENCE_MS)
    assert demo.labels.readout.text() == f"{MEASURED[-1]:,}"


def test_costs_that_come_after_its_end_are_dropped(show, task, background, qtbot):
    demo, *_ = show(NormaliserDemo, task)
    demo.end()
    shiboken6.delete(demo)

    def is_over():
        background.poll()  # which would raise what an answer raises
        return background.is_idle

    qtbot.waitUntil(is_over, timeout=PATIENCE_MS)


# Push and pull


def test_each_weight_moves_by_eta_times_y_minus_a_times_x(show, task):
    demo, snapshot, z, x = show(PushAndPullDemo, task)
    y = np.eye(4)[task.dataset.y[3]]
    names = task.dataset.feature_names
    assert len(demo.chart.words) >= 3
    for word, row in zip(demo.chart.words, demo.chart.numbers, strict=True):
        expected = snapshot.eta * (y - softmax(z)) * x[names.index(word)]
        assert [number(text) for text in row] == pytest.approx(expected, abs=6e-5)


def test_repeated_updates_make_the_model_sure(show, task, qtbot):
    demo, snapshot, z, x = show(PushAndPullDemo, task, steps=0)
    assert number(demo.before.text) == pytest.approx(np.log(4), abs=6e-4)
    demo.updates.track.setFocus()
    qtbot.keyClick(demo.updates.track, Qt.Key.Key_End)
    label, eta = int(task.dataset.y[3]), snapshot.eta
    expected = word_update("softmax", z, x, label, 4, eta=eta, count=MOST_UPDATES)
    assert number(demo.after.text) == pytest.approx(expected.losses[1], abs=6e-4)
    assert demo.share.text.startswith("25.0\xa0% → ")


def test_there_are_as_many_words_as_have_room_also_in_a_lower_window(show, task, qtbot):
    demo, *_ = show(PushAndPullDemo, task)
    in_all = len(demo.chart.words)
    demo.resize(640, 420)
    qtbot.waitUntil(lambda: len(demo.chart.words) < in_all)
    assert len(demo.chart.words) == demo.chart.rows
    assert f"{demo.chart.rows} of its" in demo.said.text()


def test_another_label_can_be_taught(show, task):
    demo, _, z, _ = show(PushAndPullDemo, task)
    other = (int(task.dataset.y[3]) + 1) % 4
    demo.label.setCurrentIndex(other)
    demo.label.activated.emit(other)
    signs = [np.sign(number(text)) for text in demo.chart.numbers[0]]
    assert signs == [1 if k == other else -1 for k in range(4)]
    assert number(demo.before.text) == pytest.approx(-np.log(softmax(z)[other]), abs=6e-4)


def test_data_that_are_no_texts_say_so(show_view, trained):
    task = prepare(sources.load(DataConfig()), RunConfig())
    demo = PushAndPullDemo(look.LIGHT)
    show_view(demo, 640, 640)
    demo.show_example(Example.of_row(task, 0))
    demo.show_run(task, trained(task, 1))
    assert "no texts" in demo.said.text()
    assert demo.chart.words == ()


def test_there_are_two_columns_only_where_no_number_touches_another(show, task, qtbot):
    demo, *_ = show(PushAndPullDemo, task)
    frame = QWidget()
    qtbot.addWidget(frame)
    page = QWidget(frame)
    demo.setParent(page)
    frame.resize(3000, 200)  # too low for one column
    demo.show()
    frame.show()
    whole = demo.chart.whole_width()
    demo.resize(whole + 100, 600)
    qtbot.waitUntil(lambda: demo.chart.width() == demo.width())
    demo.resize(2 * whole + 100, 600)
    qtbot.waitUntil(lambda: whole <= demo.chart.width() < demo.width())
