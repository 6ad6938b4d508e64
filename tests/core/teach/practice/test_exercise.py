"""What is said to answers: right within a tolerance, a typical mistake by its name."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from core.language import spoken
from core.teach.practice import learning, outputs
from core.teach.practice.sheet import KINDS, as_markdown, sheet


def exercise_of(kind, seed=3):
    return kind(np.random.default_rng(seed))


def test_a_decimal_comma_and_a_share_in_per_cent_are_numbers_too():
    sigmoid = exercise_of(outputs.sigmoid)
    a = float(sigmoid.fields[0].answer)
    for text in (f"{a:.2f}", f"{a:.3f}".replace(".", ","), f" {100 * a:.1f} % "):
        assert sigmoid.check([text]).is_right
    assert not sigmoid.check([f"{a + 0.02:.3f}"]).is_right


def test_what_is_no_number_is_no_answer():
    assert exercise_of(outputs.sigmoid).check(["a lot"]).is_right is None
    assert exercise_of(learning.decision).check(["1", ""]).is_right is None


def test_a_forgotten_minus_and_another_base_are_recognised():
    loss = exercise_of(outputs.cross_entropy)
    value = float(loss.fields[0].answer)
    assert "minus was forgotten" in loss.check([str(-value)]).words
    assert "base 10" in loss.check([str(value / math.log(10))]).words


def test_shares_that_do_not_sum_to_one_are_told_their_sum():
    said = exercise_of(outputs.softmax).check(["0.5", "0.5", "0.5"])
    assert said.words == "Not so. The sum is not 1 but 1.500."


def test_a_verdict_in_chinese_has_no_space_between_its_sentences():
    with spoken("zh_CN"):
        said = exercise_of(outputs.softmax).check(["0.5", "0.5", "0.5"]).words
    assert said.count("。") == 2 and "。 " not in said


def test_of_several_numbers_the_wrong_ones_are_named():
    gradient = exercise_of(learning.gradient)
    first = str(gradient.fields[0].answer)
    assert gradient.check([first, "9"]).words == "Not so. Look at ∂L/∂w₂ again."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(12))
def test_no_mistake_is_taken_for_the_answer_nor_the_answer_for_one(kind, seed):
    exercise = exercise_of(kind, seed)
    given = [
        field.answer if isinstance(field.answer, str) else repr(field.answer)
        for field in exercise.fields
    ]
    assert exercise.check(given).is_right
    for mistake in exercise.mistakes:
        assert len(mistake.answers) == len(exercise.fields)
        texts = [each if isinstance(each, str) else repr(float(each)) for each in mistake.answers]
        pairs = zip(exercise.fields, mistake.answers, strict=True)
        is_same = all(field.is_near(answer, field.answer) for field, answer in pairs)
        assert exercise.check(texts).is_right is is_same


@pytest.mark.parametrize("kind", KINDS)
def test_a_solution_ends_with_the_answer(kind):
    for seed in range(20):
        exercise = exercise_of(kind, seed)
        last = exercise.fields[-1]
        shown = last.solution if isinstance(last.answer, str) else f"{last.answer:.3g}"
        found = exercise.solution.replace("−", "-")
        assert shown.replace("−", "-") in found or last.solution.replace("−", "-") in found


def test_a_seed_gives_the_same_sheet_and_a_longer_one_begins_like_it():
    assert sheet(7, 12)[:5] == sheet(7, 5) == sheet(7, 5)
    assert sheet(7, 9) != sheet(8, 9)
    assert {exercise.kind for exercise in sheet(7, len(KINDS))} == {
        exercise_of(kind).kind for kind in KINDS
    }


def test_a_sheet_to_hand_out_keeps_its_answers_to_itself():
    exercises = sheet(7, 9)
    without = as_markdown(exercises, 7, has_solutions=False)
    assert len(re.findall(r"^## ", without, re.MULTILINE)) == 9
    assert not any(exercise.solution in without for exercise in exercises)
    assert all(e.solution in as_markdown(exercises, 7, has_solutions=True) for e in exercises)
