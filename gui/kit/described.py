"""The accessible description of a picture: what is pointed at in it, and what it shows."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

SENTENCE, POINTED = "sentence", "pointed"  # widget properties


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
    picture.setAccessibleDescription(". ".join(filter(None, parts)))
