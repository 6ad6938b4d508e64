"""The badge of the gradient check, its button, and the table that it opens."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.explain.gradient_check import check
from core.train import models
from core.train.snapshot import Params
from gui.kit import theme as look
from gui.stage.trace.gradient_check_badge import KEY, CheckBadge


@pytest.fixture
def task():
    return prepare(sources.load(DataConfig()), RunConfig())


@pytest.fixture
def badge(show_view, background):
    badge = CheckBadge(look.LIGHT, background)
    show_view(badge, 440, 40)
    yield badge
    badge.table.close()


@pytest.fixture
def press(qtbot, background):
    """Return a function that presses the button and waits for the answer."""

    def press(badge):
        qtbot.mouseClick(badge.button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: background.poll() or not background.is_busy(KEY))

    return press


@pytest.fixture
def wrong_biases(monkeypatch):
    """A slip from published teaching code: the bias gradient is summed over the classes."""
    right = models.gradients

    def wrong(dZ, X, dW, db, *, add=False):
        right(dZ, X, dW, db, add=add)
        db[:] = db.sum()

    monkeypatch.setattr(models, "gradients", wrong)


def cells(badge):
    rows = badge.table.grid.labels
    return [[label.text() for label in row] for row in rows if row[0].isVisible()]


def test_nothing_can_be_checked_before_there_is_a_snapshot(badge):
    assert not badge.button.isEnabled()
    assert badge.badge.text() == "∇ not checked"


def test_the_button_checks_and_the_badge_says_how_well(badge, press, task, trained):
    snapshot = trained(task, 5)
    badge.set_snapshot(task, snapshot)
    press(badge)
    expected = check(task, snapshot.params, snapshot.batch)
    assert badge.badge.text().startswith("∇ ✓ ") and "10⁻" in badge.badge.text()
    assert badge.badge.toolTip() == expected.summary


def test_the_table_shows_the_derivatives_three_ways(badge, press, task, trained):
    snapshot = trained(task, 5)
    badge.set_snapshot(task, snapshot)
    press(badge)
    assert badge.table.isVisible()
    expected = check(task, snapshot.params, snapshot.batch).largest_rows(8)
    found = cells(badge)
    assert [row[0] for row in found] == [row[0] for row in expected]
    shown = [[float(text.replace("−", "-")) for text in row[1:]] for row in found]
    np.testing.assert_allclose(shown, [row[1:] for row in expected], atol=1e-9)
    assert "Step 5. By hand = autograd to" in badge.table.words.text()
    assert "Largest difference: " in badge.table.foot.text()


def test_the_penalty_is_in_the_gradient_and_in_the_formula(badge, press, trained):
    config = RunConfig(training=TrainingConfig(weight_decay=0.25))
    task = prepare(sources.load(DataConfig()), config)
    snapshot = trained(task, 5)
    badge.set_snapshot(task, snapshot)
    press(badge)
    first = cells(badge)[0]
    expected = check(task, snapshot.params, snapshot.batch, 0.25).largest_rows(1)[0]
    assert float(first[1].replace("−", "-")) == pytest.approx(expected[1], rel=1e-8)
    assert "λ W" in badge.table.formula.spoken


def test_while_it_is_checking_it_says_so(qtbot, badge, background, task, trained):
    badge.set_snapshot(task, trained(task, 2))
    qtbot.mouseClick(badge.button, Qt.MouseButton.LeftButton)
    assert badge.badge.text() == "∇ checking …"
    assert "Checking the gradient at step 2" in badge.table.words.text()
    qtbot.waitUntil(lambda: background.poll() or not background.is_busy(KEY))
    assert "checking" not in badge.badge.text()


def test_escape_closes_the_table(qtbot, badge, press, task, trained):
    badge.set_snapshot(task, trained(task, 1))
    press(badge)
    qtbot.keyClick(badge.table.close_button, Qt.Key.Key_Escape)
    assert not badge.table.isVisible()


def test_the_close_button_closes_the_table(qtbot, badge, press, task, trained):
    badge.set_snapshot(task, trained(task, 1))
    press(badge)
    qtbot.mouseClick(badge.table.close_button, Qt.MouseButton.LeftButton)
    assert not badge.table.isVisible()


def test_a_table_that_was_closed_stays_closed_when_the_answer_comes(
    qtbot, badge, background, task, trained
):
    badge.set_snapshot(task, trained(task, 1))
    qtbot.mouseClick(badge.button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(badge.table, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: background.poll() or not background.is_busy(KEY))
    assert not badge.table.isVisible() and badge.badge.text().startswith("∇ ✓")


def test_the_copy_button_copies_all_that_was_checked(qtbot, badge, press, task, trained):
    snapshot = trained(task, 3)
    badge.set_snapshot(task, snapshot)
    press(badge)
    qtbot.mouseClick(badge.table.copy_button, Qt.MouseButton.LeftButton)
    rows = list(csv.reader(io.StringIO(QApplication.clipboard().text())))
    assert len(rows) == 1 + 9
    expected = check(task, snapshot.params, snapshot.batch)
    np.testing.assert_array_equal([float(row[2]) for row in rows[1:]], expected.hand)


def test_a_right_click_offers_the_formula_and_the_table(qtbot, badge, press, task, trained):
    snapshot = trained(task, 3)
    badge.set_snapshot(task, snapshot)
    press(badge)
    menus = []

    def look_and_choose():
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            return False
        menus.append([action.text() for action in menu.actions()])
        menu.actions()[-1].trigger()
        menu.close()
        return True

    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, look_and_choose)
    place = QPoint(20, 20)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, badge.table.mapToGlobal(place))
    QApplication.sendEvent(badge.table, event)
    assert menus and menus[0][-1] == "Copy table as &CSV"
    expected = check(task, snapshot.params, snapshot.batch)
    assert QApplication.clipboard().text() == expected.csv()


def test_when_the_step_moves_on_it_says_when_it_was_checked(badge, press, task, trained):
    badge.set_snapshot(task, trained(task, 3))
    press(badge)
    badge.set_snapshot(task, trained(task, 4))
    assert badge.badge.text() == "∇ ✓ checked at step 3"


def test_a_new_snapshot_of_the_same_step_changes_nothing(badge, press, task, trained):
    snapshot = trained(task, 3)
    badge.set_snapshot(task, snapshot)
    press(badge)
    said = badge.badge.text()
    params = Params(snapshot.params.W.copy(), snapshot.params.b.copy())
    badge.set_snapshot(task, replace(snapshot, params=params, batch=snapshot.batch.copy()))
    assert badge.badge.text() == said


@pytest.mark.parametrize("what", ["weights", "batch", "penalty"])
def test_other_weights_batch_or_penalty_at_the_same_step_are_not_checked(
    badge, press, task, trained, what
):
    snapshot = trained(task, 3)
    badge.set_snapshot(task, snapshot)
    press(badge)
    changes = {
        "weights": {"params": Params(snapshot.params.W + 1, snapshot.params.b)},
        "batch": {"batch": snapshot.batch[:5]},
        "penalty": {"settings": replace(snapshot.settings, weight_decay=0.5)},
    }[what]
    badge.set_snapshot(task, replace(snapshot, **changes))
    assert badge.badge.text() == "∇ ✓ checked at step 3"


def test_a_new_run_begins_unchecked_and_the_old_answer_is_dropped(
    qtbot, badge, background, press, task, trained
):
    badge.set_snapshot(task, trained(task, 3))
    qtbot.mouseClick(badge.button, Qt.MouseButton.LeftButton)
    other = replace(task)
    badge.set_snapshot(other, trained(other, 0))
    qtbot.waitUntil(lambda: background.poll() or not background.is_busy(KEY))
    assert badge.badge.text() == "∇ not checked"
    assert not badge.table.isVisible()


@pytest.mark.usefixtures("wrong_biases")
def test_a_wrong_bias_gradient_is_told_of_by_name(badge, press, task, trained):
    badge.set_snapshot(task, trained(task, 3))
    press(badge)
    assert badge.badge.text() == "∇ ✗ by hand ≠ autograd"
    assert look.LIGHT.counter_accent in badge.badge.styleSheet()
    assert "By hand ≠ autograd: at b[" in badge.table.words.text()
    assert {row[0][0] for row in cells(badge)[:3]} == {"b"}


def test_a_gradient_that_is_no_number_is_said_in_words(badge, press, task, trained):
    snapshot = trained(task, 3)
    params = Params(np.full_like(snapshot.params.W, 3e38), snapshot.params.b)
    badge.set_snapshot(task, replace(snapshot, params=params))
    press(badge)
    assert badge.badge.text() == "∇ not finite"
    assert "is not a finite number" in badge.table.words.text()
    assert not any("nan" in text for row in cells(badge) for text in row)


def test_a_check_that_fails_says_why(badge, press, task, trained, monkeypatch):
    def broken(*arguments, **options):
        raise MemoryError("no room")

    monkeypatch.setattr("core.explain.gradient_check.check", broken)
    badge.set_snapshot(task, trained(task, 3))
    press(badge)
    assert badge.badge.text() == "∇ could not be checked"
    assert badge.table.words.text() == "The gradient could not be checked: no room"


def test_the_table_goes_with_the_badge(badge, press, task, trained):
    badge.set_snapshot(task, trained(task, 3))
    press(badge)
    badge.hide()
    assert not badge.table.isVisible()


def test_offering_a_snapshot_computes_nothing(badge, background, task, trained):
    for steps in range(3):
        badge.set_snapshot(task, trained(task, steps))
    assert not background.is_busy(KEY)


def test_the_table_follows_the_theme(badge, press, task, trained, pixels):
    badge.set_snapshot(task, trained(task, 3))
    press(badge)
    badge.set_theme(look.DARK)
    np.testing.assert_array_equal(pixels(badge.table)[4, 4], look.rgb(look.DARK.panel))
    badge.set_theme(look.LIGHT)
    np.testing.assert_array_equal(pixels(badge.table)[4, 4], look.rgb(look.LIGHT.panel))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("softmax", "∇W L = (A − Y)ᵀ X / n + λ W, ∇b L = Σᵢ (A − Y)ᵢ / n"),
        ("adaline", "∇W L = (2 (Z − Y))ᵀ X / n + λ W, ∇b L = Σᵢ 2 (Z − Y)ᵢ / n"),
        ("ovo", "∇W L = (A − T)ᵀ X / n + λ W, ∇b L = Σᵢ (A − T)ᵢ / n"),
    ],
)
def test_the_formula_is_that_of_the_model_with_its_penalties(badge, trained, press, kind, words):
    training = TrainingConfig(weight_decay=0.1, l1=0.01)
    config = RunConfig(model=ModelConfig(kind=kind), training=training)
    task = prepare(sources.load(DataConfig()), config)
    badge.set_snapshot(task, trained(task, 3))
    press(badge)
    assert badge.table.formula.spoken == words
    assert badge.badge.text().startswith("∇ ✓")


def test_at_a_kink_it_says_why_nothing_can_be_checked(badge, trained, press):
    config = RunConfig(model=ModelConfig(kind="perceptron"))
    task = prepare(sources.load(DataConfig()), config)
    badge.set_snapshot(task, trained(task, 0))
    press(badge)
    assert "has a kink and no derivative; make a step first" in badge.table.words.text()
