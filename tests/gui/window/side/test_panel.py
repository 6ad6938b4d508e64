"""The views beside the stage: on as many cards as there is room for, one of them perhaps alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.window.side.card import SideCard
from gui.window.side.panel import ARRANGEMENTS, SidePanel
from gui.window.view_registry import SIDE


@pytest.fixture
def window(open_window):
    return open_window(size=(1366, 768))


def cards(window):
    return [card.names for card in window.side_panel.cards if card.isVisible()]


def test_the_loss_has_a_card_of_its_own_and_room_to_be_read(window):
    assert cards(window)[0] == ("Loss",)
    box = window.views["Loss"].plot.getPlotItem().getViewBox()
    assert box.sceneBoundingRect().height() >= 200


def test_the_others_share_a_card_at_768(window):
    assert cards(window) == [("Loss",), ("Accuracy", "Example", "Confusion")]
    assert window.side_panel.names_in_sight == ("Loss", "Accuracy")


def test_more_height_has_more_cards(open_window, qtbot):
    window = open_window(size=(1366, 560))
    for height, count in ((560, 1), (768, 2), (950, 3), (1200, 4)):
        window.resize(1366, height)
        qtbot.waitUntil(lambda count=count: len(cards(window)) == count)
        assert {name for group in cards(window) for name in group} == {
            "Loss",
            "Accuracy",
            "Example",
            "Confusion",
        }


def test_a_tab_brings_its_view_into_sight_with_the_numbers_of_now(window, qtbot):
    QTest.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(
        lambda: window.controller.snapshot is not None and window.controller.snapshot.step == 1
    )
    confusion = window.views["Confusion"]
    assert not confusion.isVisible()
    card = window.side_panel.cards[1]
    QTest.mouseClick(
        card.tabs,
        Qt.MouseButton.LeftButton,
        pos=card.tabs.tabRect(card.names.index("Confusion")).center(),
    )
    assert confusion.isVisible()
    assert confusion.matrix.counts.tolist() == window.controller.snapshot.metrics.confusion.tolist()


def test_the_view_that_was_chosen_stays_when_the_cards_change(window):
    window.side_panel.show_name("Confusion")
    window.resize(1366, 950)
    assert "Confusion" in window.side_panel.names_in_sight
    window.resize(1366, 768)
    assert "Confusion" in window.side_panel.names_in_sight


def test_a_view_that_does_not_apply_is_on_no_card(open_window, monkeypatch):
    never = [
        replace(spec, applies_to=lambda _: False) if spec.name == "Example" else spec
        for spec in SIDE
    ]
    monkeypatch.setattr("gui.window.main_window.SIDE", never)
    window = open_window(size=(1366, 768))
    assert cards(window) == [("Loss",), ("Accuracy", "Confusion")]
    assert not window.views["Example"].isVisible()


@pytest.mark.parametrize("number", [0, 1])
def test_any_card_can_have_all_the_room(window, qtbot, number):
    card = window.side_panel.cards[number]
    before = card.width()
    QTest.mouseClick(card.enlarge_button, Qt.MouseButton.LeftButton)
    assert not window.stage.isVisible()
    assert [c for c in window.side_panel.cards if c.isVisible()] == [card]
    qtbot.waitUntil(lambda: card.width() > 2 * before)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.stage.isVisible()
    assert len(cards(window)) == 2
    qtbot.waitUntil(lambda: abs(card.width() - before) <= 2)
    head = card.tabs if card.tabs.isVisible() else window.views["Loss"].title
    for is_large in (True, False):
        QTest.mouseDClick(head, Qt.MouseButton.LeftButton)
        assert window.stage.isVisible() != is_large


def test_the_stage_can_have_all_the_room(window, qtbot):
    before = window.stage.width()
    QTest.mouseClick(window.stage.enlarge_button, Qt.MouseButton.LeftButton)
    assert not window.side_panel.isVisible()
    qtbot.waitUntil(lambda: window.stage.width() > 1.5 * before)
    QTest.mouseClick(window.stage.enlarge_button, Qt.MouseButton.LeftButton)
    assert window.side_panel.isVisible()
    tabs = window.stage.tabs
    for is_large in (True, False):  # beside the tabs, which a click turns
        place = QPoint(tabs.width() - 2, tabs.height() // 2)
        QTest.mouseDClick(tabs, Qt.MouseButton.LeftButton, pos=place)
        assert window.side_panel.isVisible() != is_large


def test_where_all_views_share_a_card_their_tabs_fit_its_width(open_window):
    window = open_window(size=(960, 600))
    (card,) = [card for card in window.side_panel.cards if card.isVisible()]
    assert len(card.names) == 4
    assert card.tabs.tabRect(3).right() <= card.tabs.width()


def test_first_steps_take_the_place_of_the_cards_that_are_shown_below_the_first(qtbot):
    panel, guide = SidePanel(SIDE), QWidget()
    qtbot.addWidget(panel)
    panel.resize(400, 580)
    panel.show()

    def seen():
        return [card.names[0] for card in panel.cards if card.isVisible()]

    qtbot.waitUntil(lambda: seen() == ["Loss", "Accuracy"])
    panel.show_guide(guide)
    assert seen() == ["Loss"] and guide.isVisible()
    assert panel.cards[0].height() > guide.height() > 200
    panel.close_guide()
    assert seen() == ["Loss", "Accuracy"] and not guide.isVisible()


def test_the_arrangements_hold_the_same_views():
    held = [sorted(name for group in groups for name in group) for _, groups in ARRANGEMENTS]
    assert all(names == held[0] for names in held)


def test_a_view_that_stays_on_its_card_is_not_hidden_when_another_comes(qtbot, dressed, paintings):
    card, views = SideCard(), {name: QWidget() for name in ("Loss", "Example", "Confusion")}
    qtbot.addWidget(card)
    card.show()
    card.hold({name: views[name] for name in ("Loss", "Example")}, "Loss")
    hidden = paintings(views["Loss"], QEvent.Type.Hide)
    card.hold(views, "Loss")
    assert not hidden
    assert card.current == "Loss" and views["Loss"].isVisible()
    card.show_name("Confusion")
    assert hidden == [views["Loss"]] and views["Confusion"].isVisible()


def test_a_view_that_is_made_beside_a_page_has_its_place_afterwards(show_view, qtbot):
    panel = SidePanel(SIDE)
    show_view(panel, 400, 600)
    panel.show_thumbnail(True)
    made = QWidget()
    panel.replace("Accuracy", made)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # what stood for it has gone
    panel.show_thumbnail(False)
    assert panel.cards[1].names == ("Accuracy", "Example", "Confusion")
    qtbot.waitUntil(made.isVisible)
