"""The weights of pictures in numbers, against what a picture's logits do."""

import csv
import io

import numpy as np
import pytest

from core.config import DataConfig, ModelConfig, RunConfig
from core.data.sources import load
from core.data.task import prepare
from core.explain import probe
from core.explain.weight_images import as_csv, picture_weights
from core.train.trainer import Trainer


def trained(kind="softmax", **data):
    config = RunConfig(DataConfig("digits", **data), ModelConfig(kind))
    trainer = Trainer(prepare(load(config.data), config))
    for _ in range(30):
        trainer.step()
    return trainer.task, trainer.params()


@pytest.mark.parametrize("kind", ["softmax", "binary", "ovr"])
@pytest.mark.parametrize("standardise", [False, True])
def test_a_pixel_from_black_to_white_adds_what_is_said(kind, standardise):
    task, params = trained(kind, standardise=standardise)
    black = np.zeros((1, task.dataset.m), np.float32)
    Z = probe.class_logits(task, params, black).numpy()[0]
    for k, one in enumerate(picture_weights(task, params)):
        white = black.copy().reshape(1, *task.dataset.image_shape)
        white[0, *one.most_at] = 1
        after = probe.class_logits(task, params, white.reshape(1, -1)).numpy()[0]
        column = -1 if task.outputs == 1 else k
        assert one.white == pytest.approx(after[column] - Z[column], abs=2e-5)


def test_the_extremes_are_those_of_the_weights_picture():
    task, params = trained()
    for k, one in enumerate(picture_weights(task, params)):
        picture = params.W[k].reshape(task.dataset.image_shape)
        assert picture[one.most_at] == picture.max() == np.float32(one.most)
        assert picture[one.least_at] == picture.min() == np.float32(one.least)
        assert one.norm == pytest.approx(np.linalg.norm(params.W[k]), rel=1e-5)


def test_the_numbers_as_csv_have_a_row_for_each_class():
    task, params = trained()
    found = picture_weights(task, params)
    _, *rows = csv.reader(io.StringIO(as_csv(found)))
    assert [row[0] for row in rows] == list(task.dataset.class_names)
    assert [float(row[-1]) for row in rows] == [one.bias for one in found]
