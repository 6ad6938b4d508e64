"""What a screen reader says: of a picture what is pointed at in it, and what it shows.

Its numbers are covered where those of the view around it are, so that a class can say them first.
A class of widgets says by its attribute `heard_as` what a screen reader takes it for: Qt knows the
roles of its own only, and takes every other widget for one that only holds others.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAbstractScrollArea, QAccessibleWidget, QGraphicsView, QLabel, QWidget

from core.number_format import MINUS, SUPERSCRIPTS

SENTENCE, POINTED = "sentence", "pointed"  # widget properties
COVERED = "covered"  # widget property of a view: whether its numbers are
HIDDEN = "?"
POWER = "".join(map(chr, SUPERSCRIPTS.values()))
NUMBER = re.compile(
    rf"(?<![\w.])[{MINUS}+-]?\d+(?:[.,]\d+)*(?:e[+{MINUS}-]?\d+)?(?: ?[·×] ?10[{POWER}]+)?(?!\w)"
)
PICTURE, TEXT = QAccessible.Role.Graphic, QAccessible.Role.StaticText  # for `heard_as`
TAG = re.compile(r"</?[a-z][^<>]*>")
WORDS = "words"  # widget property: the description, also where its numbers are covered


def covered(text: str) -> str:
    """Return the text with “?” in the place of each number that is no part of a name."""
    return NUMBER.sub(HIDDEN, text)


def covered_html(text: str) -> str:
    """Return the HTML with “?” in the place of each number of its words."""
    tags = [*TAG.findall(text), ""]
    return "".join(covered(words) + tag for words, tag in zip(TAG.split(text), tags, strict=True))


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


# How a screen reader gets it --------------------------------------------------------------------


class _Heard(QAccessibleWidget):
    """A widget in the role that its class says, without the parts that it is painted by."""

    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role, "")
        self._widget = widget

    def _parts(self) -> list[QWidget]:
        inner = self._widget
        if isinstance(inner, QAbstractScrollArea):
            inner = inner.viewport()
        return [
            part
            for part in inner.children()
            if isinstance(part, QWidget) and not isinstance(part, QGraphicsView)
        ]

    def childCount(self) -> int:
        return len(self._parts())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        parts = self._parts()
        if not 0 <= index < len(parts):
            return None
        return QAccessible.queryAccessibleInterface(parts[index])

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        parts, sought = self._parts(), child.object()
        return parts.index(sought) if sought in parts else -1

    def text(self, which: QAccessible.Text) -> str:
        """Return the words of a label after its name: Qt would give the name alone."""
        label = self._widget
        if which is QAccessible.Text.Name and isinstance(label, QLabel):
            # As it is shown: a `Readout` covers numbers.
            words = HIDDEN if label.property(COVERED) else QLabel.text(label)
            return ": ".join(filter(None, (label.accessibleName(), words)))
        return super().text(which)


def give_roles() -> None:
    """Give widgets the roles that their classes say; once for an application."""
    QAccessible.installFactory(_heard)


def _heard(_: str, widget: QObject) -> QAccessibleInterface | None:
    role = getattr(type(widget), "heard_as", None)
    if role is None or not isinstance(widget, QWidget):
        return None
    # Kept by the widget: Qt holds it as long, and knows nothing of Python's references.
    widget.heard = _Heard(widget, role)  # type: ignore[attr-defined]
    return widget.heard  # type: ignore[attr-defined, no-any-return]


def announce(widget: QWidget, words: str, *, is_urgent: bool = False) -> None:
    """Have words said that appeared without the focus; urgent ones interrupt what is being said."""
    if not (QAccessible.isActive() and words):
        return
    event = QAccessibleAnnouncementEvent(widget, words)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if is_urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)
