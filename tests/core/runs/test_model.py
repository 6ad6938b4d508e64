"""A model as a value: what it knows of its data, what it refuses, and training on with it."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.digits.drawing import strokes_to_image
from core.errors import DataError
from core.train.snapshot import Params
from core.train.trainer import Trainer
from core.train.warm_start import start_from
from tests.core.hands import written
from tests.core.runs.models import model_of, trained


def test_a_model_of_pictures_knows_how_drawings_become_pictures(digits, make_task):
    recipe = model_of(Trainer(make_task(digits))).recipe
    assert (recipe.size, recipe.deskew) == (8, False)
    assert model_of(Trainer(make_task(digits, data={"deskew": True}))).recipe.deskew


def test_a_model_of_measurements_knows_no_drawings(iris_model):
    assert iris_model.recipe is None


def test_pictures_too_small_to_draw_have_no_recipe(digits, make_task):
    tiny = replace(digits, X=digits.X[:, 27:31], feature_names=tuple("abcd"), image_shape=(2, 2))
    assert model_of(Trainer(make_task(tiny))).recipe is None


def test_pictures_go_in_as_they_are(iris, make_task):
    mapped = model_of(Trainer(make_task(iris, data={"sine": True})))
    with pytest.raises(DataError, match="pictures have no feature map"):
        replace(mapped, image_shape=(1, 2))


def test_a_drawing_is_read_with_pictures_in_the_unit_of_training(digits, make_task):
    kept = model_of(trained(make_task(digits, learning_rate=0.5), epochs=100))
    images = np.stack([strokes_to_image(written(k), size=8).ravel() for k in range(10)])
    right = kept.answers(images)[0] == np.arange(10)
    assert right.sum() >= 7


def test_training_on_twice_gives_the_same_weights(iris_model, iris):
    def train_on():
        trainer = Trainer(iris_model.task(iris))
        start_from(trainer, iris_model.params)
        for _ in range(50):
            trainer.step()
        return trainer

    first, second = train_on(), train_on()
    np.testing.assert_array_equal(first.params().W, second.params().W)
    assert first.measure().train_loss < iris_model.figures["train_loss"]


def test_weights_that_fit_badly_are_no_divergence(iris_model, iris):
    trainer = Trainer(iris_model.task(iris))
    start_from(trainer, Params(-1e4 * iris_model.params.W, iris_model.params.b))
    assert trainer.metrics.train_loss > 100 and trainer.outcome is None


def test_other_rows_are_read_with_the_standardiser_of_the_weights(iris_model, iris):
    other = replace(iris, X=iris.X + 7)
    task = iris_model.task(other)
    np.testing.assert_array_equal(task.standardiser.mean, iris_model.standardiser.mean)


def test_data_with_other_classes_or_features_are_refused(iris_model, iris, digits):
    with pytest.raises(DataError, match=r"3 classes \(a, b, c\); .* 3 \(setosa, versicolor, vir"):
        iris_model.task(replace(iris, class_names=("a", "b", "c")))
    with pytest.raises(DataError, match="There is no feature “petal length”"):
        iris_model.task(digits)
    everything = replace(
        iris_model,
        config=replace(iris_model.config, data=replace(iris_model.config.data, features=("all",))),
    )
    with pytest.raises(DataError, match=r"4 features .*; the model was trained with 2"):
        everything.task(iris)


def test_a_model_of_another_device_trains_on_here(iris_model, iris):
    training = replace(iris_model.config.training, device="cuda:7")
    elsewhere = replace(iris_model, config=replace(iris_model.config, training=training))
    assert Trainer(elsewhere.task(iris)).device.type == "cpu"


def test_a_config_is_as_the_run_resolved_it(trainer_of_any_kind):
    config = model_of(trainer_of_any_kind).config
    assert config == trainer_of_any_kind.task.config and config.data.standardise is not None
