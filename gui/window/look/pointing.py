"""Frames that are pointed at: in the style sheet they have a border of their own."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

POINTED = "pointed"


def point_at(frame: QWidget, is_on: bool) -> None:
    """Give a card the border of one that is pointed at, or its usual one."""
    if bool(frame.property(POINTED)) != is_on:
        frame.setProperty(POINTED, is_on)
        frame.style().unpolish(frame)
        frame.style().polish(frame)
        frame.update()


def is_pointed_at(frame: QWidget) -> bool:
    """Return whether the frame is pointed at."""
    return bool(frame.property(POINTED))
