"""What is said of a picture: what is pointed at in it, and what it shows.

Its numbers are covered where those of the view around it are, so that a class can say them first.
"""

from __future__ import annotations

import re

from PySide6.QtWidgets import QWidget

from core.number_format import MINUS, SUPERSCRIPTS

SENTENCE, POINTED = "sentence", "pointed"  # widget properties
COVERED = "covered"  # widget property of a view: whether its numbers are
HIDDEN = "?"
POWER = "".join(map(chr, SUPERSCRIPTS.values()))
NUMBER = re.compile(
    rf"(?<![\w.])[{MINUS}+-]?\d[\d,]*(?:\.\d+)?(?:e[+{MINUS}-]?\d+)?(?: ?[·×] ?10[{POWER}]+)?(?!\w)"
)
WORDS = "words"  # widget property: the description, also where its numbers are covered


def covered(text: str) -> str:
    """Return the text with “?” in the place of each number that is no part of a name."""
    return NUMBER.sub(HIDDEN, text)


def is_covered(widget: QWidget) -> bool:
    """Return whether the widget is, or lies in, a view whose numbers are covered."""
    above: QWidget | None = widget
    while above is not None:
        if above.property(COVERED):
            return True
        above = above.parentWidget()
    return False


def said(widget: QWidget, text: str) -> str:
    """Return the text as this widget may say it."""
    return covered(text) if is_covered(widget) else text


def tell(widget: QWidget, words: str) -> None:
    """Set the description; its numbers are covered where those of the view are."""
    widget.setProperty(WORDS, words)
    widget.setAccessibleDescription(said(widget, words))


def tell_again(root: QWidget) -> None:
    """Set the descriptions within the root anew, since its numbers are covered or revealed."""
    for widget in root.findChildren(QWidget):
        words = widget.property(WORDS)
        if words:
            tell(widget, words)


def describe(picture: QWidget, sentence: str) -> None:
    """Set the sentence on what the picture shows."""
    _set(picture, SENTENCE, sentence)


def point_out(picture: QWidget, words: str) -> None:
    """Set the words on what is pointed at in the picture, "" if nothing is; they come first."""
    _set(picture, POINTED, words)


def is_described_elsewhere(picture: QWidget) -> bool:
    """Return whether the picture has a description that was not made here."""
    is_ours = any(picture.property(part) is not None for part in (SENTENCE, POINTED))
    return bool(picture.accessibleDescription()) and not is_ours


def _set(picture: QWidget, part: str, words: str) -> None:
    if words == (picture.property(part) or ""):
        return
    picture.setProperty(part, words)
    parts = (picture.property(POINTED), picture.property(SENTENCE))
    tell(picture, ". ".join(filter(None, parts)))
