"""A card of the side panel: one view, or several behind tabs."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from gui.kit.fields.unscrolled import Tabs
from gui.kit.layouts import add_layout
from gui.kit.view import CardView
from gui.window.view_spec import in_sentence

MOST_WIDE_TABS = 3  # more tabs are set closer together


class SideCard(QFrame):
    """Shows one of its views; tabs choose it if there are several.

    A single view shows its own title, and has the card's enlarge button in its header.
    """

    chosen = Signal(str)  # name of the view that the user chose
    enlarge_toggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._views: dict[str, QWidget] = {}
        self.tabs = Tabs()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setProperty("narrow", True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)  # names are longer in some languages
        self.tabs.setAccessibleName(tr("views of the side"))
        self.enlarge_button = QToolButton()
        self.enlarge_button.setText("□")
        self.enlarge_button.setProperty("quiet", True)
        self.enlarge_button.setCheckable(True)
        self.enlarge_button.toggled.connect(self._label_button)
        self.enlarge_button.toggled.connect(self.enlarge_toggled)
        self._stack = QStackedWidget()
        self._line = QFrame()
        self._line.setObjectName("tabline")
        self._line.setFixedHeight(1)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(4, 0, 4, 0)
        self._head.setSpacing(0)
        self._head.addWidget(self.tabs, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        add_layout(layout, self._head)
        layout.addWidget(self._line)
        layout.addWidget(self._stack, 1)
        self._label_button(False)
        self.tabs.currentChanged.connect(self._turn_to)
        self.tabs.tabBarDoubleClicked.connect(lambda _: self.enlarge_button.toggle())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card, or return it: nothing in it has taken the double click."""
        self.enlarge_button.toggle()

    def _label_button(self, is_enlarged: bool) -> None:
        large, small = (
            tr("Back to its place (Esc)"),
            tr("Enlarge this card, as a double click does; Esc returns"),
        )
        words = large if is_enlarged else small
        self.enlarge_button.setToolTip(words)
        self.enlarge_button.setAccessibleName(words)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._views)

    @property
    def current(self) -> str:
        """Name of the shown view."""
        return self.names[self.tabs.currentIndex()]

    def hold(self, views: Mapping[str, QWidget], current: str) -> None:
        """Replace the card's views by these, at least one, and show `current`."""
        for view in set(self._views.values()) - set(views.values()):
            self._stack.removeWidget(view)  # no room is kept for it
        self._views = {}  # makes `_turn_to` ignore changes of the current tab meanwhile
        while self.tabs.count():
            self.tabs.removeTab(0)
        has_tabs = len(views) > 1
        for i, (name, view) in enumerate(views.items()):
            if self._stack.indexOf(view) < 0:  # else Qt would take it out, and hide it
                self._stack.addWidget(view)
            self.tabs.addTab(tr(name))
            self.tabs.setTabToolTip(i, tr("Show {view}", view=in_sentence(name)))
            if isinstance(view, CardView):
                view.title.setVisible(not has_tabs)
        self._views = dict(views)
        self.tabs.take_shape("tight", len(views) > MOST_WIDE_TABS)
        self.tabs.setVisible(has_tabs)
        self._line.setVisible(has_tabs)
        alone = next(iter(views.values()))
        is_own = isinstance(alone, CardView) and not has_tabs
        head = alone.header if isinstance(alone, CardView) and is_own else self._head
        head.addWidget(self.enlarge_button)
        self.enlarge_button.show()  # now, and not when Qt does so: it takes its type in time
        self.show_name(current)

    def forget(self, view: QWidget) -> None:
        """Forget a view that is about to be deleted, of a card that is not in sight."""
        self._views = {name: each for name, each in self._views.items() if each is not view}

    def show_name(self, name: str) -> None:
        """Show the view of this name."""
        self.tabs.setCurrentIndex(self.names.index(name))
        self._stack.setCurrentWidget(self._views[name])
        self.setAccessibleName(tr(name))
        self._views[name].show()  # Qt does so only where another view was the current one

    def _turn_to(self, index: int) -> None:
        if self._views:
            self._stack.setCurrentWidget(self._views[self.names[index]])
            self.setAccessibleName(tr(self.names[index]))
            self.chosen.emit(self.names[index])
