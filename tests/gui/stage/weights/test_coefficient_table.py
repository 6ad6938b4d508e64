"""What the weights say: table, sentence, lengths over time; in the window the limit of η."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from core.config import BagOptions, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.sources import load
from core.data.task import prepare
from core.explain import curvature
from core.explain.coefficients import coefficients, odds_ratios
from core.explain.weight_images import picture_weights
from core.train.snapshot import Params
from gui.kit import theme as look
from gui.setup.knobs_row import KnobsRow
from gui.stage.weights.coefficient_model import CoefficientModel
from gui.stage.weights.coefficient_table import CoefficientTable
from gui.stage.weights.view import WeightsView
from tests.gui.alone import opened as opened_alone
from tests.gui.conftest import PATIENCE_MS
from tests.gui.window.test_room import lack


@pytest.fixture
def opened(qtbot, show_view, trained, background):
    """Return a function that shows a subject of the view of weights some steps on, by itself."""

    def opened(subject, config=None, steps=3):
        config = config or RunConfig()
        task = prepare(load(config.data), config)
        view = WeightsView(look.LIGHT, background)
        show_view(view, 800, 600)
        view.receive_task(task)
        snapshot = trained(task, steps)
        view.receive_snapshot(snapshot)
        qtbot.mouseClick(view.subject.button(subject), Qt.MouseButton.LeftButton)
        return view, snapshot

    return opened


@pytest.fixture
def until(qtbot, background):
    """Return until(condition): wait for it, and take what the background makes meanwhile."""

    def until(condition):
        def is_so():
            background.poll()
            return condition()

        qtbot.waitUntil(is_so, timeout=PATIENCE_MS)

    return until


def cells(table, column):
    model = table.model()
    return [model.index(i, column).data() or "" for i in range(model.rowCount())]


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


def test_in_large_type_no_choice_of_a_class_is_cut(type_of, qtbot, show_view):
    type_of(20)
    page = QWidget()  # a window of its own would not become narrower than its words
    table = CoefficientTable()
    table.setParent(page)
    table.show_task(prepare(load(DataConfig("genres")), RunConfig(DataConfig("genres"))))
    show_view(page, 480, 400)
    table.resize(480, 400)
    fields = table.output, table.against

    def are_whole():
        ends = [field.mapTo(table, field.rect().topRight()).x() for field in fields]
        return max(ends) < table.width() and not any(map(lack, fields))

    qtbot.waitUntil(are_whole)


def test_headings_are_whole_in_large_type_and_in_a_narrow_view(type_of, qtbot, show_view):
    type_of(20)
    table = CoefficientTable()
    table.show_task(prepare(load(DataConfig()), RunConfig()))
    show_view(table, 400, 400)
    header = table.table.horizontalHeader()

    def cut() -> list[int]:
        columns = range(header.count())
        return [j for j in columns if header.sectionSize(j) < header.sectionSizeHint(j)]

    qtbot.waitUntil(lambda: not cut())
    assert table.table.horizontalScrollBar().maximum() > 0  # which leads to the last of them


def test_the_table_shows_the_coefficients_of_the_chosen_class(opened, until):
    view, snapshot = opened("coefficients")
    panel = view.coefficients
    found = coefficients(snapshot.task, snapshot.params)
    assert panel.output.currentText() == "virginica"
    until(lambda: cells(panel.table, 1)[0] != "")
    shown = [number(text) for text in cells(panel.table, 1)]
    np.testing.assert_allclose(shown, [*found.W[2], found.b[2]], atol=6e-5)
    shown = [number(text) for text in cells(panel.table, 2)]
    np.testing.assert_allclose(shown, [*found.own_W[2], found.own_b[2]], atol=6e-5)


def test_another_row_is_another_sentence(qtbot, opened):
    view, snapshot = opened("coefficients")
    panel = view.coefficients
    first = panel.words.text()
    assert "petal length" in first and "virginica against versicolor" in first
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    found = coefficients(snapshot.task, snapshot.params)
    ratio = odds_ratios(snapshot.task, found, 2, 1)[1]
    assert "petal width" in panel.words.text() and f"{ratio:.3g}" in panel.words.text()


def test_the_table_is_copied_as_csv(opened):
    view, _ = opened("coefficients")
    view.coefficients.table.actions()[0].trigger()
    rows = list(csv.DictReader(io.StringIO(QApplication.clipboard().text())))
    assert [row["input"] for row in rows[:3]] == ["petal length", "petal width", "bias"]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (ModelConfig("perceptron"), "no probabilities"),
        (ModelConfig("ovo"), "pair of classes"),
    ],
)
def test_models_without_odds_say_why(model, words, opened):
    view, _ = opened("coefficients", RunConfig(model=model))
    assert words in view.coefficients.words.text()
    assert view.coefficients.model.columnCount() == 3


def test_coefficients_are_absent_with_a_hidden_layer(opened):
    view, _ = opened("weights", RunConfig(model=ModelConfig(hidden=3)))
    assert view.subject.button("weights").isVisible()
    assert not view.subject.button("coefficients").isVisible()


def test_a_coefficient_that_four_decimals_would_hide_is_shown(show_view):
    """As of an income in dollars."""
    source = load(DataConfig())
    X = source.X.astype(np.float32)
    X[:, 0] *= 1e5
    source = replace(source, X=X)
    task = prepare(source, RunConfig(DataConfig(features=("all",))))
    panel = CoefficientTable()
    show_view(panel)
    panel.show_task(task)
    W = np.zeros((3, 4), np.float32)
    W[2, 0] = -1
    panel.show_params(Params(W, np.zeros(3, np.float32)))
    digits, exponent = cells(panel.table, 2)[0].replace("−", "-").split("·10")
    exponent = exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    expected = -1 / task.standardiser.std[0]
    assert float(f"{digits}e{exponent}") == pytest.approx(expected, rel=0.05)


def test_pictures_have_length_extremes_and_bias_of_each_class(qtbot, opened, until):
    view, snapshot = opened("coefficients", RunConfig(DataConfig("digits")))
    table = view.numbers.table
    found = picture_weights(snapshot.task, snapshot.params)
    until(lambda: cells(table, 0)[0] != "")
    assert cells(table, 0) == list("0123456789")
    norms = [number(text) for text in cells(table, 1)]
    np.testing.assert_allclose(norms, [one.norm for one in found], atol=6e-4)
    assert number(cells(table, 2)[3].split()[0]) == pytest.approx(found[3].most, abs=6e-4)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    i, j = found[1].most_at
    said = view.numbers.words.text()
    assert said.startswith(f"1: the pixel in row {i}, column {j} speaks most for it")
    table.actions()[0].trigger()
    rows = list(csv.DictReader(io.StringIO(QApplication.clipboard().text())))
    assert float(rows[4]["bias"]) == found[4].bias


def test_the_line_over_time_ends_at_the_length_of_the_weights(opened, until):
    view, snapshot = opened("over time", steps=5)
    norms = view.norms
    until(lambda: len(norms.whole.getData()[0]) == 6)
    x, y = norms.whole.getData()
    np.testing.assert_allclose(x, np.arange(6))
    assert y[-1] == pytest.approx(np.linalg.norm(snapshot.params.W), rel=1e-5)


def test_without_a_penalty_it_says_that_the_weights_grow_without_end(opened, until):
    view, _ = opened("over time")
    until(lambda: "without end" in view.norms.words.text())


def test_with_a_penalty_the_optimum_is_a_dashed_line(opened, until):
    config = RunConfig(training=TrainingConfig(weight_decay=0.1))
    view, _ = opened("over time", config)
    line = view.norms.optimum_line
    until(line.isVisible)
    assert line.value() > 0


def test_a_full_batch_has_no_noise_and_says_so(opened, until):
    view, _ = opened("over time", RunConfig(training=TrainingConfig(batch_size=None)))
    until(lambda: "no noise" in view.norms.noise_words.text())


def test_the_noise_of_a_batch_is_its_angle_and_its_signal_to_noise(opened, until):
    view, snapshot = opened("over time")
    until(lambda: "°" in view.norms.noise_words.text())
    found = curvature.noise(snapshot.task, snapshot.params, snapshot.batch)
    assert found is not None
    assert f"{found.degrees:.0f}°" in view.norms.noise_words.text()
    assert f"Signal-to-noise {found.signal:.2g}" in view.norms.noise_words.text()


@pytest.fixture
def rated(qtbot):
    """Return a function that shows a run's knobs without a window, and returns both."""
    opening = opened_alone(qtbot)
    open_alone = next(opening)

    def rated(config: RunConfig | None = None):
        alone, knobs = open_alone(), KnobsRow()
        controller = alone.controller
        knobs.start(controller.background)
        controller.task_changed.connect(knobs.show_task)
        controller.snapshot_changed.connect(knobs.show_snapshot)
        controller.settings_changed.connect(knobs.show_settings)
        knobs.setting_changed.connect(alone.setup.wishes.change_training)
        alone.expose(knobs, 1200, 80)
        alone.start(config or RunConfig())
        return alone, knobs

    yield rated
    next(opening, None)


