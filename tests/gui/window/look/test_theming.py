"""A new theme reaches every widget, whatever Python collects meanwhile."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtWidgets import QAbstractButton, QGraphicsView, QLabel, QMenu, QProxyStyle, QWidget

from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.choices import Choice
from gui.window.look import theming
from gui.window.look.theming import Colours


class _Cyclic(QWidget):
    """A widget that refers to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


class _Collecting(QProxyStyle):
    """A style during whose work Python happens to collect what nobody refers to."""

    def unpolish(self, widget):
        gc.collect()
        super().unpolish(widget)


def test_menus_that_go_with_their_parent_do_not_stop_a_new_theme(qtbot, qapp):
    colours = Colours(qapp)
    colours.show(look.LIGHT)
    style = _Collecting()
    seen = QWidget()
    seen.setStyle(style)
    qtbot.addWidget(seen)
    seen.show()
    gc.disable()  # until the style's turn
    try:
        parent = _Cyclic()
        for _ in range(20):
            QMenu(parent).ensurePolished()
        del parent
        colours.show(look.DARK)
    finally:
        gc.enable()
    assert seen.palette().window().color().name() == look.DARK.background.lower()


def test_a_view_out_of_sight_hears_of_a_new_theme_at_once(window):
    """Else it could come into sight in the colours of before."""
    for name in window.stage.available:
        window.stage.show_name(name)
    window.appearance.choose("dark")
    assert not all(view.isVisible() for view in window.views.made)
    assert all(view.theme is look.DARK for view in window.views.made)


def test_another_theme_leaves_all_type_as_it_was(window, qtbot):
    """Its size is set from outside, its weight by the style sheet: neither may undo the other."""
    qtbot.waitUntil(lambda: window.is_at_rest)
    before = {button: button.font() for button in window.findChildren(QAbstractButton)}
    with qtbot.waitSignal(window.appearance.settled):
        window.appearance.choose("dark")
    assert [button for button, font in before.items() if button.font() != font] == []


@pytest.mark.parametrize("points", [9, 15])
def test_a_choice_made_in_other_type_has_its_room_of_now(open_window, type_of, qtbot, points):
    """As on a large screen, where a window is made at 100 % and shown at 120."""
    type_of(points)
    window = open_window()
    assert zoom.factor() == 1
    made, fresh = window.knobs.kind, Choice()
    qtbot.addWidget(fresh)
    fresh.set_options([(made.itemText(i), made.itemData(i)) for i in range(made.count())], None)
    assert made.width() == fresh.sizeHint().width()


def test_what_another_zoom_brings_into_sight_has_its_type_before_its_turn(
    window, qtbot, monkeypatch
):
    with qtbot.waitSignal(window.appearance.settled):
        window.appearance.set_zoom(2.0)
    assert window.rail.is_folded
    monkeypatch.setattr(theming, "SLICE_SECONDS", 0.0)  # the turn of the others never comes
    window.appearance.set_zoom(1.0)

    def sizes():
        labels = window.rail.findChildren(QLabel)
        return [label.font().pointSizeF() for label in labels if label.isVisible()]

    qtbot.waitUntil(lambda: not window.rail.is_folded)
    qtbot.waitUntil(lambda: max(sizes()) <= 12.0)
    assert len(sizes()) > 10


def places(window):
    """Where each visible widget is, by the widget; what pyqtgraph holds follows its plot."""
    seen = (w for w in window.findChildren(QWidget) if w.isVisible())
    return {
        w: (w.mapTo(window, w.rect().topLeft()), w.size())
        for w in seen
        if not isinstance(w, QGraphicsView) and not isinstance(w.parentWidget(), QGraphicsView)
    }


def test_a_zoom_is_laid_out_at_once_and_nothing_is_painted_before(window, paintings, qtbot):
    painted = paintings(window)
    window.appearance.set_zoom(1.25)
    at_once = places(window)
    assert painted == []
    with qtbot.waitSignal(window.appearance.settled):
        pass
    later = places(window)
    assert [w for w in later if w in at_once and later[w] != at_once[w]] == []
    assert later.keys() == at_once.keys()


def test_a_slide_draws_a_view_once(window, monkeypatch):
    drawn = []
    plane = window.views["Boundary"]
    monkeypatch.setattr(plane, "show_theme", lambda: drawn.append(window.appearance.zoom))
    window.presenter.turn(True)
    slide = window.appearance.zoom
    window.presenter.turn(False)
    assert drawn == [slide, 1.0]
