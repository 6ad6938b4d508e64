"""The columns beside a page on the stage: the page has the room, the loss stays as a thumbnail."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.config import DataConfig, RunConfig
from gui.kit import zoom
from gui.kit.areas.grips import Gripped
from gui.kit.fields.card import Card
from gui.kit.theme import SMALL
from gui.stage.curves.line_key import LineKey
from gui.window.settings import Settings
from gui.window.sizes import GAP, LEAST_WIDTH, TALL_PX

PAGES = ("Trace", "Demos", "Evaluation", "Runs")


@pytest.fixture
def window(open_window):
    return open_window(size=(1366, 768))


def in_sight(window):
    return {name for card in window.side_panel.cards if card.isVisible() for name in card.names}


def drag(window, handle, by):
    """Drag a grip of the columns by so many pixels."""
    grip = window.columns.handle(handle)
    at = grip.rect().center()
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(grip, at + QPoint(by, 0))
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=at)


def test_a_page_takes_the_room_and_leaves_the_loss(window):
    before, cards = window.columns.sizes(), in_sight(window)
    for name in PAGES:
        window.stage.show_name(name)
        assert in_sight(window) == {"Loss"}, name
        assert window.side_panel.width() == LEAST_WIDTH
        assert window.stage.width() >= 880
        window.stage.show_name("Data")
        assert window.columns.sizes() == before, name
        assert in_sight(window) == cards


def test_from_page_to_page_nothing_moves(window):
    window.stage.show_name("Demos")
    sizes = window.columns.sizes()
    window.stage.show_name("Runs")
    assert window.columns.sizes() == sizes


def test_widths_set_by_hand_are_kept_beside_a_page_and_beside_other_views(window):
    drag(window, 3, -60)
    by_hand = window.columns.sizes()
    window.stage.show_name("Demos")
    assert window.side_panel.width() == LEAST_WIDTH
    drag(window, 3, -40)
    of_pages = window.columns.sizes()
    assert of_pages[3] > LEAST_WIDTH
    window.stage.show_name("Data")
    assert window.columns.sizes() == by_hand
    window.stage.show_name("Demos")
    assert window.columns.sizes() == of_pages


def test_a_double_click_on_a_grip_restores_what_it_divides(window, qtbot):
    panel, halves = window.side_panel, window.stage.findChild(Gripped)
    for splitter, number, by in (
        (window.columns, 3, QPoint(-80, 0)),
        (panel, panel.indexOf(panel.cards[1]), QPoint(0, -60)),
    ):
        before, grip = splitter.sizes(), splitter.handle(number)
        at = grip.rect().center()
        QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseMove(grip, at + by)
        QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=at)
        assert splitter.sizes() != before and grip.toolTip()
        QTest.mouseDClick(grip, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda s=splitter, sizes=before: s.sizes() == sizes)
    assert panel.shares == ""  # nothing is remembered
    window.stage.split(True)
    halves.setSizes([300, 600])
    QTest.mouseDClick(halves.handle(1), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: abs(halves.sizes()[0] - halves.sizes()[1]) <= 1)


def test_a_page_that_is_left_open_does_not_change_what_is_remembered(window, qtbot):
    drag(window, 3, -60)
    by_hand = window.columns.sizes()
    window.stage.show_name("Demos")
    qtbot.waitUntil(window.close)
    assert window.columns.sizes() == by_hand  # as it was when that was written down


def test_in_a_narrow_window_a_page_stands_alone(open_window):
    window = open_window(size=(1000, 700))
    window.stage.show_name("Evaluation")
    assert not window.side_panel.isVisible()
    window.stage.show_name("Data")
    assert window.side_panel.isVisible()
    window.stage.show_name("Evaluation")
    window.resize(1366, 700)
    assert window.side_panel.isVisible()
    assert in_sight(window) == {"Loss"}


ROUNDED = 2  # px by which ratios of heights are rounded


def rounded(sizes):
    return pytest.approx(sizes, abs=ROUNDED)


@pytest.fixture
def narrow(open_window):
    """A window that is higher than wide: the side panel lies under the stage."""
    return open_window(size=(900, TALL_PX))


def lies_beneath(window):
    return window.stage.parentWidget() is window.side_panel.parentWidget()


def lies_under(window):
    stage, side = window.stage.geometry(), window.side_panel.geometry()
    is_below = side.top() > stage.bottom() and side.width() == stage.width()
    return lies_beneath(window) and is_below


def plot_height(view):
    return view.plot.getPlotItem().getViewBox().sceneBoundingRect().height()


def test_on_a_small_projector_the_stage_and_the_loss_beside_it_have_their_room(open_window):
    window = open_window(size=(1024, 740))
    assert not lies_beneath(window)
    assert window.stage.width() >= 620 and window.stage.height() >= 480
    assert plot_height(window.views["Loss"]) >= 200
    window.stage.show_name("Curves")
    assert window.side_panel.isVisible()


def test_in_a_narrow_window_that_is_tall_the_side_lies_under_the_stage(narrow, qtbot):
    assert lies_under(narrow)
    assert narrow.rail.is_folded and narrow.rail.isVisible()
    assert in_sight(narrow) == {"Loss", "Accuracy", "Example", "Confusion"}
    assert plot_height(narrow.views["Loss"]) > 180
    assert plot_height(narrow.views["Boundary"]) > 250
    loss, others = narrow.side_panel.cards[:2]
    assert others.x() > loss.geometry().right()
    before = narrow.stage.height()
    loss.enlarge_button.click()
    assert not narrow.stage.isVisible() and not others.isVisible()
    qtbot.waitUntil(lambda: loss.height() > 400)
    QTest.keyClick(narrow, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: abs(narrow.stage.height() - before) <= ROUNDED)
    assert lies_under(narrow)
    narrow.stage.split(True)
    assert lies_under(narrow) and narrow.side_panel.isVisible()
    narrow.stage.split(False)
    QTest.keyClick(narrow, Qt.Key.Key_F5)
    assert in_sight(narrow) == {"Loss", "Accuracy"}
    assert narrow.side_panel.width() > LEAST_WIDTH
    QTest.keyClick(narrow, Qt.Key.Key_Escape)
    assert lies_under(narrow)
    narrow.resize(1366, 740)
    _, _, stage, side = narrow.columns.sizes()
    assert stage > side > LEAST_WIDTH and not narrow.rail.is_folded


def test_what_needs_its_height_has_that_of_a_side_under_the_stage(open_window, qtbot):
    window = open_window(RunConfig(DataConfig(source="digits")), size=(900, TALL_PX))
    assert lies_under(window) and window.side_panel.isVisible()
    for name in ("Draw", "Curves"):
        window.stage.show_name(name)
        QApplication.processEvents()
        assert not window.side_panel.isVisible()
    window.stage.show_name("Draw")
    QApplication.processEvents()
    assert window.views["Draw"].pad.height() >= 320
    window.stage.show_name("Weights")
    assert window.side_panel.isVisible()


def test_the_button_of_all_settings_is_short_only_where_the_row_is_full(open_window, qtbot):
    window = open_window(size=(1024, 740))
    button = window.knobs.settings_button
    assert button.text() == "⋯ All"
    for width, words in ((1280, "⋯ All settings"), (1024, "⋯ All")):
        window.resize(width, 740)
        qtbot.waitUntil(lambda words=words: button.text() == words)


def test_heights_set_by_hand_under_the_stage_are_remembered_and_forgotten(narrow, qtbot):
    middle = narrow.stage.parentWidget()
    before, columns, settings = middle.sizes(), narrow.columns, Settings(None)
    grip = middle.handle(1)
    assert grip.isVisible() and grip.height() >= GAP
    at = grip.rect().center()
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(grip, at - QPoint(0, 30))
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=at)
    by_hand, described = middle.sizes(), columns.describe()
    assert by_hand[1] == before[1] + 30
    by_hand, before = map(rounded, (by_hand, before))
    columns.save(settings)
    narrow.layout_memory.reset()
    assert middle.sizes() == before
    columns.restore(settings)
    columns.share(narrow.width())
    assert middle.sizes() == by_hand
    narrow.layout_memory.reset()
    columns.choose(described)
    assert middle.sizes() == by_hand


def test_type_follows_a_zoom_that_moves_the_side_from_under_the_stage_to_beside_it(narrow):
    narrow.appearance.set_zoom(1.5)
    assert not lies_beneath(narrow)
    key = narrow.views["Loss"].findChild(LineKey)
    assert key.isVisible()
    assert key.font().pointSizeF() == pytest.approx(zoom.font(SMALL).pointSizeF())
    narrow.appearance.set_zoom(1.0)
    assert lies_beneath(narrow)


def test_in_a_narrow_window_that_is_low_it_stays_beside(open_window):
    window = open_window(size=(960, 600))
    assert window.side_panel.x() > window.stage.geometry().right()
    assert window.rail.is_folded
    assert plot_height(window.views["Boundary"]) > 120


def test_a_zoom_makes_a_window_narrow(window):
    window.stage.show_name("Evaluation")
    window.appearance.set_zoom(1.5)
    assert not window.side_panel.isVisible()
    window.appearance.set_zoom(1.0)
    assert window.side_panel.isVisible()


def test_a_crowded_window_gives_the_network_its_width(window):
    window.stage.show_name("Network")
    assert window.side_panel.isVisible()
    window.appearance.set_zoom(2.0)
    assert not window.side_panel.isVisible()
    window.stage.show_name("Boundary")
    assert window.side_panel.isVisible()
    window.appearance.set_zoom(1.0)


def test_a_page_is_presented_alone_and_another_view_with_the_curves(window):
    window.stage.show_name("Demos")
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert window.stage.isVisible()
    assert not window.side_panel.isVisible()
    window.stage.show_name("Data")
    assert in_sight(window) == {"Loss", "Accuracy"}
    assert window.side_panel.width() > LEAST_WIDTH
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert in_sight(window) > {"Loss", "Accuracy"}


def test_the_thumbnail_is_enlarged_and_returns(window, qtbot):
    window.stage.show_name("Demos")
    sizes = window.columns.sizes()
    loss = window.side_panel.cards[0]
    loss.enlarge_button.click()
    assert not window.stage.isVisible()
    qtbot.waitUntil(lambda: loss.width() > 900)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.columns.sizes() == sizes)


def test_a_view_that_is_turned_to_while_the_stage_is_enlarged_finds_its_side_panel(window, qtbot):
    before = window.columns.sizes()
    window.stage.show_name("Demos")
    window.stage.enlarge_button.click()
    window.stage.show_name("Data")
    assert not window.side_panel.isVisible()
    window.stage.enlarge_button.click()
    qtbot.waitUntil(lambda: window.columns.sizes() == before)
    assert in_sight(window) > {"Loss"}


def test_the_rail_folds_as_the_zoom_makes_the_window_narrow(qtbot, open_window):
    window = open_window(size=(1366, 768))
    assert not window.rail.is_folded
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.rail.is_folded)
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.rail.is_folded)


def test_the_stage_is_the_largest_column_of_a_wide_screen_too(open_window):
    """Beside the rail and all settings."""
    window = open_window(size=(1920, 1040))
    rail, panel, stage, side = window.columns.sizes()
    assert panel and stage > 1.5 * side and stage > max(rail, panel)


def test_the_cards_of_all_settings_are_created_when_they_are_first_shown(qtbot, window, new_run):
    knobs, setup = window.knobs, window.setup
    knobs.learning_rate.setValue(0.25)
    with new_run(window):
        knobs.kind_chosen.emit("ovr")
    assert not setup.findChildren(Card)
    window.columns.show_panel(True)
    assert setup.training.learning_rate.value() == 0.25
    assert setup.model.kind.button("ovr").isChecked()
    window.rail.lessons.setFocus()  # Tab goes from column to column
    qtbot.keyClick(window.rail.lessons, Qt.Key.Key_Tab)
    assert setup.data.features.hasFocus()
    setup.training.seed.setFocus()
    qtbot.keyClick(setup.training.seed, Qt.Key.Key_Tab)
    assert window.columns.handle(2).hasFocus()  # the grip between them
    qtbot.keyClick(window.columns.handle(2), Qt.Key.Key_Tab)
    assert window.stage.tabs.hasFocus()


def test_at_1280_the_choices_of_the_plane_stay_in_one_row(open_window):
    view = open_window(size=(1280, 780)).views["Boundary"]
    box, choice = view.gradient_arrows.box, view.shown_points
    rows = [QRect(w.mapTo(view, QPoint()), w.size()) for w in (box, choice)]
    assert rows[0].right() < rows[1].left() and rows[0].top() <= rows[1].center().y()
    assert rows[1].top() <= rows[0].center().y() <= rows[1].bottom()


def test_a_grip_is_seen_only_where_something_can_be_divided(window, pixels):
    def is_drawn(grip):
        return bool(np.ptp(pixels(grip), axis=(0, 1)).any())

    def seen(number):
        grip = window.columns.handle(number)
        return grip.isEnabled() and is_drawn(grip) and bool(grip.toolTip())

    assert not seen(2)  # beside the rail, whose width is its own
    assert not is_drawn(window.columns.handle(2))
    assert seen(3)
    window.columns.show_panel(True)
    assert not seen(1)
    assert seen(2)


def test_a_slide_has_widths_of_its_own_and_leaves_those_set_by_hand(window, qtbot):
    drag(window, 3, +150)
    by_hand, side = window.columns.sizes(), window.side_panel
    assert side.width() < 0.25 * window.width()
    for turned_to in ("Boundary", "Demos"):
        QTest.keyClick(window, Qt.Key.Key_F5)
        qtbot.waitUntil(lambda: side.width() > 0.35 * window.width())
        window.stage.show_name(turned_to)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        window.stage.show_name("Boundary")
        qtbot.waitUntil(lambda: window.columns.sizes() == by_hand)
