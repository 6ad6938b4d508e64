"""What the lessons that come with the program set up and say."""

import numpy as np
from numpy.typing import NDArray

from core.data.points import Points
from core.teach.lesson import Setup
from core.teach.lessons import lesson_of


def setup_of(key: str) -> Setup:
    """Return what the first step of a lesson sets up."""
    setup = lesson_of(key).first.setup
    assert setup is not None
    return setup


def points_of(key: str) -> Points:
    """Return the points of a lesson that has drawn ones."""
    points = setup_of(key).points
    assert points is not None
    return points


def weights_of(key: str) -> NDArray[np.float32]:
    """Return the weights that a lesson starts from, if it has its own."""
    params = setup_of(key).params
    assert params is not None
    return params.W


def in_a_line(words: str) -> str:
    """Return the words of a lesson as they are shown: without the lines of its file."""
    return " ".join(words.split())


def text_of(key: str) -> str:
    """Return all that a lesson says, in one line."""
    steps = lesson_of(key).steps
    return in_a_line(" ".join(f"{step.text} {step.reveal}" for step in steps))
