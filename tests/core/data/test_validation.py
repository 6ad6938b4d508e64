"""Validation rows and early stopping: what is set aside, when it stops, and what it returns to."""

import json

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from core.cli import train as cli
from core.config import DataConfig, RunConfig
from core.data.task import prepare
from core.data.validation import set_aside
from core.errors import ConfigError
from core.train.snapshot import Status
from core.train.trainer import Trainer

SHARE = {"validation_fraction": 0.2}
EARLY = {"learning_rate": 5.0, "epochs": 300, "patience": 7}


def go(trainer):
    while trainer.outcome is None:
        trainer.step()
    return trainer


def weights(trainer):
    return [array.tolist() for array in trainer.params().arrays]


def losses_by_epoch(task, epochs):
    """The validation loss after each epoch by scikit-learn, and the weights, without stopping."""
    trainer, found, seen = Trainer(task), [], []
    trainer.set_hyperparameters(patience=0)
    while trainer.epoch < epochs:
        epoch = trainer.epoch
        trainer.step()
        if trainer.epoch > epoch:
            params = trainer.params()
            X = task.inputs(task.dataset.values(task.validation_rows)).astype(np.float64)
            Z = X @ params.W.T.astype(np.float64) + params.b
            A = np.exp(Z - Z.max(axis=1, keepdims=True))
            A /= A.sum(axis=1, keepdims=True)
            found.append(log_loss(task.dataset.y[task.validation_rows], A, labels=range(3)))
            seen.append(weights(trainer))
    return found, seen


# What is set aside ------------------------------------------------------------------------------


def test_a_share_of_each_class_is_set_aside_and_the_test_rows_stay(iris, make_task):
    before, after = make_task(iris), make_task(iris, data=SHARE)
    assert np.array_equal(after.test_rows, before.test_rows)
    together = np.concatenate([after.train_rows, after.validation_rows])
    assert np.array_equal(np.sort(together), before.train_rows)
    assert np.bincount(iris.y[after.validation_rows]).tolist() == [8, 8, 8]
    assert (np.diff(after.validation_rows) > 0).all() and (np.diff(after.train_rows) > 0).all()


