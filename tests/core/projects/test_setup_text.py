"""Set-ups as text: what goes out comes in again, and of anything else no more than a sentence."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import BagOptions, CsvOptions, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.points import Points
from core.errors import DataError
from core.projects.setup_text import GROUPS, from_text, is_setup, to_text
from core.teach.lessons import bundled
from tests.lessons import setup_of

FULL = RunConfig(
    DataConfig(
        "csv",
        path="/home/a b/Tab & ü.csv",
        features=("a, b", "“c”", "1"),
        test_fraction=0.25,
        standardise=False,
        degree=3,
        missing_category=True,
        reading=CsvOptions(separator="\t", na=("", "?"), has_header=False),
        text="3",
        bag=BagOptions("tfidf", keep_case=True, bigrams=True, max_words=7),
    ),
    ModelConfig("softmax", hidden=16, activation="tanh", has_bias=False),
    TrainingConfig(0.3, None, 1e-3, 7, 1e-9, 5, "cuda:1", "adam", schedule="cosine", l1=1e-300),
)


def test_nothing_is_said_of_defaults():
    assert to_text(RunConfig()) == "logitlab:1?"
    assert from_text("logitlab:1?") == (RunConfig(), None)


def test_a_person_can_read_and_type_it():
    config = RunConfig(DataConfig("digits"), ModelConfig(hidden=16), TrainingConfig(0.3))
    text = to_text(config)
    assert text == "logitlab:1?source=digits&hidden=16&learning_rate=0.3"
    assert from_text(f"  {text[:20]}\n {text[20:]} ")[0] == config


def test_every_setting_comes_back():
    assert from_text(to_text(FULL)) == (FULL, None)


@pytest.mark.parametrize("label", ["null", "true", "3", '"a"', "[]", "a&b=c", "%20", "ä"])
def test_a_name_that_could_be_something_else_stays_a_name(label):
    config = RunConfig(DataConfig("csv", path="t.csv", label=label))
    assert from_text(to_text(config))[0] == config


@pytest.mark.parametrize("lesson", bundled(), ids=lambda lesson: lesson.key)
def test_every_lesson_is_a_text(lesson):
    setup = setup_of(lesson.key)
    points = setup.points
    small = points if points is None or len(points) < 100 else None
    config, found = from_text(to_text(setup.config, small))
    assert config == setup.config
    if small is not None and found is not None:
        np.testing.assert_array_equal(found.xy.astype(np.float32), small.xy.astype(np.float32))


def test_names_of_settings_are_of_one_group_only():
    names = [each.name for kind in GROUPS.values() for each in fields(kind)]
    assert len(names) == len(set(names))


def test_drawn_points_come_as_they_are_trained_on():
    rng = np.random.default_rng(2)
    points = Points(rng.normal(size=(120, 2)), rng.integers(0, 3, 120), ("A", "ß&", "=C"))
    config = RunConfig(DataConfig("drawn"))
    text = to_text(config, points)
    assert len(text) < 2300
    found_config, found = from_text(text)
    assert found is not None
    assert found_config == config and found.class_names == points.class_names
    np.testing.assert_array_equal(found.xy.astype(np.float32), points.xy.astype(np.float32))
    np.testing.assert_array_equal(found.labels, points.labels)


def test_too_many_points_are_for_a_project():
    rng = np.random.default_rng(2)
    points = Points(rng.normal(size=(2000, 2)), rng.integers(0, 2, 2000))
    with pytest.raises(DataError, match="save a project instead"):
        to_text(RunConfig(DataConfig("drawn")), points)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "begins with logitlab:"),
        ("logitlab:", "no version"),
        ("logitlab:x?", "no version"),
        ("logitlab:2?source=iris", "newer Logit Lab"),
        ("logitlab:1?color=red", "no setting of this version"),
        ("logitlab:1?learning_rate=fast", "learning_rate"),
        ("logitlab:1?learning_rate=-1", "learning_rate"),
        ("logitlab:1?learning_rate=nan", "learning_rate"),
        ("logitlab:1?epochs=1e99", "epochs"),
        ("logitlab:1?epochs=3&epochs=4", "twice"),
        ("logitlab:1?source=mars", "source"),
        ("logitlab:1?&&&", "cannot be read"),
        ("logitlab:1?source=%FF", "cannot be read"),
        ("logitlab:1?points=AAAA&classes=[]", "points"),
        ("logitlab:1?points=eJwDAAAAAAE&classes=[1,2]", "points"),
        ("logitlab:1?optimiser=newton&hidden=4", "cannot be"),
        ("logitlab:1?features=" + "[" * 3000, "features"),
        ("logitlab:1?path=" + "x" * 20_000, "at most"),
    ],
)
def test_what_is_none_gets_a_sentence(text, words):
    with pytest.raises(DataError, match=words) as found:
        from_text(text)
    assert len(str(found.value)) < 300


def test_a_bomb_of_points_is_not_unpacked():
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(bytes(10**7), 9)).decode().rstrip("=")
    with pytest.raises(DataError):
        from_text(f'logitlab:1?source=drawn&points={bomb[:16000]}&classes=["A","B"]')


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text):
    said = "it was read"
    packed = f"logitlab:1?source={text}&points={text}&classes={text}"
    for line in (text, f"logitlab:1?{text}", packed):
        try:
            from_text(line)
        except DataError as error:
            said = str(error)
        assert 0 < len(said) < 400


def test_only_what_begins_so_claims_to_be_one():
    assert is_setup(" LogitLab:1?") and not is_setup("a,b\n1,2")
    assert is_setup(to_text(replace(FULL)))
