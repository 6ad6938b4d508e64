"""Which step of which lesson is shown, in words, and where the buttons beside it lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.language import tr
from gui.window.lesson.shelf import Shelf

if TYPE_CHECKING:
    from core.teach.lesson import Place


def position(shown: Place, shelf: Shelf) -> str:
    """Return the number of the lesson, and of its step if it has several."""
    keys, count = shelf.keys, len(shown.lesson.steps)
    is_listed = shown.lesson.key in keys
    words = f"{keys.index(shown.lesson.key) + 1} / {len(keys)}" if is_listed else ""
    if count > 1:
        step = tr("step {step} of {count}", step=shown.position + 1, count=count)
        words = f"{words} · {step}" if words else step
    return words


def goal(shown: Place, shelf: Shelf, by: int) -> str:
    """Say what comes after the shown step (+1) or before it (−1); "" if nothing does."""
    if 0 <= shown.position + by < len(shown.lesson.steps):
        return tr("The next step") if by > 0 else tr("The step before")
    key = shelf.beside(shown.lesson.key, by)
    if key is None:
        return ""
    title = shelf.title(key)
    if by > 0:
        return tr("The next lesson: {title}", title=title)
    return tr("The lesson before: {title}", title=title)
