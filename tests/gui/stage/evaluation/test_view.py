"""The evaluation: every part against scikit-learn, by real clicks and keys."""

from __future__ import annotations

import csv
import io
import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from sklearn import metrics

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.points import Points
from core.data.shown_names import shown_classes
from core.data.sources import load
from core.data.task import prepare
from core.evaluate.classification import HALF, wilson
from core.evaluate.model_outputs import ask
from core.language import spoken
from core.train.snapshot import Status
from core.train.trainer import Trainer
from gui.kit import theme as look
from gui.kit import zoom
from gui.stage.evaluation.counts import ClassesPage
from gui.stage.evaluation.example_list import CONFIDENCE, OWN
from gui.stage.evaluation.view import PARTS, EvaluationView
from tests.gui.alone import opened

PATIENCE_MS = 30_000
NEURON = ModelConfig(kind="binary", positive="versicolor")
MINUTES = TrainingConfig(epochs=10**6)


@pytest.fixture
def evaluated(qtbot):
    """Return a function that trains a config to its end and shows its plane and its evaluation."""
    opening = opened(qtbot)
    open_alone = next(opening)

    def evaluated(config: RunConfig | None = None):
        shown = open_alone()
        shown.show("Boundary")
        shown.start(config or RunConfig())
        shown.finish()
        view = shown.show("Evaluation", 900, 640)
        qtbot.waitUntil(lambda: "right" in view.accuracy.text(), timeout=PATIENCE_MS)
        settle(qtbot, shown.controller.background)
        return shown, view

    yield evaluated
    next(opening, None)


@pytest.fixture
def alone(qtbot, show_view, snapshot_of, background):
    """Return a function that trains a config to its end and shows its evaluation by itself."""

    def alone(config: RunConfig | None = None):
        config = config or RunConfig()
        trainer = Trainer(prepare(load(config.data), config))
        while trainer.outcome is None:
            trainer.step()
        view = EvaluationView(look.LIGHT, background)
        show_view(view, 800, 600)
        view.receive_task(trainer.task)
        snapshot = snapshot_of(trainer, status=trainer.outcome)
        view.receive_snapshot(snapshot)
        settle(qtbot, background)
        qtbot.waitUntil(lambda: "right" in view.accuracy.text(), timeout=PATIENCE_MS)
        return view, snapshot

    return alone


def settle(qtbot, background) -> None:
    """Wait until nothing is computed any more."""

    def is_settled() -> bool:
        background.poll()
        return not background.is_busy("evaluation")

    qtbot.waitUntil(is_settled, timeout=PATIENCE_MS)


def turn_to(qtbot, background, view, part: str) -> None:
    qtbot.mouseClick(view.parts.button(part), Qt.MouseButton.LeftButton)
    assert view.part == part
    settle(qtbot, background)


def answers(snapshot, rows=None):
    task = snapshot.task
    return ask(task, snapshot.params, task.test_rows if rows is None else rows)


def click_cell(qtbot, background, page, true: int, predicted: int) -> None:
    place = page.matrix.cell_rect(true, predicted).center().toPoint()
    qtbot.mouseClick(page.matrix, Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, background)


def test_of_imbalanced_classes_the_baseline_is_said_too(alone, tmp_path):
    rows = [f"{k % 7},{k % 5},{'rare' if k % 10 == 0 else '<b>often</b>'}" for k in range(60)]
    (tmp_path / "t.csv").write_text("x,z,class\n" + "\n".join(rows) + "\n")
    data = DataConfig("csv", path=str(tmp_path / "t.csv"), test_fraction=0.0)
    view, _ = alone(RunConfig(data=data, training=TrainingConfig(epochs=5)))
    assert "Baseline, always “&lt;b&gt;often&lt;/b&gt;”: 90.0\xa0%" in view.accuracy.text()


