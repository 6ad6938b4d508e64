"""What a person has chosen in a field, as text that a project keeps, and chosen again.

The text of a project is not trusted: one that names nothing in the field changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider

from core.language import english, said_alike
from gui.kit.fields.choices import Segments

MOST_DIGITS = 12
MOST_PX = 100_000
LARGEST = 1e15  # of numbers: axes that are longer cannot be drawn
MOST_LETTERS = 30  # of a number
ON, OFF = "on", "off"


class Kept(NamedTuple):
    """A field: `words` returns what is chosen in it, `choose` chooses it as a person does."""

    words: Callable[[], str]
    choose: Callable[[str], None]


def whole(text: str) -> int | None:
    """Return the number in the text, if it is a whole one from 0 on and not too long."""
    is_whole = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_whole else None


def listed(numbers: Sequence[int]) -> str:
    """Return sizes in px as text: “300,240”."""
    return ",".join(map(str, numbers))


def sizes(text: str, count: int) -> list[int] | None:
    """Return this many sizes, of text in the form of `listed`; None if it is none or all are 0."""
    parts = text.split(",")
    found = [each for part in parts if (each := whole(part)) is not None and each < MOST_PX]
    return found if len(found) == len(parts) == count and any(found) else None


def written(*axes: tuple[float, float]) -> str:
    """Return the ends of axes as text, from which `ends` reads them."""
    return " ".join(repr(float(end)) for both in axes for end in both)


def ends(text: str, axes: int) -> tuple[tuple[float, float], ...] | None:
    """Return the ends of this many axes from text like “0.5 8 -1 1”, if they can be drawn."""
    parts = text.split(" ")
    if len(parts) != 2 * axes or max(map(len, parts)) > MOST_LETTERS:
        return None
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    found = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    return found if all(-LARGEST < low < high < LARGEST for low, high in found) else None


def _place_of(words: str, shown: Sequence[str]) -> int | None:
    """Return the place of the option that these English words name; None without one.

    A language can say two English texts alike: one that it says like the words is meant as well,
    if it is the only one.
    """
    known = [english(each) for each in shown]
    alike = [words] if words in known else [each for each in known if said_alike(each, words)]
    return known.index(alike[0]) if len(set(alike)) == 1 else None


def combo(field: QComboBox) -> Kept:
    """Return a field for one of several options, which is kept by its words in English."""

    def choose(words: str) -> None:
        index = _place_of(words, [field.itemText(i) for i in range(field.count())])
        if index is not None and index != field.currentIndex():
            field.setCurrentIndex(index)
            field.activated.emit(index)

    return Kept(lambda: english(field.currentText()), choose)


def switch(field: QAbstractButton) -> Kept:
    """Return a button that stays pressed, or a check box."""

    def choose(words: str) -> None:
        if words in (ON, OFF) and (words == ON) != field.isChecked():
            field.click()

    return Kept(lambda: ON if field.isChecked() else OFF, choose)


def segments(field: Segments) -> Kept:
    """Return options side by side, of which those that are hidden cannot be chosen."""

    def choose(words: str) -> None:
        shown = [button for button in field.buttons if not button.isHidden()]
        place = _place_of(words, [button.text() for button in shown])
        if place is not None and not shown[place].isChecked():
            shown[place].click()

    def chosen() -> str:
        return next((english(button.text()) for button in field.buttons if button.isChecked()), "")

    return Kept(chosen, choose)


def slider(field: QSlider) -> Kept:
    """Return a slider, which is kept by its position."""

    def choose(words: str) -> None:
        if (position := whole(words)) is not None and position <= field.maximum():
            field.setValue(position)

    return Kept(lambda: str(field.value()), choose)
