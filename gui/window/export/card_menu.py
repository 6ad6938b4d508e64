"""The menu of a card and of the stage, by a right click or the menu key: exports of its view."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QWidget

from core.language import tr
from gui.kit.fields.menus import menu_of

Entry = tuple[str, Callable[[str], object]]  # text, and what it does with the view of a name


class CardMenu(QObject):
    """Offers the same entries on each of its cards, for the view that the card shows."""

    asked = Signal(object)  # the widget that is to be explained

    def __init__(self, entries: Iterable[Entry], parent: QObject) -> None:
        super().__init__(parent)
        self._entries = tuple(entries)

    def join(self, card: QWidget, current: Callable[[], str]) -> None:
        """Add the menu to a card; current : returns the name of the view that it shows."""
        card.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        card.customContextMenuRequested.connect(lambda at: self._open(card, current(), at))

    def _open(self, card: QWidget, name: str, at: QPoint) -> None:
        clicked = card.childAt(at) or card
        menu = menu_of(clicked, card)
        for text, act in self._entries:
            menu.addAction(text).triggered.connect(lambda _=False, act=act: act(name))
        menu.addSeparator()
        menu.addAction(tr("What is this?")).triggered.connect(lambda: self.asked.emit(clicked))
        menu.popup(card.mapToGlobal(at))
