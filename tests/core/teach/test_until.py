"""What a step waits for: a run, as it stands, meets a condition or does not."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataError
from core.teach import until


def standing(*, step=0, epoch=0, test_accuracy=math.nan, train_loss=1.0):
    """Return a run as it stands: only the figures that conditions ask for."""
    metrics = SimpleNamespace(test_accuracy=test_accuracy, train_loss=train_loss)
    return SimpleNamespace(step=step, epoch=epoch, metrics=metrics)


def is_met(text, run, *, is_over=False, is_moved=False):
    return until.read(text).is_met(run, is_over=is_over, is_moved=is_moved)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("test accuracy > 0.9", {"test_accuracy": 0.9}, {"test_accuracy": 0.91}),
        ("train loss < 0.3", {"train_loss": 0.3}, {"train_loss": 0.29}),
        ("train  loss<=0.3", {"train_loss": 0.31}, {"train_loss": 0.3}),
        ("step >= 100", {"step": 99}, {"step": 100}),
        ("epoch >= 5", {"epoch": 4}, {"epoch": 5}),
    ],
)
def test_a_bound_is_met_when_the_figure_is_beyond_it(text, before, after):
    assert not is_met(text, standing(**before))
    assert is_met(text, standing(**after))


def test_without_test_rows_no_bound_on_them_is_met():
    assert not is_met("test accuracy > 0", standing())
    assert not is_met("test accuracy < 1", standing())


def test_the_end_is_the_end_of_the_run_and_a_move_is_a_move():
    run = standing(step=5)
    assert is_met("end", run, is_over=True) and not is_met("end", run, is_moved=True)
    assert is_met("a point is moved", run, is_moved=True)
    assert not is_met("a point is moved", run, is_over=True)


def test_it_says_how_far_the_run_is():
    assert until.read("test accuracy > 0.9").now(standing(test_accuracy=0.8449)) == "0.845"
    assert until.read("step >= 5000").now(standing(step=1234)) == "1,234"
    assert until.read("end").now(standing()) == ""


@pytest.mark.parametrize(
    "text",
    ["", "soon", "test accuracy", "accuracy > 0.9", "step = 3", "step >= nan", "step >= 1e9",
     "step >= -1", "test accuracy > 0.9 or end", "__class__ > 1"],
)  # fmt: skip
def test_any_other_condition_is_refused_in_a_sentence(text):
    with pytest.raises(DataError, match=r"“test accuracy > 0\.9”"):
        until.read(text)


@given(st.text(max_size=30))
def test_no_text_is_more_than_refused(text):
    try:
        until.read(text)
    except DataError:
        return
    assert any(word in text for word in ("end", "moved", ">", "<"))