def test_the_limit_of_the_learning_rate_is_marked(qtbot, rated):
    alone, knobs = rated()
    rate = knobs.rate
    qtbot.waitUntil(lambda: rate.limit is not None, timeout=PATIENCE_MS)
    expected = 2 / curvature.largest(
        alone.controller.run.task, alone.controller.snapshot.params, 0.0
    )
    assert rate.limit == pytest.approx(expected)
    assert f"{expected:.2g}" in rate.limit_words.text()


def test_at_rest_the_limit_is_that_of_all_rows_and_before_it_says_of_how_many(
    qtbot, rated, monkeypatch
):
    monkeypatch.setattr(curvature, "cheap_rows", lambda task: task.train_rows[:40])
    alone, knobs = rated(RunConfig(training=TrainingConfig(epochs=10**9)))
    rate = knobs.rate
    alone.controller.play_or_pause()
    qtbot.waitUntil(lambda: "40 of the 120" in rate.slider.toolTip(), timeout=PATIENCE_MS)
    assert rate.limit_words.text().startswith("▲ ≈")
    alone.controller.play_or_pause()
    qtbot.waitUntil(lambda: "sample" not in rate.slider.toolTip(), timeout=PATIENCE_MS)
    expected = 2 / curvature.largest(
        alone.controller.run.task, alone.controller.snapshot.params, 0.0
    )
    assert rate.limit == pytest.approx(expected)
    assert rate.limit_words.text() == f"▲ {float(f'{expected:.2g}'):g}"


