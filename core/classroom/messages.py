"""What phones send: read as data of bounded size, or refused in words."""

from __future__ import annotations

import json
import math
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from core.errors import DataError
from core.invisible_characters import visible
from core.language import ENGLISH, mark, tr
from core.number_format import parse_number

MOST_BYTES = 24_000  # of one message: a digit of 1,500 points
MOST_STROKES = 40
MOST_POINTS = 1_500  # of all strokes of a drawing
LONGEST = 60.0  # way of the pen, in the longer side of what is drawn: a digit takes two to ten
MOST_LETTERS = 24  # of a name
FARTHEST = 10.0  # sides of the pad that a pen may leave it by
MOST_TYPED = 40  # letters of a number
TOO_LONG = mark("This drawing is too long. Draw the digit with fewer strokes.")
NO_NUMBER = mark("Type a number, as in 0.693.")
LARGEST = 1e9  # size of a number: what is beyond is a slip, or a prank


@dataclass(frozen=True)
class Drawing:
    """A digit: strokes of points (x, y), y down, in sides of the pad, and the class it shows."""

    strokes: tuple[tuple[tuple[float, float], ...], ...]
    label: int


@dataclass(frozen=True)
class Place:
    """A point of a class; x and y from 0 to 1 over the plane that is shown, y up."""

    x: float
    y: float
    label: int


@dataclass(frozen=True)
class Choice:
    """The number of an answer, from 0."""

    answer: int


@dataclass(frozen=True)
class Number:
    """A number that was typed as an answer, at most LARGEST in size."""

    value: float


@dataclass(frozen=True)
class Spot:
    """A place that was touched as an answer; x and y from 0 to 1 over the plane, y up."""

    x: float
    y: float


@dataclass(frozen=True)
class Hello:
    """Who sends: a key that the phone made for itself, and the name that was typed, if any.

    is_english : whether it speaks English, not the language of the window.
    """

    phone: str
    name: str
    is_english: bool = False


Contribution = Drawing | Place
Answer = Choice | Number | Spot
Message = Contribution | Answer | Hello


def read(text: str, classes: int, answers: int) -> Message:
    """Return the message.

    classes, answers : how many there are to choose from now.
    Raises DataError for one that is none, in words for the phone.
    """
    if len(text) > MOST_BYTES:
        raise DataError(tr("This is too much at once. Draw it with fewer strokes."))
    try:
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise DataError(tr("This message cannot be read.")) from None
    if not isinstance(found, dict):
        raise DataError(tr("This message cannot be read."))
    match found.get("kind"):
        case "digit":
            return Drawing(_strokes(found.get("strokes")), _number(found.get("label"), classes))
        case "point":
            label = _number(found.get("label"), classes)
            return Place(_share(found.get("x")), _share(found.get("y")), label)
        case "answer":
            return Choice(_number(found.get("answer"), answers))
        case "number":
            return Number(_typed(found.get("value")))
        case "spot":
            return Spot(_share(found.get("x")), _share(found.get("y")))
        case "hello":
            is_english = found.get("language") == ENGLISH.code
            return Hello(_key(found.get("phone")), _name(found.get("name")), is_english)
    raise DataError(tr("This message cannot be read."))


def _no_number(name: str) -> float:
    raise ValueError(name)


def _number(value: Any, count: int) -> int:
    if type(value) is not int or not 0 <= value < count:
        raise DataError(tr("Choose one of those that are shown."))
    return value


def _typed(value: Any) -> float:
    if not isinstance(value, str) or len(value) > MOST_TYPED:
        raise DataError(tr(NO_NUMBER))
    number = parse_number(value)
    if number is None:
        raise DataError(tr(NO_NUMBER))
    if abs(number) > LARGEST:
        raise DataError(tr("This number is too large."))
    return number


def _finite(value: Any) -> float:
    try:
        is_number = type(value) in (int, float) and math.isfinite(value)
    except OverflowError:  # a whole number of more than 308 digits
        is_number = False
    if not is_number:
        raise DataError(tr("This place is none."))
    return float(value)


def _share(value: Any) -> float:
    number = _finite(value)
    if not 0 <= number <= 1:
        raise DataError(tr("This place is not on the plane."))
    return number


def _strokes(value: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_STROKES:
        raise DataError(tr("Draw a digit with 1 to {most} strokes.", most=MOST_STROKES))
    if not all(isinstance(stroke, list) and stroke for stroke in value):
        raise DataError(tr("This drawing cannot be read."))
    if sum(map(len, value)) > MOST_POINTS:
        raise DataError(tr(TOO_LONG))
    strokes = tuple(tuple(_position(pair) for pair in stroke) for stroke in value)
    xs, ys = zip(*(place for stroke in strokes for place in stroke), strict=True)
    way = sum(math.dist(*ends) for stroke in strokes for ends in pairwise(stroke))
    if way > LONGEST * max(max(xs) - min(xs), max(ys) - min(ys)):
        raise DataError(tr(TOO_LONG))
    return strokes


def _position(pair: Any) -> tuple[float, float]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise DataError(tr("This drawing cannot be read."))
    x, y = map(_finite, pair)
    if max(abs(x), abs(y)) > FARTHEST:
        raise DataError(tr("This drawing leaves the pad."))
    return x, y


def _key(value: Any) -> str:
    if not isinstance(value, str) or not 8 <= len(value) <= 64 or not value.isalnum():
        raise DataError(tr("This phone has no key. Open the page again."))
    return value


def _name(value: Any) -> str:
    """Return a name as it is shown: one line, and no more marks above a letter than two."""
    if not isinstance(value, str):
        return ""
    shown = visible(" ".join(unicodedata.normalize("NFC", value[: 4 * MOST_LETTERS]).split()))
    kept, marks = [], 0
    for letter in shown:
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if marks <= 2:
            kept.append(letter)
    return "".join(kept)[:MOST_LETTERS]
