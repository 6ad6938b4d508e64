"""The lessons that come with the program, each read when it is asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from core.language import current, tr
from core.teach import headings
from core.teach.lesson import Lesson, Step
from core.teach.lesson_file import read
from core.teach.question import Question


def lesson_of(key: str) -> Lesson:
    """Return the lesson of this key in the language of the window; KeyError if there is none.

    It is the same object each time.
    """
    return _lesson_of(key, current().code)


def bundled() -> tuple[Lesson, ...]:
    """Return all lessons, in order. Tests train each one to verify what it claims."""
    return tuple(lesson_of(heading.key) for heading in headings.bundled())


@cache
def _lesson_of(key: str, _: str) -> Lesson:
    found = {heading.key: heading.file for heading in headings.bundled()}
    return _translated(read(found[key].read_bytes(), key))


def _translated(lesson: Lesson) -> Lesson:
    steps = tuple(map(_translated_step, lesson.steps))
    return replace(lesson, title=tr(lesson.title), group=tr(lesson.group), steps=steps)


def _translated_step(step: Step) -> Step:
    asked = step.question
    if asked is not None:
        asked = replace(asked, right=tr(asked.right), wrong=tr(asked.wrong))
    if isinstance(asked, Question) and isinstance(asked.answer, str):
        choices = tuple(map(tr, asked.choices))
        asked = replace(asked, choices=choices, answer=tr(asked.answer))
    return replace(step, text=tr(step.text), reveal=tr(step.reveal), question=asked)
