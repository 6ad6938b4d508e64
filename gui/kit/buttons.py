"""Factories for the buttons of views and panels."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton


def text_button(text: str, tip: str, name: str = "") -> QPushButton:
    """Return a button with a tip.

    name : accessible name, if the text alone is not enough.
    """
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleName(name or text)
    return button


def quiet_button(text: str, tip: str, name: str = "") -> QPushButton:
    """Return a `text_button` without a background."""
    button = text_button(text, tip, name)
    button.setProperty("quiet", True)
    return button
