"""Presenter mode: large, little, and gone without a trace."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QScrollArea

from core.config import DataConfig, RunConfig
from gui.kit import zoom
from gui.kit.buttons import RowButton
from gui.kit.labels import Elided
from gui.kit.plain_text import first_sentence
from gui.stage.demos.demo import DemoPage
from gui.window.presenter import CAP_SHARE, zoom_for
from gui.window.side.card import SideCard

WAIT_MS = 30_000


def press(window, key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window, key, modifiers)


@pytest.fixture
def window(open_window):
    window = open_window(size=(1366, 768))
    yield window
    window.presenter.turn(False)


def shown(window):
    parts = {
        "menu bar": window.menuBar(),
        "run bar": window.run_bar,
        "knobs": window.knobs,
        "settings": window.setup,
        "tabs": window.stage.tabs,
        "presenter bar": window.presenter_bar,
    }
    return {name for name, part in parts.items() if part.isVisible()}


def test_f5_leaves_stage_curves_and_the_numbers_which_the_back_row_can_read(window):
    before = shown(window)
    window.rail.lessons.setFocus()
    press(window, Qt.Key.Key_F5)
    assert shown(window) == {"presenter bar"}
    assert window.focusWidget() is window.stage
    assert window.side_panel.names_in_sight == ("Loss", "Accuracy")
    capitals = QFontMetricsF(window.presenter_bar.font()).capHeight()
    assert capitals >= CAP_SHARE * window.height()
    press(window, Qt.Key.Key_Escape)
    assert shown(window) == before
    assert zoom.factor() == 1


def test_a_slide_fills_the_screen_and_the_window_has_its_place_and_layout_again(
    open_window, qtbot, dressed
):
    screen = dressed.primaryScreen().size()
    window = open_window(size=(screen.width(), screen.height() - 40))
    window.columns.fold(False)  # so that the rail is whole
    field = window.rail.findChild(QLineEdit)
    before, height = window.geometry(), field.height()
    for was_full in (False, True):
        if was_full:
            press(window, Qt.Key.Key_F11)
            qtbot.waitUntil(lambda: window.size() == screen)
        press(window, Qt.Key.Key_F5)
        qtbot.waitUntil(lambda: window.size() == screen)
        assert window.isFullScreen()
        assert zoom.factor() == zoom_for(screen.height())
        press(window, Qt.Key.Key_Escape)
        assert window.isFullScreen() == was_full
    press(window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: window.geometry() == before)
    qtbot.waitUntil(lambda: field.height() == height)
    press(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.size() == screen)
    qtbot.waitUntil(window.close)
    assert window.geometry() == before  # as it was when that was written down


@pytest.mark.parametrize(
    ("source", "size"), [("digits", (1590, 930)), ("iris", (1366, 768)), ("iris", (1024, 768))]
)
def test_the_title_of_a_slide_is_whole(source, size, open_window):
    window = open_window(RunConfig(DataConfig(source=source)), size=size)
    press(window, Qt.Key.Key_F5)
    (title,) = (t for t in window.presenter_bar.findChildren(Elided) if t.text())
    title.grab()
    assert title.text().startswith("Softmax on ")
    assert title.toolTip() == ""  # which has the text where that is cut
    assert window.presenter_bar.rate.isVisible()
    window.presenter.turn(False)


def test_a_black_screen_what_is_enlarged_and_the_ring_come_and_go_within_the_mode(window):
    press(window, Qt.Key.Key_F5)
    press(window, Qt.Key.Key_Period)
    assert window.presenter.blank.isVisible()
    assert window.grab().toImage().pixelColor(window.rect().center()).lightness() == 0
    press(window, Qt.Key.Key_Period)
    assert not window.presenter.blank.isVisible()
    for is_black in (True, False):  # what other clickers send
        press(window, Qt.Key.Key_B)
        assert window.presenter.blank.isVisible() == is_black

    window.side_panel.cards[0].enlarge_button.click()
    assert not window.stage.isVisible()
    press(window, Qt.Key.Key_Escape)
    assert window.stage.isVisible()
    assert window.presenter.is_on

    press(window, Qt.Key.Key_P)
    assert window.presenter.spotlight.isVisible()
    press(window, Qt.Key.Key_Escape)
    assert not window.presenter.spotlight.isVisible()


def test_the_stage_of_a_slide_is_wider_than_the_curves(window, qtbot):
    for width in (1366, 1024):
        window.resize(width, 768)
        press(window, Qt.Key.Key_F5)
        qtbot.waitUntil(lambda: window.stage.width() > 1.4 * window.side_panel.width())
        assert window.width() == width
        press(window, Qt.Key.Key_Escape)


@pytest.mark.parametrize("height", [600, 768, 1080, 2160])
def test_the_zoom_follows_the_height(height, dressed):
    font = dressed.font()
    font.setPointSizeF(10 * zoom_for(height))
    assert QFontMetricsF(font).capHeight() >= 0.98 * CAP_SHARE * height


def test_its_numbers_are_those_of_the_run_and_keys_work_without_the_menu_bar(window, qtbot):
    press(window, Qt.Key.Key_S)
    qtbot.waitUntil(
        lambda: window.controller.snapshot is not None and window.controller.snapshot.step == 1
    )
    press(window, Qt.Key.Key_F5)
    metrics, bar = window.controller.snapshot.metrics, window.presenter_bar
    assert bar.step.text == "1"
    assert bar.loss.text == f"{metrics.train_loss:.2f}"
    assert bar.right.text == f"{100 * metrics.train_accuracy:.0f}\xa0%"

    press(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 2)


def test_page_keys_go_through_the_lessons(window, qtbot):
    press(window, Qt.Key.Key_F5)
    press(window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(window.lessons.strip.isVisible)
    assert window.lessons.strip.position.text().startswith("1 / ")

    def leads_to(key, words):
        """Press once more: a lesson whose data are there is trained and seen before the next."""
        if window.is_at_rest:
            press(window, key)
        return window.lessons.strip.position.text().startswith(words)

    for key, words in ((Qt.Key.Key_PageDown, "2 / "), (Qt.Key.Key_PageUp, "1 / ")):
        qtbot.waitUntil(lambda key=key, words=words: leads_to(key, words), timeout=WAIT_MS)


def test_page_keys_go_through_the_demonstrations_and_turn_nothing_outside(window):
    window.stage.show_name("Demos")
    demos = window.views["Demos"]
    first = demos.demo
    press(window, Qt.Key.Key_PageDown)
    assert demos.demo is first
    (page,) = (page for page in demos.findChildren(DemoPage) if page.isVisible())
    assert page.watch.isVisible()
    press(window, Qt.Key.Key_F5)
    assert not page.watch.isVisible() and page.head.isVisible()
    press(window, Qt.Key.Key_PageDown)
    assert demos.demo is not first
    press(window, Qt.Key.Key_PageUp)
    assert demos.demo is first


def test_page_keys_go_through_the_parts_of_an_update(window, qtbot):
    window.stage.show_name("Trace")
    trace = window.views["Trace"]

    def lit():
        return [button.isChecked() for button in trace.parts]

    press(window, Qt.Key.Key_F5)
    press(window, Qt.Key.Key_PageDown)
    assert lit() == [True, False, False, False]
    press(window, Qt.Key.Key_PageUp)
    assert lit() == [True, False, False, False]
    for _ in range(3):
        press(window, Qt.Key.Key_PageDown)
    assert lit() == [True] * 4
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1)
    assert not window.lessons.strip.isVisible()


def test_views_leave_their_tools_out_also_those_made_later(window):
    press(window, Qt.Key.Key_F5)
    assert not window.views["Boundary"].shown_points.isVisible()
    window.stage.show_name("Weights")
    assert not window.views["Weights"].subject.isVisible()
    press(window, Qt.Key.Key_Escape)
    assert window.views["Weights"].subject.isVisible()


def test_a_slide_and_its_end_fill_each_card_of_the_side_once(window, monkeypatch):
    filled, fill = [], SideCard.hold

    def hold(card, views, current):
        filled.append(tuple(views))
        fill(card, views, current)

    monkeypatch.setattr(SideCard, "hold", hold)
    press(window, Qt.Key.Key_F5)
    assert filled == [("Loss",), ("Accuracy",)]
    filled.clear()
    press(window, Qt.Key.Key_Escape)
    assert filled == [("Loss",), ("Accuracy", "Example", "Confusion")]


def heights(window):
    return [card.height() for card in window.side_panel.cards if card.isVisible()]


def test_it_leaves_no_trace_in_sizes_however_often(window, qtbot):
    def sizes():
        buttons = window.findChildren(RowButton)
        widths = [button.sizeHint().width() for button in buttons if button.isVisible()]
        return [*heights(window), window.run_bar.height(), window.knobs.height(), *widths]

    before = sizes()
    for _ in range(2):
        with qtbot.waitSignal(window.appearance.settled, timeout=30_000):  # hidden parts follow
            press(window, Qt.Key.Key_F5)
        qtbot.waitUntil(lambda: len(heights(window)) == 2)
        qtbot.waitUntil(lambda: abs(heights(window)[0] - 2 * heights(window)[1]) < 9)
        press(window, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: sizes() == pytest.approx(before, abs=2))


def test_a_message_is_its_first_sentence_and_two_views_have_the_whole_width(window):
    words = "Finished 3 epochs. The loss is 0.5 and still falls. Space trains on."
    window.banner.show_message(words)
    press(window, Qt.Key.Key_F5)
    assert window.banner.text == "Finished 3 epochs."
    press(window, Qt.Key.Key_Escape)
    assert window.banner.text == words
    assert first_sentence("已完成 3 轮。损失为 0.5。") == "已完成 3 轮。"

    window.stage.split(True)
    press(window, Qt.Key.Key_F5)
    assert window.stage.is_split and not window.side_panel.isVisible()
    window.stage.split(False)
    assert window.side_panel.isVisible()


def test_all_weights_are_on_one_slide(open_window, qtbot):
    window = open_window(RunConfig(DataConfig(features=("all",))), size=(1366, 768))
    window.stage.show_name("Weights")
    press(window, Qt.Key.Key_F5)
    bars = window.views["Weights"].bars
    (area,) = (a for a in window.views["Weights"].findChildren(QScrollArea) if a.isVisible())
    qtbot.waitUntil(lambda: area.viewport().height() == bars.height())
    assert area.verticalScrollBar().maximum() == 0
    press(window, Qt.Key.Key_Escape)


def test_the_sketch_of_ten_classes_is_on_one_slide(open_window, qtbot):
    window = open_window(RunConfig(DataConfig("digits")), size=(1366, 768))
    window.stage.show_name("Network")
    press(window, Qt.Key.Key_F5)
    view = window.views["Network"]
    qtbot.waitUntil(lambda: view.is_at_rest)
    areas = [a for a in view.findChildren(QScrollArea) if a.isVisible()]
    assert areas
    qtbot.waitUntil(lambda: not any(a.verticalScrollBar().maximum() for a in areas))
    press(window, Qt.Key.Key_Escape)


def test_a_slide_of_the_curves_shows_them_once(window):
    press(window, Qt.Key.Key_F5)
    window.stage.show_name("Curves")
    assert not window.side_panel.isVisible()
    window.stage.show_name("Boundary")
    assert window.side_panel.names_in_sight == ("Loss", "Accuracy")
    window.stage.show_name("Curves")
    press(window, Qt.Key.Key_Escape)
    assert window.side_panel.isVisible()