def test_the_seed_decides_which(iris, make_task):
    one, same, other = (
        make_task(iris, data=SHARE | {"split_seed": seed}).validation_rows for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_without_a_share_the_rows_are_those_of_the_split(iris, make_task):
    task = make_task(iris)
    train, test = iris.split(0.2, 123)
    assert np.array_equal(task.train_rows, train) and np.array_equal(task.test_rows, test)
    assert len(task.validation_rows) == 0


def test_the_published_test_set_stays_whole(small_mnist, make_task):
    from core.data.sources import load

    dataset = load(DataConfig("mnist", folder=str(small_mnist)))
    task = make_task(dataset, data=SHARE | {"source": "mnist"})
    assert len(task.test_rows) == dataset.published_test
    assert len(task.validation_rows) and task.validation_rows.max() < task.test_rows.min()


def test_one_row_of_each_class_is_left_to_train(two_blobs, make_task):
    task = make_task(two_blobs, data={"validation_fraction": 0.9, "source": "drawn"})
    assert np.bincount(two_blobs.y[task.train_rows]).tolist() == [1, 1]


def test_a_row_that_is_added_trains_and_leaves_the_others_where_they_were(iris, make_task):
    before = make_task(iris, data=SHARE)
    more = iris.with_examples(iris.X[:1], iris.y[:1])
    after = make_task(more, data=SHARE)
    assert 0 in after.train_rows
    moved = set(after.validation_rows - 1) ^ set(before.validation_rows)
    assert len(moved) <= 1


def test_the_standardiser_knows_only_the_rows_that_train(iris, make_task):
    task = make_task(iris, data=SHARE)
    X = task.dataset.values(task.train_rows).astype(np.float64)
    assert task.standardiser.mean == pytest.approx(X.mean(axis=0))
    assert task.standardiser.std == pytest.approx(X.std(axis=0, ddof=1))


def test_only_pictures_that_train_are_varied(digits, make_task):
    task = make_task(digits, data=SHARE | {"source": "digits", "copies": 1})
    plain = make_task(digits, data=SHARE | {"source": "digits"})
    made = len(plain.train_rows)
    assert len(task.train_rows) == 2 * made
    assert np.array_equal(task.validation_rows, plain.validation_rows + made)
    assert np.array_equal(task.dataset.X[task.validation_rows], digits.X[plain.validation_rows])


@pytest.mark.parametrize("share", [-0.1, 0.95, "much"])
def test_no_other_share_is_taken(share):
    with pytest.raises(ConfigError, match="validation_fraction"):
        DataConfig(validation_fraction=share)


def test_no_fraction_gives_back_the_rows(iris):
    rows = np.arange(0, 150, 2)
    train, validation = set_aside(iris, rows, 0.0, 1)
    assert train is rows and len(validation) == 0


# Figures ----------------------------------------------------------------------------------------


def test_the_figures_of_the_validation_rows_are_scikit_learns(iris, make_task):
    task = make_task(iris, data=SHARE)
    losses, _ = losses_by_epoch(task, 3)
    trainer = Trainer(task)
    while trainer.epoch < 3:
        trainer.step()
    metrics = trainer.measure()
    params, y = trainer.params(), task.dataset.y[task.validation_rows]
    Z = task.inputs(task.dataset.values(task.validation_rows)) @ params.W.T + params.b
    assert metrics.validation_loss == pytest.approx(losses[-1], rel=1e-6)
    assert metrics.validation_accuracy == accuracy_score(y, Z.argmax(axis=1))
    assert trainer.history.curves().validation_loss[-1] == metrics.validation_loss


def test_without_validation_rows_there_are_no_such_figures(iris, make_task):
    trainer = Trainer(make_task(iris))
    assert np.isnan(trainer.metrics.validation_loss)
    assert np.isnan(trainer.history.curves().validation_accuracy).all()


# Early stopping ---------------------------------------------------------------------------------


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_it_stops_on_the_validation_loss_and_returns_to_the_best_weights(
    optimiser, iris, make_task
):
    task = make_task(iris, data=SHARE, optimiser=optimiser, **EARLY)
    trainer = go(Trainer(task))
    losses, seen = losses_by_epoch(task, 60)
    best = 0
    while int(np.argmin(losses[: best + 8])) != best:
        best = int(np.argmin(losses[: best + 8]))
    assert trainer.outcome is Status.FINISHED and "Stopped early" in str(trainer.message)
    assert (trainer.epoch, weights(trainer)) == (best + 1, seen[best])
    assert f"after epoch {best + 1}: these are its weights" in str(trainer.message)
    per_epoch = trainer.step_count // trainer.epoch
    assert (
        trainer.timeline.newest_step == (best + 8) * per_epoch == trainer.history.curves().last_step
    )
    assert trainer.metrics.validation_loss == pytest.approx(losses[best], rel=1e-6)


def test_it_returns_to_the_best_weights_also_where_the_epochs_are_over(iris, make_task):
    settings = EARLY | {"patience": 1000, "epochs": 30}
    task = make_task(iris, data=SHARE, **settings)
    trainer = go(Trainer(task))
    losses, seen = losses_by_epoch(task, 30)
    best = int(np.argmin(losses))
    assert best < 29 and str(trainer.message).startswith("Finished 30 epochs.")
    assert weights(trainer) == seen[best] and trainer.epoch == best + 1


def test_the_test_rows_have_no_say(iris, make_task):
    """With other test labels it stops where it stopped."""
    from dataclasses import replace

    task = make_task(iris, data=SHARE, **EARLY)
    y = iris.y.copy()
    y[task.test_rows] = (y[task.test_rows] + 1) % 3
    other = replace(task, dataset=replace(task.dataset, y=y))
    one, two = go(Trainer(task)), go(Trainer(other))
    assert one.message == two.message and weights(one) == weights(two)


def test_what_came_after_the_best_epoch_can_be_looked_at(iris, make_task):
    trainer = go(Trainer(make_task(iris, data=SHARE, **EARLY)))
    best, end = trainer.step_count, trainer.timeline.newest_step
    trainer.timeline.go_to(end)
    assert (trainer.step_count, trainer.outcome) == (end, Status.FINISHED)
    assert "these are its weights" not in str(trainer.message)
    trainer.timeline.go_to(best)
    assert trainer.step_count == best


def test_training_on_goes_on_from_the_best_epoch(iris, make_task):
    trainer = go(Trainer(make_task(iris, data=SHARE, **EARLY)))
    best = trainer.step_count
    trainer.step()
    assert (trainer.step_count, trainer.timeline.newest_step, trainer.outcome) == (
        best + 1,
        best + 1,
        None,
    )
    assert trainer.message == ""


def test_without_validation_rows_nothing_stops_early_and_it_says_so(iris, make_task):
    trainer = go(Trainer(make_task(iris, **EARLY | {"epochs": 40, "patience": 1})))
    assert trainer.epoch == 40 and "no validation rows" in str(trainer.message)


# Configs and the terminal -----------------------------------------------------------------------


def test_a_config_from_before_there_was_a_share_loads():
    values = RunConfig().to_dict()
    del values["data"]["validation_fraction"]
    values["training"]["patience"] = 5
    config = RunConfig.from_dict(values)
    assert config.data.validation_fraction == 0 and config.training.patience == 5


def test_in_the_terminal_patience_asks_for_a_share(capsys):
    assert cli.main(["iris", "--patience", "3"]) == 2
    assert "--validation-share 0.1" in capsys.readouterr().err


def test_the_terminal_reports_the_best_epoch_and_all_of_the_history(capsys, tmp_path):
    path = tmp_path / "result.json"
    words = "iris --features all --validation-share 0.2 --patience 7 --epochs 300 --eta 5"
    assert cli.main([*words.split(), "--json", str(path)]) == 0
    said, found = capsys.readouterr().out, json.loads(path.read_text())
    losses = found["history"]["validation_loss"]
    assert "24 validation" in said and "validate  loss" in said
    assert found["epochs"] == int(np.argmin(losses)) + 1 == len(losses) - 7
    assert found["validation_loss"] == pytest.approx(min(losses))
    assert found["config"]["data"]["validation_fraction"] == 0.2
    assert found["history_rows"] == 96


def test_a_model_of_the_window_keeps_its_share(iris, make_task, tmp_path):
    from core.runs import model_file
    from core.runs.model import Model

    trainer = go(Trainer(make_task(iris, data=SHARE, **EARLY)))
    metrics = trainer.measure(exact=True)
    model = Model.of(trainer.task, trainer.params(), metrics.step, metrics.epoch, metrics)
    model_file.save(model, tmp_path / "m.safetensors")
    again = model_file.load(tmp_path / "m.safetensors")
    assert again.figures["validation_loss"] == metrics.validation_loss
    assert np.array_equal(again.task(iris).validation_rows, trainer.task.validation_rows)
    assert prepare(iris, again.config).config.data.validation_fraction == 0.2
