"""Drawings of pens as training rows: only as these, and with whatever else is chosen."""

from dataclasses import replace

import numpy as np
import pytest

from core.config import RunConfig
from core.data.augmentation import varied
from core.data.digits.deskew import deskew_images
from core.data.digits.drawing import strokes_to_image
from core.data.pens.drawings import pictures
from core.data.pens.rows import takes_pens, with_pens
from core.data.task import prepare
from core.errors import ConfigError, DataError
from core.evaluate.cross_validation import fold_tasks
from core.runs.model import Model
from core.train.trainer import Trainer
from tests.core.data.pens.others import HANDS, others

PENS = 590  # a third of the 1,797 bundled digits, as many of each


@pytest.fixture(scope="module")
def with_and_without(digits, make_task):
    """The task of the bundled digits with pens, and without."""
    return make_task(digits, data={"pens": True}), make_task(digits)


def test_pens_are_training_rows_and_all_others_stay_what_they_were(with_and_without, digits):
    task, plain = with_and_without
    assert task.dataset.pens == PENS
    X, y = pictures(8, task.config.data.split_seed, PENS)
    assert np.array_equal(task.train_rows[:PENS], np.arange(PENS))
    assert np.array_equal(task.dataset.X[:PENS], np.rint(X * 16).astype(np.uint8))
    assert np.array_equal(task.dataset.y[:PENS], y)
    assert np.array_equal(task.train_rows[PENS:], plain.train_rows + PENS)
    assert np.array_equal(task.test_rows, plain.test_rows + PENS)
    assert np.array_equal(task.dataset.X[PENS:], digits.X)


def test_the_seed_draws_the_pens(digits, make_task):
    first, same, other = (
        make_task(digits, data={"pens": True, "split_seed": seed}).dataset.X[:PENS]
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same) and not np.array_equal(first, other)


def test_the_published_test_set_stays(digits, make_task):
    published = replace(digits, published_test=297)
    task = make_task(published, data={"pens": True})
    assert task.dataset.pens == 500
    assert np.array_equal(task.dataset.X[task.test_rows], digits.X[1500:])


def test_pens_are_deskewed_where_the_data_are(digits, make_task, with_and_without):
    upright = make_task(digits, data={"pens": True, "deskew": True})
    drawn = with_and_without[0].dataset.X[:PENS]
    assert np.array_equal(upright.dataset.X[:PENS], deskew_images(drawn))


def test_pens_are_varied_as_other_pictures_are(digits, make_task):
    data = {"pens": True, "copies": 2}
    task = make_task(digits, data=data)
    n = len(task.train_rows) // 3
    own = task.own_train_rows
    assert len(own) == n and np.array_equal(task.train_rows[2 * n :], own)
    pens = task.dataset.X[own[:PENS]]
    seed = task.config.data.split_seed
    assert np.array_equal(task.dataset.X[:PENS], varied(task.dataset.X[own], seed)[:PENS])
    assert np.array_equal(pens, make_task(digits, data={"pens": True}).dataset.X[:PENS])
    assert not np.isin(task.test_rows, task.train_rows).any()


def test_no_pen_is_a_validation_row(digits, make_task):
    task = make_task(digits, data={"pens": True, "validation_fraction": 0.3})
    plain = make_task(digits, data={"validation_fraction": 0.3})
    assert np.array_equal(task.validation_rows, plain.validation_rows + PENS)


def test_no_pen_is_in_a_fold_and_all_of_them_train(digits, make_task):
    task = make_task(digits, data={"pens": True, "copies": 1})
    tested = [fold.test_rows for fold in fold_tasks(task, 3)]
    assert np.array_equal(np.sort(np.concatenate(tested)), task.own_train_rows[PENS:])
    for fold in fold_tasks(task, 3):
        assert np.isin(task.own_train_rows[:PENS], fold.train_rows).all()
        varied_pens = np.arange(PENS)
        assert np.isin(varied_pens, fold.train_rows).all()