def test_the_slider_changes_the_rate_and_follows_it(qtbot, open_window):
    window = open_window()
    slider = window.knobs.rate.slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: window.controller.settings.learning_rate > 0.1, timeout=PATIENCE_MS)
    assert window.setup.training.learning_rate.value() == pytest.approx(0.22, rel=0.05)
    before = slider.value()
    qtbot.keyClick(window.stage, Qt.Key.Key_BracketLeft)
    assert slider.value() < before


def test_a_model_without_curvature_has_no_mark(qtbot, rated):
    alone, knobs = rated(RunConfig(model=ModelConfig("perceptron")))
    alone.walk(1)
    qtbot.waitUntil(
        lambda: not alone.controller.background.is_busy("curvature"), timeout=PATIENCE_MS
    )
    assert knobs.rate.limit is None


def test_with_momentum_the_limit_is_that_of_its_rule(qtbot, rated):
    settings = TrainingConfig(optimiser="momentum", momentum=0.5)
    alone, knobs = rated(RunConfig(training=settings))
    rate = knobs.rate
    qtbot.waitUntil(lambda: rate.limit is not None, timeout=PATIENCE_MS)
    bend = curvature.largest(alone.controller.run.task, alone.controller.snapshot.params, 0.0)
    assert rate.limit == pytest.approx(1.5 * 2 / bend)
    assert "2(1 + μ)/λ_max" in rate.slider.toolTip()


def test_a_rule_that_scales_each_parameter_has_no_mark(qtbot, rated):
    alone, knobs = rated(RunConfig(training=TrainingConfig(optimiser="adam")))
    alone.walk(1)
    qtbot.waitUntil(
        lambda: not alone.controller.background.is_busy("curvature"), timeout=PATIENCE_MS
    )
    assert knobs.rate.limit is None


def test_above_the_limit_it_says_that_steps_overshoot(qtbot, rated, enter):
    _, knobs = rated()
    rate = knobs.rate
    qtbot.waitUntil(lambda: rate.limit is not None, timeout=PATIENCE_MS)
    enter(knobs.learning_rate, f"{2 * rate.limit:.2g}")
    qtbot.waitUntil(lambda: "steps overshoot" in rate.slider.toolTip(), timeout=PATIENCE_MS)
    assert f"above 2/λ_max = {rate.limit:.2g}" in rate.slider.toolTip()


