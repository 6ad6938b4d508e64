"""What a model says of rows, by the library and by the command line."""

import json

import logitlab as ll
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from core.cli import predict as cli
from core.errors import DataError


@pytest.fixture(scope="module")
def run():
    run = ll.Run("iris", epochs=30, features=["all"])
    run.train()
    return run


def test_a_row_is_answered_as_by_the_command_line(run, tmp_path, capsys):
    path = run.save_model(tmp_path / "iris")
    words = ["--model", str(path), "--values", "6.1,2.9,4.7,1.4", "--json", "-"]
    assert cli.main(words) == 0
    told = json.loads(capsys.readouterr().out)
    for model in (run, ll.open_model(path)):
        found = ll.predict(model, [6.1, 2.9, 4.7, 1.4])
        assert found.classes == [told["winner"]]
        assert found.probabilities[0].tolist() == list(told["probabilities"].values())


def test_a_data_frame_is_read_by_the_names_of_its_columns(run):
    iris = ll.load("iris")
    table = pd.DataFrame(iris.X, columns=iris.feature_names)[list(iris.feature_names)[::-1]]
    found = ll.predict(run, table)
    assert np.array_equal(found.probabilities, ll.predict(run, iris.X).probabilities)
    with pytest.raises(DataError, match="no column “petal width”"):
        ll.predict(run, table.drop(columns="petal width"))


def test_words_of_a_column_are_found_as_in_the_table(tmp_path):
    path = tmp_path / "table.csv"
    lines = [f"{'red' if k % 2 else 'blue'},{k},{'yes' if k % 2 else 'no'}" for k in range(40)]
    path.write_text("\n".join(["colour,size,label", *lines]))
    run = ll.Run(ll.load(path, label="label"), epochs=20)
    run.train()
    table = pd.DataFrame({"colour": ["red", "blue"], "size": [3, 3]})
    assert ll.predict(run, table).classes == ["yes", "no"]
    with pytest.raises(DataError, match="colour is 'green'; one of"):
        ll.predict(run, table.replace("red", "green"))


def test_texts_are_read_by_a_model_of_documents():
    run = ll.Run("genres", epochs=5)
    run.train()
    found = ll.predict(run, ["the spaceship left for Mars", ""])
    assert len(found) == 2
    assert found.probabilities.sum(axis=1) == pytest.approx([1, 1], abs=1e-6)
    with pytest.raises(DataError, match="reads texts"):
        ll.predict(run, [[1.0]])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1.0, 2.0]], r"shape \(1, 2\); \(n, 4\) was expected"),
        ([[1, 2, 3, np.nan]], "no finite number"),
        ([["a"] * 4], "Rows of numbers were expected"),
    ],
)
def test_rows_that_cannot_be_are_refused(run, rows, words):
    with pytest.raises(DataError, match=words):
        ll.predict(run, rows)


def test_no_rows_have_no_answers(run):
    assert ll.predict(run, np.zeros((0, 4))).classes == []


def test_a_perceptron_has_no_probabilities():
    run = ll.Run("iris", kind="perceptron", epochs=5)
    run.train()
    assert np.isnan(ll.predict(run, [1.4, 0.2]).probabilities).all()


@pytest.mark.parametrize("part", ["training", "test"])
def test_an_evaluation_agrees_with_scikit_learn(run, part):
    rows = run.task.parts[part]
    y = run.task.dataset.y[rows]
    answers = ll.predict(run, run.task.dataset.values(rows))
    found = ll.evaluate(run, part)
    assert found.accuracy == accuracy_score(y, answers.labels)
    assert np.array_equal(found.counts, confusion_matrix(y, answers.labels))
    assert found.loss == pytest.approx(log_loss(y, answers.probabilities), rel=1e-5)


def test_an_opened_model_is_evaluated_on_named_data(run, tmp_path):
    model = ll.open_model(run.save_model(tmp_path / "iris"))
    found = ll.evaluate(model, data=ll.load("iris"))
    assert (found.loss, found.accuracy) == (ll.evaluate(run).loss, ll.evaluate(run).accuracy)
    with pytest.raises(DataError, match="holds no rows"):
        ll.evaluate(model)
    with pytest.raises(DataError, match="no validation rows"):
        ll.evaluate(run, "validation")