@pytest.mark.parametrize("negative", [None, "1"])
def test_a_neuron_takes_the_pens_of_its_classes(digits, make_task, negative):
    model = {"kind": "binary", "positive": "7", "negative": negative}
    task = make_task(digits, data={"pens": True}, model=model)
    assert task.dataset.pens == (PENS if negative is None else PENS // 5)
    assert task.dataset.y[: task.dataset.pens].sum() == PENS // 10
    assert np.array_equal(task.train_rows[: task.dataset.pens], np.arange(task.dataset.pens))


def test_class_weights_count_pens(digits, make_task):
    task = make_task(digits, data={"pens": True}, class_weight="balanced")
    counts = np.bincount(task.dataset.y[task.train_rows])
    np.testing.assert_allclose(task.class_weights, len(task.train_rows) / (10 * counts))


def test_digits_that_were_taught_stay_beside_pens(digits, make_task):
    taught = digits.with_examples(digits.X[:3], digits.y[:3])
    task = make_task(taught, data={"pens": True})
    assert task.dataset.pens == PENS and task.dataset.added == PENS + 3
    assert np.array_equal(task.dataset.X[PENS : PENS + 3], digits.X[:3])
    assert np.array_equal(task.train_rows[: PENS + 3], np.arange(PENS + 3))


def test_preparing_a_prepared_config_again_gives_the_same_rows(digits, make_task):
    task = make_task(digits, data={"pens": True})
    again = prepare(task.source, task.config)
    assert np.array_equal(again.dataset.X, task.dataset.X) and task.source is digits


def test_classes_in_another_order_get_their_own_pens(digits):
    turned = replace(digits, y=9 - digits.y, class_names=digits.class_names[::-1])
    found = with_pens(turned, 1, deskew=False)
    assert np.array_equal(9 - found.y[:PENS], with_pens(digits, 1, deskew=False).y[:PENS])


def test_data_without_digits_take_no_pens(iris, digits, make_task):
    letters = replace(digits, class_names=tuple("ABCDEFGHIJ"), name="Letters")
    wide = replace(digits, image_shape=(4, 16))
    assert takes_pens(digits)
    for data in (iris, letters, wide):
        assert not takes_pens(data)
        with pytest.raises(DataError, match=f"{data.name} takes no drawings of pens"):
            make_task(data, data={"pens": True})


def test_whether_to_take_pens_is_yes_or_no():
    with pytest.raises(ConfigError, match="pens is 3; it must be true or false"):
        RunConfig.from_dict({"data": {"pens": 3}})


def trained(task):
    trainer = Trainer(task)
    while trainer.outcome is None:
        trainer.advance(1000)
    return trainer


def test_a_model_says_that_it_trained_on_pens_and_goes_on_with_them(with_and_without, digits):
    task = with_and_without[0]
    trainer = Trainer(task)
    model = Model.of(task, trainer.params(), 0, 0, trainer.measure())
    assert model.config.data.pens
    assert np.array_equal(model.task(digits).dataset.X, task.dataset.X)


def shares_right(task, hands):
    """Return the share of each hand that a model of the task reads rightly, by name."""
    params = trained(task).params()
    X = np.array([strokes_to_image(strokes, size=8).ravel() for *_, strokes in hands])
    is_right = (X @ params.W.T + params.b).argmax(1) == [digit for _, digit, _ in hands]
    names = np.array([name for name, *_ in hands])
    return {name: is_right[names == name].mean() for name in HANDS}


def test_with_pens_more_of_other_hands_are_read(digits, make_task, rng):
    """The judge is set apart from the drawings; see tests.core.data.pens.others."""
    hands = others(rng, 20)
    without, pens = (
        shares_right(make_task(digits, data={"pens": on}, epochs=40), hands) for on in (False, True)
    )
    gain = np.mean([*pens.values()]) - np.mean([*without.values()])
    assert gain > 0.1, (without, pens)
