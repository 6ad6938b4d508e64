"""Names of the program's own data in the language of the window; those of users as they are."""

from __future__ import annotations

import numpy as np
import pytest

from core.config import DataConfig, ModelConfig, RunConfig
from core.data.dataset import Dataset
from core.data.shown_names import shown_classes, shown_features, shown_inputs, shown_name
from core.data.sources import load
from core.data.task import prepare
from core.language import LANGUAGES, spoken

IRIS = ("setosa", "versicolor", "virginica")


@pytest.fixture(scope="module")
def iris():
    return load(DataConfig(source="iris"))


def test_a_window_in_german_or_chinese_says_the_names_of_iris_in_its_language(iris):
    with spoken("de"):
        assert shown_features(iris)[2:] == ("Kronblattlänge", "Kronblattbreite")
        assert shown_classes(iris) == IRIS  # as botanists say
    with spoken("zh_CN"):
        assert shown_features(iris)[2:] == ("花瓣长度", "花瓣宽度")
        assert shown_classes(iris) == ("山鸢尾", "变色鸢尾", "维吉尼亚鸢尾")
        assert iris.class_names == IRIS and iris.feature_names[3] == "petal width"


def test_products_and_one_class_against_the_rest_are_said_so_too(iris):
    data = DataConfig(source="iris", degree=2)
    task = prepare(iris, RunConfig(data, ModelConfig(kind="binary", positive="setosa")))
    with spoken("de"):
        assert shown_inputs(task)[-1] == "Kronblattbreite²"
        assert shown_classes(task.dataset) == ("nicht setosa", "setosa")
    assert shown_classes(task.dataset) == ("not setosa", "setosa")
    assert shown_inputs(task) == task.input_names


def test_pixels_have_words_and_the_words_of_texts_stay(iris):
    with spoken("de"):
        assert shown_features(load(DataConfig(source="digits")))[9] == "Pixel 1;1"
        genres = load(DataConfig(source="genres"))
        assert "Märchen" in shown_classes(genres)
        task = prepare(genres, RunConfig(DataConfig(source="genres")))
        assert shown_features(task.dataset) == task.dataset.feature_names


@pytest.mark.parametrize("code", LANGUAGES)
def test_names_of_a_user_are_never_translated(code):
    X, y = np.zeros((3, 2), dtype=np.float32), np.arange(3)
    own = Dataset("Iris", X, y, ("petal length", "pixel 1,1"), ("Bag", "Coat", "setosa"))
    with spoken(code):
        assert (shown_name(own), *shown_features(own)) == ("Iris", "petal length", "pixel 1,1")
        assert shown_classes(own) == own.class_names
