"""Buttons as views and panels make them."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton


def text_button(words: str, tip: str, name: str = "") -> QPushButton:
    """Return a button with a tip.

    name : for those who do not see it, where the words do not say enough.
    """
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAccessibleName(name or words)
    return button


def quiet_button(words: str, tip: str, name: str = "") -> QPushButton:
    """Return a `text_button` without a ground of its own."""
    button = text_button(words, tip, name)
    button.setProperty("quiet", True)
    return button