def test_matrix_and_classes_are_scikit_learns_and_are_copied_in_full(qtbot, background, alone):
    view, snapshot = alone(RunConfig(data=DataConfig("digits"), training=TrainingConfig(epochs=5)))
    found = answers(snapshot)
    expected = metrics.confusion_matrix(found.y, found.predicted)
    np.testing.assert_array_equal(view.confusion.matrix.counts, expected)

    turn_to(qtbot, background, view, "classes")
    page: ClassesPage = view.classes
    by_class = metrics.precision_recall_fscore_support(found.y, found.predicted)
    table = page.table

    def cell(row: int, column: int) -> str:
        item = table.item(row, column)
        assert item is not None
        return item.text()

    for k in range(10):
        shown = [cell(k, column) for column in range(1, 5)]
        assert shown == [f"{part[k]:.3f}" for part in by_class[:3]] + [str(by_class[3][k])]
    macro = metrics.precision_recall_fscore_support(found.y, found.predicted, average="macro")
    assert [cell(10, column) for column in (1, 2, 3)] == [f"{share:.3f}" for share in macro[:3]]
    table.setFocus()
    page.copy.trigger()
    copied = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text())))
    assert copied[0] == ["class", "precision", "recall", "F1", "rows"]
    assert float(copied[4][1]) == pytest.approx(by_class[0][3], abs=1e-5)


def test_the_reliability_says_its_error_and_its_counts_and_by_which_temperature_it_is_mended(
    qtbot, background, alone
):
    view, snapshot = alone(RunConfig(data=DataConfig("digits"), training=TrainingConfig(epochs=5)))
    found = answers(snapshot)
    turn_to(qtbot, background, view, "reliability")
    sure = found.probabilities.max(axis=1)
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs((found.is_right - sure)[bins == b].sum()) for b in range(10)]
    assert f"{100 * sum(gaps) / len(sure):.1f}\xa0%" in view.reliability.title.text()
    counts = np.bincount(bins, minlength=10)
    shown = [label.toPlainText() for label in view.reliability.count_labels]
    assert shown == [str(count) if count else "" for count in counts]

    qtbot.mouseClick(view.reliability.temper, Qt.MouseButton.LeftButton)
    settle(qtbot, background)
    assert "T = 0." in view.reliability.title.text()  # so early it is not sure enough
    assert "random half of the test rows (179)" in view.reliability.words.text()
    assert "the other 180" in view.reliability.words.text()
    assert len(view.reliability.after.getData()[0]) > 0


def test_the_accuracy_is_said_with_counts_and_its_interval_of_the_rows_one_asks_for(
    qtbot, background, alone
):
    view, snapshot = alone()
    right, n = int(answers(snapshot).is_right.sum()), 30
    low, high = wilson(right, n)
    said = view.accuracy.text()
    assert f"{right} of {n} test rows" in said
    assert f"{100 * low:.1f} … {100 * high:.1f}\xa0%" in said  # together on a line
    assert "Baseline" not in said  # of balanced classes
    qtbot.keyClick(view.which, Qt.Key.Key_Down)
    settle(qtbot, background)
    assert "of 120 training rows" in view.accuracy.text()
    assert view.confusion.matrix.counts.sum() == 120


def test_without_test_rows_it_judges_the_training_rows(alone):
    view, _ = alone(RunConfig(data=DataConfig(test_fraction=0.0)))
    assert "of 150 training rows" in view.accuracy.text()
    assert not view.which.isVisible()


def test_mistakes_come_in_order_the_largest_loss_of_a_cell_and_the_surest_of_all_first(
    qtbot, background, alone
):
    view, snapshot = alone(RunConfig(data=DataConfig("digits"), training=TrainingConfig(epochs=5)))
    found = answers(snapshot)
    click_cell(qtbot, background, view.confusion, 8, 1)
    rows = view.confusion.examples.model.answers.rows
    places = np.flatnonzero((found.y == 8) & (found.predicted == 1))
    assert len(places) > 1
    assert list(rows) == list(found.rows[places[np.argsort(-found.loss[places])]])
    assert view.confusion.examples.gallery.isVisible()
    assert f"{len(places)} × 8 taken for 1" in view.confusion.title.text()

    turn_to(qtbot, background, view, "mistakes")
    wrong = np.flatnonzero(~found.is_right)
    order = wrong[np.argsort(-found.confidence[wrong])]
    model = view.mistakes.examples.model
    assert list(model.answers.rows) == list(found.rows[order])
    gallery = view.mistakes.examples.gallery
    first = gallery.visualRect(model.index(0, 0)).center()
    with qtbot.waitSignal(view.row_chosen) as chosen:
        qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert chosen.args == [found.rows[order[0]]]