def test_the_axes_move_by_leaps_and_not_with_each_step(opened, until, trained):
    view, snapshot = opened("over time", steps=3)
    box = view.norms.plot.getPlotItem().getViewBox()
    seen = []
    for step in range(4, 18):
        view.receive_snapshot(trained(snapshot.task, step))
        until(lambda n=step: view.norms.whole.getData()[0][-1] == n)
        seen.append(round(box.viewRange()[0][1]))
    assert seen == [16] * 13 + [32]


def test_on_a_logarithmic_axis_steps_have_round_labels(qtbot, opened):
    view, _ = opened("over time", steps=3)
    qtbot.mouseClick(view.norms.scale.button(True), Qt.MouseButton.LeftButton)
    axis, paper = (
        view.norms.plot.getPlotItem().getAxis("bottom"),
        QImage(1, 1, QImage.Format.Format_RGB32),
    )
    painter = QPainter(paper)
    _, _, labels = axis.generateDrawSpecs(painter)
    painter.end()
    assert {"2", "5", "10"} <= {words for _, _, words in labels} <= {"1", "2", "5", "10"}


# Documents ----------------------------------------------------------------------------------------


@pytest.fixture
def words(opened, until):
    """The view with the table of words some steps on, its task and its numbers."""
    view, snapshot = opened("coefficients", RunConfig(DataConfig("genres")), steps=4)
    until(lambda: cells(view.coefficients.table, 1)[0] != "")
    return view, snapshot.task, coefficients(snapshot.task, snapshot.params)


def test_words_are_listed_from_the_strongest_with_the_documents_that_hold_them(words):
    view, task, found = words
    panel = view.coefficients
    k = len(found.outputs) - 1
    order = np.argsort(-found.W[k], kind="stable")
    assert cells(panel.table, 0) == [*(found.inputs[j] for j in order), "bias b"]
    assert number(cells(panel.table, 1)[0]) == pytest.approx(found.W[k, order[0]], abs=6e-5)
    held = np.count_nonzero(task.dataset.bag[task.train_rows].toarray(), axis=0)
    assert [number(text) for text in cells(panel.table, 3)[:-1]] == list(held[order])


def test_a_search_shows_the_words_that_contain_it_and_tells_of_the_first(qtbot, words):
    view, _, found = words
    panel = view.coefficients
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "LI")
    shown = cells(panel.table, 0)
    assert set(shown) == {word for word in found.inputs if "li" in word} and len(shown) > 5
    assert panel.words.text().startswith(f"One more “{shown[0]}” ")
    qtbot.keyClicks(panel.search, "§")
    assert cells(panel.table, 0) == [] and panel.words.text() == ""


def test_the_chosen_word_stays_chosen_when_the_order_changes(qtbot, words):
    view, _, _ = words
    panel = view.coefficients
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    chosen = panel.table.currentIndex().data()
    assert chosen == cells(panel.table, 0)[1]
    panel.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert panel.table.currentIndex().data() == chosen == cells(panel.table, 0)[-3]
    assert f"“{chosen}”" in panel.words.text()


def test_of_twenty_thousand_words_no_cell_is_made_that_is_not_seen(show_view, monkeypatch):
    source = load(DataConfig("genres"))
    task = prepare(
        source,
        RunConfig(
            DataConfig(
                "genres", bag=BagOptions("counts", bigrams=True, min_documents=1, max_words=20_000)
            )
        ),
    )
    assert task.m == 20_000
    asked = set()
    data = CoefficientModel.data

    def noted(model, index, role=Qt.ItemDataRole.DisplayRole):
        asked.add((index.row(), index.column()))
        return data(model, index, role)

    monkeypatch.setattr(CoefficientModel, "data", noted)
    panel = CoefficientTable()
    show_view(panel)
    panel.show_task(task)
    W = np.random.default_rng(1).normal(size=(4, task.m)).astype(np.float32)
    panel.show_params(Params(W, np.zeros(4, np.float32)))
    QApplication.processEvents()
    assert 10 < len(asked) < 500
