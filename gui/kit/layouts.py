"""Nested layouts."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QBoxLayout, QLayout, QLayoutItem


def add_layout(outer: QBoxLayout, inner: QLayout, stretch: int = 0) -> None:
    """Add a layout to another one, as `outer.addLayout(inner, stretch)` does.

    PySide 6.11 also makes wrappers of the inner layout's items and keeps them for as long as the
    outer layout lives, but Qt deletes an item when its widget is moved or deleted. An object that
    is then allocated at the item's address, such as an undo command, is mistaken for the item, and
    the program crashes. So these wrappers are dropped at once.
    """
    outer.addLayout(inner, stretch)
    _drop_wrappers(inner)


def _drop_wrappers(layout: QLayout) -> None:
    for i in range(layout.count()):
        item = layout.itemAt(i)
        assert isinstance(item, QLayoutItem)
        nested = item.layout()
        if nested is None:
            shiboken6.invalidate(item)
        else:
            _drop_wrappers(nested)
