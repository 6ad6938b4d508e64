"""Settings have words for users: those of the config, also in other languages."""

from __future__ import annotations

from dataclasses import fields

import pytest

from core.config import BagOptions, DataConfig, ModelConfig, TrainingConfig
from core.data.defaults import OF_DATA, OF_MODEL, OF_TRAINING
from core.language import spoken
from gui.setup.setting_words import setting_words

KNOWN_BY_THE_DATA = (*OF_DATA, *OF_MODEL, *OF_TRAINING, "bag")
SETTINGS = [
    field.name
    for group in (DataConfig, BagOptions, ModelConfig, TrainingConfig)
    for field in fields(group)
    if field.name not in KNOWN_BY_THE_DATA
]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_can_be_off_its_default_is_named_as_in_the_config(name):
    assert setting_words(name) == name.replace("_", " ")


def test_a_setting_is_named_in_the_language_of_the_window():
    with spoken("de"):
        assert setting_words("learning_rate") == "Lernrate"