def test_a_cell_shows_its_examples_where_it_has_any_and_a_click_chooses_one_everywhere(
    qtbot, evaluated
):
    shown, view = evaluated()
    assert view.confusion.matrix.counts[0, 2] == 0
    click_cell(qtbot, shown.controller.background, view.confusion, 0, 2)
    assert not view.confusion.examples.isVisible()

    whole = view.confusion.matrix.height()
    click_cell(qtbot, shown.controller.background, view.confusion, 0, 0)
    qtbot.waitUntil(lambda: view.confusion.matrix.height() < whole)
    qtbot.mouseClick(view.confusion.hide_examples, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.confusion.matrix.height() == whole)  # they give their room back

    click_cell(qtbot, shown.controller.background, view.confusion, 1, 1)
    table = view.confusion.examples.table
    assert table.isVisible()
    place = table.visualRect(table.model().index(1, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    row = int(view.confusion.examples.model.answers.rows[1])
    assert shown.context.chosen.example.row == row
    assert shown.views["Boundary"].mark.row == row


def test_the_curves_are_of_the_chosen_class_against_the_rest_and_colours_keep_what_is_shown(
    qtbot, evaluated
):
    shown, view = evaluated()
    turn_to(qtbot, shown.controller.background, view, "curves")
    qtbot.keyClick(view.curves.of, Qt.Key.Key_Down)
    settle(qtbot, shown.controller.background)
    found = answers(shown.controller.snapshot)
    area = metrics.roc_auc_score(found.y == 1, found.probabilities[:, 1])
    mean = metrics.average_precision_score(found.y == 1, found.probabilities[:, 1])
    assert view.curves.roc.title.text().endswith(f"{area:.4f}")
    assert view.curves.pr.title.text().endswith(f"{mean:.4f}")
    x, y = view.curves.roc.curve.getData()
    assert np.trapezoid(y, x) == pytest.approx(area)
    assert not view.threshold.isVisible()
    assert len(view.curves.roc.point.getData()[0]) == 0

    for _, part, _ in PARTS:
        turn_to(qtbot, shown.controller.background, view, part)
    shown.appearance.choose("dark")
    turn_to(qtbot, shown.controller.background, view, "confusion")
    assert view.confusion.matrix.counts.sum() == 30


def test_the_threshold_moves_the_counts_the_point_and_the_line(qtbot, evaluated, words):
    shown, view = evaluated(RunConfig(model=NEURON))
    before = shown.controller.snapshot.params.W.copy()
    view.threshold.slider.setFocus()
    for _ in range(15):
        qtbot.keyClick(view.threshold.slider, Qt.Key.Key_Left)
    settle(qtbot, shown.controller.background)
    assert view.threshold.value == 0.35 and "0.35" in view.threshold.words.text()
    found = answers(shown.controller.snapshot)
    says_yes = found.probabilities[:, 1] > 0.35
    expected = metrics.confusion_matrix(found.y, says_yes)
    np.testing.assert_array_equal(view.confusion.matrix.counts, expected)
    turn_to(qtbot, shown.controller.background, view, "curves")
    (no_no, no_yes), (yes_no, yes_yes) = expected
    point = view.curves.roc.point.getData()
    assert point[0][0] == pytest.approx(no_yes / (no_yes + no_no))
    assert point[1][0] == pytest.approx(yes_yes / (yes_yes + yes_no))
    recall, precision = (axis[0] for axis in view.curves.pr.point.getData())
    assert recall == pytest.approx(metrics.recall_score(found.y, says_yes))
    assert precision == pytest.approx(metrics.precision_score(found.y, says_yes))
    np.testing.assert_array_equal(shown.controller.snapshot.params.W, before)

    boundary = shown.views["Boundary"]
    qtbot.waitUntil(
        lambda: not shown.controller.background.is_busy("boundary"), timeout=PATIENCE_MS
    )
    x, y = boundary.regions.lines.getData()
    points = np.stack([x, y], axis=1)
    points = points[np.isfinite(points).all(axis=1)]
    task, params = shown.controller.run.task, shown.controller.snapshot.params
    z = task.inputs(points) @ params.W[0] + params.b[0]
    np.testing.assert_allclose(1 / (1 + np.exp(-z)), 0.35, atol=1e-4)
    assert "p(versicolor) = 0.35" in words(boundary)
    rings = len(boundary.rings.getData()[0])
    every = answers(shown.controller.snapshot, np.arange(150)).at(0.35)
    assert rings == int((~every.is_right).sum())


def test_a_half_takes_the_threshold_back_and_another_question_begins_there(
    qtbot, evaluated, new_run
):
    shown, view = evaluated(RunConfig(model=NEURON))
    view.threshold.slider.setValue(80)
    qtbot.mouseClick(view.threshold.reset, Qt.MouseButton.LeftButton)
    settle(qtbot, shown.controller.background)
    assert view.threshold.value == 0.5 and shown.views["Boundary"].threshold == 0.5
    assert not view.threshold.reset.isEnabled()
    counts = shown.controller.snapshot.metrics.confusion.sum()
    assert view.confusion.matrix.counts.sum() == counts
    view.threshold.slider.setValue(80)
    with new_run(shown):
        shown.loader.change("", model=ModelConfig(kind="binary", positive="setosa"))
    assert view.threshold.value == 0.5 and shown.views["Boundary"].threshold == 0.5
    assert "setosa" in view.threshold.words.text()


@pytest.mark.parametrize("kind", ["perceptron", "svm"])
def test_a_neuron_of_margins_has_a_curve_and_no_probabilities(qtbot, background, alone, kind):
    view, snapshot = alone(RunConfig(model=ModelConfig(kind=kind)))
    assert not view.threshold.isVisible()
    if kind == "svm":
        assert_examples_tell(qtbot, background, view, "–")
    turn_to(qtbot, background, view, "curves")
    found = answers(snapshot)
    area = metrics.roc_auc_score(found.y, found.logits[:, 0])
    assert view.curves.roc.title.text().endswith(f"{area:.4f}")
    turn_to(qtbot, background, view, "reliability")
    assert "never how sure" in view.reliability.title.text()
    assert not view.reliability.temper.isVisible()


def assert_examples_tell(qtbot, background, view, said: str) -> None:
    """The shares of a cell's examples end so: those of a model without probabilities are none."""
    click_cell(qtbot, background, view.confusion, 1, 1)
    model = view.confusion.examples.model
    shares = [str(model.index(0, column).data()) for column in (OWN, CONFIDENCE)]
    assert model.rowCount() and all(share.endswith(said) for share in shares)
    assert f"p(virginica) {shares[0]}" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_examples_tell_their_probabilities(qtbot, background, alone):
    view, _ = alone(RunConfig(model=ModelConfig("binary")))
    assert_examples_tell(qtbot, background, view, "%")


def test_while_it_trains_the_last_snapshot_is_shown(qtbot, open_window, reach):
    window = open_window(RunConfig(training=TrainingConfig(epochs=40)))
    qtbot.keyClick(window.stage, Qt.Key.Key_9)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    reach(window, Status.FINISHED)
    view = window.views["Evaluation"]
    settle(qtbot, window.controller.background)
    found = answers(window.controller.snapshot)
    expected, right = metrics.confusion_matrix(found.y, found.predicted), found.is_right.sum()
    qtbot.waitUntil(
        lambda: np.array_equal(view.confusion.matrix.counts, expected), timeout=PATIENCE_MS
    )
    assert f"{right} of 30" in view.accuracy.text()


def test_cross_validation_leaves_the_live_run_as_it_is(qtbot, evaluated):
    shown, view = evaluated(RunConfig(training=TrainingConfig(epochs=10)))
    W, step = shown.controller.snapshot.params.W.copy(), shown.controller.snapshot.step
    turn_to(qtbot, shown.controller.background, view, "folds")
    view.folds.k.setValue(4)
    qtbot.mouseClick(view.folds.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(view.folds.start.isEnabled, timeout=PATIENCE_MS)
    page = view.folds
    assert page.table.rowCount() == 4
    shares = [float(page.table.item(k, 2).text().split()[0]) for k in range(4)]
    assert f"{np.mean(shares):.1f}\xa0% ± {np.std(shares, ddof=1):.1f}\xa0%" in page.figures.text()
    assert "120 training rows was judged once" in page.words.text()
    assert shown.controller.snapshot.step == step
    np.testing.assert_array_equal(shown.controller.snapshot.params.W, W)


def test_cancel_other_data_and_the_end_of_the_window_end_a_cross_validation(
    qtbot, open_window, new_run
):
    window = open_window(RunConfig(training=MINUTES))
    qtbot.keyClick(window.stage, Qt.Key.Key_9)
    view = window.views["Evaluation"]
    view.show_part("folds")

    def is_there() -> bool:
        return "cross-validation" in [thread.name for thread in threading.enumerate()]

    qtbot.mouseClick(view.folds.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "epoch" in view.folds.words.text(), timeout=PATIENCE_MS)
    qtbot.mouseClick(view.folds.cancel, Qt.MouseButton.LeftButton)
    assert view.folds.start.isEnabled() and "Cancelled" in view.folds.words.text()
    qtbot.waitUntil(lambda: not is_there())

    qtbot.mouseClick(view.folds.start, Qt.MouseButton.LeftButton)
    with new_run(window):
        window.loader.change("", data=DataConfig("digits"))
    assert view.folds.start.isEnabled() and view.folds.table.rowCount() == 0

    qtbot.mouseClick(view.folds.start, Qt.MouseButton.LeftButton)
    assert is_there()
    window.close()
    assert not is_there()


@pytest.mark.usefixtures("face")
def test_the_parts_fit_into_the_smallest_stage(qtbot, open_window, finish):
    window = open_window(RunConfig(model=NEURON), size=(1024, 640))
    finish(window)
    qtbot.keyClick(window.stage, Qt.Key.Key_9)
    view = window.views["Evaluation"]
    for theme in ("light", "dark"):
        window.appearance.choose(theme)
        for _, part, _ in PARTS:
            turn_to(qtbot, window.controller.background, view, part)
            button = view.parts.button(part)
            assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())
            assert window.width() == 1024 and window.height() == 640
            for label in view.pages[part].findChildren(QLabel):
                if label.isVisible() and not label.wordWrap():
                    assert label.width() >= label.sizeHint().width(), label.text()


def test_drawn_points_are_judged_as_they_are_drawn(qtbot, open_window):
    window = open_window(RunConfig(data=DataConfig("drawn")), wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None, timeout=PATIENCE_MS)
    qtbot.keyClick(window.stage, Qt.Key.Key_9)
    view = window.views["Evaluation"]
    assert "no points yet" in view.accuracy.text()
    points = Points()
    for k in range(4):
        points = points.with_point(-2, k, 0).with_point(2, k, 1)
        window.editor.draw(points, "points", True)
        n = 2 * (k + 1)
        qtbot.waitUntil(lambda n=n: f"of {n} training" in view.accuracy.text(), timeout=PATIENCE_MS)
    assert view.confusion.matrix.counts.sum() == 8


def test_a_matrix_higher_than_its_page_can_be_scrolled_to_its_last_row(
    qtbot, show_view, background
):
    view = EvaluationView(look.LIGHT, background)
    show_view(view, 800, 220)
    config = RunConfig(DataConfig("digits"))
    view.receive_task(prepare(load(config.data), config))
    matrix = view.confusion.matrix
    [area] = view.findChildren(QScrollArea, "pages")

    def last_row_in_sight():
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        lowest = matrix.mapTo(area.viewport(), matrix.rect().bottomLeft()).y()
        return matrix.height() >= matrix.minimumHeight() and lowest <= area.viewport().height()

    assert matrix.minimumHeight() > 160
    qtbot.waitUntil(last_row_in_sight)


def test_on_a_small_laptop_no_page_scrolls_whichever_were_seen_before(qtbot, open_window):
    window = open_window(size=(1366, 736))
    window.stage.show_name("Evaluation")
    view = window.views["Evaluation"]
    area = view.findChild(QScrollArea, "pages")
    over = {}
    for _, part, _ in PARTS * 2:
        turn_to(qtbot, window.controller.background, view, part)
        QApplication.processEvents()
        if area.verticalScrollBar().maximum():
            over[part] = area.verticalScrollBar().maximum()
    assert not over


def test_a_threshold_stays_in_another_theme_in_each_language(alone):
    view, snapshot = alone(RunConfig(DataConfig("genres"), ModelConfig("binary", "mystery")))
    with spoken("de"):
        view.receive_task(snapshot.task)
        view.receive_snapshot(snapshot)
        view.threshold.slider.setValue(view.threshold.slider.maximum() // 4)
        chosen = view.threshold.value
        view.receive_theme(look.DARK)
        assert view.threshold.value == chosen != HALF
        assert shown_classes(view.task.dataset)[1] != view.task.dataset.class_names[1]
        names = [label.text() for label in view.threshold.findChildren(QLabel)]
        assert any(shown_classes(view.task.dataset)[1] in name for name in names)


def test_the_share_that_is_right_is_large_before_any_change_of_theme(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_9)
    view = window.views["Evaluation"]
    qtbot.waitUntil(lambda: window.is_at_rest, timeout=PATIENCE_MS)
    assert view.accuracy.font().pointSizeF() == zoom.font(look.LARGE).pointSizeF()
