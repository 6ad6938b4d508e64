"""Doubt of an answer: unsure by its own share, or answered otherwise nearby."""

import numpy as np
import pytest

from core.data.digits.drawing import strokes_to_image
from core.explain.doubt import doubt_nearby, is_unsure
from core.explain.prediction import Answer
from core.train.trainer import Trainer
from tests.core.hands import written

NOTHING = np.empty(0, np.float32)


def answer(*shares):
    a = np.array(shares, dtype=np.float32)
    return Answer(NOTHING, NOTHING, np.log(a), a, int(a.argmax()))


@pytest.mark.parametrize(("share", "expected"), [(0.99, False), (0.76, False), (0.6, True)])
def test_a_small_share_is_unsure(share, expected):
    assert is_unsure("softmax", answer(share, 1 - share)) is expected


@pytest.mark.parametrize("kind", ["perceptron", "ovo"])
def test_without_shares_nothing_is_unsure(kind):
    assert not is_unsure(kind, answer(0.5, 0.5))


@pytest.fixture(scope="module")
def trainer(digits, make_task):
    trainer = Trainer(make_task(digits, data={"source": "digits"}, learning_rate=0.5))
    for _ in range(2000):
        trainer.step()
    return trainer


def test_a_clear_digit_is_read_alike_nearby(trainer):
    task, params = trainer.task, trainer.params()
    picture = strokes_to_image(written(0), size=8)
    assert doubt_nearby(task, params, picture, 0, task.dataset.class_names) == ""


def test_an_answer_that_turns_with_the_picture_is_in_doubt(trainer):
    """Said to be a class that no variation is taken for, it is read otherwise in all cases."""
    task, params = trainer.task, trainer.params()
    picture = strokes_to_image(written(0), size=8)
    sentence = doubt_nearby(task, params, picture, 5, task.dataset.class_names)
    assert "read otherwise in 12 of 12 cases, most often as 0" in sentence
