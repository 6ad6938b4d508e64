"""What becomes of a table's numbers on their way to the model: none is rounded before its time."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import app
from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare

MS = 1_700_000_000_000  # milliseconds since 1970, this century


@pytest.fixture
def times(tmp_path, rng):
    """A file of times in milliseconds, late from MS on, and the numbers in it."""
    X = np.stack([MS + rng.integers(-1000, 1000, 200), rng.normal(size=200).round(3)], axis=1)
    path = tmp_path / "times.csv"
    rows = "".join(f"{int(t)},{x},{'late' if t >= MS else 'early'}\n" for t, x in X.tolist())
    path.write_text("time,x,class\n" + rows)
    return path, X


def test_large_numbers_close_together_are_standardised_before_they_are_rounded(times):
    path, X = times
    config = RunConfig(DataConfig(source="csv", path=str(path), test_fraction=0))
    task = prepare(sources.load(config.data), config)
    assert not task.constant_features
    expected = StandardScaler().fit_transform(X) * np.sqrt(199 / 200)  # spread over n − 1
    np.testing.assert_allclose(task.inputs(task.dataset.values()), expected, rtol=1e-5, atol=1e-6)


def test_training_on_times_is_as_good_as_scikit_learns(times, tmp_path):
    path, X = times
    found = tmp_path / "found.json"
    words = [
        "train",
        str(path),
        "--optimiser",
        "lbfgs",
        "--test-fraction",
        "0",
        "--weight-decay",
        "0.001",
    ]
    assert app.main([*words, "--json", str(found)]) == 0
    y = X[:, 0] >= MS
    S = StandardScaler().fit_transform(X)
    score = LogisticRegression(C=1000 / len(y)).fit(S, y).score(S, y)
    assert json.loads(found.read_text())["history"]["train_accuracy"][-1] >= score - 0.005


def test_predict_tells_times_one_millisecond_apart(times, tmp_path, capsys):
    path, _ = times
    model = tmp_path / "m.safetensors"
    assert app.main(["train", str(path), "--epochs", "5", "--save", str(model)]) == 0
    logits = []
    for time in (MS, MS + 1):
        capsys.readouterr()
        app.main(["predict", "--model", str(model), "--values", f"{time},0.5", "--json", "-"])
        logits.append(json.loads(capsys.readouterr().out)["logits"])
    assert logits[0] != logits[1]


def test_numbers_of_ordinary_size_take_no_more_memory_than_float32(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "x,year,s\n" + "".join(f"{k}.25,{1990 + k % 30},{'ab'[k % 2]}\n" for k in range(40))
    )
    dataset = sources.load(DataConfig(source="csv", path=str(path)))
    assert dataset.X.dtype == np.float32


def test_units_go_with_their_features(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "w,x,z,s\n" + "".join(f"${k},{k * k} cm,{k}.5,{'ab'[k % 2]}\n" for k in range(2, 30))
    )
    config = RunConfig(DataConfig(source="csv", path=str(path), features=("x", "z")))
    dataset = prepare(sources.load(config.data), config).dataset
    assert [dataset.unit_of(j) for j in (0, 1)] == ["cm", ""]
