"""The question of a lesson, asked of a class: who is right, and what each phone is told."""

import numpy as np
import pytest

from core.classroom.messages import Choice, Number, Spot
from core.classroom.shared_plane import SharedPlane
from core.teach.class_question import ClassQuestion, can_be_asked
from core.teach.plot_question import PlotQuestion
from core.teach.predicted.place import Target
from core.teach.question import Question

PLANE = SharedPlane(
    (0, 1),
    ("x", "y"),
    (-5.0, -5.0),
    (5.0, 5.0),
    np.empty((0, 2)),
    np.empty(0, dtype=np.int64),
    ("A", "B"),
    (0, 1),
    ("#000000", "#ffffff"),
)
CLICK = PlotQuestion("click", "mistake", tolerance=0.05)
MISTAKE = Target((np.array([[0.0, 2.5]]),), "1 example is put into another class.")


def test_a_choice_is_right_by_its_text():
    asked = ClassQuestion("ln 2?", Question(("0", "ln 2"), "ln 2"))
    assert asked.activity.kind == "question" and asked.activity.answers == ("0", "ln 2")
    assert asked.told(Choice(1), None)["said"] == "✓ Right."
    assert asked.told(Choice(0), None)["said"] == "Not so. The answer was ln 2."
    assert asked.told(None, None)["said"] == "The answer was ln 2."


@pytest.mark.parametrize(("value", "is_right"), [(0.693, True), (0.7, True), (0.71, False)])
def test_a_number_is_right_within_its_tolerance(value, is_right):
    asked = ClassQuestion("ln 2?", Question((), 0.69, tolerance=0.01))
    assert asked.activity.kind == "number" and asked.truth == 0.69
    assert asked.is_right(Number(value), None) is is_right
    said = asked.told(Number(value), None)["said"]
    assert said == ("✓ Right." if is_right else "Not so. The answer was 0.69.")


@pytest.mark.parametrize(
    ("x", "y", "is_right"), [(0.5, 0.75, True), (0.54, 0.75, True), (0.5, 0.81, False)]
)
def test_a_place_is_right_near_the_target_in_shares_of_the_plane(x, y, is_right):
    asked = ClassQuestion("Where?", CLICK, PLANE)
    assert asked.activity.kind == "spot" and asked.activity.to_message()["plane"]
    assert asked.is_right(Spot(x, y), MISTAKE) is is_right
    told = asked.told(Spot(x, y), MISTAKE)
    assert told["truth"] == [[[0.5, 0.75]]]
    words = "1 example is put into another class. The plane shows it."
    assert told["said"] == ("✓ Right." if is_right else f"Not so. {words}")


def test_where_there_is_none_nobody_is_right():
    asked = ClassQuestion("Where?", CLICK, PLANE)
    assert not asked.is_right(Spot(0.5, 0.75), Target((), "There is none now."))
    assert asked.told(None, Target((), "There is none now."))["said"] == "There is none now."


def test_what_is_drawn_and_what_is_on_the_curve_is_not_asked_of_phones():
    assert can_be_asked(CLICK) and can_be_asked(Question((), 1.0))
    assert not can_be_asked(None)
    assert not can_be_asked(PlotQuestion("click", "least test loss"))
    assert not can_be_asked(PlotQuestion("boundary"))
    assert not can_be_asked(PlotQuestion("curve"))
