"""The column at the right: a card for each view that is always in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSplitter, QWidget

from core.data.task import Task
from gui.window.sizes import GAP, LEAST_WIDTH
from gui.window.view_registry import CardSize, ViewSpec


class SidePanel(QScrollArea):
    """Cards one below the other, to be resized; where the window is low, they are scrolled to."""

    def __init__(self, specs: Sequence[ViewSpec]) -> None:
        super().__init__()
        self._specs = specs
        self._views: dict[str, QWidget] = {spec.name: QWidget() for spec in specs}
        self._cards = {name: _card(view) for name, view in self._views.items()}
        self.cards = QSplitter(Qt.Orientation.Vertical)
        self.cards.setHandleWidth(GAP)
        self.cards.setChildrenCollapsible(False)
        for i, spec in enumerate(specs):
            size, view = spec.card or CardSize(1, 0), self._views[spec.name]
            view.setMinimumHeight(size.placeholder)
            card = self._cards[spec.name]
            if size.least:
                card.setMinimumHeight(size.least)
            self.cards.addWidget(card)
            self.cards.setStretchFactor(i, size.stretch)
        self.cards.setSizes([spec.card.height for spec in specs if spec.card])
        self.cards.setMinimumWidth(LEAST_WIDTH)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setObjectName("gauges")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self.cards)
        self.setStyleSheet("#gauges { background: transparent; }")
        self.cards.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def replace(self, name: str, view: QWidget) -> None:
        """Put another view on the card of this name."""
        old = self._views[name]
        layout = self._cards[name].layout()
        assert layout is not None
        layout.replaceWidget(old, view)
        old.deleteLater()
        self._views[name] = view

    def show_task(self, task: Task) -> None:
        """Show the cards that apply."""
        for spec in self._specs:
            self._cards[spec.name].setVisible(spec.applies_to(task))


def _card(widget: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("card", True)
    layout = QHBoxLayout(frame)
    layout.setContentsMargins(1, 1, 1, 1)
    layout.addWidget(widget)
    return frame
