"""Tables of a run: read again, they hold what the run holds."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from core.evaluate import model_outputs
from core.exports import tables
from core.exports.exported_run import ExportedRun
from core.train.trainer import Trainer
from tests.core.training import trained


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_curves_are_the_history_with_epochs_and_changes(make_task, iris, tmp_path):
    trainer = Trainer(make_task(iris))
    epochs = [0]
    for step in range(1, 16):
        trainer.step()
        epochs.append(trainer.epoch)
        if step == 6:
            trainer.set_hyperparameters(batch_size=10, learning_rate=0.3)

    tables.write_curves(ExportedRun.of(trainer), tmp_path / "c.csv")

    rows, curves = read(tmp_path / "c.csv"), trainer.history.curves()
    assert [int(row["step"]) for row in rows] == curves.step.tolist()
    assert [int(row["epoch"]) for row in rows] == epochs
    assert [float(row["test_loss"]) for row in rows] == curves.test_loss.tolist()
    assert "validation_loss" not in rows[0]
    assert {row["step"]: row["changed"] for row in rows if row["changed"]} == {
        "6": "η 0.1 → 0.3; batch 32 → 10"
    }


def test_the_epochs_of_a_run_that_continued_another_are_known_from_there_on(
    make_task, iris, tmp_path
):
    from core.train.warm_start import warm_start_from

    task = make_task(iris)
    trainer = Trainer(task)
    warm_start_from(trainer, trained(task, 11))
    for _ in range(9):
        trainer.step()

    tables.write_curves(ExportedRun.of(trainer), tmp_path / "c.csv")

    rows = read(tmp_path / "c.csv")
    assert rows[0]["epoch"] == ""
    assert int(rows[-1]["epoch"]) == trainer.epoch


def test_confusion_counts_are_those_of_the_test_rows(make_task, iris, tmp_path):
    trainer = trained(make_task(iris), 9)

    tables.write_confusion(ExportedRun.of(trainer), tmp_path / "c.csv")

    rows = read(tmp_path / "c.csv")
    counts = [[int(row[name]) for name in iris.class_names] for row in rows]
    assert counts == trainer.measure().confusion.tolist()
    assert [row["true \\ predicted"] for row in rows] == list(iris.class_names)


@pytest.mark.parametrize("model", [{}, {"kind": "ovo"}, {"hidden": 3}])
def test_each_weight_stands_with_its_names_to_the_last_bit(make_task, iris, tmp_path, model):
    trainer = trained(make_task(iris, model=model), 9)

    tables.write_weights(ExportedRun.of(trainer), tmp_path / "w.csv")

    found: dict[str, list[dict[str, str]]] = {"W": [], "b": [], "V": [], "c": []}
    for row in read(tmp_path / "w.csv"):
        found[row["parameter"]].append(row)
    params = trainer.params()
    for name, array in zip(("W", "b", "V", "c"), params.arrays, strict=False):
        values = [np.float32(row["value"]) for row in found[name]]
        assert np.array(values).reshape(array.shape).tobytes() == array.tobytes()
    into = found["V"] or found["W"]
    assert [row["input"] for row in into[:2]] == list(trainer.task.input_names)
    if model.get("kind"):
        assert into[0]["output"] == "setosa|versicolor"


def test_predictions_are_those_of_the_test_rows(make_task, iris, tmp_path):
    trainer = trained(make_task(iris), 9)
    task = trainer.task

    tables.write_predictions(ExportedRun.of(trainer), tmp_path / "p.csv")

    rows = read(tmp_path / "p.csv")
    answers = model_outputs.ask(task, trainer.params(), task.test_rows)
    shares = [[float(row[f"P({name})"]) for name in iris.class_names] for row in rows]
    assert [int(row["row"]) - 1 for row in rows] == task.test_rows.tolist()
    assert np.array_equal(shares, answers.probabilities)
    assert [row["class"] for row in rows] == [iris.class_names[k] for k in answers.y]
    assert [row["right"] == "yes" for row in rows] == answers.is_right.tolist()
    assert {row["split"] for row in rows} == {"test"}


def test_without_test_rows_the_training_rows_are_answered(make_task, iris, tmp_path):
    trainer = trained(make_task(iris, {"test_fraction": 0.0}, {"kind": "svm"}), 3)

    tables.write_predictions(ExportedRun.of(trainer), tmp_path / "p.csv")

    rows = read(tmp_path / "p.csv")
    assert len(rows) == 150 and {row["split"] for row in rows} == {"train"}
    assert list(rows[0])[-1] == "right"  # a margin is no probability


def test_a_formula_in_a_name_is_no_formula_in_a_spreadsheet(make_task, iris, tmp_path):
    named = replace(iris, class_names=("=1+1", "b", "c"))
    trainer = trained(make_task(named), 1)

    tables.write_confusion(ExportedRun.of(trainer), tmp_path / "c.csv")

    assert read(tmp_path / "c.csv")[0]["true \\ predicted"] == "'=1+1"
