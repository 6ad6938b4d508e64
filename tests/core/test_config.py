"""RunConfig: validated parts, and the way through JSON and back."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import (
    DECIMALS,
    ENCODINGS,
    INITS,
    MAX_RATE,
    MAX_SEED,
    MISSING,
    SEPARATORS,
    SOURCES,
    CsvOptions,
    DataConfig,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from core.errors import ConfigError

seeds = st.integers(0, MAX_SEED)
words = st.text(max_size=20)
configs = st.builds(
    RunConfig,
    data=st.builds(
        DataConfig,
        source=st.sampled_from(SOURCES),
        folder=st.none() | words,
        features=st.none() | st.lists(words, max_size=4).map(tuple),
        test_fraction=st.none() | st.floats(0, 0.9),
        split_seed=seeds,
        standardise=st.none() | st.booleans(),
        degree=st.integers(1, 5),
        sine=st.booleans(),
        path=st.text(min_size=1, max_size=20),
        label=st.none() | words,
        missing=st.sampled_from(MISSING),
        reading=st.builds(
            CsvOptions,
            encoding=st.sampled_from([None, *ENCODINGS]),
            separator=st.sampled_from([None, *SEPARATORS]),
            decimal=st.sampled_from([None, *DECIMALS]),
            has_header=st.none() | st.booleans(),
            na=st.none() | st.lists(words, max_size=3).map(tuple),
        ),
        categorical=st.none() | st.lists(words, max_size=4).map(tuple),
        missing_category=st.booleans(),
        merge_case=st.booleans(),
        any_label=st.booleans(),
    ),
    model=st.builds(ModelConfig, kind=st.just("softmax"), init=st.sampled_from(INITS))
    | st.builds(ModelConfig, kind=st.just("binary"), positive=words, negative=st.none()),
    training=st.builds(
        TrainingConfig,
        learning_rate=st.floats(0, MAX_RATE, exclude_min=True),
        batch_size=st.none() | st.integers(1, 10**9),
        weight_decay=st.floats(0, MAX_RATE),
        epochs=st.integers(1, 10**9),
        tolerance=st.floats(0, 1),
        seed=seeds,
    ),
)


@given(configs)
def test_a_config_survives_the_way_through_json(config):
    assert RunConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_an_empty_dict_gives_the_defaults():
    assert RunConfig.from_dict({}) == RunConfig.from_dict({"training": {}}) == RunConfig()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"optimiser": {}}, "“optimiser” is not a setting of config; known: data, model, training"),
        ({"training": {"cunning": 1}}, "“cunning” is not a setting of training; known: learning"),
        ({"data": {"Source": "iris"}}, "“Source” is not a setting of data"),
        ({"model": {"W": []}}, "“W” is not a setting of model"),
        ({"data": 3}, "“data” is 3; a group of settings was expected"),
        ([1], r"The config is \[1\]; groups of settings were expected"),
    ],
)
def test_what_is_not_known_is_refused_by_name(values, message):
    with pytest.raises(ConfigError, match=message):
        RunConfig.from_dict(values)


NUMBERS = {
    "learning_rate": [0, -0.1, 1e39, 10**400],
    "weight_decay": [-1e-9, 1e39],
    "tolerance": [-1.0],
}
WHOLES = {
    "batch_size": [0, -1, 10**9 + 1],
    "epochs": [0, -3, 10**10],
    "seed": [-1, MAX_SEED + 1],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in (NUMBERS | WHOLES).items() for value in values],
)
def test_a_training_setting_out_of_range_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=rf"^{name} is -?\d"):
        TrainingConfig(**{name: value})


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "0.1", None, [0.1]])
def test_a_number_must_be_a_finite_number(name, value):
    with pytest.raises(ConfigError, match=f"^{name} is .*; a finite number was expected"):
        TrainingConfig(**{name: value})


@pytest.mark.parametrize("name", WHOLES)
@pytest.mark.parametrize("value", [math.nan, 1.0, True, "7", [1]])
def test_a_count_must_be_a_whole_number(name, value):
    with pytest.raises(ConfigError, match=f"^{name} is .*; a whole number was expected"):
        TrainingConfig(**{name: value})


@pytest.mark.parametrize("value", [-0.01, 0.91, math.nan, True, "0.2"])
def test_a_test_fraction_out_of_range_is_refused(value):
    with pytest.raises(ConfigError, match=r"^test_fraction is"):
        DataConfig(test_fraction=value)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (DataConfig, {"source": "cifar"}),
        (DataConfig, {"source": ["iris"]}),
        (DataConfig, {"folder": 5}),
        (DataConfig, {"features": "petal length"}),
        (DataConfig, {"features": (1, 2)}),
        (DataConfig, {"standardise": "yes"}),
        (DataConfig, {"categorical": "colour"}),
        (DataConfig, {"merge_case": 1}),
        (DataConfig, {"any_label": None}),
        (CsvOptions, {"na": "NA"}),
        (CsvOptions, {"na": (None,)}),
        (DataConfig, {"split_seed": -1}),
        (ModelConfig, {"kind": "forest"}),
        (ModelConfig, {"init": "ones"}),
        (ModelConfig, {"kind": "binary", "positive": 2}),
        (ModelConfig, {"kind": "binary", "negative": 2}),
        (TrainingConfig, {"device": None}),
    ],
)
def test_a_value_of_another_kind_is_refused_by_name(kind, values):
    with pytest.raises(ConfigError, match=f"^{list(values)[-1]} is "):
        kind(**values)


def test_softmax_takes_no_choice_of_classes():
    with pytest.raises(ConfigError, match="takes all classes"):
        ModelConfig("softmax", positive="setosa")


def test_the_binary_model_needs_two_different_classes():
    with pytest.raises(ConfigError, match="Both classes are “setosa”"):
        ModelConfig("binary", positive="setosa", negative="setosa")
